"""What a workbook was made from, as a text that travels in its document properties."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from xlconv.errors import UnreadableError, XlconvError
from xlconv.layer import Array, Layer
from xlconv.page import Lesson, Page

VERSION = 1
PROPERTY = "xlconv"
"""The document properties that hold a recipe are called so, and numbered from 0."""

KEPT = 4096
"""Numbers of an array up to which a recipe holds them; of a larger one it holds the sizes."""


def recipe(lesson: Lesson) -> str:
    """A lesson as JSON: its views, layers, options and words, but not what only people read.

    >>> layer = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
    >>> text = recipe(Lesson("Title", (Page("Collect", "collect", layer=layer),)))
    >>> lesson_of(text).pages[0].layer.geometry == layer.geometry
    True
    """
    pages = [
        {"name": page.name, "view": page.view, "options": dict(page.options)}
        | ({} if page.layer is None else {"layer": _told(page.layer)})
        for page in lesson.pages
    ]
    told = {"version": VERSION, "title": lesson.title, "pages": pages, "words": dict(lesson.words)}
    return json.dumps(told, separators=(",", ":"))


def lesson_of(text: str) -> Lesson:
    """The lesson that a recipe tells of; what only people read is left out.

    Raises UnreadableError for a text that is no recipe.
    """
    try:
        told = json.loads(text)
        if told["version"] != VERSION:
            raise UnreadableError(f"this recipe is of version {told['version']}, not {VERSION}")
        pages = tuple(
            Page(
                page["name"], page["view"], layer=_layer(page.get("layer")), options=page["options"]
            )
            for page in told["pages"]
        )
        return Lesson(told["title"], pages, words=told["words"])
    except UnreadableError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, XlconvError) as error:
        raise UnreadableError(f"the workbook's recipe is damaged: {error}") from None


def _told(layer: Layer) -> dict[str, Any]:
    axes = layer.geometry.axes
    return {
        "input": _numbers(layer.input),
        "weight": _numbers(layer.weight),
        "bias": None if layer.bias is None else _numbers(layer.bias),
        "stride": [axis.stride for axis in axes],
        "padding": [list(axis.padding) for axis in axes],
        "output_padding": [axis.output_padding for axis in axes],
        "dilation": [axis.dilation for axis in axes],
        "groups": layer.geometry.groups,
    }


def _layer(told: dict[str, Any] | None) -> Layer | None:
    if told is None:
        return None
    arrays = {key: told[key] for key in ("input", "weight", "bias") if told[key] is not None}
    rest = {key: value for key, value in told.items() if key not in ("input", "weight", "bias")}
    return Layer.of(**{key: _array(value) for key, value in arrays.items()}, **rest)


def _numbers(array: Array) -> list[Any] | dict[str, list[int]]:
    return array.tolist() if array.size <= KEPT else {"sizes": list(array.shape)}


def _array(told: list[Any] | dict[str, list[int]]) -> Array:
    return np.zeros(told["sizes"]) if isinstance(told, dict) else np.array(told, dtype=float)
