"""The short form of a program: what is what it is anyway is left out."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import numpy as np

EVERY_OPTION = """\
stride={stride}, padding={padding}, output_padding={output_padding},
groups={groups}, dilation={dilation},"""
"""The parameters of PyTorch's function."""

LEAST = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1}
"""What they are where nobody says more."""

SHOW = """\
{single}
{fit}
{add_bias}

print({shown})
"""
"""The end of a program that shows its output as NumPy does."""


def options(fields: Mapping[str, Any]) -> str:
    """The parameters that are not what they are anyway; one number where all axes have it."""
    told = {name: np.unique(np.ravel(fields[name])) for name in LEAST}
    return " ".join(
        f"{name}={each[0] if len(each) == 1 else fields[name]},"
        for name, each in told.items()
        if each.tolist() != [LEAST[name]]
    )


def inline(text: str) -> str:
    """A program whose function is called once, without the function."""
    before, function, body = text.partition("\n\ndef conv_transpose(x, weight):\n")
    if not function:
        return text
    return (
        before + "\n" + dedent(body.removesuffix("\n\n\n{use}\n")).replace("return ", "y = ") + "\n"
    )
