"""Files that mean harm, or are broken: refused in one line, soon, and in little memory.

Each is checked in a process of its own that may take 1 GB of memory and a few seconds.
"""

from __future__ import annotations

import json
import os
import re
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest

from xlconv.check import check
from xlconv.errors import UnreadableError
from xlconv.layer import Layer
from xlconv.lesson import build

HOME = Path(__file__).parents[1]
MEMORY, SECONDS = 1 << 30, 90
LAYER = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
SHEET = "xl/worksheets/sheet1.xml"
CUSTOM = "docProps/custom.xml"


def fresh() -> bytes:
    return build(LAYER, views=["collect"]).to_bytes()


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def checked(path: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `xlconv check`, within its limits."""
    environment = {**os.environ, "PYTHONPATH": str(HOME), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "xlconv", "check", *options, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=limited,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def packed(parts: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def parts() -> dict[str, bytes]:
    with ZipFile(BytesIO(fresh())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(name: str, data: bytes | None, method: int = ZIP_DEFLATED) -> bytes:
    """A workbook with a part replaced, added, or left out."""
    found = {**parts(), name: data or b""}
    if data is None:
        del found[name]
    return packed(found, method)


def edited(name: str, old: str, new: str) -> bytes:
    text = parts()[name].decode()
    assert old in text, text[:500]
    return with_part(name, text.replace(old, new, 1).encode())


def zeros(size: int) -> bytes:
    return b'<?xml version="1.0"?><worksheet><sheetData>' + b" " * size


def streamed(head: bytes, unit: str, times: int, tail: bytes) -> bytes:
    """A workbook whose first sheet holds a unit very often, with other numbers in it each time."""
    numbers = np.random.default_rng(1).integers(10**6, size=10_000)
    units = "".join(unit.format(n) for n in numbers).encode()
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            if name != SHEET:
                archive.writestr(name, data)
        with archive.open(SHEET, "w") as part:
            part.write(head)
            for _ in range(0, times, 10_000):
                part.write(units)
            part.write(tail)
    return target.getvalue()


def overlapping() -> bytes:
    """Two names for the same bytes, as in a bomb that needs no nesting."""
    data = bytearray(packed(parts(), ZIP_STORED))
    places = [m.start() for m in re.finditer(b"PK\x01\x02", data)]
    for at in places[:2]:
        struct.pack_into("<I", data, at + 42, 0)  # both begin at the file's begin
    return bytes(data)


def lying(field: int, value: int) -> bytes:
    """A field of the central directory that says another size of the sheet than it has."""
    data = bytearray(fresh())
    for found in re.finditer(b"PK\x01\x02", data):
        at = found.start()
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", data, at + field, value)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(fresh())
    for found in re.finditer(b"PK\x01\x02", data):
        data[found.start() + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    other = SHEET.replace("1", "2")
    data = packed({**parts(), other: b"<worksheet/>"})
    return data.replace(other.encode(), SHEET.encode())


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><x>&l9;</x>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
CELLS = b'<worksheet xmlns="x"><sheetData>'

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no .xlsx file, or is cut short"),
    "text": (lambda: b"hello", "is no .xlsx file"),
    "cut short": (lambda: fresh()[:-200], "is no .xlsx file"),
    "cut in the middle": (lambda: fresh()[:4000] + fresh()[-900:], "xlsx"),
    "another zip": (lambda: packed({"a.txt": b"a"}), "is not opened: it is no .xlsx file"),
    "password": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 3000, "or has a password, or is of an old"),
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
    "zip bomb": (lambda: with_part(SHEET, zeros(200 << 20)), "unpacks to 209715243 bytes"),
    "bomb of many": (lambda: lying(24, 1 << 31), "it unpacks to more than 1024 MB"),
    "many parts": (
        lambda: packed(parts() | {f"{n}": b"" for n in range(3000)}), "it has 301",
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
        lambda: with_part(CUSTOM, BILLION.replace("1.0\"", '1.0" encoding="UTF-16"').encode("utf-16")),
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
        lambda: with_part(SHEET, "".join(["<a>", *(f"<a{n}/>" for n in range(2000)), "</a>"]).encode()),
        "has more than 1000 names of tags",
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
        re.sub(r'Target="worksheets/[^"]*"', 'Target="../../../../etc/passwd"', found).encode(),
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
            3, "unpacks to", id="many texts",
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
    assert (code, "is no file" in err) == (3, True)


@pytest.mark.parametrize("name", ["billion laughs", "zip bomb", "external entity"])
def test_engine_does_not_see_a_hostile_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(FILES[name][0]())
    assert checked(path, "--engine")[0] == 3


def test_bomb_where_only_the_engine_looks_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_part("xl/styles.xml", BILLION.encode()))
    assert checked(path)[0] == 0
    code, out, err = checked(path, "--engine")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "IronCalc cannot read" in err


# ------------------------------------------------------------------------- recipes


def with_recipe(told: Any) -> bytes:
    text = told if isinstance(told, str) else json.dumps(told)
    pieces = [text[n : n + 240] for n in range(0, len(text), 240)]
    properties = "".join(
        f'<property name="xlconv.{n}" pid="{n + 2}" fmtid="x"><lpwstr>'
        + piece.replace("&", "&amp;").replace("<", "&lt;")
        + "</lpwstr></property>"
        for n, piece in enumerate(pieces)
    )
    return with_part(CUSTOM, f"<Properties>{properties}</Properties>".encode())


PAGE = {"name": "Collect", "view": "collect", "input": [[1, 2], [3, 4]], "weight": [[1]]}


def recipe(page: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"version": 1, "title": "T", "words": {}, "sheet": [{**PAGE, **(page or {})}], **more}


RECIPES: dict[str, tuple[Any, str]] = {
    "no JSON": ("hello", "is damaged"),
    "a list": ([1], "is of version null, not 1"),
    "another version": (recipe(version=2), "is of version 2, not 1"),
    "deep": ("[" * 100_000, "is damaged"),
    "endless number": ('{"version": ' + "9" * 100_000 + "}", "is damaged"),
    "not a number": ('{"version": NaN}', "NaN is no number"),
    "no sheets": (recipe(sheet=[]), 'at least one [[sheet]]'),
    "sheets that are none": (recipe(sheet={}), '"sheet" must be a list of tables'),
    "unknown key": (recipe({"a": 1}), 'unknown key "a"'),
    "unknown view": (recipe({"view": "evil"}), 'unknown view "evil"'),
    "view elsewhere": (recipe({"view": "..cli"}), 'unknown view "..cli"'),
    "view of no type": (recipe({"view": 3}), "unknown view 3"),
    "wrong type": (recipe({"stride": "2"}), '"stride" must be'),
    "truth for a number": (recipe({"stride": True}), '"stride" must be'),
    "text for numbers": (recipe({"input": [["a"]]}), "input must be numbers"),
    "infinite": (json.dumps(recipe()).replace("[[1,", "[[1e999,"), "input must be finite"),
    "rows of two lengths": (recipe({"input": [[1], [1, 2]]}), "input must be numbers in rows"),
    "file": (recipe({"input": "/etc/passwd.csv"}), "input must be numbers or sizes"),
    "file of a view": (
        recipe({"view": "gradient", "image": "/etc/passwd.npy"}), "image must be numbers or sizes",
    ),
    "absurd size": (recipe({"input": "99999x99999"}), "input has 9999800001 values"),
    "large size": (recipe({"input": "3000x3000"}), "cannot be drawn"),
    "more than the file has": (recipe({"input": "400x400"}), "cells; this sheet has 100000"),
    "large kernel": (recipe({"weight": "2000x2000"}), "cannot be drawn"),
    "large stride": (recipe({"stride": 10**9}), "cannot be drawn"),
    "large padding": (recipe({"padding": -(10**9)}), "cannot be drawn"),
    "large dilation": (recipe({"weight": [[1, 2]], "dilation": 10**9}), "cannot be drawn"),
    "absurd option": (recipe({"look": [10**9, 10**9]}), "cannot be drawn"),
    "many pairs": (
        {"version": 1, "title": "T", "sheet": [
            {"name": "Collect", "view": "evenness", "pairs": [[3, 2]] * 3000}]},
        "cannot be drawn",
    ),
    "many paddings": (
        recipe({"view": "gniddap", "weight": [[1, 2], [3, 4]], "paddings": [-n for n in range(5000)]}),
        "cannot be drawn",
    ),
    "huge area": (
        recipe({"view": "playground", "area": 10**9}), "cannot be drawn: sheet",
    ),
    "format of words": (
        recipe(words={"input": "{0.__class__.__mro__}"}), "has no place {0.__class__.__mro__}",
    ),
    "width in words": (recipe(words={"input": "{size:>999999999}"}), "has no place"),
    "words in words": (recipe(words={"input": "{size!r}"}), "has no place {size!r}"),
    "unknown words": (recipe(words={"evil": "a"}), 'unknown key "evil"'),
    "sheet of no name": (recipe({"name": "a/b"}), "a sheet name must"),
    "two of one name": (recipe(sheet=[PAGE, PAGE]), "sheet names must differ"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_hostile_recipe_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    told, said = RECIPES[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_recipe(told))
    code, out, err = checked(path)
    assert said in err
    assert (code, out, err.count("\n")) == (3, "", 1), err


def test_recipe_that_is_made_by_hand_is_taken(tmp_path: Path) -> None:
    """So that the hostile ones are not refused for how they are packed."""
    path = tmp_path / "a.xlsx"
    own = json.loads(build(LAYER, views=["collect"]).recipe)
    path.write_bytes(with_recipe(own))
    assert check(path).right


def test_file_of_another_program_has_no_recipe(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UnreadableError, match="has no recipe: xlconv did not make it"):
        check(path)


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
    data, whole = bytearray(target.getvalue()), parts()[SHEET]
    for found in re.finditer(b"PK\x01\x02|PK\x03\x04", data):
        at, local = found.start(), data[found.start() + 2] == 3
        name_at, size_at = (at + 30, at + 22) if local else (at + 46, at + 24)
        if data[name_at : name_at + len(SHEET)] == SHEET.encode():
            struct.pack_into("<I", data, size_at, 100)
            struct.pack_into("<I", data, size_at - 8, zlib.crc32(whole[:100]))
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    code, out, err = checked(path)
    assert (code, out) == (3, "")
    assert "is no XML" in err
