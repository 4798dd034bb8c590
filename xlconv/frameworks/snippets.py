"""The layer as a program of each framework that prints the numbers of the sheet.

Every framework prints nested lists of (out_channels, *output_sizes), one innermost row a line,
integers where all are. Other values are rounded to six digits of the largest that the layer can
reach. All print the same text, for they compute in float64; but onnxruntime, and MXNet in 3-D,
which have float32 alone, may be off by one in the last digit of what is not whole. They hold
whole numbers up to 2**24.

Source: the frameworks' documents and what they were seen to do: PyTorch 2.13, TensorFlow 2.21,
Keras 3.15, JAX 0.10, Flax 0.12, onnxruntime 1.32, MXNet 1.9.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlconv.errors import XlconvError
from xlconv.frameworks.gaps import common, fill, inside, loop, parameters
from xlconv.frameworks.idioms import uncropped
from xlconv.frameworks.names import FRAMEWORKS
from xlconv.frameworks.plain_programs import PLAIN_PROGRAMS, plain_fields
from xlconv.frameworks.programs import PROGRAMS, Program
from xlconv.frameworks.rounding import decimals, gives_whole, is_whole
from xlconv.frameworks.short import REPORT, SHOW, WHOLE, inline, options
from xlconv.layers.convolution import Convolution
from xlconv.layers.geometry import Geometry
from xlconv.layers.layer import Array, Layer


def program(
    layer: Layer | Convolution,
    framework: str,
    places: Mapping[str, str] | None = None,
    *,
    output: Array | None = None,
) -> str:
    """A complete Python program that prints the layer's output, computed by one framework.

    places  where arrays are loaded from that are too large to be written out: Python expressions
            by their names, "input", "weight" or "bias"; see `files`. Where none is given it is
            "input.npy" and so on, as saved by np.save("input.npy", layer.input)
    output  of the layer, if the program shall be short and print as NumPy does: see `printed`

    Raises XlconvError if the framework is unknown, and for what is no layer, or a part of one.

    >>> layer = Layer.of([[3, 3], [1, 1]], [[1, 2, 3], [0, 1, 0], [2, 1, 2]], stride=2, padding=1)
    >>> exec(program(layer, "numpy"))
    [[[ 3,  0,  3],
      [ 5, 16,  5],
      [ 1,  0,  1]]]
    """
    _check(layer, framework)
    if isinstance(layer, Convolution):
        form = PLAIN_PROGRAMS[framework]
        own = plain_fields(layer, form)
    else:
        form = PROGRAMS[framework]
        own = _fields(layer, form)
    fields = common(layer, form, places or {}) | own
    fields |= {"options": options(fields)}
    end = WHOLE if gives_whole(layer) else REPORT
    if output is not None:
        how = "astype(int)" if is_whole(output) else f"round({fields['decimals']})"
        end, fields = SHOW, fields | {"shown": f"y.{how}"}
    return fill((form.text if layer.geometry.groups > 1 else inline(form.text)) + end, fields)


def _check(layer: object, framework: str) -> None:
    """Refuse what no program is of, and a framework that is unknown."""
    if not isinstance(layer, Layer | Convolution):
        raise XlconvError(
            f"layer must be a Layer or a Convolution, got {type(layer).__name__}: Layer.of makes"
            " one",
            parameter="layer",
        )
    if layer.rest is not None:
        raise XlconvError(
            "layer must be whole for a program, got a part of one, whose other channels and cells"
            " add to the output: give the layer that it was taken from",
            parameter="layer",
        )
    if framework not in FRAMEWORKS:
        raise XlconvError(
            f'framework must be one of {", ".join(FRAMEWORKS)}, got "{framework}"',
            parameter="framework",
        )


def printed(layer: Layer, output: Array) -> str:
    """What the short program of a layer prints.

    >>> import numpy as np
    >>> layer, y = Layer.of([[1, 2]], [[1, 1]]), np.array([[[1.0, 3, 2]]])
    >>> printed(layer, y)
    '[[[1 3 2]]]'
    >>> exec(program(layer, "numpy", output=y))
    [[[1 3 2]]]
    """
    return str(output.astype(int) if is_whole(output) else output.round(decimals(layer)))


def _fields(layer: Layer, form: Program) -> dict[str, object]:
    """What stands in the gaps of a transposed convolution's program."""
    g = layer.geometry
    native = form.crops(g.axes)
    # zeros that extend the output come before the bias, a mere crop may come after it
    biased = bool(form.bias) and (native or g.canvas_shape == _full_shape(g))
    return {
        **parameters(g, native, form.dilation_by_hand.get(g.rank, ""), "conv_transpose"),
        **loop(g.axes),
        **_stamps(g),
        **inside(layer, form, biased),
        "output_shape": (
            1,
            *(axis.output_size if native else axis.full_size for axis in g.axes),
            g.out_channels // g.groups,
        ),
        "padding_words": form.padding(g.axes if native else [uncropped(axis) for axis in g.axes]),
        "fit": "" if native else _fit(g, form.why),
    }


def _stamps(g: Geometry) -> dict[str, object]:
    """What an input channel stamps."""
    first = f"    o = c // {g.in_channels // g.groups} * {g.out_channels // g.groups}"
    return {
        "full_shape": _full_shape(g),
        "group": f"{first}  # the first output channel of c's group" if g.groups > 1 else "",
        "channels": f"o : o + {g.out_channels // g.groups}" if g.groups > 1 else ":",
    }


def _full_shape(g: Geometry) -> tuple[int, ...]:
    return (g.out_channels, *(axis.full_size for axis in g.axes))


def _fit(g: Geometry, why: str) -> str:
    """From the full output to the layer's: extended with zeros, then cropped."""
    begins = [max(0, -axis.padding[0]) for axis in g.axes]
    ends = [axis.canvas_size - axis.full_size - b for axis, b in zip(g.axes, begins, strict=True)]
    pads = [(0, 0), *zip(begins, ends, strict=True)]
    extend = f"y = np.pad(y, {pads})  # zeros: no input reaches there\n"
    crop = ", ".join(f"{cells.start}:{cells.stop}" for cells in g.crop)
    return f"# {why}\n{extend if any(begins + ends) else ''}y = y[:, {crop}]"
