"""A workbook in memory: sheets in order, and the ways out of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from xlconv.errors import TargetError, XlconvError
from xlconv.sheet import SHEETS_CELLS, Sheet


@dataclass(frozen=True)
class Book:
    """Sheets that are ready to be written; their values are computed already."""

    title: str
    sheets: tuple[Sheet, ...]

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for sheet in self.sheets:
            check_name(sheet.name)
            if (other := seen.setdefault(sheet.name.lower(), sheet.name)) and sheet is not next(
                s for s in self.sheets if s.name.lower() == sheet.name.lower()
            ):
                raise XlconvError(f'sheet names must differ by more than case, got "{other}" twice')
        cells = sum(paint.cells.memory.size for s in self.sheets for paint in s.paints)
        if cells > SHEETS_CELLS:
            raise XlconvError(
                f"the workbook needs {cells} cells; Google Sheets holds {SHEETS_CELLS}:"
                " use a smaller input or fewer views"
            )

    def write(self, target: IO[bytes]) -> None:
        """Write the .xlsx file to an open file."""
        from xlconv.emit import write

        write(self.sheets, self.title, target)

    def to_bytes(self) -> bytes:
        """The .xlsx file; the same book gives the same bytes."""
        target = BytesIO()
        self.write(target)
        return target.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the .xlsx file; whatever goes wrong, a file that was there is left as it was.

        Raises TargetError where the folder does not exist or cannot be written.
        """
        with replacing(Path(path)) as target:
            self.write(target)

    def manifest(self) -> list[dict[str, Any]]:
        """What stands where: for each sheet its name, view and blocks with their A1 ranges."""
        return [
            {
                "name": sheet.name,
                "view": sheet.view,
                "blocks": [
                    {
                        "name": block.name,
                        "role": block.role,
                        "shape": list(block.cells.shape),
                        "ranges": block.ranges(),
                    }
                    for block in sheet.blocks
                ],
            }
            for sheet in self.sheets
        ]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file beside `path`, which takes its place at the end if all went well."""
    folder = path.parent
    if not folder.is_dir():
        raise TargetError(f"{folder} is not a folder: make it first, or name another with -o")
    if path.is_dir():
        raise TargetError(f"{path} is a folder: name a file in it")
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise TargetError(f"cannot write into {folder}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        os.chmod(name, mode & 0o7777)
        os.replace(name, path)
    except OSError as error:
        raise TargetError(f"cannot write {path}: {error.strerror}") from None
    finally:
        if os.path.exists(name):
            os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_name(name: str) -> None:
    """Refuse a sheet name that a program would refuse or change."""
    wrong = (
        "have at most 31 characters"
        if len(name) > 31
        else "not be empty"
        if not name.strip()
        else "have none of [ ] : * ? / \\ '"
        if set(name) & set("[]:*?/\\'")
        else "not be History, which Excel keeps for itself"
        if name.lower() == "history"
        else ""
    )
    if wrong:
        raise XlconvError(f'a sheet name must {wrong}, got "{name}"')
