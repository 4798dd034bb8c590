"""Say whether the numbers of a workbook are, to the last bit, those computed: python exact.py FILE

The file is that of `forms.py phase 512 FILE --floats`.
"""

from __future__ import annotations

import re
import sys
from zipfile import ZipFile

import numpy as np

from xlconv.layer import Layer
from xlconv.sheet import Sheet
from xlconv.views.phases import phases

numbers = np.random.default_rng(0)
layer = Layer.of(
    numbers.standard_normal((512, 512)), numbers.standard_normal((4, 4)), stride=2, padding=1
)
sheet = Sheet("phase")
phases(sheet, layer)
expected = next(block.cells.value for block in sheet.blocks if block.name == "output")
xml = ZipFile(sys.argv[1]).read("xl/worksheets/sheet2.xml").decode()
found = [float(text) for text in re.findall(r"<f>SUMPRODUCT[^<]*</f><v>([^<]*)</v>", xml)]
assert found == expected.ravel().tolist(), "a number in the file is not the one computed"
shortest = re.findall(r"<f>SUMPRODUCT[^<]*</f><v>([^<]*)</v>", xml)
assert all(repr(float(text)) == text for text in shortest), "a number is longer than it must be"
print(f"All {len(found):,} numbers are exact, and each is the shortest text that is.")
