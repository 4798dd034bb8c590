"""Contents: the way to every sheet, the legend of colours, how to use the workbook."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlconv import __version__
from xlconv.errors import XlconvError
from xlconv.figures.layout import Part
from xlconv.figures.neighbours import Neighbour, link_to, link_words, made_by
from xlconv.figures.notes import note, paragraphs, put_lines
from xlconv.figures.paper import UPRIGHT_COLUMNS, arrange
from xlconv.grid.expr import lift
from xlconv.grid.marks import Frame
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet
from xlconv.text import first_sentence

SIGNED = ("right", "partly", "wrong")
"""The roles that have a sign before their numbers."""

LEGEND = (
    *(
        "stage",
        "input",
        "blank",
        *SIGNED,
        "computed",
        "kernel",
        "phase",
        "zero",
        "cropped",
        "stamp",
        "later",
        "current",
        "now",
    ),
    *("count", "uncovered", "live", "waiting", "alarm"),
    *("class_1", "class_2", "class_3", "missed"),
)
"""The roles that a legend can explain."""

ROW = 16
"""The height of a row, in points: a page shows all."""


def contents(
    sheet: Sheet,
    *,
    pages: list[tuple[str, str]],
    neighbours: Sequence[Neighbour] = (),
    about: list[str] | None = None,
    how: list[str] | None = None,
    legend: list[str] | None = None,
) -> None:
    """Links to all sheets with the first sentence of their ideas, the legend, and what to do.

    pages       (name, idea) of each sheet of the book, this one first
    neighbours  the lessons before and after this one
    about       paragraphs on what the lesson is
    how         lines on how to use it
    legend      the roles that it explains; what the other sheets show, if not given
    """
    shown = LEGEND if legend is None else legend
    if unknown := [role for role in shown if role not in LEGEND]:
        raise XlconvError(f'legend must name some of {", ".join(LEGEND)}, got "{unknown[0]}"')
    sheet.row_height = ROW
    arrange(
        sheet,
        paragraphs(sheet, about) if about else None,
        _links(sheet, pages[1:], neighbours),
        _legend(sheet, shown),
        _numbered(sheet, "how", how) if how else None,
        note(sheet, sheet.say("made_with", version=__version__)),
    )


def _links(sheet: Sheet, pages: Sequence[tuple[str, str]], neighbours: Sequence[Neighbour]) -> Part:
    """The sheets, numbered, each with a link to it and what its idea begins with; then lessons."""
    corner = sheet.corner()
    sheet.text(corner, sheet.say("sheets"), "heading")
    links = [name for name, _ in pages] + [link_words(sheet, one) for one in neighbours]
    column = max([5, *(sheet.behind(corner.shift(0, 1), words, "link") for words in links)])
    row = 1

    def told(words: str) -> None:
        nonlocal row
        row += put_lines(sheet, corner.shift(row, column), [words], column + 1)

    for n, (name, idea) in enumerate(pages, 1):
        sheet.text(corner.shift(row), f"{n}", "index")
        sheet.link(corner.shift(row, 1), name, name)
        told(first_sentence(idea))
    for neighbour in neighbours:
        link_to(sheet, corner.shift(row, 1), neighbour)
        told(made_by(sheet, neighbour))
    return Part(corner.anchor)


def _legend(sheet: Sheet, shown: Sequence[str]) -> Part:
    """What the looks mean, in two columns if they have room beside one another."""
    corner, half = sheet.corner(), -(-len(shown) // 2)
    sheet.text(corner, sheet.say("legend"), "heading")
    words = [sheet.say(f"legend_{role}") for role in shown]
    ends = [sheet.behind(corner.shift(0, 4), told, "text") for told in words]
    across = max([0, *ends[:half]]) + 1
    beside = across + max([0, *ends[half:]]) <= UPRIGHT_COLUMNS
    height = half if beside else max(1, len(shown))
    for n, (role, told) in enumerate(zip(shown, words, strict=True)):
        at = corner.shift(1 + n % height, n // height * across)
        _swatch(sheet, at, role)
        sheet.text(at.shift(0, 4), told, "text")
    return Part(corner.anchor)


def _numbered(sheet: Sheet, heading: str, lines: Sequence[str]) -> Part:
    """Lines with numbers under a heading."""
    corner = sheet.corner()
    sheet.text(corner, sheet.say(heading), "heading")
    put_lines(sheet, corner.shift(1), (f"{n}.  {line}" for n, line in enumerate(lines, 1)))
    return Part(corner.anchor)


def _swatch(sheet: Sheet, at: Spot, role: str) -> None:
    """Three cells that look as a role does; those of a heat map need values to show."""
    if role == "count":
        cells = sheet.memory(at, (1, 3))
        cells[0, 0] = lift(0)
        for n in (1, 2):
            cells[0, n] = cells[0, n - 1] + 1
        sheet.scale(cells)
    elif role in SIGNED:
        cells = sheet.memory(at, (1, 3))
        cells[...] = np.array([[12.0, 3.0, 0.0]])
    else:
        shown = ["1", "2", "3"] if role == "stage" else ["12", "3", "0"]
        cells = sheet.memory(at, (1, 3), dtype=object)
        cells[...] = np.array([shown], dtype=object)
    tinted = role in ("kernel", "phase")
    sheet.coat(cells, "kernel" if tinted else role, np.arange(3) if tinted else -1)
    sheet.frames.append(Frame(cells))
