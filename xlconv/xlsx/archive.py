"""Sheets as an .xlsx file: its parts in a ZIP, the rows streamed in and compressed beside."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from queue import Queue
from threading import Lock, Thread
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.pages import Pages, pages
from xlconv.grid.sheet import Sheet
from xlconv.xlsx import parts, worksheet
from xlconv.xlsx.dressed import Own, dressed
from xlconv.xlsx.rows import Rows, chunks
from xlconv.xlsx.styles import Styles
from xlconv.xlsx.values import Strings

Progress = Callable[[int], object]
"""What is told, now and then, how many rows of all sheets are written."""

FIRST_MOMENT, LAST_MOMENT = 315_532_800, 4_354_819_199  # 1980 to 2107: a ZIP file knows no other
FILE_SIZE, PART_SIZE = 1 << 30, (1 << 31) - 1
"""Bytes of a file, and of a part of it unpacked: neither written nor read beyond.

A ZIP file with larger parts needs what not every program reads.
"""

LEVEL = 1  # 4 takes half as long again for a file smaller by 5 to 10 %; 9, twenty times as long
SMALL = 20_000  # cells of a sheet that is written at once: a thread would cost more than it saves
AHEAD = 2  # pieces of a sheet that wait to be compressed
PATIENCE = 1e-6  # seconds; in the usual 0.005 a piece is made, and zlib would wait for that


Chunks = Iterator[tuple[bytes, int]]
"""Rows of a sheet, and how many are written with them."""

Content = tuple[Chunks, Callable[[], str]]
"""Of a sheet: its rows, and then its conditional formats."""

NO_OWN: Mapping[int, Mapping[str, Own]] = {}


@frozen
class Kept:
    """What is known of sheets whose values alone change from one workbook to the next."""

    styles: Styles
    strings: Strings
    rows: tuple[Rows | None, ...]
    """Those of each sheet; None of one that is another sheet in each workbook."""
    lights: tuple[str, ...]
    """The conditional formats of each sheet."""

    @classmethod
    def of(cls, sheets: Sequence[Sheet], others: Container[int] = ()) -> Kept:
        """others: the numbers of the sheets that are others in each workbook."""
        styles, strings = Styles(), dict[str, int]()
        rows = [Rows(sheet, partial(styles.cell, sheet.way)) for sheet in sheets]
        for each in rows:
            each.keep()
            for _ in each.chunks(strings):
                pass
        lights = tuple(worksheet.lights(sheet, styles) for sheet in sheets)
        kept = tuple(None if n in others else each for n, each in enumerate(rows))
        return cls(styles, strings, kept, lights)

    def more(self, sheet: Sheet) -> Rows:
        """The rows of a sheet with no other looks than these have."""
        rows = Rows(sheet, partial(self.styles.cell, sheet.way))
        rows.keep()
        return rows


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
    with ZipFile(target, "w") as out:
        add = partial(_add, out, moment)
        for name, part in parts.before_sheets(sheets, printed).items():
            add(name, part)
        for n, name in enumerate(parts.sheet_names(sheets)):
            rows, lights = _known(kept, n, strings) or _new(sheets[n], styles, strings)
            rows = dressed(rows, own[n], styles, strings) if n in own else rows
            parted = _sheet(sheets, n, about["title"], printed[n], lights, progress, rows)
            pieces = _bounded(parted)
            add(name, pieces if sheets[n].used > SMALL else b"".join(pieces))
        # the rows have named their styles and strings by now
        add("xl/theme/theme1.xml", parts.theme())
        add("xl/styles.xml", parts.stylesheet(styles))
        add("xl/sharedStrings.xml", parts.shared(strings))
        # last: by its third part, which is the workbook, a file is known to be one
        add("docProps/app.xml", parts.program())
        add("docProps/core.xml", parts.core_properties(about, f"{moment:%Y-%m-%dT%H:%M:%SZ}"))
        add("docProps/custom.xml", parts.own_properties(properties))


def _known(kept: Kept | None, number: int, strings: Strings) -> Content | None:
    """The content of a sheet of which all but its values is known."""
    rows = kept.rows[number] if kept and number < len(kept.rows) else None
    return (rows.chunks(strings), partial(str, kept.lights[number])) if kept and rows else None


def _new(sheet: Sheet, styles: Styles, strings: Strings) -> Content:
    look = partial(styles.cell, sheet.way)
    return chunks(sheet, look, strings), partial(worksheet.lights, sheet, styles)


def _sheet(
    sheets: Sequence[Sheet],
    number: int,
    title: str,
    printed: Pages,
    lights: Callable[[], str],
    progress: Progress | None,
    rows: Chunks,
) -> Iterator[bytes]:
    """The part of one sheet, piece by piece."""
    sheet, before = sheets[number], sum(sheet.rows for sheet in sheets[:number])
    yield worksheet.before_rows(sheet, number == 0).encode()
    for xml, done in rows:
        yield xml
        if progress and not sheet.hidden:
            progress(before + done)
    yield worksheet.after_rows(sheet, title, lights(), printed).encode()


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a sheet, which may not become too large."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > PART_SIZE:
            raise XlconvError(
                "a sheet takes more than 2 GB: use a smaller input or kernel, or fewer channels"
            )
        yield piece


def _add(out: ZipFile, moment: dt.datetime, name: str, xml: str | bytes | Iterator[bytes]) -> None:
    """Add a part to the file; refuse a file that becomes too large."""
    info = ZipInfo(name, moment.timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    info._compresslevel = LEVEL  # type: ignore[attr-defined]  # public from Python 3.13
    with out.open(info, "w") as part:
        if isinstance(xml, str):
            part.write(xml.encode())
        elif isinstance(xml, bytes):
            part.write(xml)
        else:
            with _impatience:
                _aside(part.write, xml)
    if sum(part.compress_size for part in out.infolist()) > FILE_SIZE:
        size = f"{FILE_SIZE >> 20} MB"
        raise XlconvError(
            f"the workbook takes more than {size}: use a smaller input or fewer sheets"
        )


class _Impatience:
    """Threads that take turns more often, as long as at least one book is being written.

    The interval is the interpreter's, and books may be written in several threads at once: the
    first of them sets it, and the last one gives back what it was.
    """

    def __init__(self) -> None:
        self._lock, self._writers, self._usual = Lock(), 0, 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._writers:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(PATIENCE)
            self._writers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._writers -= 1
            if not self._writers:
                sys.setswitchinterval(self._usual)


_impatience = _Impatience()


def _aside(write: Callable[[bytes], object], pieces: Iterator[bytes]) -> None:
    """Write pieces in another thread: zlib lets this one make the next of them meanwhile."""
    waiting: Queue[bytes | None] = Queue(AHEAD)
    failed: list[Exception] = []

    def work() -> None:
        while (piece := waiting.get()) is not None:
            try:
                if not failed:
                    write(piece)
            except Exception as error:  # noqa: BLE001  # it is raised where the pieces are made
                failed.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        for piece in pieces:
            waiting.put(piece)
            if failed:
                break
    finally:
        waiting.put(None)
        thread.join()
    if failed:
        raise failed[0]


def _moment() -> dt.datetime:
    """The time that the file is said to be made at: SOURCE_DATE_EPOCH, else a constant."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", str(FIRST_MOMENT))
    if not re.fullmatch("[0-9]{1,11}", seconds) or int(seconds) > LAST_MOMENT:
        raise XlconvError(
            f"SOURCE_DATE_EPOCH must be seconds since 1970, up to {LAST_MOMENT},"
            f" got {seconds!r:.40}"
        )
    return dt.datetime.fromtimestamp(max(int(seconds), FIRST_MOMENT), dt.UTC)
