"""A model file as the layers in it, whichever program wrote it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from xlconv.errors import UnreadableError, XlconvError
from xlconv.files.reading import is_folder
from xlconv.frozen import frozen
from xlconv.models.content import mapped, told_of
from xlconv.models.found import TRANSPOSED, ModelLayer
from xlconv.text import counted
from xlconv.visible import shortened

SHOWN = 8
"""Names in a message, at most."""


@frozen(eq=False)
class Model:
    """The convolutions of a file, and its weights where it holds nothing else."""

    path: Path
    format: str
    layers: tuple[ModelLayer, ...]

    def layer(self, name: str | None) -> ModelLayer:
        """The layer of a name, or of a part of it that no other has; the only transposed one
        where none is named.

        Raises XlconvError that names those that there are.
        """
        if not self.layers:
            raise UnreadableError(f"{self.path} holds no convolution", parameter="model")
        if name is None:
            found = [layer for layer in self.layers if layer.kind == TRANSPOSED]
            found = found or list(self.layers)
        else:
            found = next(filter(None, (self._named(name, fits) for fits in FITS)), [])
        if len(found) == 1:
            return found[0]
        known = self._names(found or self.layers, name)
        if name is None:
            raise XlconvError(
                f"{self.path} has several layers: name one, {known}", parameter="layer"
            )
        many = f"is in the names of {len(found)} layers of" if found else "is no layer of"
        raise XlconvError(f"{name!r:.80} {many} {self.path}: {known}", parameter="layer")

    def _named(self, name: str, fits: Callable[[str, str], bool]) -> list[ModelLayer]:
        return [
            layer
            for layer in self.layers
            if any(fits(name, own) for own in (layer.name, layer.weight.name, layer.output))
        ]

    def _names(self, layers: Iterable[ModelLayer], name: str | None) -> str:
        names = [layer.name for layer in layers]
        close = get_close_matches(name[:100], names, SHOWN) if name else []
        listed = [known for known in names if known in close] or names[:SHOWN]
        more = len(names) - len(listed)
        return shortened(", ".join(listed), 600) + (
            f" and {counted(more, 'other')}" if more else ""
        )


FITS: tuple[Callable[[str, str], bool], ...] = (
    lambda name, own: own == name,
    lambda name, own: own.endswith((f"/{name}", f".{name}")),
    lambda name, own: name.lower() in own.lower(),
)
"""Ways in which a name may be meant, the strictest first."""


@frozen
class Format:
    """A format by its name, and the module of this room whose `layers` reads it."""

    name: str
    module: str


FORMATS: Mapping[str, Format] = {
    ".onnx": Format("ONNX", "onnx"),
    ".safetensors": Format("safetensors", "safetensors"),
    ".pt": Format("PyTorch", "checkpoints"),
    ".pth": Format("PyTorch", "checkpoints"),
    ".ckpt": Format("PyTorch", "checkpoints"),
    ".bin": Format("PyTorch", "checkpoints"),
    ".tflite": Format("TensorFlow Lite", "tflite"),
    ".keras": Format("Keras", "keras"),
    ".h5": Format("Keras", "keras"),
    ".hdf5": Format("Keras", "keras"),
    ".npz": Format("NumPy", "npz"),
}

UNREAD = {
    ".gguf": "GGUF, which has no convolutions of this kind: take the original weights",
    ".param": "ncnn's: convert from the ONNX model instead",
    ".pb": "a SavedModel's: save it with model.save(FILE.keras), or convert it to .tflite",
    ".mlmodel": "Core ML's: take the model that it was converted from",
    ".engine": "TensorRT's, which is for one machine: take the ONNX model",
    ".pdiparams": "PaddlePaddle's: convert it with paddle2onnx",
    ".pkl": "a pickle: torch.save(model.state_dict(), FILE.pt) writes what is read",
    ".msgpack": "Flax's: save the arrays with numpy.savez",
    ".params": "MXNet's: save the arrays with numpy.savez",
}
"""Formats that are not read, and the way out."""


def read_model(path: str | os.PathLike[str]) -> Model:
    """The convolutions in a model file; nothing in it is run, and no framework is imported.

    Raises UnreadableError for a file that cannot be read, XlconvError for a format that is not.
    """
    place = Path(path)
    ending = place.suffix.lower()
    if is_folder(place):
        raise XlconvError(f"{place} is a folder, perhaps {UNREAD['.pb']}", parameter="model")
    if ending in UNREAD:
        raise XlconvError(f"{place} is {UNREAD[ending]}", parameter="model")
    if ending not in FORMATS:
        known = ", ".join(FORMATS)
        raise XlconvError(
            f"model must be one of {known}, got {str(place)!r:.200}", parameter="model"
        )
    known_format = FORMATS[ending]
    content = mapped(place)
    with told_of(place):
        module = import_module(f"xlconv.models.{known_format.module}")
        return Model(place, known_format.name, tuple(module.layers(content)))
