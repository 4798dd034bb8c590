"""Large layers: every cell right, no more memory than the arrays, and what there is no room for.

How fast it is stands in benchmarks/; nothing here looks at a clock.
"""

import io
import os
import pty
import re
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers import model
from xlconv.layers.layer import Layer
from xlconv.lessons import build as building
from xlconv.lessons.book import Book
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.drawing import draw
from xlconv.lessons.room import check_room
from xlconv.xlsx import archive

from .conftest import Ran
from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences

ROOT = Path(__file__).parent.parent


def image(size: int, *, floats: bool = False) -> Layer:
    numbers = np.random.default_rng(size)
    x = numbers.standard_normal((size, size)) if floats else numbers.integers(0, 256, (size, size))
    return Layer.of(x, numbers.integers(-1, 4, (4, 4)), stride=2, padding=1)


# ------------------------------------------------------------------------- every cell


def test_every_cell_of_a_hundred_thousand_is_right() -> None:
    layer = image(158)
    xlsx = build(layer, views=["phases"]).to_bytes()
    written = cached_values(xlsx)
    assert len(written["Phases"]) == 316**2 + 16
    assert len(formulas(xlsx)["Phases"]) == 316**2 + 16
    recalculated = ironcalc_engine.recalculate(xlsx)
    assert differences(written, recalculated, engine="ironcalc") == []
    # the file's last cells are the model's, too
    truth = model.conv_transpose(layer)[0]
    assert list(written["Phases"].values())[-316:] == truth[-1].tolist()


def test_every_random_double_of_a_large_sheet_is_written_to_the_last_bit() -> None:
    book = build(image(100, floats=True), views=["phases"])
    output = next(block.cells for block in book.sheets[0].blocks if block.name == "output")
    with ZipFile(io.BytesIO(book.to_bytes())) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    texts = re.findall(r"<f>SUMPRODUCT[^<]*</f><v>([^<]*)</v>", xml)
    assert [float(text) for text in texts] == output.value.ravel().tolist()
    assert [repr(float(text)) for text in texts] == texts  # the shortest that is exact


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        (np.arange(400) - 200, {"-200", "0", "199"}),  # close together
        (np.arange(400) * 10**12, {"0", "399000000000000"}),  # far apart
        (np.where(np.arange(400) % 2, 2.0**53, -0.0), {"0.0", "9007199254740992.0"}),
        (np.where(np.arange(400) % 2, 0.1 + 0.2, 3), {"0.30000000000000004", "3.0"}),
    ],
)
def test_many_numbers_are_written_as_the_same_number_of_few(
    numbers: np.ndarray, texts: set[str]
) -> None:
    sheet = Sheet("Sheet")
    sheet.block("x", (0, 0), (20, 20), role="input", content=numbers.reshape(20, 20))
    with ZipFile(io.BytesIO(Book("Test", (sheet,)).to_bytes())) as parts:
        found = re.findall("<v>([^<]*)</v>", parts.read("xl/worksheets/sheet1.xml").decode())
    assert [float(text) for text in found] == numbers.tolist()
    assert texts <= set(found)


# ------------------------------------------------------------------------- in flight


class Sink(io.BytesIO):
    """A file that keeps nothing, and is full for one moment."""

    def __init__(self, room: int = sys.maxsize) -> None:
        self.room, self.at = room, 0

    def seekable(self) -> bool:
        return False

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.at += len(data)
        if self.at > self.room:
            self.room = sys.maxsize
            raise OSError(28, "No space left on device")
        return len(data)

    def tell(self) -> int:
        return self.at


def test_rows_in_flight_are_few_however_many_there_are() -> None:
    peaks = []
    for size in (100, 300):
        book = build(image(size), views=["phases"])
        tracemalloc.start()
        book.write(Sink())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # nine times the cells; templates grow with the columns, pieces in flight do not
    assert peaks[1] < peaks[0] + 16e6


def test_full_disk_is_told_where_the_rows_are_made() -> None:
    book, before = build(image(150), views=["phases"]), threading.active_count()
    with pytest.raises(OSError, match="No space left"):
        book.write(Sink(room=100_000))
    assert threading.active_count() == before


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), ZeroDivisionError()])
def test_fault_while_rows_are_made_ends_the_writing(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def broken(*_: object) -> Iterator[tuple[bytes, int]]:
        yield b"<row/>", 1
        raise fault

    monkeypatch.setattr(archive, "_new", lambda *_: (broken(), str))
    before = threading.active_count(), sys.getswitchinterval()
    with pytest.raises(type(fault)):
        Book("Test", (Sheet("Sheet"),)).write(Sink())
    assert (threading.active_count(), sys.getswitchinterval()) == before


# ------------------------------------------------------------------------- progress


def test_progress_tells_the_rows_of_all_sheets() -> None:
    book, told = build(image(60), views=["phases", "collect"]), list[int]()
    book.write(Sink(), told.append)
    assert told == sorted(told)
    assert told[-1] == book.rows == sum(sheet.rows for sheet in book.sheets)


def on_a_terminal(folder: Path, started: str) -> bytes:
    """What stderr shows on a terminal when the program was started then."""
    ours, theirs = pty.openpty()
    command = (
        f"from xlconv.cli import commands, terminal; terminal.STARTED = {started}; commands.main()"
    )
    asked = ["layer", "--input", "99x99", "--weight", "4x4", "--view", "phases", "-o", "a.xlsx"]
    running = subprocess.Popen(
        [sys.executable, "-c", command, *asked],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with pytest.raises(OSError, match="Input/output error"):
        while True:
            shown += os.read(ours, 1024)
    os.close(ours)
    assert running.wait() == 0
    return shown


def test_bar_shows_on_a_terminal_what_takes_longer_than_a_second(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, "-2").decode()
    assert "xlconv: writing" in shown
    assert "100%" in shown
    assert "wrote a.xlsx" in shown.splitlines()[-2]


def test_no_bar_shows_what_is_quick(tmp_path: Path) -> None:
    wrote, understood = on_a_terminal(tmp_path, "float('inf')").splitlines()
    assert wrote == b"xlconv: wrote a.xlsx: 1 sheet"
    assert understood.startswith(b"xlconv: 2-D")


SLOW = """
import sys
from pathlib import Path
from threading import Event
from xlconv.cli import commands, terminal
from xlconv.checking import check
told, checked, echo = Event(), check.checked, terminal.click.echo
def waiting(*given, **more):
    assert told.wait(60)
    return checked(*given, **more)
def telling(text, **more):
    echo(text, **more)
    told.set()
check.checked, terminal.click.echo, terminal.SECOND = waiting, telling, 0.01
commands.main()
"""


def test_seconds_show_on_a_terminal_where_there_are_no_rows(tmp_path: Path) -> None:
    build(image(6), views=["phases"]).save(tmp_path / "a.xlsx")
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, "check", "a.xlsx"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    out, _ = running.communicate()
    shown = os.read(ours, 10_000)
    os.close(ours)
    assert shown.startswith(b"\rxlconv: checking a.xlsx, 1 s\r")
    assert shown.endswith(b"\r\x1b[K")
    assert out.startswith(b"a.xlsx: right")


# ------------------------------------------------------------------------- room


@pytest.mark.parametrize(
    ("size", "weight", "view", "needs", "largest"),
    [
        ("4000x4000", "4x4", "phases", "Google Sheets", "1285x1285"),
        ("1500x1500", "4x4", "phases", "Google Sheets", "1285x1285"),
        ("1x9000", "4x4", "collect", "Excel has 16384", "1x3271"),
        ("200x1000000", "4x4", "phases", "Excel has 16384", None),
        ("64x500x500", "64x1x3x3", "phases", "Google Sheets", None),
        ("800x800", "4x4", "phases,collect", "Google Sheets", None),
    ],
)
def test_layer_without_room_is_refused_with_the_largest_that_has_it(
    run: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    listing: Callable[[], dict[str, bytes]],
    size: str,
    weight: str,
    view: str,
    needs: str,
    largest: str | None,
) -> None:
    def computed(*_: object) -> None:
        raise AssertionError("it was computed first")

    monkeypatch.setattr(building, "check_claims", computed)
    asked = ["--weight", weight, "--stride", "2", "--view", view]
    done = run("layer", "--input", size, *asked)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert needs in done.err
    found = re.search(r"use an input of at most ([\dx]+)$", done.err.strip())
    assert found
    assert largest in (None, found[1])
    assert listing() == {}
    # the largest has room, and one more has none
    channels = [int(n) for n in weight.split("x")[:-2]][:1]
    sizes = [int(n) for n in found[1].split("x")]
    grown = [n + 1 for n in sizes]
    kernel = np.ones([int(n) for n in weight.split("x")])
    assert room([*channels, *sizes], kernel, view)
    assert not room([*channels, *grown], kernel, view)


def room(shape: list[int], kernel: np.ndarray, view: str) -> bool:
    layer = Layer.of(np.broadcast_to(1.0, shape), kernel, stride=2)
    try:
        check_room(layer_lesson(layer, view.split(",")))
    except XlconvError:
        return False
    return True


@pytest.mark.parametrize("view", ["phases", "collect", "distribute", "channels", "one_dimension"])
def test_plan_takes_the_room_of_what_is_drawn(view: str) -> None:
    shape = (70,) if view == "one_dimension" else (30, 20)
    kernel = np.ones((4,) * len(shape))
    told = layer_lesson(Layer.of(np.ones(shape), kernel, stride=2), [view])
    plan, drawn = draw(told, 0, plan=True), draw(told, 0)
    assert (plan.rows, plan.columns) == (drawn.rows, drawn.columns)
    assert plan.paints == []
