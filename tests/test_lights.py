"""What lights up: the cells that conditional formats colour, against those that meet by definition.

The colours are not asked of the view: a reached input must look as the weight that it meets looks.
"""

import io
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.figures.words import WORDS
from xlconv.grid import theme
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values
from .engines.engine import Highlight, Highlights
from .layers import LAYERS, taps, transposed
from .pages import cells, file, page, texts, turned

CURRENT, NOW = (f"#{theme.look(role).fill}" for role in ("current", "now"))
LATER = tuple(f"#{color}" for color in (theme.look("later").fill, theme.look("later").color))

engines = pytest.mark.parametrize(
    "conditional",
    [ironcalc_engine.conditional, formulon_engine.conditional],
    ids=["ironcalc", "formulon"],
)


def fills(lit: dict[str, Highlight], places: list[str]) -> list[str | None]:
    return [lit[cell].fill if cell in lit else None for cell in places]


def indices(sheet: Sheet, block: str) -> list[tuple[int, ...]]:
    """The index of each cell of a block, in the order of `cells`."""
    (found,) = [one for one in sheet.blocks if one.name == block]
    return list(np.ndindex(*found.cells.shape))


def weight_fills(sheet: Sheet, built: bytes) -> dict[tuple[int, ...], str]:
    """Kernel cell (without channels) -> how its weights look in the file."""
    told = load_workbook(io.BytesIO(built))[sheet.name]
    found: dict[tuple[int, ...], str] = {}
    for index, cell in zip(indices(sheet, "kernel"), cells(sheet, "kernel"), strict=True):
        fill = "#" + told[cell].fill.fgColor.rgb[-6:]
        assert found.setdefault(index[2:], fill) == fill
    return found


# ------------------------------------------------------------------------ distribute


@engines
@pytest.mark.parametrize("name", ["plain", "strided", "dilated", "groups", "row", "cube"])
def test_step_lights_the_input_its_stamp_and_what_it_reaches(
    name: str, conditional: Callable[..., Highlights]
) -> None:
    layer = LAYERS[name]
    g, sheet = layer.geometry, page("distribute", layer)
    built, inputs = file(sheet), list(np.ndindex(layer.input.shape[1:]))
    for step in {0, 1, 2, len(inputs) // 2, len(inputs)}:
        lit = conditional(built, turned(sheet, {"step": step}))[sheet.name]
        at = inputs[step - 1] if step else None
        assert fills(lit, cells(sheet, "input")) == [
            CURRENT if index[1:] == at else None for index in indices(sheet, "input")
        ]
        reached = (
            {
                tuple(
                    a.stride * i + a.dilation * u - a.padding[0]
                    for a, i, u in zip(g.axes, at, offset, strict=True)
                )
                for offset in product(*(range(a.kernel_size) for a in g.axes))
            }
            if at is not None
            else set()
        )
        assert fills(lit, cells(sheet, "output")) == [
            NOW if index[1:] in reached else None for index in indices(sheet, "output")
        ]
        if g.rank == 1:
            continue
        for index, cell in zip(indices(sheet, "stamps"), cells(sheet, "stamps"), strict=True):
            place = index[2 : 2 + g.rank]
            number = inputs.index(place) + 1
            seen = (lit[cell].fill, lit[cell].color) if cell in lit else (None, None)
            assert (seen[0] == NOW) is (place == at)
            assert (seen == LATER) is (number > step), (step, index)


# ------------------------------------------------------------------------ collect


def looked_at(layer: Layer) -> list[tuple[tuple[int, ...], dict[str, float]]]:
    names = ["look_depth", "look_row", "look_column"][-layer.geometry.rank :]
    channel = ["look_channel"] if layer.geometry.out_channels > 1 else []
    places = list(np.ndindex(*transposed(layer).shape))
    return [
        (at, dict(zip(names + channel, at[1:] + at[:1] * len(channel), strict=True)))
        for at in places[:: max(1, len(places) // 9)]
    ]


@engines
@pytest.mark.parametrize("name", ["plain", "strided", "dilated", "channels", "groups", "row"])
def test_looked_at_cell_tints_the_inputs_by_the_weights_that_they_meet(
    name: str, conditional: Callable[..., Highlights]
) -> None:
    layer = LAYERS[name]
    sheet = page("collect", layer)
    built = file(sheet)
    tints = weight_fills(sheet, built)
    for at, dials in looked_at(layer):
        lit = conditional(built, turned(sheet, dials))[sheet.name]
        rank = layer.geometry.rank
        met = {tap[: 1 + rank]: tints[tap[1 + rank :]] for tap in taps(layer, at[0], at[1:])}
        assert fills(lit, cells(sheet, "input")) == [
            met.get(index) for index in indices(sheet, "input")
        ], at
        assert fills(lit, cells(sheet, "output")) == [
            CURRENT if index == at else None for index in indices(sheet, "output")
        ], at


@engines
@pytest.mark.parametrize("name", ["plain", "strided", "dilated", "groups", "row"])
def test_looked_at_cell_tints_its_window_as_the_turned_kernel_lies_on_it(
    name: str, conditional: Callable[..., Highlights]
) -> None:
    layer = LAYERS[name]
    g, sheet = layer.geometry, page("collect", layer)
    built = file(sheet)
    tints = weight_fills(sheet, built)
    for at, dials in looked_at(layer):
        lit = conditional(built, turned(sheet, dials))[sheet.name]
        width, filters = len(layer.input) // g.groups, layer.weight.shape[1]
        first = at[0] // filters * width
        window = {}
        for channel in range(first, first + width):
            for u in tints:
                place = tuple(
                    r + max(0, a.padding[0]) + a.dilation * (a.kernel_size - 1 - n)
                    for r, a, n in zip(at[1:], g.axes, u, strict=True)
                )
                window[(channel, *place)] = tints[u]
        assert fills(lit, cells(sheet, "stretched")) == [
            window.get(index) for index in indices(sheet, "stretched")
        ], at


@engines
def test_one_dimension_tints_as_collect_does(conditional: Callable[..., Highlights]) -> None:
    layer = LAYERS["row"]
    sheet = page("one_dimension", layer)
    built = file(sheet)
    tints = weight_fills(sheet, built)
    for at, dials in looked_at(layer):
        lit = conditional(built, turned(sheet, dials))[sheet.name]
        met = {tap[:2]: tints[tap[2:]] for tap in taps(layer, at[0], at[1:])}
        assert fills(lit, cells(sheet, "input")) == [
            met.get(index) for index in indices(sheet, "input")
        ]
        for block in ("output", "by_collecting"):
            assert fills(lit, cells(sheet, block)) == [
                CURRENT if index == at else None for index in indices(sheet, block)
            ]


@pytest.mark.parametrize("dial", [-1, 99, 0.5])
@pytest.mark.parametrize("name", ["plain", "strided", "row"])
def test_place_outside_the_output_lights_no_output(name: str, dial: float) -> None:
    sheet = page("collect", LAYERS[name])
    dials = {"look_column": dial}
    lit = ironcalc_engine.conditional(file(sheet), turned(sheet, dials))[sheet.name]
    assert set(fills(lit, cells(sheet, "output"))) == {None}


@engines
def test_verdict_turns_red_only_where_views_differ(conditional: Callable[..., Highlights]) -> None:
    sheet = page("collect", LAYERS["plain"])
    built, alarm = file(sheet), f"#{theme.look('alarm').fill}"
    (verdict,) = [
        cell for cell, text in texts(cached_values(built), sheet).items() if text == WORDS["agree"]
    ]
    output = cells(sheet, "output")[0]
    assert fills(conditional(built)[sheet.name], [verdict]) == [None]
    after = conditional(built, {(sheet.name, output): 1000.0})
    assert fills(after[sheet.name], [verdict]) == [alarm]
