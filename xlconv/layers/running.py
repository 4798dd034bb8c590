"""A network from its input and what its layers are: each is given the maps that reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from xlconv.budget import MAP
from xlconv.errors import XlconvError
from xlconv.frozen import frozen
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Array, Layer
from xlconv.layers.model import output
from xlconv.layers.network import Network, Operation, Pool, Stage, Step, Upsample
from xlconv.layers.then import Step as Then
from xlconv.layers.then import steps
from xlconv.text import spelt

KINDS = ("conv", "conv_transpose", "upsample", "pool")
"""What a layer of a network may be."""


@frozen
class Planned:
    """A layer that has not seen its input yet.

    sources  the steps whose maps it reads, none for those of the one before it; "" is the input
    given    the parameters that its kind takes
    """

    name: str
    kind: str
    given: dict[str, Any]
    then: str = ""
    sources: tuple[str, ...] = ()


def run(input: Array, planned: Iterable[Planned]) -> Network:
    """The network, each of its layers with the maps that reach it.

    input  (channels, rows, columns), or (rows, columns) for one channel

    Raises XlconvError where a layer does not fit what it reads, naming both.

    >>> net = run(np.ones((4, 4)), [Planned("Down", "pool", {"kernel_size": 2})])
    >>> net
    <Network 1 layer: 1x4x4 → 1x2x2>
    """
    maps = {"": input if input.ndim > 2 else input[None]}
    if maps[""].ndim != 3:
        raise XlconvError(
            f"input of a network must have rows and columns, got shape {input.shape}",
            parameter="input",
        )
    steps: list[Step] = []
    for layer in planned:
        step = _step(layer, maps, steps[-1].name if steps else "")
        steps.append(step)
        maps[step.name] = map_of(step)
    if not steps:
        raise XlconvError("a network must have at least one layer")
    unread = {step.name for step in steps[:-1]} - {name for step in steps for name in step.sources}
    if unread:
        raise XlconvError(f'layer "{min(unread)}" is read by no other and is not the last')
    return Network(maps[""], tuple(steps))


def map_of(step: Step) -> Array:
    """What a step gives: (channels, rows, columns)."""
    sums = output(step.operation)
    return sums if step.then is None else step.then.of(sums)


def sums(stage: Stage) -> Array:
    """What a layer of a network computes, before its activation."""
    return output(stage.network.by_name[stage.name].operation)


def maps(stage: Stage) -> Array:
    """What a layer of a network gives."""
    return map_of(stage.network.by_name[stage.name])


def fed(network: Network, input: Array) -> Network:
    """The network with another input of the same shape."""
    found, steps = {"": input}, list[Step]()
    for step in network.steps:
        reached = np.concatenate([found[name] for name in step.sources])
        steps.append(replace(step, operation=replace(step.operation, input=reached)))
        found[step.name] = map_of(steps[-1])
    return replace(network, input=input, steps=tuple(steps))


def straight(network: Network, made: Callable[[Operation], Operation]) -> Network:
    """The network of other numbers, without activations: none gives more than it gets."""
    found = {"": np.abs(network.input)}
    steps = list[Step]()
    for step in network.steps:
        reached = np.concatenate([found[name] for name in step.sources])
        operation = replace(made(step.operation), input=reached)
        steps.append(replace(step, operation=operation, then=None))
        found[step.name] = output(operation)
    return Network(found[""], tuple(steps))


def _step(layer: Planned, maps: dict[str, Array], before: str) -> Step:
    sources = layer.sources or (before,)
    if layer.name in maps:
        raise XlconvError(f'two layers are called "{layer.name}": each needs a name of its own')
    for name in sources:
        if name not in maps:
            raise XlconvError(
                f'layer "{layer.name}" reads "{name:.40}", which is no layer before it'
            )
    read = [maps[name] for name in sources]
    of = " and ".join(f'"{name}"' if name else "the input" for name in sources)
    if len({one.shape[1:] for one in read}) > 1:
        sizes = " and ".join(spelt(one.shape[1:]) for one in read)
        raise XlconvError(
            f'layer "{layer.name}" joins maps of {of}, which are {sizes}: they must be of one size'
        )
    try:
        operation = _operation(layer, np.concatenate(read))
    except XlconvError as error:
        raise XlconvError(
            f'layer "{layer.name}" does not fit what it reads of {of}: {error}'
        ) from None
    step = Step(layer.name, sources, operation, _then(layer))
    if prod(step.output_shape) > MAP:
        raise XlconvError(
            f'layer "{layer.name}" gives {spelt(step.output_shape)} cells, more than {MAP}: use a'
            " smaller input, or make it less large"
        )
    return step


def _then(layer: Planned) -> Then | None:
    """The activation of a layer, if it has one."""
    if not layer.then:
        return None
    try:
        (then,) = steps(layer.then)
    except XlconvError as error:
        raise XlconvError(f'layer "{layer.name}": {error}') from None
    except ValueError:
        raise XlconvError(f'"then" of layer "{layer.name}" must be one step') from None
    return then


def _operation(layer: Planned, reached: Array) -> Operation:
    given = dict(layer.given)
    match layer.kind:
        case "upsample":
            return Upsample.of(reached, given.get("scale_factor", 2), given.get("mode", "nearest"))
        case "pool":
            size = given.get("kernel_size", 2)
            return Pool.of(reached, size, given.get("stride", size), given.get("mode", "max"))
        case "conv":
            return Convolution.of(reached, **given)
        case "conv_transpose":
            return Layer.of(reached, **given)
    raise XlconvError(f'kind must be one of {", ".join(KINDS)}, got "{layer.kind:.40}"')
