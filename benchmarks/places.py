"""The commands that are measured, as a user has them, and what is asked of their files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from measure import ENVIRONMENT, Command

HERE = Path(__file__).parent
ROOT = HERE.parent
VENV = ROOT / ".venv-bench"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON, XLCONV = BIN / "python", BIN / "xlconv"
PACKAGES = ["rustypyxl", "rvgsrust-xlsxwriter", "pyexcelerate", "xlsxwriter", "ironcalc==0.9.1"]
LAYER = ["--weight", "4x4", "--stride", "2", "--padding", "1", "--force"]


def install() -> None:
    """An environment of its own, with xlconv as a user installs it."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", *quiet]
    subprocess.run([*pip, *PACKAGES], check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", ROOT], check=True, env=ENVIRONMENT)
    subprocess.run([*pip, ROOT], check=True, env=ENVIRONMENT, stderr=subprocess.DEVNULL)


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


def form(name: str, size: int, target: Path, *options: str) -> Command:
    return [PYTHON, HERE / "forms.py", name, str(size), target, *options]


def phases_command(size: str, target: Path) -> Command:
    return [XLCONV, "layer", "--input", size, *LAYER, "--view", "phases", "-o", target]
