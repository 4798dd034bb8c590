"""A small workbook spoiled by chance, many times: what `check` says of each. A program for tests.

Run as `python -m tests.mutants SEED COUNT`; prints how often there was a report, and an error.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.hostile import fresh, packed, parts
from xlconv.checking.check import check
from xlconv.checking.report import Report
from xlconv.errors import UnreadableError

TAG, VALUE, TEXT = rb"<[^>]*>", rb'"[^"]*"', rb">[^<]+<"
STRANGE = [
    b"", b"-1", b"0", b"1e999", b"NaN", b"99999999999999999999", b"A1", b"XFD1048576", b"#REF!",
    b"_xD800_", b"_x0000_", b"&#65;", b"&amp;", b"../..", b"s", b"str", b"shared", b"true", b"\xff",
    "é😀".encode(), b"=", b"(" * 500, b'&quot;', b"x" * 5000, b"{", b"[[1]]", b"'",
]  # fmt: skip


def changed(pattern: bytes, new: Callable[[bytes], bytes], data: bytes, r: random.Random) -> bytes:
    """Data with one of its matches replaced."""
    found = r.choice([*re.finditer(pattern, data)] or [re.match(b"", data)])
    assert found
    return data[: found.start()] + new(found[0]) + data[found.end() :]


def spoiled_xml(data: bytes, r: random.Random) -> bytes:
    strange = r.choice(STRANGE)
    ways: list[Callable[[], bytes]] = [
        lambda: changed(TAG, lambda _: b"", data, r),
        lambda: changed(TAG, lambda tag: tag * 2, data, r),
        lambda: changed(rb"<(\w+)[^>]*/>|<(\w+)[^>]*>[^<]*</\2>", lambda tag: tag * 3, data, r),
        lambda: changed(rb"<(\w+)[^>]*>[^<]*</\1>", lambda _: b"", data, r),
        lambda: changed(VALUE, lambda _: b'"' + strange + b'"', data, r),
        lambda: changed(TEXT, lambda _: b">" + strange + b"<", data, r),
        lambda: changed(rb" \w+=" + VALUE, lambda _: b"", data, r),
        lambda: data[: r.randrange(len(data))],
    ]
    return r.choice(ways)()


def spoiled_bytes(data: bytes, r: random.Random) -> bytes:
    at = r.randrange(len(data))
    ways: list[Callable[[], bytes]] = [
        lambda: data[:at] + bytes([data[at] ^ 1 << r.randrange(8)]) + data[at + 1 :],
        lambda: data[:at] + r.randbytes(4) + data[at + 4 :],
        lambda: data[:at] + data[at + r.randrange(1, 50) :],
        lambda: data[:at] + r.randbytes(r.randrange(1, 50)) + data[at:],
        lambda: data[:at],
    ]
    return r.choice(ways)()


def mutant(r: random.Random) -> bytes:
    if r.random() < 0.3:
        data = fresh()
        end = len(data) - 2000  # its list of parts is the richest place
        cut = end if r.random() < 0.5 else 0
        return data[:cut] + spoiled_bytes(data[cut:], r)
    found = dict(PARTS)
    for _ in range(r.randrange(1, 3)):
        name = r.choice(list(found))
        found[name] = spoiled_xml(found[name], r)
    return packed(found)


PARTS = parts()


def main(seed: int, count: int) -> None:
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        for number in range(seed, seed + count):
            path.write_bytes(mutant(random.Random(number)))
            try:
                report = check(path)
                assert isinstance(report, Report)
                report.explain().encode()
                outcomes["report"] += 1
            except UnreadableError as error:
                str(error).encode()
                outcomes["error"] += 1
            except BaseException:
                print("mutant", number, file=sys.stderr)
                raise
    print(*(outcomes[key] for key in ("report", "error")))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
