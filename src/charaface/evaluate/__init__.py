"""evaluate: scores the shipped networks, or any others, on real faces labelled by hand, through the tasks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from charaface.evaluate import boxes, photographs, points, steady
from charaface.evaluate.labels import (
    HAND_LABELS,
    Boxed,
    Labelled,
    read_boxes,
    read_cartoon_boxes,
    read_drawn,
    read_photographs,
)
from charaface.evaluate.predictor import Answers, Predictor, default_keep, shipped
from charaface.evaluate.question import Question
from charaface.evaluate.table import Estimate, Goal, Section, Table

__all__ = [
    "Estimate",
    "Goal",
    "Predictor",
    "Section",
    "Table",
    "data_folder",
    "main_questions",
    "main_table",
    "repeat_table",
    "shipped",
]

Progress = Callable[[str, int, int], None]  # what is being measured, how many are done, how many there are


def main_table(
    data: str | Path | None = None,
    *,
    predictor: Predictor | None = None,
    labels: str | Path = HAND_LABELS,
    quick: bool = False,
    curve: bool = False,
    keep: str | Path | None = None,
    progress: Progress = lambda _what, _done, _of: None,
) -> Table:
    """Everything that is promised of the networks, measured.

    data: the folder of real pictures, else the environment variable CHARAFACE_DATA. predictor: the shipped
    networks by default. labels: the folder with drawn.json and boxes.json. quick leaves out boxes and clips;
    curve adds the average precision, for twice the time. keep: the folder of answers kept for the next run,
    the user's cache folder by default. Raises ValueError where data, labels or a picture is missing.
    """
    folder = data_folder(data)
    answers = Answers(predictor or shipped(), folder, Path(keep) if keep is not None else default_keep())
    drawn, shot = read_drawn(Path(labels) / "drawn.json"), read_photographs(folder, Path(labels))
    scored = points.score(answers, drawn, progress)
    goals = points.goals(scored)
    sections = points.sections(scored, drawn)
    if shot:
        people = points.score(answers, shot, progress)
        goals += photographs.goals(people, "with offsets")
        sections += photographs.sections(people, "with offsets")
    if not quick:
        found = _boxes(answers, folder, Path(labels), curve, progress)
        goals += boxes.goals(found["cartoon-boxes"], found[boxes.SPRITES], found[boxes.PAGES])
        sections += [boxes.section(list(found.values())), boxes.character_section(found["cartoon-boxes"])]
        clips = steady.measured(answers, progress)
        goals += steady.goals(clips)
        sections.append(steady.section(clips))
    about: dict[str, Any] = {
        "weights": list(answers.predictor.names),
        "key": answers.predictor.key,
        "faces": len(drawn),
        "with both outer eye corners": sum(face.has_corners for face in scored),
    }
    return Table(tuple(goals), tuple(sections), tuple(points.per_face(scored)), about)


def main_questions(
    data: str | Path | None = None, *, labels: str | Path = HAND_LABELS, quick: bool = False
) -> list[Question]:
    """All pictures that main_table asks about, for who wants to ask about several at a time."""
    folder = data_folder(data)
    faces: dict[str, list[Labelled]] = {}
    boxed: dict[str, list[Boxed]] = {}
    for face in (*read_drawn(Path(labels) / "drawn.json"), *read_photographs(folder, Path(labels))):
        faces.setdefault(face.file, []).append(face)
    for picture in () if quick else (*read_cartoon_boxes(folder), *read_boxes(Path(labels) / "boxes.json")):
        boxed.setdefault(picture.file, []).append(picture)
    names = dict.fromkeys([*faces, *boxed])
    return [Question(folder / name, tuple(faces.get(name, ())), tuple(boxed.get(name, ()))) for name in names]


def repeat_table(labels: str | Path = HAND_LABELS) -> Table:
    """How far the annotator's second labelling is from the first, by part."""
    return Table((), (points.repeat_section(read_drawn(Path(labels) / "drawn.json")),))


def data_folder(data: str | Path | None) -> Path:
    """The folder of real pictures. Raises ValueError where it is not said or not there."""
    name = data if data is not None else os.environ.get("CHARAFACE_DATA")
    if not name:
        raise ValueError("evaluate needs the folder of real pictures: name it, or set CHARAFACE_DATA to it")
    folder = Path(name)
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder of real pictures")
    return folder


def _boxes(answers: Answers, data: Path, labels: Path, curve: bool, progress: Progress) -> dict[str, boxes.Tally]:
    cartoon = read_cartoon_boxes(data)
    sets = {"cartoon-boxes": cartoon}
    for series in sorted({picture.series for picture in cartoon}):
        sets[series] = [picture for picture in cartoon if picture.series == series]
    for picture in read_boxes(labels / "boxes.json"):
        sets.setdefault(picture.series, []).append(picture)
    for series in (boxes.SPRITES, boxes.PAGES):
        sets.setdefault(series, [])
    return {name: boxes.tally(name, answers, found, progress, curve=curve) for name, found in sets.items()}
