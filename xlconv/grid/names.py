"""What the blocks of a sheet are called in the workbook, where all sheets' names are together."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, normalize


@lru_cache(maxsize=1 << 8)
def prefix(sheet: str) -> str:
    """What the names of a sheet's blocks begin with.

    A mark on a letter, such as Arabic's vowels, is left out: in its place "_" would cut the word.

    >>> prefix("Collect"), prefix("1-D"), prefix("بُعد")
    ('collect_', '_1_d_', 'بعد_')
    """
    letters = [c for c in normalize("NFC", sheet.lower()) if not category(c).startswith("M")]
    return re.sub(r"\W|^(?=\d)", "_", f"{''.join(letters)}_")


def signs(block: str) -> str:
    """A block's name with the signs that a name in a workbook may have.

    >>> signs("output 1:0")
    'output_1_0'
    """
    return re.sub(r"\W", "_", block)
