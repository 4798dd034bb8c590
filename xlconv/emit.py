"""Sheets as an .xlsx file: the only file that knows openpyxl's workbooks.

openpyxl writes a shell, a workbook with everything but rows and looks: names, links, dropdowns, page
setup, properties. The shell's parts are copied one by one, made independent of the XML library in
use, and each sheet's rows are streamed into its place.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import count, groupby
from queue import Queue
from threading import Thread
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils.cell import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlconv.errors import TargetError, XlconvError
from xlconv.expr import Area
from xlconv.recipe import PROPERTY
from xlconv.sheet import Sheet, a1, corners, leaves, rules, span
from xlconv.sheetdata import chunks
from xlconv.strip import Strings, encoded, escape
from xlconv.styles import Styles

PIECE = 240  # Excel gives a property of its own making 255 characters
LAST_MOMENT = 4_354_819_199  # the last second of 2107: there is no later one in a ZIP file
LEVEL = 2  # 4 takes half as long again for a file smaller by 4 %; 9, twenty times for 13 %
AHEAD = 2  # pieces of a sheet that wait to be compressed
PATIENCE = 1e-4  # seconds; in the usual 0.005 a piece is made, and zlib would wait for that
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS_RELATION = (
    '<Relationship Id="strings" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org'
    '/officeDocument/2006/relationships/sharedStrings"/>'
)
STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sharedStrings+xml"/>'
)
QUIET = 'evalError="0" twoDigitTextYear="0" numberStoredAsText="1" formula="1" formulaRange="1"'


def write(
    sheets: Sequence[Sheet],
    title: str,
    target: IO[bytes],
    recipe: str = "",
    progress: Callable[[int], object] | None = None,
) -> None:
    """Write sheets as a workbook; the same sheets give the same bytes.

    progress  is told, now and then, how many rows of all sheets are written

    Source: ECMA-376 part 1, 18.3; the traps of each program are noted where they are avoided.
    """
    shell = _Shell(sheets, title, recipe)
    strings: Strings = {}
    with ZipFile(shell.save()) as parts, ZipFile(target, "w") as out:
        for name in parts.namelist():
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if found:
                xml, n = _settled(name, parts.read(name)), int(found[1]) - 1
                _member(out, name, shell.worksheet(n, xml, strings, progress))
            elif name not in ("xl/styles.xml", "xl/sharedStrings.xml"):
                _member(out, name, [_settled(name, parts.read(name))])
        # the rows have named their styles and strings by now
        _member(
            out,
            "xl/styles.xml",
            [HEAD, f'<styleSheet xmlns="{MAIN}">', shell.styles.xml(), "</styleSheet>"],
        )
        _member(out, "xl/sharedStrings.xml", _shared(strings))


def _member(out: ZipFile, name: str, pieces: Sequence[str] | Iterator[str]) -> None:
    info = ZipInfo(name, _moment().timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    info._compresslevel = LEVEL  # type: ignore[attr-defined]  # public from Python 3.13
    with out.open(info, "w") as part:
        if isinstance(pieces, Sequence):
            part.write("".join(pieces).encode())
        else:
            _aside(part.write, pieces)


def _aside(write: Callable[[bytes], object], pieces: Iterator[str]) -> None:
    """Write pieces in another thread: zlib lets this one make the next of them meanwhile."""
    waiting: Queue[bytes | None] = Queue(AHEAD)
    failed: list[Exception] = []
    patience = sys.getswitchinterval()

    def work() -> None:
        while (piece := waiting.get()) is not None:
            try:
                if not failed:
                    write(piece)
            except Exception as error:  # noqa: BLE001  # it is raised where the pieces are made
                failed.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    sys.setswitchinterval(PATIENCE)
    try:
        for piece in pieces:
            waiting.put(piece.encode())
            if failed:
                break
    finally:
        waiting.put(None)
        thread.join()
        sys.setswitchinterval(patience)
    if failed:
        raise failed[0]


def _moment() -> dt.datetime:
    """The time that the file is said to be made at: SOURCE_DATE_EPOCH, else a constant."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "315532800")
    if not re.fullmatch("[0-9]{1,11}", told) or int(told) > LAST_MOMENT:
        raise XlconvError(
            f"SOURCE_DATE_EPOCH must be seconds since 1970, up to {LAST_MOMENT}, got {told!r:.40}"
        )
    return dt.datetime.fromtimestamp(max(int(told), 315532800), dt.UTC)


def _no_room(reason: str) -> TargetError:
    return TargetError(
        f"cannot write temporary files: {reason}: make room, or set TMPDIR to another folder"
    )


def _settled(name: str, raw: bytes) -> str:
    """A part of openpyxl's in the one form that does not depend on its XML library."""
    text = raw.decode()
    if name == "docProps/core.xml":
        text = re.sub(r"(\d{4}-\d\d-\d\dT[\d:]+Z)", _moment().strftime("%Y-%m-%dT%H:%M:%SZ"), text)
    if name.endswith(".rels"):
        text = text.replace('Target="/xl/', 'Target="' + ("xl/" if name == "_rels/.rels" else ""))
    if name == "xl/_rels/workbook.xml.rels":  # openpyxl has no shared strings to speak of
        text = text.replace("</Relationships>", STRINGS_RELATION + "</Relationships>")
    if name == "[Content_Types].xml":
        text = text.replace("</Types>", STRINGS_TYPE + "</Types>")
    if name.startswith("xl/worksheets/"):
        try:
            root = ET.fromstring(text)
        except ET.ParseError:  # lxml may fill a disk without a word
            raise _no_room("they were cut short") from None
        # openpyxl writes headers of kinds that are not in use, which Gnumeric does not know
        body = re.sub(r"<(even|first)(Header|Footer)></\1\2>", "", _plain(root))
    else:
        body = ET.canonicalize(text)
    if name == "docProps/custom.xml":  # Gnumeric knows the prefix only where the root names it
        declared = re.search(r' xmlns:vt="[^"]*"', body)
        if declared:
            body = body.replace(declared[0], "")
            body = body.replace("<Properties ", f"<Properties{declared[0]} ", 1)
    return HEAD + body


def _plain(element: ET.Element, space: str = f' xmlns="{MAIN}"') -> str:
    """An element of the main namespace and all in it, as canonical XML; quicker than that of ET."""
    name = element.tag.rpartition("}")[2]
    attributes = "".join([_attribute(*item) for item in sorted(element.items())])
    inside = "".join([_plain(child, "") for child in element])
    return f"<{name}{space}{attributes}>{escape(element.text or '')}{inside}</{name}>"


def _attribute(name: str, value: str) -> str:
    prefix, _, name = name.rpartition("}")  # the only one is xml:space
    return f' {"xml:" if prefix else ""}{name}="{escape(value, quote=True)}"'


def _shared(strings: Strings) -> Iterator[str]:
    yield HEAD
    yield f'<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">'
    for string in strings:
        yield f'<si><t xml:space="preserve">{encoded(string)}</t></si>'
    yield "</sst>"


class _Shell:
    """The workbook that openpyxl writes, and the numbers of the styles in it."""

    def __init__(self, sheets: Sequence[Sheet], title: str, recipe: str) -> None:
        self.sheets = sheets
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])
        self.book.properties.title = title
        self.book.properties.creator = "xlconv"
        for n, start in enumerate(range(0, len(recipe), PIECE)):
            piece = StringProperty(name=f"{PROPERTY}.{n}", value=recipe[start : start + PIECE])
            self.book.custom_doc_props.append(piece)
        self.book.calculation.fullCalcOnLoad = True
        self.styles = Styles()
        for sheet in sheets:
            self._worksheet(sheet, self.book.create_sheet(sheet.name), title)

    def save(self) -> BytesIO:
        """The shell as a file, without the styles of cells."""
        target = BytesIO()
        try:
            self.book.save(target)
        except Exception as error:
            # openpyxl's own temporary files find no room: with lxml that is no OSError
            if isinstance(error, OSError) or type(error).__name__ == "SerialisationError":
                raise _no_room(getattr(error, "strerror", None) or str(error)) from None
            raise
        return target

    def worksheet(
        self,
        number: int,
        text: str,
        strings: Strings,
        progress: Callable[[int], object] | None,
    ) -> Iterator[str]:
        sheet = self.sheets[number]
        head, tail = re.split(
            r"<sheetData>.*</sheetData>|<sheetData\s*/>", text, maxsplit=1, flags=re.DOTALL
        )
        extent = f"A1:{a1((max(sheet.rows, 1) - 1, max(sheet.columns, 1) - 1))}"
        yield re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{extent}"', head)
        yield "<sheetData>"
        for xml, rows in chunks(sheet, self.styles.cell, strings):
            yield xml
            if progress:
                progress(sum(before.rows for before in self.sheets[:number]) + rows)
        quiet = (
            f'<ignoredErrors><ignoredError {QUIET} sqref="{extent}"></ignoredError></ignoredErrors>'
        )
        yield "</sheetData>" + self._lights(sheet)
        yield tail.replace("</worksheet>", quiet + "</worksheet>")

    def _lights(self, sheet: Sheet) -> str:
        """The conditional formats of a sheet: the first of two that hold comes before the other."""
        found: dict[str, list[str]] = defaultdict(list)
        rank = count(1)
        for light in sheet.lights:
            look = self.styles.light(light.role, light.tint)
            for leaf, condition in rules(light):
                found[span(leaf)].append(
                    f'<cfRule type="expression" dxfId="{look}" priority="{next(rank)}">'
                    f"<formula>{escape(condition)}</formula></cfRule>"
                )
        for scale in sheet.scales:
            colors = "".join(f'<color rgb="FF{color}"/>' for color in scale.ends)
            found[" ".join(span(leaf) for leaf in leaves(scale.cells))].append(
                f'<cfRule type="colorScale" priority="{next(rank)}"><colorScale><cfvo type="min"/>'
                f'<cfvo type="max"/>{colors}</colorScale></cfRule>'
            )
        return "".join(
            f'<conditionalFormatting sqref="{place}">{"".join(listed)}</conditionalFormatting>'
            for place, listed in found.items()
        )

    def _worksheet(self, sheet: Sheet, ws: Worksheet, title: str) -> None:
        ws.sheet_view.showGridLines, ws.sheet_view.zoomScale = False, sheet.zoom
        ws.sheet_format.defaultRowHeight, ws.sheet_format.customHeight = sheet.row_height, True
        ws.sheet_format.defaultColWidth = sheet.column_width
        widths = (sheet.widths.get(n, sheet.column_width) for n in range(sheet.columns))
        begin = 1
        for width, alike in groupby(widths):
            end = begin + len(list(alike))
            columns = ColumnDimension(ws, min=begin, max=end - 1, width=width)
            ws.column_dimensions[get_column_letter(begin)] = columns
            begin = end
        if sheet.frozen_rows:
            ws.freeze_panes = f"A{sheet.frozen_rows + 1}"
        self._page(sheet, ws, title)
        for link in sheet.links:
            at = a1(link.cells.origin)
            place = f"{quote_sheetname(link.target)}!A1"
            ws[at].hyperlink = Hyperlink(ref=at, location=place)
        for choice in sheet.choices:
            source = (
                span(choice.source.grid, absolute=True)
                if isinstance(choice.source, Area)
                else '"' + ",".join(map(str, choice.source)) + '"'
            )
            validation = DataValidation(type="list", formula1=source, allow_blank=False)
            validation.showErrorMessage = True
            if choice.prompt:
                validation.prompt, validation.showInputMessage = choice.prompt, True
            validation.add(span(choice.cells))
            ws.add_data_validation(validation)
        for block in sheet.blocks:
            place = quote_sheetname(sheet.name) + "!"
            first, last = corners(block.cells)
            area = f"{place}{a1(first, True)}:{a1(last, True)}"
            name = sheet.defined_name(block)
            self.book.defined_names[name] = DefinedName(name, attr_text=area)

    def _page(self, sheet: Sheet, ws: Worksheet, title: str) -> None:
        rows, columns = max(sheet.rows, 1), max(sheet.columns, 1)
        ws.print_area = f"A1:{a1((rows - 1, columns - 1))}"
        width = sum(sheet.widths.get(c, sheet.column_width) for c in range(columns)) * 5.6
        height = (
            sum(sheet.heights.get(r, sheet.row_height) for r in range(rows))
            if rows < 10_000
            else 2e5
        )
        ws.page_setup.orientation = "landscape" if width > height else "portrait"
        ws.page_setup.paperSize = ws.PAPERSIZE_A4
        ws.sheet_properties.pageSetUpPr.fitToPage = True
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0 if height > 2 * width else 1
        if height > 2 * width:
            ws.print_title_rows = "1:2"
        ws.print_options.horizontalCentered = True
        for side in ("left", "right", "top", "bottom"):
            setattr(ws.page_margins, side, 0.5)
        ws.page_margins.header = ws.page_margins.footer = 0.25
        if title:
            ws.oddHeader.right.text = title.replace("&", "&&")
        ws.oddFooter.left.text, ws.oddFooter.right.text = "&A", "&P / &N"
