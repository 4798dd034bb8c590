"""How far a value may be off: by the rounding of its own terms, not of the largest of its sheet."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest

from tests.edited import checked, in_part, part_of, wrong
from tests.engines import libreoffice_engine
from tests.engines.need import needs
from tests.engines.package import sheet_parts, with_parts
from tests.engines.strip import strip_values
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build

VIEWS = ["distribute", "collect", "matrix", "phases"]

WIDE = Layer.of([[0.1, 0.2, 1e12], [0.7, 0.3, 1e12]], [[1.4, 1.1], [0.3, 0.7]], stride=2)
"""Cells of 0.14 beside cells of 1E12; no two terms are ever added."""

CANCELS = Layer.of(
    np.tile([[1e12, -1e12, 0.3], [0.1, 1e12, -1e12]], (1, 2)), [[0.1, 0.1, 0.1], [0.7, 0.7, 0.7]]
)
"""Sums of terms of 1E12 that are small: each program rounds them in its own order."""


@pytest.mark.parametrize("view", VIEWS)
def test_small_values_beside_large_ones_are_compared_in_their_own_scale(view: str) -> None:
    data = build(WIDE, views=[view]).to_bytes()
    with ZipFile(BytesIO(data)) as archive:
        ((_, part),) = [item for item in sheet_parts(archive).items() if "recipe" not in item[0]]
        xml = archive.read(part).decode()
    found = list(re.finditer(r'<c r="([A-Z0-9]+)"[^>]*><f>[^<]*</f><v>([-0-9.e+]+)</v>', xml))
    found = [each for each in found if 0 < abs(float(each[2])) < 1][::5]
    assert len(found) > 3
    for each in found:
        off = repr(float(each[2]) * (1 + 1e-6))
        spoilt = (xml[: each.start(2)] + off + xml[each.end(2) :]).encode()
        report = checked(with_parts(data, {part: lambda _, new=spoilt: new}))  # type: ignore[misc]
        assert [(f.kind, f.cell) for f in wrong(report)] == [("value", each[1])]


@needs("LibreOffice", libreoffice_engine.available())
def test_sums_that_cancel_are_right_as_libreoffice_rounds_them() -> None:
    files = [strip_values(build(CANCELS, views=[view]).to_bytes()) for view in VIEWS]
    for view, data in zip(VIEWS, libreoffice_engine.converted(files, "xlsx"), strict=True):
        report = checked(data)
        assert report.findings == (), f"{view}: {report.explain()}"


@pytest.mark.parametrize("view", VIEWS)
def test_sums_that_cancel_are_right_as_ironcalc_rounds_them(view: str) -> None:
    report = checked(build(CANCELS, views=[view]).to_bytes(), engine=True)
    assert report.findings == (), report.explain()


# ------------------------------------------------------------------------ texts that numbers decide

VERDICTS = [*VIEWS[1:], "sedirts", "gniddap", "checkerboard", "gradient"]

WORDS_ABOUT = [
    ("both views agree  ✓", "the views differ  ✗"),
    ("both sums agree  ✓", "the sums differ  ✗"),
    ("both gradients agree  ✓", "the gradients differ  ✗"),
]


def mixed(seed: int, large: float) -> Layer:
    """Sums of large terms of both signs, and small ones between them."""
    rng = np.random.default_rng(seed)
    x = np.where(rng.random((4, 5)) < 0.6, rng.choice([large, -large], (4, 5)), rng.random((4, 5)))
    return Layer.of(x, rng.choice([0.1, 0.7, 1.3, 0.3], (3, 3)), stride=2)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("view", VERDICTS)
def test_verdict_that_hangs_on_rounding_is_right_either_way(view: str, seed: int) -> None:
    report = checked(build(mixed(seed, 1e12), views=[view]).to_bytes(), engine=True)
    assert report.findings == (), report.explain()


@pytest.mark.parametrize("large", [1, 1000])
@pytest.mark.parametrize("view", VERDICTS)
def test_wrong_verdict_on_ordinary_numbers_is_wrong(view: str, large: float) -> None:
    data = build(mixed(0, large), views=[view]).to_bytes()
    part = part_of(data, view.capitalize())
    with ZipFile(BytesIO(data)) as archive:
        said = archive.read(part).decode()
    right, other = next((a, b) for a, b in WORDS_ABOUT if f">{a}</v>" in said)
    report = checked(in_part(data, part, f">{right}</v>", f">{other}</v>"))
    assert {(f.kind, f.expected, f.got) for f in wrong(report)} == {("value", right, other)}
