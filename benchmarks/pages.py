"""How long a book on paper takes: the main lesson, and all lessons in all languages as one.

.venv/bin/python benchmarks/pages.py
"""

from __future__ import annotations

import time

from xlconv.lessons.build import build
from xlconv.lessons.shipped import language_names, lesson_names
from xlconv.paper.page import Part
from xlconv.paper.printing import Printing

MAIN = "transposed-convolutions"


def measured(lessons: list[tuple[str, str | None]]) -> None:
    """Build lessons and print them as one document, and say how much of one core that took."""
    begun = time.process_time()
    books = [build(name, language=code) for name, code in lessons]
    built = time.process_time() - begun
    printing, parts, first = Printing(), list[Part](), 0
    for book in books:
        parts.append(printing.part(book.sheets, book.title, first))
        first += len(book.sheets)
    pdf = printing.bound(parts, "All lessons", "en")
    took, pages = time.process_time() - begun, pdf.count(b"/Type/Page/")
    print(f"{pages} pages: {took:.1f} s, of which {built:.1f} s are building; {len(pdf) >> 10} kB")


if __name__ == "__main__":
    every = [(name, None) for name in lesson_names()]
    measured([(MAIN, None)])
    measured([*every, *[(MAIN, code) for code in [*language_names(), *language_names()]]])
