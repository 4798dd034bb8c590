"""Files that mean harm, or are broken: refused in one line, soon, and in little memory.

Each is checked in a process of its own that may take 1 GB of memory and 20 s of the processor.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest

from tests.hostile import (
    CELLS,
    CUSTOM,
    SHEET,
    checked,
    edited,
    encrypted,
    fresh,
    lying,
    overlapping,
    packed,
    parts,
    streamed,
    twice,
    with_part,
    zeros,
)

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><x>&l9;</x>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no .xlsx file, or is cut short"),
    "text": (lambda: b"hello", "is no .xlsx file"),
    "cut short": (lambda: fresh()[:-200], "is no .xlsx file"),
    "cut in the middle": (lambda: fresh()[:4000] + fresh()[-900:], "xlsx"),
    "another zip": (lambda: packed({"a.txt": b"a"}), "is not opened: it is no .xlsx file"),
    "password": (
        lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 3000,
        "a.xlsx has a password, or is of an old Excel: save it as .xlsx",
    ),
    "no rels": (lambda: with_part("_rels/.rels", None), "is not opened: it is no .xlsx file"),
    "rels to nothing": (
        lambda: with_part("_rels/.rels", b"<Relationships/>"), "it has no workbook in it",
    ),
    "no workbook": (lambda: with_part("xl/workbook.xml", None), "part xl/workbook.xml is missing"),
    "no sheet": (lambda: with_part(SHEET, None), f"its part {SHEET} is missing"),
    "no recipe": (lambda: with_part(CUSTOM, b"<Properties/>"), "has no recipe"),
    "no XML": (lambda: with_part(SHEET, b"hello"), f"its part {SHEET} is no XML"),
    "half a sheet": (lambda: with_part(SHEET, parts()[SHEET][:3000]), "is no XML"),
    "other bytes": (lambda: with_part(SHEET, os.urandom(3000)), "is no XML"),
    "zip bomb": (lambda: with_part(SHEET, zeros(200 << 20)), "it unpacks to 209,7"),
    "bomb of many": (lambda: lying(24, 1 << 31), "it unpacks to 2,147,"),
    "many parts": (
        lambda: packed(parts() | {f"{n}": b"" for n in range(3000)}),
        "it has more than 2,000 members",
    ),
    "overlap": (overlapping, "its parts overlap"),
    "two of one name": (twice, "two of its parts have one name"),
    "larger than said": (lambda: lying(24, 100), "is"),
    "longer than packed": (lambda: lying(20, 1 << 30), "its parts overlap"),
    "another check sum": (lambda: lying(16, 1), "is broken: Bad CRC-32"),
    "encrypted": (encrypted, "it is encrypted"),
    "bzip2": (lambda: with_part("a", b"a", ZIP_BZIP2), "is packed in an unusual way"),
    "lzma": (lambda: with_part("a", b"a", ZIP_LZMA), "is packed in an unusual way"),
    "billion laughs": (lambda: with_part(SHEET, BILLION.encode()), "declares a document type"),
    "laughs in UTF-16": (
        lambda: with_part(
            CUSTOM, BILLION.replace("1.0\"", '1.0" encoding="UTF-16"').encode("utf-16")
        ),
        "declares a document type",
    ),
    "laughs among texts": (
        lambda: with_part("xl/sharedStrings.xml", BILLION.encode()), "declares a document type",
    ),
    "external entity": (lambda: with_part("xl/workbook.xml", EXTERNAL.encode()), "document type"),
    "entity of nothing": (lambda: edited(SHEET, "<v>3</v>", "<v>&e;</v>"), "is no XML"),
    "unknown encoding": (
        lambda: with_part(SHEET, b'<?xml version="1.0" encoding="klingon"?><a/>'), "is no XML",
    ),
    "deep": (lambda: with_part(SHEET, b"<a>" * 100_000), "has tags within tags"),
    "many names": (
        lambda: with_part(
            SHEET, "".join(["<a>", *(f"<a{n}/>" for n in range(2000)), "</a>"]).encode()
        ),
        "has more than 1000 names of tags and",
    ),
    "one long tag": (
        lambda: with_part(SHEET, b"<a b='" + os.urandom(2 << 20).hex().encode() + b"'/>"),
        "has a tag of more than",
    ),
    "one long text": (
        lambda: with_part(SHEET, b"<a>" + os.urandom(1 << 20).hex().encode() + b"</a>"),
        "has a text of more than",
    ),
    "cell of nowhere": (lambda: edited(SHEET, 'r="C8"', 'r="ABCD8"'), "has a cell 'ABCD8'"),
    "row beyond all": (lambda: edited(SHEET, 'r="C8"', 'r="C9999999"'), "beyond Excel's last"),
    "recipe with a gap": (lambda: edited(CUSTOM, 'name="xlconv.0"', 'name="other"'), "no recipe"),
    "recipe cut short": (lambda: edited(CUSTOM, '"version', "version"), "recipe is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    make, said = FILES[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(make())
    code, out, err = checked(path)
    assert (code, out, err.count("\n")) == (3, "", 1), err
    assert err.startswith("xlconv: error: ")
    assert said in err


def sparse() -> bytes:
    head = CELLS + b'<row r="1"><c r="A1"><v>1</v></c></row>'
    return with_part(
        SHEET,
        head + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    )


def path_out() -> bytes:
    return packed(parts() | {"../../../tmp/xlconv-evil": b"evil", "/etc/evil": b"evil"})


def escaping_rels() -> bytes:
    found = parts()["xl/_rels/workbook.xml.rels"].decode()
    return with_part(
        "xl/_rels/workbook.xml.rels",
        re.sub(
            r'Target="worksheets/[^"]*"', 'Target="../../../../etc/passwd"', found, count=1
        ).encode(),
    )


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        pytest.param(sparse, 1, "wrong", id="sparse"),
        pytest.param(lambda: lying(24, 1 << 20), 0, "right", id="smaller than said"),
        pytest.param(path_out, 0, "right", id="names that lead out"),
        pytest.param(escaping_rels, 3, "its part etc/passwd is missing", id="relations out"),
        pytest.param(
            lambda: streamed(
                CELLS + b'<row r="1">', '<c s="{}"/>', 3_000_000, b"</row></sheetData></worksheet>"
            ),
            3, "beyond Excel's last", id="a row without end",
        ),
        pytest.param(
            lambda: streamed(
                CELLS, '<row><c t="s"><v>{}</v></c></row>', 300_000,
                b"</sheetData></worksheet>",
            ),
            1, "wrong", id="many cells",
        ),
        pytest.param(
            lambda: with_part("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 6_000_000 + b"</sst>"),
            3, "texts and names that take more than", id="many texts",
        ),
        pytest.param(
            lambda: edited(SHEET, "</sheetData>", '<row r="3"/></sheetData>'), 0, "right",
            id="rows out of order",
        ),
    ],
)  # fmt: skip
def test_odd_file_is_read_soon_and_in_little_memory(
    make: Callable[[], bytes], code: int, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(make())
    found, out, err = checked(path)
    assert said in out + err
    assert found == code
    assert err.count("\n") <= 1
    assert not Path("/tmp/xlconv-evil").exists()


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/mem", "."])
def test_what_is_no_plain_file_is_refused(path: str) -> None:
    if not Path(path).exists():
        pytest.skip(f"there is no {path} here")
    code, out, err = checked(Path(path))
    assert (code, out, err.count("\n")) == (3, "", 1), err


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    code, _, err = checked(tmp_path / "pipe.xlsx")
    assert (code, "it is no ordinary file" in err) == (3, True)


@pytest.mark.parametrize("name", ["billion laughs", "zip bomb", "external entity"])
def test_engine_does_not_see_a_hostile_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(FILES[name][0]())
    assert checked(path, "--engine")[0] == 3


def test_bomb_that_check_does_not_read_is_not_shown_to_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_part("xl/styles.xml", BILLION.encode()))
    assert checked(path)[0] == 0
    assert checked(path, "--engine")[0] == 0


def test_what_a_file_says_is_printed_without_its_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with ZipFile(BytesIO(fresh())) as archive:
        xml = archive.read(SHEET).decode()
    found = re.search(r"<f>[^<]*</f>", xml)
    assert found
    text = '"\u009b31m red\u202e'
    path.write_bytes(with_part(SHEET, xml.replace(found[0], f"<f>{text}</f>", 1).encode()))
    code, out, _ = checked(path)
    assert code == 1
    assert "\\x9b31m red\\u202e" in out
    assert not {"\u009b", "\u202e"} & set(out)


def test_part_that_is_read_no_further_than_it_says(tmp_path: Path) -> None:
    """A size that lies in both places of the archive, with the check sum of what it claims."""
    info = ZipInfo(SHEET)
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(info if name == SHEET else name, data)
    spoilt, whole = bytearray(target.getvalue()), parts()[SHEET]
    for found in re.finditer(b"PK\x01\x02|PK\x03\x04", spoilt):
        at, local = found.start(), spoilt[found.start() + 2] == 3
        name_at, size_at = (at + 30, at + 22) if local else (at + 46, at + 24)
        if spoilt[name_at : name_at + len(SHEET)] == SHEET.encode():
            struct.pack_into("<I", spoilt, size_at, 100)
            struct.pack_into("<I", spoilt, size_at - 8, zlib.crc32(whole[:100]))
    path = tmp_path / "a.xlsx"
    path.write_bytes(spoilt)
    code, out, err = checked(path)
    assert (code, out) == (3, "")
    assert "is no XML" in err
