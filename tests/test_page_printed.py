"""A page on paper: what is taken for its sizes is what its style sheet says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xlconv.page.printed import IDEA, ITEM, TITLE

STYLE = Path(__file__).parents[1] / "xlconv/page/script/page.css"


@pytest.mark.parametrize(
    ("line", "rule", "leading"),
    [
        (TITLE, r"^h2 \{.*font-size: (\d+)pt; line-height: 1.15;", 1.15),
        (IDEA, r"^header p:not\(.ways\) \{.*font-size: (\d+)pt", 1.3),
        (ITEM, r"^ *font: (\d+)pt/1.3 Calibri", 1.3),
    ],
)
def test_a_line_is_as_high_as_the_style_sheet_has_it(
    line: tuple[int, float], rule: str, leading: float
) -> None:
    (points,) = re.findall(rule, STYLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert line[0] == round(int(points) * 4 / 3 * leading)
