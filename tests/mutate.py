"""Faults planted by chance in every module, each run against that module's tests. A program.

python tests/mutate.py --count 150 --seed 9 --jobs 2 > tests/mutations.md

The same seed plants the same faults in the same code. Works in copies of the tree. Prints a table:
where each fault is, and which test saw it first, or that it lived.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate, cycle
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parent.parent
LEFT = (".git", ".venv*", "node_modules", "output", "dist", "build", "__pycache__", ".*_cache")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
"""What stands for each operator."""

THROUGH = {
    "checking": "check check_saved check_words compare engine budgets",
    "cli": "cli cli_layers options terminal",
    "figures": "layout places snapshots lights limits sums",
    "files": "data tables saving hostile_input",
    "frameworks": "conventions shape chain settings snippets",
    "grid": "expr sheet layout planted snapshots limits",
    "layers": "geometry arguments model ranks limits",
    "lessons": "lesson lessons page limits hostile_recipes",
    "views": "snapshots places lights alive limits",
    "xlsx": "sheetdata emit parts styles rows",
    "": "terminal signals cli summary",
}
"""The tests of each room, beside those that name the module."""


@dataclass(frozen=True)
class Fault:
    """A stretch of a module's bytes, and what stands there instead."""

    module: str
    line: int
    begin: int
    end: int
    was: str
    new: str

    def planted(self, source: bytes) -> bytes:
        return source[: self.begin] + self.new.encode() + source[self.end :]


def altered(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand for a node, each with one fault."""
    other = deepcopy(node)
    match other:
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            other.ops = [SWAPS[type(op)]()]  # type: ignore[list-item]
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPS:
            other.op = SWAPS[type(op)]()  # type: ignore[assignment]
        case ast.Constant(value=bool(value)):
            other.value = not value
        case ast.Constant(value=int(value)):
            other.value = value + 1
        case ast.Constant(value=float(value)):
            other.value = value * 1000 + 1
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            other = operand
        case ast.IfExp(body=body, orelse=orelse):
            other.body, other.orelse = orelse, body
        case ast.Call(args=[first, second, *rest]) if not isinstance(second, ast.Starred):
            other.args = [second, first, *rest]
        case ast.Expr(value=ast.Call()):
            other = ast.Pass()
        case _:
            return
    yield other


def nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of which a fault can be seen: no types, and no pieces of texts in braces."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or isinstance(value, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from nodes(child)


def faults(module: str, source: bytes) -> Iterator[Fault]:
    """Every fault that can be planted in a module."""
    lines = source.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    for node in nodes(ast.parse(source)):
        for other in altered(node):
            assert isinstance(node, (ast.expr, ast.stmt))
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            was, new = ast.unparse(node), ast.unparse(other)
            if was != new:
                wrapped = new if isinstance(node, ast.stmt) else f"({new})"
                yield Fault(module, node.lineno, begin, end, was, wrapped)


def chosen(count: int, seed: int) -> list[Fault]:
    """Faults of every room in turn, of a room's larger modules more often."""
    by_chance = random.Random(seed)
    rooms: dict[str, list[Fault]] = {}
    for path in sorted((ROOT / "xlconv").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        room = module.split("/")[1] if module.count("/") > 1 else ""
        rooms.setdefault(room, []).extend(faults(module, path.read_bytes()))
    for found in rooms.values():
        by_chance.shuffle(found)
    picked: list[Fault] = []
    for found in cycle(rooms.values()):
        if len(picked) == count or not any(rooms.values()):
            return picked
        if found:
            picked.append(found.pop())
    return picked


def suite(module: str) -> list[str]:
    """The module itself, for its examples, and its tests, those that name it first."""
    name = module.removesuffix(".py").replace("/", ".")
    room = module.split("/")[1] if module.count("/") > 1 else ""
    parent, _, stem = name.rpartition(".")
    imports = re.compile(
        rf"from ({re.escape(name)} import|{re.escape(parent)} import .*\b{stem}\b)"
    )
    own = [
        path
        for path in sorted((ROOT / "tests").glob("test_*.py"))
        if path.stem == f"test_{stem}" or imports.search(path.read_text(encoding="utf-8"))
    ]
    through = [ROOT / "tests" / f"test_{word}.py" for word in THROUGH[room].split()]
    listed = [path.relative_to(ROOT).as_posix() for path in (*own, *through) if path.is_file()]
    return [module, *dict.fromkeys(listed)]


def seen(tree: Path, tests: Sequence[str], seconds: float) -> str:
    """The first test that fails in a tree, or "" if none does."""
    command = [*PYTEST, "-m", "not prove", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    with subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "time"
    if process.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+)", out, re.MULTILINE)
    return found[1] if found else f"exit {process.returncode}"


def outcome(tree: Path, fault: Fault, seconds: float, tests: Sequence[str]) -> str:
    """Which of the tests sees a fault, and nothing without it; "" if none does."""
    path = tree / fault.module
    right = path.read_bytes()
    path.write_bytes(fault.planted(right))
    try:
        by = seen(tree, tests, seconds)
    finally:
        path.write_bytes(right)
    if by and seen(tree, [by] if "/" in by else tests, seconds):
        raise RuntimeError(f"{by} fails without a fault, too")
    return by


def run(told: argparse.Namespace) -> None:
    picked = chosen(told.count, told.seed)
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(told.jobs) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for n in range(told.jobs):
            tree = Path(temporary, str(n))
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT))
            trees.put(tree)

        def tried(fault: Fault) -> str:
            tree = trees.get()
            try:
                return outcome(tree, fault, told.seconds, suite(fault.module))
            finally:
                trees.put(tree)

        report(told, picked, pool.map(tried, picked))


def report(told: argparse.Namespace, picked: Sequence[Fault], outcomes: Iterator[str]) -> None:
    print(f"# {told.count} faults planted with seed {told.seed}\n")
    print("| where | was | planted | seen by |\n|---|---|---|---|")
    counted: Counter[str] = Counter()
    for fault, by in zip(picked, outcomes, strict=True):
        counted["seen" if by else "lived"] += 1
        was, new = (f"`{' '.join(text.split())[:60]}`" for text in (fault.was, fault.new))
        cells = (f"{fault.module}:{fault.line}", was, new, by.removeprefix("tests/") or "**lived**")
        print(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |", flush=True)
    print(f"\n{counted['seen']} seen, {counted['lived']} lived.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=600, help="for the tests of one fault")
    run(parser.parse_args())
