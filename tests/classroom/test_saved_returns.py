"""One return, saved by other programs and with what they lose: the same marks, and no flag."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from xlconv.classroom.grade_all import graded
from xlconv.classroom.marks import Graded
from xlconv.classroom.naming import Who
from xlconv.classroom.returned import Return

from ..edited import by_openpyxl, checked, wrong
from ..engines import gnumeric_engine, libreoffice_engine
from ..engines.need import needs
from .handouts import PART, class_of, sent, task
from .sheets import formulas_of
from .test_students import meets, right

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())
GNUMERIC = needs("ssconvert", gnumeric_engine.available())


@cache
def answers() -> list[object]:
    """Numbers, formulas, a slip and what follows from it, an error, an empty cell."""
    told: list[object] = [*right("s0000")]
    told[3] = right("s0000")[3] + 4
    told[meets(3)] = f"={formulas_of(task())[meets(3)]}"
    told[40:50] = [f"={text}" for text in formulas_of(task())[40:50]]
    told[51], told[52], told[53] = None, "=1/0", f"={right('s0000')[53]:.0f}+0"
    return told


@cache
def returned() -> bytes:
    return sent(class_of(2), "s0000", answers()).data


Told = list[tuple[str, str, float, str]]


def marks(data: bytes) -> tuple[Told, list[str]]:
    """What is said of each blank, and the flags."""
    (one,) = graded(class_of(2), [Return(Who(), "x.xlsx", data)])
    assert isinstance(one, Graded), one
    told = [(mark.cell, mark.status, mark.share, mark.note) for mark in one.marks]
    return told, [f"{flag.kind}: {flag.words}" for flag in one.flags]


def libreoffice(data: bytes) -> bytes:
    return libreoffice_engine.converted([data], "xlsx")[0]


def opendocument(data: bytes) -> bytes:
    return libreoffice(libreoffice_engine.converted([data], "ods")[0])


def openpyxl(data: bytes) -> bytes:
    return by_openpyxl(data, lambda _: None)


def google(data: bytes) -> bytes:
    """No properties, ten digits, 1.0, errors as texts, a formula that Excel lacks wrapped."""

    def edit(xml: str) -> str:
        xml = re.sub(r"<v>(\d+)</v></c>", r"<v>\1.0</v></c>", xml)
        xml = re.sub(r'<c r="(\w+)"( s="\d+")?><f>1/0</f>', r'<c r="\1"\2 t="str"><f>1/0</f>', xml)
        xml = xml.replace("<f>1/0</f></c>", "<f>1/0</f><v>#DIV/0!</v></c>")
        one = formulas_of(task())[40]
        quoted = one.replace('"', '""')
        wrapped = f'IFERROR(__xludf.DUMMYFUNCTION("{quoted}"),{right("s0000")[40]:.1f})'
        assert f"<f>{one}</f></c>" in xml
        return xml.replace(f"<f>{one}</f></c>", f"<f>{wrapped}</f></c>".replace('"', "&quot;"))

    return _rewritten(data, edit, without=("docProps/custom.xml",))


def shared(data: bytes) -> bytes:
    """Each formula that stands in a blank is shared with itself, as a copied one is."""
    number = iter(range(100, 999))

    def edit(xml: str) -> str:
        pattern = r'<c r="(\w+)"( s="\d+")?><f>([^<]*)</f></c>'
        new = r'<c r="{0}"{1}><f t="shared" ref="{0}" si="{3}">{2}</f></c>'
        return re.sub(pattern, lambda m: new.format(m[1], m[2] or "", m[3], next(number)), xml)

    return _rewritten(data, edit)


def _rewritten(data: bytes, edit: Callable[[str], str], without: tuple[str, ...] = ()) -> bytes:
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name in without:
                continue
            content = old.read(name)
            if name == PART:
                changed = edit(content.decode()).encode()
                assert changed != content
                content = changed
            if without and name in ("[Content_Types].xml", "_rels/.rels"):
                content = re.sub(rb"<(Override|Relationship) [^>]*custom[^>]*/>", b"", content)
            new.writestr(name, content)
    return target.getvalue()


PROGRAMS = [
    pytest.param(libreoffice, marks=LIBREOFFICE),
    pytest.param(opendocument, marks=LIBREOFFICE),
    pytest.param(gnumeric_engine.saved, marks=GNUMERIC),
    openpyxl,
    google,
    shared,
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_return_has_the_same_marks_however_it_was_saved(
    program: Callable[[bytes], bytes],
) -> None:
    told, flags = marks(returned())
    assert {status for _, status, _, _ in told} == {
        "right",
        "wrong",
        "follows",
        "empty",
        "an error",
        "right here only",
    }
    assert flags == []
    assert marks(program(returned())) == (told, [])


@pytest.mark.parametrize("program", PROGRAMS)
def test_check_says_nothing_of_blanks(program: Callable[[bytes], bytes]) -> None:
    """Filled with numbers, formulas, an error and what is wrong; or still empty.

    What follows from them may be stale: not every program computes.
    """
    filled_in = [returned()]
    if program not in (google, shared):  # which change what was filled in
        filled_in.append(sent(class_of(2), "s0000", [None] * 61).data)
    for data in filled_in:
        found = wrong(checked(program(data)))
        assert [one for one in found if one.kind != "stale"] == []
