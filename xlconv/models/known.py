"""A layer that is asked for by a model file, a line of code and options, each before the next."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.frameworks.conventions import convention_of
from xlconv.frameworks.layouts import from_layout, to_layout
from xlconv.frameworks.wanted import Wanted
from xlconv.frozen import frozen
from xlconv.layers.given import Array, numbers, spread
from xlconv.layers.quantised import INTEGERS
from xlconv.text import spelt

if TYPE_CHECKING:
    from xlconv.frameworks.pasted import Pasted
    from xlconv.models.found import Meaning, ModelLayer

SMALL = 4
"""The size along an axis of an input that nobody gives."""

Shape = tuple[int | None, int | None, *tuple[int, ...]]


@frozen(kw_only=True)
class Known:
    """What a file and code say of a layer, and the options that go before both.

    plain    whether it is a plain convolution
    wanted   all that is said, the options first, then the code, then the file
    shape    of the weight, as (in, out // groups, *kernel) or, a plain one's, (out, in // groups,
             *kernel); None for channels that are not told, or for all of it
    source   the layer of the file, if there is one
    path     the file
    coded    whether a line of code tells of it
    """

    plain: bool
    wanted: Wanted
    shape: Shape | None
    source: ModelLayer | None = None
    path: Path | None = None
    coded: bool = False

    @property
    def layout(self) -> str:
        return self.wanted.layout or convention_of(self.wanted.framework).layout

    @property
    def origin(self) -> str:
        """Where the weight comes from, and in whose words it is told of, where a file or code does
        that.
        """
        words = f"as {self.wanted.convention} has it" if self.wanted.convention else ""
        if self.source is None or self.path is None:
            return words if self.coded else ""
        return ", ".join(filter(None, (f"{self.source.name} of {self.path.name}", words)))

    def weights(self) -> tuple[Array, Array | None] | None:
        """The file's weight and bias; None without a file."""
        if self.source is None or self.path is None:
            return None
        from xlconv.models.content import told_of

        with told_of(self.path):
            weight, bias = self.source.weights(), self.source.biases()
        found = numbers("weight", weight)
        return found, None if bias is None else numbers("bias", bias)

    def integers(self) -> dict[str, Array]:
        """Those of the file's weight with what they mean, if it is quantised."""
        if self.source is None or self.path is None:
            return {}
        from xlconv.models.content import told_of

        with told_of(self.path):
            found = self.source.quantised()
        return {} if found is None else dict(zip(INTEGERS, found, strict=True))

    def input_scale(self) -> Meaning | None:
        """What integers of the input mean, if the file's are such."""
        return None if self.source is None else self.source.meaning

    def channels(self, shape: tuple[int, ...]) -> int:
        """The channels of an input of this shape, for a weight that is to be filled."""
        rank = len(self.shape) - 2 if self.shape else len(shape)
        if len(shape) <= rank:
            return 1
        return shape[-1 if self.wanted.input_layout == "channels-last" else -rank - 1]

    def weight_sizes(self, in_channels: int) -> str:
        """The sizes of a weight that is to be filled, in the order of its layout."""
        if self.shape is None:
            raise XlconvError(
                "code tells of no kernel_size: give the --weight, or a --model with its --layer",
                parameter="weight",
            )
        first, second, *kernel = self.shape
        shape: tuple[int, ...]
        groups = self.wanted.group_count
        if self.plain:
            shape = (first or groups, second or max(1, in_channels // groups), *kernel)
        else:
            shape = (first or in_channels, second or 1, *kernel)
        if self.plain:
            return spelt(shape)
        zeros = np.broadcast_to(np.zeros(()), shape)
        return spelt(to_layout(zeros, self.layout, groups=self.wanted.group_count).shape)

    def input_sizes(self) -> str:
        """The sizes of a small input, channels first; last where the file has them there."""
        if self.shape is None:
            raise XlconvError("needs an --input: nothing tells its sizes", parameter="input")
        first, second, *kernel = self.shape
        channels = second if self.plain else first
        many = (channels or 1) * (self.wanted.group_count if self.plain else 1)
        sizes = [max(SMALL, k if self.plain else 1) for k in kernel]
        last = self.wanted.input_layout == "channels-last"
        return spelt([*sizes, many] if last else [many, *sizes])


def known(
    wanted: Wanted, *, model: str | None = None, layer: str | None = None, code: str | None = None
) -> Known:
    """What is known of a layer: an option goes before the code, the code before the file.

    Raises XlconvError for a layer that the file does not have, for a weight alone of which nobody
    says what it is, and for what the code does not tell as a number.
    """
    if layer is not None and model is None:
        raise XlconvError("layer is of a model file: give it with --model", parameter="layer")
    if model is None and code is None:
        return Known(plain=False, wanted=wanted, shape=None)
    from xlconv.frameworks.pasted import SIZES, pasted
    from xlconv.models.model import read_model

    found = None if model is None else read_model(model)
    source = None if found is None else found.layer(layer)
    read = None if code is None else pasted(code)
    merged = Wanted(**(_of_file(source) | _of_code(read, source) | wanted.said))
    plain = (source is not None and source.plain) or (read is not None and read.plain)
    if source is not None and source.alone and read is None:
        _check_told(source, wanted)
    if read is not None:
        _check_numbers(read, merged, SIZES if source else ())
    shape = _named(file_shape(source, merged)) if source else _code_shape(read, merged)
    path = None if found is None else found.path
    return Known(
        plain=plain, wanted=merged, shape=shape, source=source, path=path, coded=read is not None
    )


def _of_file(source: ModelLayer | None) -> dict[str, Any]:
    """What the file says, its layout by name: another convention does not move its axes."""
    said = dict(source.said) if source else {}
    if "convention" in said:
        said.setdefault("layout", convention_of(said["convention"]).layout)
    return said


def _of_code(read: Pasted | None, source: ModelLayer | None) -> dict[str, Any]:
    said = dict(read.said) if read else {}
    if source is not None and "convention" in source.said:
        said.pop("layout", None)
    return said


def _check_told(source: ModelLayer, wanted: Wanted) -> None:
    """Refuse a weight alone of which nobody says what it is."""
    from xlconv.frameworks.pasted import SAID

    if not {*SAID, "convention", "turned", "layout"} & wanted.said.keys():
        raise XlconvError(
            f"the weight {source.name!r:.80}, {spelt(source.weight.shape)}, comes without its"
            " stride and kind: give its line of code, or a stride",
            parameter="code",
        )


def _check_numbers(read: Pasted, merged: Wanted, told: Collection[str]) -> None:
    """Refuse code with words for numbers that nobody else gives."""
    missing = [
        f"{name} is {text}"
        for name, text in read.unknown.items()
        if name not in merged.said and name not in told
    ]
    if missing:
        raise XlconvError(
            f"code does not tell {', '.join(missing)}: write the number in its place",
            parameter="code",
        )


def file_shape(source: ModelLayer, wanted: Wanted) -> tuple[int, ...] | None:
    """The shape of a file's weight, its axes in our order."""
    if not source.weight.shape:
        return None
    zeros = np.broadcast_to(np.zeros(()), source.weight.shape)
    if source.plain:
        return source.arranged(zeros).shape
    layout = wanted.layout or convention_of(wanted.framework).layout
    return from_layout(zeros, layout, groups=wanted.group_count).shape


def _named(shape: tuple[int, ...] | None) -> Shape | None:
    if shape is None:
        return None
    first, second, *kernel = shape
    return first, second, *kernel


def _code_shape(read: Pasted | None, wanted: Wanted) -> Shape | None:
    """The shape that code tells of, as far as it does."""
    if read is None or "kernel_size" not in read.sizes:
        return None
    given, groups = read.sizes["kernel_size"], wanted.group_count
    rank = read.rank or (len(given) if isinstance(given, list) else 2)
    kernel = spread("kernel_size", given, rank)
    ins, outs = (read.sizes.get(name) for name in ("in_channels", "out_channels"))
    first, second = (outs, ins) if read.plain else (ins, outs)
    return first, second // groups if second else None, *kernel
