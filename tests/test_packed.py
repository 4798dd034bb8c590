"""Rows that are packed once for all: what zlib finds in them is what they say."""

import io
import re
import tracemalloc
import zlib
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.xlsx import deflate, rows, template
from xlconv.xlsx.filling import WORD, BitPlaces, TextPlaces, buffer
from xlconv.xlsx.numerals import Numerals
from xlconv.xlsx.signs import TEXT, Signs

from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values
from .engines.compare import differences
from .engines.engine import Engine
from .engines.need import needs

Told = tuple[np.ndarray, np.ndarray, list[deflate.Backs]]

RANDOM = np.random.default_rng(7)


def inflated(packed: bytes) -> bytes:
    """What zlib reads, which stops where the block has ended."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed)


# ------------------------------------------------------------------------- a block


@st.composite
def texts(draw: st.DrawFn) -> Told:
    """A text of few different signs, places to fill in, and distances back."""
    some = draw(st.sampled_from(["ab", "abcdefgh0123", "".join(map(chr, range(256)))]))
    text = draw(st.text(some, min_size=1, max_size=400)) * draw(st.sampled_from([1, 3, 200]))
    data = np.frombuffer(text.encode("latin-1"), np.uint8).copy()
    filled = np.zeros(len(data), np.int64)
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=20)):
        filled[at], data[at] = draw(st.sampled_from([-1, 1, 2])), ord("0")
    backs = list[deflate.Backs]()
    for _ in range(draw(st.integers(1, 3))):
        sizes, far, start = list[int](), list[int](), 0
        while start < len(data):
            sizes.append(min(draw(st.integers(1, len(data))), len(data) - start))
            far.append(draw(st.integers(0, start)))
            start += sizes[-1]
        backs.append((sizes, far))
    return data, filled, backs


@given(texts())
def test_block_is_read_as_its_text(told: Told) -> None:
    text, filled, backs = told
    made = deflate.block(text, filled, backs)
    assert inflated(made.packed.tobytes()) == text.tobytes()


@given(texts(), st.binary(min_size=3, max_size=3))
def test_what_is_filled_in_is_read(told: Told, signs: bytes) -> None:
    text, filled, backs = told
    made = deflate.block(text, filled, backs)
    packed, codes = made.packed, made.signs
    both = buffer(packed, 2)
    for number, chosen in zip((-1, 1, 2), signs, strict=True):
        sign = deflate.SIGNS[chosen % 16]
        text[filled == number] = sign
        if (starts := made.starts[filled[made.places] == number]).size:
            limbs = codes.limbs(np.array([[sign]], np.uint8))
            BitPlaces(both, starts, 1, codes.width).turn(limbs, 1)
    assert inflated(both[0].tobytes()) == text.tobytes()
    assert (both[1] == packed).all()


def test_block_of_what_is_not_repeated_has_a_code_for_a_distance() -> None:
    text = np.frombuffer(b"no byte twice"[:6], np.uint8)
    assert deflate._codes(np.zeros(deflate.FAR_SYMBOLS, np.int64))[1].tolist() == [1] + [0] * 29
    made = deflate.block(text, np.zeros(6, np.int32), [([6], [0])])
    assert inflated(made.packed.tobytes()) == text.tobytes()


def test_codes_are_at_most_fifteen_bits_however_often_one_occurs() -> None:
    counts = np.zeros(deflate.SYMBOLS, np.int64)
    counts[65:95] = [int(1.7**n) + 1 for n in range(30)]
    codes, widths = deflate._codes(counts, deflate.SIGNS)
    assert 1 <= widths[widths > 0].min() <= widths.max() <= deflate.DEEPEST
    assert (2.0 ** -widths[widths > 0]).sum() == 1  # each code is used
    signs = set(widths[list(deflate.SIGNS)].tolist())
    assert len(signs) == 1
    assert 8 * max(signs) + 7 <= 64  # eight signs, and bits before them, are one word
    assert len({(c, w) for c, w in zip(codes.tolist(), widths.tolist(), strict=True) if w}) == 46


@given(st.data())
def test_limbs_are_put_where_they_belong(data: st.DataObject) -> None:
    width, size = data.draw(st.integers(4, deflate.WIDEST)), data.draw(st.integers(1, 25))
    gaps = data.draw(st.lists(st.integers(0, 99), min_size=1, max_size=5))
    starts = np.cumsum([gap + size * width for gap in gaps]) - size * width + 8 * WORD
    text = np.array(
        data.draw(st.lists(st.integers(0, 255), min_size=size, max_size=size)), np.uint8
    )
    told = RANDOM.integers(0, 1 << width, 256).astype(np.uint64)
    before = RANDOM.integers(0, 256, (starts[-1] + size * width) // 8 + 1).astype(np.uint8)
    bits = buffer(before, 3)
    BitPlaces(bits, starts, size, width).turn(Signs(told, width).limbs(text[None, None]), 2)
    wanted = int.from_bytes(before.tobytes(), "little")
    for start in starts.tolist():
        for n, sign in enumerate(text.tolist()):
            wanted ^= int(told[sign]) << start + n * width
    turned = [int.from_bytes(row.tobytes(), "little") for row in bits]
    assert turned == [wanted, wanted, int.from_bytes(before.tobytes(), "little")]
    rows = buffer(before.repeat(8), 3)
    TextPlaces(rows, starts, size).put(TEXT.limbs(text[None, None]), 2)
    as_text = before.repeat(8)
    for start in starts.tolist():
        as_text[start : start + size] = text
    assert [row.tolist() for row in rows] == [as_text.tolist()] * 2 + [before.repeat(8).tolist()]


# ------------------------------------------------------------------------- a sheet


def layer(size: tuple[int, ...], kernel: tuple[int, ...], kind: str, **more: Any) -> Layer:
    numbers = np.random.default_rng(7)
    draw: Any = {
        "small": lambda shape: numbers.integers(-3, 9, shape),
        "large": lambda shape: numbers.integers(-(10**6), 10**6, shape),
        "doubles": numbers.standard_normal,
        "tiny": lambda shape: numbers.standard_normal(shape) * 1e-150,
        "quarters": lambda shape: numbers.integers(-99, 99, shape) / 4,
    }[kind]
    return Layer.of(draw(size), draw(kernel), **more)


@pytest.fixture(autouse=True)
def _packs_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows that look alike a few are enough, so that sheets are small."""
    monkeypatch.setattr(rows, "MANY", 8)


CASES = [
    ("phases", layer((90, 90), (4, 4), "small", stride=2, padding=1)),
    ("phases", layer((90, 90), (4, 4), "doubles", stride=2, padding=1)),
    ("phases", layer((90, 90), (4, 4), "tiny", stride=2, padding=1)),
    ("phases", layer((60, 75), (5, 5), "quarters", stride=3)),
    ("collect", layer((90, 90), (3, 3), "large", stride=2)),
    ("collect", layer((3, 40, 40), (3, 2, 3, 3), "small", stride=2)),
    ("distribute", layer((40, 40), (3, 3), "small", stride=2)),
    ("phases", layer((30, 400), (2, 2), "small", stride=5)),
]


def sheets(book: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(book)) as parts:
        assert parts.testzip() is None
        return {name: parts.read(name) for name in parts.namelist()}


@pytest.mark.parametrize(("view", "told"), CASES)
def test_packed_rows_are_those_that_are_joined(
    monkeypatch: pytest.MonkeyPatch, view: str, told: Layer
) -> None:
    monkeypatch.setattr(template, "WINDOW", 1 << 12)
    book = build(told, views=[view])
    packed = sheets(book.to_bytes())
    monkeypatch.setattr(rows.Rows, "packed", rows.Rows.chunks)
    joined = sheets(book.to_bytes())
    assert any(b"<v " in part for part in packed.values())
    assert {name: re.sub(b"<v +>", b"<v>", part) for name, part in packed.items()} == joined


def test_rows_are_packed_where_many_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    content = RANDOM.integers(0, 99, (140, 1200))
    for height, packed in ((140, True), (127, False)):
        sheet = Sheet("Sheet")
        sheet.block("x", (0, 0), (height, 1200), role="input", content=content[:height])
        xml = sheets(Book("Test", (sheet,)).to_bytes())["xl/worksheets/sheet1.xml"]
        assert (b"<v " in xml) is packed


def test_numbers_of_which_one_is_long_are_not_packed() -> None:
    x = np.zeros((40, 600))
    x[-1, -1] = 1 / 3
    xml = sheets(build(Layer.of(x, np.ones((2, 2)), stride=2), views=["phases"]).to_bytes())
    assert not any(b"<v " in part for part in xml.values())


def test_values_of_other_precision_are_packed() -> None:
    sheet = Sheet("Sheet")
    numbers = RANDOM.standard_normal((30, 1200)).astype(np.float32)
    sheet.block("x", (0, 0), numbers.shape, role="input", content=numbers)
    xml = sheets(Book("Test", (sheet,)).to_bytes())["xl/worksheets/sheet1.xml"].decode()
    assert "<v " in xml
    found = re.findall("<v *>([^<]*)</v>", xml)
    assert found == list(map(repr, numbers.astype(float).ravel().tolist()))


def test_layers_of_one_width_are_told_each_in_its_way() -> None:
    whole = RANDOM.integers(10_000, 99_999, (140, 600)).astype(float)
    quarters = RANDOM.integers(40, 399, (140, 600)) / 4
    quarters[0, 0] = 10.25
    assert Numerals(whole).width == Numerals(quarters).width == 5
    sheet = Sheet("Sheet")
    sheet.block("whole", (0, 0), whole.shape, role="input", content=whole)
    sheet.block("quarters", (0, 600), quarters.shape, role="input", content=quarters)
    xml = sheets(Book("Test", (sheet,)).to_bytes())["xl/worksheets/sheet1.xml"]
    assert b"<v " in xml
    told = [float(text) for text in re.findall(rb"<v *>([^<]*)</v>", xml)]
    assert np.reshape(told, (140, 1200)).tolist() == np.hstack([whole, quarters]).tolist()


def test_rows_of_which_there_are_few_are_not_packed() -> None:
    content = RANDOM.integers(0, 99, (160, 1200))
    for first, few in (
        (96, [96, 97, 98, 99, 255]),
        (95, [95, 254]),
    ):  # the first and last look else
        sheet = Sheet("Sheet")
        sheet.block("x", (first - 1, 0), content.shape, role="input", content=content)
        xml = sheets(Book("Test", (sheet,)).to_bytes())["xl/worksheets/sheet1.xml"]
        rows = re.findall(rb'<row r="(\d+)"(.*?)</row>', xml)
        assert [int(row) for row, cells in rows if b"<v " not in cells] == few


def test_memory_of_a_wide_row_grows_with_it() -> None:
    peaks = []
    for columns in (4_000, 16_000):
        sheet = Sheet("Sheet")
        content = RANDOM.integers(0, 9, (12, columns))
        sheet.block("x", (0, 0), content.shape, role="input", content=content)
        tracemalloc.start()
        Book("Test", (sheet,)).write(io.BytesIO())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0]


def read_by(engine: Engine, kind: str) -> None:
    xlsx = build(layer((20, 420), (4, 4), kind, stride=2, padding=1), views=["phases"]).to_bytes()
    xml = sheets(xlsx)["xl/worksheets/sheet1.xml"].decode()
    assert "<v " in xml
    assert differences(cached_values(xlsx), engine.recalculate(xlsx), engine=engine.name) == []
    book = load_workbook(io.BytesIO(xlsx), data_only=True)
    found = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    written = [float(text) for text in re.findall("<v *>([^<]*)</v></c>", xml)]
    assert len(written) > 40 * 840
    assert {value for value in found if isinstance(value, int | float)} <= set(written)


@pytest.mark.parametrize("kind", ["small", "doubles"])
@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_engines_read_packed_rows(engine: Engine, kind: str) -> None:
    read_by(engine, kind)


@needs("LibreOffice", libreoffice_engine.available())
def test_libreoffice_reads_packed_rows() -> None:
    read_by(libreoffice_engine, "doubles")
