"""When cells that two programs wrote are the same: formulas as tokens, numbers but for rounding."""

from __future__ import annotations

import re
from math import isclose
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from xlconv.workbook import Value

NUMBER = re.compile(r"([0-9]{1,400}(?:\.[0-9]{1,400})?(?:E[+-]?[0-9]{1,5})?)")


def tokens(formula: str) -> list[tuple[str, Any]]:
    """A formula as tokens that do not depend on the program that wrote it."""
    found: list[tuple[str, Any]] = []
    for token in Tokenizer(f"={formula}").items:
        value = token.value
        if token.type == Token.WSPACE:
            continue
        if token.subtype == Token.NUMBER:
            found.append((Token.NUMBER, float(value)))
        elif token.subtype == Token.TEXT:
            found.append((Token.TEXT, value))
        elif token.subtype == Token.RANGE:
            sheet, mark, cells = value.upper().rpartition("!")
            if sheet[:1] == "'":
                sheet = sheet[1:-1].replace("''", "'")
            found.append((Token.RANGE, f"{sheet}{mark}{cells}"))
        else:
            found.append((token.type, value.upper()))
    return found


def same(a: Value, b: Value, apart: float = 0.0) -> bool:
    """Whether two values are equal; numbers that are not whole but for rounding."""
    if a in (None, "") or b in (None, ""):
        return a in (None, "") and b in (None, "")
    if not (isinstance(a, float) and isinstance(b, float)):
        return type(a) is type(b) and (a == b or (isinstance(a, str) and _same_words(a, str(b))))
    if a.is_integer() and b.is_integer() and apart < 0.5:
        return a == b
    return isclose(a, b, rel_tol=1e-9, abs_tol=apart)


def _same_words(a: str, b: str) -> bool:
    """Whether two texts are equal but for how a program writes the numbers in them."""
    ours, theirs = NUMBER.split(a), NUMBER.split(b)
    return (
        len(ours) == len(theirs)
        and ours[::2] == theirs[::2]
        and all(
            isclose(float(one), float(other), rel_tol=1e-9)
            for one, other in zip(ours[1::2], theirs[1::2], strict=True)
        )
    )
