"""What a worksheet's XML may contain."""

import io
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .lint_formula import formula_faults, sheets_named
from .package import MAIN, column_number
from .reference import Scope

_ROW, _FORMULA, _VALUE = MAIN + "row", MAIN + "f", MAIN + "v"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_CELL_IN_FORMULA = re.compile(r"(?<![\w.$])\$?[A-Z]{1,3}\$?[1-9]\d*(?![\w(.])")
_RULE_TYPES = frozenset(["expression", "colorScale"])
_TEXT_LIMITS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}


@dataclass
class _Seen:
    """What was met so far on the way down a sheet."""

    row: int = 0
    column: int = 0
    shared: set[str] = field(default_factory=set)
    kinds: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Formula with all cells alike -> where it stands, the first as it is written."""


def sheet_faults(sheet: str, xml: bytes, scope: Scope, *, cached: bool) -> Iterator[str]:
    seen = _Seen()
    parser = ET.iterparse(io.BytesIO(xml))
    for _, element in parser:
        if element.tag == _ROW:
            for fault in _row_faults(element, seen, cached):
                yield f"{sheet}!{fault}"
            element.clear()
    for first, *others in seen.kinds.values():
        address, text = first.split(" ", 1)
        more = f" and {len(others)} more" if others else ""
        for fault in formula_faults(text, scope):
            yield f"{sheet}!{address}{more}: {fault}"
    root: ET.Element = parser.root  # type: ignore[attr-defined]
    for fault in _part_faults(sheet, root, scope):
        yield f"{sheet}: {fault}"


def _row_faults(row: ET.Element, seen: _Seen, cached: bool) -> Iterator[str]:
    number = int(row.get("r", 0))
    if number <= seen.row:
        yield f"row {number} after row {seen.row}" if number else "row without r="
    seen.row, seen.column = number, 0
    for cell in row:
        address = cell.get("r", "")
        match = _ADDRESS.fullmatch(address)
        if match is None:
            yield f"row {number}: cell with r={address!r}"
            continue
        column = column_number(match[1])
        if int(match[2]) != number:
            yield f"{address}: in row {number}"
        if column <= seen.column:
            yield f"{address}: {'twice' if column == seen.column else 'out of order'}"
        seen.column = column
        if cell.get("t") == "inlineStr":
            yield f"{address}: inline string"
        formula = cell.find(_FORMULA)
        if formula is not None:
            yield from _formula_cell_faults(address, cell, formula, seen, cached)


def _formula_cell_faults(
    address: str, cell: ET.Element, formula: ET.Element, seen: _Seen, cached: bool
) -> Iterator[str]:
    kind, group, text = formula.get("t", "normal"), formula.get("si", ""), formula.text or ""
    value = cell.find(_VALUE)
    if cached and (value is None or not (value.text or cell.get("t") == "str")):
        yield f"{address}: formula without a cached value"
    if cell.get("t") == "e":
        yield f"{address}: cached error value"
    if kind not in ("normal", "shared"):
        yield f"{address}: {kind} formula"
    if kind == "shared" and not text and group not in seen.shared:
        yield f"{address}: shared formula {group} has no text before"
    if kind == "shared" and text:
        seen.shared.add(group)
    if text:
        seen.kinds[_CELL_IN_FORMULA.sub("A1", text)].append(f"{address} {text}")
    elif kind != "shared":
        yield f"{address}: empty formula"


def _part_faults(sheet: str, root: ET.Element, scope: Scope) -> Iterator[str]:
    if root.find(f"{MAIN}extLst") is not None:
        yield "extension list"
    last = 0
    for columns in root.iter(f"{MAIN}col"):
        if int(columns.attrib["min"]) <= last:
            yield f"<col min={columns.attrib['min']}> overlaps the one before"
        last = int(columns.attrib["max"])
    for link in root.iter(f"{MAIN}hyperlink"):
        if link.get("location", "").startswith("#"):
            yield f"link of {link.get('ref')}: location starts with #"
    for group in root.iter(f"{MAIN}conditionalFormatting"):
        for rule in group.iter(f"{MAIN}cfRule"):
            for fault in _rule_faults(sheet, rule, scope):
                yield f"conditional format of {group.get('sqref')}: {fault}"
    priorities = Counter(rule.get("priority") for rule in root.iter(f"{MAIN}cfRule"))
    for priority, count in priorities.items():
        if count > 1:
            yield f"{count} conditional formats of priority {priority}"
    for validation in root.iter(f"{MAIN}dataValidation"):
        for fault in _validation_faults(sheet, validation, scope):
            yield f"validation of {validation.get('sqref')}: {fault}"


def _rule_faults(sheet: str, rule: ET.Element, scope: Scope) -> Iterator[str]:
    if rule.get("type") not in _RULE_TYPES:
        yield f"type {rule.get('type')}"
    if int(rule.get("priority", 0)) < 1:
        yield f"priority {rule.get('priority')}"
    texts = [formula.text or "" for formula in rule.iter(f"{MAIN}formula")]
    if rule.get("type") == "expression" and not any(texts):
        yield "no formula"
    for text in filter(None, texts):
        yield from formula_faults(text, scope)
        yield from _elsewhere(sheet, text, scope)


def _validation_faults(sheet: str, validation: ET.Element, scope: Scope) -> Iterator[str]:
    for attribute, limit in _TEXT_LIMITS.items():
        if len(validation.get(attribute, "")) > limit:
            yield f"{attribute} over {limit} characters"
    for number in (1, 2):
        text = validation.findtext(f"{MAIN}formula{number}", "")
        is_list = validation.get("type") == "list"
        if is_list and text.startswith('"'):
            if len(text) - 2 > 255:
                yield "list over 255 characters"
        elif is_list and number == 1 and not text:
            yield "list without a source"
        elif text and not (is_list and scope.find(text)):
            yield from formula_faults(text, scope)
        yield from _elsewhere(sheet, text, scope)


def _elsewhere(sheet: str, text: str, scope: Scope) -> Iterator[str]:
    for other in sheets_named(text, scope) - {sheet}:
        yield f"refers to sheet {other}"
