"""A class whose command is killed in the middle: whole files, and the same bytes in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from ..hostile import HOME
from .test_commands import LESSON

STUDENTS = 120


def begun(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    command = [sys.executable, "-m", "xlconv", "class", "row.toml", "list.csv"]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "class").glob("*.xlsx")}


@pytest.mark.skipif(sys.platform == "win32", reason="no processes can be killed together")
def test_a_killed_class_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "row.toml").write_text(LESSON, encoding="utf-8")
    students = "".join(f"{n};Student {n}\n" for n in range(STUDENTS))
    (tmp_path / "list.csv").write_text(f"id;name\n{students}", encoding="utf-8")
    first = begun(tmp_path)
    while len(files(tmp_path)) < 20:
        assert first.poll() is None
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    left = files(tmp_path)
    assert 20 <= len(left) < STUDENTS
    for data in left.values():
        with ZipFile(BytesIO(data)) as book:
            assert book.testzip() is None
    (tmp_path / "class/.xlconv-0123456789abcdef.part").write_bytes(b"PK")  # as it may leave one
    assert begun(tmp_path).wait() == 0
    done = files(tmp_path)
    assert len(done) == STUDENTS
    assert left.items() <= done.items()
    assert {path.name for path in (tmp_path / "class").iterdir()} == {*done, "teacher"}
    for name in left:
        (tmp_path / "class" / name).unlink()
    assert begun(tmp_path).wait() == 0
    assert files(tmp_path) == done
