"""Which cells of a workbook show their number as a date."""

from __future__ import annotations

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from xlconv.checking.workbook import Workbook


def date_styles(book: Workbook) -> frozenset[str]:
    """The numbers of those styles, as cells name them.

    Raises UnreadableError where the workbook's styles cannot be read.
    """
    dates = {
        str(code_number) for code_number, code in BUILTIN_FORMATS.items() if is_date_format(code)
    }
    styles: list[str] = []
    number = -1  # only the formats of cells count, not those of named styles

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal number
        if tag == "numFmt" and is_date_format(attributes.get("formatCode", "")):
            dates.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            number = 0
        elif tag == "xf" and number >= 0:
            if attributes.get("numFmtId") in dates:
                styles.append(str(number))
            number += 1

    def end(tag: str, text: str) -> None:  # noqa: ARG001
        nonlocal number
        if tag == "cellXfs":
            number = -1

    if "styles" in book.parts:
        book.package.scan(book.parts["styles"], start, end)
    return frozenset(styles)
