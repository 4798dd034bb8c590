"""What an output should be, how near it comes, and how near rules come that learn nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from xlconv.errors import XlconvError
from xlconv.figures.blocks import Figure
from xlconv.figures.layout import Arranged, Part, Table
from xlconv.figures.maps import map_figure, shade
from xlconv.figures.sums import SQUARES, added, sliced
from xlconv.figures.titles import plain
from xlconv.frozen import frozen
from xlconv.grid.digits import Formats
from xlconv.grid.expr import Expr, call, total
from xlconv.grid.grid import Grid
from xlconv.grid.sheet import Sheet
from xlconv.layers.enlarged import WAYS, shares, windows
from xlconv.layers.given import numbers

PEAK = 16
"""The whitest that a pixel is."""


TOLD = 3
"""Digits of a PSNR."""


@frozen(kw_only=True)
class Against:
    """What an output is held against.

    target   the picture that it should be; none for the network's own input, or for nothing
    rebuild  whether that is the network's own input
    rivals   rules that enlarge the input, too
    means    pixels along each axis of a smaller picture that they begin with; 0 for the input
    """

    target: Sequence[Sequence[float]] | None
    rebuild: bool
    rivals: Sequence[str]
    means: int


def held_against(
    sheet: Sheet, first: Figure, output: Figure, name: str, against: Against
) -> tuple[Part | None, Arranged | None]:
    """How near an output comes to what it should be, and the pictures that this is told by.

    first  the network's input
    name   of the output
    """
    if against.target is None and not against.rebuild:
        if against.rivals or against.means:
            raise XlconvError("rivals needs a target, or rebuild", parameter="rivals")
        return None, None
    target = None if against.target is None else target_figure(sheet, against.target, output)
    _check_sizes(first, output, against)
    small = small_figure(sheet, first, against.means) if against.means else None
    shape = output.cells.shape
    found = {way: rival_figure(sheet, small or first, shape, way) for way in against.rivals}
    near = nearness(sheet, (target or first).cells, {name: output} | found)
    shown = [figure for figure in (target, small, *found.values()) if figure]
    return near, Table([shown]) if shown else None


def _check_sizes(first: Figure, output: Figure, against: Against) -> None:
    given, shape = first.cells.shape, output.cells.shape
    if against.target is None and given != shape:
        raise XlconvError(
            "rebuild needs an output of the input's size,"
            f" {plain(given, 1)}, got {plain(shape, 1)}",
            parameter="rebuild",
        )
    if against.rivals and given[0] != shape[0]:
        raise XlconvError(
            f"rivals needs as many channels of the input as of the output, got {given[0]}"
            f" and {shape[0]}",
            parameter="rivals",
        )
    most = min(given[1:])
    if not 0 <= against.means <= most:
        raise XlconvError(f"means must be from 1 to {most}, got {against.means}", parameter="means")


def target_figure(sheet: Sheet, target: Sequence[Sequence[float]], output: Figure) -> Figure:
    """The picture that an output should be, to be typed over."""
    content = numbers("target", target)[None]
    if content.shape != output.cells.shape:
        raise XlconvError(
            f"target must be {plain(output.cells.shape, 1)}, got {plain(content.shape, 1)}",
            parameter="target",
        )
    words = sheet.say("target", size=plain(content.shape, 1))
    made = map_figure(sheet, "target", content.shape, words, role="image", content=content)
    shade(sheet, made.cells, PEAK)
    return made


def small_figure(sheet: Sheet, picture: Figure, size: int) -> Figure:
    """Means of a picture, so many along each axis."""
    shape = (picture.cells.shape[0], size, size)
    words = sheet.say("means", size=plain(shape, 1))
    made = map_figure(sheet, "means", shape, words, role="computed")
    down, across = (windows(size, given) for given in picture.cells.shape[1:])
    for (r, rows), (q, columns) in product(enumerate(down), enumerate(across)):
        seen = picture.cells[:, rows, columns]
        cells = [seen[:, i, j] for i in range(seen.shape[1]) for j in range(seen.shape[2])]
        made.cells[:, r, q] = total(cells) / len(cells)
    shade(sheet, made.cells, PEAK)
    return made


def rival_figure(sheet: Sheet, small: Figure, shape: tuple[int, ...], way: str) -> Figure:
    """A picture enlarged by a rule: each pixel is a fixed mix of some of the small one."""
    if way not in WAYS:
        raise XlconvError(f'rivals must be some of {", ".join(WAYS)}, got "{way:.40}"')
    given = small.cells.shape
    words = sheet.say("enlarged", way=way, size=plain(given, 1))
    made = map_figure(sheet, way, shape, words, role="computed")
    rows, columns = (shares(shape[n], given[n], way) for n in (1, 2))
    for (r, down), (q, across) in product(enumerate(rows), enumerate(columns)):
        mix = np.outer(down, across)
        terms = [small.cells[:, i, j] * float(mix[i, j]) for i, j in np.argwhere(mix).tolist()]
        made.cells[:, r, q] = total(terms)
    shade(sheet, made.cells, PEAK)
    return made


def nearness(sheet: Sheet, target: Grid, pictures: Mapping[str, Figure]) -> Part:
    """The PSNR of each picture: the largest is the nearest."""
    corner, before = sheet.corner(), sheet.formats
    sheet.formats = Formats(TOLD)
    told = [sheet.say("psnr", name=name) for name in pictures]
    behind = max(sheet.behind(corner, words, "strong") for words in told)
    for n, (name, picture) in enumerate(pictures.items()):
        sheet.text(corner.shift(n), told[n], "strong")
        made = sheet.formula(corner.shift(n, behind), _psnr(sheet, picture.cells, target), "fact")
        sheet.name_block(f"psnr {name}", made, role="fact", frame=False)
    sheet.formats = before
    return Part(corner.anchor)


def _psnr(sheet: Sheet, cells: Grid, target: Grid) -> Expr:
    """In dB: about 104 of a picture that is its target."""
    error = added(sheet, sliced(sheet, SQUARES, cells, target)) / float(np.prod(cells.shape))
    return call("LOG10", call("MAX", error, 1e-8) / PEAK**2) * -10
