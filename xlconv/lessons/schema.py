"""What a table of a TOML file may hold: keys and their types, checked, and said in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.grid.limits import TEXT_LENGTH, length, unwritable
from xlconv.visible import shortened

LIKELY = 100
"""Characters that a word may have to be compared with others."""

NAMES = {
    str: ("text", "texts"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "truth values"),
    list: ("a list", "lists"),
    dict: ("a table", "tables"),
}
"""A type in words: one of it, and many."""


@frozen
class Table:
    """A table of a file: what an error about it names."""

    path: Path | str
    name: str = ""
    files: bool = True
    """Whether it may name files to read."""

    def check(
        self, values: Mapping[str, Any], known: Mapping[str, Any], needed: Iterable[str] = ()
    ) -> None:
        """Refuse unknown keys, values of another type, texts that no cell takes, missing keys."""
        for key, value in values.items():
            if key not in known:
                raise self.wrong(f"unknown key {as_toml(key)}{suggest(key, known)}")
            if not fits(value, known[key]):
                raise self.wrong(f'"{key}" must be {words(known[key])}, got {as_toml(value)}')
            for leaf in _leaves([key, value]):
                if wrong := unfit(leaf):
                    raise self.wrong(f"{as_toml(key)} {wrong}")
        for key in needed:
            if key not in values:
                raise self.wrong(f'needs a key "{key}"')

    def part(self, name: str) -> Table:
        """A table inside this file."""
        return replace(self, name=name)

    def wrong(self, rule: str, kind: type[XlconvError] = XlconvError) -> XlconvError:
        """An error that says where."""
        return kind(f"{self.path}{f' [{self.name}]' if self.name else ''}: {rule}")


def fits(value: Any, hint: Any) -> bool:
    """Whether a value of TOML has a type; a tuple is a list of that length.

    >>> fits([1, [0, 2]], list[int | tuple[int, int]]), fits([1, True], list[int])
    (True, False)
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in parts)
    if origin is tuple:
        return isinstance(value, list) and len(value) == len(parts) and all(map(fits, value, parts))
    if origin in (list, Sequence):
        return isinstance(value, list) and all(fits(item, parts[0]) for item in value)
    if isinstance(value, bool):  # which Python counts as a whole number
        return hint is bool
    return isinstance(value, (int, float) if hint is float else origin or hint)


def words(hint: Any, many: bool = False) -> str:
    """A type in words.

    >>> words(int | list[int | tuple[int, int]] | None)
    'a whole number or a list of whole numbers or pairs of whole numbers'
    """
    origin, parts = get_origin(hint), [part for part in get_args(hint) if part is not NoneType]
    if origin in (Union, UnionType):
        return " or ".join(words(part, many) for part in parts)
    if not parts or origin is dict:
        return NAMES[origin or hint][many]
    one, more = ("a pair", "pairs") if origin is tuple else ("a list", "lists")
    return f"{more if many else one} of {words(parts[0], many=True)}"


def as_toml(value: Any) -> str:
    """A value about as TOML writes it, and not too long."""
    if isinstance(value, str):
        value = value[:60]
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 60)


def unfit(leaf: Any) -> str:
    """What is wrong with a text or a number that no cell takes, in words; "" if nothing is.

    >>> unfit(2**63), unfit("a")
    ('has a whole number beyond 64 bits: TOML has none', '')
    """
    if isinstance(leaf, str):
        if control := unwritable(leaf):
            return f"has a control character, {control!r}"
        if length(leaf) > TEXT_LENGTH:
            return f"must have at most {TEXT_LENGTH} characters"
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**63:
        return "has a whole number beyond 64 bits: TOML has none"
    return ""


def suggest(word: str, known: Iterable[str]) -> str:
    """A question after an unknown word: did you mean a known one?

    >>> suggest("strides", ["stride", "padding"]), suggest("colour", ["stride"])
    ('; did you mean "stride"?', '')
    """
    if len(word) > LIKELY:
        return ""
    from difflib import get_close_matches  # late: start-up counts

    close = get_close_matches(word, [name for name in known if len(name) <= LIKELY], 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def instead(word: str, known: Iterable[str]) -> str:
    """What an unknown word may have meant, or else what is known.

    >>> instead("colect", ["collect"]), instead("x", ["a", "b"]), instead("x", [])
    ('; did you mean "collect"?', '; known are a, b', '; there is none')
    """
    names = shortened(", ".join(known), 300)
    return suggest(word, known) or (f"; known are {names}" if names else "; there is none")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
