"""The way from a layer and another program's output to why they differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from xlconv.differing.added import added
from xlconv.differing.comparison import MANY, Comparison
from xlconv.differing.judging import judged, supposed
from xlconv.differing.nearness import apart
from xlconv.differing.readings import own_steps
from xlconv.differing.search import search, ties
from xlconv.differing.softmax import before_softmax
from xlconv.differing.spots import spots
from xlconv.differing.uncropped import uncropped
from xlconv.errors import XlconvError
from xlconv.frameworks.search import settings
from xlconv.layers.convolution import Convolution
from xlconv.layers.given import numbers
from xlconv.layers.layer import Array, Layer
from xlconv.layers.summary import DEFAULTS, compact
from xlconv.layers.then import after
from xlconv.text import counted, spelt

TIES = 3
"""Explanations that are told beside the best one."""


def compare(
    layer: Layer | Convolution, theirs: ArrayLike, *, batch: int | None = None
) -> Comparison:
    """Why another program's output differs from a layer's: where, why, in whose words, how exact.

    theirs  (out_channels, *sizes), or (*sizes) for one channel; channels last, or a batch of one
            before it, where only that fits
    batch   the sample of theirs to take, from 0, where it is a batch of several

    Raises XlconvError where it has no axes, or not the channels, of such an output, and for what is
    no transposed convolution.

    >>> x, w = [[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
    >>> ours, theirs = (Layer.of(x, w, stride=2, padding=[p] * 2) for p in ((1, 0), (0, 1)))
    >>> from xlconv.layers.model import output
    >>> compare(ours, output(theirs)).causes
    ('their crop is 0:1, yours 1:0: theirs lies 1 cell right and down',)
    """
    layer = _transposed(layer)
    read, layout = _laid(layer, numbers("output", theirs), batch)
    where = _where(layer, read)
    if not np.ptp(read):
        plain = next(supposed(layer, read))[0]
        only = judged(layer, plain, tuple(axis.padding[0] for axis in layer.geometry.axes), True)
        told = f"every cell of theirs is {read.flat[0]:g}, which tells nothing"
        return Comparison(layer, read, layout, where, only, (), told)
    if (before := before_softmax(layer, read)) and (found := search(*before))[0].near.explained:
        best = judged(before[0], found[0].supposed, found[0].begin, every=True)
        others = tuple(ties(found)[:TIES])
        return Comparison(layer, read, layout, where, best, others, softmax=True)
    found = search(layer, read)
    best = found[0]
    if best.near.share >= MANY:  # else nothing more is said of it
        best = judged(layer, best.supposed, best.begin, every=True)
    if not best.near.explained:
        seen = _settings(layer, read) or added(own_output(layer, read.shape[1:]), read)
        return Comparison(layer, read, layout, where, best, (), seen)
    return Comparison(layer, read, layout, where, best, tuple(ties(found)[:TIES]))


def _transposed(layer: Layer | Convolution) -> Layer:
    if not isinstance(layer, Layer):
        raise XlconvError(
            f"compare is of transposed convolutions, got a {type(layer).__name__}: a plain one's"
            " program, by xlconv code, prints what to hold beside theirs",
            parameter="layer",
        )
    return layer


def _where(layer: Layer, read: Array) -> str:
    """Where another output differs from ours."""
    g = layer.geometry
    if read.shape != g.output_shape:
        return f"everywhere: theirs is {spelt(read.shape[1:])}, yours {spelt(g.output_shape[1:])}"
    return spots(~apart(own_output(layer, read.shape[1:]), read))


def own_output(layer: Layer, sizes: Sequence[int]) -> Array:
    """A layer's output, what follows it done, of so many cells along each axis."""
    g = layer.geometry
    begin, channels = [axis.padding[0] for axis in g.axes], range(g.out_channels)
    ours = uncropped(layer.input, layer.weight, own_steps(layer), channels, begin, sizes)
    if layer.bias is not None:
        ours += layer.bias.reshape(-1, *(1,) * g.rank)
    return after(ours, layer.then)


def _laid(layer: Layer, theirs: Array, batch: int | None) -> tuple[Array, str]:
    """Another output laid as ours, (out_channels, *sizes), and how it was read."""
    g, said = layer.geometry, list[str]()
    if theirs.ndim == g.rank + 2 and (len(theirs) == 1 or batch is not None):
        sample, of = batch or 0, len(theirs)
        if not 0 <= sample < of:
            raise XlconvError(
                f"output is a batch of {of}, got sample {sample}: take one from 0 to {of - 1}",
                parameter="output",
            )
        theirs = theirs[sample]
        said.append(f"sample {sample} of a batch of {of}")
    if theirs.ndim == g.rank and g.out_channels == 1:
        theirs = theirs[None]
    if theirs.ndim != g.rank + 1:
        raise XlconvError(
            f"output must have {g.rank} spatial axes, and one of channels, got shape"
            f" {theirs.shape}: give one sample, (out_channels, *sizes)",
            parameter="output",
        )
    if theirs.shape[0] != g.out_channels and theirs.shape[-1] == g.out_channels:
        theirs = np.moveaxis(theirs, -1, 0)
        said.append("channels last")
    if theirs.shape[0] != g.out_channels:
        raise XlconvError(
            f"output has {counted(len(theirs), 'channel')}, and a weight of {layer.weight.shape} in"
            f" {counted(g.groups, 'group')} gives {g.out_channels}"
            f"{_other_channels(layer, len(theirs))}",
            parameter="output",
        )
    return np.ascontiguousarray(theirs), "; ".join(said)


def _other_channels(layer: Layer, channels: int) -> str:
    """Which setting would give so many output channels."""
    ins, filters = layer.weight.shape[:2]
    if channels == ins:
        return ": it would, were its in and out channels swapped (--layout)"
    if channels % filters == 0 and ins % (groups := channels // filters) == 0:
        return f": groups {groups} would give {channels}"
    return ": give the output of this layer"


def _settings(layer: Layer, read: Array) -> str:
    """Which settings of this kernel give an output of these sizes."""
    sizes, axes = list(read.shape[1:]), layer.geometry.axes
    if sizes == [axis.output_size for axis in axes]:
        return ""
    try:
        found = settings(
            [axis.size for axis in axes], sizes, kernel_size=[axis.kernel_size for axis in axes]
        )
    except XlconvError:
        return f"no stride and padding of this kernel give {spelt(sizes)}"
    words = [f"{name} {compact(getattr(found[0], name))}" for name in DEFAULTS]
    return f"by its sizes alone, {', '.join(words)}"
