"""segment: the parts of faces as maps."""

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


@click.command()
@options.INPUTS
@options.with_options(
    [options.out("A PNG for one input, a folder for several.", required=True)],
    options.CLIPS,
    options.NETWORKS,
    options.BATCH,
)
def segment(inputs: tuple[Path, ...], output: str, **given: Any) -> int:
    """Write which part of a face each pixel is, as PNGs with a palette, one a face.

    Their values: 0 background, 1 skin, 2 hair, 3 eyes, 4 iris, 5 brows, 6 mouth, 7 teeth, 8 glasses, 9 hat. In a folder
    the faces of NAME.png become NAME-0.png, NAME-1.png, the biggest first; those of a clip NAME-FRAME-TRACK.png. With a
    file name the biggest face takes it, the others follow as NAME-2, NAME-3.
    """
    job = Job(inputs, output, given["workers"], dry=given["dry_run"])
    if job.place.folder is None and not output.lower().endswith(".png"):
        raise click.UsageError(f"-o {output}: name a .png or a folder that exists")
    arguments = options.networks(given, job) | options.clips(given)
    work = partial(_parted, place=job.place, arguments=arguments)

    def target(one: Input) -> Path:
        path = job.place.of(one)
        return path if job.place.folder is None else path.with_name(f"{one.name.stem}-*.png")

    return job.run(work, signed("segment", arguments), target)


def _parted(one: Input, tell: Tell, place: Place, arguments: dict[str, Any]) -> list[Path]:
    from charaface.image import save_indexed
    from charaface.tasks.frames import frames
    from charaface.tasks.segment import COLOURS, segment

    written: list[Path] = []
    clip = frames(one.path, "landmarks", **arguments)
    own = {name: arguments[name] for name in ("model", "threads")}
    for done, frame in enumerate(clip, 1):
        for number, (face, parts) in enumerate(zip(frame.faces, segment(frame.image, frame.faces, **own), strict=True)):
            path = place.numbered(one, written, number, face.track, frame.index)
            written.append(save_indexed(parts, COLOURS, path, source=one.path))
        tell.progress(done, clip.total)
    if not written:
        tell.say(f"{one.path}: no face found; nothing to write")
    return written
