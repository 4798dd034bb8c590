"""A lesson made in Python is held to what a lesson file is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build, with_legend
from xlconv.lessons.lesson import Lesson, Page

LAYER = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
PAGE = Page("A", "collect", layer=LAYER)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Lesson("A", ()), "a lesson must have at least one sheet"),
        (lambda: Lesson("a\0b", (PAGE,)), "title has a control character, '\\x00'"),
        (lambda: Lesson("a" * 121, (PAGE,)), "title must have at most 120 characters, got 121"),
        (lambda: Lesson(3, (PAGE,)), "title must be text, got int"),  # type: ignore[arg-type]
        (lambda: Page("a\0", "collect"), "has a control character"),
        (lambda: Page("A", "collect", title="\x1b[31m"), "has a control character"),
        (lambda: Page("A", "collect", idea="a\rb"), 'sheet "A" has a control character'),
        (lambda: Page("A", "collect", try_this=("a" * 32_768,)), "at most 32767 characters"),
        (lambda: Page("A", "collect", try_this=(None,)), "must be text, got NoneType"),  # type: ignore[arg-type]
        (lambda: Lesson("A", (PAGE,), words={"agre": "x"}), 'words has no "agre"; did you mean'),
        (lambda: Lesson("A", (PAGE,), words={"input": "{x}"}), '"input" has no place {x}; it has'),
        (lambda: Lesson("A", (PAGE,), words={"agree": "{"}), '"agree" has braces that do not fit'),
        (lambda: Lesson("A", (PAGE,), words={"agree": "a" * 256}), "at most 255 characters"),
    ],
)
def test_lesson_that_no_file_could_tell_is_refused(make: Any, said: str) -> None:
    with pytest.raises(XlconvError) as error:
        make()
    assert said in str(error.value)


@pytest.mark.parametrize("look", [np.array([1, 1]), [np.int64(1), np.int8(1)], (1, 1)])
def test_options_of_a_page_may_be_numpys(look: Any) -> None:
    books = [
        build(Lesson("A", (Page("A", "collect", layer=LAYER, options={"look": given}),)))
        for given in ([1, 1], look)
    ]
    assert books[0].to_bytes() == books[1].to_bytes()


def links(*pages: Page) -> list[list[tuple[str, str]]]:
    sheets = build(Lesson("A title", pages)).sheets
    return [[(link.target, link.cells.value.item()) for link in each.links] for each in sheets]


def test_a_sheet_leads_to_the_contents_the_one_before_and_the_one_after() -> None:
    pages = [replace(PAGE, name=name) for name in ("Two", "Three", "Four")]
    first, *others = links(Page("One", "contents"), *pages)
    assert [target for target, _ in first] == ["Two", "Three", "Four"]
    assert others == [
        [("One", "Contents"), ("Three", "Three ›")],
        [("One", "Contents"), ("Two", "‹ Two"), ("Four", "Four ›")],
        [("One", "Contents"), ("Three", "‹ Three")],
    ]


def test_sheets_without_contents_lead_to_one_another_alone() -> None:
    assert links(*(replace(PAGE, name=name) for name in ("One", "Two", "Three"))) == [
        [("Two", "Two ›")],
        [("One", "‹ One"), ("Three", "Three ›")],
        [("Two", "‹ Two")],
    ]


def test_a_legend_that_a_lesson_gives_is_kept() -> None:
    pages = (
        Page("Contents", "contents", options={"legend": ["zero"]}),
        Page("Collect", "collect", layer=LAYER),
    )
    lesson = Lesson("A title", pages)
    assert with_legend(lesson, build(lesson).sheets) == lesson


def test_options_of_a_page_are_a_copy() -> None:
    options = {"look": [1, 1]}
    page = Page("A", "collect", options=options)
    options["look"].append(3)
    assert page.options == {"look": [1, 1]}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page("A", "colect", layer=LAYER), 'sheet "A": unknown view "colect"; did you mean'),
        (Page("A", ""), 'sheet "A": unknown view ""'),
        (Page("A", "collect"), 'sheet "A": view collect needs a layer'),
        (
            Page("A", "collect", layer=LAYER, options={"loook": [1, 1]}),
            'sheet "A": unknown key "loook"; did you mean "look"?',
        ),
        (
            Page("A", "collect", layer=LAYER, options={"look": "1,1"}),
            'sheet "A": "look" must be a list of whole numbers, got "1,1"',
        ),
        (
            Page("A", "collect", layer=LAYER, options={"look": [10**400, 1]}),
            'sheet "A": "look" has a whole number beyond 64 bits',
        ),
    ],
)
def test_page_that_asks_for_what_no_view_has_is_refused(page: Page, said: str) -> None:
    with pytest.raises(XlconvError) as error:
        build(Lesson("A", (page,)))
    assert said in str(error.value)
