"""synth: faces with exact labels, drawn or photographed, one by one or the same people in many ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from charaface.cli.options import FilePath
from charaface.cli.screen import Screen
from charaface.cli.workshop import checked, needs


@click.command()
@click.option(
    "-n",
    "--number",
    type=click.IntRange(min=1),
    help="Of pictures; with --tuples and --grid, of people.  [default: 1000; 1 with --grid]",
)
@click.option("-o", "--output", type=FilePath, required=True, help="A folder for the pictures and their labels.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--size",
    type=click.IntRange(32, 2048),
    help="Side in pixels.  [default: 128; 192 with --tuples and --grid]",
)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that draw.")
@click.option("--scenes", is_flag=True, help="Pictures of 0 to 8 faces in place of single ones.")
@click.option(
    "--masks/--no-masks",
    default=None,
    help="A map of the parts of each single face.  [default: masks; none with --tuples and --grid]",
)
@click.option("--domain", help="One kind of drawing only: anime, manga, cartoon ...")
@click.option("--expression", help="One expression only: angry, happy ..., or even: all seven, as many of each.")
@click.option(
    "--scheme",
    type=click.Choice(["ibug68", "manga60a"]),
    default="ibug68",
    show_default=True,
    help="Of the points; the pictures are the same.",
)
@click.option("--heads", type=FilePath, help="Photographs of people: the file (.npz) of ICT-FaceKit's shapes of heads.")
@click.option("--tuples", is_flag=True, help="Each of the heads from the front, from any side, at rest, moved, drawn.")
@click.option("--grid", is_flag=True, help="A capture grid of each: angles, lights, accessories and expressions.")
@click.option(
    "--axis",
    "axes",
    multiple=True,
    metavar="NAME=VALUES",
    help="Of the grid: yaw=-90,0,90, pitch, light, accessory, expression or medium; repeat.",
)
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(["masks", "alpha", "cutout", "uv", "points3d"]),
    help="What tuples and grids carry besides; repeat.",
)
@click.option("--aligned", is_flag=True, help="Eyes and mouth of tuples and grids on fixed places.")
@click.option(
    "--vary",
    multiple=True,
    type=click.Choice(["hair", "outfit", "light", "camera", "place"]),
    help="What each picture of a tuple has anew; repeat.",
)
def synth(
    number: int | None, output: Path, size: int | None, masks: bool | None, tuples: bool, grid: bool, **given: Any
) -> int:
    """Draw faces with exact labels. The same seed gives the same bytes for any number of workers."""
    own = {name: given.pop(name) for name in ("axes", "also", "aligned", "vary")}
    with needs("draw"):
        if tuples or grid:
            album = _album(tuples=tuples, grid=grid, masks=bool(masks), own=own, given=given)
            number, size = number or (1 if grid else 1000), size or 192
        else:
            from charaface.synth.dataset import write

            if asked := [name for name, value in own.items() if value]:
                raise click.UsageError(f"{_OPTIONS[asked[0]]} is for --tuples and --grid")
            number, size = number or 1000, size or 128
            album = partial(write, masks=masks is not False, **given)
    with Screen(1) as screen:
        made = checked(
            lambda: album(output, number, size=size, progress=lambda done, total: screen.progress(output, done, total))
        )
    click.echo(f"{made.folder}: {made.pictures} pictures with {made.faces} faces")
    for kind, rate in made.rates.items():
        click.echo(f"{kind}: {rate:g} a CPU-second", err=True)
    return 0


_OPTIONS = {"axes": "--axis", "also": "--also", "aligned": "--aligned", "vary": "--vary"}
_ALONE = {
    "scenes": False,
    "domain": None,
    "expression": None,
    "scheme": "ibug68",
}  # what tuples and grids know nothing of


def _album(*, tuples: bool, grid: bool, masks: bool, own: dict[str, Any], given: dict[str, Any]) -> Callable[..., Any]:
    """The writer of tuples or of grids, with what was asked for."""
    from charaface.synth.album import write_grid, write_tuples

    if tuples and grid:
        raise click.UsageError("--tuples and --grid exclude each other")
    if given["heads"] is None:
        raise click.UsageError("--tuples and --grid need --heads, a file of shapes of heads")
    if asked := [name for name, value in _ALONE.items() if given.pop(name) != value]:
        raise click.UsageError(f"--{asked[0]} is not for --tuples and --grid")
    given["also"] = tuple(dict.fromkeys([*own["also"], *(["masks"] if masks else [])]))
    given["aligned"] = own["aligned"]
    if tuples:
        if own["axes"]:
            raise click.UsageError("--axis is for --grid")
        return partial(write_tuples, vary=own["vary"], **given)
    if own["vary"]:
        raise click.UsageError("--vary is for --tuples")
    return partial(write_grid, axes=dict(map(_axis, own["axes"])), **given)


def _axis(text: str) -> tuple[str, list[int | str]]:
    """The name and the values of yaw=-90,0,90."""
    name, _, values = text.partition("=")
    return name, [int(value) if value.lstrip("+-").isdigit() else value for value in values.split(",") if value]
