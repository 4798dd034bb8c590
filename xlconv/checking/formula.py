"""What a formula means, however a program writes it: its parts in the order they are computed.

In that order (reverse Polish notation) parentheses have no place, so those that change nothing are
gone. References lose their `$`, which only says how a formula moves, and numbers and names are as
Excel reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import isclose
from typing import Any, NamedTuple

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from xlconv.frozen import frozen
from xlconv.grid.places import Place, area_of


class Part(NamedTuple):
    """An operand, or what is done with those before it.

    kind   "number", "text", "cells", "name", or "call" for functions and operators
    value  a number, a text, `Cells`, or (function or operator, how many operands it takes)
    """

    kind: str
    value: Any


class Cells(NamedTuple):
    """Cells that a formula refers to; `sheet`, in capitals, is "" for the formula's own."""

    sheet: str
    first: Place
    last: Place


RANKS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))
"""Operators between operands, the loosest first; of one rank the left one is first, even `^`.

Source: Microsoft, "Calculation operators and precedence in Excel"."""

BINDS = {sign: rank for rank, signs in enumerate(RANKS, 1) for sign in signs}

SIGN = len(RANKS) + 1
"""How tightly a sign before an operand binds: more than `^`, so -2^2 is 4."""

CHAINS = ("+", "*", "&")
"""Operators of which `a+(b+c)` is `a+b+c`."""

PREFIX = re.compile(r"^(_XLFN\.|_XLWS\.|_XLUDF\.|__XLUDF\.)+")
"""What files put before functions that are younger than the format."""


def parts(formula: str, here: str = "") -> list[Part]:
    """The parts of a formula, without its `=`, in the order they are computed.

    here  the sheet that it stands on

    Raises ValueError for what is no formula.

    >>> parts("+(Sheet!$A$1:A1*2)", "Sheet") == parts("a1*2.0")
    True
    >>> [part.value for part in parts("1+2*3")]
    [1.0, 2.0, 3.0, ('*', 2), ('+', 2)]
    """
    reader = _Reader(here.upper())
    try:
        for token in Tokenizer(f"={formula}").items:
            reader.take(token)
        return reader.whole()
    except (TokenizerError, IndexError, AssertionError):
        raise ValueError("no formula") from None


def references(formula: Sequence[Part]) -> Iterator[Cells]:
    """The cells that a formula refers to."""
    return (part.value for part in formula if part.kind == "cells")


def skeleton(formula: Sequence[Part]) -> tuple[Any, ...]:
    """The functions and operators of a formula."""
    return tuple(part.value for part in formula if part.kind == "call")


def same_parts(
    ours: Sequence[Part], theirs: Sequence[Part], seen: Callable[[Cells], Cells]
) -> bool:
    """Whether two formulas mean the same.

    seen  where our cells stand for the other formula

    >>> same_parts(parts("SUM(A1:A1)<1E-9"), parts("(sum($A$1))<0.000000001"), lambda at: at)
    True
    """
    return len(ours) == len(theirs) and all(
        one.kind == another.kind and _same_value(one, another, seen)
        for one, another in zip(ours, theirs, strict=True)
    )


def _same_value(one: Part, another: Part, seen: Callable[[Cells], Cells]) -> bool:
    if one.kind == "number":
        return isclose(one.value, another.value, rel_tol=1e-14)
    return bool((seen(one.value) if one.kind == "cells" else one.value) == another.value)


@frozen
class _Waiting:
    """An operator that waits for what follows it, or a parenthesis or function that is open."""

    name: str
    binds: int = 0
    takes: int = 2


class _Reader:
    """Tokens in, parts out: the shunting yard (Dijkstra 1961), over whole operands."""

    def __init__(self, here: str) -> None:
        self.here = here
        self.operands: list[list[Part]] = []
        self.waiting: list[_Waiting] = []
        self.begun: list[int] = []  # for each open parenthesis, the operands before it
        self.counts: list[int] = []  # and its commas

    def take(self, token: Token) -> None:
        kind, value = token.type, str(token.value).upper()
        if kind == Token.OPERAND:
            self.operands.append([_operand(token, self.here)])
        elif kind in (Token.FUNC, Token.PAREN):
            if token.subtype == Token.OPEN:
                self._open(PREFIX.sub("", value[:-1]))
            else:
                self._close()
        elif kind == Token.SEP:
            self._separate()
        elif kind == Token.OP_PRE:
            self.waiting.append(_Waiting(value, SIGN, 1))
        elif kind == Token.OP_IN:
            self._until(BINDS[value] if value in BINDS else self._refuse())
            self.waiting.append(_Waiting(value, BINDS[value]))
        elif kind == Token.OP_POST:
            self._apply(_Waiting(value, SIGN, 1))
        elif kind != Token.WSPACE:
            self._refuse()

    def whole(self) -> list[Part]:
        self._until(1)
        if self.waiting or len(self.operands) != 1:
            self._refuse()
        return self.operands[0]

    def _refuse(self) -> int:
        raise ValueError("no formula")

    def _open(self, function: str) -> None:
        self.waiting.append(_Waiting(function))
        self.begun.append(len(self.operands))
        self.counts.append(0)

    def _separate(self) -> None:
        self._until(1)
        self.counts[-1] += 1
        if len(self.operands) < self.begun[-1] + self.counts[-1]:
            self.operands.append([Part("text", None)])  # an argument that is left out
        if len(self.operands) > self.begun[-1] + self.counts[-1]:
            self._refuse()

    def _close(self) -> None:
        self._until(1)
        function, begun, commas = self.waiting.pop().name, self.begun.pop(), self.counts.pop()
        if commas and len(self.operands) == begun + commas:
            self.operands.append([Part("text", None)])
        given = self.operands[begun:]
        if len(given) > commas + 1 or not (function or len(given) == 1):
            self._refuse()
        self.operands[begun:] = [self._called(function, given) if function else given[0]]

    def _called(self, function: str, given: list[list[Part]]) -> list[Part]:
        """A call of a function; those that Google Sheets wraps around a formula are none."""
        if function == "IFERROR" and given and given[0][-1].value == ("DUMMYFUNCTION", 1):
            return parts(str(given[0][0].value).removeprefix("="), self.here)
        if function == "ARRAYFORMULA" and len(given) == 1:
            return given[0]
        if function in ("TRUE", "FALSE") and not given:
            return [Part("name", function)]
        flat = [part for operand in given for part in operand]
        return [*flat, Part("call", (function, len(given)))]

    def _until(self, binds: int) -> None:
        """Apply what waits and binds at least so tightly; open parentheses bind nothing."""
        while self.waiting and self.waiting[-1].binds >= binds:
            self._apply(self.waiting.pop())

    def _apply(self, operator: _Waiting) -> None:
        start = len(self.operands) - operator.takes
        if start < (self.begun[-1] if self.begun else 0):
            self._refuse()
        given = self.operands[start:]
        if operator.takes == 1:
            if operator.name != "+":
                given[0].append(Part("call", (operator.name, 1)))
            self.operands[start:] = given
            return
        self.operands[start:] = [_joined(operator.name, *given)]


def _joined(sign: str, left: list[Part], right: list[Part]) -> list[Part]:
    """Two operands with an operator between them; a chain of one operator is one part."""
    count = 0
    for operand in (left, right):
        kind, value = operand[-1]
        chained = sign in CHAINS and kind == "call" and value[0] == sign and value[1] > 1
        count += operand.pop().value[1] if chained else 1
    left += right
    left.append(Part("call", (sign, count)))
    return left


def _operand(token: Token, here: str) -> Part:
    value = str(token.value)
    if token.subtype == Token.NUMBER:
        return Part("number", float(value))
    if token.subtype == Token.TEXT:
        return Part("text", value[1:-1].replace('""', '"'))
    if token.subtype != Token.RANGE:
        return Part("name", value.upper())
    area = area_of(value.upper())
    if area is None:
        return Part("name", value.upper())
    sheet, first, last = area
    return Part("cells", Cells("" if sheet == here else sheet, first, last))
