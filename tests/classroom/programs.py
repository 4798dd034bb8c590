"""What programs make of a return as they save it: its cells, and what they lose on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ..edited import by_openpyxl
from ..engines import gnumeric_engine, libreoffice_engine
from ..engines.need import needs

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())
GNUMERIC = needs("ssconvert", gnumeric_engine.available())

CELL = re.compile(r'<c r="(\w+)"((?: \w+="[^"]*")*)(?:/>|>(.*?)</c>)')
TYPED = re.compile(r"<f>([^<]*)</f>")
"""A formula that a student typed: no value stands beside it yet."""

WRAPPED = re.compile(r".*[+:].*")
"""Formulas of students that Google Sheets is made to wrap here."""

AROUND = re.compile(
    r"<(conditionalFormatting|dataValidations|ignoredErrors|hyperlinks)\b.*?</\1>", re.DOTALL
)

Edit = Callable[[str], str]
Program = Callable[[bytes], bytes]


def libreoffice(data: bytes) -> bytes:
    return libreoffice_engine.converted([data], "xlsx")[0]


def opendocument(data: bytes) -> bytes:
    return libreoffice(libreoffice_engine.converted([data], "ods")[0])


def openpyxl(data: bytes) -> bytes:
    return by_openpyxl(data, lambda _: None)


def google(data: bytes) -> bytes:
    """No properties, ten digits, 1.0, errors as texts, formulas that Excel lacks wrapped."""
    return rewritten(data, lambda xml: CELL.sub(_by_google, xml), without="docProps/")


def google_without_names(data: bytes) -> bytes:
    return _unnamed(google(data))


def bare(data: bytes) -> bytes:
    """By Google Sheets, and then no look, validation, format or name is left."""

    def edit(xml: str) -> str:
        return re.sub(r'(<c r="\w+") s="\d+"', r"\1", AROUND.sub("", xml))

    return rewritten(google_without_names(data), edit)


def shared(data: bytes) -> bytes:
    """Each formula that stands in a blank is shared with itself, as a copied one is."""
    number = iter(range(1000, 9999))

    def share(match: re.Match[str]) -> str:
        at, attributes, held = match.groups()
        typed = TYPED.fullmatch(held or "")
        if typed is None:
            return match[0]
        formula = f'<f t="shared" ref="{at}" si="{next(number)}">{typed[1]}</f>'
        return f'<c r="{at}"{attributes}>{formula}</c>'

    return rewritten(data, lambda xml: CELL.sub(share, xml))


def zeros(data: bytes) -> bytes:
    """Each empty cell is written as 0."""
    empty = re.compile(r'(<c r="\w+"(?: s="\d+")?)/>')
    return rewritten(data, lambda xml: empty.sub(r"\1><v>0</v></c>", xml))


def _by_google(match: re.Match[str]) -> str:
    at, attributes, held = match.groups()
    if not held or 't="' in attributes:
        return match[0]
    typed = TYPED.fullmatch(held)
    if typed is None:
        plain = re.fullmatch(r"<v>(-?\d+)</v>", held)
        return f'<c r="{at}"{attributes}><v>{plain[1]}.0</v></c>' if plain else match[0]
    formula = unescape(typed[1])
    if formula == "1/0":
        return f'<c r="{at}"{attributes} t="str"><f>1/0</f><v>#DIV/0!</v></c>'
    if WRAPPED.fullmatch(formula):
        quoted = formula.replace('"', '""')
        formula = f'IFERROR(__xludf.DUMMYFUNCTION("{quoted}"),1.0)'
    return f'<c r="{at}"{attributes}><f>{escape(formula)}</f></c>'


def _unnamed(data: bytes) -> bytes:
    return rewritten(
        data, lambda xml: re.sub(r"<definedNames>.*</definedNames>", "", xml), parts="xl/workbook"
    )


def rewritten(
    data: bytes, edit: Edit, parts: str = "xl/worksheets/sheet", without: str = "-"
) -> bytes:
    """The file with those parts edited that are called so, and without others."""
    target, told = BytesIO(), ("[Content_Types].xml", "_rels/.rels")
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        before = [old.read(name) for name in old.namelist() if name.startswith(parts)]
        after = [edit(content.decode()).encode() for content in before]
        changed = iter(after)
        assert after != before
        for name in old.namelist():
            if name.startswith(without):
                continue
            content = next(changed) if name.startswith(parts) else old.read(name)
            if name in told:
                gone = rb'<(Override|Relationship) [^>]*"/?' + without.encode() + rb"[^>]*/>"
                content = re.sub(gone, b"", content)
            new.writestr(name, content)
    return target.getvalue()


PROGRAMS = [
    pytest.param(libreoffice, marks=LIBREOFFICE),
    pytest.param(opendocument, marks=LIBREOFFICE),
    pytest.param(gnumeric_engine.saved, marks=GNUMERIC),
    openpyxl,
    google,
    google_without_names,
    bare,
    shared,
]
