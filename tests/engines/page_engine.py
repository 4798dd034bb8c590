"""What a page computes with, run by Node: the same script, without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book

from .engine import NO_CHANGES, Changes, Values
from .need import needs

NODE = shutil.which("node") or ""

needs_node = needs("node", bool(NODE))

SCRIPT = Path(__file__).parents[2] / "xlconv" / "page" / "script"

PARTS = ("functions", "formula", "book", "look", "editor", "workbook")

VALUES = """
const { names, file, changes } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = (value) => (value instanceof Fault ? value.code : value);
contentsOf(new Uint8Array(Buffer.from(file, "base64")), names.length).then((contents) => {
  const book = new Book(names, contents);
  for (const [n, at, content] of changes) book.put(n, at, content);
  const computed = (cells, n) => cells.filter(([, content]) => content?.formula !== undefined)
    .map(([at]) => [at, told(book.value(n, at))]);
  console.log(JSON.stringify(contents.map((...sheet) => Object.fromEntries(computed(...sheet)))));
});
"""


def run(program: str, told: object = None) -> Any:
    """What a program prints as JSON that has the parts of the script before it."""
    script = "\n".join((SCRIPT / f"{name}.js").read_text(encoding="utf-8") for name in PARTS)
    done = subprocess.run(
        [NODE, "-e", f"{script}\n{program}"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def recalculate(sheets: Sequence[Sheet], changes: Changes = NO_CHANGES) -> Values:
    """The values of all formula cells, as a page computes them after some changes."""
    names = [sheet.name for sheet in sheets]
    file = b64encode(Book("Title", tuple(sheets)).to_bytes()).decode()
    changed = [(names.index(sheet), at, value) for (sheet, at), value in changes.items()]
    told = {"names": names, "file": file, "changes": changed}
    return dict(zip(names, run(VALUES, told), strict=True))
