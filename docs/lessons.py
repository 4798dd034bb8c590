"""Write docs/lessons.md again: every key and option of a lesson file, as the code takes them.

python docs/lessons.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from xlconv.figures.words import WORDS
from xlconv.frameworks.conventions import CONVENTIONS
from xlconv.frameworks.layouts import LAYOUTS
from xlconv.layers.network import POOLING, UPSAMPLING
from xlconv.layers.running import KINDS
from xlconv.layers.then import KINDS as STEPS
from xlconv.lessons.drawing import view_function, view_options
from xlconv.lessons.networks import KIND_KEYS, NETWORK_KEYS, STEP_KEYS
from xlconv.lessons.read import ASK_KEYS, CLASS_KEYS, LAYER_KEYS, LESSON_KEYS, SHEET_KEYS
from xlconv.lessons.schema import words
from xlconv.lessons.shipped import language_names
from xlconv.lessons.teaching import NOTES_KEYS, PART_KEYS, WRONG_KEYS
from xlconv.views import VIEWS

TARGET = Path(__file__).with_name("lessons.md")

TOP = {
    "title": "The title of the workbook, at the top of each printed page. Needed.",
    "digits": "Digits that the largest number of each block shows; if not given, so many that none"
    " reads as 0 that is not.",
    "language": "The code of its language, such as de or ar; en if not given. The words of views"
    f" are those of {', '.join(language_names())} then; sheets of a language that is read from"
    " right to left are laid out so.",
    "before": "The lesson before it, to whose workbook it links: a shipped one by its name, or a"
    " lesson file such as my-first.toml. The link opens the workbook that xlconv build makes of it,"
    " in the folder of this one's.",
    "after": "The same of the lesson after it.",
    "words": "Other words for those that views write, by their keys: see the end of this page.",
    "layers": "Layers by name, each a table of the keys of a layer.",
    "network": "Networks by name, each a table of the keys of a network.",
    "class": "How a class works with it: a table of the keys of a class.",
    "notes": "What a lecturer wants to know: a table of the keys of notes.",
    "sheet": "The sheets in order, each a table of the keys of a sheet. Needed.",
}

SHEET = {
    "name": "The name of the sheet, as on its tab. Needed.",
    "view": "What it shows: one of the views below. Needed.",
    "title": "The line at its top; its name if not given.",
    "idea": "The line under the title: what is to be seen.",
    "try": "What to try, a numbered line each, under the figure.",
    "layer": "One of the lesson's layers by name; or the keys of a layer stand here themselves."
    " Or a transposed convolution of a network as NETWORK.LAYER: it is fed by the cells of the"
    " sheet before it that shows the network.",
    "network": "One of the lesson's networks by name, for the view network.",
    "notes": "How it is taught, part by part: each a table of the keys of notes on a sheet.",
}

ASK = {
    "ask": "What a worksheet leaves out: blocks by their names, or slices as NumPy writes them,"
    ' such as "output[1::2, :]".',
    "answer": "What may be typed there: either, number or formula; either if not given.",
    "marks": "Of the whole sheet, spread evenly over its blanks; one for each if not given.",
    "mistake": "A block of which one cell holds a wrong number, to be found and mended.",
}

CLASS = {
    "vary": "What differs from student to student: arrays of layers, such as a.input.",
    "range": "The least and the greatest of these numbers, which are whole; [1, 5] if not given.",
    "check": "What a tick is for: row, sheet (a block at once) or none; row if not given.",
    "follow": "Part of a mark for what follows from one's own earlier cells; 1 if not given.",
    "here_only": "Part of a mark for a formula that is right for these numbers alone; 0.5 if not"
    " given.",
    "digits": "Decimals of answers that are not whole; 2 if not given.",
}

NOTES = {
    "about": "What the lesson is for, and for whom. Needed.",
    "more": "What is said of sheets that are not taught, and of lessons that go on from it.",
    "wrong": "What goes wrong, each a table of a belief and the answer to it.",
}

WRONG = {
    "belief": "What students believe, or do. Needed.",
    "answer": "What is said to it. Needed.",
}

PART = {
    "minutes": "How long it takes. Needed.",
    "happens": "What happens: which control goes from what to what. Needed.",
    "ask": "What to ask. Needed.",
    "answer": "The answer, where the sheet does not tell it.",
}

ARRAY = "Numbers in nested lists; a size to fill, such as 3x4x4; a file beside the lesson, or both"
LAYER = {
    "input": f"{ARRAY}, as numbers.csv:3x4x4. Channels come first. Needed.",
    "weight": "The same, (in_channels, out_channels/groups, *kernel_sizes). Needed.",
    "bias": "The same, one number an output channel; none if not given.",
    "input_scale": "What the input's integers mean, input_scale * (input - input_zero_point).",
    "input_zero_point": "The same; 0 if not given.",
    "weight_scale": "What the weight's integers mean, weight_scale * (weight - weight_zero_point):"
    " one number, or lists of (in_channels, out_channels/groups), with 1 along an axis on which all"
    " are alike.",
    "weight_zero_point": "The same; 0 if not given.",
    "then": 'What is done to each cell of the output, such as ["relu"]: relu, relu6,'
    " leaky_relu:SLOPE, sigmoid, tanh, clip:LOW:HIGH, quantize:SCALE:ZERO:LOW:HIGH.",
    "seed": "Another seed fills sizes with other small integers.",
    "model": "A model file beside the lesson, whose layer this is: .onnx, .safetensors, .pt, .pth,"
    " .tflite, .keras, .h5 or .npz; then input and weight are not needed.",
    "layer_name": "The layer's name in the model, as xlconv model lists it.",
    "code": "What the layer is, as a line of a framework's code, which is not run; other keys go"
    " before it, it goes before the file.",
    "key": "The input's key, where it is a .npz file of several arrays.",
    "in_channels": 'The input channels to be shown, or "top:4" for those that matter most; what'
    " the others bring is one map of numbers.",
    "out_channels": "The output channels to be shown.",
    "crop": "For each axis [from, before] of the input's cells to be shown.",
    "rest": "What is added to the output: a recipe's way to tell what an excerpt does not show.",
    "rest_channels": "How many input channels are in it.",
    "rest_outside": "Whether cells from outside the crop are in it.",
    "rest_ins": "The numbers that the input channels of an excerpt have in the whole layer.",
    "rest_cells": "For each axis the number of its first input cell in the whole layer, and the"
    " cells that that crops at its begin.",
    "rest_outs": "The numbers that its output channels have there.",
    "convention": f"The framework whose words these are: {', '.join(CONVENTIONS)}; pytorch if not"
    " given.",
    "layout": f"The order of the weight's axes: {', '.join(LAYOUTS)}; the convention's if not"
    " given.",
    "input_layout": "Where the input's channels are: channels-first or channels-last.",
    "turned": "Whether the kernel lies turned by half; as the layout has it if not given.",
    "batch": "The input's first axis is a batch: the sample of it to take, from 0.",
    "rank": "How many axes are spatial, where the sizes leave it open.",
    "stride": "One for all axes, or one an axis; 1 if not given.",
    "padding": "Cells cropped: one for all, one an axis, or [begin, end] for an axis; with a"
    " convention also its word, such as same or SAME_UPPER. 0, or the convention's, if not given.",
    "output_padding": "Cells at the end not cropped; 0, or the convention's, if not given.",
    "output_size": "The output's sizes, for what follows from them.",
    "dilation": "One for all axes, or one an axis; 1 if not given.",
    "groups": "Into how many groups the channels fall; 1 if not given.",
}

NETWORK = {
    "input": f"{ARRAY}: rows and columns, or channels before them. Needed, or reads.",
    "reads": "Another network before it, whose input is read instead: it is typed once, on the"
    " sheet of that one. What the output is held against is that sheet's, too, and so is every"
    " option of the view that its own sheet does not give.",
    "weights": "A .npz file beside the lesson that holds NAME.weight and NAME.bias for each layer"
    " that does not give its own.",
    "seed": "Another seed fills sizes with other small integers.",
    "layer": "The layers in the order in which they are computed, each a table"
    " `[[network.NAME.layer]]`. Needed.",
}

STEP = {
    "name": "What the layer is called: with no point in it, and not input. Needed.",
    "kind": f"One of {', '.join(KINDS)}. Needed.",
    "then": f"What follows: {', '.join(STEPS)}, with parameters as in leaky_relu:0.2; nothing if"
    " not given.",
    "from": "The layer whose maps it reads, or several, which are joined along their channels;"
    " input is the network's. The layer before it if not given.",
}

LEARNT = "{}, as an array or a size to fill; that of the network's weights if not given."
PADDING = "{}: one for all, one an axis, or [begin, end] for an axis; 0 if not given."

OF_KINDS = {
    "conv": LAYER
    | {
        "weight": LEARNT.format("(out_channels, in_channels/groups, *kernel_sizes)"),
        "padding": PADDING.format("Zeros around"),
    },
    "conv_transpose": LAYER
    | {
        "weight": LEARNT.format("(in_channels, out_channels/groups, *kernel_sizes)"),
        "padding": PADDING.format("Cells cropped"),
        "output_padding": "Cells at the end not cropped; 0 if not given.",
    },
    "upsample": {
        "scale_factor": "How many times larger; 2 if not given.",
        "mode": f"How: {', '.join(UPSAMPLING)}; nearest if not given.",
    },
    "pool": {
        "kernel_size": "The rows and columns of a window; 2 if not given.",
        "stride": "From one window to the next; the window's size if not given.",
        "mode": f"What is taken of a window: {', '.join(POOLING)}; max if not given.",
    },
}

EXAMPLE = """\
title = "Upsampling by two"

[words]
agree = "the two sums are one"

[layers.twice]
input = [[3, 3], [1, 1]]
weight = [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
stride = 2

[[sheet]]
name = "Start"
view = "contents"
about = ["A transposed convolution makes a small map larger."]

[[sheet]]
name = "Collect"
view = "collect"
title = "Each output looks back"
idea = "The cell that is looked at meets these inputs."
layer = "twice"
look = [2, 2]
try = ["Type another number over the input.", "Choose another row."]

[[sheet]]
name = "Phases"
view = "phases"
input = "4x4"
weight = "4x4"
stride = 2
padding = 1
small = true
"""


def rows(types: Mapping[str, Any], meanings: Mapping[str, str]) -> str:
    """A table of keys, each with its type and its meaning."""
    if types.keys() != meanings.keys():
        raise KeyError(
            f"keys without a meaning, or the other way: {types.keys() ^ meanings.keys()}"
        )
    return table(("key", "type", "meaning"), ((k, words(types[k]), meanings[k]) for k in types))


def kinds() -> str:
    """What a layer of each kind takes beside these keys."""
    told = []
    for kind, types in KIND_KEYS.items():
        told += [f"Of kind {kind}:", rows(types, {key: OF_KINDS[kind][key] for key in types})]
    return "\n\n".join(told)


def table(heads: Iterable[str], lines: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown, its first column as code."""
    heads = list(heads)
    told = [heads, ["---"] * len(heads), *([f"`{first}`", *more] for first, *more in lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in told)


def view(name: str) -> str:
    """A view: what it shows, and its options."""
    function, types = view_function(name), view_options(name)
    told = inspect.getdoc(function) or ""
    known = inspect.signature(function).parameters
    meanings = {key: meaning(told, key) for key in types}
    lines = ((k, words(types[k]), default(known[k].default), meanings[k]) for k in types)
    shown = (f"Shows a {it}." for it in ("layer", "network") if it in known)
    of_layer = next(shown, "")
    parts = [f"### {name}", told.partition("\n")[0], of_layer]
    if types:
        parts.append(table(("option", "type", "default", "meaning"), lines))
    return "\n\n".join(part for part in parts if part)


def default(value: object) -> str:
    """The default of an option, as TOML writes it; nothing where there is none to write."""
    if value in (None, inspect.Parameter.empty):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def meaning(told: str, key: str) -> str:
    """What the docstring of a view says of one of its parameters."""
    found = re.search(rf"^{key} +(.*(?:\n +.*)*)", told, re.MULTILINE)
    said = " ".join(found[1].split()) if found else LAYER[key]
    return said[0].upper() + said[1:]


def text() -> str:
    """The whole page."""
    views = "\n\n".join(map(view, VIEWS))
    own = {key: kind for key, kind in SHEET_KEYS.items() if key not in ASK_KEYS}
    sheet_keys = own | {"layer": str, "network": str}
    said = table(("key", "text"), ((key, cell(text)) for key, text in WORDS.items()))
    return f"""# Lesson files

Written by docs/lessons.py from the code that reads them.

A lesson is a TOML file. `xlconv lessons copy NAME .` gives one to edit, `xlconv build FILE` makes
its workbook. What a key may not be is refused in one line that names file, table and key. This is
a whole one:

```toml
{EXAMPLE}```

## The top

{rows(LESSON_KEYS, TOP)}

## A layer: `[layers.NAME]`

{rows(LAYER_KEYS, LAYER)}

## A network: `[network.NAME]` and its `[[network.NAME.layer]]`

{rows(NETWORK_KEYS, NETWORK)}

{rows(STEP_KEYS, STEP)}

{kinds()}

## A sheet: `[[sheet]]`

{rows(sheet_keys, SHEET)}

Beside these a sheet has the options of its view.

## What a worksheet asks: keys of a `[[sheet]]`

`xlconv worksheet` builds it; see [classroom.md](classroom.md).

{rows(ASK_KEYS, ASK)}

## A class: `[class]`

{rows(CLASS_KEYS, CLASS)}

## The lecturer's page: `[notes]` and its `[[notes.wrong]]`, `[[sheet.notes]]` of each sheet

`xlconv build NAME --notes -o notes.pdf` prints it, and no workbook has it. In these texts `*Step*`
is what stands on a sheet, and a command or a lesson's name stands in backticks, as in Markdown.

{rows(NOTES_KEYS, NOTES)}

{rows(WRONG_KEYS, WRONG)}

{rows(PART_KEYS, PART)}

## The views

{views}

## In another language

`xlconv build NAME --lang CODE` takes a shipped translation: {", ".join(language_names())}. For
another language, `xlconv lessons words NAME > fr.toml` writes every text of the lesson and every
word that views write; behind each stands what takes its place:

```
language = "fr"

[texts]
"Collect" = "Rassembler"
"Input  {{size}}" = "Entrée  {{size}}"
```

`xlconv build NAME --lang fr.toml` builds it. A text that is not there, or is "", stays as it is.
What is in braces is filled in. Languages read from right to left get sheets that run so, but for
code and networks.

## The words: `[words]`

A text may have the places in braces that the one it replaces has, and at most 255 characters.

{said}
"""


def cell(said: str) -> str:
    """A text in a cell of a table, spaces and lines as they are."""
    return f"`{said}`".replace("\n", "` `").replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
