"""convert: files of faces from one format to another, and a word on what the other has no place for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from charaface.cli.options import SCHEME, SCHEMES, FilePath, with_options
from charaface.files import InputError, OutputError, plain, same_file

if TYPE_CHECKING:
    from charaface.face import Face
    from charaface.formats import Format, Record

# keys of FORMATS that are written, and all of them
WRITTEN = ("jsonl", "csv", "parquet", "coco", "dlib", "pts", "labelme", "cvat", "yolo", "animeface", "npy")
NAMES = (*WRITTEN, "manga", "wflw", "aflw", "fer2013", "pattern")
FORM, TO = click.Choice(NAMES), click.Choice(WRITTEN)
SUBSET = click.option(
    "--subset",
    metavar="common|challenging|full|REGEX",
    help="Of 300-W, or the pictures in whose names a regular expression is found.",
)


@click.command()
@click.argument("source", type=FilePath)
@click.argument("target", type=FilePath)
@click.option("--from", "source_form", type=FORM, help="[default: by what SOURCE is]")
@click.option("--to", "target_form", type=TO, help="[default: by the name of TARGET]")
@click.option(
    "--from-scheme",
    type=click.Choice(SCHEMES),
    help="What the points of SOURCE are.  [default: as it says, else by their number]",
)
@with_options(SCHEME)
@with_options([SUBSET])
@click.option("--merge", type=click.Choice(["mean", "median"]), help="Make one of what several annotators made.")
@click.option(
    "--skip-broken", is_flag=True, help="Leave out what is malformed, a line each, and convert the rest; status 1."
)
def convert(source: Path, target: Path, source_form: str | None, target_form: str | None, **given: Any) -> int:
    """Turn a file or folder of faces into another format, or its points into another scheme.

    What the other format has no place for is counted on standard error, and how the points of another scheme came
    about. SOURCE may be a pattern of folders: 'faces/{person}/{light}/{angle}.jpg'.
    """
    from charaface.data.pictures import format_at
    from charaface.formats import FORMATS, LACKS, format_of

    try:
        reader, labels = (FORMATS[source_form], source) if source_form else format_at(source)
        writer = FORMATS[target_form] if target_form else format_of(target)
    except InputError:
        raise
    except ValueError as error:
        raise click.UsageError(f"{target}: {error}; say it with --to") from None
    if writer.write is None:
        raise click.UsageError(f"{target}: its format is read only; say another with --to: {', '.join(WRITTEN)}")
    if same_file(source, target):
        raise OutputError(f"{target}: is the input itself; choose another name for the output")
    tally = _Tally(writer.lacks, given["scheme"])
    read = partial(_records, reader, labels, tally, given)
    if writer.folder and not given["skip_broken"]:  # of many files: what is broken is found before the first is written
        for _ in read():
            pass
    records = read()
    first = next(records, None)  # where nothing can be read nothing is written
    if first is None and given["subset"]:
        raise InputError(f"{source}: no picture in it is of {given['subset']!r}")
    made = writer.write(target, map(tally.counted, chain([] if first is None else [first], records)))
    broken = f"; {tally.problems} left out as broken, named above" if tally.problems else ""
    click.echo(f"{made}: {tally.faces} faces in {tally.frames} frames{broken}", err=True)
    for name in sorted(tally.turned - {given["scheme"]}):
        click.echo(came_about(name, str(given["scheme"])), err=True)
    for key in sorted(tally.lost):
        click.echo(f"no place for {key} ({tally.lost[key]} frames): {LACKS[key]}", err=True)
    return 1 if tally.problems else 0


def _records(reader: Format, labels: Path, tally: _Tally, given: dict[str, Any]) -> Iterator[Record]:
    """What is to be converted, in the schemes it is read in."""
    from charaface.formats.merge import merged
    from charaface.formats.subset import only

    scheme = given["from_scheme"]
    found = reader.sound(labels, scheme, tally.problem) if given["skip_broken"] else reader.read(labels, scheme)
    try:
        found = only(found, given["subset"])
        yield from merged(found, given["merge"]) if given["merge"] else found
    except (InputError, OutputError):
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None


class _Tally:
    """Turns records into a scheme and counts what they hold."""

    def __init__(self, lacks: frozenset[str], scheme: str | None) -> None:
        self._lacks, self._scheme = lacks, scheme
        self.lost: Counter[str] = Counter()  # keys of LACKS
        self.turned: set[str] = set()  # schemes
        self.frames = self.faces = self.problems = 0

    def counted(self, record: Record) -> Record:
        """The record as it is to be written."""
        if self._scheme:
            self.turned.update(face.landmarks.scheme for face in record.faces if face.landmarks)
            record = replace(record, faces=[face.to(self._scheme) for face in record.faces])
        self.frames += 1
        self.faces += len(record.faces)
        self.lost.update(key for key in present(record, self._lacks) if key in self._lacks)
        return record

    def problem(self, line: str) -> None:
        """Says what is left out."""
        self.problems += 1
        click.echo(f"error: {plain(line)}", err=True)


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
    "more": lambda face: any(
        (face.emotion, face.colours, face.domain, face.weights, face.notes, face.accessories, face.presentation)
    ),
}


def present(record: Record, among: Container[str] | None = None) -> Iterable[str]:
    """The keys of LACKS that a record has something of; of those of the faces only these are looked for."""
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
        if (among is None or key in among) and any(has(face) for face in record.faces):
            yield key
