"""Make the pictures of the README again: real sheets, rendered by LibreOffice.

    make pictures

Needs soffice and pdftoppm on the path, and Pillow (the extra `image`).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from xlconv.differing.compare import compare
from xlconv.differing.shown import book_of
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.book import Book
from xlconv.lessons.build import build
from xlconv.lessons.read import load_lesson
from xlconv.models.made import model_layer

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
DIFFERENCE = "difference.png"
"""That of docs/engineers.md."""

RESOLUTION, FOOTER = 130, 0.45
"""Dots an inch, and the inches that the page's footer takes; without a title it has no header."""

MARGIN = 24


def page(book: Book, target: Path) -> None:
    """Render the one page of a book, cut to what is on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book.save(folder / "page.xlsx")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        run = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name]
        subprocess.run([*run, str(folder / "page.xlsx")], check=True, capture_output=True)
        pdf = ["pdftoppm", "-r", str(RESOLUTION), "-png", "-singlefile", str(folder / "page.pdf")]
        subprocess.run([*pdf, str(folder / "page")], check=True)
        with Image.open(folder / "page.png") as picture:
            rows = picture.convert("RGB")
            # the header and the footer of the printed page stay away
            inner = rows.crop((0, 0, rows.width, rows.height - int(FOOTER * RESOLUTION)))
            box = ImageChops.invert(inner.convert("L")).getbbox()
            assert box, target
            left, top = (max(0, edge - MARGIN) for edge in box[:2])
            right, bottom = (
                min(e + MARGIN, size) for e, size in zip(box[2:], inner.size, strict=True)
            )
            inner.crop((left, top, right, bottom)).quantize(128).save(target, optimize=True)


def difference(detector: Callable[[Path], None]) -> Sheet:
    """The sheet of the third story of docs/engineers.md: the last row and column hold nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        detector(folder)
        layer = model_layer(
            folder / "det.onnx", "ConvTranspose.2", input=np.load(folder / "det-x.npy")
        )
        assert isinstance(layer, Layer)
        return book_of(compare(layer, np.load(folder / "runtime.npy"))).sheets[0]


def main(detector: Callable[[Path], None]) -> None:
    FOLDER.mkdir(exist_ok=True)
    page(Book("", (difference(detector),)), FOLDER / DIFFERENCE)
    for lesson, names in PICTURES.items():
        book = build(load_lesson(lesson))
        for sheet in book.sheets:
            if sheet.name in names:
                target = FOLDER / f"{lesson}-{sheet.name.lower().replace(' ', '-')}.png"
                sheet.links.clear()  # the sheets they lead to are not in this book
                page(Book("", (sheet,)), target)
                print(target, file=sys.stderr)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.stories import detector

    main(detector)
