"""The palette: what is written can be read, on screen and on grey paper."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from xlconv.figures.words import WORDS
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import (
    DIVERGING,
    GREY,
    HEAT,
    INK,
    LETTER,
    MARKS,
    ROLES,
    SCALE,
    TINTS,
    WHITE,
    look,
    mark,
    width,
)
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names
from xlconv.views import PHASED

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


DECISION = Path(__file__).parent.parent / "docs/decisions/017-a-path-and-one-colour-a-concept.md"

Concepts = dict[str, tuple[set[str], set[str]]]


def concepts() -> Concepts:
    """Each concept with its colours and its roles, as the decision tells them."""
    told = [line for line in DECISION.read_text(encoding="utf-8").splitlines() if "|" in line]
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in told]
    table = [row for row in cells if len(row) == 3][2:]
    return {name: (set(colors.split()), set(roles.split(", "))) for name, colors, roles in table}


def accents(role: str) -> set[str]:
    """What makes a role look other than words and numbers do."""
    its = look(role)
    return {color for color in (its.fill, its.color) if color} - {INK, GREY, WHITE}


def lab(color: str) -> tuple[float, float, float]:
    """A colour as CIE L*a*b* has it, where distances are those that are seen (D65)."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0888
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


def test_a_role_has_the_colours_of_its_concept_and_a_colour_has_one() -> None:
    table = concepts()
    for colors, roles in table.values():
        assert set.union(*map(accents, roles)) == colors
    of_concepts = {role for _, roles in table.values() for role in roles}
    assert {role for role in ROLES if accents(role)} == of_concepts
    every = [color for its, _ in table.values() for color in its]
    assert len(every) == len(set(every))


def test_colours_of_two_concepts_can_be_told_apart() -> None:
    for (one, _), (other, _) in combinations(concepts().values(), 2):
        assert min(apart(a, b) for a in one for b in other) > 12, (one, other)
    for colors, _ in concepts().values():
        assert min(apart(color, tint) for color in colors for tint in TINTS) > 11, colors


def test_what_counts_is_dark_only_in_a_colour_that_nothing_else_has() -> None:
    every = {look(role).fill for role in ROLES} | {*TINTS}
    assert min(apart(SCALE[1], ground) for ground in every if ground) > 25
    assert contrast(INK, SCALE[1]) >= READABLE
    assert grey(SCALE[1]) < min(map(grey, TINTS)) - 5


def test_numbers_of_maps_can_be_read_in_every_state() -> None:
    """Blue ones that may be typed over, computed ones, and those that light up, on every shade."""
    for role, ground in product(("input", "kernel", "output", "reached"), DIVERGING):
        assert contrast(look(role).color, ground) >= READABLE, (role, ground)
    assert DIVERGING[1:] == HEAT


def tinted(sheet: Sheet) -> set[str]:
    """The roles that have tints on a sheet."""
    roles = {coat.role for coat in sheet.coats if coat.tint.max() >= 0}
    return roles | {light.role for light in sheet.lights if light.tint >= 0}


def of_phases(sheet: Sheet) -> bool:
    """Whether weights a stride apart have one tint, so that it is a phase."""
    roles = {"kernel"} | {block.role for block in sheet.blocks if block.name == "kernel"}
    kernels = [coat.tint for coat in sheet.coats if coat.role in roles and coat.tint.ndim]
    return any(len(np.unique(tint)) < tint.size for tint in kernels)


@pytest.mark.parametrize("name", lesson_names())
def test_tint_is_one_thing_in_a_lesson_and_the_legend_names_it(name: str) -> None:
    weights = {"kernel", "copy", "symbol", "met", "stamp", "live"}
    contents, *others = build(name).sheets
    for sheet in others:
        more = {"output", "computed"} if sheet.view in PHASED else set()
        assert tinted(sheet) <= weights | more, sheet.name
        assert sheet.view in PHASED or not of_phases(sheet)
        assert of_phases(sheet) or sheet.view not in ("checkerboard", "upsampling", "bilinear")
    meanings = {sheet.view in PHASED for sheet in others if tinted(sheet)}
    assert len(meanings) <= 1
    said = {cell.value for cell in contents.cells()}
    for phases in (True, False) if name != "worksheet" else ():
        legend = WORDS["legend_phase" if phases else "legend_kernel"]
        assert (legend in said) == (phases in meanings)


def test_an_indent_takes_room_of_its_own() -> None:
    # a step is 9 pixels in Excel, 7.5 points in LibreOffice
    bare = LETTER * look("caption").size * len("Kernel")
    assert look("caption").indent == 1
    assert 6.75 <= width("Kernel", "caption") - bare <= 10
