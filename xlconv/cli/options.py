"""The command line's options: what they are called, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from xlconv.cli.values import pads, per_axis, whole_number
from xlconv.errors import XlconvError
from xlconv.files.saving import DRAWN
from xlconv.frameworks.names import CONVENTIONS
from xlconv.frozen import frozen
from xlconv.views import VIEWS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from xlconv.frameworks.wanted import Wanted
    from xlconv.paper.printing import Printing

MAIN_LESSON = "transposed-convolutions"
OUTPUT = "output"
"""The folder that workbooks go to."""

LANGUAGES = "de, es, zh, ar"
"""Those of the shipped translations, which are looked for when they are needed."""

PAPERS = ("a4", "letter")
"""Those of xlconv.grid.pages, which is imported when it is needed."""

INPUT_LAYOUTS = ("channels-first", "channels-last")
"""Those of xlconv.layers.ranks, which is imported when it is needed."""

WORDS = ("same", "same_lower", "valid")
"""The options that are a padding in a word."""


def complete_views(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + view for view in VIEWS if view.startswith(last)]


def complete_lesson(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from xlconv.lessons.shipped import lesson_names

    return _completed(incomplete, lesson_names())


def complete_language(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from xlconv.lessons.shipped import language_names

    return _completed(incomplete, language_names())


def _completed(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    """The names that begin so, or else files."""
    from click.shell_completion import CompletionItem

    found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def language_option(what: str) -> Callable[[Any], Any]:
    """The option that names a language, and what it is the language of."""
    return click.option(
        "--lang",
        "language",
        metavar="CODE|FILE",
        shell_complete=complete_language,
        help=f"{what}: {LANGUAGES}, or a translation file (see xlconv lessons words).",
    )


PRINTED = {"paper": DRAWN[:1], "grey": DRAWN, "formulas": DRAWN[:1], "slides": DRAWN[:1]}
"""What says how it is drawn, and which files can be drawn so."""


@frozen
class Printed:
    """How what is drawn is printed: see the options of these names."""

    paper: str | None = None
    grey: bool = False
    formulas: bool = False
    slides: bool = False

    def check(self, kinds: Sequence[str], way_out: str = "") -> None:
        """Refuse what files of these kinds cannot have, and any that is drawn without its fonts.

        way_out  what is said to do where nothing is drawn
        """
        for name, drawn in PRINTED.items():
            if getattr(self, name):
                check_drawn(name, drawn, kinds, way_out)
        if self.slides and (self.paper or self.formulas):
            other = "--paper" if self.paper else "--formulas"
            raise click.UsageError(f"--slides and {other} exclude each other: slides are no paper")
        if {*DRAWN}.intersection(kinds):
            from xlconv.paper.fonts import folders

            folders()

    @property
    def printing(self) -> Printing:
        """The same for `Book.pdf`."""
        from xlconv.paper.printing import Printing

        return Printing(self.paper or PAPERS[0], self.grey, self.formulas, self.slides)


def check_drawn(name: str, drawn: Sequence[str], kinds: Sequence[str], way_out: str = "") -> None:
    """Refuse an option that none of these kinds of file can have."""
    if not {*drawn}.intersection(kinds):
        way_out = way_out or f"name a {' or '.join(drawn)} file with -o"
        raise click.UsageError(f"--{name} is for what is drawn: {way_out}")


_PRINTED = (
    click.option(
        "--paper", type=click.Choice(PAPERS), help=f"The paper of a .pdf. Default: {PAPERS[0]}"
    ),
    click.option("--grey", is_flag=True, help="What is drawn is made for black and white."),
    click.option(
        "--formulas", is_flag=True, help="In a .pdf the typical formula stands under each figure."
    ),
)

_TARGET = (
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(),
        help="The .xlsx file to write, or a .html page that computes in a browser; - is stdout."
        f" Default: {OUTPUT}/NAME.xlsx. Or a .pdf, page for page as the workbook is printed, or one"
        " sheet as a .svg or .png.",
    ),
    click.option("--force", is_flag=True, help="Overwrite a file with other content."),
    click.option("--json", "as_json", is_flag=True, help="Print to stdout what stands where."),
    *_PRINTED,
    click.option(
        "--slides",
        is_flag=True,
        help="A .pdf has slides, 16 to 9: what is looked at, or a step, goes on with each click.",
    ),
    click.option("--sheet", metavar="NAME", help="The sheet that a .svg or .png shows."),
    click.option("--block", metavar="NAME", help="The block of it that is shown alone."),
)

_READING = (
    click.option(
        "--input-layout",
        type=click.Choice(INPUT_LAYOUTS),
        help="Where the input's channels are. Default: first, or in a layout of Keras,"
        " TensorFlow or JAX where they are as many as the weight's",
    ),
    click.option(
        "--batch",
        callback=whole_number(least=0),
        metavar="K",
        help="The input's first axis is a batch: take sample K of it, from 0.",
    ),
    click.option(
        "--rank",
        callback=whole_number(least=1, most=3),
        metavar="N",
        help="How many axes are spatial, where the sizes leave it open.",
    ),
)

_GEOMETRY = (
    click.option("--stride", callback=per_axis, metavar="N[,N]", help="Default: 1"),
    click.option(
        "--padding",
        callback=pads,
        metavar="N[:N][,..]",
        help="Cells cropped on both sides, or begin:end; with a convention what it takes for"
        " one, and its own words, such as SAME_UPPER. Default: 0, or the convention's",
    ),
    click.option("--same", is_flag=True, help="The convention's SAME: stride times the input."),
    click.option("--same-lower", is_flag=True, help="ONNX: the odd cell goes at the begin."),
    click.option("--valid", is_flag=True, help="The convention's VALID: nothing is cropped."),
    click.option(
        "--output-padding",
        callback=per_axis,
        metavar="N[,N]",
        help="Cells at the end that are not cropped. Default: 0, or the convention's",
    ),
    click.option(
        "--output-size",
        callback=per_axis,
        metavar="N[,N]",
        help="The output's sizes, for what follows from them.",
    ),
    click.option("--dilation", callback=per_axis, metavar="N[,N]", help="Default: 1"),
    click.option(
        "--convention",
        type=click.Choice(CONVENTIONS),
        help="Whose words these are. Default: PyTorch's, with begin:end beside them",
    ),
    click.option("--groups", callback=whole_number(), metavar="N", help="Default: 1"),
)


def target_options(command: Any) -> Any:
    """The options of a command that writes a workbook: it gets them as one `target`."""
    from xlconv.cli.delivery import Target

    @wraps(command)
    def handed(*args: Any, **options: Any) -> Any:
        said = {each.name: options.pop(each.name) for each in fields(Target)[1:]}
        return command(*args, target=Target(_printed(options), **said), **options)

    return with_options(_TARGET, handed)


def printed_options(command: Any) -> Any:
    """The options that say how paper is printed: the command gets them as one `printed`."""

    @wraps(command)
    def handed(*args: Any, **options: Any) -> Any:
        return command(*args, printed=_printed(options), **options)

    return with_options(_PRINTED, handed)


def _printed(options: dict[str, Any]) -> Printed:
    """How it is printed, taken out of a command's options."""
    return Printed(**{name: options.pop(name) for name in PRINTED if name in options})


def reading_options(command: Any) -> Any:
    """The options that say which axes of an input are what."""
    return with_options(_READING, command)


def geometry_options(command: Any) -> Any:
    """The options that say where the output's cells are.

    The command gets them, and what else says which layer is wanted, as one `wanted`.
    """

    @wraps(command)
    def handed(*args: Any, **options: Any) -> Any:
        return command(*args, wanted=_wanted(options), **options)

    return with_options(_GEOMETRY, handed)


def with_options(options: Sequence[Callable[[Any], Any]], command: Any) -> Any:
    """The command with these options, the first of which its help tells first."""
    for option in reversed(options):
        command = option(command)
    return command


def _wanted(options: dict[str, Any]) -> Wanted:
    """What is wanted, taken out of a command's options; a padding in a word as a padding."""
    from xlconv.frameworks.wanted import Wanted

    said = {field.name: options.pop(field.name, None) for field in fields(Wanted)}
    given = ["padding"] if said["padding"] is not None else []
    for word in WORDS:
        if options.pop(word):
            given.append(word)
            said["padding"] = word
    if len(given) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in given[:2])
        raise click.UsageError(f"{one} and {other} exclude each other")
    return Wanted(**said)


@contextmanager
def pointing_at_options(ctx: click.Context, **called: str) -> Iterator[None]:
    """Name the option that an error is about, as it is typed; some parameters are `called` so."""
    given = [p for p in ctx.command.params if isinstance(p, click.Option)]
    options = {str(p.name).rstrip("_"): p.opts[0] for p in given} | called
    for word in WORDS:
        if ctx.params.get(word):
            options["padding"] = options[word]
    try:
        yield
    except XlconvError as error:
        said, parameter = str(error), error.parameter or ""
        if "groups" in options:
            said = said.replace(": use groups ", f": use {options['groups']} ")
            error.args = (said,)
        if parameter in options:
            rest = said.removeprefix(f"{parameter} ")
            error.args = (f"{options[parameter]}{' ' if rest != said else ': '}{rest}",)
        raise
