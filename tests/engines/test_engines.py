import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from cellrune import CellRuneError

from . import (
    cellrune_engine,
    formualizer_engine,
    formulon_engine,
    ironcalc_engine,
    libreoffice_engine,
)
from .cached import cached_values, formulas
from .compare import differences
from .engine import Engine, Highlight, Highlights, Values
from .need import needs
from .package import cell_name, row_and_column, with_parts
from .specimen import HIDDEN, INPUT, OUT, PARTS, SPECIMEN, VALUES, planted, with_formula
from .strip import strip_values, with_values

needs_soffice = needs("soffice", libreoffice_engine.available())

IN_PROCESS: list[Engine] = [
    ironcalc_engine,
    formulon_engine,
    cellrune_engine,
    formualizer_engine,
]
every_engine = pytest.mark.parametrize(
    "engine",
    [*IN_PROCESS, pytest.param(libreoffice_engine, marks=needs_soffice)],
    ids=lambda engine: engine.name,
)

WRONG_VALUE = planted(OUT, "<v>7</v>", "<v>99</v>")


@every_engine
def test_engine_agrees_with_values_worked_out_by_hand(engine: Engine) -> None:
    assert differences(VALUES, engine.recalculate(SPECIMEN), engine=engine.name) == []


@every_engine
def test_engine_gives_formula_cells_only(engine: Engine) -> None:
    got = engine.recalculate(SPECIMEN)
    assert {sheet: set(cells) for sheet, cells in got.items()} == {
        sheet: set(cells) for sheet, cells in VALUES.items()
    }


@every_engine
def test_engine_recalculates_after_a_change(engine: Engine) -> None:
    got = engine.recalculate(SPECIMEN, {("Input", "A1"): 10, ("Input", "A4"): "<row> & so on"})
    expected: Values = {
        "Out": {"A1": 14.0, "B1": 20.0, "A2": True, "A3": "<row> & so on 10", "C3": 0.0},
        "Hidden": {"A1": 15.0},
    }
    assert differences(expected, got, engine=engine.name) == []


@every_engine
def test_engine_does_not_repeat_a_wrong_cached_value(engine: Engine) -> None:
    got = engine.recalculate(WRONG_VALUE)
    assert got["Out"]["A1"] == 7.0
    assert differences(cached_values(WRONG_VALUE), got, engine=engine.name) == [
        f"Out!A1: expected 99.0, {engine.name} says 7.0"
    ]


@every_engine
def test_engine_names_error_values(engine: Engine) -> None:
    got = engine.recalculate(with_formula("1/0"))
    assert got["Out"]["A1"] == "#DIV/0!"


@every_engine
def test_engine_finds_a_wrong_formula(engine: Engine) -> None:
    got = engine.recalculate(with_formula("SUM(Input!A1:A1)"))
    assert differences(VALUES, got, engine=engine.name) == [
        f"Out!A1: expected 7.0, {engine.name} says 3.0",
        f"Hidden!A1: expected 8.0, {engine.name} says 4.0",
    ]


@needs_soffice
def test_libreoffice_recalculates_even_what_is_not_stripped() -> None:
    (saved,) = libreoffice_engine.converted([WRONG_VALUE], "xlsx")
    assert cached_values(saved)["Out"]["A1"] == 7.0


@needs_soffice
def test_libreoffice_takes_many_files_in_order() -> None:
    files = [SPECIMEN, with_values(SPECIMEN, {("Input", "A1"): 5}), WRONG_VALUE]
    got = libreoffice_engine.recalculate_many(files)
    assert [values["Out"]["A1"] for values in got] == [7.0, 9.0, 7.0]


@needs_soffice
def test_libreoffice_says_which_file_it_cannot_read() -> None:
    with pytest.raises(RuntimeError, match=r"did not write book1\.xlsx"):
        libreoffice_engine.converted([SPECIMEN, b"PK not a workbook"], "xlsx")


@needs_soffice
def test_libreoffice_is_stopped_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, stopped = os.killpg, list[int]()

    def seen(group: int, how: int) -> None:
        stopped.append(how)
        stop(group, how)

    monkeypatch.setattr(os, "killpg", seen)
    with pytest.raises(TimeoutError, match=r"more than 0\.1 s"):
        libreoffice_engine.converted([SPECIMEN], "xlsx", timeout=0.1)
    assert stopped == [signal.SIGKILL]


@pytest.mark.parametrize("conditional", [ironcalc_engine.conditional, formulon_engine.conditional])
def test_conditional_formats_follow_the_values(
    conditional: Callable[..., Highlights],
) -> None:
    hit = Highlight(fill="#FFAA00", color="#FFFFFF", bold=True)
    scale = {"C1": Highlight(fill="#FFFFFF"), "C3": Highlight(fill="#0000FF")}
    before = conditional(SPECIMEN)
    assert before["Input"].pop("C2").fill in ("#7F7FFF", "#8080FF")
    assert before == {"Input": {"A2": hit, **scale}, "Out": {}, "Hidden": {}}
    after = conditional(SPECIMEN, {("Input", "A1"): 10, ("Input", "A2"): 1})
    assert "A2" not in after["Input"]
    assert after["Input"]["A1"] == hit


def test_ironcalc_is_silent() -> None:
    code = (
        "from tests.engines import ironcalc_engine, specimen\n"
        "ironcalc_engine.recalculate(specimen.planted(specimen.OUT, '<v>7</v>', '<v></v>'))\n"
        "ironcalc_engine.conditional(specimen.SPECIMEN)\n"
        "print('end')"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, check=True
    )
    assert (said.stdout, said.stderr) == (b"end\n", b"")


@pytest.mark.parametrize(
    ("load_strictly", "faulty"),
    [
        (formulon_engine.load_strictly, planted(INPUT, 'ref="A4"', 'ref="ZZZZ1"')),
        (cellrune_engine.load_strictly, with_formula("NOSUCH(1)")),
        (cellrune_engine.load_strictly, with_formula("SUM(")),
        (cellrune_engine.load_strictly, planted(INPUT, 'r="C1"', 'r="A1"')),
        (cellrune_engine.load_strictly, planted("xl/workbook.xml", 'name="bias"', 'name="kernel"')),
    ],
)
def test_strict_loaders_complain(load_strictly: Callable[[bytes], None], faulty: bytes) -> None:
    load_strictly(SPECIMEN)
    with pytest.raises((ValueError, CellRuneError)):
        load_strictly(faulty)


def test_cached_values_are_read_as_they_are_written() -> None:
    assert cached_values(SPECIMEN) == VALUES


def test_cached_value_that_is_missing_is_left_out() -> None:
    assert "A1" not in cached_values(planted(OUT, "<v>7</v>", ""))["Out"]
    assert "A1" not in cached_values(planted(OUT, "<v>7</v>", "<v/>"))["Out"]


def test_formulas_are_unescaped_and_shared_ones_written_out() -> None:
    out = formulas(SPECIMEN)["Out"]
    assert set(out) == set(VALUES["Out"])
    assert out["A2"] == "Input!A1>Input!A2"
    assert [out["B1"], out["B2"], out["B3"]] == ["Input!A1*2", "Input!A2*2", "Input!A3*2"]


def test_stripping_leaves_formulas_and_inputs_and_no_value() -> None:
    stripped = strip_values(SPECIMEN)
    assert cached_values(stripped) == {"Input": {}, "Out": {}, "Hidden": {}}
    assert formulas(stripped) == formulas(SPECIMEN)
    assert _part(stripped, INPUT) == PARTS[INPUT]
    assert 't="' not in _part(stripped, OUT).replace('t="shared"', "")


@pytest.mark.parametrize(
    ("cell", "bare"),
    [
        ('<c r="A1" t="str" s="1"><f>B1</f><v>x</v></c>', '<c r="A1" s="1"><f>B1</f></c>'),
        ('<c t="b" r="A1"><f a="1">B1</f>\n<v/></c>', '<c r="A1"><f a="1">B1</f></c>'),
        (
            '<c r="A1"/><c r="B1" t="e"><f t="shared" si="0"/><v>#N/A</v></c>',
            '<c r="A1"/><c r="B1"><f t="shared" si="0"/></c>',
        ),
        ('<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="s"><v>0</v></c>'),
    ],
)
def test_stripping_a_cell(cell: str, bare: str) -> None:
    file = with_parts(SPECIMEN, {HIDDEN: lambda _: cell.encode()})
    assert _part(strip_values(file), HIDDEN) == bare


def test_input_cells_are_set_in_the_bytes() -> None:
    changed = with_values(SPECIMEN, {("Input", "A1"): 0.1, ("Input", "A4"): "a<b"})
    assert '<c r="A1" s="1"><v>0.1</v></c>' in _part(changed, INPUT)
    assert '<c r="A4" t="inlineStr"><is><t>a&lt;b</t></is></c>' in _part(changed, INPUT)
    with pytest.raises(KeyError, match="Z9"):
        with_values(SPECIMEN, {("Input", "Z9"): 1})


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        (3.0, 3.0, True),
        (3.0, 4.0, False),
        (1e12, 1e12 + 1, False),
        (0.1 + 0.2, 0.3, True),
        (0.1, 0.1001, False),
        (1.0, 0.9999999999999999, True),
        (0.0, 5.5e-17, True),
        (True, True, True),
        (True, 1.0, False),
        (0.0, False, False),
        ("a", "a", True),
        ("a", "A", False),
        ("3", 3.0, False),
        ("", 0.0, False),
        ("#VALUE!", "#VALUE!", False),
    ],
)
def test_comparison(expected: float | str | bool, got: float | str | bool, equal: bool) -> None:
    assert (differences({"Out": {"A1": expected}}, {"Out": {"A1": got}}) == []) is equal


def test_comparison_reports_missing_cells_and_sheets() -> None:
    assert differences(
        {"Out": {"A1": 1.0, "A2": 2.0}, "In": {"B1": "x"}}, {"Out": {"A1": 1.0}}
    ) == [
        "Out!A2: expected 2.0, engine says nothing",
        "In!B1: expected 'x', engine says nothing",
    ]


@pytest.mark.parametrize(
    ("cell", "place"), [("A1", (1, 1)), ("AB12", (12, 28)), ("XFD1048576", (1048576, 16384))]
)
def test_cell_names(cell: str, place: tuple[int, int]) -> None:
    assert row_and_column(cell) == place
    assert cell_name(*place) == cell


def _part(xlsx: bytes, part: str) -> str:
    with ZipFile(io.BytesIO(xlsx)) as archive:
        return archive.read(part).decode()
