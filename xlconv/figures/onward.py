"""The words of what follows a layer: activations, and the other layers of a network."""

ONWARD_WORDS: dict[str, str] = {
    # what follows
    "then_relu": "ReLU: what is below 0 becomes 0",
    "then_relu6": "ReLU6: at least 0, at most 6",
    "then_leaky_relu": "Leaky ReLU: what is below 0 times the slope",
    "then_sigmoid": "Sigmoid",
    "then_tanh": "tanh",
    "then_clip": "Cut to low and high",
    "then_quantize": "As integers: divided by the scale, rounded, + zero point, kept in range",
    "then_slope": "slope",
    "then_scale": "scale",
    "then_zero_point": "zero point",
    "then_low": "low",
    "then_high": "high",
    # a network
    "layer_conv": "{name}: convolution  {size}",
    "layer_conv_transpose": "{name}: transposed convolution  {size}",
    "layer_upsample": "{name}: upsampling, {mode}  {size}",
    "layer_pool": "{name}: pooling, {mode}  {size}",
    "layer_joined": "{names}, joined  {size}",
    "layer_kernel": "Weights",
    "layer_weights": "Weights and bias",
    "target": "What the output should be  {size}",
    "means": "Means of the input  {size}",
    "enlarged": "{way}, from {size}",
    "psnr": "PSNR of {name}, in dB:",
    "look_pixel": "Pixel looked at",
    "reached_by": "Dots, and numbers underlined: what this pixel was made from, layer by layer back"
    " to the input.",
}
