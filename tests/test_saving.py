"""Nothing that a command reads is overwritten, and several files are written together or not."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from tests.conftest import Ran
from tests.test_cli import LESSON, SMALL, error_line, start
from xlconv.errors import TargetError
from xlconv.files.saving import AT_ONCE, save_file, save_files
from xlconv.files.sources import remember, remembered

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]
Listing = Callable[[], dict[str, bytes]]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def content(data: bytes) -> Callable[[IO[bytes]], object]:
    return lambda file: file.write(data)


def test_file_that_differs_only_at_its_end_is_written(tmp_path: Path) -> None:
    path, begin = tmp_path / "a", b"0" * AT_ONCE
    path.write_bytes(begin + b"1")
    assert save_file(path, content(begin + b"2"))
    assert path.read_bytes() == begin + b"2"
    assert not save_file(path, content(begin + b"2"))


# ------------------------------------------------------------------------- what is read stays


def hard_link(source: str, name: str) -> None:
    os.link(source, name)


def link(source: str, name: str) -> None:
    Path(name).symlink_to(Path(source).resolve())


def link_to_a_link(source: str, name: str) -> None:
    Path("l").symlink_to(source)
    Path(name).symlink_to("l")


def other_folder(source: str, name: str) -> None:
    Path("d").symlink_to(".")
    os.link(source, name)


Make = Callable[[str, str], None]


@pytest.mark.parametrize("make", [hard_link, link, link_to_a_link, other_folder])
@pytest.mark.parametrize(
    ("args", "source"),
    [
        (["build", "my.toml"], "my.toml"),
        (["build", "my.toml"], "x.csv"),
        (["build", "my.toml"], "w.npy"),
        (["layer", "--input", "x.csv", "--weight", "w.npy"], "x.csv"),
        (["layer", "--input", "x.csv", "--weight", "w.npy"], "w.npy"),
        (["layer", "--input", "x.csv", "--weight", "w.npy", "--bias", "b.csv"], "b.csv"),
    ],
)
def test_no_command_overwrites_what_it_reads(
    run: Run, write: Write, listing: Listing, args: list[str], source: str, make: Make
) -> None:
    lesson = LESSON.replace("[[3, 3], [1, 1]]", '"x.csv"')
    write("my.toml", lesson.replace("[[1, 2, 3], [0, 1, 0], [2, 1, 2]]", '"w.npy"'))
    write("x.csv", "3,3\n1,1\n")
    write("b.csv", "10\n")
    np.save("w.npy", np.ones((3, 3)))
    make(source, "a.xlsx")
    target = "d/./a.xlsx" if make is other_folder else "a.xlsx"
    before = listing()
    done = run(*args, "-o", target, "--force")
    assert (done.code, error_line(done.err)) == (
        4,
        f"{Path(target)} is what this command reads, and not overwritten: use another name",
    )
    assert listing() == before


def test_lesson_is_not_overwritten_by_its_own_workbook(
    run: Run, write: Write, listing: Listing
) -> None:
    write("my.toml", LESSON)
    write("my.xlsx", LESSON)  # a lesson may be called as it likes
    before = listing()
    for lesson, target in [
        ("my.toml", "my.toml"),
        ("my.xlsx", "my.xlsx"),
        ("my.xlsx", "./my.xlsx"),
    ]:
        done = run("build", lesson, "-o", target, "--force")
        assert (done.code, listing()) == (4, before)
        error_line(done.err)


def test_program_overwrites_neither_its_arrays_nor_files_that_nobody_named(
    run: Run, listing: Listing
) -> None:
    # TensorFlow's order of axes: what the program loads is another array than this
    np.save("weight.npy", np.arange(450.0).reshape(15, 15, 2, 1))
    np.save("input.npy", np.ones(3))
    before = listing()
    layer = ["--input", "1x20x20", "--weight", "weight.npy", "--layout", "tensorflow"]
    done = run("code", *layer, "-o", "layer.py", "--force")
    after = listing()
    assert before.items() <= after.items()
    assert done.code == 0 or after == before


def test_other_runs_may_overwrite_what_an_earlier_one_read(run: Run, write: Write) -> None:
    write("x.csv", "3,3\n1,1\n")
    os.link("x.csv", "a.xlsx")
    args = ["--weight", "3x3", "-o", "a.xlsx", "--force"]
    assert run("layer", "--input", "x.csv", *args).code == 4
    assert run("layer", "--input", "2x2", *args).code == 0


def test_library_keeps_no_account_of_what_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    with remembered():
        remember(path)
        with pytest.raises(TargetError, match="what this command reads"):
            save_file(path, content(b"2"))
        assert not save_file(path, content(b"1"))
    remember(path)
    assert save_file(path, content(b"2"))


# ------------------------------------------------------------------------- together or not


def test_program_and_its_arrays_are_written_together(tmp_path: Path, listing: Listing) -> None:
    (tmp_path / "p.py").write_text("mine")
    before = listing()

    def limit() -> None:  # the program fits, its arrays do not
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    args = ["--input", "200x200", "--weight", "3x3", "-o", "p.py", "--force"]
    running = start(tmp_path, "code", *args, preexec_fn=limit)
    _, err = running.communicate()
    assert (running.returncode, "File too large" in error_line(err.decode())) == (4, True)
    assert listing() == before


@pytest.mark.parametrize("failing", [0, 1, 2])
@pytest.mark.parametrize("fault", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_swap_that_fails_is_taken_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listing: Listing,
    failing: int,
    fault: BaseException,
) -> None:
    paths = [tmp_path / name for name in ("a", "new", "c")]
    paths[0].write_bytes(b"old a")
    paths[2].write_bytes(b"old c")
    before, replace = listing(), Path.replace

    def fail(path: Path, target: Path) -> Path:
        if path.suffix == ".part" and target == paths[failing]:
            raise fault
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((TargetError, KeyboardInterrupt)):
        save_files(dict.fromkeys(paths, content(b"new")))
    assert listing() == before


def test_several_files_are_all_in_place_in_the_end(tmp_path: Path, listing: Listing) -> None:
    contents = {tmp_path / name: content(name.encode()) for name in "abc"}
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"other")
    written = save_files(contents)
    assert [*written.values()] == [False, True, True]
    assert listing() == {"a": b"a", "b": b"b", "c": b"c"}


def test_two_names_of_one_file_are_refused(tmp_path: Path, listing: Listing) -> None:
    (tmp_path / "b").symlink_to("a")
    contents = {tmp_path / name: content(name.encode()) for name in "ab"}
    with pytest.raises(TargetError, match="are one file"):
        save_files(contents)
    assert list(listing()) == ["b"]


# ------------------------------------------------------------------------- owner, mode, rivals


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_part_of_a_closed_file_is_open_to_nobody_else(tmp_path: Path, mode: int) -> None:
    path, seen = tmp_path / "a", list[int]()
    path.touch(mode=mode)

    def write(file: IO[bytes]) -> None:
        seen.extend(part.stat().st_mode & 0o777 for part in tmp_path.glob(".xlconv-*.part"))
        file.write(b"1")

    umask = os.umask(0)
    try:
        assert save_file(path, write)
    finally:
        os.umask(umask)
    assert (seen, path.stat().st_mode & 0o777) == ([0o600], mode)


@needs_root
def test_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).touch()
        os.chown(tmp_path / name, 1234, 5678)
    save_file(tmp_path / "a", content(b"1"))
    both = {tmp_path / name: content(b"2") for name in "ab"}
    save_files(both)
    for path in both:
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 5678)


@needs_root
def test_file_whose_owner_cannot_be_kept_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: Listing
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"theirs")
    os.chown(path, 1234, 5678)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(TargetError, match="an owner or a group that you cannot give"):
        save_file(path, content(b"1"))
    assert not save_file(path, content(b"theirs"))  # it is as it should be already
    assert listing() == {"a": b"theirs"}


def test_rival_that_writes_the_same_first_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "output" / "a"

    def write(file: IO[bytes]) -> None:
        path.write_bytes(b"1")  # a rival's, who found the folder that we made
        file.write(b"1")

    assert not save_file(path, write, make_folder=True)
    assert [child.name for child in path.parent.iterdir()] == ["a"]


def test_rival_that_makes_the_folder_first_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def second(path: Path, *args: Any) -> None:
        mkdir(path, *args)
        mkdir(path, *args)

    monkeypatch.setattr(Path, "mkdir", second)
    assert save_file(tmp_path / "output" / "a", content(b"1"), make_folder=True)


def test_first_runs_at_once_all_succeed(tmp_path: Path) -> None:
    rivals = [start(tmp_path, "layer", *SMALL) for _ in range(4)]
    ended = [(rival.communicate()[1].decode(), rival.returncode) for rival in rivals]
    assert {code for _, code in ended} == {0}
    assert all(": 2 sheets\n" in err for err, _ in ended)
    assert [path.name for path in tmp_path.rglob("*")] == ["output", "layer.xlsx"]


# ------------------------------------------------------------------------- targets


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["layer", *SMALL, "-o", "/"], "/ is a folder: name a file in it"),
        (["code", *SMALL, "-o", "/"], "/ is a folder: name a file in it"),
        (["layer", *SMALL, "-o", "handout.doc"], "handout.doc must end in .xlsx"),
        (["layer", *SMALL, "-o", "handout"], "handout must end in .xlsx"),
        (["build", "-o", "handout.doc"], "handout.doc must end in .xlsx"),
        (["build", "none.toml", "-o", "handout.doc"], "handout.doc must end in .xlsx"),
        (["code", *SMALL, "-o", "layer.ipynb"], "layer.ipynb must end in .py"),
        (["layer", *SMALL, "-o", f"{'a' * 300}.xlsx"], "File name too long"),
        (["layer", *SMALL, "-o", f"{'a' * 300}/b.xlsx"], "File name too long"),
        (["code", *SMALL, "-o", f"{'a' * 300}.py"], "File name too long"),
        (["lessons", "copy", "matrix", "a" * 300], "File name too long"),
        (["layer", *SMALL, "-o", "/dev/null"], "/dev/null is no regular file"),
    ],
)
def test_impossible_target_is_one_line(
    run: Run, listing: Listing, args: list[str], said: str
) -> None:
    done = run(*args)
    assert said in error_line(done.err)
    assert (done.code, listing()) == (4, {})


@pytest.mark.parametrize(
    "args",
    [
        ("build", "L"),
        ("build", "matrix", "--lang", "L"),
        ("build", "matrix", "--folder", "L"),
        ("model", "L"),
        ("check", "L"),
        ("shape", "--input", "3", "--chain", "L"),
        ("class", "worksheet", "L", "-o", "class"),
        ("class", "worksheet", "roster.csv", "-o", "L"),
        ("grade", "L", "--class", "L"),
    ],
)
def test_name_that_no_system_takes_is_one_line(run: Run, args: tuple[str, ...]) -> None:
    Path("roster.csv").write_text("name;id\nAnna;a1\n")
    done = run(*("9" * 500 if arg == "L" else arg for arg in args))
    last = done.err.splitlines(keepends=True)[-1]  # a class list's says before what was understood
    assert "9" * 9 in error_line(last)
    assert done.code in {2, 3, 4}
    assert list(Path().iterdir()) == [Path("roster.csv")]


def without_root_powers() -> None:
    """Let permissions count for root as they do for everybody; others are as they are."""
    libc = ctypes.CDLL(None)
    for override in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, for PR_CAPBSET_DROP
        libc.prctl(24, override, 0, 0, 0)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["layer", *SMALL, "-o", "shut/a.xlsx"], 4),
        (["build", "-o", "shut/a.xlsx"], 4),
        (["code", *SMALL, "-o", "shut/a.py"], 4),
        (["lessons", "copy", "matrix", "shut"], 4),
        (["layer", "--input", "shut/x.csv", "--weight", "3x3"], 3),
        (["build", "shut/x.toml"], 3),
        (["check", "shut/x.xlsx"], 3),
    ],
)
def test_folder_that_must_not_be_entered_is_one_line(
    tmp_path: Path, args: list[str], code: int
) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(0o600)
    running = start(tmp_path, *args, preexec_fn=without_root_powers)
    _, err = running.communicate()
    shut.chmod(0o700)
    error_line(err.decode())
    assert (running.returncode, list(shut.iterdir())) == (code, [])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["layer", *SMALL], 4),
        (["layer", *SMALL, "-o", "a.xlsx"], 4),
        (["build"], 4),
        (["code", *SMALL, "-o", "a.py"], 4),
        (["lessons", "copy", "matrix"], 4),
        (["layer", "--input", "x.csv", "--weight", "3x3"], 3),
        (["build", "x.toml"], 3),
        (["check", "x.xlsx"], 3),
    ],
)
def test_current_folder_that_is_gone_is_one_line(
    tmp_path: Path, args: list[str], code: int
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    running = start(gone, *args, preexec_fn=lambda: shutil.rmtree(gone))
    _, err = running.communicate()
    assert (running.returncode, "Traceback" in error_line(err.decode())) == (code, False)
