"""Code: the lesson's layers as programs that print the same arrays."""

from __future__ import annotations

from collections.abc import Mapping

from xlconv.errors import XlconvError
from xlconv.frameworks.names import FRAMEWORKS
from xlconv.frameworks.snippets import program
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer


def code(
    sheet: Sheet,
    layers: Mapping[str, Layer],
    *,
    examples: list[str] | None = None,
    frameworks: list[str] | None = None,
) -> None:
    """Each example in each framework, a line of code a cell.

    layers      the lesson's layers by name
    examples    the names of those to show; all if not given
    frameworks  those whose programs are shown; all if not given
    """
    row, known, names = 3, list(frameworks or FRAMEWORKS), list(examples or layers)
    for name in names:
        if name not in layers:
            raise XlconvError(f'there is no layer "{name}"; known are {", ".join(layers)}')
    programs = {
        (framework, name): program(layers[name], framework).rstrip("\n").split("\n")
        for framework in known
        for name in names
    }
    # two side by side, the second where no line of a first one ends
    firsts = [line for pair, lines in programs.items() if pair[0] in known[::2] for line in lines]
    second = max((sheet.behind((row, 1), line, "code") for line in firsts), default=0) + 1
    for pair in (known[n : n + 2] for n in range(0, len(known), 2)):
        for name in names:
            tallest = 0
            for column, framework in zip((1, second), pair, strict=False):
                title = sheet.say("code_for", framework=FRAMEWORKS[framework], name=name)
                sheet.text((row, column), title, "heading")
                lines = programs[framework, name]
                for line in lines:
                    sheet.run_over((row, column), line, "code")
                sheet.line((row + 1, column), [line or None for line in lines], "code", step=(1, 0))
                tallest = max(tallest, len(lines))
            for n in range(tallest):
                sheet.heights[row + 1 + n] = 14
            row += tallest + 2
