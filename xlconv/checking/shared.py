"""A formula that many cells share: written out for each of them, as a program would."""

from __future__ import annotations

import re
from collections.abc import Callable

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from xlconv.frozen import frozen
from xlconv.grid.limits import FORMULA_LENGTH
from xlconv.grid.places import Place, column_number, letters

CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w.])")

Piece = Callable[[int, int], str]
"""What stands in a formula, some rows and columns away from where it was written."""


@frozen
class Shared:
    """A formula as it was written, the cell that it was written for, and its pieces."""

    text: str
    origin: Place
    pieces: tuple[str | Piece, ...]

    @classmethod
    def of(cls, text: str, origin: Place) -> Shared:
        """A formula without `=`; one that is none has no pieces."""
        if len(text) > FORMULA_LENGTH:  # more than Excel takes: nobody's
            return cls(text, origin, ())
        try:
            tokens = Tokenizer(f"={text}").items
        except (TokenizerError, IndexError, ValueError, AssertionError):
            return cls(text, origin, ())
        pieces: list[str | Piece] = []
        for token in tokens:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                pieces += _references(token.value)
            else:
                pieces.append(token.value)
        return cls(text, origin, tuple(pieces))

    def at(self, place: Place) -> str:
        """The formula of another cell; "" where a reference leaves the sheet.

        >>> Shared.of('SUM(A1:$B$2)&"A1"', (0, 4)).at((2, 5))
        'SUM(B3:$B$2)&"A1"'
        """
        down, across = place[0] - self.origin[0], place[1] - self.origin[1]
        try:
            return "".join(
                piece if isinstance(piece, str) else piece(down, across) for piece in self.pieces
            )
        except (TranslatorError, ValueError):
            return ""


def _references(text: str) -> list[str | Piece]:
    """The pieces of a reference, with its sheet: it moves, but for what stands behind a `$`."""
    sheet, mark, cells = text.rpartition("!")
    pieces: list[str | Piece] = [sheet + mark]
    for n, part in enumerate(cells.split(":")):
        if n:
            pieces.append(":")
        cell = CELL.fullmatch(part)
        if cell is None:  # whole rows or columns, or a name
            return [sheet + mark, _translated(cells)]
        pieces.append(_cell(*cell.groups()))
    return pieces


def _cell(fixed: str, column: str, still: str, row: str) -> Piece:
    number, line = column_number(column), int(row)

    def moved(down: int, across: int) -> str:
        to_column = number if fixed else number + across
        to_row = line if still else line + down
        if to_column < 1 or to_row < 1:
            raise ValueError("a reference leaves the sheet")
        return f"{fixed}{letters(to_column)}{still}{to_row}"

    return moved


def _translated(cells: str) -> Piece:
    return lambda down, across: str(Translator.translate_range(cells, down, across))
