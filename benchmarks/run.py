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
from pathlib import Path

from measure import ENVIRONMENT, HELD, loop, table
from places import HERE, PYTHON, install
from sections import a_class, commands, floats, opening, right, small
from sizes import linear
from writers import writers

SECTIONS = {
    "1. Beside other writers": writers,
    "2. Linear": linear,
    "3. Floats": floats,
    "4. The small case": small,
    "5. Opening": opening,
    "6. Every cell": right,
    "7. A class": a_class,
    "8. Other commands": commands,
}


def machine() -> str:
    """What this was measured on, and with what."""
    model = re.findall(
        r"model name\s*: (.*)",
        Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else "",
    )
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
        f" {platform.platform()}; Python {platform.python_version()}. {told}."
        + (f" {office.stdout.split('(')[0].strip()}." if office else "")
    )


def pace() -> str:
    """How busy the machine is, and how fast: what makes two runs comparable."""
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return f"load {load}, ten million turns of an empty loop in {loop():.3f} s"


def main() -> None:
    """Run the sections named on the command line, or all of them and write RESULTS.md."""
    start = time.perf_counter()
    install()
    only = sys.argv[1:]
    told, before = machine(), pace()
    text = []
    with tempfile.TemporaryDirectory() as folder:
        for head, section in SECTIONS.items():
            if only and head[0] not in only:
                continue
            print(f"== {head}", flush=True)
            text.append(f"## {head}\n\nBefore: {pace()}.\n")
            for part in section(Path(folder)):
                print(part, flush=True)
                text.append(part + "\n")
    text.append(f"Measured in {(time.perf_counter() - start) / 60:.0f} minutes.\n")
    told += f"\n\nBefore: {before}; after: {pace()}."
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
