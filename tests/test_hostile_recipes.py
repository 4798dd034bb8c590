"""Recipes that mean harm, or are broken: refused in one line, soon, and in little memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import (
    LAYER,
    PAGE,
    checked,
    recipe,
    with_recipe,
)
from xlconv.checking.check import check
from xlconv.errors import UnreadableError
from xlconv.lessons.build import build

RECIPES: dict[str, tuple[Any, str]] = {
    "no JSON": ("hello", "is damaged"),
    "a list": ([1], "is of version null, not 1"),
    "another version": (recipe(version=2), "is of version 2, not 1"),
    "deep": ("[" * 100_000, "is damaged"),
    "endless number": ('{"version": ' + "9" * 100_000 + "}", "is damaged"),
    "not a number": ('{"version": NaN}', "NaN is no number"),
    "no sheets": (recipe(sheet=[]), 'at least one sheet'),
    "sheets that are none": (recipe(sheet={}), '"sheet" must be a list of tables'),
    "unknown key": (recipe({"a": 1}), 'unknown key "a"'),
    "unknown view": (recipe({"view": "evil"}), 'unknown view "evil"'),
    "view elsewhere": (recipe({"view": "..cli"}), 'unknown view "..cli"'),
    "view of no type": (recipe({"view": 3}), "unknown view 3"),
    "wrong type": (recipe({"stride": "2"}), '"stride" must be'),
    "truth for a number": (recipe({"stride": True}), '"stride" must be'),
    "text for numbers": (recipe({"input": [["a"]]}), "input must be numbers"),
    "infinite": (json.dumps(recipe()).replace("[[1,", "[[1e999,"), "input must be finite"),
    "rows of two lengths": (recipe({"input": [[1], [1, 2]]}), "input must be numbers in rows"),
    "file": (recipe({"input": "/etc/passwd.csv"}), "input must be numbers or sizes"),
    "file of a view": (
        recipe({"view": "gradient", "image": "/etc/passwd.npy"}), "image must be numbers or sizes",
    ),
    "absurd size": (recipe({"input": "99999x99999"}), "input has 9999800001 values"),
    "large size": (recipe({"input": "3000x3000"}), "cannot be drawn"),
    "more than the file has": (recipe({"input": "400x400"}), "cells; this sheet has 100000"),
    "large kernel": (recipe({"weight": "2000x2000"}), "cannot be drawn"),
    "large stride": (recipe({"stride": 10**9}), "cannot be drawn"),
    "large padding": (recipe({"padding": -(10**9)}), "cannot be drawn"),
    "large dilation": (recipe({"weight": [[1, 2]], "dilation": 10**9}), "cannot be drawn"),
    "absurd option": (recipe({"look": [10**9, 10**9]}), "cannot be drawn"),
    "many pairs": (
        {"version": 1, "title": "T", "sheet": [
            {"name": "Collect", "view": "evenness", "pairs": [[3, 2]] * 3000}]},
        "cannot be drawn",
    ),
    "many paddings": (
        recipe({"view": "gniddap", "weight": [[1, 2], [3, 4]], "paddings": [*range(-5000, 0)]}),
        "cannot be drawn",
    ),
    "huge area": (
        recipe({"view": "playground", "area": 10**9}), "cannot be drawn: sheet",
    ),
    "format of words": (
        recipe(words={"input": "{0.__class__.__mro__}"}), "has no place {0.__class__.__mro__}",
    ),
    "width in words": (recipe(words={"input": "{size:>999999999}"}), "has no place"),
    "words in words": (recipe(words={"input": "{size!r}"}), "has no place {size!r}"),
    "unknown words": (recipe(words={"evil": "a"}), 'unknown key "evil"'),
    "sheet of no name": (recipe({"name": "a/b"}), "a sheet name must"),
    "two of one name": (recipe(sheet=[PAGE, PAGE]), "sheet names must differ"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_hostile_recipe_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    told, said = RECIPES[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_recipe(told))
    code, out, err = checked(path)
    assert said in err
    assert (code, out, err.count("\n")) == (3, "", 1), err


def test_recipe_that_is_made_by_hand_is_taken(tmp_path: Path) -> None:
    """So that the hostile ones are not refused for how they are packed."""
    path = tmp_path / "a.xlsx"
    own = json.loads(build(LAYER, views=["collect"]).recipe)
    path.write_bytes(with_recipe(own))
    assert check(path).right


def test_file_of_another_program_has_no_recipe(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UnreadableError, match="has no recipe: xlconv did not make it"):
        check(path)
