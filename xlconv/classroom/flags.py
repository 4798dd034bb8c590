"""What a person should look at in a return; it changes no mark, and accuses nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from xlconv.checking.cells import Cell
from xlconv.checking.typed import as_text
from xlconv.classroom.formulas import TEXTS
from xlconv.classroom.marks import Flag, Graded, Mark, Note
from xlconv.classroom.naming import Who
from xlconv.classroom.placed import Placed
from xlconv.classroom.roster import Student
from xlconv.classroom.task import Given, Task
from xlconv.grid.places import Place, a1
from xlconv.grid.values import number_text
from xlconv.text import counted

NAMED = 4
"""Cells that are named; more are counted."""

TWICE, ANOTHERS_FILE = "one code twice", "another's file"

COPIED = 8
"""Cells, and two of three where two students' answers differ, that are not alike by chance."""

ANOTHERS = Note("fits_another")
"""What is said of a cell that holds what belongs into another student's."""


def which(task: Task, found: Sequence[Placed]) -> tuple[Placed, list[Flag]]:
    """Which of a sheet and its copies is graded: the first with most answers."""
    if not found:
        return Placed("", {}), [Flag("sheet gone", task.name)]
    answers = [placed.answers(task) for placed in found]
    best = max(range(len(found)), key=lambda n: len(answers[n]))
    title, flags = found[best].title, list[Flag]()
    others = [
        p.title for p, own in zip(found, answers, strict=True) if own and own != answers[best]
    ]
    if others:
        words = f"{task.name}: {title} was graded, and {', '.join(others)} has other answers"
        flags.append(Flag("sheet copied", words))
    elif title != task.name:
        flags.append(Flag("sheet renamed", f"{task.name} is now {title}"))
    return found[best], flags


def sheet_flags(
    task: Task, given: Given, placed: Placed, dates: AbstractSet[str]
) -> Iterator[Flag]:
    """What is to be seen on one sheet.

    dates  the styles of the file that show a number as a date
    """
    cells, name = placed.cells, task.name
    if moved := ", ".join(placed.moves.told()):
        yield Flag("moved", f"{name}: {moved}")
    changed = [at for at, number in task.put(given).items() if not _holds(cells.get(at), number)]
    if changed:
        yield Flag("givens changed", f"{name}: {_listed(changed)}")
    typed = [at for at, cell in task.ours.items() if cell.formula and _is_value(cells.get(at))]
    if typed:
        yield Flag("formulas typed over", f"{name}: {_listed(typed)}")
    answers = {at: cells[at] for at in task.exercise.places if at in cells}
    words = [at for at, cell in answers.items() if as_text(cell.value, "") and not cell.formula]
    if words:
        yield Flag("texts for numbers", f"{name}: {_told(words, answers)}")
    days = [at for at, cell in answers.items() if cell.style in dates and not cell.formula]
    if days:
        yield Flag("dates for numbers", f"{name}: {_told(days, answers)}")
    linked = [at for at, c in cells.items() if c.formula and "[" in TEXTS.sub("", c.formula[:8192])]
    if linked:
        yield Flag("another workbook", f"{name}: {_listed(linked)}")


def _holds(cell: Cell | None, number: object) -> bool:
    """Whether a cell has a number in it; one that is empty has 0."""
    if cell is None:
        return number == 0
    return cell.formula is None and cell.value == number


def _is_value(cell: Cell | None) -> bool:
    return cell is not None and cell.formula is None and isinstance(cell.value, float)


def _listed(places: Iterable[Place]) -> str:
    named = [a1(at) for at in sorted(places)]
    more = len(named) - NAMED
    return ", ".join(named[:NAMED]) + f" and {counted(more, 'other')}" * (more > 0)


def _told(places: list[Place], cells: Mapping[Place, Cell]) -> str:
    first = min(places)
    value = cells[first].value
    shown = number_text(value) if isinstance(value, float) else f'"{value}"'
    return f"{_listed(places)}; the first holds {shown:.40}"


def whose_flags(
    who: Who, student: Student, names: Mapping[str, str], codes: AbstractSet[str]
) -> Iterator[Flag]:
    """Whether the platform says that another student handed it in.

    names  of all students, by their ids
    codes  that the file carries, all of them known
    """
    if len(codes) > 1:
        yield Flag(ANOTHERS_FILE, f"it carries {len(codes)} codes: {', '.join(sorted(codes))}")
    others = [
        other
        for other, name in names.items()
        if (who.id and who.id == other) or (who.name and letters(who.name) == letters(name))
    ]
    if others and student.id not in others:
        yield Flag(ANOTHERS_FILE, f"it came from {others[0]}, and its code is {student.id}'s")


def letters(name: str) -> str:
    """The letters of a name in one order, however it is written.

    >>> letters("Ruiz, Ana María") == letters("ruizanamaria")
    True
    """
    plain = normalize("NFKD", name).casefold()
    return "".join(sorted(filter(str.isalnum, plain)))


def among_all(
    results: list[Graded], truths: Mapping[str, NDArray[np.float64]], sheets: AbstractSet[str]
) -> list[Graded]:
    """The results with what is seen when all are side by side.

    truths  what belongs into each student's blanks on some sheets, by the ids
    sheets  their names
    """
    seen: dict[str, list[str]] = {}
    for result in results:
        if result.student is not None:
            seen.setdefault(result.student.id, []).append(result.file)
    return [_with_others(result, truths, sheets, seen) for result in results]


def _with_others(
    result: Graded,
    truths: Mapping[str, NDArray[np.float64]],
    sheets: AbstractSet[str],
    seen: Mapping[str, list[str]],
) -> Graded:
    if result.student is None:
        return result
    flags = list(result.flags)
    files = seen[result.student.id]
    if len(files) > 1:
        others = ", ".join(name for name in files if name != result.file) or result.file
        flags.append(Flag(TWICE, f"{others} carries it, too"))
    marks = result.marks
    other = _other(result, truths, sheets)
    if other:
        student, hits = other
        words = f"{counted(len(hits), 'answer')} fit the numbers of {student}, and not the own"
        flags.append(Flag("another's answers", words))
        marks = tuple(replace(m, note=m.note or ANOTHERS) if m in hits else m for m in marks)
    return replace(result, marks=marks, flags=tuple(flags))


def _other(
    result: Graded, truths: Mapping[str, NDArray[np.float64]], sheets: AbstractSet[str]
) -> tuple[str, list[Mark]] | None:
    """Another student whose numbers the answers fit, and the cells that do."""
    marks = [mark for mark in result.marks if mark.sheet in sheets]
    want = np.array([mark.want for mark in marks])
    got = np.array([m.got if isinstance(m.got, float) else np.nan for m in marks])
    if result.student is None or np.isfinite(got).sum() < COPIED or (got == want).mean() > 0.5:
        return None
    ids = [student for student in truths if student != result.student.id]
    table = np.array([truths[student] for student in ids]).reshape(len(ids), len(marks))
    differs = table != want
    hits = (table == got) & differs
    enough = (hits.sum(1) >= COPIED) & (3 * hits.sum(1) >= 2 * differs.sum(1))
    if not enough.any():
        return None
    best = int(np.where(enough, hits.sum(1), -1).argmax())
    return ids[best], [mark for mark, hit in zip(marks, hits[best], strict=True) if hit]
