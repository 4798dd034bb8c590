"""Write docs/teaching.md again: the lecturer's page of the main lesson, as xlconv prints it.

python docs/teaching.py
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from xlconv.lessons.notes import notes

TARGET = Path(__file__).with_name("teaching.md")
WIDE = 120


def text() -> str:
    """The page."""
    told = notes("transposed-convolutions")
    rows = [(str(one.minutes), one.sheet, one.happens, one.ask) for one in told.part]
    wrong = (f"- *{one.belief}* {one.answer}" for one in told.wrong)
    return "\n".join(
        [
            f"# {told.title}\n",
            fill(told.idea, WIDE),
            "",
            "| minutes | sheet | what happens | ask |\n|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            fill(told.more, WIDE),
            "\n`xlconv build --notes -o notes.pdf` prints this page.",
            "\n## What goes wrong\n",
            *(fill(one, WIDE, subsequent_indent="  ", break_on_hyphens=False) for one in wrong),
            "\n## What comes back\n",
            fill(told.back, WIDE, break_on_hyphens=False, break_long_words=False),
            "",
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
