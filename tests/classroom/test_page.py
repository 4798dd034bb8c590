"""The page for lecturers, docs/classroom.md: its commands run, one after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from zipfile import ZipFile

import pytest

from .test_commands import answered, run

PAGE = (Path(__file__).parents[2] / "docs" / "classroom.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0] for line in PAGE.splitlines() if line.startswith("xlconv ")]

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Final Score
    Points Possible,,,,,(read only)
"Ruiz, Ana",40712,1,ana@uni.example,A,0
"Ode, Ben",40713,2,ben@uni.example,A,0
"""


def hand_in() -> None:
    """Two students fill their worksheets, one with a mistake, and upload them."""
    with ZipFile("submissions.zip", "w") as returned:
        for number, path in enumerate(sorted(Path("class").glob("*.xlsx"))):
            data = answered(path, Path("class/teacher/keys") / path.name, float(number))
            returned.writestr(path.name, data)


@pytest.mark.prove
def test_the_commands_of_the_page_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(COMMANDS) == 10
    monkeypatch.chdir(tmp_path)
    Path("students.csv").write_text("id;name\n1;Ana Ruiz\n2;Ben Ode\n", encoding="utf-8")
    Path("gradebook.csv").write_text(GRADEBOOK, encoding="utf-8")
    for command in COMMANDS:
        if "grade submissions.zip" in command and not Path("submissions.zip").exists():
            hand_in()
        run(*shlex.split(command)[1:])
    marks = Path("marks/marks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sorted(line.split(",")[1] for line in marks) == ["1", "2", "id"]
    assert Path("marks/marks.xlsx").is_file()
    assert len(list(Path("marks/feedback").glob("*.xlsx"))) == 2


def test_the_pictures_of_the_page_exist_and_are_said_in_words() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", PAGE)
    assert len(shown) >= 4
    for words, path in shown:
        assert words
        assert (Path(__file__).parents[2] / "docs" / path).is_file(), path
