"""The playground: its parameters changed in the programs, every figure against the definition."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import ironcalc
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from tests.pages import claimed
from xlconv.errors import XlconvError
from xlconv.figures.words import WORDS
from xlconv.grid import theme
from xlconv.grid.references import text
from xlconv.grid.sheet import Sheet
from xlconv.layers.layer import Layer
from xlconv.lessons.build import build
from xlconv.lessons.claims import check_claims
from xlconv.lessons.read import load_lesson
from xlconv.views.playground import LARGEST, playground

from .engines import formulon_engine, ironcalc_engine, libreoffice_engine
from .engines.cached import cached_values, formulas
from .engines.engine import ERROR_VALUES, Changes, Engine, Value
from .engines.need import needs
from .engines.package import cell_name, row_and_column
from .engines.strip import strip_values

Array = NDArray[np.float64]
NAME, AREA = "Playground", 18


@dataclass(frozen=True)
class Setting:
    """What stands in the cells of the parameters."""

    rows: Any = 4
    columns: Any = 4
    k: Any = 3
    s: Any = 2
    p: Any = 0
    op: Any = 0
    d: Any = 1

    @property
    def valid(self) -> bool:
        """By the rules as PyTorch has them; of whole numbers within the limits of the cells."""
        smallest = (min(self.rows, self.columns) - 1) * self.s + self.d * (self.k - 1) + 1
        return bool(self.op < max(self.s, self.d) and smallest + self.op - 2 * self.p > 0)

    def changes(self) -> dict[tuple[str, str], Any]:
        row, column = row_and_column(where("input_size"))
        cells = {
            where("input_size"): self.rows,
            cell_name(row, column + 1): self.columns,
            where("kernel_size"): self.k,
            where("stride"): self.s,
            where("padding"): self.p,
            where("output_padding"): self.op,
            where("dilation"): self.d,
        }
        return {(NAME, cell): value for cell, value in cells.items()}


GRID = [
    setting
    for (rows, columns), k, s, d, p in product(
        [(4, 3), (2, 6)], [1, 3, 5], [1, 2, 3, 4], [1, 2, 3], [0, 2]
    )
    for op in sorted({0, max(s, d) - 1})
    if (setting := Setting(rows, columns, k, s, p, op, d)).valid
]
"""Every corner of the parameters, with the shapes that make the other cases of words."""


def scattered(count: int) -> Iterator[Setting]:
    rng = np.random.default_rng(7)
    while count:
        low, high = [1, 1, 1, 1, 0, 0, 1], [6, 6, 5, 4, 12, 3, 3]
        setting = Setting(*rng.integers(low, high, endpoint=True).tolist())
        if setting.valid:
            count -= 1
            yield setting


SCATTERED = list(scattered(80))
FEW = [
    Setting(),
    Setting(3, 5, 4, 2, 2, 1, 2),
    Setting(6, 6, 5, 4, 0, 0, 3),
    Setting(1, 2, 1, 3, 0, 2, 1),
    Setting(6, 4, 5, 1, 6, 2, 3),
]


@cache
def built() -> tuple[Sheet, bytes]:
    book = build(load_lesson("playground"))
    return book.sheets[0], book.to_bytes()


def where(block: str) -> str:
    """The first cell of a block of the shipped sheet."""
    (found,) = (b for b in built()[0].blocks if b.name == block)
    return found.ranges()[0].split(":")[0]


def pool(block: str) -> Array:
    (found,) = (b for b in built()[0].blocks if b.name == f"{block}_pool")
    return np.array(found.cells.value, float)


@cache
def _session(s: int, p: int, op: int, d: int, k: int) -> onnxruntime.InferenceSession:
    node = helper.make_node(
        "ConvTranspose",
        ["x", "w"],
        ["y"],
        strides=[s, s],
        pads=[p] * 4,
        output_padding=[op, op],
        dilations=[d, d],
        kernel_shape=[k, k],
    )
    shape = [1, 1, None, None]
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in "xwy"]
    graph = helper.make_graph([node], "layer", values[:2], values[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def truth(x: Array, w: Array, s: int, p: int, op: int, d: int) -> Array:
    """onnxruntime's answer; it sums small whole numbers exactly.

    It refuses an output_padding that only a dilation allows: then the last cells of the full output
    are cut here, and zeros beyond it added.
    """
    feed = {"x": x[None, None].astype(np.float32), "w": w[None, None].astype(np.float32)}
    if op < s:
        return np.asarray(_session(s, p, op, d, len(w)).run(None, feed)[0][0, 0], float)
    full = np.asarray(_session(s, 0, 0, d, len(w)).run(None, feed)[0][0, 0], float)
    longer = np.pad(full, (0, op))
    return longer[p : full.shape[0] - p + op, p : full.shape[1] - p + op]


class Figure:
    """The areas of a sheet as lists of the values of their rows, up to the first blank one."""

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values

    def cell(self, row: int, column: int) -> Value:
        return self.values.get(cell_name(row, column), "")

    def area(self, block: str) -> list[list[Value]]:
        (found,) = (b for b in built()[0].blocks if b.name == block)
        (row, column), (height, width) = found.cells.origin, found.cells.shape
        return [
            [self.cell(row + r + 1, column + q + 1) for q in range(width)] for r in range(height)
        ]

    def words(self) -> Value:
        return self.values[message()]

    def edge(self, block: str) -> tuple[list[Value], list[Value]]:
        """The indices left of an area and above it."""
        (found,) = (b for b in built()[0].blocks if b.name == block)
        (row, column), (height, width) = found.cells.origin, found.cells.shape
        return (
            [self.cell(row + r + 1, column) for r in range(height)],
            [self.cell(row, column + q + 1) for q in range(width)],
        )


def padded(values: Any, shape: tuple[int, int]) -> list[list[Value]]:
    """A table as an area of a size has it: cut there, and blank beyond its own end."""
    table: list[list[Value]] = [["" for _ in range(shape[1])] for _ in range(shape[0])]
    for (r, q), value in np.ndenumerate(np.asarray(values)[: shape[0], : shape[1]]):
        table[r][q] = float(value)
    return table


def line(values: Any, size: int) -> list[Value]:
    found: list[Value] = [*map(float, values)]
    return [*found, *[""] * size][:size]


def dilated(values: Array, step: int) -> Array:
    spread = np.zeros([(size - 1) * step + 1 for size in values.shape])
    spread[::step, ::step] = values
    return spread


def size_words(n: Setting) -> str:
    def terms(size: int) -> str:
        return f"({size}-1)·{n.s} - 2·{n.p} + {n.d}·({n.k}-1) + {n.op} + 1"

    def result(size: int) -> int:
        return int((size - 1) * n.s - 2 * n.p + n.d * (n.k - 1) + n.op + 1)

    def drawn(size: int) -> int:
        return int(result(size) + 2 * n.p - min(n.op, n.p))

    rows, columns = result(n.rows), result(n.columns)
    told = f"Output  {rows} × {columns}"
    if n.rows == n.columns:
        told += f", along each axis: {rows} = {terms(n.rows)}"
    else:
        told += f":  {rows} = {terms(n.rows)},  {columns} = {terms(n.columns)}"
    if max(drawn(n.rows), drawn(n.columns)) > AREA:
        shown = [min(AREA, drawn(size)) for size in (n.rows, n.columns)]
        told += f"   Drawn: the first {shown[0]} × {shown[1]} cells of the full output."
    return told


def assert_right(values: dict[str, Value], n: Setting) -> None:
    """Every figure of the sheet is what the setting makes of the numbers on it."""
    sheet = Figure(values)
    assert not ERROR_VALUES & set(values.values())
    x, w = pool("input")[: n.rows, : n.columns], pool("kernel")[: n.k, : n.k]
    beyond = max(0, n.op - n.p)
    full = truth(x, w, n.s, 0, beyond, n.d)
    whole = (AREA, AREA)
    assert sheet.area("output_full") == padded(full, whole)
    assert sheet.area("output_distributed_full") == padded(full, whole)
    assert values[verdict_cell()] == "both views agree  ✓"
    # the cells that the indices number from 0 are the output itself
    output = truth(x, w, n.s, n.p, n.op, n.d)
    kept = np.array(padded(full, full.shape))[n.p :, n.p :][: output.shape[0], : output.shape[1]]
    np.testing.assert_array_equal(kept.astype(float), output)
    for block in ("output_full", "output_distributed_full", "count"):
        rows, columns = sheet.edge(block)
        assert rows == line(np.arange(full.shape[0]) - n.p, AREA)
        assert columns == line(np.arange(full.shape[1]) - n.p, AREA)
    counts = truth(np.ones_like(x), np.ones_like(w), n.s, 0, beyond, n.d)
    assert sheet.area("count") == padded(counts, whole)
    assert sheet.words() == size_words(n)

    turned = dilated(w[::-1, ::-1], n.d)
    assert sheet.area("turned") == padded(turned, (13, 13))
    margin = len(turned) - 1
    ends = [min(size, AREA) + margin for size in full.shape]
    stretched = np.pad(dilated(x, n.s), [(margin, margin + beyond)] * 2)[: ends[0], : ends[1]]
    assert sheet.area("stretched") == padded(stretched, (AREA + 12,) * 2)
    stamps = padded([[0.0]], (35, 35))
    stamps[0][0] = ""
    for (i, j), (u, v) in product(np.ndindex(*x.shape), np.ndindex(*w.shape)):
        stamps[i * (n.k + 1) + u][j * (n.k + 1) + v] = float(x[i, j] * w[u, v])
    assert sheet.area("stamps") == stamps


def assert_blank(values: dict[str, Value]) -> None:
    """Nothing is drawn, and nowhere stands an error."""
    sheet = Figure(values)
    assert not ERROR_VALUES & set(values.values())
    for block in built()[0].blocks:
        if block.role in ("computed", "cropped"):
            assert {cell for row in sheet.area(block.name) for cell in row} == {""}, block.name
    assert values[verdict_cell()] == ""


@cache
def verdict_cell() -> str:
    (cell,) = (
        c for c, value in cached_values(built()[1])[NAME].items() if value == "both views agree  ✓"
    )
    return cell


class Model:
    """The shipped sheet in IronCalc, loaded once."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "book.xlsx")
            path.write_bytes(strip_values(built()[1]))
            self.model: Any = ironcalc.load_from_xlsx(str(path))
        self.cells = list(formulas(built()[1])[NAME])

    def values(self, changes: Changes) -> dict[str, Value]:
        for (_, cell), value in changes.items():
            at = (0, *row_and_column(cell))
            if isinstance(value, str):
                self.model.update_cell_with_text(*at, value)
            else:
                self.model.update_cell_with_number(*at, value)
        self.model.evaluate()
        found = {c: self.model.get_cell_value(0, *row_and_column(c)) for c in self.cells}
        return {cell: "" if value is None else value for cell, value in found.items()}


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


# ---------------------------------------------------------------------------- as it is built


def test_the_grid_is_large() -> None:
    assert len({*GRID, *SCATTERED}) >= 300


def test_blocks_of_the_built_sheet_are_the_layer() -> None:
    layer = load_lesson("playground").pages[0].layer
    assert layer
    found = {block.name: block for block in built()[0].blocks}
    np.testing.assert_array_equal(found["input"].cells.value, layer.input)
    np.testing.assert_array_equal(found["kernel"].cells.value, layer.weight)
    y = truth(layer.input[0], layer.weight[0, 0], 2, 0, 0, 1)
    for name in ("output", "output_distributed"):
        np.testing.assert_array_equal(found[name].cells.value.astype(float), y[None])
        operation, own = claimed(found[name]) or ("", layer)
        assert operation == "conv_transpose"
        np.testing.assert_array_equal(own.weight, layer.weight)
    names = ["input_size", "kernel_size", "stride", "padding", "output_padding", "dilation"]
    assert [found[name].role for name in names] == ["control"] * 6
    assert [found[name].cells.value.tolist() for name in names] == [[4, 4], 3, 2, 0, 0, 1]


def test_output_is_found_inside_of_a_cropped_ring() -> None:
    sheet = Sheet("P", words=WORDS)
    x, w = np.arange(6.0).reshape(2, 3) / 8, np.arange(16.0).reshape(4, 4)
    layer = Layer.of(x, w, stride=2, padding=2, output_padding=1, dilation=2)
    playground(sheet, layer)
    check_claims(sheet)
    (output,) = (b for b in sheet.blocks if b.name == "output")
    np.testing.assert_array_equal(output.cells.value[0].astype(float), truth(x, w, 2, 2, 1, 2))
    assert output.ranges() == ["V10:AC15"]


def test_numbers_that_wait_repeat_those_of_the_layer() -> None:
    sheet = Sheet("P", words=WORDS)
    playground(sheet, Layer.of([[1, 2]], [[3, 4], [5, 6]]))
    found = {block.name: block.cells.value.tolist() for block in sheet.blocks}
    assert found["input_pool"] == [[1, 2] * 3] * 6
    assert found["kernel_pool"] == [[3, 4, 3, 4, 3], [5, 6, 5, 6, 5]] * 2 + [[3, 4, 3, 4, 3]]


def message() -> str:
    """The cell under the parameters that says the output's size, or what is wrong."""
    return f"C{strip() + 1}"


def strip() -> int:
    """The row of the parameters, from 1."""
    (size,) = (block for block in built()[0].blocks if block.name == "input_size")
    return size.cells.origin[0] + 1


def test_formulas_are_short_enough_to_be_read() -> None:
    sheet = built()[0]
    painted = {
        block.name: text(paint, (0,) * len(paint.cells.shape))
        for block in sheet.blocks
        for paint in sheet.paints
        if paint.cells.origin == block.cells.origin and paint.formula is not None
    }
    assert painted == {
        "turned": (
            'IF(OR($B61="",C$60=""),"",IF(AND(ISNUMBER($B61),ISNUMBER(C$60)),'
            "INDEX($K$17:$O$21,$B61+1,C$60+1),0))"
        ),
        "stretched": (
            'IF(OR($Q61="",R$60=""),"",IF(AND(ISNUMBER($Q61),ISNUMBER(R$60)),'
            "INDEX($C$17:$H$22,$Q61+1,R$60+1),0))"
        ),
        "output_full": 'IF(OR($S17="",T$16=""),"",SUMPRODUCT($C$61:$O$73,R61:AD73))',
        "output": 'IF(OR($S17="",T$16=""),"",SUMPRODUCT($C$61:$O$73,R61:AD73))',
        "stamps": (
            'IF(OR($C97="",E$95=""),"",INDEX($C$17:$H$22,$B97+1,'
            "E$94+1)*INDEX($K$17:$O$21,$C97+1,E$95+1))"
        ),
        "output_distributed_full": (
            'IF(OR($V39="",W$38=""),"",'
            "SUMPRODUCT(($D$97:$D$131=$V39)*($E$96:$AM$96=W$38),$E$97:$AM$131))"
        ),
        "output_distributed": (
            'IF(OR($V39="",W$38=""),"",'
            "SUMPRODUCT(($D$97:$D$131=$V39)*($E$96:$AM$96=W$38),$E$97:$AM$131))"
        ),
        "count": (
            'IF(OR($B39="",C$38=""),"",COUNTIF($D$97:$D$131,$B39)*COUNTIF($E$96:$AM$96,C$38))'
        ),
    }
    every = formulas(built()[1])[NAME]
    assert max(len(formula) for cell, formula in every.items() if cell != message()) < 220
    assert len(every[message()]) < 2000


@pytest.mark.parametrize(
    ("layer", "area", "says"),
    [
        (Layer.of([1, 2], [1, 2]), 18, "one channel on two axes, without a bias"),
        (Layer.of([[1]], [[1]], bias=[1]), 18, "got 1 → 1 channels on 2 with one: show it with"),
        (Layer.of([[[1]], [[1]]], [[[[1]]], [[[1]]]]), 18, "one channel"),
        (Layer.of([[1]], [[1, 2]]), 18, r"one kernel_size for all sides, got \[1, 2\]"),
        (Layer.of([[1]], [[1]], stride=(1, 2)), 18, r"one stride for all sides, got \[1, 2\]"),
        (
            Layer.of(np.ones((3, 3)), [[1]], padding=[(1, 0), (1, 1)]),
            18,
            r"one padding for all sides, got \[1, 0, 1, 1\]",
        ),
        (Layer.of(np.ones((7, 2)), [[1]]), 18, "input_size from 1 to 6, got 7 x 2"),
        (Layer.of([[1]], np.ones((6, 6))), 18, "kernel_size from 1 to 5, got 6"),
        (Layer.of([[1]], [[1]], padding=-1), 18, "padding from 0 to 12, got -1"),
        (Layer.of([[1]], [[1]], stride=5, output_padding=4), 18, "takes"),
        (Layer.of(np.ones((6, 6)), [[1]], stride=4), 18, "area must be from 21, .* to 36, got 18"),
        (Layer.of([[1]], [[1]]), LARGEST + 1, "to 36, got 37"),
    ],
)
def test_layer_that_the_cells_cannot_say_is_refused(layer: Layer, area: int, says: str) -> None:
    with pytest.raises(XlconvError, match=says):
        playground(Sheet("P", words=WORDS), layer, area=area)


def test_area_may_be_as_large_as_every_output() -> None:
    sheet = Sheet("P", words=WORDS)
    layer = Layer.of(np.ones((6, 6)), np.ones((5, 5)), stride=4, dilation=3, output_padding=3)
    playground(sheet, layer, area=LARGEST)
    check_claims(sheet)
    (output,) = (b for b in sheet.blocks if b.name == "output")
    assert output.cells.shape == (1, LARGEST, LARGEST)


# ------------------------------------------------------------------- as it is changed, in IronCalc


def test_every_figure_follows_the_parameters(model: Model) -> None:
    for setting in [*GRID, *SCATTERED]:
        try:
            assert_right(model.values(setting.changes()), setting)
        except AssertionError as error:
            raise AssertionError(f"{setting}: {error}") from None


def test_other_numbers_are_taken_in_where_the_size_reaches(model: Model) -> None:
    row, column = row_and_column(where("input_pool"))
    typed = {(NAME, cell_name(row + 5, column + 5)): 99.0}
    old = {(NAME, cell_name(row + 5, column + 5)): float(pool("input")[5, 5])}
    small = model.values(Setting().changes() | typed)
    assert 99.0 not in {cell for cells in Figure(small).area("stretched") for cell in cells}
    large = model.values(Setting(6, 6).changes())
    assert 99.0 in {cell for cells in Figure(large).area("stretched") for cell in cells}
    assert large[verdict_cell()] == "both views agree  ✓"
    model.values(Setting().changes() | old)


def test_verdict_tells_outputs_apart(model: Model) -> None:
    cell = where("output_distributed")
    formula = formulas(built()[1])[NAME][cell]
    model.model.set_user_input(0, *row_and_column(cell), "0.5")
    assert model.values(Setting().changes())[verdict_cell()] == "the views differ  ✗"
    model.model.set_user_input(0, *row_and_column(cell), f"={formula}")
    assert model.values(Setting().changes())[verdict_cell()] == "both views agree  ✓"


NAMES = {
    "rows": ("input size", 1, 6),
    "columns": ("input size", 1, 6),
    "k": ("kernel_size", 1, 5),
    "s": ("stride", 1, 4),
    "d": ("dilation", 1, 3),
    "op": ("output_padding", 0, 1),
    "p": ("padding", 0, 4),
}
WHY = {
    "op": ": it stays below stride or dilation",
    "p": ": more would crop the whole output",
}
WRONG = [
    (field, bad)
    for field, (_, low, high) in NAMES.items()
    for bad in (low - 1, high + 1, 99, -3, 1.5, 2.0000001, 1e300, "abc", "2", "", "TRUE", "=1")
]


def complaint(field: str, high: int | None = None) -> str:
    name, low, most = NAMES[field]
    limit = most if high is None else high
    return f"{name} must be a whole number from {low} to {limit}{WHY.get(field, '')}.   "


@pytest.mark.parametrize(("field", "bad"), WRONG)
def test_parameter_out_of_range_is_explained(model: Model, field: str, bad: Value) -> None:
    changes: Any = replace(Setting(), **{field: bad}).changes()
    values = model.values(changes)
    assert_blank(values)
    assert Figure(values).words() == complaint(field)
    seen = [values[cell] for cell in marks()]
    assert seen.count(0) == 1
    # those that depend on the wrong one are not judged
    assert seen.count("") == {"op": 1, "p": 0}.get(field, 2)


def marks() -> list[str]:
    return [f"{column}{strip()}" for column in ("H", "N", "S", "X", "AE", "AK")]


def test_marks_stand_beside_their_cells(model: Model) -> None:
    good = model.values(Setting().changes())
    assert [good[cell] for cell in marks()] == [1] * 6
    for field, cell in zip(("rows", "k", "s", "p", "op", "d"), marks(), strict=True):
        row, column = row_and_column(cell)
        bad = model.values(replace(Setting(), **{field: 77}).changes())
        assert bad[cell] == 0
        assert (NAME, cell_name(row, column - 1)) in Setting().changes()


def test_several_wrong_parameters_are_all_explained(model: Model) -> None:
    values = model.values(Setting(rows=9, k="abc", s=2.5, op=8, p=-1, d=0).changes())
    assert_blank(values)
    told = "".join(complaint(field) for field in ("rows", "k", "s", "d"))
    assert Figure(values).words() == told


@pytest.mark.parametrize(("s", "d"), [(1, 1), (1, 3), (4, 2), (3, 3)])
def test_output_padding_stays_below_stride_or_dilation(model: Model, s: int, d: int) -> None:
    for op in range(4):
        values = model.values(Setting(s=s, d=d, op=op).changes())
        if op < max(s, d):
            assert_right(values, Setting(s=s, d=d, op=op))
        else:
            assert_blank(values)
            assert Figure(values).words() == complaint("op", max(s, d) - 1)


@pytest.mark.parametrize(
    "n",
    [
        Setting(),
        Setting(k=2),
        Setting(1, 6, 1, 1),
        Setting(2, 2, 2, 1, 0, 1, 2),
        Setting(6, 6, 5, 4, 0, 3, 3),
    ],
)
def test_padding_leaves_at_least_one_cell(model: Model, n: Setting) -> None:
    for p in range(13):
        tried = replace(n, p=p)
        values = model.values(tried.changes())
        if tried.valid:
            assert_right(values, tried)
        else:
            assert_blank(values)
            most = max(p for p in range(13) if replace(n, p=p).valid)
            assert Figure(values).words() == complaint("p", most)


# ---------------------------------------------------------------------------- how it looks


def looks(setting: Setting, engine: Any = ironcalc_engine) -> dict[str, Any]:
    found: dict[str, Any] = engine.conditional(built()[1], setting.changes())[NAME]
    return found


def lit(found: dict[str, Any], block: str, fills: set[str]) -> list[list[int]]:
    """1 where a cell of an area has one of these fills."""
    (cells,) = (b.cells for b in built()[0].blocks if b.name == block)
    (row, column), (height, width) = cells.origin, cells.shape
    here = [
        [found.get(cell_name(row + r + 1, column + q + 1)) for q in range(width)]
        for r in range(height)
    ]
    return [[int(bool(cell and cell.fill in fills)) for cell in line] for line in here]


def mask(shape: tuple[int, int], rows: Any, columns: Any) -> list[list[int]]:
    found = np.zeros(shape, int)
    found[np.ix_(*(list(range(shape[n]))[at] for n, at in enumerate((rows, columns))))] = 1
    return found.tolist()


LIVE, ZERO = {f"#{theme.ROLES['live'].fill}"}, {f"#{theme.ROLES['zero'].fill}"}
CROPPED, TINTED = {f"#{theme.ROLES['cropped'].fill}"}, {f"#{tint}" for tint in theme.TINTS}


@pytest.mark.parametrize("engine", [ironcalc_engine, formulon_engine], ids=lambda e: e.name)
def test_cells_look_alive_as_far_as_the_size_reaches(engine: Any) -> None:
    n = Setting(3, 2, 2, 3, 1, 0, 2)
    found = looks(n, engine)
    full, kept = (slice(9), slice(6)), (slice(1, 8), slice(1, 5))
    ring = np.array(mask((18, 18), *full)) - mask((18, 18), *kept)
    for block in ("output_full", "output_distributed_full"):
        assert lit(found, block, LIVE) == mask((18, 18), *kept)
        assert lit(found, block, CROPPED) == ring.tolist()
    inputs = mask((30, 30), slice(2, 9, 3), slice(2, 6, 3))
    assert lit(found, "stretched", LIVE) == inputs
    zeros = np.array(mask((30, 30), slice(11), slice(8))) - inputs
    assert lit(found, "stretched", ZERO) == zeros.tolist()
    assert lit(found, "turned", TINTED) == mask((13, 13), slice(0, 3, 2), slice(0, 3, 2))
    cross = np.array(mask((13, 13), slice(3), slice(3)))
    cross -= mask((13, 13), slice(0, 3, 2), slice(0, 3, 2))
    assert lit(found, "turned", ZERO) == cross.tolist()
    used = [0, 1, 3, 4, 6, 7]
    assert lit(found, "stamps", TINTED) == [
        [int(r in used and q in used[:4]) for q in range(35)] for r in range(35)
    ]


def test_numbers_beyond_the_size_look_faint() -> None:
    found = looks(Setting(3, 5, 2))
    faint = {f"#{theme.ROLES['waiting'].fill}"}
    beyond = 1 - np.array(mask((6, 6), slice(3), slice(5)))
    assert lit(found, "input_pool", faint) == beyond.tolist()
    beyond = 1 - np.array(mask((5, 5), slice(2), slice(2)))
    assert lit(found, "kernel_pool", faint) == beyond.tolist()
    row, column = row_and_column(where("input_pool"))
    assert found[cell_name(row + 5, column + 5)].color == f"#{theme.ROLES['waiting'].color}"


def test_weight_has_one_tint_wherever_it_acts() -> None:
    found, values = looks(Setting()), built()[0]
    cells = {b.name: b.cells for b in values.blocks}

    def fill(block: str, u: int, v: int) -> str:
        row, column = cells[block].origin
        return str(found[cell_name(row + u + 1, column + v + 1)].fill)

    for u, v in np.ndindex(3, 3):
        tint = f"#{theme.TINTS[3 * u + v]}"
        assert fill("turned", 2 - u, 2 - v) == tint
        assert {fill("stamps", i * 4 + u, j * 4 + v) for i, j in np.ndindex(4, 4)} == {tint}
    (kernel,) = (c for c in values.coats if c.role == "kernel" and c.tint.shape == (5, 5))
    assert kernel.tint[:3, :3].ravel().tolist() == list(range(9))


def test_wrong_parameters_are_lit_and_nothing_else_is() -> None:
    found = looks(Setting(s=7))
    alarm = f"#{theme.ROLES['alarm'].fill}"
    assert {cell for cell, look in found.items() if look.fill == alarm} == {
        f"R{strip()}",
        f"S{strip()}",
    }
    assert found[message()].color == f"#{theme.ROLES['warning'].color}"
    for block in built()[0].blocks:
        if block.role in ("computed", "cropped"):
            fills = LIVE | ZERO | CROPPED | TINTED
            assert not np.any(lit(found, block.name, fills)), block.name
    faint = {f"#{theme.ROLES['waiting'].fill}"}
    assert np.all(lit(found, "input_pool", faint)), np.all(lit(found, "kernel_pool", faint))


# ----------------------------------------------------------------------- in the other programs


def check_in(engine: Engine, settings: list[Setting]) -> None:
    for setting in settings:
        assert_right(engine.recalculate(built()[1], setting.changes())[NAME], setting)


def test_formulon_computes_the_same() -> None:
    check_in(formulon_engine, FEW)
    for field, bad in [("s", 0), ("k", "abc"), ("op", 2), ("p", 5), ("rows", 2.5), ("d", "")]:
        changes: Any = replace(Setting(), **{field: bad}).changes()
        values = formulon_engine.recalculate(built()[1], changes)[NAME]
        assert_blank(values)
        assert values[message()] == complaint(field)


@needs("soffice", libreoffice_engine.available())
def test_libreoffice_computes_the_same() -> None:
    from .engines.strip import with_values

    wrong = [("s", 0), ("k", "abc"), ("op", 2), ("p", 5), ("rows", 2.5), ("d", "2")]
    settings = [*FEW, *(replace(Setting(), **{field: bad}) for field, bad in wrong)]
    files = [with_values(built()[1], setting.changes()) for setting in settings]
    results = [values[NAME] for values in libreoffice_engine.recalculate_many(files)]
    for setting, values in zip(FEW, results, strict=False):
        assert_right(values, setting)
    for (field, _), values in zip(wrong, results[len(FEW) :], strict=True):
        assert_blank(values)
        assert values[message()] == complaint(field)


# ------------------------------------------------------------------------- what the lesson promises


def counts(values: dict[str, Value]) -> Array:
    return np.array(
        [[c for c in row if c != ""] for row in Figure(values).area("count") if row[0] != ""]
    )
