"""The layers of a chain, from short words (k16s8p4), a file or stdin."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.reading import opened
from xlconv.frameworks.calls import code
from xlconv.frameworks.names import OWN
from xlconv.frameworks.step import Chain, Step

LONGEST = 200_000
"""Bytes of code that are read, and no more."""

MOST = 1000
"""The most layers of a chain."""

_LETTERS = {
    "k": "kernel_size", "s": "stride", "p": "padding", "op": "output_padding", "d": "dilation",
}  # fmt: skip
_NUMBER = r"-?[0-9]{1,10}"
_PART = re.compile(rf"(op|[kspd])({_NUMBER}(?::{_NUMBER})?(?:x{_NUMBER}(?::{_NUMBER})?)*)")
_WORD = re.compile(rf"(?:{_PART.pattern})+")


def read_chain(given: str) -> Chain:
    """A chain given as words, k16s8,k10s5, as the path of a file of words or code, or - for stdin.

    Raises XlconvError for words that are none, UnreadableError for a file that cannot be read.
    """
    return read_text(given if _is_words(given) else _content(given))


def _content(given: str) -> str:
    name = "stdin" if given == "-" else given
    try:
        data = _stdin() if given == "-" else _file(given)
        if len(data) > LONGEST:  # in letters it may be shorter, cut off here or there
            raise _too_long()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"cannot read {name}: {error.strerror}", parameter="chain") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"{name} is no UTF-8 text", parameter="chain") from None


def _stdin() -> bytes:
    if sys.stdin is None:
        raise UnreadableError("cannot read stdin: it is closed", parameter="chain")
    return sys.stdin.buffer.read(LONGEST + 1)


def _file(given: str) -> bytes:
    if not Path(given).is_file():
        words = _split(given)
        wrong = next(word for word in words if not _WORD.fullmatch(word))
        at = f", where {wrong!r:.30} is no layer" if len(words) > 1 else ""
        raise XlconvError(
            "chain must be like k16s8,k10s5, a file of code, or - for stdin,"
            f" got {given!r:.60}{at}",
            parameter="chain",
        )
    try:
        with opened(Path(given)) as file:
            return file.read(LONGEST + 1)
    except UnreadableError as error:
        raise UnreadableError(str(error), parameter="chain") from None


def _too_long() -> XlconvError:
    return XlconvError(
        f"chain must be at most {LONGEST} bytes: leave out what is no layer", parameter="chain"
    )


def read_text(text: str) -> Chain:
    """The layers in a text: words, lines of Python, or a model as PyTorch prints it.

    Code is parsed, never run: the arguments of a layer must be numbers as they stand.

    Raises XlconvError where they are not, or where there is no layer.

    >>> chain = read_text("nn.ConvTranspose1d(512, 256, 16, stride=8, padding=4); nn.ReLU()")
    >>> chain.steps[0].said, chain.skipped
    ({'kernel_size': 16, 'stride': 8, 'padding': 4}, ('ReLU',))
    """
    if len(text) > LONGEST:
        raise _too_long()
    chain = Chain(tuple(map(_word, _split(text)))) if _is_words(text) else code(text)
    if not chain.steps:
        raise XlconvError(
            "chain holds no transposed convolution, such as k16s8 or"
            " nn.ConvTranspose1d(512, 256, 16, stride=8)",
            parameter="chain",
        )
    if len(chain.steps) > MOST:
        raise XlconvError(f"chain must be of at most {MOST} layers", parameter="chain")
    return chain


def _is_words(text: str) -> bool:
    return all(_WORD.fullmatch(word) for word in _split(text))


def _split(text: str) -> list[str]:
    """The words of a chain; between two commas there is one, even if it is empty."""
    return re.split(r"\s*,\s*|\s+", text.strip())


def _word(word: str) -> Step:
    """A layer such as k16s8p4op1, or with a value for each axis k3x5s2x1p1:2x0."""
    said: dict[str, Any] = {}
    for letter, values in _PART.findall(word):
        name = _LETTERS[letter]
        if name in said:
            raise XlconvError(f"{word:.60} gives its {name} twice", parameter="chain")
        pairs = [tuple(map(int, value.split(":"))) for value in values.split("x")]
        if name != "padding" and any(len(pair) > 1 for pair in pairs):
            raise XlconvError(
                f"{word:.60}: begin:end is for p, the padding, alone", parameter="chain"
            )
        said[name] = [pair if len(pair) > 1 else pair[0] for pair in pairs]
    if "kernel_size" not in said:
        raise XlconvError(f"{word:.60} has no kernel_size: write k16s8", parameter="chain")
    ranks = {len(values) for values in said.values()} - {1}
    if len(ranks) > 1:
        several = " and ".join(map(str, sorted(ranks)))
        raise XlconvError(f"{word:.60} has values for {several} axes", parameter="chain")
    return Step(text=word, convention=OWN, rank=next(iter(ranks), None), said=said)
