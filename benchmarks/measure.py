"""Whole processes, measured in turn, and what is said of them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

Command = Sequence[str | Path]

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


@dataclass
class Runs:
    """The runs of one command: wall and CPU seconds of each, and the most memory of any, in MB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0

    def run(self, command: Command) -> None:
        """Run the command once more; if it fails, so does this."""
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall.append(time.perf_counter() - start)
        self.cpu.append(used.ru_utime + used.ru_stime)
        self.peak = max(self.peak, used.ru_maxrss / 1024)
        if process.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said.decode()}")


def in_turn(times: int, *commands: Command) -> list[Runs]:
    """Run the commands A B A B, so that a noisy machine is as noisy for each of them."""
    found = [Runs() for _ in commands]
    for _ in range(times):
        for runs, command in zip(found, commands, strict=True):
            runs.run(command)
    return found


def ratio(a: Sequence[float], b: Sequence[float]) -> str:
    """The ratios of a to b, pair by pair: their median, and from the least to the greatest.

    >>> ratio([1, 2, 3], [2, 2, 2])
    '1.00 (0.50 to 1.50)'
    """
    pairs = [x / y for x, y in zip(a, b, strict=True)]
    return f"{median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"


def seconds(values: Sequence[float]) -> str:
    """The median, and from the least to the greatest."""
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f}"
