"""From a lesson, or a layer that is to be shown, to the book: drawn, and held against the model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from xlconv.errors import LimitError, XlconvError
from xlconv.grid.sheet import Sheet
from xlconv.grid.theme import SCALE
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book, check_names
from xlconv.lessons.claims import check_claims
from xlconv.lessons.drawing import draw, view_options, view_parameters
from xlconv.lessons.lesson import CHECK, Lesson, Page
from xlconv.lessons.plain import VIEW, convolution_lesson
from xlconv.lessons.read import load_lesson, view_keys
from xlconv.lessons.recipe import recipe
from xlconv.lessons.room import check_room
from xlconv.lessons.schema import Table, as_toml, instead
from xlconv.lessons.states import states
from xlconv.lessons.translation import load_translation, translated
from xlconv.views import PHASED, VIEWS
from xlconv.visible import shortened, visible

DEFAULT_VIEWS = ("distribute", "collect")
"""What is shown of a layer where nothing is named."""


def build(
    lesson: Lesson | Layer | Convolution | str | os.PathLike[str],
    *,
    views: str | Sequence[str] = DEFAULT_VIEWS,
    picture: bool = False,
    language: str | os.PathLike[str] | None = None,
    digits: int | None = None,
) -> Book:
    """The book of a lesson, each of its claims checked against the model.

    lesson   a lesson, the name of a shipped one or the path of a file; or a layer, or a plain
             convolution, which has one view
    views    what to show of a layer, a name or several; a lesson names its own
    picture  whether a layer's input is a picture, to be shown as one where a view can
    language  the code of a language with a shipped translation, or a translation file's path
    digits   those that the largest number of each block shows; if not given, so many that none
             that is not 0 reads as 0

    Raises XlconvError where a layer has no such view, or a program's limits are passed.

    >>> build(load_lesson("transposed-convolutions")).sheets[3].name
    'Distribute'
    """
    lesson = _lesson(lesson, views, picture)
    if language is not None:
        lesson = translated(lesson, load_translation(language))
    lesson = lesson if digits is None else replace(lesson, digits=digits)
    check_pages(lesson)
    check_room(lesson)
    try:
        drawn = _drawn(lesson)
    except LimitError:
        check_room(lesson, easy=0)  # which knows the way out
        raise
    lesson, sheets = with_contents(lesson, drawn)
    for sheet, page in zip(sheets, lesson.pages, strict=True):
        if not page.ask or not lesson.form:  # what is left out was checked before
            check_claims(sheet)
    return _book(lesson, sheets)


def as_meant(lesson: Lesson) -> Lesson:
    """The lesson as it is meant to be built: as a worksheet, if each of its sheets asks.

    The texts of such a one are about its blanks, and untrue without them.
    """
    asks = [page.ask is not None for page in lesson.pages if page.view != "contents"]
    if not asks or not all(asks):
        return lesson
    from xlconv.lessons.worksheet import worksheet_lesson

    return worksheet_lesson(lesson)


def _book(lesson: Lesson, sheets: Sequence[Sheet]) -> Book:
    told, running = made_from(lesson, sheets), partial(states, lesson)
    return Book(lesson.title, tuple(sheets), told, about(lesson), running)


def _lesson(
    lesson: Lesson | Layer | Convolution | str | os.PathLike[str],
    views: str | Sequence[str],
    picture: bool,
) -> Lesson:
    """The lesson that is named, or that shows a layer."""
    match lesson:
        case Lesson():
            return lesson
        case Layer():
            return layer_lesson(lesson, views, picture)
        case Convolution():
            if views != DEFAULT_VIEWS and _listed(views) != [VIEW]:
                raise XlconvError(
                    f"a plain convolution has the view {VIEW} alone", parameter="view"
                )
            return convolution_lesson(lesson, _idea(lesson))
        case str() | os.PathLike():
            return load_lesson(lesson)
    raise XlconvError(
        "lesson must be a Layer, a Convolution, a Lesson, or a lesson's name or path, got"
        f" {type(lesson).__name__}",
        parameter="lesson",
    )


def _drawn(lesson: Lesson) -> dict[int, Sheet]:
    """The sheets of all pages but contents."""
    if lesson.form:
        from xlconv.lessons.worksheet import Worksheet

        return Worksheet.of(lesson).sheets()
    others = [n for n, page in enumerate(lesson.pages) if page.view != "contents"]
    return {n: draw(lesson, n) for n in others}


def with_contents(lesson: Lesson, sheets: Mapping[int, Sheet]) -> tuple[Lesson, list[Sheet]]:
    """The lesson with its legend, and all sheets: contents last, which tell what others show."""
    lesson = with_legend(lesson, sheets.values())
    return lesson, [sheets.get(n) or draw(lesson, n) for n in range(len(lesson.pages))]


def made_from(lesson: Lesson, sheets: Iterable[Sheet]) -> str:
    """The recipe of these sheets."""
    computing = [sheet.name for sheet in sheets if any(paint.formula for paint in sheet.paints)]
    return recipe(lesson, computing)


def about(lesson: Lesson) -> dict[str, str]:
    """What a workbook's properties say beside its title."""
    return {"description": lesson.pages[0].idea, "language": lesson.language}


def layer_lesson(layer: Layer, views: str | Sequence[str], picture: bool = False) -> Lesson:
    """A lesson that shows one layer, a page a view; a picture as one, where a view can.

    >>> lesson = layer_lesson(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2), ["collect"])
    >>> lesson.title, lesson.names
    ('Transposed convolution 2×2 → 4×4', ['Collect'])
    """
    views = _listed(views)
    if not views:
        raise XlconvError(f"view must name at least one of {', '.join(VIEWS)}", parameter="view")
    shapes = (layer.geometry.input_shape, layer.geometry.output_shape)
    leading = 0 if max(shape[0] for shape in shapes) > 1 else 1
    before, after = ("×".join(map(str, shape[leading:])) for shape in shapes)
    pages: list[Page] = []
    for view in views:
        if view not in VIEWS:
            raise XlconvError(
                f"unknown view {as_toml(str(view))}{instead(str(view), VIEWS)}", parameter="view"
            )
        if any(page.view == view for page in pages):
            raise XlconvError(f'view "{view}" is named twice: name it once', parameter="view")
        options = {"picture": True} if picture and "picture" in view_options(view) else {}
        name = view.replace("_", " ").capitalize()
        of_layer = "layer" in view_parameters(view)
        shown = layer if of_layer else None
        pages.append(Page(name, view, idea=_idea(layer), layer=shown, options=options))
    check_names(page.name for page in pages)
    title = f"Transposed convolution {before} → {after}"
    return Lesson(title, tuple(pages), layers={"layer": layer})


def _idea(layer: Layer | Convolution) -> str:
    """What a layer is and where it comes from, where that does not go without saying."""
    return shortened(visible(layer.explain(every=True)), 1000) if layer.note else ""


def _listed(views: Any) -> list[Any]:
    """The views as they are named, a single one too."""
    if isinstance(views, str):
        return [views]
    if not isinstance(views, Iterable):
        raise XlconvError(
            f"views must be a view's name or several, got {views!r:.40}", parameter="views"
        )
    return list(views)


def check_pages(lesson: Lesson) -> None:
    """Refuse what is no view, or not what a view asks for: a lesson may be made in Python."""
    for page in lesson.pages:
        if page.view == CHECK:
            continue
        table = Table(f'sheet "{page.name}"')
        shows, options, needed = view_keys(table, page.view)
        table.check(page.options, options, needed)
        for shown, must in shows.items():
            if must and getattr(page, shown) is None:
                raise table.wrong(f"view {page.view} needs a {shown}")


def roles_of(sheet: Sheet) -> set[str]:
    """What the cells of a sheet are, or become while they are lit; those of a heat map count."""
    heat = {"count" for scale in sheet.scales if scale.ends == SCALE}
    return {coat.role for coat in sheet.coats} | {light.role for light in sheet.lights} | heat


def _explained(sheet: Sheet) -> set[str]:
    """What a legend says of a sheet: where tints are phases, it says so of the weights."""
    roles = roles_of(sheet)
    return roles - {"kernel"} | {"phase"} if sheet.view in PHASED else roles


def with_legend(lesson: Lesson, sheets: Iterable[Sheet]) -> Lesson:
    """The lesson with a legend of what its sheets show, on contents that do not say which."""
    roles = {"input", "computed"}.union(*map(_explained, sheets))
    pages = list(lesson.pages)
    for n, page in enumerate(pages):
        if page.view == "contents" and "legend" not in page.options:
            from xlconv.views.contents import LEGEND

            legend = [role for role in LEGEND if role in roles]
            pages[n] = replace(page, options={**page.options, "legend": legend})
    return replace(lesson, pages=tuple(pages))
