"""Faults that no test can see, and why: by their module, what was there and what is planted."""

from __future__ import annotations

LIVED: dict[tuple[str, str, str], str] = {}
