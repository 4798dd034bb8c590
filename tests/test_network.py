"""Networks on sheets: what onnxruntime computes, what a change reaches, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from xlconv.checking.check import check
from xlconv.checking.report import Finding
from xlconv.errors import XlconvError
from xlconv.files.arrays import Source
from xlconv.files.reading import Folder
from xlconv.grid.direction import Way
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import ROLES
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.lesson import Lesson
from xlconv.lessons.networks import numbers
from xlconv.lessons.read import lesson_from
from xlconv.lessons.schema import Table

from .edited import by_openpyxl, formula_of, inserted, with_formula
from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .engines.need import needs
from .networks import ACTIVATIONS, random_network, run_by_onnx
from .pages import FIXED_VIEWS
from .pages import cells as addresses

Told = dict[str, Any]


def lesson_of(table: Told, *pages: Told) -> Lesson:
    """A lesson that shows a network, and layers of it after that."""
    sheets = [{"name": "Network", "view": "network", "network": "net"}, *pages]
    values = {"title": "Test", "network": {"net": table}, "sheet": sheets}
    return lesson_from(Table("lesson.toml"), values, Source())


def block(sheet: Sheet, name: str) -> np.ndarray:
    (found,) = (one.cells for one in sheet.blocks if one.name == name)
    return found.value


LIT = f"#{ROLES['reached'].color}"


def check_network(table: Told) -> None:
    """A network, written and computed again by two engines, is what onnxruntime computes."""
    note(f"{table}")
    book = build(lesson_of(table))
    for name, truth in run_by_onnx(table).items():
        got = block(book.sheets[0], name)
        assert got.shape == truth.shape
        assert np.allclose(got, truth, rtol=1e-5, atol=1e-5), name
    built = book.to_bytes()
    for engine in (ironcalc_engine, formulon_engine):
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.__name__) == []


ANY = st.randoms(use_true_random=False)


@settings(max_examples=8, derandomize=True)
@given(ANY)
def test_a_random_network_is_what_onnxruntime_computes(rng: Random) -> None:
    check_network(random_network(rng))


@pytest.mark.prove
@settings(max_examples=100, derandomize=True)
@given(ANY)
def test_more_random_networks(rng: Random) -> None:
    check_network(random_network(rng))


def test_random_networks_are_of_every_kind() -> None:
    layers = [one for n in range(200) for one in random_network(Random(n))["layer"]]
    joined = {(one["kind"], one.get("mode")) for one in layers if len(one["from"]) > 1}
    kinds = {("conv", None), ("conv_transpose", None), ("upsample", "nearest")}
    assert joined == kinds | {("upsample", "bilinear"), ("pool", "max"), ("pool", "average")}
    assert {one.get("then", "") for one in layers} == set(ACTIVATIONS)


@needs("soffice", libreoffice_engine.available())
def test_libreoffice_computes_the_same() -> None:
    files = [build(lesson_of(random_network(Random(seed)))).to_bytes() for seed in range(30, 36)]
    for built, got in zip(files, libreoffice_engine.recalculate_many(files), strict=True):
        assert differences(cached_values(built), got, engine="libreoffice") == []


def reach(table: Told, row: int, column: int) -> dict[str, np.ndarray]:
    """Which cells of each map change a pixel of the output, by changing one after another.

    Of a network without anything that bends its sums, and of weights above 0.
    """
    found = {}
    names = ["input", *(layer["name"] for layer in table["layer"][:-1])]
    plain = run_by_onnx(table)
    maps = {"input": np.array(table["input"], dtype=float), **plain}
    for n, name in enumerate(names):
        hit = np.zeros(maps[name].shape[1:], dtype=bool)
        for r, c in np.ndindex(*hit.shape):
            changed = maps[name].copy()
            changed[:, r, c] += 100
            hit[r, c] = _last(table, n, name, changed, maps)[:, row, column].any()
        found[name] = hit
    return found


def _last(
    table: Told, first: int, name: str, changed: np.ndarray, maps: dict[str, np.ndarray]
) -> np.ndarray:
    """Whether each cell of the output differs, where one map is another."""
    now = {**maps, name: changed}
    for layer in table["layer"][first:]:
        read = [layer["from"]] if isinstance(layer["from"], str) else layer["from"]
        joined = np.concatenate([now[one] for one in read])
        alone = {"input": joined.tolist(), "layer": [{**layer, "from": "input"}]}
        now[layer["name"]] = run_by_onnx(alone)[layer["name"]]
    output = table["layer"][-1]["name"]
    return np.asarray(abs(now[output] - maps[output]) > 1e-3)


def check_paths(seed: int, pixels: int) -> None:
    """What lights up for some pixels of a network is what changes them."""
    table = random_network(Random(100 + seed), linear=True)
    sheet = build(lesson_of(table)).sheets[0]
    built = Book("Test", (sheet,)).to_bytes()
    shape = run_by_onnx(table)[table["layer"][-1]["name"]].shape[1:]
    places = {name: addresses(sheet, f"look_{name}")[0] for name in ("row", "column")}
    for row, column in np.random.default_rng(seed).integers(0, shape, (pixels, 2)).tolist():
        turned = {
            ("Network", places["row"]): row * 1.0,
            ("Network", places["column"]): column * 1.0,
        }
        lit = ironcalc_engine.conditional(built, turned)["Network"]
        for name, hit in reach(table, row, column).items():
            named = addresses(sheet, name)[: hit.size]
            marked = [cell in lit and lit[cell].color == LIT for cell in named]
            assert (np.array(marked).reshape(hit.shape) == hit).all(), name


@pytest.mark.parametrize("seed", range(3))
def test_the_lit_path_is_what_changes_the_pixel(seed: int) -> None:
    check_paths(seed, 2)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(20))
def test_the_lit_path_is_what_changes_any_of_twenty_pixels(seed: int) -> None:
    check_paths(seed, 20)


TWO: Told = {
    "input": [[1, 2, 0], [3, 1, 2], [0, 1, 4]],
    "layer": [
        {"name": "Down", "kind": "conv", "weight": [[[[1, -1], [2, 1]]]] * 2, "then": "relu"},
        {
            "name": "Up",
            "kind": "conv_transpose",
            "weight": [[[[1, 2], [0, 1]]], [[[1, 0], [1, 3]]]],
            "stride": 2,
            "bias": [1],
        },
    ],
}
PAGES = (
    {"name": "Spread", "view": "distribute", "layer": "net.Up"},
    {"name": "Gather", "view": "collect", "layer": "net.Up"},
)


def test_a_changed_pixel_is_followed_on_every_sheet() -> None:
    book = build(lesson_of(TWO, *PAGES))
    pixel = addresses(book.sheets[0], "input")[4]
    got = ironcalc_engine.recalculate(book.to_bytes(), {("Network", pixel): 9.0})
    changed = [[1, 2, 0], [3, 9, 2], [0, 1, 4]]
    truth = run_by_onnx({**TWO, "input": [changed], "layer": linked(TWO)})["Up"]
    for sheet, name in zip(book.sheets, ("Up", "output", "output"), strict=True):
        values = [got[sheet.name][cell] for cell in addresses(sheet, name)]
        assert np.allclose(values, truth.ravel()), sheet.name


def linked(table: Told) -> list[Told]:
    """The layers with all that onnxruntime has to be told."""
    names = ["input", *(layer["name"] for layer in table["layer"])]
    return [
        {"stride": 1, "padding": 0, "from": before, **layer}
        for before, layer in zip(names, table["layer"], strict=False)
    ]


def reading(**other: Any) -> Lesson:
    """Two networks, one of which reads the other's input, and a sheet for each."""
    second = {"reads": "net", "layer": [{"name": "Small", "kind": "pool"}], **other}
    sheets = [
        {"name": "Network", "view": "network", "network": "net", "target": [[1] * 4] * 4},
        {"name": "Second", "view": "network", "network": "second"},
        {"name": "Layer", "view": "collect", "layer": "second.Large"},
    ]
    sheets = sheets if "layer" in other else sheets[:2]
    values = {"title": "Test", "network": {"net": TWO, "second": second}, "sheet": sheets}
    return lesson_from(Table("lesson.toml"), values, Source())


LARGE: Told = {"name": "Large", "kind": "conv_transpose", "weight": [[[[1, 2], [0, 1]]]]}


def test_a_network_that_reads_the_input_of_another_follows_it(tmp_path: Path) -> None:
    book = build(reading(layer=[LARGE]))
    pixel = addresses(book.sheets[0], "input")[4]
    got = ironcalc_engine.recalculate(book.to_bytes(), {("Network", pixel): 9.0})
    table = {"input": [[[1, 2, 0], [3, 9, 2], [0, 1, 4]]], "layer": linked({"layer": [LARGE]})}
    truth = run_by_onnx(table)["Large"].ravel()
    target = [got["Second"][cell] for cell in addresses(book.sheets[1], "target")]
    assert target == [1] * 16
    for sheet, name in zip(book.sheets[1:], ("Large", "output"), strict=True):
        assert np.allclose([got[sheet.name][cell] for cell in addresses(sheet, name)], truth)

    def type_over(workbook: Any) -> None:
        workbook["Network"][pixel] = 9
        workbook["Second"][addresses(book.sheets[1], "input")[0]] = 9

    path = tmp_path / "book.xlsx"
    path.write_bytes(by_openpyxl(book.to_bytes(), type_over))
    first, *_ = [one for one in check(path, engine=True).findings if one.wrong]
    assert (first.sheet, first.kind) == ("Second", "formula")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input": [[1]]}, 'needs a key "input", or "reads"'),
        ({"reads": "third"}, 'reads "third", which is no network before it'),
    ],
)
def test_a_network_that_reads_what_is_not_there_is_refused(change: Told, said: str) -> None:
    with pytest.raises(XlconvError) as refused:
        reading(**change)
    assert said in str(refused.value)


def test_made_up_weights_of_each_layer_are_others() -> None:
    layers = [{"name": name, "kind": "conv", "weight": "1x1x3x3"} for name in ("A", "B")]
    lesson = lesson_of({"input": [[1.0] * 9] * 9, "layer": layers})
    first, second = (step.operation for step in lesson.pages[0].network.steps)  # type: ignore[union-attr]
    assert not np.array_equal(first.weight, second.weight)  # type: ignore[union-attr]


def test_weights_out_of_a_file_are_counted(tmp_path: Path) -> None:
    told: Any = {"A.weight": np.ones((1, 1, 3, 3)), "A.bias": np.ones(1)}
    np.savez(tmp_path / "w.npz", **told)
    source = Source(Folder(tmp_path))
    table = {"input": [[1.0] * 9] * 9, "weights": "w.npz", "layer": [{"name": "A", "kind": "conv"}]}
    sheets = [{"name": "Network", "view": "network", "network": "net"}]
    values = {"title": "Test", "network": {"net": table}, "sheet": sheets}
    before = source.left
    lesson_from(Table("lesson.toml"), values, source)
    assert before - source.left == 81 + 9 + 1


def test_numbers_are_told_as_integers_where_they_are_whole_and_can_be() -> None:
    told = [numbers(np.array(one)) for one in ([1.0, -2.0], [0.5, 2.0], [1e100, 1.0])]
    assert told == [[1, -2], [0.5, 2.0], [1e100, 1.0]]
    assert [{type(n) for n in one} for one in told] == [{int}, {float}, {float}]


def test_every_view_can_show_a_layer_of_a_network() -> None:
    one = {**TWO["layer"][0], "weight": [[[[1, -1], [2, 1]]]]}
    two = {**TWO["layer"][1], "weight": [[[[1, 2], [0, 1]]]], "stride": 1, "bias": [0]}
    shown, table = 0, {**TWO, "layer": [one, two]}
    for view in FIXED_VIEWS:
        page = {"name": "Layer", "view": view, "layer": "net.Up"}
        try:
            book = build(lesson_of(table, page))
        except XlconvError:
            continue
        shown += 1
        built = book.to_bytes()
        assert differences(cached_values(built), ironcalc_engine.recalculate(built)) == [], view
        roles = {block.name: block.role for block in book.sheets[1].blocks}
        assert roles.get("input", "copy") == "copy", view
    assert shown >= 12


def test_no_language_mirrors_what_a_network_reads() -> None:
    lesson = replace(lesson_of(TWO, *PAGES), language="ar")
    assert [sheet.way for sheet in build(lesson).sheets] == [Way.MIXED, *[Way.LEFTWARD] * 2]


def checked(tmp_path: Path, change: Callable[[Any], None]) -> list[Finding]:
    """What is found in a workbook of a network and two sheets of its last layer, once edited."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(by_openpyxl(build(lesson_of(TWO, *PAGES)).to_bytes(), change))
    return list(check(path, engine=True).findings)


def place(name: str, n: int = 0) -> str:
    return addresses(build(lesson_of(TWO, *PAGES)).sheets[0], name)[n]


def test_check_follows_a_typed_weight_to_the_sheets_that_it_feeds(tmp_path: Path) -> None:
    def type_over(book: Any) -> None:
        book["Network"][place("Up kernel")] = 7
        book["Network"][place("input", 4)] = 9

    assert [(one.kind, one.wrong) for one in checked(tmp_path, type_over)] == [
        ("changed", False),
        ("changed", False),
    ]


def test_check_names_a_broken_formula_on_a_linked_sheet(tmp_path: Path) -> None:
    copy = addresses(build(lesson_of(TWO, *PAGES)).sheets[1], "input")[0]

    def type_over(book: Any) -> None:
        book["Network"][place("Up kernel")] = 7
        book["Spread"][copy] = 5

    wrong = [one for one in checked(tmp_path, type_over) if one.wrong]
    assert (wrong[0].sheet, wrong[0].cell, wrong[0].kind) == ("Spread", copy, "formula")


def test_check_follows_a_renamed_sheet(tmp_path: Path) -> None:
    def rename(book: Any) -> None:
        book["Network"].title = "Mine"
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        cell.value = cell.value.replace("'Network'!", "'Mine'!")

    found = checked(tmp_path, rename)
    assert [(one.kind, one.wrong) for one in found] == [("renamed", False)]


@pytest.mark.parametrize("engine", [False, True])
@pytest.mark.parametrize("line", [{"row": 5}, {"row": 12, "by": 2}, {"column": 3}], ids=str)
def test_check_follows_lines_that_were_put_on_the_sheet_that_others_read(
    tmp_path: Path, line: dict[str, int], engine: bool
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(inserted(build(lesson_of(TWO, *PAGES)).to_bytes(), "Network", **line))
    found = check(path, engine=engine).findings
    assert [(one.sheet, one.kind, one.wrong) for one in found] == [("Network", "shifted", False)]


def test_check_names_what_reads_a_cell_of_a_moved_sheet_as_it_was(tmp_path: Path) -> None:
    sheet = build(lesson_of(TWO, *PAGES)).sheets[1]
    copy = addresses(sheet, "input")[0]
    before = build(lesson_of(TWO, *PAGES)).to_bytes()
    moved = inserted(before, "Network", row=5)
    was = unescape(formula_of(before, "Spread", copy))
    path = tmp_path / "book.xlsx"
    path.write_bytes(with_formula(moved, "Spread", copy, was))
    wrong = [one for one in check(path).findings if one.wrong]
    assert [(one.sheet, one.cell, one.got) for one in wrong] == [("Spread", copy, f"={was}")]


def test_the_recipe_holds_a_network_once(tmp_path: Path) -> None:
    book = build(lesson_of(TWO, *PAGES))
    assert book.recipe.count('"conv_transpose"') == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer": []}, "at least one layer"),
        ({"kind": "dense"}, '"kind" must be one of conv, conv_transpose, upsample, pool'),
        ({"then": "gelu"}, "then must be some of relu, relu6, leaky_relu"),
        ({"weight": [[[[1.0]]]] * 3}, 'layer "Up" does not fit what it reads of "Down"'),
        ({"from": "Later"}, 'layer "Up" reads "Later", which is no layer before it'),
        ({"from": ["Down", "input"]}, "which are 2x2 and 3x3: they must be of one size"),
        ({"name": "Down"}, 'two layers are called "Down"'),
        ({"from": "input", "weight": [[[[1.0]]]]}, 'layer "Down" is read by no other'),
        ({"stride": 0}, "stride must be at least 1"),
        ({"stretch": 2}, "unknown key"),
        ({"name": "input"}, 'other than "input"'),
        ({"stride": 10**6}, "gives 1x1000002x1000002 cells, more than 10000000"),
        ({"layer": [{"name": "A", "kind": "pool", "kernel_size": 0}]}, "kernel_size must be at"),
        ({"layer": [{"name": "A", "kind": "pool", "kernel_size": 10**9}]}, "than its map of 3x3"),
        ({"layer": [{"name": "A", "kind": "upsample", "scale_factor": 0}]}, "scale_factor must"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(change: Told, said: str) -> None:
    table = {**TWO, **change} if "layer" in change else {**TWO}
    if "layer" not in change:
        table["layer"] = [TWO["layer"][0], {**TWO["layer"][1], **change}]
    with pytest.raises(XlconvError) as refused:
        lesson_of(table)
    assert said in str(refused.value)
    assert "lesson.toml [network.net" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_layer_that_no_sheet_feeds_is_refused() -> None:
    sheets = [{"name": "Up", "view": "collect", "layer": "net.Up"}]
    values = {"title": "Test", "network": {"net": TWO}, "sheet": sheets}
    with pytest.raises(XlconvError, match='view = "network" and network = "net" before it'):
        lesson_from(Table("lesson.toml"), values, Source())


def test_a_layer_that_is_no_transposed_convolution_is_refused_by_its_name() -> None:
    with pytest.raises(XlconvError, match="is no transposed convolution"):
        lesson_of(TWO, {"name": "Down", "view": "collect", "layer": "net.Down"})


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ([1], "inside must be a number for each of 2 layers, got 1"),
        ([1, 2], 'inside of layer "Down" must be from 0 to 0, got 1'),
        ([0, -1], 'inside of layer "Up" must be from 0 to 1, got -1'),
    ],
)
def test_a_ripple_of_what_is_not_there_is_refused(inside: list[int], said: str) -> None:
    page = {"name": "Ripple", "view": "ripple", "network": "net", "inside": inside}
    with pytest.raises(XlconvError) as refused:
        build(lesson_of(TWO, page))
    assert said in str(refused.value)


def test_a_ripple_is_that_of_all_channels_and_0_where_the_mean_is() -> None:
    kernel = [[[[1, 0], [0, 0]]], [[[3, 0], [0, 0]]]]
    for bias, ripple in ((0, 0.5), (-2, 0)):
        layer = {"name": "Both", "kind": "conv", "weight": kernel, "bias": [bias, bias]}
        table = {"input": [[1] * 5] * 5, "layer": [layer]}
        page = {"name": "Ripple", "view": "ripple", "network": "net", "inside": [1]}
        assert block(build(lesson_of(table, page)).sheets[1], "ripple Both") == ripple


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"classes": ["a", "b", "c"]}, "a name for each of 2 to 4 scores, got 3 and 1"),
        ({"rivals": ["nearest"]}, "rivals needs a target, or rebuild"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_a_line(options: Told, said: str) -> None:
    sheets = [{"name": "Network", "view": "network", "network": "net", **options}]
    values = {"title": "Test", "network": {"net": TWO}, "sheet": sheets}
    with pytest.raises(XlconvError, match=said):
        build(lesson_from(Table("lesson.toml"), values, Source()))


def test_a_psnr_has_three_digits_where_maps_have_fewer() -> None:
    page = {"name": "Near", "view": "network", "network": "net", "target": [[1] * 4] * 4}
    values = {"title": "Test", "digits": 2, "network": {"net": TWO}, "sheet": [page]}
    (sheet,) = build(lesson_from(Table("lesson.toml"), values, Source())).sheets
    told = [coat for coat in sheet.coats if coat.role == "fact"]
    assert told
    assert {coat.numbers[0] for coat in told} == {"0.00;-0.00;0"}
