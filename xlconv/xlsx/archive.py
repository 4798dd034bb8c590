"""Sheets as an .xlsx file: its parts in a ZIP, the rows streamed in."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.pages import Pages, pages
from xlconv.grid.sheet import Sheet
from xlconv.xlsx import parts, worksheet
from xlconv.xlsx.cells import CellRows, rows
from xlconv.xlsx.styles import Styles
from xlconv.xlsx.values import Strings
from xlconv.xlsx.zipped import Zip

if TYPE_CHECKING:
    from xlconv.xlsx.dressed import Own
    from xlconv.xlsx.rows import Chunks, Piece, Rows

    Content = tuple[CellRows | Rows, Callable[[], str]]
    """Of a sheet: its rows, and then its conditional formats."""

Progress = Callable[[int], object]
"""What is told, now and then, how many rows of all sheets are written."""

FIRST_MOMENT, LAST_MOMENT = 315_532_800, 4_354_819_199  # 1980 to 2107: a ZIP file knows no other
FILE_SIZE, PART_SIZE = 1 << 30, (1 << 31) - 1
"""Bytes of a file, and of a part of it unpacked: neither written nor read beyond.

A ZIP file with larger parts needs what not every program reads.
"""

NO_OWN: Mapping[int, Mapping[str, Own]] = {}


@frozen
class Kept:
    """What is known of sheets whose values alone change from one workbook to the next."""

    styles: Styles
    strings: Strings
    rows: tuple[CellRows | None, ...]
    """Those of each sheet; None of one that is large, or another sheet in each workbook."""
    lights: tuple[str, ...]
    """The conditional formats of each sheet."""

    @classmethod
    def of(cls, sheets: Sequence[Sheet], others: Container[int] = ()) -> Kept:
        """others: the numbers of the sheets that are others in each workbook."""
        styles, strings = Styles(), Strings()
        every = [rows(sheet, partial(styles.cell, sheet.way)) for sheet in sheets]
        for each in every:
            for _ in each.chunks(strings):
                pass  # texts are numbered as their rows are made
        lights = tuple(worksheet.lights(sheet, styles) for sheet in sheets)
        kept = tuple(
            each if isinstance(each, CellRows) and n not in others else None
            for n, each in enumerate(every)
        )
        return cls(styles, strings, kept, lights)

    def more(self, sheet: Sheet) -> CellRows | None:
        """The rows of a sheet with no other looks than these have."""
        made = rows(sheet, partial(self.styles.cell, sheet.way))
        return made if isinstance(made, CellRows) else None


def write(
    sheets: Sequence[Sheet],
    about: Mapping[str, str],
    target: IO[bytes],
    properties: Mapping[str, str],
    progress: Progress | None = None,
    kept: Kept | None = None,
    own: Mapping[int, Mapping[str, Own]] = NO_OWN,
) -> None:
    """Write sheets as a workbook; the same sheets give the same bytes.

    about       the workbook: its title, and perhaps its description and language
    properties  of it beyond those that every program knows
    kept        what is known of the first of the sheets, whose values alone have changed
    own         what stands in some cells of a sheet instead, by its number and by addresses
    """
    moment, printed = _moment(), [*map(pages, sheets)]
    styles, strings = (kept.styles.copy(), {**kept.strings}) if kept else (Styles(), Strings())
    out = Zip(target, moment)
    add = partial(_add, out)
    for name, part in parts.before_sheets(sheets, printed).items():
        add(name, part)
    for n, name in enumerate(parts.sheet_names(sheets)):
        made, lights = _known(kept, n) or _new(sheets[n], styles)
        told = _chunks(made, own.get(n), styles, strings)
        parted = _sheet(sheets, n, about["title"], printed[n], lights, progress, told)
        add(name, _bounded(parted))
    # the rows have named their styles and strings by now
    add("xl/theme/theme1.xml", parts.theme())
    add("xl/styles.xml", parts.stylesheet(styles))
    add("xl/sharedStrings.xml", parts.shared(strings))
    # last: by its third part, which is the workbook, a file is known to be one
    add("docProps/app.xml", parts.program())
    add("docProps/core.xml", parts.core_properties(about, f"{moment:%Y-%m-%dT%H:%M:%SZ}"))
    add("docProps/custom.xml", parts.own_properties(properties))
    out.close()


def _chunks(
    made: CellRows | Rows, own: Mapping[str, Own] | None, styles: Styles, strings: Strings
) -> Chunks:
    """The rows of a sheet, with what stands in some cells instead."""
    if own is None:
        return made.packed(strings)
    from xlconv.xlsx.dressed import dressed  # late: few sheets have other contents

    return dressed(made.chunks(strings), own, styles, strings)


def _known(kept: Kept | None, number: int) -> Content | None:
    """The content of a sheet of which all but its values is known."""
    known = kept.rows[number] if kept and number < len(kept.rows) else None
    return (known, partial(str, kept.lights[number])) if kept and known else None


def _new(sheet: Sheet, styles: Styles) -> Content:
    made = rows(sheet, partial(styles.cell, sheet.way))
    return made, partial(worksheet.lights, sheet, styles)


def _sheet(
    sheets: Sequence[Sheet],
    number: int,
    title: str,
    printed: Pages,
    lights: Callable[[], str],
    progress: Progress | None,
    rows: Chunks,
) -> Iterator[Piece]:
    """The part of one sheet, piece by piece."""
    sheet, before = sheets[number], sum(sheet.rows for sheet in sheets[:number])
    yield worksheet.before_rows(sheet, number == 0, printed).encode()
    for xml, done in rows:
        yield xml
        if progress and not sheet.hidden:
            progress(before + done)
    yield worksheet.after_rows(sheet, title, lights(), printed).encode()


def _bounded(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces of a sheet, which may not become too large."""
    size = 0
    for piece in pieces:
        size += len(piece if isinstance(piece, bytes) else piece.text)
        if size > PART_SIZE:
            raise XlconvError(
                "a sheet takes more than 2 GB: use a smaller input or kernel, or fewer channels"
            )
        yield piece


def _add(out: Zip, name: str, xml: str | Iterator[Piece]) -> None:
    """Add a part to the file; refuse a file that becomes too large."""
    out.add(name, [xml.encode()] if isinstance(xml, str) else xml)
    if out.packed > FILE_SIZE:
        size = f"{FILE_SIZE >> 20} MB"
        raise XlconvError(
            f"the workbook takes more than {size}: use a smaller input or fewer sheets"
        )


def _moment() -> dt.datetime:
    """The time that the file is said to be made at: SOURCE_DATE_EPOCH, else a constant."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", str(FIRST_MOMENT))
    if not re.fullmatch("[0-9]{1,11}", seconds) or int(seconds) > LAST_MOMENT:
        raise XlconvError(
            f"SOURCE_DATE_EPOCH must be seconds since 1970, up to {LAST_MOMENT},"
            f" got {seconds!r:.40}"
        )
    return dt.datetime.fromtimestamp(max(int(seconds), FIRST_MOMENT), dt.UTC)
