"""Workbooks in which a transposed convolution computes itself, cell by cell.

The names below are imported when they are first used, so that the command line starts at once.

>>> import xlconv
>>> layer = xlconv.Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
>>> [sheet.name for sheet in xlconv.build(layer, views=["distribute", "collect"]).sheets]
['Distribute', 'Collect']
>>> xlconv.output(layer).tolist()
[[[3.0, 6.0, 3.0, 6.0], [0.0, 3.0, 0.0, 3.0], [1.0, 2.0, 1.0, 2.0], [0.0, 1.0, 0.0, 1.0]]]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from xlconv.errors import XlconvError
from xlconv.version import __version__

if TYPE_CHECKING:
    from xlconv.checking.check import check
    from xlconv.differing.compare import compare
    from xlconv.differing.comparison import Comparison
    from xlconv.frameworks.output_sizes import sizes
    from xlconv.frameworks.resolve import resolve
    from xlconv.frameworks.snippets import program
    from xlconv.layers.convolution import Convolution
    from xlconv.layers.layer import Layer
    from xlconv.layers.model import output
    from xlconv.lessons.book import Book
    from xlconv.lessons.build import build
    from xlconv.lessons.lesson import Lesson
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import lesson_names
    from xlconv.models.made import model_layer
    from xlconv.models.model import read_model

__all__ = [
    "Book", "Comparison", "Convolution", "Layer", "Lesson", "XlconvError", "__version__", "build",
    "check", "compare", "lesson_names", "load_lesson", "model_layer", "output", "program",
    "read_model", "resolve", "sizes",
]  # fmt: skip

_HOMES = {
    "Book": "lessons.book",
    "Comparison": "differing.comparison",
    "Convolution": "layers.convolution",
    "Layer": "layers.layer",
    "Lesson": "lessons.lesson",
    "build": "lessons.build",
    "check": "checking.check",
    "compare": "differing.compare",
    "lesson_names": "lessons.shipped",
    "load_lesson": "lessons.read",
    "model_layer": "models.made",
    "output": "layers.model",
    "program": "frameworks.snippets",
    "read_model": "models.model",
    "resolve": "frameworks.resolve",
    "sizes": "frameworks.output_sizes",
}

if not TYPE_CHECKING:  # a type checker would take this to mean that every name exists

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted(__all__)
