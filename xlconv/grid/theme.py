"""What each role on a sheet looks like; the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from unicodedata import bidirectional, east_asian_width

from xlconv.frozen import frozen
from xlconv.grid.digits import GENERAL

INK, GREY, BLUE = "1F2937", "5B6472", "1E3A8A"
PALE_YELLOW, PALE_GREY, ORANGE, WHITE = "FFF9DB", "F1F3F5", "BF4B08", "FFFFFF"
BROWN = "5A1F00"
IN_PLAY, POINTED_AT = "D8E6FF", "FFD8A8"
LINE, FRAME = "C9CED6", "374151"
MONOSPACE = "Consolas"

TINTS = (
    # Okabe and Ito's hues, each as light as no other: from 72 to 94 of CIE's 100, and so that
    # neighbours in a kernel of 3 x 3 are far apart on grey paper
    "EEAA61",  # orange
    "A5DFF8",  # sky blue
    "7BD0AB",  # bluish green
    "FFD3DF",  # pink
    "7EB5EE",  # blue
    "BDF0E8",  # mint
    "DBBCEC",  # purple
    "F9F28A",  # yellow
    "BDD98A",  # lime
)

MARKS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
"""A small letter for each tint, which tells weights apart in grey, and those of more than nine."""


@frozen
class Look:
    """How a cell looks; colours as RRGGBB, sizes in points, None where nothing is set."""

    fill: str | None = None
    color: str = INK
    bold: bool = False
    italic: bool = False
    strike: bool = False
    underline: bool = False
    size: float = 11
    font: str = "Calibri"
    align: str | None = None
    wrap: bool = False
    indent: int = 0
    symbols: bool = False
    """Whether it is a formula or a program, read from left to right in any language."""
    lines: bool = False
    line: str = LINE
    heavy: bool = False
    number_format: str = GENERAL
    sign: str = ""
    """What stands before each number, so that colour alone says nothing."""


ROLES: dict[str, Look] = {
    "": Look(),
    # words
    "title": Look(bold=True, size=20, align="left", indent=4),
    "idea": Look(color=GREY, size=12, align="left"),
    "link": Look(color=BLUE, underline=True, align="left"),
    "caption": Look(bold=True, align="left", indent=1),
    "strong": Look(bold=True, align="left"),
    "stage": Look(fill=FRAME, color=WHITE, bold=True, align="center"),
    "path": Look(color=FRAME, size=14, bold=True, align="center"),
    "note": Look(color=GREY, align="left"),
    "text": Look(align="left"),
    "paragraph": Look(wrap=True, align="left"),
    "heading": Look(bold=True, size=13, align="left"),
    "code": Look(font=MONOSPACE, size=11, align="left", symbols=True),
    "label": Look(color=GREY, align="right", indent=1),
    "index": Look(color=GREY, size=11, align="center"),
    "edge": Look(color=GREY, size=11, align="right", symbols=True),
    "operator": Look(color=GREY, size=14, bold=True, align="center"),
    "words": Look(align="left", symbols=True),
    "terms": Look(color=GREY, align="left", symbols=True),
    "symbols": Look(size=11, align="left", symbols=True),
    "verdict": Look(bold=True, color="15803D", align="left"),
    "mark": Look(bold=True, color="15803D", align="center", number_format='"✓";;"✗"'),
    "tick": Look(bold=True, color="15803D", align="center", number_format='"✓";"✗";"…"'),
    "warning": Look(bold=True, color="B91C1C", align="left"),
    "heads": Look(color=GREY, size=11, align="center"),
    "symbol": Look(size=11, align="left"),
    # what may be typed over
    "input": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "image": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "kernel": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "bias": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "pool": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "parameter": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True),
    "control": Look(fill=PALE_YELLOW, color=BLUE, bold=True, align="center", lines=True),
    "blank": Look(fill=PALE_YELLOW, color=BLUE, align="center", lines=True, line=FRAME, heavy=True),
    # what was typed into a blank, when it is marked
    "right": Look(
        color="15803D", bold=True, align="center", lines=True, line=FRAME, heavy=True, sign="✓"
    ),
    "partly": Look(
        color="15803D", italic=True, align="center", lines=True, line=FRAME, heavy=True, sign="~"
    ),
    "wrong": Look(
        fill="F5A9A9", bold=True, align="center", lines=True, line=FRAME, heavy=True, sign="✗"
    ),
    # what is computed
    "computed": Look(align="center", lines=True),
    "copy": Look(align="center", lines=True),
    "output": Look(align="center", lines=True),
    "count": Look(align="center", lines=True),
    "fact": Look(align="center"),
    "share": Look(align="center", number_format="0.00"),
    "class": Look(color=GREY, align="center", lines=True, number_format='0;"✗"'),
    "cropped": Look(fill=PALE_GREY, color=GREY, strike=True, align="center", lines=True),
    "zero": Look(fill=PALE_GREY, color=GREY, align="center", lines=True),
    "stamp": Look(fill=IN_PLAY, align="center", lines=True),
    "paper": Look(align="center", lines=True, line=WHITE),
    "empty": Look(color=GREY, align="center", lines=True),
    "learnt": Look(align="center", lines=True, number_format="0.000"),
    "power": Look(align="center", lines=True, number_format="0E+0"),
    # a picture: the cells are the pixels, and their numbers stay in the formula bar
    "pixel": Look(number_format=";;;"),
    # what lights up
    "current": Look(fill=ORANGE, color=WHITE, bold=True, align="center"),
    "met": Look(bold=True),
    "now": Look(fill=POINTED_AT, bold=True, align="center"),
    "later": Look(fill=PALE_GREY, color=GREY, italic=True, align="center"),
    "live": Look(fill=IN_PLAY, align="center"),
    "uncovered": Look(fill=POINTED_AT, bold=True, align="center", lines=True),
    "waiting": Look(fill=WHITE, color=GREY, italic=True, align="center"),
    "absent": Look(color=GREY, italic=True),
    "reach": Look(color=ORANGE, align="center", number_format='"●";;'),
    "reached": Look(color=BROWN, bold=True, underline=True),
    "alarm": Look(fill="F5A9A9", bold=True, align="center"),
    "missed": Look(fill="F5A9A9", bold=True, align="center"),
    # the classes of pixels; that of the background has no colour
    "class_1": Look(fill="A9FD89", bold=True, align="center"),
    "class_2": Look(fill="E8A6FC", bold=True, align="center"),
    "class_3": Look(fill="FF6173", bold=True, align="center"),
}

SCALE = (WHITE, "13B4BF")
"""The two ends of a heat map."""

HEAT = (WHITE, "30BEC8")
"""The same where numbers may be typed over: blue digits can be read on it."""

DIVERGING = ("EEAA61", *HEAT)
"""The colours of a heat map of numbers below 0, of 0, and of those above."""

GREYS, PRIMARIES = (
    ("000000", WHITE),
    (("000000", "FF0000"), ("000000", "00FF00"), ("000000", "0000FF")),
)
"""The ends of a picture's shades: of a grey one, and of the three channels of a coloured one."""


@cache
def look(role: str, tint: int = -1, numbers: str = GENERAL) -> Look:
    """A role's look, on the ground of a tint and with its mark where there is one; so its sign.

    numbers  the format of its numbers, where the role has none of its own

    >>> look("kernel", 2).fill == TINTS[2], look("output").fill, look("kernel", 26).number_format
    (True, None, '"ᵃᵇ"General;"ᵃᵇ"-General')
    """
    plain = ROLES[role]
    fill = TINTS[tint % len(TINTS)] if tint >= 0 else plain.fill
    before, code = plain.sign + mark(tint), plain.number_format
    if code == GENERAL:
        parts = numbers.split(";") if ";" in numbers else [numbers, f"-{numbers}"]
        code = ";".join(f'"{before}"{part}' for part in parts) if before else numbers
    same = (fill, code) == (plain.fill, plain.number_format)
    return plain if same else replace(plain, fill=fill, number_format=code)


def mark(tint: int) -> str:
    """The letter of a tint; of the 26th and more, two or more letters; of none, none.

    >>> mark(0), mark(24), mark(25), mark(-1)
    ('ᵃ', 'ᶻ', 'ᵃᵃ', '')
    """
    if tint < 0:
        return ""
    before, letter = divmod(tint, len(MARKS))
    return mark(before - 1) + MARKS[letter]


LETTER, MONOSPACED = 0.44, 0.61
"""The width of a letter of the usual font, of words in any language, and of a program's; in em."""


def column_points(width: float) -> float:
    """How wide a column is on paper, in points, as LibreOffice prints it; in Excel it is less."""
    return width * 5.55


def column_room(width: float) -> float:
    """How wide a column is on Excel's screen, in points: a character has 7 pixels."""
    return int(width * 7 + 0.5) * 0.75


def column_behind(begin: int, points: float, widths: Mapping[int, float], usual: float) -> int:
    """The first column that so many points from the begin of a column on do not reach.

    widths  of columns that have one of their own
    """
    room, column = column_room(usual), begin
    while points > 0:
        own = widths.get(column)
        points -= room if own is None else column_room(own)
        column += 1
    return column


ROOM = {"AL": 1.25, "R": 1.25, "FSI": 0, "PDI": 0, "NSM": 0}
"""The room of letters of a direction: those from right to left, and signs that take none."""

WIDE = ("W", "F")
"""The letters that are as wide as they are high, as Unicode calls them."""

HELD = "\0"
"""A space at which no line ends, while a text is put on lines."""

FIGURE = re.compile(r" (?=[×·=+/<>≤≥-] )|(?<= [×·=+/<>≤≥-]) |(?<=\d) (?=[\w%])")
"""The spaces within a figure: around its signs, and between a number and what it counts."""

PIECE = rf"(?:[^\s{HELD}]*{HELD})*\S*\s*"
"""A word or a figure with the space behind it."""

CHINESE = "\u2e80"
"""Letters from here on are Chinese, or as wide."""

CHINESE_PIECE = (
    rf"(?:[^\s{CHINESE}-\u9fff{HELD}]*{HELD})*"
    rf"(?:[{CHINESE}-\u9fff\uac00-\ud7a3\uff00-\uffef][，。；：、！？）”]*|[^\s{CHINESE}-\u9fff]*)\s*"
)
"""The same, and each letter of Chinese with what closes it; it takes long to compile."""

INDENT = 7.5
"""Points of a step of an indent: three spaces, as LibreOffice and Excel have it."""

MARGIN = 5.4
"""The width of the column before all figures: a title, which stands in it, is indented by as much,
and so begins where the lines under it do."""


def width(content: str, role: str) -> float:
    """How wide a text is in points, roughly, since fonts differ; 0 of one that is wrapped."""
    style = look(role)
    letters = len(content) if content.isascii() else sum(map(_room, content))
    each = style.size * (MONOSPACED if style.font == MONOSPACE else LETTER)
    return 0 if style.wrap else letters * each + style.indent * INDENT


@cache
def _room(letter: str) -> float:
    """How many letters of the usual width one takes; those of Arabic and Hebrew differ by font."""
    if east_asian_width(letter) in WIDE:
        return 1 / LETTER
    return ROOM.get(bidirectional(letter), 1)


def wrapped(content: str, role: str, room: float) -> list[str]:
    """A text as lines that are no wider than so many points; only a word may be wider.

    A figure is not torn, if it has room.

    >>> wrapped("one two three", "text", 50), wrapped("", "text", 50)
    (['one two', 'three'], [''])
    >>> wrapped("a map of 2 × 2 cells", "text", 60)
    ['a map of', '2 × 2 cells']
    """
    lines = [""]
    for piece in _pieces(content, role, room):
        if lines[-1] and width(lines[-1] + piece.rstrip(), role) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(content: str, role: str, room: float) -> Iterator[str]:
    """What a line may end behind: figures that have room, else their words."""
    pieces = re.compile(PIECE if max(content, default="") < CHINESE else CHINESE_PIECE).findall
    for piece in pieces(FIGURE.sub(HELD, content)):
        figure = piece.replace(HELD, " ")
        torn = HELD in piece and width(figure, role) > room
        yield from pieces(figure) if torn else [figure]
