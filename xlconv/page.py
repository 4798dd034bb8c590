"""A lesson as a frozen description: pages in order, each a view and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlconv.layer import Layer
from xlconv.summary import line
from xlconv.words import counted


@dataclass(frozen=True, repr=False)
class Page:
    """One sheet of a lesson: a view, what it shows, and the words around it."""

    name: str
    view: str
    title: str = ""
    idea: str = ""
    try_this: tuple[str, ...] = ()
    layer: Layer | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return line("Page", f"{self.view or 'no view'}: {self.name}")


@dataclass(frozen=True, repr=False)
class Lesson:
    """A title and pages in order; `words` replaces some of the words that views write."""

    title: str
    pages: tuple[Page, ...]
    layers: Mapping[str, Layer] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return line("Lesson", f"{counted(len(self.pages), 'sheet')}: {self.title}")

    @property
    def names(self) -> list[str]:
        """The names of the sheets, in order."""
        return [page.name for page in self.pages]
