"""IronCalc, asked in a process of its own: a workbook at which it fails or never ends harms nobody.

It is never shown the file. It is told the cells that `check` reads, on sheets called S1, S2 and so
on: so both see the same workbook, whoever wrote it and whatever else stands in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from math import isfinite, prod
from pathlib import Path
from threading import Timer
from typing import IO

from xlconv.checking.trusted import trusted
from xlconv.checking.workbook import Value, Workbook
from xlconv.errors import UnreadableError, XlconvError
from xlconv.grid.limits import TEXT_LENGTH
from xlconv.grid.places import Place, a1, area_of, quoted

WORKER = Path(__file__).with_name("worker.py")

SECONDS, MEMORY, MEMORY_PER_BYTE = 300, 1 << 30, 40
"""What the process may take; a large file needs more memory."""

LOOKS, LOOKS_PER_BYTE = 32_000_000, 1
"""How many cells a file's formulas may look at in all, each of which takes 0.1 µs."""


def recalculated(book: Workbook) -> dict[str, dict[Place, Value]]:
    """The value of each cell of a workbook as IronCalc computes it, by sheet and place.

    A cell keeps its value if its formula is none that an engine is trusted with.

    Raises XlconvError without IronCalc, UnreadableError where it fails on the workbook.
    """
    if not is_there():
        raise XlconvError(
            "engine needs IronCalc: pip install xlconv-workbooks[engine]", parameter="engine"
        )
    process = started(WORKER)
    late = Timer(SECONDS, process.kill)
    late.start()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):  # what it says, or does not say, tells why
            process.stdin.writelines(_told(book, trusted_folders()))
            process.stdin.flush()
        values = _heard(process.stdout, list(book.sheets))
        in_time = late.is_alive()
    finally:
        late.cancel()
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
    if values is None:
        reason = "cannot compute" if in_time else f"takes more than {SECONDS} s for"
        raise UnreadableError(f"IronCalc {reason} {book.package.name}: check it without --engine")
    return values


def is_there() -> bool:
    """Whether IronCalc is installed."""
    return PathFinder.find_spec("ironcalc", trusted_folders()) is not None


def started(worker: Path) -> subprocess.Popen[bytes]:
    """A program in a process of its own, with pipes to it."""
    # -I: neither the folder that it starts in nor PYTHON* adds a place to import from
    return subprocess.Popen(
        [sys.executable, "-I", str(worker)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=sys.prefix,
    )


def trusted_folders() -> list[str]:
    """Where modules may come from: not the folder that one happens to be in."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it is gone, and nothing is in it
        return [folder for folder in sys.path if Path(folder).is_absolute()]
    return [folder for folder in sys.path if folder and Path(folder).resolve() != here]


def _told(book: Workbook, folders: list[str]) -> Iterator[bytes]:
    """What the worker hears, a line a piece."""
    size = book.package.size
    yield told_line([folders, MEMORY + MEMORY_PER_BYTE * size, SECONDS, TEXT_LENGTH])
    called = {name: f"S{n}" for n, name in enumerate(book.sheets, 1)}
    yield told_line([*called.values()])
    areas = {name: area_of(reference) for name, reference in book.names.items()}
    known = {name: place for name, place in areas.items() if place and place[0] in called}
    yield told_line(
        [
            (name, f"{called[sheet]}!{a1(first, True)}:{a1(last, True)}")
            for name, (sheet, first, last) in known.items()
        ]
    )
    left = LOOKS + LOOKS_PER_BYTE * size
    sizes = {
        name: prod(abs(end - begin) + 1 for begin, end in zip(first, last, strict=True))
        for name, (_, first, last) in known.items()
    }
    titles = {name.upper(): title for name, title in called.items()}
    for number, name in enumerate(book.sheets):
        for (row, column), cell in book.cells(name):
            given = None if cell.formula is None else trusted(cell.formula, titles, sizes)
            if given is not None:
                left -= given[1]
                yield told_line([number, row + 1, column + 1, f"={given[0]}", True])
            elif cell.value is not None:
                yield told_line([number, row + 1, column + 1, cell.value, False])
            if left < 0:
                raise UnreadableError(
                    f"{book.package.name} has formulas that look at too many cells for IronCalc,"
                    f" up to {quoted(name)}!{a1((row, column))}: check it without --engine"
                )
    yield b"\n"


def told_line(message: object) -> bytes:
    """A message to such a process."""
    return json.dumps(message).encode() + b"\n"


def _heard(lines: IO[bytes], names: list[str]) -> dict[str, dict[Place, Value]] | None:
    """What the worker says; None if it ended before it had said everything."""
    values: dict[str, dict[Place, Value]] = {name: {} for name in names}
    for line in lines:
        if line == b"\n":
            return values
        try:
            sheet, row, column, value = json.loads(line)
        except ValueError:  # it ended in the middle of a line
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number:
            value = float(value) if isfinite(value) else str(value)
        values[names[sheet]][row - 1, column - 1] = value
    return None
