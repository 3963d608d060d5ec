"""One picture with its labels: all that is asked of the networks about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from charaface.evaluate import boxes, points
from charaface.evaluate.labels import Boxed, Labelled
from charaface.evaluate.predictor import Answers


@dataclass(frozen=True, eq=False)
class Question:
    """A picture, its faces with points, and all its boxes."""

    path: Path
    faces: tuple[Labelled, ...]
    boxed: tuple[Boxed, ...]

    def ask(self, answers: Answers, *, curve: bool = False) -> None:
        """Lets the networks answer all that the tables need of this picture; answers keeps it."""
        if self.faces:
            points.score(answers, self.faces, unheard)
        boxes.tally("", answers, self.boxed, unheard, curve=curve)

    def answered(self, answers: Answers, *, curve: bool = False) -> bool:
        """Whether answers has all of it already."""
        try:
            self.ask(answers.silent(), curve=curve)
        except LookupError:
            return False
        return True


def unheard(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody wants to hear of."""
