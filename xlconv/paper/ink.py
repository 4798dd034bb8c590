"""The colours in which a page is printed: as they are, or made for black and white."""

from __future__ import annotations

from xlconv.grid.theme import BLUE, IN_PLAY, ORANGE, PALE_YELLOW, POINTED_AT, WHITE

BLACK = "000000"

APART = {
    PALE_YELLOW: WHITE,  # what may be typed over is known by its dark line; copies stay clean
    BLUE: BLACK,
    ORANGE: BLACK,  # what is looked at: white on black
    POINTED_AT: "BFBFBF",
    IN_PLAY: "E4E4E4",
    "F5A9A9": "9E9E9E",  # what is wrong has a sign, too
}
"""What tells by its hue alone, and the grey that tells it, apart from the others by its lightness.

Tints of weights need none: each has a lightness and a letter of its own.
"""

WEIGHTS = (0.2126, 0.7152, 0.0722)
"""How light red, green and blue are: ITU-R BT.709, of linear light."""


def coloured(color: str) -> str:
    """A colour as it is."""
    return color


def grey(color: str) -> str:
    """The grey for a colour: the one that tells what it tells, or one as light as it is.

    >>> grey(ORANGE), grey("FFFFFF"), grey("13B4BF")
    ('000000', 'FFFFFF', 'A3A3A3')
    """
    if color in APART:
        return APART[color]
    parts = (int(color[n : n + 2], 16) / 255 for n in (0, 2, 4))
    light = sum(w * _linear(part) for w, part in zip(WEIGHTS, parts, strict=True))
    return f"{round(255 * _seen(light)):02X}" * 3


def _linear(part: float) -> float:
    """The light that a part of an sRGB colour gives."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _seen(light: float) -> float:
    """The reverse."""
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
