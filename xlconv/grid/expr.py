"""Expressions over grids: one tree, its value and its text.

A `Grid` is a strided view of a worksheet's cells, sliced as a NumPy array is. Arithmetic on grids
builds a tree of `Expr`; `value` computes it with NumPy, `told` writes it as an Excel formula:
literal texts, and references that the sheet resolves for each cell. A NaN in a value
stands for an Excel error: a sheet refuses to be written with one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.functions import FUNCTIONS, OPERATORS
from xlconv.grid.limits import ARGUMENTS, LITERAL_LENGTH, length
from xlconv.grid.values import Values, number_text
from xlconv.text import unread

if TYPE_CHECKING:
    from xlconv.grid.grid import Grid, Reference


class Expr:
    """A formula that holds for every index of `shape`, by NumPy's broadcasting."""

    precedence = 9

    @property
    def shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    @property
    def value(self) -> Values:
        raise NotImplementedError

    @property
    def told(self) -> list[str | Reference]:
        """The formula's text, without its leading `=`, in pieces."""
        raise NotImplementedError

    def grids(self) -> Iterator[Grid]:
        """The cells that it looks at."""
        return iter(())

    @property
    def ranged(self) -> bool:
        """Whether it is a range, or is computed from one cell by cell."""
        return False

    def table(self) -> Values:
        """Its value, with a row axis and a column axis at its end, as a range has."""
        return self.value[..., None, None]

    def __add__(self, other: Any) -> Expr:
        return Infix("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return Infix("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return Infix("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return Infix("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return Infix("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return Infix("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return Infix("/", self, other)

    def __and__(self, other: Any) -> Expr:
        return Infix("&", self, other)

    def __rand__(self, other: Any) -> Expr:
        return Infix("&", other, self)

    def __lt__(self, other: Any) -> Expr:
        return Infix("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return Infix("<=", self, other)

    def __gt__(self, other: Any) -> Expr:
        return Infix(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return Infix(">=", self, other)

    def equals(self, other: Any) -> Expr:
        """Excel's `=`; Python's own == still tells whether two trees are one object."""
        return Infix("=", self, other)

    def differs(self, other: Any) -> Expr:
        """Excel's `<>`."""
        return Infix("<>", self, other)


@frozen(eq=False)
class Constant(Expr):
    """A number, a text or a truth value, written into the formula."""

    content: float | int | str | bool

    @property
    def shape(self) -> tuple[int, ...]:
        return ()

    @property
    def value(self) -> Values:
        kind = {str: object, bool: bool}.get(type(self.content), np.float64)
        return np.array(self.content, dtype=kind)

    @property
    def told(self) -> list[str | Reference]:
        if isinstance(self.content, bool):
            return [str(self.content).upper()]
        if isinstance(self.content, str):
            # Excel reads _x0041_ as A, in a formula too
            text = unread(self.content.replace('"', '""'), '_"&"')
            return [f'"{text}"']
        return [number_text(self.content)]


@frozen(eq=False)
class Call(Expr):
    """An Excel function of expressions and areas."""

    name: str
    args: tuple[Expr, ...]

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*(arg.shape for arg in self.args))

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def value(self) -> Values:
        meaning = FUNCTIONS[self.name]
        if any(arg.ranged for arg in self.args):
            return np.asarray(meaning(*(arg.table() for arg in self.args), axes=2))
        return np.asarray(meaning(*(arg.value for arg in self.args)))

    def grids(self) -> Iterator[Grid]:
        return (grid for arg in self.args for grid in arg.grids())

    @cached_property
    def told(self) -> list[str | Reference]:
        told: list[str | Reference] = []
        for arg in self.args:
            told += ("," if told else f"{self.name}(", *arg.told)
        return [*told, ")"]


class Infix(Expr):
    """Expressions with one operator between them: of many, no level of the tree for each."""

    def __init__(self, symbol: str, *terms: Any) -> None:
        self.symbol, self.terms = symbol, [lift(term) for term in terms]
        self.precedence, self.meaning = OPERATORS[symbol]

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*(term.shape for term in self.terms))

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def value(self) -> Values:
        return np.asarray(reduce(self.meaning, [term.value for term in self.terms]))

    @property
    def ranged(self) -> bool:
        return any(term.ranged for term in self.terms)

    def table(self) -> Values:
        return np.asarray(reduce(self.meaning, [term.table() for term in self.terms]))

    def grids(self) -> Iterator[Grid]:
        return (grid for term in self.terms for grid in term.grids())

    @cached_property
    def told(self) -> list[str | Reference]:
        # every operator groups to the left, so only a further operand of equal rank needs ( )
        first, *others = self.terms
        told = [*_enclosed(first, first.precedence < self.precedence)]
        for term in others:
            told.append(self.symbol)
            told += _enclosed(
                term, term.precedence <= self.precedence and not self._is_associative_with(term)
            )
        return told

    def _is_associative_with(self, term: Expr) -> bool:
        """Whether brackets around this further operand make no difference."""
        return self.symbol in "+*&" and getattr(term, "symbol", "") == self.symbol


def _enclosed(expr: Expr, needed: bool) -> list[str | Reference]:
    return ["(", *expr.told, ")"] if needed else expr.told


def lift(operand: Any) -> Expr:
    """An expression as it is; a number, text or truth value as a constant."""
    return operand if isinstance(operand, Expr) else Constant(operand)


def call(name: str, *args: Any) -> Expr:
    """An Excel function; `FUNCTIONS` lists what may be used.

    >>> "".join(map(str, call("IF", Constant(1) > 2, "a", call("ABS", -3)).told))
    'IF(1>2,"a",ABS(-3))'
    """
    if name not in FUNCTIONS:
        raise KeyError(f"{name} is not a function that every program computes alike")
    if len(args) > ARGUMENTS:
        raise XlconvError(
            f"{name} of {len(args)} values; Excel's functions take {ARGUMENTS}: use fewer channels"
        )
    return Call(name, tuple(lift(arg) for arg in args))


def total(terms: Sequence[Expr]) -> Expr:
    """The terms added in order; nothing to add is 0."""
    return Infix("+", *terms) if len(terms) > 1 else terms[0] if terms else Constant(0)


def joined(*parts: Any) -> Expr:
    """The parts as one text, with `&`; constants beside one another are one part.

    >>> str(joined("w[", 0, ",", Constant(1), "]").value)
    'w[0,1]'
    """
    told: list[Expr | str] = []
    for part in parts:
        text, last = part if isinstance(part, Expr) else str(part), told[-1] if told else None
        if (
            isinstance(text, str)
            and isinstance(last, str)
            and length(last + text) <= LITERAL_LENGTH
        ):
            told[-1] = last + text
        else:
            told.append(text)
    return Infix("&", *told) if len(told) > 1 else lift(told[0])


def every(tests: Sequence[Expr]) -> Expr:
    """Whether all tests hold."""
    return call("AND", *tests) if len(tests) > 1 else tests[0]


def some(tests: Sequence[Expr]) -> Expr:
    """Whether one of the tests holds."""
    return call("OR", *tests) if len(tests) > 1 else tests[0]


def moved(place: Expr, by: int) -> Expr:
    """A place so many cells further, or back; of one that is moved already, both at once.

    >>> "".join(map(str, moved(moved(Constant(7), -1), 3).told))
    '7+2'
    """
    if isinstance(place, Infix) and place.symbol in ("+", "-") and len(place.terms) == 2:
        first, step = place.terms
        if isinstance(step, Constant) and type(step.content) is int:
            return moved(first, by + (step.content if place.symbol == "+" else -step.content))
    return place if by == 0 else place + by if by > 0 else place - -by


def chosen(number: Expr, options: Sequence[Expr]) -> Expr:
    """The option of that number, from 1; more than CHOOSE takes by one CHOOSE after another.

    >>> str(chosen(Constant(2), [Constant(5), Constant(6)]).value)
    '6.0'
    """
    most = ARGUMENTS - 1
    first = call("CHOOSE", number, *options[:most])
    if len(options) <= most:
        return first
    return call("IF", number <= most, first, chosen(number - most, options[most:]))


def rounded(number: Any) -> Expr:
    """A number to stand in a text: at most four decimals, so that 0.1+0.2 reads 0.3."""
    return call("ROUND", number, 4)
