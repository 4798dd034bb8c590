"""The parts of a workbook around its rows: names, pages, links, dropdowns, properties.

Source: ECMA-376 part 1, 18.2, 18.3, 22.3; part 2, 9 and 11. Elements stand in the schemas' order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count, groupby

from xlconv.grid.grid import Area
from xlconv.grid.limits import EXCEL_COLUMNS
from xlconv.grid.places import a1, corners, leaves, quoted, span
from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import BLUE, FRAME, GREY, INK, PALE_GREY, TINTS, WHITE
from xlconv.xlsx.strip import Strings, encoded, escape
from xlconv.xlsx.styles import Styles

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
WORD = "application/vnd.openxmlformats-"
PROPERTIES_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
HIDDEN = ' state="hidden"'
A4 = 9
THEME_COLORS = {
    "dk1": INK, "lt1": WHITE, "dk2": FRAME, "lt2": PALE_GREY,
    **{f"accent{n}": tint for n, tint in enumerate(TINTS[:6], 1)}, "hlink": BLUE, "folHlink": GREY,
}  # fmt: skip

# Excel is told not to mark cells whose formulas differ from those beside them
QUIET = 'numberStoredAsText="1" formula="1" formulaRange="1"'


def types(sheets: Sequence[Sheet]) -> str:
    """What each part is."""
    kinds = {
        "xl/workbook.xml": "officedocument.spreadsheetml.sheet.main",
        "xl/styles.xml": "officedocument.spreadsheetml.styles",
        "xl/theme/theme1.xml": "officedocument.theme",
        "xl/sharedStrings.xml": "officedocument.spreadsheetml.sharedStrings",
        "docProps/core.xml": "package.core-properties",
        "docProps/app.xml": "officedocument.extended-properties",
        "docProps/custom.xml": "officedocument.custom-properties",
    } | dict.fromkeys(sheet_names(sheets), "officedocument.spreadsheetml.worksheet")
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="{WORD}{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}content-types"><Default Extension="rels"'
        f' ContentType="{WORD}package.relationships+xml"/><Default Extension="xml"'
        f' ContentType="application/xml"/>{listed}</Types>'
    )


def sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """The parts of the sheets, in order."""
    return [f"xl/worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]


def relations() -> str:
    """Where a program finds the workbook and the properties."""
    return _relations(
        [
            (OFFICE + "relationships/officeDocument", "xl/workbook.xml"),
            (PACKAGE + "relationships/metadata/core-properties", "docProps/core.xml"),
            (OFFICE + "relationships/extended-properties", "docProps/app.xml"),
            (OFFICE + "relationships/custom-properties", "docProps/custom.xml"),
        ]
    )


def workbook_relations(sheets: Sequence[Sheet]) -> str:
    """Where the workbook finds its sheets, in order, and the rest."""
    parts = [("worksheet", name.removeprefix("xl/")) for name in sheet_names(sheets)]
    parts += [("styles", "styles.xml"), ("theme", "theme/theme1.xml")]
    parts += [("sharedStrings", "sharedStrings.xml")]
    return _relations([(f"{OFFICE}relationships/{kind}", name) for kind, name in parts])


def _relations(listed: Sequence[tuple[str, str]]) -> str:
    # relative targets: IronCalc does not follow absolute ones everywhere
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(listed, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}relationships">{links}</Relationships>'


def core_properties(title: str, moment: str) -> str:
    """The title, and when the file is said to be made."""
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>xlconv</dc:creator>{times}"
        "</cp:coreProperties>"
    )


def program() -> str:
    """What made the file; LibreOffice trusts the values of one that names Microsoft Excel."""
    return (
        f'{HEAD}<Properties xmlns="{OFFICE}extended-properties">'
        "<Application>Microsoft Excel Compatible / xlconv</Application></Properties>"
    )


def own_properties(properties: Mapping[str, str]) -> str:
    """Properties beyond those that every file has."""
    listed = "".join(
        f'<property fmtid="{PROPERTIES_ID}" pid="{n}" name="{escape(name, quote=True)}">'
        f"<vt:lpwstr>{escape(text)}</vt:lpwstr></property>"
        for n, (name, text) in enumerate(properties.items(), 2)
    )
    return (
        f'{HEAD}<Properties xmlns="{OFFICE}custom-properties" xmlns:vt="{OFFICE}docPropsVTypes">'
        f"{listed}</Properties>"
    )


def workbook(sheets: Sequence[Sheet]) -> str:
    """The sheets, the names of their blocks, and what is printed of them."""
    listed = "".join(
        f'<sheet name="{escape(sheet.name, quote=True)}" sheetId="{n}"'
        f'{HIDDEN * sheet.hidden} r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    names = []
    for sheet in sheets:
        for block in sheet.blocks:
            first, last = (a1(corner, absolute=True) for corner in corners(block.cells))
            area = f"{quoted(sheet.name)}!{first}:{last}"
            names.append(
                f'<definedName name="{sheet.defined_name(block)}">{escape(area)}</definedName>'
            )
    for n, sheet in enumerate(sheets):
        if sheet.hidden:  # LibreOffice would print it
            continue
        printed = {"Area": extent(sheet, absolute=True)}
        if _runs_over_pages(sheet):
            printed["Titles"] = "$1:$2"
        names += [
            f'<definedName name="_xlnm.Print_{name}" localSheetId="{n}">'
            f"{escape(quoted(sheet.name))}!{cells}</definedName>"
            for name, cells in printed.items()
        ]
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}relationships"><workbookPr/><bookViews>'
        f"<workbookView/></bookViews><sheets>{listed}</sheets>"
        f"<definedNames>{''.join(names)}</definedNames>"
        '<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'
    )


def before_rows(sheet: Sheet, first: bool) -> str:
    """A sheet's part up to its rows; the first sheet is the one that is seen when it is opened."""
    pane = '<selection activeCell="A1" sqref="A1"/>'
    if sheet.frozen_rows:
        pane = (
            f'<pane ySplit="{sheet.frozen_rows}" topLeftCell="A{sheet.frozen_rows + 1}"'
            ' activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft" activeCell="A1" sqref="A1"/>'
        )
    widths = (sheet.widths.get(n, sheet.column_width) for n in range(_columns(sheet)))
    columns, begin = [], 1
    for width, alike in groupby(widths):
        end = begin + len(list(alike))
        columns.append(f'<col min="{begin}" max="{end - 1}" width="{width:g}" customWidth="1"/>')
        begin = end
    seen = ' tabSelected="1"' if first else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="{extent(sheet)}"/><sheetViews><sheetView showGridLines="0"{seen}'
        f' zoomScale="{sheet.zoom}" workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultColWidth="{sheet.column_width:g}"'
        f' defaultRowHeight="{sheet.row_height:g}" customHeight="1"/>'
        + (f"<cols>{''.join(columns)}</cols>" if columns else "")
        + "<sheetData>"
    )


def after_rows(sheet: Sheet, title: str, styles: Styles) -> str:
    """A sheet's part from its rows on."""
    across, down = _page_size(sheet)
    way, tall = ("landscape" if across > down else "portrait"), 0 if _runs_over_pages(sheet) else 1
    titled = encoded("&R" + title.replace("&", "&&"))
    header = f"<oddHeader>{titled}</oddHeader>" if title else ""
    return (
        f"</sheetData>{_lights(sheet, styles)}{_choices(sheet)}{_links(sheet)}"
        '<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.5"'
        f' bottom="0.5" header="0.25" footer="0.25"/><pageSetup paperSize="{A4}" fitToWidth="1"'
        f' fitToHeight="{tall}" orientation="{way}"/><headerFooter>{header}'
        "<oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N"
        f'</oddFooter></headerFooter><ignoredErrors><ignoredError sqref="{extent(sheet)}" {QUIET}/>'
        "</ignoredErrors></worksheet>"
    )


def shared(strings: Strings) -> str:
    """The constant texts of all sheets; inline ones have been shown blank by Apple's programs."""
    listed = "".join(
        f'<si><t xml:space="preserve">{encoded(string)}</t></si>' for string in strings
    )
    return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{listed}</sst>'


def theme() -> str:
    """The colours and fonts that a program offers for what is added to the workbook."""
    colors = "".join(
        f'<a:{name}><a:srgbClr val="{color}"/></a:{name}>' for name, color in THEME_COLORS.items()
    )
    font = '<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        f' name="xlconv"><a:themeElements><a:clrScheme name="xlconv">{colors}</a:clrScheme>'
        f'<a:fontScheme name="xlconv"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}'
        f'</a:minorFont></a:fontScheme><a:fmtScheme name="xlconv"><a:fillStyleLst>{fill * 3}'
        f"</a:fillStyleLst><a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}"
        "</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def stylesheet(styles: Styles) -> str:
    """The styles that were asked for."""
    return f'{HEAD}<styleSheet xmlns="{MAIN}">{styles.xml()}</styleSheet>'


def _columns(sheet: Sheet) -> int:
    """The columns of a sheet, with those that computed texts run over now."""
    runs = (corner.place[1] + end for corner, end in sheet.runs if corner.place)
    return min(max([sheet.columns, *runs]), EXCEL_COLUMNS)


def extent(sheet: Sheet, absolute: bool = False) -> str:
    """All cells of a sheet, as one range."""
    last = max(sheet.rows, 1) - 1, max(_columns(sheet), 1) - 1
    return f"{a1((0, 0), absolute)}:{a1(last, absolute)}"


def _page_size(sheet: Sheet) -> tuple[float, float]:
    """Width and height of a sheet, in points."""
    columns, rows = max(_columns(sheet), 1), max(sheet.rows, 1)
    own = sum(width - sheet.column_width for n, width in sheet.widths.items() if n < columns)
    taller = sum(height - sheet.row_height for n, height in sheet.heights.items() if n < rows)
    return (columns * sheet.column_width + own) * 5.6, rows * sheet.row_height + taller


def _runs_over_pages(sheet: Sheet) -> bool:
    """Whether a sheet is so tall that one page would make it too small to read."""
    across, down = _page_size(sheet)
    return down > 2 * across


def _lights(sheet: Sheet, styles: Styles) -> str:
    """The conditional formats of a sheet: the first of two that hold comes before the other."""
    found: dict[str, list[str]] = defaultdict(list)
    rank = count(1)
    for light in sheet.lights:
        look = styles.light(light.role, light.tint)
        for leaf, condition in conditions(light):
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
    """The links of a sheet to others, by their place in the workbook."""
    links = "".join(
        # Google Sheets shows the address of a link that does not say its text
        f'<hyperlink ref="{a1(link.cells.origin)}"'
        f' location="{escape(quoted(link.target), quote=True)}!A1"'
        f' display="{escape(str(link.cells.value), quote=True)}"/>'
        for link in sheet.links
    )
    return f"<hyperlinks>{links}</hyperlinks>" if links else ""
