"""The layers of a chain, read from short words (k16s8p4) or from lines of code that nobody runs."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlconv.errors import UnreadableError, XlconvError
from xlconv.rules import OWN

LONGEST = 200_000
"""Bytes of code that are read, and no more."""

MOST = 1000
"""The most layers of a chain."""

SHOWN = 8
"""Names of what was not read that are shown."""

_LETTERS = {
    "k": "kernel_size", "s": "stride", "p": "padding", "op": "output_padding", "d": "dilation",
}  # fmt: skip
_NUMBER = r"-?[0-9]{1,10}"
_PART = re.compile(rf"(op|[kspd])({_NUMBER}(?::{_NUMBER})?(?:x{_NUMBER}(?::{_NUMBER})?)*)")
_WORD = re.compile(rf"(?:{_PART.pattern})+")

_PYTORCH = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups",
    "bias", "dilation",
)  # fmt: skip
_MXNET = (
    "channels", "kernel_size", "strides", "padding", "output_padding", "dilation", "groups",
)  # fmt: skip
_KERAS = ("filters", "kernel_size", "strides", "padding")
_CALLED = {"strides": "stride", "dilation_rate": "dilation"}
_TAKEN = ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups")
_TRANSPOSED = re.compile(r"(?:Lazy|Parametrized)?ConvTranspose([123])d|Conv([123])DTranspose")
_RESIZING = re.compile(
    r"Conv(?:olution)?\d|Pool|[Uu]p[Ss]ampl|PixelShuffle|Pad|Crop|[Ff]latten|Reshape|Resiz"
    r"|interpolate|Fold|Linear|Dense|Permute|Transpose"
)
_PLACE = re.compile(r"^\(\w+\):\s*")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One layer of a chain, in a framework's words.

    text  as it was given
    rank  how many axes it has; None if it takes as many as there are
    said  its kernel_size, stride, padding, output_padding, dilation and groups, as far as given
    """

    text: str
    convention: str
    rank: int | None
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """The layers that were read, and the names of what was not.

    skipped   calls that leave sizes alone, activations for one
    resizing  calls that change them and are not read: "Upsample (line 3)"
    """

    steps: tuple[Step, ...]
    skipped: tuple[str, ...] = field(default=())
    resizing: tuple[str, ...] = field(default=())

    @property
    def told(self) -> list[str]:
        """What was not read, in words."""
        lines = [("not read, as no sizes change there", self.skipped)]
        lines += [
            ("not read, and sizes may change there, so those below it may be off", self.resizing)
        ]
        return [f"{words}: {_few(names)}" for words, names in lines if names]


def _few(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def read_chain(given: str) -> Reading:
    """A chain given as words, k16s8,k10s5, as the path of a file of words or of code, or - for stdin.

    Raises XlconvError for words that are none, UnreadableError for a file that cannot be read.
    """
    return read_text(given if _is_words(given) else _content(given))


def _content(given: str) -> str:
    try:
        if given == "-":
            return sys.stdin.buffer.read(LONGEST + 1).decode("utf-8-sig")
        if not Path(given).is_file():
            raise XlconvError(
                f"chain must be like k16s8,k10s5, a file of code, or - for stdin, got {given!r:.60}",
                parameter="chain",
            )
        with Path(given).open("rb") as file:
            return file.read(LONGEST + 1).decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"cannot read {given}: {error.strerror}", parameter="chain") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"{given} is no UTF-8 text", parameter="chain") from None


def read_text(text: str) -> Reading:
    """The layers in a text: words, lines of Python, or a model as PyTorch prints it.

    Code is parsed, never run: the arguments of a layer must be numbers as they stand.

    Raises XlconvError where they are not, or where there is no layer.

    >>> reading = read_text("nn.ConvTranspose1d(512, 256, 16, stride=8, padding=4); nn.ReLU()")
    >>> reading.steps[0].said, reading.skipped
    ({'kernel_size': 16, 'stride': 8, 'padding': 4}, ('ReLU',))
    """
    if len(text) > LONGEST:
        raise XlconvError(
            f"chain must be at most {LONGEST} bytes: leave out what is no layer",
            parameter="chain",
        )
    if _is_words(text):
        reading = Reading(tuple(_word(word) for word in re.split(r"[\s,]+", text.strip())))
    else:
        reading = _code(text)
    if not reading.steps:
        raise XlconvError(
            "chain holds no transposed convolution, such as k16s8 or"
            " nn.ConvTranspose1d(512, 256, 16, stride=8)",
            parameter="chain",
        )
    if len(reading.steps) > MOST:
        raise XlconvError(f"chain must be of at most {MOST} layers", parameter="chain")
    return reading


def _is_words(text: str) -> bool:
    words = re.split(r"[\s,]+", text.strip())
    return all(_WORD.fullmatch(word) for word in words)


def _word(word: str) -> Step:
    """A layer such as k16s8p4op1, or with a value for each axis k3x5s2x1p1:2x0."""
    said: dict[str, Any] = {}
    for letter, values in _PART.findall(word):
        name = _LETTERS[letter]
        if name in said:
            raise XlconvError(f"{word} gives its {name} twice", parameter="chain")
        pairs = [tuple(map(int, value.split(":"))) for value in values.split("x")]
        if name != "padding" and any(len(pair) > 1 for pair in pairs):
            raise XlconvError(f"{word}: begin:end is for p, the padding, alone", parameter="chain")
        said[name] = [pair if len(pair) > 1 else pair[0] for pair in pairs]
    if "kernel_size" not in said:
        raise XlconvError(f"{word} has no kernel_size: write k16s8", parameter="chain")
    ranks = {len(values) for values in said.values()} - {1}
    if len(ranks) > 1:
        told = " and ".join(map(str, sorted(ranks)))
        raise XlconvError(f"{word} has values for {told} axes", parameter="chain")
    return Step(text=word, convention=OWN, rank=next(iter(ranks), None), said=said)


def _code(text: str) -> Reading:
    steps, skipped, resizing = [], [], []
    for line, call in _calls(text):
        name = _name(call)
        if _TRANSPOSED.fullmatch(name):
            steps.append(_step(name, call, line))
        elif _RESIZING.search(name):
            resizing.append(f"{name} (line {line})")
        elif name:
            skipped.append(name)
    return Reading(tuple(steps), tuple(dict.fromkeys(skipped)), tuple(dict.fromkeys(resizing)))


def _calls(text: str) -> list[tuple[int, ast.Call]]:
    """Every call with its line, in the order of the text."""
    whole = _parsed(text)
    if whole is not None:
        trees = [(0, whole)]
    else:  # a model as it is printed, or lines that are not whole
        trees = []
        for before, shown in _printed(text):
            tree = _parsed(shown)
            if tree is not None:
                trees.append((before, tree))
            elif _TRANSPOSED.search(shown):
                raise XlconvError(
                    f"chain line {before + 1} is no Python: give a layer whole, on one line",
                    parameter="chain",
                )
    found = [
        (before + node.lineno, node.col_offset, node)
        for before, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    return [(line, node) for line, _, node in sorted(found, key=lambda call: call[:2])]


def _printed(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a printed model, with how many stand before, without what is only layout.

    A layer that holds others, as weight_norm makes one, has its own arguments on the next line.
    """
    lines = [_PLACE.sub("", line.strip()).rstrip(",") for line in text.splitlines()]
    for before, line in enumerate(lines):
        opened = line.endswith("(") and _TRANSPOSED.fullmatch(line[:-1])
        inside = lines[before + 1 : before + 2] if opened else []
        yield before, f"{line}{inside[0]})" if inside else line


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes in a stranger's strings
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _name(call: ast.Call) -> str:
    """The last word of what is called."""
    called = call.func
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _step(name: str, call: ast.Call, line: int) -> Step:
    found = _TRANSPOSED.fullmatch(name)
    assert found is not None
    convention, positional = _dialect(name, call)
    where = f"chain line {line}: {name}"
    if len(call.args) > len(positional):
        raise XlconvError(
            f"{where} takes {len(positional)} arguments by position here: name the others",
            parameter="chain",
        )
    named = dict(zip(positional, call.args, strict=False))
    named |= {word.arg or "**": word.value for word in call.keywords}
    if "**" in named or any(isinstance(arg, ast.Starred) for arg in call.args):
        raise XlconvError(f"{where} has arguments with a star: write them out", parameter="chain")
    said = {}
    for given, node in named.items():
        called = _CALLED.get(given, given)
        if called in _TAKEN:
            said[called] = _literal(node, f"{where}: {given}")
    if "kernel_size" not in said:
        raise XlconvError(f"{where} has no kernel_size", parameter="chain")
    said = {given: value for given, value in said.items() if value is not None}
    rank = int(found[1] or found[2])
    return Step(text=_spelt(call), convention=convention, rank=rank, said=said)


def _dialect(name: str, call: ast.Call) -> tuple[str, Sequence[str]]:
    """Whose layer it is, and the order of its arguments: Gluon's has the name of Keras'."""
    if name.endswith("d"):
        return "pytorch", _PYTORCH[name.startswith("Lazy") :]
    keywords = {word.arg for word in call.keywords}
    padding = next((word.value for word in call.keywords if word.arg == "padding"), None)
    padding = padding or (call.args[3] if len(call.args) > 3 else None)
    numbers = padding is not None and not isinstance(_constant(padding), str)
    gluon = numbers or keywords & {"channels", "in_channels", "dilation"}
    return ("mxnet", _MXNET) if gluon else ("keras", _KERAS)


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _literal(node: ast.expr, where: str) -> Any:
    """A number, a few of them, a word or None, as it stands in the code."""
    try:
        value: Any = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        value = ...
    if isinstance(value, str):
        return value.lower()
    if value is None or _is_number(value):
        return value
    if isinstance(value, tuple | list) and 0 < len(value) <= 3 and all(map(_is_number, value)):
        return list(value)
    raise XlconvError(
        f"{where} is {_spelt(node)}, which is no number: write the number, or give the"
        " model as it is printed",
        parameter="chain",
    )


def _spelt(node: ast.expr) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        return "..."
    return text if len(text) <= 100 else f"{text[:97]}..."


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
