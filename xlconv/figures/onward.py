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
    "target": "What the output should be  {size}",
    "means": "Means of the input  {size}",
    "enlarged": "{way}, from {size}",
    "psnr": "PSNR of {name}, in dB:",
    "look_pixel": "Pixel looked at",
    "reached_by": "Dots, and numbers underlined: what this pixel was made from, layer by layer back"
    " to the input.",
    # learning
    "rate": "Learning rate",
    "rate_range": "0 to {most}",
    "rate_wrong": "must be a number from 0 to {most}: nothing is learnt",
    "look_step": "Look at step",
    "wanted": "The kernel to be found  {size}",
    "learnt": "Learnt, at the step looked at",
    "loss_part": "loss: the first, divided by ",
    "loss_times": "loss: the first, times ",
    "loss_none": "loss: 0",
    "loss_is": "loss",
    "rate_is": "rate",
    "losses": "Loss at each step, as a part of the first: a row for each power of ten",
    "wanted_output": "Wanted output: the input through the kernel to be found  {size}",
    "descent": "Each step: output = input through its kernel; error = output - wanted output.",
    "descent_loss": "loss = sum of error² / {cells}; its gradient is 2/{cells} times a plain"
    " convolution of the error, the input its kernel.",
    "descent_next": "The next step's kernel = kernel - rate · gradient. Where the loss is over"
    " {lost} times the first, the rate is 0 from there on.",
    "kernels": "Kernel, gradient",
    "outputs": "Output",
    "errors": "Error",
    "step_is": "step {n}",
    "gradient_is": "gradient {n}",
    # ripple
    "ripple": "Ripple inside: standard deviation / mean of the cells in each inner frame, which no"
    " edge reaches",
    "ripple_after": "after {name}",
}
