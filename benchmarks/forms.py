"""Write one form of the output's formulas, with its sources, as a workbook: python forms.py -h

taps    the products of the inputs and weights that reach a cell, added
sp      SUMPRODUCT of the turned kernel and a window of the stretched input
phase   SUMPRODUCT of the sub-kernel of the cell's phase and a window of the input
values  no formula: what the others show
"""

from __future__ import annotations

import argparse

import numpy as np

from xlconv.figures.blocks import output_figure, sources
from xlconv.figures.inlaid import stretched_figure, turned_figure
from xlconv.figures.operations import collected, tapped
from xlconv.figures.paper import arrange
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.layers.model import conv_transpose
from xlconv.lessons.book import Book
from xlconv.lessons.claims import check_claims
from xlconv.views.phases import phases


def layer_of(size: int, floats: bool) -> Layer:
    """A layer of small integers or random doubles, always the same."""
    numbers = np.random.default_rng(0)
    x = numbers.standard_normal((size, size)) if floats else numbers.integers(0, 5, (size, size))
    w = numbers.standard_normal((4, 4)) if floats else numbers.integers(-1, 4, (4, 4))
    return Layer.of(x, w, stride=2, padding=1)


def draw(sheet: Sheet, layer: Layer, form: str) -> None:
    """The layer's sources and its output in one form."""
    if form == "phase":
        return phases(sheet, layer)
    g, src, y = layer.geometry, sources(sheet, layer), output_figure(sheet, layer)
    made = None
    if form == "sp":
        z, t = stretched_figure(sheet, g, src.x), turned_figure(sheet, g, src.w)
        collected(sheet, y.cells, g, t.cells, z.cells, src.bias)
        made = z | t
    elif form == "taps":
        tapped(sheet, y.cells, g, src.input, src.weight, src.bias)
    else:
        y.kept[...] = conv_transpose(layer)
    return arrange(sheet, src.line | made | y)


def main() -> None:
    """Write the workbook: a first sheet with one cell, and the form on the second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("form", choices=["taps", "sp", "phase", "values"])
    parser.add_argument("size", type=int, help="rows and columns of the input")
    parser.add_argument("target")
    parser.add_argument("--floats", action="store_true", help="random doubles, not small integers")
    told = parser.parse_args()
    layer = layer_of(told.size, told.floats)
    first, sheet = Sheet("Start"), Sheet(told.form, words=WORDS)
    first.text((0, 0), told.form)
    draw(sheet, layer, told.form)
    check_claims(sheet)
    Book(told.form, (first, sheet)).save(told.target)


if __name__ == "__main__":
    main()
