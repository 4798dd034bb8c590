"""References in formulas: cells, areas, sheets and defined names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PREFIX = r"(?:(?:'((?:[^']|'')+)'|([^'!:\[\]]+))!)?"
_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d*"
_AREA = rf"{_CELL}:{_CELL}|\$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}|\$?\d+:\$?\d+"
_REFERENCE = re.compile(rf"{_PREFIX}(?:({_CELL})|({_AREA}))")


@dataclass(frozen=True)
class Reference:
    sheet: str | None
    area: bool


@dataclass(frozen=True)
class Scope:
    """What a formula can refer to: sheets, and defined names in lower case."""

    sheets: frozenset[str]
    names: Mapping[str, Reference]

    def find(self, operand: str) -> Reference | None:
        reference = parse_reference(operand)
        if reference is None:
            return self.names.get(operand.lower())
        return reference if reference.sheet is None or reference.sheet in self.sheets else None


def parse_reference(text: str) -> Reference | None:
    """
    >>> parse_reference("'In put'!$A$1:B2")
    Reference(sheet='In put', area=True)
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    quoted, plain, _, area = match.groups()
    return Reference(quoted.replace("''", "'") if quoted else plain, area is not None)
