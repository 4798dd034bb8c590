"""A class in its browsers: a page beside each workbook, with that workbook in it."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

from .test_commands import at, run

__all__ = ["at"]


def test_each_page_has_its_students_numbers_and_workbook(at: Path) -> None:
    said = run("class", "row.toml", "list.csv", "--html", "--keys").stderr
    assert "wrote 6 workbooks and 6 pages to class" in said
    pages = {path: path.read_text("utf-8") for path in (at / "class").rglob("*.html")}
    for path, page in pages.items():
        code = path.stem
        assert re.search(f"<h1>A row  {code}</h1>", page)
        assert not any(part in page for part in ("Ana Ruiz", "Ben Ode", "Cem Kaya"))
        link = re.search('download="([^"]*)" href="data:[^,]*,([^"]*)"', page)
        assert link and code in link[1]
        assert b64decode(link[2]) == path.with_suffix(".xlsx").read_bytes()
    assert len({*pages.values()}) == 6
    gone, kept = [*pages][:2]
    gone.unlink()
    kept.write_text("edited")
    run("class", "row.toml", "list.csv", "--html", "--keys")
    assert (gone.read_text("utf-8"), kept.read_text()) == (
        pages[gone],
        "edited",
    )
