"""data: what can be done with a labelled data set."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.convert import FORM, TO, present
from charaface.cli.options import FilePath
from charaface.cli.screen import Screen
from charaface.files import DamageWarning, InputError, Limits, OutputError

if TYPE_CHECKING:
    from charaface.data.check import Checked


@click.group()
def data() -> None:
    """Look at data sets of labelled faces, and split them."""


# keys of charaface.data.check.KINDS, which would load NumPy
PROBLEMS = ("unreadable", "size", "same", "near", "leak", "outside", "box", "swapped", "shape", "odd", "twice", "apart")
SOURCE: list[options.Decorator] = [
    click.option("--from", "form", type=FORM, help="[default: by what the labels are]"),
    click.option(
        "--from-scheme", "scheme", type=click.Choice(options.SCHEMES), help="What its points are, if it is silent."
    ),
    click.option("--pictures", type=FilePath, help="The folder of pictures.  [default: where their names say]"),
]


@data.command()
@click.argument("source", type=FilePath)
@options.with_options(
    [click.option("-o", "--output", type=FilePath, default="sheet.png", show_default=True, help="A picture.")],
    SOURCE,
    [
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


@data.command()
@click.argument("labels", type=FilePath)
@options.with_options(
    [
        click.option("-o", "--output", type=FilePath, help="A page of HTML with plots."),
        click.option("--by", metavar="picture|folder|REGEX", help="How faces are grouped, as for split."),
    ],
    SOURCE[:2],
)
def stats(labels: Path, output: Path | None, **given: Any) -> int:
    """Tell in numbers what a data set holds: sizes, poses, kinds, people, and where each point lies.

    One JSON object goes to standard output; the plots of the page need matplotlib.
    """
    from charaface.data.plots import write_stats
    from charaface.data.stats import stats as counted
    from charaface.page.plots import NO_PLOTS

    with Screen(1) as screen:
        try:
            found = counted(labels, progress=lambda done: screen.progress(labels, done, None), **given)
        except InputError:
            raise
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        if output is not None and not write_stats(found, labels.name, output):
            screen.say(f"warning: {NO_PLOTS}")
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    return 0


@data.command()
@click.argument("labels", type=FilePath)
@options.with_options(
    [
        click.option("-o", "--output", type=FilePath, required=True, help="A folder."),
        click.option(
            "--by",
            default="picture",
            show_default=True,
            metavar="picture|folder|note:NAME|REGEX",
            help="What stays together: all of a picture, of a folder, of an annotator (note:annotator), or of the "
            "person or book that the first group of a regular expression finds in the name.",
        ),
        click.option(
            "--share",
            "shares",
            multiple=True,
            metavar="NAME=NUMBER",
            help="A part and how much of the pictures it gets.  [default: train=0.8 val=0.1 test=0.1]",
        ),
        click.option("--folds", type=click.IntRange(2, 1000), help="So many parts of one size, fold-0 and so on."),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
    ],
    SOURCE,
    [click.option("--to", type=TO, help="The format of the parts.  [default: that of LABELS]")],
)
def split(labels: Path, output: Path, shares: tuple[str, ...], folds: int | None, to: str | None, **given: Any) -> int:
    """Write a data set in parts that share no person, book or picture.

    A file of faces is written for each part, whose names lead to the same pictures; one JSON object a part tells how
    many pictures, faces and groups are in it.
    """
    from charaface.data.pictures import format_at
    from charaface.data.split import SHARES
    from charaface.data.split import folds as folds_of
    from charaface.data.split import split as divided
    from charaface.formats import LACKS, format_of

    if shares and folds:
        raise click.UsageError("--share and --folds exclude each other")
    asked = dict(map(_share, shares)) or SHARES
    if len(asked) < len(shares):
        raise click.UsageError(f"a part is named twice: {' '.join(shares)}")
    seen: Counter[str] = Counter()
    try:
        parts = divided(
            labels, output, folds_of(folds) if folds else asked, to=to, seen=lambda one: seen.update(present(one)),
            **given,
        )  # fmt: skip
    except (InputError, OutputError):
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    name = to or given["form"]
    target = format_of(name) if name else format_at(labels)[0]
    for key in sorted(target.lacks & seen.keys()):
        click.echo(f"no place for {key} ({seen[key]} pictures): {LACKS[key]}", err=True)
    for part in parts:
        click.echo(json.dumps(part.to_dict(), ensure_ascii=False))
    return 0


def _share(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    try:
        return name, float(number)
    except ValueError:
        raise click.UsageError(f"a share is NAME=NUMBER, as train=0.8, got {text!r}") from None


@data.command()
@click.argument("labels", nargs=-1, required=True, type=FilePath)
@options.with_options(
    [
        click.option(
            "--by",
            metavar="picture|folder|REGEX",
            help="What no two LABELS may share, as for split, besides pictures that are alike.",
        ),
        click.option(
            "--ignore", multiple=True, type=click.Choice(PROBLEMS), help="A kind of problem that does not count."
        ),
        click.option("-o", "--output", type=FilePath, help="A picture: contact sheets of the faces in question."),
        click.option(
            "-n", "--number", type=click.IntRange(1, 100_000), default=36, show_default=True, help="Of faces on them."
        ),
    ],
    SOURCE,
    options.SIZES,
)
def check(labels: tuple[Path, ...], output: Path | None, number: int, **given: Any) -> int:
    """Look for what is wrong in data sets: labels that make no face, pictures that are there twice or not at all.

    Several LABELS are the parts of a split, and what two of them share is a leak. A line a problem goes to standard
    error, one JSON object with counts and problems to standard output. The exit status is 1 where anything was found.
    """
    from charaface.data.check import check as looked_through

    given["limits"] = Limits(given.pop("max_pixels"), given.pop("max_frames"), given.pop("max_seconds"))
    with Screen(1) as screen, warnings.catch_warnings():
        warnings.simplefilter("always", DamageWarning)
        warnings.showwarning = lambda message, *_, **__: screen.say(f"warning: {message}")

        def progress(done: int) -> None:
            screen.progress(labels[0], done, None)

        try:
            found = looked_through(labels, problem=lambda one: screen.say(str(one)), progress=progress, **given)
        except InputError:
            raise
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        if output is not None:
            _show(found, labels, output, number, given, screen)
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    return 1 if found.problems else 0


def _show(
    found: Checked, labels: tuple[Path, ...], output: Path, number: int, given: dict[str, Any], screen: Screen
) -> None:
    """Contact sheets of what was found, those of each file under a name of their own where there are several."""
    from charaface.data.look import look

    take = options.take(given, "form", "scheme", "pictures", "limits")
    for source in labels:
        notes = found.notes(str(source))
        name = output if len(labels) == 1 else output.with_name(f"{output.stem}-{source.stem}{output.suffix}")
        try:
            sheets = look(source, name, number=number, notes=notes, problem=lambda _: None, **take) if notes else []
        except InputError:  # only of pictures that cannot be shown
            continue
        for sheet in sheets:
            screen.say(f"{sheet.path}: {len(sheet.tiles)} faces")
