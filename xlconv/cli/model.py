"""The command `model`: the convolutions in a model file."""

from __future__ import annotations

from pathlib import Path

import click

from xlconv.cli.group import Command
from xlconv.cli.terminal import as_text, clock, put


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv model det.onnx
  xlconv model unet.pth
  xlconv model segmentation.tflite --json""",
)
@click.argument("file", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def model(file: str, as_json: bool) -> None:
    """List the convolutions in a model file, and the commands that show them.

    FILE is .onnx, .safetensors, a checkpoint of PyTorch (.pt, .pth), .tflite, .keras, .h5 or .npz.
    Nothing in it is run, and no framework is needed; Keras' files take the extra `keras`. Where a
    file holds weights alone, which tell neither stride nor kind, every weight of three to five axes
    is listed, those first that are likely a transposed convolution's, with the reason.
    """
    from xlconv.models.model import read_model
    from xlconv.models.words import as_dict, explain

    with clock(f"reading {Path(file).name}"):
        found = read_model(file)
    put(as_text(as_dict(found)) + "\n" if as_json else explain(found))
