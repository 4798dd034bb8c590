"""Files of safetensors: a header of JSON, and the bytes of each tensor.

Source: https://github.com/huggingface/safetensors, "Format".
"""

from __future__ import annotations

import json
import struct
from functools import partial
from typing import Any

from xlconv.files.reading import ContentError
from xlconv.models.content import Content
from xlconv.models.found import ModelLayer
from xlconv.models.likely import weights
from xlconv.models.tensors import Tensor, decoded

HEADER = 10 << 20
"""Bytes of a header, at most: with ten thousand tensors it has one or two million."""

NAMES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
}


def layers(content: Content) -> list[ModelLayer]:
    """The weights of a file, the likely ones first."""
    return weights(tensors(content))


def tensors(content: Content) -> list[Tensor]:
    """The tensors of a file, none of which is loaded yet."""
    data = content.data
    if len(data) < 8:
        raise ContentError("is cut short")
    (length,) = struct.unpack_from("<Q", data)
    if length > len(data) - 8:
        raise ContentError("is no safetensors file: its header would be longer than the file")
    if length > HEADER:
        raise ContentError(f"has a header of more than {HEADER >> 20} MB")
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
    except (ValueError, RecursionError):
        raise ContentError("is no safetensors file: its header is no JSON") from None
    if not isinstance(header, dict):
        raise ContentError("is no safetensors file: its header is no table")
    body = data[8 + length :]
    return [_tensor(body, name, told) for name, told in header.items() if name != "__metadata__"]


def _tensor(body: memoryview, name: str, told: Any) -> Tensor:
    shape, (begin, end) = told["shape"], told["data_offsets"]
    if not all(type(n) is int and n >= 0 for n in (*shape, begin, end)) or len(shape) > 32:
        raise ContentError(f"has no sizes for {name!r:.80}")
    if not begin <= end <= len(body):
        raise ContentError(f"is cut short: {name!r:.80} lies beyond its end")
    dtype = NAMES.get(told["dtype"], str(told["dtype"]))
    load = partial(decoded, body[begin:end], name, dtype, shape)
    return Tensor(name, tuple(shape), dtype, load)
