"""detect, landmarks, attributes, emotion, analyze: faces as JSON lines, tables and other formats."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.batch import Job, Place
from charaface.cli.done import digest
from charaface.cli.inputs import Input
from charaface.cli.pool import Tell
from charaface.files import atomic

if TYPE_CHECKING:
    from charaface.formats import Record

FORMS = (
    "jsonl",
    "csv",
    "parquet",
    "coco",
    "dlib",
    "cvat",
    "animeface",
)  # keys of FORMATS, which would load NumPy for --help
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="jsonl: one object a frame; csv: one row a face; others need -o.  [default: by the output's name, else jsonl]",
)
OUT = options.out("A file for one input, a folder for several; standard output without it.")


CURVE = click.option(
    "--curve",
    type=options.FilePath,
    metavar="PICTURE|FILE.svg",
    help="Also draw, of one clip, how likely each expression of each face was over time.",
)


@click.command()
@options.INPUTS
@options.with_options([OUT, FORMAT], options.NETWORKS, options.CLIPS, options.BATCH)
def detect(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print the boxes of all faces.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first.
    """
    given |= {"flip": False, "scheme": None}
    return _print_faces("detect", inputs, output, form, given)


@click.command()
@options.INPUTS
@options.with_options([OUT, FORMAT], options.SCHEME, options.NETWORKS, options.FLIP, options.CLIPS, options.BATCH)
def landmarks(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print 68 points, or those of another scheme, and the pose of all faces.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first.
    """
    return _print_faces("landmarks", inputs, output, form, given)


@click.command()
@options.INPUTS
@options.with_options(
    [OUT, FORMAT, CURVE], options.SCHEME, options.NETWORKS, options.FLIP, options.CLIPS, options.BATCH
)
def emotion(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print the expression of all faces: the likeliest of seven and the probability of each.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first, with points and pose. In a
    clip an expression is the mean of the last half second. It is what a face shows and not what anyone feels.
    """
    return _print_faces("emotion", inputs, output, form, given)


PRESENTATION = click.option(
    "--presentation",
    type=click.Choice(["drawn", "all", "none"]),
    default="drawn",
    show_default=True,
    help="Whose presentation is told: of drawn faces, of all, of none.",
)


@click.command()
@options.INPUTS
@options.with_options(
    [OUT, FORMAT, PRESENTATION], options.SCHEME, options.NETWORKS, options.FLIP, options.CLIPS, options.BATCH
)
def attributes(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print colours of hair, skin and eyes, what is worn and whether there is colour, of all faces.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first, with points and pose. Left
    and right are the character's own.
    """
    return _print_faces("attributes", inputs, output, form, given)


@click.command()
@options.INPUTS
@options.with_options(
    [OUT, FORMAT, PRESENTATION], options.SCHEME, options.NETWORKS, options.FLIP, options.CLIPS, options.BATCH
)
def analyze(inputs: tuple[Path, ...], output: str | None, form: str | None, **given: Any) -> int:
    """Print all that is known of all faces: points, pose, kind of picture, attributes, expression.

    One JSON object a frame: file, frame, time, width, height and faces, the biggest first.
    """
    return _print_faces("analyze", inputs, output, form, given)


def _print_faces(task: str, inputs: Sequence[Path], output: str | None, form: str | None, given: dict[str, Any]) -> int:
    from charaface.formats import FORMATS

    form = form or _form_of(output)
    kind = FORMATS[form]
    if output is None and kind.writer is None:
        raise click.UsageError(f"{form} is written whole: name a file for it with -o")
    job = Job(inputs, output, given["workers"], dry=given["dry_run"])
    arguments = options.networks(given, job) | options.clips(given) | options.take(given, "flip")
    if "presentation" in given:
        arguments |= options.take(given, "presentation")
    if task in ("emotion", "analyze"):  # a network that is not there stops the command and not each of its inputs
        from charaface.tasks.emotion import load_networks

        load_networks(arguments["model"], arguments["threads"], arguments["weights"])
    curve = _curve(given.get("curve"), job)
    work = _Finding(task, form, given["scheme"], None if output is None else job.place, arguments, curve)
    if output is None and kind.writer and not given["dry_run"]:
        with _printing():
            kind.writer(sys.stdout, work.scheme_written)  # the head of the table
    return job.run(
        work,
        signed(task, {**arguments, "format": form, "scheme": given["scheme"]}),
        lambda one: job.place.of(one, kind.suffix),
        out=_print if output is None else None,
        bars=output is not None or not sys.stdout.isatty(),
    )


def _curve(path: Path | None, job: Job) -> Path | None:
    """Where the curve goes; raises UsageError, before a network runs, where none can be drawn there."""
    from charaface.image import PICTURES

    if path and not job.alone:
        raise click.UsageError("--curve draws one clip; name one, and no folder of outputs")
    if path and path.suffix.lower() not in (".svg", *PICTURES):
        raise click.UsageError(
            f"--curve {path}: name a picture ({' '.join(sorted(PICTURES))}) or a file that ends on .svg"
        )
    return path


@dataclass(frozen=True)
class _Finding:
    """Looks for the faces of an input and writes them, or gives them as text."""

    task: str
    form: str
    scheme: str | None  # of points, in place of the networks' own
    place: Place | None  # None gives them
    arguments: dict[str, Any]
    curve: Path | None = None  # where the expressions are drawn over time

    @property
    def scheme_written(self) -> str | None:
        """The scheme of points that a table has columns for."""
        return self.scheme or (None if self.task == "detect" else "ibug68")

    def __call__(self, one: Input, tell: Tell) -> list[Path]:
        from charaface.formats import FORMATS

        kind = FORMATS[self.form]
        if self.place is not None:
            path = self.place.made(one, kind.suffix)
            with atomic(path, one.path) as part:
                assert kind.write is not None
                kind.write(part, self._records(one, tell))
            return [path]
        assert kind.writer is not None
        text = StringIO(newline="")
        write = kind.writer(text, self.scheme_written)
        for record in self._records(one, tell):
            text.seek(0)
            text.truncate()  # the head of a table stands there already
            write(record)
            tell.give(text.getvalue())
        return []

    def _records(self, one: Input, tell: Tell) -> Iterator[Record]:
        from charaface.draw import MoodCurve
        from charaface.formats import Record
        from charaface.tasks.frames import frames

        clip = frames(one.path, self.task, **self.arguments)
        moods = MoodCurve(Path(one.shown).name)
        for done, frame in enumerate(clip, 1):
            height, width = frame.image.shape[:2]
            if self.curve:
                moods.add(frame.time, frame.faces)
            faces = [face.to(self.scheme) for face in frame.faces] if self.scheme else frame.faces
            yield Record(one.shown, frame.index, round(frame.time, 6), width, height, faces)
            tell.progress(done, clip.total)
        if self.curve and moods:
            moods.save(self.curve)
        elif self.curve:
            tell.say(f"{one.path}: no face of a clip with an expression; no curve drawn")


def _print(text: str) -> None:
    with _printing():
        sys.stdout.write(text)
        sys.stdout.flush()


@contextmanager
def _printing() -> Iterator[None]:
    """Whatever fails on standard output ends the command, as a BrokenPipeError does."""
    try:
        yield
    except OSError as error:  # click would take one with this number for a failure
        raise BrokenPipeError(*() if error.errno == errno.EPIPE else (error.errno, error.strerror)) from error


def _form_of(output: str | None) -> str:
    """The format that the name of an output asks for."""
    from charaface.formats import FORMATS

    suffix = Path(output or "").suffix.lower()
    return next((name for name in FORMS if FORMATS[name].suffix == suffix), "jsonl")


def signed(command: str, arguments: dict[str, Any], *files: str | Path | None) -> dict[str, Any]:
    """All that has a say in a command's outputs: its options, the version that answers, the networks and more files."""
    from charaface import __version__, weights

    content = {str(name): digest(Path(name)) for name in (*(arguments["model"] or ()), *filter(None, files))}
    own = {name: weight.sha256 for name, weight in weights.WEIGHTS.items()}
    own |= {weights.OFFSETS: digest(weights.FOLDER / weights.OFFSETS) or ""}
    plain = {name: value for name, value in arguments.items() if name != "threads"}
    return {**plain, "command": command, "content": content, "version": __version__, "weights": own}
