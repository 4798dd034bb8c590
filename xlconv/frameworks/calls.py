"""The layers of a chain in lines of code, which are parsed and never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frameworks.step import Chain, Step

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
_CHANNELS = {"in_channels": "in", "out_channels": "out", "channels": "out", "filters": "out"}
_TRANSPOSED = re.compile(r"(?:Lazy|Parametrized)?ConvTranspose([123])d|Conv([123])DTranspose")
_RESIZING = re.compile(
    r"Conv(?:olution)?\d|Pool|[Uu]p[Ss]ampl|PixelShuffle|Pad|Crop|[Ff]latten|Reshape|Resiz"
    r"|interpolate|Fold|Linear|Dense|Permute|Transpose"
)
_KEEPING = re.compile(
    r"\w*LU\d?|\w*(?:Norm|_norm|Dropout|Activation|[Ss]igmoid|Tanh|tanh|Softplus|[Ss]wish|Mish)\w*"
    r"|Identity|Sequential|Module(?:List|Dict)|Parametr\w+|relu"
)
_JOINING = re.compile(r"[Cc]at$|[Cc]oncat")
_PLACE = re.compile(r"^\(\w+\):\s*")


def code(text: str) -> Chain:
    """The layers in Python code, or in a model as PyTorch prints it, in the order of the text.

    Raises XlconvError for arguments that are not written as numbers.

    >>> [step.said for step in code("up = nn.ConvTranspose1d(8, 4, 16, 8)").steps]
    [{'kernel_size': 16, 'stride': 8}]
    """
    steps, skipped, resizing = list[Step](), [], []
    calls = [(line, call, _name(call)) for line, call in _calls(text)]
    straight, joined = False, any(_JOINING.search(name) for _, _, name in calls)
    for line, call, name in calls:
        if _TRANSPOSED.fullmatch(name):
            steps.append(_step(name, call, line))
            if straight and not joined:
                _check_channels(steps[-2], steps[-1], line)
            straight = True
            continue
        straight = straight and bool(_KEEPING.fullmatch(name))
        if _RESIZING.search(name):
            resizing.append(f"{name} (line {line})")
        elif name:
            skipped.append(name)
    return Chain(tuple(steps), tuple(dict.fromkeys(skipped)), tuple(dict.fromkeys(resizing)))


def _check_channels(before: Step, step: Step, line: int) -> None:
    """Refuse a layer that takes other channels than the one right before it gives."""
    given, taken = before.channels[1], step.channels[0]
    if None not in (given, taken) and given != taken:
        raise XlconvError(
            f"chain line {line}: {step.text} takes {taken} channels, and {before.text} before it"
            f" gives {given}: give the layers in the order in which they follow one another",
            parameter="chain",
        )


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
    calls = [
        (before + node.lineno, node.col_offset, node)
        for before, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]
    return [(line, node) for line, _, node in sorted(calls, key=lambda call: call[:2])]


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
    match = _TRANSPOSED.fullmatch(name)
    assert match is not None
    convention, positional = _dialect(name, call)
    where = f"chain line {line}: {name}"
    if len(call.args) > len(positional):
        raise XlconvError(
            f"{where} takes {len(positional)} arguments by position here: name the others",
            parameter="chain",
        )
    named = [*zip(positional, call.args, strict=False)]
    named += [(word.arg or "**", word.value) for word in call.keywords]
    if any(given == "**" for given, _ in named) or any(
        isinstance(arg, ast.Starred) for arg in call.args
    ):
        raise XlconvError(f"{where} has arguments with a star: write them out", parameter="chain")
    said, channels = {}, dict[str, int]()
    for given, node in named:
        called = _CALLED.get(given, given)
        if called in said:
            raise XlconvError(f"{where} gives its {called} twice", parameter="chain")
        if called in _TAKEN:
            said[called] = _literal(node, f"{where}: {given}")
        elif called in _CHANNELS:
            count = _constant(node)
            if isinstance(count, int):
                channels[_CHANNELS[called]] = count
    if "kernel_size" not in said:
        raise XlconvError(f"{where} has no kernel_size", parameter="chain")
    said = {given: value for given, value in said.items() if value is not None}
    rank = int(match[1] or match[2])
    return Step(
        text=_spelt(call),
        convention=convention,
        rank=rank,
        said=said,
        channels=(channels.get("in"), channels.get("out")),
    )


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
