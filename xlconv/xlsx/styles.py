"""The looks of cells as a stylesheet: each font, fill, border and format of them once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from xlconv.grid import theme
from xlconv.grid.digits import GENERAL
from xlconv.grid.direction import Way, mirrored, reading
from xlconv.grid.theme import Look
from xlconv.xlsx.strip import BOTTOM, LEFT, RIGHT, TOP
from xlconv.xlsx.values import escape

FIRST_OWN_FORMAT = 164
"""The first number that a number format of one's own may have."""

Style = Callable[[str, int, str, int, bool], int]
"""(role, tint, number format, edges, whether the text must not be read as a formula) -> the style's
number."""

Worn = tuple[str, int, str]
"""A role, a tint and a number format."""

BARE: Worn = ("", -1, GENERAL)
"""Those of a cell without a look."""


class Styles:
    """The styles of a workbook, numbered as they are first asked for.

    >>> styles = Styles()
    >>> [styles.cell(Way.RIGHTWARD, "kernel", 2, "0.0", LEFT, False) for _ in range(2)]
    [1, 1]
    """

    def __init__(self) -> None:
        self._formats: dict[str, int] = {}
        self._fonts = {_font(Look()): 0}
        self._fills = {_fill("none"): 0, _fill("gray125"): 1}  # Excel keeps these two
        self._borders = {_border(Look(), 0): 0}
        self._cells = {'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>': 0}
        self._lights: dict[str, int] = {}
        self._around: dict[int, tuple[Way, int]] = {}
        self.cell = lru_cache(maxsize=None)(self._cell)

    def copy(self) -> Styles:
        """The same, to be gone on with: other copies do not see what is asked of this one."""
        new = Styles()
        for name, known in vars(self).items():
            if isinstance(known, dict):
                setattr(new, name, {**known})
        return new

    def other(self, number: int, role: str, numbers: str, quoted: bool) -> int:
        """The number of another format, of a cell that has the lines around one with this one."""
        way, edges = self._around.get(number, (Way.RIGHTWARD, 0))
        return self.cell(way, role, -1, numbers, edges, quoted)

    def _cell(self, way: Way, role: str, tint: int, numbers: str, edges: int, quoted: bool) -> int:
        """The number of the format of a cell.

        way     which way its sheet and its words run
        numbers the format of its numbers
        edges   the sides on which it has the line of a frame
        quoted  whether it is a text that must not be read as a formula
        """
        look = theme.look(role, tint, numbers)
        order, look = reading(look, way), mirrored(look, way)
        number = self._number_format(look)
        fill = _fill("solid", f'<fgColor rgb="FF{look.fill}"/>') if look.fill else _fill("none")
        style = _numbered(
            self._cells,
            f'<xf numFmtId="{number}" fontId="{_numbered(self._fonts, _font(look))}"'
            f' fillId="{_numbered(self._fills, fill)}"'
            f' borderId="{_numbered(self._borders, _border(look, edges))}" xfId="0"'
            + (' quotePrefix="1"' if quoted else "")
            + f' applyAlignment="1"><alignment vertical="{"top" if look.wrap else "center"}"'
            + (f' horizontal="{look.align}"' if look.align else "")
            + (' wrapText="1"' if look.wrap else "")
            + (f' indent="{look.indent}"' if look.indent else "")
            + (f' readingOrder="{order}"' if order else "")
            + "/></xf>",
        )
        self._around.setdefault(style, (way, edges))
        return style

    def light(self, role: str, tint: int, numbers: str = GENERAL) -> int:
        """The number of what a cell that lights up has over its own format."""
        look = theme.look(role, tint, numbers)
        fill = _fill("solid", f'<bgColor rgb="FF{look.fill}"/>') if look.fill else ""
        font = f'{_flags(look)}<color rgb="FF{look.color}"/>'
        code = escape(look.number_format, quote=True)
        number = f'<numFmt numFmtId="{self._number_format(look)}" formatCode="{code}"/>'
        told = number if look.number_format != GENERAL else ""
        return _numbered(self._lights, f"<dxf><font>{font}</font>{told}{fill}</dxf>")

    def _number_format(self, look: Look) -> int:
        if look.number_format == GENERAL:
            return 0
        return FIRST_OWN_FORMAT + _numbered(self._formats, look.number_format)

    def xml(self) -> str:
        """The stylesheet, of what was asked for so far."""
        formats = [
            f'<numFmt numFmtId="{n}" formatCode="{escape(code, quote=True)}"/>'
            for n, code in enumerate(self._formats, FIRST_OWN_FORMAT)
        ]
        parts = [
            ("numFmts", formats),
            ("fonts", self._fonts),
            ("fills", self._fills),
            ("borders", self._borders),
            ("cellStyleXfs", ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
            ("cellXfs", self._cells),
            ("cellStyles", ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
            ("dxfs", self._lights),
        ]
        return "".join(
            f'<{name} count="{len(listed)}">{"".join(listed)}</{name}>'
            for name, listed in parts
            if listed
        )


def _numbered(known: dict[str, int], xml: str) -> int:
    return known.setdefault(xml, len(known))


def _font(look: Look) -> str:
    # the schema has its children in this order
    underline = '<u val="single"/>' if look.underline else ""
    color = f'<color rgb="FF{look.color}"/>'  # opaque, also where a program looks at that
    return (
        f'<font>{_flags(look)}{underline}<sz val="{look.size:g}"/>{color}<name val="{look.font}"/>'
        "</font>"
    )


def run_font(look: Look) -> str:
    """The font of a part of a text."""
    color = f'<color rgb="FF{look.color}"/>'
    font = f'<sz val="{look.size:g}"/>{color}<rFont val="{look.font}"/>'
    return f"<rPr>{_flags(look)}{font}</rPr>"


def _flags(look: Look) -> str:
    flags = {"b": look.bold, "i": look.italic, "strike": look.strike}
    return "".join(f'<{name} val="1"/>' for name, holds in flags.items() if holds)


def _fill(kind: str, color: str = "") -> str:
    return f'<fill><patternFill patternType="{kind}">{color}</patternFill></fill>'


def _border(look: Look, edges: int) -> str:
    weight = "medium" if look.heavy else "thin"
    thin = f' style="{weight}"><color rgb="FF{look.line}"/>' if look.lines else ">"
    thick = f' style="medium"><color rgb="FF{theme.FRAME}"/>'
    sides = {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
    lines = (f"<{s}{thick if edges & edge else thin}</{s}>" for s, edge in sides.items())
    return f"<border>{''.join(lines)}<diagonal/></border>"
