"""A softmax over the channels, which mixes them: taken back, its output and its layer are plain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xlconv.layers.layer import Array, Layer

TOLD = "softmax is applied over the channels after the layer"

LEAST, SLACK = 1e-30, 1e-3
"""The smallest value that tells what it was before; how far from 1 the channels may add up."""


def before_softmax(layer: Layer, theirs: Array) -> tuple[Layer, Array] | None:
    """A layer and an output less the mean over the channels, which is what a softmax keeps of them;
    None where there was none.

    The logarithm of a softmax is what went in, less one number for all channels of a cell; and less
    its mean a layer's output is that of its weights less theirs.

    >>> layer = Layer.of([[1.0, 2.0]], [[[1.0], [3.0]]])
    >>> made, y = before_softmax(layer, np.array([[0.25, 0.5], [0.75, 0.5]]))
    >>> made.weight.tolist(), np.exp(y[1] - y[0]).round(9).tolist()
    ([[[-1.0], [1.0]]], [3.0, 1.0])
    """
    sums = theirs.sum(0)
    if layer.then or layer.geometry.groups > 1 or len(theirs) < 2:
        return None
    if theirs.min() < LEAST or abs(sums - 1).max() > SLACK:
        return None
    y = np.log(theirs)
    weight = layer.weight - layer.weight.mean(1, keepdims=True)
    bias = None if layer.bias is None else layer.bias - layer.bias.mean()
    plain = replace(layer, weight=weight, bias=bias, quantised=None)
    return plain, np.ascontiguousarray(y - y.mean(0))
