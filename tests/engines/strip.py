"""Edits an engine never sees: cached values removed, input cells set, both in the bytes."""

import io
import re
from collections import defaultdict
from functools import partial
from xml.sax.saxutils import escape
from zipfile import ZipFile

from .engine import Changes
from .package import sheet_parts, with_parts

_FORMULA = rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)"
_CACHED = re.compile(rb"(" + _FORMULA + rb")\s*(?:<v(?:\s[^>]*)?>[^<]*</v>|<v\s*/>)")
_TYPE_OF_FORMULA = re.compile(rb"(<c(?=\s)[^>]*?)\st=\"\w+\"([^>]*>\s*<f)")


def strip_values(xlsx: bytes) -> bytes:
    """The file without the cached values of its formulas, so that no engine can repeat them."""
    with ZipFile(io.BytesIO(xlsx)) as archive:
        parts = sheet_parts(archive).values()
    return with_parts(xlsx, dict.fromkeys(parts, _strip_sheet))


def with_values(xlsx: bytes, changes: Changes) -> bytes:
    """The file with the given input cells set; each must be in the file already.

    Raises KeyError if a sheet or a cell is not there.
    """
    by_sheet: dict[str, dict[str, float | str]] = defaultdict(dict)
    for (sheet, cell), value in changes.items():
        by_sheet[sheet][cell] = value
    with ZipFile(io.BytesIO(xlsx)) as archive:
        parts = sheet_parts(archive)
    edits = {parts[sheet]: partial(_set_cells, cells=cells) for sheet, cells in by_sheet.items()}
    return with_parts(xlsx, edits)


def _strip_sheet(xml: bytes) -> bytes:
    return _TYPE_OF_FORMULA.sub(rb"\1\2", _CACHED.sub(rb"\1", xml))


def _set_cells(xml: bytes, cells: dict[str, float | str]) -> bytes:
    for cell, value in cells.items():
        pattern = rf'<c(?=\s)([^>]*?\sr="{cell}"(?:\s[^>]*?)?)(?:/>|>.*?</c>)'.encode()
        match = re.search(pattern, xml, re.DOTALL)
        if match is None:
            raise KeyError(cell)
        attributes = re.sub(rb'\st="\w+"', b"", match[1])
        xml = xml[: match.start()] + _input_cell(attributes, value) + xml[match.end() :]
    return xml


def _input_cell(attributes: bytes, value: float | str) -> bytes:
    if isinstance(value, str):
        return b'<c%b t="inlineStr"><is><t>%b</t></is></c>' % (attributes, escape(value).encode())
    return b"<c%b><v>%b</v></c>" % (attributes, repr(value).encode())
