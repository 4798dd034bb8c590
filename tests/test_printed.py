"""A book drawn on paper: what its PDF says, measured in the file, against the workbook's."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import combining, east_asian_width, normalize
from xml.etree import ElementTree as ET

import ironcalc
import numpy as np
import openpyxl
import pypdf
import pytest
from PIL import Image

from xlconv.errors import XlconvError
from xlconv.grid.marks import Frame
from xlconv.grid.pages import LETTER, PAPERS, pages
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import FRAME, MARKS, ORANGE, ROLES
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.lessons.worksheet import worksheet_lesson
from xlconv.paper import fonts
from xlconv.paper.drawing import drawn
from xlconv.paper.lit import seen
from xlconv.paper.page import Box, Table, Text
from xlconv.paper.printing import Printing

from .conftest import Ran
from .engines import ironcalc_engine
from .engines.ironcalc_engine import opened, quiet
from .engines.need import needs
from .engines.package import cell_name

MAIN = "transposed-convolutions"
POINTS = 8

EDGE = 18
"""Points at the edges of paper that a printer may not reach."""

Run = Callable[..., Ran]

HANDED_OUT = "to fill in"
"""The worksheet, with its blanks."""

BOOKS = [(name, None) for name in [*lesson_names(), HANDED_OUT]] + [
    (MAIN, code) for code in language_names()
]
NEAR = 36
"""Points between a word and the same one as LibreOffice prints it, whose rows and lines of programs
are lower: 25 at most on the main lesson's pages of figures, 34 on that of programs."""

DOTS, FIRST, CONTRAST = 216, 6, 4.5
"""Dots an inch and pages that are looked at, and how much lighter letters or their ground are: WCAG
2.2, 1.4.3."""

WORD = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<'

FEW = ("one-dimension", "image")
"""What is looked at on each run; the others are proved."""

EVERY = pytest.mark.parametrize(
    ("name", "language"),
    [
        pytest.param(*one, id=f"{one[0]}-{one[1]}", marks=[pytest.mark.prove][one[0] in FEW :])
        for one in BOOKS
    ],
)


poppler = needs("pdftotext", shutil.which("pdftotext") is not None)


@cache
def book(name: str, language: str | None) -> Book:
    if name == HANDED_OUT:
        return build(worksheet_lesson(load_lesson("worksheet")))
    return build(name, language=language)


@cache
def printed(name: str, language: str | None) -> bytes:
    return book(name, language).pdf()


class Word(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str


class Page(NamedTuple):
    wide: float
    high: float
    words: list[Word]


@cache
def measured(name: str, language: str | None) -> list[Page]:
    """The pages of a book's PDF, and where each word is."""
    return pages_of(printed(name, language))


def pages_of(pdf: bytes) -> list[Page]:
    """The pages of a PDF, and where each word is, as poppler measures them."""
    command = ["pdftotext", "-bbox", "-", "-"]
    done = subprocess.run(command, input=pdf, check=True, capture_output=True)
    found = []
    for page in re.split("<page ", done.stdout.decode())[1:]:
        wide, high = map(float, re.findall(r'"([\d.]+)"', page.partition(">")[0]))
        words = re.findall(WORD, page)
        each = [Word._make([*map(float, one[:4]), unescape(one[4])]) for one in words]
        found.append(Page(wide, high, each))
    return found


def tokens(text: str) -> list[str]:
    """The words of a text: no letters of weights, no signs of direction, and one way to say 0."""
    plain = re.sub(f"[{MARKS}\u2066-\u2069●]", " ", text)
    return ["0" if re.fullmatch(r"-?0(\.0+)?", word) else word for word in plain.split()]


def in_program(book: Book) -> dict[str, list[str]]:
    """The words of each sheet as IronCalc shows them, which knows no letters of weights."""
    with quiet():
        model: Any = opened(book.to_bytes(), ironcalc.load_from_xlsx)
        model.evaluate()
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    found: dict[str, list[str]] = {name: [] for name in names}
    for where in model.get_all_cells():
        text = re.sub(r"E-0$", "E+0", model.get_formatted_cell_value(*where))
        if text == "#VALUE!":
            text = f"{model.get_cell_value(*where):g}"
        elif told := re.fullmatch(r"-?\d+(?:\.(\d+))?", text):
            value = model.get_cell_value(*where)
            if isinstance(value, float):  # it rounds twice: 0.549 to 0.55 to 0.6
                unit = Decimal(1).scaleb(-len(told[1] or ""))
                text = f"{Decimal(repr(value)).quantize(unit, ROUND_HALF_UP):f}"
        found[names[where[0]]] += tokens(text)
    return found


def headed(sheet: Sheet) -> int:
    """How many pages begin with the title: those that have a sheet's first columns."""
    return 1 + sum(bool(page.again) for page in drawn(sheet))


def leaves(sheet: Sheet) -> int:
    """How many pages a sheet has; an empty area of a playground has none."""
    return len([*drawn(sheet)])


@poppler
@EVERY
def test_the_words_and_numbers_are_the_workbooks(name: str, language: str | None) -> None:
    check_words(book(name, language), measured(name, language), language)


def check_words(book: Book, every: list[Page], language: str | None = None) -> None:
    """That each page of a book says what its workbook does, and says it once."""
    at, shown = 0, in_program(book)
    for sheet in book.sheets:
        if sheet.view == "check":
            continue  # only a program reads the numbers that its ticks weigh with
        mine, at = every[at : at + leaves(sheet)], at + leaves(sheet)
        words = Counter(tokens(" ".join(word.text for page in mine for word in page.words)))
        # around each page: the book's title, the sheet's name, the page's number
        around = [book.title, sheet.name]
        again = [str(c.value) for c in sheet.cells() if c.row < len(sheet.titles)]
        again *= headed(sheet) - 1
        words -= Counter(tokens(" ".join([*around * len(mine), *again])))
        numbers = [str(n) for n in range(at - len(mine) + 1, at + 1)]
        words -= Counter([*numbers, *["/", str(len(every))] * len(mine)])
        assert spelt(words, language) == spelt(Counter(shown[sheet.name]), language), sheet.name
    assert at == len(every)


def spelt(words: Counter[str], language: str | None) -> Counter[str]:
    """Words as they are compared: where none stand between blanks, by their letters.

    Of a line of Arabic with signs over its letters poppler tells some twice: once is enough.
    """
    if language not in ("ar", "zh"):
        return words
    letters = Counter(normalize("NFKC", "".join(words.elements())))
    if language == "zh":
        return letters
    known = {letter: n for letter, n in letters.items() if not combining(letter)}
    return Counter({letter: n if letter.isdigit() else 1 for letter, n in known.items()})


@poppler
@EVERY
def test_no_word_runs_into_another_or_off_the_page(name: str, language: str | None) -> None:
    check_places(measured(name, language))


def check_places(pages: list[Page]) -> None:
    for wide, high, words in pages:
        rows: dict[int, list[Word]] = {}
        for word in words:
            assert EDGE <= word.left <= word.right <= wide - EDGE, word
            assert EDGE <= (word.top + word.bottom) / 2 <= high - EDGE, word
            if not any(map(combining, word.text)):  # such signs stand over the letter before
                rows.setdefault(round(word.bottom), []).append(word)
        for row in rows.values():
            for one, other in pairwise(sorted(row)):
                # a Chinese sign may take half of its room where another follows
                half = (one.bottom - one.top) / 2 if east_asian_width(other.text[0]) in "FW" else 1
                assert one.right <= other.left + half + 0.01, (one, other)


@poppler
@pytest.mark.prove
@pytest.mark.parametrize("grey", [False, True], ids=["coloured", "grey"])
@pytest.mark.parametrize("name", [MAIN, HANDED_OUT])
def test_each_word_stands_out_from_its_ground(name: str, grey: bool) -> None:
    """As the pages are rendered: of a word's box the lightest dot against the darkest."""
    pdf = book(name, None).pdf(Printing(grey=grey))
    for number, page in enumerate(pages_of(pdf)[:FIRST], 1):
        command = ["pdftoppm", "-r", str(DOTS), "-f", str(number), "-l", str(number), "-png"]
        done = subprocess.run([*command, "-"], input=pdf, check=True, capture_output=True)
        shades = np.asarray(Image.open(io.BytesIO(done.stdout)).convert("RGB")) / 255
        linear = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
        light = linear @ [0.2126, 0.7152, 0.0722]
        for word in page.words:
            ends = (word.top, word.bottom, word.left, word.right)
            top, bottom, left, right = (round(end * DOTS / 72) for end in ends)
            there = light[top:bottom, left:right]
            if word.text.isalnum():
                assert (there.max() + 0.05) / (there.min() + 0.05) >= CONTRAST, (number, word)


@poppler
@needs("LibreOffice", shutil.which("soffice") is not None)
@pytest.mark.prove
@pytest.mark.parametrize("name", [MAIN, "image"])
def test_the_same_words_are_where_an_office_program_prints_them(name: str, tmp_path: Path) -> None:
    check_office(book(name, None), measured(name, None), tmp_path)


def check_office(book: Book, ours: list[Page], folder: Path) -> None:
    """That LibreOffice prints the same pages of a workbook, with each word near its place."""
    book.save(folder / "a.xlsx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*office, str(folder / "a.xlsx")], check=True, capture_output=True)
    for their, our in zip(pages_of((folder / "a.pdf").read_bytes()), ours, strict=True):
        assert letters(their) == letters(our)
        counts = [Counter(word.text for word in page.words) for page in (their, our)]
        for word in their.words:
            near = [one for one in our.words if one.text == word.text]
            if counts[0][word.text] == counts[1][word.text]:  # other fonts part brackets from words
                assert min(distance(word, one) for one in near) < NEAR, word


def letters(page: Page) -> Counter[str]:
    return Counter("".join(word.text for word in page.words))


def distance(word: Word, other: Word) -> float:
    """Between the middles of two words, in points."""
    across = (word.left + word.right - other.left - other.right) / 2
    down = (word.top + word.bottom - other.top - other.bottom) / 2
    return (across**2 + down**2) ** 0.5


@EVERY
def test_no_letter_is_under_8_points(name: str, language: str | None) -> None:
    sizes = sizes_of(printed(name, language))
    assert min(sizes) >= POINTS
    assert max(sizes) > POINTS


def sizes_of(pdf: bytes) -> set[float]:
    """The sizes of all letters of a PDF, none of which is set larger or smaller than it says."""
    sizes, scales = set[float](), set[float]()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        contents = page.get_contents()
        assert contents is not None
        told = contents.get_data()
        sizes |= set(map(float, re.findall(rb"/\S+ ([\d.]+) Tf", told)))
        turned = re.findall(rb"([-\d.]+) [-\d.]+ [-\d.]+ [-\d.]+ [-\d.]+ [-\d.]+ (?:cm|Tm)", told)
        scales |= {abs(float(one)) for one in turned}
    assert scales == {1}
    return sizes


def test_a_lesson_leads_to_the_next_as_its_workbook_does() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(book("one-dimension", None).to_bytes()))
    cells = (cell for sheet in workbook.worksheets for row in sheet.rows for cell in row)
    targets = [cell.hyperlink.target for cell in cells if cell.hyperlink]
    files = Counter(target.removesuffix(".xlsx") for target in targets if target)
    assert len(files) == 2
    found = Counter[str]()
    for page in pypdf.PdfReader(io.BytesIO(printed("one-dimension", None))).pages:
        for link in page.get("/Annots", ()):
            target = link.get_object().get("/A", {}).get("/URI", "")
            found[target.removesuffix(".pdf")] += target.endswith(".pdf")
    assert +found == files


@poppler
@EVERY
def test_formulas_are_the_workbooks_where_their_address_says(
    name: str, language: str | None
) -> None:
    made = book(name, language)
    workbook = openpyxl.load_workbook(io.BytesIO(made.to_bytes()))
    for paper in [*PAPERS][: 2 if name in FEW else 1]:
        pdf = made.pdf(Printing(paper, formulas=True))
        check_places(pages_of(pdf))
        assert min(sizes_of(pdf)) >= POINTS
        told = formulas_of(pdf)
        assert {sheet for sheet, _ in told} == {
            number
            for number, sheet in enumerate(made.sheets)
            if any(cell.block and cell.formula and cell.role != "copy" for cell in sheet.cells())
        }
        for (number, address), formula in told.items():
            cell = "".join(workbook[made.sheets[number].name][address].value.split())
            cut = formula.endswith("…")
            assert (cell[: len(formula) - 1] if cut else cell) == formula.removesuffix("…")


@poppler
@pytest.mark.parametrize("paper", [*PAPERS])
@pytest.mark.parametrize("name", [MAIN, "one-dimension", "playground"])
def test_a_row_that_a_formula_reads_has_its_number_at_the_side(name: str, paper: str) -> None:
    """Beside the sheet, or in its first column, as many as find room."""
    pdf = book(name, None).pdf(Printing(paper, formulas=True))
    told, there = {(sheet, int(re.sub(r"[A-Z]", "", at))) for sheet, at in formulas_of(pdf)}, set()
    for sheet, page in zip(sheets_of(pdf), pages_of(pdf), strict=True):
        words = [word for word in page.words if word.top < page.high - EDGE * 2]
        side = min(word.left for word in words if word.text.isdecimal())
        numbers = [word for word in words if word.left < side + 15 and word.text.isdecimal()]
        rows = [int(word.text) for word in sorted(numbers, key=lambda word: word.top)]
        assert rows == sorted(rows)
        there |= {(sheet, row) for row in rows}
    assert told <= there
    assert len(told) > 1


def test_an_area_that_waits_for_a_larger_layer_takes_no_paper() -> None:
    (sheet,) = book("playground", None).sheets
    texts = [one for page in drawn(sheet) for one in page.read]
    assert len([*drawn(sheet)]) < len(pages(sheet).breaks) + 1
    shown = Counter(cell.value for cell in sheet.cells() if isinstance(cell.value, str))
    assert {text.words for text in texts if isinstance(text, Text)} >= {
        words for words in shown if len(words) > 20
    }
    for page in drawn(sheet, formulas=True):
        tables = [one.box.y + one.box.high for one in page.read if isinstance(one, Table)]
        assert max(tables, default=0) < page.high


def formulas_of(pdf: bytes) -> dict[tuple[int, str], str]:
    """The formulas of each sheet, which come last on its pages, by their addresses; no blanks."""
    found: dict[tuple[int, str], str] = {}
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    for sheet, page in zip(sheets_of(pdf), pages, strict=True):
        begun = re.split(r"^([A-Z]{1,3}\d+): *(?==)", page.extract_text(), flags=re.MULTILINE)
        for address, formula in zip(begun[1::2], begun[2::2], strict=True):
            found[sheet, address] = "".join(formula.split())
    return found


def sheets_of(pdf: bytes) -> list[int]:
    """The number of the sheet that each page is of."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    heads: list[Any] = [one for one in reader.outline if not isinstance(one, list)]
    starts = [reader.get_destination_page_number(head) or 0 for head in heads]
    return [bisect_right(starts, number) - 1 for number in range(len(reader.pages))]


def test_a_program_can_read_it_aloud() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(MAIN, "ar")))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ar"
    assert reader.metadata
    assert reader.metadata.title == book(MAIN, "ar").title
    kinds = Counter(kind for kind in structure(root["/StructTreeRoot"]))
    assert kinds["/H1"] == len(book(MAIN, "ar").sheets)
    assert kinds["/Table"] > 100
    assert kinds["/Link"] > len(book(MAIN, "ar").sheets)


def structure(element: Any) -> Iterator[str]:
    """What kind each part of a document is."""
    element = element.get_object()
    if isinstance(element, list):
        for part in element:
            yield from structure(part)
    elif isinstance(element, dict):
        if "/S" in element:
            yield str(element["/S"])
        if "/K" in element:
            yield from structure(element["/K"])


@poppler
def test_a_sheet_of_arabic_runs_from_the_right() -> None:
    sheets = book(MAIN, "ar").sheets
    at = next(n for n, sheet in enumerate(sheets) if sheet.view == "distribute")
    words = measured(MAIN, "ar")[sum(map(leaves, sheets[:at]))].words
    rows: dict[int, list[Word]] = {}
    for word in words:
        rows.setdefault(round(word.bottom), []).append(word)
    texts = [[word.text for word in sorted(row)] for row in rows.values()]
    # the indices of the output, and right of them those of the kernel and of the input
    assert [*"543210", *"210", *"3210"] in texts


def test_a_frame_is_drawn_whose_first_cell_is_empty() -> None:
    sheet = Sheet("Sheet")
    cells = sheet.memory((0, 0), (3, 1))
    sheet.frames.append(Frame(cells))
    sheet.coat(cells[1:2], "tick")
    (page,) = drawn(sheet)
    high = sheet.row_height * pages(sheet).scale / 100
    assert sorted(line.box.high / high for line in page.lines) == pytest.approx([0, 0, 3, 3])


def test_no_sheet_is_wider_than_its_page() -> None:
    """Excel shrinks none below a tenth; what is wider still is cut off in no PDF."""
    sheet = Sheet("Sheet")
    cells = sheet.memory((0, 0), (2, 500))
    sheet.frames.append(Frame(cells))
    sheet.coat(cells, "tick")
    (page,) = drawn(sheet)
    assert min(line.box.x for line in page.lines) >= 0
    assert max(line.box.x + line.box.wide for line in page.lines) <= page.wide


def test_what_lights_up_does_so_on_paper() -> None:
    made = book(MAIN, None)
    lit = ironcalc_engine.conditional(made.to_bytes())
    some = 0
    for sheet in made.sheets:
        scaled = {
            scale.cells.cell(index)
            for scale in sheet.scales
            for index in np.ndindex(scale.cells.shape)
        }
        for place, one in seen(sheet).items():
            name = cell_name(place[0] + 1, place[1] + 1)
            there = lit[sheet.name].get(name)
            if place not in scaled and there and there.fill:
                assert f"#{one.look.fill}" == there.fill, (sheet.name, name)
                some += 1
    assert some > 50


def test_a_verdict_lights_up_under_its_whole_text() -> None:
    made = book(HANDED_OUT, None)
    (mistake,) = (sheet for sheet in made.sheets if sheet.view == "sedirts")
    alarm = f"#{ROLES['alarm'].fill}"
    there = ironcalc_engine.conditional(made.to_bytes())[mistake.name]
    cells = {cell_name(row + 1, column + 1): one for (row, column), one in seen(mistake).items()}
    lit = {name for name, one in cells.items() if f"#{one.look.fill}" == alarm}
    assert lit == {name for name, one in there.items() if one.fill == alarm}
    assert len(lit) > 2


def test_a_pen_can_write_into_each_blank() -> None:
    looked_at = 0
    for sheet in book(HANDED_OUT, None).sheets:
        blanks = {place for place, one in seen(sheet).items() if one.cell.role == "blank"}
        looked_at += sum(seen(sheet)[place].look.fill == ORANGE for place in blanks)
        for page in drawn(sheet):
            words = [text.box for part in page.read for text in words_of(part)]
            for ground in page.grounds:
                dark = ground.color in (ORANGE, FRAME)
                assert not dark or any(over(ground.box, box) for box in words), ground
    assert looked_at > 2


def words_of(part: Text | Table) -> list[Text]:
    return [*part.texts.values()] if isinstance(part, Table) else [part]


def over(one: Box, other: Box) -> bool:
    """Whether the middle of a box lies in another."""
    x, y = other.x + other.wide / 2, other.y + other.high / 2
    return one.x < x < one.x + one.wide and one.y < y < one.y + one.high


def test_a_frame_is_drawn_around_empty_cells_too() -> None:
    sheet = Sheet("Sheet")
    sheet.frames.append(Frame(sheet.memory((1, 1), (3,), steps=((1, 0),))))
    sheet.text((3, 1), "…", "tick")
    (page,) = drawn(sheet)
    scale = pages(sheet).scale / 100
    longest = max(line.box.high for line in page.lines)
    assert longest == pytest.approx(3 * sheet.row_height * scale)


def test_the_same_lesson_is_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.pdf"
        subprocess.run(
            [sys.executable, "-m", "xlconv", "build", "image", "-o", str(target)],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        made.append(target.read_bytes())
    assert made[0] == made[1]


def texts(*words: str) -> Book:
    sheet = Sheet("Sheet")
    for row, text in enumerate(words):
        sheet.text((row, 0), text, "title" if row == 0 else "text")
    return Book("A # title", (sheet,))


HOSTILE = ('#panic("x")', "*a* _b_ $c$ `d` @e <f> = g", 'a "quoted" \\ back\\n [b]', "#{1}", "a;b")


def test_a_strangers_text_stays_text() -> None:
    (page,) = pypdf.PdfReader(io.BytesIO(texts(*HOSTILE).pdf())).pages
    lines = [" ".join(line.split()) for line in page.extract_text().splitlines()]
    for text in HOSTILE:
        assert text in lines
    assert ET.fromstring(texts(*HOSTILE).figure().svg())


def test_letters_that_no_font_has_are_named() -> None:
    with pytest.raises(XlconvError, match=r'^no font has "𓀀": install one'):
        texts("Title", "a 𓀀 b").pdf()


def test_an_extra_that_is_missing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    done = run("build", "-o", str(tmp_path / "a.pdf"))
    assert done.code == 2
    assert done.err == (
        "xlconv: error: what is drawn on paper needs typst and its fonts:"
        " pip install xlconv-workbooks[pdf]\n"
    )
    assert not list(tmp_path.iterdir())


def test_what_takes_too_long_to_draw_is_refused(run: Run, tmp_path: Path) -> None:
    args = ["layer", "--input", "150x150", "--weight", "2x2", "--stride", "2", "--view", "collect"]
    for name in ("a.pdf", "a.svg"):
        done = run(*args, "-o", tmp_path / name)
        assert done.code == 2
        assert re.fullmatch(
            r"xlconv: error: \d{6} cells are to be drawn, at most 200000 can be: use a smaller .*",
            done.err.rstrip(),
        )
    assert not list(tmp_path.iterdir())


def test_letter_is_as_wide_as_letter_is() -> None:
    pdf = book("subpixel", None).pdf(Printing("letter"))
    sizes = [
        sorted([float(page.mediabox.width), float(page.mediabox.height)])
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    ]
    assert sizes == [[612, 792]] * len(sizes)
    assert len(sizes) == sum(
        len(pages(s, LETTER).breaks) + 1 for s in book("subpixel", None).sheets
    )
    with pytest.raises(XlconvError, match="paper must be one of a4, letter, got 'a5'"):
        Printing("a5")


def test_grey_is_grey() -> None:
    figure = book("subpixel", None).figure("Phases", printing=Printing(grey=True))
    colours = Image.open(io.BytesIO(figure.png())).convert("RGB")
    red, green, blue = (np.asarray(part) for part in colours.split())
    assert len(np.unique(red)) > 10
    assert (red == green).all()
    assert (green == blue).all()


def test_a_block_is_shown_with_its_caption_alone() -> None:
    figure = book(MAIN, None).figure("Distribute", "output")
    whole = book(MAIN, None).figure("Distribute")
    sizes = [Image.open(io.BytesIO(one.png())).size for one in (figure, whole)]
    assert sizes[0][0] * 3 < sizes[1][0]
    svg = ET.fromstring(figure.svg())
    assert svg.find("{http://www.w3.org/2000/svg}title") is not None or svg[0].text
    assert "Distribute: output" in figure._repr_svg_()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "a.svg"], "a picture shows one sheet: name it; known are "),
        (["-o", "a.png", "--sheet", "Phase"], "no sheet is called 'Phase'; did you mean"),
        (["-o", "a.png", "--sheet", "Phases", "--block", "x"], "no block of Phases is called 'x'"),
        (["-o", "a.pdf", "--sheet", "Phases"], "--sheet is for what is drawn: name a .svg or .png"),
        (["-o", "a.xlsx", "--slides"], "--slides is for what is drawn: name a .pdf file with -o"),
        (["-o", "a.pdf", "--slides", "--paper", "a4"], "--slides and --paper exclude each other: "),
        (["-o", "a.xlsx", "--grey"], "--grey is for what is drawn: name a .pdf or .svg or .png"),
        (["--paper", "letter"], "--paper is for what is drawn: name a .pdf file with -o"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("build", "subpixel", *args)
    assert done.code == 2
    assert done.err.startswith(f"xlconv: error: {said}")
    assert done.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_what_is_said_to_be_written_is_what_is_there(run: Run, tmp_path: Path) -> None:
    assert run("worksheet", "-o", tmp_path / "a.xlsx").err.endswith("a.xlsx: 9 sheets\n")
    assert run("worksheet", "-o", tmp_path / "a.pdf").err.endswith("a.pdf: 8 sheets\n")
    heads = pypdf.PdfReader(tmp_path / "a.pdf").outline
    assert len([head for head in heads if not isinstance(head, list)]) == 8


def test_a_file_with_other_content_is_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.pdf").write_bytes(b"mine")
    done = run("worksheet", "--key", "-o", "a.pdf")
    assert (done.code, Path("a.pdf").read_bytes()) == (4, b"mine")
    assert run("worksheet", "--key", "-o", "a.pdf", "--force", "--grey").code == 0
    assert Path("a.pdf").read_bytes().startswith(b"%PDF-1.7")
