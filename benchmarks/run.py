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
from collections.abc import Iterator, Sequence
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
STUDENTS = 1000


def install() -> None:
    """An environment of its own, with xlconv as a user installs it."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, *PACKAGES], check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", ROOT], check=True, env=ENVIRONMENT)
    subprocess.run([*pip, ROOT], check=True, env=ENVIRONMENT)


def check(name: str, *paths: Path) -> str:
    """What one of checks.py prints; if it finds a fault, this ends."""
    command: list[str | Path] = [PYTHON, HERE / "checks.py", name, *paths]
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
    )
    if done.returncode:
        sys.exit(f"{name} {paths}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


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
        assert int(check("same", ours[text], target)) > 1_000_000
        mine, fastest, texts = in_turn(PAIRS, command, peer("rustypyxl"), peer("none"))
        whole[text] = mine
        pairs = [a / b for a, b in zip(mine.wall, fastest.wall, strict=True)]
        HELD.append(
            (
                f"{text} text: at most 1.0 of rustypyxl",
                ratio(mine.wall, fastest.wall),
                median(pairs) <= 1,
            )
        )
        HELD.append((f"{text} text: peak under 150 MB", f"{mine.peak:.0f}", mine.peak < 150))
        values = "yes, and styles"
        rows += [
            [
                f"**xlconv**, {text}",
                seconds(mine.wall),
                seconds(mine.cpu),
                f"{mine.peak:.0f}",
                megabytes(ours[text]),
                values,
                "1",
            ],
            [
                f"{PEERS['rustypyxl']}, {text}",
                seconds(fastest.wall),
                seconds(fastest.cpu),
                f"{fastest.peak:.0f}",
                megabytes(target),
                "no",
                ratio(mine.wall, fastest.wall),
            ],
            [
                f"(making its {text} texts, nothing written)",
                seconds(texts.wall),
                seconds(texts.cpu),
                "",
                "",
                "",
                "",
            ],
        ]
        if text == "phase":
            for name in list(PEERS)[1:]:
                pair = in_turn(1, command, peer(name))
                if name == "xlsxwriter":
                    part = pair[0].wall[0] / pair[1].wall[0]
                    HELD.append(("at most 1/20 of XlsxWriter", f"1/{1 / part:.0f}", part <= 1 / 20))
                rows.append(
                    [
                        f"{PEERS[name]}, {text}",
                        seconds(pair[1].wall),
                        seconds(pair[1].cpu),
                        f"{pair[1].peak:.0f}",
                        megabytes(target),
                        "one constant" if name == "xlsxwriter" else "no",
                        ratio(pair[0].wall, pair[1].wall),
                    ]
                )
    yield (
        "1,048,576 formula cells (phase text) and 1,052,676 (taps text) beside 262,144 numbers, in"
        f" the same places with the same formula texts (compared); {PAIRS} pairs with"
        " rustypyxl, one"
        " with each other. Wall and CPU seconds, median (least to greatest); peak and file in MB;"
        " the last column is xlconv's wall time as a part of the peer's, pair by pair."
    )
    yield table(["writer", "wall s", "CPU s", "peak", "file", "values", "xlconv / it"], rows)
    sp, collect = folder / "sp.xlsx", folder / "collect.xlsx"
    command = [XLCONV, "layer", "--input", "512x512", *LAYER, "--view", "collect", "-o", collect]
    alone, view = in_turn(3, form("sp", 512, sp), command)
    said = []
    for runs, path in ((whole["phase"], ours["phase"]), (alone, sp), (view, collect)):
        count = int(check("cells", path))
        said.append((runs, count, min(runs.cpu) / count * 1e6))
    (_, count, each), (runs, *of_sp), (shown, *of_view) = said
    HELD.append(("sp: no more CPU a cell than phase", f"{of_sp[1] / each:.2f}", of_sp[1] <= each))
    yield (
        "SUMPRODUCT over the stretched input (sp), which has a cell for each zero, too:"
        f" {of_sp[0]:,}"
        f" cells in {seconds(runs.wall)} s, {of_sp[1]:.2f} µs of CPU a cell where phase takes"
        f" {each:.2f} for each of {count:,}. The whole `--view collect`, with the taps beside it:"
        f" {of_view[0]:,} cells in {seconds(shown.wall)} s, {of_view[1]:.2f} µs; peak"
        f" {shown.peak:.0f} MB."
    )


def linear(folder: Path) -> Iterator[str]:
    """Section 2: cost by size."""
    sizes = [50, 158, 512, 1024]
    target = folder / "linear.xlsx"
    commands = [phases_command(f"{n}x{n}", target) for n in sizes]
    found = [in_turn(n, c)[0] for n, c in zip([31, 31, 9, 5], commands, strict=True)]
    (least,) = in_turn(15, phases_command("1x1", target))
    cells = [(2 * n) ** 2 + (n + 2) ** 2 for n in sizes]
    # shown: the input in its margin, the output; beside them: the input, and the model's output
    arrays = [
        8 * (count + n * n + (2 * n) ** 2) / 1e6 for n, count in zip(sizes, cells, strict=True)
    ]
    walls, cpus = (
        [min(times) for times in kind]
        for kind in zip(*[(r.wall, r.cpu) for r in found], strict=True)
    )
    start, spread = start_up(walls, cells)
    start_cpu, _ = start_up(cpus, cells)
    rows = [
        [
            f"{(2 * n) ** 2:,}",
            f"{count:,}",
            seconds(runs.wall),
            f"{(wall - start) / count * 1e6:.2f}",
            f"{cpu:.2f}",
            f"{(cpu - start_cpu) / count * 1e6:.2f}",
            f"{runs.peak:.0f}",
            f"{held:.0f}",
            f"{runs.peak - held:.0f}",
        ]
        for n, count, runs, wall, cpu, held in zip(
            sizes, cells, found, walls, cpus, arrays, strict=True
        )
    ]
    beyond = [runs.peak - held for runs, held in zip(found, arrays, strict=True)]
    grown = max(beyond) - beyond[0]
    HELD.append(("time a cell: within 1.5 from 10k to 4M", f"{spread:.2f}", spread <= 1.5))
    HELD.append(
        (
            "peak beyond the arrays: from 10k to 4M no more than 10 MB",
            f"{grown:.0f} MB",
            grown <= 10,
        )
    )
    more = [
        (wall - before) / (count - fewer) * 1e6
        for before, wall, fewer, count in zip(walls, walls[1:], cells, cells[1:], strict=False)
    ]
    yield (
        "`--view phases`, the quickest runs; a cell's time is what goes beyond a start-up of"
        f" {start:.3f} s,"
        f" the one fixed start-up that brings the four nearest to each other ({start_cpu:.3f} s"
        " of CPU);"
        f" an input of 1 x 1 takes {min(least.wall):.3f} s. Without any: a cell more costs"
        f" {', '.join(f'{m:.2f}' for m in more)} µs from each size to the next, more in small"
        " sheets, whose"
        " few rows must pay for the shapes of rows that large ones use again and again. The"
        " arrays are the"
        " input, what is shown of it and of the output, and the output as the model has it;"
        " peaks are in MB."
    )
    yield table(
        [
            "formula cells",
            "all cells",
            "wall s",
            "µs a cell",
            "CPU s",
            "µs a cell",
            "peak",
            "arrays",
            "peak beyond",
        ],
        rows,
    )


def start_up(times: Sequence[float], cells: Sequence[int]) -> tuple[float, float]:
    """The start-up beyond which the times of a cell are nearest to each other, how far apart."""
    found = []
    for thousandth in range(1000):
        start = min(times) * thousandth / 1000
        each = [(total - start) / count for total, count in zip(times, cells, strict=True)]
        found.append((max(each) / min(each), start))
    spread, start = min(found)
    return start, spread


def floats(folder: Path) -> Iterator[str]:
    """Section 3: random doubles."""
    targets = folder / "whole.xlsx", folder / "float.xlsx"
    whole, real = in_turn(
        3, form("phase", 512, targets[0]), form("phase", 512, targets[1], "--floats")
    )
    yield (
        f"The same sheet of small integers {seconds(whole.wall)} s, {megabytes(targets[0])} MB; of"
        f" random doubles {seconds(real.wall)} s, {megabytes(targets[1])} MB:"
        f" {ratio(real.wall, whole.wall)}"
        f" of the time. {check('exact', targets[1])}"
    )


def small(folder: Path) -> Iterator[str]:
    """Section 4: the whole lesson, and the help."""
    build: list[str | Path] = [XLCONV, "build", "--force", "-o", folder / "lesson.xlsx"]
    rows = []
    told: list[str | Path] = [XLCONV, "--help"]
    for name, ours, theirs, most in (
        ("`xlconv build`", build, "import numpy, openpyxl", 2),
        ("`xlconv --help`", told, "import click", 3),
    ):
        a, b = in_turn(20, ours, [PYTHON, "-c", theirs])
        part = median(x / y for x, y in zip(a.wall, b.wall, strict=True))
        HELD.append(
            (f"{name}: at most {most} times `{theirs}`", ratio(a.wall, b.wall), part <= most)
        )
        rows.append(
            [
                name,
                seconds(a.wall),
                f'`python -c "{theirs}"`',
                seconds(b.wall),
                ratio(a.wall, b.wall),
                ratio(a.cpu, b.cpu),
            ]
        )
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
            load, evaluate = map(float, check("open", target).split())
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
        "LibreOffice: until a first sheet of one cell is converted to CSV, less the same for a"
        " file of one cell; values are in the file, as always. IronCalc: load, then evaluate."
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
    """Section 6: every cell."""
    target = folder / "phase.xlsx"
    Runs().run(phases_command("512x512", target))
    yield check("right", target)


def a_class(folder: Path) -> Iterator[str]:
    """Section 7: a class of 1,000, and their returns: the keys, a formula in each blank."""
    roster, made, marks = folder / "roster.csv", folder / "class", folder / "marks"
    lines = (f"{n},Student {n}" for n in range(STUDENTS))
    roster.write_text("\n".join(["id,name", *lines]), "utf-8")
    hand_out: Command = [XLCONV, "class", "worksheet", roster, "-o", made]
    returned = made / "teacher" / "keys"
    grade: Command = [XLCONV, "grade", returned, "--class", made / "teacher", "-o", marks]
    variants, gradings = Runs(), Runs()
    for _ in range(3):
        for kept in (made, marks):
            shutil.rmtree(kept, ignore_errors=True)
        variants.run(hand_out)
        Runs().run([*hand_out, "--keys"])
        gradings.run(grade)
    totals = (line.split(",") for line in (marks / "marks.csv").read_text("utf-8-sig").split("\n"))
    assert sum("100" in line[3:] for line in totals) >= STUDENTS
    rows = []
    for what, runs in (("variants", variants), ("gradings, with feedback", gradings)):
        most = median(runs.wall)
        HELD.append((f"{STUDENTS:,} {what}: under 60 s", f"{most:.0f} s", most < 60))
        rows.append([what, seconds(runs.wall), seconds(runs.cpu), f"{runs.peak:.0f}"])
    yield f"{STUDENTS:,} of the shipped worksheet: wall and CPU seconds, peak in MB."
    yield table([f"{STUDENTS:,}", "wall s", "CPU s", "peak"], rows)


HELD: list[tuple[str, str, bool]] = []
"""What must hold, what was measured, and whether it holds."""


SECTIONS = {
    "1. Beside other writers": speed,
    "2. Linear": linear,
    "3. Floats": floats,
    "4. The small case": small,
    "5. Opening": opening,
    "6. Every cell": right,
    "7. A class": a_class,
}


def machine() -> str:
    model = re.findall(
        r"model name\s*: (.*)",
        Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else "",
    )
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
        env=ENVIRONMENT,
    )
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
        f"{model[0] if model else platform.processor()}, {os.cpu_count()} cores;"
        f" {platform.platform()}; Python {platform.python_version()}; load before {load}. {told}."
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
    head = f"# Results\n\nWritten by `make bench`, as a whole.\n\n{told}\n\n## What must hold\n\n"
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
