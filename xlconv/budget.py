"""What would take too long in any room, and is refused there."""

from __future__ import annotations

TERMS = 300_000
"""Terms of the formulas of a sheet, each formula counted once for all cells that it is over; and
taps of all runs of an axis: more make more terms than a sheet has."""

MAP = 10_000_000
"""Cells of a map of a network: a workbook has no more in all."""

DRAWN = 200_000
"""Cells that are drawn on paper, or as a picture: these take about a minute."""

PILE = 60_000
"""Cells of a class that are drawn as one file for the copier, which takes 0.8 GB meanwhile."""

STATES = 36
"""Pairs of numbers of a sheet's controls that slides run through."""
