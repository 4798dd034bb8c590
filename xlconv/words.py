"""Every word that a view puts on a sheet; a lesson's [words] replaces what it wants to."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # blocks
    "input": "Input  {size}",
    "kernel": "Kernel  {size}",
    "turned": "Kernel turned by 180°  {size}",
    "bias": "Bias",
    "output": "Output  {size}",
    "output_formula": "Output  {size} = {formula}",
    "stamps": "Stamps: each input × the whole kernel",
    "placed": "Stamped so far",
    "count": "How many stamps reach each cell",
    "stretched": "Input with zeros: {margin} around  {size}",
    "stretched_apart": "Input with zeros: {zeros} between, {margin} around  {size}",
    "canvas": "Full output  {size}, cropped to {kept}",
    "by_distributing": "The same by distributing  {size}",
    "by_collecting": "The same by collecting  {size}",
    "turned_short": "Kernel turned by 180°",
    # gniddap
    "padding_is": "padding {padding}: {size} kept",
    "margin": "padded by k-1-p = {sum}",
    "margin_crops": "k-1-p = {sum}: the input itself is cropped",
    "sizes": "Output size",
    "size": "size",
    "size_rule": "size = (n-1)·s + k - 2·p",
    # sedirts, 1-D
    "apart": "Stamps placed {stride} apart",
    "fraction": "Each step of the kernel is {fraction} of the way between two inputs",
    "count_is_product": "rows × columns = stamps on a cell",
    "staircase": "Input × kernel, each where it lands",
    # phases
    "input_margin": "Input  {size}, with a margin of zeros",
    "phases": "Kernel, split into {count} phases, each turned",
    "phase": "y[{cells}]",
    "phase_empty": "no weight",
    "small_outputs": "Each phase's own output",
    # channels
    "input_channel": "Input channel {i}",
    "kernel_of": "Kernel [{i}, {o}]",
    "part_of": "Channel {i} to output {o}",
    "part": "part {i}",
    "output_channel": "Output channel {o}: the parts added",
    "layout": "Kernel layout {shape}:\nin_channels, out_channels, kH, kW.\nA plain convolution has\nout_channels, in_channels, kH, kW.",
    # contents
    "sheets": "Sheets",
    "legend": "Colours",
    "legend_input": "yours to type over",
    "legend_computed": "a formula: click on it and read",
    "legend_kernel": "a kernel weight, and where it acts",
    "legend_zero": "an inserted zero or padding",
    "legend_cropped": "computed, then cropped",
    "legend_current": "what is looked at now",
    "legend_now": "what it reaches",
    "legend_count": "few to many",
    "how": "How to use it",
    "made_with": "Made with xlconv {version}. Every number that is not yours to type is a formula.",
    # code
    "code_for": "{framework}: {name}",
    # verdicts
    "agree": "both views agree  ✓",
    "differ": "the views differ  ✗",
    # controls
    "step": "Step",
    "step_range": "0 to {last}: type or choose",
    "step_at": "now at input",
    "step_wrong": "must be a whole number from 0 to {last}",
    "look_at": "Look at output",
    "row": "row",
    "column": "column",
    "depth": "depth",
    "channel": "channel",
    "look_wrong": "there is no such output cell: {limits}",
    "nothing": "0, no input reaches it",
    # the table of taps
    "taps": "How this cell is made",
    "tap_kernel": "kernel",
    "tap_input": "input",
    "tap_product": "product",
    "tap_sum": "the sum so far",
    "sum": "sum",
    # navigation
    "contents": "Contents",
    "previous": "‹ {name}",
    "next": "{name} ›",
    "try_this": "Try this",
}
