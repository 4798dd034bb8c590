"""Write the site: each lesson as a page that computes, the main one in each language, and an index.

python docs/site.py [FOLDER]
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import NamedTuple

from xlconv.cli.options import MAIN_LESSON
from xlconv.lessons.build import as_meant, build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import language_names, lesson_names

TARGET = Path(__file__).with_name("site")

STYLE = """
:root { color-scheme: light dark; background: light-dark(#fff, #17191c); }
body { color: light-dark(#1f2937, #d5dae2); max-width: 44rem; margin: 2rem auto;
  padding: 0 1rem; font: 1.1rem/1.5 Calibri, Carlito, system-ui, sans-serif; }
h2 { margin: 1.4rem 0 0; font-size: 1.2rem; }
p { margin: .2rem 0; }
a { color: light-dark(#1e3a8a, #b7c7f5); }
"""


class Entry(NamedTuple):
    """A page of the site."""

    file: str
    language: str
    title: str
    idea: str
    sheets: tuple[str, ...]


def pages(folder: Path) -> list[Entry]:
    """Write a page for each lesson and language; what each is."""
    folder.mkdir(parents=True, exist_ok=True)
    first = sorted(lesson_names(), key=lambda name: (name != MAIN_LESSON, name))
    wanted: list[tuple[str, str | None]] = [(name, None) for name in first]
    wanted[1:1] = [(MAIN_LESSON, language) for language in language_names()]
    found = []
    for name, language in wanted:
        book = build(as_meant(load_lesson(name)), language=language)
        file = f"{name}-{language}.html" if language else f"{name}.html"
        book.save(folder / file)
        sheets = tuple(sheet.name for sheet in book.sheets)
        idea = book.told["description"]
        found.append(Entry(file, language or "en", book.title, idea, sheets))
    return found


def index(entries: list[Entry]) -> str:
    """The page that leads to all others."""
    listed = "".join(
        f'<section lang="{one.language}" dir="auto"><h2><a href="{one.file}">'
        f"{escape(one.title)}</a></h2><p>{escape(one.idea)}</p><p>{_sheets(one)}</p></section>\n"
        for one in entries
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>xlconv</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>xlconv</h1>\n"
        "<p>Workbooks in which a transposed convolution computes itself, cell by cell. Each lesson"
        " here is alive: type over what is blue on yellow, and click on a cell to see what it"
        f" reads.</p>\n{listed}</main>\n</body>\n</html>\n"
    )


def _sheets(entry: Entry) -> str:
    """A link to each sheet."""
    links = (
        f'<a href="{entry.file}#s{n}">{escape(name)}</a>' for n, name in enumerate(entry.sheets)
    )
    return " · ".join(links)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    written = index(pages(folder))
    (folder / "index.html").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
