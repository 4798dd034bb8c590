"""A class on paper: a PDF for each student, and one for the copier, from the same key."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pypdf
import pytest

from xlconv.classroom import stacks

from .test_commands import at, run

__all__ = ["at"]

CLASS = ("class", "row.toml", "list.csv", "--keys", "--pdf", "both")
PAGES = 1
"""Of a worksheet of this lesson: its sheet, but not the one that ticks weigh with."""


def texts(path: Path) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def codes(folder: Path) -> list[str]:
    """Each student's code, in the order of the list."""
    with (folder / "teacher/codes.csv").open(encoding="utf-8-sig") as file:
        return [row["code"] for row in csv.DictReader(file, delimiter=";")]


def pdfs(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.pdf")}


def test_each_page_has_its_students_code_and_no_name(at: Path) -> None:
    run(*CLASS)
    for code in codes(at / "class"):
        for name in (f"{code}.pdf", f"teacher/keys/{code}.pdf"):
            pages = texts(at / "class" / name)
            assert len(pages) == PAGES
            for text in pages:
                assert code in text
                assert not any(part in text for part in ("Ana", "Ben", "Cem"))
    run(*CLASS, "-o", "named", "--with-names")
    assert "Ana Ruiz" in texts(at / "named" / f"{codes(at / 'named')[0]}.pdf")[0]


def test_a_key_is_the_worksheet_page_for_page_with_its_answers(at: Path) -> None:
    run("worksheet", "row.toml", "-o", "blank.pdf")
    run("worksheet", "row.toml", "-o", "key.pdf", "--key")
    blank, key = (pypdf.PdfReader(at / name).pages for name in ("blank.pdf", "key.pdf"))
    assert [page.mediabox for page in blank] == [page.mediabox for page in key]
    words = [Counter(page[0].extract_text().split()) for page in (blank, key)]
    # 3 * 4 is a stamp, and alone the last output, which is made in two ways
    assert (words[0]["12"], words[1]["12"]) == (0, 3)
    assert sum((words[1] - words[0]).values()) > 20


def test_the_pile_for_the_copier_is_all_of_them_in_the_lists_order(at: Path) -> None:
    run(*CLASS)
    for pile, folder in (("print.pdf", "."), ("print-keys.pdf", "teacher/keys")):
        each = [texts(at / "class" / folder / f"{code}.pdf") for code in codes(at / "class")]
        printed = [text for text in texts(at / "class/teacher" / pile) if text]
        assert printed == [text for pages in each for text in pages]


def test_no_student_shares_a_sheet_of_paper(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("class", "row.toml", "list.csv", "--pdf", "one")
    first, second, third = codes(at / "class")
    fronts = texts(at / "class/teacher/print.pdf")
    assert fronts[1] == fronts[3] == ""
    assert all(code in text for code, text in zip((first, second, third), fronts[::2], strict=True))
    monkeypatch.setattr(stacks, "PILE", 1)  # as a class that is too large for one file
    run("class", "row.toml", "list.csv", "--pdf", "one")
    for n, code in enumerate((first, second, third), 1):
        assert code in texts(at / f"class/teacher/print-{n}.pdf")[0]
    left = {path.name for path in (at / "class/teacher").glob("*.pdf")}
    assert left == {f"print-{n}.pdf" for n in (1, 2, 3)}  # the one file of before is gone


def test_the_same_key_gives_the_same_bytes_and_what_is_there_stays(at: Path) -> None:
    run(*CLASS)
    before = pdfs(at / "class")
    assert len(before) == 8
    for name in [*before][::2]:
        (at / "class" / name).unlink()
    kept = {path: path.stat().st_mtime_ns for path in (at / "class").rglob("*.pdf")}
    run(*CLASS)
    assert pdfs(at / "class") == before
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_paper_is_asked_for_with_pdf(at: Path) -> None:
    told = run("class", "row.toml", "list.csv", "--grey", code=2)
    assert "--grey is for what is drawn: ask for it with --pdf" in told.output
    assert not (at / "class").exists()
