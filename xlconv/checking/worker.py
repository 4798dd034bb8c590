"""IronCalc in a process of its own: a program, started by `engine` and imported by nobody.

Lines of JSON come in: the folders to find IronCalc in, the limits and the longest text; the names
of the sheets; names and their formulas; then cells, each sheet, row, column, value and whether it
is a formula. An empty line ends them. Cells with their values go out, and an empty line.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any


def limit(memory: int, seconds: int) -> None:
    """Take no more than this, where the system knows how to see to it."""
    with suppress(ImportError):
        import resource

        limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds}
        for what, most in limits.items():
            with suppress(ValueError, OSError):  # it is less already
                resource.setrlimit(what, (most, most))


def end_with_parent() -> None:
    """End once the other end of stdin is closed: a signal comes then that nobody handles."""
    with suppress(ImportError, OSError):
        import fcntl
        import select

        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([0], [], [], 0)[0]:  # it was closed before
            sys.exit(1)


def put(model: Any, cell: list[Any]) -> None:
    """Write a cell; what IronCalc does not take stays empty."""
    sheet, row, column, value, formula = cell
    if formula:
        write = model.update_cell_with_formula
    elif isinstance(value, bool):
        write = model.update_cell_with_bool
    else:
        number = isinstance(value, float)
        write = model.update_cell_with_number if number else model.update_cell_with_text
    write(sheet, row, column, value)


def main() -> None:
    # IronCalc prints of empty values, from Rust: so what it finds goes out elsewhere
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    lines = iter(sys.stdin.buffer.readline, b"\n")
    folders, memory, seconds, longest = json.loads(next(lines))
    sys.path += folders
    import ironcalc

    limit(memory, seconds)
    model = ironcalc.create("book", "en", "UTC", "en")
    sheets, names = json.loads(next(lines)), json.loads(next(lines))
    model.rename_sheet(0, sheets[0])
    for sheet in sheets[1:]:
        model.add_sheet(sheet)
    for name, formula in names:
        with suppress(ironcalc.WorkbookError):
            model.new_defined_name(name, None, formula)
    for line in lines:
        put(model, json.loads(line))
    end_with_parent()
    model.evaluate()
    for at in model.get_all_cells():
        value = model.get_cell_value(*at)
        shown = value[:longest] if isinstance(value, str) else value
        out.write(json.dumps([*at, shown]) + "\n")
    out.write("\n")
    out.flush()


if __name__ == "__main__":
    main()
