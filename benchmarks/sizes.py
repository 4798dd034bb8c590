"""What a cell costs in sheets of four sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import HEADS, hold, in_turn, table
from places import phases_command

SIZES, TIMES = (50, 158, 512, 1024), (31, 31, 9, 5)


def linear(folder: Path) -> Iterator[str]:
    """Section 2: cost by size."""
    target = folder / "linear.xlsx"
    commands = [phases_command(f"{n}x{n}", target) for n in SIZES]
    found = [in_turn(n, c)[0] for n, c in zip(TIMES, commands, strict=True)]
    (least,) = in_turn(15, phases_command("1x1", target))
    cells = [(2 * n) ** 2 + (n + 2) ** 2 for n in SIZES]
    # shown: the input in its margin, the output; beside them: the input, and the model's output
    arrays = [8 * (m + n * n + (2 * n) ** 2) / 1e6 for n, m in zip(SIZES, cells, strict=True)]
    walls, cpus = [min(runs.wall) for runs in found], [min(runs.cpu) for runs in found]
    (start, spread), (start_cpu, _) = start_up(walls, cells), start_up(cpus, cells)
    beyond = [runs.peak - held for runs, held in zip(found, arrays, strict=True)]
    grown = max(beyond) - beyond[0]
    hold("time a cell: within 1.5 from 10k to 4M", f"{spread:.2f}", spread <= 1.5)
    what = "peak beyond the arrays: from 10k to 4M no more than 10 MB"
    hold(what, f"{grown:.0f} MB", grown <= 10)
    rows = []
    for n, size in enumerate(SIZES):
        each = (walls[n] - start) / cells[n] * 1e6, (cpus[n] - start_cpu) / cells[n] * 1e6
        shown = [f"{number:.2f}" for number in each]
        held = [f"{arrays[n]:.0f}", f"{beyond[n]:.0f}"]
        rows.append([f"{(2 * size) ** 2:,}", f"{cells[n]:,}", *found[n].told(), *shown, *held])
    more = [
        (wall - before) / (count - fewer) * 1e6
        for before, wall, fewer, count in zip(walls, walls[1:], cells, cells[1:], strict=False)
    ]
    yield (
        "`--view phases`; a cell's time is what the quickest run has beyond a start-up of"
        f" {start:.3f} s, the one fixed start-up that brings the four nearest to each other"
        f" ({start_cpu:.3f} s of CPU); an input of 1 x 1 takes {min(least.wall):.3f} s. Without"
        f" any: a cell more costs {', '.join(f'{m:.2f}' for m in more)} µs from each size to the"
        " next, more in small sheets, whose few rows must pay for the shapes of rows that large"
        " ones use again and again. The arrays are the input, what is shown of it and of the"
        " output, and the output as the model has it; peaks are in MB."
    )
    each_head = ["µs a cell", "by CPU"]
    heads = ["formula cells", "all cells", *HEADS, *each_head, "arrays", "peak beyond"]
    yield table(heads, rows)


def start_up(times: Sequence[float], cells: Sequence[int]) -> tuple[float, float]:
    """The start-up beyond which the times of a cell are nearest to each other, how far apart."""
    found = []
    for thousandth in range(1000):
        start = min(times) * thousandth / 1000
        each = [(total - start) / count for total, count in zip(times, cells, strict=True)]
        found.append((max(each) / min(each), start))
    spread, start = min(found)
    return start, spread
