"""The command `check`: returned workbooks in, what is wrong with them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlconv.cli.group import Command
from xlconv.cli.options import complete_lesson, language_option, pointing_at_options
from xlconv.cli.terminal import as_text, clock, one_line, put, say
from xlconv.errors import UnreadableError

if TYPE_CHECKING:
    from xlconv.checking.origin import Origin
    from xlconv.checking.report import Report


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  xlconv check homework.xlsx
  xlconv check *.xlsx                      a class: a table at the end
  xlconv check --json *.xlsx
  xlconv check --engine homework.xlsx      recalculates first, by IronCalc
  xlconv check --lesson matrix *.xlsx      must be of this lesson, whatever they say they are

Exit codes: 1 something is wrong, 3 a file cannot be read or is no workbook of xlconv's.""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option(
    "--engine",
    is_flag=True,
    help="Recalculate first, by IronCalc: for files that come without values.",
)
@click.option(
    "--like",
    metavar="FILE",
    type=click.Path(),
    help="The workbook that was handed out: for files that lost what they were made from.",
)
@click.option(
    "--lesson",
    metavar="LESSON",
    shell_complete=complete_lesson,
    help="The lesson that the files must be of: a shipped one's name or a lesson file.",
)
@language_option("The language that this lesson is in")
@click.option("--json", "as_json", is_flag=True, help="A list with a report for each file.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    engine: bool,
    like: str | None,
    lesson: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Check workbooks that xlconv made, edited or not.

    The numbers that are meant to be typed over are taken as they now stand. Everything else must
    be as it was made, and every value what NumPy computes from these numbers.
    """
    from xlconv.checking.origin import elsewhere
    from xlconv.checking.report import Report, summary

    if like is not None and lesson is not None:
        raise click.UsageError("--like and --lesson exclude each other")
    with pointing_at_options(ctx):
        made = elsewhere(like=like, lesson=lesson, language=language)
    results: list[tuple[str, Report | UnreadableError]] = []
    for file in files:
        result = _checked(ctx, file, engine, made)
        if isinstance(result, UnreadableError):
            say(f"error: {one_line(result)}")
        elif not as_json:
            put(result.explain() + "\n")
        results.append((file, result))
    reports = [result for _, result in results if isinstance(result, Report)]
    unread = [file for file, result in results if isinstance(result, UnreadableError)]
    if as_json:
        put(as_text([_as_dict(file, result) for file, result in results]) + "\n")
    elif len(files) > 1:
        put(summary(reports, unread) + "\n")
    wrong = int(not all(report.right for report in reports))
    ctx.exit(UnreadableError.exit_code if unread else wrong)


def _checked(
    ctx: click.Context, file: str, engine: bool, made: Origin | None
) -> Report | UnreadableError:
    """The report on one file, or why there is none; then the others are still checked."""
    from xlconv.checking.check import checked

    try:
        with pointing_at_options(ctx), clock(f"checking {Path(file).name}"):
            return checked(Path(file), engine=engine, made=made)
    except UnreadableError as error:
        return error.with_traceback(None)  # which would keep what was read of the file
    except MemoryError:
        pass  # what it holds of the file is given back first
    return UnreadableError(f"there is not enough memory to check {Path(file).name}")


def _as_dict(file: str, result: Report | UnreadableError) -> dict[str, Any]:
    """The result as JSON takes it."""
    if isinstance(result, UnreadableError):
        return {"file": file, "error": one_line(result)}
    return result.as_dict() | {"file": file}
