"""Pictures as numbers: what one sees, from 0 to 255."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from xlconv.errors import XlconvError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".bmp": "BMP", ".webp": "WEBP",
}  # fmt: skip
"""Pillow's name of the format of each ending. It is asked for no other: some start programs."""

GREY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")
"""Pillow's modes of one channel, with or without transparency."""

DEEP = 257
"""Of a grey picture of 16 bits, 65535 is as bright as 255 of one of 8."""


def read_picture(file: BinaryIO, check: Callable[[int], None]) -> np.ndarray:
    """The pixels of a picture: (height, width) of a grey one, else (3, height, width).

    check  is told how many numbers there are, before any is read, and raises if these are too many

    Every picture has the scale 0 to 255; a grey one of 16 bits has fractions. It lies as a
    camera's mark says, and shines through to white paper where it is transparent.

    Raises ValueError for what is no such picture, and for one that moves.
    """
    try:
        from PIL import Image
    except ImportError:
        raise ValueError("is a picture: pip install xlconv-workbooks[image]") from None
    formats, pixels = sorted(set(FORMATS.values())), None
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of many pixels: they are counted here
            Image.open(file, formats=formats) as picture,
        ):
            check(picture.width * picture.height * (1 if picture.mode in GREY else 3))
            if not getattr(picture, "is_animated", False):
                pixels = _pixels(picture)
    except XlconvError:
        raise
    except Image.DecompressionBombError:
        raise ValueError("has too many pixels: make it smaller") from None
    except Exception:  # noqa: BLE001  # Pillow's readers raise whatever happens to them
        names = ", ".join(formats)
        raise ValueError(f"is no picture that can be read: it must be one of {names}") from None
    if pixels is None:
        raise ValueError("is a picture that moves: save one frame of it")
    return pixels


def _pixels(picture: Image) -> np.ndarray:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    grey = upright.mode in GREY
    if upright.mode.startswith("I"):
        return np.asarray(upright, dtype=np.float64) / DEEP
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.new("RGBA", seen.size, "white")
        upright.alpha_composite(seen)
    pixels = np.asarray(upright.convert("L" if grey else "RGB"))
    return pixels if grey else np.moveaxis(pixels, -1, 0)
