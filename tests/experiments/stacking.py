"""The lesson on stacked layers: what they make of a flat input."""

import numpy as np

from .desk import Array, Page
from .proofs import proofs_of

tries = proofs_of("stacking")

SMOOTH = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
CUTS = {"Up 1": 2, "Up 2": 4, "Up 3": 8}


def twice(x: Array, kernel: Array) -> Array:
    """Twice as large, stamp by stamp, one cell cut off all around."""
    y = np.zeros((2 * len(x) + 3, 2 * len(x) + 3))
    for (i, j), value in np.ndenumerate(x):
        y[2 * i : 2 * i + len(kernel), 2 * j : 2 * j + len(kernel)] += value * kernel
    return y[1 : 2 * len(x) + 1, 1 : 2 * len(x) + 1]


def inside(cells: Array, cut: int) -> Array:
    return cells[cut:-cut, cut:-cut]


def shown(sheet: Page, layers: str = "Up") -> list[float]:
    return [float(sheet[f"ripple {layers} {n}"]) for n in (1, 2, 3)]


def ripples(sheet: Page) -> list[float]:
    """What the sheet says, once that is what NumPy finds of its kernels and its input."""
    x, found = sheet["input"], []
    for name, cut in CUTS.items():
        x = twice(x, sheet[f"{name} kernel"])
        np.testing.assert_allclose(sheet[name], x, rtol=1e-12)
        found.append(float(inside(x, cut).std() / abs(inside(x, cut).mean())))
    np.testing.assert_allclose(shown(sheet), found, rtol=1e-9, atol=1e-7)
    return found


def told(numbers: list[float]) -> list[str]:
    return [f"{number:.3f}" for number in numbers]


def set_all(sheet: Page, kernel: object) -> None:
    for name in CUTS:
        sheet.set(**{f"{name} kernel": kernel})  # type: ignore[arg-type]


@tries(
    "Size 3",
    "Read the ripple: 0.484 after one layer, 0.539 after two, 0.572 after three. It grows, though "
    "less and less.",
)
def _(sheet: Page) -> None:
    one, two, three = ripples(sheet)
    assert told([one, two, three]) == ["0.484", "0.539", "0.572"]
    assert two - one > three - two > 0


@tries(
    "Size 3",
    "Set the kernel of Up 3 to 1 2 1 / 2 4 2 / 1 2 1: the ripple after three is smaller, but the "
    "ripple of Up 2 comes through.",
)
def _(sheet: Page) -> None:
    _, two, three = ripples(sheet)
    sheet.set(**{"Up 3 kernel": SMOOTH})
    assert 0.2 < ripples(sheet)[2] < two < three


@tries(
    "Size 3",
    "Set all three kernels to 1 2 1 / 2 4 2 / 1 2 1: no ripple at all. These weights make up for "
    "the uneven counts.",
)
def _(sheet: Page) -> None:
    set_all(sheet, SMOOTH)
    assert ripples(sheet) == [0, 0, 0]


@tries("Size 3", "Set all inputs to 5: every number is five times as large, and the ripple stays.")
def _(sheet: Page) -> None:
    before, maps = ripples(sheet), [sheet[name] for name in CUTS]
    sheet.set(input=5)
    np.testing.assert_allclose(ripples(sheet), before, rtol=1e-9)
    for name, cells in zip(CUTS, maps, strict=True):
        assert (sheet[name] == 5 * cells).all()


@tries("Size 4", "Read the ripple: 0 after each layer. Inside, the maps hold 4, 16 and 64.")
def _(sheet: Page) -> None:
    assert ripples(sheet) == [0, 0, 0]
    for (name, cut), number in zip(CUTS.items(), (4, 16, 64), strict=True):
        assert (inside(sheet[name], cut) == number).all()


@tries(
    "Size 4",
    "Type 2 over one weight of Up 1: its map ripples, but Up 2, whose weights are alike, evens it "
    "out: 17 everywhere inside.",
)
def _(sheet: Page) -> None:
    for at in ((1, 2), (0, 0), (3, 1)):
        sheet.set(**{"Up 1 kernel": 1})
        sheet.put("Up 1 kernel", at, 2)
        one, two, three = ripples(sheet)
        assert one > 0.1 > two == three == 0
        assert (inside(sheet["Up 2"], 4) == 17).all()


@tries("Size 4", "Type 2 over one weight of Up 3 instead: only the last map ripples.")
def _(sheet: Page) -> None:
    sheet.put("Up 3 kernel", (1, 2), 2)
    one, two, three = ripples(sheet)
    assert one == two == 0
    assert three > 0.01


@tries(
    "By chance",
    "Read the ripple: 0.277, 0.308, 0.320. It is smaller than that of size 3, but it grows, too.",
)
def _(sheet: Page) -> None:
    found = ripples(sheet)
    assert told(found) == ["0.277", "0.308", "0.320"]
    assert all(a < b for a, b in zip(found, shown(sheet.neighbour("Size 3")), strict=True))


@tries("By chance", "Set all three kernels to ones: the ripple is gone.")
def _(sheet: Page) -> None:
    set_all(sheet, 1)
    assert ripples(sheet) == [0, 0, 0]


@tries(
    "By chance",
    "Type any numbers over the kernel of Up 1 alone: the ripple after each of the three layers "
    "changes.",
)
def _(sheet: Page) -> None:
    before = np.array(ripples(sheet))
    for seed in range(3):
        sheet.set(**{"Up 1 kernel": np.random.default_rng(seed).integers(0, 9, (4, 4))})
        assert (abs(np.array(ripples(sheet)) - before) > 1e-4).all()


@tries("Resize", "Read the ripple: 0 after each layer, with weights that chance has drawn.")
def _(sheet: Page) -> None:
    assert shown(sheet, "Conv") == [0, 0, 0]
    assert len(set(sheet["Conv 1 kernel"].flat)) > 2


@tries(
    "Resize",
    "Type any weights over the three kernels: it stays 0, since every cell meets the same nine "
    "weights.",
)
def _(sheet: Page) -> None:
    for seed in range(3):
        dice = np.random.default_rng(seed)
        for n in (1, 2, 3):
            sheet.set(**{f"Conv {n} kernel": dice.integers(1, 9, (3, 3))})
        assert shown(sheet, "Conv") == [0, 0, 0]
        assert len(set(inside(sheet["Conv 3"], 8).flat)) == 1


@tries(
    "Resize",
    "Set the middle input to 5: now the maps are uneven, and rightly so. That is the picture, not "
    "a checkerboard.",
)
def _(sheet: Page) -> None:
    sheet.put("input", (1, 1), 5)
    assert min(shown(sheet, "Conv")) > 0.01
    grown = sheet["Larger 1"]
    assert (grown == np.repeat(np.repeat(sheet["input"], 2, 0), 2, 1)).all()


@tries(
    "Phases",
    "Read the weights added, phase by phase: 4 and 6, 9 and 7. Inside, the output holds these four "
    "numbers and no other.",
)
def _(sheet: Page) -> None:
    assert sheet["phase_sums"].tolist() == [[4, 6], [9, 7]]
    kernel = sheet.neighbour("By chance")["Up 1 kernel"]
    assert sheet["phase_sums"].tolist() == [
        [kernel[1 - a :: 2, 1 - b :: 2].sum() for b in (0, 1)] for a in (0, 1)
    ]
    assert set(inside(sheet.neighbour("By chance")["Up 1"], 1).ravel()) == {4, 6, 9, 7}


@tries(
    "Phases",
    "On the sheet By chance set the kernel of Up 1 to 1 2 2 1 / 2 4 4 2 / 2 4 4 2 / 1 2 2 1: here "
    "all sums are 9, and there the first ripple is 0.",
)
def _(sheet: Page) -> None:
    other, side = sheet.neighbour("By chance"), [1, 2, 2, 1]
    other.set(**{"Up 1 kernel": np.outer(side, side)})
    assert np.array_equal(sheet["kernel"], other["Up 1 kernel"])
    assert sheet["phase_sums"].tolist() == [[9, 9], [9, 9]]
    assert ripples(other)[0] == 0
