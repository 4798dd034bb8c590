"""What is said: no stranger's text reaches a terminal raw, and no stream's end is a traceback."""

from __future__ import annotations

import json
import os
import pty
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile

import pytest

from tests.conftest import Ran
from tests.test_cli import LESSON, SMALL, error_line, start
from xlconv.cli import layers
from xlconv.cli.terminal import LONGEST, put
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.visible import visible

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]
Listing = Callable[[], dict[str, bytes]]

# told by hand, and not by the code under test: escape, bell, C1's CSI, two line breaks, bidi
EVIL = "\x1b[31m\x1b]0;owned\x07\x9b2J\u2028\u2029\u202e\u2066\x08\x7f"
TOML_EVIL = "".join(f"\\u{ord(character):04x}" for character in EVIL)
NAME = f"e{EVIL.replace('/', '')}vil"

OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def is_visible(told: bytes | str) -> bool:
    text = told.decode() if isinstance(told, bytes) else told  # as UTF-8: no lone surrogates
    return not OBEYED.search(text)


@pytest.mark.parametrize(
    ("character", "told"),
    [
        ("\x9f", "\\x9f"),
        ("\udc7f", "\\udc7f"),
        ("\udc80", "\\x80"),  # the bytes of a name, from here
        ("\udcff", "\\xff"),  # to here
        ("\udd00", "\\udd00"),
    ],
)
def test_what_no_terminal_can_show_is_told_by_its_code(character: str, told: str) -> None:
    assert visible(character) == told


def odd_workbook(path: Path, part: str = NAME) -> None:
    """A ZIP archive with a part that is packed in a way that check refuses, naming it."""
    with ZipFile(path, "w", ZIP_BZIP2) as archive:
        archive.writestr(part, "x")


def edited_workbook(path: Path, old: bytes, new: bytes) -> None:
    """A workbook of ours of which each part has one text in place of another."""
    build(Layer.of([[3, 3], [1, 1]], [[1, 2], [0, 1]]), views=["collect"]).save(path)
    with ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert any(old in data for data in parts.values())
    with ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(old, new))


# ------------------------------------------------------------------------- what is obeyed


@pytest.mark.parametrize(
    "args",
    [
        ["build", f"{NAME}.toml"],
        ["build", "key.toml"],
        ["build", "value.toml"],
        ["build", "title.toml", "-o", f"{NAME}.xlsx"],
        ["build", "title.toml", "-o", "a.xlsx", "--json"],
        ["build", "title.toml", "-o", f"{NAME}.pdf"],
        ["lessons", "show", "title.toml"],
        ["lessons", "show", "key.toml"],
        ["lessons", "show", NAME],
        ["lessons", "copy", f"{NAME}.toml", "folder"],
        ["layer", *SMALL, "-o", f"{NAME}/a.xlsx"],
        ["layer", *SMALL, "-o", f"{NAME}.xlsx", "--json"],
        ["layer", *SMALL, "--view", NAME],
        ["layer", *SMALL, f"--{NAME}"],
        ["layer", *SMALL, NAME],
        ["layer", "--input", f"{NAME}.csv", "--weight", "3x3"],
        ["layer", "--input", f"{NAME}.doc", "--weight", "3x3"],
        ["layer", "--input", "x.csv", "--weight", "3x3"],
        ["code", *SMALL, "-o", f"{NAME}.py"],
        ["code", *SMALL, "--framework", NAME],
        ["shape", "--input", NAME, "--kernel", "3"],
        ["check", f"{NAME}.xlsx"],
        ["check", "--json", f"{NAME}.xlsx"],
        ["check", "part.xlsx"],
        ["check", "recipe.xlsx"],
        ["check", "relation.xlsx"],
        ["check", "added.xlsx"],
        ["check", f"{NAME}-good.xlsx"],
        [NAME],
        ["completion", NAME],
    ],
)
def test_nothing_that_a_terminal_obeys_is_said(
    run: Run, write: Write, tmp_path: Path, args: list[str]
) -> None:
    title = LESSON.replace("A lesson", TOML_EVIL)
    write(f"{NAME}.toml", title)
    write("title.toml", f'{title}idea = "{TOML_EVIL}"\n')
    write("key.toml", f'{title}"{TOML_EVIL}" = 1\n')
    write("value.toml", f'{title}layout = "{TOML_EVIL}"\n')
    write("x.csv", f"1,{EVIL}\n")
    (tmp_path / "folder").mkdir()
    odd_workbook(tmp_path / "part.xlsx")
    entities = "".join(f"&#{ord(character)};" for character in "\x9b2J\u202e\u2028").encode()
    book = build(Layer.of([[1]], [[1]]), views=["collect"])
    recipe = book.recipe.replace('"title"', f'"{TOML_EVIL}"')  # JSON escapes as TOML does
    assert recipe != book.recipe
    replace(book, recipe=recipe).save(tmp_path / "recipe.xlsx")
    edited_workbook(tmp_path / "relation.xlsx", b'="worksheets/', b'="%b/' % entities)
    edited_workbook(tmp_path / "added.xlsx", b'name="Collect"', b'name="%b"' % entities)
    edited_workbook(tmp_path / f"{NAME}-good.xlsx", b"Collect", b"Collect")
    done = run(*args)
    assert done.out or done.err
    assert is_visible(done.out)
    assert is_visible(done.err)
    assert b"\n\n" not in done.out


def test_title_on_several_lines_cannot_pass_for_another_line(run: Run, write: Write) -> None:
    title = LESSON.replace("A lesson", "One\\n  Sheet  collect  Two")
    write("a.toml", f'{title}idea = "One\\nTwo"\n')
    assert run("lessons", "show", "a.toml").out.decode().splitlines() == [
        "One Sheet collect Two",
        "  Looks  collect        One Two",
    ]


def test_file_name_on_several_lines_cannot_pass_for_a_report(run: Run, tmp_path: Path) -> None:
    name = "a.xlsx: right, 9 formulas\nb.xlsx"
    edited_workbook(tmp_path / name, b"Collect", b"Collect")
    told = run("check", name).out.decode()
    assert told.startswith("a.xlsx: right, 9 formulas\\x0ab.xlsx: ")


def test_letters_of_all_languages_are_said_as_they_are(run: Run, write: Write) -> None:
    # Persian needs its zero-width non-joiner, this emoji its zero-width joiner
    title = "Größe 日本語 می\u200cخواهم \N{WOMAN}\u200d\N{ROCKET}"
    write("a.toml", LESSON.replace("A lesson", title))
    assert run("lessons", "show", "a.toml").out.decode().splitlines()[0] == title


def test_bytes_are_printed_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    data = bytes(range(256))
    put(data)
    assert capfdbinary.readouterr().out == data


def test_json_says_names_that_are_not_utf_8_so_that_they_come_back(
    run: Run, tmp_path: Path
) -> None:
    done = run("layer", *SMALL, "--json", "-o", os.fsdecode(b"caf\xe9\x1b.xlsx"))
    assert (tmp_path / json.loads(done.out)["file"]).exists()


@pytest.mark.parametrize(
    "args",
    [
        ["build", b"caf\xe9.toml"],
        ["build", b"none\xe9.toml"],
        ["build", "-o", b"caf\xe9.pdf"],
        ["lessons", "show", b"caf\xe9.toml"],
        ["lessons", "show", b"none\xe9.toml"],
        ["lessons", "copy", b"caf\xe9.toml", b"fold\xe9r"],
        ["layer", *SMALL, "-o", b"caf\xe9.xlsx"],
        ["layer", *SMALL, "-o", b"fold\xe9r/caf\xe9.xlsx", "--json"],
        ["layer", *SMALL, "--view", b"\xe9"],
        ["layer", *SMALL, "--stride", b"\xe9"],
        ["layer", *SMALL, "--bias", b"\xe9"],
        ["layer", "--input", b"caf\xe9.csv", "--weight", "3x3"],
        ["layer", "--input", b"none\xe9.csv", "--weight", "3x3"],
        ["code", *SMALL, "-o", b"caf\xe9.py"],
        ["code", "--input", b"caf\xe9.csv", "--weight", "3x3"],
        ["check", b"caf\xe9.xlsx"],
        ["check", b"none\xe9.xlsx"],
        ["check", "--json", b"caf\xe9.xlsx", b"none\xe9.xlsx"],
        ["shape", "--input", b"\xe9", "--kernel", "3"],
        [b"\xe9"],
        ["completion", b"\xe9"],
    ],
)
def test_name_that_is_not_utf_8_is_said_by_its_bytes(
    run: Run, tmp_path: Path, args: list[str | bytes]
) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.toml")).write_text(LESSON)
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text("3,3\n1,1\n")
    (tmp_path / os.fsdecode(b"fold\xe9r")).mkdir()
    edited_workbook(tmp_path / os.fsdecode(b"caf\xe9.xlsx"), b"Collect", b"Collect")
    done = run(*map(os.fsdecode, args), *(["--force"] if args[0] == "layer" else []))
    assert done.code in (0, 1, 2, 3, 4)
    told = done.out.decode() + done.err  # as UTF-8, which a lone surrogate is not
    if done.code:  # which of the two, is whether the value is quoted as Python does
        assert "\\xe9" in told or "\\udce9" in told
    assert not re.search("[\udc80-\udcff]|Traceback", told)


# ------------------------------------------------------------------------- how long


def test_message_has_an_end(run: Run) -> None:
    told = error_line(run("layer", *SMALL, "--" + "v" * 100_000).err)
    assert 1_000 < len(told) <= LONGEST == 2_000
    assert " ... " in told


def test_long_message_keeps_its_way_out(run: Run, write: Write) -> None:
    write("a.toml", f"{LESSON}{'k' * 140_000} = 1\n")
    told = error_line(run("build", "a.toml").err)
    assert told.startswith('a.toml [sheet 1 "Looks"]: unknown key "kkk')
    assert len(told) <= LONGEST


# ------------------------------------------------------------------------- streams


ENDS = [
    (["layer", *SMALL], 0),
    (["layer", *SMALL, "--stride", "0"], 2),
    (["layer", "--input", "none.csv", "--weight", "3x3"], 3),
    (["layer", *SMALL, "-o", "none/a.xlsx"], 4),
    (["layer", *SMALL, "--strid", "2"], 2),
    (["check", "none.xlsx"], 3),
    (["nothing"], 2),
]


@pytest.mark.parametrize(("args", "code"), ENDS)
def test_closed_stderr_changes_nothing(tmp_path: Path, args: list[str], code: int) -> None:
    running = start(tmp_path, *args, preexec_fn=lambda: os.close(2))
    assert (running.communicate()[0], running.returncode) == (b"", code)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_stream_is_not_taken_for_the_workbook(
    tmp_path: Path, closed: tuple[int, ...]
) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    # whatever prints to the streams, prints now
    noise = "import os; os.write(1, b'noise'); os.write(2, b'noise')"
    program = (
        "import sys; from xlconv import __main__; from xlconv.xlsx import archive; write ="
        " archive.write\n"
        f"def noisy(*given):\n    {noise}\n    write(*given)\n"
        "archive.write = noisy; __main__.main()"
    )
    args = [*SMALL, "-o", "a.xlsx"]
    running = start(tmp_path, "layer", *args, program=program, preexec_fn=close)
    running.communicate()
    assert running.returncode == 0
    good = build(Layer.of([[1]], [[1]]), views=["collect"]).to_bytes()[:4]
    assert (tmp_path / "a.xlsx").read_bytes()[:4] == good


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(("args", "code"), ENDS)
def test_full_disk_behind_stderr_changes_nothing(
    tmp_path: Path, args: list[str], code: int
) -> None:
    with Path("/dev/full").open("wb") as full:
        running = start(tmp_path, *args, stderr=full)
        running.communicate()
    assert running.returncode == code


@pytest.mark.parametrize(("args", "code"), ENDS)
def test_reader_of_stderr_who_leaves_changes_nothing(
    tmp_path: Path, args: list[str], code: int
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    running = start(tmp_path, *args, stderr=theirs)
    running.communicate()
    os.close(theirs)
    assert running.returncode == code


def test_terminal_that_goes_away_while_a_file_is_written_changes_nothing(
    tmp_path: Path, listing: Listing
) -> None:
    ours, theirs = pty.openpty()
    # the bar is shown from the first row on; nobody holds the terminal's other end by then
    program = (
        "import os; from xlconv import __main__; from xlconv.cli import terminal;"
        " from xlconv.xlsx import archive; write = archive.write\n"
        f"def leave(*given):\n    os.close({ours})\n    write(*given)\n"
        "terminal.STARTED = float('-inf'); archive.write = leave; __main__.main()"
    )
    running = start(
        tmp_path,
        "layer",
        *SMALL,
        program=program,
        stderr=theirs,
        pass_fds=[ours],
        start_new_session=True,
    )
    os.close(ours)
    running.communicate()
    os.close(theirs)
    assert (running.returncode, list(listing())) == (0, ["output", "output/layer.xlsx"])


PRINTED = [["--help"], ["layer", "--help"], ["--version"], [], ["lessons", "copy", "--help"]]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("args", [*PRINTED, ["completion", "zsh"], ["code", *SMALL]])
def test_full_disk_behind_what_is_printed_is_one_line(tmp_path: Path, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        running = start(tmp_path, *args, stdout=full)
        _, err = running.communicate()
    assert (running.returncode, error_line(err.decode())) == (
        4,
        "cannot write to stdout: No space left on device",
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        *[(args, "") for args in [*PRINTED, ["lessons"]]],
        (["layer", *SMALL, "-o", "-"], "xlconv: error: cannot write to stdout: Broken pipe\n"),
    ],
)
def test_pipe_that_closes_early_has_had_enough_of_a_text_but_not_of_a_file(
    tmp_path: Path, args: list[str], said: str
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    running = start(tmp_path, *args, stdout=theirs)
    _, err = running.communicate()
    os.close(theirs)
    assert (running.returncode, err.decode()) == (4, said)


def test_warning_of_a_library_is_nothing_that_a_user_can_mend(tmp_path: Path) -> None:
    program = (
        "import warnings; from xlconv import __main__; from xlconv.xlsx import archive; write ="
        " archive.write\ndef warn(*given):\n    warnings.warn('odd')\n    write(*given)\n"
        "archive.write = warn; __main__.main()"
    )
    running = start(tmp_path, "layer", *SMALL, program=program)
    said = running.communicate()[1]
    assert said.startswith(b"xlconv: wrote output/layer.xlsx: 2 sheets\n")
    assert b"odd" not in said


# ------------------------------------------------------------------------- our own fault


@pytest.mark.parametrize(
    "fault", [AssertionError("a\x1b[31mb"), ZeroDivisionError(), OSError(5, "odd"), KeyError("k")]
)
def test_fault_of_our_own_is_one_line_that_says_how_to_report_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, listing: Listing, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(layers, "drawn_of", fail)
    done = run("layer", *SMALL)
    told = error_line(done.err)
    assert told.startswith("this is a fault of xlconv ")
    assert f"not yours: {type(fault).__name__}" in told
    assert ": :" not in told
    assert "report it with the command and its files" in told
    assert is_visible(done.err)
    assert (done.code, done.out, listing()) == (70, b"", {})


def test_traceback_is_shown_to_who_asks_for_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a\x1b[31mb")

    monkeypatch.setattr(layers, "drawn_of", fail)
    monkeypatch.setenv("XLCONV_TRACEBACK", "1")
    done = run("layer", *SMALL)
    *above, last = done.err.splitlines()
    assert (done.code, last[:23]) == (70, "xlconv: error: this is ")
    assert above[0] == "Traceback (most recent call last):"
    assert any(Path(__file__).name in line for line in above)
    assert is_visible(done.err)
