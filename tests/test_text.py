"""Texts: what is cut off is counted."""

from __future__ import annotations

from xlconv.text import line, table


def test_line_is_cut_to_96_characters_where_it_is_longer() -> None:
    whole = line("Sheet", "x" * 88)
    assert (whole, len(whole)) == (f"<Sheet {'x' * 88}>", 96)
    assert line("Sheet", "x" * 89) == f"<Sheet {'x' * 85}...>"


def test_table_says_how_many_rows_it_does_not_show() -> None:
    assert "and 1 more" in table("", [], [[n] for n in range(51)])
    assert "more" not in table("", [], [[n] for n in range(50)])
