"""Sedirts: stride in reverse steps over the output, or puts zeros between the inputs."""

from __future__ import annotations

from xlconv.figures.blocks import Figure, Sources, sources
from xlconv.figures.counts import count_figure
from xlconv.figures.layout import Led, Table
from xlconv.figures.notes import caption, note
from xlconv.figures.outputs import by_collecting, by_stamps
from xlconv.figures.paper import arrange
from xlconv.figures.stamps import field_shape, stamped
from xlconv.grid.grid import Grid
from xlconv.grid.places import Place, tiled
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def sedirts(sheet: Sheet, layer: Layer) -> None:
    """Each stamp at its place on the output, their sum and their count; and the stretched input."""
    src = sources(sheet, layer)
    field, stamps = _stamps(src)
    y, count = by_stamps(src, stamps), count_figure(sheet, layer, whole=True)
    z, t, again, agree = by_collecting(src, y.cells)
    fraction = "1" if (s := layer.geometry.axes[-1].stride) == 1 else f"1/{s}"
    between = note(sheet, sheet.say("fraction", fraction=fraction))
    made = Led(z, "∗", room=True) / between >> again / agree | count
    arrange(sheet, Table([[src.line / t, Led(field), Led(y)]]), made)


def _stamps(src: Sources) -> tuple[Figure, Grid]:
    """Each stamp where it lands, on an empty output of its own; in 1-D one under another."""
    sheet, g = src.sheet, src.layer.geometry
    axis, deep = g.axes[-1], "h" * (g.rank - 2)
    words = caption(sheet, sheet.say("apart", stride=axis.stride))
    place: tuple[Place, ...] = ((axis.size + 1, 0), (0, axis.full_size + 2), (1, 0), (0, 1))
    if g.rank > 1:
        place = tiled(field_shape(g), f"vh{deep}vh{deep}")
    return stamped(src, sheet.corner(), place, words)
