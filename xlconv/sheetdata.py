"""A sheet's rows as XML, each formula with its value beside it, streamed.

Rows that look alike but for row numbers and values share one template: the row numbers go in with
`str.replace`, the values with `%`. So the cost of a cell is that of two passes in C over its text.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from openpyxl.utils.cell import get_column_letter

from xlconv.errors import XlconvError
from xlconv.expr import Values
from xlconv.sheet import FORMULA_LENGTH, Coat, Frame, Paint, Sheet, Slot, a1, slots

CHUNK = 1 << 18
TEMPLATES = 256  # kept at a time, so that memory does not grow with the rows
OWN = "\x01;"
TEXT_LENGTH, LITERAL_LENGTH = 32_767, 255
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # by XML; CR by Excel
TOP, BOTTOM, LEFT, RIGHT = 1, 2, 4, 8

Style = Callable[[str, int, int, bool], int]
"""(role, tint, edges, whether the text must not be read as a formula) -> the style's number."""

Strings = dict[str, int]
"""The shared strings so far, and their numbers."""

Index = tuple[int, ...]
"""An index over the row axes of one layer."""

letters = lru_cache(maxsize=None)(get_column_letter)


class Strip:
    """A layer of a sheet taken apart into the axes that change the row, and the others.

    An axis that moves down and across at once (a diagonal) counts as one that changes the row.
    """

    def __init__(self, layer: Paint | Coat | Frame) -> None:
        self.layer, self.cells = layer, layer.cells
        steps = self.cells.steps
        self.row_axes = [n for n, (down, _) in enumerate(steps) if down]
        self.column_axes = [n for n, (down, _) in enumerate(steps) if not down]
        self.inner = range(len(steps))[-2:]
        formula = layer.formula if isinstance(layer, Paint) else None
        self.pieces = [] if formula is None else slots(formula, self.cells)
        for piece in self.pieces:
            if isinstance(piece, str) and piece[0] == '"' and len(piece) > LITERAL_LENGTH + 2:
                raise XlconvError(
                    f'sheet "{self.cells.sheet}": a text in a formula may have at most'
                    f" {LITERAL_LENGTH} characters, got {len(piece) - 2}: {piece[1:40]}..."
                )
        slanted = [steps, *(piece.steps for piece in self.pieces if isinstance(piece, Slot))]
        self.slanted = [steps for steps in slanted if any(steps[n][1] for n in self.row_axes)]

    def rows(self, number: int) -> Iterator[tuple[int, int, Index]]:
        """(row, the layer's number, index over the row axes), by row."""
        sizes = [self.cells.shape[n] for n in self.row_axes]
        rows = self.cells.origin[0] + _sums(sizes, [self.cells.steps[n][0] for n in self.row_axes])
        for n in np.argsort(rows, kind="stable").tolist():
            yield int(rows[n]), number, tuple(map(int, np.unravel_index(n, sizes) if sizes else ()))

    def key(self, index: Index) -> tuple[Any, ...]:
        """What tells the rows of this layer apart, beside row numbers and values."""
        shifts = tuple(self._shift(index, steps) for steps in self.slanted)
        if isinstance(self.layer, Coat):
            tint = self.layer.tint
            rank = len(self.cells.shape) - tint.ndim
            turns = tuple(
                i
                for i, n in zip(index, self.row_axes, strict=True)
                if n >= rank and tint.shape[n - rank] > 1
            )
            return shifts + turns
        if isinstance(self.layer, Frame):
            return (*shifts, self._ends(index))
        if self.layer.formula is None and self.cells.memory.dtype == object:
            return (*shifts, tuple(map(_looks_like_formula, self.pick(self.cells.memory, index))))
        return shifts

    def pick(self, array: Values, index: Index) -> Values:
        """The values of one row, in the order of `columns`."""
        at: list[Any] = [slice(None)] * array.ndim
        for i, n in zip(index, self.row_axes, strict=True):
            at[n] = i
        return array[(*at, ...)].ravel()

    def columns(self, index: Index) -> list[int]:
        """The columns that one row of this layer covers."""
        first = self.cells.origin[1] + self._shift(index, self.cells.steps)
        return (first + self._across(self.cells.steps, 1)).tolist()  # type: ignore[no-any-return]

    def formulas(self, index: Index, token: Callable[[int, Index], str]) -> list[str]:
        """The formula of each cell of one row; `token` stands for a row number that moves."""
        parts: list[Sequence[str]] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                parts.append([escape(piece).replace("%", "%%")] * self._width)
                continue
            moves = tuple(piece.steps[n][0] for n in self.row_axes)
            columns = piece.column + self._shift(index, piece.steps) + self._across(piece.steps, 1)
            rows = piece.row + self._across(piece.steps, 0)
            head, tail = escape(piece.head).replace("%", "%%"), piece.tail
            parts.append(
                [
                    f"{head}{letters(column + 1)}{tail}{token(row, moves)}"
                    for column, row in zip(columns.tolist(), rows.tolist(), strict=True)
                ]
            )
        return ["".join(texts) for texts in zip(*parts, strict=True)]

    def edges(self, index: Index) -> list[int]:
        """The sides of a frame that each cell of one row is on."""
        axes = [n for n in self.inner if n in self.column_axes]
        across = np.zeros([self.cells.shape[n] for n in axes], dtype=int)
        if axes:
            across[..., 0] |= LEFT
            across[..., -1] |= RIGHT
        else:
            across |= LEFT | RIGHT
        return np.resize(across | self._ends(index), self._width).tolist()  # type: ignore[no-any-return]

    @cached_property
    def _width(self) -> int:
        return int(np.prod([self.cells.shape[n] for n in self.column_axes]))

    def _ends(self, index: Index) -> int:
        axes = [n for n in self.inner if n in self.row_axes]
        if not axes:
            return TOP | BOTTOM
        i = index[self.row_axes.index(axes[0])]
        return TOP * (i == 0) | BOTTOM * (i == self.cells.shape[axes[0]] - 1)

    def _shift(self, index: Index, steps: tuple[tuple[int, int], ...]) -> int:
        return sum(i * steps[n][1] for i, n in zip(index, self.row_axes, strict=True))

    def _across(self, steps: tuple[tuple[int, int], ...], way: int) -> Values:
        sizes = [self.cells.shape[n] for n in self.column_axes]
        return _sums(sizes, [steps[n][way] for n in self.column_axes])


def _sums(sizes: Sequence[int], steps: Sequence[int]) -> Values:
    """index @ steps for every index, in C order."""
    total: Values = np.zeros(1, dtype=np.int64)
    for size, step in zip(sizes, steps, strict=True):
        total = (total[:, None] + np.arange(size) * step).ravel()
    return total


@dataclass(frozen=True)
class Template:
    """The XML of a row, but for its row numbers and values."""

    xml: str
    tokens: list[tuple[str, int, int, Index]]
    """Each token, the layer whose index moves it, its first row number, and its steps."""
    shown: list[int]
    """The paints that give values to this row."""
    order: Values | None
    """Where the value of each cell stands among those of the paints; None: in order."""
    plain: bool
    """Whether all values are numbers."""
    sheet: str
    columns: list[int]
    """The columns of the cells with values, by which an error names one."""

    def fill(
        self, row: int, strips: Sequence[Strip], indices: Mapping[int, Index], strings: Strings
    ) -> str:
        xml = self.xml.replace(OWN, str(row + 1))
        for token, n, first, steps in self.tokens:
            moved = sum(i * step for i, step in zip(indices[n], steps, strict=True))
            xml = xml.replace(token, str(first + moved + 1))
        if not self.shown:
            return xml % ()
        values = [strips[n].pick(strips[n].cells.memory, indices[n]) for n in self.shown]
        if self.plain:
            numbers = self._ordered(values)
            self._check(row, np.isfinite(numbers))
            return xml % tuple(_numerals(numbers))
        cells = self._ordered([value.astype(object) for value in values])
        self._check(row, np.array([_is_writable(cell) for cell in cells]))
        constant = [strips[n].layer.formula is None for n in self.shown]  # type: ignore[union-attr]
        flags = self._ordered([np.full(v.shape, c) for v, c in zip(values, constant, strict=True)])
        return xml % tuple(
            part
            for cell, is_constant in zip(cells, flags, strict=True)
            for part in _typed(cell, strings if is_constant else None)
        )

    def _check(self, row: int, writable: Values) -> None:
        """Refuse a row with a value that no workbook can hold: an Excel error among them."""
        if not writable.all():
            at = a1((row, self.columns[int(np.argmin(writable))]))
            raise XlconvError(
                f'sheet "{self.sheet}": {at} has no value that a cell can hold; numbers must be'
                f" finite, texts at most {TEXT_LENGTH} characters without control characters"
            )

    def _ordered(self, values: list[Values]) -> Values:
        joined = values[0] if len(values) == 1 else np.concatenate(values)
        return joined if self.order is None else joined[self.order]


def chunks(sheet: Sheet, style: Style, strings: Strings) -> Iterator[str]:
    """The `<row>` elements of a sheet, about 256 KB at a time.

    style    gives the number of a cell's style in the workbook
    strings  takes the constant texts, as they come

    Raises XlconvError for a formula that is too long, or a value that is none.
    """
    layers: list[Paint | Coat | Frame] = [*sheet.paints, *sheet.coats, *sheet.frames]
    strips = [Strip(layer) for layer in layers]
    events = heapq.merge(*(strip.rows(n) for n, strip in enumerate(strips)))
    templates: dict[Any, Template] = {}
    waiting, size = [], 0
    for row, group in groupby(events, key=lambda event: event[0]):
        members = [(n, index) for _, n, index in group]
        key = (sheet.heights.get(row), *((n, strips[n].key(index)) for n, index in members))
        if key not in templates:
            if len(templates) == TEMPLATES:
                templates.clear()
            templates[key] = _template(sheet, row, strips, members, style)
        xml = templates[key].fill(row, strips, dict(members), strings)
        waiting.append(xml)
        size += len(xml)
        if size > CHUNK:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


@dataclass
class _Cell:
    paint: int | None = None
    at: int = 0
    formula: str | None = None
    kind: str = "f"
    role: str = ""
    tint: int = -1
    edges: int = 0
    quoted: bool = False


def _template(
    sheet: Sheet, row: int, strips: Sequence[Strip], members: list[tuple[int, Index]], style: Style
) -> Template:
    tokens: dict[tuple[int, int, Index], str] = {}
    cells: dict[int, _Cell] = {}
    for n, index in members:
        strip, layer = strips[n], strips[n].layer
        columns = strip.columns(index)
        here = [cells.setdefault(column, _Cell()) for column in columns]
        if isinstance(layer, Coat):
            tints = strip.pick(np.broadcast_to(layer.tint, layer.cells.shape), index).tolist()
            for cell, tint in zip(here, tints, strict=True):
                cell.role, cell.tint = layer.role, tint
        elif isinstance(layer, Frame):
            for cell, edges in zip(here, strip.edges(index), strict=True):
                cell.edges |= edges
        else:

            def token(first: int, steps: Index, n: int = n) -> str:
                if not any(steps):
                    return str(first + 1)
                return tokens.setdefault((n, first, steps), f"\x01{len(tokens)};")

            kind = layer.cells.memory.dtype.kind
            formulas: list[Any] = [None] * len(columns)
            quoted = [False] * len(columns)
            if layer.formula is not None:
                formulas = strip.formulas(index, token)
                if len(formulas[-1]) > FORMULA_LENGTH:
                    raise XlconvError(
                        f'sheet "{sheet.name}": the formula in {a1((row, columns[-1]))} is longer'
                        f" than Excel's {FORMULA_LENGTH} characters: use a smaller kernel or fewer"
                        " channels"
                    )
            elif kind == "O":
                quoted = [_looks_like_formula(v) for v in strip.pick(layer.cells.memory, index)]
            for at, (cell, formula, quote) in enumerate(zip(here, formulas, quoted, strict=True)):
                cell.paint, cell.at, cell.formula = n, at, formula
                cell.kind, cell.quoted = kind, quote

    valued = [cell for _, cell in sorted(cells.items()) if cell.paint is not None]
    shown = sorted({cell.paint for cell in valued if cell.paint is not None})
    indices, offsets, start = dict(members), {}, 0
    for n in shown:
        offsets[n] = start
        start += len(strips[n].columns(indices[n]))
    order = np.array([offsets[cell.paint or 0] + cell.at for cell in valued], dtype=np.int64)
    plain = all(cell.kind == "f" for cell in valued)
    height = sheet.heights.get(row)
    xml = [f'<row r="{OWN}"' + (f' ht="{height:g}" customHeight="1">' if height else ">")]
    for column, cell in sorted(cells.items()):
        number = style(cell.role, cell.tint, cell.edges, cell.quoted)
        head = f'<c r="{letters(column + 1)}{OWN}"' + (f' s="{number}"' if number else "")
        if cell.paint is None:
            xml.append(head + "/>")
            continue
        formula = "" if cell.formula is None else f"<f>{cell.formula}</f>"
        value = ">{}<v>%s</v></c>" if plain else "%s>{}%s</c>"
        xml.append(head + value.format(formula))
    xml.append("</row>")
    return Template(
        "".join(xml),
        [(token, n, first, steps) for (n, first, steps), token in tokens.items()],
        shown,
        None if np.array_equal(order, np.arange(start)) else order,
        plain,
        sheet.name,
        [column for column, cell in sorted(cells.items()) if cell.paint is not None],
    )


def _looks_like_formula(value: object) -> bool:
    return isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")


def _is_writable(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= TEXT_LENGTH and not UNWRITABLE.search(value)
    return value is None or bool(np.isfinite(value))  # type: ignore[call-overload]


def _numerals(values: Values) -> list[int] | list[float]:
    """Numbers whose `str` is exact and shortest: integers without a point."""
    if (np.abs(values) < 2.0**53).all() and (values == np.rint(values)).all():
        return values.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return (values + 0.0).tolist()  # type: ignore[no-any-return]  # LibreOffice would show -0


def _typed(value: Any, strings: Strings | None) -> tuple[str, str]:
    """The type attribute and the value element of a cell; `strings` if it is a constant."""
    if value is None:
        return "", ""
    if isinstance(value, bool | np.bool_):
        return ' t="b"', f"<v>{int(value)}</v>"
    if not isinstance(value, str):
        (number,) = _numerals(np.array([value], dtype=np.float64))
        return "", f"<v>{number}</v>"
    if strings is not None:
        return ' t="s"', f"<v>{strings.setdefault(value, len(strings))}</v>"
    return ' t="str"', f'<v xml:space="preserve">{escape(value)}</v>'
