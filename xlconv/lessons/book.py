"""A workbook in memory: sheets in order, and the ways out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from xlconv.errors import XlconvError
from xlconv.files.saving import (
    DRAWN,
    PAGE,
    PDF,
    SUFFIX,
    Name,
    Write,
    as_path,
    check_target,
    holding,
    save_file,
)
from xlconv.frozen import frozen
from xlconv.grid.limits import SHEETS_CELLS, length
from xlconv.grid.marks import named
from xlconv.grid.sheet import Sheet
from xlconv.lessons.lesson import CHECK, ENGLISH, check_title
from xlconv.lessons.recipe import RECIPE_SHEET, recipe_properties, recipe_sheet
from xlconv.lessons.schema import instead
from xlconv.text import counted, line, table

if TYPE_CHECKING:
    from xlconv.paper.printing import Figure, Printing
    from xlconv.xlsx.archive import Progress

States = Callable[[int, Sheet], Iterable[Sheet]]
"""(number of a sheet, the sheet) -> the sheet, and as it is with other numbers in its controls."""

KINDS = (SUFFIX, PAGE, *DRAWN)
"""What a book is written as, by the end of a file's name."""


@frozen
class Book:
    """Sheets that are ready to be written; their values are computed already.

    >>> Book("Title", (Sheet("Looks", "collect"),))
    <Book 1 sheet, 0 rows: Title>
    """

    title: str
    sheets: tuple[Sheet, ...]
    recipe: str = ""
    """What it was made from: see `xlconv.lessons.recipe`."""
    told: Mapping[str, str] = field(default_factory=dict)
    """What its properties say beside the title: its description and language."""
    states: States | None = field(default=None, compare=False)
    """How a sheet runs through the numbers of its controls."""

    def __post_init__(self) -> None:
        if not self.sheets:
            raise XlconvError("a workbook needs at least one sheet, got none")
        check_title(self.title)
        check_names(sheet.name for sheet in self.sheets)
        self._check_defined_names()
        # Google Sheets counts empty cells too
        cells = sum(sheet.rows * sheet.columns for sheet in self.sheets)
        if cells > SHEETS_CELLS:
            raise XlconvError(
                f"the workbook needs {cells} cells; Google Sheets has {SHEETS_CELLS}:"
                " use a smaller input or fewer views"
            )

    def __repr__(self) -> str:
        size = f"{counted(len(self.sheets), 'sheet')}, {counted(self.rows, 'row')}"
        return line("Book", f"{size}: {self.title}")

    def _repr_html_(self) -> str:
        sheets = [(s.name, s.view, s.rows, s.columns, len(s.blocks)) for s in self.sheets]
        return table(self.title, ("sheet", "view", "rows", "columns", "blocks"), sheets)

    def _check_defined_names(self) -> None:
        """Refuse sheets of which two blocks would be called the same in the workbook."""
        seen: dict[str, str] = {}
        for sheet in self.sheets:
            for block in named(sheet.blocks):
                other = seen.setdefault(sheet.defined_name(block), sheet.name)
                if other != sheet.name:
                    raise XlconvError(
                        "sheet names must differ in letters and digits, for the names of their"
                        f' blocks, got "{other}" and "{sheet.name}"'
                    )

    @property
    def rows(self) -> int:
        """The rows of all sheets."""
        return sum(sheet.rows for sheet in self.sheets)

    def write(self, target: IO[bytes], progress: Progress | None = None) -> None:
        """Write the .xlsx file to an open file; `progress` is told how many rows are done."""
        from xlconv.xlsx import archive

        hidden = [recipe_sheet(self.recipe)] if self.recipe else []
        properties = recipe_properties(self.recipe)
        about = {"title": self.title, **self.told}
        archive.write([*self.sheets, *hidden], about, target, properties, progress)

    def to_bytes(self, progress: Progress | None = None) -> bytes:
        """The .xlsx file; the same book gives the same bytes."""
        target = BytesIO()
        self.write(target, progress)
        return target.getvalue()

    def to_html(self) -> bytes:
        """The book as one page for a browser, with the .xlsx file in it."""
        from xlconv.page.document import document

        return document(self.sheets, {"title": self.title, **self.told}, self.to_bytes)

    def save(
        self,
        path: Name,
        *,
        overwrite: bool = True,
        make_folder: bool = False,
        progress: Progress | None = None,
        printing: Printing | None = None,
        figure: Figure | None = None,
    ) -> bool:
        """Write the file; whatever goes wrong, a file that was there is left as it was.

        path      ends in .xlsx; in .html for a page; or in .pdf, .svg or .png, where it is drawn
        printing  how it is drawn
        figure    what of it a .svg or .png shows; its only sheet, if not given
        returns   whether it was written: a file with these very bytes is not touched

        Raises TargetError where the file exists and is not to be overwritten, or the folder does
        not exist or cannot be written; XlconvError where the extra [pdf] is missing.
        """
        target = as_path(path)
        check_target(target, *KINDS, make_folder=make_folder)
        kind = target.suffix.lower()
        if kind == SUFFIX:
            content: Write = partial(self.write, progress=progress)
        else:
            content = self._drawing(kind, printing, figure)
        return save_file(target, content, overwrite=overwrite, make_folder=make_folder)

    def _drawing(self, kind: str, printing: Printing | None, figure: Figure | None) -> Write:
        if kind == PAGE:
            drawn = self.to_html()
        elif kind == PDF:
            drawn = self.pdf(printing)
        else:
            figure = figure or self.figure(printing=printing)
            drawn = figure.svg() if kind == ".svg" else figure.png()
        return holding(drawn)

    def pdf(self, printing: Printing | None = None) -> bytes:
        """The book on paper, page for page as the workbook is printed: needs the extra [pdf].

        What only a program reads is not there: the numbers that ticks weigh with, and empty rows
        that wait for larger layers.
        """
        from xlconv.paper.printing import Printing

        printing = printing or Printing()
        shown = self.on_paper
        if not printing.slides:
            return printing.pdf([*shown.values()], self.title, self.language)
        run = self.states or (lambda _, sheet: [sheet])
        every = ([*run(n, sheet)] for n, sheet in shown.items())
        return printing.deck(every, self.title, self.language)

    @property
    def on_paper(self) -> dict[int, Sheet]:
        """The sheets that are printed, by their numbers."""
        return {n: sheet for n, sheet in enumerate(self.sheets) if is_printed(sheet)}

    def figure(self, sheet: str = "", block: str = "", printing: Printing | None = None) -> Figure:
        """One of the sheets as a picture, or a block of it; in a notebook it is seen at once.

        Raises XlconvError where there is no such sheet or block, or several sheets and no name.
        """
        from xlconv.paper.printing import Figure, Printing

        sheets = {one.name: one for one in self.sheets}
        if not sheet and len(sheets) > 1:
            raise XlconvError(
                f"a picture shows one sheet: name it{instead('', sheets)}", parameter="sheet"
            )
        found = sheets.get(sheet or self.sheets[0].name)
        if found is None:
            raise XlconvError(
                f"no sheet is called {sheet!r:.40}{instead(sheet, sheets)}", parameter="sheet"
            )
        blocks = {one.name: one for one in named(found.blocks)}
        if block and block not in blocks:
            raise XlconvError(
                f"no block of {found.name} is called {block!r:.40}{instead(block, blocks)}",
                parameter="block",
            )
        return Figure(found, blocks.get(block), self.language, printing or Printing())

    @property
    def language(self) -> str:
        """The code of the language that it is in."""
        return self.told.get("language") or ENGLISH

    def manifest(self) -> list[dict[str, Any]]:
        """What stands where: for each sheet its name, view and blocks with their A1 ranges."""
        return [
            {
                "name": sheet.name,
                "view": sheet.view,
                "blocks": [
                    {
                        "name": sheet.defined_name(block),
                        "role": block.role,
                        "shape": list(block.cells.shape),
                        "ranges": block.ranges(),
                    }
                    for block in named(sheet.blocks)
                ],
            }
            for sheet in self.sheets
        ]


def is_printed(sheet: Sheet) -> bool:
    """Whether paper has a sheet: it has none that only a program reads."""
    return not sheet.hidden and sheet.view != CHECK


NAME_RULES = (
    (r".*\S.*", "not be empty"),
    (r"[^\[\]:*?/\\']*", "have none of [ ] : * ? / \\ '"),
    (r"[^\x00-\x1f\ud800-\udfff\ufffe\uffff]*", "have no control characters"),
    (r"(?!(?i:history)$).*", "not be History, which Excel keeps for itself"),
    (rf"(?!(?i:{RECIPE_SHEET})$).*", f"not be {RECIPE_SHEET}, where the recipe stands"),
)
"""What a sheet's name must match, and how that is said."""


def check_names(names: Iterable[str]) -> None:
    """Refuse sheet names that a program would refuse or change."""
    seen: dict[str, str] = {}
    for name in names:
        for pattern, rule in NAME_RULES:
            if not re.fullmatch(pattern, name, re.DOTALL):
                raise XlconvError(f"a sheet name must {rule}, got {name!r:.80}")
        if length(name) > 31:
            raise XlconvError(
                f"a sheet name must have at most 31 characters, got {length(name)}: {name!r:.80}"
            )
        if name.casefold() in seen:
            raise XlconvError(
                "sheet names must differ by more than case, got"
                f' "{seen[name.casefold()]}" and "{name}"'
            )
        seen[name.casefold()] = name
