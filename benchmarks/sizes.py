"""What a cell costs in sheets of four sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measure import HEADS, hold, in_turn, table
from places import phases_command

SIZES, TIMES = (1, 50, 158, 512, 1024), (31, 31, 31, 9, 5)


def linear(folder: Path) -> Iterator[str]:
    """Section 2: cost by size."""
    target = folder / "linear.xlsx"
    commands = [phases_command(f"{n}x{n}", target) for n in SIZES]
    found = [in_turn(n, c)[0] for n, c in zip(TIMES, commands, strict=True)]
    cells = [(2 * n) ** 2 + (n + 2) ** 2 for n in SIZES]
    # shown: the input in its margin, the output; beside them: the input, and the model's output
    arrays = [8 * (m + n * n + (2 * n) ** 2) / 1e6 for n, m in zip(SIZES, cells, strict=True)]
    more = {
        "wall": _more([min(runs.wall) for runs in found], cells),
        "cpu": _more([min(runs.cpu) for runs in found], cells),
    }
    for clock, each in more.items():
        most = max(later / min(each[:n]) for n, later in enumerate(each) if n)
        told = f"a cell more, beside one in a smaller sheet, from 10k to 4M, {clock}: at most 1.5"
        hold(told, f"{most:.2f}", most <= 1.5)
    beyond = [runs.peak - held for runs, held in zip(found, arrays, strict=True)]
    grown = max(beyond[1:]) - beyond[1]
    what = "peak beyond the arrays: from 10k to 4M no more than 10 MB"
    hold(what, f"{grown:.0f} MB", grown <= 10)
    rows = []
    for n, size in enumerate(SIZES):
        shown = [f"{each[n - 1]:.2f}" if n else "" for each in more.values()]
        held = [f"{arrays[n]:.0f}", f"{beyond[n]:.0f}"]
        rows.append([f"{(2 * size) ** 2:,}", f"{cells[n]:,}", *found[n].told(), *shown, *held])
    yield (
        "`--view phases`; what a cell more costs is what the quickest run takes beyond that of the"
        " size before, for each cell that it has more. It is less in large sheets, whose many rows"
        " share what small ones make for a few. The arrays are the input, what is shown of it and"
        " of the output, and the output as the model has it; peaks are in MB."
    )
    each_head = ["a cell more, µs", "by CPU"]
    heads = ["formula cells", "all cells", *HEADS, *each_head, "arrays", "peak beyond"]
    yield table(heads, rows)


def _more(times: list[float], cells: list[int]) -> list[float]:
    """What a cell more costs from each size to the next, in µs.

    >>> _more([1.0, 2.0, 2.5], [0, 1_000_000, 2_000_000])
    [1.0, 0.5]
    """
    steps = zip(times, times[1:], cells, cells[1:], strict=False)
    return [(later - time) / (most - few) * 1e6 for time, later, few, most in steps]
