"""Pages as a source text that typst sets: every stranger's word is a string literal in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

from xlconv.frozen import frozen
from xlconv.grid.theme import GREY, MONOSPACE, look
from xlconv.paper.fonts import MONOSPACED, families
from xlconv.paper.page import Box, Ground, Line, Page, Part, Table, Text

FAR = 4000
"""The width of a text's line in points: it runs over its cell rather than go on below."""

ASIDE, EDGE, SMALL = 36, 18, 9
"""How far from paper's edges its title and its number stand, and their size, in points."""

HEAD = f"""\
#set page(margin: 0pt)
#set par(leading: 0pt, spacing: 0pt, justify: false)
#set text(
  top-edge: "cap-height", bottom-edge: "baseline", number-width: "tabular", ligatures: false,
  hyphenate: false,
)
#show heading: it => it.body
#show heading.where(level: 2): set heading(bookmarked: false)
#let at(x, y, w, h, b) = place(top + left, dx: x * 1pt, dy: y * 1pt, box(
  width: w * 1pt, height: h * 1pt, b,
))
#let left_(x, y, w, h, b) = at(x, y, {FAR}, h, align(left + horizon, b))
#let right_(x, y, w, h, b) = at(x + w - {FAR}, y, {FAR}, h, align(right + horizon, b))
#let center_(x, y, w, h, b) = at(x + w / 2 - {FAR // 2}, y, {FAR}, h, align(center + horizon, b))
#let ground(x, y, w, h, c) = place(top + left, dx: x * 1pt, dy: y * 1pt, rect(
  width: w * 1pt, height: h * 1pt, fill: rgb(c),
))
#let rule(x, y, w, h, c, s) = place(top + left, dx: x * 1pt, dy: y * 1pt, line(
  end: (w * 1pt, h * 1pt), stroke: (paint: rgb(c), thickness: s * 1pt, cap: "square"),
))
#let wide(a, i, b) = place(a + horizon, dx: i * 1pt, box(width: {FAR}pt, align(a, b)))
"""
"""What all pages use. Texts are centred by their capitals, which all fonts have alike."""

Ink = Callable[[str], str]
"""From a colour to the one that it is printed in."""


def literal(text: str) -> str:
    """A text as a string of typst's.

    >>> print(literal('#a "b" \\\\ [c]'))
    "#a \\"b\\" \\\\ [c]"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def points(number: float) -> str:
    """A length, in hundredths of a point.

    >>> points(3.0), points(0.256)
    ('3', '0.26')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")


@frozen
class Source:
    """What is written of some pages, each look of their texts once.

    ink     how colours are printed
    sheets  that links may lead to
    """

    ink: Ink
    sheets: frozenset[int] = frozenset()
    looks: dict[str, str] = field(default_factory=dict)

    def styled(self, text: Text, words: str, role: str = "") -> str:
        """Some words in the look of a text, or of a role in its size."""
        seen = look(role) if role else text.look
        said = [f"size: {points(text.size)}pt", f'fill: rgb("{self.ink(seen.color)}")']
        said += [f'weight: "{"semibold" if seen.bold else "regular"}"']
        said += ['style: "italic"'] * seen.italic
        said += [f"font: {literal(MONOSPACED)}"] * (seen.font == MONOSPACE)
        said += [f"dir: {'rtl' if text.leftward else 'ltr'}"]
        body = f"text({', '.join(said)}, b)"
        for holds, around in ((seen.underline, "underline"), (seen.strike, "strike")):
            body = f"{around}({body})" if holds else body
        name = self.looks.setdefault(body, f"f{len(self.looks)}")
        return f"{name}({literal(words)})"

    def body(self, text: Text) -> str:
        """The words of a text, as they look; a link, if they lead to a sheet that is here."""
        shown = self.styled(text, text.words.removesuffix(text.rest) if text.rest else text.words)
        if text.rest:
            shown = f"{{ {shown}; {self.styled(text, text.rest, 'note')} }}"
        if isinstance(text.target, str):
            return f"link({literal(text.target)}, {shown})"
        return f"link(<s{text.target}>, {shown})" if text.target in self.sheets else shown

    def placed(self, text: Text) -> str:
        """A text where it stands."""
        side, box = text.look.align or "left", text.box
        if text.kind == "lines":
            return f"at({numbers(box)}, align({side}, par(leading: 0.7em, {self.body(text)})))"
        indent = {"left": text.indent, "right": -text.indent}.get(side, 0)
        return f"{side}_({numbers(box._replace(x=box.x + indent))}, {self.body(text)})"

    def table(self, table: Table) -> str:
        """A table: words that might go on in a second line are put into a line of their own."""
        cells = []
        for row in range(len(table.heights)):
            for column in range(len(table.widths)):
                text = table.texts.get((row, column))
                cells.append("[]" if text is None else self.cell(text))
        wide, high = (
            "(" + "pt, ".join(map(points, s)) + "pt,)" for s in (table.widths, table.heights)
        )
        kind = f"columns: {wide}, rows: {high}, inset: 0pt, stroke: none, align: center + horizon"
        return f"at({numbers(table.box)}, table({kind}, {', '.join(cells)}))"

    def cell(self, text: Text) -> str:
        body, side = self.body(text), text.look.align
        if side == "center" and " " not in text.words:
            return body
        indent = {"left": text.indent, "right": -text.indent}.get(side or "", 0)
        return f"wide({side}, {points(indent)}, {body})"


def numbers(box: Box) -> str:
    return ", ".join(map(points, box))


def document(parts: Sequence[Part], title: str, language: str, ink: Ink) -> str:
    """The source of a whole document: each part begins on a sheet of paper of its own."""
    every = [page for part in parts for page in part.pages]
    source = Source(ink, frozenset(page.sheet for page in every if page.first))
    bodies = list[str]()
    for part in parts:
        if len(bodies) % 2:
            bodies.append(f"#page({_size(part.pages[0])}, [])\n")
        for n, page in enumerate(part.pages, 1):
            around = _around(source, page, part.title, f"{n} / {len(part.pages)}")
            bodies.append(_page(source, page, around))
    code, _, region = language.lower().partition("-")
    region = f', region: "{region}"' if len(region) == 2 else ""
    fonts = ", ".join(map(literal, families(language)))
    head = (
        f'#set document(title: {literal(title)}, author: "xlconv", date: none)\n{HEAD}'
        f'#set text(font: ({fonts}), lang: "{code}"{region})\n'
    )
    looks = "".join(f"#let {name}(b) = {body}\n" for body, name in source.looks.items())
    return head + looks + "".join(bodies)


def _page(source: Source, page: Page, around: Iterable[str]) -> str:
    """One page: what is drawn is no text, then what is read, in its order."""
    way = "rtl" if page.leftward else "ltr"
    drawn = [*_drawn(source.ink, page.grounds, page.lines), *map(source.placed, page.again)]
    parts = [f"pdf.artifact({{ {'; '.join([*drawn, *around])} }})", *_read(source, page)]
    body = "\n".join(parts)
    return f"#page({_size(page)}, {{\nset text(dir: {way})\n{body}\n}})\n"


def _size(page: Page) -> str:
    return f"width: {points(page.wide)}pt, height: {points(page.high)}pt"


def _drawn(ink: Ink, grounds: Iterable[Ground], lines: Iterable[Line]) -> Iterator[str]:
    for ground in grounds:
        yield f'ground({numbers(ground.box)}, "{ink(ground.color)}")'
    for line in lines:
        yield f'rule({numbers(line.box)}, "{ink(line.color)}", {points(line.weight)})'


def _read(source: Source, page: Page) -> Iterator[str]:
    """What is read of a page: the title's lines as one heading, and those of its figures."""
    titles = [one for one in page.read if isinstance(one, Text) and one.kind == "title"]
    if titles:
        label = f" <s{page.sheet}>" * page.first
        lines = "; ".join(map(source.placed, titles))
        yield f"[#heading(level: 1, {{ {lines} }}){label}]"
    for one in page.read:
        if isinstance(one, Table):
            yield source.table(one)
        elif one.kind == "caption" and (titles or page.again):
            yield f"heading(level: 2, {source.placed(one)})"
        elif one.kind != "title" or not titles:
            yield source.placed(one)


def _around(source: Source, page: Page, title: str | None, number: str) -> Iterator[str]:
    """What the paper has around a page: the book's title, the sheet's name, the page's number."""
    if title is None:
        return
    wide, color = page.wide - 2 * ASIDE, source.ink(GREY)
    sides = ("right_", "left_") if page.leftward else ("left_", "right_")
    for side, top, words in (
        (sides[1], EDGE, title),
        (sides[0], page.high - EDGE - SMALL, page.name),
        (sides[1], page.high - EDGE - SMALL, number),
    ):
        box = numbers(Box(ASIDE, top, wide, SMALL))
        yield f'{side}({box}, text(size: {SMALL}pt, fill: rgb("{color}"), {literal(words)}))'
