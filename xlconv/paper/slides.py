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
from xlconv.paper.panels import Panel, panels

WIDE, HIGH = 960, 540
"""The size of a slide, in points: 16 to 9."""

ASIDE, TOP, BOTTOM = 30, 74, 44
"""What is free beside figures, over them for the title, and under them for the number."""

LEAST = 14
"""The smallest letters of a slide, in points: 2.6 % of its height."""

SCALES = [scale / 100 for scale in range(260, 127, -4)]
"""Those of cells, whose letters have 11 points, from the largest to the one of the smallest."""

OF_PICTURES = [scale / 100 for scale in range(124, 3, -4)]
"""Those of cells without letters, beside the others."""

GAP = 26
"""What is free between figures, in points."""

TITLE, OPENING, IDEA, MORE, CHOSEN = 30, 40, 24, 17, 22
"""The sizes of a title, of one that has a slide alone, of what its sheet is about, be it little or
more, and of what is chosen."""

CHOICE = 320
"""How wide it is to say what is chosen."""

Corners = list[tuple[float, float]]


def slides(states: Sequence[Sheet], number: int = 0) -> Iterator[Page]:
    """The slides of a sheet.

    states  the sheet, and then as it is with each number that its controls run through
    number  of the sheet in its book, from 0
    """
    sheet, later = states[0], states[1:]
    yield replace(_opening(sheet), sheet=number, name=sheet.name)
    every = [] if sheet.view == "contents" else panels(sheet, lambda panel: _fits([panel]))
    moving = _moving(every) if later else []
    for some in _together(every):
        if not all(panel in moving for panel in some):
            yield _slide(some, number)
    if moving:
        wide = max(state.column_width for state in later)
        for state in (replace(state, column_width=wide) for state in later):
            cells = seen(state)
            yield _slide(
                [panel.on(state, cells) for panel in moving], number, _chosen(state, cells)
            )


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


def _laid(some: Sequence[Panel], scale: float) -> Corners | None:
    """Where panels stand, in rows; None if there is no room."""
    room = WIDE - 2 * ASIDE, HIGH - TOP - BOTTOM
    found, x, y, high = Corners(), 0.0, 0.0, 0.0
    for panel in some:
        size = panel.size(scale)
        if x and x + size[0] > room[0]:
            x, y, high = 0.0, y + high + GAP, 0.0
        if x + size[0] > room[0] or y + size[1] > room[1]:
            return None
        found.append((x, y))
        x, high = x + size[0] + GAP, max(high, size[1])
    return found


def _fits(some: Sequence[Panel]) -> bool:
    return _laid(some, SCALES[-1]) is not None


def _together(every: Sequence[Panel]) -> Iterator[list[Panel]]:
    """Panels in their order, as many on a slide as can be read from the last row."""
    some = list[Panel]()
    for panel in every:
        if some and not _fits([*some, panel]):
            yield some
            some = []
        some.append(panel)
    if some:
        yield some


def _moving(every: Sequence[Panel]) -> list[Panel]:
    """The figures that change while a control runs: the output, what lights up, and what fits."""
    outputs = {block.name for panel in every for block in panel.sheet.blocks
               if block.role == "output"}  # fmt: skip
    lit = [panel for panel in every if panel.is_lit]
    made = [panel for panel in lit if panel.blocks & outputs][:1]
    chosen = list[Panel]()
    for panel in [*made, *lit, *every] if lit else []:
        if panel not in chosen and _fits(sorted([*chosen, panel], key=lambda one: one.order)):
            chosen.append(panel)
    return sorted(chosen, key=lambda one: one.order)


def _slide(some: Sequence[Panel], number: int, chosen: str = "") -> Page:
    """Some panels of a sheet, as large as they fit, under its title."""
    sheet = some[0].sheet
    scales = [*SCALES, *OF_PICTURES] if len(some) == 1 else SCALES
    tried = ((scale, _laid(some, scale)) for scale in scales)
    scale, corners = next((s, found) for s, found in tried if found is not None)
    sizes = [panel.size(scale) for panel in some]
    wide = max(x + size[0] for (x, _), size in zip(corners, sizes, strict=True))
    high = max(y + size[1] for (_, y), size in zip(corners, sizes, strict=True))
    left, top = (WIDE - wide) / 2, TOP + (HIGH - TOP - BOTTOM - high) / 2
    leftward = sheet.way is Way.LEFTWARD
    drawn = []
    for panel, (x, y), size in zip(some, corners, sizes, strict=True):
        across = left + (wide - x - size[0] if leftward else x)
        drawn.append(painted(panel.at(scale, (across, top + y)), panel.cells, {}))
    return Page(
        WIDE,
        HIGH,
        [ground for page in drawn for ground in page.grounds],
        [line for page in drawn for line in page.lines],
        [one for page in drawn for one in page.read if isinstance(one, Table) or one.size >= LEAST],
        _heads(sheet, chosen),
        leftward,
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
