"""Files that mean harm, and a process with limits to check them in."""

from __future__ import annotations

import json
import os
import re
import resource
import struct
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np

from tests.engines.package import with_parts
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.recipe import RECIPE_SHEET

HOME = Path(__file__).parents[1]
MEMORY, SECONDS = 1 << 30, 20
"""What a process may take: of memory, and of the processor's time."""

LAYER = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
SHEET = "xl/worksheets/sheet1.xml"
CELLS = b'<worksheet xmlns="x"><sheetData>'
CUSTOM = "docProps/custom.xml"


def fresh() -> bytes:
    """A workbook that only its properties tell of: the sheet that tells too has another name."""

    def edit(xml: bytes) -> bytes:
        assert RECIPE_SHEET.encode() in xml
        return xml.replace(RECIPE_SHEET.encode(), b"Other")

    return with_parts(build(LAYER, views=["collect"]).to_bytes(), {"xl/workbook.xml": edit})


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def checked(path: Path, *options: str, folder: Path | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `xlconv check`, within its limits."""
    environment = {**os.environ, "PYTHONPATH": str(HOME), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "xlconv", "check", *options, str(path)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=limited,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def packed(parts: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def parts() -> dict[str, bytes]:
    with ZipFile(BytesIO(fresh())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(name: str, data: bytes | None, method: int = ZIP_DEFLATED) -> bytes:
    """A workbook with a part replaced, added, or left out."""
    found = {**parts(), name: data or b""}
    if data is None:
        del found[name]
    return packed(found, method)


def edited(name: str, old: str, new: str) -> bytes:
    text = parts()[name].decode()
    assert old in text, text[:500]
    return with_part(name, text.replace(old, new, 1).encode())


def zeros(size: int) -> bytes:
    return b'<?xml version="1.0"?><worksheet><sheetData>' + b" " * size


def streamed(head: bytes, unit: str, times: int, tail: bytes) -> bytes:
    """A workbook whose first sheet holds a unit very often, with other numbers in it each time."""
    numbers = np.random.default_rng(1).integers(10**6, size=10_000)
    units = "".join(unit.format(n) for n in numbers).encode()
    return _streamed(SHEET, head, units, times // 10_000, tail)


def overlapping() -> bytes:
    """Two names for the same bytes, as in a bomb that needs no nesting."""
    data = bytearray(packed(parts(), ZIP_STORED))
    places = [m.start() for m in re.finditer(b"PK\x01\x02", data)]
    for at in places[:2]:
        struct.pack_into("<I", data, at + 42, 0)  # both begin at the file's begin
    return bytes(data)


def lying(field: int, value: int) -> bytes:
    """A field of the central directory that says another size of the sheet than it has."""
    data = bytearray(fresh())
    for found in re.finditer(b"PK\x01\x02", data):
        at = found.start()
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", data, at + field, value)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(fresh())
    for found in re.finditer(b"PK\x01\x02", data):
        data[found.start() + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    other = SHEET.replace("1", "2")
    data = packed({**parts(), other: b"<worksheet/>"})
    return data.replace(other.encode(), SHEET.encode())


def streamed_part(name: str, head: bytes, unit: bytes, times: int, tail: bytes) -> bytes:
    """A workbook with a part that holds a unit very often."""
    return _streamed(name, head, unit * 10_000, times // 10_000, tail)


def _streamed(name: str, head: bytes, units: bytes, times: int, tail: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for other, data in parts().items():
            if other != name:
                archive.writestr(other, data)
        with archive.open(name, "w") as part:
            part.write(head)
            for _ in range(times):
                part.write(units)
            part.write(tail)
    return target.getvalue()


def with_recipe(told: Any) -> bytes:
    text = told if isinstance(told, str) else json.dumps(told)
    pieces = [text[n : n + 240] for n in range(0, len(text), 240)]
    properties = "".join(
        f'<property name="xlconv.{n}" pid="{n + 2}" fmtid="x"><lpwstr>'
        + piece.replace("&", "&amp;").replace("<", "&lt;")
        + "</lpwstr></property>"
        for n, piece in enumerate(pieces)
    )
    return with_part(CUSTOM, f"<Properties>{properties}</Properties>".encode())


PAGE = {"name": "Collect", "view": "collect", "input": [[1, 2], [3, 4]], "weight": [[1]]}


def recipe(page: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"version": 1, "title": "T", "words": {}, "sheet": [{**PAGE, **(page or {})}], **more}
