"""A million formulas beside the other writers of Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from measure import (
    HEADS,
    Command,
    Runs,
    hold,
    hold_ratio,
    in_turn,
    megabytes,
    one_core,
    ratio,
    table,
)
from places import HERE, LAYER, PYTHON, XLCONV, check, form, phases_command

FASTEST = "rustypyxl"
PEERS = {
    FASTEST: "rustypyxl, write-only",
    "rust_xlsxwriter": "rust_xlsxwriter (rvgsrust-xlsxwriter)",
    "pyexcelerate": "pyexcelerate",
    "openpyxl": "openpyxl, write-only",
    "xlsxwriter": "XlsxWriter, constant_memory",
}
MOST = {"phase": 1.0, "taps": 0.7}
"""Of the fastest other writer's time."""

PAIRS = 7


def writers(folder: Path) -> Iterator[str]:
    """Section 1: each form's texts beside the other writers, and the forms beside one another."""
    ours = {text: folder / f"{text}.xlsx" for text in MOST}
    write = {
        "phase": phases_command("512x512", ours["phase"]),
        "taps": form("taps", 512, ours["taps"]),
    }
    rows: list[list[object]] = []
    for text, command in write.items():
        rows += _beside(text, command, ours[text], folder)
    yield (
        "1,048,576 formula cells (phase text) and 1,052,676 (taps text) beside 262,144 numbers, in"
        " the same places with the same formula texts (compared). Wall and CPU (user + system)"
        " seconds, median (least to greatest); load before; peak and file in MB; the last columns"
        " are xlconv's time as a part of the peer's, pair by pair."
    )
    yield table(["writer", *HEADS, "file", "values", "xlconv / it", "by CPU"], rows)
    yield _forms(write["phase"], ours["phase"], folder)


def _beside(text: str, command: Command, ours: Path, folder: Path) -> Iterator[list[object]]:
    """The rows of one form's texts."""
    Runs().run(command)
    plan, target = folder / f"{text}.json", folder / "peer.xlsx"
    plan.write_text(json.dumps(plan_of(ours, 512)))

    def peer(name: str) -> Command:
        return [PYTHON, HERE / "peers.py", name, text, plan, target]

    Runs().run(peer(FASTEST))
    assert int(check("same", ours, target)) > 1_000_000
    mine, fastest, texts = in_turn(PAIRS, command, peer(FASTEST), peer("none"))
    a, b = in_turn(PAIRS, one_core(command), one_core(peer(FASTEST)))
    hold_ratio(f"{text} text, of rustypyxl", mine, fastest, MOST[text])
    hold_ratio(f"{text} text, of rustypyxl on one core", a, b, MOST[text], "wall")
    hold(f"{text} text: peak under 150 MB", f"{mine.peak:.0f}", mine.peak < 150)
    sizes = megabytes(ours), megabytes(target)
    for where, own, other in (("", mine, fastest), (", one core", a, b)):
        yield [f"**xlconv**, {text}{where}", *own.told(), sizes[0], "yes, and styles", 1, 1]
        said = ratio(own.wall, other.wall), ratio(own.cpu, other.cpu)
        yield [f"{PEERS[FASTEST]}, {text}{where}", *other.told(), sizes[1], "no", *said]
    yield [f"(making its {text} texts, nothing written)", *texts.told(), "", "", "", ""]
    for name in list(PEERS)[1:] if text == "phase" else ():
        a, b = in_turn(1, command, peer(name))
        if name == "xlsxwriter":
            part = a.wall[0] / b.wall[0]
            hold("at most 1/20 of XlsxWriter", f"1/{1 / part:.0f}", part <= 1 / 20)
        values = "one constant" if name == "xlsxwriter" else "no"
        said = ratio(a.wall, b.wall), ratio(a.cpu, b.cpu)
        yield [f"{PEERS[name]}, {text}", *b.told(), megabytes(target), values, *said]


def _forms(phase: Command, written: Path, folder: Path) -> str:
    """What the forms take a cell."""
    sp, collect = folder / "sp.xlsx", folder / "collect.xlsx"
    made: Command = [XLCONV, "layer", "--input", "512x512", *LAYER, "-o", collect]
    found = in_turn(3, phase, form("sp", 512, sp), [*made, "--view", "collect"])
    cells = [int(check("cells", path)) for path in (written, sp, collect)]
    each = [min(runs.cpu) / count * 1e6 for runs, count in zip(found, cells, strict=True)]
    hold("sp: no more CPU a cell than phase", f"{each[1] / each[0]:.2f}", each[1] <= each[0])
    names = "phase", "sp: a cell for each zero, too", "`--view collect`: sp, the taps beside it"
    rows = [
        [name, f"{count:,}", *runs.told(), f"{one:.2f}"]
        for name, count, runs, one in zip(names, cells, found, each, strict=True)
    ]
    return table(["sheet", "cells", *HEADS, "µs of CPU a cell"], rows)


def plan_of(path: Path, size: int) -> dict[str, object]:
    """Where the blocks of xlconv's file stand, from its defined names."""
    with ZipFile(path) as parts:
        text = parts.read("xl/workbook.xml").decode()
    areas = dict(
        re.findall(r"<definedName name=\"[a-z]+?_(\w+)\">[^!]*!([^<]*)</definedName>", text)
    )

    def place(name: str) -> list[int]:
        letters, row = re.findall(r"\$([A-Z]+)\$(\d+)", areas[name])[0]
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return [int(row) - 1, column - 1]

    kernels = [areas[f"phase_{n}"] for n in range(4) if f"phase_{n}" in areas]
    full = "output_full" if "output_full" in areas else "output"
    places = {"input": place("input"), "output": place(full), "kernel": place("kernel")}
    return {"size": size, "kernels": kernels, **places}
