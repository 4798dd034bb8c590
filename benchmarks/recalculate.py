"""Recalculate a workbook by IronCalc without its values, and compare each: python recalculate.py FILE"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.engines import cached, compare, ironcalc_engine

xlsx = Path(sys.argv[1]).read_bytes()
expected = cached.cached_values(xlsx)
wrong = compare.differences(expected, ironcalc_engine.recalculate(xlsx), engine="IronCalc")
if wrong:
    sys.exit("\n".join([f"{len(wrong)} cells are wrong", *wrong[:10]]))
print(
    f"All {sum(map(len, expected.values())):,} formula cells, recalculated by IronCalc, are right."
)
