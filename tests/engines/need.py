"""Tests of programs that are not Python packages."""

import os

import pytest


def needs(program: str, available: bool) -> pytest.MarkDecorator:
    """Skips a test where a program is missing; with CI in the environment it runs and fails."""
    missing = not available and "CI" not in os.environ
    return pytest.mark.skipif(missing, reason=f"{program} is not installed")
