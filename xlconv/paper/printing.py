"""Sheets on paper, and one of them, or a block, as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from xlconv.budget import DRAWN
from xlconv.errors import RoomError, XlconvError
from xlconv.frozen import frozen
from xlconv.grid.marks import Block
from xlconv.grid.pages import PAPERS
from xlconv.grid.sheet import Sheet
from xlconv.paper.drawing import drawn
from xlconv.paper.figure import block_page, sheet_page
from xlconv.paper.ink import coloured, grey
from xlconv.paper.page import Part
from xlconv.paper.press import pictured, pressed
from xlconv.paper.slides import numbered, slides
from xlconv.paper.source import document
from xlconv.text import line


@frozen
class Printing:
    """How sheets are printed.

    paper  "a4" or "letter"
    grey   whether they are made for black and white
    formulas  whether a formula stands under each figure, on paper
    slides  whether a PDF has slides instead of pages
    """

    paper: str = "a4"
    grey: bool = False
    formulas: bool = False
    slides: bool = False

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise XlconvError(
                f"paper must be one of {', '.join(PAPERS)}, got {self.paper!r:.40}",
                parameter="paper",
            )

    def ink(self, color: str) -> str:
        """What a colour is printed in."""
        return (grey if self.grey else coloured)(color)

    def pdf(self, sheets: Sequence[Sheet], title: str, language: str) -> bytes:
        """Sheets as a PDF, on the pages that their workbook has."""
        return self.bound([self.part(sheets, title)], title, language)

    def deck(self, sheets: Iterable[Sequence[Sheet]], title: str, language: str) -> bytes:
        """Slides of sheets, each with the states that it runs through."""
        pages = [page for n, states in enumerate(sheets) for page in slides(states, n)]
        return self.bound([Part(numbered(pages, title))], title, language)

    def part(self, sheets: Sequence[Sheet], title: str, first: int = 0) -> Part:
        """The pages of some sheets, which are counted from `first` on."""
        check_cells(*sheets)
        numbers = {sheet.name: n for n, sheet in enumerate(sheets, first)}
        paper = PAPERS[self.paper]
        drawings = (
            drawn(sheet, numbers[sheet.name], numbers, paper, self.formulas) for sheet in sheets
        )
        return Part([page for pages in drawings for page in pages], title)

    def bound(self, parts: Sequence[Part], title: str, language: str) -> bytes:
        """Parts as one PDF; none shares a sheet of paper with another, front and back."""
        return pressed(document(parts, title, language, self.ink))


@frozen
class Figure:
    """A sheet, or one of its blocks, as a picture; a notebook shows it."""

    sheet: Sheet
    block: Block | None = None
    language: str = "en"
    printing: Printing = Printing()

    def __repr__(self) -> str:
        return line("Figure", self._name)

    def svg(self) -> bytes:
        """As an SVG file, with its name for who cannot see it."""
        head, end, rest = pictured(self._source, "svg").partition(b">")
        title = f"<title>{escape(self._name)}</title>"
        return head + b' role="img"' + end + title.encode() + rest

    def png(self) -> bytes:
        """As a PNG file."""
        return pictured(self._source, "png")

    def _repr_svg_(self) -> str:
        return self.svg().decode()

    @property
    def _name(self) -> str:
        return f"{self.sheet.name}: {self.block.name}" if self.block else self.sheet.name

    @property
    def _source(self) -> str:
        check_cells(self.sheet)
        page = block_page(self.sheet, self.block) if self.block else sheet_page(self.sheet)
        return document([Part([page])], self._name, self.language, self.printing.ink)


def check_cells(*sheets: Sheet) -> None:
    """Refuse sheets that take too long to draw."""
    cells = sum(sheet.used for sheet in sheets)
    if cells > DRAWN:
        raise RoomError(f"{cells} cells are to be drawn, at most {DRAWN} can be")
