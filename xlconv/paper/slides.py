"""Sheets as slides: their figures as large as they fit, and again for each number of a control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlconv.grid.direction import Way
from xlconv.grid.marks import Block
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import look, width
from xlconv.paper.drawing import painted
from xlconv.paper.flow import BETWEEN, Flow, Slide, after
from xlconv.paper.lit import Seen, seen
from xlconv.paper.page import Box, Page, Text
from xlconv.paper.panels import Figures
from xlconv.paper.rectangles import Panel, Piece

WIDE, HIGH = 960, 540
"""The size of a slide, in points: 16 to 9."""

ASIDE, BESIDE, TOP, BOTTOM = 30, 18, 64, 36
"""What is free beside a title, beside figures, over them for it, and under them for the number."""

LEAST = 14
"""The smallest letters of a slide, in points: 2.6 % of its height."""

TITLE, OPENING, IDEA, MORE, CHOSEN = 30, 40, 24, 17, 22
"""The sizes of a title, of one that has a slide alone, of what its sheet is about, be it little or
more, and of what is chosen."""

GIVEN = "input", "image", "kernel"
"""What is shown although it may stand still."""

CHOICE = 320
"""How wide it is to say what is chosen."""


def slides(states: Sequence[Sheet], number: int = 0) -> Iterator[Page]:
    """The slides of a sheet.

    states  the sheet, and then as it is with each number that its controls run through
    number  of the sheet in its book, from 0
    """
    sheet, later = states[0], states[1:]
    yield replace(_opening(sheet), sheet=number, name=sheet.name)
    if sheet.view == "contents":
        return
    cells = [seen(state) for state in states]
    chosen = [*map(_chosen, states, cells)]
    told = [*map(_told, states, cells)]
    figures = Figures(_wide(states), told)
    flow = Flow(figures, (WIDE - 2 * BESIDE, HIGH - TOP - BOTTOM))
    moving = _moving(flow) if later else None
    for slide in flow.slides(figures.whole):
        if not (moving and figures.told(slide.panels) <= figures.told(moving.panels)):
            yield _slide(flow, told[0], slide, number, "" if moving else chosen[0])
    if moving:
        for one, words in zip(told[1:], chosen[1:], strict=True):
            yield _slide(flow, one, moving, number, words)


def _told(sheet: Sheet, cells: Mapping[Place, Seen]) -> dict[Place, Seen]:
    """The cells of a sheet but for the rows of its controls, of which the slide's title tells."""
    rows = {block.cells.origin[0] for block in sheet.blocks if block.runs}
    return {at: one for at, one in cells.items() if at[0] not in rows}


def _wide(states: Sequence[Sheet]) -> Sheet:
    """A sheet that has room for the numbers of all states."""
    return replace(states[0], column_width=max(state.column_width for state in states))


def numbered(pages: Sequence[Page], title: str) -> list[Page]:
    """Slides with their numbers, and the title of all."""
    grey, done = replace(look("note"), align="left"), []
    for n, page in enumerate(pages, 1):
        box = Box(ASIDE, HIGH - 30, WIDE - 2 * ASIDE, LEAST)
        sides = ("right", "left") if page.leftward else ("left", "right")
        around = [
            Text(box, words, replace(grey, align=side), LEAST)
            for side, words in zip(sides, (title, f"{n} / {len(pages)}"), strict=True)
        ]
        done.append(replace(page, again=[*page.again, *around]))
    return done


def _opening(sheet: Sheet) -> Page:
    """What a sheet is called, and what it is about."""
    idea = sheet.head.idea if sheet.head else ""
    size = IDEA if width(idea, "idea") * IDEA / look("idea").size < 6 * (WIDE - 200) else MORE
    leftward = sheet.way is Way.LEFTWARD
    name = " ".join(sheet.titles) or sheet.name
    side = "right" if leftward else "left"
    title = Text(
        Box(100, 150, WIDE - 200, OPENING),
        name,
        replace(look("title"), align=side),
        _size(name, OPENING, WIDE - 200),
        leftward=leftward,
        kind="title",
    )
    told = Text(
        Box(100, 230, WIDE - 200, 200),
        idea,
        replace(look("idea"), align=side),
        size,
        leftward=leftward,
        kind="lines",
    )
    return Page(WIDE, HIGH, [], [], [title, *[told] * bool(idea)], leftward=leftward)


def _moving(flow: Flow) -> Slide | None:
    """What is shown while a control runs: what is said of it, and of the figures as many as fit.

    The input and the output come first; then what changes, the nearest to the output before others,
    and the kernel. Where the output has no room beside the input, nothing runs.
    """
    figures = flow.figures
    joint = figures.smallest(figures.whole)
    parts = [part for one in joint for part in flow.pieces.apart(one) or [one]]
    every = [one for part in parts for one in figures.smallest(part)]
    moved = [panel for panel in every if figures.moves(panel)]
    if not moved:
        return None
    said = [row for panel in moved if figures.is_prose(panel) for row in _rows(panel)]
    names = {panel: {block.name for block in figures.blocks(panel)} for panel in every}
    shown = [panel for panel in every if panel in moved or names[panel] & {*GIVEN}]
    made = max(moved[::-1], key=lambda panel: max(map(_is_made, figures.blocks(panel)), default=0))

    def rank(panel: Panel) -> tuple[bool | int, ...]:
        last, first = "kernel" in names[panel], bool(names[panel] & {*GIVEN})
        return last, not first, panel != made, abs(every.index(panel) - every.index(made))

    def laid(some: Sequence[Panel]) -> Slide | None:
        return flow.set([one for whole in every for one in some if whole.has(one)])

    slide, chosen = laid([*said, *filter(figures.begins, every)]), list[Panel]()
    for panel in () if slide else [*said, *sorted(filter(figures.begins, shown), key=rank)]:
        if found := laid([*chosen, panel]):
            chosen, slide = [*chosen, panel], found
    return slide if slide and figures.told([made]) <= figures.told(slide.panels) else None


def _is_made(block: Block) -> int:
    """Whether a block is an output, and the one that a sheet is about."""
    return (block.role == "output") + (block.name == "output")


def _rows(panel: Panel) -> list[Panel]:
    return [replace(panel, rows=range(row, row + 1)) for row in panel.rows]


def _slide(
    flow: Flow, cells: Mapping[Place, Seen], slide: Slide, number: int, chosen: str = ""
) -> Page:
    """Some pieces of a sheet, as large as they fit, under its title."""
    sheet, (part, parts) = flow.figures.sheet, slide.part
    if part > 1:
        chosen = sheet.say("continued", n=part, count=parts)
    drawn = [_drawn(flow.figures, cells, *placed) for placed in _places(flow, slide)]
    return Page(
        wide=WIDE,
        high=HIGH,
        grounds=[one for page in drawn for one in page.grounds],
        lines=[one for page in drawn for one in page.lines],
        read=[one for page in drawn for one in page.read],
        again=_heads(sheet, chosen),
        leftward=sheet.way is Way.LEFTWARD,
        sheet=number,
        name=sheet.name,
        first=False,
    )


def _places(flow: Flow, slide: Slide) -> Iterator[tuple[Piece, float, list[float]]]:
    """Each piece, its scale, and its place from the side where it begins, and the top."""
    scale, way = flow.scale(slide) or flow.scale(slide, 0.1), slide.way
    lines = flow.lines(slide, scale)
    wide, high = (one * scale for one in flow.all_size(lines, way))
    at = [(WIDE - wide) / 2, TOP + (HIGH - TOP - BOTTOM - high) / 2]
    for line in lines:
        here = [*at]
        for piece in line:
            yield piece, scale * piece.shrunk, [*here]
            here[way] += (flow.figures.size(piece)[way] + BETWEEN[way]) * scale
        at[1 - way] += (flow.size(line, way)[1] + after(line, way)) * scale


def _drawn(
    figures: Figures, cells: Mapping[Place, Seen], piece: Piece, scale: float, at: Sequence[float]
) -> Page:
    """A piece at its place; what is too small to be read is left out."""
    side, top = at
    window = figures.window(piece, scale)
    if figures.sheet.way is Way.LEFTWARD:  # words run over the other side
        side = WIDE - side - window.across[-1]
    mine = {at: one for at, one in cells.items() if any(panel.holds(at) for panel in piece.panels)}
    page = painted(replace(window, corner=(side, top)), mine, {})
    small = scale * look("").size < LEAST - 0.1
    return replace(page, read=[]) if small else page


def _heads(sheet: Sheet, chosen: str) -> list[Text]:
    """The title of a slide, and what is chosen now."""
    leftward = sheet.way is Way.LEFTWARD
    sides = ("right", "left") if leftward else ("left", "right")
    box, seen_as = Box(ASIDE, 24, WIDE - 2 * ASIDE, TITLE), (look("title"), look("strong"))
    name, room = " ".join(sheet.titles) or sheet.name, WIDE - 2 * ASIDE - CHOICE * bool(chosen)
    texts = (name, _size(name, TITLE, room)), (chosen, CHOSEN)
    return [
        Text(box, words, replace(one, align=side), size, leftward=leftward)
        for (words, size), one, side in zip(texts, seen_as, sides, strict=True)
        if words
    ]


def _size(title: str, most: int, room: float) -> float:
    """The size of a title that has so much room."""
    return max(LEAST, min(most, look("title").size * room / width(title, "title")))


def _chosen(sheet: Sheet, cells: Mapping[Place, Seen]) -> str:
    """What is chosen on a sheet, in its own words: those before its controls, and their numbers."""
    controls = [block for block in sheet.blocks if block.runs]
    rows = {block.cells.origin[0]: block.cells.origin[1] for block in controls}
    places = {block.cells.origin for block in controls}
    told = [
        f"{one.cell.value:g}" if at in places else str(one.cell.value)
        for at, one in sorted(cells.items())
        if at in places or (at[1] < rows.get(at[0], 0) and one.cell.role in ("strong", "label"))
    ]
    return " ".join(told)
