"""What every spreadsheet engine of the tests offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

Value = float | str | bool
Values = dict[str, dict[str, Value]]
"""Sheet name -> A1 -> value. An error value is its name as text: "#DIV/0!"."""

Changes = Mapping[tuple[str, str], float | str]
"""(sheet name, A1) -> the value to type into that cell."""

NO_CHANGES: Changes = MappingProxyType({})

ERROR_VALUES = frozenset(
    ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"]
)


class Engine(Protocol):
    """A program that recalculates workbooks.

    `recalculate` forgets the cached values of `xlsx`, applies `changes` and returns the values
    of all formula cells as the engine computes them.
    """

    @property
    def name(self) -> str: ...

    def recalculate(self, xlsx: bytes, changes: Changes = NO_CHANGES) -> Values: ...


@dataclass(frozen=True, kw_only=True)
class Highlight:
    """What the conditional formats add to a cell; colours as "#RRGGBB"."""

    fill: str | None = None
    color: str | None = None
    bold: bool = False


Highlights = dict[str, dict[str, Highlight]]
"""Sheet name -> A1 -> highlight, of the cells only that a conditional format hits."""
