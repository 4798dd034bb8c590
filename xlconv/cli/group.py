"""Commands whose help and version go the way of everything else that is printed.

Click prints them itself: a full disk behind stdout would be a traceback, a closed pipe exit code 1.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from xlconv.cli.terminal import put


class Command(click.Command):
    """A command with such a help."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = shown_instead(lambda ctx: ctx.get_help())
        return option


class Group(Command, click.Group):
    """A group of such commands and groups."""

    command_class = Command
    group_class = type


def shown_instead(text: Callable[[click.Context], str]) -> Callable[..., None]:
    """The callback of an option that shows something, and ends the command."""

    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked and not ctx.resilient_parsing:
            put(text(ctx) + "\n")
            ctx.exit()

    return show
