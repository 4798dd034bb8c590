"""What a workbook was made from, as a text that travels in it: in properties and on a sheet.

It is a lesson file in JSON, without what only people read: `xlconv.lessons.read` reads it as one.
"""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any

import numpy as np

from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Array, Layer
from xlconv.layers.retold import rest_told
from xlconv.layers.summary import DEFAULTS, each
from xlconv.lessons.lesson import CHECK, ENGLISH, Lesson, Page
from xlconv.lessons.networks import numbers, told_of
from xlconv.text import spelt
from xlconv.version import __version__

VERSION = 1
PROPERTY = "xlconv"
"""The document properties that hold a recipe are called so, and numbered from 0."""

RECIPE_SHEET = "xlconv recipe"
RECIPE_NOTE = "What xlconv made this workbook from: xlconv check reads it. Please leave it here."
"""A sheet that is not shown, and its first cell; the recipe stands in the cells below."""

IN_PROPERTY, IN_CELL = 240, 8_000
"""Letters of a recipe in one property, where Excel takes 255, and in one cell."""

KEPT = 4096
"""Numbers of an array up to which a recipe holds them; of a larger one it holds the sizes."""


def recipe(lesson: Lesson, computing: Container[str]) -> str:
    """A lesson as JSON, without what only people read.

    computing  the names of the sheets with formulas; of the others the name and the idea are kept

    >>> layer = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
    >>> json.loads(recipe(Lesson("Title", (Page("Looks", "collect", layer=layer),)), ["Looks"]))
    ... # doctest: +ELLIPSIS
    {'version': 1, 'xlconv': '...', 'title': 'Title', 'words': {}, 'sheet': [{'name': 'Looks',...
    """
    networks = {id(network): name for name, network in lesson.networks.items()}
    sheets = [
        _told(page, network=networks.get(id(page.network), ""))
        if page.name in computing or page.view == CHECK
        else _named(page)
        for page in lesson.pages
    ]
    lesson_file = {
        "version": VERSION,
        "xlconv": __version__,
        "title": lesson.title,
        **({} if lesson.language == ENGLISH else {"language": lesson.language}),
        "words": dict(lesson.words),
        **_kept({"digits": lesson.digits, "before": lesson.before, "after": lesson.after}),
        **_classroom(lesson),
        **_networks(lesson),
        "sheet": sheets,
    }
    # programs may trim spaces at the ends of a property, and read _x0041_ in it as A
    text = json.dumps(lesson_file, separators=(",", ":"))
    return text.replace(" ", "\\u0020").replace("_x", "_\\u0078")


def whole_recipe(lesson: Lesson) -> str:
    """The whole lesson as such a text, with its layers by name and how a class works with it."""
    names = {id(layer): name for name, layer in lesson.layers.items()}
    networks = {id(network): name for name, network in lesson.networks.items()}
    classroom = lesson.classroom
    told = {
        "vary": list(classroom.vary),
        "range": [classroom.low, classroom.high],
        "check": classroom.check,
        "follow": classroom.follow,
        "here_only": classroom.here_only,
        "digits": classroom.digits,
    }
    whole = {
        "version": VERSION,
        "xlconv": __version__,
        "title": lesson.title,
        "language": lesson.language,
        "words": dict(lesson.words),
        "layers": {name: _parameters(layer) for name, layer in lesson.layers.items()},
        **_networks(lesson),
        "class": told,
        **_kept({"digits": lesson.digits, "before": lesson.before, "after": lesson.after}),
        "sheet": [
            _told(page, names.get(id(page.layer), ""), networks.get(id(page.network), ""))
            for page in lesson.pages
        ],
    }
    return json.dumps(whole, indent=1)


def recipe_properties(recipe: str) -> dict[str, str]:
    """The recipe as properties of a workbook, in as many as it takes.

    >>> recipe_properties("{}")
    {'xlconv.0': '{}'}
    """
    return {f"{PROPERTY}.{n}": piece for n, piece in enumerate(_pieces(recipe, IN_PROPERTY))}


def recipe_sheet(recipe: str) -> Sheet:
    """The recipe in cells, on a sheet that is not shown: some programs keep no properties."""
    sheet = Sheet(RECIPE_SHEET, hidden=True, widths={0: len(RECIPE_NOTE)})
    sheet.line((0, 0), [RECIPE_NOTE, *_pieces(recipe, IN_CELL)], "text", step=(1, 0))
    return sheet


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _networks(lesson: Lesson) -> dict[str, Any]:
    """The networks, each once; pages say their names."""
    told = {name: told_of(network) for name, network in lesson.networks.items()}
    return {"network": told} if told else {}


def _told(page: Page, name: str = "", network: str = "") -> dict[str, Any]:
    """What a page shows; its layer and its network by their names, where they have one."""
    options = {key: _short(value) for key, value in page.options.items()}
    name = page.part or name
    layer: dict[str, Any] = {} if page.layer is None or name else _parameters(page.layer)
    layer |= {"layer": name} if name else {}
    layer |= {"network": network} if network else {}
    above = {"title": page.title, "idea": page.idea, "try": list(page.try_this)}
    named = {"name": page.name, "view": page.view}
    return named | _kept(above) | _asked(page) | layer | options


def _classroom(lesson: Lesson) -> dict[str, Any]:
    """How blanks and ticks were made, of a worksheet."""
    if not lesson.form:
        return {}
    told = {"check": lesson.classroom.check, "digits": lesson.classroom.digits}
    return {"form": lesson.form, "class": told}


def _asked(page: Page) -> dict[str, Any]:
    """What is asked on a page; never an answer."""
    if page.ask is None:
        return {}
    told = {"ask": list(page.ask.cells), "answer": page.ask.answer, "mistake": page.ask.mistake}
    return _kept(told) | ({} if page.ask.marks is None else {"marks": page.ask.marks})


def _named(page: Page) -> dict[str, Any]:
    """What other sheets, such as the contents, say of one."""
    return {"name": page.name} | _kept({"idea": page.idea})


def _kept(above: dict[str, Any]) -> dict[str, Any]:
    """What stands above a figure: where that stands hangs on it."""
    return {key: value for key, value in above.items() if value}


def _parameters(layer: Layer) -> dict[str, Any]:
    g = layer.geometry
    weights = layer.quantised.told if layer.quantised else {"weight": layer.weight}
    inputs = layer.scaled.told if layer.scaled else {"input": layer.input}
    arrays = {**inputs, **weights, "bias": layer.bias}
    told = {key: _numbers(value) for key, value in arrays.items() if value is not None}
    then = {"then": [str(step) for step in layer.then]} if layer.then else {}
    rest = rest_told(layer)
    rest |= {"rest": _numbers(rest["rest"])} if rest else {}
    return told | each(g.axes, *DEFAULTS) | {"groups": g.groups} | then | rest


def _numbers(array: Array | float) -> Any:
    """The numbers, whole ones without a point; of very many only the sizes."""
    array = np.asarray(array)
    if array.size > KEPT:
        return spelt(array.shape)
    return numbers(array)


def _short(option: Any) -> Any:
    """An option of a view; of one that holds very many numbers only the sizes."""
    try:
        array = np.asarray(option, dtype=np.float64)
    except (TypeError, ValueError):
        return option
    return _numbers(array) if array.size > KEPT else option
