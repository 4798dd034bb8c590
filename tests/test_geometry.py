"""The integers of an axis, against counting by hand; the paper's relationships by number."""

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.runs import Run

from .layers import axis_parameters

axes = axis_parameters(9).map(lambda parameters: Axis(**parameters))  # type: ignore[arg-type]
any_axis = settings(derandomize=True, max_examples=300)


def meetings(axis: Axis) -> list[tuple[int, int, int]]:
    """(cell of the full output, input, kernel index) wherever two meet."""
    return [
        (axis.stride * i + axis.dilation * u, i, u)
        for i in range(axis.size)
        for u in range(axis.kernel_size)
    ]


def reached(axis: Axis, first: int, size: int) -> dict[int, set[tuple[int, int]]]:
    """What meets in each of `size` cells, the first of them at `first` of the full output."""
    found: dict[int, set[tuple[int, int]]] = {r: set() for r in range(size)}
    for at, i, u in meetings(axis):
        if at - first in found:
            found[at - first].add((i, u))
    return found


def told(runs: tuple[Run, ...]) -> dict[int, set[tuple[int, int]]]:
    """The same as runs say it; every cell must be in one run only."""
    found: dict[int, set[tuple[int, int]]] = {}
    for run in runs:
        cells = range(10**6)[run.cells]
        assert len(cells) == run.count
        for m, r in enumerate(cells):
            assert r not in found
            found[r] = {(range(10**6)[seen][m], u) for seen, u in run.reached}
            assert len(found[r]) == len(run.taps)
    return found


@any_axis
@given(axes)
def test_sizes_are_those_counted_by_hand(axis: Axis) -> None:
    places = {at for at, _, _ in meetings(axis)}
    assert axis.full_size == max(places) + 1
    assert axis.extent == axis.dilation * (axis.kernel_size - 1) + 1
    assert axis.stretched_size == len(range(axis.stride * (axis.size - 1) + 1))
    begin, end = axis.padding
    left = range(begin, axis.full_size + axis.output_padding - end)
    assert axis.output_size == len(left)


@any_axis
@given(axes)
def test_target_is_where_an_input_meets_a_kernel_index(axis: Axis) -> None:
    for at, i, u in meetings(axis):
        assert axis.target(i, u) == at - axis.padding[0]


@any_axis
@given(axes)
@example(Axis(size=1, kernel_size=1, stride=3, padding=(-1, -1)))
def test_runs_say_what_reaches_every_output_cell_once(axis: Axis) -> None:
    assert told(axis.runs) == reached(axis, axis.padding[0], axis.output_size)


@any_axis
@given(axes)
def test_canvas_runs_say_the_same_of_the_uncropped_output(axis: Axis) -> None:
    first = min(0, axis.padding[0])
    assert told(axis.canvas_runs) == reached(axis, first, axis.canvas_size)


@any_axis
@given(axes)
def test_canvas_holds_all_meetings_and_the_output_is_its_crop(axis: Axis) -> None:
    first = min(0, axis.padding[0])
    canvas = range(first, first + axis.canvas_size)
    assert {at for at, _, _ in meetings(axis)} <= set(canvas)
    output = range(axis.padding[0], axis.padding[0] + axis.output_size)
    assert list(canvas[axis.crop]) == list(output)


@any_axis
@given(axes)
def test_margins_make_every_canvas_cell_a_full_window(axis: Axis) -> None:
    begin, end = axis.margins
    assert axis.stretched_size + begin + end - axis.extent + 1 == axis.canvas_size
    # the window of a cell, under the turned kernel, meets what reaches that cell
    stretched = {begin + axis.stride * i: i for i in range(axis.size)}
    windows = {
        r: {
            (stretched[r + axis.extent - 1 - axis.dilation * u], u)
            for u in range(axis.kernel_size)
            if r + axis.extent - 1 - axis.dilation * u in stretched
        }
        for r in range(axis.canvas_size)
    }
    assert windows == reached(axis, min(0, axis.padding[0]), axis.canvas_size)


@any_axis
@given(axes)
def test_forward_runs_read_the_cells_that_an_input_was_stamped_on(axis: Axis) -> None:
    expected = {
        i: {
            (axis.stride * i + axis.dilation * u - axis.padding[0], u)
            for u in range(axis.kernel_size)
            if 0 <= axis.stride * i + axis.dilation * u - axis.padding[0] < axis.output_size
        }
        for i in range(axis.size)
    }
    assert told(axis.forward_runs) == expected


def test_few_runs_stand_for_many_cells() -> None:
    assert len(Axis(size=1000, kernel_size=5).runs) == 9
    assert len(Axis(size=1000, kernel_size=4, stride=2).runs) == 6


# ------------------------------------------------------- Dumoulin & Visin, arXiv:1603.07285


def size(i: int, k: int, s: int = 1, p: int = 0, a: int = 0) -> int:
    return Axis(size=i, kernel_size=k, stride=s, padding=(p, p), output_padding=a).output_size


@pytest.mark.parametrize("i", range(1, 8))
@pytest.mark.parametrize("k", range(1, 6))
def test_relationship_8_no_zero_padding_unit_strides(i: int, k: int) -> None:
    assert size(i, k) == i + (k - 1)


def test_relationship_8_figure_4_1() -> None:
    assert size(2, 3) == 4  # the transpose of a 3 kernel over 4 inputs


@pytest.mark.parametrize("i", range(3, 8))
@pytest.mark.parametrize("k", range(1, 6))
@pytest.mark.parametrize("p", range(3))
def test_relationship_9_zero_padding_unit_strides(i: int, k: int, p: int) -> None:
    assert size(i + 4, k, p=p) == (i + 4) + (k - 1) - 2 * p


def test_relationship_9_figure_4_2() -> None:
    assert size(6, 4, p=2) == 5


@pytest.mark.parametrize("i", range(1, 8))
@pytest.mark.parametrize("k", [1, 3, 5, 7])
def test_relationship_10_half_padding_keeps_the_size(i: int, k: int) -> None:
    assert size(i, k, p=k // 2) == i


def test_relationship_10_figure_4_3() -> None:
    assert size(5, 3, p=1) == 5


@pytest.mark.parametrize("k", range(1, 6))
@pytest.mark.parametrize("i", range(5, 9))
def test_relationship_11_full_padding_makes_it_smaller(i: int, k: int) -> None:
    assert size(i, k, p=k - 1) == i - (k - 1)


def test_relationship_11_figure_4_4() -> None:
    assert size(7, 3, p=2) == 5


@pytest.mark.parametrize("i", range(1, 8))
@pytest.mark.parametrize("k", range(1, 6))
@pytest.mark.parametrize("s", range(1, 4))
def test_relationship_12_no_zero_padding_strides(i: int, k: int, s: int) -> None:
    assert size(i, k, s=s) == s * (i - 1) + k


def test_relationship_12_figure_4_5() -> None:
    assert size(2, 3, s=2) == 5


@pytest.mark.parametrize("i", range(3, 8))
@pytest.mark.parametrize("k", range(2, 6))
@pytest.mark.parametrize("s", range(1, 4))
@pytest.mark.parametrize("p", range(2))
def test_relationship_13_zero_padding_strides(i: int, k: int, s: int, p: int) -> None:
    assert size(i, k, s=s, p=p) == s * (i - 1) + k - 2 * p


def test_relationship_13_figure_4_6() -> None:
    assert size(3, 3, s=2, p=1) == 5


@pytest.mark.parametrize("i", range(3, 8))
@pytest.mark.parametrize("k", range(2, 6))
@pytest.mark.parametrize(("s", "a"), [(2, 1), (3, 1), (3, 2), (4, 3)])
@pytest.mark.parametrize("p", range(2))
def test_relationship_14_odd_sizes_by_output_padding(
    i: int, k: int, s: int, a: int, p: int
) -> None:
    assert size(i, k, s=s, p=p, a=a) == s * (i - 1) + a + k - 2 * p


def test_relationship_14_figure_4_7() -> None:
    assert size(3, 3, s=2, p=1, a=1) == 6


@any_axis
@given(st.integers(1, 30), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2))
def test_relationship_14_undoes_the_size_of_a_convolution(i: int, k: int, s: int, p: int) -> None:
    """a = (i + 2p - k) mod s says which of several input sizes is meant."""
    if i + 2 * p < k:
        return
    convolved = (i + 2 * p - k) // s + 1
    assert size(convolved, k, s=s, p=p, a=(i + 2 * p - k) % s) == i


# ------------------------------------------------------------------------ groups and errors


@pytest.mark.parametrize(
    ("channels", "sources", "filters"),
    [
        ((1, 1, 1), [[0]], [0]),
        ((3, 2, 1), [[0, 1, 2], [0, 1, 2]], [0, 1]),
        ((4, 6, 2), [[0, 1]] * 3 + [[2, 3]] * 3, [0, 1, 2, 0, 1, 2]),
        ((3, 3, 3), [[0], [1], [2]], [0, 0, 0]),
    ],
)
def test_channels_reach_only_their_group(
    channels: tuple[int, int, int], sources: list[list[int]], filters: list[int]
) -> None:
    g = Geometry(*channels, (Axis(size=2, kernel_size=2),))
    assert [list(g.sources(o)) for o in range(g.out_channels)] == sources
    assert [g.filter(o) for o in range(g.out_channels)] == filters
    pairs = Counter((i, o) for o in range(g.out_channels) for i in g.sources(o))
    assert pairs == Counter((i, o) for i in range(g.in_channels) for o in g.targets(i))


def test_shapes_of_a_layer() -> None:
    g = Geometry(4, 6, 2, (Axis(size=3, kernel_size=2, stride=2), Axis(size=2, kernel_size=3)))
    assert (g.input_shape, g.weight_shape, g.output_shape) == ((4, 3, 2), (4, 3, 2, 3), (6, 6, 4))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stride": 0}, "stride must be at least 1, got 0"),
        ({"size": 0}, "size must be at least 1, got 0"),
        ({"kernel_size": -1}, "kernel_size must be at least 1, got -1"),
        ({"dilation": 0}, "dilation must be at least 1, got 0"),
        ({"output_padding": -1}, "output_padding must be at least 0, got -1"),
        (
            {"output_padding": 2, "stride": 2},
            (
                "output_padding must be smaller than stride or dilation, got 2 with stride 2,"
                " dilation 1"
            ),
        ),
        ({"padding": (2, 2)}, "padding 2 crops the whole output of 4 cells"),
    ],
)
def test_axis_that_cannot_be_says_why(wrong: dict[str, int], said: str) -> None:
    with pytest.raises(XlconvError, match=f"^{said}") as caught:
        Axis(**{"size": 2, "kernel_size": 3} | wrong)  # type: ignore[arg-type]
    assert caught.value.parameter == (next(iter(wrong)))


def test_output_padding_may_exceed_stride_when_dilated() -> None:
    axis = Axis(size=2, kernel_size=2, stride=1, dilation=3, output_padding=2)
    assert axis.output_size == 7


def test_groups_must_divide_the_channels() -> None:
    with pytest.raises(XlconvError, match="groups must divide") as caught:
        Geometry(3, 2, 2, (Axis(size=1, kernel_size=1),))
    assert caught.value.parameter == "groups"
