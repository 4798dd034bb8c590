"""The words of the lecturer's page, in Markdown."""

TEACHING_WORDS: dict[str, str] = {
    "notes": "For who teaches it",
    "notes_minutes": "{minutes} minutes.",
    # the heads of its table
    "notes_head_minutes": "minutes",
    "notes_head_sheet": "sheet",
    "notes_head_happens": "what happens",
    "notes_head_ask": "ask",
    "notes_head_answer": "answer",
    # what goes wrong in any lesson
    "notes_wrong": "What goes wrong",
    "notes_typed_over": "A formula is typed over.",
    "notes_typed_over_answer": "Undo brings it back; `xlconv check FILE` names the cell.",
    "notes_old": "LibreOffice does not recalculate an old file.",
    "notes_old_answer": "Ctrl+Shift+F9 does.",
    # what to do with it
    "notes_back": "What comes back",
    "notes_check": "`xlconv check --lesson {lesson} class/*.xlsx` says of each file what was"
    " changed, and ends with a table.",
    "notes_grade": "`xlconv class` makes a workbook for each student; `xlconv grade` gives marks"
    " for what comes back, cell by cell.",
}
