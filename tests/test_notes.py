"""The lecturer's page on paper: what docs/teaching.md says, without its signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from xlconv.grid.theme import look
from xlconv.lessons.notes import notes_book

from .conftest import Ran

PAGE = Path(__file__).parents[1] / "docs/teaching.md"

Run = Callable[..., Ran]


def test_each_row_and_each_mistake_of_the_page_is_printed(run: Run, tmp_path: Path) -> None:
    done = run("build", "--notes", "-o", tmp_path / "notes.pdf", "--paper", "letter")
    assert done.code == 0
    (page,) = pypdf.PdfReader(tmp_path / "notes.pdf").pages
    printed = " ".join(page.extract_text().split())
    told = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", told, re.MULTILINE)
    assert len(rows) == 9
    for minutes, sheet, _, ask in rows:
        assert re.search(rf"{minutes} {sheet} .*{re.escape(ask)}", printed)
    beliefs = re.findall(r"^- \*(.+?)\*", told, re.MULTILINE)
    assert len(beliefs) == 7
    for belief in beliefs:
        assert belief in printed
    assert "xlconv check --lesson transposed-convolutions class/*.xlsx says" in printed


def test_the_title_begins_where_the_lines_under_it_do() -> None:
    (sheet,) = notes_book("transposed-convolutions", "A lesson").sheets
    first = sheet.widths.get(0, sheet.column_width) * 5.55
    assert abs(look("title").indent * 7.5 - first) < 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "a.xlsx"], "--notes is for what is drawn: name a .pdf file with -o"),
        (["-o", "a.pdf", "--slides"], "--notes and --slides exclude each other"),
        (["-o", "a.pdf", "--lang", "de"], "--notes and --lang exclude each other: it is a page in"),
        (["matrix", "-o", "a.pdf"], "--notes: there is no lecturer's page of 'matrix': known is"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("build", "--notes", *args)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(f"xlconv: error: {said}")
    assert not list(tmp_path.iterdir())
