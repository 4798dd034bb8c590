"""What other projects' own tests expect of a transposed convolution, from live cells.

tests/data/vectors.json holds the printed inputs and outputs of 24 projects, each as the layer that
it is in PyTorch's words: `crop` is (begin, end) of the full output. docs/conformance.md names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import conv_transpose

from .engines import formulon_engine, ironcalc_engine
from .engines.engine import Engine, Values
from .pages import claimed, file, page, read
from .test_docs import _script

VECTORS = json.loads((Path(__file__).parent / "data" / "vectors.json").read_text(encoding="utf-8"))
ENGINES: tuple[Engine, ...] = (ironcalc_engine, formulon_engine)
VIEWS = {
    "why": 221, "distribute": 221, "collect": 221, "sedirts": 221, "one_dimension": 70,
    "channels": 221, "matrix": 221, "gradient": 204, "phases": 221, "checkerboard": 221,
    "upsampling": 221,
    "bilinear": 5, "difference": 221, "learning": 60,
}  # fmt: skip
"""Every view that shows a layer's output, and how many of the samples it is defined for."""


@cache
def samples() -> list[tuple[dict[str, Any], int, Layer]]:
    """Each vector, the number of one of its samples, and that sample's layer."""
    return [(vector, n, sample(vector, n)) for vector in VECTORS for n in range(len(vector["x"]))]


def sample(vector: dict[str, Any], n: int) -> Layer:
    names = ("bias", "stride", "dilation", "groups")
    given = {name: vector[name] for name in names}
    rank = len(vector["stride"])
    return Layer.of(
        vector["x"], vector["weight"], padding=vector["crop"], batch=n, rank=rank, **given
    )


def wrong(vector: dict[str, Any], n: int, found: Any) -> bool:
    expected = np.array(vector["y"][n])
    close = {"rtol": vector["rtol"], "atol": vector["atol"]}
    return found.shape != expected.shape or not np.allclose(found, expected, **close)


Drawn = list[tuple[dict[str, Any], int, Layer, Sheet]]


def drawn(views: Iterator[str]) -> Drawn:
    """The samples, each in the next of the views that is defined for it."""
    found: Drawn = []
    for number, (vector, n, layer) in enumerate(samples()):
        try:
            sheet = page(next(views), layer, name=f"{number}")
        except XlconvError:
            continue
        found.append((vector, n, layer, sheet))
    return found


def outputs(layer: Layer, sheet: Sheet) -> list[tuple[str, Array]]:
    """The blocks that are the layer's output, and what each of their channels leaves aside.

    That is the bias, in a view that shows the layer without it.
    """
    found = []
    for block in sheet.blocks:
        kind, own = claimed(block) or ("", layer)
        if kind == "conv_transpose" and own.input is layer.input and own.weight is layer.weight:
            assert own.geometry == layer.geometry
            bias = layer.bias if own.bias is None and layer.bias is not None else np.zeros(1)
            found.append((block.name, bias.reshape(-1, *[1] * layer.geometry.rank)))
    return found


def faults(shown: Drawn, values: Values) -> list[str]:
    """The vectors that a sheet does not bear out, as an engine computes it."""
    return [
        f"{vector['source']}: {vector['id']}, sample {n}, {sheet.view} {block}"
        for vector, n, layer, sheet in shown
        for block, aside in outputs(layer, sheet)
        if wrong(vector, n, read(values, sheet, block) + aside)
    ]


def test_the_model_is_what_every_project_expects() -> None:
    assert [v["id"] for v, n, layer in samples() if wrong(v, n, conv_transpose(layer))] == []


def test_a_wrong_number_would_be_seen() -> None:
    vector, n, layer = samples()[0]
    assert wrong(vector, n, conv_transpose(layer) + 0.01)
    assert wrong(vector, n, conv_transpose(layer)[..., :-1])


def test_every_vector_is_borne_out_by_live_cells_in_one_view_or_another() -> None:
    # each vector in one view, in turn; all of them in each view: make prove
    shown = drawn(cycle(view for view in VIEWS if VIEWS[view] == len(samples())))
    assert len(shown) == len(samples()) == 221
    assert all(outputs(layer, sheet) for *_, layer, sheet in shown)
    built = file(*(sheet for *_, sheet in shown))
    for engine in ENGINES:  # without the values in the file
        assert faults(shown, engine.recalculate(built)) == [], engine.name


@pytest.mark.prove
@pytest.mark.parametrize("view", VIEWS)
def test_every_vector_is_borne_out_in_every_view(view: str) -> None:
    shown = drawn(cycle([view]))
    assert len(shown) == VIEWS[view]
    assert all(outputs(layer, sheet) for *_, layer, sheet in shown)
    built = file(*(sheet for *_, sheet in shown))
    for engine in ENGINES:
        assert faults(shown, engine.recalculate(built)) == [], engine.name


def test_the_page_names_every_project_and_view() -> None:
    page = Path(__file__).parents[1] / "docs" / "conformance.md"
    told = _script("conformance").text(VECTORS, VIEWS)
    assert page.read_text(encoding="utf-8") == told, "write it again: python docs/conformance.py"
