"""A layer from what is known of it and the numbers that are given for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlconv.errors import XlconvError
from xlconv.files.arrays import Source, array, array_type, arrays
from xlconv.files.reading import Folder
from xlconv.frameworks.plain import plain_padding
from xlconv.frameworks.resolve import wanted_layer
from xlconv.frameworks.wanted import Wanted
from xlconv.layers.convolution import Convolution
from xlconv.layers.given import Array
from xlconv.layers.layer import Layer
from xlconv.layers.quantised import INTEGERS, Quantised, scaled
from xlconv.layers.then import steps
from xlconv.models.known import Known, known

MEANING = "input_scale"
"""What holds scale and zero point beside the arrays, where the input is of integers."""

TRANSPOSED = ("convention", "layout", "output_padding", "output_size", "turned")
"""What only a transposed convolution has."""


def model_layer(
    model: str | os.PathLike[str] | None = None,
    layer: str | None = None,
    *,
    input: ArrayLike | str | None = None,
    code: str | None = None,
    key: str | None = None,
    seed: int = 0,
    **wanted: Any,
) -> Layer | Convolution:
    """A layer of a model file, by its name there, or of a line of code; nothing in either is run.

    input   an array, sizes such as "8x4x4" that the seed fills, or a file; a small one if not given
    key     of the input in a .npz file
    wanted  as `Wanted` has it: it goes before the code, the code before the file

    Raises XlconvError for a layer that the file does not have, and for what nobody tells.

    >>> model_layer(code="nn.ConvTranspose2d(2, 1, 4, stride=2, padding=1)")
    <Layer 2-D, 2 → 1 channels, 4x4 → 8x8, kernel 4x4, stride 2, padding 1; as pytorch has it>
    """
    path = None if model is None else os.fspath(model)
    found = known(Wanted(**wanted), model=path, layer=layer, code=code)
    named = {} if input is None else {"input": input}
    return made(found, read_numbers(found, named, Source(Folder(), key=key), seed))


def read_numbers(
    found: Known, given: Mapping[str, Any], source: Source, seed: int = 0
) -> dict[str, Array]:
    """The input, weight and bias: those that are given, else the model's, else small integers."""
    named = dict(given)
    if "input" not in named:
        named["input"] = found.input_sizes()
    modelled = None if "weight" in named else found.weights()
    if modelled is not None:
        weight, bias = modelled
        of_file = {"weight": weight} | ({} if bias is None else {"bias": bias})
        meant = _meant(found, named["input"], source)
        return of_file | found.integers() | meant | arrays(named, source, seed=seed)
    if "weight" not in named:
        x = array("input", named["input"], replace(source), seed=seed)
        named["weight"] = found.weight_sizes(found.channels(x.shape))
    return arrays(named, source, seed=seed)


def _meant(found: Known, given: Any, source: Source) -> dict[str, Array]:
    """What the integers of an input mean, where it is given as integers of the model's type."""
    meaning = found.input_scale()
    if meaning is None or array_type(given, source) != meaning.dtype:
        return {}
    return {MEANING: np.array([meaning.scale, meaning.zero_point])}


def made(found: Known, read: Mapping[str, Array]) -> Layer | Convolution:
    """The layer of these numbers; raises XlconvError where they do not fit one another."""
    made_of = _plain if found.plain else _transposed
    layer = made_of(found, read)
    quantised = None
    if "integers" in read:
        laid = (made_of(found, {"input": read["input"], "weight": read[name]}) for name in INTEGERS)
        quantised = Quantised.of(*(each.weight for each in laid))
    told = ""
    if meaning := found.input_scale():
        told = f"its input is {meaning} of {meaning.dtype}"
        told = told if MEANING in read else f"{told}, and given as real numbers"
    note = "; ".join(filter(None, (found.origin, layer.note, told)))
    layer = replace(layer, note=note, quantised=quantised)
    return scaled(layer, *map(float, read[MEANING])) if MEANING in read else layer


def _transposed(found: Known, read: Mapping[str, Array]) -> Layer:
    return wanted_layer(read["input"], read["weight"], read.get("bias"), found.wanted)


def _plain(found: Known, read: Mapping[str, Array]) -> Convolution:
    left_out = (*TRANSPOSED, "then")
    said = {name: value for name, value in found.wanted.said.items() if name not in left_out}
    arrays = {name: read[name] for name in ("input", "weight", "bias") if name in read}
    layer = Convolution.of(**(said | _in_cells(said, read) | arrays))
    return replace(layer, then=steps(found.wanted.then or ()))


def transposed(layer: Layer | Convolution, where: str) -> Layer:
    """The layer, if it is a transposed convolution."""
    if isinstance(layer, Layer):
        return layer
    raise XlconvError(
        f"{where} is of transposed convolutions; a plain one is shown by the view convolution"
    )


def _in_cells(said: Mapping[str, Any], read: Mapping[str, Array]) -> dict[str, Any]:
    """The padding of a plain convolution in cells, if it is a word."""
    word = said.get("padding")
    if not isinstance(word, str):
        return {}
    x, kernel = read["input"], read["weight"].shape[2:]
    last = said.get("input_layout") == "channels-last"
    size = x.shape[-len(kernel) - last : x.ndim - last]
    strided = {name: said[name] for name in ("stride", "dilation") if name in said}
    return {"padding": plain_padding(word, size, kernel, **strided)}
