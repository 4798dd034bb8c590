"""The kinds of findings, and what is said of one and of several."""

from __future__ import annotations

from typing import NamedTuple

GENERAL = "set its format to General and type it again"


class Kind(NamedTuple):
    """A kind of findings.

    said     what is said of one
    one      what one is called
    several  what several are
    fine     whether a reader may do it, or it follows from others
    """

    said: str
    one: str
    several: str
    fine: bool = False

    def counted(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.several}"


KINDS = {
    "language": Kind(
        "this file is in the language {got}, not in {expected}: --lang says which",
        "file in another language",
        "files in another language",
        fine=True,
    ),
    "other": Kind(
        'this file says it is of "{got}", not of "{expected}"',
        "file of another lesson",
        "files of another lesson",
        fine=True,
    ),
    "changed": Kind(
        "{at} was {expected}, is now {got}", "number of your own", "numbers of your own", fine=True
    ),
    "own": Kind(
        "{at} was {expected}, has now {got}",
        "formula of your own",
        "formulas of your own",
        fine=True,
    ),
    "date": Kind(
        "{at} was {expected}, is now {got}, shown as a date:"
        f" {GENERAL} (a half as 0.5 or =1/2)",
        "number of your own that is a date",
        "numbers of your own that are dates",
        fine=True,
    ),
    "renamed": Kind("{expected} is now called {got}", "renamed sheet", "renamed sheets", fine=True),
    "shifted": Kind(
        "{at}: {got}",
        "sheet whose cells were moved, compared where they are now",
        "sheets whose cells were moved, compared where they are now",
        fine=True,
    ),
    "added": Kind(
        "{at}",
        "sheet that is not xlconv's, not checked",
        "sheets that are not xlconv's, not checked",
        fine=True,
    ),
    "version": Kind(
        "xlconv {got} made it, this is {expected}: what follows may be for that alone",
        "other version",
        "other versions",
        fine=True,
    ),
    "formula": Kind(
        "{at} has {got}; here belongs {expected}",
        "formula that was changed",
        "formulas that were changed",
    ),
    "constant": Kind(
        "{at} has {got}; here belongs {expected}",
        "fixed number typed over",
        "fixed numbers typed over",
    ),
    "text": Kind(
        "{at} has {got}; here belongs a number",
        "cell without the number it needs",
        "cells without the number they need",
    ),
    "digits": Kind(
        (
            f"{{at}} has the text {{got}}, which only looks like a number: {GENERAL}, decimals as"
            " the program writes them"
        ),
        "text where a number belongs",
        "texts where a number belongs",
    ),
    "quoted": Kind(
        (
            f"{{at}} has the text {{got}}, which only looks like a formula: {GENERAL}, without an"
            " apostrophe before it"
        ),
        "text that was meant as a formula",
        "texts that were meant as formulas",
    ),
    "unvalued": Kind(
        (
            "{at} has {got}, without a value: open the file in a spreadsheet program and save it"
            " there, or use --engine"
        ),
        "formula of your own that no program has computed",
        "formulas of your own that no program has computed",
    ),
    "value": Kind(
        "{at} says {got}; its numbers give {expected}",
        "value that is not what follows",
        "values that are not what follows",
    ),
    "follows": Kind(
        "{at}: {got}",
        "sheet with values that only follow from what was changed",
        "sheets with values that only follow from what was changed",
        fine=True,
    ),
    "stale": Kind(
        "{at}: {got}",
        "sheet that no program has recalculated: open it in one and save it there, or use --engine",
        "sheets that no program has recalculated: open them in one and save there, or use --engine",
    ),
    "ended": Kind(
        "{at}: {got}",
        "sheet with so much wrong that the rest of it was not compared",
        "sheets with so much wrong that the rest of them was not compared",
        fine=True,
    ),
    "unknown": Kind(
        "{at}",
        (
            "sheet with more numbers than a file tells the first values of: if one was changed, and"
            " no program has recalculated it, open it in one and save it there, or use --engine"
        ),
        (
            "sheets with more numbers than a file tells the first values of: if one was changed,"
            " and no program has recalculated them, open them in one and save there, or use"
            " --engine"
        ),
        fine=True,
    ),
    "moved": Kind(
        "{at}: {expected} is now {got}",
        "sheet whose cells were moved, not compared",
        "sheets whose cells were moved, not compared",
    ),
    "error": Kind(
        "{at}: {got}",
        "sheet whose numbers give an error",
        "sheets whose numbers give an error",
    ),
    "gone": Kind("{at}", "sheet that is gone", "sheets that are gone"),
    "plain": Kind(
        "{at} is a workbook of text alone, in which nothing is computed",
        "file with nothing to check",
        "files with nothing to check",
    ),
    "nothing": Kind(
        "{at}: none of its formulas was found",
        "file with nothing to compare",
        "files with nothing to compare",
    ),
}
"""What is said of each kind of finding, in the order in which they are told."""
