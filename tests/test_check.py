"""Workbooks that were edited, and what `check` finds in them."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest
from openpyxl.formula.translate import Translator

from tests import edited
from tests.conftest import Put
from tests.edited import (
    PRINTED,
    SEDIRTS,
    by_openpyxl,
    cells_of,
    formula_of,
    in_part,
    on_sheet,
    part_of,
    wrong,
)
from tests.engines import libreoffice_engine
from tests.engines.cached import formulas
from tests.engines.need import needs
from tests.engines.package import sheet_parts, with_parts
from tests.engines.strip import strip_values, with_values
from tests.layers import LAYERS
from xlconv import __version__
from xlconv.checking.check import check
from xlconv.checking.origin import read_recipe
from xlconv.checking.report import TOLD
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import KEPT
from xlconv.lessons.shipped import lesson_names

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())
converted = libreoffice_engine.converted


@pytest.fixture(scope="module")
def fresh() -> bytes:
    return edited.fresh()


@pytest.fixture(scope="module")
def places() -> dict[str, str]:
    return edited.places()


# ------------------------------------------------------------------------- nothing wrong


@pytest.mark.parametrize("name", lesson_names())
def test_every_shipped_lesson_is_right_when_fresh(name: str, put: Put) -> None:
    data = build(name).to_bytes()
    report = check(put(data))
    assert (report.findings, report.right) == ((), True)
    assert report.formulas == sum(map(len, formulas(data).values())) > 100


@pytest.mark.parametrize("name", lesson_names())
def test_every_shipped_lesson_is_right_after_openpyxl_and_an_engine(name: str, put: Put) -> None:
    saved = by_openpyxl(build(name).to_bytes(), lambda _: None)
    assert check(put(saved), engine=True).findings == ()
    kinds = {finding.kind for finding in check(put(saved)).findings}
    assert kinds == {"stale"}


@LIBREOFFICE
def test_every_shipped_lesson_is_right_after_libreoffice(put: Put) -> None:
    files = [strip_values(build(name).to_bytes()) for name in lesson_names()]
    for name, saved in zip(lesson_names(), converted(files, "xlsx"), strict=True):
        report = check(put(saved))
        assert report.findings == (), f"{name}: {report.explain()}"


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_layers_of_every_kind_are_right(name: str, put: Put) -> None:
    assert check(put(build(LAYERS[name]).to_bytes())).findings == ()


@pytest.mark.parametrize("view", ["distribute", "collect", "phases", "overlap"])
def test_layer_too_large_for_its_recipe_is_known_by_its_sizes(view: str, put: Put) -> None:
    x = np.arange(80.0 * 80).reshape(80, 80)
    assert x.size > KEPT
    data = build(Layer.of(x, [[1.0, 2], [0.5, 1]], stride=2), views=[view]).to_bytes()
    assert len(ZipFile(BytesIO(data)).read("docProps/custom.xml")) < 5000
    assert check(put(data)).findings == ()


def test_recipe_draws_the_same_sheets_again() -> None:
    for name in lesson_names():
        lesson, book = load_lesson(name), build(name)
        again = read_recipe(book.recipe, "x").lesson
        assert again.names == lesson.names
        for number, page in enumerate(again.pages):
            if page.view:
                drawn = draw(again, number)
                for block, other in zip(drawn.blocks, book.sheets[number].blocks, strict=True):
                    assert block.name == other.name
                    assert block.ranges() == other.ranges()
                    np.testing.assert_array_equal(block.cells.value, other.cells.value)


def test_formula_of_the_legend_that_was_changed_is_found(put: Put) -> None:
    book = openpyxl.load_workbook(BytesIO(build("transposed-convolutions").to_bytes()))
    cells = [cell for row in book["Contents"] for cell in row if cell.data_type == "f"]
    assert len(cells) == 3
    cells[-1].value = "=40+2"
    edited = BytesIO()
    book.save(edited)
    found = [f for f in check(put(edited.getvalue())).findings if f.kind == "formula"]
    assert [(f.sheet, f.cell) for f in found] == [("Contents", cells[-1].coordinate)]


def test_recipe_has_neither_spaces_nor_what_excel_reads_as_a_letter() -> None:
    lesson = load_lesson("transposed-convolutions")
    layer = Layer.of([[1, 2]], [[1]])
    assert " " not in build(lesson).recipe
    assert "_x" not in build(layer, views=["collect"]).recipe
    told = build("gradient").recipe
    assert max(map(ord, told)) < 128


def test_file_of_another_version_of_xlconv_says_so(
    fresh: bytes, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlconv.checking.check.__version__", "9.9.9")
    report = check(put(fresh))
    assert report.right
    assert [(f.kind, f.expected, f.got) for f in report.findings] == [
        ("version", "9.9.9", __version__)
    ]


# ------------------------------------------------------------------------- numbers typed over


@LIBREOFFICE
def test_numbers_of_ones_own_are_fine_and_told(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    changes = {("Collect", places["input"]): 5.0, ("Collect", places["kernel"]): -1.5}
    (saved,) = converted([with_values(fresh, changes)], "xlsx")
    report = check(put(saved))
    assert report.right
    assert [(f.kind, f.expected, f.got) for f in report.findings] == [
        ("changed", 3.0, 5.0),
        ("changed", 1.0, -1.5),
    ]
    assert f"    Collect!{places['input']} was 3, is now 5" in report.explain().splitlines()


def test_values_of_other_numbers_are_told_as_not_recalculated(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    """As after pandas, a phone's editor, or any program that does not compute."""
    report = check(put(with_values(fresh, {("Collect", places["input"]): 5.0})))
    assert [(f.kind, f.sheet) for f in wrong(report)] == [("stale", "Collect")]
    assert report.explain().splitlines()[-2:] == [
        (
            "  1 sheet that no program has recalculated: open it in one and save it there, or"
            " use --engine:"
        ),
        "    Collect: its values are those of the numbers before they were changed",
    ]


def test_value_that_does_not_follow_is_told_with_what_does(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    cell = places["output"]
    was = formula_of(fresh, "Collect", cell)
    data = in_part(
        fresh,
        part_of(fresh, "Collect"),
        rf"(<f>{re.escape(was)}</f>)<v>{PRINTED[0][0]}</v>",
        r"\1<v>4</v>",
    )
    (finding,) = wrong(check(put(data)))
    assert (finding.kind, finding.cell, finding.expected, finding.got) == (
        "value",
        cell,
        float(PRINTED[0][0]),
        4.0,
    )


def test_engine_recalculates_before_values_are_compared(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    path = put(with_values(fresh, {("Collect", places["input"]): 5.0}))
    report = check(path, engine=True)
    assert report.right
    assert [finding.kind for finding in report.findings] == ["changed"]


def test_formula_typed_into_an_input_is_one_of_ones_own(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    def edit(book: Any) -> None:
        book["Collect"][places["input"]] = "=2+3"

    saved = by_openpyxl(fresh, edit)
    report = check(put(saved), engine=True)
    at = f"Collect!{places['input']}"
    assert (report.right, [f.kind for f in report.findings]) == (True, ["own"])
    assert str(report.findings[0]) == f"{at} was 3, has now =2+3, which gives 5"
    told = f"{at} has =2+3, without a value: open the file in a spreadsheet program and save it"
    assert any(str(found).startswith(told) for found in wrong(check(put(saved))))


def test_empty_input_counts_as_zero(fresh: bytes, places: dict[str, str], put: Put) -> None:
    def edit(book: Any) -> None:
        book["Collect"][places["input"]] = None

    report = check(put(by_openpyxl(fresh, edit)), engine=True)
    assert report.right
    assert str(report.findings[0]) == f"Collect!{places['input']} was 3, is now nothing"


def test_playgrounds_waiting_numbers_may_be_typed_over(put: Put) -> None:
    book = build("playground")
    (block,) = [b for b in book.manifest()[0]["blocks"] if b["name"] == "playground_input_pool"]
    last = block["ranges"][0].partition(":")[2]
    report = check(put(with_values(book.to_bytes(), {("Playground", last): 77.0})), engine=True)
    assert report.right
    assert [(f.kind, f.cell, f.got) for f in report.findings] == [("changed", last, 77.0)]


def test_table_of_the_rule_may_be_asked_for_other_kernels(put: Put) -> None:
    book = build("frameworks")
    block = next(b for b in book.manifest()[1]["blocks"] if "rule_kernel_sizes" in b["name"])
    cell = block["ranges"][0].partition(":")[0]
    report = check(put(with_values(book.to_bytes(), {("Odd", cell): 9.0})), engine=True)
    assert (report.right, [f.got for f in report.findings]) == (True, [9.0])


@pytest.mark.parametrize("typed", ["five", True])
def test_words_in_place_of_a_number_are_named_and_only_they(
    fresh: bytes, places: dict[str, str], put: Put, typed: str | bool
) -> None:
    def edit(book: Any) -> None:
        book["Collect"][places["input"]] = typed

    saved = by_openpyxl(fresh, edit)
    report = check(put(saved), engine=True)
    assert [(f.kind, f.cell, f.got) for f in wrong(report)] == [("text", places["input"], typed)]
    assert [f.kind for f in report.findings] == ["text", "follows"]


def test_control_without_a_number_is_named(fresh: bytes, places: dict[str, str], put: Put) -> None:
    def edit(book: Any) -> None:
        book["Collect"][places["look_row"]] = None

    report = check(put(by_openpyxl(fresh, edit)), engine=True)
    assert [str(f) for f in wrong(report)] == [
        f"Collect!{places['look_row']} has nothing; here belongs a number"
    ]


def test_number_that_no_cell_can_hold_the_result_of_is_told(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    changes = {("Collect", places["input"]): 1e300, ("Collect", places["kernel"]): 1e300}
    report = check(put(with_values(fresh, changes)))
    assert [(f.kind, f.sheet) for f in wrong(report)] == [("error", "Collect")]
    assert "has no value that a cell can hold" in str(wrong(report)[0])


# ------------------------------------------------------------------------- what must stay


def test_changed_formula_is_named_with_its_cell(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    cell = places["output"]
    was = formula_of(fresh, "Collect", cell)
    report = check(put(on_sheet(fresh, "Collect", f"<f>{was}</f>", "<f>1+2</f>")))
    (finding,) = wrong(report)
    assert (finding.kind, finding.cell, finding.got) == ("formula", cell, "=1+2")
    assert str(finding) == f"Collect!{cell} has =1+2; here belongs ={was}"


def test_value_typed_over_a_formula_is_named(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    cell = places["output"]
    report = check(put(with_values(fresh, {("Collect", cell): 3.0})))
    (finding,) = wrong(report)
    assert (finding.kind, finding.cell, finding.got) == ("formula", cell, 3.0)
    assert finding.expected == "=" + formula_of(fresh, "Collect", cell)


def test_formula_that_was_deleted_is_named(fresh: bytes, places: dict[str, str], put: Put) -> None:
    def edit(book: Any) -> None:
        book["Collect"][places["output"]] = None

    report = check(put(by_openpyxl(fresh, edit)), engine=True)
    assert any(
        (f.kind, f.cell, f.got) == ("formula", places["output"], None) for f in report.findings
    )


def test_fixed_number_typed_over_is_named(fresh: bytes, places: dict[str, str], put: Put) -> None:
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", places["output"]).groups()  # type: ignore[union-attr]
    index = f"{column}{int(row) - 1}"  # the number above the first column: 0
    report = check(put(with_values(fresh, {("Collect", index): 9.0})))
    first = wrong(report)[0]
    assert str(first) == f"Collect!{index} has 9; here belongs 0"
    assert first.kind == "constant"


def test_words_of_a_sheet_may_be_written_anew(fresh: bytes, put: Put) -> None:
    data = in_part(fresh, "xl/sharedStrings.xml", r">Input  <", ">Meine Eingabe  <")
    assert check(put(data)).findings == ()


def test_flood_is_counted_and_not_told(fresh: bytes, put: Put) -> None:
    def edit(book: Any) -> None:
        for row in book["Collect"].iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = 1

    report = check(put(by_openpyxl(fresh, edit)), engine=True)
    lines = report.explain().splitlines()
    count = len(wrong(report))
    assert count > 100
    assert len(lines) == 2 + TOLD + 1
    assert lines[1] == f"  {count} formulas that were changed:"
    assert lines[-1] == f"    and {count - TOLD} more"


# ------------------------------------------------------------------------- sheets


def test_removed_reordered_and_added_sheets_are_told(fresh: bytes, put: Put) -> None:
    def edit(book: Any) -> None:
        book.move_sheet("Collect", -1)
        book.create_sheet("My notes")["A1"] = "=1+1"

    report = check(put(by_openpyxl(fresh, edit)), engine=True)
    assert [(f.kind, f.sheet) for f in report.findings] == [("added", "My notes")]
    assert report.right

    def remove(book: Any) -> None:
        del book["Distribute"]

    report = check(put(by_openpyxl(fresh, remove)), engine=True)
    assert [(f.kind, f.sheet) for f in report.findings] == [("gone", "Distribute")]
    assert not report.right


def test_renamed_sheet_is_found_by_the_names_of_its_blocks(fresh: bytes, put: Put) -> None:
    # as Excel renames: in the list of sheets, in names, links and formulas
    data = in_part(fresh, "xl/workbook.xml", r'name="Collect"', 'name="Mine &amp; yours"')
    data = in_part(data, "xl/workbook.xml", r"'?Collect'?!", "'Mine &amp; yours'!")
    data = on_sheet(
        data, "Mine & yours", "SUMPRODUCT((", "SUMPRODUCT(('mine &amp; Yours'!", count=2
    )
    report = check(put(data))
    assert report.right
    assert [(f.kind, f.expected, f.got) for f in report.findings] == [
        ("renamed", "Collect", "Mine & yours")
    ]


def test_renamed_sheets_are_told_apart_where_one_name_begins_another(put: Put) -> None:
    pages = tuple(Page(name, "collect", layer=SEDIRTS) for name in ("Collect", "Collect 2"))
    data = build(Lesson("A", pages)).to_bytes()
    for old, new in (("Collect", "One"), ("Collect 2", "Two")):
        data = in_part(data, "xl/workbook.xml", f'name="{old}"', f'name="{new}"')
        data = in_part(data, "xl/workbook.xml", f"'?{old}'?!", f"{new}!")
    report = check(put(data))
    assert [(f.kind, f.expected, f.got) for f in report.findings] == [
        ("renamed", "Collect", "One"),
        ("renamed", "Collect 2", "Two"),
    ]


# ------------------------------------------------------------------------- how programs write


@pytest.mark.parametrize(
    "written",
    [
        "IF(SUMPRODUCT(({a}-{b})*({a}-{b}))&lt;0.000000001,{rest}",
        "IF(SUMPRODUCT(({a}-{b})*({a}-{b}))&lt;1E-09,{rest}",
        "IF(SUMPRODUCT(({a}-{b})*({a}-{b}))&lt;1e-9,{rest}",
        "if(sumproduct(({a}-{b})*({a}-{b}))&lt;1E-9,{rest}",
        "IF( SUMPRODUCT( ({a} - {b})*( {a}-{b} ) ) &lt; 1E-9 ,{rest}",
        "IF(SUMPRODUCT(({A}-{b})*({a}-{b}))&lt;1E-9,{rest}",
        "IF(SUMPRODUCT(({a}-{b})*({a}-{b}))&lt;1.000000000000001E-9,{rest}",
        "IF(SUMPRODUCT(('Collect'!{a}-collect!{b})*({a}-{b}))&lt;1E-9,{rest}",
    ],
)
def test_formula_may_be_written_in_another_way(fresh: bytes, put: Put, written: str) -> None:
    with ZipFile(BytesIO(fresh)) as archive:
        xml = archive.read(sheet_parts(archive)["Collect"]).decode()
    squares = r"SUMPRODUCT\(\(([A-Z0-9:]+)-([A-Z0-9:]+)\)\*\(\1-\2\)\)"
    found = re.search(rf"IF\({squares}&lt;1E-9,(.*?)</f>", xml)
    assert found
    a, b, rest = found.groups()
    formula = written.format(a=a, A=a.lower(), b=b, rest=rest)
    data = on_sheet(fresh, "Collect", found[0], f"{formula}</f>")
    assert check(put(data)).findings == ()
    spoilt = on_sheet(fresh, "Collect", found[0], f"{formula}</f>".replace("(", "(1+", 1))
    assert [finding.kind for finding in check(put(spoilt)).findings] == ["formula"]


@pytest.mark.parametrize(
    "written", ["IF(SUMPRODUCT(", "=", "((((", '"', "'", "{", "A1:", "#REF!", "", "1" * 9000]
)
def test_what_is_no_formula_at_all_is_another_one(
    fresh: bytes, places: dict[str, str], put: Put, written: str
) -> None:
    was = formula_of(fresh, "Collect", places["output"])
    report = check(put(on_sheet(fresh, "Collect", f"<f>{was}</f>", f"<f>{written}</f>")))
    assert [finding.kind for finding in report.findings] == ["formula"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SUMPRODUCT((", "SUMPRODUCT((Distribute!"),
        ("&lt;1E-9", "&lt;1.0001E-9"),
        ("&lt;1E-9", "&lt;=1E-9"),
        ("✓", "✔"),
    ],
)
def test_formula_that_means_something_else_is_another_one(
    fresh: bytes, put: Put, old: str, new: str
) -> None:
    def edit(xml: bytes) -> bytes:
        head, verdict, tail = re.split(r"(<f>IF\(SUMPRODUCT\(\(.*?</f>)", xml.decode())
        assert old in verdict
        return (head + verdict.replace(old, new) + tail).encode()

    with ZipFile(BytesIO(fresh)) as archive:
        part = sheet_parts(archive)["Collect"]
    report = check(put(with_parts(fresh, {part: edit})))
    assert [finding.kind for finding in report.findings] == ["formula"]


def shared(data: bytes) -> bytes:
    """The row of stamps' products shared, as Excel saves a formula that was filled to the right."""
    with ZipFile(BytesIO(data)) as archive:
        part = sheet_parts(archive)["Sums"]

    def edit(xml: bytes) -> bytes:
        text = xml.decode()
        text = text.replace("<f>A1*2</f>", '<f t="shared" ref="A2:C2" si="0">A1*2</f>')
        for other in ("B1*2", "C1*2"):
            text = text.replace(f"<f>{other}</f>", '<f t="shared" si="0"/>')
        assert text.count("shared") == 3
        return text.encode()

    return with_parts(data, {part: edit})


def test_shared_formulas_are_read_as_each_cells_own(put: Put) -> None:
    from xlconv.checking.workbook import Workbook

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sums"
    for column in "ABC":
        sheet[f"{column}1"], sheet[f"{column}2"] = 1, f"={column}1*2"
    saved = BytesIO()
    book.save(saved)
    path = put(shared(saved.getvalue()))
    cells = {at: cell.formula for at, cell in Workbook.read(path).cells("Sums") if at[0]}
    assert cells == {(1, 0): "A1*2", (1, 1): "B1*2", (1, 2): "C1*2"}


@LIBREOFFICE
def test_shared_formulas_are_right_where_a_program_says_they_are_the_same(put: Put) -> None:
    """A row of a sheet of ours shared by hand; LibreOffice, which writes them out, agrees."""
    data = build(Layer.of([1, 2, 3, 4], [1, 2]), views=["one_dimension"]).to_bytes()
    name = "One dimension"
    with ZipFile(BytesIO(data)) as archive:
        part = sheet_parts(archive)[name]
        xml = archive.read(part).decode()
    for row in re.findall(r"<row .*?</row>", xml):
        cells = re.findall(r'(<c r="([A-Z]+\d+)"[^>]*>)<f>([^<]*)</f>', row)
        if len(cells) >= 3 and all(
            f"={text}" == Translator(f"={cells[0][2]}", cells[0][1]).translate_formula(at)
            for _, at, text in cells
        ):
            break
    else:
        pytest.fail("no row of formulas that differ in nothing but columns")
    (head, first, formula), *others = cells
    new = xml.replace(
        f"{head}<f>{formula}</f>",
        f'{head}<f t="shared" ref="{first}:{others[-1][1]}" si="7">{formula}</f>',
    )
    for other, _, text in others:
        new = new.replace(f"{other}<f>{text}</f>", f'{other}<f t="shared" si="7"/>')
    edited = with_parts(data, {part: lambda _: new.encode()})
    assert check(put(edited)).findings == ()
    (saved,) = converted([edited], "xlsx")
    assert check(put(saved)).findings == ()


def test_array_formula_of_one_cell_is_the_formula(
    fresh: bytes, places: dict[str, str], put: Put
) -> None:
    cell = places["output"]
    was = formula_of(fresh, "Collect", cell)
    data = on_sheet(fresh, "Collect", f"<f>{was}</f>", f'<f t="array" ref="{cell}">{was}</f>')
    assert check(put(data)).findings == ()


def test_prefixed_tags_are_the_same_tags(fresh: bytes, put: Put) -> None:
    def prefixed(xml: bytes) -> bytes:
        text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml.decode())
        return text.replace("xmlns=", "xmlns:x=").encode()

    with ZipFile(BytesIO(fresh)) as archive:
        parts = sheet_parts(archive).values()
    data = with_parts(fresh, dict.fromkeys([*parts, "xl/sharedStrings.xml"], prefixed))
    assert check(put(data)).findings == ()


def test_cells_may_lack_their_addresses(put: Put) -> None:
    rows = [b"<row><c><v>1</v></c><c><f>A1</f><v>2</v></c></row><row r='5'><c><v>3</v></c></row>"]
    found = [(at, cell.formula, cell.value) for at, cell in cells_of(rows)]
    assert found == [((0, 0), None, 1.0), ((0, 1), "A1", 2.0), ((4, 0), None, 3.0)]


def test_values_of_every_type_are_read() -> None:
    row = (
        '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="str"><v>a_x0041_</v></c>'
        '<c r="C1" t="e"><v>#REF!</v></c><c r="D1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r>'
        "<rPh><t>no</t></rPh></is></c><c r='E1'><v>nan</v></c><c r='F1'><v></v><f>1</f></c></row>"
    )
    found = [cell.value for _, cell in cells_of([row.encode()])]
    assert found == [True, "aA", "#REF!", "ab", "nan", None]
