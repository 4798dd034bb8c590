"""No test depends on how fast the machine is just now."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import settings

TESTS = Path(__file__).parent
CLOCK = re.compile(r"\b(?:time\.(?:time|monotonic|perf_counter)(?:_ns)?\(|deadline=)")
PROFILE = "conftest.py"


def test_no_property_has_a_deadline() -> None:
    assert settings().deadline is None
    assert settings.get_current_profile_name() == "xlconv"


def test_no_test_reads_the_clock() -> None:
    """Work is measured in cells, memory or processor time; how fast it is, benchmarks tell."""
    own = {Path(__file__), TESTS / PROFILE}
    files = sorted(set(TESTS.rglob("*.py")) - own)
    assert len(files) > 50
    assert [str(f) for f in files if CLOCK.search(f.read_text(encoding="utf-8"))] == []
    assert CLOCK.search((TESTS / PROFILE).read_text(encoding="utf-8"))
