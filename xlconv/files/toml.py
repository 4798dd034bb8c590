"""TOML files, whose reading costs no more than their size lets one expect."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from xlconv.errors import UnreadableError
from xlconv.files.reading import contents

LARGEST = 1 << 20
"""Bytes of a file: a hundred thousand numbers and more. Larger arrays are files of their own."""

DEPTH = 16
"""Parts of a dotted key. tomllib keeps every beginning of one: memory grows by their square."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
DEEP = rf"(?<![\w\\-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DEPTH}}}"

SAYS = {
    "Cannot declare": "declares a key twice",
    "Cannot mutate": "adds to a table that is closed",
    "Cannot redefine": "declares a table twice",
    "Duplicate inline": "has a key twice in one table",
    "Exceeds the limit": "has a whole number of thousands of digits",
}
"""What is said for the messages of tomllib, by their begin, that repeat what stands in the file."""

PLACE = r" \(at ([a-z0-9, ]+)\)$"


def read_toml(path: Path) -> dict[str, Any]:
    """The top table of a file.

    Raises UnreadableError where there is none, which says where in the file, and never what is
    there.
    """
    data = raw_toml(path)
    try:
        text = data.decode("utf-8-sig")  # editors of Windows mark it so
        for number, written in enumerate(text.split("\n"), 1):
            if written.count(".") >= DEPTH and re.search(DEEP, written):
                raise UnreadableError(
                    f"{path} is no TOML of a lesson: line {number} has a key of more than {DEPTH}"
                    " parts"
                )
        return tomllib.loads(text)
    except UnreadableError:
        raise
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"{path} is no TOML: line {line} is no UTF-8 text: save it as UTF-8"
        ) from None
    except RecursionError:
        raise UnreadableError(f"{path} is no TOML: its lists or tables lie too deep") from None
    except ValueError as error:
        raise UnreadableError(f"{path} is no TOML: {_said(str(error))}") from None


def raw_toml(path: Path) -> bytes:
    """The bytes of such a file."""
    return contents(path, LARGEST)


def _said(message: str) -> str:
    """What tomllib says, without what it repeats from the file.

    >>> _said("Cannot declare ('token',) twice (at line 2, column 9)")
    'declares a key twice, at line 2, column 9'
    """
    place = re.search(PLACE, message)
    what = message[: place.start()] if place else message
    what = next((words for begin, words in SAYS.items() if message.startswith(begin)), what)
    return f"{what[:1].lower()}{what[1:]}" + (f", at {place[1]}" if place else "")
