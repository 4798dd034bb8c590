"""A stranger's .xlsx file, opened only if it is safe to."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from xlconv.errors import UnreadableError

FILE_SIZE, PART_SIZE, PARTS = 256 << 20, 1 << 30, 2_000
"""Bytes of a file and of its parts unpacked, and how many parts, beyond which it is refused."""

RATIO, SMALL = 150, 1 << 20
"""How many times larger a part may become that is not small; deflate packs zeros 1,000 to 1."""

DECLARATIONS = [f"<!{word}".encode(code) for word in ("DOCTYPE", "ENTITY")
                for code in ("utf-8", "utf-16-le", "utf-16-be")]  # fmt: skip
"""What no workbook has, and XML bombs need."""


def opened(path: Path) -> bytes:
    """The bytes of an .xlsx file.

    Raises UnreadableError for what is no such file, or could harm: a part that unpacks to far more
    than it is, XML that declares entities, a part that is missing or broken.
    """
    try:
        if path.stat().st_size > FILE_SIZE:
            raise UnreadableError(f"{path} is larger than {FILE_SIZE >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from None
    try:
        with ZipFile(BytesIO(data)) as parts:
            reason = _refused(parts.infolist()) or next(
                filter(None, (_declares(parts, info) for info in parts.infolist())), ""
            )
            names = set(parts.namelist())
    except (BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, OSError):
        reason = "it is no .xlsx file, or a broken one"
    except Exception as error:  # zlib.error is a plain Exception
        reason = f"it is broken: {error}"
    else:
        if not reason and not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            reason = "it is no .xlsx file"
    if reason:
        raise UnreadableError(f"{path} is not opened: {reason}")
    return data


def _refused(infos: list[ZipInfo]) -> str:
    if len(infos) > PARTS:
        return f"it has {len(infos)} parts"
    if sum(info.file_size for info in infos) > PART_SIZE:
        return f"it unpacks to more than {PART_SIZE >> 20} MB"
    for info in infos:
        if info.file_size > SMALL and info.file_size > RATIO * max(1, info.compress_size):
            return f"its part {info.filename} unpacks to {info.file_size} bytes"
    return ""


def _declares(parts: ZipFile, info: ZipInfo) -> str:
    """Why a part is refused; it is read in pieces, and no further than it says it is long."""
    tail = b""
    with parts.open(info) as part:
        while piece := part.read(1 << 20):
            if any(word in tail + piece for word in DECLARATIONS):
                return f"its part {info.filename} declares entities"
            tail = piece[-32:]
    return ""
