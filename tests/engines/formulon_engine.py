"""Formulon: WebAssembly, the most faithful; takes seconds to start, once a process."""

from formulon import CfMatch, ColorSpec, Workbook

from .cached import cached_values
from .engine import NO_CHANGES, Changes, Highlight, Highlights, Values
from .package import cell_name, row_and_column
from .strip import strip_values

name = "formulon"

_COLOR_SCALE = 1
_RGB = 1


def recalculate(xlsx: bytes, changes: Changes = NO_CHANGES) -> Values:
    """Read back from the file that Formulon saves: three times faster than cell by cell."""
    with _recalculated(xlsx, changes) as book:
        return cached_values(book.save())


def conditional(xlsx: bytes, changes: Changes = NO_CHANGES) -> Highlights:
    with _recalculated(xlsx, changes) as book:
        return {
            book.sheet_name(sheet): _highlights(book, sheet) for sheet in range(book.sheet_count())
        }


def load_strictly(xlsx: bytes) -> None:
    """Raises FormulonError if it cannot be loaded, ValueError if anything in it was skipped."""
    with Workbook.load(xlsx) as book:
        read = book.read_diagnostics()
    if read.skipped_feature_count or read.unknown_content_type_count:
        raise ValueError(f"formulon skips parts of the file: {read}")


def _recalculated(xlsx: bytes, changes: Changes) -> Workbook:
    book = Workbook.load(strip_values(xlsx))
    sheets = [book.sheet_name(sheet) for sheet in range(book.sheet_count())]
    for (sheet, cell), value in changes.items():
        row, column = row_and_column(cell)
        where = sheets.index(sheet), row - 1, column - 1
        if isinstance(value, str):
            book.set_text(*where, value)
        else:
            book.set_number(*where, value)
    book.recalc()
    return book


def _highlights(book: Workbook, sheet: int) -> dict[str, Highlight]:
    areas = [area for rule in book.get_conditional_formats(sheet) for area in rule.sqref]
    if not areas:
        return {}
    hits = book.evaluate_cf_range(
        sheet,
        min(area.first_row for area in areas),
        min(area.first_col for area in areas),
        max(area.last_row for area in areas),
        max(area.last_col for area in areas),
    )
    return {
        cell_name(hit.row + 1, hit.col + 1): _merged([_highlight(book, m) for m in hit.matches])
        for hit in hits
    }


def _highlight(book: Workbook, match: CfMatch) -> Highlight:
    if match.kind == _COLOR_SCALE:
        red, green, blue, _ = match.color
        return Highlight(fill=f"#{red:02X}{green:02X}{blue:02X}")
    look = book.get_dxf(match.dxf_id)
    return Highlight(
        fill=_hex(look.fill.bg) if look.fill else None,
        color=_hex(look.font.color) if look.font else None,
        bold=look.font is not None and look.font.bold,
    )


def _merged(highlights: list[Highlight]) -> Highlight:
    """The first that says something wins: they come by priority."""
    return Highlight(
        fill=next((h.fill for h in highlights if h.fill), None),
        color=next((h.color for h in highlights if h.color), None),
        bold=any(h.bold for h in highlights),
    )


def _hex(color: ColorSpec) -> str | None:
    if color.kind == 0:
        return None
    if color.kind != _RGB:
        raise ValueError(f"formulon resolves no theme or indexed colour: {color}")
    return f"#{color.rgb & 0xFFFFFF:06X}"
