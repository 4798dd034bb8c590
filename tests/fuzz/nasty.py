"""Texts, numbers and bytes that have broken programs, and ways to spoil what is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

NUMBERS = (
    "0", "-1", "1", "2", "3", "7", "255", "1000", "65536", "1000000000", "2147483648",
    "18446744073709551616", "9" * 400, "-0", "1.5", "1e3", "1e999", "nan", "inf", "1_0", "+1", " 1",
    "0x10", "٣", "²", "1,1", "1,,1", "2:1", "1:2,0:1", "-1:3", "",
)  # fmt: skip
SIZES = (
    "4", "4x4", "1x4x6", "3x4x4", "2x3x3x3", "2x2x2x2x2", "1x1x1x1x1x1", "0x4", "4x0", "150x150",
    "1x1000000", "100000x100000", "320x2x2", "4X4", "4 x 4", "x", "4x", "99999999999999999999x1",
)  # fmt: skip
TEXTS = (
    "", " ", "a", "=1+1", "+1", "@a", "'", '"', "{x}", "{0.__class__}", "{", "%s", "%n", "A!B",
    "a/b",
    "../../etc/passwd", "/etc/passwd", "/dev/zero", "~", "-", "--", "--help", "\x1b[31mred", "\x07",
    "\u202egnp", "\u2028", "\ud800", "\x00", "é" * 300, "😀" * 40, "a" * 40_000, "History", "#REF!",
    "<b>", "&amp;", "]]>", "_x0041_", "_x001B_", "CON", "None", "true", "\r\n", "a\tb", "[" * 500,
)  # fmt: skip
VIEWS = (
    "collect", "distribute", "phases", "matrix", "gradient", "overlap", "evenness", "checkerboard",
    "gniddap", "sedirts", "channels", "one_dimension", "output_padding", "convolution",
    "frameworks",
    "playground", "upsampling", "bilinear", "code", "why", "contents", "nosuch", "..cli", "",
)  # fmt: skip


def word(random: Random) -> str:
    """Any of them."""
    return random.choice(random.choice([NUMBERS, SIZES, TEXTS]))


def flipped(random: Random, data: bytes, most: int = 4) -> bytes:
    """Bytes with some of them changed, lost, doubled, or all after one cut off."""
    spoilt = bytearray(data)
    for _ in range(random.randint(1, most)):
        if not spoilt:
            break
        at, how = random.randrange(len(spoilt)), random.randrange(5)
        end = at + random.choice([1, 1, 4, 40])
        if how == 0:
            spoilt[at] ^= 1 << random.randrange(8)
        elif how == 1:
            del spoilt[at:end]
        elif how == 2:
            spoilt[at:at] = spoilt[at:end] * random.choice([1, 2, 50])
        elif how == 3:
            spoilt[at:end] = random.randbytes(end - at)
        else:
            del spoilt[max(at, len(spoilt) // 2) :]
    return bytes(spoilt)


def reworded(random: Random, text: str, pattern: str, words: Sequence[str], most: int = 3) -> str:
    """A text with some of the places that match a pattern said otherwise."""
    places = [found.span() for found in re.finditer(pattern, text)]
    for start, end in sorted(random.sample(places, min(len(places), most)), reverse=True):
        text = text[:start] + random.choice(words) + text[end:]
    return text


def shuffled(random: Random, lines: list[str]) -> list[str]:
    """Lines of which some are lost, doubled or moved."""
    lines = list(lines)
    for _ in range(random.randint(0, 3)):
        at = random.randrange(len(lines))
        line = lines.pop(at) if random.random() < 0.6 and len(lines) > 1 else lines[at]
        if random.random() < 0.6:
            lines.insert(random.randrange(len(lines) + 1), line)
    return lines
