"""Tables of numbers in text, as spreadsheets of several languages save them."""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import accumulate
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from xlconv.text import counted

CODES = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16's, which begins it
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""What the first bytes of a file tell of its letters; without them it is UTF-8."""

SEPARATORS = (";", "\t", ",")
"""What stands between numbers: the first of these that the first row has."""

MARKS = (",", ".")
"""What may stand before the decimals, where the numbers are separated by something else."""

PART, LONGEST = 1 << 20, 1 << 22
"""Characters that are read at once, and those of the longest row."""

SAVE_AS = 'save it as "CSV UTF-8"'


def read_table(file: BinaryIO, check: Callable[[int], None]) -> NDArray[np.float64]:
    """The numbers in a CSV file, (rows, columns); rows without any are left out.

    check  is told how many numbers there are so far, and raises if these are too many

    Numbers are separated by semicolons, tabs or commas; where it is no comma, one may stand before
    the decimals. The letters are UTF-8, or what a byte order mark says. A first line "sep=;" is
    taken as Excel takes it.

    Raises ValueError that says where there is no number, and never what is there instead.

    >>> from io import BytesIO
    >>> read_table(BytesIO(b"1,5;2" + bytes([10]) + b"3;4"), check=lambda count: None).tolist()
    [[1.5, 2.0], [3.0, 4.0]]
    """
    text = TextIOWrapper(file, _code(file), newline=None)
    values, table = array("d"), _Table()
    try:
        for part in _parts(text):
            numbers = table.numbers(part)
            check(len(values) + numbers.size)
            values.frombytes(numbers.tobytes())
    except UnicodeError:
        raise ValueError(f"is no UTF-8 text: {SAVE_AS}") from None
    finally:
        text.detach()
    if not values:
        raise ValueError("holds no numbers")
    return np.frombuffer(values).reshape(-1, table.width)


def _code(file: BinaryIO) -> str:
    begin = file.read(4)
    file.seek(0)
    return next((code for bom, code in CODES.items() if begin.startswith(bom)), "utf-8")


def _parts(text: TextIOWrapper) -> Iterator[str]:
    """Whole lines, many at once."""
    rest = ""
    while part := text.read(PART):
        head, newline, rest = (rest + part).rpartition("\n")
        if len(rest) > LONGEST:
            raise ValueError(f"has a row of more than {LONGEST} characters")
        if newline:
            yield head
    yield rest


@dataclass
class _Table:
    """What the parts of a table have in common, as far as it is read."""

    rows: int = 0
    width: int = 0
    separator: str = ""
    mark: str = ""

    def numbers(self, part: str) -> NDArray[np.float64]:
        """The numbers of its next lines, (rows, columns)."""
        if not part.strip():
            self.rows += part.count("\n") + 1
            return np.empty((0, self.width))
        lines = part.split("\n")
        if not self.separator:
            self._begin(lines)
        if "\0" in part:
            raise ValueError(f"holds letters of no text: {SAVE_AS}")
        lines = self._with_points(lines, part)
        blank = f' \t"{self.separator}'
        filled = [line for line in lines if line.strip(blank)]
        block = self._at_once(filled) if filled else np.empty((0, self.width))
        if block is None:
            block = self._one_by_one(lines, blank)
        self.rows += len(lines)
        self.width = block.shape[1]
        return block

    def _begin(self, lines: list[str]) -> None:
        """Find out what separates the numbers, from the first line that has any."""
        if named := re.fullmatch(r'"?sep=(.)"?', lines[0].strip(" "), re.IGNORECASE):
            self.separator, lines[0] = named[1], ""
            return
        first = next((line for line in lines if line.strip()), "")
        self.separator = next((s for s in SEPARATORS if s in first), "," if first else "")

    def _with_points(self, lines: list[str], part: str) -> list[str]:
        """The lines with a point before the decimals, whatever stands there."""
        if self.separator in MARKS:
            return lines
        for mark in MARKS:
            if mark in part and self.mark != mark:
                if self.mark or (mark == "," and "." in part):
                    raise ValueError(self._mixed(lines))
                self.mark = mark
        return [line.replace(",", ".") for line in lines] if self.mark == "," else lines

    def _mixed(self, lines: list[str]) -> str:
        """Where a second decimal mark is."""
        marks = ({mark for mark in MARKS if mark in line} for line in lines)
        seen = accumulate(marks, set.union, initial={self.mark} - {""})
        row = next(n for n, kinds in enumerate(seen, self.rows) if len(kinds) > 1)
        return (
            f"row {row} has decimal commas beside decimal points: write all numbers with one of"
            " them, and none between thousands"
        )

    def _at_once(self, lines: list[str]) -> NDArray[np.float64] | None:
        """The numbers of lines that hold nothing else, or None."""
        try:
            block = np.loadtxt(
                lines, delimiter=self.separator, quotechar='"', comments=None, ndmin=2
            )
        except ValueError:
            return None
        return block if self.width in (0, block.shape[1]) else None

    def _one_by_one(self, lines: list[str], blank: str) -> NDArray[np.float64]:
        """The same; raises ValueError that says where there is no number."""
        import csv  # late: start-up counts

        values: list[list[float]] = []
        width = self.width
        for row, line in enumerate(lines, self.rows + 1):
            if not line.strip(blank):
                continue
            try:
                cells = next(csv.reader([line], delimiter=self.separator))
            except csv.Error as error:
                raise ValueError(f"row {row} is no CSV: {error}") from None
            values.append([self._number(c, row, n, not width) for n, c in enumerate(cells, 1)])
            width = width or len(cells)
            if len(cells) != width:
                raise ValueError(
                    f"row {row} has {counted(len(cells), 'value')} where the first has {width}:"
                    " give all rows as many"
                )
        return np.array(values)

    def _number(self, cell: str, row: int, column: int, first: bool) -> float:
        try:
            # Python takes 1_000 and the digits of every script
            return float(cell.replace("_", "?").encode("ascii", "replace"))
        except ValueError:
            raise ValueError(f"row {row} column {column} {self._wrong(cell, first)}") from None

    def _wrong(self, cell: str, first: bool) -> str:
        """What is wrong with a cell, in words that do not show it."""
        if not cell.strip():
            return "is empty: write 0, or leave its row or column out"
        if "," in cell and self.separator == ",":
            return "has a comma in it: write 1.5, or semicolons between the numbers"
        if re.fullmatch(r"[-+]?[0-9]+(\s[0-9]{3})+([.,][0-9]*)?", cell.strip()):
            return "has spaces between its digits: write 1234.5"
        titles = "leave out a row of titles" * first
        written = "write it like -1.5, and a comma or semicolon between two"
        ways = [titles, written * any(map(str.isdigit, cell))]
        return f"is no number: {', or '.join(filter(None, ways))}".removesuffix(": ")
