"""IronCalc in a process of its own, for return after return: a program, imported by nobody.

Lines of JSON come in, and each but the first is answered by a line:

    [folders to find IronCalc in, bytes of memory]
    [seconds, key, sheet, names]          what follows begins anew from the cells kept as `key`;
                                          null: from an empty sheet of this name
    ["keep", key]                         keep all cells as `key`
    [cells, places]                       write cells, each row, column and content, a formula with
                                          its `=` in a list; tell what stands at the places then
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any


def limit(what: str, soft: int) -> None:
    """Take no more than this, where the system knows how to see to it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        kind = getattr(resource, what)
        resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))


def spent() -> int:
    """Seconds that this process has computed."""
    times = os.times()
    return int(times.user + times.system)


def put(model: Any, cell: list[Any]) -> None:
    """Write a cell; what IronCalc does not take stays empty."""
    row, column, content = cell
    if isinstance(content, list):
        model.update_cell_with_formula(0, row + 1, column + 1, content[0])
    elif isinstance(content, bool):
        model.update_cell_with_bool(0, row + 1, column + 1, content)
    elif isinstance(content, str):
        model.update_cell_with_text(0, row + 1, column + 1, content)
    else:
        model.update_cell_with_number(0, row + 1, column + 1, float(content))


def begun(ironcalc: Any, kept: dict[str, bytes], message: list[Any]) -> Any:
    """A model as a return begins with it."""
    seconds, key, sheet, names = message
    limit("RLIMIT_CPU", spent() + seconds + 1)
    if key is not None:
        return ironcalc.load_from_bytes(kept[key], "en")
    model = ironcalc.create("book", "en", "UTC", "en")
    model.rename_sheet(0, sheet)
    for name, formula in names:
        model.new_defined_name(name, None, formula)
    return model


def main() -> None:
    # IronCalc prints of empty values, from Rust: so what it finds goes out elsewhere
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    lines = iter(sys.stdin.buffer.readline, b"")
    folders, memory = json.loads(next(lines))
    sys.path += folders
    import ironcalc

    limit("RLIMIT_AS", memory)
    kept: dict[str, bytes] = {}
    model: Any = None
    for line in lines:
        message = json.loads(line)
        found: list[Any] = []
        if len(message) == 4:
            model = begun(ironcalc, kept, message)
        elif message[0] == "keep":
            kept[message[1]] = model.to_bytes()
        else:
            cells, places = message
            for cell in cells:
                put(model, cell)
            model.evaluate()
            found = [model.get_cell_value(0, row + 1, column + 1) for row, column in places]
        out.write(json.dumps(found) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
