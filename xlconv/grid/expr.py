"""Expressions over grids: one tree, its value and its text.

A `Grid` is a strided view of a worksheet's cells, sliced as a NumPy array is. Arithmetic on grids
builds a tree of `Expr`; `value` computes it with NumPy, `pieces` writes it as an Excel formula, a
stream of literal text and of references that the sheet resolves for each cell. A NaN in a value
stands for an Excel error: a sheet refuses to be written with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from xlconv.errors import BugError, XlconvError
from xlconv.grid.functions import FUNCTIONS, OPERATORS, Values, number_text
from xlconv.grid.limits import ARGUMENTS
from xlconv.text import unread


class Expr:
    """A formula that holds for every index of `shape`, by NumPy's broadcasting."""

    precedence = 9

    @property
    def shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    @property
    def value(self) -> Values:
        raise NotImplementedError

    def pieces(self) -> Iterator[str | Reference]:
        """The formula's text, without its leading `=`."""
        raise NotImplementedError

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


@dataclass(frozen=True, eq=False)
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

    def pieces(self) -> Iterator[str | Reference]:
        if isinstance(self.content, bool):
            yield str(self.content).upper()
        elif isinstance(self.content, str):
            # Excel reads _x0041_ as A, in a formula too
            text = unread(self.content.replace('"', '""'), '_"&"')
            yield f'"{text}"'
        else:
            yield number_text(self.content)


@dataclass(frozen=True, eq=False)
class Grid(Expr):
    """Cells of a sheet at origin + index @ steps, and the memory that holds their values.

    sheet   the name of the worksheet
    origin  (row, column) of the first cell, from 0
    steps   (rows, columns) that one step along each axis moves
    value   the values of the cells, a view of the sheet's memory; its shape is the grid's

    >>> grid = Grid("Sheet", (0, 0), ((1, 0), (0, 1)), np.arange(6.0).reshape(2, 3))
    >>> grid[::-1, 1].origin, grid[::-1, 1].value.tolist()
    ((1, 1), [4.0, 1.0])
    """

    sheet: str
    origin: tuple[int, int]
    steps: tuple[tuple[int, int], ...]
    memory: Values
    paint: Callable[[Grid, Any], None] | None = field(default=None, repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.memory.shape

    @property
    def value(self) -> Values:
        return self.memory

    def pieces(self) -> Iterator[str | Reference]:
        yield Reference(self)

    def __getitem__(self, index: Any) -> Grid:
        """Basic slicing, as in NumPy: integers, slices of any step, None and an ellipsis."""
        items = index if isinstance(index, tuple) else (index,)
        missing = len(self.steps) - len(items) + items.count(None)
        if Ellipsis in items:
            at = items.index(Ellipsis)
            items = (*items[:at], *[slice(None)] * (missing + 1), *items[at + 1 :])
        elif missing:
            items = (*items, *[slice(None)] * missing)
        if len(items) - items.count(None) != len(self.steps):
            raise IndexError(f"{len(items)} indices for {len(self.steps)} axes")
        view = self.memory[(*items, ...)]
        (row, column), steps = self.origin, []
        axes = zip(self.steps, self.memory.shape, strict=True)
        for item in items:
            if item is None:
                steps.append((0, 0))
                continue
            (down, across), size = next(axes)
            if isinstance(item, slice):
                start, _, step = item.indices(size)
                steps.append((down * step, across * step))
            else:
                start = item + size if item < 0 else item
            row, column = row + start * down, column + start * across
        return Grid(self.sheet, (row, column), tuple(steps), view, self.paint)

    def __setitem__(self, index: Any, content: Any) -> None:
        """Write a formula, or constants, into cells: it becomes their value and their text."""
        if self.paint is None:
            raise TypeError("this grid is not on a sheet")
        self.paint(self[index], content)

    def windows(self, *sizes: int) -> Grid:
        """Every window over the last axes: (..., *positions, *sizes)."""
        n = len(sizes)
        axes = tuple(range(-n, 0))
        view = sliding_window_view(self.memory, sizes, axes)
        return Grid(self.sheet, self.origin, self.steps + self.steps[-n:], view)

    def diagonal(
        self, start: Sequence[int], sizes: Sequence[int], moves: Sequence[Sequence[int]]
    ) -> Grid:
        """The cells at start + index @ moves, where one step may move along several axes at once.

        >>> square = Grid("Sheet", (0, 0), ((1, 0), (0, 1)), np.arange(9.0).reshape(3, 3))
        >>> square.diagonal((0, 1), (2,), [(1, 1)]).value.tolist()
        [1.0, 5.0]
        """
        for axis, size in enumerate(self.shape):
            ends = [(n - 1) * move[axis] for n, move in zip(sizes, moves, strict=True)]
            least, most = (start[axis] + sum(f(0, end) for end in ends) for f in (min, max))
            if not 0 <= least <= most < size:
                raise IndexError(f"cells {least} to {most} of an axis of {size}")
        corner = self[tuple(slice(at, None) for at in start)]
        steps = np.array([*moves]) @ np.array(self.steps)
        strides = np.array([*moves]) @ np.array(self.memory.strides)
        view = as_strided(corner.memory, tuple(sizes), tuple(strides.tolist()))
        places = tuple((int(down), int(across)) for down, across in steps)
        return Grid(self.sheet, corner.origin, places, view, self.paint)

    def transpose(self, *axes: int) -> Grid:
        """The same cells with their axes in another order."""
        steps = tuple(self.steps[axis] for axis in axes)
        return Grid(self.sheet, self.origin, steps, self.memory.transpose(axes), self.paint)

    def area(self, axes: int | None = None) -> Area:
        """The last axes as one range, for a function that takes ranges."""
        return Area(self, len(self.shape) if axes is None else axes)

    def cell(self, index: tuple[int, ...]) -> tuple[int, int]:
        """(row, column) of one cell, from 0."""
        row, column = self.origin
        for i, (down, across) in zip(index, self.steps, strict=True):
            row, column = row + i * down, column + i * across
        return row, column


@dataclass(frozen=True, eq=False)
class Area(Expr):
    """The last `axes` axes of a grid as one range: what an aggregate consumes."""

    grid: Grid
    axes: int

    def __post_init__(self) -> None:
        steps = self.grid.steps[len(self.grid.steps) - self.axes :]
        sizes = self.grid.shape[len(self.grid.shape) - self.axes :]
        moves = [step for step, size in zip(steps, sizes, strict=True) if size > 1]
        if moves not in ([], [(1, 0)], [(0, 1)], [(1, 0), (0, 1)]):
            raise BugError(f"cells with steps {steps} are no range")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.grid.shape[: len(self.grid.shape) - self.axes]

    @property
    def value(self) -> Values:
        """The cells as a table: (*shape, rows, columns)."""
        lead = len(self.grid.shape) - self.axes
        cells = list(zip(self.grid.steps[lead:], self.grid.shape[lead:], strict=True))
        table = [prod(size for step, size in cells if step[way]) for way in (0, 1)]
        return self.grid.memory.reshape(*self.shape, *table)

    @property
    def ranged(self) -> bool:
        return True

    def table(self) -> Values:
        return self.value

    def pieces(self) -> Iterator[str | Reference]:
        yield Reference(self.grid[(..., *[0] * self.axes)])
        yield ":"
        yield Reference(self.grid[(..., *[-1] * self.axes)], named=False)


@dataclass(frozen=True, eq=False)
class Reference:
    """One cell address in a formula's text: it moves as its grid does."""

    grid: Grid
    named: bool = True  # whether a sheet other than the formula's own is named before it


@dataclass(frozen=True, eq=False)
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

    def pieces(self) -> Iterator[str | Reference]:
        yield self.name + "("
        for n, arg in enumerate(self.args):
            if n:
                yield ","
            yield from arg.pieces()
        yield ")"


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
        return np.asarray(reduce(self.meaning, (term.value for term in self.terms)))

    @property
    def ranged(self) -> bool:
        return any(term.ranged for term in self.terms)

    def table(self) -> Values:
        return np.asarray(reduce(self.meaning, (term.table() for term in self.terms)))

    def pieces(self) -> Iterator[str | Reference]:
        # every operator groups to the left, so only a further operand of equal rank needs ( )
        for n, term in enumerate(self.terms):
            if n:
                yield self.symbol
            associative = self.symbol in "+*&" and getattr(term, "symbol", "") == self.symbol
            least = self.precedence if n == 0 or associative else self.precedence + 1
            yield from _enclosed(term, term.precedence < least)


def _enclosed(expr: Expr, needed: bool) -> Iterator[str | Reference]:
    if needed:
        yield "("
    yield from expr.pieces()
    if needed:
        yield ")"


def lift(operand: Any) -> Expr:
    """An expression as it is; a number, text or truth value as a constant."""
    return operand if isinstance(operand, Expr) else Constant(operand)


def call(name: str, *args: Any) -> Expr:
    """An Excel function; `FUNCTIONS` lists what may be used.

    >>> "".join(map(str, call("IF", Constant(1) > 2, "a", call("ABS", -3)).pieces()))
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
    """The parts as one text, with `&`."""
    return Infix("&", *parts) if len(parts) > 1 else lift(parts[0])


def moved(place: Expr, by: int) -> Expr:
    """A place so many cells further, or back."""
    return place if by == 0 else place + by if by > 0 else place - -by


def chosen(number: Expr, options: Sequence[Expr]) -> Expr:
    """The option of that number, counted from 1; more than CHOOSE takes by one CHOOSE after another.

    >>> str(chosen(Constant(2), [Constant(5), Constant(6)]).value)
    '6.0'
    """
    most = ARGUMENTS - 1
    first = call("CHOOSE", number, *options[:most])
    if len(options) <= most:
        return first
    return call("IF", number <= most, first, chosen(number - most, options[most:]))


def shown(number: Any) -> Expr:
    """A number to stand in a text: at most four decimals, so that 0.1+0.2 reads 0.3."""
    return call("ROUND", number, 4)
