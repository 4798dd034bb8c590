"""XML as a stream of tags, and what reading it may cost.

A declaration of entities is none that a workbook needs, and no part of it is held whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from sys import getsizeof
from xml.parsers import expat

TOKEN, TEXT, DEPTH, NAMES = 1 << 20, 100_000, 100, 1_000
"""At most: bytes of a tag, letters of a text, tags in tags, names of tags and attributes."""

ALLOWED = {
    "bytes": (128 << 20, 20, "unpacks to more than {} bytes"),
    "tags": (2_000_000, 0.6, "has more than {} tags"),
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


def scanned(
    pieces: Iterable[bytes], start: Start, end: End, budget: Budget | None = None
) -> Iterator[None]:
    """Read the tags of XML, a piece at a time; without a budget, XML of our own.

    Raises ValueError for what is no XML, or no such XML as workbooks have.
    """
    depth, tags, fed, text = 0, 0, 0, list[str]()
    names: dict[str, str] = {}  # of tags and of attributes
    local: dict[str, str] = {}  # names without prefixes

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, tags
        depth += 1
        tags += 1
        if depth > DEPTH:
            raise ValueError(f"has tags within tags, {DEPTH} deep")
        if text:
            text.clear()
        if name not in local:
            local[name] = name.rpartition(":")[2]
        start(local[name], attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if text:
            end(local[name], text[0])
            text.clear()
        else:
            end(local[name], "")

    def on_text(more: str) -> None:
        text.append(more)
        if len(text) > 1:  # an entity, or a piece's end, came between
            text[:] = ["".join(text)]
        if len(text[0]) > TEXT:
            raise ValueError(f"has a text of more than {TEXT} characters")

    def on_doctype(*_: object) -> None:
        raise ValueError("declares a document type")

    parser = expat.ParserCreate(None, None, names)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = on_text, on_doctype
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > TOKEN:
                raise ValueError(f"has a tag of more than {TOKEN} bytes")
            if len(names) > NAMES:
                raise ValueError(f"has more than {NAMES} names of tags and attributes")
            if budget is not None:
                budget.spend("tags", tags)
            tags = 0
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise ValueError(f"is no XML: {error}") from None
    yield
