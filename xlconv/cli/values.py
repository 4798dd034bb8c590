"""The values of options, as they are typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from xlconv.frameworks.names import PADDINGS

WHOLE = "-?[0-9]{1,4000}"
"""A whole number as it is typed: Python would also take 1_0, +1 and the digits of every script."""


Callback = Callable[[click.Context, click.Parameter, str | None], Any]


def whole_number(least: int | None = None, most: int | None = None) -> Callback:
    """What reads one whole number, of at least `least` and at most `most`."""

    def read(_: click.Context, __: click.Parameter, typed: str | None) -> int | None:
        if typed is None:
            return None
        if not re.fullmatch(WHOLE, typed):
            raise click.BadParameter(f"{typed!r:.40} is no whole number")
        if least is not None and int(typed) < least:
            raise click.BadParameter(f"must be at least {least}, got {typed:.40}")
        if most is not None and int(typed) > most:
            raise click.BadParameter(f"must be at most {most}, got {typed:.40}")
        return int(typed)

    return read


def per_axis(_: click.Context, __: click.Parameter, typed: str | None) -> list[int] | None:
    """Whole numbers separated by commas."""
    if typed is None:
        return None
    if not re.fullmatch(f"{WHOLE}(,{WHOLE})*", typed):
        raise click.BadParameter(f"{typed!r:.40} is no whole number, or one an axis: 2 or 2,1")
    return [int(text) for text in typed.split(",")]


def pads(
    _: click.Context, __: click.Parameter, typed: str | None
) -> str | list[int | tuple[int, int]] | None:
    """The same, where each may be a pair begin:end; or a word, as some framework spells it."""
    if typed is None:
        return None
    word = typed.lower().replace("-", "_")
    if word in PADDINGS:
        return word
    pad = f"{WHOLE}(:{WHOLE})?"
    if not re.fullmatch(f"{pad}(,{pad})*", typed):
        raise click.BadParameter(
            f"{typed!r:.40} is not like 1 or 2,1 or 1:2,0:1, and none of {', '.join(PADDINGS)}"
        )
    pairs = [each.partition(":") for each in typed.split(",")]
    return [(int(begin), int(end)) if colon else int(begin) for begin, colon, end in pairs]


def sizes_by_x(_: click.Context, __: click.Parameter, typed: str | None) -> list[int] | None:
    """Sizes as in 4x4, of one to three axes, and up to two more for channels and a batch."""
    if typed is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}([x,][0-9]{1,18}){0,4}", typed):
        raise click.BadParameter(f"{typed!r:.40} is not like 4, 4x4 or 3x4x4")
    return [int(size) for size in re.split("[x,]", typed)]


def spans(_: click.Context, __: click.Parameter, typed: str | None) -> list[tuple[int, int]] | None:
    """Cells from one to before another, a pair an axis."""
    if typed is None:
        return None
    if not re.fullmatch("[0-9]{1,9}:[0-9]{1,9}(,[0-9]{1,9}:[0-9]{1,9})*", typed):
        raise click.BadParameter(f"{typed!r:.40} is not like 0:8,10:18, one A:B an axis")
    pairs = [part.partition(":") for part in typed.split(",")]
    return [(int(begin), int(end)) for begin, _, end in pairs]
