"""The parts of a workbook around its sheets: names, properties, theme, shared texts.

Source: ECMA-376 part 1, 18.2 and 22.3; part 2, 9 and 11. Elements stand in the schemas' order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from xlconv.grid.marks import Sized, named
from xlconv.grid.pages import Pages
from xlconv.grid.places import a1, corners, quoted
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import BLUE, FRAME, GREY, INK, PALE_GREY, TINTS, WHITE, look
from xlconv.xlsx.styles import Styles, run_font
from xlconv.xlsx.values import Strings, encoded, escape
from xlconv.xlsx.worksheet import HEAD, MAIN, OFFICE, extent

PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
WORD = "application/vnd.openxmlformats-"
PROPERTIES_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
HIDDEN = ' state="hidden"'
OUTSIDE = ' TargetMode="External"'
THEME_COLORS = {
    "dk1": INK, "lt1": WHITE, "dk2": FRAME, "lt2": PALE_GREY,
    **{f"accent{n}": tint for n, tint in enumerate(TINTS[:6], 1)}, "hlink": BLUE, "folHlink": GREY,
}  # fmt: skip


def before_sheets(sheets: Sequence[Sheet], printed: Sequence[Pages]) -> dict[str, str]:
    """The parts that tell of sheets, by their names, in the order in which they are written."""
    leading = {
        name.replace("sheets/", "sheets/_rels/") + ".rels": related
        for name, sheet in zip(sheet_names(sheets), sheets, strict=True)
        if (related := file_relations(sheet))
    }
    return {
        "[Content_Types].xml": types(sheets),
        "_rels/.rels": relations(),
        "xl/workbook.xml": workbook(sheets, printed),
        "xl/_rels/workbook.xml.rels": workbook_relations(sheets),
        **leading,
    }


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


def file_relations(sheet: Sheet) -> str:
    """Where a sheet finds the files that it leads to; nothing where it leads to none."""
    files = [quote(link.target) for link in sheet.links if link.tip]
    if not files:
        return ""
    return _relations([(f"{OFFICE}relationships/hyperlink", file) for file in files], outside=True)


def _relations(listed: Sequence[tuple[str, str]], outside: bool = False) -> str:
    # relative targets: IronCalc does not follow absolute ones everywhere
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"{OUTSIDE * outside}/>'
        for n, (kind, target) in enumerate(listed, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}relationships">{links}</Relationships>'


def core_properties(about: Mapping[str, str], moment: str) -> str:
    """Title, description and language, as far as they are told, and when the file was made."""
    told = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in about.items() if text)
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{told}<dc:creator>xlconv</dc:creator>{times}"
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


def workbook(sheets: Sequence[Sheet], printed: Sequence[Pages]) -> str:
    """The sheets, the names of their blocks, and what is printed of them."""
    listed = "".join(
        f'<sheet name="{escape(sheet.name, quote=True)}" sheetId="{n}"'
        f'{HIDDEN * sheet.hidden} r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    names = []
    for sheet in sheets:
        for block in named(sheet.blocks):
            first, last = (a1(corner, absolute=True) for corner in corners(block.cells))
            area = f"{quoted(sheet.name)}!{first}:{last}"
            names.append(
                f'<definedName name="{sheet.defined_name(block)}">{escape(area)}</definedName>'
            )
    for n, sheet in enumerate(sheets):
        if sheet.hidden:  # LibreOffice would print it
            continue
        areas = {"Area": extent(sheet, printed[n], absolute=True)}
        if printed[n].breaks and sheet.titles:
            areas["Titles"] = f"$1:${len(sheet.titles)}"
        names += [
            f'<definedName name="_xlnm.Print_{name}" localSheetId="{n}">'
            f"{escape(quoted(sheet.name))}!{cells}</definedName>"
            for name, cells in areas.items()
        ]
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}relationships"><workbookPr/><bookViews>'
        f"<workbookView/></bookViews><sheets>{listed}</sheets>"
        f"<definedNames>{''.join(names)}</definedNames>"
        '<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'
    )


def shared(strings: Strings) -> str:
    """The constant texts of all sheets; inline ones have been shown blank by Apple's programs."""
    listed = "".join(f"<si>{_runs(string)}</si>" for string in strings)
    return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{listed}</sst>'


def _runs(string: str) -> str:
    """A text, in two parts where the second looks otherwise."""
    if not isinstance(string, Sized):
        return _text(string)
    told = string.removesuffix(string.size)
    return f"<r>{_text(told)}</r><r>{run_font(look('note'))}{_text(string.size)}</r>"


def _text(words: str) -> str:
    return f'<t xml:space="preserve">{encoded(words)}</t>'


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
