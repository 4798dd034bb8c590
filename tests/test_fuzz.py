"""Nothing that is handed over may end in a traceback, take too much, or change what was there.

Hundreds of inputs of every kind, the same each time; `make prove` takes thousands.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import worker
from tests.fuzz.cases import KINDS as ORDINARY
from tests.fuzz.others import KINDS

COUNT, TIMES = 150, 11
"""Inputs of a kind, and how many times as many `make prove` takes."""


def faults(kind: str, first: int, count: int) -> str:
    """What inputs of a kind did that they must not, and what the worker said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", kind, str(first), str(count)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout[:5000] + (done.stderr[-2000:] if done.returncode else "")


@pytest.mark.parametrize("kind", KINDS)
def test_no_input_does_what_it_must_not(kind: str) -> None:
    count = COUNT if kind in ORDINARY else COUNT // 3  # the others take longer
    assert faults(kind, 0, count) == ""


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS)
def test_no_input_of_many_does_what_it_must_not(kind: str) -> None:
    assert faults(kind, COUNT, COUNT * TIMES) == ""


def test_worker_tells_of_faults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So that a worker that finds nothing has looked."""

    def spoilt(args: list[str], folder: Path) -> worker.Ran:
        (folder / "kept.txt").unlink()
        return worker.Ran(99, b"", "Traceback\x1b", 0)

    monkeypatch.setattr(worker, "run", spoilt)
    _, found, _ = worker.case("layer", 0, tmp_path)
    assert found == ["ended with 99", "a traceback", "control characters", "kept.txt was changed"]
