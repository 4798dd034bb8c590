"""The program `xlconv`, also as `python -m xlconv`: signals and streams before anything else.

Most of a short run goes by with imports; so a signal is awaited before the first of them.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end the program with 128 and their number, as a shell says it: 130, 143, 129.

Windows has no SIGHUP.
"""

ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""How many threads NumPy starts when it is imported: no product here is worth a second one."""

FEW_COLLECTIONS = 200_000
"""New objects before Python looks for some that are left over: so short a run leaves few."""

_received: list[int] = []


def main() -> NoReturn:
    """Run the command line."""
    _hold_standard_streams()
    gc.set_threshold(FEW_COLLECTIONS)
    os.environ.setdefault(ONE_THREAD, "1")
    if not sys.warnoptions:  # they are for who mends the program: python -W default -m xlconv
        warnings.simplefilter("ignore")
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    usual = (signal.SIG_DFL, signal.default_int_handler)
    awaited = [number for number in numbers if signal.getsignal(number) in usual]  # not nohup's
    for number in awaited:
        signal.signal(number, _end)
    try:
        from xlconv.cli.commands import main as run

        run()
    finally:
        for number in awaited:  # all is done: the exit code is what came of it
            signal.signal(number, signal.SIG_IGN)


def _end(number: int, _: FrameType | None) -> None:
    """End in good order, so that what is half-written goes; at once if that does not help."""
    _received.append(number)
    if len(_received) == 1:
        raise SystemExit(128 + number)
    if len(_received) > 2:  # the second one is often the same one: `timeout` sends it twice
        os._exit(128 + number)


def _hold_standard_streams() -> None:
    """Open nothing in place of a stream that is closed: the next file would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free


if __name__ == "__main__":
    sys.exit(main())
