"""The commands `lessons`: the shipped ones listed, shown, copied, and their texts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import IO

import click

from xlconv.cli.group import Group
from xlconv.cli.options import MAIN_LESSON, complete_lesson, language_option, pointing_at_options
from xlconv.cli.terminal import one_line, put, say
from xlconv.text import counted


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=f"""\b
Examples:
  xlconv lessons
  xlconv lessons show {MAIN_LESSON}
  xlconv lessons copy {MAIN_LESSON} my-lessons""",
)
@click.pass_context
def lessons(ctx: click.Context) -> None:
    """List, show, copy or translate the shipped lessons."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_lessons)


@lessons.command("list", epilog="\b\nExample:\n  xlconv lessons list")
def list_lessons() -> None:
    """List the shipped lessons: name and title."""
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import lesson_names

    names = lesson_names()
    width = max(map(len, names), default=0)
    put("".join(f"{name:{width}}  {one_line(load_lesson(name).title)}\n" for name in names))


@lessons.command("show", epilog=f"\b\nExample:\n  xlconv lessons show {MAIN_LESSON}")
@click.argument("lesson", shell_complete=complete_lesson)
def show_lesson(lesson: str) -> None:
    """Show what a lesson holds: each sheet, its view and its idea."""
    from xlconv.lessons.read import load_lesson

    loaded = load_lesson(lesson)
    width = max(map(len, loaded.names))
    lines = [
        f"  {page.name:{width}}  {page.view:13}  {one_line(page.idea)}" for page in loaded.pages
    ]
    put("\n".join([one_line(loaded.title), *map(str.rstrip, lines), ""]))


@lessons.command(
    "words",
    epilog=f"""\b
Examples:
  xlconv lessons words > fr.toml                  every text of the lesson: fill in yours
  xlconv lessons words {MAIN_LESSON} worksheet --lang de
  xlconv build --lang fr.toml""",
)
@click.argument("lessons", nargs=-1, metavar="[LESSON]...", shell_complete=complete_lesson)
@language_option("What is translated already")
@click.pass_context
def words_of_lessons(ctx: click.Context, /, lessons: tuple[str, ...], language: str | None) -> None:
    """Print every text of lessons and every word that their sheets may say, to be translated.

    It is a TOML file, with the place of each text, for xlconv build --lang FILE. Of a translation
    that is named, what is missing is marked.
    """
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.translation import listing, load_translation, texts_of

    with pointing_at_options(ctx):
        loaded = [load_lesson(lesson) for lesson in lessons or (MAIN_LESSON,)]
        known = None if language is None else load_translation(language)
    put(listing(*loaded, known=known))
    if known and (others := known.texts.keys() - texts_of(*loaded).keys()):
        say(f"left out are {counted(len(others), 'text')} that no lesson here has")


@lessons.command("copy", epilog=f"\b\nExample:\n  xlconv lessons copy {MAIN_LESSON} my-lessons")
@click.argument("lesson", shell_complete=complete_lesson)
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(file_okay=True))
@click.option("--force", is_flag=True, help="Overwrite a file with other content.")
def copy_lesson(lesson: str, folder: str, force: bool) -> None:
    """Copy a lesson's file into a folder, which is made if there is none, to edit and to build.

    LESSON is the name of a shipped lesson, or the path of a lesson file. What it reads from its own
    folder, such as weights, is copied with it.
    """
    from xlconv.files.saving import Write, holding, save_files
    from xlconv.files.sources import read_within
    from xlconv.files.toml import raw_toml
    from xlconv.lessons.read import load_lesson
    from xlconv.lessons.shipped import find_lesson

    source = find_lesson(lesson)
    load_lesson(lesson)  # what is no lesson is not copied
    target, raw = Path(folder, source.name), raw_toml(source)
    contents: dict[Path, Write] = {target: holding(raw)}
    for path in read_within(source.parent):
        if path != source:
            copy = Path(folder, path.relative_to(source.parent))
            contents[copy] = partial(_copy, path)
    written = save_files(contents, overwrite=force, make_folder=True)
    for more in [*contents][1:]:
        say(f"wrote {more}" if written[more] else f"{more} is unchanged")
    say(
        f"wrote {target}: edit it, then xlconv build {target}"
        if written[target]
        else f"{target} is unchanged"
    )


def _copy(path: Path, file: IO[bytes]) -> None:
    file.write(path.read_bytes())
