"""Saving: what is written, what is left alone, and what stays when something goes wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import openpyxl
import pytest

from xlconv.errors import TargetError, XlconvError
from xlconv.files.saving import save_file, save_files
from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book, check_names
from xlconv.xlsx import archive

Listing = Callable[[], dict[str, bytes]]


def book() -> Book:
    sheet = Sheet("One")
    x = sheet.block("x", (1, 1), (1, 2), role="input", content=[[3, 4]])
    sheet.block("y", (3, 1), (1, 2), role="output", content=x * 2)
    return Book("A book", (sheet,))


def test_saved_file_holds_the_books_cells(tmp_path: Path) -> None:
    assert book().save(tmp_path / "a.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx")["One"]
    assert [cells["B2"].value, cells["C2"].value, cells["C4"].value] == [3, 4, "=C2*2"]


def test_bytes_are_those_of_the_saved_file(tmp_path: Path) -> None:
    book().save(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == book().to_bytes()


def test_new_file_has_the_permissions_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    book().save(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.touch()
    path.chmod(0o640)
    assert book().save(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_file_with_the_same_bytes_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book().save(path)
    os.utime(path, (1, 1))
    before = path.stat()
    for overwrite in (False, True):
        assert not book().save(path, overwrite=overwrite)
    assert (path.stat().st_mtime, path.stat().st_ino) == (1, before.st_ino)


def test_file_with_other_content_is_kept_unless_it_is_to_be_overwritten(
    tmp_path: Path, listing: Listing
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    before = listing()
    with pytest.raises(TargetError, match="exists with other content"):
        book().save(path, overwrite=False)
    assert listing() == before
    assert book().save(path)
    assert path.read_bytes() == book().to_bytes()


@pytest.mark.parametrize(
    "name", ["a.xlsx", b"a.xlsx", Path("a.xlsx"), "A.XLSX", "a\nb.xlsx", b"caf\xe9.xlsx"]
)
def test_name_may_be_whatever_names_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | bytes | Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert book().save(name)
    assert [path.name for path in tmp_path.iterdir()] == [os.fsdecode(name)]
    assert not book().save(name)


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "a.xlsx"
    link.symlink_to(tmp_path / "there" / "b.xlsx")
    assert book().save(link)
    assert link.is_symlink()
    assert (tmp_path / "there" / "b.xlsx").read_bytes() == book().to_bytes()


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("existing", [True, False])
def test_failure_halfway_leaves_everything_as_it_was(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listing: Listing,
    fault: BaseException,
    existing: bool,
) -> None:
    def fail(sheets: object, title: str, target: IO[bytes], *more: object) -> None:
        target.write(b"half a file")
        raise fault

    monkeypatch.setattr(archive, "write", fail)
    path = tmp_path / "output" / "a.xlsx"
    if existing:
        path.parent.mkdir()
        path.write_text("mine")
    before = listing()
    with pytest.raises((TargetError, KeyboardInterrupt)) as error:
        book().save(path, make_folder=True)
    assert isinstance(error.value, KeyboardInterrupt) or "No space left" in str(error.value)
    assert listing() == before


def test_program_that_is_at_fault_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    def fail(sheets: object, title: str, target: IO[bytes], *more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(archive, "write", fail)
    with pytest.raises(ZeroDivisionError):
        book().save(tmp_path / "a.xlsx")
    assert listing() == {}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("none/a.xlsx", "none is no folder"),
        ("file/a.xlsx", "file is no folder"),
        ("folder", "folder is a folder"),
        ("pipe", "pipe is no regular file"),
        ("loop/a.xlsx", "loop is no folder"),
        ("\ud800.xlsx", "has a character that no file's name has"),
        ("a\0.xlsx", "has a character that no file's name has"),
        (
            "handout.doc",
            r"must end in .xlsx or .html or .pdf or .svg or .png, .*: use .*handout\.xlsx",
        ),
        (
            "handout",
            r"must end in .xlsx or .html or .pdf or .svg or .png, .*: use .*handout\.xlsx",
        ),
        ("x" * 300 + ".xlsx", "File name too long"),
    ],
)
def test_target_that_cannot_be_written_is_refused(
    tmp_path: Path, listing: Listing, target: str, said: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(TargetError, match=said):
        book().save(tmp_path / target)
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    def refuse(path: str, flags: int, mode: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(TargetError, match=r"cannot write .*a\.xlsx: Permission denied"):
        book().save(tmp_path / "sub" / "a.xlsx", make_folder=True)
    assert listing() == {}


def test_folder_is_made_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "output" / "a.txt"
    with pytest.raises(TargetError, match="output is no folder"):
        save_file(path, lambda file: file.write(b"1"))
    with pytest.raises(TargetError, match="output is no folder"):
        save_files({path: lambda file: file.write(b"1")})
    assert not path.parent.exists()
    assert save_file(path, lambda file: file.write(b"1"), make_folder=True)
    assert path.read_bytes() == b"1"


@pytest.mark.parametrize(
    "name",
    ["a" * 31, "1-D", "Übung 1", "日本語", "A1", "Historys", "x & y <z>", "\N{ROCKET}" * 15],
)
def test_sheet_name_that_programs_take_is_taken(name: str) -> None:
    check_names([name])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a" * 32, "at most 31 characters, got 32"),
        ("\N{ROCKET}" * 16, "at most 31 characters, got 32"),  # Excel counts in UTF-16
        ("", "not be empty"),
        (" ", "not be empty"),
        ("a:b", "have none of"),
        ("it's", "have none of"),
        ("[a]", "have none of"),
        ("a\\b", "have none of"),
        ("what?\n", "have none of"),
        ("a\tb", "no control characters"),
        ("a\n", "no control characters"),
        ("History", "not be History"),
        ("HISTORY", "not be History"),
    ],
)
def test_sheet_name_that_a_program_refuses_is_refused(name: str, said: str) -> None:
    with pytest.raises(XlconvError, match=said):
        Book("A book", (Sheet(name),))


@pytest.mark.parametrize("names", [("One", "One"), ("One", "Two", "oNE"), ("Straße", "STRASSE")])
def test_sheet_names_that_differ_only_by_case_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(XlconvError, match="must differ by more than case"):
        Book("A book", tuple(map(Sheet, names)))


def test_workbook_of_more_cells_than_google_sheets_holds_is_refused() -> None:
    wide = [Sheet(name, rows=2_000, columns=2_500) for name in ("One", "Two")]
    Book("A book", tuple(wide))
    with pytest.raises(XlconvError, match="needs 10000001 cells; Google Sheets has 10000000: use"):
        Book("A book", (*wide, Sheet("Three", rows=1, columns=1)))


def test_manifest_tells_where_each_block_stands() -> None:
    assert book().manifest() == [
        {
            "name": "One",
            "view": "",
            "blocks": [
                {"name": "one_x", "role": "input", "shape": [1, 2], "ranges": ["B2:C2"]},
                {"name": "one_y", "role": "output", "shape": [1, 2], "ranges": ["B4:C4"]},
            ],
        }
    ]
