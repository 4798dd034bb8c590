"""IronCalc in a process of its own: what it is told, and how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Put
from tests.engines.need import needs
from tests.hostile import (
    HOME,
    SHEET,
    checked,
    fresh,
    packed,
    parts,
    with_part,
)
from xlconv.checking import engine as engine_module
from xlconv.checking.check import check
from xlconv.checking.engine import recalculated
from xlconv.checking.trusted import KNOWN, trusted
from xlconv.checking.workbook import Workbook
from xlconv.errors import UnreadableError, XlconvError
from xlconv.lessons.build import build


def book_of(**cells: object) -> bytes:
    """A workbook of another program with one sheet, Sheet."""
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def computed(path: Path) -> dict[tuple[int, int], object]:
    return dict(next(iter(recalculated(Workbook.read(path)).values())))


# ------------------------------------------------------------------------- what runs


@pytest.mark.parametrize("name", ["json", "ironcalc", "resource", "fcntl"])
def test_module_beside_the_homework_does_not_run_in_the_engine(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit")
    (tmp_path / "a.xlsx").write_bytes(fresh())
    # as the command xlconv is started: without the folder that one is in, but for the worker
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if p];"
        " from xlconv.cli.commands import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--engine", "a.xlsx"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not (tmp_path / "ran").exists()
    assert (done.returncode, done.stderr) == (0, "")


def test_engine_is_not_looked_for_in_the_folder_that_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not {"", ".", str(tmp_path)} & set(engine_module.trusted_folders())
    assert engine_module.trusted_folders()


def test_engine_runs_where_the_current_folder_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(fresh())
    (tmp_path / "gone").mkdir()
    program = (
        "import os, sys; os.rmdir(os.getcwd()); from xlconv.cli.commands import main;"
        " main(['check', '--engine', sys.argv[1]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.xlsx")],
        cwd=tmp_path / "gone",
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_engine_ends_when_its_parent_does(how: signal.Signals, put: Put, tmp_path: Path) -> None:
    cells = {f"B{n}": "=SUMPRODUCT($A$1:$A$5000,$A$1:$A$5000)" for n in range(1, 3000)}
    path = put(book_of(A1=1, A5000=1, **cells))
    program = (
        "import sys; from pathlib import Path; from xlconv.checking import engine;"
        "from xlconv.checking.workbook import Workbook; engine.LOOKS = 10**9;"
        "engine.recalculated(Workbook.read(Path(sys.argv[1])))"
    )
    environment = {**os.environ, "PYTHONPATH": str(HOME), "TMPDIR": str(tmp_path)}
    before = set(tmp_path.iterdir())
    parent = subprocess.Popen([sys.executable, "-c", program, str(path)], env=environment)
    worker = 0
    while not worker and parent.poll() is None:
        worker = next(iter(_children(parent.pid)), 0)
        time.sleep(0.01)
    while parent.poll() is None and not _asynchronous(worker):
        time.sleep(0.01)
    assert parent.poll() is None, "the worker does not look after its parent"
    parent.send_signal(how)
    parent.wait()
    while _alive(worker):  # it would compute for a minute, and more
        assert _seconds(worker) < 10
        time.sleep(0.01)
    assert set(tmp_path.iterdir()) == before


def _children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _asynchronous(pid: int) -> bool:
    """Whether the worker has heard everything, and now computes."""
    try:
        told = Path(f"/proc/{pid}/fdinfo/0").read_text()
    except OSError:
        return False
    found = re.search(r"flags:\s*(\d+)", told)
    return found is not None and bool(int(found[1], 8) & os.O_ASYNC)


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X", *"0" * 20]


def _alive(pid: int) -> bool:
    return _stat(pid)[0] not in "XZ"


def _seconds(pid: int) -> float:
    """The processor's time that a process took."""
    return int(_stat(pid)[11]) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------------- what it is told


def test_engine_reads_the_parts_that_check_reads(put: Put) -> None:
    """A decoy where every workbook has its sheets, and the true ones elsewhere."""
    found = parts()
    moved = {name.replace("xl/", "real/"): data for name, data in found.items()}
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/", b"real/")
    decoy = {name: data for name, data in found.items() if name.startswith("xl/")}
    decoy["xl/workbook.xml"] = (
        b"<workbook><sheets><sheet name='Other' sheetId='1'/></sheets></workbook>"
    )
    path = put(packed(moved | decoy))
    assert check(path).right
    assert check(path, engine=True).right


def test_sheet_with_an_exclamation_mark_is_computed(put: Put) -> None:
    book = openpyxl.Workbook()
    book.active.title = "A!B"
    book.active["A1"], book.active["A2"] = 5, "='A!B'!A1*2"
    other = book.create_sheet("it's C")
    other["A1"] = "=SUM('A!B'!A1:A2)+'it''s C'!B1"
    saved = BytesIO()
    book.save(saved)
    found = recalculated(Workbook.read(put(saved.getvalue())))
    assert found["A!B"][1, 0] == 10.0
    assert found["it's C"][0, 0] == 15.0


def test_values_of_every_kind_go_there_and_back(put: Put) -> None:
    cells = {"A1": 1.5, "A2": "=A1*2", "A3": True, "A4": "=1", "A5": "text", "A6": "=A5&A1"}
    found = computed(put(book_of(**cells, A7="=1/0", A8="=NOT(A3)", A9="3")))
    assert [found[row, 0] for row in range(9)] == [
        1.5,
        3.0,
        True,
        1.0,
        "text",
        "text1.5",
        "#DIV/0!",
        False,
        "3",
    ]


def test_names_are_known(put: Put) -> None:
    data = with_part(
        SHEET, re.sub(rb"<f>[^<]*</f>", b"<f>SUM(collect_input)</f>", parts()[SHEET], count=1)
    )
    path = put(data)
    place = next(at for at, cell in Workbook.read(path).cells("Collect") if cell.formula)
    assert recalculated(Workbook.read(path))["Collect"][place] == 8.0  # 3 + 3 + 1 + 1


@needs("Gnumeric", shutil.which("ssconvert") is not None)
def test_file_that_gnumeric_saved_is_computed(put: Put) -> None:
    """IronCalc ends in a panic where it is shown such a file itself."""
    path = put(build("three-dimensions").to_bytes())
    out = path.with_name("b.xlsx")
    subprocess.run(["ssconvert", str(path), str(out)], check=True, capture_output=True)
    report = check(out, engine=True)
    assert report.formulas > 100
    assert not {"value", "stale", "error"} & {finding.kind for finding in report.findings}


ENDLESS = [
    "FACT(1E9)", "SUMPRODUCT(A:A,A:A)", "SUM(1:9)", "LET(x,1,x)", "LAMBDA(x,x)(1)",
    "REPT(\"a\",1E9)",
    "INDIRECT(\"A1\")", "SUM({1,2})", "OFFSET(A1,0,0)", "_xlfn.SEQUENCE(9)", "nobody", "Other!A1",
    "[1]Sheet!A1", "T[x]", "1+#REF!", "A1#", "@A1", "A1:INDEX(A:A,9)", "SUM(A1:A2 A1:Z9):B2",
    "\u017f1",
    "(" * 65 + "1" + ")" * 65, "1)", "1+" * 5000 + "1", '"', "'", "'x!A1", "A12345678", "AAAA1",
]  # fmt: skip


@pytest.mark.parametrize("formula", ENDLESS)
def test_formula_of_another_kind_is_not_given_to_the_engine(formula: str) -> None:
    assert trusted(formula, {"SHEET": "S1"}, {}) is None


@pytest.mark.parametrize(
    ("formula", "given", "cells"),
    [
        ("A1", "A1", 1), ("sum($A$1:b2)", "sum($A$1:b2)", 4), ("Sheet!A1", "S1!A1", 1),
        ("'SHEET'!A1:A3", "S1!A1:A3", 3), ('"Sheet!A1"&"a""b"', '"Sheet!A1"&"a""b"', 0),
        ("LOG10(1E5)", "LOG10(1E5)", 0), ("all+1.5", "all+1.5", 7), ("TRUE", "TRUE", 0),
        ("SUM(B2:A1)", "SUM(B2:A1)", 4), ("IF(A1<>2,.5,-1%)", "IF(A1<>2,.5,-1%)", 1),
        ("SUM(A1:XFD1048576)", "SUM(A1:XFD1048576)", 16384 * 1048576),
    ],
)  # fmt: skip
def test_formula_that_the_engine_is_given(formula: str, given: str, cells: int) -> None:
    assert trusted(formula, {"SHEET": "S1"}, {"all": 7}) == (given, cells)


def test_every_function_of_a_lesson_is_known() -> None:
    from xlconv.grid.functions import FUNCTIONS

    assert set(FUNCTIONS) <= KNOWN
    assert not KNOWN & {"FACT", "REPT", "INDIRECT", "OFFSET", "LAMBDA", "LET", "SEQUENCE"}


def test_cell_keeps_its_value_where_its_formula_is_not_computed(put: Put) -> None:
    sheet = (
        '<worksheet><sheetData><row r="1"><c r="A1"><f>FACT(1E9)</f><v>7</v></c>'
        '<c r="B1"><f>A1*2</f><v>0</v></c></row></sheetData></worksheet>'
    )
    found = computed(put(with_part(SHEET, sheet.encode())))
    assert (found[0, 0], found[0, 1]) == (7.0, 14.0)


@pytest.mark.parametrize("formula", ["SUM(A1:XFD1048576)", "SUM(all)"])
def test_formulas_that_look_at_too_much_are_refused_in_one_line(formula: str, put: Put) -> None:
    found = parts()
    names = "<definedNames><definedName name='all'>'Collect'!$A$1:$XFD$1048576</definedName>"
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(
        b"<definedNames>", names.encode(), 1
    )
    found[SHEET] = re.sub(rb"<f>[^<]*</f>", f"<f>{formula}</f>".encode(), found[SHEET], count=1)
    code, out, err = checked(put(packed(found)), "--engine")
    assert (code, out, err.count("\n")) == (3, "", 1), err
    assert "has formulas that look at too many cells for IronCalc, up to 'Collect'!" in err
    assert "check it without --engine" in err


def test_text_that_grows_without_end_is_refused_in_one_line(put: Put) -> None:
    cells = {f"A{n}": f"=A{n - 1}&A{n - 1}" for n in range(2, 64)}
    with pytest.raises(UnreadableError, match=r"IronCalc cannot compute .* check it without"):
        computed(put(book_of(A1="x" * 100, **cells)))


# ------------------------------------------------------------------------- where it fails


def test_without_the_engine_the_extra_is_named(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "trusted_folders", list)
    path = put(fresh())
    with pytest.raises(XlconvError, match=r"needs IronCalc: pip install xlconv-workbooks\[eng"):
        check(path, engine=True)
    assert check(path).right


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.abort()", "IronCalc cannot compute"),
        ("import sys; sys.stdin.buffer.readline(); print('[[')", "IronCalc cannot compute"),
        ("import sys; print('[0,1,1,2.5]')", "IronCalc cannot compute"),
        ("import time; time.sleep(600)", "IronCalc takes more than 1 s"),
    ],
)
def test_engine_that_fails_or_never_ends_is_one_error(
    put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, said: str
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(program)
    monkeypatch.setattr(engine_module, "WORKER", worker)
    monkeypatch.setattr(engine_module, "SECONDS", 1)
    with pytest.raises(UnreadableError, match=said):
        check(put(fresh()), engine=True)
