"""Measure xlconv beside other writers, and write RESULTS.md: python benchmarks/run.py

Everything is installed into .venv-bench first. Commands run as whole processes, in turn; ratios are
taken pair by pair. No figure in RESULTS.md comes from anywhere but this run.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from zipfile import ZipFile

from measure import ENVIRONMENT, Command, Runs, in_turn, megabytes, ratio, seconds, table

HERE = Path(__file__).parent
ROOT = HERE.parent
VENV = ROOT / ".venv-bench"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON, XLCONV = BIN / "python", BIN / "xlconv"
PEERS = {
    "rustypyxl": "rustypyxl, write-only",
    "rust_xlsxwriter": "rust_xlsxwriter (rvgsrust-xlsxwriter)",
    "pyexcelerate": "pyexcelerate",
    "openpyxl": "openpyxl, write-only",
    "xlsxwriter": "XlsxWriter, constant_memory",
}
PACKAGES = ["rustypyxl", "rvgsrust-xlsxwriter", "pyexcelerate", "xlsxwriter", "ironcalc==0.9.1"]
LAYER = ["--weight", "4x4", "--stride", "2", "--padding", "1", "--force"]
PAIRS = 7
CELL = re.compile(r'<c r="([A-Z]+\d+)"[^>]*>(?:<f>([^<]*)</f>)?(?:<v>([^<]*)</v>)?')


def install() -> None:
    """An environment of its own, with xlconv as a user installs it."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES], check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", ROOT], check=True, env=ENVIRONMENT)
    subprocess.run([*pip, ROOT], check=True, env=ENVIRONMENT)


def sheet_xml(path: Path) -> str:
    """The largest sheet of a workbook."""
    with ZipFile(path) as parts:
        names = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        return parts.read(max(names, key=lambda n: parts.getinfo(n).file_size)).decode()


def formulas(path: Path) -> dict[str, str]:
    return {cell[1]: cell[2] for cell in CELL.finditer(sheet_xml(path)) if cell[2]}


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
    places = {name: place(name) for name in ("input", "output", "kernel")}
    return {"size": size, "kernels": kernels, **places}


def form(name: str, size: int, target: Path, *options: str) -> Command:
    return [PYTHON, HERE / "forms.py", name, str(size), target, *options]


def phases_command(size: str, target: Path) -> Command:
    return [XLCONV, "layer", "--input", size, *LAYER, "--view", "phases", "-o", target]


def speed(folder: Path) -> Iterator[str]:
    """Section 1: beside the other writers."""
    ours = {"phase": folder / "phase.xlsx", "taps": folder / "taps.xlsx"}
    write = {
        "phase": phases_command("512x512", ours["phase"]),
        "taps": form("taps", 512, ours["taps"]),
    }
    rows: list[list[object]] = []
    whole: dict[str, Runs] = {}
    for text, command in write.items():
        Runs().run(command)
        plan, target = folder / f"{text}.json", folder / "peer.xlsx"
        plan.write_text(json.dumps(plan_of(ours[text], 512)))

        def peer(name: str, text: str = text, plan: Path = plan, target: Path = target) -> Command:
            return [PYTHON, HERE / "peers.py", name, text, plan, target]

        Runs().run(peer("rustypyxl"))
        same = formulas(ours[text]), formulas(target)
        kept = {cell: formula for cell, formula in same[0].items() if cell in same[1]}
        assert kept == same[1], "the peer's formulas are not those of xlconv's file"
        assert len(kept) > 1_000_000
        mine, fastest, texts = in_turn(PAIRS, command, peer("rustypyxl"), peer("none"))
        whole[text] = mine
        pairs = [a / b for a, b in zip(mine.wall, fastest.wall, strict=True)]
        HELD.append(
            (f"{text} text: at most 1.0 of rustypyxl", ratio(mine.wall, fastest.wall), median(pairs) <= 1)
        )  # fmt: skip
        HELD.append((f"{text} text: peak under 150 MB", f"{mine.peak:.0f}", mine.peak < 150))
        values = "yes, and styles"
        rows += [
            [f"**xlconv**, {text}", seconds(mine.wall), seconds(mine.cpu), f"{mine.peak:.0f}",
             megabytes(ours[text]), values, "1"],
            [f"{PEERS['rustypyxl']}, {text}", seconds(fastest.wall), seconds(fastest.cpu),
             f"{fastest.peak:.0f}", megabytes(target), "no", ratio(mine.wall, fastest.wall)],
            [f"(making its {text} texts, nothing written)", seconds(texts.wall), seconds(texts.cpu),
             "", "", "", ""],
        ]  # fmt: skip
        if text == "phase":
            for name in list(PEERS)[1:]:
                pair = in_turn(1, command, peer(name))
                if name == "xlsxwriter":
                    part = pair[0].wall[0] / pair[1].wall[0]
                    HELD.append(("at most 1/20 of XlsxWriter", f"1/{1 / part:.0f}", part <= 1 / 20))
                rows.append(
                    [f"{PEERS[name]}, {text}", seconds(pair[1].wall), seconds(pair[1].cpu),
                     f"{pair[1].peak:.0f}", megabytes(target), "one constant" if name == "xlsxwriter" else "no",
                     ratio(pair[0].wall, pair[1].wall)]
                )  # fmt: skip
    yield (
        "1,048,576 formula cells (phase text) and 1,052,676 (taps text) beside 262,144 numbers, in"
        f" the same places with the same formula texts (compared); {PAIRS} pairs with rustypyxl, one"
        " with each other. Wall and CPU seconds, median (least to greatest); peak and file in MB;"
        " the last column is xlconv's wall time as a part of the peer's, pair by pair."
    )
    yield table(["writer", "wall s", "CPU s", "peak", "file", "values", "xlconv / it"], rows)
    collect = folder / "collect.xlsx"
    command = [XLCONV, "layer", "--input", "512x512", *LAYER, "--view", "collect", "-o", collect]
    (mine,) = in_turn(3, command)
    counts = {path: sheet_xml(path).count("<c ") for path in (ours["phase"], collect)}
    parts = [
        min(runs.wall) / counts[path] * 1e6
        for runs, path in ((whole["phase"], ours["phase"]), (mine, collect))
    ]
    HELD.append(
        ("collect in proportion: at most 1.0 of phases a cell", f"{parts[1] / parts[0]:.2f}", parts[1] <= parts[0])
    )  # fmt: skip
    yield (
        f"`--view collect` of the same layer (the stretched input, SUMPRODUCT over it, and the taps"
        f" beside it): {counts[collect]:,} cells in {seconds(mine.wall)} s, {parts[1]:.2f} µs a cell"
        f" where phases takes {parts[0]:.2f} for each of {counts[ours['phase']]:,}; peak {mine.peak:.0f} MB."
    )


def linear(folder: Path) -> Iterator[str]:
    """Section 2: cost by size."""
    sizes = [50, 158, 512, 1024]
    target = folder / "linear.xlsx"
    commands = [phases_command(f"{n}x{n}", target) for n in [4, *sizes]]
    start, *found = (in_turn(n, c)[0] for n, c in zip([9, 9, 7, 5, 3], commands, strict=True))
    rows, each, beyond = [], [], []
    for n, runs in zip(sizes, found, strict=True):
        cells = (2 * n) ** 2 + (n + 2) ** 2
        each.append((min(runs.cpu) - min(start.cpu)) / cells)
        arrays = 8 * (cells + n * n) / 1e6  # what is shown, and the input
        beyond.append(runs.peak - start.peak - arrays)
        rows.append(
            [f"{(2 * n) ** 2:,}", f"{cells:,}", seconds(runs.wall),
             f"{(min(runs.wall) - min(start.wall)) / cells * 1e6:.2f}",
             f"{(min(runs.cpu) - min(start.cpu)) / cells * 1e6:.2f}", f"{runs.peak:.0f}",
             f"{arrays:.0f}", f"{runs.peak - start.peak - arrays:.0f}"]
        )  # fmt: skip
    apart = max(each[1:]) / min(each[1:])
    HELD.append(("100k, 1M, 4M cells: CPU a cell within 1.5", f"{apart:.2f}", apart <= 1.5))
    apart = max(each) / min(each)
    HELD.append(("10k cells, too", f"{apart:.2f}", apart <= 1.5))
    yield (
        f"`--view phases`, beyond the start-up: {min(start.wall):.2f} s and {start.peak:.0f} MB for"
        " an input of 4 x 4. A cell's time is that of the quickest run."
    )
    yield table(
        ["formula cells", "all cells", "wall s", "wall µs a cell", "CPU µs a cell", "peak MB",
         "arrays MB", "peak beyond both MB"], rows,
    )  # fmt: skip


def floats(folder: Path) -> Iterator[str]:
    """Section 3: random doubles."""
    targets = folder / "whole.xlsx", folder / "float.xlsx"
    whole, real = in_turn(
        3, form("phase", 512, targets[0]), form("phase", 512, targets[1], "--floats")
    )
    found = subprocess.run(
        [PYTHON, HERE / "exact.py", targets[1]], check=True, capture_output=True, text=True, env=ENVIRONMENT
    )  # fmt: skip
    yield (
        f"The same sheet of small integers {seconds(whole.wall)} s, {megabytes(targets[0])} MB; of"
        f" random doubles {seconds(real.wall)} s, {megabytes(targets[1])} MB: {ratio(real.wall, whole.wall)}"
        f" of the time. {found.stdout.strip()}"
    )


def small(folder: Path) -> Iterator[str]:
    """Section 4: the whole lesson, and the help."""
    build = [XLCONV, "build", "--force", "-o", folder / "lesson.xlsx"]
    rows = []
    for name, ours, theirs in (
        ("`xlconv build`", build, "import numpy, openpyxl"),
        ("`xlconv --help`", [XLCONV, "--help"], "import click"),
    ):
        a, b = in_turn(20, ours, [PYTHON, "-c", theirs])
        most = {"`xlconv build`": 2, "`xlconv --help`": 3}[name]
        part = median(x / y for x, y in zip(a.wall, b.wall, strict=True))
        HELD.append(
            (f"{name}: at most {most} times `{theirs}`", ratio(a.wall, b.wall), part <= most)
        )
        rows.append(
            [name, seconds(a.wall), f'`python -c "{theirs}"`', seconds(b.wall), ratio(a.wall, b.wall),
             ratio(a.cpu, b.cpu)]
        )  # fmt: skip
    yield table(["command", "wall s", "beside", "wall s", "ratio", "ratio of CPU"], rows)


def opening(folder: Path) -> Iterator[str]:
    """Section 5: what a person feels on opening."""
    profile = (folder / "profile").as_uri()
    office = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "csv"]
    rows = []
    if shutil.which("soffice"):
        (empty,) = in_turn(2, [*office, "--outdir", folder, tiny(folder)])
    for size in (64, 512):
        for name in ("values", "phase", "sp", "taps"):
            target = folder / f"{name}_{size}.xlsx"
            Runs().run(form(name, size, target))
            said, peak = "", ""
            if shutil.which("soffice"):
                (runs,) = in_turn(2 if size < 512 else 1, [*office, "--outdir", folder, target])
                said, peak = f"{min(runs.wall) - min(empty.wall):.1f}", f"{runs.peak:.0f}"
            engine = Runs()
            took = subprocess.run(
                [PYTHON, HERE / "engine.py", target],
                check=True,
                capture_output=True,
                env=ENVIRONMENT,
            )
            load, evaluate = map(float, took.stdout.split())
            del engine
            rows.append(
                [
                    f"{(2 * size) ** 2:,}",
                    name,
                    megabytes(target),
                    said,
                    peak,
                    f"{load:.1f}",
                    f"{evaluate:.1f}",
                ]
            )
    yield (
        "LibreOffice: until a first sheet of one cell is converted to CSV, less the same for a file of"
        " one cell; values are in the file, as always. IronCalc: load, then evaluate."
    )
    yield table(
        [
            "output cells",
            "form",
            "file MB",
            "LibreOffice s",
            "its peak MB",
            "IronCalc load s",
            "evaluate s",
        ],
        rows,
    )


def tiny(folder: Path) -> Path:
    target = folder / "tiny.xlsx"
    Runs().run(form("values", 1, target))
    return target


def right(folder: Path) -> Iterator[str]:
    """Section 7: every cell."""
    target = folder / "phase.xlsx"
    start = time.perf_counter()
    found = subprocess.run(
        [PYTHON, HERE / "recalculate.py", target], check=False, capture_output=True, text=True,
        env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if found.returncode:
        sys.exit(found.stdout + found.stderr)
    yield f"{found.stdout.strip()} ({time.perf_counter() - start:.0f} s)"


HELD: list[tuple[str, str, bool]] = []
"""What must hold, what was measured, and whether it holds."""


SECTIONS = {
    "1. Beside other writers": speed,
    "2. Linear": linear,
    "3. Floats": floats,
    "4. The small case": small,
    "5. Opening": opening,
    "7. Every cell": right,
}


def machine() -> str:
    model = re.findall(
        r"model name\s*: (.*)",
        Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else "",
    )
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        check=True, capture_output=True, env=ENVIRONMENT,
    )  # fmt: skip
    versions = {p["name"]: p["version"] for p in json.loads(listed.stdout)}
    office = (
        subprocess.run(["soffice", "--version"], check=False, capture_output=True, text=True)
        if shutil.which("soffice")
        else None
    )
    told = ", ".join(
        f"{name} {version}"
        for name, version in versions.items()
        if name not in ("pip", "setuptools")
    )
    return (
        f"{model[0] if model else platform.processor()}, {os.cpu_count()} cores; {platform.platform()};"
        f" Python {platform.python_version()}; load before {load}. {told}."
        + (f" {office.stdout.split('(')[0].strip()}." if office else "")
    )


def main() -> None:
    """Run the sections named on the command line, or all of them and write RESULTS.md."""
    start = time.perf_counter()
    install()
    only = sys.argv[1:]
    told = machine()
    text = []
    with tempfile.TemporaryDirectory() as folder:
        for head, section in SECTIONS.items():
            if only and head[0] not in only:
                continue
            print(f"== {head}", flush=True)
            text.append(f"## {head}\n")
            for part in section(Path(folder)):
                print(part, flush=True)
                text.append(part + "\n")
    text.append(f"Measured in {(time.perf_counter() - start) / 60:.0f} minutes.\n")
    head = (
        f"# Results\n\nWritten by `make bench` as a whole; the sections are numbered as in the issue"
        f" that asked for them.\n\n{told}\n\n## What must hold\n\n"
    )
    held = table(
        ["what", "measured", "holds"],
        [(what, measured, "yes" if holds else "**no**") for what, measured, holds in HELD],
    )
    print(held)
    if not only:
        told = "\n".join([head + held + "\n", *text])
        (HERE / "RESULTS.md").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
