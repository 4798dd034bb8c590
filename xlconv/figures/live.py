"""Areas of a fixed size with indices along their edges, which follow a layer's parameters.

An index says which cell of its source stands there; "·" is a zero; nothing at all means that the
current size ends before. So one short formula serves every cell of an area, whatever the parameters
are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlconv.figures.blocks import Figure
from xlconv.figures.parameters import Parameters, Sizes, phrase
from xlconv.frozen import frozen
from xlconv.grid.expr import Expr, call, joined
from xlconv.grid.grid import Grid
from xlconv.grid.places import Spot
from xlconv.grid.sheet import Sheet

ZERO = "·"


@frozen
class Heads:
    """The indices along the left and the top edge of an area, to broadcast over it.

    corner  where its first cell stands
    """

    corner: Spot
    rows: Grid
    columns: Grid

    def along(self, n: int, a: int) -> Grid:
        """Number `a` of the indices along axis n."""
        return self.columns[0, a] if n else self.rows[a, 0]

    def within(self, content: Expr) -> Expr:
        """The content as far as the current size reaches, then nothing."""
        return call("IF", call("OR", self.rows.equals(""), self.columns.equals("")), "", content)

    def of(self, source: Grid) -> Expr:
        """The cells of a source that the indices name."""
        return call("INDEX", source.area(), self.rows + 1, self.columns + 1)

    def placed(self, source: Grid) -> Expr:
        """The cells of a source that the indices name, and zeros between them."""
        return call("IF", self.named, self.of(source), 0)

    @property
    def named(self) -> Expr:
        """Whether they name a cell of a source, not a zero."""
        return call("AND", call("ISNUMBER", self.rows), call("ISNUMBER", self.columns))


@frozen
class Live:
    """A sheet with the parameters that its areas follow, and what follows from these."""

    sheet: Sheet
    p: Parameters
    size: Sizes

    def heads(
        self,
        count: int,
        name: Callable[[int, int], Expr],
        corner: Spot | None = None,
        gap: int = 1,
    ) -> Heads:
        """Indices along an area: for axis n and position a what `name` says, if there is a layer.

        corner  of the area, if it has other indices nearer to it
        """
        corner, made = corner or self.sheet.corner(), list[Grid]()
        for n, step in enumerate(((1, 0), (0, 1))):
            at = corner.shift(-gap * n, -gap * (1 - n))
            head = self.sheet.memory(at, (count,), steps=(step,), dtype=object)
            for a in range(count):
                head[a] = call("IF", self.p.valid, name(n, a), "")
            self.sheet.coat(head, "index")
            made.append(head)
        return Heads(corner, made[0][:, None], made[1][None, :])

    def area(
        self,
        name: str,
        heads: Heads,
        content: Expr,
        caption: Spot | None,
        role: str = "computed",
    ) -> Figure:
        """An area on empty paper: its cells light up as far as they are in use."""
        content = heads.within(content)
        cells = self.sheet.block(
            name, heads.corner, content.shape, role=role, content=content, dtype=object, frame=False
        )
        self.sheet.coat(cells, "paper")
        return Figure(heads.corner.anchor, caption, cells=cells, kept=cells)

    def grey(self, cells: Grid, heads: Heads) -> None:
        """Let the zeros that were put in look so."""
        self.sheet.light(cells, call("AND", cells.differs(""), call("NOT", heads.named)), "zero")

    def caption(self, key: str, size: Grid | Sequence[Grid], more: Expr | None = None) -> Spot:
        """Words above an area, with what was done to it and its current size."""
        live = phrase(self.sheet, "live_size", rows=size[0], columns=size[1])
        live = live if more is None else more & live
        corner = self.sheet.corner()
        words = joined(self.sheet.say(key), call("IF", self.p.valid, live, ""))
        self.words(corner, words, "caption")
        return corner

    def words(self, at: Spot, content: Expr, role: str) -> Grid:
        """Words that change with the parameters: nothing beside them moves when they do."""
        cell = self.sheet.memory(at, (), dtype=object)
        cell[...] = content
        self.sheet.coat(cell, role)
        return cell

    def between(self, step: Grid) -> Expr:
        """How many zeros a stride or a dilation puts between two cells."""
        return call("IF", step > 1, phrase(self.sheet, "live_between", zeros=step - 1), "")

    def verdict(self, y: Figure, same: Figure) -> None:
        """Whether two areas agree; SUMPRODUCT counts the empty texts in them as zeros."""
        a, b = y.cells, same.cells
        one, other, both = (
            call("SUMPRODUCT", m.area(), n.area()) for m, n in ((a, a), (b, b), (a, b))
        )
        agree, differ = self.sheet.say("agree"), self.sheet.say("differ")
        alike = one + other - 2 * both < 1e-9 * (1 + one)
        words = call("IF", alike, agree, differ)
        beside_caption = (y.head or Spot(y.anchor)).shift(0, 11)
        cell = self.words(beside_caption, call("IF", self.p.valid, words, ""), "verdict")
        self.sheet.light(cell, call("AND", self.p.valid, call("NOT", alike)), "alarm")
