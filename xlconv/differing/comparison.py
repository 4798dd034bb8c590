"""What is found of another program's output, and how that is told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from xlconv.differing.exactness import AGREES, exactness
from xlconv.differing.judging import Found
from xlconv.differing.nearness import COARSE
from xlconv.differing.softmax import TOLD
from xlconv.frameworks.in_words import Crop, by_hand, in_words, told
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.layer import Array, Layer
from xlconv.text import line, spelt

MANY = 0.7
"""The share of cells that agree from which a poor explanation is told all the same."""

MOVES = {
    "depth": ("to the back", "to the front"),
    "row": ("down", "up"),
    "column": ("right", "left"),
}
"""Where an output lies that is moved along an axis, forward and back."""


@frozen(eq=False)
class Comparison:
    """Why the output of another program differs from a layer's, if it does.

    theirs   its output as ours is laid: (out_channels, *sizes)
    layout   how it was read, where it was not plain
    where    where it differs from ours; "" if nowhere
    found    what explains it best; None where nothing could be supposed
    ties     what explains it as well
    settings  what makes an output of its sizes, or else what it is as if, where nothing explains it
    softmax  whether one follows, which was taken back before the rest was found
    """

    layer: Layer
    theirs: Array
    layout: str
    where: str
    found: Found | None
    ties: tuple[Found, ...] = ()
    settings: str = ""
    softmax: bool = False

    @property
    def known(self) -> bool:
        """Whether all of the output is explained."""
        return self.found is not None and self.found.near.explained

    @property
    def agrees(self) -> bool:
        """Whether the outputs are the same, but for what float16 rounds."""
        return (
            self.found is not None
            and self.known
            and not self.causes
            and self.found.near.most <= max(AGREES, self.found.near.apart)
        )

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """Why they differ, a sentence each."""
        if not self.found or not self.known:
            return ()
        return (*_causes(self.layer, self.found), *[TOLD] * self.softmax)

    @cached_property
    def words(self) -> dict[str, str]:
        """What is written in each framework for their crop; "" where it has no words for it."""
        return in_words(_crop(self.found)) if self.found and self.known else {}

    @cached_property
    def exact(self) -> str:
        """How exact the explanation is."""
        return exactness(self.found) if self.found and self.known else ""

    @cached_property
    def also(self) -> tuple[str, ...]:
        """What the numbers cannot tell from that."""
        return tuple("; ".join(_causes(self.layer, tie)) or "no difference" for tie in self.ties)

    def __repr__(self) -> str:
        verdict = "agrees" if self.agrees else "; ".join(self.causes) or "differs"
        return line("Comparison", verdict)

    def explain(self) -> str:
        """Where, why, in whose words, how exact, and what cannot be told apart; a line each."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.agrees:
            yield f"the outputs agree, {self.exact}"
        else:
            yield f"where: {self.where or 'nowhere by much'}"
            whys = self.causes or ((self._unknown,) if not self.known else (self._rounded,))
            yield from (f"why: {why}" for why in whys)
        if self.layout:
            yield f"read as: {self.layout}"
        if self._moved:
            yield from (f"in words: {told}" for told in self._in_words())
        if not self.agrees and self.exact:
            yield f"how exact: {self.exact}"
        yield from (f"not told apart: {other}" for other in self.also)

    @property
    def _unknown(self) -> str:
        said = ["nothing that was tried explains it"]
        if self.found is not None and self.found.near.share >= MANY:
            causes = "; ".join(_causes(self.layer, self.found))
            others = f"{self.found.near.share:.0%} of the cells agree"
            said.append(f"{others}, if {causes}" if causes else others)
        return "; ".join([*said, *[self.settings] * bool(self.settings)])

    @property
    def _moved(self) -> bool:
        """Whether other cells are kept than ours."""
        if self.found is None or not self.known:
            return False
        own = [_kept(axis) for axis in self.layer.geometry.axes]
        crop = _crop(self.found)
        return own != [*zip(crop.begin, crop.end, strict=True)] or bool(
            self.found.supposed.steps.words
        )

    @property
    def _rounded(self) -> str:
        assert self.found is not None
        if self.found.near.most > COARSE:
            return "not known: all the other cells agree"
        return "nothing but what the numbers were rounded to"

    def _in_words(self) -> Iterator[str]:
        for names, text in told(self.words):
            if text:
                yield f"{', '.join(names)}: {text}"
            else:
                have = "has" if len(names) == 1 else "have"
                assert self.found is not None
                yield f"{', '.join(names)} {have} none: {by_hand(_crop(self.found))}"

    def as_dict(self) -> dict[str, Any]:
        """The same for a program, with the crops as numbers."""
        crop = _crop(self.found) if self.found and self.known else None
        return {
            "agrees": self.agrees,
            "explained": self.known,
            "where": self.where,
            "why": list(self.causes),
            "layout": self.layout,
            "crop": None if crop is None else list(zip(crop.begin, crop.end, strict=True)),
            "words": self.words,
            "exact": self.exact,
            "error": self.found.near.error if self.found and self.known else None,
            "not_told_apart": list(self.also),
            "settings": self.settings,
        }


def _kept(axis: Axis) -> tuple[int, int]:
    """What an axis crops at its begin and at its end."""
    return axis.padding[0], axis.padding[1] - axis.output_padding


def _crop(found: Found) -> Crop:
    one = found.supposed
    sizes = zip(one.x.value.shape[1:], one.weight.shape[2:], strict=True)
    steps = zip(one.steps.value.stride, one.steps.value.dilation, strict=True)
    plain = tuple(
        Axis(size=n, kernel_size=k, stride=s, dilation=d)
        for (n, k), (s, d) in zip(sizes, steps, strict=True)
    )
    return Crop(plain, found.begin, found.end, one.steps.value.groups)


def _causes(layer: Layer, found: Found) -> Iterator[str]:
    """What differs from the layer, a sentence each."""
    yield from (way.words for way in found.supposed.ways if way.words)
    axes = layer.geometry.axes
    begin, end = zip(*map(_kept, axes), strict=True)
    own = Crop(axes, begin, end)
    theirs = _crop(found)
    if (theirs.begin, theirs.end) != (own.begin, own.end) and _same_room(own, theirs):
        yield from _cropped(own, theirs)
    elif theirs.begin != own.begin:
        yield f"their crop is {theirs.spelt}, yours {own.spelt}"
    if found.filled:
        yield (
            f"{found.filled} hold nothing, where the uncropped output goes on: output_padding"
            " uncovers cells, it adds no zeros"
        )
    yield from found.after.words


def _same_room(own: Crop, theirs: Crop) -> bool:
    return [a.full_size for a in own.plain] == [a.full_size for a in theirs.plain]


def _cropped(own: Crop, theirs: Crop) -> Iterator[str]:
    """The crops, and what follows from them."""
    said = f"their crop is {theirs.spelt}, yours {own.spelt}"
    names = list(MOVES)[-len(own.begin) :]
    moves: dict[int, list[str]] = {}
    for name, mine, other in zip(names, own.begin, theirs.begin, strict=True):
        if mine != other:
            moves.setdefault(abs(mine - other), []).append(MOVES[name][mine < other])
    each = [
        f"{cells} cell{'' if cells == 1 else 's'} {' and '.join(ways[::-1])}"
        for cells, ways in moves.items()
    ]
    if each:
        said += f": theirs lies {', '.join(each)}"
    own_axes, their_axes = (list(zip(c.begin, c.end, strict=True)) for c in (own, theirs))
    if own_axes[::-1] == their_axes:
        said += ", as where the padding of one axis is given to the other"
    if theirs.sizes != own.sizes:
        said += f"; it is {spelt(theirs.sizes)}, yours {spelt(own.sizes)}"
    yield said
    strides = [axis.stride for axis in own.plain]
    padded = [b and -b % s == 0 and -b // s for b, s in zip(theirs.begin, strides, strict=True)]
    if all(cells > 0 for cells in padded):
        cells = ",".join(map(str, dict.fromkeys(padded)))
        yield f"their input is padded by {cells} instead of the output cropped"
