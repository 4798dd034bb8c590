"""A workbook in memory: sheets in order, and the ways out of it."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from xlconv.errors import TargetError, XlconvError
from xlconv.sheet import SHEETS_CELLS, Sheet
from xlconv.words import UNWRITABLE, length

Progress = Callable[[int], object]
"""What is told, now and then, how many rows of all sheets are written."""


@dataclass(frozen=True)
class Book:
    """Sheets that are ready to be written; their values are computed already."""

    title: str
    sheets: tuple[Sheet, ...]
    recipe: str = ""
    """What it was made from: see `xlconv.recipe`."""

    def __post_init__(self) -> None:
        if not self.sheets:
            raise XlconvError("a workbook needs at least one sheet, got none")
        check_title(self.title)
        check_names(sheet.name for sheet in self.sheets)
        self._check_defined_names()
        # Google Sheets counts empty cells too
        cells = sum(sheet.rows * sheet.columns for sheet in self.sheets)
        if cells > SHEETS_CELLS:
            raise XlconvError(
                f"the workbook needs {cells} cells; Google Sheets has {SHEETS_CELLS}:"
                " use a smaller input or fewer views"
            )

    def _check_defined_names(self) -> None:
        """Refuse sheets of which two blocks would be called the same in the workbook."""
        seen: dict[str, str] = {}
        for sheet in self.sheets:
            for block in sheet.blocks:
                other = seen.setdefault(sheet.defined_name(block), sheet.name)
                if other != sheet.name:
                    raise XlconvError(
                        "sheet names must differ in letters and digits, for the names of their"
                        f' blocks, got "{other}" and "{sheet.name}"'
                    )

    @property
    def rows(self) -> int:
        """The rows of all sheets."""
        return sum(sheet.rows for sheet in self.sheets)

    def write(self, target: IO[bytes], progress: Progress | None = None) -> None:
        """Write the .xlsx file to an open file; `progress` is told how many rows are done."""
        from xlconv import emit

        emit.write(self.sheets, self.title, target, self.recipe, progress)

    def to_bytes(self, progress: Progress | None = None) -> bytes:
        """The .xlsx file; the same book gives the same bytes."""
        target = BytesIO()
        self.write(target, progress)
        return target.getvalue()

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = True,
        make_folder: bool = False,
        progress: Progress | None = None,
    ) -> bool:
        """Write the .xlsx file; whatever goes wrong, a file that was there is left as it was.

        returns  whether it was written: a file with these very bytes is not touched

        Raises TargetError where the file exists and is not to be overwritten, or the folder does
        not exist or cannot be written.
        """
        return save_file(
            Path(path),
            lambda target: self.write(target, progress),
            overwrite=overwrite,
            make_folder=make_folder,
        )

    def manifest(self) -> list[dict[str, Any]]:
        """What stands where: for each sheet its name, view and blocks with their A1 ranges."""
        return [
            {
                "name": sheet.name,
                "view": sheet.view,
                "blocks": [
                    {
                        "name": sheet.defined_name(block),
                        "role": block.role,
                        "shape": list(block.cells.shape),
                        "ranges": block.ranges(),
                    }
                    for block in sheet.blocks
                ],
            }
            for sheet in self.sheets
        ]


def save_file(
    path: Path,
    write: Callable[[IO[bytes]], object],
    *,
    overwrite: bool = True,
    make_folder: bool = False,
) -> bool:
    """Let `write` fill a temporary file, which takes the place of `path` if all went well.

    returns  whether the file was written: one with these very bytes is not touched

    Raises TargetError; then, and after an interrupt, nothing is left behind.
    """
    shown, path = path, Path(os.path.realpath(path))  # a link stays one
    folder, part = path.parent, path.with_name(f".xlconv-{os.urandom(8).hex()}.part")
    made = False
    try:
        if make_folder and not folder.exists():
            folder.mkdir()
            made = True
        if not folder.is_dir():
            raise TargetError(f"{shown.parent} is no folder: make it first, or write elsewhere")
        if path.is_dir():
            raise TargetError(f"{shown} is a folder: name a file in it")
        if path.exists() and not path.is_file():
            raise TargetError(f"{shown} is no regular file: write elsewhere, or to -")
        with part.open("xb") as target:
            write(target)
        if path.exists():
            if filecmp.cmp(part, path, shallow=False):
                return False
            if not overwrite:
                raise TargetError(
                    f"{shown} exists with other content: use --force, or another name"
                )
            shutil.copymode(path, part)
        part.replace(path)
        made = False
    except OSError as error:
        raise TargetError(f"cannot write {shown}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # there is no such file if all went well
            part.unlink()
        if made:
            folder.rmdir()
    return True


TITLE_LENGTH = 120
"""Characters that Excel takes in a page's header, where an & counts twice."""


def check_title(title: str) -> None:
    """Refuse a title that no page's header holds."""
    if (got := length(title)) > TITLE_LENGTH:
        raise XlconvError(f"a title must have at most {TITLE_LENGTH} characters, got {got}")
    if found := UNWRITABLE.search(title):
        raise XlconvError(f"a title must have no control characters, got {found[0]!r}")


NAME_RULES = (
    (r".*\S.*", "not be empty"),
    (r"[^\[\]:*?/\\']*", "have none of [ ] : * ? / \\ '"),
    (r"[^\x00-\x1f\ud800-\udfff\ufffe\uffff]*", "have no control characters"),
    (r"(?!(?i:history)$).*", "not be History, which Excel keeps for itself"),
)
"""What a sheet's name must match, and how that is said."""


def check_names(names: Iterable[str]) -> None:
    """Refuse sheet names that a program would refuse or change."""
    seen: dict[str, str] = {}
    for name in names:
        for pattern, rule in NAME_RULES:
            if not re.fullmatch(pattern, name, re.DOTALL):
                raise XlconvError(f"a sheet name must {rule}, got {name!r:.80}")
        if length(name) > 31:
            raise XlconvError(
                f"a sheet name must have at most 31 characters, got {length(name)}: {name!r:.80}"
            )
        if name.casefold() in seen:
            raise XlconvError(
                "sheet names must differ by more than case, got"
                f' "{seen[name.casefold()]}" and "{name}"'
            )
        seen[name.casefold()] = name
