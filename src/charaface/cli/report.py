"""report: what was found in many files, as one page of HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.batch import Screen
from charaface.cli.inputs import check_inputs, collect

if TYPE_CHECKING:
    from charaface.page import Gathering
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
    arguments = options.networks(given) | options.take(given, "smooth", "fps", "every", "flip")
    looking, gathered = Looking(faces, **arguments), Gathering(most)
    with page_at(output) as part:
        problems = _gather(inputs, looking, gathered)
        gathered.write(part, Path(output), looking.words())
    bad = gathered.failed + problems
    return 0 if not bad else 1 if gathered.failed < gathered.files else 2


def _gather(inputs: tuple[Path, ...], looking: Looking, gathered: Gathering) -> int:
    """Looks at one file after another; returns how many inputs gave none."""
    from charaface.tasks.report import look

    if inputs:
        found, problems = collect(inputs, None)
        check_inputs(found, problems)
        files = [(str(one.path), one.shown) for one in found]
    else:
        files, problems = [(name, name) for name in looking.known()], []
    with Screen(len(files)) as screen:
        for problem in problems:
            screen.say(f"error: {problem}")
        for path, shown in files:
            screen.start(Path(shown))
            summary = look(path, looking, shown, screen.progress)
            if summary.failed:
                screen.say(f"error: {summary.failed}")
            gathered.add(summary)
            screen.finish()
    return len(problems)
