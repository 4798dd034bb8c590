"""Faults planted on purpose: each is caught by the check that should catch it, and by which.

The table of docs: the tree against the model sees a wrong construction; the text against the tree,
recalculated by a program, sees a wrong reference; a snapshot and the table of functions see what
the first two may take as right.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xlconv.errors import BugError
from xlconv.figures.blocks import Figure
from xlconv.figures.inlaid import turned_figure
from xlconv.figures.operations import collected
from xlconv.figures.words import WORDS
from xlconv.grid import expr, references
from xlconv.grid.expr import Call, Expr
from xlconv.grid.functions import FUNCTIONS
from xlconv.grid.grid import Grid
from xlconv.grid.places import letters
from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.model import conv_transpose
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import view_function
from xlconv.views import collect
from xlconv.xlsx import strip

from .engines import ironcalc_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .layers import LAYERS, transposed
from .pages import file
from .test_expr import CASES
from .test_snapshots import GOLDEN, lines, tiny

Patch = Callable[[pytest.MonkeyPatch], None]


def drawn(name: str) -> Sheet:
    """A page of the collect view, whose claims are not checked yet."""
    page = Sheet("collect", "collect", WORDS)
    view_function("collect")(page, LAYERS[name])
    return page


# ------------------------------------------------------------------------ the checks


def model() -> bool:
    """Whether the tree is found not to be the model."""
    try:
        check_claims(drawn("channels"))
    except BugError:
        return True
    return False


def engine() -> bool:
    """Whether a program computes something else than the tree from the text."""
    built = file(drawn("channels"))
    return differences(cached_values(built), ironcalc_engine.recalculate(built)) != []


def snapshot() -> bool:
    """Whether the text differs from the golden one."""
    text = "\n".join(lines(tiny("collect"))) + "\n"
    return text != (GOLDEN / "collect.txt").read_text(encoding="utf-8")


def renderer() -> bool:
    """Whether one of the stated formulas reads in another way."""
    return any("".join(map(_shown, _anew(tree).told)) != _plain(text) for text, tree, _ in CASES)


def _anew(tree: Expr) -> Expr:
    """The tree as if nobody had asked for its text yet."""
    vars(tree).pop("told", None)
    for inner in (*getattr(tree, "terms", ()), *getattr(tree, "args", ())):
        _anew(inner)
    return tree


def _shown(piece: object) -> str:
    return piece if isinstance(piece, str) else "?"


def _plain(text: str) -> str:
    """A stated formula with its references hidden, as `_shown` hides them."""
    parts = re.split(r'("(?:[^"]|"")*")', text)
    parts[::2] = [
        re.sub(r"(?<![\w.])[A-Z]{1,2}[1-9]\d*(?![\w(])", "?", part) for part in parts[::2]
    ]
    return "".join(parts)


def table() -> bool:
    """Whether one of the functions means something else than stated."""
    return any(not _same(tree.value.item(), meaning) for _, tree, meaning in CASES)


def _same(got: Any, stated: Any) -> bool:
    if isinstance(stated, float):
        return not isinstance(got, str) and bool(np.isclose(got, stated, rtol=1e-12, atol=1e-15))
    return type(got) is type(stated) and got == stated


def lights() -> bool:
    """Whether the conditional formats cannot be written."""
    try:
        for light in drawn("channels").lights:
            list(conditions(light))
    except ValueError:
        return True
    return False


def definition() -> bool:
    """Whether the model itself is found not to be the definition."""
    layer = LAYERS["channels"]
    return not np.allclose(conv_transpose(layer), transposed(layer))


CHECKS = [model, engine, snapshot, renderer, table, lights, definition]


# ------------------------------------------------------------------------ the faults


def wrong_letters(patch: pytest.MonkeyPatch) -> None:
    """Past Z the second letter comes first; the cells themselves keep their places."""
    right = letters
    for module in (references, strip):
        patch.setattr(module, "letters", lambda column: right(column)[::-1])


def lost_dollars(patch: pytest.MonkeyPatch) -> None:
    right = references._slot
    patch.setattr(
        references,
        "_slot",
        lambda *given: right(*given)._replace(head="", tail=""),
    )


def kernel_not_turned(patch: pytest.MonkeyPatch) -> None:
    right = turned_figure

    def straight(page: Sheet, geometry: Geometry, weight: Figure, **more: Any) -> Figure:
        turned = right(page, geometry, weight, **more)
        inner = turned.cells[(..., *(slice(None, None, axis.dilation) for axis in geometry.axes))]
        inner[...] = weight.cells
        return turned

    patch.setattr(collect, "turned_figure", straight)


class _OneSource(Geometry):
    def sources(self, out_channel: int) -> range:
        return super().sources(out_channel)[:1]


def one_channel_summed(patch: pytest.MonkeyPatch) -> None:
    """By the view alone."""
    right = collected

    def less(page: Sheet, canvas: Grid, geometry: Geometry, *blocks: Any, **rest: Any) -> None:
        one = _OneSource(
            geometry.in_channels, geometry.out_channels, geometry.groups, geometry.axes
        )
        right(page, canvas, one, *blocks, **rest)

    patch.setattr(collect, "collected", less)


def cropped_at_the_end(patch: pytest.MonkeyPatch) -> None:
    """By the model, too: it asks the same geometry."""
    patch.setattr(Axis, "crop", property(lambda self: slice(0, self.output_size)))


def parentheses_lost(patch: pytest.MonkeyPatch) -> None:
    def bare(inner: Expr, needed: bool) -> Any:
        return [*inner.told]

    patch.setattr(expr, "_enclosed", bare)


def meaning(name: str, altered: Callable[..., Any]) -> Patch:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(FUNCTIONS, name, altered)

    plant.__name__ = f"{name.lower()}_altered"
    return plant


mod = meaning("MOD", np.fmod)
index = meaning(
    "INDEX",
    lambda area, *at, axes=0, right=FUNCTIONS["INDEX"]: right(
        area, *(place + 1 for place in at), axes=axes
    ),
)
rounding = meaning("ROUND", lambda number, digits: np.round(number, int(digits)))


def arguments_swapped(patch: pytest.MonkeyPatch) -> None:
    right = vars(Call)["told"].func

    def swapped(self: Call) -> Any:
        if self.name == "IF":
            self = Call("IF", (self.args[0], self.args[2], self.args[1]))
        return right(self)

    patch.setattr(Call, "told", property(swapped))


@pytest.mark.parametrize(
    ("plant", "by"),
    [
        (wrong_letters, [engine]),
        (lost_dollars, [snapshot, lights]),
        (kernel_not_turned, [model]),
        (one_channel_summed, [model]),
        (cropped_at_the_end, [definition]),
        (parentheses_lost, [snapshot, renderer]),
        (mod, [table]),
        (index, [engine, table]),
        (rounding, [table]),
        (arguments_swapped, [engine, snapshot, renderer]),
    ],
    ids=lambda plant: getattr(plant, "__name__", None),
)
def test_planted_fault_is_caught(
    plant: Patch, by: list[Callable[[], bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    missed = [check.__name__ for check in by if not _caught(check)]
    assert missed == []


def _caught(check: Callable[[], bool]) -> bool:
    """A check that cannot even finish has caught the fault."""
    try:
        return check()
    except ValueError:
        return True


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_check_finds_nothing_where_nothing_is_planted(check: Callable[[], bool]) -> None:
    assert not check()


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (wrong_letters, model),
        (cropped_at_the_end, model),
        (kernel_not_turned, engine),
        (one_channel_summed, engine),
        (parentheses_lost, model),
        (mod, model),
        (mod, engine),
    ],
    ids=lambda plant: getattr(plant, "__name__", None),
)
def test_one_check_alone_would_not_do(
    plant: Patch, check: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why there are three: what each of them cannot see."""
    plant(monkeypatch)
    assert not check()
