"""Arrays from text, sizes and files; what is refused."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlconv.data import array, read
from xlconv.errors import UnreadableError, XlconvError

Write = Callable[[str, str], Path]


def test_csv_is_one_channel_in_rows(write: Write) -> None:
    path = write("x.csv", "1,2.5,-3\n4,5e1,6\n")
    assert array("input", str(path)).tolist() == [[1, 2.5, -3], [4, 50, 6]]


def test_csv_may_have_byte_order_mark_quotes_spaces_and_blank_lines(write: Write) -> None:
    path = write("x.csv", '\ufeff"1", 2\r\n\r\n3,4\r\n,\n')
    assert array("input", str(path)).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("text", ["1,2,3\n", "1\n2\n3\n"])
def test_bias_csv_is_one_row_or_one_column(write: Write, text: str) -> None:
    assert array("bias", str(write("b.csv", text))).tolist() == [1, 2, 3]


def test_bias_of_two_rows_and_columns_is_refused(write: Write) -> None:
    path = write("b.csv", "1,2\n3,4\n")
    with pytest.raises(XlconvError, match=r"one row or one column, got shape \(2, 2\)"):
        array("bias", str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2\n3\n", "row 2 has 1 values where the first has 2"),
        ("1,2\n\n3,4,5\n", "row 3 has 3 values where the first has 2"),
        ("a,b\n1,2\n", "row 1 column 1 is no number: 'a'"),
        ("1,2\n3,\n", "row 2 column 2 is empty"),
        ("1;2\n3;4\n", "row 1 column 1 is no number: '1;2'"),
        ("1+2j\n", "is no number"),
        ("", "holds no numbers"),
        ("\n , \n", "holds no numbers"),
        ('"' + "1" * 140_000 + '"\n', "is no CSV"),
    ],
)
def test_csv_that_is_no_table_of_numbers_is_unreadable(write: Write, text: str, said: str) -> None:
    path = write("x.csv", text)
    with pytest.raises(UnreadableError) as error:
        array("input", str(path))
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_csv_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("1,2".encode("utf-16"))
    with pytest.raises(UnreadableError, match="is no UTF-8 text"):
        array("input", str(path))


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
def test_csv_with_a_number_that_is_not_finite_is_refused(write: Write, number: str) -> None:
    path = write("x.csv", f"1,2\n3,{number}\n")
    with pytest.raises(XlconvError, match=r"x\.csv: input must be finite, got .* at \[1, 1\]"):
        array("input", str(path))


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.uint16, ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_keeps_its_values_and_shape(tmp_path: Path, dtype: Any, order: Any) -> None:
    np.save(tmp_path / "w.npy", np.asarray([[[1, 2], [3, 4], [5, 6]]], dtype=dtype, order=order))
    found = array("weight", "w.npy", folder=tmp_path)
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


@pytest.mark.parametrize("wrapped", [True, False])
def test_npy_is_never_unpickled(tmp_path: Path, wrapped: bool) -> None:
    path, bomb = tmp_path / "x.npy", Bomb(tmp_path / "harmed")
    if wrapped:
        np.save(path, np.array([bomb], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(bomb))
    with pytest.raises(UnreadableError, match=r"is no \.npy file of numbers"):
        array("input", str(path))
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize("kept", [0, 3, 50, 127, 128, 200])
def test_npy_that_is_cut_short_is_unreadable(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones((3, 4)))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnreadableError):
        array("input", str(path))


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
            read("input", path)
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
        array("input", str(path))
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    "values", [np.array([1j]), np.array([True]), np.array(["1"]), np.array([(1, 2)], dtype="i4,i4")]
)
def test_npy_of_what_is_no_real_number_is_unreadable(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(UnreadableError, match="must hold real numbers, got"):
        array("input", "x.npy", folder=tmp_path)


def test_npz_that_is_called_npy_is_unreadable(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", np.ones(3))
    (tmp_path / "x.npz").rename(tmp_path / "x.npy")
    with pytest.raises(UnreadableError):
        array("input", "x.npy", folder=tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_npy_with_a_number_that_is_not_finite_is_refused(tmp_path: Path, value: float) -> None:
    np.save(tmp_path / "x.npy", np.array([[1, 2], [value, 4]]))
    with pytest.raises(XlconvError, match=r"x\.npy: input must be finite, got .* at \[1, 0\]"):
        array("input", "x.npy", folder=tmp_path)


def test_npy_without_a_number_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((0, 3)))
    with pytest.raises(XlconvError, match="at least one number"):
        array("input", "x.npy", folder=tmp_path)


def test_file_that_is_missing_or_a_folder_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, said in [("none.csv", "No such file"), ("folder.csv", "directory")]:
        with pytest.raises(UnreadableError, match=said):
            array("input", name, folder=tmp_path)
    with pytest.raises(UnreadableError, match="No such file"):
        array("input", "none.npy", folder=tmp_path)


@pytest.mark.parametrize("given", ["4,4", "4x", "x.txt", "", "-1x3", "9" * 30, "1x1x1x1x1x1"])
def test_what_is_neither_sizes_nor_a_file_is_refused(given: str) -> None:
    with pytest.raises(
        XlconvError, match=r"must be sizes such as 4x4, or a \.csv, \.npy or \.png file"
    ):
        array("input", given)


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
