"""What several test files share."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from xlconv.cli.commands import main

settings.register_profile("xlconv", deadline=None)  # a loaded machine is no fault of a test
settings.load_profile("xlconv")

# ignored by what a shell runs in the background or under nohup, and by all that it starts
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest.register_assert_rewrite("tests.experiments", "tests.browser")


Put = Callable[[bytes], Path]


@dataclass(frozen=True)
class Ran:
    """What one run of the command line left: exit code, stdout and stderr."""

    code: int
    out: bytes
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Ran]:
    """Run `xlconv` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*args: object) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        code = ended.value.code
        assert isinstance(code, int)
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode())

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text file into the test's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def listing(tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    """Every file and folder in the test's folder, with its content."""

    def listing() -> dict[str, bytes]:
        return {
            str(path.relative_to(tmp_path)): path.read_bytes() if path.is_file() else b""
            for path in sorted(tmp_path.rglob("*"))
        }

    return listing


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a workbook into the test's folder, beside what is there."""

    def put(data: bytes) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
        path.write_bytes(data)
        return path

    return put
