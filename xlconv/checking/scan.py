"""XML as a stream of tags, and what reading it may cost.

A declaration of entities is none that a workbook needs, and no part of it is held whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from sys import getsizeof
from xml.parsers import expat

TOKEN, TEXT, DEPTH, NAMES = 1 << 20, 100_000, 100, 1_000
"""At most: bytes of a tag, letters of a text, tags in tags, names of tags and attributes."""

ALLOWED = {
    "bytes": (128 << 20, 20, "unpacks to more than {} bytes"),
    "tags": (2_000_000, 0.6, "has more than {} tags"),
    "told": (3_000_000, 0, "has more than {} tags in rows that take long to read"),
    "kept": (64 << 20, 8, "has texts and names that take more than {} bytes"),
    "written": (16_000_000, 3, "has shared formulas of more than {} characters, written out"),
}
"""What reading may cost: at least, and more for each byte of the file; and how it is said.

Files of xlconv's own have 1.9 bytes and more a tag, and unpack to 11 times their size.
"""

Start = Callable[[str, dict[str, str]], None]
"""What is told of each tag: its name, without a prefix, and its attributes."""

End = Callable[[str, str], None]
"""What is told at each tag's end: its name, and its text if there are no tags in it."""


class Budget:
    """What reading a file may still cost, over all of its parts together."""

    def __init__(self, size: int) -> None:
        self.allowed = {key: least + int(more * size) for key, (least, more, _) in ALLOWED.items()}
        self.left = dict(self.allowed)

    def spend(self, what: str, cost: int) -> None:
        """Raises ValueError where a file asks for more than it may."""
        self.left[what] -= cost
        if self.left[what] < 0:
            raise ValueError(ALLOWED[what][2].format(f"{self.allowed[what]:,}"))

    def keep(self, *texts: str) -> None:
        """Texts that stay in memory, with what the lists and tables that hold them take."""
        self.spend("kept", sum(map(getsizeof, texts)) + 100)


class Costs:
    """What reading one part costs; what was paid when it was read before, is paid.

    paid  what has been spent for it so far
    """

    def __init__(self, budget: Budget, paid: Counter[str]) -> None:
        self.budget, self.paid, self.done = budget, paid, Counter[str]()

    def spend(self, what: str, cost: int) -> None:
        """Raises ValueError where a file asks for more than it may."""
        self.done[what] += cost
        more = self.done[what] - self.paid[what]
        if more > 0:
            self.paid[what] += more
            self.budget.spend(what, more)

    def keep(self, *texts: str) -> None:
        """Texts that stay in memory, with what the lists and tables that hold them take."""
        self.spend("kept", sum(map(getsizeof, texts)) + 100)

    def tell(self, xml: bytes) -> None:
        """XML that a parser is told, which takes longest, each time: no payment is remembered."""
        self.budget.spend("told", xml.count(b"<") - xml.count(b"</"))


def scanned(
    pieces: Iterable[bytes], start: Start, end: End, budget: Budget | None = None
) -> Iterator[None]:
    """Read the tags of XML, a piece at a time; without a budget, XML of our own.

    Raises ValueError for what is no XML, or no such XML as workbooks have.
    """
    scanner = Scanner(start, end, budget)
    for piece in pieces:
        scanner.feed(piece)
        yield
    scanner.close()
    yield


class Scanner:
    """XML in, a piece at a time; tags out. Both raise ValueError, as `scanned` does."""

    def __init__(self, start: Start, end: End, budget: Budget | Costs | None) -> None:
        self.tags, self.budget = _Tags(start, end), budget
        self.names: dict[str, str] = {}
        self.parser, self.fed = self.tags.parser(self.names), 0

    @property
    def depth(self) -> int:
        """How many tags are open."""
        return self.tags.depth

    def feed(self, piece: bytes) -> None:
        self._parse(piece, False)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > TOKEN:
            raise ValueError(f"has a tag of more than {TOKEN} bytes")
        if len(self.names) > NAMES:
            raise ValueError(f"has more than {NAMES} names of tags and attributes")
        if self.budget is not None:
            self.budget.spend("tags", self.tags.count)
        self.tags.count = 0

    def close(self) -> None:
        self._parse(b"", True)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self.parser.Parse(piece, last)
        except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding nobody knows
            raise ValueError(f"is no XML: {error}") from None


class _Tags:
    """What expat tells, as tags without prefixes and texts that are whole.

    count  tags that have begun, since it was last set to 0
    """

    def __init__(self, start: Start, end: End) -> None:
        self.start, self.end = start, end
        self.depth = self.count = 0
        self.text = ""
        self.local: dict[str, str] = {}  # names without prefixes

    def parser(self, names: dict[str, str]) -> expat.XMLParserType:
        """A parser that tells these tags; it keeps the names of tags and attributes in `names`."""
        parser = expat.ParserCreate(None, None, names)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._on_start, self._on_end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._on_text, _on_doctype
        return parser

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > DEPTH:
            raise ValueError(f"has tags within tags, {DEPTH} deep")
        self.text = ""
        if name not in self.local:
            self.local[name] = name.rpartition(":")[2]
        self.start(self.local[name], attributes)

    def _on_end(self, name: str) -> None:
        self.depth -= 1
        text, self.text = self.text, ""
        self.end(self.local[name], text)

    def _on_text(self, more: str) -> None:
        self.text += more  # more than once where an entity, or a piece's end, came between
        if len(self.text) > TEXT:
            raise ValueError(f"has a text of more than {TEXT} characters")


def _on_doctype(*_: object) -> None:
    raise ValueError("declares a document type")
