"""How long a book on paper takes: the main lesson, and all lessons in all languages as one.

.venv/bin/python benchmarks/pages.py
"""

from __future__ import annotations

import time

from xlconv.lessons.build import build
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.paper.printing import Printing

MAIN = "transposed-convolutions"


def measured(lessons: list[tuple[str, str | None]]) -> None:
    """Build lessons and print their sheets as one document, and say how long that took."""
    begun = time.perf_counter()
    sheets = [s for name, code in lessons for s in build(name, language=code).sheets]
    built = time.perf_counter() - begun
    pdf = Printing().pdf(sheets, "All lessons", "en")
    took, pages = time.perf_counter() - begun, pdf.count(b"/Type/Page/")
    print(f"{pages} pages: {took:.1f} s, of which {built:.1f} s are building; {len(pdf) >> 10} kB")


if __name__ == "__main__":
    every = [(name, None) for name in lesson_names()]
    measured([(MAIN, None)])
    measured([*every, *[(MAIN, code) for code in [*language_names(), *language_names()]]])
