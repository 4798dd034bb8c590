"""The palette: what is written can be read, on screen and on grey paper."""

from __future__ import annotations

from itertools import combinations

import pytest

from xlconv.grid.theme import MARKS, ROLES, TINTS, WHITE, look, mark

READABLE = 4.5
"""The least contrast of a text, as the Web Content Accessibility Guidelines have it (1.4.3)."""


def luminance(color: str) -> float:
    """The relative luminance of RRGGBB, 0 to 1, as the guidelines define it."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grey(color: str) -> float:
    """How light a colour is on grey paper, 0 to 100, as CIE L* has it."""
    return 116 * luminance(color) ** (1 / 3) - 16


def contrast(one: str, other: str) -> float:
    """
    >>> contrast("000000", "FFFFFF")
    21.0
    """
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", ROLES)
def test_every_text_can_be_read_on_its_ground_and_on_every_tint(role: str) -> None:
    grounds = [look(role).fill or WHITE]
    if role in ("kernel", "computed", "copy", "stamp", "symbol", "met", "pool"):
        grounds += TINTS
    for ground in grounds:
        assert contrast(look(role).color, ground) >= READABLE, (role, ground)


def test_tints_are_apart_in_grey_and_neighbours_in_a_kernel_are_far_apart() -> None:
    for one, other in combinations(TINTS, 2):
        assert abs(grey(one) - grey(other)) > 2.5, (one, other)
    beside = [(n, n + 1) for n in range(9) if n % 3 < 2] + [(n, n + 3) for n in range(6)]
    for n, m in beside:
        assert abs(grey(TINTS[n]) - grey(TINTS[m])) > 8, (n, m)


def test_each_weight_has_a_mark_of_its_own_beside_its_tint() -> None:
    assert len(set(MARKS)) == len(MARKS) == 25
    marks = [mark(n) for n in range(1000)]
    assert len(set(marks)) == 1000
    for n in (0, 8, 9, 30):
        for role in ("kernel", "met", "copy", "stamp"):
            assert mark(n) in look(role, n).number_format
