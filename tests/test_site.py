"""The site that `make site` writes: every lesson is there, and it is small enough to be sent."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xlconv.lessons.build import build
from xlconv.lessons.shipped import language_names, lesson_names

SITE = Path(__file__).parents[1] / "docs" / "site.py"


@pytest.mark.prove
def test_site_leads_to_every_lesson_and_is_under_twelve_megabytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SITE), str(tmp_path)], check=True)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = re.findall('href="([^"]+)"', index)
    files = {path.name for path in tmp_path.iterdir()}
    main = [f"transposed-convolutions-{language}.html" for language in language_names()]
    pages = {link.partition("#")[0] for link in links}
    assert pages == {f"{name}.html" for name in lesson_names()} | {*main}
    assert files == {*pages, "index.html"}
    numbers = [link.partition("#s")[2] for link in links if link.startswith("matrix.html#")]
    assert numbers == [str(n) for n in range(len(build("matrix").sheets))]
    assert (tmp_path / "matrix.html").read_bytes() == build("matrix").to_html()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 12_000_000
