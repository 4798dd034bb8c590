"""Limits: whatever is asked for is refused as fast as it is read, with a way out that is true.

The sweep runs in processes of its own, whose memory and processor time are limited: no clock.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import LimitError, XlconvError
from xlconv.grid.limits import check_all_terms
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.layer import Layer
from xlconv.layers.way_out import refusal
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.room import check_room
from xlconv.views import VIEWS

WITHOUT = ("contents", "code", "sizes", "network", "ripple")
"""Views that write no sums of a layer's numbers."""

SECONDS, MEGABYTES = 2, 300
"""What a refusal may take of the processor, started and counted in whole seconds, and of memory."""

Case = dict[str, Any]

EXTREMES = {
    "ins": [300, 5000], "outs": [300, 5000], "size": [1, 200, 3000], "kernel": [150, 640, 3000],
    "stride": [60, 1000, 10**9], "dilation": [1000, 10**9], "padding": [-700, -(10**9)],
}  # fmt: skip
"""What is extreme of each parameter, in all axes."""

WORKER = """
import json, os, resource, sys
import numpy as np
from xlconv.errors import XlconvError
from xlconv.layers.layer import Layer
from xlconv.lessons.build import layer_lesson
from xlconv.lessons.build import layer_lesson
from xlconv.lessons.drawing import view_function
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.room import check_room
from xlconv.lessons.drawing import draw

seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
base = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")

def attempt(case):
    one, weight = (np.broadcast_to(1.0, case[name]) for name in ("input", "weight"))
    layer = None
    if case["view"] not in ("convolution", "evenness"):
        layer = Layer.of(one, weight, **case["parameters"])
    page = Page("One", case["view"], layer=layer, options=case["options"])
    lesson = Lesson("One", (page,), layers={"one": layer} if layer else {})
    check_room(lesson, easy=0)
    sheet = draw(lesson, 0, plan=True)
    if sheet.used < 5000 and sheet.terms < 5000:
        draw(lesson, 0)
    return "room"

for line in sys.stdin:
    case = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (base + megabytes * 2**20,) * 2)
        try:
            told = attempt(case)
        except XlconvError as error:
            told = str(error)
        except BaseException as error:
            told = f"CRASH {error!r:.200}"
        os.write(writing, told.encode()[:4000])
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        told = answer.read().decode()
    os.waitpid(child, 0)
    print(json.dumps(told or "KILLED"), flush=True)
"""


ORDINARY = {"ins": 1, "outs": 1, "size": 4, "kernel": 3, "stride": 2, "dilation": 1, "padding": 0}

OPTIONS: dict[str, list[dict[str, object]]] = {
    "gniddap": [
        {"paddings": [0, 10**6]}, {"paddings": [-(10**9)]}, {"paddings": [*range(-2000, 0)]},
    ],
    "collect": [{"look": [10**9, 10**9]}], "matrix": [{"look": [10**9, 10**9]}],
    "gradient": [{"look": [10**9, 10**9]}, {"image": "3000x3000"}, {"epsilon": 1e308}],
    "playground": [{"area": 10**9}, {"area": 2000}],
    "convolution": [{"look": [10**9, 10**9]}],
    "evenness": [{"pairs": [[3, 2]] * 100_000}, {"pairs": [[10**9, 10**9]]}],
    "why": [{"about": ["a" * 30_000] * 50}],
}  # fmt: skip
"""Options of views that are extreme."""


def cases(view: str, chance: random.Random, extremes: list[dict[str, int]]) -> Iterator[Case]:
    """A layer for each of the extremes, the rest ordinary; and an ordinary one for each option."""
    given: list[tuple[dict[str, int], dict[str, object]]] = [(one, {}) for one in extremes]
    for extreme, options in [*given, *(({}, told) for told in OPTIONS.get(view, []))]:
        rank = 1 if view == "one_dimension" else chance.choice([1, 2, 2, 3])
        if options:
            rank = 2
        yield made(view, rank, ORDINARY | extreme, options)


def made(view: str, rank: int, told: dict[str, int], options: dict[str, object]) -> Case:
    """A page as the worker takes it."""
    told = dict(told)
    ins = told.pop("ins")
    outs = min(told.pop("outs"), 10**7 // ins)
    sizes, kernel = [told.pop("size")] * rank, [told.pop("kernel")] * rank
    while prod(sizes) * ins > 10**7 or prod(kernel) * ins * outs > 10**7:  # what is no array
        sizes, kernel = sizes[1:] or [1], kernel[1:] or [1]
    parameters = {name: [value] * len(sizes) for name, value in told.items()}
    shapes = {"input": [ins, *sizes], "weight": [ins, outs, *kernel]}
    if view == "convolution":
        options = {**options, **parameters, **{k: "x".join(map(str, v)) for k, v in shapes.items()}}
    return {"view": view, **shapes, "parameters": parameters, "options": options}


def once() -> list[dict[str, int]]:
    """Each extreme value of each parameter."""
    return [{name: value} for name, values in EXTREMES.items() for value in values]


def pairs() -> list[dict[str, int]]:
    """Each extreme value with each of another parameter."""
    return [{**one, **two} for one, two in combinations(once(), 2) if one.keys() != two.keys()]


def crashed(told: Sequence[Case]) -> list[tuple[Case, str]]:
    """Pages that were not refused in a line, or drawn, within time and memory."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(SECONDS), str(MEGABYTES)],
        input="\n".join(map(json.dumps, told)),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
        env={"OPENBLAS_NUM_THREADS": "1", "PATH": ""},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(told)
    return [
        (case, said)
        for case, said in zip(told, answers, strict=True)
        if said.startswith(("KILLED", "CRASH")) or "\n" in said or len(said) > 400
    ]


limited = pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are the system's")


@limited
@pytest.mark.parametrize("view", [v for v in VIEWS if v not in WITHOUT])
def test_extreme_layers_are_refused_within_time_and_memory(view: str) -> None:
    assert crashed(list(cases(view, random.Random(f"limits {view}"), once()))) == []


@limited
@pytest.mark.parametrize(
    ("view", "rank", "extremes"),
    [
        ("gniddap", 1, {"kernel": 3000, "padding": -700}),
        ("gradient", 3, {"ins": 5000, "outs": 5000}),
        ("phases", 2, {"ins": 5000, "stride": 60}),
        ("matrix", 1, {"outs": 5000, "dilation": 10**9}),
    ],
)
def test_two_extremes_that_took_too_long_once(
    view: str, rank: int, extremes: dict[str, int]
) -> None:
    assert crashed([made(view, rank, ORDINARY | extremes, {})]) == []


@limited
@pytest.mark.prove
@pytest.mark.parametrize("view", [v for v in VIEWS if v not in WITHOUT])
def test_two_extremes_are_refused_within_time_and_memory(view: str) -> None:
    assert crashed(list(cases(view, random.Random(f"pairs {view}"), pairs()))) == []


# ------------------------------------------------------------------------- the way out


def layer(shape: tuple[int, ...], weight: tuple[int, ...], **parameters: object) -> Layer:
    return Layer.of(np.broadcast_to(1.0, shape), np.broadcast_to(1.0, weight), **parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "view", "parameter", "found"),
    [
        (((32, 96), (640, 640), {}), "why", "weight", "a kernel of at most (\\d+)x"),
        (
            ((20_000, 2, 2), (20_000, 1, 3, 3), {}),
            "phases",
            "input",
            "at most (\\d+) input channels",
        ),
        (((1, 1, 1), (1, 20_000, 1, 1), {}), "collect", "weight", "at most (\\d+) output channels"),
        (((4, 4), (3, 3), {"stride": 10**9}), "phases", "stride", "a stride of at most (\\d+)x"),
        (((4, 4), (3, 3), {"stride": 1000}), "why", "stride", "a stride of at most (\\d+)x"),
        (((4, 4), (3, 3), {"padding": -(10**6)}), "collect", "padding", "most (\\d+) cells"),
        (((4, 4), (3, 3), {"dilation": 10**6}), "collect", "dilation", "of at most (\\d+)x"),
        (((1, 9000), (1, 2), {}), "collect", "input", "an input of at most 1x(\\d+)"),
    ],
)
def test_way_out_is_true_and_one_more_has_no_room(
    asked: tuple[tuple[int, ...], tuple[int, ...], dict[str, int]],
    view: str,
    parameter: str,
    found: str,
) -> None:
    pointed: list[str | None] = []

    def refused(shape: tuple[int, ...], weight: tuple[int, ...], told: dict[str, int]) -> str:
        page = Page("One", view, layer=layer(shape, weight, **told))
        try:
            check_room(Lesson("One", (page,)), easy=0)
        except XlconvError as error:
            pointed.append(error.parameter)
            return str(error)
        return ""

    def turned(to: int) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]:
        shape, weight, told = asked
        if "output channels" in found:
            return shape, (weight[0], to, *weight[2:]), told
        if parameter == "weight":
            return shape, (*weight[:-2], to, to), told
        if "channels" in found:
            return (to, *shape[1:]), (to, *weight[1:]), told
        if parameter == "input":
            return (*shape[:-1], to), weight, told
        return shape, weight, {parameter: -to if told[parameter] < 0 else to}

    words = re.search(found, refused(*asked))
    assert words, refused(*asked)
    assert pointed == [parameter]
    assert refused(*turned(int(words[1]))) == ""
    assert refused(*turned(int(words[1]) + 1))


def test_way_out_is_looked_for_from_below() -> None:
    """Of an input of 6 the output has 8 cells; a layer that is far too large takes long."""
    tried = []

    def fits(geometry: Geometry) -> bool:
        tried.append(geometry.axes[0].size)
        return geometry.output_shape[1] <= 8

    large = Geometry(1, 1, 1, (Axis(size=10**6, kernel_size=3),))
    assert str(refusal("no room", large, fits)) == "no room: use an input of at most 6"
    assert max(tried) <= 2 * 6


def test_several_parameters_are_named_where_one_is_not_enough() -> None:
    geometry = Geometry(6, 6, 1, (Axis(size=2, kernel_size=2),))

    def few(g: Geometry) -> bool:
        return g.in_channels < 6 and g.axes[0].kernel_size == 1

    error = refusal("too many", geometry, few)
    assert str(error) == "too many: use a smaller kernel and fewer channels"


def test_layer_too_small_to_be_planned_first_names_the_way_out_too() -> None:
    with pytest.raises(XlconvError, match=r'"Why": .*: use an input of at most 1x\d+'):
        build(layer((1, 900), (1, 900)), views=["why"])


@pytest.mark.parametrize(
    ("told", "view"),
    [
        (layer((4, 4), (200, 200)), "why"),
        (layer((4, 4), (3, 3), stride=1000), "why"),
        (layer((4, 4), (3, 3), stride=10**9), "phases"),
    ],
)
def test_sheet_of_little_room_is_refused_before_it_is_drawn(told: Layer, view: str) -> None:
    page = Page("One", view, layer=told)
    with pytest.raises(LimitError):  # as check draws what a returned file tells of
        draw(Lesson("One", (page,)), 0, room=100_000)


def test_sheet_has_as_many_terms_as_the_room_gives_and_no_more() -> None:
    for most, room in ((300_000, 10_000_000), (75_000, 0)):
        check_all_terms(most, room)
        with pytest.raises(LimitError, match=f"{most + 1} terms in formulas; {most} are the most"):
            check_all_terms(most + 1, room)


def test_pairs_beyond_a_page_are_refused() -> None:
    page = Page("One", "evenness", options={"pairs": [(3, 2)] * 100_000})
    with pytest.raises(XlconvError, match="pairs must be at most 60, got 100000"):
        build(Lesson("One", (page,)))


def test_too_many_output_channels_are_named() -> None:
    with pytest.raises(XlconvError, match=r"Excel has 16384: use at most \d+ output channels"):
        build(layer((1, 1, 1), (1, 20_000, 1, 1)), views=["collect"])


# ------------------------------------------------------------------------- names and titles


def test_two_blocks_of_one_name_are_refused() -> None:
    sheet = Sheet("One")
    sheet.block("a b", (0, 0), (1, 1), role="input", content=1.0)
    for name in ("a b", "a_b", "A b"):  # one name in the workbook
        with pytest.raises(XlconvError, match=f'two blocks are called "{name}"'):
            sheet.block(name, (3, 0), (1, 1), role="input", content=1.0)


def test_sheet_name_with_braces_is_taken_as_it_is() -> None:
    sheet = Sheet("{x} {} {0}")
    sheet.block("a", (0, 0), (1, 1), role="input", content=1.0)
    assert Book("One", (sheet,)).to_bytes()


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("a\0b", "title has a control character"),
        ("\ud800", "title has a control character"),
        ("🙂" * 61, "title must have at most 120 characters, got 122"),
    ],
)
def test_title_that_no_page_holds_is_refused(title: str, said: str) -> None:
    with pytest.raises(XlconvError, match=said):
        build(Lesson(title, (Page("A", "evenness"),)))


def test_lesson_without_pages_is_refused() -> None:
    with pytest.raises(XlconvError, match="a lesson must have at least one sheet"):
        build(Lesson("One", ()))


def test_sheet_name_of_half_a_character_is_refused() -> None:
    with pytest.raises(XlconvError, match="have no control characters"):
        Book("One", (Sheet("a\ud800"),))
