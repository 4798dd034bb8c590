"""The plain convolution: its geometry, the model's truth, the view as the engines compute it."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from xlconv.errors import XlconvError
from xlconv.figures.titles import forward_size_formula
from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import conv, matrix
from xlconv.lessons.claims import check_claims
from xlconv.views.convolution import convolution

from .engines import formulon_engine, ironcalc_engine
from .engines.cached import cached_values, formulas
from .engines.compare import differences
from .engines.engine import ERROR_VALUES, Engine
from .pages import cells, file, read, texts, turned

Given = dict[str, Any]


def random_convolutions(seed: int, count: int) -> list[Given]:
    """Arguments of Convolution.of over every parameter, of rank 1, 2, 3 in turn."""
    rng, found = np.random.default_rng(seed), list[Given]()
    while len(found) < count:
        n = len(found)
        rank = 1 + n % 3
        groups, width, filters = (int(rng.integers(1, 3)) for _ in range(3))
        x = rng.integers(-4, 6, (groups * width, *rng.integers(1, 8 - rank, rank)))
        weight = rng.integers(-4, 6, (groups * filters, width, *rng.integers(1, 5 - rank, rank)))
        given = {
            "input": x.tolist(),
            "weight": weight.tolist(),
            "stride": rng.integers(1, 4, rank).tolist(),
            "padding": rng.integers(0, 3, (rank, 2)).tolist(),
            "dilation": rng.integers(1, 3, rank).tolist(),
            "groups": groups,
        }
        if n % 2:
            given["bias"] = rng.integers(-4, 6, groups * filters).tolist()
        try:
            Convolution.of(**given)
        except XlconvError:  # a kernel larger than the padded input
            continue
        found.append(given)
    return found


def by_onnx(given: Given) -> Array:
    """What onnxruntime's Conv makes of it."""
    arrays = {"x": given["input"], "w": given["weight"], "b": given.get("bias")}
    feeds = {k: np.array(v, np.float32) for k, v in arrays.items() if v is not None}
    feeds["x"] = feeds["x"][None]
    begins, ends = zip(*given["padding"], strict=True)
    node = helper.make_node(
        "Conv",
        list(feeds),
        ["y"],
        strides=given["stride"],
        pads=[*begins, *ends],
        dilations=given["dilation"],
        group=given["groups"],
    )
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info(k, kind, v.shape) for k, v in feeds.items()],
        [helper.make_tensor_value_info("y", kind, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return np.asarray(session.run(None, feeds)[0][0], np.float64)


def drawn(name: str = "Convolution", **given: Any) -> Sheet:
    sheet = Sheet(name, "convolution", WORDS)
    convolution(sheet, **given)
    check_claims(sheet)
    return sheet


def test_model_is_what_onnxruntime_computes() -> None:
    for given in random_convolutions(1, 60):
        np.testing.assert_array_equal(conv(Convolution.of(**given)), by_onnx(given))


def test_convolution_is_the_transposed_matrix_of_its_transpose() -> None:
    for given in random_convolutions(2, 30):
        made = Convolution.of(**(given | {"bias": None}))
        transpose = Layer(np.zeros(made.output_shape), made.weight, None, made.geometry)
        flat = matrix(transpose).T @ made.input.ravel()
        np.testing.assert_array_equal(flat.reshape(made.output_shape), conv(made))


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(3))
def test_random_convolutions_are_those_of_onnxruntime(engine: Engine, seed: int) -> None:
    for given in random_convolutions(500 + seed, 9):
        sheet = drawn(**given)
        built = file(sheet)
        got = engine.recalculate(built)
        assert differences(cached_values(built), got, engine=engine.name) == []
        for block in ("output", "by_products"):
            np.testing.assert_array_equal(read(got, sheet, block), by_onnx(given))
        assert WORDS["agree"] in texts(got, sheet).values()


def test_sheet_follows_other_numbers() -> None:
    for given, other in zip(random_convolutions(7, 6), [2, 3, 5, 7, 11, 13], strict=True):
        sheet = drawn(**given)
        rng, changes = np.random.default_rng(other), dict[tuple[str, str], float]()
        for block, key in (("input", "input"), ("kernel", "weight"), ("bias", "bias")):
            if key in given:
                given[key] = rng.integers(-9, 9, np.shape(given[key])).tolist()
                flat = np.ravel(given[key])
                changes |= {
                    (sheet.name, cell): float(number)
                    for cell, number in zip(cells(sheet, block), flat, strict=True)
                }
        got = ironcalc_engine.recalculate(file(sheet), changes)
        np.testing.assert_array_equal(read(got, sheet, "output"), by_onnx(given))
        assert WORDS["agree"] in texts(got, sheet).values()


def test_verdict_can_say_no() -> None:
    sheet = drawn(input=[1, 2, 3], weight=[1, 2])
    broken = {(sheet.name, cells(sheet, "output")[0]): 1000.0}
    assert (
        WORDS["differ"] in texts(ironcalc_engine.recalculate(file(sheet), broken), sheet).values()
    )


def windows(made: Convolution, o: int, at: list[int]) -> list[tuple[int, ...]]:
    """The input cells (channel, *place) and weights that an output cell meets; padding left out."""
    g, width = made.geometry, made.weight.shape[1]
    found = []
    for f, *u in np.ndindex(*made.weight.shape[1:]):
        place = [a.stride * at[n] + a.dilation * u[n] - a.padding[0] for n, a in enumerate(g.axes)]
        if all(0 <= r < size for r, size in zip(place, made.input.shape[1:], strict=True)):
            found.append((o // (len(made.weight) // g.groups) * width + f, *place))
    return found


def test_looked_at_cell_lights_its_window_and_is_said_in_words() -> None:
    for given in random_convolutions(9, 9):
        made, sheet = Convolution.of(**given), drawn(**given)
        y, built = by_onnx(given), file(sheet)
        addresses = cells(sheet, "input")
        names = [f"look_{axis}" for axis in ("depth", "row", "column")[-y.ndim + 1 :]]
        chosen = list(np.ndindex(*y.shape))
        for o, *at in chosen[:: max(1, len(chosen) // 4)]:
            dials = dict(zip(names, map(float, at), strict=True))
            if len(y) > 1:
                dials["look_channel"] = float(o)
            changes = turned(sheet, dials)
            lit = ironcalc_engine.conditional(built, changes)[sheet.name]
            assert {cell for cell in addresses if cell in lit} == {
                addresses[int(np.ravel_multi_index(place, made.input.shape))]
                for place in windows(made, o, at)
            }
            output = cells(sheet, "output")
            here = output[int(np.ravel_multi_index((o, *at), y.shape))]
            assert [cell for cell in output if cell in lit] == [here]
            said = texts(ironcalc_engine.recalculate(built, changes), sheet).values()
            (words,) = [str(text) for text in said if " = " in str(text)]
            value, total = words.split(" = ")
            assert float(value) == y[(o, *at)] == eval(total)  # made of numbers, * and + alone


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_cell_that_is_not_there_gives_words_and_no_error(engine: Engine) -> None:
    sheet = drawn(input="3x4x4", weight="2x3x3x3", padding=1)
    for dials in ({"look_row": -1}, {"look_column": 0.5}, {"look_channel": 2}):
        got = engine.recalculate(file(sheet), turned(sheet, dials))
        assert not set(map(str, got[sheet.name].values())) & ERROR_VALUES
        start = WORDS["look_wrong"].split("{")[0]
        assert any(str(text).startswith(start) for text in texts(got, sheet).values())


def test_formula_is_a_window_times_the_kernel_not_turned() -> None:
    sheet = drawn(input="5x5", weight="3x3", stride=2)
    x, w = cells(sheet, "input"), cells(sheet, "kernel")
    text = formulas(file(sheet))[sheet.name]
    last = text[cells(sheet, "output")[-1]]
    assert last.replace("$", "") == f"SUMPRODUCT({x[12]}:{x[24]},{w[0]}:{w[8]})"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"input": np.ones(7), "weight": np.ones(3)}, "7 - 3 + 1"),
        (
            {"input": np.ones(5), "weight": np.ones(3), "padding": 1, "stride": 2},
            "(5 + 2·1 - 3) / 2 + 1",
        ),
        ({"input": np.ones(6), "weight": np.ones(3), "stride": 2}, "⌊(6 - 3) / 2⌋ + 1"),
        ({"input": np.ones(9), "weight": np.ones(3), "dilation": 2}, "9 - (2·(3-1) + 1) + 1"),
        ({"input": np.ones(4), "weight": np.ones(2), "padding": [[1, 2]]}, "4 + 1 + 2 - 2 + 1"),
    ],
)  # fmt: skip
def test_size_is_written_as_the_sum_that_gives_it(given: Given, said: str) -> None:
    (axis,) = Convolution.of(**given).geometry.axes
    assert forward_size_formula(axis) == said
    assert eval(said.replace("·", "*").replace("⌊", "int(").replace("⌋", ")")) == axis.size


@pytest.mark.parametrize(
    ("given", "parameter", "said"),
    [
        (
            {"input": [1, 2], "weight": [1, 2, 3]},
            "weight",
            (
                "kernel of 3 cells does not fit into a padded input of 2: use a smaller kernel"
                " or more padding"
            ),
        ),
        (
            {"input": [1, 2, 3], "weight": [1, 2], "padding": -1},
            "padding",
            "padding must be at least 0, got -1",
        ),
        (
            {"input": "2x5", "weight": "2x3x2"},
            "weight",
            (
                "weight must have the input's channels second, divided by groups, got 3 in"
                " weight of shape (2, 3, 2) with 2 input channels, groups 1"
            ),
        ),
        (
            {"input": "2x5", "weight": "3x1x2", "groups": 2},
            "groups",
            (
                "groups must divide in_channels and out_channels, got 2 with in_channels 2,"
                " out_channels 3"
            ),
        ),
        ({"input": [1], "weight": [1], "bias": [1, 2]}, "bias", None),
        ({"input": [1], "weight": [1], "stride": 0}, "stride", None),
        ({"input": [1], "weight": [1], "dilation": 0}, "dilation", None),
        (
            {"weight": [1]},
            None,
            (
                'convolution view needs an "input" and a "weight" of its own, on its sheet in a'
                " lesson, or a Convolution instead of a layer"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    given: Given, parameter: str | None, said: str | None
) -> None:
    with pytest.raises(XlconvError) as refused:
        drawn(**given)
    assert refused.value.parameter == parameter
    assert said is None or str(refused.value) == said
