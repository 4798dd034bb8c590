"""The library as one reads it: outputs as arrays, objects in a line or a small table."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import xlconv
from tests.test_conventions import run_onnx
from xlconv.checking.check import check
from xlconv.checking.report import Finding, Report
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Layer
from xlconv.lessons.lesson import Page
from xlconv.lessons.shipped import lesson_names
from xlconv.text import ROWS, line, table

HUGE = Layer.of(
    np.broadcast_to(0.0, (12, 1000, 1000, 1000)),
    np.ones((12, 7, 11, 12, 13)),
    stride=(1001, 1002, 1003),
    padding=[(1, 2), (3, 4), (5, 6)],
    output_padding=(1000, 1001, 1002),
    dilation=(2, 3, 4),
    groups=4,
)


class Tags(HTMLParser):
    """The tags that are opened, the texts, and whether all that is opened is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, _: Any) -> None:
        self.opened.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_output_is_the_array_that_onnxruntime_gives() -> None:
    rng = np.random.default_rng(5)
    x, w = rng.integers(-4, 5, (3, 4, 5)), rng.integers(-4, 5, (3, 2, 3, 2))
    layer = xlconv.Layer.of(x, w, stride=2, padding=1)
    expected = run_onnx(x, w, strides=[2, 2], pads=[1, 1, 1, 1])
    np.testing.assert_array_equal(xlconv.output(layer), expected)
    plain = Convolution.of(x, w.swapaxes(0, 1), padding=1)
    expected = run_onnx(x, w.swapaxes(0, 1), operator="Conv", pads=[1, 1, 1, 1])
    np.testing.assert_array_equal(xlconv.output(plain), expected)


def test_layer_says_what_it_is() -> None:
    layer = Layer.of(np.ones((3, 4, 4)), np.ones((3, 2, 3, 3)), stride=2, padding=[(1, 0), 1])
    told = "2-D, 3 → 2 channels, 4x4 → 8x7, kernel 3x3, stride 2, padding 1:0,1"
    assert (repr(layer), layer.explain()) == (f"<Layer {told}>", told)
    plain = Convolution.of(np.ones((3, 5, 5)), np.ones((4, 3, 3, 3)), stride=2, padding=1)
    told = "2-D, 3 → 4 channels, 5x5 → 3x3, kernel 3x3, stride 2, padding 1"
    assert repr(plain) == f"<Convolution {told}>"


@pytest.mark.parametrize("lesson", lesson_names())
def test_whatever_is_made_of_a_lesson_is_one_short_line(lesson: str) -> None:
    loaded = xlconv.load_lesson(lesson)
    book = xlconv.build(loaded)
    things: list[object] = [loaded, *loaded.pages, *loaded.layers.values(), book, *book.sheets]
    things += [block for sheet in book.sheets for block in sheet.blocks]
    for thing in things:
        assert repr(thing).startswith(f"<{type(thing).__name__} ")
        assert len(repr(thing)) < 100
        assert repr(thing).isprintable()


def test_lines_stay_short_whatever_they_tell() -> None:
    title = "a\nlong <b>title</b> & " * 50
    layer = Layer.of([[1]], [[1]])
    page = Page(title[:1000], "collect", layer=layer)
    told = [HUGE, Convolution.of(np.ones(9), np.ones(2)), page, xlconv.Lesson(title[:110], (page,))]
    book = xlconv.Book(title[:110], xlconv.build(layer).sheets)
    for thing in [*told, Report(title), book]:
        assert len(repr(thing)) < 100
        assert repr(thing).isprintable()
    assert line("Layer", "2-D") == "<Layer 2-D>"


def test_tables_of_a_notebook_are_small_and_escaped(tmp_path: Any) -> None:
    layer = Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]], stride=2)
    book = xlconv.build(layer)
    book.save(tmp_path / "a.xlsx")
    report = check(tmp_path / "a.xlsx")
    title = "<script>alert(1)</script>"
    finding = Finding("formula", title, "A1", "1+1", title)
    shown = [
        layer,
        HUGE,
        book,
        report,
        xlconv.Book(title, book.sheets),
        Report(title, (finding,) * 999),
    ]
    for thing in shown:
        html = thing._repr_html_()  # type: ignore[attr-defined]
        tags = Tags(html)
        assert tags.opened == []
        assert tags.seen <= {"table", "caption", "tr", "th", "td"}
        assert len(html) < 200 * (ROWS + 2)
    assert Tags(layer._repr_html_()).texts == [
        "Layer",
        "rank",
        "2-D",
        "channels",
        "1 → 1",
        "sizes",
        "2x2 → 4x4",
        "kernel",
        "2x2",
        "stride",
        "2",
    ]
    assert title in "".join(Tags(xlconv.Book(title, book.sheets)._repr_html_()).texts)
    names = Tags(book._repr_html_()).texts
    assert {"Distribute", "Collect", "rows", "columns"} <= set(names)


def test_a_long_table_counts_what_it_leaves_out() -> None:
    texts = Tags(table("Numbers", ["n"], [[n] for n in range(ROWS + 1234)])).texts
    assert texts[-2:] == [str(ROWS - 1), "and 1,234 more"]


def test_report_counts_one_formula_in_the_singular() -> None:
    assert Report("a.xlsx", formulas=1).explain() == "a.xlsx: right, 1 formula"
    assert repr(Report("a.xlsx", formulas=2)) == "<Report right, 2 formulas, 0 findings: a.xlsx>"


def test_one_view_may_be_given_by_its_name() -> None:
    layer = Layer.of([[1]], [[1]])
    assert [sheet.view for sheet in xlconv.build(layer, views="collect").sheets] == ["collect"]
    with pytest.raises(xlconv.XlconvError, match='unknown view "distibute"; did you mean'):
        xlconv.build(layer, views="distibute")
