"""What is handed to the command line: a kind of input each, made from a seed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from tests.fuzz.nasty import NUMBERS, SIZES, TEXTS, VIEWS, flipped, reworded, shuffled, word
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_folder

Args = list[str]

ORDINARY = {
    "--stride": ("1", "2", "2", "3", "3", "2,1", "40"),
    "--padding": ("0", "1", "1", "2", "1:2", "1,0", "-1"),
    "--output-padding": ("0", "1", "1", "1,0"),
    "--dilation": ("1", "2", "3", "50"),
    "--output-size": ("8", "9", "6", "9,7"),
    "--convention": ("pytorch", "tensorflow", "keras", "jax", "onnx", "mxnet"),
}
"""Options of an operation, and values that people give them."""

OF_LAYERS = ORDINARY | {
    "--groups": ("1", "2", "3"),
    "--bias": ("1", "2", "3"),
    "--seed": ("0", "7"),
    "--layout": ("pytorch", "onnx", "mxnet", "keras", "tensorflow", "jax", "jax-transposed"),
}
FLAGS = ("--same", "--same-lower", "--valid", "--turned", "--json")

LAYERS = (
    ("4x4", "3x3"), ("4", "3"), ("2x3x3", "2x1x3x3"), ("2x3x3", "2x2x2x2"), ("2x6", "2x3x4"),
    ("3x3x3", "2x2x2"), ("2x2x2x2", "2x1x2x2x2"), ("1x1", "1x1"), ("5x1", "1x4"), ("30x40", "5x5"),
    ("130x3x3", "130x1x2x2"), ("2x2", "40x40"), ("1x3x3", "1x20x2x2"), ("300x300", "3x3"),
)  # fmt: skip
"""Sizes of an input and a weight that fit each other."""


def _options(random: Random, ordinary: Mapping[str, Sequence[str]]) -> Args:
    """Some options with values that people give them."""
    names = random.sample(sorted(ordinary), min(random.choice([0, 1, 1, 2, 3]), len(ordinary)))
    found = [part for name in names for part in (name, random.choice(ordinary[name]))]
    return found + [random.choice(FLAGS)] * (random.random() < 0.15)


def _spoilt(random: Random, args: Args) -> Args:
    """Half of all calls as they are, the others with a value or two that nobody means well."""
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        args[random.randrange(1, len(args))] = word(random)
    return args


def layer(random: Random, _: Path) -> Args:
    """A layer by its sizes, in any view."""
    given, weight = random.choice(LAYERS)
    args = ["layer", "--input", given, "--weight", weight, "--view", random.choice(VIEWS)]
    args += [*_options(random, OF_LAYERS), "--force", "-o", random.choice(["a.xlsx", "-"])]
    return _spoilt(random, args)


def shape(random: Random, _: Path) -> Args:
    """The arithmetic of shapes, forth and back."""
    reverse = random.random() < 0.4
    args = ["shape", "--input", random.choice(["4", "4x4", "7x5", "500"])]
    args += ["--kernel", random.choice(["3", "5", "4"])] * (not reverse or random.random() < 0.5)
    args += ["--to", random.choice(["8", "9", "8x8", "12x7", "4000"])] * reverse
    asked = ("--stride", "--dilation") if reverse else tuple(ORDINARY)
    return _spoilt(random, args + _options(random, {name: ORDINARY[name] for name in asked}))


def code(random: Random, _: Path) -> Args:
    """A layer as a program."""
    given, weight = random.choice(LAYERS)
    frameworks = ("pytorch", "keras", "jax", "onnx", "mxnet", "numpy", "tensorflow")
    args = ["code", "--input", given, "--weight", weight, *_options(random, OF_LAYERS)]
    args += ["--framework", random.choice(frameworks)]
    return _spoilt(random, args + random.choice([[], ["-o", "a.py"]]))


@cache
def _lessons() -> tuple[str, ...]:
    return tuple(
        path.read_text(encoding="utf-8") for path in sorted(lesson_folder().glob("*.toml"))
    )


def lesson(random: Random, folder: Path) -> Args:
    """A lesson file that somebody has edited."""
    text = random.choice(_lessons())
    kinds: dict[str, Sequence[str]] = {
        r"\b\d+\b": [n for n in NUMBERS if n.isascii()],
        r'"[^"\n]*"': [json.dumps(text) for text in (*TEXTS, *VIEWS, *SIZES)],
        r"(?<== ).+": [
            "[]",
            "{}",
            "[[]]",
            "true",
            "1979-05-27",
            "0.5",
            '"x"',
            "[1, [2]]",
            "[" * 900,
        ],
        r"(?m)^[a-z_]+(?= =)": [
            "stride",
            "view",
            "name",
            "look",
            "words",
            "a." * 30_000 + "a",
            "x",
        ],
    }
    pattern = random.choice(list(kinds))
    text = reworded(random, text, pattern, kinds[pattern], random.choice([1, 1, 3]))
    if random.random() < 0.2:
        text = "\n".join(shuffled(random, text.splitlines()))
    data = text.encode("utf-8", "surrogatepass")
    (folder / "a.toml").write_bytes(flipped(random, data) if random.random() < 0.1 else data)
    return random.choice([["build", "a.toml", "-o", "a.xlsx"], ["lessons", "show", "a.toml"]])


@cache
def _numbers() -> dict[str, bytes]:
    """A file of each kind that holds numbers."""
    array = np.arange(16.0).reshape(4, 4) - 3.5
    npy, png = io.BytesIO(), io.BytesIO()
    np.save(npy, array)
    found = {"csv": b"1,2,3\n4,5,6\n7,8,9.5\n", "npy": npy.getvalue()}
    from PIL import Image

    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(png, "PNG")
    return {**found, "png": png.getvalue()}


def numbers(random: Random, folder: Path) -> Args:
    """A file of numbers that is none, or of another kind than its name says."""
    kinds = _numbers()
    kind = random.choice(list(kinds))
    data = kinds[kind]
    if random.random() < 0.1:
        data = random.choice(list(kinds.values()))
    elif kind == "csv" and random.random() < 0.6:
        text = reworded(random, data.decode(), r"[0-9.]+|,|\n", [*NUMBERS, *TEXTS, ";", "\t", "\n"])
        data = text.encode(random.choice(["utf-8", "utf-8-sig", "utf-16"]), "surrogatepass")
    elif kind == "npy" and random.random() < 0.6:
        header = data[:128].decode("latin-1")
        words = [
            *NUMBERS,
            "'<f8'",
            "'|O'",
            "(1000000000, 1000000000)",
            "(",
            "{",
            " \n  x",
            "'x'" * 40,
        ]
        data = (
            reworded(random, header, r"'[^']*'|\d+|[(){}:]", words).encode("latin-1", "replace")
            + data[128:]
        )
    else:
        data = flipped(random, data)
    (folder / f"a.{kind}").write_bytes(data)
    what = [
        ["--input", f"a.{kind}", "--weight", "2x2"],
        ["--input", "4x4", "--weight", f"a.{kind}"],
    ]
    return ["layer", *random.choice(what), "-o", "a.xlsx"]


@cache
def _workbook() -> dict[str, bytes]:
    layer = Layer.of([[3, 3.5], [1.0, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2)
    data = build(layer, views=["collect", "gniddap"]).to_bytes()
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


XML_WORDS = (
    *NUMBERS, *(t.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") for t in TEXTS),
    "A1", "A1:XFD1048576", "shared", "array", "str", "inlineStr", "rId1", "../x", "xl/workbook.xml",
    "SUM(A:A)", "A1+A1", "(" * 200, "1&lt;2", "IF(",
)  # fmt: skip


def workbook(random: Random, folder: Path) -> Args:
    """A workbook that came back: bytes, XML or names of parts that are not as they were."""
    parts = dict(_workbook())
    how = random.randrange(3)
    name = random.choice(list(parts))
    if how == 0:
        data = flipped(random, _zipped(parts))
    else:
        xml = parts[name].decode("utf-8", "replace")
        pattern = random.choice([r'(?<=")[^"<>]*(?=")', r"(?<=>)[^<>]+(?=<)", r"<[^<>]*>", r"\d+"])
        words = (
            XML_WORDS if pattern[0] != "<" else ("", "<a/>", "<row>", "</row>", "<f/>", "<v>1</v>")
        )
        parts[name] = reworded(random, xml, pattern, words, 6).encode("utf-8", "surrogatepass")
        if how == 2 and random.random() < 0.3:
            parts[random.choice(list(parts))] = parts.pop(random.choice(list(parts)))
        data = _zipped(parts)
    (folder / "a.xlsx").write_bytes(data)
    return ["check", "a.xlsx"]


def recipe(random: Random, folder: Path) -> Args:
    """A workbook with a recipe that is not xlconv's."""
    layer = Layer.of([[1, 2], [3, 4]], [[1, 2], [0, 1]], stride=2)
    view = random.choice(VIEWS[:-4])
    try:
        book = build(layer, views=[view])
    except ValueError:
        book = build(layer, views=["collect"])
    words = [
        *NUMBERS,
        *(json.dumps(t) for t in TEXTS),
        "[]",
        "[[1]]",
        "{}",
        '"200x200"',
        '"1x9999"',
    ]
    pattern = random.choice([r'(?<=":)[^,:{}]+(?=,")', r"\d+", r'"[a-z_]+"'])
    text = reworded(random, book.recipe, pattern, words, random.choice([1, 1, 2]))
    edited = Book(book.title, book.sheets, text).to_bytes if text.isascii() else book.to_bytes
    (folder / "a.xlsx").write_bytes(edited())
    return ["check", "a.xlsx", *random.choice([[], [], ["--json"]])]


KINDS: dict[str, Callable[[Random, Path], Args]] = {
    kind.__name__: kind for kind in (layer, shape, code, lesson, numbers, workbook, recipe)
}
