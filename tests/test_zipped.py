"""Our ZIP file is the one that Python's own module writes, byte for byte."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from xlconv.xlsx.zipped import LEVEL, Zip

MOMENT = dt.datetime(2024, 2, 29, 23, 59, 58, tzinfo=dt.UTC)

every_example = settings(derandomize=True, max_examples=60)

PARTS = st.dictionaries(
    st.text("abc/._", min_size=1, max_size=9), st.lists(st.binary(max_size=99), max_size=4)
)


class Pipe(io.BytesIO):
    """A file in which nothing is written before its end."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("a pipe goes one way")

    def tell(self) -> int:
        raise OSError("a pipe goes one way")


def zipped(target: io.BytesIO, parts: dict[str, list[bytes]]) -> bytes:
    out = Zip(target, MOMENT)
    for name, pieces in parts.items():
        out.add(name, pieces)
    out.close()
    return target.getvalue()


def pythons(target: io.BytesIO, parts: dict[str, list[bytes]]) -> bytes:
    with ZipFile(target, "w") as out:
        for name, pieces in parts.items():
            info = ZipInfo(name, MOMENT.timetuple()[:6])
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            info.create_system = 3
            with out.open(info, "w") as part:
                stream = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
                part._compressor = stream  # type: ignore[attr-defined]
                for piece in pieces:
                    part.write(piece)
    return target.getvalue()


@every_example
@given(PARTS)
def test_it_is_pythons_own_in_a_file_and_in_a_pipe(parts: dict[str, list[bytes]]) -> None:
    for file in (io.BytesIO, Pipe):
        assert zipped(file(), parts) == pythons(file(), parts)


@every_example
@given(PARTS)
def test_what_is_in_it_is_read_again(parts: dict[str, list[bytes]]) -> None:
    for file in (io.BytesIO(), Pipe()):
        with ZipFile(io.BytesIO(zipped(file, parts))) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in archive.namelist()} == {
                name: b"".join(pieces) for name, pieces in parts.items()
            }


def test_it_may_begin_behind_what_stands_in_a_file() -> None:
    parts = {"a": [b"text"], "b": []}
    for write in (zipped, pythons):
        file = io.BytesIO(b"before")
        file.seek(6)
        write(file, parts)
        assert file.getvalue().startswith(b"before")
        with ZipFile(file) as archive:
            assert archive.read("a") == b"text"


def test_it_may_be_given_to_what_can_only_write() -> None:
    class Socket:
        def __init__(self) -> None:
            self.data = b""

        def write(self, data: bytes) -> None:
            self.data += data

    socket, parts = Socket(), {"a": [b"text"]}
    out = Zip(socket, MOMENT)  # type: ignore[arg-type]
    out.add("a", parts["a"])
    out.close()
    assert socket.data == pythons(Pipe(), parts)
