"""How a program ends; and what it leaves out: parameters of no effect, a function of one use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import numpy as np

LEAST = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1}
"""What they are where nobody says more."""

FUNCTION = re.compile(r"\n\ndef \w+\(x, weight\):\n")

WHOLE = """\
{single}
{fit}
{add_bias}

y = y.round().astype(int)
print(np.array2string(y, separator=", ", threshold=y.size, max_line_width=10**6))
"""
"""The end of a program whose numbers are all whole."""

REPORT = """\
{single}
{fit}
{add_bias}

# a hair more, so that halves round alike everywhere; + 0.0 makes 0 of -0
y = (y + {hair}).round({decimals}) + 0.0
if (y == y.astype(int)).all():
    y = y.astype(int)
print(np.array2string(
    y, separator=", ", precision={decimals}, suppress_small=True, threshold=y.size,
    max_line_width=10**6,
))
"""

SHOW = """\
{single}
{fit}
{add_bias}

print({shown})
"""
"""The end of a program that shows its output as NumPy does."""


def options(fields: Mapping[str, Any]) -> str:
    """The parameters that are not what they are anyway; one number where all axes have it."""
    told = {name: {*np.ravel(fields[name]).tolist()} for name in LEAST}
    return " ".join(
        f"{name}={each.pop() if len(each) == 1 else fields[name]},"
        for name, each in told.items()
        if each != {LEAST[name]}
    )


def inline(text: str) -> str:
    """A program whose function is called once, without the function."""
    before, *body = FUNCTION.split(text, maxsplit=1)
    if not body:
        return text
    calls = dedent(body[0].removesuffix("\n\n\n{use}\n")).replace("return ", "y = ")
    return f"{before}\n{calls}\n"
