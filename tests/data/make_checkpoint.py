"""Write checkpoint.pt with PyTorch 2.13.0, in an environment of its own: python make_checkpoint.py

A state_dict with each type of numbers, a tensor that is a strided view, integers with a scale a
channel; and a whole model in module.pt. What torch computes from it is in checkpoint.npz.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

if __name__ == "__main__":
    import torch
    from torch import nn

    torch.manual_seed(5)
    up = nn.ConvTranspose2d(3, 2, (4, 3), stride=(2, 1), padding=1, output_padding=(1, 0))
    weight = up.weight.detach()
    kinds = {"float64": torch.float64, "float16": torch.float16, "bfloat16": torch.bfloat16}
    held = {f"{name}.weight": weight.to(kind) for name, kind in kinds.items()}
    held["view.weight"] = weight.permute(1, 0, 3, 2)[:, 1:]
    scales, zeros = torch.tensor([0.5, 0.25, 2.0]), torch.tensor([1, 0, 3])
    held["quantised.weight"] = torch.quantize_per_channel(weight * 9, scales, zeros, 0, torch.qint8)
    held["whole.weight"] = torch.quantize_per_tensor(weight * 9, 0.125, 7, torch.quint8)
    torch.save({"epoch": 3, "state_dict": up.state_dict() | held}, HERE / "checkpoint.pt")
    torch.save(nn.Sequential(nn.ReLU(), up), HERE / "module.pt")
    meant = {
        name: (t.dequantize() if t.is_quantized else t).double().numpy() for name, t in held.items()
    }
    x = torch.randn(1, 3, 4, 5)
    numbers = {"x": x.numpy(), "y": up(x).detach().numpy(), "weight": weight.numpy()}
    np.savez_compressed(HERE / "checkpoint.npz", **meant, **numbers)
