"""How the code is written: where the formatter is off."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORMATTED = ("xlconv", "tests", "docs", "benchmarks", "training")
OFF = "# fmt:"
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def tables(tree: ast.Module) -> Iterator[ast.expr]:
    """What may lie as its author laid it: a module's own tables, and the cases of a test."""
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            yield from (part for part in ast.walk(node.value) if isinstance(part, DISPLAYS))
        elif isinstance(node, ast.FunctionDef):
            yield from node.decorator_list


def elsewhere(text: str) -> list[int]:
    """The lines that switch the formatter off and do not end a table of data.

    >>> elsewhere("A = [\\n    1,\\n]  # fmt: skip\\nprint(\\n    1,\\n)  # fmt: skip")
    [6]
    """
    ends = {table.end_lineno for table in tables(ast.parse(text))}
    lines = enumerate(text.splitlines(), 1)
    return [n for n, line in lines if line.endswith(f"{OFF} skip") and n not in ends]


@pytest.mark.parametrize("folder", FORMATTED)
def test_the_formatter_is_off_at_tables_of_data_alone(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / folder).rglob("*.py")
        for line in elsewhere(path.read_text(encoding="utf-8"))
    ]
    assert found == []
