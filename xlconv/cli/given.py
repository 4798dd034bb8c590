"""The options that give a layer with its numbers: sizes, files, a model's layer, a line of code."""

from __future__ import annotations

from dataclasses import fields
from functools import wraps
from typing import Any

import click

from xlconv.cli.options import geometry_options, reading_options, with_options
from xlconv.cli.values import per_axis, spans, whole_number
from xlconv.frameworks.names import LAYOUTS
from xlconv.frozen import frozen


@frozen(kw_only=True)
class Given:
    """Where the numbers of a layer come from, as it is typed; None is what is not given.

    input, weight, bias  sizes, which the seed fills, or files
    key                  of the input in a .npz file
    model, layer         a model file, and the name of a layer in it
    code                 a line of code that tells of the layer
    in_channels, out_channels, crop  the part that is shown
    """

    input: str | None
    weight: str | None
    bias: str | None
    seed: int
    key: str | None
    model: str | None
    layer: str | None
    code: str | None
    in_channels: str | None
    out_channels: list[int] | None
    crop: list[tuple[int, int]] | None


MODEL = (
    click.option(
        "--model",
        metavar="FILE",
        type=click.Path(),
        help="A model file that the weight is taken from, and what it tells of the layer: .onnx,"
        " .safetensors, .pt, .pth, .tflite, .keras, .h5 or .npz. Nothing in it is run.",
    ),
    click.option(
        "--layer",
        metavar="NAME",
        help="The layer's name in the model, or a part of it: xlconv model FILE lists them.",
    ),
    click.option(
        "--code",
        metavar="LINE",
        help="What the layer is, as a line of PyTorch, Keras, TensorFlow, MXNet, JAX or ONNX or of"
        " a printed model, which is not run. Options go before it, it goes before the file.",
    ),
)

_LAYER = (
    click.option(
        "--input",
        metavar="SIZE|FILE",
        help="4x4, 3x4x4 (channels first), or a .csv, .npy, .npz or .png file; FILE:3x4x4 lays its"
        " numbers into these sizes. A batch of one is left out: 1x3x4x4 is 3x4x4. Needed, but with"
        " --model or --code.",
    ),
    click.option(
        "--weight",
        metavar="SIZE|FILE",
        help="3x3, or with channels 3x2x3x3 (in_channels, out_channels/groups, kernel), or a"
        " file. With a convention its axes are in that framework's order. Needed, but with"
        " --model or --code.",
    ),
    click.option(
        "--bias", metavar="SIZE|FILE", help="One value an output channel; none if not given."
    ),
    click.option("--key", metavar="NAME", help="The input's key in a .npz file of several arrays."),
    *MODEL,
    click.option(
        "--layout",
        type=click.Choice(LAYOUTS),
        help="The order of the weight's axes. Default: the convention's",
    ),
    reading_options,
    click.option(
        "--turned/--not-turned",
        default=None,
        help="Whether the kernel lies turned by half. Default: as the layout has it",
    ),
    click.option(
        "--seed",
        callback=whole_number(least=0),
        default="0",
        metavar="N",
        help="Another seed fills sizes with other small integers.",
    ),
    geometry_options,
)


_PART = (
    click.option(
        "--in-channels",
        metavar="top:N|N,N",
        help="The input channels to be shown, or the N that matter most; what the others bring is"
        " one map of numbers, so that the output stays the layer's.",
    ),
    click.option(
        "--out-channels",
        callback=per_axis,
        metavar="N[,N]",
        help="The output channels to be shown.",
    ),
    click.option(
        "--crop",
        callback=spans,
        metavar="A:B[,A:B]",
        help="The input's cells to be shown along each axis, from A to before B; what comes from"
        " outside is in the map, too.",
    ),
    click.option(
        "--then",
        metavar="KIND[:N],..",
        help="What is done to each cell of the output: relu, relu6, leaky_relu:SLOPE, sigmoid,"
        " tanh, clip:LOW:HIGH or quantize:SCALE:ZERO:LOW:HIGH; '' for nothing. Default: what the"
        " code or the model file says",
    ),
)


def model_options(command: Any) -> Any:
    """The options that name a layer of a model file, or tell of it by a line of code."""
    return with_options(MODEL, command)


def part_options(command: Any) -> Any:
    """The options that choose what is shown of a large layer; they go into `given`, too."""
    return with_options(_PART, command)


def layer_options(command: Any) -> Any:
    """The options that give a layer with its numbers, which the command gets as `given`."""

    @wraps(command)
    def handed(*args: Any, **options: Any) -> Any:
        given = Given(**{field.name: options.pop(field.name, None) for field in fields(Given)})
        return command(*args, given=given, **options)

    return with_options(_LAYER, handed)
