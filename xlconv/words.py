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
    "stretched": "Input, padded by {margin}  {size}",
    "stretched_apart": "Input, {zeros} between, padded by {margin}  {size}",
    "canvas": "Full output  {size}, cropped to {kept}",
    "by_distributing": "The same by distributing  {size}",
    "by_collecting": "The same by collecting  {size}",
    # verdicts
    "agree": "both views agree  ✓",
    "differ": "the views differ  ✗",
    # controls
    "step": "Step",
    "step_range": "0 to {last}: type or choose",
    "step_wrong": "the step must be a whole number from 0 to {last}",
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
