"""Channels: each kernel and part stands under the words that name it, for every rank and groups."""

import re

import numpy as np
import pytest

from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .layers import random_layers, transposed
from .pages import covered, file, page, read


def layer(rank: int, groups: int) -> Layer:
    rng = np.random.default_rng(rank)
    x, w = rng.integers(1, 9, (4, *[3] * rank)), rng.integers(1, 9, (4, 2, *[2] * rank))
    return Layer.of(x, w, groups=groups, stride=2, bias=range(2 * groups))


def captions(sheet: Sheet) -> dict[tuple[int, int], str]:
    """The words on a page, by their place."""
    return {
        (cell.row, cell.column): str(cell.value)
        for cell in sheet.cells()
        if not cell.formula and isinstance(cell.value, str)
    }


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_each_block_stands_under_its_own_words(rank: int, groups: int) -> None:
    sheet = page("channels", layer(rank, groups))
    blocks = {block.name: block.cells for block in sheet.blocks}
    said = captions(sheet)
    width, above = 4 // groups, 2 if rank > 2 else 1  # slices have words of their own, nearer
    for i in range(4):
        (row, column) = blocks["input"][i].origin
        assert said[row - above, column] == f"Input channel {i}"
        for f in range(2):
            o = i // width * 2 + f
            row, column = blocks["kernel"][i, f].origin
            assert said[row - above, column] == f"Kernel w[{i},{o}]"
            row, column = blocks["parts"][i, f].origin
            assert said[row - above, column] == f"Channel {i} to output {o}"
    numbered = blocks["output"].origin[0] > blocks["parts"][3].origin[0]  # under the parts
    for o in range(2 * groups):
        row, column = blocks["output"][o].origin
        assert said[row - above - numbered, column] == f"Output channel {o}: the parts added"
        first = o // 2 * width
        parts = " + ".join(f"part {i}" for i in range(first, first + width))
        assert (
            said[row + (blocks["output"].shape[1] if rank > 1 else 1), column]
            == f"= {parts} + Bias"
        )


@pytest.mark.parametrize(
    ("rank", "groups", "here", "plain"),
    [
        (1, 1, "in_channels, out_channels, kL.", "out_channels, in_channels, kL."),
        (2, 1, "in_channels, out_channels, kH, kW.", "out_channels, in_channels, kH, kW."),
        (
            3, 2, "in_channels, out_channels/groups, kD, kH, kW.",
            "out_channels, in_channels/groups, kD, kH, kW.",
        ),
    ],
)  # fmt: skip
def test_layout_names_the_axes_that_the_kernel_has(
    rank: int, groups: int, here: str, plain: str
) -> None:
    said = captions(page("channels", layer(rank, groups)))
    size = " × ".join(["4", "2", *["2"] * rank])
    ((row, column),) = (at for at, told in said.items() if told == f"Kernel layout {size}:")
    below = [said[row + n, column] for n in (1, 2, 3)]
    assert below == [here, "A plain convolution has", plain]
    assert len(re.findall(", ", here)) + 1 == 2 + rank


def test_layout_of_one_channel_has_as_many_sizes_as_axes() -> None:
    said = captions(page("channels", Layer.of([1, 2], [3, 4]))).values()
    assert "Kernel layout 1 × 1 × 2:" in said


def test_random_layers_are_the_definition_in_the_engines() -> None:
    layers = [layer(rank, groups) for rank in (1, 2, 3) for groups in (1, 2)]
    layers += random_layers(41, 9)
    sheets = [page("channels", one, name=f"L{n}") for n, one in enumerate(layers)]
    built = file(*sheets)
    for engine in (ironcalc_engine, formulon_engine):
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.name) == []
        for one, sheet in zip(layers, sheets, strict=True):
            assert covered(sheet) == []
            np.testing.assert_allclose(read(got, sheet, "output"), transposed(one), 1e-9, 1e-12)
