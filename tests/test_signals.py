"""A signal ends the program quietly, with the exit code that is documented, and leaves nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_cli import HOME, SMALL, start

Listing = Callable[[], dict[str, bytes]]

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

# kills itself when a module is about to be imported, which no clock could hit
AT_IMPORT = """
import os, signal, sys
class Marker:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.{name})
sys.meta_path.insert(0, Marker())
sys.argv[0] = "xlconv"
from xlconv.__main__ import main
main()
"""

# says so when a file is half written, and then waits for what comes
HALFWAY = """
import signal, sys
from xlconv import __main__
from xlconv.xlsx import archive
from xlconv.files import saving
def halfway(file, data):
    file.write(data[: len(data) // 2])
    file.flush()
    print("halfway", file=sys.stderr, flush=True)
    while True:
        signal.pause()
archive.write = lambda sheets, title, target, *more: halfway(target, b"workbook")
def stage(self, write):
    with self.part.open("xb") as file:
        halfway(file, b"a file")
if sys.argv[1] == "code":
    saving._Target.stage = stage
__main__.main()
"""


# kills itself while rows are made
AT_ROWS = """
import os, signal
from xlconv import __main__
from xlconv.xlsx.cells import CellRows
chunks = CellRows.chunks
def killed(*given):
    for piece in chunks(*given):
        yield piece
        os.kill(os.getpid(), signal.{name})
CellRows.chunks = killed
__main__.main()
"""


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "module",
    [
        "xlconv.cli.commands",
        "click",
        "click.core",
        "xlconv.cli.options",
        "xlconv.lessons.read",
        "numpy",
    ],
)
def test_signal_during_imports_is_quiet(
    tmp_path: Path, listing: Listing, module: str, number: signal.Signals
) -> None:
    program = AT_IMPORT.format(module=module, name=number.name)
    running = start(tmp_path, "layer", *SMALL, program=program)
    assert (*running.communicate(), running.returncode) == (b"", b"", CODES[number])
    assert listing() == {}


@pytest.mark.parametrize(
    "module", ["numpy.linalg", "numpy.random", "xlconv.views.collect", "xlconv.xlsx.archive"]
)
def test_interrupt_during_later_imports_is_quiet(
    tmp_path: Path, listing: Listing, module: str
) -> None:
    program = AT_IMPORT.format(module=module, name="SIGINT")
    running = start(tmp_path, "layer", *SMALL, program=program)
    assert (*running.communicate(), running.returncode) == (b"", b"", 130)
    assert listing() == {}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "args",
    [
        ["layer", *SMALL],
        ["layer", *SMALL, "-o", "mine.xlsx", "--force"],
        ["code", "--input", "20x20", "--weight", "3x3", "-o", "mine.py", "--force"],
    ],
)
def test_signal_leaves_no_part_and_no_folder(
    tmp_path: Path, listing: Listing, args: list[str], number: signal.Signals, times: int
) -> None:
    for name in ("mine.xlsx", "mine.py"):
        (tmp_path / name).write_text("mine")
    before = listing()
    running = start(tmp_path, *args, program=HALFWAY)
    assert running.stderr is not None
    assert running.stderr.readline() == b"halfway\n"
    assert list(tmp_path.rglob("*.part"))
    for _ in range(times):  # `timeout` sends each one twice
        running.send_signal(number)
    assert (*running.communicate(), running.returncode) == (b"", b"", CODES[number])
    assert listing() == before


@pytest.mark.parametrize("number", CODES)
def test_signal_while_rows_are_made_leaves_nothing(
    tmp_path: Path, listing: Listing, number: signal.Signals
) -> None:
    program = AT_ROWS.format(name=number.name)
    running = start(tmp_path, "layer", *SMALL, program=program)
    assert (*running.communicate(), running.returncode) == (b"", b"", CODES[number])
    assert listing() == {}


def test_hang_up_does_not_end_what_nohup_started(tmp_path: Path) -> None:
    program = AT_IMPORT.format(module="numpy", name="SIGHUP")
    running = start(
        tmp_path,
        "layer",
        *SMALL,
        program=program,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    running.communicate()
    assert (running.returncode, (tmp_path / "output" / "layer.xlsx").exists()) == (0, True)


def test_program_that_does_not_end_by_a_signal_ends_by_the_third(tmp_path: Path) -> None:
    deaf = """
import os, signal, sys
from xlconv import __main__
from xlconv.cli import commands
def run():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        pass
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
commands.main = run
__main__.main()
"""
    running = start(tmp_path, program=deaf)
    running.communicate()
    assert running.returncode == 130


def test_installed_command_awaits_signals_before_it_imports_anything() -> None:
    scripts = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts["xlconv"].partition(":")
    seen = f"import sys, {module} as entry; print(entry.{function}, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", seen], cwd=HOME, capture_output=True, check=True)
    assert not {b"click", b"numpy", b"xlconv.cli.commands"} & set(done.stdout.split())
