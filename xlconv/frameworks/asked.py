"""What is asked of one axis in a framework's words, and the axis that they may become."""

from __future__ import annotations

from functools import cached_property

from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.geometry import Axis
from xlconv.layers.given import spell


@frozen(kw_only=True)
class Asked:
    """What is asked of one axis, in a framework's words; None is what is not said.

    padding  "same", "same_lower", "valid", or cells (begin, end): what is cropped, but for JAX,
             whose pads are those of the inner convolution
    """

    size: int
    kernel_size: int
    stride: int = 1
    dilation: int = 1
    padding: str | tuple[int, int] | None = None
    output_padding: int | None = None
    output_size: int | None = None
    position: int = 0
    rank: int = 1

    @cached_property
    def plain(self) -> Axis:
        """The axis with nothing cropped."""
        return self.axis((0, 0), 0)

    def axis(self, padding: tuple[int, int], output_padding: int) -> Axis:
        """The axis with this padding and output_padding, in PyTorch's words."""
        return Axis(
            size=self.size,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            padding=padding,
            output_padding=output_padding,
        )

    @property
    def cells(self) -> tuple[int, int]:
        """The padding that is not a word."""
        return self.padding if isinstance(self.padding, tuple) else (0, 0)

    def cropped(self, begin: int, end: int) -> Axis:
        """The axis with its crop, or extension where negative; in PyTorch's words if it has them:
        it crops both sides alike and gives back less than max(s, d) cells at the end.
        """
        back = begin - end
        if begin >= 0 and 0 < back < max(self.stride, self.dilation):
            return self.axis((begin, begin), back)
        return self.axis((begin, end), 0)

    def refuse(self, parameter: str, words: str, out: str = "", **more: object) -> XlconvError:
        """The framework's words, filled with what is asked, and the way out."""
        text = words.format(**vars(self) | {"padding": spell(self.padding)} | more)
        return XlconvError(f"{text}: {out}" if out else text, parameter=parameter)


def split(t: int, *, lower: bool = False) -> tuple[int, int]:
    """The crop of two sides: the odd cell at the end, or the begin if `lower`.

    Where there are too few cells, every framework extends at the end.
    """
    crop = max(t, 0)
    begin = crop - crop // 2 if lower else crop // 2
    return begin, t - begin
