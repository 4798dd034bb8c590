import io
import warnings
from zipfile import ZipFile

import pytest

from .lint import lint
from .specimen import (
    HIDDEN,
    INPUT,
    OUT,
    PARTS,
    RELATIONS,
    SPECIMEN,
    STYLES,
    WORKBOOK,
    WORKBOOK_RELATIONS,
    planted,
    with_formula,
    zipped,
)


def test_specimen_has_no_fault() -> None:
    assert lint(SPECIMEN) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "fault"),
    [
        (INPUT, '<row r="3">', "<row>", "Input!row without r="),
        (INPUT, '<row r="3">', '<row r="1">', "Input!row 1 after row 2"),
        (INPUT, 'r="C1"', 'r="A1"', "Input!A1: twice"),
        (OUT, 'r="B1"', 'r="D1"', "Out!C1: out of order"),
        (INPUT, 'r="C1"', 'r="C2"', "Input!C2: in row 1"),
        (INPUT, '<c r="C1">', "<c>", "Input!row 1: cell with r=''"),
        (INPUT, ' t="s"><v>0</v>', ' t="inlineStr"><is><t>row</t></is>', "Input!A4: inline string"),
        (OUT, "<v>7</v>", "", "Out!A1: formula without a cached value"),
        (OUT, "<v>7</v>", "<v/>", "Out!A1: formula without a cached value"),
        (OUT, "<v>7</v>", "<v></v>", "Out!A1: formula without a cached value"),
        (OUT, '<c r="A1">', '<c r="A1" t="e">', "Out!A1: cached error value"),
        (OUT, "<f>SUM(k", '<f t="array" ref="C1">SUM(k', "Out!C1: array formula"),
        (OUT, 'si="0"/>', 'si="7"/>', "Out!B2: shared formula 7 has no text before"),
        (OUT, "<f>bias*2</f>", "<f></f>", "Out!C2: empty formula"),
        (INPUT, "</worksheet>", "<extLst/></worksheet>", "Input: extension list"),
        (INPUT, 'min="3"', 'min="2"', "Input: <col min=2> overlaps the one before"),
        (INPUT, '"Out!A1"', '"#Out!A1"', "Input: link of A4: location starts with #"),
        (
            INPUT,
            "<formula>A1&gt;3.5</formula>",
            "",
            "Input: conditional format of A1:A2: no formula",
        ),
        (INPUT, 'priority="1"', 'priority="0"', "Input: conditional format of A1:A2: priority 0"),
        (INPUT, 'priority="2"', 'priority="1"', "Input: 2 conditional formats of priority 1"),
        (
            INPUT,
            '"expression"',
            '"containsBlanks"',
            "Input: conditional format of A1:A2: type containsBlanks",
        ),
        (
            INPUT,
            "A1&gt;3.5",
            "Out!A1&gt;3.5",
            "Input: conditional format of A1:A2: refers to sheet Out",
        ),
        (INPUT, "A1&gt;3.5", "=A1&gt;3.5", "Input: conditional format of A1:A2: leading ="),
        (
            INPUT,
            'prompt="choose"',
            f'prompt="{"x" * 256}"',
            "Input: validation of A1:A2: prompt over 255 characters",
        ),
        (
            INPUT,
            "$C$1:$C$3",
            f'"{"1," * 128}"',
            "Input: validation of A1:A2: list over 255 characters",
        ),
        (INPUT, "$C$1:$C$3", "", "Input: validation of A1:A2: list without a source"),
        (
            INPUT,
            "$C$1:$C$3",
            "Out!$C$1:$C$3",
            "Input: validation of A1:A2: refers to sheet Out",
        ),
        (STYLES, 'formatCode="0.0&quot; cm&quot;"', 'formatCode=""', "number format: empty"),
        (
            STYLES,
            " cm&quot;",
            " cm",
            "number format '0.0\" cm': unbalanced quotes or brackets",
        ),
        (
            STYLES,
            "0.0&quot; cm&quot;",
            "0;0;0;@;0",
            "number format '0;0;0;@;0': over 4 sections or 255 characters",
        ),
        (
            WORKBOOK,
            ">Input!$A$1:$C$4<",
            ">$A$1:$C$4<",
            "defined name '_xlnm.Print_Area': '$A$1:$C$4' is not one absolute area with its sheet",
        ),
        (
            WORKBOOK,
            ">Input!$A$1:$C$4<",
            ">Inptu!$A$1:$C$4<",
            "defined name '_xlnm.Print_Area': no such sheet in 'Inptu!$A$1:$C$4'",
        ),
        (
            WORKBOOK_RELATIONS,
            '"worksheets/sheet1.xml"',
            '"/xl/worksheets/sheet1.xml"',
            "xl/_rels/workbook.xml.rels: absolute target /xl/worksheets/sheet1.xml",
        ),
    ],
)
def test_fault_in_a_part(part: str, old: str, new: str, fault: str) -> None:
    assert fault in lint(planted(part, old, new))


@pytest.mark.parametrize("name", ["pad1", "r", "C", "R1C1", "rc", "XFD1048576", "1st", "a-b"])
def test_name_that_is_none_or_like_a_cell(name: str) -> None:
    faults = lint(_with_name(name, "Input!$A$1"))
    assert faults == [f"defined name {name!r}: not a name or like a cell"]


@pytest.mark.parametrize("name", ["pad_1", "kernel1", "XFE1", "row", "größe"])
def test_name_unlike_a_cell(name: str) -> None:
    assert lint(_with_name(name, "Input!$A$1")) == []


@pytest.mark.parametrize("text", ["2", "Input!$A$1*2", "Input!A1", "Input!$A$1,Input!$C$1"])
def test_name_is_one_absolute_area(text: str) -> None:
    faults = lint(_with_name("extra", text))
    assert faults == [f"defined name 'extra': {text!r} is not one absolute area with its sheet"]


def test_names_that_differ_in_case_only() -> None:
    assert lint(_with_name("Bias", "Input!$A$1")) == ["defined name 'bias': 2 times"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("x" * 32, "32 characters, at most 31"),
        ("a/b", "one of []:*?/\\'"),
        ("it's", "one of []:*?/\\'"),
        ("history", "reserved"),
    ],
)
def test_sheet_name(name: str, fault: str) -> None:
    faulty = planted(WORKBOOK, 'name="Hidden"', f'name="{name}"')
    assert lint(faulty) == [f"sheet name {name!r}: {fault}"]


def test_sheet_names_that_differ_in_case_only() -> None:
    faulty = planted(WORKBOOK, 'name="Hidden"', 'name="OUT"')
    assert "sheet name 'out': 2 times but for case" in lint(faulty)


def test_member_twice_in_the_zip() -> None:
    file = io.BytesIO(SPECIMEN)
    with ZipFile(file, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(HIDDEN, PARTS[HIDDEN])
    assert lint(file.getvalue()) == [f"{HIDDEN}: 2 times in the zip"]


def test_comments() -> None:
    faulty = zipped({**PARTS, "xl/comments1.xml": "<comments/>"})
    assert lint(faulty) == ["xl/comments1.xml: comments"]


def test_link_with_a_place_in_its_relation() -> None:
    link = (
        PARTS[RELATIONS]
        .replace('officeDocument"', 'hyperlink"')
        .replace("xl/workbook.xml", "https://example.org#place")
    )
    faulty = zipped({**PARTS, "xl/worksheets/_rels/sheet1.xml.rels": link})
    assert lint(faulty) == [
        "xl/worksheets/_rels/sheet1.xml.rels: link to https://example.org#place, use location="
    ]


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("=A2", "leading ="),
        ("1" + "+1" * 4096, "8193 characters, at most 8192"),
        (f'"{"x" * 256}"', "string literal over 255 characters"),
        (f"SUM({','.join(['1'] * 256)})", "256 arguments of SUM, at most 255"),
        ("ABS(" * 65 + "1" + ")" * 65, "65 functions inside each other, at most 64"),
        ("SUM(1", "cannot be read: brackets do not match"),
        ("OFFSET(A2,1,1)", "function OFFSET is not in the list of those that are right everywhere"),
        ("sum(A2)", "function sum is not in the list of those that are right everywhere"),
        (
            "_xlfn.LET(1)",
            "function _xlfn.LET is not in the list of those that are right everywhere",
        ),
        ("SUM({1,2})", "array constant"),
        ("SUM(A2:B3 B2:C4)", "intersection by a space"),
        ("A2:B3", "bare range A2:B3 outside a function"),
        ("kernel", "bare range kernel outside a function"),
        ("ABS(A2:B3)", "bare range A2:B3 in ABS"),
        ("ROW(A2:A3)", "bare range A2:A3 in ROW"),
        ("AND(A2:A3=1)", "bare range A2:A3 in AND"),
        ("MATCH(A2:A3,A2:A3)", "bare range A2:A3 in MATCH"),
        ("SUM(A2:A3*2)", "operation on the range A2:A3 in SUM"),
        ("MAX(-A2:A3)", "operation on the range A2:A3 in MAX"),
        ("SUMPRODUCT(MOD(A2:A3,2))", "bare range A2:A3 in MOD"),
        ("SUMPRODUCT(A2:A3/2)", "operator / on the range A2:A3 in SUMPRODUCT"),
        ("SUM((A2,A3))", "operator ','"),
        ("INDEX(A2:B3,0,1)", "INDEX of a whole row or column"),
        ("INDEX(A2:B3,,1)", "INDEX of a whole row or column"),
        ("SUM(A2:INDEX(A2:A9,2))", "function A2:INDEX is not in the list"),
        ('TEXT(A2,"0.##")', 'TEXT with optional digits "0.##"'),
        ("SUM(#REF!)", "error value #REF!"),
        ("Nowhere!A1", "unknown sheet or name Nowhere!A1"),
        ("SUM([1]Out!A1)", "unknown sheet or name [1]Out!A1"),
        ("lost+1", "unknown sheet or name lost"),
    ],
)
def test_fault_in_a_formula(formula: str, fault: str) -> None:
    assert any(said.startswith(f"Out!A1: {fault}") for said in lint(with_formula(formula)))


@pytest.mark.parametrize(
    "formula",
    [
        "IF(AND(MOD(A2-1,2)=0,A2&gt;0),INDEX(Input!A1:C3,MOD(A2,2)+1,1)*-2,0)",
        "SUMPRODUCT(Input!$A$1:$A$3,'Input'!C1:C3)*SUMPRODUCT(--(Input!A1:A3&lt;&gt;0))",
        "SUMIFS(Input!A1:A3,Input!C1:C3,A2)+SUMIF(kernel,A2,kernel)+COUNTIF(kernel,bias)",
        'TEXT(A2,"0.00")&amp;TEXT(A2,"+0;-0;0")&amp;"A2:B3"',
        "ABS(" * 64 + "1" + ")" * 64,
        "SUM( A2 , A3 )",
    ],
)
def test_formula_without_a_fault(formula: str) -> None:
    assert lint(with_formula(formula)) == []


def test_formulas_that_differ_in_cells_only_are_one_fault() -> None:
    row = (
        '<row r="2"><c r="A2"><f>OFFSET(A1,1,1)</f><v>7</v></c>'
        '<c r="B2"><f>OFFSET($C$3,1,1)</f><v>7</v></c></row></sheetData>'
    )
    (fault,) = lint(planted(HIDDEN, "</sheetData>", row))
    assert fault.startswith("Hidden!A2 and 1 more: function OFFSET is not in the list")


def test_values_may_be_missing_on_request() -> None:
    assert lint(planted(OUT, "<v>7</v>", ""), cached=False) == []


def _with_name(name: str, text: str) -> bytes:
    element = f'<definedName name="{name}">{text}</definedName>'
    return planted(WORKBOOK, '<definedName name="bias">', f'{element}<definedName name="bias">')
