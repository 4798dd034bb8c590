"""A lesson: a TOML file, read as a frozen description, and the book that it describes."""

from __future__ import annotations

import errno
import inspect
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

from xlconv.errors import LimitError, UnreadableError, XlconvError
from xlconv.figures.words import WORDS
from xlconv.files.arrays import SIZES, Source, arrays
from xlconv.files.reading import Folder
from xlconv.files.toml import read_toml
from xlconv.frameworks.resolve import wanted_layer
from xlconv.frameworks.wanted import Wanted
from xlconv.grid.sheet import Sheet
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book, check_names
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import draw, view_function, view_options
from xlconv.lessons.lesson import Lesson, Page, check_words
from xlconv.lessons.plain import VIEW, convolution_lesson
from xlconv.lessons.recipe import recipe
from xlconv.lessons.room import check_room
from xlconv.lessons.schema import Table, fits, instead, shown, suggest
from xlconv.views import VIEWS

LESSON_KEYS = {"title": str, "words": dict, "layers": dict, "sheet": list[dict[str, Any]]}
SHEET_KEYS = {"name": str, "view": str, "title": str, "idea": str, "try": list[str]}
ARRAYS = {"input": str | list, "weight": str | list, "bias": str | list}
WANTED = get_type_hints(Wanted) | {
    "padding": str | int | list[int | tuple[int, int]],  # in a file only a pair is a list in it
}
LAYER_KEYS = ARRAYS | {"seed": int} | WANTED

DEFAULT_VIEWS = ("distribute", "collect")
"""What is shown of a layer where nothing is named."""

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
"""What a system says of a name that no file has."""

TABLES = 255
"""Sheets, or layers, of a lesson: each costs time to read and to draw, however little is on it."""


def lesson_folder() -> Path:
    """Where the shipped lessons are: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


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
    path = Path(lesson)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return path
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a name that no system knows, such as one with a NUL
        pass
    hint = suggest(str(lesson), lesson_names()) or f"; shipped are {', '.join(lesson_names())}"
    told = f"no lesson and no file is called {shown(str(lesson))}{hint}"
    raise UnreadableError(told, parameter="lesson")


def load_lesson(
    lesson: str | os.PathLike[str], folders: Iterable[str | os.PathLike[str]] = ()
) -> Lesson:
    """A shipped lesson by its name, or a lesson file by its path.

    folders  where the files that it names may be, beside its own folder; links are followed

    Raises UnreadableError for a file that cannot be read, XlconvError naming file, table and key
    for one that says something wrong, or a folder that is none.

    >>> load_lesson("transposed-convolutions").pages[0].name
    'Contents'
    """
    path = find_lesson(lesson)
    allowed = [Path(folder) for folder in folders]
    for each in allowed:
        if not each.is_dir():
            raise XlconvError(f"{each} is no folder", parameter="folders")
    folder = Folder(path.parent, (path.parent, *allowed))
    return lesson_from(Table(path), read_toml(path), Source(folder))


def layer_lesson(layer: Layer, views: str | Sequence[str], picture: bool = False) -> Lesson:
    """A lesson that shows one layer, a page a view; a picture as one, where a view can.

    >>> lesson = layer_lesson(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2), ["collect"])
    >>> lesson.title, lesson.names
    ('Transposed convolution 2×2 → 4×4', ['Collect'])
    """
    views = _listed(views)
    if not views:
        raise XlconvError(f"view must name at least one of {', '.join(VIEWS)}", parameter="view")
    sizes = (layer.geometry.input_shape, layer.geometry.output_shape)
    leading = 0 if max(shape[0] for shape in sizes) > 1 else 1
    before, after = ("×".join(map(str, shape[leading:])) for shape in sizes)
    pages: list[Page] = []
    for view in views:
        if view not in VIEWS:
            told = f"unknown view {shown(str(view))}{instead(str(view), VIEWS)}"
            raise XlconvError(told, parameter="view")
        if any(page.view == view for page in pages):
            raise XlconvError(f'view "{view}" is named twice: name it once', parameter="view")
        options = {"picture": True} if picture and "picture" in view_options(view) else {}
        name = view.replace("_", " ").capitalize()
        of_layer = "layer" in inspect.signature(view_function(view)).parameters
        pages.append(Page(name, view, layer=layer if of_layer else None, options=options))
    check_names(page.name for page in pages)
    title = f"Transposed convolution {before} → {after}"
    return Lesson(title, tuple(pages), layers={"layer": layer})


def _listed(views: Any) -> list[Any]:
    """The views as they are named, a single one too."""
    if isinstance(views, str):
        return [views]
    if not isinstance(views, Iterable):
        told = f"views must be a view's name or several, got {views!r:.40}"
        raise XlconvError(told, parameter="views")
    return list(views)


def lesson_from(top: Table, told: dict[str, Any], source: Source) -> Lesson:
    """The lesson that the top table of a file tells of, as `load_lesson` raises errors."""
    top.check(told, LESSON_KEYS, needed=("title", "sheet"))
    for key in ("sheet", "layers"):
        if len(told.get(key, ())) > TABLES:
            raise top.wrong(f'"{key}" must have at most {TABLES} tables, got {len(told[key])}')
    _check_words(top.part("words"), told.get("words", {}))
    tables = told.get("layers", {})
    top.part("layers").check(tables, dict.fromkeys(tables, dict))
    layers = {key: _layer(top.part(f"layers.{key}"), tables[key], source) for key in tables}
    pages = []
    for number, sheet in enumerate(told["sheet"], 1):
        named = f" {shown(str(sheet['name']))}" if "name" in sheet else ""
        pages.append(_page(top.part(f"sheet {number}{named}"), sheet, layers, source))
    try:
        check_names(page.name for page in pages)
        return Lesson(told["title"], tuple(pages), layers, told.get("words", {}))
    except XlconvError as error:
        raise top.wrong(str(error)) from None


def _check_words(table: Table, told: dict[str, Any]) -> None:
    """Refuse words that say more than the ones that they replace."""
    table.check(told, dict.fromkeys(WORDS, str))
    try:
        check_words(told)
    except XlconvError as error:
        raise table.wrong(str(error)) from None


def _layer(table: Table, told: dict[str, Any], source: Source) -> Layer:
    table.check(told, LAYER_KEYS, needed=("input", "weight"))
    given = {key: told[key] for key in ARRAYS if key in told}
    wanted = Wanted(**{key: told[key] for key in WANTED if key in told})
    try:
        read = arrays(given, source, seed=told.get("seed", 0))
        return wanted_layer(read["input"], read["weight"], read.get("bias"), wanted)
    except XlconvError as error:
        raise _naming(table, error) from None


def _naming(table: Table, error: XlconvError) -> XlconvError:
    """The error with its place, and with the key that it is about, if it does not say it."""
    key, said = error.parameter, str(error)
    return table.wrong(f"{key}: {said}" if key and key not in said else said, type(error))


def _page(table: Table, told: dict[str, Any], layers: Mapping[str, Layer], source: Source) -> Page:
    view = told.get("view")
    if view is None and not table.files and told.keys() == {"name"}:
        table.check(told, {"name": str})
        return Page(told["name"], "")
    if view is None:
        raise table.wrong('needs a key "view"')
    needs_layer, options, needed = _asked(table, view)
    of_layer = LAYER_KEYS | {"layer": str} if needs_layer else {}
    table.check(told, of_layer | SHEET_KEYS | options, ["name", *needed])

    layer = None
    inline = {key: told[key] for key in of_layer if key in told and key not in options}
    name = inline.pop("layer", None)
    if name is not None and inline:
        raise table.wrong(f'has a "layer": write "{next(iter(inline))}" there')
    if name is not None and name not in layers:
        raise table.wrong(f"unknown layer {shown(name)}{instead(name, layers)}")
    if name is not None:
        layer = layers[name]
    elif inline:
        layer = _layer(table, inline, source)
    elif of_layer:
        raise table.wrong('needs a key "layer", or "input" and "weight"')
    return Page(
        told["name"], view, told.get("title", ""), told.get("idea", ""),
        tuple(told.get("try", ())), layer,
        _options(table, {key: told[key] for key in options if key in told}, options, source),
    )  # fmt: skip


def _asked(table: Table, view: Any) -> tuple[bool, dict[str, Any], list[str]]:
    """Whether a view shows a layer, its options with their types, and those that it needs."""
    if view not in VIEWS:
        raise table.wrong(f"unknown view {shown(view)}{instead(str(view), VIEWS)}")
    wanted, options = inspect.signature(view_function(view)).parameters, view_options(view)
    needed = [key for key in options if wanted[key].default is inspect.Parameter.empty]
    return "layer" in wanted, options, needed


def _options(
    table: Table, told: dict[str, Any], hints: Mapping[str, Any], source: Source
) -> dict[str, Any]:
    """The options of a view; numbers that stand in files are read."""
    given = {key: told[key] for key in told if _are_numbers(told[key], hints[key])}
    files = [key for key in given if isinstance(given[key], str)]
    if not files:
        return told
    try:
        found = arrays(given, source)
    except XlconvError as error:
        raise _naming(table, error) from None
    return told | {key: found[key].tolist() for key in files}


def _are_numbers(value: Any, hint: Any) -> bool:
    """Whether an option holds an array, or the name of its file; sizes are for the view to fill."""
    array = fits("", hint) and fits([], hint)
    return array and not (isinstance(value, str) and SIZES.fullmatch(value))


def check_pages(lesson: Lesson) -> None:
    """Refuse what is no view, or not what a view asks for: a lesson may be made in Python."""
    for page in lesson.pages:
        table = Table(f'sheet "{page.name}"')
        needs_layer, options, needed = _asked(table, page.view)
        table.check(page.options, options, needed)
        if needs_layer and page.layer is None:
            raise table.wrong(f"view {page.view} needs a layer")


def build(
    lesson: Lesson | Layer | Convolution | str | os.PathLike[str],
    *,
    views: str | Sequence[str] = DEFAULT_VIEWS,
    picture: bool = False,
) -> Book:
    """The book of a lesson, each of its claims checked against the model.

    lesson   a lesson, the name of a shipped one or the path of a file; or a layer, or a plain
             convolution, which has one view
    views    what to show of a layer, a name or several; a lesson names its own
    picture  whether a layer's input is a picture, to be shown as one where a view can

    Raises XlconvError where a layer has no such view, or a program's limits are passed.

    >>> build(load_lesson("transposed-convolutions")).sheets[2].name
    'Distribute'
    """
    if isinstance(lesson, Layer):
        lesson = layer_lesson(lesson, views, picture)
    elif isinstance(lesson, Convolution):
        if views != DEFAULT_VIEWS and _listed(views) != [VIEW]:
            raise XlconvError(f"a plain convolution has the view {VIEW} alone", parameter="view")
        lesson = convolution_lesson(lesson)
    elif not isinstance(lesson, (Lesson, str, os.PathLike)):
        raise XlconvError(
            "lesson must be a Layer, a Convolution, a Lesson, or a lesson's name or path, got"
            f" {type(lesson).__name__}",
            parameter="lesson",
        )
    elif not isinstance(lesson, Lesson):
        lesson = load_lesson(lesson)
    check_pages(lesson)
    check_room(lesson)
    try:
        shown = {
            n: draw(lesson, n) for n, page in enumerate(lesson.pages) if page.view != "contents"
        }
    except LimitError:
        check_room(lesson, easy=0)  # which knows the way out
        raise
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
