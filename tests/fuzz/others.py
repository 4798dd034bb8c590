"""More kinds of input: chains, classes of files, the recipe's own sheet, arrays in other sizes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from tests.fuzz.cases import KINDS as ORDINARY
from tests.fuzz.cases import Args, _lessons, _options, _spoilt, _workbook, _zipped
from tests.fuzz.nasty import NUMBERS, TEXTS, flipped, reworded, shuffled, word
from xlconv.lessons.recipe import RECIPE_SHEET

CODE = """import torch.nn as nn
up = nn.Sequential(
    nn.ConvTranspose1d(512, 256, 16, stride=8, padding=4),
    nn.ReLU(),
    nn.ConvTranspose1d(in_channels=256, out_channels=128, kernel_size=(10,), stride=(5,)),
)
x = keras.layers.Conv1DTranspose(128, 8, strides=4, padding="same")
"""
PRINTED = """Sequential(
  (0): ConvTranspose1d(512, 256, kernel_size=(16,), stride=(8,), padding=(4,))
  (1): ParametrizedConvTranspose1d(
    256, 128, kernel_size=(10,), stride=(5,)
  )
)
"""
WORDS = "k16s8p4op1d1,k10s5p3,k4x3s2x1p1:2x0"
DEEP = (
    "(" * 20_000,
    "-" * 50_000 + "1",
    "1+" * 30_000 + "1",
    "a" + ".b" * 20_000,
    "f" + "()" * 9000,
)


def chain(random: Random, folder: Path) -> Args:
    """A chain of layers in words, in code or as it is printed."""
    text = random.choice([CODE, PRINTED, WORDS])
    pattern = random.choice([r"\d+", r"[a-z_]+=", r"[(),]", r"[A-Z]\w+", r"[kspd]"])
    text = reworded(random, text, pattern, [*NUMBERS, *TEXTS, *DEEP, "**k", "*a", "k=3, k=4"])
    lines = "\n".join(shuffled(random, text.split("\n")))
    data = lines.encode("utf-8", "surrogatepass")
    (folder / "a.py").write_bytes(flipped(random, data) if random.random() < 0.1 else data)
    given = random.choice(["a.py", "a.py", "a.py", "k16s8p4,k10s5p3", "folder", "-"])
    args = ["shape", "--input", random.choice(["500", "4x4", "8x500", "1x8x500"]), "--chain", given]
    args += ["--to", random.choice(["32000", "80000", "7", "8x9"])] * (random.random() < 0.4)
    return _spoilt(random, args + ["--json"] * (random.random() < 0.2))


def returned(random: Random, folder: Path) -> Args:
    """Several workbooks that came back, of which the recipe's own sheet may be another."""
    names = ["a.xlsx", "b.xlsx", "c.xlsx"][: random.choice([1, 2, 3])]
    for name in names:
        parts = dict(_workbook())
        hidden = next(n for n in reversed(parts) if n.startswith("xl/worksheets/sheet"))
        kept = parts.pop("docProps/custom.xml") if random.random() < 0.7 else None
        part = random.choice([hidden, "xl/sharedStrings.xml", "xl/workbook.xml"])
        xml = parts[part].decode()
        pattern = random.choice([r"\d+", r"(?<=>)[^<>]+(?=<)", RECIPE_SHEET, r"&quot;\w+&quot;"])
        words = [*NUMBERS, *(t.replace("&", "").replace("<", "") for t in TEXTS)]
        parts[part] = reworded(random, xml, pattern, words).encode("utf-8", "surrogatepass")
        if kept and random.random() < 0.3:
            parts["docProps/custom.xml"] = kept
        data = _zipped(parts)
        (folder / name).write_bytes(flipped(random, data) if random.random() < 0.1 else data)
    ways = [
        [],
        [],
        ["--json"],
        ["--engine"],
        ["--like", word(random)],
        ["--like", "a.xlsx"],
        ["--lesson", "matrix"],
        ["--lesson", word(random)],
    ]
    return ["check", *random.choice(ways), "--", *names]


def shaped(random: Random, folder: Path) -> Args:
    """An array in a file that is laid into sizes, a batch or another order of its axes."""
    np.save(folder / "a.npy", np.arange(48.0).reshape(random.choice([(2, 4, 6), (48,), (4, 4, 3)])))
    sizes = random.choice(["", ":2x4x6", ":1x2x4x6", ":48", ":8x6", f":{word(random)[:200]}"])
    weight = random.choice(["2x1x3x3", "3", "2x2", "3x1x2x2", "2x4x3", "3x3x2x3"])
    args = ["layer", "--input", f"a.npy{sizes}", "--weight", weight, "-o", "a.xlsx"]
    more = {
        "--batch": ("0", "1", "7"),
        "--rank": ("1", "2", "3"),
        "--groups": ("2", "3"),
        "--input-layout": ("channels-last", "channels-first"),
        "--layout": ("tflite", "oihw", "keras"),
    }
    return _spoilt(random, args + _options(random, more))


def allowed(random: Random, folder: Path) -> Args:
    """A lesson that names files, in folders that are allowed or not."""
    text = random.choice(_lessons())
    places = [
        "a.csv",
        "../a.csv",
        "/etc/passwd",
        "/dev/zero",
        "x/../a.csv",
        "a.csv:2x2",
        "x.npy",
        "x",
    ]
    lists = r"(?<=input = )\[.*\](?=\n)"
    text = reworded(random, text, lists, [json.dumps(place) for place in places], 2)
    (folder / "a.toml").write_text(text, encoding="utf-8")
    (folder / "a.csv").write_text("1,2\n3,4\n")
    asked = random.choice([".", "/", "..", "a.csv", "none", word(random)])
    return ["build", "a.toml", "-o", "a.xlsx", *["--folder", asked] * (random.random() < 0.6)]


KINDS: dict[str, Callable[[Random, Path], Args]] = ORDINARY | {
    kind.__name__: kind for kind in (chain, returned, shaped, allowed)
}
"""All kinds."""
