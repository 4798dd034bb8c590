"""An .xlsx file as a zip of XML parts."""

import io
import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")


def column_number(letters: str) -> int:
    """
    >>> column_number("A"), column_number("AB"), column_number("XFD")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """
    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def row_and_column(cell: str) -> tuple[int, int]:
    """
    >>> row_and_column("C7")
    (7, 3)
    """
    match = _CELL.fullmatch(cell)
    if match is None:
        raise ValueError(f"not a cell: {cell!r}")
    return int(match[2]), column_number(match[1])


def cell_name(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def sheet_parts(archive: ZipFile) -> dict[str, str]:
    """Sheet name -> member name, in the order of the tabs."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {
        relation.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", relation.attrib["Target"]))
        for relation in relations
    }
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))
    return {
        sheet.attrib["name"]: targets[sheet.attrib[RELATION_ID]].removeprefix("/")
        for sheet in workbook.iter(f"{MAIN}sheet")
    }


def with_parts(xlsx: bytes, edits: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A copy of the file whose members named in `edits` went through their function."""
    edited = io.BytesIO()
    with (
        ZipFile(io.BytesIO(xlsx)) as source,
        ZipFile(edited, "w", ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for member in source.infolist():
            content = source.read(member)
            edit = edits.get(member.filename)
            copy.writestr(member.filename, edit(content) if edit else content)
    return edited.getvalue()
