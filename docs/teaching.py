"""Write docs/teaching.md again: the lecturer's page of each lesson, as xlconv prints it.

python docs/teaching.py
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from textwrap import fill

from xlconv.figures.words import WORDS
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.notes import COMMON, HEADS, comes_back, minutes, noted, notes_sheet, rows
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.teaching import Wrong

TARGET = Path(__file__).with_name("teaching.md")

ABOUT = """\
A page for each lesson: for whom it is, how long it takes, what happens on each sheet and what to \
ask, what goes wrong. `xlconv build NAME --notes -o notes.pdf` prints it, `--lang de` in another \
language. A lesson file of your own may have one, too: see [lessons.md](lessons.md)."""

lines = partial(fill, width=120, break_on_hyphens=False, break_long_words=False)


def text() -> str:
    """The page."""
    lessons = {name: load_lesson(name) for name in lesson_names()}
    return "\n".join(
        [*_all(lessons), *(line for each in lessons.items() for line in _one(*each)), ""]
    )


def _all(lessons: dict[str, Lesson]) -> Iterator[str]:
    """What holds for all lessons, and where each stands."""
    yield f"# {WORDS['notes']}\n"
    yield lines(ABOUT)
    yield "\n| lesson | minutes | |\n|---|---|---|"
    for name, lesson in lessons.items():
        yield f"| [{name}](#{name}) | {minutes(lesson)} | {lesson.title} |"
    yield f"\n{WORDS['notes_wrong']} in any lesson:\n"
    yield from map(_wrong, (Wrong(WORDS[key], WORDS[f"{key}_answer"]) for key in COMMON))
    yield "\n" + _back(*next(iter(lessons.items())))


def _one(name: str, lesson: Lesson) -> Iterator[str]:
    """What holds for one."""
    told = noted(lesson)
    yield f"\n## {name}\n"
    yield lines(f"**{lesson.title}.** {told.about}")
    yield f"\n| {' | '.join(WORDS[f'notes_head_{key}'] for key in HEADS)} |\n|{'---|' * len(HEADS)}"
    yield from (f"| {' | '.join(row)} |" for row in rows(lesson))
    yield ""
    if told.more:
        yield lines(told.more) + "\n"
    yield from map(_wrong, told.wrong)
    if any(page.ask for page in lesson.pages):
        yield "\n" + _back(name, lesson)


def _back(name: str, lesson: Lesson) -> str:
    return lines(f"{WORDS['notes_back']}: {comes_back(lesson, name, notes_sheet(lesson))}")


def _wrong(wrong: Wrong) -> str:
    return lines(f"- **{wrong.belief}** {wrong.answer}", subsequent_indent="  ")


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
