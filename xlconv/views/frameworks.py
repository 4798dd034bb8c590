"""Frameworks: the same layer and the same shape, and different numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import sources
from xlconv.figures.layout import Arranged, Part, Table
from xlconv.figures.notes import note
from xlconv.figures.outputs import by_products
from xlconv.figures.paper import arrange
from xlconv.figures.titles import sized
from xlconv.figures.verdicts import verdict
from xlconv.frameworks.resolve import axes as conventional
from xlconv.frozen import frozen
from xlconv.grid.expr import call
from xlconv.grid.grid import Grid
from xlconv.grid.places import under
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.summary import each

KERNELS, STRIDES = range(1, 8), range(1, 5)
"""The kernel sizes and strides of the table of the rule."""

Wanted = Callable[[Geometry], dict[str, Any]]
Crops = tuple[tuple[int, int], ...]


def _word(padding: str) -> Wanted:
    return lambda g: {"padding": padding}  # noqa: ARG005


def halves(g: Geometry) -> dict[str, Any]:
    """The smallest padding on both sides, and the output_padding, for s times the input's size."""
    excess = [axis.extent - axis.stride for axis in g.axes]
    padding = [max(0, -(-t // 2)) for t in excess]
    backs = [2 * p - t for p, t in zip(padding, excess, strict=True)]
    return {"padding": padding, "output_padding": backs}


ASKED: tuple[tuple[str, str, str, Wanted], ...] = (
    # name, convention, what one writes, what that asks for
    ("TensorFlow", "tensorflow", 'padding="SAME"', _word("same")),
    ("Keras", "keras", 'padding="same"', _word("same")),
    ("JAX", "jax", '"SAME", transpose_kernel=True', _word("same")),
    ("ONNX upper", "onnx", 'auto_pad="SAME_UPPER"', _word("same")),
    ("ONNX lower", "onnx", 'auto_pad="SAME_LOWER"', _word("same_lower")),
    ("PyTorch", "pytorch", "padding={padding}, output_padding={output_padding}", halves),
    ("MXNet", "mxnet", "padding={padding}, output_padding={output_padding}", halves),
)


@frozen
class Answer:
    """What a framework makes of a layer; None where it has no such layer.

    crops  for each axis the cells of the full output that are cut before and after what is kept;
           negative where zeros are added
    """

    name: str
    words: str
    layer: Layer | None = None

    @property
    def crops(self) -> Crops:
        axes = () if self.layer is None else self.layer.geometry.axes
        return tuple((a.padding[0], a.padding[1] - a.output_padding) for a in axes)

    @property
    def cut(self) -> str:
        """The crops in words; one serves all axes that are alike."""
        return ", ".join(f"{before} | {after}" for before, after in dict.fromkeys(self.crops))


def answers(layer: Layer) -> list[Answer]:
    """What each framework makes of a layer whose output is to be s times the input.

    >>> layer = Layer.of(np.ones((2, 2)), np.ones((3, 3)), stride=2)
    >>> [(answer.name, answer.cut) for answer in answers(layer) if "orch" in answer.name]
    [('PyTorch', '1 | 0')]
    """
    g, given = layer.geometry, []
    for name, convention, pattern, wanted in ASKED:
        asked = wanted(g)
        words = pattern.format(**{k: _alike(v) for k, v in asked.items() if isinstance(v, list)})
        try:
            axes = conventional(
                convention,
                **each(g.axes, "size", "kernel_size", "stride", "dilation"),
                groups=g.groups,
                **asked,
            )
        except XlconvError:
            given.append(Answer(name, words))
        else:
            given.append(Answer(name, words, layer.with_axes(axes)))
    return given


def _alike(values: list[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else str(tuple(values))


def frameworks(sheet: Sheet, layer: Layer) -> None:
    """What each framework keeps of the full output where the output is to be s times the input.

    The layer's own padding and output_padding are left aside.
    """
    src = sources(sheet, layer)
    given, kept, shown = answers(layer), dict[Crops, Grid](), list[Arranged]()
    for answer in given:
        if (one := answer.layer) is None or answer.crops in kept:
            continue
        words = sheet.say("kept", crop=answer.cut, size=sized(sheet, one.geometry.output_shape[1:]))
        y = by_products(replace(src, layer=one), f"output_{len(kept)}", words)
        alike = dict.fromkeys(other.name for other in given if other.crops == answer.crops)
        shown.append(y / note(sheet, ", ".join(alike)))
        kept[answer.crops] = y.kept
    rule, lines = _rule(sheet), _table(sheet, given, kept)
    arrange(sheet, src.line / rule >> Table([[Table([shown], alike=True)], [lines]]))


def _table(sheet: Sheet, given: list[Answer], kept: dict[Crops, Grid]) -> Part:
    """What one writes in each framework, what it cuts, whether its numbers are the first one's."""
    corner = sheet.corner()
    end = max(sheet.behind(corner.shift(0, 4), answer.words, "code") for answer in given) + 1
    places = (0, 4, end, sheet.behind(corner.shift(0, end), sheet.say("cut") + " ", "strong"))
    for head, across in zip(("framework", "written", "cut", "numbers"), places, strict=True):
        sheet.text(corner.shift(0, across), sheet.say(head), "strong")
    first = next((answer for answer in given if answer.layer is not None), None)
    for n, answer in enumerate(given, 1):
        name, written, cut, numbers = (corner.shift(n, across) for across in places)
        sheet.text(name, answer.name, "text")
        sheet.text(written, answer.words, "code")
        if first is None or answer.layer is None:
            sheet.text(cut, sheet.say("refused"), "note")
            continue
        sheet.text(cut, answer.cut, "text")
        y, wanted = kept[answer.crops], kept[first.crops]
        if y.shape != wanted.shape:
            sheet.text(numbers, sheet.say("other_shape", size=sized(sheet, y.shape[1:])), "note")
            continue
        words = ("same_numbers", "other_numbers")
        verdict(
            sheet, (y, wanted), words=words, alarm="note", at=numbers, far=True, name=first.name
        )
    return Part(corner.anchor)


def _rule(sheet: Sheet) -> Part:
    """PyTorch's padding that gives TensorFlow's numbers, for each kernel size and stride."""
    corner, words = sheet.corner(), sheet.say("rule").splitlines()
    for n, line in enumerate(words):
        sheet.text(corner.shift(n), line, "strong")
    top, shape = corner.shift(len(words) + 1), (len(KERNELS), len(STRIDES))
    sheet.line(top, ["k\\s"], "heads")
    k, s = (
        sheet.block(f"rule_{name}", at, values.shape, role="parameter", frame=False, content=values)
        for name, at, values in (
            ("kernel_sizes", top.shift(1), np.array(KERNELS, dtype=float)[:, None]),
            ("strides", top.shift(0, 1), np.array(STRIDES, dtype=float)[None]),
        )
    )
    none = sheet.say("rule_none")
    padding = call("IF", call("MOD", k - s, 2).equals(0), (k - s) / 2, none)
    paddings = sheet.block("rule", top.shift(1, 1), shape, role="computed", dtype=object)
    paddings[...] = call("IF", k > s, padding, 0)
    sheet.light(paddings, call("NOT", call("ISNUMBER", paddings)), "absent")
    for n, line in enumerate(sheet.say("rule_note").splitlines()):
        sheet.text(under(k).shift(n), line, "note")
    return Part(corner.anchor)
