"""A part of a large layer: its output is the whole one's there, which a program computes."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries

import xlconv
from xlconv.errors import XlconvError
from xlconv.layers.excerpt import Top, excerpt
from xlconv.layers.layer import Layer

from .engines import ironcalc_engine
from .pages import read

DICE = np.random.default_rng(3)


def whole(groups: int = 1, **more: Any) -> Layer:
    x = DICE.integers(-9, 10, (6, 7, 6))
    w = DICE.integers(-9, 10, (6, 4 // groups, 3, 4))
    return Layer.of(x, w, bias=[1, 2, 3, 4], groups=groups, **more)


def by_hand(layer: Layer) -> np.ndarray:
    """The output, stamp by stamp, as the lesson tells it."""
    g = layer.geometry
    full = np.zeros((g.out_channels, *(a.full_size + 9 for a in g.axes)))
    for i in range(g.in_channels):
        for o in g.targets(i):
            for place in np.ndindex(*layer.input.shape[1:]):
                for u in np.ndindex(*layer.weight.shape[2:]):
                    at = [
                        a.stride * p + a.dilation * v
                        for a, p, v in zip(g.axes, place, u, strict=True)
                    ]
                    full[(o, *at)] += layer.input[(i, *place)] * layer.weight[(i, g.filter(o), *u)]
    y = np.zeros(g.output_shape)
    for place in np.ndindex(*y.shape):
        at = [r + a.padding[0] for r, a in zip(place[1:], g.axes, strict=True)]
        y[place] = full[(place[0], *at)] if min(at) >= 0 else 0
    return y + (0 if layer.bias is None else layer.bias.reshape(-1, 1, 1))


CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"stride": 2}, {"in_channels": [0, 3]}),
    ({"stride": 2, "padding": 1}, {"in_channels": Top(2), "out_channels": [2]}),
    ({"stride": 2, "padding": 1, "output_padding": 1}, {"crop": [(2, 5), (3, 6)]}),
    ({"stride": 3, "padding": [(1, 2), (2, 0)]}, {"crop": [(0, 3), (1, 4)], "in_channels": [5]}),
    ({"stride": 1, "padding": 2, "dilation": 2}, {"crop": [(1, 7), (0, 2)]}),
    ({"stride": 2, "padding": [(-1, -2), (0, -1)]}, {"crop": [(0, 2), (2, 6)]}),
    ({"stride": 2, "groups": 2}, {"out_channels": [1]}),
    ({"stride": 2, "groups": 2}, {"in_channels": [0, 2], "out_channels": [0]}),
]


@pytest.mark.parametrize(("layer", "part"), CASES)
def test_output_of_a_part_is_the_wholes(layer: dict[str, Any], part: dict[str, Any]) -> None:
    all_of_it = whole(**layer)
    shown = excerpt(all_of_it, **part)
    got = xlconv.output(shown)
    expected = by_hand(all_of_it)[part.get("out_channels", slice(None))]
    places = []
    for n, axis in enumerate(all_of_it.geometry.axes):
        begin, end = part.get("crop", [(0, axis.size)] * 2)[n]
        first = max(0, axis.stride * begin - axis.padding[0]) if begin else 0
        stop = axis.stride * (end - 1) + axis.extent - axis.padding[0]
        places.append(
            slice(first, axis.output_size if end == axis.size else min(stop, axis.output_size))
        )
    assert np.array_equal(got, expected[(slice(None), *places)])


@pytest.mark.parametrize("view", ["distribute", "collect"])
@pytest.mark.parametrize(("layer", "part"), CASES[1:4])
def test_cells_compute_it(view: str, layer: dict[str, Any], part: dict[str, Any]) -> None:
    shown = excerpt(whole(**layer), **part)
    book = xlconv.build(shown, views=[view])
    data = book.to_bytes()
    got = read(ironcalc_engine.recalculate(data), book.sheets[0], "output")
    assert np.array_equal(got, xlconv.output(shown))


def test_program_of_a_part_is_refused() -> None:
    """It would print the sums of the shown channels alone."""
    with pytest.raises(XlconvError, match="layer must be whole for a program, got a part of one"):
        xlconv.program(excerpt(whole(), [0]), "numpy")
    assert "weight" in xlconv.program(whole().part([0], [1]), "numpy")


def test_top_channels_leave_least() -> None:
    x = np.ones((4, 3, 3)) * np.array([1, 5, 2, 9])[:, None, None]
    layer = Layer.of(x, np.ones((4, 1, 2, 2)))
    shown = excerpt(layer, Top(2))
    assert shown.note == "input channels 1, 3 of 4"
    assert shown.rest is not None
    assert (shown.rest.channels, shown.rest.values.max()) == (2, 4 * (1 + 2))


def test_top_channels_of_a_depthwise_layer_have_their_own_outputs() -> None:
    x = np.arange(9).reshape(3, 3) * np.array([1, 5, 2, 9])[:, None, None]
    shown = excerpt(Layer.of(x, np.ones((4, 1, 1, 1)), groups=4), Top(2))
    assert xlconv.output(shown).tolist() == x[[1, 3]].tolist()
    with pytest.raises(XlconvError, match=r"groups \[0, 0, 1\] and \[0, 0, 1, 1\]: name out_chann"):
        excerpt(whole(groups=2), [0, 1, 3])


def test_a_file_of_a_part_can_be_checked(tmp_path: Any) -> None:
    path = tmp_path / "part.xlsx"
    xlconv.build(excerpt(whole(stride=2), Top(1), [0], [(0, 2), (0, 2)])).save(path)
    assert xlconv.check(path).right


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"in_channels": [6]}, "in_channels must be some of 0 to 5"),
        ({"in_channels": [1, 1]}, "in_channels must be different"),
        ({"in_channels": Top(7)}, "in_channels must be top:1 to top:6, got top:7"),
        ({"crop": [(0, 3)]}, "crop must have one A:B for each of 2 axes"),
        ({"crop": [(0, 3), (2, 7)]}, "crop must lie in 0:6, got 2:7"),
    ],
)
def test_what_there_is_not_is_refused(part: dict[str, Any], words: str) -> None:
    with pytest.raises(XlconvError, match=words):
        excerpt(whole(), **part)


def test_other_views_show_whole_layers() -> None:
    with pytest.raises(XlconvError, match="view matrix shows whole layers: show these channels"):
        xlconv.build(excerpt(whole(), [0]), views="matrix")


def test_real_numbers_have_room_for_the_letter_of_a_lit_cell() -> None:
    """A looked-at -0.4567 gets the small letter of its weight: 0.9 characters."""
    layer = Layer.of(np.full((1, 3, 3), -0.4567), np.ones((1, 1, 2, 2)))
    lit, still = (
        xlconv.build(layer, views=[view]).sheets[0].column_width
        for view in ("collect", "distribute")
    )
    assert lit - still == pytest.approx(0.9)


def test_lit_cell_keeps_the_format_of_its_numbers(tmp_path: Path) -> None:
    """General behind a letter shows every digit, and a spreadsheet ### for want of room."""
    layer = Layer.of(np.full((1, 3, 3), 0.512345678), np.ones((1, 1, 2, 2)))
    xlconv.build(layer, views=["collect"]).save(tmp_path / "a.xlsx")
    with ZipFile(tmp_path / "a.xlsx") as archive:
        styles = archive.read("xl/styles.xml").decode()
    formats = re.findall(r'<dxf>.*?formatCode="([^"]*)"', styles)
    assert formats
    assert not [code for code in formats if "General" in code]


def seen(book: Any) -> list[str]:
    """The texts on a file's first sheet."""
    sheet = openpyxl.load_workbook(BytesIO(book.to_bytes()), data_only=True).worksheets[0]
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


@pytest.mark.parametrize("view", ["distribute", "collect"])
def test_channels_keep_the_numbers_that_they_have_in_the_model(view: str) -> None:
    shown = excerpt(whole(stride=2), [1, 4], [3], [(0, 3), (0, 3)])
    texts = seen(xlconv.build(shown, views=[view]))
    assert {"channel 1", "channel 4", "channel 3", "w[1,3]", "w[4,3]"} <= {*texts}
    assert not {"channel 0", "w[0,0]", "w[1,0]"} & {*texts}


def test_looked_at_channel_is_chosen_by_its_own_number() -> None:
    """Its sum reads the model's channels: y[5,r,c], x[4,...], w[4,5,...], with engines' numbers."""
    x, w = DICE.integers(-9, 10, (6, 4, 4)), DICE.integers(-9, 10, (6, 8, 2, 2))
    shown = excerpt(Layer.of(x, w, stride=2, bias=range(8)), [4], [2, 5])
    book = xlconv.build(shown, views=["collect"])
    sheet = book.sheets[0]
    controls = {block.name: block for block in sheet.blocks if block.name.startswith("look_")}
    at, column = (int(controls[f"look_{name}"].cells.value) for name in ("row", "column"))
    assert controls["look_channel"].cells.value == 2
    (place,) = controls["look_channel"].ranges()
    changed = ironcalc_engine.recalculate(book.to_bytes(), {(sheet.name, place): 5})
    cells = changed[sheet.name]
    texts = [value for value in cells.values() if isinstance(value, str)]
    (words,) = [text for text in texts if text.startswith("y[")]
    assert words.startswith(f"y[5,{at},{column}] = x[4,")
    assert "w[4,5," in words
    y = by_hand(Layer.of(x, w, stride=2, bias=range(8)))[5, at, column]
    (numbers,) = [text for text in texts if text.startswith(f"{y:.0f} = ")]
    assert numbers


CROPS: list[tuple[dict[str, Any], tuple[int, int]]] = [
    # a layer, and which output its crop's first cell is: 2 strides and 3, less what is cropped
    ({"stride": 2, "padding": 1}, (3, 5)),
    ({"stride": 3, "padding": [(2, 0), (0, 1)]}, (4, 9)),
    ({"stride": 1, "padding": 2, "dilation": 2}, (0, 1)),
    ({"stride": 2, "padding": [(-1, -2), (0, -1)]}, (5, 6)),
]


@pytest.mark.parametrize("view", ["collect", "distribute"])
@pytest.mark.parametrize(("more", "first"), CROPS)
def test_cells_keep_the_numbers_that_they_have_in_the_model(
    more: dict[str, Any], first: tuple[int, int], view: str
) -> None:
    part = excerpt(whole(**more), [2], [1], [(2, 5), (3, 6)])
    sheet = xlconv.build(part, views=[view]).sheets[0]
    cells = {(cell.row, cell.column): cell.value for cell in sheet.cells()}
    blocks = {block.name: block for block in sheet.blocks}
    canvas = blocks.get("output_full", blocks["output"])
    for block, numbers in ((blocks["input"], (2, 3)), (canvas, first)):
        left, top, _, _ = range_boundaries(block.ranges()[0])
        row, column = top - 1, left - 1
        down = [cells[row + n, column - 1] for n in range(3)]
        across = [cells[row - 1, column + n] for n in range(3)]
        assert down == [numbers[0] + n for n in range(3)]
        assert across == [numbers[1] + n for n in range(3)]


@pytest.mark.parametrize(("more", "first"), CROPS)
def test_looked_at_cell_of_a_crop_is_the_wholes(
    more: dict[str, Any], first: tuple[int, int]
) -> None:
    """Typed with the model's numbers; its sum reads the model's cells, and is the model's own."""
    layer = whole(**more)
    book = xlconv.build(excerpt(layer, [2], [1], [(2, 5), (3, 6)]), views=["collect"])
    sheet = book.sheets[0]
    controls = {block.name: block for block in sheet.blocks if block.name.startswith("look_")}
    row, column = first[0] + 4, first[1] + 3
    wanted = {"look_row": row, "look_column": column}
    typed = {(sheet.name, controls[name].ranges()[0]): at for name, at in wanted.items()}
    got = ironcalc_engine.recalculate(book.to_bytes(), typed)[sheet.name]
    texts = [value for value in got.values() if isinstance(value, str)]
    (symbols,) = [text for text in texts if text.startswith("y[")]
    assert symbols.startswith(f"y[{row},{column}] = ")
    y = by_hand(layer)[1, row, column]
    (numbers,) = [text for text in texts if text.startswith(f"{y:.0f} = ")]
    read = r"x\[2,(\d+),(\d+)\]\*w\[2,1,(\d),(\d)\]"
    taps = {tuple(map(int, tap)) for text in texts for tap in re.findall(read, text)}
    meant = {(layer.input[2, i, j], layer.weight[2, 1, u, v]) for i, j, u, v in taps}
    products = re.findall(r"(-?\d+)\*(-?\d+)", numbers)
    assert {(float(x), float(w)) for x, w in products} == meant != set()


def test_a_recipe_keeps_the_numbers_of_channels(tmp_path: Any) -> None:
    path = tmp_path / "part.xlsx"
    book = xlconv.build(excerpt(whole(stride=2), [1, 4], [3], [(0, 2), (0, 2)]))
    assert '"rest_ins":[1,4],"rest_outs":[3],"rest_cells":[[0,0],[0,0]]' in book.recipe
    book.save(path)
    assert xlconv.check(path).right
