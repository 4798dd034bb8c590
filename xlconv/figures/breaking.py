"""Lines of parts that are wider than paper: which columns go on below, and how they stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xlconv.figures.layout import DOWNWARD, GAPS, Arranged, Led, Stack, Table


def broken(part: Arranged, width: int) -> Arranged:
    """The same with columns that go on below where all together are wider than the paper.

    First within the widest column, then these columns themselves. Where something is too wide by
    itself, no break makes the paper readable: all stays as it is.
    """
    if isinstance(part, Led):
        return replace(part, part=broken(part.part, width - part.room))
    if not isinstance(part, Table) or part.width <= width or _least(part) > width:
        return part
    needs = [before + after for before, after in part.needs[1]]
    widest = needs.index(max(needs))
    left = width - sum(needs) + needs[widest] - GAPS[1] * (len(needs) - 1)
    lines = (
        [broken(one, left) if n == widest and one else one for n, one in enumerate(line)]
        for line in part.lines
    )
    inner = Table(lines, alike=part.alike)
    return inner if inner.width <= width else _apart(part, width)


def _least(part: Arranged) -> int:
    """Columns that a part takes when every row of it is broken."""
    if isinstance(part, Led):
        return _least(part.part) + part.room
    if isinstance(part, Table):
        return max(_least(one) for line in part.lines for one in line if one)
    return part.width


def _apart(table: Table, width: int) -> Table:
    """Groups of columns under one another, each as wide as the paper at most."""
    groups, room = list[list[int]](), 0
    for n, (before, after) in enumerate(table.needs[1]):
        room -= min(before + after, width) + GAPS[1]
        if room < 0:
            groups.append([])
            room = width - min(before + after, width)
        groups[-1].append(n)
    if len(groups) == 1:
        return Table([one and broken(one, width) for one in line] for line in table.lines)
    parts = (_alone(_columns(table, group)) for group in groups)
    return Stack(([broken(_spread(part, width), width)] for part in parts), alike=table.alike)


def _columns(table: Table, group: Sequence[int]) -> Table:
    """Some columns as a table of their own."""
    lines = (line[group[0] : group[-1] + 1] for line in table.lines)
    return Table(lines, alike=table.alike)


def _alone(part: Arranged) -> Arranged:
    """The same where it begins a line: a sign before it needs room there."""
    if isinstance(part, Led) and part.sign != DOWNWARD:
        return replace(part, room=True)
    if isinstance(part, Table):
        lines = ([one and _alone(one) for one in line[:1]] + line[1:] for line in part.lines)
        return Table(lines, alike=part.alike)
    return part


def _spread(part: Arranged, width: int) -> Arranged:
    """A column that begins a line: its parts side by side, if they have room there."""
    if isinstance(part, Led):
        return replace(part, part=_spread(part.part, width - part.room))
    if not isinstance(part, Table) or part.alike:
        return part
    if len(part.lines) == 1 and len(part.lines[0]) == 1 and (only := part.lines[0][0]):
        return _spread(only, width)
    columns = list[Arranged]()
    for one in _stacked(part):
        if one.hangs and columns:
            columns[-1] /= one
        else:
            columns.append(one)
    beside = Table([columns])
    return beside if beside.width <= width else part


def _stacked(part: Arranged) -> Iterator[Arranged]:
    """The parts of a column, from the first to the last."""
    if isinstance(part, Table) and all(len(line) == 1 for line in part.lines):
        for (one,) in part.lines:
            if one:
                yield from _stacked(one)
    else:
        yield part
