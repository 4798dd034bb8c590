"""A function run in a process of its own, to know how much memory it alone takes."""

from __future__ import annotations

import multiprocessing
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def alone(function: Callable[..., object], *args: object) -> int:
    """The bytes that a function takes at most; what it raises is raised here.

    A process's own peak counts: the one that `getrusage` tells is its parent's too where that had
    more when it was started. Only Linux tells it: 0 elsewhere.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_peak, function, *args).result()


def _peak(function: Callable[..., object], *args: object) -> int:
    function(*args)
    if sys.platform != "linux":
        return 0
    told = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert told
    return int(told[1]) * 1024
