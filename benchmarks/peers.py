"""Write the cells of a form by another writer: python peers.py WRITER FORM PLAN TARGET

The cells are those of xlconv's own file: the input's numbers and the output's formulas, in the same
places with the same texts (`run.py` compares them); only XlsxWriter is given values beside them.
`none` makes the rows and writes nothing, which tells what the texts cost.

PLAN is JSON: size, input and output (row, column from 0), kernels (their addresses).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Row = list[Any]


def letters(column: int) -> str:
    """A column's letters, from 0."""
    text = ""
    while column >= 0:
        text, column = chr(65 + column % 26) + text, column // 26 - 1
    return text


def phase_formulas(plan: dict[str, Any]) -> Iterator[Row]:
    """Rows of the output for a kernel of 4 x 4, stride 2 and padding 1, as windows of the input."""
    (top, left), kernels, size = plan["input"], plan["kernels"], 2 * plan["size"]
    names = [letters(left - 1 + n) for n in range(plan["size"] + 2)]
    for r in range(size):
        row = top + (r + 1) // 2
        even, odd = kernels[r % 2 * 2 : r % 2 * 2 + 2]
        cells: Row = [None] * size
        cells[::2] = [f"=SUMPRODUCT({even},{a}{row}:{b}{row + 1})" for a, b in pairwise(names[:-1])]
        cells[1::2] = [f"=SUMPRODUCT({odd},{a}{row}:{b}{row + 1})" for a, b in pairwise(names[1:])]
        yield cells


def taps_formulas(plan: dict[str, Any]) -> Iterator[Row]:
    """Rows of the output for a kernel of 4 x 4 and stride 2, as products of inputs and weights."""
    (top, left), (down, across), size = plan["input"], plan["kernel"], plan["size"]
    names = [letters(left + n) for n in range(size)]
    weights = [letters(across + n) for n in range(4)]
    taps = [
        [(i, r - 2 * i) for i in (r // 2 - 1, r // 2) if 0 <= i < size] for r in range(2 * size + 2)
    ]
    columns = [[(names[j], weights[v]) for j, v in tap] for tap in taps]
    for rows in taps:
        ends = [(top + 1 + i, down + 1 + u) for i, u in rows]
        cells: Row = []
        for pair in columns:
            if len(ends) == len(pair) == 2:
                (i, u), (k, w) = ends
                (a, p), (b, q) = pair
                cells.append(f"={a}{i}*${p}${u}+{b}{i}*${q}${u}+{a}{k}*${p}${w}+{b}{k}*${q}${w}")
            else:
                cells.append("=" + "+".join(f"{a}{i}*${p}${u}" for i, u in ends for a, p in pair))
        yield cells


def rows_of(form: str, plan: dict[str, Any]) -> Iterator[Row]:
    """Every row of the sheet, from the first."""
    formulas = {"phase": phase_formulas, "taps": taps_formulas}[form](plan)
    (top, left), (first, begin), size = plan["input"], plan["output"], plan["size"]
    gap: Row = [None] * (begin - left - size)
    for r in range(first + 2 * size + (2 if form == "taps" else 0)):
        within = top <= r < top + size
        numbers: Row = [(r * 7 + n) % 5 for n in range(size)] if within else [None] * size
        yield [None] * left + numbers + gap + (next(formulas) if r >= first else [])


def none(rows: Iterator[Row], target: str) -> None:  # noqa: ARG001
    for _ in rows:
        pass


def rustypyxl(rows: Iterator[Row], target: str) -> None:
    from rustypyxl import WriteOnlyWorkbook

    with WriteOnlyWorkbook(target) as book:
        book.create_sheet("Sheet")
        for row in rows:
            book.append_row(row)


def rust_xlsxwriter(rows: Iterator[Row], target: str) -> None:
    from rvgsrust_xlsxwriter import Workbook

    book = Workbook()
    sheet = book.add_worksheet("Sheet")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_formula(r, c, cell)
            elif cell is not None:
                sheet.write(r, c, cell)
    book.close(target)


def pyexcelerate(rows: Iterator[Row], target: str) -> None:
    from pyexcelerate import Workbook

    book = Workbook()
    book.new_sheet("Sheet", data=list(rows))
    book.save(target)


def openpyxl(rows: Iterator[Row], target: str) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for row in rows:
        sheet.append(row)
    book.save(target)


def xlsxwriter(rows: Iterator[Row], target: str) -> None:
    from xlsxwriter import Workbook

    with Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Sheet")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_formula(r, c, cell, None, 7)
                elif cell is not None:
                    sheet.write_number(r, c, cell)


if __name__ == "__main__":
    writer, form, plan, target = sys.argv[1:]
    cells = rows_of(form, json.loads(Path(plan).read_text()))
    {f.__name__: f for f in (none, rustypyxl, rust_xlsxwriter, pyexcelerate, openpyxl, xlsxwriter)}[
        writer
    ](cells, target)
