"""The page: one file that asks nobody for anything, with the workbook itself in it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.direction import Way, way_of
from xlconv.grid.sheet import Sheet
from xlconv.page.data import data, lit_colours
from xlconv.page.printed import print_rules
from xlconv.page.seen import Dress, seen
from xlconv.page.style import colours, colours_of, rules
from xlconv.page.table import Drawn, section

SCRIPTS = ("functions", "formula", "book", "look", "figure", "editor", "workbook", "start")
"""The script's parts, each knowing those before it."""

PAGE = ("page_undo", "page_again", "page_whole", "page_book", "page_content", "sheets")
"""The words around the sheets."""

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST = 100_000
"""Cells that a browser still draws and computes while somebody waits."""


def document(
    sheets: Sequence[Sheet], about: Mapping[str, str], workbook: Callable[[], bytes]
) -> bytes:
    """Sheets as a page; the same sheets give the same bytes.

    about     the title, and perhaps the description and language
    workbook  what gives the same as an .xlsx file, to be taken from the page

    Raises XlconvError for what a browser takes too long to draw.
    """
    cells = sum(sheet.used for sheet in sheets)
    if cells > MOST:
        raise XlconvError(
            f"a page has at most {MOST} cells, got {cells}: use a smaller input or fewer sheets, or"
            " write an .xlsx file"
        )
    drawn = [Drawn(sheet, seen(sheet)) for sheet in sheets]
    dresses: dict[Dress, int] = {}
    for one in drawn:
        for cell in one.cells:
            dresses.setdefault(cell.dress, len(dresses))
    words = WORDS | dict(sheets[0].words)
    names = [sheet.name for sheet in sheets]
    used = lit_colours(sheets).union(*map(colours_of, dresses))
    style = "\n".join((colours(used), _part("page.css"), rules(dresses), print_rules(sheets)))
    script = "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    body = "".join(
        section(n, one, dresses, names, words["try_this"]) for n, one in enumerate(drawn)
    )
    return (
        f"{_top(about, style, script)}<body>\n{_bar(about['title'], names, words, workbook())}"
        f"<main>\n{body}</main>\n"
        f'<script type="application/json" id="data">{data(sheets, dresses)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    ).encode()


def _part(name: str) -> str:
    return (files("xlconv.page") / "script" / name).read_text(encoding="utf-8")


def _top(about: Mapping[str, str], style: str, script: str) -> str:
    """What stands before the page's body: above all, that nothing else is to be run or loaded."""
    language = about.get("language", "en")
    way = "rtl" if way_of(language) is Way.LEFTWARD else "ltr"
    policy = (
        f"default-src 'none'; script-src {_sum(script)}; style-src {_sum(style)};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    description = escape(about.get("description", ""))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}" dir="{way}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="description" content="{description}">\n'
        f'<title>{escape(about["title"])}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>\n</head>\n"
    )


def _sum(content: str) -> str:
    """How a policy names what it lets pass."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _bar(title: str, names: Sequence[str], words: Mapping[str, str], workbook: bytes) -> str:
    """The title, the ways out, the tabs, and what stands in the cell that is looked at."""
    tabs = "".join(
        f'<button role="tab" id="t{n}" aria-controls="s{n}">{escape(name)}</button>'
        for n, name in enumerate(names)
    )
    book = f"data:{MIME};base64,{b64encode(workbook).decode()}"
    name = re.sub(r"[^\w.-]+", "-", title).strip("-.") or "workbook"
    said = {key: escape(words[key]) for key in PAGE}
    return (
        f'<header id="top"><h1>{escape(title)}</h1><div id="ways">'
        f'<button id="undo" hidden>{said["page_undo"]}</button>'
        f'<button id="again" hidden>{said["page_again"]}</button>'
        f'<button id="whole" aria-pressed="false" hidden>{said["page_whole"]}</button>'
        f'<a id="book" download="{escape(name)}.xlsx" href="{book}">{said["page_book"]}</a>'
        f'</div></header>\n<nav id="bar"><div role="tablist" aria-label="{said["sheets"]}">{tabs}'
        f'</div><p id="content" role="status" aria-label="{said["page_content"]}"></p></nav>\n'
    )
