"""convert: files of faces from one format to another, and a word on what the other has no place for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from charaface.cli.options import SCHEME, SCHEMES, FilePath, with_options
from charaface.files import OutputError, same_file

if TYPE_CHECKING:
    from charaface.face import Face
    from charaface.formats import Record

NAMES = ("jsonl", "csv", "parquet", "coco", "dlib", "pts", "labelme", "cvat", "yolo", "animeface")  # keys of FORMATS
FORM = click.Choice(NAMES)


@click.command()
@click.argument("source", type=FilePath)
@click.argument("target", type=FilePath)
@click.option("--from", "source_form", type=FORM, help="[default: by the name of SOURCE]")
@click.option("--to", "target_form", type=FORM, help="[default: by the name of TARGET]")
@click.option(
    "--from-scheme",
    type=click.Choice(SCHEMES),
    help="What the points of SOURCE are.  [default: as it says, else by their number]",
)
@with_options(SCHEME)
def convert(
    source: Path,
    target: Path,
    source_form: str | None,
    target_form: str | None,
    from_scheme: str | None,
    scheme: str | None,
) -> int:
    """Turn a file of faces (a folder for pts, labelme, yolo) into another format, or its points into another scheme.

    What the other format has no place for is counted on standard error, and how the points of another scheme came
    about.
    """
    from charaface.formats import FORMATS, LACKS, Format, format_of

    def form(name: str | None, path: Path, option: str) -> Format:
        try:
            return FORMATS[name] if name else format_of(path)
        except ValueError as error:
            raise click.UsageError(f"{path}: {error}; say it with {option}") from None

    reader, writer = form(source_form, source, "--from"), form(target_form, target, "--to")
    if same_file(source, target):
        raise OutputError(f"{target}: is the input itself; choose another name for the output")
    lost: Counter[str] = Counter()
    turned: set[str] = set()
    count = Counter(frames=0, faces=0)

    def counted() -> Iterator[Record]:
        for record in reader.read(source, from_scheme):
            if scheme:
                turned.update(face.landmarks.scheme for face in record.faces if face.landmarks)
                record = replace(record, faces=[face.to(scheme) for face in record.faces])
            count.update(frames=1, faces=len(record.faces))
            lost.update(key for key in present(record) if key in writer.lacks)
            yield record

    if writer.folder:  # of many files: what is broken is found before the first is written
        for _ in reader.read(source):
            pass
    made = writer.write(target, counted())
    click.echo(f"{made}: {count['faces']} faces in {count['frames']} frames", err=True)
    for name in sorted(turned - {scheme}):
        click.echo(came_about(name, str(scheme)), err=True)
    for key in sorted(lost):
        click.echo(f"no place for {key} ({lost[key]} frames): {LACKS[key]}", err=True)
    return 0


def came_about(source: str, target: str) -> str:
    """In words how the points of one scheme became those of another."""
    from charaface.schemes import HOWS, conversion

    way = conversion(source, target)
    parts = []
    for how in (how for how in HOWS if how in way.how):
        error = f" (lost there and back: {way.error[how]:g} % of the box's side)" if how in way.error else ""
        parts.append(f"{way.how.count(how)} points {how}{error}")
    return f"{source} to {target}: {', '.join(parts)}"


_OF_FACE: dict[str, Callable[[Face], bool]] = {
    "scores": lambda face: face.score != 1,
    "points": lambda face: face.landmarks is not None,
    "boxes": lambda face: face.landmarks is None,
    "point scores": lambda face: face.landmarks is not None and bool((face.landmarks.scores != 1).any()),
    "visible": lambda face: face.landmarks is not None and not face.landmarks.visible.all(),
    "unknown points": lambda face: face.landmarks is not None and not face.landmarks.known.all(),
    "fractions": lambda face: bool((face.box % 1).any()) or bool(face.landmarks and (face.landmarks.points % 1).any()),
    "pose": lambda face: face.pose is not None,
    "tracks": lambda face: face.track is not None,
    "more": lambda face: any((face.emotion, face.colours, face.domain, face.weights)),
}


def present(record: Record) -> Iterable[str]:
    """The keys of LACKS that a record has something of."""
    if record.frame or record.time:
        yield "frames"
    if PurePosixPath(record.file).suffix:
        yield "names"
    if record.width or record.height:
        yield "size"
    if not record.faces:
        yield "empty"
    if len(record.faces) > 1:
        yield "together"
    for key, has in _OF_FACE.items():
        if any(has(face) for face in record.faces):
            yield key
