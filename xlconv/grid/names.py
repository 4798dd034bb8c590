"""What the blocks of a sheet are called in the workbook, where all sheets' names are together."""

from __future__ import annotations

import re


def prefix(sheet: str) -> str:
    """What the names of a sheet's blocks begin with.

    >>> prefix("Collect"), prefix("1-D")
    ('collect_', '_1_d_')
    """
    return re.sub(r"\W|^(?=\d)", "_", f"{sheet.lower()}_")


def signs(block: str) -> str:
    """A block's name with the signs that a name in a workbook may have.

    >>> signs("output 1:0")
    'output_1_0'
    """
    return re.sub(r"\W", "_", block)
