"""The program that plants faults: what it plants, where, and that it sees what tests see."""

from __future__ import annotations

from pathlib import Path

import pytest

from .mutate import ROOT, chosen, faults, outcome, suite


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


def test_a_seed_plants_the_same_faults_in_every_room_and_each_is_a_program() -> None:
    picked = chosen(150, 9)
    assert picked == chosen(150, 9) != chosen(150, 10)
    assert len({*picked}) == 150
    rooms = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("xlconv/*/*.py")}
    assert rooms <= {str(Path(fault.module).parent) for fault in picked}
    for fault in picked:
        compile(fault.planted((ROOT / fault.module).read_bytes()), fault.module, "exec")
        assert suite(fault.module)[1:], fault.module


def test_fault_is_seen_by_the_test_that_fails_with_it_alone(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "xlconv").mkdir()
    (tmp_path / "xlconv/__init__.py").touch()
    (tmp_path / "xlconv/two.py").write_text("def two():\n    return 2, 'a'\n")
    (tmp_path / "tests/test_summary.py").write_text(
        "from xlconv.two import two\n\n\ndef test_two() -> None:\n    assert two()[0] == 2\n"
    )
    (fault,) = faults("xlconv/two.py", (tmp_path / "xlconv/two.py").read_bytes())
    tests = ["tests/test_summary.py"]
    assert outcome(tmp_path, fault, 600, tests) == "tests/test_summary.py::test_two"
    (tmp_path / "tests/test_summary.py").write_text("def test_two() -> None:\n    assert True\n")
    assert outcome(tmp_path, fault, 600, tests) == ""
    (tmp_path / "tests/test_summary.py").write_text("def test_two() -> None:\n    assert 0\n")
    with pytest.raises(RuntimeError, match="test_two fails without a fault, too"):
        outcome(tmp_path, fault, 600, tests)
