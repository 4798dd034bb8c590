"""Whole processes, measured in turn, and what is said of them."""

from __future__ import annotations

import os
import subprocess
import time
import timeit
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

Command = Sequence[str | Path]

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
ENVIRONMENT["OPENBLAS_NUM_THREADS"] = "1"  # as xlconv has it, so for all that import NumPy

HEADS = ["runs", "load", "wall s", "CPU s", "peak"]
"""What `Runs.told` says."""


@dataclass
class Runs:
    """The runs of one command: wall and CPU seconds of each, the most memory of any, in MB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0
    load: list[float] = field(default_factory=list)
    """How busy the machine was before each."""

    def run(self, command: Command, code: int = 0) -> None:
        """Run the command once more; if it does not end with this code, this fails."""
        self.load.append(os.getloadavg()[0])
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
        if process.returncode != code:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said.decode()}")

    def beyond(self, other: Runs) -> Runs:
        """The same runs, less what the quickest of others takes."""
        wall = [one - min(other.wall) for one in self.wall]
        cpu = [one - min(other.cpu) for one in self.cpu]
        return Runs(wall, cpu, self.peak, self.load)

    def told(self) -> list[object]:
        if not self.wall:
            return ["", "", "", "", ""]
        load = f"{min(self.load):.1f} to {max(self.load):.1f}"
        return [len(self.wall), load, seconds(self.wall), seconds(self.cpu), f"{self.peak:.0f}"]


def in_turn(times: int, *commands: Command) -> list[Runs]:
    """Run the commands A B A B, so that a noisy machine is as noisy for each of them."""
    found = [Runs() for _ in commands]
    for _ in range(times):
        for runs, command in zip(found, commands, strict=True):
            runs.run(command)
    return found


def one_core(command: Command) -> Command:
    """The command with a single core to itself, or to share with whatever else runs there."""
    return ["taskset", "-c", "0", *command]


def loop() -> float:
    """Seconds that this machine takes for a fixed loop, the quickest of five."""
    return min(timeit.repeat("for _ in range(10_000_000): pass", number=1, repeat=5))


def ratio(a: Sequence[float], b: Sequence[float]) -> str:
    """The ratios of a to b, pair by pair: their median, and from the least to the greatest.

    >>> ratio([1, 2, 3], [2, 2, 2])
    '1.00 (0.50 to 1.50)'
    """
    return seconds([x / y for x, y in zip(a, b, strict=True)])


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


HELD: list[tuple[str, str, bool]] = []
"""What must hold, what was measured, and whether it holds."""


def hold(what: str, measured: str, holds: bool) -> None:
    HELD.append((what, measured, holds))


def hold_ratio(what: str, ours: Runs, theirs: Runs, most: float, kinds: str = "wall cpu") -> None:
    """Our time is so much of theirs at most, by the median of the pairs."""
    for kind in kinds.split():
        a, b = getattr(ours, kind), getattr(theirs, kind)
        part = median(x / y for x, y in zip(a, b, strict=True))
        hold(f"{what}, {kind}: at most {most}", ratio(a, b), part <= most)
