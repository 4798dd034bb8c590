"""Returns that would harm, among good ones: each is named in a line, and no other is touched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from xlconv.classroom.engine import Watch
from xlconv.classroom.grade_all import graded
from xlconv.classroom.marks import Graded
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return
from xlconv.classroom.unpacking import Unread

from ..alone import alone
from ..engines.package import with_parts
from ..hostile import packed
from .handouts import PART, class_of, handout, sent, truth

FORMULAS = [
    "=" + "(" * 3000 + "1" + ")" * 3000,
    "=LET(f,LAMBDA(g,n,g(g,n+1)),f(f,1))",
    "=LAMBDA(x,x)(1)",
    "=SUMPRODUCT(A:A,B:B)",
    "=SUM(1:1048576)",
    "=FACT(1E9)",
    "=REPT(\"x\",1E9)",
    "=SUM(A1:XFD1048576)",
    "=MMULT(A1:CV100,A1:CV100)" + "+MMULT(A1:CV100,A1:CV100)" * 150,
    "=SUM(A1:A10000*TRANSPOSE(A1:A10000))",
    "=WEBSERVICE(\"http://example.com\")",
    "=INDIRECT(\"A1\")",
    "=[1]Sheet1!A1",
    "='file:///etc/passwd'#$Sheet1.A1",
    "=cmd|'/c calc'!A1",
    "=RAND()",
    "=NOW()",
    "=" + "A1+" * 3000 + "A1",
    "=" + "-" * 5000 + "1",
    "=" + "IF(A1," * 200 + "1" + ",0)" * 200,
    "=A1:A10000^A1:A10000^A1:A10000",
    '="' + "x" * 20000 + '"',
    "=SEQUENCE(1E6,1E6)",
    "=OFFSET(A1,0,0,1E6,1E4)",
]  # fmt: skip
"""Of each, one output of an honest student is replaced; the rest has to be graded."""


def broken(data: bytes) -> Iterator[bytes]:
    """Files that are none, or no longer."""
    yield from (b"", b"PK\x03\x04", data[: len(data) // 2], b"<html></html>" * 100, data[100:])
    yield data.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml")
    yield data.replace(b"_rels/.rels", b"_rels/.relz")
    yield b"\xd0\xcf\x11\xe0" + b"\0" * 2000
    yield b"".join(bytes([b ^ (n % 997 == 0)]) for n, b in enumerate(data))
    yield bytes(reversed(data))


def harmful(data: bytes) -> Iterator[bytes]:
    """Workbooks that open, and would take all memory or time; files of other kinds renamed."""
    rows = b"<row><c><v>1</v></c></row>"
    yield with_parts(data, {PART: lambda xml: ENTITIES + xml.replace(b"<v>", b"<v>&c;", 1)})
    yield with_parts(data, {PART: lambda _: CELLS + rows * 300_000 + END})
    yield with_parts(data, {PART: lambda _: CELLS + b" " * (200 << 20) + END})
    yield with_parts(data, {PART: lambda _: CELLS + b"<x>" * 5000 + b"</x>" * 5000 + END})
    yield with_parts(data, {PART: lambda _: CELLS + b'<row r="1"/>' * 2_200_000 + END})
    yield with_parts(data, {STRINGS: lambda xml: xml.replace(b"</sst>", TEXT * 900 + b"</sst>")})
    yield with_parts(data, {BOOK: lambda xml: xml.replace(b"<sheets>", b"<sheets>" + SHEETS)})
    yield with_parts(data, {BOOK: lambda xml: xml.replace(b"<definedNames>", LOOP)})
    yield packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    yield b"%PDF-1.7\n" + b"x" * 500
    yield b"1;2;3\n" * 100


CELLS = b'<worksheet xmlns="x"><sheetData>'
END = b"</sheetData></worksheet>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
TEXT = b"<si><t>" + b"x" * 99_000 + b"</t></si>"
SHEETS = b"".join(b'<sheet name="a%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(9, 9999))
LOOP = b"<definedNames>" + b"".join(
    b'<definedName name="%d">%s</definedName>' % (n, b"x" * 1000) for n in range(99_999)
)
STRINGS, BOOK = "xl/sharedStrings.xml", "xl/workbook.xml"


def check(good: int) -> None:
    folder = class_of(good + len(FORMULAS))
    ids = list(folder.names)
    whole = handout().workbook(ids[0], folder.codes[ids[0]])
    files: list[Return | Unread] = []
    expected: dict[str, str] = {}
    for n, formula in enumerate(FORMULAS):
        student = ids[n]
        files.append(sent(folder, student, [*truth(student)[:60], formula]))
        expected[files[-1].name] = "formula"
    for n, data in enumerate([*broken(whole), *harmful(whole)]):
        files.append(Return(Who(), f"broken{n}.xlsx", data))
        expected[f"broken{n}.xlsx"] = "broken"
    step = max(1, good // len(files))
    honest = [sent(folder, student, truth(student)) for student in ids[len(FORMULAS) :]]
    for n, one in enumerate(honest):
        files.insert(min(len(files), n * (step + 1)), one)
    results = list(graded(folder, files, processes=2))
    assert len(results) == len(files)
    for file, result in zip(files, results, strict=True):
        kind = expected.get(file.name)
        if kind == "broken":
            assert isinstance(result, Unread), file.name
            assert "\n" not in result.reason
            assert result.reason.startswith(file.name)
            continue
        assert isinstance(result, Graded), result
        statuses = [mark.status for mark in result.marks]
        assert statuses[:60] == ["right"] * 60
        assert (statuses[60] == "right") == (kind is None), file.name
        if kind and statuses[60] == "refused":
            assert result.marks[60].note


def test_the_good_are_graded_and_the_others_named() -> None:
    check(20)


@pytest.mark.prove
@pytest.mark.skipif(sys.platform == "win32", reason="resource is of Unix")
def test_among_a_hundred_within_a_gigabyte() -> None:
    assert alone(check_children, 100) < 1 << 30


def check_children(good: int) -> None:
    import resource

    check(good)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert most * (1 if sys.platform == "darwin" else 1024) < 1 << 30


def test_an_engine_that_sleeps_is_ended_and_one_that_answers_is_put_off() -> None:
    for more, code in ((0.0, -9), (60.0, None)):
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
            watch = Watch(process)
            watch.put_off(0.2)
            watch.put_off(0.2 + more)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30 if code else 0.6)
            assert process.returncode == code
            watch.ended.set()
            process.kill()
