"""The way through the lessons: each says which comes before it and which after."""

from __future__ import annotations

import re
from pathlib import Path

from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.translation import texts_of

WAY = [
    "plain-convolution",
    "transposed-convolutions",
    "playground",
    "one-dimension",
    "output-padding",
    "frameworks",
    "checkerboard",
    "subpixel",
    "matrix",
    "gradient",
    "three-dimensions",
    "image",
    "stacking",
    "learning",
    "auto-encoder",
]


def beside(name: str) -> tuple[str, str]:
    """The lessons that a lesson names as the one before it and the one after it."""
    told = " ".join(texts_of(load_lesson(name)))
    before, after = (
        re.search(words + r" ([a-z-]+)", told) for words in ("Before this lesson:", "After it:")
    )
    return before[1] if before else "", after[1] if after else ""


def test_each_lesson_names_the_one_before_it_and_the_one_after_it() -> None:
    assert sorted([*WAY, "worksheet"]) == sorted(lesson_names())
    ends = ["", *WAY, ""]
    assert {name: beside(name) for name in WAY} == {
        name: (ends[n], ends[n + 2]) for n, name in enumerate(WAY)
    }


def test_exercises_name_the_lesson_that_they_are_about() -> None:
    assert any(
        "the lesson transposed-convolutions" in t for t in texts_of(load_lesson("worksheet"))
    )


def test_sheets_of_the_main_lesson_go_from_easy_to_hard_and_asides_come_last() -> None:
    names = [page.name for page in load_lesson("transposed-convolutions").pages]
    assert names == [
        *("Contents", "Why", "1-D", "Distribute", "Collect", "Gniddap", "Sedirts"),
        *("Sum", "Channels", "Matrix", "Gradient", "Overlap", "Code"),
    ]


def test_the_lecturers_page_has_the_sheets_in_their_order_and_45_minutes() -> None:
    page = (Path(__file__).parents[1] / "docs/teaching.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\d+) \| ([^|]+) \|[^|]+\| [^|]+\? \|$", page, re.MULTILINE)
    assert sum(int(minutes) for minutes, _ in lines) == 45
    names = [sheet.name for sheet in load_lesson("transposed-convolutions").pages[1:]]
    taught = [name for _, name in lines]
    assert taught == [name for name in names if name in taught]
    assert all(name in page for name in names)
    assert len(taught) == 9
