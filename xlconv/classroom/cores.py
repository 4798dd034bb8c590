"""Work on many things of a class, by both cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

EASY = 8
"""Things that one process does while another one would start."""

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def spread(
    work: Callable[[Thing], Made],
    things: Sequence[Thing],
    processes: int | None = None,
    begin: Callable[[], None] | None = None,
) -> Iterator[Made]:
    """What is made of each thing, in their order; nothing goes on where that ends early.

    begin  what each process does first
    """
    count = min(processes or os.cpu_count() or 1, len(things) // EASY)
    if count < 2:
        if begin:
            begin()
        yield from map(work, things)
        return
    with ProcessPoolExecutor(count, initializer=begin) as pool:
        try:
            yield from pool.map(work, things, chunksize=max(1, min(32, len(things) // count // 4)))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
