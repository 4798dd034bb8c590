"""Contents: the way to every sheet, the legend of colours, how to use the workbook."""

from __future__ import annotations

import numpy as np

from xlconv import __version__
from xlconv.figure import LEFT
from xlconv.sheet import Frame, Sheet

LEGEND = ("input", "computed", "kernel", "zero", "cropped", "current", "now", "count")


def contents(
    sheet: Sheet, *, pages: list[tuple[str, str]], about: list[str] | None = None,
    how: list[str] | None = None,
) -> None:  # fmt: skip
    """Links to all sheets with their ideas, the legend, and what to do.

    pages  (name, idea) of each sheet of the book, this one first
    about  lines on what the lesson is
    how    lines on how to use it
    """
    row = 3
    for line in about or []:
        sheet.text((row, 1), line, "text")
        row += 1
    row += 1
    sheet.text((row, 1), sheet.say("sheets"), "heading")
    for n, (name, idea) in enumerate(pages[1:], 1):
        sheet.text((row + n, 1), f"{n}", "index")
        sheet.link((row + n, LEFT), name, name)
        sheet.text((row + n, LEFT + 4), idea, "text")
    row += len(pages) + 1
    sheet.text((row, 1), sheet.say("legend"), "heading")
    for n, role in enumerate(LEGEND):
        at = (row + 1 + n % 4, 1 + n // 4 * 13)
        swatch = sheet.memory(at, (1, 3), dtype=object)
        swatch[...] = np.array([["12", "3", "0"]], dtype=object)
        tint = np.arange(3) if role == "kernel" else np.array(-1)
        sheet.coat(swatch, role, tint)
        sheet.frames.append(Frame(swatch))
        sheet.text((at[0], at[1] + 4), sheet.say(f"legend_{role}"), "text")
        if role == "count":
            sheet.scales.append(swatch)
    row += 6
    sheet.text((row, 1), sheet.say("how"), "heading")
    for n, line in enumerate(how or [], 1):
        sheet.text((row + n, 1), f"{n}.  {line}", "text")
    row += len(how or []) + 2
    sheet.text((row, 1), sheet.say("made_with", version=__version__), "note")
