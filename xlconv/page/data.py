"""What the page's script knows beside the workbook's cells: formats, and what lights up when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xlconv.grid import theme
from xlconv.grid.digits import GENERAL
from xlconv.grid.grid import Area
from xlconv.grid.marks import Light, Scale
from xlconv.grid.places import a1, leaves, span
from xlconv.grid.references import conditions
from xlconv.grid.sheet import Sheet
from xlconv.page.seen import Dress
from xlconv.page.style import line

PICTURES = (theme.GREYS, *theme.PRIMARIES)
"""The shades of pictures, which stay what they are in the dark."""

YOURS = ("input", "image", "kernel", "bias", "pool", "parameter", "control", "blank")
"""The roles of cells that are there to be typed over."""


def data(sheets: Sequence[Sheet], dresses: Mapping[Dress, int]) -> str:
    """All of it as JSON, in which nothing can end the element that it stands in."""
    told = {
        "sheets": [*map(_sheet, sheets)],
        "asks": any(dress.role == "blank" for dress in dresses),
        "formats": [dress.look.number_format for dress in dresses],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def lit_colours(sheets: Sequence[Sheet]) -> set[str]:
    """The colours that cells have while they are lit."""
    looks = [theme.look(light.role, light.tint) for sheet in sheets for light in sheet.lights]
    ends = [scale.ends for one in sheets for scale in one.scales if scale.ends not in PICTURES]
    return {color for look in looks for color in (look.fill, look.color) if color}.union(*ends)


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "first": sheet.head.rows if sheet.head else 0,
        "room": [int(sheet.widths.get(n, sheet.column_width)) for n in range(sheet.columns)],
        "lights": [
            [span(leaf), condition, _lit(light)]
            for light in sheet.lights
            for leaf, condition in conditions(light)
        ],
        "scales": [_scale(scale) for scale in sheet.scales],
        "choices": {
            a1(choice.cells.cell(index)): _offered(choice.source)
            for choice in sheet.choices
            for index in np.ndindex(choice.cells.shape)
        },
    }


def _lit(light: Light) -> dict[str, Any]:
    """What a cell has over its own look while it is lit."""
    look = theme.look(light.role, light.tint, light.numbers)
    told = {
        "backgroundColor": f"var(--{look.fill})" if look.fill else "",
        "color": f"var(--{look.color})",
        "fontWeight": "bold" if look.bold else "",
        "fontStyle": "italic" if look.italic else "",
        "textDecoration": line(look),
        "format": "" if look.number_format == GENERAL else look.number_format,
    }
    return {name: value for name, value in told.items() if value}


def _scale(scale: Scale) -> dict[str, Any]:
    """A heat map: its cells, the values of its ends, and their colours."""
    fixed = scale.ends in PICTURES
    return {
        "cells": [span(leaf) for leaf in leaves(scale.cells)],
        "values": scale.values,
        "ends": [f"#{end}" if fixed else f"var(--{end})" for end in scale.ends],
    }


def _offered(source: Area | tuple[str | int, ...]) -> str | list[str | int]:
    """What a dropdown offers: a range on its sheet, or the values themselves."""
    return span(source.grid) if isinstance(source, Area) else list(source)
