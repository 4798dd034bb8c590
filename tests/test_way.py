"""The way through the lessons: each says which comes before it and which after."""

from __future__ import annotations

from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

WAY = [
    "plain-convolution",
    "transposed-convolutions",
    "playground",
    "one-dimension",
    "output-padding",
    "frameworks",
    "checkerboard",
    "stacking",
    "subpixel",
    "matrix",
    "gradient",
    "learning",
    "three-dimensions",
    "image",
    "auto-encoder",
    "super-resolution",
    "generator",
    "segmentation",
]


def beside(name: str) -> tuple[str, str]:
    """The lessons before and after one, as its lesson file names them."""
    lesson = load_lesson(name)
    return lesson.before, lesson.after


def test_each_lesson_names_the_one_before_it_and_the_one_after_it() -> None:
    assert sorted([*WAY, "worksheet"]) == sorted(lesson_names())
    ends = ["", *WAY, ""]
    assert {name: beside(name) for name in WAY} == {
        name: (ends[n], ends[n + 2]) for n, name in enumerate(WAY)
    }
    assert beside("worksheet") == ("transposed-convolutions", "")


def test_sheets_of_the_main_lesson_go_from_easy_to_hard_and_asides_come_last() -> None:
    names = [page.name for page in load_lesson("transposed-convolutions").pages]
    assert names == [
        *("Contents", "Why", "1-D", "Distribute", "Collect", "Gniddap", "Sedirts"),
        *("Sum", "Channels", "Matrix", "Gradient", "Overlap", "Code"),
    ]


def test_the_main_lesson_is_taught_in_45_minutes_and_nine_sheets() -> None:
    pages = [page for page in load_lesson("transposed-convolutions").pages if page.taught]
    assert sum(part.minutes for page in pages for part in page.taught) == 45
    assert all(part.ask.endswith("?") for page in pages for part in page.taught)
    assert len(pages) == 9


def test_drawbacks_and_the_remedy_are_told_within_the_45_minutes() -> None:
    pages = load_lesson("transposed-convolutions").pages
    taught = [page.name for page in pages if page.taught]
    texts = {
        sheet.name: " ".join([sheet.idea, *sheet.options.get("about", ()), *sheet.try_this])
        for sheet in pages
    }
    sedirts = texts["Sedirts"]
    for told in ("must be learnt", "uneven counts of stamps, or uneven weights", "interpolate"):
        assert told in sedirts
    first = next(name for name, text in texts.items() if "checkerboard" in text)
    assert first == "Sedirts" and first in taught  # what the word means stands where it comes first
    assert "a checkerboard, a pattern that is not in the input" in sedirts
