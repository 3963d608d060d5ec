"""crop: faces as pictures of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charaface.cli import options
from charaface.cli.batch import Job, Screen
from charaface.cli.inputs import Input
from charaface.cli.results import signed

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif")


@click.command()
@options.INPUTS
@options.with_options(
    [
        options.out("A picture for one input, a folder for several.", required=True),
        click.option("--size", type=click.IntRange(1, 8192), default=256, show_default=True, help="Side in pixels."),
        click.option(
            "--margin",
            type=click.FloatRange(-0.9, 20),
            default=0.4,
            show_default=True,
            help="Added to the longer side of the box, as a share of it.",
        ),
        click.option("--align", is_flag=True, help="Turn heads upright."),
    ],
    options.CLIPS,
    options.NETWORKS,
)
def crop(inputs: tuple[Path, ...], output: str, **given: Any) -> int:
    """Cut every face out as a square picture.

    In a folder the faces of NAME.png become NAME-0.png, NAME-1.png, the biggest first; those of a clip
    NAME-FRAME-TRACK.png. With a file name the biggest face takes it, the others follow as NAME-2, NAME-3.
    """
    job = Job(inputs, output)
    if job.folder is None and not output.lower().endswith(PICTURES):
        raise click.UsageError(f"-o {output}: name a picture ({' '.join(PICTURES)}) or a folder that exists")
    arguments = options.networks(given) | options.take(given, "smooth", "fps", "every")
    form = options.take(given, "size", "margin", "align")

    def work(one: Input, screen: Screen) -> list[Path]:
        return _crop(one, job, screen, arguments, form)

    return job.run(work, signed("crop", {**arguments, **form}))


def _crop(one: Input, job: Job, screen: Screen, arguments: dict[str, Any], form: dict[str, Any]) -> list[Path]:
    from charaface.image import save
    from charaface.tasks.crop import crop as cut
    from charaface.tasks.frames import frames

    written: list[Path] = []
    task = "landmarks" if form["align"] else "detect"
    clip = frames(one.path, task, **arguments)
    for done, frame in enumerate(clip, 1):
        for number, (face, picture) in enumerate(zip(frame.faces, cut(frame.image, frame.faces, **form), strict=True)):
            path = job.place(one)
            if job.folder is not None:
                tail = f"{number}" if face.track is None else f"{frame.index:05d}-{face.track}"
                path = path.with_name(f"{one.name.stem}-{tail}.png")
            elif written:
                path = path.with_name(f"{path.stem}-{len(written) + 1}{path.suffix}")
            written.append(save(picture, path, source=one.path))
        screen.progress(done, clip.total)
    if not written:
        screen.say(f"{one.path}: no face found; nothing to crop")
    return written
