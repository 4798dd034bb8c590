"""Numbers typed into a built file: the whole sheet follows, in the programs themselves.

What a page must then show is the same page built from the changed numbers, and its outputs are
the definition's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid.places import a1
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network
from xlconv.layers.running import fed
from xlconv.lessons.build import build, with_legend
from xlconv.lessons.drawing import draw
from xlconv.lessons.lesson import Lesson, Page
from xlconv.lessons.read import load_lesson
from xlconv.lessons.shipped import lesson_names

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import Changes, Engine, Values
from .layers import LAYERS, numbered, taps, transposed
from .pages import (
    FIXED_VIEWS,
    Dials,
    cells,
    claimed,
    controls,
    file,
    page,
    read,
    standing,
    texts,
    turned,
    typed,
)

every_view = pytest.mark.parametrize("view", FIXED_VIEWS)
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)

OTHER = {name: numbered(layer, 77) for name, layer in LAYERS.items()}
FRACTIONS = {name: numbered(layer, 55, 0.1) for name, layer in LAYERS.items()}


def shown(view: str, layers: dict[str, Layer]) -> list[Sheet]:
    """A page for each of the layers that the view takes."""
    return list(_shown(view, layers))


def _shown(view: str, layers: dict[str, Layer]) -> Iterator[Sheet]:
    for name, layer in layers.items():
        try:
            sheet = page(view, layer, name=name)
        except XlconvError:
            continue
        yield sheet


def assert_follow(
    before: Sequence[Sheet], after: Sequence[Sheet], changes: Changes, engine: Engine
) -> Values:
    """The pages `before`, typed over, are the pages `after` in every formula cell."""
    built, wanted = file(*before), file(*after)
    assert formulas(built) == formulas(wanted)
    got = engine.recalculate(built, changes)
    assert differences(cached_values(wanted), got, engine=engine.name) == []
    return got


def assert_outputs_are_the_definition(sheets: Sequence[Sheet], got: Values) -> None:
    for sheet in sheets:
        for block in sheet.blocks:
            if (claim := claimed(block)) and claim[0] == "conv_transpose":
                truth = transposed(claim[1])
                output = read(got, sheet, block.name)
                np.testing.assert_allclose(output, truth, 1e-9, 1e-12, err_msg=sheet.name)


@every_view
def test_each_view_takes_a_layer(view: str) -> None:
    assert shown(view, LAYERS)


@every_view
def test_whole_page_follows_other_numbers(view: str) -> None:
    before, after = shown(view, LAYERS), shown(view, OTHER)
    changes = {k: v for sheet in before for k, v in typed(sheet, OTHER[sheet.name]).items()}
    got = assert_follow(before, after, changes, ironcalc_engine)
    assert_outputs_are_the_definition(after, got)
    for sheet in before:
        assert WORDS["differ"] not in texts(got, sheet).values()


@every_view
def test_whole_page_follows_fractions_in_formulon(view: str) -> None:
    before, after = shown(view, LAYERS), shown(view, FRACTIONS)
    changes = {k: v for sheet in before for k, v in typed(sheet, FRACTIONS[sheet.name]).items()}
    got = assert_follow(before, after, changes, formulon_engine)
    assert_outputs_are_the_definition(after, got)
    for sheet in before:
        assert WORDS["differ"] not in texts(got, sheet).values()


@pytest.mark.parametrize("view", ["collect", "gniddap", "sedirts", "one_dimension"])
def test_verdict_is_there_and_can_say_no(view: str) -> None:
    sheet = page(view, LAYERS["row" if view == "one_dimension" else "plain"])
    said = texts(cached_values(file(sheet)), sheet)
    verdicts = [cell for cell, text in said.items() if text == WORDS["agree"]]
    assert verdicts
    # a formula typed over with a number, as a curious reader does
    output = next(block for block in sheet.blocks if block.role == "output")
    broken = {(sheet.name, output.ranges()[0].split(":")[0]): 1000.0}
    got = ironcalc_engine.recalculate(file(sheet), broken)[sheet.name]
    assert WORDS["differ"] in [got[cell] for cell in verdicts]


# ------------------------------------------------------------------------ the controls


def dialled(view: str, dial: float, only: Sequence[str] = ()) -> tuple[list[Sheet], Changes]:
    """Pages with all their controls moved, and what to type to move them.

    only  the controls to move
    """
    after, changes = list[Sheet](), dict[tuple[str, str], float | str]()
    for one in shown(view, LAYERS):
        dials = {name: dial for name in sorted(controls(one)) if not only or name in only}
        after.append(page(view, LAYERS[one.name], dials, name=one.name))
        changes |= turned(one, dials)
    return after, changes


@every_view
@pytest.mark.parametrize("dial", [0, 1])
def test_whole_page_follows_its_controls(view: str, dial: float) -> None:
    after, changes = dialled(view, dial)
    if changes:
        assert_follow(shown(view, LAYERS), after, changes, ironcalc_engine)


NONSENSE = (-1, 99, 0.5)


@every_view
@pytest.mark.parametrize("name", ["strided", "groups", "row", "cube"])
def test_control_that_says_nonsense_gives_words_and_never_an_error(view: str, name: str) -> None:
    try:
        one = page(view, LAYERS[name])
    except XlconvError:
        return
    before = [page(view, LAYERS[name], name=control) for control in sorted(controls(one))]
    for dial in NONSENSE if before else ():
        after = [page(view, LAYERS[name], {s.name: dial}, name=s.name) for s in before]
        changes = {k: v for s in before for k, v in turned(s, {s.name: dial}).items()}
        got = assert_follow(before, after, changes, ironcalc_engine)
        for sheet in before:
            rule = {"look": "look_wrong", "step": "step_wrong"}.get(sheet.name.split("_")[0])
            if rule:
                start = WORDS[rule].split("{")[0]
                said = texts(got, sheet).values()
                assert any(str(text).startswith(start) for text in said), (sheet.name, dial)


# ------------------------------------------------------------------------ the step


def stamped(layer: Layer, step: int) -> Layer:
    """The layer as if only the first `step` input cells, in reading order, were there."""
    there = np.arange(layer.input[0].size).reshape(layer.input.shape[1:]) < step
    return Layer(layer.input * there, layer.weight, layer.bias, layer.geometry)


@every_layer
def test_step_k_adds_the_stamps_of_the_first_k_inputs(layer: Layer) -> None:
    sheet = page("distribute", layer)
    built = file(sheet)
    for step in range(layer.input[0].size + 1):
        got = ironcalc_engine.recalculate(built, turned(sheet, {"step": step}))
        truth = transposed(stamped(layer, step))
        np.testing.assert_allclose(read(got, sheet, "output"), truth, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("step", [2, 5])
def test_whole_page_follows_the_step(step: float) -> None:
    after, changes = dialled("distribute", step, ["step"])
    assert_follow(shown("distribute", LAYERS), after, changes, ironcalc_engine)


# ------------------------------------------------------------------------ the look-at cell


def places(layer: Layer) -> list[tuple[tuple[int, ...], Dials]]:
    """Each output cell, and what the controls say to look at it."""
    names = ["look_depth", "look_row", "look_column"][-layer.geometry.rank :]
    channel = ["look_channel"] if layer.geometry.out_channels > 1 else []
    sizes = transposed(layer).shape
    return [
        (at, dict(zip(names + channel, at[1:] + at[:1] * len(channel), strict=True)))
        for at in product(*map(range, sizes))
    ]


@pytest.mark.parametrize("name", ["plain", "strided", "dilated", "groups", "row", "rows", "cube"])
def test_sum_in_words_is_made_of_what_reaches_the_cell(name: str) -> None:
    layer = LAYERS[name]
    sheet, y = page("collect", layer), transposed(layer)
    built = file(sheet)
    chosen = places(layer)
    words = [cell for cell in sheet.cells() if cell.role == "words" and cell.formula]
    for at, dials in chosen[:: max(1, len(chosen) // 24)]:
        said = texts(ironcalc_engine.recalculate(built, turned(sheet, dials)), sheet)
        lines = [said.get(a1((cell.row, cell.column)), "") for cell in words]
        sums, _, symbols = "".join(map(str, lines)).partition("y[")
        result, _, sums = sums.partition(" = ")
        index, _, symbols = symbols.partition("] = ")
        assert index == ",".join(map(str, at[len(y) == 1 :]))
        reaching = taps(layer, at[0], at[1:])
        if not reaching:
            assert sums == symbols == WORDS["nothing"]
            continue
        rank, channels = layer.geometry.rank, len(layer.input)
        pairs = layer.weight.shape[0] * layer.weight.shape[1] > 1
        assert sorted(re.findall(r"x\[(.*?)\]\*w\[(.*?)\]", symbols)) == sorted(
            (
                ",".join(map(str, [c] * (channels > 1) + rest[:rank])),
                ",".join(map(str, [c, at[0]] * pairs + rest[rank:])),
            )
            for c, *rest in reaching
        )
        products = [tuple(map(float, pair.split("*"))) for pair in sums.split(" + ") if "*" in pair]
        filters = layer.weight.shape[1]
        assert sorted(products) == sorted(
            (layer.input[(c, *rest[:rank])], layer.weight[(c, at[0] % filters, *rest[rank:])])
            for c, *rest in reaching
        )
        assert float(result) == y[at]


# ------------------------------------------------------------------------ the shipped lessons


FIXED_LESSONS = [
    name
    for name in lesson_names()
    if all(one.view != "playground" for one in load_lesson(name).pages)
]


def renumbered(lesson: Lesson, seed: int) -> Lesson:
    networks = {name: fed_anew(one, seed) for name, one in lesson.networks.items()}
    names = {id(one): name for name, one in lesson.networks.items()}
    pages = [
        replace(
            one,
            layer=one.layer and numbered(one.layer, seed + n),
            network=one.network and networks[names[id(one.network)]],
        )
        for n, one in enumerate(lesson.pages)
    ]
    return replace(lesson, pages=tuple(pages), networks=networks)


def fed_anew(network: Network, seed: int) -> Network:
    """A network with another input."""
    rng = np.random.default_rng(seed)
    return fed(network, rng.integers(0, 17, network.input.shape).astype(float))


def typed_anew(sheet: Sheet, one: Page) -> dict[tuple[str, str], float]:
    """What to type into a sheet for the numbers of another page."""
    if one.network is None:
        return {} if one.layer is None else typed(sheet, one.layer)
    if one.network.reads:
        return {}
    blocks = {"input": one.network.input}
    if one.layer is not None:
        blocks = {"code": one.network.input, "input": one.layer.input, "kernel": one.layer.weight}
    return {
        (sheet.name, cell): float(number)
        for name, array in blocks.items()
        for cell, number in zip(cells(sheet, name), array.flat, strict=True)
    }


@pytest.mark.parametrize("name", FIXED_LESSONS)
def test_whole_lesson_follows_other_numbers(name: str) -> None:
    told = load_lesson(name)
    other = renumbered(told, 40)
    before, after = build(told).sheets, build(other).sheets
    changes = {
        change: number
        for sheet, one in zip(before, other.pages, strict=True)
        for change, number in typed_anew(sheet, one).items()
    }
    assert changes
    got = assert_follow(before, after, changes, ironcalc_engine)
    assert_outputs_are_the_definition(after, got)


@pytest.mark.parametrize("name", FIXED_LESSONS)
@pytest.mark.parametrize("dial", [1, *NONSENSE])
def test_whole_lesson_follows_its_controls(name: str, dial: float) -> None:
    told = load_lesson(name)
    before = build(told).sheets
    dials = [dict.fromkeys(controls(sheet), dial) for sheet in before]
    same = with_legend(told, before[1:])
    after = [draw(same, n, standing(said)) for n, said in enumerate(dials)]
    changes = {
        cell: number
        for sheet, said in zip(before, dials, strict=True)
        for cell, number in turned(sheet, said).items()
    }
    assert_follow(before, after, changes, ironcalc_engine)
