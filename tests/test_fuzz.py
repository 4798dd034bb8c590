"""Nothing that is handed over may end in a traceback, take too much, or change what was there.

A few thousand inputs of every kind, the same each time; `make prove` takes many more.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.cases import KINDS as ORDINARY
from tests.fuzz.others import KINDS

COUNT, TIMES = 450, 20
"""Inputs of a kind, and how many times as many `make prove` takes."""


@pytest.mark.parametrize("kind", KINDS)
def test_no_input_does_what_it_must_not(kind: str) -> None:
    most = COUNT if kind in ORDINARY else COUNT // 3  # the others take longer
    first, count = (most, most * TIMES) if "PROVE" in os.environ else (0, most)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.worker", kind, str(first), str(count)],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stdout[:5000] + done.stderr[-2000:]
