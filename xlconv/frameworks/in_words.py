"""A crop in each framework's own words: what is to be written there for the same cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xlconv.errors import XlconvError
from xlconv.frameworks.names import CONVENTIONS, FRAMEWORKS
from xlconv.frameworks.resolve import axes
from xlconv.frozen import frozen
from xlconv.layers import summary
from xlconv.layers.geometry import Axis


@frozen
class Crop:
    """What is kept of the uncropped output; begin and end are negative where zeros are added.

    plain  the axes with nothing cropped
    """

    plain: tuple[Axis, ...]
    begin: tuple[int, ...]
    end: tuple[int, ...]
    groups: int = 1

    @property
    def spelt(self) -> str:
        """Begin and end of every axis; of axes that are alike once.

        >>> Crop((), (2, 2), (3, 3)).spelt
        '2:3'
        """
        each = [f"{b}:{e}" for b, e in zip(self.begin, self.end, strict=True)]
        return each[0] if len(set(each)) == 1 else ", ".join(each)

    @property
    def sizes(self) -> list[int]:
        """The output's sizes."""
        every = zip(self.plain, self.begin, self.end, strict=True)
        return [axis.full_size - begin - end for axis, begin, end in every]

    @property
    def back(self) -> list[int]:
        """How much less is cropped at the end than at the begin: PyTorch's output_padding."""
        return [b - e for b, e in zip(self.begin, self.end, strict=True)]


Asked = Callable[[Crop], dict[str, Any]]

WORDS = ("same", "same_lower", "valid")
SAME, LOWER, VALID = ({"padding": word} for word in WORDS)


def _cells(crop: Crop) -> dict[str, Any]:
    return {"padding": list(crop.begin), "output_padding": crop.back}


def _sized(word: str) -> Asked:
    return lambda crop: {"padding": word, "output_size": crop.sizes}


def _inner(crop: Crop) -> dict[str, Any]:
    each = zip(crop.plain, crop.begin, crop.end, strict=True)
    return {"padding": [(a.extent - 1 - b, a.extent - 1 - e) for a, b, e in each]}


def _pads(crop: Crop) -> dict[str, Any]:
    return {"padding": list(zip(crop.begin, crop.end, strict=True))}


ATTEMPTS: dict[str, tuple[tuple[str, Asked], ...]] = {
    "pytorch": (("padding={padding}, output_padding={output_padding}", _cells),),
    "tensorflow": (
        ('padding="VALID"', lambda _: VALID),
        ('padding="SAME"', lambda _: SAME),
        ('padding="SAME", output_shape of {output_size}', _sized("same")),
        ('padding="VALID", output_shape of {output_size}', _sized("valid")),
    ),
    "keras": (
        ('padding="valid"', lambda _: VALID),
        ('padding="same"', lambda _: SAME),
        (
            'padding="same", output_padding={output_padding}',
            lambda crop: SAME | {"output_padding": _keras(crop)},
        ),
        (
            'padding="valid", output_padding={output_padding}',
            lambda crop: VALID | {"output_padding": crop.back},
        ),
    ),
    "jax": (
        ('"VALID"', lambda _: VALID),
        ('"SAME"', lambda _: SAME),
        ("padding={padding}", _inner),
    ),
    "onnx": (
        ('auto_pad="SAME_UPPER"', lambda _: SAME),
        ('auto_pad="SAME_LOWER"', lambda _: LOWER),
        ("pads={pads}", _pads),
        ("pads={pads}, output_padding={output_padding}", _cells),
    ),
    "mxnet": (("padding={padding}, output_padding={output_padding}", _cells),),
}
"""What may be written in each framework, and what that asks for, in the order of trying."""


def _keras(crop: Crop) -> list[int]:
    """The output_padding with which Keras' same has these sizes."""
    each = zip(crop.sizes, crop.plain, strict=True)
    return [m - (a.size - 1) * a.stride - a.extent % 2 for m, a in each]


def in_words(crop: Crop) -> dict[str, str]:
    """What is written in each framework for a crop; "" where it has no words for it."""
    return {name: written(name, crop) for name in CONVENTIONS}


def written(framework: str, crop: Crop) -> str:
    """What is written in a framework for a crop; "" where it has no words for it.

    >>> plain = (Axis(size=2, kernel_size=3, stride=2),)
    >>> written("keras", Crop(plain, (0,), (1,))), written("keras", Crop(plain, (1,), (0,)))
    ('padding="same"', '')
    """
    return next(_written(framework, crop), "")


def by_hand(crop: Crop) -> str:
    """The crop of the uncropped output, as Python slices it."""
    each = zip(crop.begin, crop.end, strict=True)
    if min(*crop.begin, *crop.end) < 0:
        pads = ", ".join(f"({max(0, -b)}, {max(0, -e)})" for b, e in each)
        return f"pad with zeros by hand: {pads}"
    return f"crop by hand: y[..., {', '.join(f'{b or str()}:{-e or str()}' for b, e in each)}]"


def told(words: dict[str, str]) -> Iterator[tuple[list[str], str]]:
    """Frameworks that write the same together, and what they write."""
    by_text: dict[str, list[str]] = {}
    for name, text in words.items():
        by_text.setdefault(text, []).append(FRAMEWORKS[name])
    for text, names in by_text.items():
        yield names, text


def _written(name: str, crop: Crop) -> Iterator[str]:
    for pattern, asked in ATTEMPTS[name]:
        wanted = asked(crop)
        try:
            made = axes(
                name,
                **summary.each(crop.plain, "size", "kernel_size", "stride", "dilation"),
                groups=crop.groups,
                **wanted,
            )
        except XlconvError:
            continue
        got = [(a.padding[0], a.padding[1] - a.output_padding) for a in made]
        if got == list(zip(crop.begin, crop.end, strict=True)):
            yield _filled(pattern, wanted)


def _filled(pattern: str, wanted: dict[str, Any]) -> str:
    """A pattern with its values; ", output_padding=0" says nothing but in Keras, which adds zeros
    without it where the stride is larger than the kernel.
    """
    values = {key: _alike(value) for key, value in wanted.items() if not isinstance(value, str)}
    if isinstance(wanted.get("padding"), list):
        pads = wanted["padding"]
        pairs = [p if isinstance(p, tuple) else (p, p) for p in pads]
        values["pads"] = str([b for b, _ in pairs] + [e for _, e in pairs])
    text = pattern.format(**values)
    return text if wanted.get("padding") in WORDS else text.replace(", output_padding=0", "")


def _alike(values: Sequence[Any]) -> str:
    numbers = len(set(values)) == 1 and isinstance(values[0], int)
    return str(values[0]) if numbers else str(list(values))
