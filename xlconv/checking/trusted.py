"""Which formulas of a stranger an engine is given: of known functions, over areas of known size.

A formula is read as a row of tokens, and one with anything else in it is not given: LAMBDA may
never end, FACT(1E9) and whole columns take hours, and what takes long for one engine or makes it
fail is found anew for each. What is left costs about as much as the cells that it looks at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from xlconv.grid.functions import FUNCTIONS
from xlconv.grid.limits import FORMULA_LENGTH
from xlconv.grid.places import column_number

NESTED = 64
"""Parentheses in each other that Excel takes."""

OTHERS = [
    "AVERAGE", "CONCATENATE", "COS", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIFS", "EXACT",
    "EXP", "FALSE", "HYPERLINK", "ISBLANK", "ISERROR", "ISTEXT", "LEFT", "LEN", "LN", "LOG",
    "LOG10", "MATCH", "MEDIAN", "MID", "PI", "POWER", "PRODUCT", "RIGHT", "ROUNDDOWN",
    "ROUNDUP", "SIGN", "SIN", "SQRT", "STDEV", "SUMIF", "SUMIFS", "SUMSQ",
    "SUMXMY2", "TAN", "TEXT", "TRUE", "TRUNC", "VAR", "VLOOKUP",
]  # fmt: skip
"""What readers put beside a lesson's own functions."""

KNOWN = frozenset([*FUNCTIONS, *OTHERS])

RANGED = ("COUNTIF(", "COUNTIFS(", "SUMIF(", "SUMIFS(")
"""Functions for which IronCalc wants A1:A1, where Gnumeric writes A1."""

TOKEN = re.compile(
    r"""
      (?P<text> "(?:[^"]|"")*" )
    | (?: (?: '(?P<quoted>(?:[^']|'')+)' | (?P<plain>[^\W\d][\w.]*) ) (?P<mark>!) )?
      (?P<area> \$?(?P<left>[A-Za-z]{1,3})\$?(?P<top>[0-9]{1,7})
        (?: : \$?(?P<right>[A-Za-z]{1,3})\$?(?P<bottom>[0-9]{1,7}) )? )
      (?![\w.(!:])
    | (?P<number> (?:[0-9]+\.?[0-9]*|\.[0-9]+) (?:[Ee][+-]?[0-9]+)? ) (?![\w.(!:])
    | (?P<function> [A-Za-z][A-Za-z0-9.]* ) (?P<opened>\()
    | (?P<name> [^\W\d][\w.]* ) (?![\w.(!:])
    | (?P<open>\() | (?P<close>\))
    | [-+*/^&=<>,%\ ]
    """,
    re.VERBOSE,
)


def trusted(
    formula: str,
    sheets: Mapping[str, str],
    names: Mapping[str, int],
    functions: AbstractSet[str] = KNOWN,
) -> tuple[str, int] | None:
    """A formula as an engine may have it, and how many cells it looks at; None if it may not.

    sheets     what the engine calls each sheet, by the sheet's name in upper case
    names      how many cells each name leads to, by the name in lower case
    functions  those that it may have, in upper case

    >>> trusted("SUM('A!B'!A1:B2, all)*2", {"A!B": "S1"}, {"all": 3})
    ('SUM(S1!A1:B2, all)*2', 7)
    >>> trusted("COUNTIF(A1,2)", {}, {})
    ('COUNTIF(A1:A1,2)', 1)
    >>> [trusted(bad, {}, {}) for bad in ("FACT(1E9)", "SUM(A:A)", "1+}")]
    [None, None, None]
    """
    if len(formula) > FORMULA_LENGTH:
        return None
    written: list[str] = []
    at = depth = cells = 0
    while at < len(formula):
        token = TOKEN.match(formula, at)
        if token is None:
            return None
        at, text = token.end(), token[0]
        depth += (token["opened"] or token["open"]) is not None
        depth -= token["close"] is not None
        if not 0 <= depth <= NESTED or not _is_known(token, names, functions):
            return None
        cells += names.get((token["name"] or "").lower(), 0)
        if token["area"]:
            cells += _cells(*token.group("left", "top", "right", "bottom"))
            if not (text := _area(token, sheets, written[-1] if written else "")):
                return None
        written.append(text)
    return "".join(written), cells


def _is_known(token: re.Match[str], names: Mapping[str, int], functions: AbstractSet[str]) -> bool:
    """Whether a token is no function or name but one that the engine knows."""
    if token["function"]:
        return token["function"].upper() in functions
    name = token["name"]
    return name is None or name.upper() in ("TRUE", "FALSE") or name.lower() in names


def _area(token: re.Match[str], sheets: Mapping[str, str], before: str) -> str:
    """An area as the engine knows it, behind the token `before`; "" on a sheet that is unknown."""
    area = text = token["area"]
    if token["mark"]:
        name = (token["quoted"] or token["plain"]).replace("''", "'").upper()
        if name not in sheets:
            return ""
        text = f"{sheets[name]}!{area}"
    return f"{text}:{area}" if token["right"] is None and before.upper() in RANGED else text


def _cells(left: str, top: str, right: str | None, bottom: str | None) -> int:
    """How many cells an area has."""
    if right is None or bottom is None:
        return 1
    rows = abs(int(bottom) - int(top)) + 1
    return rows * (abs(column_number(right) - column_number(left)) + 1)
