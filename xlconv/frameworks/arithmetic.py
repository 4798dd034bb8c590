"""What each framework makes of what is asked of one axis.

Every rule was read in the framework and seen when it ran: PyTorch 2.13, TensorFlow 2.21,
Keras 3.15, JAX 0.10, onnxruntime 1.32, MXNet 1.9.1. tests/data/make_conventions.py runs them.
In the rules n is the input size, s the stride, k_eff the extent of the dilated kernel,
full = (n-1)*s + k_eff, m the output size and t = full - m what is too much of it.
"""

from __future__ import annotations

from xlconv.frameworks.asked import Asked, split
from xlconv.layers.geometry import Axis


def pytorch(a: Asked) -> Axis:
    begin, end = a.cells
    if a.output_size is None:
        return a.axis(a.cells, a.output_padding or 0)
    least = a.plain.full_size - begin - end
    if not least <= a.output_size < least + a.stride:
        words = (
            "requested an output size of {output_size}, but valid sizes range from"
            f" {least} to {least + a.stride - 1} (for an input of {{size}})"
        )
        raise a.refuse("output_size", words)
    back = a.output_size - least
    if a.output_padding not in {None, back}:
        words = f"output_size {{output_size}} is output_padding {back}, got {{output_padding}}"
        raise a.refuse("output_padding", words, "give one of the two")
    return a.axis(a.cells, back)


def mxnet(a: Asked) -> Axis:
    pads, adj = a.cells, a.output_padding or 0
    parameter, out = "output_padding", f"at most {a.stride - 1}"
    if a.output_size is not None:
        full, t = a.plain.full_size, a.plain.full_size - a.output_size
        if t < 0:
            words = (
                f"o_pad[i] >= target_shape[i] ({full} vs. {{output_size}}) : too big target shape"
            )
            raise a.refuse("output_size", f"Check failed: {words}", f"at most {full} cells")
        pads, adj = ((t + 1) // 2, (t + 1) // 2), t % 2
        parameter, out = "output_size", "one cell more or less"
    if adj >= a.stride:
        name = "dyx"[-a.rank :][a.position]
        check = f"stride[{a.position}]-1 >= o_adj[{a.position}] ({a.stride - 1} vs. {adj})"
        words = f"Check failed: {check} : adj({name}) must be samller than stride[{a.position}]"
        raise a.refuse(parameter, words, out)
    return a.axis(pads, adj)


def keras(a: Asked) -> Axis:
    s, op, k_eff, full = a.stride, a.output_padding, a.plain.extent, a.plain.full_size
    if op is not None and op >= s:
        words = (
            "`output_padding` must be strictly less than `strides` for all dimensions. At dimension"
            " {position}, `output_padding` is {output_padding} but `strides` is {stride}"
        )
        raise a.refuse("output_padding", words, f"at most {s - 1}, or none for Keras to choose")
    if a.padding == "same":
        m = a.size * s if op is None else (a.size - 1) * s + k_eff % 2 + op
        return a.cropped(*split(full - m))
    return a.cropped(0, -(max(k_eff, s) - k_eff if op is None else op))


def tensorflow(a: Asked) -> Axis:
    n, s, k_eff, (begin, end) = a.size, a.stride, a.plain.extent, a.cells
    # a convolution with this padding maps s sizes, from the least, to n
    least = (n - 1) * s + (1 if a.padding == "same" else k_eff - begin - end)
    m = a.output_size
    if m is None:  # tf.nn wants it; this is what Keras and the older tf.layers give it
        m = {"same": n * s, "valid": (n - 1) * s + max(k_eff, s)}.get(str(a.padding), least)
    if not least <= m < least + s:
        words = (
            f"Size of out_backprop doesn't match computed: actual = {n}, computed ="
            f" {n + (m - least) // s} spatial_dim: {a.position + 1 + (a.rank == 1)} input: {m}"
            f" filter: {a.kernel_size} output: {n} stride: {s} dilation: {a.dilation}"
        )
        out = f"{max(1, least)} to {least + s - 1} cells convolve back to {n}"
        raise a.refuse("output_size", words, out)
    t = a.plain.full_size - m
    return a.cropped(*split(t)) if a.padding == "same" else a.cropped(begin, t - begin)


def jax(a: Asked) -> Axis:
    k_eff, s = a.plain.extent, a.stride
    if a.padding == "same":
        return a.cropped(*split(k_eff - s))  # n*s cells
    if a.padding == "valid":
        return a.cropped(0, min(k_eff - s, 0))  # (n-1)*s + max(k_eff, s) cells
    low, high = a.cells
    return a.cropped(k_eff - 1 - low, k_eff - 1 - high)


def onnx(a: Asked) -> Axis:
    m, op, s, full = a.output_size, a.output_padding or 0, a.stride, a.plain.full_size
    if op >= s:
        words = "output_padding ({output_padding}) may be too large for stride ({stride})"
        raise a.refuse("output_padding", words, f"at most {s - 1}")
    if m is not None and m >= full + s:
        words = (
            "Explicit output_shape is inconsistent with input spatial dimensions and convolution"
            f" parameters. Expected input size {(m - a.plain.extent) // s + 1} but got {a.size}"
        )
        raise a.refuse("output_size", words, f"at most {full + s - 1} cells")
    if m is None and a.padding in {"same", "same_lower"}:
        m = min(a.size * s, full + op)  # onnxruntime: a pad is never negative
    if m is None:
        return a.axis(a.cells, op)
    begin, end = split(full + op - m, lower=a.padding != "same")
    return a.cropped(begin, end - op)
