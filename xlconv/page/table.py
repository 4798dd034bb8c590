"""A sheet as HTML: its head as words that fit any width, the rows below as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby, pairwise
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import quote

from xlconv.files.saving import PAGE
from xlconv.frozen import frozen
from xlconv.grid.direction import Way
from xlconv.grid.marks import Link, Sized
from xlconv.grid.places import Place, a1
from xlconv.grid.sheet import Sheet
from xlconv.page.data import YOURS
from xlconv.page.printed import across
from xlconv.page.seen import Dress, Seen


@frozen
class Drawn:
    """A sheet, and its cells as they are seen."""

    sheet: Sheet
    cells: Sequence[Seen]


class Laid(NamedTuple):
    """A cell and its room: the columns from and to which it goes, and how many rows.

    rows  0 of a line of a text that stands in a cell above
    """

    one: Seen
    before: int
    behind: int
    rows: int = 1


def section(
    number: int, drawn: Drawn, dresses: Mapping[Dress, int], names: Sequence[str], try_this: str
) -> str:
    """A sheet, which a tab leads to.

    names     those of all sheets, which links lead to
    try_this  what stands before the things to try
    """
    sheet = drawn.sheet
    links = {link.cells.origin: _goal(link, names) for link in sheet.links}
    top = sheet.head.rows if sheet.head else 0
    columns = "".join(f'<col width="{wide}">' for wide in across(sheet))
    rows = "".join(_rows(number, drawn, dresses, links, top))
    frozen = ' class="frozen"' if sheet.frozen_rows > top else ""
    way = "rtl" if sheet.way is Way.LEFTWARD else "ltr"
    return (
        f'<section role="tabpanel" id="s{number}" aria-labelledby="t{number}">'
        f"{_head(drawn, links, try_this)}"
        f'<div class="figure" dir="{way}"><div class="paper" dir="{way}">'
        f'<table role="grid" aria-label="{escape(sheet.name)}"><colgroup>{columns}</colgroup>'
        f"<tbody{frozen}>{rows}</tbody></table></div></div></section>\n"
    )


def _goal(link: Link, names: Sequence[str]) -> str:
    """Where a link leads: to a sheet of this page, or to a page beside it, as this one is made."""
    if link.tip:
        return escape(quote(str(PurePath(link.target).with_suffix(PAGE))))
    return f"#s{names.index(link.target)}"


def _head(drawn: Drawn, links: Mapping[Place, str], try_this: str) -> str:
    """What stands above the figures, as it was before it was put on lines."""
    head = drawn.sheet.head
    if head is None:
        return ""
    leading = "".join(
        f'<a href="{links[at]}">{escape(one.text)}</a>'
        for one in drawn.cells
        if (at := (one.cell.row, one.cell.column)) in links and at[0] < head.rows
    )
    items = "".join(f"<li>{escape(item)}</li>" for item in head.try_this)
    summary = f"<summary>{escape(try_this)}</summary>"
    return (
        f"<header><h2>{escape(head.title)}</h2>"
        + (f'<p class="ways">{leading}</p>' if leading else "")
        + (f"<p>{escape(head.idea)}</p>" if head.idea else "")
        + (f"<details open>{summary}<ol>{items}</ol></details>" if items else "")
        + "</header>"
    )


def _rows(
    number: int,
    drawn: Drawn,
    dresses: Mapping[Dress, int],
    links: Mapping[Place, str],
    top: int,
) -> Iterator[str]:
    """The rows from one on, a group a part; cells with nothing in them are one gap."""
    sheet, wide = drawn.sheet, max(drawn.sheet.columns, 1)
    groups = {row for row in (*sheet.starts, sheet.frozen_rows) if row > top}
    groups -= {*range(sheet.frozen_rows)}
    listed = {row: [*cells] for row, cells in groupby(_laid(drawn), lambda it: it.one.cell.row)}
    for row in range(top, sheet.rows):
        high = round(sheet.heights.get(row, sheet.row_height) * 4 / 3)
        told, reached = [], 0
        for laid in listed.get(row, []):
            told.append(_gap(laid.before - reached))
            if laid.rows:
                told.append(_cell(number, laid, dresses[laid.one.dress], links))
            reached = laid.behind
        told.append(_gap(wide - reached))
        yield "</tbody><tbody>" * (row in groups)
        yield f'<tr height="{high}">{"".join(told)}</tr>'


def _laid(drawn: Drawn) -> Iterable[Laid]:
    """Every cell with its room; a text that took several lines stands in the first of them."""
    laid, reached = dict[Place, Laid](), (0, 0)
    for one, ahead in pairwise((*drawn.cells, None)):
        assert one is not None
        row, column = one.cell.row, one.cell.column
        free = reached[1] if reached[0] == row else 0
        same = ahead if ahead and ahead.cell.row == row else None
        laid[row, column] = Laid(one, *_room(drawn.sheet, one, same, free))
        reached = row, laid[row, column].behind
    for cells in drawn.sheet.paragraphs:
        lines = [laid[cell.origin] for cell in cells]
        behind = min(line.behind for line in lines)
        whole = replace(lines[0].one, text="\n".join(line.one.text for line in lines))
        for cell, line in zip(cells, lines, strict=True):
            laid[cell.origin] = line._replace(behind=behind, rows=0)
        laid[cells[0].origin] = lines[0]._replace(one=whole, behind=behind, rows=len(lines))
    return laid.values()


def _room(sheet: Sheet, one: Seen, ahead: Seen | None, before: int) -> Place:
    """The columns from and to which a cell goes: a text takes empty ones that it may run over.

    ahead   the next cell of the row, which may need some of them itself
    before  the first column that is still free
    """
    column, begin = one.cell.column, "right" if sheet.way is Way.LEFTWARD else "left"
    if not _runs(one):
        return column, column + 1
    if one.dress.look.align != begin:
        return before, column + 1
    end = ahead.cell.column if ahead else max(sheet.columns, 1)
    if ahead and _runs(ahead) and ahead.dress.look.align != begin:
        end = min(end, sheet.behind((one.cell.row, column), one.text, one.dress.role))
    return column, max(end, column + 1)


def _runs(one: Seen) -> bool:
    """Whether it is a text that may run over the cells beside it."""
    look = one.dress.look
    return isinstance(one.value, str) and not (look.lines or look.fill or look.align == "center")


def _gap(columns: int) -> str:
    return f'<td colspan="{columns}"></td>' if columns > 1 else "<td></td>" * columns


def _cell(number: int, laid: Laid, dress: int, links: Mapping[Place, str]) -> str:
    one, wide = laid.one, laid.behind - laid.before
    place = one.cell.row, one.cell.column
    told, value = escape(one.text), one.cell.value
    if isinstance(value, Sized):
        size = escape(value.size)
        told = f"{told.removesuffix(size)}<small>{size}</small>"
    if place in links:
        told = f'<a href="{links[place]}">{told}</a>'
    yours = one.dress.role in YOURS and one.cell.block
    named = f"c{dress} y" if yours else f"c{dress}"
    across = f' colspan="{wide}"' if wide > 1 else ""
    down = f' rowspan="{laid.rows}"' if laid.rows > 1 else ""
    return f'<td id="s{number}.{a1(place)}" class="{named}"{across}{down}>{told}</td>'
