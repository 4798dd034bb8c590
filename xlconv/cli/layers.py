"""The layer that the options give, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from xlconv.cli.given import Given
from xlconv.cli.options import WORDS
from xlconv.errors import XlconvError
from xlconv.files.arrays import Source, array
from xlconv.files.reading import Folder
from xlconv.frameworks.gaps import files
from xlconv.frameworks.wanted import Wanted
from xlconv.layers.convolution import PLAIN_WEIGHT, Convolution
from xlconv.layers.excerpt import PART, part_of
from xlconv.layers.given import Array
from xlconv.layers.layer import Layer
from xlconv.lessons.build import DEFAULT_VIEWS
from xlconv.lessons.plain import VIEW
from xlconv.models.known import Known, known
from xlconv.models.made import TRANSPOSED, made, read_numbers

READABLE = 1024
"""Kernels of a layer, one for each input with each output channel, that are shown at most."""


def drawn_of(
    given: Given, wanted: Wanted, views: Sequence[str] | None
) -> tuple[Layer | Convolution, Sequence[str]]:
    """The layer that the options give, or the plain convolution, and the views that it has."""
    found = _known(given, wanted)
    if views is None:
        views = (VIEW,) if found.plain else DEFAULT_VIEWS
    if found.plain or VIEW in views:
        _check_plain(wanted, found, views)
        found = replace(found, plain=True)
    drawn = made(found, _numbers(given, found, not found.plain))
    drawn = part_of(drawn, {name: getattr(given, name) for name in PART})
    _check_readable(drawn)
    return drawn, views


def _check_readable(layer: Layer | Convolution) -> None:
    """Refuse a layer that nobody could read, with the choice to make, if there is one."""
    g = layer.geometry
    kernels = g.in_channels * g.out_channels // g.groups
    if kernels > READABLE:
        crop = ",".join(["0:8"] * g.rank)
        raise XlconvError(
            f"{len(layer.input)} input channels have {kernels} kernels, more than anybody reads,"
            f" {READABLE} at most: choose some with --in-channels top:4 --out-channels 0, and cells"
            f" with --crop {crop}"
        )


def layer_of(given: Given, wanted: Wanted) -> Layer | Convolution:
    """The layer that the options give."""
    found = _known(given, wanted)
    return made(found, _numbers(given, found))


def _known(given: Given, wanted: Wanted) -> Known:
    return known(wanted, model=given.model, layer=given.layer, code=given.code)


def _check_plain(wanted: Wanted, found: Known, views: Sequence[str]) -> None:
    """Refuse what a plain convolution, to be shown alone, does not have."""
    if others := [view for view in views if view != VIEW]:
        raise click.UsageError(
            f"--view convolution is of a plain convolution, whose --weight is {PLAIN_WEIGHT}: show"
            f" it alone, without {', '.join(others)}"
        )
    wrong = [name for name in TRANSPOSED if name in wanted.said and name != "turned"]
    wrong += ["turned" if wanted.turned else "not_turned"] * (wanted.turned is not None)
    if isinstance(wanted.padding, str) and not found.plain:
        wrong.append(wanted.padding if wanted.padding in WORDS else "padding")
    if wrong:
        raise click.UsageError(
            f"--{wrong[0].replace('_', '-')} is for a transposed convolution; --view convolution"
            " shows a plain one: leave it out"
        )


def _numbers(given: Given, found: Known, planned: bool = False) -> dict[str, Array]:
    """The arrays in place of the sizes and files that give them, or that a model has."""
    named = {"input": given.input, "weight": given.weight, "bias": given.bias}
    for name in ("input", "weight"):
        if named[name] is None and given.model is None and given.code is None:
            raise click.UsageError(f"Missing option '--{name}'")
    sources = {name: value for name, value in named.items() if value is not None}
    return read_numbers(found, sources, Source(Folder(), planned, key=given.key), given.seed)


def given_files(layer: Layer | Convolution, given: Given) -> dict[str, str]:
    """Where a program of a layer finds the arrays that it loads, by name: the .npy files that were
    given, as Python writes their whole paths; none whose numbers are not in that order, or are not
    all that it holds.
    """
    paths = {"input": given.input, "weight": given.weight, "bias": given.bias}
    expressions = {}
    for name, loaded in files(layer).items():
        path = Path(paths[name] or "")
        if path.suffix.lower() != ".npy":
            continue
        if np.array_equal(array(name, str(path), Source(Folder())).reshape(-1), loaded.reshape(-1)):
            expressions[name] = ascii(str(path.absolute()))
    return expressions
