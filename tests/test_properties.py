"""Any layer, every view: what the formulas say, the programs compute, and it is the definition.

A view may refuse a layer, by XlconvError and by nothing else.
"""

from collections.abc import Iterable
from functools import cache
from itertools import cycle, islice

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer

from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .engines.engine import Values
from .engines.lint import lint
from .engines.need import needs
from .layers import any_layer, random_layers, transposed
from .pages import LAYER_VIEWS, claimed, covered, file, page, read

LAYERS, BATCHES, VIEWS = 300, 10, 2
SOON = 4  # batches that `make test` takes; `make prove` takes the others
every_batch = pytest.mark.parametrize(
    "batch",
    [pytest.param(n, marks=[pytest.mark.prove] if n >= SOON else []) for n in range(BATCHES)],
)


def pages(layer: Layer, views: Iterable[str], suffix: str = "") -> list[Sheet]:
    """The layer in the views that take it."""
    sheets = []
    for view in views:
        try:
            sheets.append(page(view, layer, name=f"{view}{suffix}"))
        except XlconvError:
            continue
    return sheets


def written(sheets: list[Sheet]) -> tuple[list[Sheet], bytes]:
    """A file of the sheets; those left out whose formulas pass a limit."""
    try:
        return sheets, file(*sheets)
    except XlconvError:
        left = [sheet for sheet in sheets if _is_writable(sheet)]
        return left, file(*left) if left else b""


def _is_writable(sheet: Sheet) -> bool:
    try:
        file(sheet)
    except XlconvError:
        return False
    return True


def faults(sheets: list[Sheet], cached: Values) -> list[str]:
    """Where an output, as it stands in the file, is not the definition's."""
    return [
        f"{sheet.name}: {block.name}"
        for sheet in sheets
        for block in sheet.blocks
        if (claim := claimed(block)) and claim[0] == "conv_transpose"
        if not np.allclose(
            read(cached, sheet, block.name), transposed(claim[1]), rtol=1e-12, atol=1e-12
        )
    ]


@settings(
    max_examples=150,
    derandomize=True,
    report_multiple_bugs=False,
    phases=[Phase.generate, Phase.shrink],
)
@given(layer=any_layer(), view=st.sampled_from(LAYER_VIEWS))
def test_ironcalc_computes_what_is_in_the_file_for_any_layer(layer: Layer, view: str) -> None:
    drawn = pages(layer, [view])
    sheets, built = written(drawn) if drawn else ([], b"")
    if not sheets:  # refused
        return
    assert [cell for sheet in sheets for cell in covered(sheet)] == []
    cached = cached_values(built)
    assert faults(sheets, cached) == []
    assert differences(cached, ironcalc_engine.recalculate(built), engine="ironcalc") == []


@cache
def batch_file(batch: int) -> tuple[list[Sheet], bytes]:
    """Some of the random layers, each in some of the views."""
    sheets, views = list[Sheet](), cycle(LAYER_VIEWS)
    for n, layer in enumerate(random_layers(2016, LAYERS)):
        chosen = {*islice(views, VIEWS), "one_dimension"}  # few layers are of one dimension
        if n % BATCHES == batch:
            sheets += pages(layer, sorted(chosen), f" {n}")
    return written(sheets)


@every_batch
def test_random_layers_in_ironcalc_and_formulon(batch: int) -> None:
    sheets, built = batch_file(batch)
    cached = cached_values(built)
    assert [cell for sheet in sheets for cell in covered(sheet)] == []
    assert faults(sheets, cached) == []
    assert lint(built) == []
    for engine in (ironcalc_engine, formulon_engine):
        assert differences(cached, engine.recalculate(built), engine=engine.name) == []


@needs("soffice", libreoffice_engine.available())
@every_batch
def test_random_layers_in_libreoffice(batch: int) -> None:
    _, built = batch_file(batch)
    got = libreoffice_engine.recalculate(built)
    assert differences(cached_values(built), got, engine="libreoffice") == []


def test_random_layers_are_of_every_kind() -> None:
    layers = random_layers(2016, LAYERS)
    axes = [axis for layer in layers for axis in layer.geometry.axes]
    for rank in (1, 2, 3):
        assert sum(layer.geometry.rank == rank for layer in layers) == 100
    for name, values in {
        "stride": (1, 2, 3),
        "dilation": (1, 2, 3),
        "output_padding": (0, 1, 2),
        "size": (1, 2, 3),
        "kernel_size": (1, 2),
    }.items():
        for value in values:
            assert sum(getattr(axis, name) == value for axis in axes) > 30, (name, value)
    assert sum(axis.padding[0] != axis.padding[1] for axis in axes) > 100
    assert sum(min(axis.padding) < 0 for axis in axes) > 50
    for value in (1, 2):
        assert sum(layer.geometry.groups == value for layer in layers) > 90
        assert sum(layer.weight.shape[1] == value for layer in layers) > 90
        assert sum(len(layer.input) // layer.geometry.groups == value for layer in layers) > 90
    assert sum(layer.bias is None for layer in layers) == 150
