"""Layers to test with, and what they must give: the definition, one product at a time."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer

Array = NDArray[np.float64]


def transposed(layer: Layer) -> Array:
    """The output of a layer from its numbers and parameters alone; nothing of xlconv's is used.

    Input cell i meets kernel cell u at output cell stride*i + dilation*u - padding.
    """
    g = layer.geometry
    sizes = [
        (a.size - 1) * a.stride
        + a.dilation * (a.kernel_size - 1)
        + 1
        + a.output_padding
        - a.padding[0]
        - a.padding[1]
        for a in g.axes
    ]
    y = np.zeros((g.out_channels, *sizes))
    if layer.bias is not None:
        y += layer.bias.reshape(-1, *[1] * len(sizes))
    filters, width = layer.weight.shape[1], len(layer.input) // g.groups
    for (c, *i), x in np.ndenumerate(layer.input):
        for f, *u in np.ndindex(*layer.weight.shape[1:]):
            r = [a.stride * i[n] + a.dilation * u[n] - a.padding[0] for n, a in enumerate(g.axes)]
            if all(0 <= at < size for at, size in zip(r, sizes, strict=True)):
                y[(c // width * filters + f, *r)] += x * layer.weight[(c, f, *u)]
    return y


def _numbers(shape: tuple[int, ...], seed: int, unit: float = 1) -> Array:
    return np.random.default_rng(seed).integers(-4, 6, shape).astype(np.float64) * unit


def numbered(layer: Layer, seed: int, unit: float = 1) -> Layer:
    """The same layer with other numbers."""
    bias = None if layer.bias is None else _numbers(layer.bias.shape, seed + 2, unit)
    x, weight = layer.input.shape, layer.weight.shape
    return Layer(_numbers(x, seed, unit), _numbers(weight, seed + 1, unit), bias, layer.geometry)


LAYERS = {
    "plain": Layer.of(_numbers((4, 4), 1), _numbers((3, 3), 2)),
    "strided": Layer.of(
        _numbers((3, 2), 3),
        _numbers((2, 4), 4),
        stride=(2, 3),
        padding=[(1, 0), (0, 2)],
        output_padding=(1, 0),
    ),
    "dilated": Layer.of(
        _numbers((2, 3), 5), _numbers((3, 2), 6), dilation=(2, 1), stride=2, padding=[-1, (2, -1)]
    ),
    "channels": Layer.of(
        _numbers((3, 2, 3), 7), _numbers((3, 2, 2, 3), 8), bias=[1, -2], stride=2, padding=1
    ),
    "groups": Layer.of(
        _numbers((4, 2, 2), 9), _numbers((4, 2, 3, 2), 10), bias=[3, 0, -1, 2], groups=2
    ),
    "fractions": Layer.of(
        _numbers((2, 3), 11, 0.1), _numbers((2, 2), 12, 0.37), bias=[0.01], stride=2
    ),
    "row": Layer.of(_numbers((5,), 13), _numbers((3,), 14), bias=[4], stride=2, padding=1),
    "rows": Layer.of(
        _numbers((4, 3), 15), _numbers((4, 2, 3), 16), groups=2, stride=2, dilation=2, padding=1
    ),
    "cube": Layer.of(
        _numbers((2, 2, 3), 17), _numbers((2, 3, 2), 18), stride=(1, 2, 1), padding=[0, 1, 0]
    ),
    "cubes": Layer.of(
        _numbers((2, 2, 1, 2), 19), _numbers((2, 2, 2, 2, 1), 20), bias=[1, 2], stride=2
    ),
    "doubled": Layer.of(_numbers((3, 2), 21), _numbers((4, 4), 22), stride=2, padding=1),
    "cell": Layer.of([[3]], [[2]]),
}
"""One of each kind, small enough to be looked at."""


def random_layers(seed: int, count: int) -> list[Layer]:
    """Layers of rank 1, 2, 3 in turn, over every parameter; half with a bias, half fractions."""
    rng, layers = np.random.default_rng(seed), list[Layer]()
    while len(layers) < count:
        n = len(layers)
        rank = 1 + n % 3
        groups, width, filters = (int(rng.integers(1, 3)) for _ in range(3))
        top = 5 - rank
        x = rng.integers(-4, 6, (groups * width, *rng.integers(1, 2 + top, rank)))
        weight = rng.integers(-4, 6, (groups * width, filters, *rng.integers(1, 1 + top, rank)))
        bias = rng.integers(-4, 6, groups * filters) if n % 2 else None
        unit = 0.1 if n % 4 > 1 else 1
        try:
            layer = Layer.of(
                x * unit,
                weight * unit,
                bias=None if bias is None else bias * unit,
                stride=rng.integers(1, 4, rank).tolist(),
                padding=rng.integers(-1, 4, (rank, 2)).tolist(),
                output_padding=rng.integers(0, 3, rank).tolist(),
                dilation=rng.integers(1, 4, rank).tolist(),
                groups=groups,
            )
        except XlconvError:  # output_padding too large, or nothing left of the output
            continue
        layers.append(layer)
    return layers


@st.composite
def axis_parameters(draw: st.DrawFn, top: int = 4) -> dict[str, object]:
    """Valid keywords of an Axis."""
    size, kernel_size, stride, dilation = (draw(st.integers(1, most)) for most in (top, top, 3, 3))
    output_padding = draw(st.integers(0, min(2, max(stride, dilation) - 1)))
    cells = (size - 1) * stride + dilation * (kernel_size - 1) + 1 + output_padding
    begin = draw(st.integers(-1, min(3, cells)))
    end = draw(st.integers(-1, min(3, cells - 1 - begin)))
    return {
        "size": size,
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": (begin, end),
        "output_padding": output_padding,
        "dilation": dilation,
    }


@st.composite
def any_layer(draw: st.DrawFn) -> Layer:
    """Any small layer, of integers or of fractions."""
    rank = draw(st.integers(1, 3))
    axes = [draw(axis_parameters(5 - rank)) for _ in range(rank)]
    groups, width, filters = (draw(st.integers(1, 2)) for _ in range(3))
    seed, unit = draw(st.integers(0, 99)), draw(st.sampled_from([1, 0.1]))
    sizes, kernel_sizes = ([axis[name] for axis in axes] for name in ("size", "kernel_size"))
    x = _numbers((groups * width, *sizes), seed, unit)  # type: ignore[arg-type]
    weight = _numbers((groups * width, filters, *kernel_sizes), seed + 1, unit)  # type: ignore[arg-type]
    bias = _numbers((groups * filters,), seed + 2, unit) if draw(st.booleans()) else None
    names = ("stride", "padding", "output_padding", "dilation")
    rest = {name: [axis[name] for axis in axes] for name in names}
    return Layer.of(x, weight, bias=bias, groups=groups, **rest)  # type: ignore[arg-type]


def taps(layer: Layer, out_channel: int, output: tuple[int, ...]) -> list[tuple[int, ...]]:
    """What reaches an output cell: (input channel, *input cell, *kernel cell) of each product."""
    g = layer.geometry
    filters, width = layer.weight.shape[1], len(layer.input) // g.groups
    first = out_channel // filters * width
    return [
        (c, *i, *u)
        for c in range(first, first + width)
        for i in product(*(range(a.size) for a in g.axes))
        for u in product(*(range(a.kernel_size) for a in g.axes))
        if all(
            a.stride * i[n] + a.dilation * u[n] - a.padding[0] == output[n]
            for n, a in enumerate(g.axes)
        )
    ]
