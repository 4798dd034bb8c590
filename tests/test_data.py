"""Arrays from text, sizes and files; what is refused."""

from __future__ import annotations

import io
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.arrays import Source, array, arrays
from xlconv.files.reading import Folder

Write = Callable[[str, str], Path]


def given(name: str, file: str | Path, folder: Path = Path()) -> Any:
    """An array from a file."""
    return array(name, str(file), Source(Folder(folder)))


def test_csv_is_one_channel_in_rows(write: Write) -> None:
    path = write("x.csv", "1,2.5,-3\n4,5e1,6\n")
    assert given("input", path).tolist() == [[1, 2.5, -3], [4, 50, 6]]


def test_csv_may_have_byte_order_mark_quotes_spaces_and_blank_lines(write: Write) -> None:
    path = write("x.csv", '\ufeff"1", 2\r\n\r\n3,4\r\n,\n')
    assert given("input", path).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("text", ["1,2,3\n", "1\n2\n3\n"])
def test_bias_csv_is_one_row_or_one_column(write: Write, text: str) -> None:
    assert given("bias", write("b.csv", text)).tolist() == [1, 2, 3]


def test_bias_of_two_rows_and_columns_is_refused(write: Write) -> None:
    path = write("b.csv", "1,2\n3,4\n")
    with pytest.raises(XlconvError, match=r"one row or one column, got shape \(2, 2\)"):
        given("bias", path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2\n3\n", "row 2 has 1 value where the first has 2: give all"),
        ("1,2\n\n3,4,5\n", "row 3 has 3 values where the first has 2"),
        ("a,b\n1,2\n", "row 1 column 1 is no number: leave out a row of titles"),
        ("1,2\n3,\n", "row 2 column 2 is empty"),
        ("1\n1+2j\n", "row 2 column 1 is no number"),
        ("", "holds no numbers"),
        ("\n , \n", "holds no numbers"),
        ('"' + "x" * 140_000 + '"\n', "row 1 is no CSV"),
    ],
)
def test_csv_that_is_no_table_of_numbers_is_unreadable(write: Write, text: str, said: str) -> None:
    path = write("x.csv", text)
    with pytest.raises(UnreadableError) as error:
        given("input", path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_csv_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("Größe\n1\n".encode("cp1252"))
    with pytest.raises(UnreadableError, match='is no UTF-8 text: save it as "CSV UTF-8"'):
        given("input", path)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
def test_csv_with_a_number_that_is_not_finite_is_refused(write: Write, number: str) -> None:
    path = write("x.csv", f"1,2\n3,{number}\n")
    with pytest.raises(XlconvError, match=r"x\.csv: input must be finite, got .* at \[1, 1\]"):
        given("input", path)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.uint16, ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_keeps_its_values_and_shape(tmp_path: Path, dtype: Any, order: Any) -> None:
    np.save(tmp_path / "w.npy", np.asarray([[[1, 2], [3, 4], [5, 6]]], dtype=dtype, order=order))
    found = given("weight", "w.npy", tmp_path)
    assert found.tolist() == [[[1, 2], [3, 4], [5, 6]]]
    assert found.dtype == np.float64


class Bomb:
    """An object whose unpickling leaves a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


def test_bomb_goes_off_when_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "harmed")))
    assert (tmp_path / "harmed").exists()


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_npy_of_either_version_is_read(tmp_path: Path, version: tuple[int, int]) -> None:
    with (tmp_path / "x.npy").open("wb") as file:
        np.lib.format.write_array(file, np.array([[1, 2.5]]), version)
    assert given("input", "x.npy", tmp_path).tolist() == [[1, 2.5]]


@pytest.mark.parametrize("wrapped", [True, False])
def test_npy_is_never_unpickled(tmp_path: Path, wrapped: bool) -> None:
    path, bomb = tmp_path / "x.npy", Bomb(tmp_path / "harmed")
    if wrapped:
        np.save(path, np.array([bomb], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(bomb))
    with pytest.raises(UnreadableError, match=r"Python objects|is no \.npy file of numbers"):
        given("input", path)
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize("kept", [0, 3, 50, 127, 128, 200])
def test_npy_that_is_cut_short_is_unreadable(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones((3, 4)))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnreadableError):
        given("input", path)


def test_npy_with_a_broken_header_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones((3, 4)))
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(whole)
        broken[int(rng.integers(0, 75))] = int(rng.integers(0, 256))
        path.write_bytes(broken)
        try:
            given("input", path)
        except XlconvError:
            continue


@pytest.mark.parametrize("shape", [b"(99999999999, 9999)", b"(9223372036854775807999,)"])
def test_npy_that_claims_a_huge_shape_is_refused_without_memory(
    tmp_path: Path, shape: bytes
) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones((10, 10)))
    whole = path.read_bytes()
    claimed = whole.replace(b"(10, 10), }".ljust(len(shape) + 3), shape + b", }")
    assert (len(claimed), shape in claimed) == (len(whole), True)
    path.write_bytes(claimed)
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        given("input", path)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    "values", [np.array([1j]), np.array([True]), np.array(["1"]), np.array([(1, 2)], dtype="i4,i4")]
)
def test_npy_of_what_is_no_real_number_is_unreadable(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UnreadableError, match="must hold real numbers, got"):
        given("input", "x.npy", tmp_path)


def test_damaged_npz_is_read_or_unreadable(tmp_path: Path) -> None:
    whole = io.BytesIO()
    np.savez_compressed(whole, x=np.arange(4096.0).reshape(64, 64))
    path, refused = tmp_path / "x.npz", 0
    for at in range(40, len(whole.getvalue()), 7):
        data = bytearray(whole.getvalue())
        data[at : at + 2] = bytes(255 - byte for byte in data[at : at + 2])
        path.write_bytes(data)
        try:
            given("input", path.name, tmp_path)
        except UnreadableError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 100


def test_npz_without_numbers_says_so(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", words=np.array(["a"]))
    with pytest.raises(UnreadableError, match="has no arrays of numbers"):
        given("input", "x.npz", tmp_path)


def test_npz_that_is_called_npy_is_unreadable(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", np.ones(3))
    (tmp_path / "x.npz").rename(tmp_path / "x.npy")
    with pytest.raises(UnreadableError):
        given("input", "x.npy", tmp_path)


def test_the_larger_array_is_to_be_smaller() -> None:
    given = {"input": np.ones((1, 2)).repeat(5_000_000, 0), "weight": "2"}
    with pytest.raises(XlconvError, match=r"weight has 2 values besides 10000000 .* smaller input"):
        arrays(given, Source())


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_npy_with_a_number_that_is_not_finite_is_refused(tmp_path: Path, value: float) -> None:
    np.save(tmp_path / "x.npy", np.array([[1, 2], [value, 4]]))
    with pytest.raises(XlconvError, match=r"x\.npy: input must be finite, got .* at \[1, 0\]"):
        given("input", "x.npy", tmp_path)


def test_npy_without_a_number_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((0, 3)))
    with pytest.raises(XlconvError, match="at least one number"):
        given("input", "x.npy", tmp_path)


def test_file_that_is_missing_or_a_folder_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, said in [("none.csv", "No such file"), ("folder.csv", "directory")]:
        with pytest.raises(UnreadableError, match=said):
            given("input", name, tmp_path)
    with pytest.raises(UnreadableError, match="No such file"):
        given("input", "none.npy", tmp_path)


@pytest.mark.parametrize("told", ["4,4", "4x", "x.txt", "", "-1x3", "9" * 30, "1x1x1x1x1x1"])
def test_what_is_neither_sizes_nor_a_file_is_refused(told: str) -> None:
    with pytest.raises(
        XlconvError, match=r"must be sizes such as 4x4, or a \.csv, \.npy or \.png file"
    ):
        given("input", told)


def test_size_of_nothing_is_refused() -> None:
    with pytest.raises(XlconvError, match="sizes of at least 1"):
        array("input", "4x0")


@pytest.mark.parametrize("given", ["5000x5000", "99999999999x9", "9" * 18 + "x" + "9" * 18])
def test_more_values_than_a_workbook_holds_are_refused_without_memory(given: str) -> None:
    tracemalloc.start()
    with pytest.raises(XlconvError, match="holds 10000000 cells: use a smaller input"):
        array("input", given)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_sizes_are_filled_by_their_seed_with_small_whole_numbers() -> None:
    first, again = array("input", "5x6", seed=3), array("input", "5x6", seed=3)
    assert first.shape == (5, 6)
    assert first.tolist() == again.tolist() != array("input", "5x6", seed=4).tolist()
    assert len(set((first - array("weight", "5x6", seed=3)).flat)) > 1  # another stream
    assert {value % 1 for value in first.flat} == {0}
    assert abs(first).max() < 10


@pytest.mark.parametrize(
    "given",
    [[[1, 2], [3]], [[1, "2"]], [["1"]], [[True]], [1, True], [None], [[]], [], [1j], [10**400]],
)
def test_lists_that_are_no_rows_of_numbers_are_refused(given: list[object]) -> None:
    with pytest.raises(XlconvError, match="input must"):
        array("input", given)


def of_layer(tmp_path: Path, **files: str) -> dict[str, list[int]]:
    """The shapes of an input and a weight that are given by files and sizes."""
    told = dict(files)
    for name, text in files.items():
        if "\n" in text:
            (tmp_path / f"{name}.csv").write_text(text)
            told[name] = f"{name}.csv"
    found = arrays(told, Source(Folder(tmp_path)))
    return {name: list(values.shape) for name, values in found.items()}


@pytest.mark.parametrize(
    ("x", "w", "shapes"),
    [
        ("1,2,3\n", "1,2\n", [[3], [2]]),
        ("1\n2\n3\n", "1\n2\n", [[3], [2]]),
        ("1,2,3\n", "2", [[3], [2]]),
        ("4", "1,2\n", [[4], [2]]),
        ("4", "1\n2\n", [[4], [2]]),
        ("7\n", "1,2\n", [[1], [2]]),
        ("1,2,3\n", "1\n2\n", [[1, 3], [2, 1]]),  # two directions: a row and a column of 2-D
        ("1,2,3\n", "1,2\n3,4\n", [[1, 3], [2, 2]]),
        ("1,2\n3,4\n", "1,2\n", [[2, 2], [1, 2]]),
        ("1,2,3\n", "2x2", [[1, 3], [2, 2]]),
    ],
)
def test_tables_of_one_row_or_column_are_one_dimensional_together(
    tmp_path: Path, x: str, w: str, shapes: list[list[int]]
) -> None:
    assert list(of_layer(tmp_path, input=x, weight=w).values()) == shapes


def test_file_is_laid_into_the_sizes_after_its_name(write: Write, tmp_path: Path) -> None:
    write("x.csv", "1,2,3\n4,5,6\n")
    np.save(tmp_path / "x.npy", np.arange(1, 7))
    for name in ("x.csv", "x.npy"):
        found = given("input", f"{name}:3x1x2", tmp_path).tolist()
        assert found == [[[1, 2]], [[3, 4]], [[5, 6]]]
    write("row.csv", "1,2,3\n")
    told = {"input": "row.csv:1x3", "weight": "row.csv:1x3"}
    shapes = [a.shape for a in arrays(told, Source(Folder(tmp_path))).values()]
    assert shapes == [(1, 3), (1, 3)]  # what is said is what is taken
    with pytest.raises(XlconvError, match=r"x\.csv has 6 values; 4x2 has 8"):
        given("input", "x.csv:4x2", tmp_path)


def test_numbers_of_a_layer_are_counted_together() -> None:
    with pytest.raises(XlconvError, match="weight has 6000000 values besides 9000000 others"):
        arrays({"input": "3000x3000", "weight": "2000x3000"}, Source())


def test_no_file_is_read_where_none_may_be(write: Write) -> None:
    path = write("x.csv", "1\n")
    with pytest.raises(XlconvError, match="input must be numbers or sizes, got"):
        array("input", str(path))


@pytest.mark.parametrize("name", ["weight", "bias", "kernel"])
def test_picture_is_only_an_input(name: str) -> None:
    with pytest.raises(XlconvError, match=f"^{name} must be .*: a picture gives only an input$"):
        given(name, "photo.png")


@pytest.mark.parametrize(
    "header", [b"  {'descr': '<f8'", b"\t{", b"{'descr': '<f8'\n  , (", b"{1:"]
)
def test_npy_with_a_header_of_odd_python_is_unreadable(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "x.npy"
    text = header.ljust(117) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\0" * 80)
    with pytest.raises(UnreadableError, match=r"is no \.npy file of numbers$"):
        given("input", path)
