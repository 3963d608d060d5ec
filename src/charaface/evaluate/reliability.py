"""What a face's score is worth: how often candidates of a score are right, and the line that makes it a probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from charaface.evaluate.boxes import LOWEST, matched
from charaface.evaluate.labels import Boxed
from charaface.evaluate.predictor import Answers
from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.metrics import UNMATCHED, bootstrap, calibration_error

BINS = 10
FITTED, MEASURED = "dexter", "louie"  # series of cartoon-boxes
_CLIP = 1e-6  # a score nearer to 0 or 1 says no more than this


def candidates(
    answers: Answers, pictures: Sequence[Boxed], progress: Callable[[str, int, int], None]
) -> tuple[np.ndarray, np.ndarray]:
    """(N,) scores of all candidates from LOWEST on, and whether each has found a face (IoU 0.4, one match a face)."""
    scores, right = [np.zeros(0)], [np.zeros(0, np.bool_)]
    for done, picture in enumerate(pictures):
        progress("candidates", done, len(pictures))
        taken, sure = matched(answers, picture, LOWEST)
        counts = (taken >= 0) | (taken == UNMATCHED)  # what lies on an ignored region counts neither way
        scores.append(sure[counts])
        right.append(taken[counts] >= 0)
    return np.concatenate(scores), np.concatenate(right)


def line(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Scale and shift of the log-odds that make (N,) scores most probable given what was right (Platt 1999)."""
    x = np.column_stack([_logit(scores), np.ones(len(scores))])
    # as Platt has it, so that what is always right has finite odds
    goal = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    found = np.array([1.0, 0.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ found, -50, 50)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(2), x.T @ (goal - p))
        step /= max(1.0, float(np.abs(step).max()))  # far from its end a step of Newton's would leap over it
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def calibrated(scores: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """(N,) scores whose log-odds are scaled and shifted."""
    return np.asarray(1 / (1 + np.exp(-(scale * _logit(scores) + shift))))


def goal(scores: np.ndarray, right: np.ndarray) -> Goal:
    """The line of the main table: the expected calibration error, with an interval over candidates."""
    pairs = np.stack([scores, right], axis=1)
    low, high = bootstrap(
        pairs, lambda s: np.asarray([calibration_error(one[:, 0], one[:, 1], BINS) for one in s]), draws=500
    )
    estimate = Estimate(calibration_error(scores, right, BINS), low, high)
    return Goal("score of faces on Louie: calibration error (ECE)", estimate, "of 1", 0.08, 0.05)


def section(scores: np.ndarray, right: np.ndarray) -> Section:
    """Each bin: how many candidates, their mean score, how many of them are right."""
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    rows: list[tuple[Cell, ...]] = []
    for k in range(BINS):
        here = place == k
        name = f"{k / BINS:.1f} to {(k + 1) / BINS:.1f}"
        means = (float(scores[here].mean()), float(right[here].mean())) if here.any() else (None, None)
        rows.append((name, int(here.sum()), *means))
    return Section(
        "Reliability of scores on Louie: all candidates above 0.05, right from IoU 0.4",
        ("score", "candidates", "mean score", "share that is right"),
        tuple(rows),
    )


def _logit(scores: np.ndarray) -> np.ndarray:
    held = np.clip(np.asarray(scores, np.float64), _CLIP, 1 - _CLIP)
    return np.asarray(np.log(held / (1 - held)))
