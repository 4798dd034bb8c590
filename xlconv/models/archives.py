"""Zip files, of which no member is unpacked before it is known how large it is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import numpy as np

from xlconv.files.readers import HEADERS
from xlconv.layers.given import not_numbers
from xlconv.models.content import Content, ContentError
from xlconv.models.found import ModelLayer
from xlconv.models.likely import weights
from xlconv.models.tensors import MOST, Tensor

ROOM = 8 * MOST + 4096
"""Bytes of a member, at most."""

MEMBERS = 100_000
"""Members of a file, at most."""


def opened_zip(content: Content) -> zipfile.ZipFile:
    """A zip file; raises ContentError where it is none."""
    archive = zipfile.ZipFile(content.open())
    if len(archive.namelist()) > MEMBERS:
        raise ContentError(f"has more than {MEMBERS} members")
    return archive


def member(archive: zipfile.ZipFile, name: str, most: int = ROOM) -> bytes:
    """A member, unpacked: never more than it says, and not at all where that is too much."""
    info = archive.getinfo(name)
    if info.file_size > most:
        raise ContentError(f"has {info.file_size} bytes in {name!r:.80}; {most} are read at most")
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise ContentError(f"has other sizes in {name!r:.80} than it says")
    return data


def layers(content: Content) -> list[ModelLayer]:
    """The weights in a file of NumPy's savez, the likely ones first."""
    return weights(npz(content))


def npz(content: Content) -> list[Tensor]:
    """The arrays in a file of NumPy's savez; nothing is unpickled."""
    archive = opened_zip(content)
    found = []
    for name in archive.namelist():
        if name.endswith(".npy"):
            with suppress(ValueError):  # texts and objects beside the numbers
                found.append(_array(archive, name))
    return found


def _array(archive: zipfile.ZipFile, name: str) -> Tensor:
    with archive.open(name) as file:
        shape, by_columns, dtype = HEADERS[np.lib.format.read_magic(file)](file)
        begin = file.tell()
    if wrong := not_numbers(dtype):
        raise ContentError(f"has {wrong} in {name!r:.80}")
    order: Callable[[], np.ndarray] = partial(
        _loaded, archive, name, begin, dtype, shape, "F" if by_columns else "C"
    )
    return Tensor(name.removesuffix(".npy"), shape, dtype.name, order)


def _loaded(
    archive: zipfile.ZipFile, name: str, begin: int, dtype: np.dtype, shape: tuple[int, ...],
    order: str,
) -> np.ndarray:  # fmt: skip
    data = memoryview(member(archive, name))[begin:]
    array: np.ndarray = np.frombuffer(data, dtype).reshape(shape, order=order)  # type: ignore[call-overload]
    return array
