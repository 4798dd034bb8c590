"""What a command hands over: a workbook or a program, where it is wanted, and a word about it."""

from __future__ import annotations

import sys
from dataclasses import field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from xlconv.cli.options import OUTPUT, Printed, check_drawn
from xlconv.cli.terminal import as_text, clock, progress_bar, put, say
from xlconv.errors import TargetError
from xlconv.files.saving import DRAWN, PAGE, SUFFIX, Write, check_target, holding, save_files
from xlconv.frozen import frozen
from xlconv.text import counted

if TYPE_CHECKING:
    from xlconv.layers.convolution import Convolution
    from xlconv.layers.layer import Layer
    from xlconv.lessons.book import Book


@frozen
class Target:
    """Where a book is written, and as what.

    printed  how it is drawn
    output   its file; - is stdout; None is a file of the usual name
    as_json  whether stdout gets what stands where
    sheet, block  what of it a picture shows
    """

    printed: Printed = field(default_factory=Printed)
    output: str | None = None
    force: bool = False
    as_json: bool = False
    sheet: str | None = None
    block: str | None = None

    def check(self) -> None:
        """Refuse it before there is anything to write."""
        output = self.output
        if output == "-" and self.as_json:
            raise click.UsageError("--json and -o - both write to stdout: name a file with -o")
        if output == "-" and sys.stdout is not None and sys.stdout.isatty():
            raise TargetError(
                "-o - writes a file's bytes: send them to a file or a pipe, no terminal"
            )
        if output not in (None, "-"):
            check_target(Path(str(output)), SUFFIX, PAGE, *DRAWN)
        self.printed.check([self.kind])
        for name, asked in (("sheet", self.sheet), ("block", self.block)):
            if asked:
                check_drawn(name, DRAWN[1:], [self.kind])

    @property
    def kind(self) -> str:
        """How its name ends."""
        return Path(self.output or SUFFIX).suffix.lower()

    def options(self, book: Book) -> dict[str, Any]:
        """What `Book.save` is asked for where the book is drawn."""
        if self.kind not in DRAWN:
            return {}
        printing = self.printed.printing
        if self.kind == DRAWN[0]:
            return {"printing": printing}
        return {"figure": book.figure(self.sheet or "", self.block or "", printing)}


def deliver_book(book: Book, target: Target, name: str) -> None:
    """Write the workbook, or what is drawn of it, where it is wanted, and say so."""
    drawn = target.kind in (*DRAWN, PAGE)
    with clock("drawing") if drawn else progress_bar(book.rows) as progress:
        if target.output == "-":
            data = book.to_bytes(progress)
        else:
            path = Path(target.output or Path(OUTPUT, f"{name}{SUFFIX}"))
            written = book.save(
                path,
                overwrite=target.force,
                make_folder=target.output is None,
                progress=progress,
                **target.options(book),
            )
    if target.output == "-":
        put(data)
        return
    shown = len(book.on_paper if target.kind == DRAWN[0] else book.sheets)
    sheets = counted(1 if target.kind in DRAWN[1:] else shown, "sheet")
    say(f"wrote {path}: {sheets}" if written else f"{path} is unchanged: {sheets}")
    if target.as_json:
        manifest = {"file": str(path), "sheets": book.manifest()}
        put(as_text(manifest) + "\n")


def _write_array(array: Any, file: IO[bytes]) -> None:
    import numpy as np

    buffer = BytesIO()  # of a disk that is full np.save says no more than "4000 requested"
    np.save(buffer, array)
    file.write(buffer.getbuffer())


def save_program(target: Path, layer: Layer | Convolution, framework: str, force: bool) -> None:
    """Write a layer's program and beside it the arrays that it loads, or nothing."""
    from xlconv.frameworks.gaps import files
    from xlconv.frameworks.snippets import program

    arrays = files(layer)
    names = {name: f"{target.stem}-{name}.npy" for name in arrays}
    beside = {name: f"Path(__file__).with_name({file!a})" for name, file in names.items()}
    text = program(layer, framework, beside)
    contents: dict[Path, Write] = {target: holding(text)}
    for name, array in arrays.items():
        contents[target.parent / names[name]] = partial(_write_array, array)
    written = save_files(contents, overwrite=force)
    for path, is_new in written.items():
        say(f"wrote {path}" if is_new else f"{path} is unchanged")
