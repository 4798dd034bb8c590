"""What options, lessons and files say that is meant to hang, to fill memory, or to show secrets.

Each is refused in a process of its own, which counts the memory it took at most.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

HOME = Path(__file__).parents[1]
ADDRESSES, SECONDS = 2 << 30, 60
SECRET = "root:x:0:0:root:/root:/bin/bash\n"
WORKER = """
import json, sys
from xlconv.cli.commands import main
try:
    main(sys.argv[2:])
except SystemExit as ended:
    # that of getrusage would count what the process had before it became this one
    (peak,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    with open(sys.argv[1], "w") as file:
        json.dump([ended.code, int(peak.split()[1]) << 10], file)
"""

LESSON = """
title = "A lesson"
[[sheet]]
name = "Stamps"
view = "distribute"
input = {input}
weight = "2x2"
"""


@pytest.fixture
def limited(tmp_path: Path) -> Callable[..., tuple[int, int, str]]:
    """Run `xlconv` with limits: exit code, bytes of memory at most, stderr."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    def run(*args: object, cwd: Path = tmp_path) -> tuple[int, int, str]:
        environment = {**os.environ, "PYTHONPATH": str(HOME), "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", WORKER, str(tmp_path / "told.json"), *map(str, args)],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limits,
            check=False,
            timeout=10 * SECONDS,
        )
        assert done.returncode == 0, done.stderr
        code, peak = json.loads((tmp_path / "told.json").read_text())
        assert done.stderr.startswith("xlconv: error: ")
        assert done.stderr.count("\n") == 1
        return code, peak, done.stderr

    return run


Limited = Callable[..., tuple[int, int, str]]
MB = 1 << 20


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    os.mkfifo(tmp_path / "pipe")
    yield tmp_path / "pipe"
    (tmp_path / "pipe").unlink()


@pytest.mark.parametrize("ending", ["csv", "npy", "png", "toml"])
def test_pipe_is_not_waited_for(limited: Limited, pipe: Path, ending: str) -> None:
    target = pipe.rename(pipe.with_suffix(f".{ending}"))
    args = ["build", target] if ending == "toml" else ["layer", "--input", target, "--weight", "2"]
    code, _, told = limited(*args)
    target.rename(pipe)
    assert (code, "it is no ordinary file" in told) == (3, True)


@pytest.mark.parametrize("ending", ["csv", "npy", "png", "toml"])
def test_link_to_an_endless_device_is_not_read(
    limited: Limited, tmp_path: Path, ending: str
) -> None:
    link = tmp_path / f"x.{ending}"
    link.symlink_to("/dev/zero")
    args = ["build", link] if ending == "toml" else ["layer", "--input", link, "--weight", "2"]
    code, peak, told = limited(*args)
    assert (code, "it is no ordinary file" in told) == (3, True)
    assert peak < 300 * MB


@pytest.mark.parametrize(
    ("unit", "times", "said"),
    [
        (b"1,", 50 * MB, "has a row of more than"),
        (b"1\n", 50 * MB, "values; a Google Sheets workbook holds 10000000 cells"),
        (b"1,2,3,4,5,6,7,8,9,10\n", 5 * MB, "values; a Google Sheets workbook holds"),
        (b'"', 100 * MB, "has a row of more than"),
        (b"a", 100 * MB, "has a row of more than"),
        (b"\n", 100 * MB, "holds no numbers"),
        (b"0;,\n", 5 * MB, "row 1 column 2 is no number"),
        (b"\xff", 100 * MB, "is no UTF-8 text"),
    ],
)
def test_large_csv_takes_little_memory(
    limited: Limited, tmp_path: Path, unit: bytes, times: int, said: str
) -> None:
    with (tmp_path / "x.csv").open("wb") as file:
        for _ in range(times // 100_000):
            file.write(unit * 100_000)
    code, peak, told = limited("layer", "--input", "x.csv", "--weight", "2x2")
    (tmp_path / "x.csv").unlink()
    assert said in told
    assert code in (2, 3)
    assert peak < 400 * MB


def test_larger_csv_is_refused_by_its_size(limited: Limited, tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("wb") as file:
        file.truncate(300 * MB)
    code, peak, told = limited("layer", "--input", "x.csv", "--weight", "2x2")
    assert (code, "is larger than 256 MB" in told) == (3, True)
    assert peak < 100 * MB


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 30_000) + " = 1",
        "[" + ".".join("a" * 30_000) + "]",
        "[" + " . ".join(['"a"'] * 30_000) + "]",
        "a = {" + ".".join("a" * 30_000) + " = 1}",
        "a = " + "[" * 300_000,
        "a = " + "{a=" * 100_000,
        'a = "' + '\\"' * 500_000,
        "a = " + "9" * 1_000_000,
        "a" * 1_000_000 + " = 1",
        "#" * 2_000_000,
        "[[sheet]]\n" * 90_000,
        "\n".join(f"[layers.a{n}]\ninput = '1'" for n in range(30_000)),
        "\n".join(f'a{n} = "{n}"' for n in range(60_000)),
        "title = 'A'\nsheet = [" + "{name='A', view='distribute', input='9x9', weight='2'}," * 501,
        "\n".join(f"[layers.a{n}]\ninput = '3000x3000'\nweight = '2x2'" for n in range(200)),
    ],
    ids=range(15),
)
def test_lesson_that_means_harm_takes_little_memory(
    limited: Limited, tmp_path: Path, text: str
) -> None:
    (tmp_path / "a.toml").write_text(text)
    code, peak, told = limited("build", "a.toml")
    assert code in (2, 3)
    assert "a.toml" in told
    assert len(told) < 600
    assert peak < 300 * MB


def test_layers_of_a_lesson_are_counted_together(limited: Limited, tmp_path: Path) -> None:
    layers = "\n".join(f"[layers.a{n}]\ninput = '3000x3000'\nweight = '2x2'" for n in range(200))
    sheet = "[[sheet]]\nname = 'A'\nview = 'distribute'\nlayer = 'a0'"
    (tmp_path / "a.toml").write_text(f"title = 'A'\n{layers}\n{sheet}")
    code, peak, told = limited("build", "a.toml")
    assert code == 2
    assert "[layers.a1]: input has 9000000 values besides 9000004 others" in told
    assert peak < 300 * MB


@pytest.mark.parametrize(
    "options",
    [
        ["--input", "3000x3000", "--weight", "3000x3000"],
        ["--input", "x" * 300],
        ["--input", "a\0b.csv".replace("\0", "/" * 5000)],
        ["--input", "y" * 300 + ".csv"],
        ["--stride", "9" * 5000],
        ["--groups", "9" * 5000],
        ["--seed", "9" * 5000],
        ["--padding", "9" * 5000],
        ["--stride", ",".join(["1"] * 10_000)],
    ],
    ids=range(9),
)
def test_option_that_means_harm_takes_little_memory(limited: Limited, options: list[str]) -> None:
    given = {"--input": "4x4", "--weight": "2x2"} | dict(
        zip(options[::2], options[1::2], strict=True)
    )
    code, peak, told = limited("layer", *(part for pair in given.items() for part in pair))
    assert code in (2, 3)
    assert len(told) < 1_000
    assert peak < 300 * MB


# ------------------------------------------------------------------------- what a lesson may read


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A folder of a lesson, beside secrets."""
    (tmp_path / "secret.csv").write_text("4,2\n4,2\n")
    np.save(tmp_path / "secret.npy", np.full((2, 2), 42))
    (tmp_path / "lesson").mkdir()
    (tmp_path / "lesson" / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "lesson" / "folder").symlink_to(tmp_path)
    (tmp_path / "lesson" / "own").mkdir()
    (tmp_path / "lesson" / "own" / "x.csv").write_text("1,2\n3,4\n")
    (tmp_path / "lesson" / "inside.csv").symlink_to(Path("own", "x.csv"))
    return tmp_path


REACHING = ["../secret.csv", "../secret.npy", "{}/secret.csv", "link.csv", "folder/secret.csv",
            "own/../../secret.csv", "../none.csv", "../secret.csv:4", "/etc/none.csv"]  # fmt: skip


@pytest.mark.parametrize("name", REACHING)
def test_lesson_reads_no_file_outside_its_folder(limited: Limited, secret: Path, name: str) -> None:
    path = secret / "lesson" / "a.toml"
    path.write_text(LESSON.format(input=json.dumps(name.format(secret))))
    for cwd, given in [(secret, "lesson/a.toml"), (path.parent, "a.toml")]:
        code, _, told = limited("build", given, cwd=cwd)
        assert code == 2
        assert "is outside the lesson's folder: copy it there, or allow the folder" in told
        assert not (cwd / "output").exists()


@pytest.mark.parametrize("name", ["own/x.csv", "inside.csv", "own/../own/x.csv", "./own/x.csv"])
def test_lesson_reads_files_in_its_folder(secret: Path, name: str) -> None:
    from xlconv.lessons.read import load_lesson

    path = secret / "lesson" / "a.toml"
    path.write_text(LESSON.format(input=json.dumps(name)))
    (page,) = load_lesson(path).pages
    assert page.layer is not None
    assert page.layer.input.tolist() == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize("name", ["../secret.csv", "{}/secret.csv", "link.csv"])
def test_person_may_allow_a_folder(secret: Path, name: str) -> None:
    from xlconv.lessons.read import load_lesson

    path = secret / "lesson" / "a.toml"
    path.write_text(LESSON.format(input=json.dumps(name.format(secret))))
    (page,) = load_lesson(path, folders=[secret]).pages
    assert page.layer is not None
    assert page.layer.input.tolist() == [[[4, 2], [4, 2]]]


def test_build_takes_folders_that_are_allowed(secret: Path) -> None:
    path = secret / "lesson" / "a.toml"
    path.write_text(LESSON.format(input='"../secret.csv"'))
    command = [sys.executable, "-m", "xlconv", "build", str(path), "-o", str(secret / "a.xlsx")]
    subprocess.run([*command, "--folder", str(secret)], check=True, cwd=HOME)
    assert (secret / "a.xlsx").exists()


def test_views_read_no_file_outside_the_folder(limited: Limited, secret: Path) -> None:
    text = LESSON.format(input='"2x2"') + "[[sheet]]\nname = 'B'\nview = 'convolution'\n"
    path = secret / "lesson" / "a.toml"
    path.write_text(text + "input = '../secret.csv'\nweight = '2x2'\n")
    code, _, told = limited("build", path)
    assert (code, "is outside the lesson's folder" in told) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        SECRET,
        "TOKEN = root",
        "root = {a.b = 1, a = 2}",
        "[root]\n" * 2,
        "root = 1\nroot = 2",
        "root = '\0'",
        "root.a = 1\n[root]",
    ],
)
def test_nothing_of_a_file_that_is_no_lesson_is_shown_or_copied(
    limited: Limited, tmp_path: Path, content: str
) -> None:
    (tmp_path / "x.txt").write_text(content)
    (tmp_path / "to").mkdir()
    for args in (
        ["build", "x.txt"],
        ["lessons", "show", "x.txt"],
        ["lessons", "copy", "x.txt", "to"],
    ):
        code, _, told = limited(*args)
        assert code == 3
        assert "x.txt is no TOML" in told
        assert not any(word in told for word in ("root", "TOKEN", "bash"))
    assert list((tmp_path / "to").iterdir()) == []


def test_lesson_that_is_one_is_copied_as_it_is(tmp_path: Path) -> None:
    text = LESSON.format(input='"4x4"  # as it is')
    (tmp_path / "a.toml").write_text(text)
    (tmp_path / "to").mkdir()
    command = [sys.executable, "-m", "xlconv", "lessons", "copy", str(tmp_path / "a.toml")]
    subprocess.run([*command, str(tmp_path / "to")], check=True, cwd=HOME, capture_output=True)
    assert (tmp_path / "to" / "a.toml").read_text() == text


def test_loop_of_links_is_said_to_be_one(limited: Limited, tmp_path: Path) -> None:
    for name in ("a.toml", "a.csv"):
        (tmp_path / name).symlink_to(name)
    code, _, told = limited("build", "a.toml")
    assert (code, "cannot read a.toml: Too many levels of symbolic links" in told) == (3, True)
    code, _, told = limited("layer", "--input", "a.csv", "--weight", "2x2")
    assert (code, "cannot read a.csv: Too many levels of symbolic links" in told) == (3, True)


ORDINARY = """
import os, sys
from xlconv.lessons import shipped as lesson
names = lesson.lesson_names()
lesson.lesson_names = lambda: names  # the folder may be root's own
if os.geteuid() == 0:  # to whom every folder is open
    os.setgroups([])
    os.setuid(65534)
for path in sys.argv[1:]:
    try:
        print(lesson.find_lesson(path))
    except lesson.UnreadableError as error:
        print(error)
"""
"""Finds lessons as a user who is not root."""


def test_folder_that_must_not_be_entered_is_said_to_be() -> None:
    with tempfile.TemporaryDirectory() as folder:  # those of pytest are root's own
        Path(folder).chmod(0o755)
        shut, beside = Path(folder, "shut", "a.toml"), Path(folder, "a.toml")
        shut.parent.mkdir()
        for path in (shut, beside):
            path.touch(0o644)
        shut.parent.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", ORDINARY, beside, shut],
            cwd=HOME,
            capture_output=True,
            text=True,
            check=True,
        )
        shut.parent.chmod(0o755)
    assert done.stdout == f"{beside}\ncannot read {shut}: Permission denied\n"


def test_names_that_no_system_knows_are_refused_in_words(tmp_path: Path) -> None:
    from xlconv.errors import UnreadableError, XlconvError
    from xlconv.files.arrays import Source, array
    from xlconv.files.reading import Folder
    from xlconv.lessons.read import load_lesson

    with pytest.raises(UnreadableError, match="no file has such a name"):
        array("input", "a\0b.csv", Source(Folder(tmp_path)))
    with pytest.raises(XlconvError, match="is outside the lesson's folder"):
        array("input", "a\0b.csv", Source(Folder(tmp_path, [tmp_path])))
    for name in ("a\0b", "a" * 5000, "/".join("a" * 5000)):
        with pytest.raises(UnreadableError, match="no lesson and no file"):
            load_lesson(name)
