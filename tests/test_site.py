"""The site that `make site` writes: every lesson is there, and it is small enough to be kept."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from xlconv.lessons.build import build
from xlconv.lessons.shipped import language_names, lesson_names

SITE = Path(__file__).parents[1] / "docs" / "site.py"
KEPT = SITE.with_suffix("")


def files(folder: Path) -> dict[str, str]:
    """What the pages of a folder show; the bytes of a workbook hang on the machine's zlib."""
    return {
        path.name: re.sub('base64,[^"]*', "base64,", path.read_text(encoding="utf-8"))
        for path in folder.iterdir()
    }


@pytest.mark.prove
def test_site_leads_to_every_lesson_and_is_kept_as_it_is_made(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SITE), str(tmp_path)], check=True)
    made = files(tmp_path)
    links = re.findall('href="([^"]+)"', made["index.html"])
    main = [f"transposed-convolutions-{language}.html" for language in language_names()]
    pages = {link.partition("#")[0] for link in links}
    assert pages == {f"{name}.html" for name in lesson_names()} | {*main}
    assert made.keys() == {*pages, "index.html"}
    numbers = [link.partition("#s")[2] for link in links if link.startswith("matrix.html#")]
    assert numbers == [str(n) for n in range(len(build("matrix").sheets))]
    assert (tmp_path / "matrix.html").read_bytes() == build("matrix").to_html()
    kept = files(KEPT)
    stale = sorted(name for name in {*made, *kept} if made.get(name) != kept.get(name))
    assert stale == [], "make site"


def test_site_is_under_ten_megabytes() -> None:
    assert 0 < sum(path.stat().st_size for path in KEPT.iterdir()) < 10_000_000
