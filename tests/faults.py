"""Faults that can be planted in a module, and some of them chosen by chance."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, cycle
from pathlib import Path

ROOT = Path(__file__).parent.parent

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
"""What stands for each operator."""


@dataclass(frozen=True)
class Fault:
    """A stretch of a module's bytes, and what stands there instead."""

    module: str
    line: int
    begin: int
    end: int
    was: str
    new: str
    lines: tuple[int, ...]
    """Those of which a test that runs one can see it; none when it is run by the import."""

    def planted(self, source: bytes) -> bytes:
        return source[: self.begin] + self.new.encode() + source[self.end :]

    def told(self, source: bytes) -> str:
        """The line as it stands with the fault."""
        return self.planted(source).splitlines()[self.line - 1].decode().strip()


def altered(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand for a node, each with one fault."""
    other = copy(node)
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
    tree = ast.parse(source)
    inner = statements(tree)
    for node in nodes(tree):
        for other in altered(node):
            assert isinstance(node, (ast.expr, ast.stmt))
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            was, new = ast.unparse(node), ast.unparse(other)
            if was != new:
                wrapped = new if isinstance(node, ast.stmt) else f"({new})"
                yield Fault(module, node.lineno, begin, end, was, wrapped, running(inner, node))


def statements(tree: ast.Module) -> list[ast.stmt]:
    """All that stand in functions."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    inner = (part for function in functions for stmt in function.body for part in ast.walk(stmt))
    return [part for part in inner if isinstance(part, ast.stmt)]


def running(inner: Iterable[ast.stmt], node: ast.expr | ast.stmt) -> tuple[int, ...]:
    """The lines of a node, and the first of its statement; none outside of functions."""
    ends = [(stmt.lineno, stmt.end_lineno or 0) for stmt in inner]
    around = [begin for begin, end in ends if begin <= node.lineno <= end]
    return (max(around), *range(node.lineno, (node.end_lineno or 0) + 1)) if around else ()


@cache
def by_room() -> dict[str, tuple[Fault, ...]]:
    """Every fault that can be planted, of each room."""
    rooms: dict[str, tuple[Fault, ...]] = {}
    for path in sorted((ROOT / "xlconv").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        room = module.split("/")[1] if module.count("/") > 1 else ""
        rooms[room] = (*rooms.get(room, ()), *faults(module, path.read_bytes()))
    return rooms


def chosen(count: int, seed: int, of: Sequence[str] = ("",)) -> list[Fault]:
    """Faults of every room in turn, of a room's larger modules more often.

    of  how the paths of the modules begin that may have one
    """
    by_chance = random.Random(seed)
    rooms = {
        room: [fault for fault in found if fault.module.startswith(tuple(of))]
        for room, found in by_room().items()
    }
    for found in rooms.values():
        by_chance.shuffle(found)
    picked: list[Fault] = []
    for found in cycle(rooms.values()):
        if len(picked) == count or not any(rooms.values()):
            return picked
        if found:
            picked.append(found.pop())
    return picked
