"""Expressions against labels: accuracy, macro F1, calibration, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from charaface.evaluate.table import Cell, Estimate, Goal, Section, Table
from charaface.face import EXPRESSIONS
from charaface.formats.fer2013 import FACE
from charaface.metrics import bootstrap, calibration_error, confusion, macro_f1
from charaface.session import Session
from charaface.tasks.emotion import probabilities

FER2013, RENDERS = "FER2013 validation", "held-out renders"
Goals = dict[tuple[str, str], tuple[float, float]]  # name of the weights and of the set to floor and aim, per cent
GOALS: Goals = {  # of accuracy
    ("emotion-photo", FER2013): (69.0, 72.0),
    ("mini-xception", FER2013): (63.0, 66.0),
    ("emotion-drawn", RENDERS): (75.0, 90.0),
}


@dataclass(frozen=True, eq=False)
class Judged:
    """What a network said of the faces of one set."""

    name: str  # of the set
    weights: str  # of the network
    true: np.ndarray  # (N,) int64 numbers of EXPRESSIONS
    found: np.ndarray  # (N, 7) probabilities, in the order of EXPRESSIONS

    def __post_init__(self) -> None:
        if self.found.shape != (len(self.true), len(EXPRESSIONS)) or not len(self.true):
            raise ValueError(f"{self.name}: {len(self.true)} labels and probabilities of shape {self.found.shape}")

    @property
    def table(self) -> np.ndarray:
        """(7, 7) how many of each true expression, a row, were found to be which, a column."""
        return confusion(self.true, self.found.argmax(1), len(EXPRESSIONS))

    @property
    def accuracy(self) -> Estimate:
        """In per cent, with an interval over faces."""
        right = self.found.argmax(1) == self.true
        low, high = bootstrap(right, lambda sample: sample.mean(axis=1))
        return Estimate(100 * float(right.mean()), 100 * low, 100 * high)

    @property
    def f1(self) -> Estimate:
        """Mean F1 of the expressions in per cent, with an interval over faces."""
        pairs = np.stack([self.true, self.found.argmax(1)], axis=1)
        low, high = bootstrap(pairs, lambda s: np.asarray([macro_f1(_table(one)) for one in s]), draws=500)
        return Estimate(100 * macro_f1(self.table), 100 * low, 100 * high)

    @property
    def calibration(self) -> float:
        """How far the probability of what was said is from how often that is right: 0 to 1, ten equal bins."""
        return calibration_error(self.found.max(1), self.found.argmax(1) == self.true)


def _table(pairs: np.ndarray) -> np.ndarray:
    return confusion(pairs[:, 0], pairs[:, 1], len(EXPRESSIONS))


def fer2013(data: Path, part: str = "validation") -> tuple[np.ndarray, np.ndarray]:
    """(N, 48, 48, 3) uint8 pictures and (N,) int64 labels of a part of fer2013/fer2013.npz below a folder.

    Raises ValueError where there is none, or its labels are not EXPRESSIONS.
    """
    path = data / "fer2013" / "fer2013.npz"
    if not path.is_file():
        raise ValueError(f"{path}: no such file; the set is described in the folder's README")
    with np.load(path, allow_pickle=False) as arrays:
        if tuple(arrays["labels"].tolist()) != EXPRESSIONS:
            raise ValueError(f"{path}: its labels are {', '.join(arrays['labels'].tolist())}")
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
    return np.repeat(images[..., None], 3, axis=3), labels.astype(np.int64)


def judged(
    name: str, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray], labels: np.ndarray, network: Session
) -> Judged:
    """What a network says of faces whose labels are known; as probabilities otherwise."""
    return Judged(name, network.spec.label, labels, probabilities(images, boxes, network))


def judge_fer2013(data: Path, network: Session) -> Judged:
    """What a network says of the validation part of FER2013, which nothing learns from."""
    images, labels = fer2013(data)
    return judged(FER2013, list(images), [np.asarray(FACE)] * len(images), labels, network)


def table(sets: Sequence[Judged], goals: Goals | None = None) -> Table:
    """The tables of what was judged; goals: GOALS by default."""
    goals = GOALS if goals is None else goals
    lines: list[Goal] = []
    for each in sets:
        floor, aim = goals.get((each.weights.rpartition("-")[0], each.name), (None, None))
        words = f"{each.weights} on {each.name}, {len(each.true):,} faces"
        lines.append(Goal(f"{words}: accuracy", each.accuracy, "%", floor, aim, higher=True))
        lines.append(Goal(f"{words}: macro F1", each.f1, "%", higher=True))
        lines.append(Goal(f"{words}: ECE", Estimate(each.calibration), ""))
        commonest = float(100 * np.bincount(each.true).max() / len(each.true))
        lines.append(Goal(f"{words}: always the commonest", Estimate(commonest), "%", higher=True))
    return Table(tuple(lines), tuple(_confused(each) for each in sets))


def _confused(each: Judged) -> Section:
    whole = each.table
    rows: list[tuple[Cell, ...]] = []
    for number, name in enumerate(EXPRESSIONS):
        count, said = int(whole[number].sum()), int(whole[:, number].sum())
        right = float(whole[number, number])
        recall = 100 * right / count if count else None
        precision = 100 * right / said if said else None
        rows.append((name, count, *whole[number].tolist(), recall, precision))
    columns = ("true, then found", "faces", *EXPRESSIONS, "recall, %", "precision, %")
    return Section(f"{each.weights} on {each.name}: what is taken for what", columns, tuple(rows))
