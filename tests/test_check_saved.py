"""Every shipped lesson, unedited, through the programs that people have, and as they write."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest

from tests.edited import (
    by_openpyxl,
    checked,
    formula_of,
    fresh,
    in_part,
    kinds,
    part_of,
    places,
    with_formula,
    wrong,
)
from tests.engines import gnumeric_engine, libreoffice_engine
from tests.engines.need import needs
from tests.engines.package import sheet_parts, with_parts
from tests.engines.strip import strip_values, with_values
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.shipped import lesson_names

LIBREOFFICE = needs("LibreOffice", libreoffice_engine.available())
GNUMERIC = needs("ssconvert", gnumeric_engine.available())


@LIBREOFFICE
@pytest.mark.parametrize("locale", ["de-DE", pytest.param("en-US", marks=pytest.mark.prove)])
def test_every_lesson_is_right_after_libreoffice_in_any_language(locale: str) -> None:
    files = [strip_values(build(name).to_bytes()) for name in lesson_names()]
    saved = libreoffice_engine.converted(files, "xlsx", locale=locale)
    for name, data in zip(lesson_names(), saved, strict=True):
        report = checked(data)
        assert report.findings == (), f"{name}: {report.explain()}"
    commas = sum(b"58,5" in data for data in map(texts, saved))
    assert commas == (locale == "de-DE")  # or this test shows nothing


def texts(data: bytes) -> bytes:
    with ZipFile(BytesIO(data)) as archive:
        return b"".join(archive.read(part) for part in archive.namelist())


@GNUMERIC
@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_is_right_after_gnumeric(name: str) -> None:
    report = checked(gnumeric_engine.saved(build(name).to_bytes()))
    assert report.findings == (), report.explain()


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_is_not_recalculated_after_openpyxl(name: str) -> None:
    report = checked(by_openpyxl(build(name).to_bytes(), lambda _: None))
    assert set(kinds(report)) == {"stale"}
    assert "open" in report.explain()
    assert "--engine" in report.explain()


def test_formula_without_a_value_is_not_said_to_be_of_other_numbers() -> None:
    """One cached value is taken out; nothing was changed."""
    cell = places()["output"]
    head = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v>[^<]*</v>'
    report = checked(in_part(fresh(), part_of(fresh(), "Collect"), head, r"\g<1>"))
    assert [(f.kind, f.got) for f in wrong(report)] == [
        ("stale", f"1 formula without a value, the first in {cell}")
    ]
    assert "--engine" in report.explain()


MANY = Layer.of(np.ones((65, 65)), [[1.0, 2.0], [3.0, 5.0]], stride=2)


def test_old_values_of_very_many_numbers_come_with_a_hint() -> None:
    """A file tells the first values of at most 4,096 numbers; here a library changed one."""
    data = build(MANY, views=["collect"]).to_bytes()
    report = checked(with_values(data, {("Collect", "C11"): 5.0}))
    assert not report.right
    assert kinds(report)[0] == "unknown"
    assert set(kinds(report)[1:]) == {"value"}
    assert "--engine" in report.explain()
    assert checked(data).findings == ()


# ------------------------------------------------------------------------- as Google Sheets writes


def google(data: bytes) -> bytes:
    """Numbers as Google Sheets writes them: constants in full, results with ten digits.

    Source: files in the test suites of other projects, such as `1.0` and `1.0794968E7`.
    """

    def constant(found: re.Match[str]) -> str:
        number = float(found[2])
        mantissa, _, exponent = f"{number:E}".partition("E") if abs(number) >= 1e7 else ("", "", "")
        told = f"{number / 10 ** int(exponent)!r}E{int(exponent)}" if mantissa else repr(number)
        return f"{found[1]}<v>{told if float(told) == number else repr(number)}</v></c>"

    def result(found: re.Match[str]) -> str:
        return f"{found[1]}<v>{float(found[2]):.10g}</v></c>"

    def edit(xml: bytes) -> bytes:
        number = r"<v>([-+0-9.eE]+)</v></c>"
        text = re.sub(rf'(<c r="[A-Z0-9]+"(?: s="\d+")?>){number}', constant, xml.decode())
        return re.sub(
            rf'(<c r="[A-Z0-9]+"(?: s="\d+")?><f>[^<]*</f>){number}', result, text
        ).encode()

    with ZipFile(BytesIO(data)) as archive:
        parts = sheet_parts(archive).values()
    return with_parts(data, dict.fromkeys(parts, edit))


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_is_right_as_google_sheets_writes_it(name: str) -> None:
    fresh = build(name).to_bytes()
    data = google(fresh)
    assert data != fresh
    assert checked(data).findings == ()


LARGE = Layer.of([[123456.789, 10794968.0], [1 / 3, 111111.0]], [[111111.0, 1 / 7], [2.5, 1.0]])


def test_results_of_ten_digits_are_right_however_large() -> None:
    """111111 * 111111 is 12345654321: eleven digits, of which Google Sheets writes ten."""
    data = google(build(LARGE, views=["distribute", "collect"]).to_bytes())
    assert b"1.0794968E7" in texts(data)
    assert b"<v>1.234565432e+10</v>" in texts(data)
    assert checked(data).findings == ()


USUAL = Layer.of([[1 / 3, 1250.0], [0.007, 3.0]], [[1 / 7, 12.0], [2.5, 100.0]])


@pytest.mark.parametrize("apart", [1e-3, 1e-6])
@pytest.mark.parametrize("write", [google, lambda data: data], ids=["google", "as it is"])
def test_tolerance_does_not_make_wrong_values_right(
    apart: float, write: Callable[[bytes], bytes]
) -> None:
    """Values are put a little off, one at a time."""
    data = write(build(USUAL, views=["collect"]).to_bytes())
    with ZipFile(BytesIO(data)) as archive:
        part = sheet_parts(archive)["Collect"]
        xml = archive.read(part).decode()
    found = list(re.finditer(r'<c r="([A-Z0-9]+)"[^>]*><f>[^<]*</f><v>([-0-9.e+]+)</v>', xml))
    found = [each for each in found if float(each[2])][::7]
    assert len(found) > 3
    for each in found:
        off = repr(float(each[2]) * (1 + apart))
        spoilt = (xml[: each.start(2)] + off + xml[each.end(2) :]).encode()
        report = checked(with_parts(data, {part: lambda _, new=spoilt: new}))  # type: ignore[misc]
        assert [(f.kind, f.cell) for f in wrong(report)] == [("value", each[1])]


def test_whole_results_are_right_only_in_every_digit() -> None:
    data = build(Layer.of([[33333.0]], [[30000.0]]), views=["collect"]).to_bytes()
    with ZipFile(BytesIO(data)) as archive:
        part = sheet_parts(archive)["Collect"]
    for told, right in (("999990000", True), ("9.9999E8", True), ("999990001", False)):
        new = f"</f><v>{told}</v>"
        edited = in_part(data, part, "</f><v>999990000</v>", new)
        assert checked(edited).right == right, told


# ------------------------------------------------------------------------- how formulas are written


REWRITTEN: dict[str, Callable[[str], str]] = {
    "a plus before it": lambda formula: f"+{formula}",
    "parentheses around it": lambda formula: f"(({formula}))",
    "every reference fixed": lambda formula: re.sub(r"\$?\b([A-Z]+)\$?(\d+)\b", r"$\1$\2", formula),
    "no reference fixed": lambda formula: formula.replace("$", ""),
    "parentheses around references": lambda formula: re.sub(
        r"(\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)", r"(\1)", formula
    ),
    "Google's wrapping": lambda formula: 'IFERROR(__xludf.DUMMYFUNCTION("{}"),3.0)'.format(
        formula.replace('"', '""')
    ),
}


@pytest.mark.parametrize("way", REWRITTEN)
@pytest.mark.parametrize("block", ["output", "turned"])
def test_formula_written_in_another_way_is_the_same(way: str, block: str) -> None:
    cell = places()[block]
    formula = formula_of(fresh(), "Collect", cell)
    data = with_formula(fresh(), "Collect", cell, REWRITTEN[way](formula))
    assert checked(data).findings == ()
    spoilt = with_formula(fresh(), "Collect", cell, REWRITTEN[way](f"{formula}+0"))
    assert kinds(checked(spoilt)) == ["formula"]
