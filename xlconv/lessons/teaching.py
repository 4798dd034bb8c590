"""What a lecturer wants to know of a lesson, as a lesson file tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.lessons.schema import Table

MOST_MINUTES = 600
"""Those that one part of a lesson may take."""

PART_KEYS = {"minutes": int, "happens": str, "ask": str, "answer": str}
WRONG_KEYS = {"belief": str, "answer": str}
NOTES_KEYS: dict[str, Any] = {"about": str, "more": str, "wrong": list[dict[str, Any]]}


@frozen
class Part:
    """What is done with a sheet, in how many minutes.

    answer  to what is asked, where the sheet does not tell it
    """

    minutes: int
    happens: str
    ask: str
    answer: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise XlconvError(f"minutes must be from 1 to {MOST_MINUTES}, got {self.minutes}")


@frozen
class Wrong:
    """What students believe, or do, and what is said to it."""

    belief: str
    answer: str


@frozen
class Notes:
    """What is said of the whole lesson.

    about  what it is for, and for whom
    more   what is said of other sheets, and of lessons that go on from it
    """

    about: str
    more: str = ""
    wrong: tuple[Wrong, ...] = ()


def parts_from(table: Table, values: Mapping[str, Any]) -> tuple[Part, ...]:
    """How a sheet is taught, by its table in a lesson file.

    Raises XlconvError naming the table.
    """
    parts = []
    for number, told in enumerate(values.get("notes", ()), 1):
        part = table.part(f"{table.name}, notes {number}")
        part.check(told, PART_KEYS, needed=("minutes", "happens", "ask"))
        try:
            parts.append(Part(**told))
        except XlconvError as error:
            raise part.wrong(str(error)) from None
    return tuple(parts)


def notes_from(top: Table, values: Mapping[str, Any]) -> Notes | None:
    """What a lesson file says of the whole lesson, if it does.

    Raises XlconvError naming the table.
    """
    if "notes" not in values:
        return None
    told, table = values["notes"], top.part("notes")
    table.check(told, NOTES_KEYS, needed=("about",))
    wrong = told.get("wrong", [])
    for number, one in enumerate(wrong, 1):
        top.part(f"notes, wrong {number}").check(one, WRONG_KEYS, needed=WRONG_KEYS)
    return Notes(told["about"], told.get("more", ""), tuple(Wrong(**one) for one in wrong))
