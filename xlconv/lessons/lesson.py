"""A lesson as a frozen description: pages in order, each a view and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.frozen import frozen
from xlconv.grid.limits import LITERAL_LENGTH, length
from xlconv.layers.given import plain
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network
from xlconv.lessons.schema import as_toml, instead, suggest, unfit
from xlconv.lessons.shipped import lesson_names
from xlconv.lessons.teaching import Notes, Part
from xlconv.text import counted, line

ENGLISH = "en"
"""The language of a lesson that does not say another."""

LANGUAGE = "[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}"
"""The code of a language, such as de, pt-BR or zh-Hans. Source: RFC 5646."""

LESSON_FILE = ".toml"
"""The end of a lesson file's name."""

TITLE_LENGTH = 120
"""Characters of a title: Excel takes twice as many in a page's header."""


CHECK = "check"
"""What the sheet of a worksheet that its ticks weigh with has in the place of a view."""

ANSWERS = ("either", "number", "formula")
"""What may stand in a blank."""

CHECKS = ("row", "sheet", "none")
"""What a tick is for."""

MOST_MARKS = 1_000_000
"""What marks, and the numbers of a class, go up to."""


@frozen
class Ask:
    """What a worksheet leaves out of a page.

    cells    blocks by their names, or slices of them as NumPy writes them: `output[1::2, :]`
    answer   what may be typed there: one of ANSWERS
    marks    of the whole page; None is one for each cell
    mistake  a block of which one cell holds a number that is wrong
    """

    cells: tuple[str, ...] = ()
    answer: str = "either"
    marks: float | None = None
    mistake: str = ""

    def __post_init__(self) -> None:
        check_choice("answer", self.answer, ANSWERS)
        if self.marks is not None and not 0 < self.marks <= MOST_MARKS:
            raise XlconvError(f"marks must be from 0 to {MOST_MARKS}, not 0, got {self.marks:g}")


MOST_VARIED = 10_000
"""The largest number that a student gets: weighed sums of its products are still exact."""

MOST_DIGITS = 15
"""Those that a number of a cell has."""


@frozen
class Classroom:
    """How a class works with a lesson.

    vary       layers' arrays that differ from student to student: `a.input`
    low, high  the whole numbers that they are of
    check      what a tick is for: one of CHECKS
    follow     part of a mark for what follows from one's own earlier cells
    here_only  part of a mark for a formula that is right for these numbers alone
    digits     decimals of answers that are not whole
    """

    vary: tuple[str, ...] = ()
    low: int = 1
    high: int = 5
    check: str = "row"
    follow: float = 1.0
    here_only: float = 0.5
    digits: int = 2

    def __post_init__(self) -> None:
        check_choice("check", self.check, CHECKS)
        if not -MOST_VARIED <= self.low <= self.high <= MOST_VARIED:
            raise XlconvError(
                f"range must be a least and a greatest whole number, up to {MOST_VARIED}, got"
                f" [{self.low}, {self.high}]"
            )
        for name in ("follow", "here_only"):
            if not 0 <= getattr(self, name) <= 1:
                raise XlconvError(f"{name} must be from 0 to 1, got {getattr(self, name):g}")
        if not 0 <= self.digits <= 9:
            raise XlconvError(f"digits must be from 0 to 9, got {self.digits}")


@frozen
class Page:
    """One sheet of a lesson: a view, what it shows, and the words around it.

    Raises XlconvError for a text that no cell takes.
    """

    name: str
    view: str
    title: str = ""
    idea: str = ""
    try_this: tuple[str, ...] = ()
    layer: Layer | None = None
    network: Network | None = None
    part: str = ""
    """The layer of a network that the layer is, as NETWORK.LAYER: it is fed by that one's sheet."""
    options: Mapping[str, Any] = field(default_factory=dict)
    ask: Ask | None = None
    taught: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        for text in (self.name, self.title, self.idea, *self.try_this):
            check_text(f'sheet "{self.name[:40]}"', text)
        # NumPy's numbers as Python's own, which views compare and recipes write
        object.__setattr__(self, "options", plain(dict(self.options)))

    def __repr__(self) -> str:
        return line("Page", f"{self.view or 'no view'}: {self.name}")

    @property
    def feeds(self) -> bool:
        """Whether it shows a network and nothing else: other sheets may read it."""
        return self.network is not None and self.layer is None

    @property
    def source(self) -> str:
        """The network whose sheet it reads, if it reads one."""
        name, _, _ = self.part.partition(".")
        return name or (self.network.reads if self.network and self.feeds else "")


@frozen
class Lesson:
    """A title and pages in order; `words` replaces some of the words that views write.

    `before` and `after` are the lessons that it links to: names of shipped ones, or files.

    Raises XlconvError where there is no page, or a text that no cell takes.

    >>> Lesson("A title", ())
    Traceback (most recent call last):
    xlconv.errors.XlconvError: a lesson must have at least one sheet
    """

    title: str
    pages: tuple[Page, ...]
    layers: Mapping[str, Layer] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    language: str = ENGLISH
    classroom: Classroom = field(default_factory=Classroom)
    form: str = ""
    """Whether what is asked is left out ("blank"), or marked and shown ("key")."""
    digits: int | None = None
    """Those that the largest number of each block shows; if not given, so many that none is 0."""
    before: str = ""
    after: str = ""
    notes: Notes | None = None
    """What a lecturer wants to know; no workbook has it."""

    def __post_init__(self) -> None:
        if not self.pages:
            raise XlconvError("a lesson must have at least one sheet", parameter="pages")
        check_title(self.title)
        check_words(self.words)
        check_language(self.language)
        check_neighbour("before", self.before)
        check_neighbour("after", self.after)
        if self.digits is not None and not 1 <= self.digits <= MOST_DIGITS:
            raise XlconvError(
                f"digits must be from 1 to {MOST_DIGITS}, got {self.digits}", parameter="digits"
            )

    def __repr__(self) -> str:
        return line("Lesson", f"{counted(len(self.pages), 'sheet')}: {self.title}")

    @property
    def names(self) -> list[str]:
        """The names of the sheets, in order."""
        return [page.name for page in self.pages]


def check_choice(name: str, got: str, known: tuple[str, ...]) -> None:
    """Refuse what is none of a few words."""
    if got not in known:
        raise XlconvError(f'{name} must be one of {", ".join(known)}, got "{got:.40}"')


def check_text(name: str, text: object) -> None:
    """Refuse what is no text that a cell takes."""
    wrong = unfit(text) if isinstance(text, str) else f"must be text, got {type(text).__name__}"
    if wrong:
        raise XlconvError(f"{name} {wrong}")


def check_title(title: str) -> None:
    """Refuse a title that no page's header holds."""
    check_text("title", title)
    if (got := length(title)) > TITLE_LENGTH:
        raise XlconvError(
            f"title must have at most {TITLE_LENGTH} characters, got {got}", parameter="title"
        )


def check_neighbour(key: str, name: str) -> None:
    """Refuse what is neither a shipped lesson nor may be a lesson file; "" is none."""
    check_text(f'"{key}"', name)
    if not name or name.endswith(LESSON_FILE):
        return
    if name not in (known := lesson_names()):
        raise XlconvError(
            f'"{key}" must be a shipped lesson, or a file that ends in {LESSON_FILE}, got'
            f" {as_toml(name)}{instead(name, known)}",
            parameter=key,
        )


def check_language(language: object) -> None:
    """Refuse what is no code of a language."""
    if not isinstance(language, str) or not re.fullmatch(LANGUAGE, language):
        raise XlconvError(
            f"language must be a code such as de or pt-BR, got {language!r:.40}",
            parameter="language",
        )


def check_words(words: Mapping[str, str]) -> None:
    """Refuse words that say more than the ones that they replace, or that no formula takes."""
    for key, text in words.items():
        if key not in WORDS:
            raise XlconvError(f'words has no "{key}"{suggest(key, WORDS)}')
        check_text(f'"{key}"', text)
        known = places(WORDS[key])
        try:
            unknown = [place for place in places(text) if place not in known]
        except ValueError as error:
            raise XlconvError(f'"{key}" has braces that do not fit: {error}') from None
        if unknown:
            allowed = ", ".join(known) or "none: write {{ and }} for braces"
            raise XlconvError(f'"{key}" has no place {unknown[0]}; it has {allowed}')
        if length(text) > LITERAL_LENGTH:
            raise XlconvError(f'"{key}" must have at most {LITERAL_LENGTH} characters')


def places(text: str) -> list[str]:
    """The {places} in one of the words, with whatever is asked of their format.

    >>> places("{name}: {size:>9}")
    ['{name}', '{size:>9}']
    """
    from string import Formatter  # late: start-up counts

    return [
        "{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    ]
