"""Which axes are channels or a batch: one meaning is taken and said, two are refused."""

from __future__ import annotations

import pytest

from xlconv.errors import XlconvError
from xlconv.frameworks.spatial import spatial, to_size, without_channels


@pytest.mark.parametrize(
    ("sizes", "kernel", "size", "channels"),
    [
        ([4], [3], (4,), (None, None)),
        ([4, 4], [3], (4, 4), (None, None)),
        ([4, 4], [3, 3], (4, 4), (None, None)),
        ([4, 4, 4], [3, 3, 3], (4, 4, 4), (None, None)),
        ([2, 4, 4, 4], [3, 3, 3], (4, 4, 4), (2, None)),
        ([4, 4], [1, 2, 3, 3], (4, 4), (1, 2)),
        ([5, 4], [5, 2, 3], (4,), (5, 2)),
        ([9, 5, 2, 3, 4], [5, 2, 1, 2, 3], (2, 3, 4), (5, 2)),
        ([10**9, 4, 4], [10**9, 10**9, 3, 3], (4, 4), (10**9, 10**9)),
    ],
)
def test_sizes_with_one_meaning(
    sizes: list[int],
    kernel: list[int],
    size: tuple[int, ...],
    channels: tuple[int | None, int | None],
) -> None:
    found = spatial(sizes, kernel)
    assert (found.size, (found.in_channels, found.out_channels)) == (size, channels)
    assert bool(found.explain(found.size)) == (channels != (None, None))


@pytest.mark.parametrize(
    ("layout", "kernel"),
    [
        ("pytorch", [6, 2, 3, 5]),
        ("onnx", [6, 2, 3, 5]),
        ("keras", [3, 5, 2, 6]),
        ("tensorflow", [3, 5, 2, 6]),
        ("jax-transposed", [3, 5, 2, 6]),
        ("jax", [3, 5, 2, 6]),
    ],
)
def test_a_weight_is_read_in_the_order_of_its_layout(layout: str, kernel: list[int]) -> None:
    groups = 3
    found = spatial([6, 4, 4], kernel, layout=layout, groups=groups)
    assert found.kernel_size == (3, 5)
    assert (found.in_channels, found.out_channels) == (6, 6)


def test_a_tensor_that_may_be_of_two_ranks_is_refused_with_the_ways_out() -> None:
    with pytest.raises(XlconvError, match="1-D with a batch of 3 and 4 channels first") as told:
        spatial([3, 4, 6], [4, 2, 4])
    assert "3-D with no channels: name rank 3, or batch 0 to 2" in str(told.value)
    assert spatial([3, 4, 6], [4, 2, 4], rank=3).size == (3, 4, 6)
    assert spatial([3, 4, 6], [4, 2, 4], batch=1).size == (6,)
    assert spatial([4, 6], [4, 2, 4]).size == (6,)
    assert spatial([1, 1, 4, 6], [4, 2, 4]).size == (1, 4, 6)


def test_groups_divide_the_channels() -> None:
    assert spatial([4, 6], [4, 2, 4], groups=2).out_channels == 4
    with pytest.raises(XlconvError, match="groups must divide in_channels, got 3 with 4"):
        spatial([4, 6], [4, 2, 4], groups=3)
    with pytest.raises(XlconvError, match="groups must be at least 1, got 0"):
        spatial([4, 6], [4, 2, 4], groups=0)


def test_the_size_that_is_wanted_tells_which_axes_are_channels() -> None:
    assert to_size([3, 6, 4], None, [12, 7]).size == (6, 4)
    assert to_size([6, 4], None, [12]).size == (6, 4)
    assert to_size([3, 6, 4], [3, 3], [12, 7]).size == (6, 4)
    for sizes in ([6], [1, 1, 1, 6, 4]):
        with pytest.raises(XlconvError, match="is not 2-D"):
            without_channels(sizes, 2)
