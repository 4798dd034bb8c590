"""What a check of 20 MB may cost, whatever was done to each cell or row of it."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.engines.package import with_parts
from tests.hostile import SHEET
from xlconv.grid.places import column_number, letters
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

SECONDS, MEGABYTES = 20, 1024
"""Twice the 10 s that a quiet machine may take: a loaded one counts more for the same work."""

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]) << 20,) * 2)
from xlconv.checking.check import check
from xlconv.errors import UnreadableError
try:
    print(check(sys.argv[1]).verdict)
except UnreadableError:
    print("refused")
"""

Edit = Callable[[bytes], bytes]


def replaced(old: bytes, new: bytes) -> Edit:
    return lambda xml: xml.replace(old, new)


def substituted(pattern: bytes, new: bytes) -> Edit:
    return lambda xml: re.sub(pattern, new, xml)


def shuffled(xml: bytes) -> bytes:
    head, _, rest = xml.partition(b"<sheetData>")
    body, _, tail = rest.partition(b"</sheetData>")
    rows = [row + b"</row>" for row in body.split(b"</row>")[:-1]]
    rows = random.Random(1).sample(rows, len(rows))
    return b"".join([head, b"<sheetData>", *rows, b"</sheetData>", tail])


def lower(xml: bytes) -> bytes:
    """A row put in before row 21, and each address of a row below it moved."""

    def down(told: re.Match[bytes]) -> bytes:
        return told[1] + b"%d" % (int(told[2]) + (int(told[2]) > 20))

    return re.sub(rb'([A-Z]\$?|<row r=")([1-9][0-9]*)(?![0-9(])', down, xml)


def displaced(xml: bytes) -> bytes:
    """Each cell one column to the right, with the formula that it had."""

    def right(told: re.Match[bytes]) -> bytes:
        return told[1] + letters(column_number(told[2].decode()) + 1).encode()

    return re.sub(rb'(<c r=")([A-Z]+)', right, xml)


def off_by_one(xml: bytes) -> bytes:
    return re.sub(
        rb"(</f><v>)(-?[0-9]+)(?=<)", lambda told: told[1] + b"%d" % (int(told[2]) + 1), xml
    )


def in_libreoffice(xml: bytes) -> bytes:
    typed = re.sub(rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?=>)', rb'\1 t="n"', xml)
    return typed.replace(b"<f>", b'<f aca="false">')


EDITS: dict[str, tuple[Edit, str]] = {
    "nothing": (lambda xml: xml, "right"),
    "saved by LibreOffice": (in_libreoffice, "right"),
    "a + before each formula": (replaced(b"<f>", b"<f>+"), "right"),
    "$ everywhere": (substituted(rb"\b([A-Z]{1,3})([0-9]+)(?=[:,)<])", rb"$\1$\2"), "right"),
    "two spaces": (replaced(b"<row r=", b"<row  r="), "right"),
    "a row put in": (lower, "right"),
    "cells displaced": (displaced, "wrong"),
    "rows in no order": (shuffled, "right"),
    "no values": (substituted(rb"</f><v>[^<]*</v>", b"</f>"), "wrong"),
    "values off by one": (off_by_one, "wrong"),
    "formulas that are wrong": (replaced(b"</f>", b"+0</f>"), "wrong"),
    "single quotes": (substituted(rb'<c r="([A-Z]+[0-9]+)"', rb"<c r='\1'"), "refused"),
}


@pytest.fixture(scope="module")
def large() -> bytes:
    """A file whose inputs no recipe tells, so that each of them is read."""
    layer = Layer.of(
        np.random.default_rng(1).integers(0, 4, (3, 412, 412)),
        np.random.default_rng(2).integers(-2, 4, (3, 1, 3, 3)),
        stride=2,
        groups=3,
    )
    return build(layer, views=["phases"]).to_bytes()


@pytest.mark.prove
@pytest.mark.parametrize("edit", EDITS)
def test_large_file_that_was_edited_costs_no_more_than_it_may(
    edit: str, large: bytes, tmp_path: Path
) -> None:
    made, verdict = EDITS[edit]
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_parts(large, {SHEET: made}))
    assert len(large) > 20_000_000
    limits = map(str, (path, SECONDS, MEGABYTES))
    env = {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *limits], check=False, capture_output=True, env=env
    )
    assert done.stdout.decode().strip() == verdict, done.stderr[-500:]
