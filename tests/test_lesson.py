"""Lesson files: what they describe, and what is refused with file, table and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xlconv
from xlconv.errors import BugError, UnreadableError, XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.layers.model import OPERATIONS
from xlconv.lessons import claims, drawing
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import view_options
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.read import load_lesson
from xlconv.lessons.schema import suggest, words
from xlconv.lessons.shipped import lesson_names
from xlconv.views import VIEWS

Write = Callable[[str, str], Path]

LESSON = """
title = "A lesson"
[words]
agree = "einig"
[layers.small]
input = [[3, 3], [1, 1]]
weight = [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
stride = 2
[[sheet]]
name = "Stamps"
view = "distribute"
layer = "small"
[[sheet]]
name = "Looks"
view = "collect"
title = "Looking back"
idea = "An idea."
try = ["This.", "That."]
input = "4x4"
weight = [[1, 2], [0, 1]]
seed = 1
padding = [1, [0, 1]]
look = [1, 1]
"""


def output(book: xlconv.Book, sheet: int, block: str) -> Any:
    (found,) = [b.cells.value for b in book.sheets[sheet].blocks if b.name.endswith(block)]
    return found.tolist()


def test_lesson_has_the_layers_pages_and_words_of_its_file(write: Write) -> None:
    lesson = load_lesson(write("a.toml", LESSON))
    assert (lesson.title, lesson.names) == ("A lesson", ["Stamps", "Looks"])
    assert lesson.words == {"agree": "einig"}
    stamps, looks = lesson.pages
    assert stamps.layer is lesson.layers["small"]
    assert (looks.title, looks.idea, looks.try_this) == (
        "Looking back",
        "An idea.",
        ("This.", "That."),
    )
    assert looks.options == {"look": [1, 1]}
    assert looks.layer is not None
    assert [axis.padding for axis in looks.layer.geometry.axes] == [(1, 1), (0, 1)]


def test_lesson_computes_the_papers_sedirts_example(write: Write) -> None:
    # the printed output of example "sedirts" in tests/data/seed_examples.json
    assert output(build(write("a.toml", LESSON)), 0, "output") == [
        [[3, 6, 12, 6, 9], [0, 3, 0, 3, 0], [7, 5, 16, 5, 9], [0, 1, 0, 1, 0], [2, 1, 4, 1, 2]]
    ]


def test_lesson_reads_the_files_beside_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("x.csv", "3,3\n1,1\n")
    path = write("a.toml", LESSON.replace("[[3, 3], [1, 1]]", '"x.csv"'))
    monkeypatch.chdir("/")
    assert load_lesson(path).layers["small"].input.tolist() == [[[3, 3], [1, 1]]]


def test_words_of_a_lesson_stand_on_its_sheets(write: Write) -> None:
    book = build(load_lesson(write("a.toml", LESSON)))
    assert book.sheets[1].say("agree") == "einig"


def test_shipped_lessons_load_and_build() -> None:
    assert lesson_names()[0] == "transposed-convolutions"
    for name in lesson_names():
        assert build(name).to_bytes()[:2] == b"PK"


def test_every_view_has_a_function_and_options_that_toml_can_say() -> None:
    for view in VIEWS:
        for hint in view_options(view).values():
            assert words(hint)


def test_word_is_like_a_known_one_of_a_hundred_characters_and_of_no_more() -> None:
    known = "a" * 99
    assert suggest(f"{known}b", [known]) == f'; did you mean "{known}"?'
    assert suggest(f"{known}bc", [known]) == ""


def test_layer_gives_a_lesson_with_a_page_a_view() -> None:
    layer = Layer.of(np.ones((2, 4, 5)), np.ones((2, 1, 3, 3)), stride=2)
    lesson = layer_lesson(layer, ["collect", "distribute", "one_dimension"])
    assert lesson.names == ["Collect", "Distribute", "One dimension"]
    assert lesson.title == "Transposed convolution 2×4×5 → 1×9×11"


def test_title_of_one_channel_leaves_it_out() -> None:
    lesson = layer_lesson(Layer.of(np.ones((4, 4)), np.ones((3, 3))), ["collect"])
    assert lesson.title == "Transposed convolution 4×4 → 6×6"


def test_build_takes_a_layer_a_lesson_a_path_and_a_name(write: Write) -> None:
    path = write("a.toml", LESSON)
    layer = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]])
    assert [s.name for s in build(layer).sheets] == ["Distribute", "Collect"]
    assert [s.name for s in build(layer, views=["collect"]).sheets] == ["Collect"]
    assert len({build(given).to_bytes() for given in (path, str(path), load_lesson(path))}) == 1


@pytest.mark.parametrize(
    ("views", "said"),
    [
        (["colect"], 'unknown view "colect"; did you mean "collect"?'),
        (["x"], 'unknown view "x"; known are contents, why'),
        ([""], 'unknown view ""'),
        ([], "at least one"),
        (3, "views must be a view's name or several, got 3"),
        (None, "views must be a view's name or several, got None"),
        ([3], 'unknown view "3"; known are contents, why'),
        (["collect", "collect"], "is named twice"),
    ],
)
def test_views_of_a_layer_that_do_not_exist_are_refused(views: Any, said: str) -> None:
    with pytest.raises(XlconvError) as error:
        build(Layer.of([[1]], [[1]]), views=views)
    assert said in str(error.value)


@pytest.mark.parametrize("views", [3, None])
def test_views_of_a_convolution_that_are_none_are_refused(views: Any) -> None:
    with pytest.raises(XlconvError, match="views must be a view's name or several, got"):
        build(Convolution.of([[1]], [[1]]), views=views)


def test_what_is_no_lesson_at_all_is_refused() -> None:
    with pytest.raises(XlconvError, match=r"lesson must be a Layer, .*, got NoneType"):
        build(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # the whole file
        ('title = "A lesson"', "", 'needs a key "title"'),
        ('title = "A lesson"', "title = 3", '"title" must be text, got 3'),
        ('title = "A lesson"', f'title = "{"a" * 121}"', "at most 120 characters"),
        ('title = "A lesson"', 'titel = "A lesson"', 'unknown key "titel"; did you mean "title"?'),
        ('title = "A lesson"', 'title = "a\\u0007"', '"title" has a control character'),
        ("[words]\n", "[word]\n", 'unknown key "word"; did you mean "words"?'),
        # words
        ('agree = "einig"', "agree = 3", '[words]: "agree" must be text, got 3'),
        ('agree = "einig"', 'agre = "x"', '[words]: unknown key "agre"; did you mean "agree"?'),
        (
            'agree = "einig"',
            'input = "{size} {sise}"',
            '"input" has no place {sise}; it has {size}',
        ),
        ('agree = "einig"', 'input = "{size:d}"', '"input" has no place {size:d}; it has {size}'),
        ('agree = "einig"', 'input = "{size.x}"', "no place {size.x}"),
        ('agree = "einig"', 'input = "{}"', "no place {}"),
        ('agree = "einig"', 'agree = "{size}"', '"agree" has no place {size}; it has none'),
        ('agree = "einig"', 'agree = "{"', '[words]: "agree" has braces that do not fit'),
        ('agree = "einig"', f'agree = "{"a" * 256}"', '"agree" must have at most 255 characters'),
        # layers
        (
            "stride = 2",
            "strides = 2",
            '[layers.small]: unknown key "strides"; did you mean "stride"?',
        ),
        ("stride = 2", 'stride = "2"', '[layers.small]: "stride" must be a whole number or a list'),
        (
            "stride = 2",
            "stride = true",
            '"stride" must be a whole number or a list of whole numbers',
        ),
        ("stride = 2", "stride = 2.0", "got 2.0"),
        ("stride = 2", "stride = [1, 2.5]", "got [1, 2.5]"),
        ("stride = 2", "stride = [1, 2, 3]", "stride must be one value or one for each of 2 axes"),
        ("stride = 2", "stride = []", "stride must be one value or one for each of 2 axes, got 0"),
        ("stride = 2", "stride = 0", "[layers.small]: stride must be at least 1, got 0"),
        (
            "stride = 2",
            f"stride = {'9' * 4000}",
            '[layers.small]: "stride" has a whole number beyond 64 bits',
        ),
        ("stride = 2", "seed = -1\nbias = '1'", "[layers.small]: seed must be at least 0"),
        ("stride = 2", "groups = 2", "[layers.small]: groups must divide"),
        ("stride = 2", "output_padding = 2", "[layers.small]: output_padding must be smaller"),
        ("stride = 2", "bias = [1, 2]", "[layers.small]: bias must have one value for each of 1"),
        ("stride = 2", "padding = 3", "[layers.small]: padding 3 crops the whole output"),
        (
            "stride = 2",
            "padding = [[1, 2, 3]]",
            '"padding" must be text or a whole number or a list',
        ),
        ("[[3, 3], [1, 1]]", "[[3, 3], [1]]", "[layers.small]: input must be numbers in rows of"),
        ("[[3, 3], [1, 1]]", '[[3, "3"]]', "[layers.small]: input must be numbers"),
        ("[[3, 3], [1, 1]]", "[[3, true]]", "[layers.small]: input must be numbers, got true"),
        ("[[3, 3], [1, 1]]", "[[3, nan]]", "[layers.small]: input must be finite, got nan"),
        ("[[3, 3], [1, 1]]", "[]", "[layers.small]: input must hold at least one number"),
        ("[[3, 3], [1, 1]]", "3", '"input" must be text or a list, got 3'),
        ("[[3, 3], [1, 1]]", '"x.txt"', "[layers.small]: input must be sizes such as 4x4"),
        ("[[3, 3], [1, 1]]", '"99999x99999"', "[layers.small]: input has 9999800001 values"),
        (
            "[[3, 3], [1, 1]]",
            "[[[3]], [[3]]]",
            "[layers.small]: weight without channels is for one",
        ),
        ("[[3, 3], [1, 1]]", "[3]", "[layers.small]: input and weight must have 1 to 3 spatial"),
        ("input = [[3, 3], [1, 1]]", "", '[layers.small]: needs a key "input"'),
        # sheets
        ('name = "Stamps"', "", '[sheet 1]: needs a key "name"'),
        ('name = "Stamps"', "name = 3", '[sheet 1 "3"]: "name" must be text, got 3'),
        ('name = "Stamps"', 'name = "looks"', "sheet names must differ by more than case"),
        ('name = "Stamps"', 'name = "a/b"', "a sheet name must have none of"),
        ('view = "distribute"', "", '[sheet 1 "Stamps"]: needs a key "view"'),
        (
            'view = "distribute"',
            'view = "distibute"',
            'view "distibute"; did you mean "distribute"?',
        ),
        ('view = "distribute"', "view = [1]", '[sheet 1 "Stamps"]: unknown view [1]'),
        ('view = "distribute"', 'view = "x"', 'unknown view "x"; known are contents, why, distri'),
        ('layer = "small"', 'layer = "x"', 'unknown layer "x"; known are small'),
        ('layer = "small"', 'layer = "smal"', 'unknown layer "smal"; did you mean "small"?'),
        ('layer = "small"', "layer = 1", '"layer" must be text, got 1'),
        ('layer = "small"', "", 'needs a key "layer", or "input" and "weight"'),
        ('layer = "small"', 'input = "4x4"', '[sheet 1 "Stamps"]: needs a key "weight"'),
        ('layer = "small"', 'layer = "small"\nstride = 2', 'has a "layer": write "stride" there'),
        ('layer = "small"', 'layer = "small"\nlook = [1, 1]', 'unknown key "look"'),
        ('view = "distribute"', 'view = "code"', '[sheet 1 "Stamps"]: unknown key "layer"'),
        ("look = [1, 1]", 'look = "1,1"', '"look" must be a list of whole numbers, got "1,1"'),
        (
            "look = [1, 1]",
            "look = [1, 1.5]",
            '"look" must be a list of whole numbers, got [1, 1.5]',
        ),
        ("look = [1, 1]", "loook = [1, 1]", '[sheet 2 "Looks"]: unknown key "loook"; did you mean'),
        ('try = ["This.", "That."]', 'try = "This."', '"try" must be a list of texts, got "This."'),
        ('"This."', f'"{"a" * 32768}"', '[sheet 2 "Looks"]: "try" must have at most 32767'),
        ('"This."', '"a\\u0001b"', '[sheet 2 "Looks"]: "try" has a control character'),
        ('"An idea."', '"a\\rb"', '[sheet 2 "Looks"]: "idea" has a control character'),
    ],
)
def test_wrong_lesson_is_refused_with_file_table_and_key(
    write: Write, old: str, new: str, said: str
) -> None:
    assert old in LESSON
    path = write("a.toml", LESSON.replace(old, new, 1))
    with pytest.raises(XlconvError) as error:
        load_lesson(path)
    told = str(error.value)
    assert told.startswith(str(path))
    assert said in told
    assert (error.value.exit_code, "\n" in told) == (2, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sheet = 3", '"sheet" must be a list of tables, got 3'),
        ("sheet = []", "a lesson must have at least one sheet"),
        ("sheet = [3]", '"sheet" must be a list of tables, got [3]'),
        ("layers = 3", '"layers" must be a table, got 3'),
        ("layers.a = 3", '[layers]: "a" must be a table, got 3'),
        ("words = []", '"words" must be a table, got []'),
        ("", 'needs a key "sheet"'),
    ],
)
def test_lesson_whose_tables_are_none_is_refused(write: Write, text: str, said: str) -> None:
    tail = "" if "sheet" in text or not text else '\n[[sheet]]\nname = "Code"\nview = "code"'
    path = write("a.toml", f'title = "A"\n{text}{tail}')
    with pytest.raises(XlconvError) as error:
        load_lesson(path)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        "= 3",
        "[[sheet]",
        'a = "\x01"',
        "a = 1\na = 2",
        f"a = {'9' * 5000}",
        "a = " + "[" * 9999,
    ],
)
def test_file_that_is_no_toml_is_unreadable(write: Write, text: str) -> None:
    path = write("a.toml", text)
    with pytest.raises(UnreadableError, match=r"a\.toml is no TOML") as error:
        load_lesson(path)
    assert error.value.exit_code == 3


def test_lesson_that_an_editor_of_windows_marks_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + LESSON.encode())
    (tmp_path / "b.toml").write_bytes(LESSON.encode())
    marked, plain = (
        build(load_lesson(tmp_path / name)).to_bytes() for name in ("a.toml", "b.toml")
    )
    assert marked == plain


@pytest.mark.parametrize("name", ["none", "a.toml", "b.toml/c"])
def test_folder_that_is_none_is_not_silently_allowed(run: Any, write: Write, name: str) -> None:
    write("a.toml", LESSON)
    done = run("build", "a.toml", "--folder", name)
    assert (done.code, done.err) == (2, f"xlconv: error: --folder: {name} is no folder\n")


def test_file_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableError, match="is no TOML"):
        load_lesson(tmp_path / "a.toml")


def test_file_in_a_lesson_that_cannot_be_read_is_unreadable(write: Write) -> None:
    path = write("a.toml", LESSON.replace("[[3, 3], [1, 1]]", '"none.csv"'))
    with pytest.raises(
        UnreadableError, match=r"\[layers\.small\]: input: cannot read .*none\.csv: No such"
    ):
        load_lesson(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("transposed-convolution", 'did you mean "transposed-convolutions"?'),
        ("xyz", "shipped are transposed-convolutions"),
        ("a" * 5000, "no lesson and no file"),
        ("", "no lesson and no file"),
        (".", "no lesson and no file"),
    ],
)
def test_lesson_that_does_not_exist_is_unreadable(name: str, said: str) -> None:
    with pytest.raises(UnreadableError) as error:
        load_lesson(name)
    assert said in str(error.value)


def test_missing_option_that_a_view_must_have_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def distribute(sheet: Sheet, layer: Layer, *, first: int, last: int = 3) -> None: ...

    monkeypatch.setattr(drawing, "view_function", lambda _: distribute)
    with pytest.raises(XlconvError, match=r'\[sheet 1 "Stamps"\]: needs a key "first"'):
        load_lesson(write("a.toml", LESSON))


def test_limit_that_a_sheet_passes_names_the_sheet_once() -> None:
    with pytest.raises(XlconvError) as error:
        build(Layer.of(np.ones((1, 20_000)), np.ones((1, 3))), views=["collect"])
    told = str(error.value)
    assert told.startswith('sheet "Collect": 2')
    assert told.endswith("columns; Excel has 16384: use an input of at most 1x5452")


def test_error_of_a_view_names_the_sheet() -> None:
    page = Page("Row", "one_dimension", layer=Layer.of([[1]], [[1]]))
    with pytest.raises(XlconvError, match=r'^sheet "Row": '):
        build(Lesson("A", (page,)))


@pytest.mark.parametrize(("off", "caught"), [(0.0, False), (1.0, True), (1e-9, True)])
def test_block_that_is_not_what_it_claims_to_be_is_refused(off: float, caught: bool) -> None:
    layer = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
    printed = np.array(
        [[[3, 6, 12, 6, 9], [0, 3, 0, 3, 0], [7, 5, 16, 5, 9], [0, 1, 0, 1, 0], [2, 1, 4, 1, 2]]]
    )
    sheet = Sheet("One")
    sheet.block(
        "y",
        (1, 1),
        (1, 5, 5),
        role="output",
        content=printed + off,
        claim=("conv_transpose", layer),
    )
    if caught:
        with pytest.raises(BugError, match="block y is not the model's conv_transpose"):
            check_claims(sheet)
    else:
        check_claims(sheet)


@pytest.mark.parametrize(("off", "caught"), [(1e-16, False), (1e-9, True)])
def test_fractions_may_differ_by_rounding_only(off: float, caught: bool) -> None:
    sheet = Sheet("One")
    claim = ("conv_transpose", Layer.of([[0.1, 0.2]], [[3]]))
    sheet.block("y", (1, 1), (1, 1, 2), role="output", content=[[[0.3, 0.6 + off]]], claim=claim)
    if caught:
        with pytest.raises(BugError, match="please report it"):
            check_claims(sheet)
    else:
        check_claims(sheet)


def test_build_checks_what_its_sheets_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = dict.fromkeys(OPERATIONS, lambda _: np.zeros(1))
    monkeypatch.setattr(claims, "MODELS", wrong)
    with pytest.raises(BugError, match="is not the model's"):
        build(Layer.of([[1]], [[1]]))


def test_library_offers_its_names_and_no_others() -> None:
    for name in xlconv.__all__:
        assert hasattr(xlconv, name)
    assert dir(xlconv) == sorted(xlconv.__all__)
    missing = "nothing"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(xlconv, missing)
