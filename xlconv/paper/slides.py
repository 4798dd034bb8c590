"""Sheets as slides: their figures as large as they fit, and again for each number of a control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xlconv.grid.direction import Way
from xlconv.grid.places import Place
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import look, width
from xlconv.paper.drawing import painted
from xlconv.paper.lit import Seen, seen
from xlconv.paper.page import Box, Page, Table, Text
from xlconv.paper.panels import Figures, size
from xlconv.paper.rectangles import Panel

WIDE, HIGH = 960, 540
"""The size of a slide, in points: 16 to 9."""

ASIDE, BESIDE, TOP, BOTTOM = 30, 20, 70, 40
"""What is free beside a title, beside figures, over them for it, and under them for the number."""

LEAST = 14
"""The smallest letters of a slide, in points: 2.6 % of its height."""

LARGEST, SMALLEST = 2, 1.273
"""The scales of cells, whose letters have 11 points: the largest, and that of the smallest."""

TITLE, OPENING, IDEA, MORE, CHOSEN = 30, 40, 24, 17, 22
"""The sizes of a title, of one that has a slide alone, of what its sheet is about, be it little or
more, and of what is chosen."""

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
    figures = Figures(sheet, [_told(sheet, seen(sheet)) if later else seen(sheet)])
    every = [*map(seen, later)]
    running = Figures(_wide(later), [*map(_told, later, every)]) if later else figures
    moving = _moving(running) if later else []
    for some in figures.together(figures.whole, lambda some: _fits(figures, some)):
        parts = [one for panel in some for one in figures.smallest(panel)]
        inside = [one for one in parts if not figures.is_prose(one)]
        if not {*inside} <= {*moving}:
            yield _slide(figures, figures.every[0], some, number)
    for state, cells in zip(later, every, strict=True) if moving else ():
        told = _told(state, cells)
        yield _slide(running, told, moving, number, _chosen(state, cells))


def _told(sheet: Sheet, cells: Mapping[Place, Seen]) -> dict[Place, Seen]:
    """The cells of a sheet but for the rows of its controls, of which the slide's title tells."""
    rows = {block.cells.origin[0] for block in sheet.blocks if block.role == "control"}
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


def _fits(figures: Figures, some: Sequence[Panel]) -> bool:
    return _scale(figures, some) >= SMALLEST


def _scale(figures: Figures, some: Sequence[Panel]) -> float:
    """The largest scale at which panels have room; they may be too small to be read."""
    window = figures.window(some, 1)
    room = WIDE - 2 * BESIDE, HIGH - TOP - BOTTOM
    if not window.rows:
        return 0
    sizes = [size(window, cells) for cells in figures.every]
    return min([LARGEST, *(min(room[0] / wide, room[1] / high) for wide, high in sizes)])


def _moving(figures: Figures) -> list[Panel]:
    """What changes while a control runs, if it fits: what is said of it, the output, the others."""
    every = figures.smallest(figures.whole)
    moved = [panel for panel in every if figures.moves(panel)]
    said = [row for panel in moved if figures.is_prose(panel) for row in _rows(panel)]
    made = [
        n for n, panel in enumerate(every) if panel in moved and figures.blocks(panel, "output")
    ][:1]
    near = sorted(every, key=lambda panel: abs(every.index(panel) - (made or [0])[0]))
    others = [panel for panel in near if figures.begins(panel)]
    first = [panel for panel in others if panel in moved]
    chosen = list[Panel]()
    for panel in [*said, *first, *others] if moved else []:
        if panel not in chosen and _fits(figures, [*chosen, panel]):
            chosen.append(panel)
    return chosen


def _rows(panel: Panel) -> list[Panel]:
    return [replace(panel, rows=range(row, row + 1)) for row in panel.rows]


def _slide(
    figures: Figures,
    cells: Mapping[Place, Seen],
    some: Sequence[Panel],
    number: int,
    chosen: str = "",
) -> Page:
    """Some panels of a sheet, as large as they fit, under its title."""
    sheet = figures.sheet
    scale = _scale(figures, some)
    window = figures.window(some, scale)
    sizes = [size(window, each) for each in figures.every]
    wide, high = max(one[0] for one in sizes), sizes[0][1]
    side = (WIDE - wide) / 2
    if sheet.way is Way.LEFTWARD:  # words run over the other side
        side = WIDE - side - window.across[-1]
    corner = side, TOP + (HIGH - TOP - BOTTOM - high) / 2
    mine = {at: one for at, one in cells.items() if any(panel.holds(at) for panel in some)}
    page = painted(replace(window, corner=corner), mine, {})
    return replace(
        page,
        wide=WIDE,
        high=HIGH,
        read=[one for one in page.read if isinstance(one, Table) or one.size >= LEAST],
        again=_heads(sheet, chosen),
        sheet=number,
        name=sheet.name,
        first=False,
    )


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
    controls = [block for block in sheet.blocks if block.role == "control"]
    rows = {block.cells.origin[0]: block.cells.origin[1] for block in controls}
    places = {block.cells.origin for block in controls}
    told = [
        f"{one.cell.value:g}" if at in places else str(one.cell.value)
        for at, one in sorted(cells.items())
        if at in places or (at[1] < rows.get(at[0], 0) and one.cell.role in ("strong", "label"))
    ]
    return " ".join(told)
