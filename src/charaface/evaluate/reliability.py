"""What a face's score is worth: how often candidates of a score are right, and the line that makes it a probability."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from charaface.draw.plate import Area, Line, Plate, Words
from charaface.evaluate.boxes import LOWEST, matched
from charaface.evaluate.labels import Boxed
from charaface.evaluate.predictor import Answers
from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.metrics import UNMATCHED, bootstrap, calibration_error

BINS = 10
FITTED, MEASURED = "dexter", "louie"  # series of cartoon-boxes
_CLIP = 1e-6  # a score nearer to 0 or 1 says no more than this
_SIDE, _LEFT, _TOP, _BELOW = 280, 56, 20, 70  # units of a plot: its square, and the room about it
_DARK, _PALE, _GRID, _COLOURS = "#222222", "#777777", "#dddddd", ("#1f77b4", "#d95f02", "#2ca02c")


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
    rows: list[tuple[Cell, ...]] = []
    for k, (count, said, share) in enumerate(_bins(scores, right)):
        name = f"{k / BINS:.1f} to {(k + 1) / BINS:.1f}"
        rows.append((name, count, *((said, share) if count else (None, None))))
    return Section(
        "Reliability of scores on Louie: all candidates above 0.05, right from IoU 0.4",
        ("score", "candidates", "mean score", "share that is right"),
        tuple(rows),
    )


def plot(series: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Plate:
    """The reliability diagram: how many candidates of a score are right, a line a series (N,) scores and (N,) right.

    On the diagonal a score is a probability. The size of a dot grows with the share of candidates in its bin.
    """
    plate = Plate(_LEFT + _SIDE + 20, _TOP + _SIDE + _BELOW, "#ffffff")
    bottom = _TOP + _SIDE
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _LEFT + tick * _SIDE, bottom - tick * _SIDE
        plate.parts += [Line([(x, _TOP), (x, bottom)], _GRID, 1), Line([(_LEFT, y), (_LEFT + _SIDE, y)], _GRID, 1)]
        plate.parts.append(Words(x, bottom + 12, f"{tick:g}", 11, _PALE, "middle"))
        plate.parts.append(Words(_LEFT - 8, y, f"{tick:g}", 11, _PALE, "end"))
    plate.parts.append(Line([(_LEFT, bottom), (_LEFT + _SIDE, _TOP)], _PALE, 1))
    plate.parts.append(Words(_LEFT, 9, "share of candidates that are faces", 12, _DARK))
    plate.parts.append(Words(_LEFT + _SIDE, bottom + 28, "score", 12, _DARK, "end"))
    for number, ((name, (scores, right)), colour) in enumerate(zip(series.items(), _COLOURS, strict=False)):
        found = [(count, said, share) for count, said, share in _bins(scores, right) if count]
        places = [(_LEFT + said * _SIDE, bottom - share * _SIDE) for _, said, share in found]
        plate.parts.append(Line(places, colour, 1.5))
        for place, (count, _, _) in zip(places, found, strict=True):
            plate.parts.append(Line([place], colour, 4 + 10 * float(np.sqrt(count / len(scores)))))
        y = bottom + 30 + 16 * number
        plate.parts.append(Area(_LEFT, y - 4, 14, 8, colour))
        plate.parts.append(Words(_LEFT + 20, y, f"{name}, {len(scores):,} candidates", 12, _DARK))
    return plate


def _bins(scores: np.ndarray, right: np.ndarray) -> list[tuple[int, float, float]]:
    """Of each bin: how many candidates, their mean score and the share that is right, 0 without any."""
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    out = []
    for k in range(BINS):
        here = place == k
        count = int(here.sum())
        out.append((count, float(scores[here].mean()), float(right[here].mean())) if count else (0, 0.0, 0.0))
    return out


def _logit(scores: np.ndarray) -> np.ndarray:
    held = np.clip(np.asarray(scores, np.float64), _CLIP, 1 - _CLIP)
    return np.asarray(np.log(held / (1 - held)))
