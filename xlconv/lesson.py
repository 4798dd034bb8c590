"""A lesson: a TOML file, read as a frozen description, and the book that it describes."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from xlconv.book import Book
from xlconv.data import array
from xlconv.errors import UnreadableError, XlconvError
from xlconv.figure import surround
from xlconv.layer import Layer
from xlconv.model import OPERATIONS
from xlconv.sheet import Sheet
from xlconv.words import WORDS

VIEWS = (
    "contents", "why", "distribute", "collect", "gniddap", "sedirts", "one_dimension", "channels",
    "code",
)  # fmt: skip
"""Every view: the function of the same name in the module of the same name in xlconv.views."""

LAYER_KEYS = {
    "input": list, "weight": list, "bias": list, "seed": int, "stride": int, "padding": int,
    "output_padding": int, "dilation": int, "groups": int,
}  # fmt: skip
SHEET_KEYS = {"name": str, "view": str, "title": str, "idea": str, "try": list, "layer": str}


@dataclass(frozen=True)
class Page:
    """One sheet of a lesson: a view, what it shows, and the words around it."""

    name: str
    view: str
    title: str = ""
    idea: str = ""
    try_this: tuple[str, ...] = ()
    layer: Layer | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A title and pages in order; `words` replaces some of the words that views write."""

    title: str
    pages: tuple[Page, ...]
    layers: Mapping[str, Layer] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of the sheets, in order."""
        return [page.name for page in self.pages]


def lesson_folder() -> Path:
    """Where the shipped lessons are: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


def lesson_names() -> list[str]:
    """The shipped lessons, the main one first."""
    names = sorted(path.stem for path in lesson_folder().glob("*.toml"))
    return sorted(names, key=lambda name: name != "transposed-convolutions")


def find_lesson(lesson: str) -> Path:
    """The file of a shipped lesson's name, or of a path.

    Raises UnreadableError where there is neither.
    """
    shipped = lesson_folder() / f"{lesson}.toml"
    if re.fullmatch(r"[\w-]+", lesson) and shipped.is_file():
        return shipped
    path = Path(lesson)
    if path.is_file():
        return path
    hint = _suggest(lesson, lesson_names()) or f"; shipped are {', '.join(lesson_names())}"
    raise UnreadableError(f"no lesson and no file is called {lesson!r}{hint}")


def load_lesson(lesson: str) -> Lesson:
    """A shipped lesson by its name, or a lesson file by its path.

    Raises UnreadableError for a file that cannot be read, XlconvError naming file, table and key
    for one that says something wrong.

    >>> load_lesson("transposed-convolutions").pages[0].name
    'Contents'
    """
    path = find_lesson(lesson)
    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path} is no TOML: {error}") from None
    return _Reader(path).lesson(told)


@dataclass(frozen=True)
class _Reader:
    path: Path

    def lesson(self, told: dict[str, Any]) -> Lesson:
        self.check("", told, {"title": str, "words": dict, "layers": dict, "sheet": list})
        words = told.get("words", {})
        self.check("words", words, dict.fromkeys(WORDS, str))
        layers = {
            name: self.layer(f"layers.{name}", table)
            for name, table in told.get("layers", {}).items()
        }
        pages = tuple(
            self.page(n, table, layers) for n, table in enumerate(told.get("sheet", []), 1)
        )
        if not pages:
            raise XlconvError(f"{self.path}: a lesson must have at least one [[sheet]]")
        return Lesson(told.get("title", self.path.stem), pages, layers, words)

    def layer(self, table: str, told: Any) -> Layer:
        self.check(table, told, LAYER_KEYS)
        for key in ("input", "weight"):
            if key not in told:
                raise self.wrong(table, f'needs a key "{key}"')
        seed = told.get("seed", 0)
        arrays = {
            key: array(key, told[key], seed=seed, folder=self.path.parent)
            for key in ("input", "weight", "bias")
            if key in told
        }
        rest = {k: v for k, v in told.items() if k not in arrays and k != "seed"}
        try:
            return Layer.of(**arrays, **rest)
        except XlconvError as error:
            raise self.wrong(table, str(error)) from None

    def page(self, number: int, told: Any, layers: Mapping[str, Layer]) -> Page:
        named = f' "{told["name"]}"' if isinstance(told, dict) and "name" in told else ""
        table = f"sheet {number}{named}"
        if not isinstance(told, dict):
            raise self.wrong(table, "must be a table")
        for key in ("name", "view"):
            if key not in told:
                raise self.wrong(table, f'needs a key "{key}"')
        view = told["view"]
        if view not in VIEWS:
            raise self.wrong(table, f'unknown view "{view}"{_suggest(str(view), VIEWS)}')
        options = view_options(view)
        inline = {key: told[key] for key in LAYER_KEYS if key in told and key not in options}
        self.check(table, told, SHEET_KEYS | LAYER_KEYS | options)
        layer = None
        if "layer" in told:
            if told["layer"] not in layers:
                close = _suggest(told["layer"], list(layers))
                raise self.wrong(table, f'unknown layer "{told["layer"]}"{close}')
            layer = layers[told["layer"]]
        if inline:
            layer = self.layer(table, inline)
        if layer is None and "layer" in inspect.signature(view_function(view)).parameters:
            raise self.wrong(table, 'needs a "layer", or an "input" and a "weight"')
        return Page(
            told["name"], view, told.get("title", ""), told.get("idea", ""),
            tuple(told.get("try", ())), layer, {k: told[k] for k in options if k in told},
        )  # fmt: skip

    def check(self, table: str, told: Any, known: Mapping[str, Any]) -> None:
        if not isinstance(told, dict):
            raise self.wrong(table, "must be a table")
        for key, value in told.items():
            if key not in known:
                raise self.wrong(table, f'unknown key "{key}"{_suggest(key, known)}')
            if not _fits(value, known[key]) and not (key in LAYER_KEYS and _layer_fits(key, value)):
                wanted = getattr(known[key], "__name__", str(known[key]))
                got = type(value).__name__
                raise self.wrong(table, f'"{key}" must be a {TYPE_WORDS.get(wanted, wanted)}, got {got}')

    def wrong(self, table: str, rule: str) -> XlconvError:
        return XlconvError(f"{self.path}{f' [{table}]' if table else ''}: {rule}")


TYPE_WORDS = {"str": "text", "int": "whole number", "list": "list", "dict": "table", "bool": "truth value"}


def _fits(value: Any, wanted: Any) -> bool:
    if get_origin(wanted) is list:
        return isinstance(value, list) and all(_fits(item, get_args(wanted)[0]) for item in value)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if get_origin(wanted) is not None:  # a union
        return any(_fits(value, one) for one in get_args(wanted))
    return wanted is Any or isinstance(value, wanted)


def _layer_fits(key: str, value: Any) -> bool:
    """Arrays may be texts (sizes or files), parameters one value an axis."""
    if key in ("input", "weight", "bias"):
        return isinstance(value, str)
    return key != "seed" and _fits(value, list[int] | list[list[int]])


def _suggest(word: str, known: Any) -> str:
    close = get_close_matches(word, list(known), 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def view_function(view: str) -> Callable[..., None]:
    """The function that draws a view; its module is imported when it is first asked for."""
    found: Callable[..., None] = getattr(importlib.import_module(f"xlconv.views.{view}"), view)
    return found


def view_options(view: str) -> dict[str, Any]:
    """The options of a view and their types: the keyword-only parameters of its function."""
    function = view_function(view)
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    return {p.name: hints[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}


def build(lesson: Lesson) -> Book:
    """The book of a lesson, each of its claims checked against the model.

    Raises XlconvError where a layer has no such view, or a program's limits are passed.

    >>> build(load_lesson("transposed-convolutions")).sheets[2].name
    'Distribute'
    """
    words = WORDS | dict(lesson.words)
    sheets = []
    for n, page in enumerate(lesson.pages):
        sheet = Sheet(page.name, page.view, words)
        given: dict[str, Any] = {
            "layer": page.layer,
            "layers": lesson.layers,
            "pages": [(other.name, other.idea) for other in lesson.pages],
        }
        function = view_function(page.view)
        wanted = inspect.signature(function).parameters
        try:
            function(sheet, **{k: v for k, v in given.items() if k in wanted}, **page.options)
        except XlconvError as error:
            raise type(error)(f'sheet "{page.name}": {error}', parameter=error.parameter) from None
        surround(sheet, page.title or page.name, page.idea, page.try_this, n, lesson.names)
        check_claims(sheet)
        sheets.append(sheet)
    return Book(lesson.title, tuple(sheets))


def check_claims(sheet: Sheet) -> None:
    """Refuse a sheet on which a block is not what it claims to be: integers exactly."""
    for block in sheet.blocks:
        if block.claim is None:
            continue
        operation, layer = block.claim
        truth = OPERATIONS[operation](layer)
        whole = np.array_equal(truth, np.rint(truth))
        if not (
            np.array_equal(block.cells.value, truth)
            if whole
            else np.allclose(block.cells.value, truth, rtol=1e-12, atol=1e-12)
        ):
            raise AssertionError(f"{sheet.name}: block {block.name} is not the model's {operation}")
