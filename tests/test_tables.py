"""CSV files as spreadsheets of several languages save them, read or refused in words that help."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from xlconv.errors import XlconvError
from xlconv.files.tables import read_table

ROWS = [[1, 2.5, -3], [4, 50, 0.25]]


def rows(text: str | bytes, code: str = "utf-8") -> Any:
    data = text if isinstance(text, bytes) else text.encode(code)
    return read_table(BytesIO(data), lambda _: None).tolist()


WRITTEN = "write it like -1.5, and a comma or semicolon between two"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "text",
    [
        "1,2.5,-3\n4,5e1,.25\n",  # English
        "1;2,5;-3\n4;5,0E+01;0,25\n",  # German, French, Spanish
        "1;2.5;-3\n4;50;0.25\n",  # Swiss
        "1\t2,5\t-3\n4\t50\t0,25\n",  # "Unicode text"
        "1\t2.5\t-3\n4\t50\t0.25",
        '"1","2.5","-3"\n"4","50","0.25"\n',
        '"1";"2,5";"-3"\n"4";"50";"0,25"\n',
        "sep=;\n1;2,5;-3\n4;50;0,25\n",
        "sep=,\n1,2.5,-3\n4,50,0.25\n",
        "\n1 ; 2,5 ;-3\n;;\n\n4;50;0,25\n",
    ],
)
def test_table_of_every_language_is_read(text: str, end: str, code: str) -> None:
    assert rows(text.replace("\n", end), code) == ROWS


def test_utf_16_without_its_mark_is_said_to_be_no_text() -> None:
    with pytest.raises(ValueError, match=r'save it as "CSV UTF-8"'):
        rows("1;2\n", "utf-16-le")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width;height\n1;2\n", "row 1 column 1 is no number: leave out a row of titles"),
        ("1;b\n1;2\n", "row 1 column 2 is no number: leave out a row of titles"),
        ("1;2\n1;b\n", "row 2 column 2 is no number"),
        ("\n1;2\n;;\n1;b\n", "row 4 column 2 is no number"),
        ("sep=;\n1;2\n1;b\n", "row 3 column 2 is no number"),
        ("1;2\n3;\n", "row 2 column 2 is empty: write 0, or leave its row or column out"),
        ("1 234,5;2\n", "row 1 column 1 has spaces between its digits: write 1234.5"),
        ("2;3\n1\u00a0234;2\n", "row 2 column 1 has spaces between its digits"),
        (",0,1\n0,1,2\n", "row 1 column 1 is empty"),  # as pandas writes it
        ('"1,5","2"\n', "row 1 column 1 has a comma in it: write 1.5, or semicolons"),
        ("1.234,5;2\n", "row 1 has decimal commas beside decimal points"),
        ("1.5;2\n\n1;2,5\n", "row 3 has decimal commas beside decimal points"),
        ("1;2,5\n1.000;2\n", "row 2 has decimal commas beside decimal points"),
        ("1 2 3\n", f"row 1 column 1 is no number: leave out a row of titles, or {WRITTEN}"),
        ("1;2\n1;2;3\n", "row 2 has 3 values where the first has 2: give all rows as many"),
        ("1 000;2\n", "row 1 column 1 has spaces between its digits"),
        ("1\u202f000;2\n", "row 1 column 1 has spaces between its digits"),
        ("1;50%\n", "row 1 column 2 is no number"),
        ("1;#N/A\n", "row 1 column 2 is no number"),
        ("1_0,2\n", "row 1 column 1 is no number"),
        ("१,2\n", "row 1 column 1 is no number"),
        ("2,１\n", "row 1 column 2 is no number"),
        ("0x10,2\n", "row 1 column 1 is no number"),
        ("1,2\n−3,4\n", f"row 2 column 1 is no number: {WRITTEN}"),
        ("\n;;\n", "holds no numbers"),
        ("sep=;\n", "holds no numbers"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        rows(text)


@pytest.mark.parametrize("secret", ["root:x:0:0:root:/root:/bin/bash", "TOKEN=abc", "a;b", "a,b"])
@pytest.mark.parametrize("head", ["", "1\n", "1;2\n", "1,2\n", "1,5;2\n"])
def test_error_shows_nothing_of_a_file(secret: str, head: str) -> None:
    with pytest.raises(ValueError, match="row") as error:
        rows(f"{head}{secret}\n")
    assert not any(part in str(error.value) for part in ("root", "TOKEN", "abc", "bash"))


def test_second_decimal_mark_is_found_in_a_later_part_of_the_file() -> None:
    text = "1;2\n" * 400_000
    with pytest.raises(ValueError, match=r"^row 800003 has decimal commas beside"):
        rows(f"1,5;2\n{text}{text}1;2\n1.5;2\n")
    with pytest.raises(ValueError, match=r"^row 800002 column 2 is no number$"):
        rows(f"1,5;2\n{text}{text}1;b\n")


def test_parts_of_a_long_table_are_put_together() -> None:
    numbers = np.arange(600_000.0).reshape(-1, 3)
    text = "\n".join(f"{a:.0f};{b:.0f};{c:.0f}" for a, b, c in numbers.tolist())
    assert np.array_equal(rows(text), numbers)


def test_count_is_told_before_all_is_read() -> None:
    told: list[int] = []

    def check(count: int) -> None:
        told.append(count)
        if count > 1_000_000:
            raise XlconvError("too many")

    file = BytesIO(b"1\n" * 4_000_000)
    with pytest.raises(XlconvError, match="too many"):
        read_table(file, check)
    assert max(told) < 2_000_000
    assert file.tell() < 5_000_000


def test_row_without_an_end_is_refused() -> None:
    file = BytesIO(b"1," * 10_000_000)
    with pytest.raises(ValueError, match="has a row of more than 4194304 characters"):
        read_table(file, lambda _: None)
    assert file.tell() < 10_000_000
