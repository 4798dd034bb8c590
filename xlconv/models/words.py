"""What a model holds, in words and for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from shlex import quote
from typing import Any

from xlconv.frameworks.wanted import Wanted
from xlconv.layers.summary import compact
from xlconv.models.found import PLAIN, TRANSPOSED, WEIGHT, ModelLayer
from xlconv.models.known import file_shape
from xlconv.models.model import Model
from xlconv.text import counted, spelt
from xlconv.visible import shortened

NEXT = 3
"""Layers of which the command to type is told."""

KERNELS = 64
"""Kernels, one for each input with each output channel, beyond which a part is suggested."""

LETTERS = {
    "stride": "stride",
    "padding": "padding",
    "output_padding": "output padding",
    "output_size": "output size",
    "dilation": "dilation",
    "groups": "groups",
}
USUAL: dict[str, Any] = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}


def as_dict(model: Model) -> dict[str, Any]:
    """A model for scripts: every layer with what the file says of it."""
    return {
        "file": str(model.path),
        "format": model.format,
        "layers": [_as_dict(layer) for layer in model.layers],
    }


def _as_dict(layer: ModelLayer) -> dict[str, Any]:
    scale = layer.weight.scale
    told = {
        "name": layer.name,
        "kind": layer.kind,
        "weight": {"name": layer.weight.name, "shape": layer.weight.shape},
        "dtype": layer.weight.dtype,
        "scale": scale and {"values": scale.scale.size, "axis": scale.axis},
        "bias": layer.bias and {"name": layer.bias.name, "shape": layer.bias.shape},
        **layer.said,
        "input": layer.input,
        "input_scale": layer.meaning and vars(layer.meaning),
        "output": layer.output,
        "after": layer.after,
        "why": layer.why,
        "notes": layer.notes,
    }
    if layer.kind != WEIGHT and (shape := _shape(layer)):
        groups = layer.said.get("groups", 1)
        ways = shape[1] * groups, shape[0]
        ins, outs = ways if layer.plain else ways[::-1]
        told |= {"in_channels": ins, "out_channels": outs, "kernel_size": shape[2:]}
    return {key: value for key, value in told.items() if value not in (None, "", ())}


def explain(model: Model) -> str:
    """The layers of a model, a line each, transposed ones and likely weights first."""
    kinds = [layer.kind for layer in model.layers]
    counts = [(TRANSPOSED, "transposed convolution"), (PLAIN, "plain one"), (WEIGHT, "weight")]
    told = [counted(kinds.count(kind), noun) for kind, noun in counts if kind in kinds]
    head = f"{model.path.name}: {model.format}, {', '.join(told) or 'no convolution'}"
    ordered = sorted(model.layers, key=lambda layer: layer.plain)
    return "\n".join([head, "", *_lines(ordered), *_next(model)]) + "\n"


def _lines(layers: list[ModelLayer]) -> Iterator[str]:
    width = min(40, max((len(layer.name) for layer in layers), default=0))
    for layer in layers:
        yield f"{shortened(layer.name, 100):{width}}  {'; '.join(_parts(layer))}"


def _parts(layer: ModelLayer) -> Iterator[str]:
    shape = layer.kind != WEIGHT and _shape(layer)
    if not shape:
        yield f"a weight of {spelt(layer.weight.shape)}"
    else:
        told = _as_dict(layer)
        plain = "plain, " * layer.plain
        yield (
            f"{plain}{told['in_channels']} → {told['out_channels']} channels, kernel"
            f" {spelt(shape[2:])}{''.join(_parameters(layer))}"
        )
    scale = layer.weight.scale
    each = f", a scale for each of {scale.scale.size}" if scale and scale.scale.size > 1 else ""
    yield f"{layer.weight.dtype}{each or ', scaled' * (scale is not None)}"
    yield "with a bias" if layer.bias is not None or layer.taken else "no bias"
    if layer.meaning:
        yield f"its input {layer.meaning} of {layer.meaning.dtype}"
    if layer.after:
        yield f"then {layer.after}"
    if layer.why:
        yield f"likely transposed: {layer.why}"
    yield from layer.notes


def _parameters(layer: ModelLayer) -> Iterator[str]:
    for name, words in LETTERS.items():
        value: Any = layer.said.get(name)
        listed: list[Any] = value if isinstance(value, list) else [value]
        unusual = {v if isinstance(v, int) else str(v) for v in listed} - {
            USUAL.get(name),
            "(0, 0)",
        }
        if value is not None and unusual:
            yield f", {words} {value if isinstance(value, str) else compact(listed)}"


def _next(model: Model) -> list[str]:
    """The commands to type for the likely layers."""
    layers = [layer for layer in model.layers if layer.kind == TRANSPOSED and layer.weight.shape]
    layers = layers or [layer for layer in model.layers if layer.why] or list(model.layers)
    lines = [_command(model, layer) for layer in layers[:NEXT]]
    return ["", "next:", *(f"  {line}" for line in lines)] if lines else []


def _command(model: Model, layer: ModelLayer) -> str:
    words = ["xlconv", "layer", "--model", quote(str(model.path)), "--layer", quote(layer.name)]
    if layer.alone:
        words += ["--code", quote(_code(layer))]
    shape = _shape(layer) if layer.kind != WEIGHT else layer.weight.shape
    if shape and prod(shape[:2]) > KERNELS:
        words += ["--in-channels", "top:4", "--out-channels", "0"]
    return " ".join([*words, "--input", "x.npy"])


def _code(layer: ModelLayer) -> str:
    """The line of code that a weight may come from, but for what it does not tell."""
    ins, each, *kernel = layer.weight.shape
    outs = layer.bias.shape[0] if layer.bias else each
    groups = outs // each if outs % each == 0 else 1
    many = f", groups={groups}" if groups > 1 else ""
    size = f"({', '.join(map(str, kernel))})" if len({*kernel}) > 1 else kernel[0]
    return f"nn.ConvTranspose{len(kernel)}d({ins}, {outs}, {size}, stride=...{many})"


def _shape(layer: ModelLayer) -> tuple[int, ...] | None:
    said = {k: v for k, v in layer.said.items() if k in ("convention", "layout", "groups")}
    return file_shape(layer, Wanted(**said))
