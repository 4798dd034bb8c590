"""The command line's options: what they are called, how they are read, what they ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from xlconv.errors import XlconvError
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from xlconv.layers.layer import Convolution, Layer

MAIN_LESSON = "transposed-convolutions"
OUTPUT = "output"
"""The folder that workbooks go to."""

# the keys of tables in modules that are imported when they are needed
CONVENTIONS = ("pytorch", "tensorflow", "keras", "jax", "onnx", "mxnet")
LAYOUTS = (
    "pytorch", "onnx", "mxnet", "keras", "tensorflow", "jax", "jax-transposed", "tflite", "oihw",
)  # fmt: skip
INPUT_LAYOUTS = ("channels-first", "channels-last")
FRAMEWORKS = ("pytorch", "tensorflow", "keras", "jax", "onnx", "mxnet", "numpy")
PADDINGS = {
    "same": "same",
    "same-lower": "same_lower",
    "same_lower": "same_lower",
    "valid": "valid",
}

TRANSPOSED = ("convention", "layout", "output_padding", "output_size")
"""The options that only a transposed convolution has."""

WHOLE = "-?[0-9]{1,4000}"
"""A whole number as it is typed: Python would also take 1_0, +1 and the digits of every script."""


Callback = Callable[[click.Context, click.Parameter, str | None], Any]


def whole_number(least: int | None = None, most: int | None = None) -> Callback:
    """What reads one whole number, of at least `least` and at most `most`."""

    def read(_: click.Context, __: click.Parameter, told: str | None) -> int | None:
        if told is None:
            return None
        if not re.fullmatch(WHOLE, told):
            raise click.BadParameter(f"{told!r:.40} is no whole number")
        if least is not None and int(told) < least:
            raise click.BadParameter(f"must be at least {least}, got {told:.40}")
        if most is not None and int(told) > most:
            raise click.BadParameter(f"must be at most {most}, got {told:.40}")
        return int(told)

    return read


def per_axis(_: click.Context, __: click.Parameter, told: str | None) -> list[int] | None:
    """Whole numbers separated by commas."""
    if told is None:
        return None
    if not re.fullmatch(f"{WHOLE}(,{WHOLE})*", told):
        raise click.BadParameter(f"{told!r:.40} is no whole number, or one an axis: 2 or 2,1")
    return [int(text) for text in told.split(",")]


def pads(
    _: click.Context, __: click.Parameter, told: str | None
) -> str | list[int | tuple[int, int]] | None:
    """The same, where each may be a pair begin:end; or a word."""
    if told is None or told in PADDINGS:
        return PADDINGS.get(str(told))
    pad = f"{WHOLE}(:{WHOLE})?"
    if not re.fullmatch(f"{pad}(,{pad})*", told):
        raise click.BadParameter(f"{told!r:.40} is not like 1 or 2,1 or 1:2,0:1")
    pairs = [each.partition(":") for each in told.split(",")]
    return [(int(begin), int(end)) if colon else int(begin) for begin, colon, end in pairs]


def sizes(_: click.Context, __: click.Parameter, told: str | None) -> list[int] | None:
    """Sizes as in 4x4, of one to three axes, and up to two more for channels and a batch."""
    if told is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}([x,][0-9]{1,18}){0,4}", told):
        raise click.BadParameter(f"{told!r:.40} is not like 4, 4x4 or 3x4x4")
    return [int(size) for size in re.split("[x,]", told)]


def complete_views(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + view for view in VIEWS if view.startswith(last)]


def complete_lesson(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from xlconv.lessons.read import lesson_names

    names = [CompletionItem(name) for name in lesson_names() if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


def target_options(command: Any) -> Any:
    """The options of a command that writes a workbook."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print to stdout what stands where."),
        click.option("--force", is_flag=True, help="Overwrite a file with other content."),
        click.option(
            "-o", "--output", metavar="FILE", type=click.Path(),
            help=f"The .xlsx file to write; - is stdout. Default: {OUTPUT}/NAME.xlsx",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def geometry_options(command: Any) -> Any:
    """The options that say where the output's cells are."""
    for option in reversed((
        click.option("--stride", callback=per_axis, metavar="N[,N]", help="Default: 1"),
        click.option(
            "--padding", callback=pads, metavar="N[:N][,..]",
            help="Cells cropped on both sides, or begin:end; with a convention what it takes for"
            " one. Default: 0, or the convention's",
        ),
        click.option("--same", is_flag=True, help="The convention's SAME: stride times the input."),
        click.option("--same-lower", is_flag=True, help="ONNX: the odd cell goes at the begin."),
        click.option("--valid", is_flag=True, help="The convention's VALID: nothing is cropped."),
        click.option(
            "--output-padding", callback=per_axis, metavar="N[,N]",
            help="Cells at the end that are not cropped. Default: 0, or the convention's",
        ),
        click.option(
            "--output-size", callback=per_axis, metavar="N[,N]",
            help="The output's sizes, for what follows from them.",
        ),
        click.option("--dilation", callback=per_axis, metavar="N[,N]", help="Default: 1"),
        click.option(
            "--convention", type=click.Choice(CONVENTIONS),
            help="Whose words these are. Default: PyTorch's, with begin:end beside them",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def reading_options(command: Any) -> Any:
    """The options that say which axes of an input are what."""
    for option in reversed((
        click.option(
            "--input-layout", type=click.Choice(INPUT_LAYOUTS),
            help="Where the input's channels are. Default: first, or in a layout of Keras,"
            " TensorFlow or JAX where they are as many as the weight's",
        ),
        click.option(
            "--batch", callback=whole_number(least=0), metavar="K",
            help="The input's first axis is a batch: take sample K of it, from 0.",
        ),
        click.option(
            "--rank", callback=whole_number(least=1, most=3), metavar="N",
            help="How many axes are spatial, where the sizes leave it open.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def layer_options(command: Any) -> Any:
    """The options that give a layer with its numbers."""
    for option in reversed((
        click.option(
            "--input", "input_", required=True, metavar="SIZE|FILE",
            help="4x4, 3x4x4 (channels first), or a .csv, .npy or .png file; FILE:3x4x4 lays its"
            " numbers into these sizes. A batch of one is left out: 1x3x4x4 is 3x4x4.",
        ),
        click.option(
            "--weight", required=True, metavar="SIZE|FILE",
            help="3x3, or with channels 3x2x3x3 (in_channels, out_channels/groups, kernel), or a"
            " file. With a convention its axes are in that framework's order.",
        ),
        click.option(
            "--bias", metavar="SIZE|FILE", help="One value an output channel; none if not given."
        ),
        click.option(
            "--layout", type=click.Choice(LAYOUTS),
            help="The order of the weight's axes. Default: the convention's",
        ),
        reading_options,
        click.option(
            "--turned/--not-turned", default=None,
            help="Whether the kernel lies turned by half. Default: as the layout has it",
        ),
        click.option(
            "--seed", callback=whole_number(least=0), default="0", metavar="N",
            help="Another seed fills sizes with other small integers.",
        ),
        geometry_options,
        click.option("--groups", callback=whole_number(), metavar="N", help="Default: 1"),
    )):  # fmt: skip
        command = option(command)
    return command


def wanted(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, without what was not; a padding in words as a padding."""
    said = {
        name: value for name, value in asked.items() if value is not None and value is not False
    }
    given = ["padding"] if "padding" in said else []
    for name in ("same", "same_lower", "valid"):
        if said.pop(name, False):
            given.append(name)
            said["padding"] = name
    if len(given) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in given[:2])
        raise click.UsageError(f"{one} and {other} exclude each other")
    return said


def layer_of(planned: bool = False, **asked: Any) -> Layer:
    """The layer that the options give; `planned` if one too large is to be refused later."""
    from xlconv.frameworks.resolve import resolve

    turned = asked.pop("turned")
    return resolve(turned=turned, **_with_numbers(wanted(asked), planned))


def convolution_of(views: Sequence[str], **asked: Any) -> Convolution:
    """The plain convolution that the options give, to be shown alone."""
    from xlconv.layers.layer import PLAIN_WEIGHT, Convolution

    if others := [view for view in views if view != "convolution"]:
        raise click.UsageError(
            f"--view convolution is of a plain convolution, whose --weight is {PLAIN_WEIGHT}: show"
            f" it alone, without {', '.join(others)}"
        )
    turned, said = asked.pop("turned"), wanted(asked)
    wrong = [name for name in TRANSPOSED if name in said]
    wrong += ["turned" if turned else "not_turned"] * (turned is not None)
    if isinstance(word := said.get("padding"), str):
        wrong.append(word)
    if wrong:
        raise click.UsageError(
            f"--{wrong[0].replace('_', '-')} is for a transposed convolution; --view convolution"
            " shows a plain one: leave it out"
        )
    return Convolution.of(**_with_numbers(said))


def _with_numbers(said: Mapping[str, Any], planned: bool = False) -> dict[str, Any]:
    """What was asked for, with the arrays in place of the sizes and files that give them."""
    from xlconv.files.arrays import Source, arrays
    from xlconv.files.reading import Folder

    names = {"input_": "input", "weight": "weight", "bias": "bias"}
    given = {name: said[key] for key, name in names.items() if key in said}
    rest = {key: value for key, value in said.items() if key not in (*names, "seed")}
    source = Source(Folder(), planned=planned)
    return rest | dict(arrays(given, source, seed=said.get("seed", 0)))


def given_files(layer: Layer, asked: Mapping[str, Any]) -> dict[str, str]:
    """Where a program of a layer finds the arrays that it loads, by name: the .npy files that were
    given, as Python writes their whole paths; none whose numbers are not in that order, or are not
    all that it holds.
    """
    import numpy as np

    from xlconv.files.arrays import Source, array
    from xlconv.files.reading import Folder
    from xlconv.frameworks.snippets import files

    found = {}
    for name, loaded in files(layer).items():
        path = Path(asked["input_" if name == "input" else name])
        if path.suffix.lower() != ".npy":
            continue
        if np.array_equal(array(name, str(path), Source(Folder())).reshape(-1), loaded.reshape(-1)):
            found[name] = ascii(str(path.absolute()))
    return found


@contextmanager
def pointing_at_options(ctx: click.Context, **called: str) -> Iterator[None]:
    """Name the option that an error is about, as it is typed; some parameters are `called` so."""
    given = [p for p in ctx.command.params if isinstance(p, click.Option)]
    options = {str(p.name).rstrip("_"): p.opts[0] for p in given} | called
    for word in ("same", "same_lower", "valid"):
        if ctx.params.get(word):
            options["padding"] = options[word]
    try:
        yield
    except XlconvError as error:
        told, parameter = str(error), error.parameter or ""
        if "groups" in options:
            told = told.replace(": use groups ", f": use {options['groups']} ")
            error.args = (told,)
        if parameter in options:
            rest = told.removeprefix(f"{parameter} ")
            error.args = (f"{options[parameter]}{' ' if rest != told else ': '}{rest}",)
        raise
