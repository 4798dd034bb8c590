"""Every item under "Try this" of every shipped lesson, and what lecturers are told with a number
or of a control: done on the built workbook, it is true."""

import importlib

import pytest

from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

from .experiments.desk import page
from .experiments.proofs import PROOFS, Item
from .experiments.teaching import claims
from .layers import transposed

for lesson in lesson_names():
    importlib.import_module(f"{__package__}.experiments.{lesson.replace('-', '_')}")

TRIED = [
    Item(lesson, one.name, item)
    for lesson in lesson_names()
    for one in load_lesson(lesson).pages
    for item in one.try_this
]
TOLD = [Item(lesson, *one) for lesson in lesson_names() for one in claims(load_lesson(lesson))]
ITEMS = [*TRIED, *TOLD]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: "/".join(item)[:60])
def test_what_the_sheet_says_is_true(item: Item) -> None:
    assert item in PROOFS, "nothing proves what this says"
    with page(item.lesson, item.sheet) as one:
        PROOFS[item](one)


def test_each_proof_is_of_one_item() -> None:
    assert sorted(PROOFS) == sorted(ITEMS)


def test_sheet_is_afterwards_as_it_was() -> None:
    with page("playground", "Playground") as one:
        before = one["output"]
        one.set(kernel_size=2, input_pool=3)
        assert (one["output"] != before).any()
    with page("playground", "Playground") as one:
        assert (one["output"] == before).all()


def test_each_program_is_named_after_the_sheet_that_shows_its_output() -> None:
    lesson = "transposed-convolutions"
    for name, layer in load_lesson(lesson).layers.items():
        sheet = name.partition("-")[0]
        with page(lesson, sheet) as one:
            padding = layer.geometry.axes[0].padding[0]
            shown = one[f"output_{padding}" if sheet == "Gniddap" else "output"]
            assert (shown == transposed(layer).squeeze()).all(), name
    with page(lesson, "Code") as one:
        assert one.says("PyTorch: Sedirts")
