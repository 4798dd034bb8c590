"""Gnumeric: a real program with a reader and a writer of its own."""

import shutil
import subprocess
import tempfile
from pathlib import Path


def available() -> bool:
    return shutil.which("ssconvert") is not None


def saved(xlsx: bytes) -> bytes:
    """The file as Gnumeric recalculates and saves it.

    Raises subprocess.CalledProcessError where it cannot.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "book.xlsx"), Path(folder, "saved.xlsx")
        source.write_bytes(xlsx)
        subprocess.run(
            ["ssconvert", "--recalc", str(source), str(target)],
            capture_output=True,
            timeout=300,
            check=True,
        )
        return target.read_bytes()
