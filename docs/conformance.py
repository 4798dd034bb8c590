"""Write docs/conformance.md again: whose test vectors xlconv's sheets bear out.

python docs/conformance.py
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = Path(__file__).with_name("conformance.md")


def text(vectors: Sequence[Mapping[str, Any]], views: Mapping[str, int]) -> str:
    """The whole page, from the vectors and from the samples that each view is defined for."""
    sources = Counter(str(vector["source"]) for vector in vectors)
    samples = sum(len(vector["x"]) for vector in vectors)
    projects = "\n".join(
        f"| {name} | {n} |" for name, n in sorted(sources.items(), key=_most_first)
    )
    shown = "\n".join(f"| {view} | {n} |" for view, n in views.items())
    return f"""# Conformance

Written by docs/conformance.py from tests/data/vectors.json.

{len(vectors)} vectors, {samples} samples with their batches, are from {len(sources)} other
projects: inputs, weights and the outputs that they expect. The values are taken out of the file,
and IronCalc and formulon compute the formulas again: every output is the expected one, within the
project's own tolerance. `make test` shows each sample in one view, `make prove` in every view.

| whose tests | vectors |
|---|---:|
{projects}

A view that is for some layers only is defined for fewer samples.

| view | samples |
|---|---:|
{shown}
"""


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0].casefold()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.test_conformance import VECTORS, VIEWS

    TARGET.write_text(text(VECTORS, VIEWS), encoding="utf-8")
