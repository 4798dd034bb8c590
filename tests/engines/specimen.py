"""A small workbook without a fault, its values worked out by hand, and faults to plant in it.

Input   A1 = 3, A2 = 4, A3 = 0.1, A4 = "row"; C1:C3 = 0, 5, 10 with a colour scale;
        A1:A2 with a list validation and a highlight for what is over 3.5
Out     a formula of each kind
Hidden  a very hidden sheet
"""

import io
from collections.abc import Mapping
from zipfile import ZipFile

from openpyxl.writer.theme import theme_xml

from .engine import Values
from .package import with_parts

VALUES: Values = {
    "Input": {},
    "Out": {
        "A1": 7.0,
        "B1": 6.0,
        "C1": 7.0,
        "A2": False,
        "B2": 8.0,
        "C2": 6.0,
        "A3": "row 3",
        "B3": 0.2,
        "C3": 40.0,
        "A4": 25.01,
        "B4": 10.0,
        "A5": 0.1 + 0.2,
        "B5": "0.10",
        "A6": "",
        "B6": True,
    },
    "Hidden": {"A1": 8.0},
}

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_THEME = "application/vnd.openxmlformats-officedocument.theme+xml"

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
RELATIONS, WORKBOOK_RELATIONS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
INPUT, OUT, HIDDEN = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))

PARTS: Mapping[str, str] = {
    CONTENT_TYPES: f"""<Types {_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>
<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/>
<Override PartName="/xl/worksheets/sheet3.xml" ContentType="{_TYPE}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>
<Override PartName="/xl/theme/theme1.xml" ContentType="{_THEME}"/>
</Types>""",
    RELATIONS: f"""<Relationships {_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    WORKBOOK_RELATIONS: f"""<Relationships {_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/worksheet" Target="worksheets/sheet3.xml"/>
<Relationship Id="rId4" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId5" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId6" Type="{_OFFICE}/theme" Target="theme/theme1.xml"/>
</Relationships>""",
    WORKBOOK: f"""<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>
<sheet name="Input" sheetId="1" r:id="rId1"/>
<sheet name="Out" sheetId="2" r:id="rId2"/>
<sheet name="Hidden" sheetId="3" state="veryHidden" r:id="rId3"/></sheets><definedNames>
<definedName name="_xlnm.Print_Area" localSheetId="0">Input!$A$1:$C$4</definedName>
<definedName name="_xlnm.Print_Titles" localSheetId="0">Input!$1:$1</definedName>
<definedName name="bias">Input!$A$1</definedName>
<definedName name="kernel">Input!$A$1:$A$2</definedName></definedNames>
<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>""",
    STYLES: f"""<styleSheet {_MAIN}>
<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0&quot; cm&quot;"/></numFmts>
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
<dxfs count="1"><dxf><font><b/><color rgb="FFFFFFFF"/></font>
<fill><patternFill patternType="solid"><bgColor rgb="FFFFAA00"/></patternFill></fill></dxf></dxfs>
</styleSheet>""",
    "xl/sharedStrings.xml": f"""<sst {_MAIN} count="1" uniqueCount="1"><si><t>row</t></si></sst>""",
    "xl/theme/theme1.xml": theme_xml,
    INPUT: f"""<worksheet {_MAIN}><cols>
<col min="1" max="2" width="5" customWidth="1"/><col min="3" max="3" width="9" customWidth="1"/>
</cols><sheetData>
<row r="1"><c r="A1" s="1"><v>3</v></c><c r="C1"><v>0</v></c></row>
<row r="2"><c r="A2" s="1"><v>4</v></c><c r="C2"><v>5</v></c></row>
<row r="3"><c r="A3"><v>0.1</v></c><c r="C3"><v>10</v></c></row>
<row r="4"><c r="A4" t="s"><v>0</v></c></row></sheetData>
<conditionalFormatting sqref="A1:A2"><cfRule type="expression" dxfId="0" priority="1">
<formula>A1&gt;3.5</formula></cfRule></conditionalFormatting>
<conditionalFormatting sqref="C1:C3"><cfRule type="colorScale" priority="2"><colorScale>
<cfvo type="min"/><cfvo type="max"/><color rgb="FFFFFFFF"/><color rgb="FF0000FF"/></colorScale>
</cfRule></conditionalFormatting>
<dataValidations count="1"><dataValidation type="list" showInputMessage="1" prompt="choose"
 sqref="A1:A2"><formula1>$C$1:$C$3</formula1></dataValidation></dataValidations>
<hyperlinks><hyperlink ref="A4" location="Out!A1"/></hyperlinks></worksheet>""",
    OUT: f"""<worksheet {_MAIN}><sheetData>
<row r="1"><c r="A1"><f>SUM(Input!A1:A2)</f><v>7</v></c>
<c r="B1"><f t="shared" ref="B1:B3" si="0">Input!A1*2</f><v>6</v></c>
<c r="C1"><f>SUM(kernel)</f><v>7</v></c></row>
<row r="2"><c r="A2" t="b"><f>Input!A1&gt;Input!A2</f><v>0</v></c>
<c r="B2"><f t="shared" si="0"/><v>8</v></c><c r="C2"><f>bias*2</f><v>6</v></c></row>
<row r="3"><c r="A3" t="str"><f>Input!A4&amp;" "&amp;Input!A1</f><v>row 3</v></c>
<c r="B3"><f t="shared" si="0"/><v>0.2</v></c>
<c r="C3"><f>IF(AND(MOD(Input!A1,2)=1,Input!A2&gt;0),INDEX(Input!A1:A3,2)*10,0)</f><v>40</v></c>
</row>
<row r="4"><c r="A4"><f>SUMPRODUCT(Input!$A$1:$A$3,Input!$A$1:$A$3)</f><v>25.01</v></c>
<c r="B4"><f>SUMPRODUCT((Input!A1:A2-Input!C1:C2)*(Input!A1:A2-Input!C1:C2))</f><v>10</v></c></row>
<row r="5"><c r="A5"><f>Input!A3+0.2</f><v>0.30000000000000004</v></c>
<c r="B5" t="str"><f>TEXT(Input!A3,"0.00")</f><v>0.10</v></c></row>
<row r="6"><c r="A6" t="str"><f>IF(Input!A1&gt;0,"","x")</f><v></v></c>
<c r="B6" t="b"><f>SUMPRODUCT(--(Input!A1:A2&gt;3))=1</f><v>1</v></c></row></sheetData>
<ignoredErrors><ignoredError sqref="A1:C6" formula="1"/></ignoredErrors></worksheet>""",
    HIDDEN: f"""<worksheet {_MAIN}><sheetData>
<row r="1"><c r="A1"><f>Out!A1+1</f><v>8</v></c></row></sheetData></worksheet>""",
}


def zipped(parts: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


SPECIMEN = zipped(PARTS)


def planted(part: str, old: str, new: str) -> bytes:
    """The specimen with the first `old` of a part replaced."""
    assert old in PARTS[part], f"{part} has no {old}"
    return with_parts(SPECIMEN, {part: lambda xml: xml.replace(old.encode(), new.encode(), 1)})


def with_formula(formula: str) -> bytes:
    """The specimen with another formula, as it stands in XML, in Out!A1."""
    return planted(OUT, "SUM(Input!A1:A2)", formula)
