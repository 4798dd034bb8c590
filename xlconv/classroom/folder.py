"""The folder that a teacher keeps: what all files of a class were made from, and who has which.

Its table of codes needs no digest: a code follows from the key and the id, so that a name may be
mended in it, and nothing else.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property, partial
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import IO, Any

from xlconv.classroom.exports import read_export
from xlconv.classroom.guarded import guarded, unguarded
from xlconv.classroom.variants import KEY, code, codes
from xlconv.errors import TargetError, UnreadableError
from xlconv.files.reading import contents, is_folder
from xlconv.files.saving import Write, save_files
from xlconv.frozen import frozen
from xlconv.version import __version__

VERSION = 1
LARGEST = 32 << 20
KEY_FILE, ABOUT, CODES = "key", "class.json", "codes.csv"
HEADER = ("code", "id", "name")

RESTORE = "take it from your backup, or make the class anew"
"""The way out where the folder cannot be trusted."""


@frozen
class ClassFolder:
    """What a class was made from.

    lesson   a lesson file or a recipe, as it was read
    options  what else its files hang on
    names    each student's name, by the ids, in the order of the list
    made_by  the version of xlconv that made it
    """

    key: bytes
    lesson: str
    names: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = __version__

    @cached_property
    def codes(self) -> dict[str, str]:
        """Each student's code, by the ids."""
        return codes(self.key, self.names)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The id of each student, by the codes."""
        return {code: student for student, code in self.codes.items()}


def write_folder(folder: Path, made: ClassFolder, *, overwrite: bool = False) -> None:
    """Write all of it or nothing, for nobody else's eyes.

    Raises TargetError, also where the folder holds another class.
    """
    lesson = _lesson_file(made.lesson)
    about = {
        "version": VERSION,
        "xlconv": made.made_by,
        "lesson": lesson,
        "sha256": _digest(made.lesson),
        "options": dict(made.options),
    }
    texts = {
        KEY_FILE: made.key.hex() + "\n",
        lesson: made.lesson,
        ABOUT: json.dumps(about, indent=1) + "\n",
        CODES: "\ufeff" + _table(made),
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"cannot make {folder.parent}: {error.strerror}") from None
    writes: dict[Path, Write] = {
        folder / name: partial(_write, text=text) for name, text in texts.items()
    }
    save_files(writes, overwrite=overwrite, make_folder=True)


def read_folder(folder: Path) -> ClassFolder:
    """What stands in such a folder.

    Raises UnreadableError in one line for what is missing, or is not as it was written.
    """
    if not (is_folder(folder) and (folder / ABOUT).exists()):
        raise UnreadableError(
            f"{folder} has no {ABOUT}: name the folder teacher, which xlconv class made"
        )
    about = _about(folder / ABOUT)
    key = _key(folder / KEY_FILE)
    lesson = contents(folder / about["lesson"], LARGEST).decode("utf-8", "replace")
    if _digest(lesson) != about["sha256"]:
        raise UnreadableError(
            f"{folder / about['lesson']} is not the lesson that the class was made from: {RESTORE}"
        )
    return ClassFolder(key, lesson, _names(folder / CODES, key), about["options"], about["xlconv"])


def _lesson_file(lesson: str) -> str:
    return "lesson.json" if lesson.lstrip().startswith("{") else "lesson.toml"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _table(made: ClassFolder) -> str:
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    for student, own in made.codes.items():
        writer.writerow([own, guarded(student), guarded(made.names[student])])
    return text.getvalue()


def _write(file: IO[bytes], text: str) -> None:
    Path(file.name).chmod(0o600)  # before there is anything in it
    file.write(text.encode())


def _about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(contents(path, LARGEST))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{path} is damaged: {RESTORE}") from None
    kinds = {"version": int, "xlconv": str, "lesson": str, "sha256": str, "options": dict}
    if not isinstance(about, dict) or any(
        not isinstance(about.get(key), kind) for key, kind in kinds.items()
    ):
        raise UnreadableError(f"{path} is damaged: {RESTORE}")
    if about["version"] != VERSION:
        raise UnreadableError(
            f"{path} is of version {about['version']}, and this xlconv reads {VERSION}:"
            f" use xlconv {about['xlconv']}"
        )
    if about["lesson"] not in ("lesson.json", "lesson.toml"):
        raise UnreadableError(f"{path} is damaged: {RESTORE}")
    return about


def _key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(contents(path, 1 << 10).decode("ascii").strip())
    except UnreadableError:
        raise
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise UnreadableError(f"{path} is no key of a class: {RESTORE}")
    return key


def _names(path: Path, key: bytes) -> dict[str, str]:
    """The students in the table of codes, each held against the code beside it."""
    export = read_export(path)
    if tuple(map(str.strip, export.header.cells[:3])) != HEADER:
        raise UnreadableError(f"{path} is no table of {', '.join(HEADER)}: {RESTORE}")
    names: dict[str, str] = {}
    for record in export.records[1:]:
        if not record.filled:
            continue
        told = [unguarded(cell) for cell in (*record.cells, "", "")[:3]]
        if told[0] != code(key, told[1]) or told[1] in names:
            raise UnreadableError(
                f"{path} line {record.line} is not as it was written: {RESTORE}; a spreadsheet"
                " may have changed the id"
            )
        names[told[1]] = told[2]
    return names
