"""report: what was found in many files, as one page of HTML."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.batch import Job
from charaface.cli.inputs import Input
from charaface.cli.pool import Tell
from charaface.files import InputError

if TYPE_CHECKING:
    from charaface.tasks.report import Looking


@click.command()
@click.argument("inputs", nargs=-1, type=options.FilePath, metavar="FILE_OR_FOLDER...")
@options.with_options(
    [
        options.out("The page, a file that ends on .html.", required=True),
        click.option(
            "--from",
            "faces",
            type=options.FilePath,
            metavar="FILE",
            help="A file of faces made earlier: no network runs. Without inputs: all that it tells of.",
        ),
        click.option(
            "--most",
            type=click.IntRange(min=0),
            default=200,
            show_default=True,
            help="Pictures with a face, and without one, that are shown; the other files are listed.",
        ),
    ],
    options.CLIPS,
    options.FLIP,
    options.NETWORKS,
    options.BATCH,
)
def report(inputs: tuple[Path, ...], output: str, faces: Path | None, most: int, **given: Any) -> int:
    """Write a page of HTML on the faces of a folder, the worst first.

    It holds all it needs: counts, a histogram of scores, and small pictures with landmarks; of a clip the frame with
    the lowest score.
    """
    from charaface.page import Gathering
    from charaface.tasks.report import Looking, page_at

    if faces is None and not inputs:
        raise click.UsageError("name files or a folder to report on, or with --from a file of faces")
    known = [Path(name) for name in Looking(faces).known()] if faces and not inputs else inputs
    job = Job(known, None, given["workers"], dry=given["dry_run"])
    arguments = options.networks(given, job) | options.clips(given) | options.take(given, "flip")
    looking, gathered = Looking(faces, **arguments), Gathering(most)
    if given["dry_run"]:
        return job.run(partial(_looked, looking=looking), {})
    with page_at(output) as part:
        status = job.run(partial(_looked, looking=looking), {}, out=gathered.add)
        gathered.write(part, Path(output), looking.words())
    return status


def _looked(one: Input, tell: Tell, looking: Looking) -> list[Path]:
    from charaface.tasks.report import look

    summary = look(one.path, looking, one.shown, tell.progress)
    tell.give(summary)
    if summary.failed:
        raise InputError(summary.failed)
    return []
