"""Contents: the way to every sheet, the legend of colours, how to use the workbook."""

from __future__ import annotations

import numpy as np

from xlconv import __version__
from xlconv.errors import XlconvError
from xlconv.grid.expr import lift
from xlconv.grid.places import Place
from xlconv.grid.sheet import Frame, Sheet

LEGEND = ("input", "computed", "kernel", "zero", "cropped", "current", "now", "count")
"""The roles that a legend can explain."""


def contents(
    sheet: Sheet,
    *,
    pages: list[tuple[str, str]],
    about: list[str] | None = None,
    how: list[str] | None = None,
    legend: list[str] | None = None,
) -> None:
    """Links to all sheets with their ideas, the legend, and what to do.

    pages   (name, idea) of each sheet of the book, this one first
    about   lines on what the lesson is
    how     lines on how to use it
    legend  the roles that it explains; what the other sheets show, if not given
    """
    shown = LEGEND if legend is None else legend
    if unknown := [role for role in shown if role not in LEGEND]:
        raise XlconvError(f'legend must name some of {", ".join(LEGEND)}, got "{unknown[0]}"')
    row = 3
    for line in about or []:
        sheet.text((row, 1), line, "text")
        row += 1
    row += 1
    sheet.text((row, 1), sheet.say("sheets"), "heading")
    for n, (name, idea) in enumerate(pages[1:], 1):
        sheet.text((row + n, 1), f"{n}", "index")
        sheet.link((row + n, 2), name, name)
        sheet.text((row + n, 6), idea, "text")
    row += len(pages) + 1
    sheet.text((row, 1), sheet.say("legend"), "heading")
    height = -(-len(shown) // 2)
    for n, role in enumerate(shown):
        at = (row + 1 + n % height, 1 + n // height * 13)
        _swatch(sheet, at, role)
        sheet.text((at[0], at[1] + 4), sheet.say(f"legend_{role}"), "text")
    row += height + 2
    sheet.text((row, 1), sheet.say("how"), "heading")
    for n, line in enumerate(how or [], 1):
        sheet.text((row + n, 1), f"{n}.  {line}", "text")
    row += len(how or []) + 2
    sheet.text((row, 1), sheet.say("made_with", version=__version__), "note")


def _swatch(sheet: Sheet, at: Place, role: str) -> None:
    """Three cells that look as a role does; those of a heat map need values to show."""
    if role == "count":
        cells = sheet.memory(at, (1, 3))
        cells[0, 0] = lift(0)
        for n in (1, 2):
            cells[0, n] = cells[0, n - 1] + 1
        sheet.scale(cells)
    else:
        cells = sheet.memory(at, (1, 3), dtype=object)
        cells[...] = np.array([["12", "3", "0"]], dtype=object)
    sheet.coat(cells, role, np.arange(3) if role == "kernel" else -1)
    sheet.frames.append(Frame(cells))
