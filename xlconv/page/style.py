"""Looks as CSS: a class for each dress, a variable for each colour, which has a dark one, too."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xlconv.grid.direction import FROM_LEFT, FROM_RIGHT
from xlconv.grid.theme import FRAME, INDENT, MONOSPACE, Look
from xlconv.page.seen import BOTTOM, LEFT, RIGHT, TOP, Dress

USUAL = Look()

SIDES = {"top": TOP, "bottom": BOTTOM, "left": LEFT, "right": RIGHT}

FROM = {FROM_LEFT: "ltr", FROM_RIGHT: "rtl"}

BY_DAY, IN_THE_DARK = (0, 47, 60, 100), (97, 60, 35, 13)
"""Lightnesses, of CIE's 100, and what they become: inks from 0 to 47 stay far from grounds."""


def rules(dresses: Iterable[Dress]) -> str:
    """The rule of each dress, whose class is c and its number."""
    return "\n".join(f".c{n}{{{';'.join(_says(dress))}}}" for n, dress in enumerate(dresses))


def colours(used: Iterable[str]) -> str:
    """The variables of colours, as they are by day and in the dark."""
    each = sorted(set(used))
    light = "".join(f"--{color}:#{color};" for color in each)
    dark = "".join(f"--{color}:#{darkened(color)};" for color in each)
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def colours_of(dress: Dress) -> list[str]:
    """The colours that a dress has."""
    look = dress.look
    return [color for color in (look.fill, look.color, look.line, FRAME) if color]


def _says(dress: Dress) -> list[str]:
    """What a dress has that a cell without one has not."""
    look = dress.look
    told = [
        (look.fill is not None, f"background:var(--{look.fill})"),
        (look.color != USUAL.color, f"color:var(--{look.color})"),
        (look.bold, "font-weight:bold"),
        (look.italic, "font-style:italic"),
        (bool(line(look)), f"text-decoration:{line(look)}"),
        (look.size != USUAL.size, f"font-size:{look.size:g}pt"),
        (look.font == MONOSPACE, "font-family:var(--mono)"),
        (look.align is not None, f"text-align:{look.align}"),
        (look.wrap, "white-space:pre-wrap;vertical-align:top"),
        (look.indent > 0, f"padding-{look.align}:{look.indent * INDENT:g}pt"),
        (dress.reading > 0, f"direction:{FROM.get(dress.reading)}"),
        (look.lines, f"border:{1 + look.heavy}px solid var(--{look.line})"),
    ]
    framed = [side for side, edge in SIDES.items() if dress.edges & edge]
    return [
        *(rule for holds, rule in told if holds),
        *(f"border-{side}:2px solid var(--{FRAME})" for side in framed),
    ]


def line(look: Look) -> str:
    """The line through a text, or under it."""
    return "line-through" if look.strike else "underline" if look.underline else ""


def darkened(color: str) -> str:
    """The colour of the same hue whose lightness is the other way round, for a dark ground.

    Source: CIE 15, L*a*b* of sRGB with its white.

    >>> darkened("FFFFFF"), darkened("1F2937")
    ('222222', 'C8D3E5')
    """
    linear = [_linear(int(color[n : n + 2], 16) / 255) for n in (0, 2, 4)]
    x, y, z = (
        _root(sum(by * part for by, part in zip(row, linear, strict=True)) / white)
        for row, white in zip(XYZ, WHITE_POINT, strict=True)
    )
    level = (float(np.interp(116 * y - 16, BY_DAY, IN_THE_DARK)) + 16) / 116
    roots = (level + x - y, level, level + z - y)
    back = [_cube(root) * white for root, white in zip(roots, WHITE_POINT, strict=True)]
    parts = (sum(by * part for by, part in zip(row, back, strict=True)) for row in RGB)
    return "".join(f"{round(255 * _gamma(min(1.0, max(0.0, part)))):02X}" for part in parts)


XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
RGB = ((3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570))
WHITE_POINT = (0.9505, 1.0, 1.089)
EDGE = 6 / 29


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _root(part: float) -> float:
    return float(part ** (1 / 3)) if part > EDGE**3 else part / (3 * EDGE**2) + 4 / 29


def _cube(root: float) -> float:
    return root**3 if root > EDGE else 3 * EDGE**2 * (root - 4 / 29)
