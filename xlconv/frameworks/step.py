"""A layer of a chain in a framework's words, and what was read of a whole chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from xlconv.frozen import frozen

SHOWN = 8
"""Names of what was not read that are shown."""


@frozen(kw_only=True)
class Step:
    """One layer of a chain, in a framework's words.

    text      as it was given
    rank      how many axes it has; None if it takes as many as there are
    said      its kernel_size, stride, padding, output_padding, dilation and groups, as far as given
    channels  those that it takes and gives, where numbers tell them
    """

    text: str
    convention: str
    rank: int | None
    said: Mapping[str, Any]
    channels: tuple[int | None, int | None] = (None, None)


@frozen
class Chain:
    """The layers that were read, and the names of what was not.

    skipped   calls that leave sizes alone, activations for one
    resizing  calls that change them and are not read: "Upsample (line 3)"
    """

    steps: tuple[Step, ...]
    skipped: tuple[str, ...] = field(default=())
    resizing: tuple[str, ...] = field(default=())

    @property
    def told(self) -> list[str]:
        """What was not read, in words."""
        lines = [("not read, as no sizes change there", self.skipped)]
        lines += [
            ("not read, and sizes may change there, so those below it may be off", self.resizing)
        ]
        return [f"{words}: {_few(names)}" for words, names in lines if names]


def _few(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
