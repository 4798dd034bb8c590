"""What a command hands over: a workbook or a program, where it is wanted, and a word about it."""

from __future__ import annotations

import sys
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from xlconv.cli.options import OUTPUT
from xlconv.cli.terminal import as_text, progress_bar, put, say
from xlconv.errors import TargetError
from xlconv.files.saving import Write, check_target, save_files
from xlconv.text import counted

if TYPE_CHECKING:
    from xlconv.layers.layer import Layer
    from xlconv.lessons.book import Book


def check_book_target(output: str | None, as_json: bool) -> None:
    """Refuse a workbook's target before there is anything to write."""
    from xlconv.lessons.book import suffix_of

    if output == "-" and as_json:
        raise click.UsageError("--json and -o - both write to stdout: name a file with -o")
    if output == "-" and sys.stdout is not None and sys.stdout.isatty():
        raise TargetError("-o - writes a file's bytes: send them to a file or a pipe, no terminal")
    if output not in (None, "-"):
        target = Path(str(output))
        check_target(target, suffix_of(target))


def deliver_book(book: Book, output: str | None, name: str, force: bool, as_json: bool) -> None:
    """Write the workbook where it is wanted, and say so."""
    with progress_bar(book.rows) as progress:
        if output == "-":
            data = book.to_bytes(progress)
        else:
            target = Path(output if output is not None else Path(OUTPUT, f"{name}.xlsx"))
            made = output is None
            written = book.save(target, overwrite=force, make_folder=made, progress=progress)
    if output == "-":
        put(data)
        return
    sheets = counted(len(book.sheets), "sheet")
    say(f"wrote {target}: {sheets}" if written else f"{target} is unchanged: {sheets}")
    if as_json:
        manifest = {"file": str(target), "sheets": book.manifest()}
        put(as_text(manifest) + "\n")


def _write_array(array: Any, file: IO[bytes]) -> None:
    import numpy as np

    buffer = BytesIO()  # of a disk that is full np.save says no more than "4000 requested"
    np.save(buffer, array)
    file.write(buffer.getbuffer())


def save_program(target: Path, layer: Layer, framework: str, force: bool) -> None:
    """Write a layer's program and beside it the arrays that it loads, or nothing."""
    from xlconv.frameworks.snippets import files, program

    arrays = files(layer)
    names = {name: f"{target.stem}-{name}.npy" for name in arrays}
    beside = {name: f"Path(__file__).with_name({file!a})" for name, file in names.items()}
    text = program(layer, framework, beside)
    contents: dict[Path, Write] = {target: lambda file: file.write(text.encode())}
    for name, array in arrays.items():
        contents[target.parent / names[name]] = partial(_write_array, array)
    written = save_files(contents, overwrite=force)
    for path, is_new in written.items():
        say(f"wrote {path}" if is_new else f"{path} is unchanged")
