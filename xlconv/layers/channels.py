"""Whether a weight and a bias are for the channels that an input has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xlconv.errors import XlconvError
from xlconv.layers.given import Array, plain, shortly, whole
from xlconv.layers.ranks import Reading
from xlconv.text import counted


def check_transposed(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], groups: int, reading: Reading
) -> None:
    """Refuse a weight of a transposed convolution that is not for the input's channels."""
    channels, members = x_shape[0], w_shape[0]
    if channels == members:
        return
    if reading.alone:
        raise _kernel_alone(channels, groups)
    raise XlconvError(
        f"weight must have the input's channels first, got {members} in weight of shape {w_shape}"
        f" with {counted(channels, 'input channel')}",
        parameter="weight",
    )


def check_plain(
    x_shape: tuple[int, ...], w_shape: tuple[int, ...], groups: int, reading: Reading
) -> None:
    """Refuse a weight of a plain convolution that is not for the input's channels."""
    channels, (out, members) = x_shape[0], w_shape[:2]
    if reading.alone and channels not in (1, groups):
        raise _kernel_alone(channels, groups)
    if channels != members * groups:
        raise XlconvError(
            f"weight must have the input's channels second, divided by groups, got {members} in"
            f" weight of shape {w_shape} with {counted(channels, 'input channel')},"
            f" groups {groups}",
            parameter="weight",
        )
    if out % groups:
        raise XlconvError(
            f"groups must divide in_channels and out_channels, got {groups} with in_channels"
            f" {channels}, out_channels {out}",
            parameter="groups",
        )


def _kernel_alone(channels: int, groups: int) -> XlconvError:
    return XlconvError(
        "weight without channels is for one input channel, or for as many groups as channels, got"
        f" {counted(channels, 'channel')} and groups {groups}: use groups {channels}, which gives"
        " each channel that kernel",
        parameter="weight",
    )


def bias_of(bias: Array | None, out_channels: int) -> Array | None:
    """The bias as (out_channels,); refused where it has another number of values."""
    b = None if bias is None else bias.reshape(-1)
    if b is not None and len(b) != out_channels:
        raise XlconvError(
            f"bias must have one value for each of {out_channels} output channels, got {len(b)}",
            parameter="bias",
        )
    return b


def chosen(name: str, channels: Any) -> list[int]:
    """Channels that a caller names, as whole numbers of Python's own.

    >>> chosen("in_channels", range(2))
    [0, 1]
    """
    listed = plain(channels)
    if not isinstance(listed, Iterable):
        raise XlconvError(
            f"{name} must be a list of channels, got {shortly(channels)}", parameter=name
        )
    return [whole(name, channel) for channel in listed]
