"""The teacher's folder is written whole, read back as it was, and known where it is damaged."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from xlconv.classroom.folder import ClassFolder, read_folder, write_folder
from xlconv.errors import TargetError, UnreadableError

MADE = ClassFolder(
    bytes(range(32)),
    'title = "Übung"\r\n[[sheet]]\nview = "distribute"\n',
    {"0123": "Krämer; Uwe", "=1+1": '=HYPERLINK("x")', "'7": "", "学号": "王 小明"},
    {"vary": ["a.input"], "range": [1, 5], "name": "code"},
    made_by="0.1.0",
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "class" / "teacher"
    write_folder(folder, MADE)
    assert read_folder(folder) == MADE
    assert sorted(path.name for path in folder.iterdir()) == [
        "class.json",
        "codes.csv",
        "key",
        "lesson.toml",
    ]


def test_a_recipe_is_kept_as_json(tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", ClassFolder(bytes(32), '{"version": 1}', {"a": "A"}))
    assert (tmp_path / "teacher" / "lesson.json").read_text() == '{"version": 1}'


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", MADE)
    for path in (tmp_path / "teacher").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_table_of_codes_opens_in_excel_and_computes_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", MADE)
    data = (tmp_path / "teacher" / "codes.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfcode;id;name\r\n")
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[1].endswith(';0123;"Krämer; Uwe"')
    assert lines[2].endswith(""";'=1+1;"'=HYPERLINK(""x"")\"""")


def test_another_class_is_not_written_over(tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", MADE)
    write_folder(tmp_path / "teacher", MADE)  # the very same is
    before = {path: path.read_bytes() for path in (tmp_path / "teacher").iterdir()}
    with pytest.raises(TargetError, match="key exists with other content"):
        write_folder(tmp_path / "teacher", ClassFolder(bytes(32), MADE.lesson, MADE.names))
    assert {path: path.read_bytes() for path in (tmp_path / "teacher").iterdir()} == before


def test_a_name_may_be_mended(tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", MADE)
    change(tmp_path / "teacher" / "codes.csv", lambda text: text.replace("Uwe", "Ute"))
    assert read_folder(tmp_path / "teacher").names["0123"] == "Krämer; Ute"


DAMAGE = "take it from your backup, or make the class anew"

DAMAGED: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a key cut short": ("key", lambda text: text[:-3], f"is no key of a class: {DAMAGE}"),
    "a key of letters": ("key", lambda _: "ö" * 64, f"is no key of a class: {DAMAGE}"),
    "another key": ("key", lambda _: "00" * 32, "codes.csv line 2 is not as it was written"),
    "another lesson": (
        "lesson.toml",
        lambda text: text + "\n",
        f"is not the lesson that the class was made from: {DAMAGE}",
    ),
    "no JSON": ("class.json", lambda text: text[:-4], f"is damaged: {DAMAGE}"),
    "a list": ("class.json", lambda _: "[]", f"is damaged: {DAMAGE}"),
    "deep": ("class.json", lambda _: "[" * 100_000, f"is damaged: {DAMAGE}"),
    "a lesson elsewhere": (
        "class.json",
        lambda text: text.replace("lesson.toml", "../../x"),
        f"is damaged: {DAMAGE}",
    ),
    "of the future": (
        "class.json",
        lambda text: text.replace('"version": 1', '"version": 2'),
        "is of version 2, and this xlconv reads 1: use xlconv 0.1.0",
    ),
    "an id that a spreadsheet changed": (
        "codes.csv",
        lambda text: text.replace(";0123;", ";123;"),
        "line 2 is not as it was written",
    ),
    "a student twice": (
        "codes.csv",
        lambda text: text + text.splitlines()[1] + "\r\n",
        "line 6 is not as it was written",
    ),
    "other columns": ("codes.csv", lambda text: text.replace("code;", "c;"), "is no table of code"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_damage_is_said_in_a_line(how: str, tmp_path: Path) -> None:
    name, damage, said = DAMAGED[how]
    write_folder(tmp_path / "teacher", MADE)
    change(tmp_path / "teacher" / name, damage)
    with pytest.raises(UnreadableError) as refused:
        read_folder(tmp_path / "teacher")
    assert said in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "teacher"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["key", "codes.csv", "lesson.toml"])
def test_what_is_missing_is_named(name: str, tmp_path: Path) -> None:
    write_folder(tmp_path / "teacher", MADE)
    (tmp_path / "teacher" / name).unlink()
    with pytest.raises(UnreadableError, match=f"cannot read .*{name}: No such file"):
        read_folder(tmp_path / "teacher")


def change(path: Path, how: Callable[[str], str]) -> None:
    path.write_bytes(how(path.read_bytes().decode()).encode())


def test_the_folder_of_the_class_is_not_its_teachers(tmp_path: Path) -> None:
    write_folder(tmp_path / "class" / "teacher", MADE)
    with pytest.raises(UnreadableError, match=r"class has no class.json: name the folder teacher"):
        read_folder(tmp_path / "class")
