"""Whatever takes long tells so on a terminal, from its beginning on: each command in a hurry."""

from __future__ import annotations

import os
import pty
import re
from pathlib import Path

import numpy as np
import pytest

from tests.test_cli import SMALL, start

HURRIED = """
from contextlib import contextmanager
from time import sleep

from xlconv import __main__
from xlconv.cli import terminal

real, terminal.SECOND = terminal.clock, 0.001

@contextmanager
def clock(doing):
    with real(doing):
        yield
        sleep(0.3)

terminal.clock = clock
__main__.main()
"""
"""A second is a thousandth, and whatever is timed takes some hundred of them."""

STUDENTS = "id,name\n" + "".join(f"{n},Student {n}\n" for n in range(3))
MADE = ["class", "matrix.toml", "students.csv", "-o", "made", "--keys"]
ASKS = """
title = "Stamps"
[[sheet]]
name = "One"
view = "distribute"
input = "2x2"
weight = "2x2"
ask = ["stamps", "output"]
"""


def told(folder: Path, *args: str) -> set[str]:
    """What a command says that it is doing, on a terminal."""
    ours, theirs = pty.openpty()
    running = start(folder, *args, program=HURRIED, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said = b""
    try:
        while some := os.read(ours, 1 << 16):
            said += some
    except OSError:  # nobody holds its other end any more
        os.close(ours)
    running.communicate()
    assert running.returncode in (0, 1), said
    return set(re.findall(r"xlconv: (\w+)[\w. ]*(?:\[|, \d+ s)", said.decode()))


@pytest.mark.parametrize(
    ("args", "doing"),
    [
        (["build"], {"drawing"}),
        (["build", "-o", "a.pdf"], {"drawing"}),
        (["layer", *SMALL], {"drawing"}),
        (["worksheet", "matrix.toml"], {"drawing"}),
        (["compare", *SMALL, "--output", "x.npy", "-o", "a.xlsx"], {"comparing", "drawing"}),
        (["check", "a.xlsx"], {"checking"}),
        (["code", "--input", "x.npy", "--weight", "3x3"], {"reading"}),
        (["model", "model.npz"], {"reading"}),
        ([*MADE], {"drawing", "writing"}),
        (["grade", "made/teacher/keys", "--class", "made/teacher"], {"grading", "marking"}),
        (["class", "matrix.toml", "--try", "50"], {"drawing", "trying"}),
    ],
    ids=lambda told: " ".join(told[:3]) if isinstance(told, list) else "",
)
def test_a_command_tells_what_it_does(args: list[str], doing: set[str], tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((1, 200, 200)))
    np.savez(tmp_path / "model.npz", weight=np.ones((2, 2, 3, 3)))
    (tmp_path / "students.csv").write_text(STUDENTS)
    (tmp_path / "matrix.toml").write_text(ASKS)
    before = {"check": ["layer", *SMALL, "-o", "a.xlsx"], "grade": MADE}
    if args[0] in before:
        told(tmp_path, *before[args[0]])
    assert doing <= told(tmp_path, *args)
