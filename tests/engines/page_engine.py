"""What a page computes with, run by Node: the same script, without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlconv.grid.sheet import Sheet
from xlconv.page.data import Drawn, data
from xlconv.page.seen import seen

from .engine import NO_CHANGES, Changes, Values
from .need import needs

NODE = shutil.which("node") or ""

needs_node = needs("node", bool(NODE))

SCRIPT = Path(__file__).parents[2] / "xlconv" / "page" / "script"

PARTS = ("functions", "formula", "book", "look")

VALUES = """
const { about, changes } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const book = new Book(about.sheets);
for (const [n, at, content] of changes) book.put(n, at, content);
const told = (value) => (value instanceof Fault ? value.code : value);
console.log(JSON.stringify(about.sheets.map((sheet, n) =>
  Object.fromEntries(Object.keys(sheet.formulas).map((at) => [at, told(book.value(n, at))])))));
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
    drawn = [Drawn(sheet, seen(sheet)) for sheet in sheets]
    about = json.loads(data(drawn, {}))
    changed = [(names.index(sheet), at, value) for (sheet, at), value in changes.items()]
    return dict(zip(names, run(VALUES, {"about": about, "changes": changed}), strict=True))
