"""What blocks claim to be, held against the model."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import prod, ulp
from sys import float_info
from typing import cast

import numpy as np

from xlconv.errors import BugError, XlconvError
from xlconv.grid.marks import Block
from xlconv.grid.sheet import Sheet
from xlconv.grid.values import are_whole, parts
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import OPERATIONS
from xlconv.layers.network import Operation, Stage
from xlconv.layers.running import maps, straight, sums
from xlconv.layers.then import Applied

Thing = Layer | Convolution | Stage

Claim = tuple[str, Thing | Applied]
"""What a block claims to be: an operation of the model on a layer, a stage of a network, or a step
on other cells."""

MODELS = OPERATIONS | {"sums": sums, "map": maps}
"""What a block may claim to be."""

EXACT = 2.0**53
"""Sums of whole numbers up to here are exact, in whatever order they are added."""


def check_claims(sheet: Sheet) -> None:
    """Refuse a sheet on which a block is not what it claims to be: whole numbers exactly.

    Raises XlconvError where the sums pass the largest number of a cell, BugError where a block is
    not the model's: by more than its terms can be rounded by.
    """
    for block in sheet.blocks:
        if block.claim is not None:
            with np.errstate(all="ignore"):  # what overflows is told below
                operation, made = cast("Claim", block.claim)
                if isinstance(made, Applied):
                    _check_applied(sheet, block, made)
                else:
                    _check(sheet, block, operation, made)


def _check_applied(sheet: Sheet, block: Block, made: Applied) -> None:
    """Refuse a step that is not what it says, but for the last digits of a curve."""
    if not np.allclose(block.cells.value, made.output(), rtol=1e-13, atol=1e-15):
        raise BugError(f"{sheet.name}: block {block.name} is not {made.step} of what is before it")


def _check(sheet: Sheet, block: Block, operation: str, layer: Thing) -> None:
    model = MODELS[operation]
    output, truth = block.cells.value.astype(float, copy=False), model(layer)
    comparable = output.shape == truth.shape
    if comparable and _same(output, truth) and np.isfinite(truth).all():
        return
    size = model(_of(layer, np.abs)) if comparable else truth
    if not np.isfinite(size).all():
        raise XlconvError(
            f'sheet "{sheet.name}": the products and sums of {block.name} pass'
            f" {float_info.max:.2g}, the largest"
            " number of a cell: use smaller numbers",
            parameter="input",
        )
    if not (comparable and _near(output, truth, size, *_rounding(layer, size))):
        raise BugError(f"{sheet.name}: block {block.name} is not the model's {operation}")


def _same(output: Array, truth: Array) -> bool:
    return all((one == other).all() for one, other in parts(output, truth))


def _near(output: Array, truth: Array, size: Array, relative: float, absolute: float) -> bool:
    """Whether all numbers are so near one another, beside these sizes."""
    return all(
        (np.abs(one - other) <= relative * beside + absolute).all()
        for one, other, beside in parts(output, truth, size)
    )


def _rounding(layer: Thing, size: Array) -> tuple[float, float]:
    """How far two sums of the same terms may be apart, for the order in which they are added.

    size  the sums of the terms without their signs

    returns  what part of each of these sums, and what beyond it

    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 4.2: each is within
    (n-1)u of `size`, and each product within u, where u is half of the spacing of the floats at 1.
    """
    if isinstance(layer, Stage):
        terms = sum(_terms(step.operation.geometry) for step in layer.network.steps)
        return terms * float_info.epsilon, 0.0
    if all(map(are_whole, _arrays(layer))) and size.max() <= EXACT:
        return 0.0, 0.0
    terms = _terms(layer.geometry)
    return terms * float_info.epsilon, terms * ulp(0.0)


def _terms(geometry: Geometry) -> int:
    """The terms of a sum over all channels and weights, at most, with a bias and a rest."""
    channels = max(geometry.in_channels, geometry.out_channels)
    return channels * prod(axis.kernel_size for axis in geometry.axes) + 2


def _arrays(layer: Layer | Convolution) -> list[Array]:
    rest = layer.rest.values if layer.rest else None
    return [array for array in (layer.input, layer.weight, layer.bias, rest) if array is not None]


def _of(layer: Thing, function: np.ufunc) -> Thing:
    """The layer with a function of its numbers; of a network, without what bends its sums."""
    if isinstance(layer, Stage):
        return replace(layer, network=straight(layer.network, partial(_of_operation, function)))
    return cast("Layer | Convolution", _of_operation(function, layer))


def _of_operation(function: np.ufunc, layer: Operation) -> Operation:
    if not isinstance(layer, Layer | Convolution):
        return replace(layer, input=function(layer.input))
    bias = None if layer.bias is None else function(layer.bias)
    made = replace(layer, input=function(layer.input), weight=function(layer.weight), bias=bias)
    if made.rest is not None:
        return replace(made, rest=replace(made.rest, values=function(made.rest.values)))
    return made
