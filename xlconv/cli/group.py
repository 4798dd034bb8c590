"""Commands whose help and version go the way of everything else that is printed.

Click prints them itself: a full disk behind stdout would be a traceback, a closed pipe exit code 1.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import click

from xlconv.cli.terminal import put


class Command(click.Command):
    """A command with such a help."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = shown_instead(lambda ctx: ctx.get_help())
        return option


class Later(Command):
    """A command by what its help begins with; its module is imported when it is called."""

    def __init__(self, name: str, home: str, sentence: str) -> None:
        """home is its module in this room, and its name there"""
        super().__init__(name, help=sentence)
        self.home = home

    def loaded(self) -> Command:
        module, name = self.home.split(".")
        command = getattr(import_module(f"xlconv.cli.{module}"), name)
        assert isinstance(command, Command)
        return command


class Group(Command, click.Group):
    """A group of such commands and groups."""

    command_class = Command
    group_class = type

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and _imported(command), rest

    def every(self) -> dict[str, click.Command]:
        """Each command by its name, imported."""
        return {name: _imported(command) for name, command in sorted(self.commands.items())}


def _imported(command: click.Command) -> click.Command:
    return command.loaded() if isinstance(command, Later) else command


def shown_instead(text: Callable[[click.Context], str]) -> Callable[..., None]:
    """The callback of an option that shows something, and ends the command."""

    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked and not ctx.resilient_parsing:
            put(text(ctx) + "\n")
            ctx.exit()

    return show
