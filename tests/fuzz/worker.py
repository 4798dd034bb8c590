"""Run inputs of one kind, each in a process of its own with limits; a line of JSON for each fault.

python -m tests.fuzz.worker KIND FIRST COUNT      seeds from FIRST on
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random

import xlconv
from tests.fuzz.others import KINDS
from xlconv.cli.commands import main

CODES = (0, 1, 2, 3, 4)
"""What xlconv may end with."""

SECONDS, MEMORY, SPACE = 10, 400 << 20, 3 << 30
"""CPU, bytes beyond those before, and bytes of addresses that one input may take."""

RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""What must not reach a terminal."""

KEPT = b"what was there before"


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    out: bytes
    err: str
    memory: int

    def faults(self, args: list[str]) -> list[str]:
        """What a run must not do."""
        found = []
        if self.code not in CODES:
            found.append(f"ended with {self.code}")
        if "Traceback" in self.err:
            found.append("a traceback")
        files = sum(arg.endswith(".xlsx") for arg in args) if "check" in args else 1
        if self.code in CODES[2:] and not 1 <= self.err.count("\n") <= files:
            found.append(f"{self.err.count(chr(10))} lines of error")
        if len(self.err) > 8_000:
            found.append(f"{len(self.err)} letters of error")
        if RAW.search(self.err) or (
            "-" not in args and RAW.search(self.out.decode("utf-8", "replace"))
        ):
            found.append("control characters")
        if self.memory > MEMORY:
            found.append(f"{self.memory >> 20} MB")
        return found


def run(args: list[str], folder: Path) -> Ran:
    """Run `xlconv` in a fork of this process, which has imported everything."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if child == 0:
        _child(args, folder)
    _, status, used = os.wait4(child, 0)
    out, err = ((folder.parent / name).read_bytes() for name in ("out", "err"))
    code = os.waitstatus_to_exitcode(status)
    return Ran(code, out, err.decode("utf-8", "replace"), (used.ru_maxrss - before) * 1024)


def _child(args: list[str], folder: Path) -> None:
    code = 99
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
        os.chdir(folder)
        for number, name in ((1, "out"), (2, "err")):
            target = os.open(folder.parent / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(target, number)
        main(args)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 98
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write(f"Traceback: {type(error).__name__}: {error}"[:500])
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def case(kind: str, seed: int, work: Path) -> tuple[list[str], list[str], str]:
    """One input: what was asked, the faults, and what was said."""
    folder = work / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    args = KINDS[kind](Random(f"{kind} {seed}"), folder)
    (folder / "kept.txt").write_bytes(KEPT)
    given = {path.name: path.read_bytes() for path in folder.iterdir()}
    # no shell can say these: a byte that is no letter comes as half a pair of another kind
    args = [arg.replace("\x00", "").replace("\ud800", "\udcff") for arg in args]
    ran = run(args, folder)
    faults = ran.faults(args)
    faults += [
        f"{name} was changed"
        for name, data in given.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != data
    ]
    faults += [f"{path.name} was left" for path in folder.rglob("*.part")]
    return args, faults, ran.err


def worker(kind: str, first: int, count: int) -> int:
    """The number of faults."""
    for module in walk_packages(xlconv.__path__, "xlconv."):
        import_module(module.name)  # which each of the forks would do again
    found = 0
    with tempfile.TemporaryDirectory() as work:
        for seed in range(first, first + count):
            args, faults, err = case(kind, seed, Path(work))
            if faults:
                found += 1
                told = {
                    "kind": kind,
                    "seed": seed,
                    "args": args,
                    "faults": faults,
                    "err": err[-600:],
                }
                print(json.dumps(told)[:3000])
    return found


if __name__ == "__main__":
    sys.exit(bool(worker(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
