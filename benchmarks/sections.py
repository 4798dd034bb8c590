"""What else is measured: by size, of real numbers, of small lessons, on opening, of a class."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from measure import (
    HEADS,
    Command,
    Runs,
    hold,
    hold_ratio,
    in_turn,
    megabytes,
    ratio,
    seconds,
    table,
)
from places import HERE, LAYER, PYTHON, XLCONV, check, form, phases_command

STUDENTS = 1000

OPENED = ("values", "phase", "sp", "taps")
"""Forms that are opened."""


def floats(folder: Path) -> Iterator[str]:
    """Section 3: random doubles."""
    targets = folder / "whole.xlsx", folder / "float.xlsx"
    whole, real = in_turn(
        5, form("phase", 512, targets[0]), form("phase", 512, targets[1], "--floats")
    )
    hold_ratio("random doubles, of integers", real, whole, 1.4)
    rows = [
        [name, *runs.told(), megabytes(path)]
        for name, runs, path in zip(
            ("small integers", "random doubles"), (whole, real), targets, strict=True
        )
    ]
    yield table(["a million phases of", *HEADS, "file"], rows)
    yield f"{ratio(real.wall, whole.wall)} of the time. {check('exact', targets[1])}"


def small(folder: Path) -> Iterator[str]:
    """Section 4: the whole lesson, and the help."""
    build: Command = [XLCONV, "build", "--force", "-o", folder / "lesson.xlsx"]
    told: Command = [XLCONV, "--help"]
    rows = []
    for name, ours, theirs, most in (
        ("`xlconv build`", build, "import numpy, openpyxl", 1.5),
        ("`xlconv --help`", told, "import click", 1.2),
    ):
        a, b = in_turn(20, ours, [PYTHON, "-c", theirs])
        hold_ratio(f"{name}, of `{theirs}`", a, b, most)
        rows.append([name, *a.told(), "", ""])
        rows.append([f'`python -c "{theirs}"`', *b.told(), ratio(a.wall, b.wall)])
        rows[-1].append(ratio(a.cpu, b.cpu))
    yield "Each command, and below it what it is so many times as long as."
    yield table(["command", *HEADS, "ratio", "of CPU"], rows)


def opening(folder: Path) -> Iterator[str]:
    """Section 5: what a person feels on opening."""
    told, rows, tiny = Path.as_uri(folder / "profile"), [], folder / "tiny.xlsx"
    office = ["soffice", f"-env:UserInstallation={told}", "--headless", "--convert-to", "csv"]
    office += ["--outdir", str(folder)]
    times = 3 * bool(shutil.which("soffice"))
    Runs().run(form("values", 1, tiny))
    (empty,) = in_turn(2 * times, [*office, tiny])
    for size in (64, 512):
        targets = {name: folder / f"{name}_{size}.xlsx" for name in OPENED}
        for name, target in targets.items():
            Runs().run(form(name, size, target))
        commands: list[Command] = [[*office, target] for target in targets.values()]
        beyond = [runs.beyond(empty) for runs in in_turn(times, *commands)]
        for (name, target), runs in zip(targets.items(), beyond, strict=True):
            pairs = (check("open", target).split() for _ in range(3))
            load, evaluate = zip(*(map(float, pair) for pair in pairs), strict=True)
            said = [*runs.told(), seconds(load), seconds(evaluate)]
            rows.append([f"{(2 * size) ** 2:,}", name, megabytes(target), *said])
    for name, runs in list(zip(OPENED, beyond, strict=True))[1:3] if times else ():
        hold_ratio(f"LibreOffice opens {name}, of values", runs, beyond[0], 3)
    yield (
        "LibreOffice: until a first sheet of one cell is converted to CSV, less the quickest of the"
        " same for a file of one cell; values are in the file, as always. IronCalc: load, then"
        " evaluate, three times."
    )
    heads = ["output cells", "form", "file MB", *HEADS]
    yield table([*heads, "IronCalc load s", "evaluate s"], rows)


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
    variants, keys, gradings = Runs(), Runs(), Runs()
    variants.run(hand_out)
    keys.run([*hand_out, "--keys"])
    gradings.run(grade)
    totals = (line.split(",") for line in (marks / "marks.csv").read_text("utf-8-sig").split("\n"))
    assert sum("100" in line[3:] for line in totals) >= STUDENTS
    rows = []
    for what, runs in (
        ("variants", variants),
        ("and their keys", keys),
        ("gradings, with feedback", gradings),
    ):
        hold(f"{STUDENTS:,} {what}: under 60 s", f"{runs.wall[0]:.0f} s", runs.wall[0] < 60)
        rows.append([what, *runs.told()])
    yield table([f"{STUDENTS:,} of the shipped worksheet", *HEADS], rows)


def commands(folder: Path) -> Iterator[str]:
    """Section 8: what else may take long; the peaks are of the command's own process."""
    lesson, phases, made = (folder / f"{name}.xlsx" for name in ("lesson", "phases", "made"))
    Runs().run([XLCONV, "build", "--force", "-o", lesson])
    Runs().run(phases_command("512x512", phases))
    Runs().run([PYTHON, HERE / "arrays.py", folder])
    arrays = [f"--{name}={folder / name}.npy" for name in ("input", "weight", "output")]
    wide = ["--input", "128x8x8", "--weight", "128x1x3x3", "--stride", "2", "--force"]
    given: dict[str, Command] = {
        "128 input channels in `collect`": ["layer", *wide, "--view", "collect", "-o", made],
        "a network of four layers": ["build", "auto-encoder", "--force", "-o", made],
        "`check` of the main lesson": ["check", lesson],
        "`check` of a million phases": ["check", phases],
        "`compare` of 256x128x4x4": ["compare", *arrays, *LAYER[2:-1]],
    }
    rows = []
    for name, args in given.items():
        runs = Runs()
        for _ in range(3):
            runs.run([XLCONV, *args], code=int(args[0] == "compare"))  # 1: they differ
        rows.append([name, *runs.told()])
    huge: list[str | Path] = ["--weight", "3x3", "--force", "-o", made]
    for size in ("100000x100000", "1000000000x1000000000"):
        runs = Runs()
        for _ in range(3):
            runs.run([XLCONV, "layer", "--input", size, *huge], code=2)
        rows.append([f"an input of {size}, refused", *runs.told()])
        hold(f"{size} is refused within 2 s", f"{median(runs.wall):.1f} s", median(runs.wall) < 2)
        hold(f"{size} is refused within 300 MB", f"{runs.peak:.0f} MB", runs.peak < 300)
    yield table(["command", *HEADS], rows)
