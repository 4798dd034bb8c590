"""Pictures: read as channels of pixels, shown as shades, refused in one line where they are none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.conftest import Ran
from xlconv.data import Source, array
from xlconv.errors import UnreadableError
from xlconv.files import Folder
from xlconv.layer import Layer
from xlconv.lesson import build
from xlconv.sheet import Sheet
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
    assert read[1].tolist() == [[1, 4, 7, 10], [13, 16, 19, 22]]


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


def test_the_shades_of_the_lesson_run_from_black_to_white(tmp_path: Path) -> None:
    build("image").save(tmp_path / "image.xlsx")
    with ZipFile(tmp_path / "image.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count('<color rgb="FF000000"') == sheet.count('<color rgb="FFFFFFFF"') == 2


def test_a_coloured_layer_has_a_shade_for_each_primary() -> None:
    weight = np.zeros((3, 3, 2, 2))
    weight[range(3), range(3)] = 1
    layer = Layer.of(np.ones((3, 4, 4)), weight, stride=2)

    picture = Sheet("Picture")
    phases(picture, layer, picture=True)
    ends = {scale.ends[1] for scale in picture.scales}
    assert ends == {"FF0000", "00FF00", "0000FF"}


def test_one_kernel_serves_each_colour_of_a_picture(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    colours = np.arange(0, 48, 2, dtype=np.uint8).reshape(2, 4, 3)
    Image.fromarray(colours).save(tmp_path / "photo.png")
    (tmp_path / "twice.csv").write_text("1,1\n1,1\n")
    command = ["layer", "--input", "photo.png", "--weight", "twice.csv", "--stride", "2"]
    command += ["--view", "phases", "-o", "large.xlsx"]
    refused = run(*command)
    assert (refused.code, "as many groups as channels" in refused.err) == (2, True)
    assert run(*command, "--groups", "3").code == 0

    with ZipFile(tmp_path / "large.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    # the shades of input and output: from black to the colour of each channel
    for colour in ("FF0000", "00FF00", "0000FF"):
        assert sheet.count(f'<color rgb="FF{colour}"/>') == 2
    book = load_workbook(tmp_path / "large.xlsx", data_only=True)
    ((_, area),) = book.defined_names["phases_output"].destinations
    shown = [[cell.value for cell in row] for row in book["Phases"][area]]
    pixels = np.array([row for row in shown if row[0] is not None])
    larger = np.moveaxis(colours, -1, 0).repeat(2, 1).repeat(2, 2)
    assert pixels.tolist() == larger.reshape(12, 8).tolist()
