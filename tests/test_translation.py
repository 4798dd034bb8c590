"""Lessons in other languages: every text is translated, and the numbers stay what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from xlconv.cli.commands import cli
from xlconv.cli.options import LANGUAGES
from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.drawing import view_options
from xlconv.lessons.lesson import Lesson, Page, places
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import RECIPE_SHEET
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.lessons.translation import (
    PROSE,
    listing,
    load_translation,
    missing,
    texts_of,
    translated,
)
from xlconv.lessons.worksheet import worksheet_lesson
from xlconv.views import VIEWS

from .conftest import Put
from .engines import ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.lint import lint

MAIN, EXERCISES = "transposed-convolutions", "worksheet"
LESSONS = load_lesson(MAIN), load_lesson(EXERCISES)
SHIPPED = ("ar", "de", "es", "zh")

each_language = pytest.mark.parametrize("language", SHIPPED)


@cache
def book(language: str | None = None) -> tuple[Book, bytes]:
    made = build(MAIN, language=language)
    return made, made.to_bytes()


def test_the_languages_that_are_offered_are_shipped() -> None:
    assert tuple(language_names()) == tuple(sorted(LANGUAGES.split(", "))) == SHIPPED


@each_language
def test_a_shipped_translation_is_what_would_be_listed_of_it(language: str) -> None:
    # so it has every text once, none that no longer exists, and each where it stands
    translation = load_translation(language)
    path = Path(str(translation.table.path))
    names = f"{MAIN} {EXERCISES}"
    again = f"write it again: xlconv lessons words {names} --lang {language} > {path.name}"
    assert path.read_text(encoding="utf-8") == listing(*LESSONS, known=translation), again


@each_language
def test_a_shipped_translation_has_every_text_of_the_main_lesson_and_exercises(
    language: str,
) -> None:
    for lesson in LESSONS:
        assert missing(lesson, load_translation(language)) == []


@each_language
def test_a_translated_word_has_the_places_of_the_english_one(language: str) -> None:
    texts = load_translation(language).texts
    wrong = [
        key for key, word in WORDS.items() if sorted(places(texts[word])) != sorted(places(word))
    ]
    assert wrong == []


@each_language
def test_a_translated_lesson_computes_the_same(language: str) -> None:
    sheets, data = book(language)
    assert differences(cached_values(data), ironcalc_engine.recalculate(data)) == []
    assert lint(data) == []
    english = book()[0]
    for page, own in zip(english.sheets, sheets.sheets, strict=True):
        if page.view not in ("contents", "code"):
            assert [block.name for block in own.blocks] == [block.name for block in page.blocks]
            assert [b.cells.shape for b in own.blocks] == [b.cells.shape for b in page.blocks]


def skeletons(data: bytes) -> list[str]:
    """The formulas of a workbook without their texts and places, which move with the texts."""
    told = [formula for sheet in formulas(data).values() for formula in sheet.values()]
    bare = (re.sub(r'"[^"]*"', '""', formula) for formula in told)
    return sorted(re.sub(r"\$?[A-Z]{1,3}\$?\d+", "A1", formula) for formula in bare)


@each_language
def test_formulas_are_those_of_the_english_lesson_but_for_texts(language: str) -> None:
    assert skeletons(book(language)[1]) == skeletons(book()[1])


@each_language
def test_a_translated_workbook_checks_right(language: str, put: Put) -> None:
    from xlconv.checking.check import check

    path = put(book(language)[1])
    assert check(path).findings == ()


@each_language
def test_a_workbook_says_its_language(language: str) -> None:
    with ZipFile(BytesIO(book(language)[1])) as file:
        told = file.read("docProps/core.xml").decode()
    assert f"<dc:language>{language}</dc:language>" in told
    idea = load_lesson(MAIN).pages[0].idea
    assert f"<dc:description>{load_translation(language).of(idea)}</dc:description>" in told


def test_every_option_that_people_read_is_translated() -> None:
    names = {"frameworks", "legend", "rivals"}  # which are no prose
    lists = {
        key
        for view in VIEWS
        for key, hint in view_options(view).items()
        if hint in (list[str], list[str] | None)
    }
    assert lists - names == set(PROSE)


def lesson() -> Lesson:
    about = Page("Start", "contents", idea="Look", options={"about": ["One", "", "Two"]})
    return Lesson("Title", (about,), words={"agree": "yes", "differ": ""})


def test_texts_are_told_with_where_they_stand() -> None:
    told = texts_of(lesson())
    own = {text: where for text, where in told.items() if not where.startswith("the word")}
    assert own == {
        "Title": "the lesson's title",
        "One": "Start, about 1",
        "Two": "Start, about 3",
        "Start": "Start, name",
        "Look": "Start, idea",
    }
    assert told["yes"] == "the word agree"
    assert WORDS["agree"] not in told and "" not in told


def test_a_list_is_filled_in_and_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    filled = listing(lesson()).replace('language = ""', 'language = "nl"')
    path.write_text(filled.replace('"Look" = ""', '"Look" = "Kijk"'), encoding="utf-8")
    made = build(lesson(), language=path)
    texts = {str(cell.value) for cell in made.sheets[0].cells()}
    assert {"Kijk", "Start", "One"} <= texts
    marked = listing(lesson(), known=load_translation(path))
    assert '# Start, about 1: not translated yet\n"One" = ""' in marked
    assert '# Start, idea\n"Look" = "Kijk"' in marked


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('language = "e"\n[texts]', "language must be a code such as de or pt-BR, got 'e'"),
        ('language = "fr"', 'needs a key "texts"'),
        ('language = "fr"\n[texts]\na = 1', '"a" must be text, got 1'),
        ('language = "fr"\n[texts]\n"Input  {size}" = "{n}"', '"input" has no place {n}'),
        ('language = "fr"\n[texts]\n"Start" = "a/b"', "a sheet name must have none of"),
    ],
)
def test_a_wrong_translation_is_refused_by_its_file(told: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "fr.toml"
    path.write_text(told, encoding="utf-8")
    with pytest.raises(XlconvError, match=re.escape(said)) as caught:
        build(lesson(), language=path)
    assert str(caught.value).startswith(str(path))


def test_the_commands_know_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    listed = run(cli, ["lessons", "words", "matrix", "--lang", "de"])
    assert '# the word agree\n"both views agree  ✓" = "beide Sichten' in listed.stdout
    assert "left out are" in listed.stderr
    built = run(cli, ["build", "matrix", "--lang", "de"])
    assert "not translated: xlconv lessons words lists them" in built.stderr
    assert run(cli, ["check", "output/matrix-de.xlsx"]).exit_code == 0
    same = ["check", "output/matrix-de.xlsx", "--lesson", "matrix"]
    assert run(cli, [*same, "--lang", "de"]).exit_code == 0
    english = run(cli, same)
    assert english.exit_code == 1
    assert "is in the language de, not in en: --lang says which" in english.stdout
    unknown = run(cli, ["build", "--lang", "xx"])
    assert "no language and no file is called" in str(unknown.exception)
    alone = run(cli, ["check", "output/matrix-de.xlsx", "--lang", "de"])
    assert "--lang goes with lesson" in str(alone.exception)


@pytest.mark.parametrize("language", [None, *language_names()])
def test_every_lesson_is_built_in_every_language_and_says_what_it_is(language: str | None) -> None:
    for name in lesson_names():
        if name in (MAIN, "image"):  # the one is built above, the other has large sheets
            continue
        lesson, made = load_lesson(name), build(name, language=language)
        lesson = translated(lesson, load_translation(language)) if language else lesson
        assert made.told == {"description": lesson.pages[0].idea, "language": language or "en"}
        assert made.title and lesson.pages[0].idea
        for page, sheet in zip(lesson.pages, made.sheets, strict=True):
            first = next(cell for cell in sheet.cells() if (cell.row, cell.column) == (0, 0))
            assert (page.title or page.name).startswith(str(first.value))
            assert all(block.name for block in sheet.blocks)


# ------------------------------------------------------------------------ from right to left


def looks(data: bytes) -> dict[str, dict[str, Any]]:
    """How each text of each sheet is aligned, and in which order it is read."""
    return {
        sheet.title: {
            str(cell.value): (cell.alignment.horizontal, cell.alignment.readingOrder)
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str)
        }
        for sheet in load_workbook(BytesIO(data)).worksheets
    }


def test_sheets_run_from_right_to_left_where_the_language_does() -> None:
    sheets = load_workbook(BytesIO(book("ar")[1])).worksheets
    ways = [(sheet.title, sheet.sheet_view.rightToLeft) for sheet in sheets]
    code = load_translation("ar").of("Code")
    assert {name for name, leftward in ways if not leftward} == {code, RECIPE_SHEET}
    assert sheets[1].oddFooter.right.text == "&A"
    assert sheets[1].oddHeader.left.text
    for language in (None, "de", "zh"):
        others = load_workbook(BytesIO(book(language)[1])).worksheets
        assert not any(sheet.sheet_view.rightToLeft for sheet in others)


def test_words_begin_on_the_right_and_formulas_are_read_from_the_left() -> None:
    told, of = looks(book("ar")[1]), load_translation("ar").of
    collect = told[of("Collect")]
    assert collect[of(WORDS["look_at"])] == ("right", 2)
    assert told[of("Distribute")][of(WORDS["step_at"])] == ("left", 2)
    sums = {look for text, look in collect.items() if text.startswith("=") and '"y["' in text}
    assert sums == {("right", 1)}
    code = told[of("Code")]
    assert code["import numpy as np"] == ("left", 1)
    assert code[of("The same numbers from a framework")] == ("left", 2)
    assert looks(book()[1])["Collect"]["Look at output"] == ("left", 0)


def test_what_is_filled_in_does_not_turn_the_words_around_it() -> None:
    sheet = book("ar")[0].sheets[2]
    assert sheet.say("input", size="4 × 6") == "المدخل  \u20684 × 6\u2069"
    assert book("de")[0].sheets[2].say("input", size="4 × 6") == "Eingabe  4 × 6"


@pytest.mark.parametrize("language", [None, *language_names()])
def test_the_first_cell_says_what_the_sheet_is(language: str | None) -> None:
    made, data = book(language)
    lesson = load_lesson(MAIN)
    if language:
        lesson = translated(lesson, load_translation(language))
    for page, sheet in zip(lesson.pages, load_workbook(BytesIO(data)).worksheets, strict=False):
        assert sheet["A1"].value == (page.title or page.name)
    named = {one["name"] for sheet in made.manifest() for one in sheet["blocks"]}
    assert named <= set(load_workbook(BytesIO(data)).defined_names)


# ------------------------------------------------------------------------ worksheets


def without_texts(lesson: Lesson) -> Lesson:
    """The lesson with nothing to read in it but what views write."""
    numbers = {name: f"B{n}" for n, name in enumerate(lesson.names)}
    pages = (
        replace(page, name=numbers[page.name], title="§", idea="§", options={**page.options, **own})
        for page in lesson.pages
        for own in [{key: ["§"] for key in PROSE if key in page.options}]
    )
    return replace(lesson, title="§", pages=tuple(pages))


def pieces(words: Iterable[str]) -> set[str]:
    """What stands between the places of words, if it is worth reading."""
    told = {part.strip(" .,:") for word in words for part in re.split(r"\{[^}]*\}|\n", word)}
    return {part for part in told if re.search("[A-Za-z]{3}", part)}


def shown(data: bytes) -> set[str]:
    """Every text of the sheets that are seen, those in formulas too, without their signs."""
    sheets = load_workbook(BytesIO(data)).worksheets
    contents = [
        str(cell.value)
        for sheet in sheets
        if sheet.sheet_state == "visible"
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    literals = [
        part
        for text in contents
        for part in (re.findall(r'"([^"]*)"', text) if text.startswith("=") else [text])
    ]
    return {piece for text in literals for piece in pieces(re.split(r"[\d×(){}]+", text))}


@pytest.mark.parametrize("by_option", [False, True])
def test_a_german_worksheet_has_no_english_word(by_option: bool) -> None:
    german = load_translation("de")
    lesson = without_texts(load_lesson("worksheet"))
    lesson = translated(lesson, german) if by_option else replace(lesson, language="de")
    made = build(worksheet_lesson(lesson))
    english = pieces(WORDS.values()) - pieces(german.of(word) for word in WORDS.values())
    assert made.sheets[-1].name == german.of(WORDS["check_sheet"])
    assert shown(made.to_bytes()) & english == set()
    plain = build(worksheet_lesson(without_texts(load_lesson("worksheet"))))
    assert len(shown(plain.to_bytes()) & english) > 40  # these are what is looked for
