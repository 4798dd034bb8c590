"""Names: each of several channels and slices says which it is, and one thing has one name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.translation import texts_of

from .pages import LAYER_VIEWS, covered, page

RANDOM = np.random.default_rng(7)


def layer(rank: int, groups: int, bias: bool, **rest: Any) -> Layer:
    """A layer of several channels: of each group 2 in and 2 out."""
    x = RANDOM.integers(1, 9, (2 * groups, *[3] * rank))
    w = RANDOM.integers(1, 9, (2 * groups, 2, *[2] * rank))
    return Layer.of(x, w, groups=groups, bias=range(2 * groups) if bias else None, **rest)


SEVERAL = {
    "1-D": layer(1, 1, True, stride=2),
    "1-D, groups": layer(1, 2, False),
    "2-D": layer(2, 1, True, stride=2, padding=1),
    "2-D, groups": layer(2, 2, False),
    "2-D, interpolating": Layer.of(
        RANDOM.integers(1, 9, (2, 2, 2)), np.ones((2, 2, 4, 4)), stride=2, padding=1
    ),
    "3-D": layer(3, 1, False),
    "3-D, one channel": Layer.of(np.ones((1, 2, 2, 2)), np.ones((1, 1, 2, 2, 2)), stride=2),
}

RINGED = ("_full", "_field")
"""How blocks are called that begin with a ring before index 0; what it is around is seen to."""

FLAT = ("flat", "matrix", "images", "results", "count_", "rule")
"""Blocks of no channels, or in which the place of a cell says says it: x, C, an image a pixel."""


def said(sheet: Sheet) -> dict[tuple[int, int], str]:
    constants = (cell for cell in sheet.cells() if not cell.formula)
    return {(cell.row, cell.column): str(cell.value) for cell in constants}


def near(said: dict[tuple[int, int], str], cells: Grid) -> str:
    """What stands above the first cell of a slice, or before it: a ring may lie between.

    In 1-D the rows of channels touch, and words above are those of others.
    """
    row, column = cells.cell((0,) * len(cells.shape))
    before = [(row, column - n) for n in range(1, 7)]
    across = range(5) if len(cells.shape) > 1 else range(1)
    above = [(row - n, column - m) for n in range(1, len(across) + 2) for m in across]
    return " | ".join(said[place] for place in (*above, *before) if place in said)


def wanted(cells: Grid, layer: Layer) -> Iterator[tuple[Grid, list[str]]]:
    """Each slice of a block, and what must stand beside it."""
    g = layer.geometry
    channels, deep = len(cells.shape) - g.rank, g.rank > 2 and cells.shape[-3:-2] > (1,)
    for index in np.ndindex(cells.shape[: channels + deep]):
        lead, names = index[:channels], [f"slice {index[channels]}"] if deep else []
        if deep and index[channels]:  # the first one says of which channel all of them are
            yield cells[index], names
            continue
        if channels == 1 and cells.shape[0] > 1:
            names.append(f"hannel {lead[0]}")
        if channels == 2 and cells.shape[:2] != (1, 1):
            i, f = lead
            names.append(rf"(w\[{i},{g.targets(i)[f]}\]|hannel {i} to output {g.targets(i)[f]}\b)")
        yield cells[index], names


def unnamed(sheet: Sheet, layer: Layer) -> list[tuple[str, str, list[str]]]:
    """The blocks beside which the number of their channel or slice does not stand."""
    told, rank, found = said(sheet), layer.geometry.rank, []
    for block in sheet.blocks:
        cells = block.cells
        if block.name == "stamps":
            cells = cells[(slice(None), slice(None), *[0] * rank)]
        if block.name == "bias":
            each = [(cells[o : o + 1], [f"channel {o}"]) for o in range(len(cells.memory))]
        elif block.name.startswith(FLAT) or len(cells.shape) < rank or block.name.endswith(RINGED):
            continue
        else:
            each = list(wanted(cells, layer))
        for one, names in each:
            missing = [name for name in names if not re.search(name, near(told, one))]
            if missing and one.memory.size and one.shape != (1,) * len(cells.shape):
                found.append((block.name, near(told, one), missing))
    return found


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_each_of_several_blocks_says_which_it_is(view: str, name: str) -> None:
    one = SEVERAL[name]
    try:
        sheet = page(view, one)
    except XlconvError:
        return  # there is no such view of it, and another test says why
    assert unnamed(sheet, one) == []
    assert covered(sheet) == []


def test_a_plain_convolution_says_it_in_the_order_of_its_own_weight() -> None:
    conv = Convolution.of(RANDOM.integers(1, 9, (2, 4, 4)), RANDOM.integers(1, 9, (3, 2, 2, 2)))
    (sheet,) = (one for one in build(conv, views="convolution").sheets if not one.hidden)
    told = said(sheet)
    kernel = next(block.cells for block in sheet.blocks if block.name == "kernel")
    for out, into in np.ndindex(3, 2):
        assert f"w[{out},{into}]" in near(told, kernel[out, into])


# ------------------------------------------------------------------------ one thing, one name

OTHER_NAMES = {
    "stretched input": r"input with zeros|zero-(stuffed|inserted)|upsampled with zeros"
    r"|(dilated|expanded|zero-padded) input|input, stretched|padded by \{rule\}",
    "kernel": r"\bfilters?\b(?! of)",
    "turned": r"\b(flipped|mirrored|rotated)\b",
    "cropped": r"\b(cut off|cut away|trimmed|then cut)\b|\bcut\b(?! into)",
    "output cell": r"output pixel",
    "kernel w[i,o]": r"[Kk]ernels? \[",
    "transposed convolution": r"\bdeconvs?\b",
}
"""A thing -> what it is called nowhere."""


def every_text() -> Iterator[tuple[str, str]]:
    yield from (("words", word) for word in WORDS.values())
    for name in lesson_names():
        yield from ((name, text) for text in texts_of(load_lesson(name)))
    yield "teaching", (Path(__file__).parents[1] / "docs/teaching.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("thing", OTHER_NAMES)
def test_one_thing_has_one_name_in_all_lessons(thing: str) -> None:
    found = [
        (where, hit[0], text[:90])
        for where, text in every_text()
        for hit in re.finditer(OTHER_NAMES[thing], text)
    ]
    assert found == []
