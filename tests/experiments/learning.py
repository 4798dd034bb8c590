"""The lesson on learning: a kernel by gradient descent."""

from itertools import pairwise

import numpy as np

from .desk import Array, Page
from .proofs import proofs_of

tries = proofs_of("learning")

STRIDE, PADDING = 2, 1


def stamped(x: Array, kernel: Array) -> Array:
    """A transposed convolution, stamp by stamp."""
    size = STRIDE * (len(x) - 1) + len(kernel)
    y = np.zeros((size, size))
    for (i, j), value in np.ndenumerate(x):
        down, across = STRIDE * i, STRIDE * j
        y[down : down + len(kernel), across : across + len(kernel)] += value * kernel
    return y[PADDING:-PADDING, PADDING:-PADDING]


def loss_of(sheet: Page, kernel: Array) -> float:
    wanted = stamped(sheet["input"], sheet["kernel"])
    return float(np.mean((stamped(sheet["input"], kernel) - wanted) ** 2))


def slope(sheet: Page, kernel: Array) -> Array:
    """The gradient of the loss by finite differences, which are exact of a square."""
    found = np.zeros_like(kernel)
    for at in np.ndindex(*kernel.shape):
        up, down = kernel.copy(), kernel.copy()
        up[at], down[at] = kernel[at] + 0.5, kernel[at] - 0.5
        found[at] = loss_of(sheet, up) - loss_of(sheet, down)
    return found


def descended(sheet: Page) -> tuple[Array, Array]:
    """The kernels and losses of all steps, each gradient by finite differences."""
    kernel = sheet["kernel_before"]
    kernels, losses = [], list[float]()
    for _ in range(20):
        kernels.append(kernel)
        losses.append(loss_of(sheet, kernel))
        rate = float(sheet["rate"]) if losses[-1] <= 50 * losses[0] else 0
        kernel = kernel - rate * slope(sheet, kernel)
    return np.array(kernels), np.array(losses)


def check(sheet: Page) -> Array:
    """All that the steps hold is what NumPy finds; their losses."""
    kernels, losses = descended(sheet)
    x, wanted = sheet["input"], stamped(sheet["input"], sheet["kernel"])
    outputs = np.array([stamped(x, kernel) for kernel in kernels])
    gradients = np.array([slope(sheet, kernel) for kernel in kernels])
    for name, truth in (
        ("kernels", kernels),
        ("outputs", outputs),
        ("errors", outputs - wanted),
        ("gradients", gradients),
        ("losses", losses),
    ):
        np.testing.assert_allclose(sheet[name], truth, rtol=1e-8, atol=1e-9, err_msg=name)
    return losses


@tries(
    "Learning",
    "Look at step 0, 1, 2 and so on up to 19: from zeros the kernel comes near the one to be "
    "found. No weight is off by more than 0.02 at last.",
)
def _(sheet: Page) -> None:
    losses = check(sheet)
    assert losses[0] == 5.016875
    assert f"{losses[-1]:.6f}" == "0.000358"
    off = []
    for step in range(20):
        sheet.set(look_step=step)
        assert (sheet["learnt"] == sheet["kernels"][step]).all()
        off.append(abs(sheet["kernels"][step] - sheet["kernel"]).max())
        (lit,) = np.nonzero(sheet.colours("losses") == "#BF4B08")
        assert lit.tolist() == [step]
    assert not sheet["kernels"][0].any()
    assert off[0] > 0.5
    assert off[-1] < 0.02
    assert sheet.says("loss: the first, divided by 14012.8")


@tries(
    "Learning",
    "Set the learning rate to 0.3: each step goes too far, and the loss grows. From 0.25 on it "
    "does, up to 0.23 it falls.",
)
def _(sheet: Page) -> None:
    for rate in (0.3, 0.25):
        sheet.set(rate=rate)
        losses = check(sheet)
        followed = sheet["rates"] == rate
        assert all(b > a for (a, b), on in zip(pairwise(losses), followed, strict=False) if on)
    sheet.set(rate=0.23)
    assert (np.diff(check(sheet)) < 0).all()
    sheet.set(rate=0.3)
    assert sheet["rates"].tolist() == [0.3] * 5 + [0] * 15
    assert (sheet["losses"][5:] == sheet["losses"][5]).all()
    for rate in np.linspace(0.01, 0.5, 50):  # whatever is chosen, a cell has room for it
        sheet.set(rate=rate)
        for name in ("kernels", "outputs", "errors", "gradients"):
            assert abs(sheet[name]).max() < 99.95, (rate, name)
        assert abs(sheet["kernels"]).max() < 9.995


@tries(
    "Learning",
    "Set it to 0.02: it learns, too, but slowly. After twenty steps the loss is larger than that "
    "of 0.18 after ten.",
)
def _(sheet: Page) -> None:
    fast = sheet["losses"]
    sheet.set(rate=0.02)
    slow = check(sheet)
    assert (np.diff(slow) < 0).all()
    assert slow[19] > fast[9]


@tries(
    "Learning",
    "Type any kernel of your own over the one to be found, such as sixteen ones: it is found, "
    "too, at the same pace.",
)
def _(sheet: Page) -> None:
    dice = np.random.default_rng(3)
    for kernel in (np.ones((4, 4)), dice.integers(-9, 10, (4, 4)) / 10):
        sheet.set(kernel=kernel)
        losses = check(sheet)
        assert losses[-1] < losses[0] / 1000
        assert abs(sheet["kernels"][-1] - kernel).max() < 0.1
