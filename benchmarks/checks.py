"""What files hold, each check a process of its own, so that `run.py` stays small.

python checks.py same OURS THEIRS   the formulas of THEIRS are those of OURS, in the same places
python checks.py cells FILE         how many cells its largest sheet has
python checks.py exact FILE         the numbers of `forms.py phase 512 FILE --floats` are exact
python checks.py right FILE         every formula cell is right: IronCalc computes it anew
python checks.py open FILE          seconds that IronCalc takes to load and to evaluate it
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np

CELL = re.compile(r'<c r="([A-Z]+\d+)"[^>]*>(?:<f>([^<]*)</f>)?')


def xml_of(path: str) -> str:
    """The largest sheet of a workbook."""
    with ZipFile(path) as parts:
        names = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        return parts.read(max(names, key=lambda n: parts.getinfo(n).file_size)).decode()


def formulas(path: str) -> dict[str, str]:
    return {cell[1]: cell[2] for cell in CELL.finditer(xml_of(path)) if cell[2]}


def same(ours: str, theirs: str) -> None:
    """Print how many formulas the two have in common."""
    mine, other = formulas(ours), formulas(theirs)
    assert {cell: mine.get(cell) for cell in other} == other, "the formulas are not the same"
    print(len(other))


def cells(path: str) -> None:
    print(xml_of(path).count("<c "))


def exact(path: str) -> None:
    from forms import layer_of

    from xlconv.layers.model import conv_transpose

    texts = re.findall(r"<f>SUMPRODUCT[^<]*</f><v *>([^<]*)</v>", xml_of(path))
    found, truth = np.array([float(text) for text in texts]), conv_transpose(layer_of(512, True))
    assert len(found) == truth.size
    assert np.allclose(found, truth.ravel(), rtol=1e-12, atol=1e-12)
    assert all(repr(number) == text for number, text in zip(found.tolist(), texts, strict=True))
    print(
        f"All {len(found):,} are read back as the doubles that they are, from the shortest texts."
    )


def right(path: str) -> None:
    from tests.engines import cached, compare, ironcalc_engine

    xlsx = Path(path).read_bytes()
    expected = cached.cached_values(xlsx)
    wrong = compare.differences(expected, ironcalc_engine.recalculate(xlsx), engine="IronCalc")
    assert not wrong, "\n".join(wrong[:10])
    count = sum(map(len, expected.values()))
    print(f"All {count:,} formula cells are right: IronCalc computes the same without the values.")


def open_(path: str) -> None:
    import ironcalc

    said, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # it prints about cells without a value
    os.dup2(nowhere, 2)
    start = time.perf_counter()
    model = ironcalc.load_from_xlsx(path)
    loaded = time.perf_counter()
    model.evaluate()
    os.write(said, f"{loaded - start} {time.perf_counter() - loaded}".encode())
    os._exit(0)  # without taking a million cells apart


if __name__ == "__main__":
    checks: dict[str, Callable[..., None]] = {
        "same": same,
        "cells": cells,
        "exact": exact,
        "right": right,
        "open": open_,
    }
    checks[sys.argv[1]](*sys.argv[2:])
