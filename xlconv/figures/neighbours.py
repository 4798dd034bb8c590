"""The lessons before and after one, as links to their workbooks."""

from __future__ import annotations

from xlconv.frozen import frozen
from xlconv.grid.places import Place, Spot
from xlconv.grid.sheet import Sheet


@frozen
class Neighbour:
    """The lesson before or after another one.

    way      which of them it is: the word "previous" or "next"
    name     what it is called
    file     its workbook, in the folder of the other one's
    command  what makes that
    """

    way: str
    name: str
    file: str
    command: str


def made_by(sheet: Sheet, neighbour: Neighbour) -> str:
    """What a link to another lesson opens, and what makes that where it is not there."""
    return sheet.say(f"lesson_{neighbour.way}", command=neighbour.command)


def link_words(sheet: Sheet, neighbour: Neighbour) -> str:
    """What a link to another lesson says."""
    return sheet.say(neighbour.way, name=neighbour.name)


def link_to(sheet: Sheet, at: Place | Spot, neighbour: Neighbour) -> int:
    """A link to another lesson's workbook; the first column behind it."""
    shown = link_words(sheet, neighbour)
    sheet.link(at, shown, neighbour.file, made_by(sheet, neighbour))
    return sheet.behind(at, shown, "link")
