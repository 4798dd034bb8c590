"""Sizes and parameters in words: captions, and the title and links around a page."""

from __future__ import annotations

from collections.abc import Sequence

from xlconv.figures.neighbours import Neighbour, link_to
from xlconv.figures.paper import line_room
from xlconv.grid.marks import Head
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import MARGIN, wrapped
from xlconv.layers.geometry import Axis, Geometry
from xlconv.layers.given import spell

AXES = ("depth", "row", "column")
"""The words for the spatial axes, the last ones of a layer of fewer."""


def times(sizes: Sequence[int]) -> str:
    """Sizes in words.

    >>> times((4, 4)), times((3, 5, 5))
    ('4 × 4', '3 × 5 × 5')
    """
    return " × ".join(map(str, sizes))


def plain(shape: Sequence[int], leading: int) -> str:
    """A shape in words, without leading ones for channels.

    >>> plain((1, 4, 4), 1), plain((3, 2, 3, 3), 2)
    ('4 × 4', '3 × 2 × 3 × 3')
    """
    return times(shape if any(n > 1 for n in shape[:leading]) else shape[leading:])


def sized(sheet: Sheet, sizes: Sequence[int]) -> str:
    """Sizes within a sentence: a single number would read as a value, so it has a word."""
    return times(sizes) if len(sizes) > 1 else sheet.count("cells", count=sizes[0])


def size_formula(axis: Axis) -> str:
    """The output size of an axis as the sum that gives it.

    >>> cropped = Axis(size=2, kernel_size=3, stride=2, padding=(1, 1))
    >>> size_formula(Axis(size=4, kernel_size=3)), size_formula(cropped)
    ('(4-1)·1 + 3', '(2-1)·2 + 3 - 2·1')
    """
    begin, end = axis.padding
    text = f"({axis.size}-1)·{axis.stride} + {_extent(axis)}"
    if begin == end:
        text += f" - 2·{begin}" if begin else ""
    else:
        text += "".join(f" {'-' if p > 0 else '+'} {abs(p)}" for p in (begin, end) if p)
    return text + (f" + {axis.output_padding}" if axis.output_padding else "")


def forward_size_formula(axis: Axis) -> str:
    """The size that a plain convolution gives an axis, as the sum that gives it.

    axis  of its transpose

    >>> axis = Axis(size=3, kernel_size=3, stride=2, padding=(1, 1), output_padding=1)
    >>> forward_size_formula(axis)
    '⌊(6 + 2·1 - 3) / 2⌋ + 1'
    """
    begin, end = axis.padding
    pad = (f" + 2·{begin}" if begin else "") if begin == end else f" + {begin} + {end}"
    extent = f"({_extent(axis)})" if axis.dilation > 1 else _extent(axis)
    ways = f"{axis.output_size}{pad} - {extent}"
    if axis.stride == 1:
        return f"{ways} + 1"
    quotient = f"({ways}) / {axis.stride}"
    return (f"⌊{quotient}⌋" if axis.output_padding else quotient) + " + 1"


def _extent(axis: Axis) -> str:
    """The cells that the kernel spans, with its dilation as the sum that gives them."""
    return f"{axis.dilation}·({axis.kernel_size}-1) + 1" if axis.dilation > 1 else f"{axis.extent}"


def paddings_of(geometry: Geometry) -> str:
    """The paddings of a layer in words; one serves axes that are alike."""
    each = [spell(axis.padding) for axis in geometry.axes]
    return each[0] if len(set(each)) == 1 else ", ".join(each)


def size_words(sheet: Sheet, sizes: Sequence[int], formulas: Sequence[str]) -> str:
    """How each axis of an output gets its size; in one line where all get it alike."""
    told = [*zip(sizes, formulas, strict=True)]
    if len(set(told)) == 1:
        key = "size_is_each" if len(told) > 1 else "size_is"
        return sheet.say(key, size=sizes[0], formula=formulas[0])
    named = zip(AXES[-len(told) :], told, strict=True)
    return "; ".join(
        sheet.say("size_is_of", axis=sheet.say(name), size=size, formula=formula)
        for name, (size, formula) in named
    )


def count_caption(sheet: Sheet, geometry: Geometry) -> str:
    """What the counts of stamps are of: of several input channels, those of each."""
    several = geometry.in_channels > geometry.groups
    return sheet.say("count_each" if several else "count")


def stretched_caption(sheet: Sheet, geometry: Geometry) -> str:
    """What was done to the input before the turned kernel slides over it."""
    sizes = [axis.stretched_size + sum(axis.margins) for axis in geometry.axes]
    margins = {margin for axis in geometry.axes for margin in axis.margins}
    zeros = {axis.stride - 1 for axis in geometry.axes}
    return sheet.say(
        "stretched" if zeros == {0} else "stretched_apart",
        margin=alike(margins),
        zeros=alike(zeros),
        size=plain((geometry.in_channels, *sizes), 1),
    )


def alike(numbers: set[int]) -> str:
    """Numbers in words: the only one, or the least and the greatest."""
    return f"{min(numbers)}" if len(numbers) == 1 else f"{min(numbers)} to {max(numbers)}"


LONG = 60
"""Rows beyond which a sheet's title stays when it is scrolled."""

LINE = 15.0
"""The height of a line of words above a figure, in points: the figure has to be seen, too."""


def head(sheet: Sheet, title: str, idea: str, try_this: Sequence[str], linked: bool) -> None:
    """The title, the idea, and what to try: all above the figure.

    linked  whether links stand beside the title
    """
    room = line_room(sheet)
    sheet.titles = wrapped(title, "title", room * 0.6 if linked else room)
    for row, line in enumerate(sheet.titles):
        sheet.heights[row] = 30
        sheet.text((row, 0), line, "title")  # A1 says what the sheet is: it is read out first
    for line in wrapped(idea, "idea", room) if idea else ():
        _line(sheet, 1, line, "idea")
    for number, told in enumerate(try_this, 1):
        if number == 1:
            sheet.text((sheet.rows, 1), sheet.say("try_this"), "strong")
            across = sheet.behind((0, 1), sheet.say("try_this") + "  ", "strong")
        row, lines = sheet.rows - (number == 1), wrapped(f"{number}.  {told}", "text", room * 0.9)
        for more, line in enumerate(lines):
            _line(sheet, across, line, "text", row + more)
    sheet.head = Head(title, idea, tuple(try_this), sheet.rows)


def link_others(
    sheet: Sheet, links: Sequence[tuple[str, str]], neighbours: Sequence[Neighbour]
) -> None:
    """The links beside the title, put there when it is known how wide columns are, as its own is.

    links       the sheets that this one leads to, with the words of each link
    neighbours  the lessons that it leads to
    """
    sheet.widths[0] = MARGIN
    column = sheet.behind((0, 1), max(sheet.titles, key=len), "title") + 1
    for target, words in links:
        sheet.link((0, column), words, target)
        column = sheet.behind((0, column), words, "link") + 1
    for neighbour in neighbours:
        column = link_to(sheet, (0, column), neighbour) + 1


def _line(sheet: Sheet, column: int, words: str, role: str, row: int | None = None) -> None:
    """A line of words, in the next row if not in a certain one."""
    row = sheet.rows if row is None else row
    sheet.heights[row] = LINE
    sheet.text((row, column), words, role)


def links_of(sheet: Sheet, n: int, names: Sequence[str], contents: bool) -> list[tuple[str, str]]:
    """The sheets that a sheet leads to, with the words of each link; contents have their own.

    n         its number in its book, from 0
    names     the names of all sheets of the book
    contents  whether the first of them leads to all others
    """
    if contents and n == 0:
        return []
    found = [(names[0], sheet.say("contents"))] if contents else []
    if n > contents:
        found.append((names[n - 1], sheet.say("previous", name=names[n - 1])))
    if n + 1 < len(names):
        found.append((names[n + 1], sheet.say("next", name=names[n + 1])))
    return found


def with_commas(parts: Sequence[object]) -> list[object]:
    """The parts with commas between them, to be joined.

    >>> with_commas([1, 2])
    [1, ',', 2]
    """
    return [piece for part in parts for piece in (",", part)][1:]
