"""Models of Keras: .keras, and whole models in .h5.

A .keras file stores its weights by class and number; a layer is found by the name that its
configuration gives it.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from xlconv.errors import XlconvError
from xlconv.files.archives import member, opened_zip
from xlconv.files.reading import ContentError
from xlconv.frameworks.signatures import KERAS_STEPS
from xlconv.models.content import Content
from xlconv.models.found import PLAIN, TRANSPOSED, ModelLayer
from xlconv.models.tensors import Tensor

CONFIG, WEIGHTS = 16 << 20, 1 << 29
"""Bytes of a configuration and of the weights, at most."""

CLASS = re.compile(r"Conv([123])D(Transpose)?")
ALL = ("strides", "padding", "output_padding", "dilation_rate")
CALLED = {"strides": "stride", "dilation_rate": "dilation"}


def layers(content: Content) -> list[ModelLayer]:
    """The convolutions of a model, in the order of its configuration."""
    library = _library()
    if bytes(content.data[:2]) == b"PK":
        archive = opened_zip(content.open())
        if not {"config.json", "model.weights.h5"} <= set(archive.namelist()):
            raise ContentError("is no model of Keras: it lacks config.json or model.weights.h5")
        config = json.loads(member(archive, "config.json", CONFIG))
        file = library.File(io.BytesIO(member(archive, "model.weights.h5", WEIGHTS)), "r")
    else:
        file = library.File(content.open(), "r")
        told = file.attrs.get("model_config")
        if told is None:
            raise ContentError(
                "holds weights alone, without strides and paddings: model.save(FILE.keras) has all"
            )
        config = json.loads(told)
    return [_layer(own, place, file) for place, own in _walk(config, ()) if "name" in own["config"]]


def _library() -> Any:
    try:
        import h5py
    except ImportError:
        raise XlconvError(
            "reading Keras' files needs h5py: pip install xlconv-workbooks[keras]",
            parameter="model",
        ) from None
    return h5py


def _walk(
    told: Mapping[str, Any], place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Each convolution with its place in the file: class and number, model by model."""
    config = told.get("config")
    inner = config.get("layers") if isinstance(config, dict) else None
    if isinstance(inner, list):
        seen: Counter[str] = Counter()
        for one in inner:
            name = _snake(one["class_name"])
            number, seen[name] = seen[name], seen[name] + 1
            yield from _walk(one, (*place, f"{name}_{number}" if number else name))
    elif CLASS.fullmatch(str(told.get("class_name"))):
        yield place, told


def _snake(name: str) -> str:
    """A class as Keras writes it in a file: Conv2DTranspose is conv2d_transpose."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _layer(told: Mapping[str, Any], place: tuple[str, ...], file: Any) -> ModelLayer:
    config, name = told["config"], str(told["config"]["name"])
    match = CLASS.fullmatch(told["class_name"])
    assert match is not None
    rank, kind = int(match[1]), TRANSPOSED if match[2] else PLAIN
    arrays = _arrays(file, place, name)
    if not arrays:
        raise ContentError(f"has no weights of the layer {name!r:.80}")
    said = {CALLED.get(key, key): _plain(config[key]) for key in ALL if config.get(key) is not None}
    if config.get("groups", 1) != 1:
        said["groups"] = config["groups"]
    last = config.get("data_format") != "channels_first"
    where = {"input_layout": "channels-last" if last else "channels-first"}
    said |= {"convention": "keras"} if kind == TRANSPOSED else where
    activation = config.get("activation")
    if step := KERAS_STEPS.get(activation if isinstance(activation, str) else ""):
        said["then"] = [step]
    return ModelLayer(
        name=name,
        kind=kind,
        weight=_tensor(arrays[0], f"{name}/kernel"),
        bias=_tensor(arrays[1], f"{name}/bias") if len(arrays) > 1 else None,
        said=said,
        after="" if activation in (None, "linear") else f"{activation} (fused)"[:60],
        axes=None if kind == TRANSPOSED else (rank + 1, rank, *range(rank)),
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int) else [int(n) for n in value]


def _arrays(file: Any, place: tuple[str, ...], name: str) -> list[Any]:
    """A layer's data sets, the kernel first."""
    place_of_it = "layers/" + "/layers/".join(place) + "/vars"
    if "layers" in file and place_of_it in file:
        found = [file[place_of_it][key] for key in file[place_of_it]]
    else:
        found = []

        def gather(path: str, item: Any) -> None:
            if f"/{name}/" in f"/{path}/" and hasattr(item, "shape"):
                found.append(item)

        file.visititems(gather)
    return sorted(found, key=lambda data: -len(data.shape))


def _tensor(data: Any, name: str) -> Tensor:
    return Tensor(name, tuple(data.shape), str(data.dtype), lambda: data[()])
