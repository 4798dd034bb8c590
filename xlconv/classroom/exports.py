"""A table of text that another program has exported: its cells, and each character as it stood.

A cell that is filled in changes nothing around it: its neighbours keep their quotes, the lines
their ends, and the file its letters. So the program that wrote the file takes it back.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from xlconv.errors import UnreadableError
from xlconv.files.reading import contents
from xlconv.files.tables import SAVE_AS, SEPARATORS
from xlconv.frozen import frozen

LARGEST, WIDEST, LONGEST = 8 << 20, 2_000, 100_000
"""Bytes of a file, its columns and lines: a class of ten thousand with all marks has less."""

CODES = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""What the first bytes of a file tell of its letters."""

DELIMITERS = (*SEPARATORS, "|")
"""What stands between cells: the first of these that cuts a header into most."""

NAMED = re.compile(r'"?sep=(.)"?\s*[\r\n]', re.IGNORECASE)
"""A first line that tells Excel what separates the cells."""

LINE_ENDS = re.compile(r"\r\n|\r|\n")


@frozen
class Record:
    """A line of the table; it has several of the file where a cell has.

    line  the first of these, counted from 1
    raw   its cells as they stand, with their quotes
    end   what ends it
    """

    line: int
    raw: tuple[str, ...]
    end: str

    @cached_property
    def cells(self) -> tuple[str, ...]:
        return tuple(map(_told, self.raw))

    @property
    def filled(self) -> bool:
        return any(cell.strip() for cell in self.cells)


@frozen
class Export:
    """A table of text: its first record is its header.

    before  what stands above the header: a line that names the delimiter, empty ones
    mark    the bytes that tell the code
    """

    path: Path
    mark: bytes
    code: str
    delimiter: str
    before: tuple[Record, ...]
    records: tuple[Record, ...]

    @property
    def header(self) -> Record:
        return self.records[0]

    def to_bytes(self) -> bytes:
        """The file; one in which nothing was filled in has the very bytes that were read."""
        parts = (self.delimiter.join(r.raw) + r.end for r in (*self.before, *self.records))
        return self.mark + "".join(parts).encode(self.code)

    def filled(self, column: int, cells: dict[int, str]) -> Export:
        """The same with new cells in a column, by the numbers of their records."""
        records = [
            self._with(record, column, cells[n]) if n in cells else record
            for n, record in enumerate(self.records)
        ]
        return replace(self, records=tuple(records))

    def widened(self, head: str) -> Export:
        """The same with one empty column more."""
        width = len(self.header.raw)
        records = [self._with(self.header, width, head)]
        records += [self._with(r, width, "") if r.filled else r for r in self.records[1:]]
        return replace(self, records=tuple(records))

    def _with(self, record: Record, column: int, cell: str) -> Record:
        """A record with another cell, quoted as the one before it was, or where it must be."""
        raw = [*record.raw, *[""] * (column + 1 - len(record.raw))]
        before = record.raw[min(column, len(record.raw) - 1)]
        needed = any(sign in cell for sign in (self.delimiter, '"', "\r", "\n"))
        inside = cell.replace('"', '""')
        raw[column] = f'"{inside}"' if needed or before.startswith('"') else cell
        return replace(record, raw=tuple(raw))


def read_export(path: Path) -> Export:
    """A table of text in any of the ways that programs write one.

    Raises UnreadableError for a file that is none, or has no header.
    """
    return parsed(path, contents(path, LARGEST))


def parsed(path: Path, data: bytes) -> Export:
    """The same, of a file that has been read."""
    mark = next((bom for bom in CODES if data.startswith(bom)), b"")
    code = CODES.get(mark) or _code(data)
    try:
        text = data[len(mark) :].decode(code)
    except UnicodeDecodeError:
        raise UnreadableError(f"{path} is no text of a known kind: {SAVE_AS}") from None
    if "\0" in text:
        raise UnreadableError(f"{path} is no table of text: {SAVE_AS}")
    delimiter = _delimiter(text)
    records = tuple(islice(_records(text, delimiter), LONGEST + 1))
    if len(records) > LONGEST:
        raise UnreadableError(f"{path} has more than {LONGEST:,} lines: leave some out")
    first = next((n for n, r in enumerate(records) if r.filled and not _names_delimiter(r)), None)
    if first is None:
        raise UnreadableError(f"{path} is empty: it needs a header, and a line for each student")
    if len(records[first].raw) > WIDEST:
        raise UnreadableError(f"{path} has more than {WIDEST:,} columns: leave some out")
    return Export(path, mark, code, delimiter, records[:first], records[first:])


def _code(data: bytes) -> str:
    """The code of a file without a mark; the letters of western Windows are the last guess."""
    high, low = data[::2].count(0), data[1::2].count(0)
    if high != low:  # its delimiters and digits are half empty
        return "utf-16-be" if high > low else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _names_delimiter(record: Record) -> bool:
    return record.line == 1 and record.cells[0].lower().startswith("sep=")


def _delimiter(text: str) -> str:
    """What cuts the first line into most cells; csv.Sniffer has taken the end of a line for it."""
    if (named := NAMED.match(text)) and named[1] in DELIMITERS:
        return named[1]
    counts = {one: _width(text, one) for one in DELIMITERS}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] > 1 else ","


def _width(text: str, delimiter: str) -> int:
    records = islice(_records(text, delimiter), LONGEST)
    return next((len(record.raw) for record in records if record.filled), 0)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """All of a text, cell by cell; a quote that nothing closes is a letter as any other."""
    cut = re.escape(delimiter)
    end = rf"({cut}|\r\n|\r|\n|\Z)"
    quoted = re.compile(rf'("(?:[^"]++|"")*+"){end}')
    plain = re.compile(rf"([^{cut}\r\n]*+){end}")
    at, begin, line, raw = 0, 0, 1, list[str]()
    while at < len(text) or raw:
        found = quoted.match(text, at) or plain.match(text, at)
        assert found is not None  # the second takes whatever stands there
        raw.append(found[1])
        at = found.end()
        if found[2] != delimiter:
            yield Record(line, tuple(raw), found[2])
            line += len(LINE_ENDS.findall(text, begin, at))
            begin, raw = at, []


def _told(raw: str) -> str:
    """What a cell says.

    >>> _told('"a; ""b"" c"'), _told('a "b"')
    ('a; "b" c', 'a "b"')
    """
    quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
    return raw[1:-1].replace('""', '"') if quoted else raw
