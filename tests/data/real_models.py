"""Fetch real model files from the packages that carry them: python tests/data/real_models.py FOLDER

rapidocr-onnxruntime 1.4.4 (PyPI, Apache-2.0)             ch_PP-OCRv4_det_infer.onnx
platelet-unet-watershed 0.0.3 (PyPI, MIT)                 unet-210913-zyxmc.pt
@mediapipe/selfie_segmentation 0.1.1675465747 (npm, Apache-2.0)  selfie_segmentation.tflite
onnx 1.17.0 (PyPI, Apache-2.0; later wheels leave them out)  its folders test_convtranspose_*

They are never committed. XLCONV_MODELS names the folder to tests/test_real_models.py.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PYPI = {
    "rapidocr-onnxruntime==1.4.4": "ch_PP-OCRv4_det_infer.onnx",
    "platelet-unet-watershed==0.0.3": "unet-210913-zyxmc.pt",
}
ONNX, NODES = "onnx==1.17.0", "onnx/backend/test/data/node/test_convtranspose"
NPM = {"@mediapipe/selfie_segmentation@0.1.1675465747": "selfie_segmentation.tflite"}


def fetch(folder: Path) -> None:
    """Put every file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
    commands = [([*pip, name], file) for name, file in PYPI.items()]
    commands += [(["npm", "pack", "--silent", name], file) for name, file in NPM.items()]
    for command, file in commands:
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
            (package,) = Path(place).iterdir()
            (folder / file).write_bytes(_member(package, file))
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([*pip, ONNX], cwd=place, check=True, stdout=subprocess.DEVNULL)
        with zipfile.ZipFile(next(Path(place).iterdir())) as wheel:
            wheel.extractall(folder, [n for n in wheel.namelist() if n.startswith(NODES)])


def _member(package: Path, file: str) -> bytes:
    """The file of a name in a package, wherever it lies there."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            return wheel.read(next(n for n in wheel.namelist() if n.endswith(f"/{file}")))
    with tarfile.open(package) as archive:
        held = archive.extractfile(next(n for n in archive.getnames() if n.endswith(f"/{file}")))
        assert held is not None
        return held.read()


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
