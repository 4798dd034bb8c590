"""A source text set by typst: the bytes of a PDF, or of a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xlconv.errors import BugError, XlconvError
from xlconv.paper.fonts import folders

TAGGED = ["ua-1"]
"""PDF/UA, ISO 14289-1: what can be read aloud; typst refuses a text that no font has."""

MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)


DENSITY = 144
"""Dots an inch of a picture: two for each of a usual screen."""


def pressed(source: str) -> bytes:
    """A PDF, tagged, with its fonts in it; the same source gives the same bytes.

    Letters that no font of the packages has are looked for in those of the machine.

    Raises XlconvError where none has them.
    """
    return _pressed(source)[0]


def pictured(source: str, kind: str) -> bytes:
    """A page as a picture, "svg" or "png", of letters that some font has."""
    _, compiler = _pressed(source)
    return bytes(compiler.compile(source.encode(), format=kind, ppi=DENSITY))


def _pressed(source: str) -> tuple[bytes, Any]:
    """The PDF, and what has made it."""
    missing = ""
    for compiler in _compilers():
        try:
            made = compiler.compile(source.encode(), format="pdf", pdf_standards=TAGGED)
        except RuntimeError as error:
            missing = "".join(MISSING.findall(str(error)))
            if not missing:
                raise BugError(f"typst refuses a page: {error}") from None
        else:
            return bytes(made), compiler
    raise XlconvError(
        f'no font has "{missing[:40]}": install one that does on this machine, or use other letters'
    )


def _compilers() -> Iterator[Any]:
    """What sets a page: with the packages' fonts alone, and with the machine's beside them."""
    where = folders()
    from typst import Compiler

    for alone in (True, False):
        yield Compiler(font_paths=where, ignore_system_fonts=alone)
