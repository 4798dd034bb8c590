"""The NumPy truth: a transposed and a plain convolution straight from their definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from xlconv.errors import XlconvError
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer
from xlconv.layers.network import Operation, Pool, Upsample


def conv_transpose(layer: Layer) -> Array:
    """The output of a layer, summed directly from the definition.

    returns  (out_channels, *output_sizes) float64

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14.

    >>> conv_transpose(Layer.of(np.ones((2, 2)), np.ones((2, 2))))[0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    return canvas(layer)[(slice(None), *layer.geometry.crop)]


def output(layer: Operation) -> Array:
    """The output of a layer, transposed convolution or plain: what its sheets show.

    returns  (out_channels, *output_sizes) float64

    >>> output(Layer.of([[1, 2]], [[1, 10]])).tolist()
    [[[1.0, 12.0, 20.0]]]
    """
    if isinstance(layer, Upsample):
        return upsample(layer)
    if isinstance(layer, Pool):
        return pool(layer)
    if not isinstance(layer, Layer | Convolution):
        raise XlconvError(
            f"layer must be a Layer or a Convolution, got {type(layer).__name__}:"
            " Layer.of makes one"
        )
    return conv(layer) if isinstance(layer, Convolution) else conv_transpose(layer)


def canvas(layer: Layer) -> Array:
    """The full output, before it is cropped: (out_channels, *canvas_sizes) float64."""
    g = layer.geometry
    y = np.zeros(g.canvas_shape)
    if layer.bias is not None:
        y += layer.bias.reshape(-1, *(1,) * g.rank)
    begins = [max(0, -axis.padding[0]) for axis in g.axes]
    every = [
        [
            slice(at := begin + axis.dilation * u, at + axis.stretched_size, axis.stride)
            for u in range(axis.kernel_size)
        ]
        for begin, axis in zip(begins, g.axes, strict=True)
    ]
    for offsets, reached in zip(_offsets(g), product(*every), strict=True):
        for i in range(g.in_channels):
            outs = g.targets(i)
            weights = layer.weight[(i, slice(None), *offsets)].reshape(-1, *(1,) * g.rank)
            y[(slice(outs.start, outs.stop), *reached)] += weights * layer.input[i]
    return y if layer.rest is None else y + layer.rest.values


def _offsets(geometry: Geometry) -> Iterator[tuple[Any, ...]]:
    """The indices of a kernel, in C order."""
    return product(*(range(axis.kernel_size) for axis in geometry.axes))


def matrix(layer: Layer) -> Array:
    """The matrix of a layer: the flat output, but for the bias, is this times the flat input.

    returns  (cells of the output, cells of the input) float64; each column is the output of an
             input of one 1 among zeros

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, section 4.1, where it is the transpose of C.

    >>> matrix(Layer.of([5, 6], [1, 2])).tolist()
    [[1.0, 0.0], [2.0, 1.0], [0.0, 2.0]]
    """
    ones = np.eye(layer.input.size).reshape(-1, *layer.input.shape)
    columns = [
        conv_transpose(replace(layer, input=one, bias=None, rest=None)).ravel() for one in ones
    ]
    return np.stack(columns, axis=1)


def conv_matrix(layer: Layer) -> Array:
    """The matrix C of the convolution that a layer transposes."""
    return matrix(layer).T


def conv(convolution: Convolution) -> Array:
    """The output of a plain convolution, summed directly from the definition.

    returns  (out_channels, *output_sizes) float64

    >>> conv(Convolution.of([1, 2, 3], [1, 10]))[0].tolist()
    [21.0, 32.0]
    """
    g, own, bias = convolution.geometry, convolution.channels, convolution.bias
    x = np.pad(convolution.input, [(0, 0), *(axis.padding for axis in g.axes)])
    y = np.zeros(convolution.output_shape)
    for offsets in _offsets(g):
        read: tuple[Any, ...] = tuple(
            slice(at := axis.dilation * u, at + axis.stretched_size, axis.stride)
            for axis, u in zip(g.axes, offsets, strict=True)
        )
        for i in range(own.in_channels):
            outs = slice((reached := own.targets(i)).start, reached.stop)
            weights = convolution.weight[(outs, g.filter(i), *offsets)]
            y[outs] += weights.reshape(-1, *(1,) * g.rank) * x[(i, *read)]
    y = y if bias is None else y + bias.reshape(-1, *(1,) * g.rank)
    return y if convolution.rest is None else y + convolution.rest.values


def count(layer: Layer) -> Array:
    """How many stamps reach each output cell: (*output_sizes) float64."""
    g = replace(layer.geometry, in_channels=1, out_channels=1, groups=1)
    ones = Layer(np.ones(g.input_shape), np.ones(g.weight_shape), None, g)
    (reached,) = conv_transpose(ones)
    return np.asarray(reached)


def upsample(layer: Upsample) -> Array:
    """A map made larger: (channels, *output_sizes) float64.

    Source: PyTorch's interpolate, align_corners=False: cell r lies at (r + 1/2)/factor - 1/2 among
    the inputs; beyond the outer ones, their values go on.

    >>> upsample(Upsample.of(np.array([[[0.0, 4.0]]]), 2, "bilinear"))[0, 0].tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    x = layer.input
    for n, axis in enumerate(layer.geometry.axes, 1):
        cells = np.arange(axis.output_size)
        at = (cells + 0.5) / axis.stride - 0.5
        if layer.mode == "nearest":
            x = x.take(cells // axis.stride, n)
            continue
        first = np.floor(at).astype(int)
        share = (at - first).reshape(-1, *(1,) * (x.ndim - 1 - n))
        before, after = (x.take(np.clip(first + k, 0, axis.size - 1), n) for k in (0, 1))
        x = before * (1 - share) + after * share
    return x


def pool(layer: Pool) -> Array:
    """The greatest or the mean of each window: (channels, *output_sizes) float64.

    >>> pool(Pool.of(np.arange(16.0).reshape(1, 4, 4), 2, 2, "max"))[0].tolist()
    [[5.0, 7.0], [13.0, 15.0]]
    """
    axes = layer.geometry.axes
    seen = sliding_window_view(layer.input, [axis.kernel_size for axis in axes], (1, 2))
    places = seen[(slice(None), *(slice(None, None, axis.stride) for axis in axes))]
    return np.asarray(places.max((-2, -1)) if layer.mode == "max" else places.mean((-2, -1)))


OPERATIONS: dict[str, Callable[[Any], Array]] = {
    "conv_transpose": conv_transpose,
    "canvas": canvas,
    "count": count,
    "matrix": matrix,
    "conv_matrix": conv_matrix,
    "conv": conv,
}
"""What a block on a sheet may claim to be."""
