"""The layer that the options give, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from xlconv.cli.options import WORDS, Given
from xlconv.files.arrays import Source, array, arrays
from xlconv.files.reading import Folder
from xlconv.frameworks.resolve import wanted_layer
from xlconv.frameworks.snippets import files
from xlconv.frameworks.wanted import Wanted
from xlconv.layers.convolution import PLAIN_WEIGHT, Convolution
from xlconv.layers.given import Array
from xlconv.layers.layer import Layer

TRANSPOSED = ("convention", "layout", "output_padding", "output_size")
"""What only a transposed convolution has."""


def layer_of(given: Given, wanted: Wanted, planned: bool = False) -> Layer:
    """The layer that the options give; `planned` if one too large is to be refused later."""
    read = _numbers(given, planned)
    return wanted_layer(read["input"], read["weight"], read.get("bias"), wanted)


def convolution_of(given: Given, wanted: Wanted, views: Sequence[str]) -> Convolution:
    """The plain convolution that the options give, to be shown alone."""
    if others := [view for view in views if view != "convolution"]:
        raise click.UsageError(
            f"--view convolution is of a plain convolution, whose --weight is {PLAIN_WEIGHT}: show"
            f" it alone, without {', '.join(others)}"
        )
    wrong = [name for name in TRANSPOSED if name in wanted.said]
    wrong += ["turned" if wanted.turned else "not_turned"] * (wanted.turned is not None)
    if isinstance(wanted.padding, str):
        wrong.append(wanted.padding if wanted.padding in WORDS else "padding")
    if wrong:
        raise click.UsageError(
            f"--{wrong[0].replace('_', '-')} is for a transposed convolution; --view convolution"
            " shows a plain one: leave it out"
        )
    return Convolution.of(**(wanted.said | _numbers(given)))


def _numbers(given: Given, planned: bool = False) -> dict[str, Array]:
    """The arrays in place of the sizes and files that give them."""
    named = {"input": given.input, "weight": given.weight, "bias": given.bias}
    sources = {name: value for name, value in named.items() if value is not None}
    return arrays(sources, Source(Folder(), planned=planned), seed=given.seed)


def given_files(layer: Layer, given: Given) -> dict[str, str]:
    """Where a program of a layer finds the arrays that it loads, by name: the .npy files that were
    given, as Python writes their whole paths; none whose numbers are not in that order, or are not
    all that it holds.
    """
    paths = {"input": given.input, "weight": given.weight, "bias": given.bias or ""}
    expressions = {}
    for name, loaded in files(layer).items():
        path = Path(paths[name])
        if path.suffix.lower() != ".npy":
            continue
        if np.array_equal(array(name, str(path), Source(Folder())).reshape(-1), loaded.reshape(-1)):
            expressions[name] = ascii(str(path.absolute()))
    return expressions
