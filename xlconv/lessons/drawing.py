"""A page of a lesson, drawn: its view's function, what it is given, and the sheet that it fills."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from xlconv.errors import LimitError, RoomError, XlconvError
from xlconv.figures.neighbours import Neighbour
from xlconv.figures.sums import drawn
from xlconv.figures.titles import LONG, head, link_others, links_of
from xlconv.grid.digits import Formats, fitting
from xlconv.grid.direction import isolated, way_of
from xlconv.grid.grid import Grid
from xlconv.grid.limits import EXCEL_COLUMNS, EXCEL_ROWS, SHEETS_CELLS
from xlconv.grid.marks import Coat
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ROLES, mark
from xlconv.grid.values import Values
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import output
from xlconv.layers.network import Network
from xlconv.layers.running import fed
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.neighbours import beyond, neighbours
from xlconv.lessons.translation import said
from xlconv.views import EXCERPTS

Others = Mapping[int, Mapping[str, Values | Grid]]
"""What takes the place of numbers on other sheets, by their numbers in the lesson."""

GIVEN = ("layer", "layers", "network", "outputs", "pages", "neighbours")
"""What a view may ask for beside its own options: its parameters of these names."""

MAPS = 3
"""The digits of a network's numbers, where a lesson asks for no others."""

HELD = ("target", "truth")
"""What a network's output is held against on its sheet, and on those of networks that read it."""

TICKS = 6
"""Columns of the ticks beside a figure, with words above them."""

MARK, SIGN = 0.9, 1.8
"""The room of a small letter before a number, in characters; the widest is an m. That of a sign."""


def view_function(view: str) -> Callable[..., None]:
    """The function that draws a view; its module is imported when it is first asked for."""
    function: Callable[..., None] = getattr(importlib.import_module(f"xlconv.views.{view}"), view)
    return function


def view_parameters(view: str) -> Mapping[str, inspect.Parameter]:
    """What the function of a view takes, with the types."""
    return _parameters(view_function(view))


def view_options(view: str) -> dict[str, Any]:
    """The options of a view and their types: the keyword-only parameters of its function.

    >>> view_options("collect")
    {'look': list[int] | None}
    """
    return {
        name: parameter.annotation
        for name, parameter in view_parameters(view).items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in GIVEN
    }


@cache
def _parameters(function: Callable[..., None]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function, eval_str=True).parameters


def draw(
    lesson: Lesson,
    number: int,
    given: Mapping[str, Values | Grid] | None = None,
    room: int = SHEETS_CELLS,
    others: Others | None = None,
    plan: bool = False,
) -> Sheet:
    """The sheet of one page of a lesson.

    number  of the page, from 0
    given   numbers that take the place of those in its blocks, by the block's name
    room    cells that it may have
    others  the same of sheets that it reads, by their numbers
    plan    whether its cells only take their places

    Raises XlconvError where a layer has no such view, or a program's limits are passed.
    """
    page = lesson.pages[number]
    if page.source:
        page, cells = _fed(lesson, page, others or {})
        given = cells | dict(given or {})
    view = partial(view_function(page.view), **_given(lesson, page), **page.options)
    try:
        if page.layer is not None:
            _check_excerpt(page.layer, page.view)
            _check_canvas(page.layer.geometry)
        with np.errstate(all="ignore"):  # what is no number is an error in its cell
            sheet = drawn(
                lambda: headed(lesson, number, given, room, plan),
                lambda sheet: _filled(sheet, lesson, number, view),
            )
    except LimitError as error:
        raise type(error)(f'sheet "{page.name}": {error.needs}') from None
    except XlconvError as error:
        raise type(error)(f'sheet "{page.name}": {error}', parameter=error.parameter) from None
    if not plan:
        fit(sheet)
    return sheet


def _fed(lesson: Lesson, page: Page, others: Others) -> tuple[Page, dict[str, Grid]]:
    """A page that reads a network's sheet, and the cells there that it reads."""
    network, pages = lesson.networks[page.source], enumerate(lesson.pages)
    at = next(n for n, other in pages if other.feeds and other.network is network)
    drawn = draw(lesson, at, others.get(at), others=others)
    blocks = {block.name: block.cells for block in drawn.blocks}
    if page.part:
        return _layer_fed(page, network, blocks)
    return _network_fed(page, lesson.pages[at], blocks)


def _network_fed(
    page: Page, other: Page, blocks: Mapping[str, Grid]
) -> tuple[Page, dict[str, Grid]]:
    """A page with a network that reads the input of another one, and what is held against both."""
    assert page.network is not None
    names = {"input"} | {name for name in HELD if name not in page.options}
    cells = {name: blocks[name] for name in sorted(names & blocks.keys())}
    options = other.options if other.view == page.view else {}
    network = fed(page.network, cells["input"].value.astype(float))
    return replace(page, network=network, options={**options, **page.options}), cells


def _layer_fed(
    page: Page, network: Network, blocks: Mapping[str, Grid]
) -> tuple[Page, dict[str, Grid]]:
    """A page with a layer of a network that is shown."""
    _, _, layer = page.part.partition(".")
    sources = network.by_name[layer].sources
    joined = f"{layer} joined" if len(sources) > 1 else sources[0] or "input"
    names = {"input": joined, "kernel": f"{layer} kernel", "bias": f"{layer} bias"}
    cells = {block: blocks[name] for block, name in names.items() if name in blocks}
    assert page.layer is not None
    bias = cells["bias"].value.astype(float) if "bias" in cells else None
    numbers = (cells[block].value.astype(float) for block in ("input", "kernel"))
    x, w = numbers
    return replace(page, layer=replace(page.layer, input=x, weight=w, bias=bias)), cells


def fit(sheet: Sheet) -> None:
    """Make columns as wide as the longest number or index; of a long sheet, let the title stay."""
    # a cell that lights up in a tint gets its small letter then
    lit = max((len(mark(light.tint)) for light in sheet.lights), default=0)
    numbers = (coat.numbers[1] + max(MARK * lit, _before(coat)) for coat in sheet.coats)
    longest = max(chain(numbers, map(_index, sheet.coats)), default=0)
    sheet.column_width = max(sheet.column_width, longest + 0.4)
    if sheet.rows > LONG:
        sheet.frozen_rows = max(len(sheet.titles), sheet.frozen_rows)


def widen(sheet: Sheet, numbers: Values) -> None:
    """Make columns as wide as the longest of these numbers with a sign before it."""
    sheet.column_width = max(sheet.column_width, fitting(numbers)[1] + SIGN + 0.4)


def _before(coat: Coat) -> float:
    """The room of what stands before a number, in characters."""
    greatest = coat.tint.max() if coat.tint.ndim else coat.tint.item()
    return MARK * len(mark(greatest)) + SIGN * len(ROLES[coat.role].sign)


def _index(coat: Coat) -> float:
    """The characters of the longest index of several axes; a comma is two thirds of one."""
    cells = coat.cells.memory
    if coat.role not in ("index", "symbol") or cells.dtype != object:
        return 0
    texts = (text for text in cells.flat if isinstance(text, str))
    return max((len(text) - 0.35 * text.count(",") for text in texts), default=0)


def headed(
    lesson: Lesson,
    number: int,
    given: Mapping[str, Values | Grid] | None = None,
    room: int = SHEETS_CELLS,
    plan: bool = False,
) -> Sheet:
    """A sheet with its head alone, in the direction of its language."""
    page, way = lesson.pages[number], way_of(lesson.language)
    words = isolated(said(lesson), way)
    sheet = Sheet(page.name, page.view, words, given=given or {}, room=room, plan=plan, way=way)
    sheet.aside = TICKS if page.ask and page.ask.cells else 0
    maps = page.feeds or bool(page.part)
    wanted = MAPS if maps and lesson.digits is None else lesson.digits
    sheet.formats = Formats(wanted, zero=maps)
    linked = any(_links(sheet, lesson, number))
    head(sheet, page.title or page.name, page.idea, page.try_this, linked)
    return sheet


def _filled(sheet: Sheet, lesson: Lesson, number: int, view: Callable[[Sheet], None]) -> None:
    """Draw a view under the head of its sheet, and then the links beside the title."""
    view(sheet)
    link_others(sheet, *_links(sheet, lesson, number))


def _links(
    sheet: Sheet, lesson: Lesson, number: int
) -> tuple[list[tuple[str, str]], list[Neighbour]]:
    """The sheets and the lessons that a sheet leads to."""
    contents = lesson.pages[0].view == "contents"
    return links_of(sheet, number, lesson.names, contents), beyond(lesson, number)


def _given(lesson: Lesson, page: Page) -> dict[str, Any]:
    """What a page's view asks for beside its own options."""
    known: dict[str, Callable[[], Any]] = {
        "layer": lambda: page.layer,
        "layers": lambda: lesson.layers,
        "network": lambda: page.network,
        "outputs": lambda: Outputs(lesson.layers),
        "pages": lambda: [(other.name, other.idea) for other in lesson.pages],
        "neighbours": lambda: neighbours(lesson),
    }
    parameters = view_parameters(page.view)
    return {name: known[name]() for name in GIVEN if name in parameters}


class Outputs(Mapping[str, Array]):
    """What each of some layers gives, computed when it is asked for."""

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        self.layers = layers

    def __getitem__(self, name: str) -> Array:
        return output(self.layers[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)


def _check_excerpt(layer: Layer, view: str) -> None:
    """Refuse an excerpt of a layer where a view shows whole ones alone."""
    if layer.rest is not None and view not in EXCERPTS:
        raise XlconvError(
            f"view {view} shows whole layers: show these channels and cells with"
            f" {' or '.join(EXCERPTS)}",
            parameter="view",
        )


def _check_canvas(geometry: Geometry) -> None:
    """Refuse a full output that no sheet holds, before anything is listed along its axes."""
    last = (EXCEL_ROWS, EXCEL_COLUMNS)[-geometry.rank :]
    for axis, most, what in zip(
        geometry.axes[-2:], last, ("rows", "columns")[-geometry.rank :], strict=True
    ):
        if axis.output_size > most:
            raise RoomError(f"{axis.output_size} {what}; Excel has {most}")
    cells = prod(geometry.canvas_shape)
    if cells > SHEETS_CELLS:
        raise RoomError(f"{cells} cells in the full output; Google Sheets has {SHEETS_CELLS}")
