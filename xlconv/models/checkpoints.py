"""PyTorch's checkpoints: state_dicts, and whole models as far as their pickle describes them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from xlconv.files.archives import member, opened_zip
from xlconv.files.reading import ContentError
from xlconv.frozen import frozen
from xlconv.models.content import Content
from xlconv.models.found import PLAIN, TRANSPOSED, ModelLayer
from xlconv.models.likely import weights
from xlconv.models.pickles import Made, Named, Stored, described
from xlconv.models.tensors import DTYPES, MOST, Scale, Tensor, unread

PICKLE = 64 << 20
"""Bytes of a checkpoint's pickle, at most."""

ROOM = 8 * MOST
"""Bytes of a storage, at most."""

STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "QInt8Storage": "int8",
    "QUInt8Storage": "uint8",
    "QInt32Storage": "int32",
}
TABLES = ("collections.OrderedDict", "collections.defaultdict")
PARAMETERS = ("stride", "padding", "output_padding", "dilation", "groups")
CLASSES = {
    f"torch.nn.modules.conv.{name}{rank}d": kind
    for name, kind in (("ConvTranspose", TRANSPOSED), ("Conv", PLAIN))
    for rank in (1, 2, 3)
}
NODES = 1_000_000
"""Values of a checkpoint that are looked at, at most."""


@frozen(eq=False)
class Checkpoint:
    """What a checkpoint holds: tensors by their names, and layers whose parameters it tells."""

    tensors: list[Tensor]
    layers: list[ModelLayer]


def layers(content: Content) -> list[ModelLayer]:
    """The layers whose parameters a checkpoint tells, then its other weights."""
    found = checkpoint(content)
    taken = {layer.weight.name for layer in found.layers}
    return found.layers + weights(t for t in found.tensors if t.name not in taken)


def checkpoint(content: Content) -> Checkpoint:
    """The tensors and layers of a file of torch.save, in the format of PyTorch 1.6 and later."""
    if bytes(content.data[:4]) != b"PK\3\4":
        raise ContentError(
            "is no checkpoint of PyTorch 1.6 or later: load it there, and torch.save its state_dict"
        )
    archive = opened_zip(content.open())
    names = archive.namelist()
    mains = [name for name in names if name.rpartition("/")[2] == "data.pkl"]
    if any(name.rpartition("/")[2] == "constants.pkl" for name in names):
        raise ContentError("is TorchScript: save its state_dict with torch.save instead")
    if len(mains) != 1:
        raise ContentError("is no checkpoint of torch.save: it has no data.pkl")
    root = mains[0].removesuffix("data.pkl")
    if f"{root}byteorder" in names and member(archive, f"{root}byteorder", 16) != b"little":
        raise ContentError("has its numbers in the order of another machine: save it on this kind")
    walked = list(_walk(described(member(archive, mains[0], PICKLE)), archive, root))
    tensors = [found for found in walked if isinstance(found, Tensor)]
    layers = [found for found in walked if isinstance(found, ModelLayer)]
    if not tensors:
        raise ContentError("holds no tensors: torch.save(model.state_dict(), FILE) writes them")
    return Checkpoint(tensors, layers)


def _walk(top: Any, archive: zipfile.ZipFile, root: str) -> Iterator[Tensor | ModelLayer]:
    """Every tensor, and every module that is a convolution, by the names along the way."""
    waiting: list[tuple[str, Any]] = [("", top)]
    for _ in range(NODES):
        if not waiting:
            return
        name, value = waiting.pop()
        tensor = _tensor(name, value, archive, root)
        if tensor is not None:
            yield tensor
            continue
        if isinstance(value, Made) and value.name in CLASSES:
            yield from _module(name, value, archive, root)
        waiting += [
            (f"{name}.{key}" if name and key else name or str(key), inner)
            for key, inner in reversed(_inside(value))
        ]
    raise ContentError(f"holds more than {NODES} values")


def _inside(value: Any) -> list[tuple[str, Any]]:
    """What lies in a value: of a table, a list, or a module its parameters and its modules."""
    if isinstance(value, dict):
        return [(str(key), inner) for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [(str(n), inner) for n, inner in enumerate(value)]
    if not isinstance(value, Made):
        return []
    if value.name in TABLES:
        return _inside(value.items)
    state = _state(value)
    kept = [state.get(key) for key in ("_parameters", "_buffers", "_modules")]
    return [("", table) for table in kept if table is not None]


def _state(made: Made) -> dict[str, Any]:
    return next((state for state in made.state if isinstance(state, dict)), {})


def _tensor(name: str, value: Any, archive: zipfile.ZipFile, root: str) -> Tensor | None:
    """A value as a tensor, if it is what torch.save makes of one."""
    if not isinstance(value, Made):
        return None
    if value.name == "torch._utils._rebuild_parameter":
        return _tensor(name, value.args[0], archive, root)
    if value.name not in ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_qtensor"):
        return None
    storage, offset, shape, strides, *more = value.args
    if not isinstance(storage, Stored) or not isinstance(storage.told[1], Named):
        raise ContentError(f"has no numbers for {name!r:.80}")
    kind = storage.told[1].name.rpartition(".")[2]
    dtype = STORAGES.get(kind, kind.removesuffix("Storage"))
    view = _View(name, dtype, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))
    load = partial(_loaded, archive, f"{root}data/{storage.told[2]}", view)
    scale = _scale(more[0], archive, root) if value.name.endswith("qtensor") else None
    return Tensor(name, view.shape, dtype, load, scale)


def _scale(told: Any, archive: zipfile.ZipFile, root: str) -> Scale:
    """The quantiser of a tensor: (scheme, scale, zero point), each one or one a channel."""
    scheme, scale, zero_point, *axis = told
    if scheme.name == "torch.per_tensor_affine":
        return Scale(np.array([float(scale)]), np.array([float(zero_point)]))
    values = [_tensor("scale", each, archive, root) for each in (scale, zero_point)]
    if None in values:
        raise ContentError("has a quantiser that is not read: save it as float32")
    first, second = (each.numbers() for each in values if each is not None)
    return Scale(first, second, int(axis[0]))


def _module(name: str, made: Made, archive: zipfile.ZipFile, root: str) -> Iterator[ModelLayer]:
    """A convolution as a module has it, with its parameters."""
    state = _state(made)
    parameters = dict(_inside(state["_parameters"]))
    weight = _tensor(f"{name}.weight", parameters["weight"], archive, root)
    bias = _tensor(f"{name}.bias", parameters.get("bias"), archive, root)
    if weight is None:
        return
    kind = CLASSES[made.name]
    named = PARAMETERS if kind == TRANSPOSED else [n for n in PARAMETERS if n != "output_padding"]
    said = {key: _plain(state[key]) for key in named}
    convention = {"convention": "pytorch"} if kind == TRANSPOSED else {}
    yield ModelLayer(name=name, kind=kind, weight=weight, bias=bias, said=said | convention)


def _plain(value: Any) -> Any:
    return [int(n) for n in value] if isinstance(value, tuple) else value


@frozen
class _View:
    """A tensor as what it sees of its storage: from an offset on, with steps along its axes."""

    name: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def end(self) -> int:
        """The numbers of the storage that there must be."""
        if not all(self.shape):
            return self.offset
        steps = zip(self.shape, self.strides, strict=True)
        return self.offset + 1 + sum((n - 1) * step for n, step in steps)


def _loaded(archive: zipfile.ZipFile, place: str, view: _View) -> np.ndarray:
    """The numbers of a tensor."""
    if view.dtype not in DTYPES:
        raise unread(view.name, view.dtype)
    flat = np.frombuffer(member(archive, place, ROOM), DTYPES[view.dtype])
    if min((view.offset, *view.strides, *view.shape)) < 0 or view.end > len(flat):
        raise ContentError(f"has numbers of {view.name!r:.80} outside of their storage")
    moves = [step * flat.itemsize for step in view.strides]
    seen = np.lib.stride_tricks.as_strided(flat[view.offset :], view.shape, moves, writeable=False)
    if view.dtype == "bfloat16":
        return np.asarray((seen.astype("<u4") << 16).view("<f4"))
    return seen.copy()
