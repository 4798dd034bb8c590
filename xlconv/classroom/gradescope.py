"""Marks as Gradescope takes them from a program that grades: its results.json."""

from __future__ import annotations

import json

from xlconv.classroom.feedback import Feedback
from xlconv.classroom.marks import Graded, block_scores, rule, total


def results_json(graded: Graded, decimals: int, feedback: Feedback) -> str:
    """The marks of one return, a test for each block; the score on top is what counts."""
    scores = block_scores(graded)
    tests = [
        {
            "name": f"{sheet}: {block}",
            "score": float(score.got),
            "max_score": float(score.of),
            "output": "\n".join(feedback.reasons(graded, (sheet, block))),
        }
        for (sheet, block), score in scores.items()
    ]
    results = {
        "score": float(total(scores.values(), decimals).got),
        "output": f"{feedback.head(graded)}\n{rule(decimals, feedback.words)}",
        "tests": tests,
    }
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"
