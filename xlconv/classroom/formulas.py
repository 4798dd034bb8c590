"""A student's formulas: what each says, and whether it may be tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from xlconv.checking.cells import Cell
from xlconv.checking.trusted import KNOWN, TOKEN, trusted
from xlconv.classroom.marks import Note
from xlconv.frozen import frozen
from xlconv.grid.limits import FORMULA_LENGTH
from xlconv.grid.places import Place, a1, area_of

FUNCTIONS = KNOWN | {"MMULT", "N", "TRANSPOSE"}
"""Those that a student's formula may have."""

LARGEST, LOOKS, MANY = 10_000, 1_000_000, 5_000
"""Cells that one formula may look at, and all of a return; and how many formulas it may have."""

TEXTS = re.compile(r'"(?:[^"]|"")*"')

VOLATILE = re.compile(r"(?i)\b(?:RAND|RANDBETWEEN|RANDARRAY|NOW|TODAY|INFO|CELL|OFFSET|INDIRECT)\(")

CALLED = re.compile(r"([A-Za-z_][\w.]*)\(")

NEWER = re.compile(r"(?i)_xlfn\.(?:_xlws\.|SINGLE(?=\())?")
"""What Excel writes before functions that older ones lack, and for its @."""

GOOGLE = re.compile(
    r'(?i)IFERROR\(__xludf\.DUMMYFUNCTION\("((?:[^"]|"")*)"\)(?:\s*,.*)?\)', re.DOTALL
)
"""How Google Sheets writes a formula that Excel may not know, and the value that it had."""

SPILLED = '"COMPUTED_VALUE"'
"""What it writes into cells that the formula of another one fills."""

ALIKE = 1000
"""Formulas that are remembered: those of a class are much alike."""

ARRAYED = re.compile(r"(?i)(?:ArrayFormula|ARRAY_CONSTRAIN)\((.*)\)", re.DOTALL)


@frozen
class Formula:
    """One cell's formula as it may be tried.

    text   as the engine takes it
    shown  as the student wrote it
    areas  the first and the last cell of each area that it looks at
    """

    text: str
    shown: str
    areas: tuple[tuple[Place, Place], ...] = ()


@frozen
class Refused:
    """One that may not be, and why."""

    shown: str
    why: Note


def own_words(cells: Mapping[Place, Cell]) -> dict[Place, Cell]:
    """The cells as the student wrote them, where Google Sheets wrote something around them."""
    inner = {place: _unwrapped(cell.formula) for place, cell in cells.items() if cell.formula}
    told = {place: text for place, text in inner.items() if text is not None}
    found = dict(cells)
    for place, text in told.items():
        if text == SPILLED:
            continue
        arrayed = ARRAYED.fullmatch(text)
        area = _spilled(place, told) if arrayed else ""
        found[place] = replace_formula(cells[place], arrayed[1] if arrayed else text, area)
    for place, text in told.items():
        if text == SPILLED:
            found[place] = cells[place]._replace(formula=None)
    return found


def replace_formula(cell: Cell, formula: str, area: str = "") -> Cell:
    """A cell with another formula; "" is none."""
    return cell._replace(formula=formula or None, area=area)


def _unwrapped(formula: str) -> str | None:
    """What stands in Google's wrapping; None if there is none."""
    if len(formula) > FORMULA_LENGTH or not (parts := GOOGLE.fullmatch(formula)):
        return None
    return parts[1].replace('""', '"').removeprefix("=")


def _spilled(place: Place, told: Mapping[Place, str]) -> str:
    """The area that an array formula fills, from the cells that say so."""
    row, column = place
    while told.get((place[0], column + 1)) == SPILLED:
        column += 1
    while told.get((row + 1, place[1])) == SPILLED:
        row += 1
    return f"{a1(place)}:{a1((row, column))}"


def read(cells: Mapping[Place, Cell], names: Mapping[str, int]) -> dict[Place, Formula | Refused]:
    """The formulas of a returned sheet, each for the cell that it stands in.

    names  how many cells each name leads to, by the name in lower case
    """
    found: dict[Place, Formula | Refused] = {}
    left, known = LOOKS, tuple(names.items())
    for place, cell in cells.items():
        if cell.formula is None:
            continue
        told, looks = _tried(cell.formula, known)
        left -= looks
        if left < 0 or len(found) >= MANY:
            told = Refused(cell.formula, Note("why_many"))
        found.update(_over(place, cell.area, told))
    return found


@lru_cache(ALIKE)
def _tried(written: str, names: tuple[tuple[str, int], ...]) -> tuple[Formula | Refused, int]:
    """A formula as it may be tried, and how many cells it looks at."""
    if len(written) > FORMULA_LENGTH:
        return Refused(written[:80], Note("why_long", f"{FORMULA_LENGTH}")), 0
    text = re.sub(r"[\r\n\t]+", " ", NEWER.sub("", written)).strip().removeprefix("+")
    bare = TEXTS.sub('""', text)
    if why := next((why for test, why in REFUSALS if test(bare)), None):
        return Refused(written, why), 0
    allowed = trusted(text, {}, dict(names), FUNCTIONS)
    if allowed is None:
        return Refused(written, _why_not(bare)), 0
    if allowed[1] > LARGEST:
        return Refused(written, Note("why_large", f"{LARGEST}")), 0
    return Formula(allowed[0], written, tuple(areas(bare))), allowed[1]


REFUSALS: tuple[tuple[Callable[[str], object], Note], ...] = (
    (lambda text: "[" in text, Note("why_link")),
    (VOLATILE.search, Note("why_changing")),
)
"""What is looked for first, and how it is said."""


def _why_not(bare: str) -> Note:
    """Why a formula may not be tried, as far as it can be said."""
    for name in CALLED.findall(bare):
        if name.upper() not in FUNCTIONS:
            return Note("why_function", name[:40])
    if any(found["mark"] for found in TOKEN.finditer(bare)):
        return Note("why_sheet")
    return Note("why_no_formula")


def areas(bare: str) -> Iterator[tuple[Place, Place]]:
    """The areas of cells that a formula names, but for its texts."""
    for found in TOKEN.finditer(bare):
        if found["area"] and (place := area_of(found["area"].upper())):
            yield place[1], place[2]


def _over(place: Place, area: str, told: Formula | Refused) -> dict[Place, Formula | Refused]:
    """A formula in each cell that it fills: of an array formula, its own number of the array."""
    ends = area_of(area) if area else None
    if ends is None or ends[1] == ends[2]:
        return {place: told}
    (top, left), (bottom, right) = ends[1:]
    if (top, left) != place or (bottom - top + 1) * (right - left + 1) > LARGEST:
        return {place: Refused(told.shown, Note("why_fills"))}
    return {
        (row, column): replace(told, text=f"INDEX({told.text},{row - top + 1},{column - left + 1})")
        if isinstance(told, Formula)
        else told
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
