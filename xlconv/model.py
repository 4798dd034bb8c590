"""The NumPy truth: a transposed convolution straight from its definition."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlconv.layer import Array, Layer


def conv_transpose(layer: Layer) -> Array:
    """The output of a layer, summed directly from the definition.

    returns  (out_channels, *output_sizes) float64

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 14.

    >>> conv_transpose(Layer.of(np.ones((2, 2)), np.ones((2, 2))))[0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    return canvas(layer)[(slice(None), *layer.geometry.crop)]


def canvas(layer: Layer) -> Array:
    """The full output, before it is cropped: (out_channels, *canvas_sizes) float64."""
    g = layer.geometry
    y = np.zeros(g.canvas_shape)
    if layer.bias is not None:
        y += layer.bias.reshape(-1, *(1,) * g.rank)
    begins = [max(0, -axis.padding[0]) for axis in g.axes]
    for offsets in np.ndindex(*(axis.kernel_size for axis in g.axes)):
        reached: tuple[Any, ...] = tuple(
            slice(at := begin + axis.dilation * u, at + axis.stretched_size, axis.stride)
            for begin, axis, u in zip(begins, g.axes, offsets, strict=True)
        )
        for o in range(g.out_channels):
            sources = g.sources(o)
            group = slice(sources.start, sources.stop)
            weights = layer.weight[group, g.filter(o)][(..., *offsets)]
            y[o][reached] += np.tensordot(weights, layer.input[group], 1)
    return y


OPERATIONS = {"conv_transpose": conv_transpose, "canvas": canvas}
"""What a block on a sheet may claim to be."""
