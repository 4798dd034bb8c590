"""What is added to an excerpt of a layer, so that its output is the whole one's."""

from __future__ import annotations

from xlconv.frozen import frozen
from xlconv.layers.given import Array


@frozen(eq=False)
class Rest:
    """What is added to an excerpt of a layer, so that its output is the whole one's.

    values    of a transposed convolution (out_channels, *canvas_sizes) float64, of a plain one
              (out_channels, *output_sizes)
    channels  input channels that are not shown
    outside   whether some comes from outside of the input's cells that are
    """

    values: Array
    channels: int
    outside: bool
