"""What a file itself says of its formula cells, from the raw XML."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from zipfile import ZipFile

from openpyxl.formula.translate import Translator

from .engine import Value, Values
from .package import MAIN, sheet_parts

_ROW, _CELL, _FORMULA, _VALUE = (MAIN + tag for tag in ("row", "c", "f", "v"))


def cached_values(xlsx: bytes) -> Values:
    """The values written beside the formulas; a formula without one is left out."""
    return {
        sheet: {
            cell.attrib["r"]: value
            for cell, _ in cells
            if (value := _value(cell.get("t", "n"), cell.find(_VALUE))) is not None
        }
        for sheet, cells in _formula_cells(xlsx)
    }


def formulas(xlsx: bytes) -> dict[str, dict[str, str]]:
    """Sheet name -> A1 -> formula without "="; shared formulas are written out."""
    return {sheet: dict(_texts(cells)) for sheet, cells in _formula_cells(xlsx)}


def _formula_cells(xlsx: bytes) -> Iterator[tuple[str, Iterator[tuple[ET.Element, ET.Element]]]]:
    with ZipFile(io.BytesIO(xlsx)) as archive:
        for sheet, part in sheet_parts(archive).items():
            yield sheet, _cells_with_formula(archive.read(part))


def _cells_with_formula(xml: bytes) -> Iterator[tuple[ET.Element, ET.Element]]:
    for _, row in ET.iterparse(io.BytesIO(xml)):
        if row.tag == _ROW:
            for cell in row:
                formula = cell.find(_FORMULA)
                if formula is not None:
                    yield cell, formula
            row.clear()


def _value(kind: str, element: ET.Element | None) -> Value | None:
    if element is None:
        return None
    text = element.text or ""
    if kind == "n":
        return float(text) if text else None
    return text == "1" if kind == "b" else text


def _texts(cells: Iterator[tuple[ET.Element, ET.Element]]) -> Iterator[tuple[str, str]]:
    shared: dict[str, Translator] = {}
    for cell, formula in cells:
        text, group, address = formula.text or "", formula.get("si"), cell.attrib["r"]
        if group is None:
            yield address, text
        elif text:
            shared[group] = Translator(f"={text}", origin=address)
            yield address, text
        else:
            yield address, shared[group].translate_formula(address).removeprefix("=")
