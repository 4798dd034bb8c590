"""Lines of code as they stand in well-known programs, and in printed models: what each says.

What must be read was written by hand from the line; sizes in words, as nz or ngf * 8, are named.
"""

from __future__ import annotations

from typing import Any

import pytest

from xlconv.frameworks.pasted import pasted

T, K, F, M, J, N = "pytorch", "keras", "tensorflow", "mxnet", "jax", "onnx"

TRANSPOSED: list[tuple[str, str, dict[str, Any], set[str]]] = [
    # DCGAN
    ("nn.ConvTranspose2d( nz, ngf * 8, 4, 1, 0, bias=False),", T,
     {"kernel_size": 4, "stride": 1, "padding": 0}, {"in_channels", "out_channels"}),
    ("nn.ConvTranspose2d(ngf * 8, ngf * 4, 4, 2, 1, bias=False)", T,
     {"kernel_size": 4, "stride": 2, "padding": 1}, {"in_channels", "out_channels"}),
    ("nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False)", T,
     {"kernel_size": 4, "stride": 2, "padding": 1}, {"in_channels", "out_channels"}),
    # U-Net
    ("self.up = nn.ConvTranspose2d(in_channels, in_channels // 2, kernel_size=2, stride=2)", T,
     {"kernel_size": 2, "stride": 2}, {"in_channels", "out_channels"}),
    ("(up): ConvTranspose2d(1024, 512, kernel_size=(2, 2), stride=(2, 2))", T,
     {"in_channels": 1024, "out_channels": 512, "kernel_size": [2, 2], "stride": [2, 2]}, set()),
    ("self.upconv4 = nn.ConvTranspose2d(features * 16, features * 8, kernel_size=2, stride=2)", T,
     {"kernel_size": 2, "stride": 2}, {"in_channels", "out_channels"}),
    # VAE
    (("nn.ConvTranspose2d(hidden_dims[i], hidden_dims[i + 1], kernel_size=3, stride=2, padding=1,"
     " output_padding=1)"), T, {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1},
     {"in_channels", "out_channels"}),
    ("layers.Conv2DTranspose(64, 3, activation=\"relu\", strides=2, padding=\"same\")(x)", K,
     {"out_channels": 64, "kernel_size": 3, "stride": 2, "padding": "same", "then": ["relu"]},
     set()),
    ("decoder_outputs = layers.Conv2DTranspose(1, 3, activation='sigmoid', padding='same')(x)", K,
     {"out_channels": 1, "kernel_size": 3, "padding": "same", "then": ["sigmoid"]}, set()),
    (("tf.keras.layers.Conv2DTranspose(filters=32, kernel_size=3, strides=2, padding='same',"
     " activation='relu')"), K,
     {"out_channels": 32, "kernel_size": 3, "stride": 2, "padding": "same", "then": ["relu"]},
     set()),
    # pix2pix, CycleGAN
    ("upconv = nn.ConvTranspose2d(inner_nc * 2, outer_nc,\n kernel_size=4, stride=2,\n padding=1)",
     T, {"kernel_size": 4, "stride": 2, "padding": 1}, {"in_channels", "out_channels"}),
    (("model += [nn.ConvTranspose2d(ngf * mult, int(ngf * mult / 2), kernel_size=3, stride=2,"
     " padding=1, output_padding=1, bias=use_bias)]"), T,
     {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1},
     {"in_channels", "out_channels"}),
    (("tf.keras.layers.Conv2DTranspose(OUTPUT_CHANNELS, 4, strides=2, padding='same',"
     " kernel_initializer=initializer, activation='tanh')  # (batch_size, 256, 256, 3)"), K,
     {"kernel_size": 4, "stride": 2, "padding": "same", "then": ["tanh"]}, {"out_channels"}),
    (("result.add(tf.keras.layers.Conv2DTranspose(filters, size, strides=2, padding='same',"
     " kernel_initializer=initializer, use_bias=False))"), K,
     {"stride": 2, "padding": "same"}, {"out_channels", "kernel_size"}),
    # FSRCNN, FCN
    (("self.last_part = nn.ConvTranspose2d(d, num_channels, kernel_size=9, stride=scale_factor,"
     " padding=9//2, output_padding=scale_factor-1)"), T, {"kernel_size": 9, "padding": 4},
     {"in_channels", "out_channels", "stride", "output_padding"}),
    (("self.deconv1 = nn.ConvTranspose2d(512, 512, kernel_size=3, stride=2, padding=1, dilation=1,"
     " output_padding=1)"), T,
     {"in_channels": 512, "out_channels": 512, "kernel_size": 3, "stride": 2, "padding": 1,
      "dilation": 1, "output_padding": 1}, set()),
    ("nn.ConvTranspose2d(n_class, n_class, 16, stride=8, bias=False)", T,
     {"kernel_size": 16, "stride": 8}, {"in_channels", "out_channels"}),
    # sound
    (("weight_norm(ConvTranspose1d(h.upsample_initial_channel//(2**i),"
     " h.upsample_initial_channel//(2**(i+1)), k, u, padding=(k-u)//2))"), T, {},
     {"in_channels", "out_channels", "kernel_size", "stride", "padding"}),
    ("nn.ConvTranspose1d(256, 128, 16, 8, padding=4)", T,
     {"in_channels": 256, "out_channels": 128, "kernel_size": 16, "stride": 8, "padding": 4},
     set()),
    ("(0): ConvTranspose1d(64, 32, kernel_size=(8,), stride=(4,), padding=(2,))", T,
     {"in_channels": 64, "out_channels": 32, "kernel_size": [8], "stride": [4], "padding": [2]},
     set()),
    # volumes, groups, functions
    ("self.up = nn.ConvTranspose3d(64, 32, kernel_size=(1, 2, 2), stride=(1, 2, 2))", T,
     {"in_channels": 64, "out_channels": 32, "kernel_size": [1, 2, 2], "stride": [1, 2, 2]},
     set()),
    (("(up): ConvTranspose2d(8, 8, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), groups=8,"
     " bias=False)"), T,
     {"in_channels": 8, "out_channels": 8, "kernel_size": [4, 4], "stride": [2, 2],
      "padding": [1, 1], "groups": 8}, set()),
    ("y = F.conv_transpose2d(x, weight, bias=None, stride=2, padding=1, output_padding=1)", T,
     {"stride": 2, "padding": 1, "output_padding": 1}, set()),
    ("return torch.nn.functional.conv_transpose1d(x, w, None, 4, 2)", T,
     {"stride": 4, "padding": 2}, set()),
    ("nn.LazyConvTranspose2d(32, kernel_size=4, stride=2, padding=1)", T,
     {"out_channels": 32, "kernel_size": 4, "stride": 2, "padding": 1}, set()),
    # Keras' and TensorFlow's own
    (("model.add(layers.Conv2DTranspose(128, (5, 5), strides=(1, 1), padding='same',"
     " use_bias=False))"), K,
     {"out_channels": 128, "kernel_size": [5, 5], "stride": [1, 1], "padding": "same"}, set()),
    (("model.add(layers.Conv2DTranspose(1, (5, 5), strides=(2, 2), padding='same', use_bias=False,"
     " activation='tanh'))"), K,
     {"out_channels": 1, "kernel_size": [5, 5], "stride": [2, 2], "padding": "same",
      "then": ["tanh"]}, set()),
    (("x = keras.layers.Conv1DTranspose(32, kernel_size=7, padding=\"same\", strides=2,"
     " activation=\"relu\")(x)"), K,
     {"out_channels": 32, "kernel_size": 7, "padding": "same", "stride": 2, "then": ["relu"]},
     set()),
    ("layers.Conv3DTranspose(8, 2, strides=2, activation=tf.nn.relu)", K,
     {"out_channels": 8, "kernel_size": 2, "stride": 2, "then": ["relu"]}, set()),
    (("tf.nn.conv2d_transpose(value, filters, output_shape=[1, 56, 56, 64], strides=[1, 2, 2, 1],"
     " padding='SAME')"), F, {"output_size": [56, 56], "stride": [2, 2], "padding": "same"}, set()),
    ("tf.nn.conv2d_transpose(h, w, output_shape, strides=[1, 2, 2, 1])", F,
     {"stride": [2, 2]}, {"output_size"}),
    # MXNet Gluon, JAX, Flax, ONNX
    (("netG.add(nn.Conv2DTranspose(channels=ngf * 4, kernel_size=4, strides=2, padding=1,"
     " use_bias=False))"), M, {"kernel_size": 4, "stride": 2, "padding": 1}, {"out_channels"}),
    ("gluon.nn.Conv2DTranspose(512, 4, 1, 0, use_bias=False)", M,
     {"out_channels": 512, "kernel_size": 4, "stride": 1, "padding": 0}, set()),
    (("out = jax.lax.conv_transpose(x, kernel, strides=(2, 2), padding='SAME',"
     " dimension_numbers=('NHWC', 'HWIO', 'NHWC'))"), J, {"stride": [2, 2], "padding": "same"},
     set()),
    ("x = nn.ConvTranspose(features=32, kernel_size=(3, 3), strides=(2, 2))(x)", J,
     {"out_channels": 32, "kernel_size": [3, 3], "stride": [2, 2], "padding": "same"}, set()),
    ("x = nn.ConvTranspose(64, (4, 4), (2, 2), padding='VALID', use_bias=False)(x)", J,
     {"out_channels": 64, "kernel_size": [4, 4], "stride": [2, 2], "padding": "valid"}, set()),
    (("onnx.helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], strides=[3, 2],"
     " pads=[1, 2, 1, 2])"), N, {"stride": [3, 2], "padding": [(1, 1), (2, 2)]}, set()),
    (("onnx.helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], auto_pad='SAME_UPPER',"
     " strides=[2, 2])"), N, {"padding": "same_upper", "stride": [2, 2]}, set()),
]  # fmt: skip

PLAIN: list[tuple[str, dict[str, Any], set[str]]] = [
    ("nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)",
     {"in_channels": 3, "out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3}, set()),
    ("(conv1): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=64)",
     {"in_channels": 64, "out_channels": 64, "kernel_size": [3, 3], "stride": [1, 1],
      "padding": [1, 1], "groups": 64}, set()),
    ("x = layers.Conv2D(32, 3, activation=\"relu\", strides=2, padding=\"same\")(encoder_inputs)",
     {"out_channels": 32, "kernel_size": 3, "stride": 2, "padding": "same", "then": ["relu"]},
     set()),
    ("x = nn.Conv(features=32, kernel_size=(3, 3))(x)",
     {"out_channels": 32, "kernel_size": [3, 3], "padding": "same"}, set()),
    ("nn.Conv2d(nc, ndf, 4, 2, 1, bias=False)",
     {"kernel_size": 4, "stride": 2, "padding": 1}, {"in_channels", "out_channels"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "convention", "told", "unknown"), TRANSPOSED)
def test_transposed(line: str, convention: str, told: dict[str, Any], unknown: set[str]) -> None:
    read = pasted(line)
    said = {
        key: value for key, value in ({**read.said, **read.sizes}).items() if key != "convention"
    }
    assert not read.plain
    assert read.said["convention"] == convention
    assert (said, {*read.unknown}) == (told, unknown)


@pytest.mark.parametrize(("line", "told", "unknown"), PLAIN)
def test_plain(line: str, told: dict[str, Any], unknown: set[str]) -> None:
    read = pasted(line)
    assert read.plain
    assert ({**read.said, **read.sizes}, {*read.unknown}) == (told, unknown)


def test_there_are_forty() -> None:
    assert len(TRANSPOSED) + len(PLAIN) >= 40


def test_sums_of_numbers_are_computed_and_nothing_else() -> None:
    read = pasted("nn.ConvTranspose2d(2 * 4, 8 - 2, 3, stride=1 + 1, padding=(9 // 2, 1))")
    assert (read.sizes["in_channels"], read.sizes["out_channels"]) == (8, 6)
    assert read.said["padding"] == [4, 1]
    assert read.said["stride"] == 2
    for bad in ("1 // 0", "2 ** 99", "len('ab')", "(1, 2) * 9", "1.5 + 1"):
        assert {*pasted(f"nn.ConvTranspose2d(1, 1, 3, stride={bad})").unknown} == {"stride"}
