"""evaluate: the networks on real faces, the package's own or a labelled data set of the user's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charaface.cli import options
from charaface.cli.convert import FORM, SUBSET
from charaface.cli.inputs import Input
from charaface.cli.options import FilePath
from charaface.cli.pool import Tell, processes, side_by_side
from charaface.cli.screen import Screen
from charaface.cli.workshop import checked

if TYPE_CHECKING:
    from charaface.evaluate import Predictor, Table
    from charaface.evaluate.predictor import Answers
    from charaface.evaluate.question import Question


@click.command()
@click.argument("labels", type=FilePath, required=False)
@click.option("--from", "form", type=FORM, help="The format of LABELS.  [default: by what it is]")
@click.option(
    "--from-scheme", "scheme", type=click.Choice(options.SCHEMES), help="What its points are, if it is silent."
)
@SUBSET
@click.option("--pictures", type=FilePath, help="The folder of its pictures.  [default: where their names say]")
@click.option("--data", type=FilePath, help="The folder of real pictures.  [default: the variable CHARAFACE_DATA]")
@click.option(
    "--model", multiple=True, metavar="NAME|FILE.onnx", help="A network to measure in place of the package's."
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads of the arithmetic of a process.  [default: 1]")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Pictures at a time.  [default: physical cores, at most 8]"
)
@click.option("--quick", is_flag=True, help="Leave out boxes and clips.")
@click.option("--curve", is_flag=True, help="Add the average precision, for twice the time.")
@click.option("--repeat", is_flag=True, help="Print how far the annotator's second labels are from the first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of tables.")
def evaluate(
    labels: Path | None, data: Path | None, model: tuple[str, ...], repeat: bool, as_json: bool, **given: Any
) -> int:
    """Measure the networks on real faces labelled by hand: errors, detection, steadiness.

    LABELS, a file or folder of faces in any format, has them measured on a data set of your own; without it on the
    package's own hand labels, whose pictures --data names.
    """
    from charaface.evaluate import repeat_table, shipped

    predictor = checked(lambda: shipped(list(model) or None, given["threads"] or 1))
    problems: list[str] = []
    with Screen(0) as screen:

        def problem(line: str) -> None:
            problems.append(line)
            screen.say(f"error: {line}")

        if repeat:
            table = checked(repeat_table)
        elif labels is not None:
            table = checked(lambda: _own(labels, predictor, model, given, problem))
        else:
            table = checked(lambda: _main(data, predictor, model, given, problem))
    click.echo(json.dumps(table.to_dict(), ensure_ascii=False) if as_json else table.markdown())
    return 1 if problems else 0


def _own(labels: Path, predictor: Predictor, model: Sequence[str], given: dict[str, Any], problem: Any) -> Table:
    from charaface.evaluate.own import own_table, questions
    from charaface.evaluate.predictor import Answers

    asked = list(questions(labels, given["form"], given["scheme"], given["pictures"], problem, given["subset"]))
    answers = Answers(predictor, Path())
    failed = _ask(asked, answers, model, given, problem)
    return own_table([one for one in asked if one.path not in failed], answers, curve=given["curve"])


def _main(data: Path | None, predictor: Predictor, model: Sequence[str], given: dict[str, Any], problem: Any) -> Table:
    from charaface.evaluate import data_folder, main_questions, main_table
    from charaface.evaluate.predictor import Answers, default_keep

    folder = data_folder(data)
    answers = Answers(predictor, folder, default_keep())
    asked = [
        one for one in main_questions(folder, quick=given["quick"]) if not one.answered(answers, curve=given["curve"])
    ]
    if _ask(asked, answers, model, given, problem):
        raise click.ClickException("the table needs every picture")
    with Screen(1) as screen:
        return main_table(
            folder,
            predictor=predictor,
            quick=given["quick"],
            curve=given["curve"],
            progress=lambda what, done, total: screen.stage(Path(), what, done, total),
        )


@dataclass(frozen=True)
class _Asked(Input):
    """A picture with its labels, for another process."""

    question: Question | None = None


def _ask(
    asked: Sequence[Question], answers: Answers, model: Sequence[str], given: dict[str, Any], problem: Any
) -> set[Path]:
    """Asks about every picture, several at a time; returns those that failed."""
    failed: set[Path] = set()
    work = partial(
        _answered, folder=answers.folder, model=tuple(model), threads=given["threads"] or 1, curve=given["curve"]
    )
    inputs = [_Asked(one.path, Path(one.path.name), question=one) for one in asked]
    count = processes(given["workers"])
    with Screen(len(inputs)) as screen, closing(side_by_side(work, inputs, None, count)) as told:
        for one, message in told:
            if message.kind == "give":
                answers.learn(json.loads(message.value))
            elif message.kind == "failed":
                failed.add(one.path)
                problem(message.value)
            if message.kind in ("made", "failed"):
                screen.finish(one.path)
    return failed


def _answered(one: Input, tell: Tell, folder: Path, model: tuple[str, ...], threads: int, curve: bool) -> list[Path]:
    from charaface.evaluate.predictor import Answers

    assert isinstance(one, _Asked)
    assert one.question is not None
    answers = Answers(_predictor(model, threads), folder)
    one.question.ask(answers, curve=curve)
    tell.give(json.dumps(answers.known))
    return []


@lru_cache(maxsize=1)
def _predictor(model: tuple[str, ...], threads: int) -> Predictor:
    from charaface.evaluate import shipped

    return shipped(list(model) or None, threads)
