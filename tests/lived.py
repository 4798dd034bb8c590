"""Faults that no test sees, and why: by their module, and the line as it stands with the fault."""

from __future__ import annotations

LIVED = {
    (
        "xlconv/classroom/flags.py",
        "return ids[best], [mark for mark, hit in zip(marks, hits[best], strict=(False)) if hit]",
    ): "there is a hit or a miss for each mark, which they were made from",
    (
        "xlconv/classroom/placed.py",
        "min(self.columns.get(column, self.end[1] + column), EXCEL_COLUMNS - (2)),",
    ): "behind all of ours the last column but one is as empty as the last",
    (
        "xlconv/checking/beside.py",
        "if (known.known_alike([t[2] for _, t in block], [m[2] for m, _ in block])):",
    ): "a quick look that knows nothing leaves the cells to the slower one, which says the same",
    (
        "xlconv/differing/activations.py",
        'Activation("SiLU", lambda v: v * _sigmoid(v), least=-(279.5)),',
    ): "the bound saves trying; the numbers of what is tried refuse it all the same",
    ("xlconv/differing/comparison.py", "return (True)"): (
        "what nothing explains has no words, and none are told"
    ),
    (
        "xlconv/differing/following.py",
        "return len(self.words) + (3) * any(OWN in words for words in self.words)",
    ): "how dear factors of each channel are is a choice, and no known story stands at its edge",
    (
        "xlconv/differing/readings.py",
        'ways.append(Way(" and ".join(words), Steps(stride, d, own.groups), len(words) > (2)))',
    ): "how unlikely two at once are is a choice, and no known story stands at its edge",
    ("xlconv/files/saving.py", "if (_are_same(self.path, self.part)):"): (
        "two files are the same in either order"
    ),
    ("xlconv/frameworks/conventions.py", "@frozen(kw_only=(False))"): (
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
    ("xlconv/lessons/networks.py", 'for n, layer in enumerate(values["layer"], (2))'): (
        "chance may begin anywhere, if it begins elsewhere in each layer"
    ),
    ("xlconv/models/known.py", "coded: bool = (True)"): "who makes one says it",
    ("xlconv/page/data.py", '"first": sheet.head.rows if sheet.head else (1),'): (
        "no sheet of a book is without its head"
    ),
    (
        "xlconv/page/style.py",
        "return part * 12.92 if (part < 0.0031308) else float(1.055 * part ** (1 / 2.4) - 0.055)",
    ): "where they meet both are the same",
    (
        "xlconv/page/table.py",
        'return f\'<td colspan="{columns}"></td>\' if (columns >= 1) else "<td></td>" * columns',
    ): "a cell across one column is a cell",
    (
        "xlconv/paper/figure.py",
        "wide = range(columns.start, (max(behind(sheet, mine), columns.stop)))",
    ): "the larger of two numbers is the same in either order",
    (
        "xlconv/paper/rectangles.py",
        "def mask_of(places: Iterable[Place], shape: Place = (0, (1))) -> Mask:",
    ): "a sheet of nothing has no slide",
    ("xlconv/paper/slides.py", "TITLE, OPENING, IDEA, MORE, CHOSEN = 30, 40, 24, 17, (23)"): (
        "how large it looks well is seen by eye; a test could but repeat the number"
    ),
    (
        "xlconv/views/one_dimension.py",
        "apart = axis.size + ((2) if channels * filters == 1 else 2)",
    ): ("it is the way to the next staircase, and here is but one"),
    ("xlconv/views/output_padding.py", "before, after = max(0, begin), (max(end, 0))"): (
        "the larger of two numbers is the same in either order"
    ),
}
