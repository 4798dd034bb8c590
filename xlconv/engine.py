"""IronCalc, in a process of its own: a file that makes it fail, or never end, harms nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory

from xlconv.errors import TargetError, UnreadableError, XlconvError
from xlconv.places import Place
from xlconv.workbook import Value

SECONDS, MEMORY = 300, 4 << 30
"""What the process may take."""

# IronCalc prints of empty values, from Rust: so what it finds goes through a file
PROGRAM = """
import json, sys
source, target, memory = sys.argv[1:]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
except (ImportError, ValueError, OSError):
    pass
import ironcalc
model = ironcalc.load_from_xlsx(source, "en", "UTC", "en")
model.evaluate()
names = [sheet["name"] for sheet in model.get_worksheets_properties()]
cells = [(*at, model.get_cell_value(*at)) for at in model.get_all_cells()]
with open(target, "w", encoding="utf-8") as file:
    json.dump([names, cells], file)
"""


def recalculated(path: Path, data: bytes) -> dict[str, dict[Place, Value]]:
    """The value of each cell of a file as IronCalc computes it, by sheet and place.

    path  what errors name

    Raises XlconvError without IronCalc, UnreadableError where it fails on the file.
    """
    if find_spec("ironcalc") is None:
        raise XlconvError(
            "engine needs IronCalc: install xlconv with its extra [engine]", parameter="engine"
        )
    try:
        with TemporaryDirectory(prefix="xlconv-") as folder:
            source, target = Path(folder, "book.xlsx"), Path(folder, "values.json")
            source.write_bytes(data)
            subprocess.run(
                [sys.executable, "-c", PROGRAM, str(source), str(target), str(MEMORY)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
            if not target.exists():
                raise UnreadableError(f"IronCalc cannot read {path}")
            names, cells = json.loads(target.read_bytes())
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"IronCalc takes more than {SECONDS} s for {path}") from None
    except OSError as error:
        raise TargetError(f"cannot write temporary files: {error.strerror}") from None
    except ValueError:  # it ended in the middle of its file
        raise UnreadableError(f"IronCalc cannot read {path}") from None
    values: dict[str, dict[Place, Value]] = {name: {} for name in names}
    for sheet, row, column, value in cells:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        values[names[sheet]][row - 1, column - 1] = (
            (float(value) if isfinite(value) else str(value)) if number else value
        )
    return values
