"""The networks of a lesson file: their layers in order, and the numbers that they have learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xlconv.errors import XlconvError
from xlconv.files.arrays import Source, array
from xlconv.files.readers import read
from xlconv.layers.convolution import Convolution
from xlconv.layers.layer import Array, Layer
from xlconv.layers.network import Network, Operation, Step, Upsample, learnt
from xlconv.layers.running import KINDS, Planned, run
from xlconv.layers.summary import DEFAULTS, each
from xlconv.lessons.lesson import Page
from xlconv.lessons.schema import Table, as_toml, instead

NETWORK_KEYS = {"input": str | list, "weights": str, "seed": int, "layer": list[dict[str, Any]]}
STEP_KEYS = {"name": str, "kind": str, "then": str, "from": str | list[str]}
LEARNT = {"weight": str | list, "bias": str | list}
WINDOW = {"padding": int | list[int | tuple[int, int]], "dilation": int | list[int], "groups": int}
KIND_KEYS: dict[str, dict[str, Any]] = {
    "conv": LEARNT | {"stride": int | list[int]} | WINDOW,
    "conv_transpose": LEARNT
    | {"stride": int | list[int], "output_padding": int | list[int]}
    | WINDOW,
    "upsample": {"scale_factor": int, "mode": str},
    "pool": {"kernel_size": int, "stride": int, "mode": str},
}
"""What a layer of each kind takes, beside `STEP_KEYS`."""

MOST_LAYERS = 32
"""Layers of a network: it is drawn on one sheet."""


def networks_from(top: Table, tables: dict[str, Any], source: Source) -> dict[str, Network]:
    """The networks that the tables of a file tell of, by their names."""
    top.part("network").check(tables, dict.fromkeys(tables, dict))
    return {key: network_from(top.part(f"network.{key}"), tables[key], source) for key in tables}


def check_fed(table: Table, pages: Sequence[Page], networks: Mapping[str, Network]) -> None:
    """Refuse a layer of a network on the last page, if no sheet before it holds its numbers."""
    name, _, _ = (part := pages[-1].part).partition(".")
    if part and not any(page.feeds and page.network is networks[name] for page in pages):
        raise table.wrong(
            f'shows layer "{part}": write a sheet with view = "network" and network = "{name}"'
            " before it"
        )


def network_from(table: Table, values: dict[str, Any], source: Source) -> Network:
    """The network that a table tells of.

    Raises XlconvError naming the layers, where one does not fit what it reads.
    """
    table.check(values, NETWORK_KEYS, needed=("input", "layer"))
    if len(values["layer"]) > MOST_LAYERS:
        raise table.wrong(
            f'"layer" must have at most {MOST_LAYERS} tables, got {len(values["layer"])}'
        )
    seed = values.get("seed", 0)
    try:
        given = array("input", values["input"], source, seed=seed)
        planned = [
            _planned(table, layer, values.get("weights"), source, seed + n)
            for n, layer in enumerate(values["layer"], 1)
        ]
        return run(given, planned)
    except XlconvError as error:
        said = str(error)
        raise (error if str(table.path) in said else table.wrong(said)) from None


def _planned(
    table: Table, values: dict[str, Any], weights: str | None, source: Source, seed: int
) -> Planned:
    name = values.get("name")
    own = table.part(f'{table.name}, layer "{name}"' if isinstance(name, str) else table.name)
    kind = values.get("kind")
    if kind not in KINDS:
        raise own.wrong(f'"kind" must be one of {", ".join(KINDS)}, got {as_toml(kind)}')
    own.check(values, STEP_KEYS | KIND_KEYS[kind], needed=("name",))
    if not values["name"] or "." in values["name"] or values["name"] == "input":
        raise own.wrong('"name" must be a name without a point, other than "input"')
    given = {key: values[key] for key in KIND_KEYS[kind] if key in values and key not in LEARNT}
    if "weight" in KIND_KEYS[kind]:
        given |= _learnt(own, values, weights, source, seed) | {"rank": 2}
    read_of = values.get("from", ())
    sources = (read_of,) if isinstance(read_of, str) else tuple(read_of)
    sources = tuple("" if one == "input" else one for one in sources)
    return Planned(values["name"], kind, given, values.get("then", ""), sources)


def _learnt(
    table: Table, values: dict[str, Any], weights: str | None, source: Source, seed: int
) -> dict[str, Array]:
    """The weight and the bias: those that are given, else those of the file of weights."""
    found = {key: array(key, values[key], source, seed=seed) for key in LEARNT if key in values}
    if "weight" in found:
        return found
    if weights is None:
        raise table.wrong('needs a key "weight", or "weights" in its network')
    if source.folder is None:
        raise table.wrong('"weights" must be left out: no file is read here')
    path = source.folder.file(weights)
    for key in LEARNT:
        if key not in found:
            found[key] = read(key, path, source.check, f"{values['name']}.{key}")
            source.take(key, found[key].size)
    return found


def parts_of(networks: Mapping[str, Network]) -> dict[str, Layer]:
    """The transposed convolutions of networks, each as NETWORK.LAYER."""
    return {
        f"{name}.{step.name}": step.operation
        for name, network in networks.items()
        for step in network.steps
        if isinstance(step.operation, Layer)
    }


def unknown(name: str, known: Sequence[str], networks: Mapping[str, Network]) -> str:
    """Why a page cannot show a layer that it names."""
    network, _, layer = name.partition(".")
    if network in networks and layer in networks[network].by_name:
        return (
            f"layer {as_toml(name)} is no transposed convolution: the view network shows it, and a"
            " [layers.NAME] of its own"
        )
    return f"unknown layer {as_toml(name)}{instead(name, known)}"


def told_of(network: Network) -> dict[str, Any]:
    """A network as a table that is read as the same."""
    return {"input": numbers(network.input), "layer": [_told(step) for step in network.steps]}


def numbers(values: Array) -> list[Any]:
    """Numbers as they are written, whole ones without a point."""
    whole = values.astype(np.int64) if (np.abs(values) < 2.0**53).all() else values
    listed: list[Any] = (whole if np.array_equal(whole, values) else values).tolist()
    return listed


def _told(step: Step) -> dict[str, Any]:
    sources = [name or "input" for name in step.sources]
    more = {} if step.then is None else {"then": str(step.then)}
    return {"name": step.name, "from": sources} | more | _parameters(step.operation)


def _parameters(operation: Operation) -> dict[str, Any]:
    g = operation.geometry
    if not isinstance(operation, Layer | Convolution):
        axis = g.axes[0]
        mode = {"mode": operation.mode}
        if isinstance(operation, Upsample):
            return {"kind": "upsample", "scale_factor": axis.stride} | mode
        return {"kind": "pool", "kernel_size": axis.kernel_size, "stride": axis.stride} | mode
    kind, keys = "conv", ["stride", "padding", "dilation"]
    if isinstance(operation, Layer):
        kind, keys = "conv_transpose", list(DEFAULTS)
    arrays: Mapping[str, Array] = dict(zip(LEARNT, learnt(operation), strict=False))
    told = {key: numbers(value) for key, value in arrays.items()}
    return {"kind": kind} | told | each(g.axes, *keys) | {"groups": g.groups}
