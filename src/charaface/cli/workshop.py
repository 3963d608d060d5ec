"""train, export and import-weights: the workshop, whose libraries are asked for when they are needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from charaface.cli.convert import FORM
from charaface.cli.options import SCHEMES, FilePath


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turns a library that is missing into the line that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "charaface":
            raise
        text = f"this needs {error.name}, which is not installed: pip install 'charaface[{extra}]'"
        raise click.ClickException(text) from None


@click.command()
@click.argument("recipe", type=FilePath)
@click.option("-o", "--output", "folder", type=FilePath, help="The run's folder.  [default: runs/RECIPE]")
@click.option("--labels", multiple=True, type=FilePath, help="A file of labelled faces, in the recipe's place; repeat.")
@click.option("--from", "form", type=FORM, help="What those files are.  [default: by their names]")
@click.option("--from-scheme", type=click.Choice(SCHEMES), help="What their points are.  [default: as they say]")
@click.option("--pictures", type=FilePath, help="The folder of their pictures.  [default: where their names say]")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value of the recipe; repeat.")
@click.option("--init-from", type=FilePath, help="Weights to go on from: a .safetensors, or an .onnx of ours.")
@click.option("--steps", type=click.IntRange(min=1), help="Stop at this step, the schedule unchanged.")
@click.option("--device", help="cpu or cuda.  [default: what there is]")
@click.option("--new", is_flag=True, help="Begin again in a folder that holds a run.")
@click.option("--dry-run", is_flag=True, help="Print the whole recipe and what it would train, and train nothing.")
def train(
    recipe: Path,
    folder: Path | None,
    labels: tuple[Path, ...],
    form: str | None,
    from_scheme: str | None,
    pictures: Path | None,
    settings: tuple[str, ...],
    dry_run: bool,
    **given: Any,
) -> int:
    """Train the network of a recipe. The same command goes on where a run was stopped."""
    own = {"files": [str(path) for path in labels], "form": form, "file_scheme": from_scheme, "pictures": pictures}
    told = [f"labels.{k}={json.dumps(v, default=str, ensure_ascii=False)}" for k, v in own.items() if v]
    settings = (*told, *settings)
    with needs("train"):
        from charaface.train.fit import train as fit
        from charaface.train.plan import plan
    if dry_run:
        click.echo(json.dumps(checked(lambda: plan(recipe, settings, given["init_from"])), indent=1))
        return 0
    checked(lambda: fit(recipe, folder, settings=settings, **given))
    return 0


@click.command()
@click.argument("runs", type=FilePath, nargs=-1, required=True)
@click.option("-o", "--output", type=FilePath, help="A page (.html); with --on, a clip.")
@click.option("--on", "clip", type=FilePath, help="A clip, to stand beside itself with the points of every run.")
@click.option("--cost/--no-cost", default=True, show_default=True, help="Count and time the networks.")
def compare(runs: tuple[Path, ...], output: Path | None, clip: Path | None, cost: bool) -> int:
    """Compare runs for points, each to the first: errors, failures, cost; with --on by their points on a clip.

    One JSON object a run goes to standard output, the table to standard error. Milliseconds are those of one crop in
    torch, float32, on one thread. Of one run alone, of any task and done or not, its report.html is written anew.
    """
    with needs("train"):
        from charaface.train import compare as made
        from charaface.train.report import write_report
        from charaface.train.results import is_measured
    if clip is not None:
        if output is None:
            raise click.UsageError("--on needs -o, the clip to write")
        click.echo(str(checked(lambda: made.beside(runs, clip, output))))
        return 0
    if len(runs) == 1 and output is None:
        click.echo(str(checked(lambda: write_report(runs[0]))), err=True)
        if not is_measured(runs[0]):
            return 0
    if output is not None:
        made.check_page(output)
    found = checked(lambda: made.compare(runs, cost=cost))
    for one in found:
        click.echo(json.dumps(made.as_line(one), ensure_ascii=False))
    click.echo(made.markdown(found), err=True, nl=False)
    if output is not None:
        made.write_comparison(found, output)
    return 0


@click.command()
@click.argument("study", type=FilePath)
@click.option("-o", "--output", "folder", type=FilePath, help="A folder for its runs.  [default: runs/STUDY]")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value of every run's recipe; repeat.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Runs at a time.")
@click.option("--dry-run", is_flag=True, help="Print the runs, one JSON object each, and train nothing.")
def study(study: Path, folder: Path | None, settings: tuple[str, ...], workers: int, dry_run: bool) -> int:
    """Train all runs of a study, each after the one it goes on from, and compare them.

    The same command goes on where it was stopped. Each run's words are in its log.txt.
    """
    with needs("train"):
        from charaface.train import study as made
    folder = folder or Path("runs") / study.stem
    plan = checked(lambda: made.read_study(study, settings))
    if dry_run:
        for one in checked(lambda: made.runs_of(plan, folder)):
            click.echo(json.dumps(one.to_dict()))
        return 0
    checked(lambda: made.carry_out(plan, folder, workers=workers, say=lambda line: click.echo(line, err=True)))
    click.echo(f"{folder}: done")
    return 0


@click.command()
@click.argument("run", type=FilePath)
@click.argument("output", type=FilePath)
@click.option("--mean", type=FilePath, help="Write the mean with these weights, which the run went on from.")
@click.option(
    "--scale",
    type=click.FloatRange(0.01, 100),
    help="Of the logits of finds and expressions.  [default: 1; of expressions as their stop faces have it]",
)
@click.option(
    "--shift",
    type=click.FloatRange(-50, 50),
    help="Added to them, so that 0.5 is the cut.  [default: for a detector by its validation]",
)
def export(run: Path, output: Path, **given: Any) -> int:
    """Write the network of a run as one ONNX file, checked against torch."""
    with needs("train"):
        from charaface.train.export import export as write
    made = checked(lambda: write(run, output, **given))
    click.echo(
        f"{made.path}: {made.bytes:,} bytes; places within {made.largest_error:.4f} px, "
        f"scores within {made.score_error:.5f} of torch"
    )
    return 0


@click.command("import-weights")
@click.argument("file", type=FilePath)
@click.option("-o", "folder", metavar="RUN", type=FilePath, required=True, help="The folder of the run that is made.")
@click.option("--net", required=True, help="xception, inception_resnet_v1, resnet50, vgg16 or pfld.")
@click.option("--scheme", type=click.Choice(SCHEMES), required=True, help="Of its points, in their order.")
@click.option("--size", type=click.IntRange(32, 1024), default=128, show_default=True, help="Of its input, pixels.")
@click.option(
    "--output",
    type=click.Choice(["pixels", "unit", "centred"]),
    default="pixels",
    show_default=True,
    help="What its numbers are: pixels of the crop, 0 to 1 of it, or -0.5 to 0.5.",
)
@click.option(
    "--input",
    type=click.Choice(["minmax", "plain"]),
    default="minmax",
    show_default=True,
    help="minmax: the darkest pixel of each crop is -1, the brightest 1; plain: black is -1, white 1.",
)
@click.option("--channels", type=click.Choice(["1", "3"]), default="1", show_default=True, help="1 grey, 3 RGB.")
@click.option(
    "--crop-scale",
    type=click.FloatRange(0.5, 4),
    default=1.4,
    show_default=True,
    help="Side of the crops it learned from, over the longer side of the face's box.",
)
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="The beginning of its names, and ours; repeat.")
@click.option("--name", default="", help="Of the weights, as results name them.  [default: the file's]")
@click.option("--licence", default="unknown", show_default=True, help="Under which the weights may be used.")
@click.option("--data", default="unknown", show_default=True, help="What they learned from, in words.")
def import_weights(file: Path, folder: Path, rename: tuple[str, ...], channels: str, **given: Any) -> int:
    """Make a run of weights that were trained elsewhere (.pt, .pth, .safetensors), for export to write as ONNX."""
    if wrong := [text for text in rename if text.find("=") < 1]:
        raise click.UsageError(f"--rename is OLD=NEW, got {wrong[0]!r}")
    names = dict(text.split("=", 1) for text in rename)
    with needs("train"):
        from charaface.train.foreign import Origin
        from charaface.train.foreign import import_weights as read
    origin = Origin(channels=int(channels), **given)
    made = checked(lambda: read(file, folder, origin, names))
    click.echo(f"{made}: charaface export {made} {origin.name or file.stem}.onnx")
    for what in ("licence", "data"):
        if given[what] == "unknown":
            click.echo(f"{what}: unknown; the file will say so, and whoever gets it cannot tell (--{what})", err=True)
    return 0


def checked(work: Any) -> Any:
    """The work's result; a ValueError or OSError of it is the user's to read."""
    try:
        return work()
    except (ValueError, OSError, ArithmeticError) as error:
        raise click.ClickException(str(error)) from None
