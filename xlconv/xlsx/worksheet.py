"""A sheet's part around its rows: columns, pages, conditional formats, dropdowns, links.

Source: ECMA-376 part 1, 18.3. Elements stand in the schemas' order.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count, groupby

from xlconv.grid.direction import Way
from xlconv.grid.grid import Area
from xlconv.grid.limits import EXCEL_COLUMNS, EXCEL_ROWS
from xlconv.grid.marks import Scale
from xlconv.grid.pages import Pages
from xlconv.grid.places import a1, leaves, quoted, span
from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.xlsx.styles import Styles
from xlconv.xlsx.values import encoded, escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"

A4 = 9
"""The paper, as Excel numbers it."""

# Excel is told not to mark cells whose formulas differ from those beside them
QUIET = 'numberStoredAsText="1" formula="1" formulaRange="1"'


def before_rows(sheet: Sheet, first: bool, printed: Pages) -> str:
    """A sheet's part up to its rows; the first sheet is the one that is seen when it is opened."""
    pane = '<selection activeCell="A1" sqref="A1"/>'
    if sheet.frozen_rows:
        pane = (
            f'<pane ySplit="{sheet.frozen_rows}" topLeftCell="A{sheet.frozen_rows + 1}"'
            ' activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft" activeCell="A1" sqref="A1"/>'
        )
    listed, begin = [], 1
    for width, alike in groupby(printed.widths):
        end = begin + len(list(alike))
        listed.append(f'<col min="{begin}" max="{end - 1}" width="{width:g}" customWidth="1"/>')
        begin = end
    seen = ' rightToLeft="1"' if sheet.way is Way.LEFTWARD else ""
    seen += ' tabSelected="1"' if first else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}relationships">'
        f'<dimension ref="{extent(sheet, printed)}"/><sheetViews><sheetView showGridLines="0"{seen}'
        f' zoomScale="{sheet.zoom}" workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultColWidth="{sheet.column_width:g}"'
        f' defaultRowHeight="{sheet.row_height:g}" customHeight="1"/>'
        f"<cols>{''.join(listed)}</cols><sheetData>"
    )


def after_rows(sheet: Sheet, title: str, lit: str, printed: Pages) -> str:
    """A sheet's part from its rows on, with its conditional formats, which `lights` gives."""
    titled = encoded(("&L" if sheet.way is Way.LEFTWARD else "&R") + title.replace("&", "&&"))
    left, right = ("&P / &N", "&A") if sheet.way is Way.LEFTWARD else ("&A", "&P / &N")
    header = f"<oddHeader>{titled}</oddHeader>" if title else ""
    return (
        f"</sheetData>{lit}{_choices(sheet)}{_links(sheet)}"
        '<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.5"'
        f' bottom="0.5" header="0.25" footer="0.25"/>{_setup(printed)}<headerFooter>{header}'
        f"<oddFooter>{escape(f'&L{left}&R{right}')}</oddFooter></headerFooter>"
        f'{breaks(printed)}<ignoredErrors><ignoredError sqref="{extent(sheet, printed)}" {QUIET}/>'
        "</ignoredErrors></worksheet>"
    )


def _setup(printed: Pages) -> str:
    way = "landscape" if printed.landscape else "portrait"
    over = ' pageOrder="overThenDown"' * bool(printed.turns)
    return f'<pageSetup paperSize="{A4}" scale="{printed.scale}"{over} orientation="{way}"/>'


def breaks(printed: Pages) -> str:
    """The elements for the breaks, each by the row or column before it, counted from 1."""
    return "".join(
        f'<{which}Breaks count="{len(at)}" manualBreakCount="{len(at)}">'
        + "".join(f'<brk id="{place}" max="{last - 1}" man="1"/>' for place in at)
        + f"</{which}Breaks>"
        for which, at, last in (
            ("row", printed.breaks, EXCEL_COLUMNS),
            ("col", printed.turns, EXCEL_ROWS),
        )
        if at
    )


def extent(sheet: Sheet, printed: Pages, absolute: bool = False) -> str:
    """All cells of a sheet, as one range."""
    last = max(sheet.rows, 1) - 1, len(printed.widths) - 1
    return f"{a1((0, 0), absolute)}:{a1(last, absolute)}"


def lights(sheet: Sheet, styles: Styles) -> str:
    """The conditional formats of a sheet: the first of two that hold comes before the other."""
    formats: dict[str, list[str]] = defaultdict(list)
    rank = count(1)
    for light in sheet.lights:
        look = styles.light(light.role, light.tint, light.numbers)
        for leaf, condition in conditions(light):
            formats[span(leaf)].append(
                f'<cfRule type="expression" dxfId="{look}" priority="{next(rank)}">'
                f"<formula>{escape(condition)}</formula></cfRule>"
            )
    for scale in sheet.scales:
        colors = "".join(f'<color rgb="FF{color}"/>' for color in scale.ends)
        formats[" ".join(span(leaf) for leaf in leaves(scale.cells))].append(
            f'<cfRule type="colorScale" priority="{next(rank)}"><colorScale>'
            f"{_ends(scale)}{colors}</colorScale></cfRule>"
        )
    return "".join(
        f'<conditionalFormatting sqref="{place}">{"".join(listed)}</conditionalFormatting>'
        for place, listed in formats.items()
    )


def _ends(scale: Scale) -> str:
    """The two values whose colours a heat map has."""
    if scale.values is None:
        return '<cfvo type="min"/><cfvo type="max"/>'
    return "".join(f'<cfvo type="num" val="{value:g}"/>' for value in scale.values)


def _choices(sheet: Sheet) -> str:
    """The dropdowns of a sheet."""
    listed = []
    for choice in sheet.choices:
        source = (
            span(choice.source.grid, absolute=True)
            if isinstance(choice.source, Area)
            else '"' + ",".join(map(str, choice.source)) + '"'
        )
        said = escape(choice.prompt, quote=True)
        prompt = f' showInputMessage="1" prompt="{said}"' if said else ""
        listed.append(
            f'<dataValidation type="list" showErrorMessage="1"{prompt}'
            f' sqref="{span(choice.cells)}">'
            f"<formula1>{escape(source)}</formula1></dataValidation>"
        )
    if not listed:
        return ""
    return f'<dataValidations count="{len(listed)}">{"".join(listed)}</dataValidations>'


def _links(sheet: Sheet) -> str:
    """The links of a sheet: to others by their place in the workbook, to files by relations."""
    links, numbers = "", count(1)
    for link in sheet.links:
        # Google Sheets shows the address of a link that does not say its text
        shown = f'display="{escape(str(link.cells.value), quote=True)}"'
        if link.tip:
            goal = f'r:id="rId{next(numbers)}" tooltip="{escape(link.tip, quote=True)}"'
        else:
            goal = f'location="{escape(quoted(link.target), quote=True)}!A1"'
        links += f'<hyperlink ref="{a1(link.cells.origin)}" {goal} {shown}/>'
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""
