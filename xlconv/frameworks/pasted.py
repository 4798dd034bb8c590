"""A line of code, or of a printed model, as what it says of one convolution; parsed, never run."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frameworks.names import PADDINGS
from xlconv.frameworks.signatures import ALIASES, KERAS_STEPS, SIGNATURES, Signature
from xlconv.frozen import frozen
from xlconv.visible import shortened

LONGEST = 20_000
"""Characters of code, at most."""

SUMS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
"""What is computed of numbers in code."""

LARGE = 1 << 31

LABEL = re.compile(r"\s*\(([\w.]+)\):\s*")
"""What stands before a layer of a printed model."""

SAID = ("stride", "padding", "output_padding", "output_size", "dilation", "groups")
SIZES = ("in_channels", "out_channels", "kernel_size")


@frozen(kw_only=True)
class Pasted:
    """A convolution as code tells of it.

    said     by the names of `Wanted`, for a plain one without a convention
    sizes    in_channels, out_channels and kernel_size, as far as they are told
    unknown  what is no number as it stands: the text by its name
    """

    text: str
    plain: bool
    rank: int | None
    said: Mapping[str, Any]
    sizes: Mapping[str, Any]
    unknown: Mapping[str, str] = field(default_factory=dict)


def pasted(text: str) -> Pasted:
    """The one convolution in a line of PyTorch, Keras, TensorFlow, MXNet Gluon, JAX, Flax or ONNX.

    Raises XlconvError for what is no Python, and where there is none, or several.

    >>> pasted("(up): ConvTranspose2d(8, n * 4, kernel_size=(4, 4), stride=(2, 2))").unknown
    {'out_channels': 'n * 4'}
    >>> pasted("layers.Conv2DTranspose(8, 3, strides=2, padding='same')").said
    {'convention': 'keras', 'stride': 2, 'padding': 'same'}
    """
    found = [(call, own) for call in _calls(text) if (own := _signature(call)) is not None]
    if len(found) != 1:
        raise _wrong(
            f"must hold one convolution, such as nn.ConvTranspose2d(8, 4, 4, stride=2), has"
            f" {len(found)}"
        )
    return _read(*found[0])


def _wrong(rule: str) -> XlconvError:
    return XlconvError(f"code {rule}", parameter="code")


def _calls(text: str) -> Iterator[ast.Call]:
    if len(text) > LONGEST:
        raise _wrong(f"must have at most {LONGEST} characters")
    line = LABEL.sub("", text, count=1).strip().rstrip(",")
    try:
        tree = ast.parse(line)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else "it cannot be parsed"
        raise _wrong(f"is no line of Python: {why}: {shortened(line, 80)!r}") from None
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _signature(call: ast.Call) -> tuple[Signature, int | None] | None:
    """How what is called takes its arguments, and how many axes its name has."""
    path = _spelt(call.func).split(".")
    if path[-1] == "make_node":  # ONNX's helper, whose first argument is the operation
        first = call.args[0] if call.args else None
        named = str(first.value) if isinstance(first, ast.Constant) else ""
        return next(((s, None) for s in SIGNATURES if s.onnx and s.name == named), None)
    words = {keyword.arg for keyword in call.keywords}
    for signature in SIGNATURES:
        match = re.fullmatch(signature.name, path[-1])
        if match and not signature.onnx and signature.is_meant(path, words):
            digits = [group for group in match.groups() if group]
            return signature, int(digits[0]) if digits else None
    return None


def _read(call: ast.Call, own: tuple[Signature, int | None]) -> Pasted:
    signature, rank = own
    if len(call.args) > len(signature.positional):
        raise _wrong(f"has more arguments than {_spelt(call.func)} takes")
    told = dict(zip(signature.positional, call.args, strict=False))
    told |= {str(word.arg): word.value for word in call.keywords}
    values, unknown = dict[str, Any](), dict[str, str]()
    for name, node in told.items():
        called = signature.called.get(name) or ALIASES.get(name, name)
        if called not in (*SAID, *SIZES, "pads", "transpose_kernel", "auto_pad", "data_format"):
            continue
        try:
            values[called] = _value(node)
        except (ArithmeticError, ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            unknown[called] = shortened(_spelt(node), 60)
    said, sizes = dict(signature.says), dict[str, Any]()
    said |= {name: values[name] for name in SAID if values.get(name) is not None}
    said |= _framed(signature, values, rank) | _activated(told.get("activation"))
    sizes |= {name: values[name] for name in SIZES if values.get(name) is not None}
    if signature.plain:
        for name in ("convention", "output_padding", "output_size", "layout"):
            said.pop(name, None)
    return Pasted(
        text=_spelt(call),
        plain=signature.plain,
        rank=rank,
        said=said,
        sizes=sizes,
        unknown=unknown,
    )


def _activated(node: ast.expr | None) -> dict[str, Any]:
    """What follows the sums: an activation as a text, or as its function."""
    word = _spelt(node).strip("\"'").rpartition(".")[2] if node else ""
    return {"then": [KERAS_STEPS[word]]} if word in KERAS_STEPS else {}


def _framed(signature: Signature, values: Mapping[str, Any], rank: int | None) -> dict[str, Any]:
    """What a framework says otherwise: pads side by side, values for batch and channels, too."""
    said: dict[str, Any] = {}
    if pads := values.get("pads"):
        half = len(pads) // 2
        said["padding"] = list(zip(pads[:half], pads[half:], strict=True))
    word = values.get("auto_pad")
    if word and str(word).lower() != "notset":
        said["padding"] = str(word).lower()
    if values.get("transpose_kernel"):
        said["layout"] = "jax-transposed"
    if signature.framed and rank:
        first = str(values.get("data_format", "")).upper().startswith("NC")
        inner = slice(2, None) if first else slice(1, -1)
        for name in ("stride", "output_size", "dilation"):
            value = values.get(name)
            if isinstance(value, list) and len(value) == rank + 2:
                said[name] = value[inner]
    return said


def _value(node: ast.expr) -> Any:
    """A number, some numbers, a word or a truth value as it stands in the code."""
    if isinstance(node, ast.Name) and node.id.lower() in PADDINGS:  # padding=same, as printed
        return node.id.lower()
    if isinstance(node, ast.Tuple) and any(isinstance(one, ast.BinOp) for one in node.elts):
        return [_value(one) for one in node.elts]
    if isinstance(node, ast.BinOp):  # such as 9 // 2
        left, right, compute = _value(node.left), _value(node.right), SUMS.get(type(node.op))
        if compute is None or not all(type(n) is int and abs(n) < LARGE for n in (left, right)):
            raise ValueError
        return compute(left, right)
    return _listed(ast.literal_eval(node))


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, tuple | list):
        return [tuple(v) if isinstance(v, tuple | list) else _listed(v) for v in value]
    if value is None or isinstance(value, int):
        return value
    raise ValueError


def _spelt(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."
