"""Files of NumPy's savez, as weights by their keys."""

from __future__ import annotations

from xlconv.files.archives import npz_members, opened_zip
from xlconv.models.content import Content
from xlconv.models.found import ModelLayer
from xlconv.models.likely import weights
from xlconv.models.tensors import Tensor


def layers(content: Content) -> list[ModelLayer]:
    """The weights in a file, the likely ones first."""
    found = npz_members(opened_zip(content.open()))
    return weights(Tensor(key, own.shape, own.dtype.name, own.load) for key, own in found.items())
