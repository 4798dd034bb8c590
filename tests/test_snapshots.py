"""The formulas of one tiny page of each view, as text that a person can read.

UPDATE_GOLDEN=1 writes tests/golden/formulas anew.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.grid import Area
from xlconv.grid.places import a1, span
from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer

from .engines.cached import cached_values, formulas
from .engines.package import row_and_column
from .layers import LAYERS
from .pages import LAYER_VIEWS, file, page

GOLDEN = Path(__file__).parent / "golden" / "formulas"

MOST = 24
"""Formulas shown of each block."""

TINY = [
    Layer.of([[3, 1], [2, 4]], [[1, 2], [0, 1]], stride=2, padding=[(1, 0), 0]),
    Layer.of([2, 1, 3], [1, 2], stride=2, padding=[(1, 0)]),
    LAYERS["doubled"],
]


def tiny(view: str) -> Sheet:
    """The first of the tiny layers that the view takes."""
    for layer in TINY:
        try:
            return page(view, layer)
        except XlconvError:
            continue
    raise AssertionError(f"no tiny layer for {view}")


def lines(sheet: Sheet) -> Iterator[str]:
    """Every formula with its value, under the block that it stands in; then what lights up."""
    built = file(sheet)
    texts, values = formulas(built)[sheet.name], cached_values(built)[sheet.name]
    owners: dict[str, str] = {}
    for block in sheet.blocks:
        for index in np.ndindex(block.cells.shape):
            owners[a1(block.cells.cell(index))] = block.name
    blocks = [block.name for block in sheet.blocks]
    for block in sheet.blocks:
        yield f"{block.name}: {block.role} {' '.join(block.ranges()[:12])}"
    order = {name: n for n, name in enumerate(blocks)}
    under, many = "", 0
    for cell in sorted(
        texts, key=lambda cell: (order.get(owners.get(cell, ""), 999), *row_and_column(cell))
    ):
        if owners.get(cell, "beside the blocks") != under:
            under = owners.get(cell, "beside the blocks")
            yield f"\n# {under}"
            many = 0
        many += 1
        if many > MOST:
            continue
        value = values[cell]
        shown = f"{value:g}" if isinstance(value, float) else repr(value)
        yield f"{cell:6} ={texts[cell]}  -> {shown}"
    if sheet.lights:
        yield "\n# what lights up"
    for light in sheet.lights[:MOST]:
        tint = f" {light.tint}" if light.tint >= 0 else ""
        for leaf, rule in conditions(light):
            yield f"{span(leaf)} {light.role}{tint} if {rule}"
    if sheet.choices:
        yield "\n# what may be chosen"
    for choice in sheet.choices:
        source = choice.source
        told = span(source.grid, absolute=True) if isinstance(source, Area) else str(source)
        yield f"{span(choice.cells)} from {told}"


@pytest.mark.parametrize("view", LAYER_VIEWS)
def test_formulas_are_the_golden_ones(view: str) -> None:
    golden, text = GOLDEN / f"{view}.txt", "\n".join(lines(tiny(view))) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


def test_there_is_no_golden_file_of_no_view() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(LAYER_VIEWS)


CLUMSY = {
    "a sign after a sign": r"[-+]-\d",
    "what is added and taken off again": r"\+(\d+)-\1(?!\d)|-(\d+)\+\2(?!\d)",
    "the sum of one product": r"SUMPRODUCT\((\$?[A-Z]+\$?\d+):\1,",
    "a question of prose": r'[A-Z0-9)][=<>]+"[^"]+"',
}
"""What nobody would write, who wants to be read."""


@pytest.mark.parametrize("fault", CLUMSY)
def test_formulas_are_written_as_a_person_would(fault: str) -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.txt")))
    assert re.findall(f".*(?:{CLUMSY[fault]}).*", told) == []
