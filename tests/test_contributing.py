"""The steps of CONTRIBUTING.md for a new view, carried out in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
LEFT = (".git", ".venv*", "node_modules", "output", "dist", "build", "__pycache__", ".*_cache")
STEPS = (
    (ROOT / "CONTRIBUTING.md")
    .read_text(encoding="utf-8")
    .partition("## A new view")[2]
    .partition("\n## ")[0]
)
GREEN = (
    "ruff check .",
    "ruff format --check .",
    "mypy",
    "lint-imports",
    "pytest -q tests/test_brief.py tests/test_docs.py tests/test_snapshots.py tests/test_lesson.py",
    "pytest -q tests/test_conformance.py tests/test_style.py",
    "pytest -q tests -k brief",
)
"""What `make test` asks of a view, without what asks nothing of it."""


def blocks(language: str) -> list[str]:
    """The blocks of code of a language that stand in the steps."""
    found = re.findall(r"^ +```(\w*)\n(.*?)^ +```$", STEPS, re.DOTALL | re.MULTILINE)
    return [dedent(text) for name, text in found if name == language]


def files() -> dict[str, str]:
    """The files that the steps have one write, by their paths."""
    return dict(zip(re.findall(r"`([\w/]+\.py)`:\n", STEPS), blocks("python"), strict=True))


def run(command: str, folder: Path) -> None:
    done = subprocess.run(
        command.replace(".venv/bin", str(BIN)),
        shell=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def add(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.prove
def test_a_view_made_by_the_steps_is_green(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT))
    written = files()
    assert list(written) == ["xlconv/views/brief.py", "tests/test_brief.py"]
    for path, text in written.items():
        (folder / path).write_text(text, encoding="utf-8")
    add(folder / "xlconv/views/__init__.py", ' "code",\n', ' "code",\n    "brief",\n')
    add(folder / "tests/test_conformance.py", "VIEWS = {\n", 'VIEWS = {\n    "brief": 221,\n')
    (commands,) = blocks("")
    for command in [*commands.splitlines(), *GREEN]:
        run(command, folder)
