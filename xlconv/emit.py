"""Sheets as an .xlsx file: the only file that knows openpyxl's workbooks.

openpyxl writes a shell, a workbook with everything but rows: styles, names, conditional formats,
dropdowns, page setup. The shell's parts are copied one by one, made independent of the XML library
in use, and each sheet's rows are streamed into its place.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import groupby
from queue import Queue
from threading import Thread
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.utils.cell import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlconv import theme
from xlconv.expr import Area
from xlconv.recipe import PROPERTY
from xlconv.sheet import Sheet, a1, corners, leaves, rules, span
from xlconv.sheetdata import chunks
from xlconv.strip import BOTTOM, LEFT, RIGHT, TOP, Strings, escape

PIECE = 240  # Excel gives a property of its own making 255 characters
LEVEL = 4  # 9 costs ten times the time for a tenth of the size
AHEAD = 4  # pieces of a sheet that wait to be compressed
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FONT_ORDER = [
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
]
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
        _member(out, "xl/styles.xml", [HEAD + _plain(shell.stylesheet(), "")])
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

    def work() -> None:
        while (piece := waiting.get()) is not None:
            try:
                if not failed:
                    write(piece)
            except Exception as error:  # noqa: BLE001  # it is raised where the pieces are made
                failed.append(error)

    thread = Thread(target=work)
    thread.start()
    try:
        for piece in pieces:
            waiting.put(piece.encode())
            if failed:
                break
    finally:
        waiting.put(None)
        thread.join()
    if failed:
        raise failed[0]


def _moment() -> dt.datetime:
    """The time that the file is said to be made at: SOURCE_DATE_EPOCH, else a constant."""
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))
    return dt.datetime.fromtimestamp(max(epoch, 315532800), dt.UTC)


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
        # openpyxl writes headers of kinds that are not in use, which Gnumeric does not know
        body = re.sub(r"<(even|first)(Header|Footer)></\1\2>", "", _plain(ET.fromstring(text)))
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
    quoted = escape(value).replace('"', "&quot;").replace("\n", "&#xA;")
    return f' {"xml:" if prefix else ""}{name}="{quoted}"'


def _shared(strings: Strings) -> Iterator[str]:
    yield HEAD
    yield f'<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">'
    for string in strings:
        yield f'<si><t xml:space="preserve">{escape(string)}</t></si>'
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
        self._numbers: dict[tuple[str, int, int, bool], int] = {}
        for sheet in sheets:
            self._worksheet(sheet, self.book.create_sheet(sheet.name), title)

    def save(self) -> BytesIO:
        """The shell as a file, without the styles of cells."""
        target = BytesIO()
        self.book.save(target)
        return target

    def stylesheet(self) -> ET.Element:
        """The styles that the rows have named so far."""
        root: ET.Element = write_stylesheet(self.book)
        for font in root.iter("font"):
            font[:] = sorted(font, key=lambda child: FONT_ORDER.index(child.tag))
        return root

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
        for xml, rows in chunks(sheet, self.style, strings):
            yield xml
            if progress:
                progress(sum(before.rows for before in self.sheets[:number]) + rows)
        quiet = (
            f'<ignoredErrors><ignoredError {QUIET} sqref="{extent}"></ignoredError></ignoredErrors>'
        )
        yield "</sheetData>" + tail.replace("</worksheet>", quiet + "</worksheet>")

    def style(self, role: str, tint: int, edges: int, quoted: bool) -> int:
        """The number of a style in the workbook."""
        key = (role, tint, edges, quoted)
        if key not in self._numbers:
            look = theme.look(role, tint)
            cell = Cell(self.book.worksheets[0], row=1, column=1)
            cell.font = _font(look)
            if look.fill:
                cell.fill = PatternFill("solid", fgColor=_argb(look.fill))
            cell.alignment = Alignment(
                horizontal=look.align,
                vertical="top" if look.wrap else "center",
                wrap_text=look.wrap or None,
                indent=look.indent,
            )
            cell.border = _border(look, edges)
            cell.number_format = look.number_format
            if quoted:
                cell.quotePrefix = True
            self._numbers[key] = cell.style_id
        return self._numbers[key]

    def _worksheet(self, sheet: Sheet, ws: Worksheet, title: str) -> None:
        ws.sheet_view.showGridLines = False
        ws.sheet_format.defaultRowHeight, ws.sheet_format.customHeight = 20, True
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
        for light in sheet.lights:
            look = theme.look(light.role, light.tint)
            style = DifferentialStyle(
                font=Font(color=_argb(look.color), b=look.bold or None, strike=look.strike or None),
                fill=PatternFill(bgColor=_argb(look.fill), fill_type="solid")
                if look.fill
                else None,
            )
            for leaf, condition in rules(light):
                ws.conditional_formatting.add(
                    span(leaf), Rule(type="expression", dxf=style, formula=[condition])
                )
        for cells in sheet.scales:
            low, high = theme.SCALE
            colors = ColorScaleRule("min", None, _argb(low), "max", None, _argb(high))
            ws.conditional_formatting.add(" ".join(span(leaf) for leaf in leaves(cells)), colors)
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
        height = sum(sheet.heights.get(r, 20) for r in range(rows)) if rows < 10_000 else 2e5
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


def _font(look: theme.Look) -> Font:
    return Font(
        name=look.font,
        sz=look.size,
        b=look.bold or None,
        i=look.italic or None,
        strike=look.strike or None,
        u="single" if look.underline else None,
        color=_argb(look.color),
    )


def _argb(rgb: str) -> str:
    """A colour that is opaque in programs that look at that, too."""
    return "FF" + rgb


def _border(look: theme.Look, edges: int) -> Border:
    thin = Side("thin", _argb(look.line)) if look.lines else Side()
    thick = Side("medium", _argb(theme.FRAME))
    return Border(
        left=thick if edges & LEFT else thin,
        right=thick if edges & RIGHT else thin,
        top=thick if edges & TOP else thin,
        bottom=thick if edges & BOTTOM else thin,
    )
