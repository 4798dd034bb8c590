"""What a caller of the library gives: numbers of every kind, and what is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from xlconv.checking.check import check
from xlconv.errors import XlconvError
from xlconv.frameworks.output_sizes import sizes
from xlconv.frameworks.resolve import resolve
from xlconv.layers.convolution import Convolution
from xlconv.layers.given import numbers, plain, spread, whole
from xlconv.layers.layer import Layer
from xlconv.layers.then import steps
from xlconv.lessons.build import build, layer_lesson
from xlconv.lessons.read import load_lesson
from xlconv.lessons.recipe import recipe

Make = Callable[..., Any]
X, W = np.ones((2, 3, 3)), np.ones((2, 2, 2, 2))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[1, 2], [3]], "input must be numbers in rows of equal length"),
        ([1, [2, 3]], "input must be numbers in rows of equal length"),
        ([[True, False]], "input must be numbers, got true or false"),
        ([1, True], "input must be numbers, got true or false"),
        ([1, np.True_], "input must be numbers, got true or false"),
        (np.array([True]), "input must be numbers, got true or false: give 0 and 1"),
        ([1, 2j], "input must be numbers, got complex numbers: give its real part"),
        ([Decimal("1.5")], "input must be numbers, got Decimal: make it of int or float"),
        ([Fraction(1, 2), 1], "input must be numbers, got Fraction: make it of int or float"),
        ([None, 1.0], "input must be numbers, got NoneType"),
        ({1, 2}, "input must be numbers, got set"),
        ([1, "2"], "input must be numbers, got texts"),
        ([b"2"], "input must be numbers, got bytes"),
        ([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], "input must be numbers, got datetime"),
        (np.array(["2026-01-01"], "M8[D]"), "input must be numbers, got dates"),
        (np.array([(1, 2)], "i4,i4"), "input must be numbers, got records"),
        (np.ma.masked_array([1, 2], [False, True]), "input has masked values: fill them first"),
        ([np.ma.masked_array([1, 2], [False, True])], "input has masked values: fill them first"),
        ([1, np.ma.masked], "input has masked values: fill them first"),
        ([[]], "input must hold at least one number"),
        ([10**400], "input must be finite, got a whole number beyond 1.8e308"),
        ([int("9" * 4000), 1.5], "input must be finite, got a whole number beyond 1.8e308"),
        ([[[[[[1]]]]]], "input must have at most 5 axes"),
    ],
)
def test_what_is_no_number_is_refused_by_what_it_is(values: Any, said: str) -> None:
    for make in (
        lambda x: numbers("input", x),
        lambda x: Layer.of(x, [1]),
        lambda x: resolve(x, W),
    ):
        with pytest.raises(XlconvError) as error:
            make(values)
        assert said in str(error.value)
        assert error.value.parameter == "input"


def test_lists_however_deep_are_refused_in_words() -> None:
    deep: list[Any] = [1]
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(XlconvError, match="at most 5 axes"):
        numbers("input", deep)


def test_array_of_another_library_that_cannot_be_read_says_why() -> None:
    class Tensor:
        def __array__(self, *_: object, **__: object) -> np.ndarray:
            raise RuntimeError("use tensor.detach()")

    with pytest.raises(XlconvError, match=r"weight cannot be read as an array: use tensor\.detach"):
        numbers("weight", Tensor())


def test_array_of_another_library_is_taken_whose_mask_is_a_method() -> None:
    class Series:
        """As one of pandas is."""

        def __array__(self, *_: object, **__: object) -> np.ndarray:
            return np.array([1.0, 2.0])

        def mask(self) -> None:
            raise AssertionError

    assert numbers("input", Series()).tolist() == [1, 2]


def test_masked_array_of_which_nothing_is_masked_is_taken() -> None:
    assert numbers("input", np.ma.masked_array([1, 2], [False, False])).tolist() == [1, 2]


def test_whole_numbers_beyond_numpys_are_the_nearest_float() -> None:
    assert numbers("input", [2**70, -(2**65), 0.5]).tolist() == [2.0**70, -(2.0**65), 0.5]


WHOLES: list[Make] = [int, np.int64, np.uint8, np.array]


@pytest.mark.parametrize("of", WHOLES)
@pytest.mark.parametrize("name", ["stride", "padding", "output_padding", "dilation", "groups"])
def test_whole_numbers_of_numpy_are_those_of_python(name: str, of: Make) -> None:
    words = {"stride": 2, "dilation": 2, "groups": 2, "padding": 1, "output_padding": 1}
    value, same = words[name], words | {name: of(words[name])}
    layers = [Layer.of(X, W, **kind) for kind in (words, same)]  # type: ignore[arg-type]
    assert layers[0].geometry == layers[1].geometry
    axis = layers[1].geometry.axes[0]
    found = layers[1].geometry.groups if name == "groups" else getattr(axis, name)
    for part in found if isinstance(found, tuple) else (found,):
        assert (type(part), part) == (int, value)
    told = [recipe(layer_lesson(layer, ["collect"]), ["Collect"]) for layer in layers]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("stride", np.array([2, 3]), [2, 3]),
        ("stride", np.array(2), [2, 2]),
        ("stride", (np.int32(2), 3), [2, 3]),
        ("stride", range(1, 3), [1, 2]),
        ("padding", np.array([[1, 0], [0, 2]]), [(1, 0), (0, 2)]),
        ("padding", [np.array([1, 0]), np.int8(1)], [(1, 0), 1]),
        ("padding", np.array([1, 2]), [1, 2]),
    ],
)
def test_arrays_serve_where_lists_do(name: str, given: Any, taken: list[Any]) -> None:
    found = spread(name, given, 2)
    assert found == taken
    assert all(type(part) is int for each in found for part in np.atleast_1d(each).tolist())


@pytest.mark.parametrize(
    "given",
    ["2", b"\x02", "22", 2.0, True, None, np.float64(2), np.array([1.5, 2]), np.array([True]),
     {1, 2}, [2, "2"], 10**400, -(10**4000), 2**64],
)  # fmt: skip
@pytest.mark.parametrize("name", ["stride", "padding", "groups"])
def test_what_is_no_whole_number_is_refused_in_words(name: str, given: Any) -> None:
    for kind in (Layer, Convolution):
        with pytest.raises(XlconvError, match=r"^(?s:.{,160})$") as error:
            kind.of(X, W, **{name: given})
        assert str(error.value).startswith(f"{name} must be ")
        assert ", got " in str(error.value)


@pytest.mark.parametrize("make", [Layer.of, Convolution.of, resolve])
@pytest.mark.parametrize("groups", [0, -1, np.int64(0)])
def test_groups_below_one_are_said_to_be_that(make: Make, groups: int) -> None:
    with pytest.raises(XlconvError, match=f"^groups must be at least 1, got {groups}$"):
        make(X, W, groups=groups)


def test_what_numpy_holds_is_plain() -> None:
    given = {"a": np.int8(1), "b": [np.arange(2)], "c": (np.float64(0.5), "x"), "d": None}
    assert plain(given) == {"a": 1, "b": [[0, 1]], "c": [0.5, "x"], "d": None}
    assert type(plain(given)["a"]) is int


def test_whole_number_says_its_least() -> None:
    assert whole("seed", 3, least=0) == 3
    with pytest.raises(XlconvError, match="seed must be at least 0, got -1"):
        whole("seed", -1, least=0)


LAYER: Any = Layer.of(X, W)
SIZES: Make = sizes
SAVE: Make = build(LAYER).save
CHECK: Make = check
LOAD: Make = load_lesson


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Layer.of(3, 3), "got an input of 0 axes and a weight of 0"),
        (lambda: Layer.of([1, 2, 3], 3), "got an input of 1 axis and a weight of 0"),
        (lambda: Layer.of(3, [1]), "input must have 1 to 3 axes with a weight of 1, got 0"),
        (lambda: Convolution.of(3, 3), "got an input of 0 axes and a weight of 0"),
        (lambda: Convolution.of([1, 2, 3], 3), "got an input of 1 axis and a weight of 0"),
        (lambda: resolve(3, 3), "got an input of 0 axes and a weight of 0"),
        (lambda: LAYER.part(0, [0]), "in_channels must be a list of channels, got 0"),
        (lambda: LAYER.part([0], np.array(0)), "out_channels must be a list of channels"),
        (lambda: LAYER.part(["0"], [0]), "in_channels must be a whole number up to"),
        (lambda: LAYER.part([0], [True]), "out_channels must be a whole number up to"),
        (lambda: SIZES("pytorch", size=4, kernel_size=3), "size must be a list of 1 to 3 sizes"),
        (lambda: SIZES(size=[], kernel_size=3), "size must be a list of 1 to 3 sizes"),
        (lambda: SIZES(size="44", kernel_size=3), "size must be whole numbers up to"),
        (lambda: SAVE(None), "path must be a file's name, a text or a Path, got None"),
        (lambda: CHECK(3), "path must be a file's name, a text or a Path, got int"),
        (lambda: CHECK("a.xlsx", like=3), "path must be a file's name, a text or a Path, got int"),
        (lambda: LOAD(3), "lesson must be a lesson's name or path, got int"),
    ],
)
def test_argument_of_another_kind_is_refused_in_words(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(XlconvError) as error:
        call()
    assert said in str(error.value)


def test_part_takes_channels_of_every_kind() -> None:
    wanted = LAYER.part([1], [0, 1])
    for part in (LAYER.part(range(1, 2), (0, 1)), LAYER.part(np.array([1]), np.arange(2))):
        assert part.weight.tolist() == wanted.weight.tolist()
        assert part.input.tolist() == wanted.input.tolist()


@pytest.mark.parametrize(
    "other",
    [
        {"input": [[1, 2], [3, 5]]},
        {"weight": [[1, 0]]},
        {"stride": 1},
        {"padding": [[0, 1], [0, 0]]},
        {"bias": [0]},
        {"bias": [8]},
    ],
    ids=str,
)
def test_layers_are_equal_by_their_numbers_and_parameters(other: dict[str, Any]) -> None:
    given: dict[str, Any] = {"input": [[1, 2], [3, 4]], "weight": [[1, 2]], "stride": 2}
    layer = Layer.of(**given)
    assert layer == Layer.of(**(given | {"input": np.array([[[1.0, 2], [3, 4]]])}))
    assert layer != Layer.of(**(given | other))
    assert layer != replace(layer, then=steps("relu")) == replace(layer, then=steps("relu"))
    assert layer != "layer"
    if "bias" in other:
        assert Layer.of(**given | other) == Layer.of(**given | other)
