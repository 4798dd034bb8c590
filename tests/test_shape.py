"""The size arithmetic: every line of it sums up, and sizes and settings are what they claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.frameworks.conventions import CONVENTIONS
from xlconv.frameworks.output_sizes import Shape, as_dict, explain, sizes
from xlconv.frameworks.terms import OUTPUT_SIZE

GOLDEN = json.loads(
    (Path(__file__).parent / "data" / "conventions.json").read_text(encoding="utf-8")
)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """A layer of one axis in any framework's words."""
    convention = draw(st.sampled_from(sorted(CONVENTIONS)))
    framework = CONVENTIONS[convention]
    n, k, s = draw(st.integers(1, 5)), draw(st.integers(1, 7)), draw(st.integers(1, 4))
    d = draw(st.integers(1, 3))
    full = (n - 1) * s + d * (k - 1) + 1
    sides = st.tuples(st.integers(0, 3), st.integers(0, 3))
    padding = draw(st.one_of(st.none(), st.sampled_from(framework.words or (None,)), sides))
    if isinstance(padding, tuple) and convention in {"pytorch", "mxnet"}:
        padding = padding[0], padding[0]
    rank = 2 if convention == "tensorflow" else 1
    try:
        return sizes(
            convention,
            size=[n] * rank,
            kernel_size=k,
            stride=s,
            dilation=d,
            padding=[padding] * rank if isinstance(padding, tuple) else padding,
            output_padding=draw(st.none() | st.none() | st.integers(0, s - 1)),
            output_size=draw(st.none() | st.integers(max(1, full - 6), full + s)),
        )
    except XlconvError:
        assume(False)
        raise


@given(shapes())
def test_every_line_sums_up_and_the_last_is_the_layers(shape: Shape) -> None:
    for each in shape.axes:
        assert len({term.name for term in each.terms}) >= 5
        for term in each.terms:
            assert eval(term.numbers, {"max": max, "min": min}) == term.value, term
        value = {term.name: term.value for term in each.terms}
        assert value["m"] == each.axis.output_size
        assert value["begin"] == each.axis.padding[0]
        assert value["begin"] + value["m"] + value["end"] == value["full"]


@given(shapes())
def test_every_candidate_convolves_back_and_no_other_size_does(shape: Shape) -> None:
    for each in shape.axes:
        n, s = each.asked.size, each.asked.stride
        fitting = [row.output_size for row in each.candidates]
        if not fitting:  # all of them are less than one cell
            assert shape.convention == "pytorch"
            assert each.axis.output_padding >= s
            continue
        assert fitting == list(range(fitting[0], fitting[0] + len(fitting)))
        word = each.asked.padding in {"same", "same_lower"}
        sized = shape.convention == "onnx" and each.asked.output_size is not None
        for row in each.candidates:
            if word and not sized:
                assert -(-row.output_size // s) == n
            else:
                pads = sum(row.padding)
                assert (row.output_size + pads - each.axis.extent) // s + 1 == n
            assert row.uncovered + row.zeros == row.output_padding
        assert len(fitting) == s or fitting[0] == 1
        chosen = [row for row in each.candidates if row.chosen]
        assert [row.output_size for row in chosen] in ([], [each.axis.output_size])
        if shape.convention in {"tensorflow", "jax"} and (word or each.asked.padding == "valid"):
            assert chosen[0].padding[0] == each.axis.padding[0]


@pytest.mark.parametrize(
    ("padding", "rows"),
    [(0, [(9, 0, 0), (10, 0, 1)]), (1, [(7, 0, 0), (8, 1, 0)])],
)
def test_output_padding_uncovers_values_where_padding_crops_and_zeros_elsewhere(
    padding: int, rows: list[tuple[int, int, int]]
) -> None:
    shape = sizes("pytorch", size=[4], kernel_size=3, stride=2, padding=padding)
    found = [(row.output_size, row.uncovered, row.zeros) for row in shape.axes[0].candidates]
    assert found == rows


def test_an_odd_crop_that_dilation_alone_lets_pytorch_say_has_its_candidate() -> None:
    shape = sizes("onnx", size=[2], kernel_size=2, dilation=2, output_size=3)
    (axis,) = (each.axis for each in shape.axes)
    assert (axis.padding, axis.output_padding) == ((1, 1), 1)
    assert [(row.padding, row.chosen) for row in shape.axes[0].candidates] == [((1, 0), True)]


def test_every_rule_of_a_size_is_the_frameworks() -> None:
    """Each formula is met in the golden file, and gives the number of cells there."""
    met = set()
    for section, held in GOLDEN.items():
        convention = section.partition("-")[0]
        for n, k, s, d, padding, output_padding, output_size, output in held["rows"]:
            if output is None:
                continue
            shape = sizes(
                convention,
                size=[n],
                kernel_size=k,
                stride=s,
                dilation=d,
                padding=[padding] if isinstance(padding, list) else padding,
                output_padding=output_padding,
                output_size=output_size,
            )
            (line,) = [term for term in shape.axes[0].terms if term.name == "m"]
            assert line.value == len(output)
            met |= {rule for rule, formula in OUTPUT_SIZE.items() if formula == line.formula}
    apart = ("onnx", "tensorflow c", "xlconv")
    assert met >= {rule for rule in OUTPUT_SIZE if not rule.startswith(apart)}


def test_where_no_framework_is_named_the_words_are_pytorchs_and_more() -> None:
    plain = sizes(size=[4], kernel_size=3, stride=2, padding=1, output_padding=1)
    assert plain == sizes("pytorch", size=[4], kernel_size=3, stride=2, padding=1, output_padding=1)
    for padding, output_size, output in (((1, 2), None, 6), ((-1, 0), None, 10), ((1, 2), 7, 7)):
        shape = sizes(size=[4], kernel_size=3, stride=2, padding=[padding], output_size=output_size)
        assert (shape.convention, shape.output_sizes) == ("xlconv", (output,))
        for term in shape.axes[0].terms:
            assert eval(term.numbers) == term.value
    with pytest.raises(
        XlconvError, match="a padding in words is a framework's, got same: name a conv"
    ):
        sizes(size=[4], kernel_size=3, padding="same")


def test_of_a_billion_sizes_only_a_few_are_listed() -> None:
    for padding, chosen in ((0, 900), ("same", None)):
        shape = sizes(
            "pytorch" if chosen else "onnx",
            size=[2],
            kernel_size=3,
            stride=10**9,
            padding=padding,
            output_padding=chosen,
        )
        (each,) = shape.axes
        assert len(each.candidates) == (40 if chosen else 39)
        assert "    ...\n" in explain(shape)
        chosen_sizes = [row.output_size for row in each.candidates if row.chosen]
        assert chosen_sizes == [each.axis.output_size]


def test_a_size_that_does_not_convolve_back_is_said() -> None:
    shape = sizes("pytorch", size=[4], kernel_size=3, stride=2, dilation=4, output_padding=3)
    assert not any(row.chosen for row in shape.axes[0].candidates)
    assert explain(shape).endswith("18 is none of them: it does not convolve back")


def test_explain_shows_every_axis_with_its_numbers() -> None:
    shape = sizes(
        "onnx", size=[2, 3], kernel_size=[3, 1], stride=2, padding="same_lower", output_padding=0
    )
    assert explain(shape).splitlines() == [
        "onnx: 2x3 -> 4x5",
        "n 2, k 3, s 2, d 1, padding same_lower, output_padding 0",
        "  k_eff = d*(k-1) + 1 = 1*(3-1) + 1 = 3",
        "  full  = (n-1)*s + k_eff = (2-1)*2 + 3 = 5",
        "  m     = min(n*s, (n-1)*s + k_eff + op) = min(2*2, (2-1)*2 + 3 + 0) = 4",
        "  begin = (max(full + op - m, 0) + 1)//2 = (max(5 + 0 - 4, 0) + 1)//2 = 1",
        "  end   = full - begin - m = 5 - 1 - 4 = 0",
        "  a convolution with this kernel maps these sizes onto 2:",
        "    3 with padding 1, output_padding 0",
        "    4 with padding 1, output_padding 1, which uncovers 1 (this layer)",
        "n 3, k 1, s 2, d 1, padding same_lower, output_padding 0",
        "  k_eff = d*(k-1) + 1 = 1*(1-1) + 1 = 1",
        "  full  = (n-1)*s + k_eff = (3-1)*2 + 1 = 5",
        "  m     = min(n*s, (n-1)*s + k_eff + op) = min(3*2, (3-1)*2 + 1 + 0) = 5",
        "  begin = (max(full + op - m, 0) + 1)//2 = (max(5 + 0 - 5, 0) + 1)//2 = 0",
        "  end   = full - begin - m = 5 - 0 - 5 = 0",
        "  a convolution with this kernel maps these sizes onto 3:",
        "    5 with padding 0, output_padding 0 (this layer)",
        "    6 with padding 0, output_padding 1, which adds 1 of zeros",
    ]


def test_as_dict_is_json_and_holds_the_numbers() -> None:
    shape = sizes("keras", size=[4], kernel_size=3, stride=2, padding="same")
    told: dict[str, Any] = json.loads(json.dumps(as_dict(shape)))
    assert told["convention"] == "keras"
    assert told["output_size"] == [8]
    assert told["axes"][0]["axis"]["padding"] == [0, 1]
    assert told["axes"][0]["terms"][2]["numbers"] == "4*2"
    assert [row["output_size"] for row in told["axes"][0]["candidates"]] == [7, 8]


def test_a_size_that_is_given_tells_its_output_padding() -> None:
    shape = sizes("pytorch", size=[4], kernel_size=3, stride=2, padding=1, output_size=8)
    (line,) = [term for term in shape.axes[0].terms if term.name == "op"]
    assert line.numbers == "8 - ((4-1)*2 - 2*1 + 1*(3-1) + 1)"
    assert line.value == 1
