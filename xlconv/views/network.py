"""Network: layers that feed one another, every weight and every map in live cells."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.figures.blocks import Figure
from xlconv.figures.chain import all_layers, map_columns, side_by_side
from xlconv.figures.classes import classified
from xlconv.figures.looked_at import LookedAt, look_at
from xlconv.figures.maps import Drawn, map_figure, shade
from xlconv.figures.notes import note
from xlconv.figures.paper import arrange
from xlconv.figures.reach import trace
from xlconv.figures.rivals import Against, held_against
from xlconv.figures.titles import plain
from xlconv.grid.direction import mixed
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.network import Network


def network(
    sheet: Sheet,
    network: Network,
    *,
    look: list[int] | None = None,
    target: list[list[float]] | None = None,
    rebuild: bool = False,
    rivals: list[str] | None = None,
    means: int = 0,
    preview: bool = False,
    classes: list[str] | None = None,
    truth: list[list[float]] | None = None,
) -> None:
    """All layers from left to right: their kernels, their maps, and what activations make of them.

    look     the row and the column of the output's pixel that is looked at when the file is opened
    target   the picture that the output should be: how near it comes is told in dB
    rebuild  whether that is the network's own input
    rivals   rules that enlarge its input, too, for comparison: nearest, bilinear, bicubic
    means    how many pixels each axis of the input has for them, where it is made smaller first
    preview  whether the output stands beside the input, too
    classes  what each channel of the output is the score of: the largest tells the class of a pixel
    truth    the number of each pixel's true class
    """
    sheet.way = mixed(sheet.way)  # a digit is no digit in a mirror
    columns, first = map_columns(sheet), _input(sheet, network)
    drawn = all_layers(sheet, network, first, columns)
    output, here = drawn[-1].after, _looked_at(sheet, network, first, drawn, look)
    against = Against(target=target, rebuild=rebuild, rivals=rivals or (), means=means)
    near, pictures = held_against(sheet, first, output, network.steps[-1].name, against)
    row, top = side_by_side(drawn, pictures), first / near
    if preview:
        lines = [top >> _preview(sheet, output), row]
    elif classes is not None:
        lines = [*classified(sheet, output, classes, truth).beside(top), row]
    else:
        lines = [top | row]
    reached = note(sheet, sheet.say("reached_by"))
    arrange(sheet, here | reached, *lines, columns=columns)


def _looked_at(
    sheet: Sheet, network: Network, first: Figure, drawn: Sequence[Drawn], look: list[int] | None
) -> LookedAt:
    """The controls that choose a pixel of the output, which lights up what it was made from."""
    axes = tuple(Axis(size=size, kernel_size=1) for size in network.steps[-1].output_shape[1:])
    here = look_at(sheet, Geometry(1, 1, 1, axes), drawn[-1].after.labels, look, "look_pixel")
    stacks = {step.name: made.maps for step, made in zip(network.steps, drawn, strict=True)}
    trace(sheet, network, {"": [first], **stacks}, here.at)
    return here


def _input(sheet: Sheet, network: Network) -> Figure:
    """What the network reads; single numbers are controls."""
    x = network.input
    if x.shape[1:] == (1, 1):
        return map_figure(
            sheet, "input", x.shape, role="control", content=x, step=(2, 0), numbered=False
        )
    made = map_figure(sheet, "input", x.shape, role="input", content=x)
    shade(sheet, made.cells)
    return made


def _preview(sheet: Sheet, output: Figure) -> Figure:
    """A live copy of the output."""
    shape = output.cells.shape
    words = sheet.say("preview", size=plain(shape, 1))
    made = map_figure(sheet, "preview", shape, words, role="copy", content=output.cells)
    shade(sheet, made.cells)
    return made
