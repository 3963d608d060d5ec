"""annotate: faces drawn onto pictures and clips."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from charaface.cli import options
from charaface.cli.batch import Job, Place
from charaface.cli.inputs import Input
from charaface.cli.pool import Tell
from charaface.cli.results import signed
from charaface.files import MOVING

KINDS = ("gif", "png", "apng", "webp", "mp4", "m4v", "mov", "mkv", "webm", "jpg", "bmp", "tiff", "avif")


@click.command()
@options.INPUTS
@options.with_options(
    [
        options.out("A file for one input, a folder for several.", required=True),
        click.option("--to", "kind", type=click.Choice(KINDS), help="Another kind of file, in a folder of outputs."),
        click.option(
            "--faces",
            type=options.FilePath,
            metavar="FILE",
            help="Draw the faces that this file of faces has of each input, and look for none.",
        ),
        click.option(
            "--compare",
            metavar="NAME|FILE",
            help="Beside each picture: what another network (a name of weights, FILE.onnx) or file of faces says.",
        ),
    ],
    options.STYLE,
    options.CLIPS,
    options.NETWORKS,
    options.FLIP,
    options.BATCH,
)
def annotate(inputs: tuple[Path, ...], output: str, kind: str | None, **given: Any) -> int:
    """Draw the landmarks of all faces onto pictures, GIFs and clips.

    The file stays what it is: a GIF keeps its frames, durations, loops and transparency, a movie its time stamps,
    sound, subtitles, chapters and titles. One without a face is copied.
    """
    from charaface.tasks.annotate import network

    drawing = options.style(given)
    job = Job(inputs, output, given["workers"], dry=given["dry_run"])
    if kind and job.place.folder is None and Path(output).suffix.lower() != f".{kind}":
        raise click.UsageError(f"-o {output}: does not end on .{kind}; leave --to out, or name a folder")
    arguments = options.networks(given, job) | options.clips(given)
    arguments |= options.take(given, "flip", "faces", "compare")
    for name in (given["faces"], given["compare"]):
        network(name, arguments["threads"])  # one that will not do stops the command and not each of its inputs
    work = partial(_annotated, place=job.place, kind=kind, style=drawing, arguments=arguments)
    how = signed("annotate", {**arguments, "style": drawing, "to": kind}, given["faces"], given["compare"])
    return job.run(work, how, lambda one: _target(one, job.place, kind))


def _annotated(one: Input, tell: Tell, place: Place, kind: str | None, **options: Any) -> list[Path]:
    from charaface.tasks.annotate import annotate as draw

    place.made(one)
    path = _target(one, place, kind)
    draw(one.path, path, style=options["style"], progress=tell.progress, say=tell.say, **options["arguments"])
    return [path]


def _target(one: Input, place: Place, kind: str | None) -> Path:
    path = place.of(one)
    if kind is None:
        return path
    if f".{kind}" in MOVING and "%" in path.name:
        from charaface.video.sequence import pattern_of

        if numbered := pattern_of(one.path):  # many pictures, now one file
            stem = numbered.before + Path(numbered.after).stem if Path(numbered.after).suffix else numbered.before
            path = path.with_name(f"{stem.strip('_-. ') or one.path.parent.name or 'clip'}{one.path.suffix}")
    return path.with_suffix(f".{kind}")
