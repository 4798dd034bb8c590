"""Faults that no test sees, and why: by their module, and the line as it stands with the fault."""

from __future__ import annotations

LIVED = {
    (
        "xlconv/checking/beside.py",
        "if (known.known_alike([t[2] for _, t in block], [m[2] for m, _ in block])):",
    ): "a quick look that knows nothing leaves the cells to the slower one, which says the same",
    ("xlconv/files/saving.py", "if (filecmp.cmp(self.path, self.part, shallow=False)):"): (
        "two files are the same in either order"
    ),
    ("xlconv/frameworks/conventions.py", "@dataclass(frozen=True, kw_only=(False))"): (
        "all who make one name what they give; that they must is for readers"
    ),
    (
        "xlconv/grid/grid.py",
        "ends = [(n - 1) * move[axis] for n, move in zip(sizes, moves, strict=(False))]",
    ): "NumPy refuses next what is not as many sizes as moves",
    ("xlconv/grid/theme.py", '"symbol": Look(size=(12), align="left"),'): (
        "how large it looks well is seen by eye; a test could but repeat the number"
    ),
    ("xlconv/lessons/drawing.py", "if (cells >= SHEETS_CELLS):"): (
        "a full output of ten million cells has no room beside its input, and is refused next"
    ),
    (
        "xlconv/views/one_dimension.py",
        "apart = axis.size + ((2) if channels * filters == 1 else 2)",
    ): ("it is the way to the next staircase, and here is but one"),
    ("xlconv/views/output_padding.py", "before, after = max(0, begin), (max(end, 0))"): (
        "the larger of two numbers is the same in either order"
    ),
    (
        "xlconv/xlsx/rows.py",
        'number = style(*(look or ("", -(2), GENERAL)), sides, quoted)',
    ): "every tint below 0 is none",
}
