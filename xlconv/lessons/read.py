"""A lesson: a TOML file, read as a frozen description, and the book that it describes."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_type_hints

from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.files.arrays import SIZES, Source, arrays
from xlconv.files.reading import Folder, is_folder
from xlconv.files.toml import read_toml
from xlconv.frameworks.wanted import Wanted
from xlconv.layers.layer import Layer
from xlconv.layers.network import Network
from xlconv.lessons.book import check_names
from xlconv.lessons.drawing import view_options, view_parameters
from xlconv.lessons.lesson import CHECK, ENGLISH, Ask, Classroom, Lesson, Page, check_words
from xlconv.lessons.networks import check_fed, networks_from, parts_of, unknown
from xlconv.lessons.part import with_rest, with_scale
from xlconv.lessons.schema import Table, as_toml, fits, instead, suggest
from xlconv.lessons.shipped import find_lesson
from xlconv.lessons.teaching import notes_from, parts_from
from xlconv.models.known import known
from xlconv.models.made import made, read_numbers, transposed
from xlconv.views import VIEWS

LESSON_KEYS = {
    "title": str,
    "language": str,
    "digits": int,
    "before": str,
    "after": str,
    "words": dict,
    "layers": dict,
    "network": dict,
    "sheet": list[dict[str, Any]],
    "class": dict,
    "notes": dict,
}
ASK_KEYS = {"ask": str | list[str], "answer": str, "marks": float, "mistake": str}
SHEET_KEYS = {"name": str, "view": str, "title": str, "idea": str, "try": list[str]} | ASK_KEYS
SHEET_KEYS |= {"notes": list[dict[str, Any]]}
CLASS_KEYS: dict[str, Any] = {"vary": list[str], "range": tuple[int, int], "check": str}
CLASS_KEYS |= {"follow": float, "here_only": float, "digits": int}
ARRAYS = {"input": str | list, "weight": str | list, "bias": str | list}
SCALING: dict[str, Any] = {"input_scale": float, "input_zero_point": float}
SCALING |= {"weight_scale": float | list, "weight_zero_point": float | list}
WANTED = get_type_hints(Wanted) | {
    "padding": str | int | list[int | tuple[int, int]],  # in a file only a pair is a list in it
    "then": list[str],
}
MODEL = {"model": str, "layer_name": str, "code": str, "key": str}
PART = {"in_channels": str | list[int], "out_channels": list[int], "crop": list[tuple[int, int]]}
REST: dict[str, Any] = {"rest": str | list, "rest_channels": int, "rest_outside": bool}
REST |= {"rest_ins": list[int], "rest_outs": list[int], "rest_cells": list[tuple[int, int]]}
LAYER_KEYS = ARRAYS | SCALING | {"seed": int} | MODEL | PART | REST | WANTED
"""Those of a layer; `REST` is what a workbook's recipe says of an excerpt."""

TABLES = 255
"""Sheets, or layers, of a lesson: each costs time to read and to draw, however little is on it."""


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
        if not is_folder(each):
            raise XlconvError(f"{each} is no folder", parameter="folders")
    folder = Folder(path.parent, (path.parent, *allowed))
    return lesson_from(Table(path), read_toml(path), Source(folder))


def lesson_from(top: Table, values: dict[str, Any], source: Source) -> Lesson:
    """The lesson that the top table of a file tells of, as `load_lesson` raises errors."""
    own = {} if top.files else {"form": str}  # of a workbook's recipe
    top.check(values, LESSON_KEYS | own, needed=("title", "sheet"))
    for key in ("sheet", "layers", "network"):
        if len(values.get(key, ())) > TABLES:
            raise top.wrong(f'"{key}" must have at most {TABLES} tables, got {len(values[key])}')
    _check_words(top.part("words"), values.get("words", {}))
    tables = values.get("layers", {})
    top.part("layers").check(tables, dict.fromkeys(tables, dict))
    layers = {key: _layer(top.part(f"layers.{key}"), tables[key], source) for key in tables}
    networks = networks_from(top, values.get("network", {}), source)
    pages = []
    for number, sheet in enumerate(values["sheet"], 1):
        named = f" {as_toml(str(sheet['name']))}" if "name" in sheet else ""
        table = top.part(f"sheet {number}{named}")
        pages.append(_page(table, sheet, layers, networks, source))
        check_fed(table, pages, networks)
    classroom, notes = _classroom(top.part("class"), values, layers), notes_from(top, values)
    try:
        check_names(page.name for page in pages)
        language = values.get("language", ENGLISH)
        words, digits = values.get("words", {}), values.get("digits")
        told = language, classroom, values.get("form", ""), digits
        beside = values.get("before", ""), values.get("after", "")
        return Lesson(values["title"], tuple(pages), layers, networks, words, *told, *beside, notes)
    except XlconvError as error:
        raise top.wrong(str(error)) from None


def _classroom(table: Table, values: dict[str, Any], layers: Mapping[str, Layer]) -> Classroom:
    """How a class works with the lesson."""
    told = values.get("class", {})
    table.check(told, CLASS_KEYS)
    for name in told.get("vary", []):
        layer, _, array = name.partition(".")
        if layer not in layers or array not in ARRAYS:
            raise table.wrong(
                f'"vary" must name arrays of layers, such as a.input, got {as_toml(name)}'
                f"{suggest(name, [f'{each}.{key}' for each in layers for key in ARRAYS])}"
            )
        if {"weight": layers[layer].quantised, "input": layers[layer].scaled}.get(array):
            raise table.wrong(f'"vary" has {name}, which is computed from its integers')
    low, high = told.get("range", (Classroom.low, Classroom.high))
    rest = {key: told[key] for key in CLASS_KEYS.keys() - {"vary", "range"} if key in told}
    try:
        return Classroom(tuple(told.get("vary", ())), low, high, **rest)
    except XlconvError as error:
        raise table.wrong(str(error)) from None


def _ask(table: Table, values: dict[str, Any]) -> Ask | None:
    """What a worksheet leaves out of a page; None if nothing."""
    told = {key: values[key] for key in ASK_KEYS if key in values}
    if not told:
        return None
    if not told.keys() & {"ask", "mistake"}:
        raise table.wrong(f'"{next(iter(told))}" goes with "ask" or "mistake": write what is asked')
    cells = told.pop("ask", ())
    try:
        return Ask((cells,) if isinstance(cells, str) else tuple(cells), **told)
    except XlconvError as error:
        raise table.wrong(str(error)) from None


def _check_words(table: Table, words: dict[str, Any]) -> None:
    """Refuse words that say more than the ones that they replace."""
    table.check(words, dict.fromkeys(WORDS, str))
    try:
        check_words(words)
    except XlconvError as error:
        raise table.wrong(str(error)) from None


def _layer(table: Table, values: dict[str, Any], source: Source) -> Layer:
    told = "model" in values or "code" in values
    table.check(values, LAYER_KEYS, needed=() if told else ("input", "weight"))
    given = {key: values[key] for key in ARRAYS if key in values}
    wanted = Wanted(**{key: values[key] for key in WANTED if key in values})
    try:
        found = known(
            wanted,
            model=_model(values, source),
            layer=values.get("layer_name"),
            code=values.get("code"),
        )
        source.key = values.get("key")
        read = read_numbers(found, given, source, values.get("seed", 0))
        layer = with_scale(transposed(made(found, read), "a layer here"), values)
        if PART.keys() & values.keys():
            from xlconv.layers.excerpt import part_of  # late: few lessons have parts of layers

            layer = part_of(layer, values)
        return with_rest(layer, values, source)
    except XlconvError as error:
        raise _naming(table, error) from None


def _model(values: Mapping[str, Any], source: Source) -> str | None:
    """The path of a model file, where it may be read."""
    if "model" not in values:
        return None
    if source.folder is None:
        raise XlconvError("model must be left out: no file is read here", parameter="model")
    return str(source.folder.file(values["model"]))


def _naming(table: Table, error: XlconvError) -> XlconvError:
    """The error with its place, and with the key that it is about, if it does not say it."""
    key, said = error.parameter, str(error)
    return table.wrong(f"{key}: {said}" if key and key not in said else said, type(error))


def _page(
    table: Table,
    values: dict[str, Any],
    layers: Mapping[str, Layer],
    networks: Mapping[str, Network],
    source: Source,
) -> Page:
    view = values.get("view")
    if view is None and not table.files and {"name"} <= values.keys() <= {"name", "idea"}:
        table.check(values, {"name": str, "idea": str})
        return Page(values["name"], "", idea=values.get("idea", ""))
    if view == CHECK and not table.files:
        table.check(values, SHEET_KEYS)
        return Page(values["name"], CHECK, values.get("title", ""), values.get("idea", ""))
    if view is None:
        raise table.wrong('needs a key "view"')
    shows, options, needed = view_keys(table, view)
    of_layer = LAYER_KEYS | {"layer": str} if "layer" in shows else {}
    of_network = {"network": str} if "network" in shows else {}
    known_keys = of_layer | of_network | SHEET_KEYS | options
    table.check(values, known_keys, ["name", *(key for key in of_network if shows[key]), *needed])

    inline = {key: values[key] for key in of_layer if key in values and key not in options}
    layer, part = _shown(table, inline, layers, networks, source) if of_layer else (None, "")
    return Page(
        values["name"],
        view,
        values.get("title", ""),
        values.get("idea", ""),
        tuple(values.get("try", ())),
        layer,
        _named(table, values["network"], networks) if "network" in values else None,
        part,
        _options(table, {key: values[key] for key in options if key in values}, options, source),
        _ask(table, values),
        parts_from(table, values),
    )


def _named(table: Table, name: str, networks: Mapping[str, Network]) -> Network:
    if name not in networks:
        raise table.wrong(f"unknown network {as_toml(name)}{instead(name, networks)}")
    return networks[name]


def _shown(
    table: Table,
    inline: dict[str, Any],
    layers: Mapping[str, Layer],
    networks: Mapping[str, Network],
    source: Source,
) -> tuple[Layer, str]:
    """The layer of a page, and which of a network it is, if it is one's."""
    name, parts = inline.pop("layer", None), parts_of(networks)
    if name is None:
        if not inline:
            raise table.wrong('needs a key "layer", or "input" and "weight"')
        return _layer(table, inline, source), ""
    if inline:
        raise table.wrong(f'has a "layer": write "{next(iter(inline))}" there')
    if name not in layers and name not in parts:
        raise table.wrong(unknown(name, [*layers, *parts], networks))
    return (layers[name], "") if name in layers else (parts[name], name)


def view_keys(table: Table, view: Any) -> tuple[dict[str, bool], dict[str, Any], list[str]]:
    """Which of a "layer" and a "network" a view shows, and whether it needs it; its options with
    their types, and those that it needs.
    """
    if view not in VIEWS:
        raise table.wrong(f"unknown view {as_toml(view)}{instead(str(view), VIEWS)}")
    wanted, options = view_parameters(view), view_options(view)
    must = {name: wanted[name].default is inspect.Parameter.empty for name in wanted}
    shown = {name: must[name] for name in ("layer", "network") if name in wanted}
    return shown, options, [key for key in options if must[key]]


def _options(
    table: Table, values: dict[str, Any], hints: Mapping[str, Any], source: Source
) -> dict[str, Any]:
    """The options of a view; numbers that stand in files are read."""
    given = {key: values[key] for key in values if _are_numbers(values[key], hints[key])}
    files = [key for key in given if isinstance(given[key], str)]
    if not files:
        return values
    try:
        numbers = arrays(given, source)
    except XlconvError as error:
        raise _naming(table, error) from None
    return values | {key: numbers[key].tolist() for key in files}


def _are_numbers(value: Any, hint: Any) -> bool:
    """Whether an option holds an array, or the name of its file; sizes are for the view to fill."""
    array = fits("", hint) and fits([], hint)
    return array and not (isinstance(value, str) and SIZES.fullmatch(value))
