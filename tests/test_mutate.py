"""The program that plants faults: what it plants, where, and that it sees what tests see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from . import test_text
from .faults import ROOT, Fault, chosen, faults
from .lived import LIVED
from .mutate import batches, outcome, row, told_before, tried
from .reached import Reached


@pytest.mark.parametrize(
    ("code", "planted"),
    [
        ("x = a < b", "x = (a <= b)"),
        ("x = a not in b", "x = (a in b)"),
        ("x = a - b", "x = (a + b)"),
        ("x = a or b", "x = (a and b)"),
        ("x = not a", "x = (a)"),
        ("x = 3", "x = (4)"),
        ("x = 0.5", "x = (501.0)"),
        ("x = True", "x = (False)"),
        ("x = a if b else c", "x = (c if b else a)"),
        ("x = f(a, b, c)", "x = (f(b, a, c))"),
        ("f()", "pass"),
        ('x = "é", 1', 'x = "é", (2)'),
    ],
)
def test_one_fault_is_planted(code: str, planted: str) -> None:
    source = code.encode()
    assert [fault.planted(source).decode() for fault in faults("a.py", source)] == [planted]


@pytest.mark.parametrize("code", ["x: tuple[1, 2]", 'x = f"{a + 1}"', "x = a", '"""Words."""'])
def test_nothing_is_planted_where_it_could_not_be_seen(code: str) -> None:
    assert [*faults("a.py", code.encode())] == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("a = 1", ()),
        ("class A:\n    a = 1", ()),
        ("def f(a=1):\n    return a", ()),
        ("def f():\n    return (a,\n        1)", (2, 3)),
        ("def f():\n    if a:\n        pass\n    elif 1:\n        pass", (4, 4)),
        ("def f():\n    match a:\n        case 1:\n            pass", (2, 3)),
    ],
)
def test_fault_knows_the_lines_that_run_it(code: str, lines: tuple[int, ...]) -> None:
    assert [fault.lines for fault in faults("a.py", code.encode())] == [lines]


def test_a_seed_plants_the_same_faults_in_every_room_and_each_is_a_program() -> None:
    picked = chosen(150, 9)
    assert picked == chosen(150, 9) != chosen(150, 10)
    assert len({*picked}) == 150
    rooms = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("xlconv/*/*.py")}
    assert rooms <= {str(Path(fault.module).parent) for fault in picked}
    of = ("xlconv/paper", "xlconv/lessons/networks.py")
    assert {fault.module[:13] for fault in chosen(9, 9, of)} == {"xlconv/paper/", "xlconv/lesson"}
    for fault in picked:
        compile(fault.planted((ROOT / fault.module).read_bytes()), fault.module, "exec")


@pytest.mark.parametrize("module", sorted({module for module, _ in LIVED}))
def test_what_is_said_of_a_fault_that_lives_is_said_of_one_that_can_be_planted(module: str) -> None:
    source = (ROOT / module).read_bytes()
    told = {fault.told(source) for fault in faults(module, source)}
    assert {line for path, line in LIVED if path == module} <= told


LEARNED = Reached(
    {
        "tests/test_all.py::test_slow": 9,
        "tests/test_all.py::test_cheap": 1,
        "tests/test_sums.py::test_a": 1.01,
        "tests/test_sums.py::test_b": 2,
        "tests/test_spots.py::test_c": 0.1,
        "xlconv/figures/sums.py::xlconv.figures.sums": 0.2,
        "tests/test_house.py::test_short": 5,
    },
    {
        "xlconv/figures/sums.py": {
            7: {"tests/test_all.py::test_slow", "tests/test_all.py::test_cheap"},
            8: {"tests/test_sums.py::test_b"},
        },
        "xlconv/grid/limits.py": {5: {"tests/test_spots.py::test_c"}},
    },
)


def test_tests_are_those_that_run_the_line_and_the_modules_own_cheapest_first() -> None:
    assert LEARNED.tests("xlconv/figures/sums.py", [7, 9]) == [
        "xlconv/figures/sums.py::xlconv.figures.sums",
        "tests/test_sums.py::test_a",
        "tests/test_all.py::test_cheap",
        "tests/test_sums.py::test_b",
        "tests/test_all.py::test_slow",
    ]


def test_tests_of_what_the_import_runs_are_also_those_of_the_modules_that_name_it() -> None:
    """`figures/sums` imports `grid/limits`; first those that only read the code."""
    assert LEARNED.tests("xlconv/grid/limits.py", []) == [
        "tests/test_house.py::test_short",
        "tests/test_spots.py::test_c",
        "tests/test_all.py::test_cheap",
        "tests/test_sums.py::test_b",
        "tests/test_all.py::test_slow",
    ]


def test_lines_and_seconds_of_tests_are_learned_from_a_run(tmp_path: Path) -> None:
    told = [sys.executable, "-m", "tests.reached", str(tmp_path), "tests/test_text.py"]
    subprocess.run(told, cwd=ROOT, check=True, capture_output=True)
    learned = Reached.read(tmp_path)
    names = {f"tests/test_text.py::{name}" for name in vars(test_text) if name.startswith("test_")}
    assert learned.seconds.keys() == names
    source = (ROOT / "xlconv/text.py").read_text(encoding="utf-8").splitlines()
    (at,) = (n for n, line in enumerate(source, 1) if line.startswith("    listed = "))
    assert learned.lines["xlconv/text.py"][at] == {
        "tests/test_text.py::test_table_says_how_many_rows_it_does_not_show"
    }


def test_a_few_tests_run_first_and_those_that_take_too_long_never() -> None:
    took = {str(n): 1.0 for n in range(100)}
    assert [len(batch) for batch in batches([*took], took, 80)] == [60, 20]
    assert [len(batch) for batch in batches([*took], took, 20)] == [20]


@pytest.fixture
def fault(tmp_path: Path) -> Fault:
    (tmp_path / "tests").mkdir()
    (tmp_path / "xlconv").mkdir()
    (tmp_path / "xlconv/__init__.py").touch()
    (tmp_path / "xlconv/two.py").write_text("def two():\n    return 2, 'a'\n")
    (fault,) = faults("xlconv/two.py", (tmp_path / "xlconv/two.py").read_bytes())
    return fault


@pytest.mark.parametrize(
    ("test", "by"),
    [
        ("assert two()[0] == 2", "tests/test_summary.py::test_two[a - b]"),
        ("assert True", ""),
        ("assert 0", "**unknown**: tests/test_summary.py::test_two[a - b] without the fault, too"),
        ("\n    while two()[0] > 2: pass", "time"),
    ],
)
def test_fault_is_seen_by_the_test_that_fails_with_it_alone(
    test: str, by: str, tmp_path: Path, fault: Fault
) -> None:
    path = "tests/test_summary.py"
    (tmp_path / path).write_text(
        "import pytest\nfrom xlconv.two import two\n\n\n"
        f"@pytest.mark.parametrize('x', ['a - b'])\ndef test_two(x: str) -> None:\n    {test}\n"
    )
    assert outcome(tmp_path, fault, [f"{path}::test_two", f"{path}::test_two[a - b]"], 10) == by
    assert (tmp_path / "xlconv/two.py").read_text() == "def two():\n    return 2, 'a'\n"


def test_fault_that_lived_is_tried_again_and_says_how_many_tests_passed(
    tmp_path: Path, fault: Fault
) -> None:
    (tmp_path / "tests/test_two.py").write_text("def test_two() -> None:\n    assert 1 | 2\n")
    names = ["tests/test_two.py::test_two", "tests/test_two.py::test_slow"]
    reached = Reached({names[0]: 1, names[1]: 100}, {"xlconv/two.py": {2: {*names}}})
    assert tried(tmp_path, fault, reached, 10) == "**lived** (1 of 2 tests)"
    seen, lived = row(fault, "test_a.py::test_a[a|b]"), row(fault, "**lived** (1 of 2 tests)")
    assert seen == r"| xlconv/two.py:2 | `2` | `(3)` | test_a.py::test_a[a\|b] |"
    assert told_before(["# Head", seen], fault, "") == seen
    assert told_before([lived], fault, "") == told_before([], fault, "why") == ""
    assert told_before([lived], fault, "why") == lived.removesuffix(" |") + ": why |"
    known = row(fault, "**lived**: why not")
    assert told_before([known], fault, "why") == row(fault, "**lived**: why")
