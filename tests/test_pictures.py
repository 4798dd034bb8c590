"""Pictures: read as channels of pixels, shown as shades, refused in a line where they are none."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.conftest import Ran
from xlconv.errors import UnreadableError, XlconvError
from xlconv.figures.words import WORDS
from xlconv.files.arrays import Source, array
from xlconv.files.reading import Folder
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.views.phases import phases


def seen(path: Path) -> Any:
    """The numbers of a picture."""
    return array("input", str(path), Source(Folder()))


GREY = np.array([[0, 64, 128], [255, 200, 7]], dtype=np.uint8)


def test_a_grey_picture_is_one_channel_of_its_pixels(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "grey.png")
    assert seen(tmp_path / "grey.png").tolist() == GREY.tolist()


def test_a_coloured_picture_is_three_channels(tmp_path: Path) -> None:
    colours = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    read = seen(tmp_path / "colours.png")
    assert read.shape == (3, 2, 4)
    assert read.tolist() == [
        [[0, 3, 6, 9], [12, 15, 18, 21]],
        [[1, 4, 7, 10], [13, 16, 19, 22]],
        [[2, 5, 8, 11], [14, 17, 20, 23]],
    ]


def test_transparency_and_palettes_are_read_as_colours(tmp_path: Path) -> None:
    Image.new("P", (2, 2), 1).save(tmp_path / "palette.png")
    Image.new("RGBA", (2, 2), (9, 8, 7, 255)).save(tmp_path / "clear.png")
    assert seen(tmp_path / "palette.png").shape == (3, 2, 2)
    assert seen(tmp_path / "clear.png")[:, 0, 0].tolist() == [9, 8, 7]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(UnreadableError, match=r"bad\.png is no picture"):
        seen(tmp_path / "bad.png")


def test_a_picture_cut_short_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableError, match=r"half\.png is no picture"):
        seen(tmp_path / "half.png")


def test_a_picture_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="No such file"):
        seen(tmp_path / "none.png")


@pytest.mark.parametrize("size", [(1, 1), (3, 2)])
def test_a_grey_picture_of_16_bits_has_fractions_on_the_same_scale(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    deep = np.linspace(0, 65535, size[0] * size[1]).astype(np.uint16).reshape(size)
    deep[-1, -1] = 257 * 100 + 1
    Image.fromarray(deep).save(tmp_path / "deep.png")
    found = seen(tmp_path / "deep.png")
    assert found.shape == size
    assert np.array_equal(found * 257, deep)  # 65535 is as bright as 255 of 8 bits


def test_a_picture_of_black_and_white_is_0_and_255(tmp_path: Path) -> None:
    Image.fromarray(np.array([[True, False]])).save(tmp_path / "bits.png")
    assert seen(tmp_path / "bits.png").tolist() == [[255, 0]]


@pytest.mark.parametrize(
    ("mode", "pixel", "shown"),
    [
        ("LA", (100, 255), 100),
        ("LA", (100, 0), 255),
        ("RGBA", (9, 8, 7, 0), [255, 255, 255]),
        ("RGBA", (0, 100, 200, 51), [204, 224, 244]),  # 255 - 51 of 255 parts are paper
    ],
)
def test_what_is_transparent_shows_white_paper(
    tmp_path: Path, mode: str, pixel: tuple[int, ...], shown: object
) -> None:
    Image.new(mode, (2, 2), pixel).save(tmp_path / "clear.png")
    assert seen(tmp_path / "clear.png")[..., 0, 0].tolist() == shown


def test_a_palette_may_be_transparent(tmp_path: Path) -> None:
    picture = Image.new("P", (2, 1), 0)
    picture.putpalette([1, 2, 3, 4, 5, 6])
    picture.putpixel((1, 0), 1)
    picture.save(tmp_path / "palette.gif", transparency=0)
    assert seen(tmp_path / "palette.gif")[:, 0].T.tolist() == [[255, 255, 255], [4, 5, 6]]


def test_inks_are_read_as_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 0, 0, 0)).save(tmp_path / "inks.jpg")
    assert seen(tmp_path / "inks.jpg")[:, 0, 0].tolist() == [255, 255, 255]


def test_a_photo_lies_as_its_camera_says(tmp_path: Path) -> None:
    picture = Image.fromarray(GREY)
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter, as a telephone held upright writes it
    picture.save(tmp_path / "phone.png", exif=exif)
    assert seen(tmp_path / "phone.png").tolist() == np.rot90(GREY, -1).tolist()


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_a_picture_that_moves_is_refused(tmp_path: Path, ending: str) -> None:
    frames = [Image.new("L", (4, 4), shade) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / f"film.{ending}", save_all=True, append_images=frames[1:])
    with pytest.raises(UnreadableError, match=rf"film\.{ending} is a picture that moves: save one"):
        seen(tmp_path / f"film.{ending}")


def test_a_program_called_a_picture_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pillow gives PostScript to the program gs, which is any that stands first on the path
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/harmed\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "photo.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
    )
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", None)
    with Image.open(tmp_path / "photo.png") as picture, suppress(OSError):
        picture.load()
    assert (tmp_path / "harmed").exists()  # so it would have been
    (tmp_path / "harmed").unlink()
    with pytest.raises(
        UnreadableError, match=r"photo\.png is no picture that can be read: it must be one of BMP"
    ):
        seen(tmp_path / "photo.png")
    assert not (tmp_path / "harmed").exists()


def test_pixels_are_counted_before_they_are_read(tmp_path: Path) -> None:
    Image.new("RGB", (2000, 2000)).save(tmp_path / "large.png")
    with pytest.raises(XlconvError, match="input has 12000000 values"):
        seen(tmp_path / "large.png")
    head = (tmp_path / "large.png").read_bytes()
    claimed = head[:16] + (60_000).to_bytes(4, "big") * 2 + head[24:29]
    crc = zlib.crc32(claimed[12:]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(claimed + crc + head[33:])
    with pytest.raises(XlconvError, match="has too many pixels: make it smaller"):
        seen(tmp_path / "bomb.png")


def test_the_shades_of_the_lesson_run_from_black_to_white(tmp_path: Path) -> None:
    build("image").save(tmp_path / "image.xlsx")
    with ZipFile(tmp_path / "image.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count('<color rgb="FF000000"') == sheet.count('<color rgb="FFFFFFFF"') == 2
    assert sheet.count('<cfvo type="num" val="0"/><cfvo type="num" val="255"/>') == 2


def test_a_coloured_layer_has_a_shade_for_each_primary() -> None:
    weight = np.zeros((3, 3, 2, 2))
    weight[range(3), range(3)] = 1
    layer = Layer.of(np.ones((3, 4, 4)), weight, stride=2)

    picture = Sheet("Picture", words=WORDS)
    phases(picture, layer, picture=True)
    ends = [scale.ends for scale in picture.scales]
    assert ends == [("000000", colour) for colour in ("FF0000", "00FF00", "0000FF")] * 2
    assert {scale.values for scale in picture.scales} == {(0, 1)}


def test_the_shades_of_input_and_output_are_those_of_a_picture_of_8_bits() -> None:
    """So that a channel of one value is not white, and both have the same grey for a number."""
    layer = Layer.of(np.full((4, 4), 100), [[1, 1], [1, 1]], stride=2)
    picture = Sheet("Picture", words=WORDS)
    phases(picture, layer, picture=True)
    assert [scale.values for scale in picture.scales] == [(0, 255), (0, 255)]


def test_one_kernel_serves_each_colour_of_a_picture(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    colours = np.arange(0, 48, 2, dtype=np.uint8).reshape(2, 4, 3)
    Image.fromarray(colours).save(tmp_path / "photo.png")
    (tmp_path / "twice.csv").write_text("1,1\n1,1\n")
    command = ["layer", "--input", "photo.png", "--weight", "twice.csv", "--stride", "2"]
    command += ["--view", "phases", "-o", "large.xlsx"]
    refused = run(*command)
    assert (refused.code, ": use --groups 3, which gives" in refused.err) == (2, True)
    assert run(*command, "--groups", "3").code == 0

    with ZipFile(tmp_path / "large.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    # the shades of input and output: from black to the colour of each channel
    for colour in ("FF0000", "00FF00", "0000FF"):
        assert sheet.count(f'<color rgb="FF{colour}"/>') == 2
    book = load_workbook(tmp_path / "large.xlsx", data_only=True)
    ((_, area),) = book.defined_names["phases_output"].destinations
    shown = [[cell.value for cell in row] for row in book["Phases"][area]]
    pixels = np.array([row for row in shown if isinstance(row[0], int | float)])
    larger = np.moveaxis(colours, -1, 0).repeat(2, 1).repeat(2, 2)
    assert pixels.tolist() == larger.reshape(12, 8).tolist()
