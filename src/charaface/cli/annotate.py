"""annotate: faces drawn onto pictures and clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charaface.cli import options
from charaface.cli.batch import Job, Screen
from charaface.cli.inputs import Input
from charaface.cli.results import signed

KINDS = ("gif", "png", "apng", "webp", "mp4", "m4v", "mov", "mkv", "webm", "jpg", "bmp", "tiff", "avif")


@click.command()
@options.INPUTS
@options.with_options(
    [
        options.out("A file for one input, a folder for several.", required=True),
        click.option("--to", "kind", type=click.Choice(KINDS), help="Another kind of file, in a folder of outputs."),
    ],
    options.STYLE,
    options.CLIPS,
    options.NETWORKS,
    options.FLIP,
)
def annotate(inputs: tuple[Path, ...], output: str, kind: str | None, **given: Any) -> int:
    """Draw the landmarks of all faces onto pictures, GIFs and clips.

    The file stays what it is: a GIF keeps its frames, durations, loops and transparency, a movie its time stamps and
    its sound. One without a face is copied.
    """
    from charaface.tasks.annotate import annotate as draw

    drawing = options.style(given)
    job = Job(inputs, output)
    if kind and job.folder is None and Path(output).suffix.lower() != f".{kind}":
        raise click.UsageError(f"-o {output}: does not end on .{kind}; leave --to out, or name a folder")
    arguments = options.networks(given) | options.take(given, "smooth", "fps", "every", "flip")

    def work(one: Input, screen: Screen) -> list[Path]:
        path = job.place(one)
        if kind:
            path = path.with_suffix(f".{kind}")
        draw(one.path, path, style=drawing, progress=screen.progress, say=screen.say, **arguments)
        return [path]

    return job.run(work, signed("annotate", {**arguments, "style": drawing, "to": kind}))
