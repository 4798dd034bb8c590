"""LibreOffice: a real program, what a user sees. Many files in one start.

It writes 15 significant digits: a value comes back to about 1e-15 of itself, not exactly.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from .cached import cached_values
from .engine import NO_CHANGES, Changes, Values
from .strip import strip_values, with_values

name = "libreoffice"

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop>
</item>
</oor:items>
"""
"""Always recalculate, with the numbers of a language."""


_BASIC = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Edit(source, target)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  sheets = book.Sheets
  {statements}
  Dim as_xlsx(0) As New com.sun.star.beans.PropertyValue
  as_xlsx(0).Name = "FilterName" : as_xlsx(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(target, as_xlsx())
  book.close(True)
End Sub
</script:module>
"""
"""A macro that changes a workbook and saves it."""


def available() -> bool:
    return shutil.which("soffice") is not None


def recalculate(xlsx: bytes, changes: Changes = NO_CHANGES) -> Values:
    return recalculate_many([with_values(xlsx, changes)])[0]


def recalculate_many(files: Sequence[bytes], timeout: float = 300) -> list[Values]:
    stripped = [strip_values(file) for file in files]
    return [cached_values(saved) for saved in converted(stripped, "xlsx", timeout)]


def converted(
    files: Sequence[bytes], to: str, timeout: float = 300, locale: str = "en-US"
) -> list[bytes]:
    """The .xlsx files as LibreOffice recalculates and saves them; to: "xlsx", "pdf", "ods".

    locale  whose decimal mark it writes, "de-DE" for a comma

    Raises TimeoutError after `timeout` seconds, RuntimeError if a file does not convert.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        books = [Path(folder, f"book{number}.xlsx") for number in range(len(files))]
        for book, file in zip(books, files, strict=True):
            book.write_bytes(file)
        profile, out = Path(folder, "profile"), Path(folder, "out")
        Path(profile, "user").mkdir(parents=True)
        Path(profile, "user/registrymodifications.xcu").write_text(_PROFILE.format(locale=locale))
        options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
        said = _run(["soffice", *options, "--outdir", str(out), *map(str, books)], timeout)
        results = [out / f"{book.stem}.{to}" for book in books]
        if missing := [result.name for result in results if not result.exists()]:
            raise RuntimeError(f"soffice did not write {', '.join(missing)}; it said: {said}")
        return [result.read_bytes() for result in results]


def edited(file: bytes, statements: Sequence[str], timeout: float = 300) -> bytes:
    """The .xlsx file after statements of Basic, to which its sheets are `sheets`, as a person's
    hand would change it.

    Raises TimeoutError after `timeout` seconds, RuntimeError if there is no file then.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "book.xlsx"), Path(folder, "edited.xlsx")
        source.write_bytes(file)
        profile = Path(folder, "profile")
        options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        _run(["soffice", *options, "--terminate_after_init"], timeout)  # which makes the profile
        told = escape("\n  ".join(statements))
        module = profile / "user/basic/Standard/Module1.xba"
        module.write_text(_BASIC.format(statements=told))
        macro = f'macro:///Standard.Module1.Edit("{source.as_uri()}","{target.as_uri()}")'
        said = _run(["soffice", *options, macro], timeout)
        if not target.exists():
            raise RuntimeError(f"soffice wrote no file; it said: {said}")
        return target.read_bytes()


def _run(command: list[str], timeout: float) -> str:
    """`soffice` forks: only its whole process group can be stopped."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError(f"soffice took more than {timeout} s: {command}") from None
