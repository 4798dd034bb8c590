"""Which tests run which line, and how long each takes: learned once, for the faults.

python -m tests.reached FOLDER [TESTS ...]

learns into the folder, beside what is known there; of some tests, or of all.

What runs in another process is not traced: `ELSEWHERE` names the tests that start one.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from coverage import CoverageData

ROOT = Path(__file__).parent.parent
ELSEWHERE = {
    "xlconv/__main__": ["signals", "terminal"],
    "xlconv/checking/": ["budgets", "engine", "hostile", "hostile_recipes"],
    "xlconv/cli/": ["cli"],
}
"""The tests that start the program, or its worker, for the sake of some modules."""
OF_THE_CODE = ("tests/test_house.py",)
"""The tests that read the code and do not run it: first where it is run by the import alone."""


@dataclass
class Heard:
    """What pytest tells of each test: a plugin."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if not report.passed:
            self.failed.add(report.nodeid)


def learn(folder: Path, tests: Sequence[str] = (), workers: int = 2) -> None:
    """Run the suite, or some of its tests, and write down the lines and seconds of each."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["COVERAGE_FILE"] = str(folder / "lines")
    tracing = ["--cov=xlconv", "--cov-context=test", "--cov-report=", "--cov-append"]
    heard = Heard()
    with redirect_stdout(sys.stderr):
        pytest.main(["-q", "-p", "no:cacheprovider", "-n", str(workers), *tracing, *tests], [heard])
    path = folder / "seconds.json"
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept = {test: took for test, took in before.items() if not test.startswith(tuple(tests))}
    passed = {test: heard.seconds[test] for test in heard.seconds.keys() - heard.failed}
    path.write_text(json.dumps(kept | passed, indent=0), "utf-8")


def naming(module: str) -> re.Pattern[str]:
    """How a module is imported, or its file is named.

    >>> bool(naming("xlconv/xlsx/rows.py").search("from xlconv.xlsx import parts, rows"))
    True
    """
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parent, _, stem = name.rpartition(".")
    return re.compile(
        rf"from {re.escape(name)} import|from {re.escape(parent)} import .*\b{stem}\b|\b{stem}\.py"
    )


@cache
def texts(pattern: str) -> dict[str, str]:
    """The source files of a pattern, by their paths."""
    paths = sorted(ROOT.glob(pattern))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


@cache
def told_by(module: str, pattern: str) -> frozenset[str]:
    """The source files of a pattern that name a module."""
    name = naming(module)
    return frozenset(path for path, text in texts(pattern).items() if name.search(text))


@dataclass(frozen=True)
class Reached:
    """What was learned: the seconds of each test that passed, and the lines that it ran."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, set[str]]]

    @classmethod
    def read(cls, folder: Path) -> Reached:
        seconds = json.loads((folder / "seconds.json").read_text("utf-8"))
        data = CoverageData(str(folder / "lines"))
        data.read()
        lines = {}
        for path in data.measured_files():
            contexts = data.contexts_by_lineno(path)
            lines[Path(path).relative_to(ROOT).as_posix()] = {
                line: {sys.intern(test.rpartition("|")[0]) for test in tests} & seconds.keys()
                for line, tests in contexts.items()
            }
        return cls(seconds, lines)

    def tests(self, module: str, lines: Iterable[int]) -> list[str]:
        """Every test that runs one of the lines, cheapest first, of like cost the module's own.

        A line that no test was seen to run is run by the import, or in another process: its
        tests are those of the module and of the modules that name it.
        """
        words = (words for begin, words in ELSEWHERE.items() if module.startswith(begin))
        tests = [Path(module).stem, *chain.from_iterable(words)]
        whole = {module, *(f"tests/test_{word}.py" for word in tests)}
        own = told_by(module, "tests/**/test_*.py") | whole
        found: set[str] = set()
        found.update(*(self.lines.get(module, {}).get(line, ()) for line in lines))
        if not found:
            whole.update(own, OF_THE_CODE)
            for other in (module, *told_by(module, "xlconv/**/*.py")):
                found.update(*self.lines.get(other, {}).values())
        found.update(test for test in self.seconds if test.partition("::")[0] in whole)

        def cost(test: str) -> tuple[bool, float, bool, float]:
            path, seconds = test.partition("::")[0], self.seconds[test]
            return path not in OF_THE_CODE, round(seconds, 1), path not in own, seconds

        return sorted(found, key=cost)


if __name__ == "__main__":
    learn(Path(sys.argv[1]), sys.argv[2:])
