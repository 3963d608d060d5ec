"""What the scores of detector and verifier are worth together: a logistic regression on generated scenes alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charaface import session
from charaface.detector import candidates, merge
from charaface.landmarker import Framing, read
from charaface.metrics import match
from charaface.session import Session
from charaface.synth.scene import render_scene

SEED = 990_001  # of scenes that no recipe trains on
SIZE = (480, 360)  # of a scene, pixels
OVERLAP = 0.4  # IoU from which a box has found a face
FLOOR = 0.05  # candidates below are not looked at
MOST = 20  # candidates a scene that the verifier looks at
_ROUNDS = 4  # of fitting and removing doubles by what was fitted
_CLIP = 1e-6  # a score nearer to 0 or 1 says no more than this


@dataclass(frozen=True)
class Calibration:
    """The log-odds of a face: scale times the detector's logit, verifier_scale times the verifier's, and shift."""

    scale: float
    shift: float
    verifier_scale: float
    precision: float  # on the scenes, of the finds that are likelier a face than not
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)

    def log_odds(self, sure: np.ndarray, verified: np.ndarray) -> np.ndarray:
        """(N,) of detector and verifier scores as they were trained."""
        return self.scale * _logit(sure) + self.verifier_scale * _logit(verified) + self.shift


@dataclass(frozen=True, eq=False)
class Scored:
    """The candidates of one scene, doubles among them, with their scores as they were trained, and the true boxes."""

    boxes: np.ndarray  # (N, 4)
    sure: np.ndarray  # (N,)
    verified: np.ndarray  # (N,)
    truth: np.ndarray  # (F, 4)


def calibrate(detector: str, landmarks: str, *, scenes: int = 500) -> Calibration:
    """The calibration of two ONNX files that were exported with scale 1 and shift 0; scenes are drawn anew.

    `charaface export --scale --shift` writes it into the files: a face's score is then the probability that it is one.
    """
    finder, reader = (session.load(name, 1) for name in (detector, landmarks))
    return fit([_look(index, finder, reader) for index in range(scenes)])


def fit(scenes: list[Scored]) -> Calibration:
    """The calibration of the candidates that remain when each scene's doubles are removed by it.

    Raises ValueError where no candidate is a face, or every one is: nothing could be learned.
    """
    total = sum(len(scene.truth) for scene in scenes)
    now = Calibration(1.0, 0.0, 0.5, 0.0, 0.0)
    for _ in range(_ROUNDS):
        sure, verified, hit = (np.concatenate(column) for column in zip(*(_kept(s, now) for s in scenes), strict=True))
        if hit.all() or not hit.any():
            raise ValueError("the candidates of these scenes are all faces, or none is: there is nothing to fit")
        a, b, c = _logistic(np.column_stack([_logit(sure), _logit(verified)]), hit)
        now = Calibration(a, c, b, 0.0, 0.0)
        taken = hit[now.log_odds(sure, verified) >= 0]
        precision = float(taken.mean()) if len(taken) else 0.0
        now = replace(now, precision=precision, recall=float(taken.sum() / max(total, 1)))
    return now


def _kept(scene: Scored, by: Calibration) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    odds = by.log_odds(scene.sure, scene.verified)
    keep = merge(scene.boxes, odds) if len(odds) else np.zeros(0, np.int64)
    hit = match(scene.boxes[keep], odds[keep], scene.truth, OVERLAP) >= 0
    return scene.sure[keep], scene.verified[keep], hit


def _logit(score: np.ndarray) -> np.ndarray:
    p = np.clip(score, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(p / (1 - p)))


def _logistic(x: np.ndarray, hit: np.ndarray) -> tuple[float, float, float]:
    """Two weights and the constant of a logistic regression, by Newton's method under a faint ridge."""
    design = np.column_stack([x, np.ones(len(x))])
    weights = np.zeros(3)
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        curve = (design * (p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(3)
        weights = weights + np.linalg.solve(curve, design.T @ (hit - p) - 1e-3 * weights)
    a, b, c = weights.tolist()
    return a, b, c


def _look(index: int, finder: Session, reader: Session) -> Scored:
    scene = render_scene(SEED, index, SIZE)
    height, width = scene.image.shape[:2]
    seen = candidates(scene.image, finder, FLOOR)
    boxes, sure = seen.boxes[:MOST], seen.scores[:MOST]
    readings = read(scene.image, [Framing(box) for box in boxes], reader)
    own = [reading.box_beside(box, width, height) for reading, box in zip(readings, boxes, strict=True)]
    boxes = np.asarray([box if hull is None else hull for box, hull in zip(boxes, own, strict=True)]).reshape(-1, 4)
    truth = np.asarray([face.box for face in scene.faces]).reshape(-1, 4)
    return Scored(boxes, sure, np.asarray([reading.face for reading in readings]), truth)
