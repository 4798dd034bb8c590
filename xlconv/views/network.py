"""Network: layers that feed one another, every weight and every map in live cells."""

from __future__ import annotations

from xlconv.figures.layout import Arranged, Led
from xlconv.figures.looked_at import look_at
from xlconv.figures.maps import Drawn, layer_figures, map_figure, shade
from xlconv.figures.notes import note
from xlconv.figures.paper import arrange
from xlconv.figures.reach import trace
from xlconv.figures.rivals import Against, held_against
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.network import Network

COLUMNS = 33
"""Columns that paper shows at a readable size: numbers of maps have a point."""


def network(
    sheet: Sheet,
    network: Network,
    *,
    look: list[int] | None = None,
    target: list[list[float]] | None = None,
    rebuild: bool = False,
    rivals: list[str] | None = None,
    means: int = 0,
) -> None:
    """All layers from left to right: their kernels, their maps, and what activations make of them.

    look     the row and the column of the output's pixel that is looked at when the file is opened
    target   the picture that the output should be: how near it comes is told in dB
    rebuild  whether that is the network's own input
    rivals   rules that enlarge its input, too, for comparison: nearest, bilinear, bicubic
    means    how many pixels each axis of the input has for them, where it is made smaller first
    """
    first = map_figure(sheet, "input", network.input.shape, role="input", content=network.input)
    shade(sheet, first.cells)
    maps, drawn = {"": first}, list[Drawn]()
    for step in network.steps:
        made = layer_figures(sheet, network, step, [maps[name] for name in step.sources])
        maps[step.name] = made.after
        drawn.append(made)
    last = network.steps[-1]
    axes = tuple(Axis(size=size, kernel_size=1) for size in last.output_shape[1:])
    output = maps[last.name]
    here = look_at(sheet, Geometry(1, 1, 1, axes), output.labels, look, "look_pixel")
    stacks = zip([step.name for step in network.steps], [made.maps for made in drawn], strict=True)
    trace(sheet, network, {"": [first], **dict(stacks)}, here.at)
    against = Against(target=target, rebuild=rebuild, rivals=rivals or (), means=means)
    near, pictures = held_against(sheet, first, output, last.name, against)
    row: Arranged = first | near
    for made in drawn:
        row = row | Led(made.figures)
    arrange(sheet, here, row, note(sheet, sheet.say("reached_by")), pictures, columns=COLUMNS)
