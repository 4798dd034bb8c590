"""The command line as a user meets it: files, messages, exit codes, and nothing left behind."""

from __future__ import annotations

import json
import os
import pty
import resource
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import openpyxl
import pytest

from tests.conftest import Ran
from xlconv import __version__
from xlconv.cli.commands import cli
from xlconv.cli.group import Later
from xlconv.frameworks.names import CONVENTIONS
from xlconv.lessons.read import load_lesson
from xlconv.views import VIEWS
from xlconv.xlsx import archive

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]
Listing = Callable[[], dict[str, bytes]]

LESSON = """
title = "A lesson"
[[sheet]]
name = "Looks"
view = "collect"
input = [[3, 3], [1, 1]]
weight = [[1, 2, 3], [0, 1, 0], [2, 1, 2]]
stride = 2
"""
SMALL = ("--input", "4x4", "--weight", "3x3")
XLCONV = [sys.executable, "-m", "xlconv"]
HOME = Path(__file__).parents[1]


def start(cwd: Path, *args: str, **given: Any) -> subprocess.Popen[bytes]:
    """Run `xlconv` as a program of its own, or a `program` that starts it in its way."""
    program = given.pop("program", None)
    command = XLCONV if program is None else [sys.executable, "-c", program]
    given.setdefault("stdout", subprocess.PIPE)
    given.setdefault("stderr", subprocess.PIPE)
    environment = {**os.environ, "PYTHONPATH": str(HOME), **given.pop("env", {})}
    return subprocess.Popen([*command, *args], cwd=cwd, env=environment, **given)


def error_line(err: str) -> str:
    """The one line of an error."""
    assert err.startswith("xlconv: error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err.removeprefix("xlconv: error: ").rstrip("\n")


# ------------------------------------------------------------------------- build


def test_build_writes_the_main_lesson_into_the_output_folder(run: Run, listing: Listing) -> None:
    done = run("build")
    assert (done.code, done.out) == (0, b"")
    assert done.err.startswith("xlconv: wrote output/transposed-convolutions.xlsx: ")
    assert list(listing()) == ["output", "output/transposed-convolutions.xlsx"]
    book = openpyxl.load_workbook("output/transposed-convolutions.xlsx")
    assert book.sheetnames[:-1] == load_lesson("transposed-convolutions").names
    assert book.worksheets[-1].sheet_state == "hidden"


def test_build_names_the_default_target_after_the_lessons_file(run: Run, write: Write) -> None:
    write("my.lesson.toml", LESSON)
    assert run("build", "my.lesson.toml").code == 0
    assert Path("output/my.lesson.xlsx").exists()


def test_build_prints_the_manifest_that_the_file_bears_out(run: Run, write: Write) -> None:
    done = run("build", write("a.toml", LESSON), "-o", "a.xlsx", "--json")
    manifest = json.loads(done.out)
    assert manifest["file"] == "a.xlsx"
    (sheet,) = manifest["sheets"]
    assert (sheet["name"], sheet["view"]) == ("Looks", "collect")
    cells = openpyxl.load_workbook("a.xlsx", data_only=True)["Looks"]
    by_role = {block["role"]: block for block in sheet["blocks"]}
    # the printed arrays of example "sedirts" in tests/data/seed_examples.json
    for role, shape, printed in (
        ("input", [1, 2, 2], [[3, 3], [1, 1]]),
        ("kernel", [1, 1, 3, 3], [[1, 2, 3], [0, 1, 0], [2, 1, 2]]),
        (
            "output",
            [1, 5, 5],
            [[3, 6, 12, 6, 9], [0, 3, 0, 3, 0], [7, 5, 16, 5, 9], [0, 1, 0, 1, 0], [2, 1, 4, 1, 2]],
        ),
    ):
        assert by_role[role]["shape"] == shape
        (area,) = by_role[role]["ranges"]
        assert [[cell.value for cell in row] for row in cells[area]] == printed


def test_build_to_stdout_gives_the_bytes_of_the_file(run: Run, write: Write) -> None:
    path = write("a.toml", LESSON)
    run("build", path, "-o", "a.xlsx")
    done = run("build", path, "-o", "-")
    assert (done.code, done.err) == (0, "")
    assert done.out == Path("a.xlsx").read_bytes()


def test_build_leaves_an_unchanged_file_alone(run: Run, write: Write) -> None:
    path = write("a.toml", LESSON)
    run("build", path, "-o", "a.xlsx")
    os.utime("a.xlsx", (1, 1))
    for force in ([], ["--force"]):
        done = run("build", path, "-o", "a.xlsx", *force)
        assert (done.code, done.err) == (0, "xlconv: a.xlsx is unchanged: 1 sheet\n")
        assert Path("a.xlsx").stat().st_mtime == 1


def test_build_overwrites_other_content_only_with_force(
    run: Run, write: Write, listing: Listing
) -> None:
    path = write("a.toml", LESSON)
    write("a.xlsx", "mine")
    before = listing()
    done = run("build", path, "-o", "a.xlsx")
    assert done.code == 4
    assert error_line(done.err) == "a.xlsx exists with other content: use --force, or another name"
    assert listing() == before
    assert run("build", path, "-o", "a.xlsx", "--force").code == 0
    assert Path("a.xlsx").read_bytes()[:2] == b"PK"


def test_existing_file_survives_a_failure_halfway(
    run: Run, write: Write, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(sheets: object, title: str, target: IO[bytes], *more: object) -> None:
        target.write(b"half a file")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "write", fail)
    path = write("a.toml", LESSON)
    write("a.xlsx", "mine")
    before = listing()
    done = run("build", path, "-o", "a.xlsx", "--force")
    assert (done.code, error_line(done.err)) == (4, "cannot write a.xlsx: No space left on device")
    assert listing() == before
    assert run("build", path).code == 4
    assert listing() == before


# ------------------------------------------------------------------------- layer


def sizes(run: Run, *args: object) -> dict[str, list[int]]:
    done = run("layer", *args, "--view", "collect", "--json", "--force", "-o", "a.xlsx")
    assert (done.code, done.err[:13]) == (0, "xlconv: wrote")
    return {b["role"]: b["shape"] for b in json.loads(done.out)["sheets"][0]["blocks"]}


def test_layer_shows_distribute_and_collect_in_the_output_folder(run: Run) -> None:
    done = run("layer", *SMALL)
    understood = "xlconv: 2-D, 1 → 1 channels, 4x4 → 6x6, kernel 3x3\n"
    assert done.code == 0
    assert done.err == f"xlconv: wrote output/layer.xlsx: 2 sheets\n{understood}"
    shown = [
        s.title for s in openpyxl.load_workbook("output/layer.xlsx") if s.sheet_state == "visible"
    ]
    assert shown == ["Distribute", "Collect"]


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        # (n-1)*s - begin - end + d*(k-1) + 1 + output_padding, from the papers' relationship 14
        ("--input 4x4 --weight 3x3", [1, 6, 6]),
        ("--input 4x4 --weight 3x3 --stride 2", [1, 9, 9]),
        ("--input 4x4 --weight 3x3 --stride 2,1", [1, 9, 6]),
        ("--input 4x4 --weight 3x3 --padding 1", [1, 4, 4]),
        ("--input 4x4 --weight 3x3 --padding 1,2", [1, 4, 2]),
        ("--input 4x4 --weight 3x3 --padding 1:2,0:1", [1, 3, 5]),
        ("--input 4x4 --weight 3x3 --padding 0:1", [1, 5, 5]),
        ("--input 4x4 --weight 3x3 --padding -1", [1, 8, 8]),
        ("--input 4x4 --weight 3x3 --stride 2 --output-padding 1,0", [1, 10, 9]),
        ("--input 4x4 --weight 3x3 --dilation 1,2", [1, 6, 8]),
        ("--input 3x4x4 --weight 3x2x3x3 --bias 2", [2, 6, 6]),
        ("--input 4x4x4 --weight 4x1x3x3 --groups 2", [2, 6, 6]),
        ("--input 6 --weight 3 --stride 2", [1, 13]),
        ("--input 2x3x4 --weight 2x2x2", [1, 3, 4, 5]),
    ],
)
def test_layer_takes_pytorchs_parameters(run: Run, options: str, shape: list[int]) -> None:
    assert sizes(run, *options.split())["output"] == shape


def test_layer_reads_csv_and_npy(run: Run, write: Write) -> None:
    write("x.csv", "3,3\n1,1\n")
    write("b.csv", "10\n")
    np.save("w.npy", np.array([[[[1, 2, 3], [0, 1, 0], [2, 1, 2]]]], dtype=np.int32))
    done = run(
        "layer",
        "--input",
        "x.csv",
        "--weight",
        "w.npy",
        "--bias",
        "b.csv",
        "--stride",
        2,
        "--view",
        "collect",
        "--json",
    )
    (area,) = next(
        block["ranges"]
        for block in json.loads(done.out)["sheets"][0]["blocks"]
        if block["role"] == "output"
    )
    cells = openpyxl.load_workbook("output/layer.xlsx", data_only=True)["Collect"][area]
    # example "sedirts" of tests/data/seed_examples.json, and 10 more
    assert [[cell.value for cell in row] for row in cells][:2] == [
        [13, 16, 22, 16, 19],
        [10, 13, 10, 13, 10],
    ]


def test_layer_fills_sizes_by_seed(run: Run) -> None:
    files = [run("layer", *SMALL, "--seed", seed, "-o", "-").out for seed in (1, 1, 2)]
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--stride", "0"], 2, "--stride must be at least 1, got 0"),
        (["--stride", "x"], 2, "invalid value for '--stride': 'x' is no whole number"),
        (["--stride", "2,,1"], 2, "invalid value for '--stride': '2,,1' is no whole number"),
        (["--stride", "1,2,3"], 2, "--stride must be one value or one for each of 2 axes, got 3"),
        (["--stride", "9" * 5000], 2, "invalid value for '--stride'"),
        (["--stride", "9" * 4000], 2, "--stride must be whole numbers up to 1000000000, got 999"),
        (["--stride", "1000000000"], 2, 'sheet "Distribute": '),
        (["--dilation", "1000000000"], 2, 'sheet "Distribute": '),
        (["--dilation", "0"], 2, "--dilation must be at least 1, got 0"),
        (["--padding", "3"], 2, "--padding 3 crops the whole output of 6 cells"),
        (["--padding", "1:2:3"], 2, "invalid value for '--padding': '1:2:3' is not like"),
        (["--padding", "1:"], 2, "invalid value for '--padding'"),
        (["--padding", "-1000000000"], 2, 'sheet "Distribute": '),
        (["--output-padding", "1"], 2, "--output-padding must be smaller than stride or dilation"),
        (["--groups", "2"], 2, "--groups must divide in_channels and out_channels, got 2"),
        (["--groups", "0"], 2, "--groups must be at least 1, got 0"),
        (["--groups", "x"], 2, "invalid value for '--groups'"),
        (["--bias", "2"], 2, "--bias must have one value for each of 1 output channels, got 2"),
        (["--bias", ""], 2, "--bias must be sizes such as 4x4"),
        (["--seed", "-1"], 2, "invalid value for '--seed'"),
        (["--view", "colect"], 2, '--view: unknown view "colect"; did you mean "collect"?'),
        (["--view", ""], 2, '--view: unknown view ""'),
        (["--view", "collect,collect"], 2, '--view "collect" is named twice: name it once'),
        (["--input", "4x0"], 2, "--input must have sizes of at least 1"),
        (["--input", "4,4"], 2, "--input must be sizes such as 4x4, or a .csv, .npy or .png file"),
        (["--input", "3x4x4"], 2, "--weight without channels is for one input channel, or for as"),
        (["--input", "3x4x4", "--weight", "2x1x3x3"], 2, "--weight must have the input's channels"),
        # neither is the kernel of every channel made first
        (
            ["--input", "1000x9x9", "--weight", "3000x3000", "--groups", "1000"],
            2,
            'sheet "Distribute": ',
        ),
        (["--input", "4x4x4x4x4"], 2, "--input must have 2 to 4 axes with a weight of 2, got 5"),
        (["--input", "2000000x1"], 2, 'sheet "Distribute": 2000'),
        (["--input", "1x20000"], 2, 'sheet "Distribute": 200'),
        (["--input", "5000x5000"], 2, "has 10000000: use an input of at most 573x573"),
        (["--input", "99999999999x9"], 2, "--input has 899999999991 values"),
        (["--input", "1100x1100"], 2, "use an input of at most 573x573"),
        (["--weight", "5000x5000"], 2, "use a smaller weight"),
        (["--input", "none.csv"], 3, "--input: cannot read none.csv: No such file or directory"),
        (
            ["--input", "ragged.csv"],
            3,
            "--input: ragged.csv row 2 has 1 value where the first has",
        ),
        (["--input", "words.csv"], 3, "--input: words.csv row 1 column 2 is no number: leave out"),
        (["--input", "empty.csv"], 3, "--input: empty.csv holds no numbers"),
        (["--input", "nan.csv"], 2, "--input: nan.csv: input must be finite, got nan at [0, 1]"),
        (["--input", "inf.npy"], 2, "--input: inf.npy: input must be finite, got inf at [1, 0]"),
        (
            ["--weight", "object.npy"],
            3,
            "--weight: object.npy must hold real numbers, got Python objects",
        ),
        (["--weight", "short.npy"], 3, "--weight: short.npy is cut short"),
        (["--weight", "complex.npy"], 3, "--weight: complex.npy must hold real numbers, got compl"),
        (["--output", ""], 4, ". is a folder"),
        (["--output", "none/a.xlsx"], 4, "none is no folder: make it first"),
        (["--output", "ragged.csv/a.xlsx"], 4, "ragged.csv is no folder"),
        (["--output", "folder"], 4, "folder is a folder: name a file in it"),
        (["--output", "-", "--json"], 2, "--json and -o - both write to stdout"),
        (["--strid", "2"], 2, "no such option"),
        (["more"], 2, "got unexpected extra argument"),
    ],
)
def test_bad_value_is_one_line_and_leaves_nothing(
    run: Run,
    write: Write,
    tmp_path: Path,
    listing: Listing,
    options: list[str],
    code: int,
    said: str,
) -> None:
    for name, text in [
        ("ragged.csv", "1,2\n3\n"),
        ("words.csv", "1,b\n"),
        ("empty.csv", ""),
        ("nan.csv", "1,nan\n"),
    ]:
        write(name, text)
    (tmp_path / "folder").mkdir()
    np.save(tmp_path / "inf.npy", np.array([[1, 2], [np.inf, 3]]))
    np.save(tmp_path / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "complex.npy", np.ones((3, 3)) * 1j)
    np.save(tmp_path / "short.npy", np.ones((3, 3)))
    (tmp_path / "short.npy").write_bytes((tmp_path / "short.npy").read_bytes()[:-1])
    before = listing()
    done = run("layer", *SMALL, *options)
    assert said in error_line(done.err)
    assert (done.code, done.out, listing()) == (code, b"", before)


def test_missing_option_is_named(run: Run) -> None:
    done = run("layer", "--input", "4x4")
    assert done.code == 2
    assert error_line(done.err) == "missing option '--weight'; see xlconv layer --help"


@pytest.mark.parametrize(
    ("lesson", "code", "said"),
    [
        ("a.toml", 2, 'a.toml [sheet 1 "Looks"]: unknown key "strides"; did you mean "stride"?'),
        ("b.toml", 3, "b.toml is no TOML"),
        ("transposed-convolution", 3, 'did you mean "transposed-convolutions"?'),
        (".", 3, "no lesson and no file"),
        ("a" * 5000, 3, "no lesson and no file"),
        ("c\nd", 3, 'no lesson and no file is called "c\\nd"'),
    ],
)
def test_bad_lesson_is_one_line_and_leaves_nothing(
    run: Run, write: Write, listing: Listing, lesson: str, code: int, said: str
) -> None:
    write("a.toml", LESSON.replace("stride", "strides"))
    write("b.toml", "title")
    before = listing()
    done = run("build", lesson)
    assert said in error_line(done.err)
    assert (done.code, done.out, listing()) == (code, b"", before)


# ------------------------------------------------------------------------- lessons


def test_lessons_lists_names_and_titles(run: Run) -> None:
    bare, told = run("lessons"), run("lessons", "list")
    assert bare == told
    assert told.out.decode().splitlines()[0].split("  ") == [
        "transposed-convolutions",
        load_lesson("transposed-convolutions").title,
    ]


def test_lessons_show_tells_each_sheet_with_its_view(run: Run, write: Write) -> None:
    done = run("lessons", "show", write("a.toml", LESSON + 'idea = "To look."'))
    assert done.out.decode() == "A lesson\n  Looks  collect        To look.\n"


@pytest.mark.parametrize("lesson", ["transposed-convolutions", "auto-encoder"])
def test_copied_lesson_builds_the_same_file(run: Run, lesson: str) -> None:
    done = run("lessons", "copy", lesson, "mine")
    assert done.err.endswith(f"xlconv build mine/{lesson}.toml\n")
    run("build", lesson, "-o", "a.xlsx")
    assert run("build", f"mine/{lesson}.toml", "-o", "b.xlsx").code == 0
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()


def test_copy_takes_along_what_a_lesson_reads(run: Run, listing: Listing) -> None:
    done = run("lessons", "copy", "segmentation", "mine")
    names = ["segmentation-coarse.npz", "segmentation-plain.npz", "segmentation.npz"]
    files = [name for name in listing() if not Path(name).is_dir()]
    assert sorted(files) == ["mine/segmentation.toml", *(f"mine/weights/{one}" for one in names)]
    assert all(f"wrote mine/weights/{one}\n" in done.err for one in names)
    Path("mine/weights/segmentation.npz").write_bytes(b"mine")
    before = listing()
    assert run("lessons", "copy", "segmentation", "mine").code == 4
    assert listing() == before


def test_copy_overwrites_an_edited_lesson_only_with_force(run: Run) -> None:
    copied = Path("transposed-convolutions.toml")
    assert run("lessons", "copy", copied.stem).code == 0
    assert "is unchanged" in run("lessons", "copy", copied.stem).err
    whole = copied.read_bytes()
    copied.write_text("mine")
    assert run("lessons", "copy", copied.stem).code == 4
    assert copied.read_text() == "mine"
    assert run("lessons", "copy", copied.stem, "--force").code == 0
    assert copied.read_bytes() == whole


def test_copy_makes_one_folder_and_none_above_it(run: Run, listing: Listing) -> None:
    done = run("lessons", "copy", "transposed-convolutions", "none/mine")
    assert (done.code, error_line(done.err)[:17]) == (4, "cannot write none")
    assert listing() == {}


# ------------------------------------------------------------------------- help


@pytest.mark.parametrize(
    "command",
    [
        "",
        "build",
        "layer",
        "shape",
        "code",
        "check",
        "lessons",
        "lessons list",
        "lessons show",
        "lessons copy",
        "completion",
    ],
)
def test_help_of_each_command_has_an_example(run: Run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert f"  xlconv {command}".rstrip() in done.out.decode().split("Example", 1)[1]


def test_bare_command_shows_its_help(run: Run) -> None:
    assert run() == run("--help")


def test_version_is_the_packages(run: Run) -> None:
    assert run("--version").out.decode() == f"xlconv {__version__}\n"


@pytest.mark.parametrize("command", [["nothing"], ["lessons", "nothing"]])
def test_unknown_command_is_one_line(run: Run, command: list[str]) -> None:
    done = run(*command)
    assert (done.code, error_line(done.err)[:15]) == (2, "no such command")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(run: Run, shell: str) -> None:
    assert f"_XLCONV_COMPLETE={shell}_complete" in run("completion", shell).out.decode()


def test_completion_in_an_unknown_shell_is_refused(run: Run) -> None:
    done = run("completion", "tcsh")
    assert done.code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in error_line(done.err)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("xlconv build tr", ["plain,transposed-convolutions"]),
        ("xlconv build ./no", ["file,./no"]),
        ("xlconv lessons co", ["plain,copy"]),
        ("xlconv layer --view col", ["plain,collect"]),
        ("xlconv layer --view collect,dist", ["plain,collect,distribute"]),
        ("xlconv layer --convention ", [f"plain,{name}" for name in CONVENTIONS]),
        ("xlconv shape --convention ke", ["plain,keras"]),
        ("xlconv layer --layout jax", ["plain,jax", "plain,jax-transposed"]),
        ("xlconv code --framework n", ["plain,numpy"]),
        ("xlconv ch", ["plain,check"]),
    ],
)
def test_shell_completes_whatever_has_a_name(
    tmp_path: Path, words: str, offered: list[str]
) -> None:
    env = {
        "_XLCONV_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    out, _ = start(tmp_path, env=env).communicate()
    assert out.decode().splitlines() == offered


def test_help_names_every_view(run: Run) -> None:
    told = run("layer", "--help").out.decode()
    assert all(view in told for view in VIEWS)


def test_help_imports_click_and_no_command(tmp_path: Path) -> None:
    seen = "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    program = f"{seen}\nfrom xlconv.cli.commands import main\nmain(['--help'])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOME,
        capture_output=True,
        check=True,
    )
    modules = set(done.stderr.decode().split())
    assert "click" in modules
    assert not {"numpy", "openpyxl", "dataclasses", "decimal", "json", "pathlib"} & modules
    ours = {name.removeprefix("xlconv.") for name in modules if name.startswith("xlconv.")}
    begun = {"cli", "cli.commands", "cli.group", "cli.terminal", "files", "files.sources"}
    assert ours <= {*begun, "errors", "version", "visible"}


def test_page_of_all_commands_tells_each_as_its_own_help_begins() -> None:
    told = {n: c for n, c in cli.commands.items() if isinstance(c, Later)}
    assert {"build", "class"} <= told.keys()
    for name, later in told.items():
        command = later.loaded()
        assert command.name == name
        assert str(command.help).startswith(str(later.help).rstrip("."))


# ------------------------------------------------------------------------- the world outside


def test_bytes_are_never_written_to_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    running = start(tmp_path, "layer", *SMALL, "-o", "-", stdout=theirs)
    _, err = running.communicate()
    os.close(theirs)
    os.set_blocking(ours, False)
    with pytest.raises(OSError, match="Input/output error"):
        os.read(ours, 1)
    os.close(ours)
    assert running.returncode == 4
    assert "no terminal" in error_line(err.decode())


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_pipe_that_closes_after_a_part_is_one_line(tmp_path: Path, unbuffered: str) -> None:
    ours, theirs = os.pipe()
    large = ["layer", "--input", "200x200", "--weight", "4x4", "--view", "phases", "-o", "-"]
    running = start(tmp_path, *large, stdout=theirs, env={"PYTHONUNBUFFERED": unbuffered})
    os.close(theirs)
    assert os.read(ours, 2) == b"PK"
    os.close(ours)
    _, err = running.communicate()
    assert (running.returncode, error_line(err.decode())) == (
        4,
        "cannot write to stdout: Broken pipe",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("args", [["layer", *SMALL, "-o", "-"], ["lessons"]])
def test_full_disk_behind_stdout_is_one_line(tmp_path: Path, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        running = start(tmp_path, *args, stdout=full)
        _, err = running.communicate()
    assert (running.returncode, error_line(err.decode())) == (
        4,
        "cannot write to stdout: No space left on device",
    )


def test_file_that_finds_no_room_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    running = start(tmp_path, "layer", "--input", "60x60", "--weight", "3x3", preexec_fn=limit)
    _, err = running.communicate()
    assert (running.returncode, error_line(err.decode())) == (
        4,
        "cannot write output/layer.xlsx: File too large",
    )
    assert list(tmp_path.iterdir()) == []


def test_memory_that_runs_out_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(sheets: object, title: str, target: BytesIO, *more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(archive, "write", fail)
    done = run("layer", *SMALL)
    assert (done.code, error_line(done.err)) == (
        2,
        "there is not enough memory: use a smaller input or kernel, or fewer channels",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="its names are always text")
def test_json_names_each_file_as_it_was_given(run: Run, tmp_path: Path) -> None:
    """A script finds the file by it, read or not, though its name may be no text."""
    (tmp_path / "a").mkdir()
    names = ["./a/\udcff.xlsx", "./b.xlsx"]
    assert run("layer", *SMALL, "-o", names[0]).code == 0
    (tmp_path / names[1]).write_bytes(b"")
    done = run("check", "--json", *names)
    assert [told["file"] for told in json.loads(done.out)] == names
