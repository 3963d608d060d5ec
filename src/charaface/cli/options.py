"""The options that commands share, each said once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from charaface.cli.batch import Job
from charaface.files import DEFAULT_LIMITS, Limits

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Any], Any]
FilePath = click.Path(path_type=Path)

INPUTS: Decorator = click.argument("inputs", nargs=-1, required=True, type=FilePath, metavar="FILE_OR_FOLDER...")

SIZES: list[Decorator] = [
    click.option("--max-pixels", type=click.IntRange(min=1), default=DEFAULT_LIMITS.pixels, show_default=True),
    click.option("--max-frames", type=click.IntRange(min=1), default=DEFAULT_LIMITS.frames, show_default=True),
    click.option(
        "--max-seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=DEFAULT_LIMITS.seconds,
        show_default=True,
    ),
]

NETWORKS: list[Decorator] = [
    click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        default=0.5,
        show_default=True,
        help="The least score of a face; lower finds more of them, and more that are none.",
    ),
    click.option(
        "--model",
        multiple=True,
        metavar="NAME|FILE.onnx",
        help="A network to use in place of the package's own of the same task; may be given twice.",
    ),
    click.option(
        "--weights",
        type=click.Choice(["all", "generated"]),
        default="all",
        show_default=True,
        help="generated leaves out what learned from photographs of people: photographs then have no expression.",
    ),
    click.option(
        "--threads",
        type=click.IntRange(min=1),
        help="Threads of the arithmetic; they change the time, not the result.  [default: physical cores, at most 4, "
        "for one input; 1 for several, which are worked on side by side]",
    ),
    *SIZES,
    click.option("--max-faces", type=click.IntRange(min=1), default=DEFAULT_LIMITS.faces, show_default=True),
]

BATCH: list[Decorator] = [
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        help="Files worked on at a time, a process each.  [default: physical cores, at most 8, where it is worth it]",
    ),
    click.option("--dry-run", is_flag=True, help="Only print what would be done."),
]

FLIP: list[Decorator] = [
    click.option("--flip", is_flag=True, help="Read every face mirrored too: twice the time, a little less error."),
]

SCHEMES = ("ibug68", "manga60a", "manga60b", "hysts28", "wflw98", "five")  # keys of SCHEMES, which would load NumPy
SCHEME: list[Decorator] = [
    click.option("--scheme", type=click.Choice(SCHEMES), help="Turn the points into those of another scheme."),
]

CLIPS: list[Decorator] = [
    click.option("--smooth/--no-smooth", default=True, show_default=True, help="Take the trembling out of points."),
    click.option(
        "--fps", type=click.FloatRange(0, 1000, min_open=True), help="Frames a second in place of the clip's."
    ),
    click.option(
        "--start",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="The number of the clip's frame to begin with; the first is 0.  [default: 0]",
    ),
    click.option(
        "--stop",
        type=click.IntRange(min=1),
        metavar="N",
        help="The number of the clip's frame to end before.  [default: the end]",
    ),
    click.option(
        "--every",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        help="Look for new faces every so many frames, besides where one is lost.",
    ),
]

STYLE: list[Decorator] = [
    click.option("--points/--no-points", default=True, show_default=True),
    click.option("--lines/--no-lines", default=True, show_default=True),
    click.option(
        "--mesh/--no-mesh",
        default=False,
        show_default=True,
        help="Thin lines between the parts, the same on each face.",
    ),
    click.option("--boxes/--no-boxes", default=False, show_default=True),
    click.option("--labels/--no-labels", default=False, show_default=True, help="Track number and score."),
    click.option("--numbers/--no-numbers", default=False, show_default=True, help="Of points, on faces with room."),
    click.option("--legend/--no-legend", default=False, show_default=True, help="Name the parts and their colours."),
    click.option(
        "--show",
        "shown",
        multiple=True,
        type=click.Choice(["emotion"]),
        help="Also what a face shows: a drawn face, the name and seven bars.",
    ),
    click.option("--blur", "conceal", flag_value="blur", help="Make faces unreadable; draws nothing else unless told."),
    click.option("--pixelate", "conceal", flag_value="pixelate", help="The same, in blocks."),
    click.option("--part", "parts", multiple=True, metavar="NAME", help="Draw only this: jaw brow eye nose mouth."),
    click.option(
        "--colour",
        "colours",
        multiple=True,
        metavar="[PART=]#RRGGBB",
        help="Of a part (jaw brow eye nose mouth mesh box rim), of an expression, or of all parts.",
    ),
    click.option("--thickness", type=float, metavar="PIXELS", help="Of lines.  [default: scales with the face]"),
    click.option("--radius", type=float, metavar="PIXELS", help="Of points.  [default: scales with the face]"),
    click.option(
        "--hidden",
        type=click.Choice(["hollow", "faint", "none"]),
        default="hollow",
        show_default=True,
        help="How points are drawn that hair or a hand covers.",
    ),
    click.option("--blank", is_flag=True, help="Draw on white in place of the picture."),
    click.option("--transparent", is_flag=True, help="Draw on nothing in place of the picture."),
]


def out(help_text: str, *, required: bool = False) -> Decorator:
    """The option -o."""
    # a plain text: a path would forget the slash at its end
    return click.option("-o", "--output", metavar="PATH", required=required, help=help_text)


def with_options(*groups: Sequence[Decorator]) -> Callable[[Command], Command]:
    """Gives a command the options of each group, shown in that order."""

    def decorate(command: Command) -> Command:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return decorate


def take(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """The named options of a command, as arguments of a public function."""
    return {name: given[name] for name in names}


def clips(given: dict[str, Any]) -> dict[str, Any]:
    """The options of CLIPS as arguments of frames; raises UsageError for a range that holds no frame."""
    start, stop = given["start"], given["stop"]
    if stop is not None and stop <= start:
        raise click.UsageError(f"--stop is a number after --start: got {stop}, and --start {start}")
    return take(given, "smooth", "fps", "start", "stop", "every")


def networks(given: dict[str, Any], job: Job) -> dict[str, Any]:
    """The options of NETWORKS as arguments of a public function that works on each input of a job.

    Networks that are not the package's own are loaded here, so that one that will not do stops the command and not
    each of its inputs.
    """
    threads = given["threads"] or (None if job.alone else 1)
    if given["model"]:
        from charaface import session
        from charaface.weights import check_choice

        try:
            check_choice(given["weights"], given["model"])
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        session.load_for("detect", given["model"], threads)
        session.load_readers(given["model"], threads)
    limits = Limits(given["max_pixels"], given["max_frames"], given["max_seconds"], given["max_faces"])
    return {
        "threshold": given["threshold"],
        "weights": given["weights"],
        "model": list(given["model"]) or None,
        "threads": threads,
        "limits": limits,
    }


def style(given: dict[str, Any]) -> Any:
    """The options of STYLE as a DrawStyle; raises BadParameter for a colour, part or size that is none."""
    from charaface.draw import DrawStyle

    if given["blank"] and given["transparent"]:
        raise click.UsageError("--blank and --transparent exclude each other")
    shown = take(given, "points", "lines")
    if given["conceal"]:  # who hides a face wants no landmarks on it, unless they were asked for
        ask = click.get_current_context().get_parameter_source
        shown = {name: on and ask(name) is not ParameterSource.DEFAULT for name, on in shown.items()}
    colours = {}
    for text in given["colours"]:
        part, equals, colour = text.rpartition("=")
        colours[part if equals else "all"] = colour
    try:
        return DrawStyle(
            **shown,
            **take(given, "mesh", "boxes", "labels", "numbers", "legend", "conceal", "thickness", "radius", "hidden"),
            emotion="emotion" in given["shown"],
            parts=given["parts"] or None,
            colours=colours,
            blank="white" if given["blank"] else "transparent" if given["transparent"] else None,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
