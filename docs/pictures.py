"""Make the pictures of the README again: real sheets, rendered by LibreOffice.

    make pictures

Needs soffice and pdftoppm on the path, and Pillow (the extra `image`).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

from xlconv.grid.sheet import Sheet
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson

FOLDER = Path(__file__).parent / "pictures"
PICTURES = {
    "transposed-convolutions": [
        "Distribute", "Collect", "Gniddap", "Sedirts", "1-D", "Channels", "Matrix", "Gradient",
    ],
    "playground": ["Playground"],
    "checkerboard": ["Overlap"],
    "subpixel": ["Phases"],
    "frameworks": ["Odd"],
    "image": ["Learnt"],
}  # fmt: skip
FIRST_PAGE = ("Playground",)
"""Sheets whose other pages have room for larger layers, and are mostly empty."""

RESOLUTION, FOOTER = 130, 0.45
"""Dots an inch, and the inches that the page's footer takes; without a title it has no header."""

MARGIN = 24


def picture(sheet: Sheet, target: Path) -> None:
    """Render a sheet, its pages under one another or side by side, cut to what is on them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Book("", (sheet,)).save(folder / "page.xlsx")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        run = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name]
        subprocess.run([*run, str(folder / "page.xlsx")], check=True, capture_output=True)
        pdf = ["pdftoppm", "-r", str(RESOLUTION), "-png", str(folder / "page.pdf")]
        subprocess.run([*pdf, str(folder / "page")], check=True)
        pages = [inner(path) for path in sorted(folder.glob("page-*.png"))]
    shown = pages[:1] if sheet.name in FIRST_PAGE else pages
    whole = joined(shown, across=bool(sheet.turn))
    framed = ImageOps.expand(whole.crop(filled(whole)), MARGIN, "white")
    framed.quantize(128).save(target, optimize=True)


def inner(path: Path) -> Image.Image:
    """A page without what the paper has around it."""
    with Image.open(path) as page:
        return page.convert("RGB").crop((0, 0, page.width, page.height - int(FOOTER * RESOLUTION)))


def joined(pages: list[Image.Image], *, across: bool) -> Image.Image:
    """Pages side by side, or under one another, with nothing blank between."""
    whole, at = Image.new("RGB", [len(pages) * side for side in pages[0].size], "white"), 0
    for page in pages:
        left, top, right, bottom = filled(page)
        box = (left, 0, right, page.height) if across else (0, top, page.width, bottom)
        part = page.crop(box)
        whole.paste(part, (at, 0) if across else (0, at))
        at += (part.width if across else part.height) + MARGIN
    return whole


def filled(page: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is on a page."""
    box = ImageChops.invert(page.convert("L")).getbbox()
    assert box
    return box


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for lesson, names in PICTURES.items():
        book = build(load_lesson(lesson))
        for sheet in book.sheets:
            if sheet.name in names:
                target = FOLDER / f"{lesson}-{sheet.name.lower().replace(' ', '-')}.png"
                sheet.links.clear()  # the sheets they lead to are not in this book
                sheet.title_rows = 0  # no page repeats it
                picture(sheet, target)
                print(target, file=sys.stderr)


if __name__ == "__main__":
    main()
