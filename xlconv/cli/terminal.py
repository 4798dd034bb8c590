"""What a person or a script gets to see: data on stdout, messages and progress on stderr.

Every text goes out here, so here what a stranger wrote into a file or its name is made visible.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, NoReturn

import click

from xlconv.errors import TargetError
from xlconv.visible import visible

STARTED = time.monotonic()

SECOND = 1.0
"""How often the time of what has no rows is told."""

ERASED = "\x1b[K"
"""What terminals take for: empty the line from here."""

LONGEST = 2_000
"""Characters of a message: from a longer one the middle is left out."""


@contextmanager
def progress_bar(rows: int, doing: str = "writing") -> Iterator[Callable[[int], object] | None]:
    """What shows on a terminal how many rows are written, once the program runs for a second.

    Until the first of them is, it tells the time.
    """
    bars: list[Any] = []
    before = ExitStack()

    def progress(done: int) -> None:
        before.close()
        with suppress(OSError):  # where nobody looks on any more, the file is written all the same
            if not bars and time.monotonic() > STARTED + 1:
                bars.append(
                    click.progressbar(length=rows, label=f"xlconv: {doing}", file=sys.stderr)
                )
                bars[0].__enter__()
            for bar in bars:
                bar.update(done - bar.pos)

    try:
        before.enter_context(clock(doing))
        yield progress if sys.stderr is not None and sys.stderr.isatty() else None
    finally:
        before.close()
        for bar in bars:
            with suppress(OSError):
                bar.__exit__(None, None, None)


@contextmanager
def clock(doing: str) -> Iterator[None]:
    """What shows on a terminal how long something takes that has no rows to count."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from threading import Event, Thread

    ended, line = Event(), visible(f"xlconv: {doing}")

    def tell() -> None:
        seconds = 0
        with suppress(OSError):
            while not ended.wait(SECOND):
                seconds += 1
                click.echo(f"\r{line}, {seconds} s", nl=False, err=True)
            if seconds:
                click.echo(f"\r{ERASED}", nl=False, err=True)

    thread = Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def as_text(value: Any) -> str:
    """What a script reads, as JSON."""
    import json

    return json.dumps(value, indent=1)


def put(data: str | bytes) -> None:
    """Data to stdout, to its last byte; a text is made visible, bytes are as they are.

    Who closes a pipe before a text ends, as `head` does, has read enough: then the program ends
    without a word. Half a file is worth an error.
    """
    if sys.stdout is None:
        raise TargetError("cannot write to stdout: it is closed")
    try:
        left = memoryview(visible(data, "\n\t").encode() if isinstance(data, str) else data)
        while left:  # where Python is told not to buffer, a pipe may take a part
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        _give_up(sys.stdout)
        if isinstance(error, BrokenPipeError) and isinstance(data, str):
            sys.exit(TargetError.exit_code)
        raise TargetError(f"cannot write to stdout: {error.strerror}") from None


def say(message: str) -> None:
    """A message to stderr; where nobody can hear it, nothing else changes."""
    try:
        click.echo(_capped(visible(f"xlconv: {message}")), err=True)
    except OSError:
        _give_up(sys.stderr)


def put_traceback(error: BaseException) -> None:
    """Where an error comes from, to stderr: for who mends it."""
    from traceback import format_exception

    with suppress(OSError):
        click.echo(visible("".join(format_exception(error)), "\n").rstrip(), err=True)


def name_of(error: BaseException) -> str:
    """An error's class and what it says, if it does.

    >>> name_of(KeyError("k")), name_of(AssertionError())
    ("KeyError: 'k'", 'AssertionError')
    """
    from traceback import format_exception_only

    return one_line("".join(format_exception_only(error)))


def one_line(message: object) -> str:
    """A message without the line breaks that names and values may have."""
    return visible(" ".join(str(message).split()))


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong and end with an exit code."""
    say(f"error: {one_line(message)}")
    sys.exit(code)


def _capped(line: str) -> str:
    half = LONGEST // 2
    return line if len(line) <= LONGEST else f"{line[: half - 2]} ... {line[3 - half :]}"


def _give_up(stream: IO[str] | None) -> None:
    """Let a stream that takes nothing end nowhere: at exit Python would try it once more."""
    with suppress(OSError, ValueError, AttributeError):  # it may be closed, or be no file at all
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)
