"""What a person or a script gets to see: data on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

import click

from xlconv.errors import TargetError

STARTED = time.monotonic()


@contextmanager
def progress_bar(rows: int) -> Iterator[Callable[[int], object] | None]:
    """What shows on a terminal how many rows are written, once the program runs for a second."""
    with ExitStack() as later:
        bars: list[Any] = []

        def progress(done: int) -> None:
            if not bars and time.monotonic() > STARTED + 1:
                bar = click.progressbar(length=rows, label="xlconv: writing", file=sys.stderr)
                bars.append(later.enter_context(bar))
            for bar in bars:
                bar.update(done - bar.pos)

        yield progress if sys.stderr is not None and sys.stderr.isatty() else None


def as_text(told: Any) -> str:
    """What a script reads, as JSON."""
    return json.dumps(told, indent=1)


def put(data: str | bytes) -> None:
    """Data to stdout, to its last byte."""
    if sys.stdout is None:
        raise TargetError("cannot write to stdout: it is closed")
    try:
        left = memoryview(data.encode() if isinstance(data, str) else data)
        while left:  # where Python is told not to buffer, a pipe may take a part
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        raise TargetError(f"cannot write to stdout: {error.strerror}") from None


def say(message: str) -> None:
    """A message to stderr."""
    click.echo(f"xlconv: {message}", err=True)


def one_line(message: object) -> str:
    """A message without the line breaks that names and values may have."""
    return " ".join(str(message).split())


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong and end with an exit code."""
    say(f"error: {one_line(message)}")
    sys.exit(code)
