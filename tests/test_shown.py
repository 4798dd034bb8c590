"""The commands that the README and the help texts show run, in a folder with such files."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from xlconv.cli.commands import cli

from .model_files import WEIGHT, checkpoint, conv_transpose, tflite

ROOT = Path(__file__).parent.parent
README = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
HELP = re.sub(r"\\\n\s*", "", (ROOT / "docs" / "commands.md").read_text("utf-8"))
COMMANDS = [
    re.split(r"\s{3,}|\s+# ", line)[0]
    for line in re.findall(r"^(?: {4})?(xlconv .+)$", "\n".join([*README, HELP]), re.MULTILINE)
]
LONG = ("--slides", "--try 1000")
FINDS = ("check", "compare")
"""Commands that may end with 1, for what they find."""

DECODER = """\
nn.ConvTranspose1d(512, 256, 16, stride=8, padding=4)
nn.ConvTranspose1d(256, 128, 10, stride=5, padding=3, output_padding=1)
nn.ConvTranspose1d(128, 64, 8, stride=4, padding=2)
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Final Score
    Points Possible,,,,,(read only)
"Ruiz, Ana",40712,1,ana@uni.example,A,0
"Ode, Ben",40713,2,ben@uni.example,A,0
"""


def run(command: str) -> int:
    words = shlex.split(command.partition(" > ")[0])[1:]
    given = (sorted(map(str, Path().glob(w))) if w.endswith("*.xlsx") else [w] for w in words)
    result = CliRunner().invoke(cli, [*chain.from_iterable(given)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code


def arrays() -> None:
    np.save("x.npy", np.ones((6, 4, 4)))
    np.save("w.npy", np.ones((6, 6, 6, 6)))  # in PyTorch's order and in Keras'
    np.save("b.npy", np.ones(6))
    np.save("activations.npy", np.ones((1, 3, 3)))
    np.save("kernel.npy", np.ones((1, 1, 3, 3)))
    reached = np.array([1, 2, 2, 2, 1])  # stamps along an axis
    np.save("theirs.npy", np.tile(6 * np.outer(reached, reached), (6, 1, 1)))
    np.savetxt("kernel.csv", np.ones((4, 4)), delimiter=",")
    Path("numbers.csv").write_text("1,2,3\n4,5,6\n" * 2, encoding="utf-8")
    Image.new("RGB", (9, 6), (200, 100, 50)).save("photo.png")


def models() -> None:
    conv_transpose(Path("det.onnx"), np.ones((6, 6, 2, 2)), None, name="p2o.ConvTranspose.0")
    checkpoint(Path("unet.pth"), {"up1.weight": WEIGHT})
    whole = np.ones((4, 2, 2, 8), np.int8)
    tflite(Path("segmentation.tflite"), whole, (np.ones(4), np.zeros(4, np.int64), 0))
    Path("decoder.py").write_text(DECODER, encoding="utf-8")


def a_class() -> None:
    Path("students.csv").write_text("id;name\n1;Ana\n2;Ben\n", encoding="utf-8")
    shutil.copy(ROOT / "tests/data/classroom/canvas.csv", "canvas.csv")
    Path("gradebook.csv").write_text(GRADEBOOK, encoding="utf-8")
    assert run("xlconv class worksheet students.csv") == 0
    first, second = sorted(Path("class").glob("*.xlsx"))
    Path("returned").mkdir()
    shutil.copy(first, "returned")
    shutil.copy(second, "late.xlsx")
    with ZipFile("submissions.zip", "w") as returned:
        returned.write(first, first.name)
        returned.write(second, second.name)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file that a command names."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        arrays()
        models()
        a_class()
        assert run("xlconv build -o homework.xlsx") == 0
        assert run("xlconv lessons copy worksheet .") == 0
        Path("worksheet.toml").rename("my-lesson.toml")
        words = CliRunner().invoke(cli, ["lessons", "words"]).stdout
        Path("fr.toml").write_text(words.replace('language = ""', 'language = "fr"'), "utf-8")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=[pytest.mark.prove] * any(word in command for word in LONG))
        for command in dict.fromkeys(COMMANDS)
    ],
)
def test_command_runs_as_it_is_shown(
    command: str, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shutil.copytree(desk, tmp_path / "desk")
    monkeypatch.chdir(here)
    if not command.startswith("xlconv grade"):  # there are but files that came back
        shutil.rmtree("class")
        Path("class").mkdir()
        shutil.copy("homework.xlsx", "class/ann.xlsx")
    assert run(command) in ((0, 1) if command.split()[1] in FINDS else (0,))


def test_there_are_commands_to_run() -> None:
    assert len(README) > 5
    assert len({*COMMANDS}) > 80
