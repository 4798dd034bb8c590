"""A lesson that shows one plain convolution."""

from __future__ import annotations

from math import prod

from xlconv.errors import XlconvError
from xlconv.grid.limits import SHEETS_CELLS
from xlconv.layers.convolution import Convolution
from xlconv.layers.retold import rest_told
from xlconv.layers.summary import each
from xlconv.lessons.lesson import Lesson, Page

VIEW = "convolution"


def convolution_lesson(conv: Convolution, idea: str = "") -> Lesson:
    """A lesson of one sheet, the view convolution of these numbers.

    idea  what stands under its title

    Raises XlconvError for more cells than a workbook holds.

    >>> convolution_lesson(Convolution.of([[1, 2], [3, 4]], [[1, 1]])).title
    'Convolution 2×2 → 2×1'
    """
    shapes = (conv.input.shape, conv.output_shape)
    cells = prod(shapes[0]) + 2 * prod(shapes[1])
    if cells > SHEETS_CELLS:
        raise XlconvError(
            f"the input and two outputs have {cells} cells; Google Sheets has {SHEETS_CELLS}: use"
            " a smaller input",
            parameter="input",
        )
    leading = 0 if max(shape[0] for shape in shapes) > 1 else 1
    before, after = ("×".join(map(str, shape[leading:])) for shape in shapes)
    options = {
        "input": conv.input,
        "weight": conv.weight,
        **each(conv.geometry.axes, "stride", "padding", "dilation"),
        "groups": conv.geometry.groups,
    } | ({} if conv.bias is None else {"bias": conv.bias})
    for meant in (conv.scaled, conv.quantised):
        options |= meant.told if meant else {}
    if told := rest_told(conv):
        options |= {"rest": told.pop("rest"), "excerpt": told}
    if conv.then:
        options["then"] = [str(step) for step in conv.then]
    return Lesson(
        f"Convolution {before} → {after}",
        (Page(VIEW.capitalize(), VIEW, idea=idea, options=options),),
    )
