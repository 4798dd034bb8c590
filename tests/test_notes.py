"""The lecturer's page: on paper, in each language, and true of the sheets that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from openpyxl import load_workbook

from xlconv.errors import XlconvError
from xlconv.figures.teaching import TEACHING_WORDS
from xlconv.grid.theme import look
from xlconv.lessons.book import Book
from xlconv.lessons.build import as_meant, build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.notes import notes_book
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.lessons.translation import load_translation, translated

from .conftest import Ran
from .test_printed import POINTS, sizes_of
from .test_translation import EXERCISES, MAIN

PAGE = Path(__file__).parents[1] / "docs/teaching.md"

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]

each_lesson = pytest.mark.parametrize("name", lesson_names())
in_each_language = pytest.mark.parametrize(
    ("name", "language"), [(name, code) for name in (MAIN, EXERCISES) for code in language_names()]
)


@cache
def spoken(name: str, language: str) -> Lesson:
    return translated(load_lesson(name), load_translation(language))


def told(lesson: Lesson) -> Iterator[str]:
    """All that is said to who teaches a lesson."""
    assert lesson.notes is not None
    yield from (lesson.notes.about, lesson.notes.more)
    for page in lesson.pages:
        for part in page.taught:
            yield from (part.happens, part.ask, part.answer)
    for wrong in lesson.notes.wrong:
        yield from (wrong.belief, wrong.answer)


def texts_of(book: Book) -> list[str]:
    """Each text of a workbook."""
    file = load_workbook(BytesIO(book.to_bytes()), data_only=True)
    cells = (cell for sheet in file for row in sheet.values for cell in row)
    return [cell for cell in cells if isinstance(cell, str)]


def stands(lesson: Lesson) -> set[str]:
    """What stands on the sheets of a lesson as it is built, without sizes; their names."""
    book = build(as_meant(lesson))
    texts = {re.split(r"  |: ", text.strip("\u2068\u2069"))[0] for text in texts_of(book)}
    return texts | {sheet.name for sheet in book.sheets}


@each_lesson
def test_each_sheet_is_taught_or_named_beside_the_table(name: str) -> None:
    lesson = load_lesson(name)
    assert lesson.notes is not None
    left = {page.name for page in lesson.pages if page.view != "contents" and not page.taught}
    named = set(re.findall(r"\*([^*]+)\*", lesson.notes.more))
    assert left <= named
    assert len(lesson.notes.wrong) >= 2


def check_named(lesson: Lesson) -> None:
    named = {each for text in told(lesson) for each in re.findall(r"\*([^*]+)\*", text)}
    assert named - stands(lesson) == set()


@each_lesson
def test_what_is_named_stands_on_the_sheets(name: str) -> None:
    check_named(load_lesson(name))


@in_each_language
def test_what_is_named_stands_on_the_sheets_of_a_language(name: str, language: str) -> None:
    check_named(spoken(name, language))


@in_each_language
def test_a_translation_has_the_numbers_names_and_commands_of_the_english_page(
    name: str, language: str
) -> None:
    for own, other in zip(told(load_lesson(name)), told(spoken(name, language)), strict=True):
        numbers, same = (sorted(re.findall(r"\d+", bare_of(text))) for text in (own, other))
        assert numbers == same, own
        assert re.findall(r"`[^`]+`", other) == re.findall(r"`[^`]+`", own)
        assert other.count("*") == own.count("*")
        assert bool(own) == bool(other)
        assert other != own or not own


@each_lesson
def test_each_lesson_and_command_that_is_named_is_there(name: str, run: Run) -> None:
    lesson = load_lesson(name)
    named = {each for text in told(lesson) for each in re.findall(r"`([^`]+)`", text)}
    commands = {each for each in named if each.startswith("xlconv ")}
    assert named - commands <= set(lesson_names()) - {name}
    for command in commands:
        assert run(command.split()[1], "--help").code == 0
        assert set(command.split()[2:]) <= set(lesson_names())


@each_lesson
def test_it_is_printed_on_one_page_with_all_that_is_told(name: str, run: Run) -> None:
    assert run("build", name, "--notes", "-o", "notes.pdf", "--paper", "letter", "--grey").code == 0
    (page,) = pypdf.PdfReader("notes.pdf").pages
    assert min(sizes_of(Path("notes.pdf").read_bytes())) >= POINTS
    printed, lesson = words(page.extract_text()), load_lesson(name)
    for text in told(lesson):
        for word in words(text):
            assert word in printed, text
    minutes = sum(part.minutes for page in lesson.pages for part in page.taught)
    assert f"{minutes} minutes." in page.extract_text()
    assert page.extract_text().count("xlconv check FILE") == 1


def bare_of(text: str) -> str:
    """A text without the names of what stands on the sheets."""
    return re.sub(r"\*[^*]+\*", "", text)


def words(text: str) -> list[str]:
    return re.sub(r"[*`]", "", text).split()


@in_each_language
def test_a_language_has_its_page_from_its_own_side(name: str, language: str) -> None:
    book = notes_book(spoken(name, language), name)
    translation = load_translation(language)
    heads = [translation.of(TEACHING_WORDS[f"notes_head_{key}"]) for key in ("ask", "answer")]
    assert set(heads) <= set(texts_of(book))
    pdf = book.pdf()
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) == 1
    assert min(sizes_of(pdf)) >= POINTS
    assert (book.sheets[0].way.name == "LEFTWARD") == (language == "ar")


def test_the_minutes_of_the_main_lesson_are_a_lesson_at_school() -> None:
    (sheet,) = notes_book(load_lesson(MAIN), MAIN).sheets
    assert sheet.head is not None
    assert sheet.head.idea.startswith("For who teaches it: 45 minutes. The main lesson")


def test_the_title_begins_where_the_lines_under_it_do() -> None:
    (sheet,) = notes_book(load_lesson(MAIN), MAIN).sheets
    first = sheet.widths.get(0, sheet.column_width) * 5.55
    assert abs(look("title").indent * 7.5 - first) < 1


def test_no_workbook_tells_what_only_lecturers_are_told() -> None:
    lesson = load_lesson("image")
    assert build(lesson).to_bytes() == build(bare(lesson)).to_bytes()


def bare(lesson: Lesson) -> Lesson:
    pages = tuple(replace(page, taught=()) for page in lesson.pages)
    return replace(lesson, pages=pages, notes=None)


def test_a_lesson_that_tells_nothing_has_no_page() -> None:
    with pytest.raises(
        XlconvError, match=r'said to who teaches "A picture, upsampled": the lesson'
    ):
        notes_book(bare(load_lesson("image")), "image")


@pytest.mark.parametrize("kind", ["xlsx", "html", "svg", "png"])
def test_it_is_written_as_whatever_a_book_is(run: Run, kind: str) -> None:
    done = run("build", "matrix", "--notes", "-o", f"notes.{kind}")
    assert (done.code, done.err) == (0, f"xlconv: wrote notes.{kind}: 1 sheet\n")
    if kind == "html":
        assert "28 of 64" in Path("notes.html").read_text(encoding="utf-8")


def test_it_has_a_name_of_its_own(run: Run) -> None:
    assert run("build", "matrix", "--notes", "--lang", "de").code == 0
    assert [path.name for path in Path("output").iterdir()] == ["matrix-de-notes.xlsx"]


def test_what_comes_back_is_checked_as_the_page_says(run: Run) -> None:
    assert run("build", "matrix", "--lang", "de", "--notes", "-o", "notes.html").code == 0
    page = Path("notes.html").read_text(encoding="utf-8")
    (said,) = set(re.findall(r"xlconv (check --lesson [-\w ]+) class/\*\.xlsx", page))
    assert run("build", "matrix", "--lang", "de", "-o", "a.xlsx").code == 0
    assert run(*said.split(), "a.xlsx").code == 0


OWN = """
title = "My own"
[[sheet]]
name = "A"
view = "collect"
input = [[1]]
weight = [[1]]
"""


def test_a_lesson_file_may_have_its_own(run: Run, write: Write) -> None:
    told = '[[sheet.notes]]\nminutes = 3\nhappens = "look"\nask = "Why?"\n[notes]\nabout = "All."\n'
    write("my.toml", OWN + told)
    assert run("build", "my.toml", "--notes", "-o", "notes.html").code == 0
    assert "xlconv check --lesson my.toml" in Path("notes.html").read_text(encoding="utf-8")


def test_paper_ends_between_two_rows_of_the_table(run: Run, write: Write) -> None:
    part = '[[sheet.notes]]\nminutes = 1\nhappens = "from{} {}to{}"\nask = "Why?"\n'
    parts = "".join(part.format(n, "and on " * 20, n) for n in range(30))
    write("my.toml", f"{OWN}{parts}[notes]\nabout = 'All.'\n")
    assert run("build", "my.toml", "--notes", "-o", "notes.pdf").code == 0
    pages = [page.extract_text().split() for page in pypdf.PdfReader("notes.pdf").pages]
    assert len(pages) > 1
    for n in range(30):
        assert [f"from{n}" in page for page in pages] == [f"to{n}" in page for page in pages]


NOTE = '[[sheet.notes]]\nminutes = {}\nhappens = "look"\nask = "Why?"\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", 'nothing is said to who teaches "My own": the lesson file needs [notes], and'),
        ("[notes]\nmore = 'x'\n", 'my.toml [notes]: needs a key "about"'),
        ("[notes]\nabout = 3\n", 'my.toml [notes]: "about" must be text, got 3'),
        (
            "[notes]\nabout = 'x'\n[[notes.wrong]]\nbelief = 'x'\n",
            'my.toml [notes, wrong 1]: needs a key "answer"',
        ),
        ("[[sheet.notes]]\nminutes = 3\n", 'my.toml [sheet 1 "A", notes 1]: needs a key "happens"'),
        (NOTE.format(0), 'my.toml [sheet 1 "A", notes 1]: minutes must be from 1 to 600, got 0'),
    ],
)
def test_what_a_lesson_file_tells_wrongly_is_one_line(
    run: Run, write: Write, more: str, said: str
) -> None:
    write("my.toml", OWN + more)
    done = run("build", "my.toml", "--notes", "-o", "notes.pdf")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert said in done.err
    assert not Path("notes.pdf").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["build", "-o", "a.pdf", "--slides"], "--notes and --slides exclude each other: it is"),
        (["build", "-o", "a.pdf", "--formulas"], "--notes and --formulas exclude each other: it"),
        (["worksheet"], "no such option '--notes'; xlconv build has it; see xlconv worksheet"),
        (["layer"], "no such option '--notes'"),
    ],
)
def test_what_cannot_be_is_one_line(run: Run, args: list[str], said: str) -> None:
    done = run(*args, "--notes")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(f"xlconv: error: {said}")
    assert not list(Path().iterdir())
