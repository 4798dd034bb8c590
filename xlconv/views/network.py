"""Network: layers that feed one another, every weight and every map in live cells."""

from __future__ import annotations

from xlconv.figures.layout import Arranged
from xlconv.figures.looked_at import look_at
from xlconv.figures.maps import Drawn, layer_figures, map_figure, shade
from xlconv.figures.notes import note
from xlconv.figures.paper import arrange
from xlconv.figures.reach import trace
from xlconv.figures.titles import plain
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.network import Network


def network(sheet: Sheet, network: Network, *, look: list[int] | None = None) -> None:
    """All layers from left to right: their maps above, their kernels below, activations beside.

    look  the row and the column of the output's pixel that is looked at when the file is opened
    """
    shape = network.input.shape
    words = sheet.say("input", size=plain(shape, 1))
    first = map_figure(sheet, "input", shape, words, role="input", content=network.input)
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
    stacks = {step.name: made.maps for step, made in zip(network.steps, drawn, strict=True)}
    trace(sheet, network, {"": [first], **stacks}, here.at)

    row: Arranged = first
    for made in drawn:
        row = row >> made.figures
    arrange(sheet, here, note(sheet, sheet.say("reached_by")), row)
