"""What a check may cost, in a process that may not have more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

LIMITED = """
import resource, sys
from xlconv.checking.check import check
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) << 20,) * 2)
print(check(sys.argv[1]).verdict)
"""


@pytest.mark.parametrize(
    ("size", "seconds", "megabytes"),
    [(60, 3, 700), pytest.param(277, 10, 1024, marks=pytest.mark.prove)],
)
def test_honest_file_costs_no_more_than_it_may(
    size: int, seconds: int, megabytes: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    layer = Layer.of(np.ones((3, size, size)), np.ones((3, 3, 3, 3)), stride=2)
    path.write_bytes(build(layer, views=["phases"]).to_bytes())
    limits = map(str, (path, seconds, megabytes))
    env = {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *limits], check=False, capture_output=True, env=env
    )
    assert done.stdout == b"right\n", done.stderr[-500:]
