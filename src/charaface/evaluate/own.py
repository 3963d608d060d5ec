"""A labelled data set of the user's own: each picture a question, and what was answered as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from charaface.data.pictures import Pictures, format_at
from charaface.evaluate import boxes, points
from charaface.evaluate.labels import Boxed, Labelled
from charaface.evaluate.predictor import Answers
from charaface.evaluate.question import Question, unheard
from charaface.evaluate.table import Table
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.formats.subset import only


def questions(
    labels: str | Path,
    form: str | None = None,
    scheme: str | None = None,
    pictures: str | Path | None = None,
    problem: Callable[[str], None] | None = None,
    subset: str | None = None,
) -> Iterator[Question]:
    """The pictures of a labelled data set.

    labels: a file or folder that charaface.formats reads, in the format form, else the one its name says; scheme: of
    its points, where they do not say; pictures: the folder of the pictures, else they are where their names say. Points
    of another scheme than ibug68 count where that has them. subset: common, challenging or full, of 300-W, or a regular
    expression that is searched in the names of pictures. problem gets a line for a picture that is not there or is
    a frame of a clip; without it InputError is raised, as it is for labels that cannot be read.
    """
    labels = Path(labels)
    reader, source = (FORMATS[form], labels) if form else format_at(labels)
    finder = Pictures(labels, None if pictures is None else Path(pictures))
    clips: set[Path] = set()
    for record in only(reader.read(source, scheme), subset):
        try:
            path, frame = finder.find(record)
            if frame and path in clips:
                continue  # said once
            if frame:
                clips.add(path)
                raise InputError(f"{path}: is a clip, of which the first frame at most is evaluated; label pictures")
        except InputError as error:
            if problem is None:
                raise
            problem(str(error))
            continue
        yield _question(path.resolve(), record)


def own_table(asked: Sequence[Question], answers: Answers, *, curve: bool = False) -> Table:
    """What the networks reach on a data set: points over three lengths and by part, boxes, the worst faces.

    Raises ValueError for no picture at all.
    """
    if not asked:
        raise ValueError("there is no picture to evaluate")
    labelled = [face for question in asked for face in question.faces]
    boxed = boxes.tally(
        "all pictures", answers, [each for question in asked for each in question.boxed], unheard, curve=curve
    )
    scored = points.score(answers, labelled, unheard) if labelled else []
    sections = [*(points.sections(scored, labelled) if scored else ()), boxes.section([boxed])]
    about = {"weights": list(answers.predictor.names), "pictures": len(asked), "faces with points": len(labelled)}
    return Table((), tuple(sections), tuple(points.per_face(scored)), about)


def _question(path: Path, record: Record) -> Question:
    name = str(path)
    marked = [face.landmarks.to("ibug68") for face in record.faces if face.landmarks]
    truths = [np.where(marks.known[:, None], marks.points.astype(np.float64), np.nan) for marks in marked]
    faces = tuple(Labelled(name, "own", "own", truth) for truth in truths if (~np.isnan(truth[:, 0])).sum() >= 3)
    own = np.array([face.box for face in record.faces], dtype=np.float64).reshape(-1, 4)
    return Question(path, faces, (Boxed(name, "own", own, np.zeros((0, 4))),))
