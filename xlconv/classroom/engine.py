"""IronCalc, asked in a process of its own that is begun anew where a return makes it fail.

It never sees a student's file: it is told our own cells, and those of the student's that may be
tried.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from math import inf
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import IO, Any

import numpy as np

from xlconv.checking.engine import is_there, started, told_line, trusted_folders
from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.places import Place

WORKER = Path(__file__).with_name("worker.py")

SECONDS, MEMORY = 5, 512 << 20
"""What computing one return may take."""

Content = float | str | bool | list[str]
"""What is put into a cell; a formula, with its `=`, in a list."""

Cells = Mapping[Place, Content]


class FailedError(Exception):
    """IronCalc failed at a return, or took too long."""


@frozen
class Base:
    """A sheet before a student has written on it.

    sheet  its name
    names  names and what they lead to
    again  whether it is asked for again
    """

    sheet: str
    cells: Cells
    names: Sequence[tuple[str, str]] = ()
    again: bool = True

    @cached_property
    def key(self) -> str:
        """What it is called among others: what it holds."""
        return sha256(repr((self.sheet, self.cells, self.names)).encode()).hexdigest()


class Watch:
    """What ends a process that sleeps, or knows no limits: one thread, each time put off."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.until, self.ended = process, inf, Event()

    def put_off(self, seconds: float) -> None:
        """Let the process run for so long from now on."""
        begun, self.until = self.until < inf, monotonic() + seconds
        if not begun:
            Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while (left := self.until - monotonic()) > 0:
            if self.ended.wait(left):
                return
        self.process.kill()


class Engine:
    """The process, and what it has been told already.

    seconds  that it may compute for one return
    """

    def __init__(self, seconds: int = SECONDS) -> None:
        self.seconds = seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.watch: Watch | None = None
        self.kept = set[str]()

    def begin(self, base: Base) -> None:
        """Begin anew, from the cells of a sheet.

        Raises FailedError.
        """
        self._watch()
        if not base.again or base.key not in self.kept:
            self._ask([self.seconds, None, base.sheet, [*base.names]])
            self._ask([listed(base.cells), []])
        if not base.again:
            return
        if base.key not in self.kept:
            self._ask(["keep", base.key])
            self.kept.add(base.key)
        self._ask([self.seconds, base.key, base.sheet, []])

    def put(self, cells: Cells, asked: Iterable[Place]) -> list[Any]:
        """Write cells, compute, and tell what stands at these places then.

        Raises FailedError.
        """
        return self._ask([listed(cells), [*asked]])

    def close(self) -> None:
        """End the process, which may be begun again."""
        process, self.process = self.process, None
        self.kept.clear()
        if self.watch is not None:
            self.watch.ended.set()
        if process is None:
            return
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            assert end is not None
            try:
                end.close()
            except BrokenPipeError:
                continue

    def _watch(self) -> None:
        """See that the process ends where it sleeps, or knows no limits."""
        if self.process is not None and self.process.poll() is not None:
            self.close()
        if self.process is None:
            self.process = begun()
            self.watch = Watch(self.process)
        assert self.watch is not None
        self.watch.put_off(2 * self.seconds + 10)

    def __del__(self) -> None:
        self.close()

    def _ask(self, message: Sequence[Any]) -> list[Any]:
        process = self.process
        if process is None:
            raise FailedError
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            say(process.stdin, message)
            answer: list[Any] = json.loads(process.stdout.readline())
        except (BrokenPipeError, ValueError):  # it ended, perhaps in the middle of a line
            self.close()
            raise FailedError from None
        return answer


def begun() -> subprocess.Popen[bytes]:
    """The process, told where IronCalc is.

    Raises XlconvError without IronCalc.
    """
    if not is_there():
        raise XlconvError(
            "formulas are graded by IronCalc: pip install xlconv-workbooks[engine]",
            parameter="engine",
        )
    process = started(WORKER)
    assert process.stdin is not None
    say(process.stdin, [trusted_folders(), MEMORY])
    return process


def say(stdin: IO[bytes], message: Sequence[Any]) -> None:
    """One line to the process."""
    stdin.write(told_line(message))
    stdin.flush()


def listed(cells: Cells) -> list[tuple[int, int, Content]]:
    """Cells as the process reads them."""
    return [(row, column, plain(content)) for (row, column), content in cells.items()]


def plain(content: Content) -> Content:
    """A number of NumPy's as Python's own."""
    return content.item() if isinstance(content, np.generic) else content


def number(value: object) -> float:
    """A value of IronCalc's as a number; NaN for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return np.nan
    return float(value)
