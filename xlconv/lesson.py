"""A lesson: a TOML file, read as a frozen description, and the book that it describes."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod
from pathlib import Path
from string import Formatter
from typing import Any, NoReturn, get_type_hints

import numpy as np

from xlconv.book import Book, check_names
from xlconv.conventions import resolve
from xlconv.data import SIZES, array, read
from xlconv.errors import RoomError, UnreadableError, XlconvError
from xlconv.figure import surround
from xlconv.functions import Values
from xlconv.geometry import Geometry, largest_input
from xlconv.layer import Layer
from xlconv.model import OPERATIONS
from xlconv.page import Lesson, Page
from xlconv.recipe import VERSION, recipe
from xlconv.schema import Table, fits, shown, suggest
from xlconv.sheet import SHEETS_CELLS, Sheet
from xlconv.sums import drawn
from xlconv.views import VIEWS
from xlconv.words import WORDS

LESSON_KEYS = {"title": str, "words": dict, "layers": dict, "sheet": list[dict[str, Any]]}
SHEET_KEYS = {"name": str, "view": str, "title": str, "idea": str, "try": list[str]}
ARRAYS = {"input": str | list, "weight": str | list, "bias": str | list}
PARAMETERS = {
    "convention": str, "layout": str, "turned": bool, "stride": int | list[int],
    "padding": str | int | list[int | tuple[int, int]], "output_padding": int | list[int],
    "output_size": int | list[int], "dilation": int | list[int], "groups": int,
}  # fmt: skip
LAYER_KEYS = ARRAYS | {"seed": int} | PARAMETERS

GIVEN = ("layer", "layers", "pages")
"""What a view may ask for beside its own options: its parameters of these names."""

EASY = 4_000
"""Cells of a layer's input and output that surely find room."""

TITLE_LENGTH, WORDS_LENGTH = 120, 255
"""Characters that Excel takes in a page's header (half of them), and in a text in a formula."""


def lesson_folder() -> Path:
    """Where the shipped lessons are: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


def lesson_names() -> list[str]:
    """The shipped lessons, the main one first."""
    names = sorted(path.stem for path in lesson_folder().glob("*.toml"))
    return sorted(names, key=lambda name: name != "transposed-convolutions")


def find_lesson(lesson: str | os.PathLike[str]) -> Path:
    """The file of a shipped lesson's name, or of a path.

    Raises UnreadableError where there is neither.
    """
    if lesson in lesson_names():
        return lesson_folder() / f"{lesson}.toml"
    with suppress(OSError):  # a name too long for a file
        if Path(lesson).is_file():
            return Path(lesson)
    hint = suggest(str(lesson), lesson_names()) or f"; shipped are {', '.join(lesson_names())}"
    raise UnreadableError(f'no lesson and no file is called "{lesson}"{hint}', parameter="lesson")


def load_lesson(lesson: str | os.PathLike[str]) -> Lesson:
    """A shipped lesson by its name, or a lesson file by its path.

    Raises UnreadableError for a file that cannot be read, XlconvError naming file, table and key
    for one that says something wrong.

    >>> load_lesson("transposed-convolutions").pages[0].name
    'Contents'
    """
    path = find_lesson(lesson)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path} is no TOML: {error}") from None
    return _lesson(Table(path), told)


def lesson_of(text: str, source: Path) -> Lesson:
    """The lesson that a workbook's recipe tells of; a sheet that computes nothing has no view.

    source  what errors name

    Raises UnreadableError for a text that is no recipe, XlconvError for one that says something
    wrong. No file is read for it.
    """

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        told = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{source} is damaged: {error}") from None
    version = told.pop("version", None) if isinstance(told, dict) else None
    if version != VERSION:
        raise UnreadableError(f"{source} is of version {shown(version)}, not {VERSION}")
    told.pop("xlconv", None)
    return _lesson(Table(source, files=False), told)


def layer_lesson(layer: Layer, views: Sequence[str], picture: bool = False) -> Lesson:
    """A lesson that shows one layer, a page a view; a picture as one, where a view can.

    >>> lesson = layer_lesson(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2), ["collect"])
    >>> lesson.title, lesson.names
    ('Transposed convolution 2×2 → 4×4', ['Collect'])
    """
    if not views:
        raise XlconvError(f"view must name at least one of {', '.join(VIEWS)}", parameter="view")
    sizes = (layer.geometry.input_shape, layer.geometry.output_shape)
    leading = 0 if max(shape[0] for shape in sizes) > 1 else 1
    before, after = ("×".join(map(str, shape[leading:])) for shape in sizes)
    pages = []
    for view in views:
        if view not in VIEWS:
            hint = suggest(view, VIEWS) or f"; known are {', '.join(VIEWS)}"
            raise XlconvError(f'unknown view "{view}"{hint}', parameter="view")
        options = {"picture": True} if picture and "picture" in view_options(view) else {}
        name = view.replace("_", " ").capitalize()
        pages.append(Page(name, view, layer=layer, options=options))
    check_names(page.name for page in pages)
    title = f"Transposed convolution {before} → {after}"
    return Lesson(title, tuple(pages), layers={"layer": layer})


def _lesson(top: Table, told: dict[str, Any]) -> Lesson:
    top.check(told, LESSON_KEYS, needed=("title", "sheet"))
    if len(told["title"]) > TITLE_LENGTH:
        raise top.wrong(f'"title" must have at most {TITLE_LENGTH} characters')
    _check_words(top.part("words"), told.get("words", {}))
    tables = told.get("layers", {})
    top.part("layers").check(tables, dict.fromkeys(tables, dict))
    layers = {key: _layer(top.part(f"layers.{key}"), tables[key]) for key in tables}
    pages = []
    for number, sheet in enumerate(told["sheet"], 1):
        named = f' "{sheet["name"]}"' if "name" in sheet else ""
        pages.append(_page(top.part(f"sheet {number}{named}"), sheet, layers))
    if not pages:
        raise top.wrong("a lesson must have at least one [[sheet]]")
    try:
        check_names(page.name for page in pages)
    except XlconvError as error:
        raise top.wrong(str(error)) from None
    return Lesson(told["title"], tuple(pages), layers, told.get("words", {}))


def _check_words(table: Table, told: dict[str, Any]) -> None:
    """Refuse words that say more than the ones that they replace."""
    table.check(told, dict.fromkeys(WORDS, str))
    for key, text in told.items():
        known = _places(WORDS[key])
        try:
            unknown = [place for place in _places(text) if place not in known]
        except ValueError as error:
            raise table.wrong(f'"{key}" has braces that do not fit: {error}') from None
        if unknown:
            allowed = ", ".join(known) or "none: write {{ and }} for braces"
            raise table.wrong(f'"{key}" has no place {unknown[0]}; it has {allowed}')
        if len(text) > WORDS_LENGTH:
            raise table.wrong(f'"{key}" must have at most {WORDS_LENGTH} characters')


def _layer(table: Table, told: dict[str, Any]) -> Layer:
    table.check(told, LAYER_KEYS, needed=("input", "weight"))
    try:
        given: dict[str, Any] = {key: told[key] for key in PARAMETERS if key in told}
        for key in (key for key in ARRAYS if key in told):
            seed, folder = told.get("seed", 0), table.path.parent
            given[key] = array(key, told[key], seed=seed, folder=folder, files=table.files)
        return resolve(**given)
    except XlconvError as error:
        raise _naming(table, error) from None


def _naming(table: Table, error: XlconvError) -> XlconvError:
    """The error with its place, and with the key that it is about, if it does not say it."""
    key, said = error.parameter, str(error)
    return table.wrong(f"{key}: {said}" if key and key not in said else said, type(error))


def _page(table: Table, told: dict[str, Any], layers: Mapping[str, Layer]) -> Page:
    view = told.get("view")
    if view is None and not table.files and told.keys() == {"name"}:
        table.check(told, {"name": str})
        return Page(told["name"], "")
    if view is None:
        raise table.wrong('needs a key "view"')
    if view not in VIEWS:
        raise table.wrong(f"unknown view {shown(view)}{suggest(str(view), VIEWS)}")
    wanted, options = inspect.signature(view_function(view)).parameters, view_options(view)
    of_layer = LAYER_KEYS | {"layer": str} if "layer" in wanted else {}
    needed = [key for key in options if wanted[key].default is inspect.Parameter.empty]
    table.check(told, of_layer | SHEET_KEYS | options, ["name", *needed])

    layer = None
    inline = {key: told[key] for key in of_layer if key in told and key not in options}
    name = inline.pop("layer", None)
    if name is not None and inline:
        raise table.wrong(f'has a "layer": write "{next(iter(inline))}" there')
    if name is not None and name not in layers:
        raise table.wrong(f"unknown layer {shown(name)}{suggest(name, layers)}")
    if name is not None:
        layer = layers[name]
    elif inline:
        layer = _layer(table, inline)
    elif of_layer:
        raise table.wrong('needs a key "layer", or "input" and "weight"')
    return Page(
        told["name"], view, told.get("title", ""), told.get("idea", ""),
        tuple(told.get("try", ())), layer,
        {key: _option(table, key, told[key], options[key]) for key in options if key in told},
    )  # fmt: skip


def _option(table: Table, key: str, value: Any, hint: Any) -> Any:
    """An option of a view; numbers that stand in a file are read."""
    if not (isinstance(value, str) and fits([], hint)) or SIZES.fullmatch(value):
        return value
    try:
        if not table.files:
            raise XlconvError(f"{key} must be numbers or sizes, got {value!r:.40}", parameter=key)
        return read(key, table.path.parent / value).tolist()
    except XlconvError as error:
        raise _naming(table, error) from None


def _places(text: str) -> list[str]:
    """The {places} in one of the words, with whatever is asked of their format.

    >>> _places("{name}: {size:>9}")
    ['{name}', '{size:>9}']
    """
    return [
        "{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    ]


def view_function(view: str) -> Callable[..., None]:
    """The function that draws a view; its module is imported when it is first asked for."""
    found: Callable[..., None] = getattr(importlib.import_module(f"xlconv.views.{view}"), view)
    return found


def view_options(view: str) -> dict[str, Any]:
    """The options of a view and their types: the keyword-only parameters of its function.

    >>> view_options("collect")
    {'look': list[int] | None}
    """
    function = view_function(view)
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    return {
        p.name: hints[p.name]
        for p in parameters
        if p.kind is p.KEYWORD_ONLY and p.name not in GIVEN
    }


def build(
    lesson: Lesson | Layer | str | os.PathLike[str],
    *,
    views: Sequence[str] = ("distribute", "collect"),
    picture: bool = False,
) -> Book:
    """The book of a lesson, each of its claims checked against the model.

    lesson   a lesson, the name of a shipped one or the path of a file; or a layer
    views    what to show of a layer; a lesson names its own
    picture  whether a layer's input is a picture, to be shown as one where a view can

    Raises XlconvError where a layer has no such view, or a program's limits are passed.

    >>> build(load_lesson("transposed-convolutions")).sheets[2].name
    'Distribute'
    """
    if isinstance(lesson, Layer):
        lesson = layer_lesson(lesson, views, picture)
    elif not isinstance(lesson, Lesson):
        lesson = load_lesson(lesson)
    check_room(lesson)
    shown = {n: draw(lesson, n) for n, page in enumerate(lesson.pages) if page.view != "contents"}
    lesson = with_legend(lesson, shown.values())
    sheets = [shown.get(n) or draw(lesson, n) for n in range(len(lesson.pages))]
    for sheet in sheets:
        check_claims(sheet)
    computing = [sheet.name for sheet in sheets if any(paint.formula for paint in sheet.paints)]
    return Book(lesson.title, tuple(sheets), recipe(lesson, computing))


def with_legend(lesson: Lesson, sheets: Iterable[Sheet]) -> Lesson:
    """The lesson with a legend of what its sheets show, on contents that do not say which."""
    roles = {"input", "computed"}.union(*(sheet.roles for sheet in sheets))
    pages = list(lesson.pages)
    for n, page in enumerate(pages):
        if page.view == "contents" and "legend" not in page.options:
            from xlconv.views.contents import LEGEND

            legend = [role for role in LEGEND if role in roles]
            pages[n] = replace(page, options={**page.options, "legend": legend})
    return replace(lesson, pages=tuple(pages))


def draw(
    lesson: Lesson,
    number: int,
    given: Mapping[str, Values] | None = None,
    room: int = SHEETS_CELLS,
    plan: bool = False,
) -> Sheet:
    """The sheet of one page of a lesson.

    number  of the page, from 0
    given   numbers that take the place of those in its blocks, by the block's name
    room    cells that it may have
    plan    whether its cells only take their places

    Raises XlconvError where a layer has no such view, or a program's limits are passed.
    """
    page = lesson.pages[number]
    words = WORDS | dict(lesson.words)

    def blank() -> Sheet:
        return Sheet(page.name, page.view, words, given=given or {}, room=room, plan=plan)

    known: dict[str, Any] = {
        "layer": page.layer,
        "layers": lesson.layers,
        "pages": [(other.name, other.idea) for other in lesson.pages],
    }
    function = view_function(page.view)
    wanted = inspect.signature(function).parameters
    try:
        with np.errstate(all="ignore"):  # what is no number is an error in its cell
            asked = {**{k: v for k, v in known.items() if k in wanted}, **page.options}
            sheet = drawn(blank, lambda sheet: function(sheet, **asked))
    except RoomError as error:
        raise RoomError(f'sheet "{page.name}": {error.needs}') from None
    except XlconvError as error:
        raise type(error)(f'sheet "{page.name}": {error}', parameter=error.parameter) from None
    surround(sheet, page.title or page.name, page.idea, page.try_this, number, lesson.names)
    return sheet


def check_room(lesson: Lesson) -> None:
    """Refuse a layer that no program has room for, before anything is computed from it."""
    layers = [page.layer for page in lesson.pages if page.layer is not None]
    largest = max(layers, key=_cells, default=None)
    if largest is None or _cells(largest) <= EASY:
        return

    def pages_with(geometry: Geometry) -> Lesson:
        layer = Layer.planned(geometry, largest.bias is not None)
        pages = (replace(p, layer=layer) if p.layer is largest else p for p in lesson.pages)
        return replace(lesson, pages=tuple(pages))

    excess = _excess(lesson)
    if excess:
        hint = largest_input(largest.geometry, lambda g: not _excess(pages_with(g)))
        raise XlconvError(f"{excess}: {hint}", parameter="input")


def _cells(layer: Layer) -> int:
    return prod(layer.geometry.input_shape) + prod(layer.geometry.output_shape)


def _excess(lesson: Lesson) -> str:
    """The first limit of a program that a lesson's sheets pass, in words; none is empty."""
    cells = 0
    for number, page in enumerate(lesson.pages):
        if page.layer is not None:
            try:
                sheet = draw(lesson, number, plan=True)
            except RoomError as error:
                return error.needs
            cells += max(sheet.rows * sheet.columns, prod(page.layer.geometry.input_shape))
    if cells > SHEETS_CELLS:
        return f"the workbook needs {cells} cells; Google Sheets has {SHEETS_CELLS}"
    return ""


def check_claims(sheet: Sheet) -> None:
    """Refuse a sheet on which a block is not what it claims to be: integers exactly."""
    for block in sheet.blocks:
        if block.claim is None:
            continue
        operation, layer = block.claim
        found, truth = block.cells.value.astype(float, copy=False), OPERATIONS[operation](layer)
        if not np.array_equal(found, truth) and (
            np.array_equal(truth, np.rint(truth))  # integers are exact
            or not np.allclose(found, truth, rtol=1e-12, atol=1e-12)
        ):
            raise AssertionError(f"{sheet.name}: block {block.name} is not the model's {operation}")
