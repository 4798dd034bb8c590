"""Links between lessons: to the workbooks beside one, in its language, and what makes these."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from xlconv.checking.check import check
from xlconv.cli.commands import cli
from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.read import load_lesson
from xlconv.lessons.translation import load_translation

from .conftest import Put
from .engines import libreoffice_engine
from .engines.need import needs

FIRST = Page("Start", "contents")


def links(data: bytes) -> list[tuple[str, str, str, str]]:
    """(sheet, what it says, file, tip) of each link to a file."""
    return [
        (sheet.title, str(cell.value), cell.hyperlink.target, cell.hyperlink.tooltip)
        for sheet in load_workbook(BytesIO(data)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink and cell.hyperlink.target
    ]


def test_contents_and_the_last_sheet_lead_to_the_lessons_beside() -> None:
    before = "the lesson before, in this file's folder; xlconv build subpixel makes it"
    after = "the lesson after, in this file's folder; xlconv build gradient makes it"
    assert links(build("matrix").to_bytes()) == [
        ("Contents", "‹ subpixel", "subpixel.xlsx", before),
        ("Contents", "gradient ›", "gradient.xlsx", after),
        ("Channels", "gradient ›", "gradient.xlsx", after),
    ]


def test_what_a_tip_says_stands_on_the_contents_too() -> None:
    sheet = load_workbook(BytesIO(build("matrix").to_bytes()))["Contents"]
    told = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "the lesson after, in this file's folder; xlconv build gradient makes it" in told


def test_a_lesson_of_one_sheet_leads_both_ways_from_its_head() -> None:
    found = links(build("playground").to_bytes())
    assert [(sheet, file) for sheet, _, file, _ in found] == [
        ("Playground", "transposed-convolutions.xlsx"),
        ("Playground", "one-dimension.xlsx"),
    ]


@pytest.mark.parametrize("language", ["", "de", "ar"])
def test_the_command_that_is_named_makes_the_file_that_is_opened(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spoken = ["--lang", language] if language else []
    run = CliRunner().invoke
    assert run(cli, ["build", "output-padding", *spoken]).exit_code == 0
    (built,) = (tmp_path / "output").iterdir()
    found = links(built.read_bytes())
    assert {file for _, _, file, _ in found} == {
        f"{name}{language and '-'}{language}.xlsx" for name in ("one-dimension", "frameworks")
    }
    tip, file = next((tip, file) for _, said, file, tip in found if "one-dimension" in said)
    command = re.search(r"xlconv (build [a-z-]+(?: --lang \w+)?)", tip)
    assert command
    named = command[1].split()
    assert named == ["build", "one-dimension", *spoken]
    assert run(cli, named).exit_code == 0
    assert built.with_name(file).is_file()


def test_a_worksheet_is_called_by_its_language_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["worksheet", "--key", "--lang", "de"]).exit_code == 0
    (built,) = (tmp_path / "output").iterdir()
    assert built.name == "worksheet-de-key.xlsx"
    assert {file for _, _, file, _ in links(built.read_bytes())} == {
        "transposed-convolutions-de.xlsx"
    }


def test_files_of_ones_own_are_linked_as_they_are_built() -> None:
    lesson = Lesson("T", (FIRST,), language="de", before="my/first one.toml", after="matrix")
    (_, said, file, tip), (_, _, shipped, _) = links(build(lesson).to_bytes())
    assert (said, file, shipped) == ("‹ first one", "first%20one.xlsx", "matrix-de.xlsx")
    assert "xlconv build 'my/first one.toml'" in tip


def test_what_cannot_be_a_lesson_is_refused() -> None:
    with pytest.raises(XlconvError, match=r'"after" must be .* got "matrx"; did you mean "matrix"'):
        Lesson("T", (FIRST,), after="matrx")
    with pytest.raises(XlconvError, match=r"shipped lesson, or a file that ends in \.toml"):
        Lesson("T", (FIRST,), before="https://example.org/a.xlsx")


def test_a_link_never_leaves_the_folder() -> None:
    lesson = Lesson("T", (FIRST,), before="../../x.toml", after="https://example.org/y.toml")
    assert [file for _, _, file, _ in links(build(lesson).to_bytes())] == ["x.xlsx", "y.xlsx"]


@needs("LibreOffice", libreoffice_engine.available())
def test_links_are_ours_to_the_check_also_after_another_program(put: Put) -> None:
    data = build("checkerboard").to_bytes()  # whose contents have formulas, so it is drawn again
    assert check(put(data)).findings == ()
    saved = libreoffice_engine.converted([data], "xlsx")[0]
    assert next(file for _, _, file, _ in links(saved)).endswith("frameworks.xlsx")
    assert check(put(saved)).findings == ()


def test_a_lesson_that_says_its_language_speaks_it_by_itself() -> None:
    lesson = Lesson("T", load_lesson("matrix").pages, language="de", words={"input": "E {size}"})
    sheet = build(lesson).sheets[1]
    of = load_translation("de").of
    assert sheet.say("kernel", size="3") == of(WORDS["kernel"]).format(size="3")
    assert sheet.say("input", size="3") == "E 3"
    assert build(Lesson("T", (FIRST,), language="nl")).sheets[0].say("sheets") == "Sheets"
