"""Faults planted by chance in every room, each run against the tests that run its line. A program.

python -m tests.mutate --count 150 --seed 9 --jobs 2 > tests/mutations.md

The same seed plants the same faults in the same code. Works in copies of the tree. Prints a table:
where each fault is, and which test saw it first, or that it lived: all tests that run its line
passed, or so many of them as take no more than the seconds, and why that is right where one knows.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue

from .faults import ROOT, Fault, chosen
from .lived import LIVED
from .reached import Reached, learn

LEFT = (".git", ".venv*", "node_modules", "output", "dist", "build", "__pycache__", ".*_cache")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
FIRST = 60
"""How many tests a fault meets first: most are seen by one of the cheapest."""
START = 60
"""Seconds in which pytest has surely started, on a loaded machine, too."""
MEMORY = 12 << 30
"""Bytes that a fault may take."""


def seen(tree: Path, tests: Sequence[str], seconds: float) -> str:
    """The first test that fails in a tree, "time" when they take too long, or "" if none does."""
    listed = tree / ".tests"
    listed.write_text("\n".join(tests), "utf-8")
    with subprocess.Popen(
        [*PYTEST, f"@{listed}"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "time"
    if process.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (.+)$", out, re.MULTILINE)
    if not found:
        return f"exit {process.returncode}"
    names = [test for test in tests if found[1].startswith(test)]
    return max(names, key=len, default=found[1].partition(" - ")[0])


def outcome(tree: Path, fault: Fault, tests: Sequence[str], seconds: float) -> str:
    """Which of the tests sees a fault; "" if none does."""
    path = tree / fault.module
    right = path.read_bytes()
    path.write_bytes(fault.planted(right))
    try:
        by = seen(tree, tests, seconds)
    finally:
        path.write_bytes(right)
    if by and seen(tree, [by] if "/" in by else tests, seconds):
        return f"**unknown**: {by} without the fault, too"
    return by


def batches(tests: list[str], took: Mapping[str, float], seconds: float) -> Iterator[list[str]]:
    """The first tests, then the others, as far as all together take no more than the seconds.

    >>> [*batches(["a", "b"], {"a": 1, "b": 9}, 5)]
    [['a']]
    """
    sums = accumulate(took[test] for test in tests)
    within = [test for test, total in zip(tests, sums, strict=True) if total <= seconds]
    yield from filter(None, (within[:FIRST], within[FIRST:]))


def tried(tree: Path, fault: Fault, reached: Reached, seconds: float) -> str:
    """What the table says of a fault: which test saw it, or how many did not."""
    tests = reached.tests(fault.module, fault.lines)
    passed = 0
    for batch in batches(tests, reached.seconds, seconds):
        took = sum(reached.seconds[test] for test in batch)
        if by := outcome(tree, fault, batch, START + 2 * took):
            return by.removeprefix("tests/")
        passed += len(batch)
    of = f" ({passed} of {len(tests)} tests)" if passed < len(tests) else ""
    why = reason(tree, fault)
    return f"**lived**{of}{why and ': '}{why}"


def reason(tree: Path, fault: Fault) -> str:
    """Why no test sees a fault; "" where nobody knows."""
    return LIVED.get((fault.module, fault.told((tree / fault.module).read_bytes())), "")


def row(fault: Fault, by: str = "") -> str:
    """A fault's row of the table, or how it begins."""
    was, new = (f"`{' '.join(text.split())[:60]}`" for text in (fault.was, fault.new))
    cells = (f"{fault.module}:{fault.line}", was, new, *filter(None, [by]))
    return "".join(f"| {cell.replace('|', chr(92) + '|')} " for cell in cells) + "|"


def told_before(table: Sequence[str], fault: Fault, why: str) -> str:
    """The row of a fault that was seen, or that lived and it is known why; "" of any other."""
    line = next((line for line in table if line.startswith(row(fault))), "")
    if "| **" not in line:
        return line
    told = re.match(r".*\| \*\*lived\*\*(?: \(\d+ of \d+ tests\))?", line)
    return f"{told[0]}: {why} |" if told and why else ""


def run(told: argparse.Namespace) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before = told.after.read_text("utf-8").splitlines() if told.after else []
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(told.jobs) as pool:
        learned = told.learned or Path(temporary, "learned")
        if not learned.exists():
            learn(learned, workers=told.jobs)
        reached = Reached.read(learned)
        trees: SimpleQueue[Path] = SimpleQueue()
        for n in range(told.jobs):
            tree = Path(temporary, str(n))
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT))
            trees.put(tree)

        def one(fault: Fault) -> str:
            if line := told_before(before, fault, reason(ROOT, fault)):
                return line
            tree = trees.get()
            try:
                return row(fault, tried(tree, fault, reached, told.seconds))
            finally:
                trees.put(tree)

        faults = chosen(told.count, told.seed, told.of)
        report(told, len(reached.seconds), pool.map(one, faults))


def report(told: argparse.Namespace, tests: int, rows: Iterator[str]) -> None:
    print(f"# {told.count} faults planted with seed {told.seed}\n")
    if told.of != [""]:
        print(f"In {', '.join(told.of)} alone.\n")
    print(
        "`make mutants` writes this page. Where a fault lived, each test that runs its line passed,"
    )
    print(f"of {tests:,}, or so many of them, the cheapest, as take {told.seconds:g} s.\n")
    print("| where | was | planted | seen by |\n|---|---|---|---|")
    seen = lived = unknown = 0
    for line in rows:
        print(line, flush=True)
        lived += "| **lived" in line
        unknown += "| **unknown" in line
        seen += "| **" not in line
    print(f"\n{seen} seen, {lived} lived, {unknown} unknown.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--of", nargs="+", default=[""], help="how the paths of modules begin")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300, help="for the tests of one fault")
    parser.add_argument("--learned", type=Path, help="which tests run which line; made if missing")
    parser.add_argument(
        "--after",
        type=Path,
        help="a table: what lived there without a reason is tried again",
    )
    run(parser.parse_args())
