"""The reverse of a size: settings are what they claim, none is missing, the simplest come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlconv.errors import XlconvError
from xlconv.frameworks.resolve import axes
from xlconv.frameworks.search import Setting, explain_settings, settings


def made(x: Setting, axis: int, n: int) -> int:
    """Relationship 14 of Dumoulin & Visin, with dilation and a padding of two sides."""
    return (
        (n - 1) * x.stride[axis]
        + x.dilation[axis] * (x.kernel_size[axis] - 1)
        + 1
        + x.output_padding[axis]
        - sum(x.padding[axis])
    )


@given(*[st.integers(1, 9)] * 3, st.integers(1, 5), st.integers(1, 3))
def test_one_axis_has_a_setting_wherever_some_padding_does_it(
    n: int, m: int, k: int, s: int, d: int
) -> None:
    most, backs = d * (k - 1), range(max(s, d))
    even = {
        (p, op)
        for p in range(most + 1)
        for op in backs
        if (n - 1) * s + d * (k - 1) + 1 + op - 2 * p == m
    }
    uneven = {p for p in range(most) if (n - 1) * s + d * (k - 1) + 1 - 2 * p - 1 == m}
    try:
        (found,) = settings(n, m, kernel_size=k, stride=s, dilation=d)
    except XlconvError:
        assert not even
        assert not uneven
        return
    ((begin, end),) = found.padding
    assert made(found, 0, n) == m
    if even:
        least = min(op for _, op in even)
        assert begin == end
        assert (begin, found.output_padding[0]) == min(even, key=lambda each: each[1])
        assert found.output_padding[0] == least
    else:
        assert (begin, found.output_padding) == (uneven.pop(), (0,))
        assert end == begin + 1


@given(st.lists(st.tuples(*[st.integers(1, 12)] * 2), min_size=1, max_size=3))
def test_every_size_can_be_made_of_every_other_and_each_row_makes_it(
    pairs: list[tuple[int, int]],
) -> None:
    sizes, wanted = [n for n, _ in pairs], [m for _, m in pairs]
    found = settings(sizes, wanted)
    assert len(set(found)) == len(found)
    for x in found:
        assert [made(x, a, n) for a, n in enumerate(sizes)] == wanted
        for begin, end in x.padding:
            assert 0 <= begin <= end <= begin + 1


@pytest.mark.parametrize(
    ("n", "m"), [(1, 10**9), (10**9, 1), (10**9, 10**9), (3, 10**9), (2, 999), (100, 150)]
)
def test_any_legal_size_has_a_few_settings(n: int, m: int) -> None:
    found = settings(n, m)
    assert 0 < len(found) < 2000
    assert {made(x, 0, n) for x in found} == {m}
    assert max(x.kernel_size[0] for x in found) <= 10**9


def test_a_kernel_or_a_stride_that_is_given_is_kept_axis_by_axis() -> None:
    for x in settings([6, 4], [12, 7], kernel_size=[3, 5]):
        assert x.kernel_size == (3, 5)
    for x in settings([6, 4], [12, 7], stride=[2, 1], dilation=[1, 2]):
        assert (x.stride, x.dilation) == ((2, 1), (1, 2))
    assert settings(4, 4096, kernel_size=16)[0].stride[0] >= 1021


def test_axes_differ_only_where_they_must() -> None:
    (only,) = settings([6, 4], [12, 7], kernel_size=3, stride=2)
    assert (only.padding, only.output_padding) == (((1, 1), (1, 1)), (1, 0))
    first = settings([4, 5], [8, 10])[0]
    assert (first.kernel_size, first.stride, first.padding) == ((2, 2), (2, 2), ((0, 0),) * 2)
    assert settings([4, 4], [8, 4], kernel_size=2)[0].stride == (2, 1)


@given(st.integers(1, 7), st.integers(1, 4), st.integers(1, 3))
def test_even_is_where_every_cell_away_from_the_edge_is_reached_by_equally_many(
    k: int, s: int, d: int
) -> None:
    (axis,) = axes("pytorch", size=[40], kernel_size=[k], stride=s, dilation=d)
    reached = [0] * axis.full_size
    for i in range(40):
        for u in range(k):
            reached[axis.target(i, u)] += 1
    even = len(set(reached[axis.extent + s : -axis.extent - s])) == 1
    (found,) = settings(40, axis.full_size, kernel_size=k, stride=s, dilation=d)
    assert (found.even, found.padding, found.output_padding) == (even, ((0, 0),), (0,))


def test_settings_are_sorted_simplest_first_and_even_before_uneven() -> None:
    found = settings(4, 8, stride=2)
    assert [(*x.kernel_size, x.padding[0][0], *x.output_padding) for x in found] == [
        (2, 0, 0),
        (4, 1, 0),
        (6, 2, 0),
        (1, 0, 1),
        (3, 1, 1),
        (5, 2, 1),
        (7, 3, 1),
    ]
    assert [x.even for x in found] == [True] * 3 + [False] * 4
    assert explain_settings(found[:1]).splitlines() == [
        "kernel_size  stride  padding  output_padding  dilation  overlap",
        "          2       2        0               0         1  even",
    ]


def test_even_settings_come_before_those_without_output_padding() -> None:
    found = settings(4, 9, stride=2)
    assert (found[0].kernel_size, found[0].output_padding, found[0].even) == ((2,), (1,), True)
    assert (found[3].kernel_size, found[3].output_padding, found[3].even) == ((3,), (0,), False)


def test_larger_strides_are_tried_where_the_sizes_need_them() -> None:
    (first, *_) = settings(4, 32)
    assert (first.kernel_size, first.stride, first.even) == ((8,), (8,), True)


def test_settings_that_do_not_exist_are_refused_with_the_way_out() -> None:
    with pytest.raises(XlconvError, match="turn 2 into 999 with this kernel_size") as raised:
        settings(2, 999, kernel_size=3, stride=2)
    assert raised.value.parameter == "output_size"
    with pytest.raises(XlconvError, match="size must be at least 1, got 0"):
        settings(0, 4)
    with pytest.raises(XlconvError, match="stride must be at least 1, got 0") as told:
        settings(4, 8, stride=0)
    assert told.value.parameter == "stride"
