"""Every word that a view puts on a sheet; a lesson's [words] replaces what it wants to."""

from __future__ import annotations

import re

TEXT_LENGTH, FORMULA_LENGTH, LITERAL_LENGTH = 32_767, 8_192, 255
"""Characters that Excel takes in a cell, in a formula, and in a text in a formula."""

UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold, and a carriage return, which Excel does not keep."""


def length(text: str) -> int:
    """Characters as Excel counts them, in a cell, a formula and a name: units of UTF-16.

    >>> length("k²"), length("🙂")
    (2, 2)
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def counted(number: int, noun: str) -> str:
    """A number of things, in the singular where it is one.

    >>> counted(1, "formula"), counted(1200, "formula")
    ('1 formula', '1,200 formulas')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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
    "count_each": "How many stamps of each input channel reach a cell",
    "stretched": "Input with zeros: {margin} around  {size}",
    "stretched_apart": "Input with zeros: {zeros} between, {margin} around  {size}",
    "canvas": "Full output  {size}, cropped to {kept}",
    "by_distributing": "The same by distributing  {size}",
    "by_collecting": "The same by collecting  {size}",
    "turned_short": "Kernel turned by 180°",
    "parts": "A sum too long for one formula, in {count} parts",
    "parts_for": "The sums in {cells}, too long for one formula, in {count} parts",
    # gniddap
    "padding_is": "padding {padding}: {size} kept",
    "padding_is_own": "padding {padding}, the layer's: {size} kept",
    "margin": "padded by {rule} = {sum}",
    "margin_crops": "{rule} = {sum}: the input itself is cropped",
    "sizes": "Output size",
    "size": "size",
    "size_rule": "size = {rule}",
    # sedirts, 1-D
    "apart": "Stamps placed {stride} apart",
    "fraction": "Each step of the kernel is {fraction} of the way between two inputs",
    "count_is_product": "rows × columns = stamps on a cell",
    "staircase": "Input × kernel, each where it lands",
    # phases
    "input_margin": "Input  {size}, with a margin of zeros",
    "phases": "Kernel, split into {count} phases, each turned",
    "phases_one": "Kernel in one phase, turned",
    "phase": "y[{cells}]",
    "phase_empty": "no weight",
    "small_outputs": "Each phase's own output",
    # overlap, checkerboard
    "even": "even: inside, every cell gets ",
    "uneven": "uneven: inside, from ",
    "uneven_to": " to ",
    "pair_wrong": "k and s must be whole numbers from 1 to {largest}",
    "counts_added": "all counts, added",
    "counts_known": "{stamps} stamps × {cells} cells",
    "counts_known_one": "stamps: {stamps}, cells of each: {cells}",
    "sums_agree": "both sums agree  ✓",
    "sums_disagree": "the sums differ  ✗",
    "phase_sums": "Weights added, phase by phase",
    "sums_alike": "all phases alike: no checkerboard",
    "sums_differ": "the phases differ: a checkerboard",
    "output_added": "the full output, added",
    "output_known": "all inputs × all weights",
    # upsampling, bilinear
    "way_zeros": "Zeros between",
    "way_nearest": "Nearest: each repeated",
    "way_bilinear": "Bilinear: in between",
    "after_zeros": "Convolved  {size}",
    "after_nearest": "Convolved  {size}",
    "after_bilinear": "Convolved  {size}",
    "bilinear_kernel": "The bilinear kernel",
    "interpolation": "Bilinear interpolation  {size}",
    "interpolation_and_bias": "Bilinear interpolation + bias  {size}",
    "bilinear_own": "from each channel to its own;\nzeros to the others",
    "interpolates": "the same numbers inside ({size})  ✓",
    "no_interpolation": "the kernel is not the bilinear one",
    # output_padding
    "uncovers": "padding {padding}, output_padding {cells}: {size}",
    "uncovers_values": "orange: uncovered, real values",
    "shared_agree": "the cells that all have agree  ✓",
    "shared_differ": "the cells that all have differ  ✗",
    "uncovers_zeros": "orange: uncovered, only zeros",
    "uncovers_bias": "orange: uncovered, the bias alone",
    "uncovers_values_and_zeros": "orange: uncovered, real values and zeros",
    "uncovers_values_and_bias": "orange: uncovered, real values and the bias alone",
    "sizes_of": "Convolution with k = {k}, s = {s}, padding {p}: what does it turn into {n} cells?",
    "sizes_of_one": "Convolution with k = {k}, s = {s}, padding {p}: what does it turn into 1 cell?",
    "size_in": "input",
    "size_out": "output",
    "windows": "how many windows read each input cell (orange: none)",
    # frameworks
    "kept": "{size} kept, {crop} cut",
    "framework": "Framework",
    "written": "You write",
    "cut": "Cut before | after",
    "numbers": "Its numbers",
    "refused": "has no such layer",
    "other_shape": "another shape, {size}",
    "same_numbers": "as {name}  ✓",
    "other_numbers": "other numbers  ✗",
    "rule": "Which padding of PyTorch\ngives TensorFlow's numbers?",
    "rule_none": "none",
    "rule_note": "output_padding is s-k\nwhere s is larger, else 0",
    # playground
    "input_size": "input size",
    "must_be": "{name} must be a whole number from {low} to {high}{why}.   ",
    "why_output_padding": ": it stays below stride or dilation",
    "why_padding": ": more would crop the whole output",
    "output_formulas": "Output  {size}:  {rows} = {row_formula},  {columns} = {column_formula}",
    "size_terms": "({n}-1)·{stride} - 2·{padding} + {dilation}·({kernel_size}-1) + {output_padding} + 1",
    "only_drawn": "   Drawn: the first {size} cells of the full output.",
    "live_size": "  {rows} × {columns}",
    "live_between": ", zeros between: {zeros}",
    "live_around": ", zeros around: {margin}",
    "live_after": " and {more} more after",
    "live_input": "Input",
    "live_kernel": "Kernel",
    "live_output": "Output by collecting",
    "live_output_distributed": "Output by distributing",
    "waiting": "Blue on yellow is yours; faint waits for a larger size.",
    "tinted": "A tint is one weight, wherever it acts.",
    "grey": "Grey is a zero put in; struck through is cropped.",
    "slides": "The turned kernel slides over it, one cell at a time: each place gives one output cell.",
    "lands": "At the edges: which input, which weight, and the output cell where their product lands.",
    "lands_input": "input",
    "lands_kernel": "weight",
    "lands_output": "lands on",
    "steps": "Sizes",
    "rows": "rows",
    "columns": "cols",
    "step_stretched": "input, stretched",
    "step_span": "kernel, dilated",
    "step_full": "full output",
    "step_output": "output",
    "step_drawn": "drawn here",
    "step_padded": "input, padded",
    # channels
    "input_channel": "Input channel {i}",
    "kernel_of": "Kernel [{i}, {o}]",
    "part_of": "Channel {i} to output {o}",
    "part": "part {i}",
    "output_channel": "Output channel {o}: the parts added",
    "layout": "Kernel layout {shape}:\n{axes}.\nA plain convolution has\n{plain_axes}.",
    # matrix
    "flat_input": "x: the input laid flat",
    "matrix_transposed": "Cᵀ  {size}",
    "matrix_rows": "y = Cᵀ·x: each row of Cᵀ times x, added up",
    "matrix": "C  {size}: the convolution that it transposes, a row for each place of the kernel",
    # gradient
    "image": "Image x  {size}",
    "result": "Result C·x  {size}",
    "upstream": "Upstream gradient g  {size}",
    "loss": "L = sum of g × result",
    "gradient": "∂L/∂x by transposed convolution of g  {size}",
    "differences": "∂L/∂x by nudging each pixel  {size}",
    "nudge_up": "The image, with one pixel + ε (blue)",
    "nudge_down": "The image, with one pixel - ε (blue)",
    "nudged_result": "Its result",
    "loss_up": "Its L: up",
    "loss_down": "Its L: down",
    "slope": "(up - down) / 2ε = ",
    "epsilon": "Nudge it by",
    "epsilon_used": "used: ε =",
    "epsilon_wrong": "ε must be a number other than 0",
    "look_at_pixel": "Look at pixel",
    "bias_aside": "without the layer's bias: a gradient has none",
    "dot_result": "⟨C·x, g⟩ =",
    "dot_image": "⟨x, Cᵀ·g⟩ =",
    "gradients_agree": "both gradients agree  ✓",
    "gradients_differ": "the gradients differ  ✗",
    "dots_agree": "both products agree  ✓",
    "dots_differ": "the products differ  ✗",
    # convolution
    "padded": "Input, padded by {margin}  {size}",
    "gapped": "Kernel with its gaps  {size}",
    "conv_output": "Output  {size} = {formula}",
    "by_products": "The same, product by product  {size}",
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
    "only_bias": "the bias alone, no input reaches it",
    # the table of taps
    "taps": "How this cell is made",
    "tap_kernel": "kernel",
    "tap_input": "input",
    "tap_product": "product",
    "no_words": "A cell is a sum of up to {count} products: too many to write out",
    "tap_sum": "the sum so far",
    "sum": "sum",
    # navigation
    "contents": "Contents",
    "previous": "‹ {name}",
    "next": "{name} ›",
    "try_this": "Try this",
}
