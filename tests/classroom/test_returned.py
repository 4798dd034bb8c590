"""What came back is found in folders and archives as platforms give them, and nothing harms."""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from xlconv.classroom import unpacking
from xlconv.classroom.naming import Who, named, student_of
from xlconv.classroom.returned import Return, last_of, returns
from xlconv.classroom.unpacking import Unread

NOON = (2026, 11, 23, 12, 0, 0)


Got = tuple[dict[str, Return], dict[str, str]]


def zipped(files: Iterable[tuple[str, bytes] | tuple[str, bytes, tuple[int, ...]]]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as out:
        for name, data, *moment in files:
            info = ZipInfo(name, tuple(moment[0]) if moment else NOON)  # type: ignore[arg-type]
            info.compress_type = ZIP_DEFLATED
            out.writestr(info, data)
    return target.getvalue()


def flagged(data: bytes, on: int = 0, off: int = 0) -> bytes:
    """An archive with other flags on all of its entries."""
    out = bytearray(data)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(sign), data):
            at = found.start() + place
            (flags,) = struct.unpack_from("<H", out, at)
            struct.pack_into("<H", out, at, (flags | on) & ~off)
    return bytes(out)


def got(*paths: Path) -> Got:
    """The workbooks by their names, and why other files are none."""
    all_of_them = list(returns(paths))
    read = {one.name: one for one in all_of_them if isinstance(one, Return)}
    unread = {one.name: one.reason for one in all_of_them if isinstance(one, Unread)}
    assert len(read) + len(unread) == len(all_of_them)
    return read, unread


def in_a_zip(
    folder: Path, files: Iterable[tuple[str, bytes]]
) -> tuple[dict[str, Return], dict[str, str]]:
    path = folder / "download.zip"
    path.write_bytes(zipped(files))
    return got(path)


MOODLE = Who("moodle", "4711", "Ana María Ruiz")
BLIND = Who("moodle", "12", "Participant")
CANVAS = Who("canvas", "40712", "dexterambi")

NAMES = {
    "Ana María Ruiz_4711_assignsubmission_file_/QUJD.xlsx": (MOODLE, False),
    "Ana María Ruiz_4711_assignsubmission_file/QUJD.xlsx": (MOODLE, False),
    "Ana María Ruiz_4711_assignsubmission_file_QUJD.xlsx": (MOODLE, False),
    "C1-Sheet-99/Ana María Ruiz_4711_assignsubmission_file_/work/QUJD.xlsx": (MOODLE, False),
    "Participant_12_assignsubmission_file_QUJD.xlsx": (BLIND, False),
    "dexterambi_40712_5550001_QUJD.xlsx": (CANVAS, False),
    "dexterambi_LATE_40712_5550001_QUJD.xlsx": (CANVAS, True),
    "dexterambi_late_40712_5550001_QUJD-1.xlsx": (CANVAS, True),
    "submissions/dexterambi_40712_5550001_my_own_name.xlsx": (CANVAS, False),
    "QUJD.xlsx": (Who(), False),
    "Ana/QUJD.xlsx": (Who(), False),
    "a_b_c.xlsx": (Who(), False),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_platforms_name_tells_whose_a_file_is(name: str, tmp_path: Path) -> None:
    read, unread = in_a_zip(tmp_path, [(name, b"data")])
    who, late = NAMES[name]
    assert not unread
    order = read[name].order
    assert read == {name: Return(who, name, b"data", late, order=order)}


def test_the_same_is_found_in_a_folder(tmp_path: Path) -> None:
    for name in NAMES:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    for name, (who, _) in NAMES.items():
        assert named(name).who == who
    read, unread = got(tmp_path / "in")
    assert not unread
    assert {one.who.id for one in read.values()} == {"4711", "12", "40712", ""}
    assert all(one.data == name.encode() for name, one in read.items())


CLASS = {
    "1": "Ambi Dexter",
    "2": "O'Neil, Ana",
    "3": "Ana María Ruiz Gómez",
    "4": "王 小明",
    "5": "Kim Lee",
    "6": "Lee, Kim",
    "7": "",
}


@pytest.mark.parametrize(
    ("told", "student"),
    [
        ("dexterambi", "1"),
        ("Dexter Ambi", "1"),
        ("oneilana", "2"),
        ("Ana O'Neil", "2"),
        ("ruizgomezanamaria", "3"),
        ("Ana Maria Ruiz Gomez", "3"),
        ("小明 王", "4"),
        ("Kim Lee", None),
        ("leekim", None),
        ("ruizana", None),
        ("Participant", None),
        ("", None),
    ],
)
def test_a_platforms_name_fits_one_student_or_none(told: str, student: str | None) -> None:
    assert student_of(Who("canvas", "7", told), CLASS) == student


LAST = {
    "canvas numbers its files": (
        [
            ("ana_LATE_7_102_QUJD-1.xlsx", b"", NOON),
            ("ana_7_101_QUJD-2.xlsx", b"", (2027, 1, 1, 0, 0, 0)),
        ],
        "ana_LATE_7_102_QUJD-1.xlsx",
    ),
    "a browser numbers copies": (
        [("QUJD (2).xlsx", b"", NOON), ("QUJD (10).xlsx", b"", NOON), ("QUJD.xlsx", b"", NOON)],
        "QUJD (10).xlsx",
    ),
    "the later one": (
        [
            ("Ana Ruiz_7_assignsubmission_file_/b.xlsx", b"", NOON),
            ("Ana Ruiz_7_assignsubmission_file_/a.xlsx", b"", (2026, 11, 23, 12, 0, 2)),
        ],
        "Ana Ruiz_7_assignsubmission_file_/a.xlsx",
    ),
}


@pytest.mark.parametrize("how", LAST)
def test_the_last_attempt_counts_and_the_others_are_named(how: str, tmp_path: Path) -> None:
    files, last = LAST[how]
    read, _ = in_a_zip(tmp_path, files)  # type: ignore[arg-type]
    assert list(read) == [last]
    assert {*read[last].others} == {name for name, *_ in files} - {last}


def test_returns_of_one_code_are_one_students(tmp_path: Path) -> None:
    later = (2026, 11, 24, 9, 0, 0)
    files = [("b/x.xlsx", b"new", later), ("a/x (1).xlsx", b"old", NOON), ("a/x.xlsx", b"", NOON)]
    (tmp_path / "download.zip").write_bytes(zipped(files))
    read, _ = got(tmp_path / "download.zip")
    last = last_of(read.values())
    assert last.data == b"old"  # a copy with a number comes after one without
    assert last.others == ("a/x.xlsx", "b/x.xlsx")


def test_two_students_files_of_one_name_are_two(tmp_path: Path) -> None:
    read, _ = in_a_zip(tmp_path, [("Ana/QUJD.xlsx", b"a"), ("Ben/QUJD.xlsx", b"b")])
    assert [one.data for one in read.values()] == [b"a", b"b"]


def test_an_archive_in_an_archive_is_opened(tmp_path: Path) -> None:
    inner = zipped([("mine/QUJD.xlsx", b"a")])
    read, unread = in_a_zip(
        tmp_path,
        [
            ("ana_LATE_7_101_work.zip", inner),
            ("Ben_8_assignsubmission_file_/w.zip", inner),
            ("c.zip", zipped([("d.zip", inner)])),
        ],
    )
    assert not unread
    assert {name: (one.who.id, one.late) for name, one in read.items()} == {
        "ana_LATE_7_101_work.zip/mine/QUJD.xlsx": ("7", True),
        "Ben_8_assignsubmission_file_/w.zip/mine/QUJD.xlsx": ("8", False),
        "c.zip/d.zip/mine/QUJD.xlsx": ("", False),
    }


def test_a_workbook_that_is_called_zip_is_one(tmp_path: Path) -> None:
    book = zipped([("[Content_Types].xml", b""), ("xl/workbook.xml", b"")])
    (tmp_path / "QUJD.zip").write_bytes(book)
    read, _ = got(tmp_path / "QUJD.zip")
    assert read["QUJD.zip"].data == book
    read, _ = in_a_zip(tmp_path, [("ana_7_1_QUJD.zip", book)])
    assert read["ana_7_1_QUJD.zip"].data == book


def test_what_programs_leave_beside_files_is_not_seen(tmp_path: Path) -> None:
    left = ["~$QUJD.xlsx", ".DS_Store", "__MACOSX/._QUJD.xlsx", "a/._x.xlsx", "a/Thumbs.db", "a/"]
    assert in_a_zip(tmp_path, [(name, b"") for name in left]) == ({}, {})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.ods", "a.ods is an OpenDocument spreadsheet: open it, and save it as .xlsx"),
        ("a.numbers", "a.numbers is of Apple Numbers: export it to Excel there"),
        ("a.PDF", "a.PDF is a printed page: ask for the workbook"),
        ("a.xls", "a.xls is of an old Excel: open it, and save it as .xlsx"),
        ("a.rar", "a.rar is an archive of another kind: unpack it first"),
        ("ana_7_1_a.docx", "ana_7_1_a.docx is no workbook: ask for the .xlsx file"),
        ("a", "a has no ending: if it is a workbook, let its name end in .xlsx"),
    ],
)
def test_other_files_are_named_with_the_way_out(name: str, said: str, tmp_path: Path) -> None:
    assert in_a_zip(tmp_path, [(name, b"data")]) == ({}, {name: said})


def test_names_of_other_programs_are_read(tmp_path: Path) -> None:
    """macOS writes UTF-8 and does not say so; Windows has written backslashes."""
    data = zipped([("Ana Peña_7_assignsubmission_file_/x.xlsx", b"a"), ("B\\y.xlsx", b"b")])
    path = tmp_path / "download.zip"
    path.write_bytes(flagged(data, off=0x800))
    assert [*got(path)[0]] == ["Ana Peña_7_assignsubmission_file_/x.xlsx", "B/y.xlsx"]


# ---------------------------------------------------------------------------- what means no good


def overlapping(data: bytes) -> bytes:
    """An archive whose second entry is the first one again."""
    second = data.rfind(b"PK\x01\x02")
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut": (lambda: zipped([("a.xlsx", b"x" * 9)])[:-9], "is no ZIP archive, or is cut short"),
    "no archive": (lambda: b"PK", "is no ZIP archive, or is cut short"),
    "a password": (lambda: flagged(zipped([("a.xlsx", b"x")]), on=1), "it is encrypted"),
    "overlap": (
        lambda: overlapping(zipped([("a.xlsx", b"x" * 99), ("b.xlsx", b"y")])),
        "its parts overlap",
    ),
    "many": (
        lambda: (
            zipped([("a.txt", b"PK\x01\x02" * 2)]).replace(b"a.txt", b"a.txt")
            + b"PK\x01\x02" * 100_001
        ),
        "it has more than 100,000 members",
    ),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_archive_is_named_and_stops_no_other(how: str, tmp_path: Path) -> None:
    make, said = BAD[how]
    (tmp_path / "bad.zip").write_bytes(make())
    (tmp_path / "good.xlsx").write_bytes(b"good")
    read, unread = got(tmp_path)
    assert list(read) == ["good.xlsx"]
    assert said in unread["bad.zip"]
    read, unread = in_a_zip(tmp_path / "..", [("bad.zip", make()), ("good.xlsx", b"good")])
    assert list(read) == ["good.xlsx"]
    assert list(unread) == ["bad.zip"]


def test_a_broken_entry_is_named(tmp_path: Path) -> None:
    data = zipped([("a.xlsx", os.urandom(500)), ("b.xlsx", b"good")])
    (tmp_path / "download.zip").write_bytes(data[:100] + bytes(50) + data[150:])
    read, unread = got(tmp_path)
    assert [one.data for one in read.values()] == [b"good"]
    assert unread == {"a.xlsx": "a.xlsx is broken: ask for it again"}


def test_what_unpacks_to_too_much_is_named(tmp_path: Path) -> None:
    bomb = zipped([("bomb.xlsx", bytes(unpacking.LARGEST + 1))])
    nested = zipped([("big.zip", bytes(unpacking.ARCHIVE + 1))])
    assert len(bomb) + len(nested) < 1 << 18
    read, unread = in_a_zip(tmp_path, [("a.zip", bomb), ("b.zip", nested), ("c.xlsx", b"good")])
    assert list(read) == ["c.xlsx"]
    assert unread == {
        "a.zip/bomb.xlsx": "a.zip/bomb.xlsx is larger than 32 MB",
        "b.zip/big.zip": "b.zip/big.zip is larger than 128 MB",
    }


def test_all_that_archives_in_archives_hold_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "KEPT", 7)
    inner = zipped([("a.xlsx", b"1234567"), ("b.xlsx", b"1234567")])
    read, unread = in_a_zip(tmp_path, [("a.zip", inner), ("c.xlsx", b"1234567")])
    assert list(read) == ["a.zip/a.xlsx", "c.xlsx"]
    assert list(unread) == ["a.zip/b.xlsx"]


def test_all_entries_of_all_archives_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MEMBERS", 3)
    inner = zipped([("a.xlsx", b"")])
    read, unread = in_a_zip(tmp_path, [("a.zip", inner), ("b.zip", inner)])
    assert list(read) == ["a.zip/a.xlsx"]
    assert unread == {"b.zip": "archives hold over 3 files: unpack some"}


def test_archives_lie_in_one_another_only_so_deep(tmp_path: Path) -> None:
    data = zipped([("a.xlsx", b"x")])
    for _ in range(3):
        data = zipped([("in.zip", data)])
    _, unread = in_a_zip(tmp_path, [("in.zip", data)])
    assert [*unread.values()] == ["in.zip/in.zip/in.zip lies 3 archives deep: unpack it"]


def test_no_name_leads_out_of_anywhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    read, _ = in_a_zip(tmp_path / "in", [("../../evil.xlsx", b"x"), ("/etc/evil.xlsx", b"y")])
    assert [one.data for one in read.values()] == [b"x", b"y"]
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "download.zip"]


def test_a_link_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    """It is the file that says where it leads to, and no workbook."""
    (tmp_path / "secret.xlsx").write_bytes(b"secret")
    link = ZipInfo("link.xlsx", NOON)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "download.zip", "w") as out:
        out.writestr(link, str(tmp_path / "secret.xlsx"))
    read, _ = got(tmp_path / "download.zip")
    assert [one.data for one in read.values()] == [str(tmp_path / "secret.xlsx").encode()]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, unread = got(tmp_path / "none.xlsx")
    assert unread["none.xlsx"] == "cannot read none.xlsx: No such file or directory"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    os.mkfifo(tmp_path / "b.zip")
    _, unread = got(tmp_path)
    assert set(unread) == {"a.xlsx", "b.zip"}
    assert all("it is no ordinary file" in reason for reason in unread.values())
