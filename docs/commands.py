"""Write docs/commands.md again: the help text of every command.

python docs/commands.py
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from xlconv.cli.commands import cli
from xlconv.cli.group import Group

TARGET = Path(__file__).with_name("commands.md")
WIDTH = 100


def commands(group: Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command, by the words that call it, the group itself first."""
    found = [path]
    for name, command in group.every().items():
        here = (*path, name)
        found += commands(command, here) if isinstance(command, Group) else [here]
    return found


def text() -> str:
    """The whole page."""
    parts = ["# Commands\n\nWritten by docs/commands.py from the help texts themselves.\n"]
    for words in commands(cli):
        result = CliRunner().invoke(
            cli, [*words, "--help"], prog_name="xlconv", terminal_width=WIDTH
        )
        assert result.exit_code == 0, result.output
        parts.append(f"## {' '.join(['xlconv', *words])}\n\n```\n{result.output.rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
