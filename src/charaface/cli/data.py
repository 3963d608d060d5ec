"""data: what can be done with a labelled data set."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import click

from charaface.cli import options
from charaface.cli.convert import FORM
from charaface.cli.options import FilePath
from charaface.cli.screen import Screen
from charaface.files import DamageWarning, Limits


@click.group()
def data() -> None:
    """Look at data sets of labelled faces."""


@data.command()
@click.argument("source", type=FilePath)
@options.with_options(
    [
        click.option("-o", "--output", type=FilePath, default="sheet.png", show_default=True, help="A picture."),
        click.option("--from", "form", type=FORM, help="[default: by what SOURCE is]"),
        click.option(
            "--from-scheme", "scheme", type=click.Choice(options.SCHEMES), help="What its points are, if it is silent."
        ),
        click.option("--pictures", type=FilePath, help="The folder of pictures.  [default: where their names say]"),
        click.option(
            "-n", "--number", type=click.IntRange(1, 100_000), default=36, show_default=True, help="Of faces."
        ),
        click.option("--seed", type=click.IntRange(min=0), help="A random choice of faces in place of the first."),
        click.option("--columns", type=click.IntRange(1, 50), default=6, show_default=True, help="And as many rows."),
        click.option(
            "--size", type=click.IntRange(32, 2048), default=320, show_default=True, help="Of a face, pixels."
        ),
    ],
    options.SIZES,
)
def look(source: Path, output: Path, **given: Any) -> int:
    """Lay the faces of a data set out on contact sheets, with box and numbered points on each.

    SOURCE is a file of faces, or a folder of labels. Below each face stand file and number; one JSON object a sheet
    says which face is where. Further sheets are called NAME-2, NAME-3.
    """
    from charaface.data.look import look as lay_out

    given["limits"] = Limits(given.pop("max_pixels"), given.pop("max_frames"), given.pop("max_seconds"))
    problems: list[str] = []

    with Screen(1) as screen, warnings.catch_warnings():
        warnings.simplefilter("always", DamageWarning)
        warnings.showwarning = lambda message, *_, **__: screen.say(f"warning: {message}")

        def problem(line: str) -> None:
            problems.append(line)
            screen.say(f"error: {line}")

        def progress(done: int, total: int | None) -> None:
            screen.progress(source, done, total)

        sheets = lay_out(source, output, problem=problem, progress=progress, **given)
    for sheet in sheets:
        click.echo(json.dumps(sheet.to_dict(), ensure_ascii=False))
    return 1 if problems else 0
