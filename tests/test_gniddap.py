"""Gniddap: the layer's own padding among others, each cropped as the definition says."""

import re

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.read import load_lesson

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .layers import LAYERS, random_layers, transposed
from .pages import claimed, covered, file, page, read, texts


def told(sheet: Sheet) -> list[str]:
    """The texts that are written on a page."""
    return [
        str(text)
        for paint in sheet.paints
        if paint.formula is None and paint.cells.memory.dtype == object
        for text in paint.cells.memory.flat
    ]


def captions(sheet: Sheet) -> list[str]:
    return [text for text in told(sheet) if text.startswith("padding ")]


def full(layer: Layer) -> np.ndarray:
    """The output with nothing cropped."""
    numbers = {
        name: [getattr(axis, name) for axis in layer.geometry.axes]
        for name in ("stride", "dilation", "output_padding")
    }
    groups = layer.geometry.groups
    return transposed(
        Layer.of(layer.input, layer.weight, bias=layer.bias, groups=groups, **numbers)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("padding", "own"),
    [
        (0, "padding 0: 6 × 6 kept"),
        (1, "padding 1, the layer's: 4 × 4 kept"),
        ([(1, 0), (1, 0)], "padding 1:0, the layer's: 5 × 5 kept"),
        ([(1, 0), (0, 2)], "padding 1:0, 0:2, the layer's: 5 × 4 kept"),
        ([2, 0], "padding 2, 0, the layer's: 2 × 6 kept"),
        (-1, "padding -1, the layer's: 8 × 8 kept"),
    ],
)
def test_padding_of_the_layer_is_always_shown(padding: object, own: str) -> None:
    layer = Layer.of(np.ones((4, 4)), np.ones((3, 3)), padding=padding)  # type: ignore[arg-type]
    assert own in captions(page("gniddap", layer))


def test_others_stand_around_it() -> None:
    x, w = np.ones((4, 4)), np.ones((9, 9))
    shown = [re.findall(r"padding (\d+)", c)[0] for c in captions(page("gniddap", Layer.of(x, w)))]
    assert shown == ["0", "1"]  # 8 leaves nothing of 12
    shown = captions(page("gniddap", Layer.of(x, w, padding=4)))
    assert [re.findall(r"padding (\d+)", c)[0] for c in shown] == ["0", "3", "4", "5"]


def test_padding_that_nobody_gave_is_not_blamed() -> None:
    for layer in (
        Layer.of(np.ones((1, 1)), np.ones((3, 3))),
        Layer.of(np.ones((2, 2)), np.ones((5, 5)), stride=2, padding=2),
    ):
        assert captions(page("gniddap", layer))


def lesson(layer: Layer, *paddings: object) -> Lesson:
    return Lesson("A", (Page("A", "gniddap", layer=layer, options={"paddings": list(paddings)}),))


def test_padding_that_is_asked_for_and_leaves_nothing_is_refused() -> None:
    with pytest.raises(XlconvError, match="padding 3 crops the whole output of 6 cells"):
        build(lesson(LAYERS["plain"], 0, 3))


def test_paddings_that_are_asked_for_are_shown_once() -> None:
    (sheet,) = build(lesson(LAYERS["plain"], 0, 0, (1, 0), 1, (1, 1))).sheets
    found = [text.partition(":" if "1:0" not in text else ": ")[0] for text in captions(sheet)]
    assert found == ["padding 0", "padding 1:0", "padding 1"]
    names = [block.name for block in sheet.blocks]
    assert len(names) == len(set(names))
    assert {"output_0", "output_1_0", "output_1"} <= set(names)


def test_padding_of_the_layer_joins_those_that_are_asked_for() -> None:
    layer = Layer.of(np.ones((4, 4)), np.ones((3, 3)), padding=[(0, 1), 0])
    (sheet,) = build(lesson(layer, 2)).sheets
    assert captions(sheet) == ["padding 0:1, 0, the layer's: 5 × 6 kept", "padding 2: 2 × 2 kept"]


def test_paddings_that_read_alike_have_blocks_of_their_own() -> None:
    layer = Layer.of(np.ones((4, 4)), np.ones((3, 3)), padding=[1, 0])
    (sheet,) = build(lesson(layer, (1, 0), -1, (0, -1))).sheets
    names = [sheet.defined_name(block) for block in sheet.blocks]
    assert len(names) == len(set(names))


def test_lesson_may_ask_for_uneven_paddings(write) -> None:  # type: ignore[no-untyped-def]
    path = write(
        "a.toml",
        'title = "A"\n[[sheet]]\nname = "G"\nview = "gniddap"\ninput = [1, 2, 3]\n'
        "weight = [1, 2]\npaddings = [0, [0, 1]]\n",
    )
    (sheet,) = build(load_lesson(path)).sheets
    assert captions(sheet) == ["padding 0: 4 cells kept", "padding 0:1: 3 cells kept"]


def test_every_padding_crops_the_full_output_in_the_engines() -> None:
    layers = [*LAYERS.values(), *random_layers(31, 12)]
    sheets = [page("gniddap", layer, name=f"L{n}") for n, layer in enumerate(layers)]
    built = file(*sheets)
    for engine in (ironcalc_engine, formulon_engine):
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.name) == []
        for layer, sheet in zip(layers, sheets, strict=True):
            assert covered(sheet) == []
            assert "the views differ  ✗" not in texts(got, sheet).values()
            for block in sheet.blocks:
                if not (claim := claimed(block)):
                    continue
                pads = [axis.padding for axis in claim[1].geometry.axes]
                whole = np.pad(
                    full(layer),
                    [(0, 0), *((max(0, -b), max(0, -e)) for b, e in pads)],
                    constant_values=np.nan,
                )
                kept = whole[
                    (slice(None), *(slice(max(0, b), -e if e > 0 else None) for b, e in pads))
                ]
                found = read(got, sheet, block.name)
                assert found.shape == kept.shape
                there = ~np.isnan(kept)
                np.testing.assert_allclose(found[there], kept[there], 1e-9, 1e-12)


def test_sizes_follow_both_ends() -> None:
    layer = Layer.of(np.ones((4, 5)), np.ones((3, 3)), padding=[(1, 0), (0, 2)])
    sheet = page("gniddap", layer)
    assert "size = (n-1)·s + k - p₁ - p₂" in told(sheet)
    sizes = next(block for block in sheet.blocks if block.name == "sizes").cells.memory
    assert sizes.tolist() == [6, 5, 4, 2, 7, 5, 5, 3]


def test_margins_are_what_stands_around() -> None:
    layer = Layer.of(
        np.ones((2, 2)), np.ones((3, 2)), stride=3, padding=[(1, 0), 0], output_padding=[1, 2]
    )
    assert "zeros around: k-1-p + 0:op = 2 - 1:0 + 0:1 = 1:3, 1 - 0 + 0:2 = 1:3" in told(
        page("gniddap", layer)
    )
