"""Workbooks spoiled by chance: each is a report, or an error in one line, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.hostile import HOME, limited

COUNT = 400


def test_every_spoiled_workbook_is_a_report_or_one_error() -> None:
    environment = {**os.environ, "PYTHONPATH": str(HOME), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "1", str(COUNT)],
        cwd=HOME,
        env=environment,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    reports, errors = map(int, done.stdout.split())
    assert reports + errors == COUNT
    assert min(reports, errors) > COUNT // 10
