"""crop: faces as pictures of their own."""

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
            help="Added to the side, as a share of it.  [default: 0.4 of a box, none of ffhq]",
        ),
        click.option(
            "--rule",
            type=click.Choice(["box", "ffhq"]),
            default="box",
            show_default=True,
            help="A square round the box, or that of the FFHQ data set: upright by eyes and mouth.",
        ),
        click.option("--align", is_flag=True, help="Turn heads upright; ffhq does anyway."),
        click.option("--angle", type=click.FloatRange(-360, 360), default=0.0, help="Degrees of lean to image right."),
        click.option(
            "--fill",
            default="white",
            show_default=True,
            metavar="white|reflect|transparent|#RRGGBB",
            help="What lies outside the picture.",
        ),
    ],
    options.CLIPS,
    options.NETWORKS,
    options.BATCH,
)
def crop(inputs: tuple[Path, ...], output: str, **given: Any) -> int:
    """Cut every face out as a square picture.

    In a folder the faces of NAME.png become NAME-0.png, NAME-1.png, the biggest first; those of a clip
    NAME-FRAME-TRACK.png. With a file name the biggest face takes it, the others follow as NAME-2, NAME-3.
    """
    job = Job(inputs, output, given["workers"], dry=given["dry_run"])
    if job.place.folder is None and not output.lower().endswith(PICTURES):
        raise click.UsageError(f"-o {output}: name a picture ({' '.join(PICTURES)}) or a folder that exists")
    arguments = options.networks(given, job) | options.clips(given)
    form = options.take(given, "size", "margin", "rule", "align", "angle") | {"fill": _fill(given["fill"])}

    work = partial(_cropped, place=job.place, arguments=arguments, form=form)

    def target(one: Input) -> Path:
        path = job.place.of(one)
        return path if job.place.folder is None else path.with_name(f"{one.name.stem}-*.png")

    return job.run(work, signed("crop", {**arguments, **form}), target)


def _fill(text: str) -> Any:
    """What lies outside the picture, as an argument of the public function."""
    if text in ("reflect", "transparent"):
        return text
    digits = "ffffff" if text == "white" else text.removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise click.BadParameter(f'is white, reflect, transparent or a colour "#rrggbb", got {text!r}') from None
    return red, green, blue


def _cropped(one: Input, tell: Tell, place: Place, arguments: dict[str, Any], form: dict[str, Any]) -> list[Path]:
    from charaface.image import save
    from charaface.tasks.crop import crop as cut
    from charaface.tasks.frames import frames

    written: list[Path] = []
    task = "landmarks" if form["align"] or form["rule"] == "ffhq" else "detect"
    clip = frames(one.path, task, **arguments)
    for done, frame in enumerate(clip, 1):
        for number, (face, picture) in enumerate(zip(frame.faces, cut(frame.image, frame.faces, **form), strict=True)):
            path = place.numbered(one, written, number, face.track, frame.index)
            written.append(save(picture, path, source=one.path))
        tell.progress(done, clip.total)
    if not written:
        tell.say(f"{one.path}: no face found; nothing to crop")
    return written
