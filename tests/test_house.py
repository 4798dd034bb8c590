"""The house stays easy to walk through: short functions, short modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "xlconv"
FUNCTION, MODULE, VIEW = 40, 300, 200
"""Lines that a function, with its docstring, a module, and one of a view have fewer of."""

MODULES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lines = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: n for name, n in lines.items() if n >= FUNCTION} == {}
    assert text.count("\n") < (VIEW if path.parent.name == "views" else MODULE)


def test_dataclasses_are_frozen_but_for_those_that_gather() -> None:
    classes = [
        (f"{path.stem}.{node.name}", [ast.unparse(decorator) for decorator in node.decorator_list])
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name, ways in classes if any("dataclass" in way for way in ways)} == {
        "arrays.Source",
        "differences.Found",
        "differences.Seen",
        "differences.Other",
        "grid.Anchor",
        "sheet.Sheet",
        "tables._Table",
    }
