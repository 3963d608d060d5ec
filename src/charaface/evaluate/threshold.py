"""Where a detector's scores are to be cut: the best F1 of detector and verifier together, on generated scenes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from charaface import session
from charaface.detector import candidates, merge
from charaface.landmarker import Framing, read
from charaface.metrics import match
from charaface.session import Session
from charaface.synth.labels import Render
from charaface.synth.scene import render_scene

SEED = 990_001  # of scenes that no recipe trains on
SIZE = (480, 360)  # of a scene, pixels
OVERLAP = 0.4  # IoU from which a box has found a face
FLOOR = 0.05  # candidates below are not looked at
MOST = 20  # candidates a scene that the verifier looks at


@dataclass(frozen=True)
class Cut:
    """The best place to cut, and what it gives on the scenes it was found on."""

    threshold: float  # of the detector's score, where the verifier is sure
    f1: float
    precision: float
    recall: float


def best_threshold(
    detector: str, landmarks: str, *, scenes: int = 500, progress: Callable[[int, int], None] | None = None
) -> Cut:
    """The detector score at which finds are best cut, given two ONNX files; scenes are drawn anew, one by one.

    A detector exported with threshold=0.5 has the scores it was trained to; `charaface export --threshold` then
    shifts them so that the cut found here scores 0.5, the default of every task.
    """
    finder, reader = (session.load(name, 1) for name in (detector, landmarks))
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    total = 0
    for index in range(scenes):
        scene = render_scene(SEED, index, SIZE)
        total += len(scene.faces)
        found.extend(_finds(scene, finder, reader))
        if progress:
            progress(index + 1, scenes)
    sure, verified, hit = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return choose(sure, verified, hit, total)


def choose(sure: np.ndarray, verified: np.ndarray, hit: np.ndarray, total: int) -> Cut:
    """The cut of the best F1 for (N,) detector scores, verifier scores and hits among total faces."""
    cuts = []
    for threshold in np.arange(0.1, 0.9, 0.01):
        taken = hit[shifted(sure, float(threshold)) * verified >= 0.5]
        if taken.any():
            precision, recall = float(taken.mean()), float(taken.sum() / total)
            f1 = 2 * precision * recall / (precision + recall)
            cuts.append(Cut(round(float(threshold), 2), f1, precision, recall))
    if not cuts:
        raise ValueError("the detector found no face in any scene")
    return max(cuts, key=lambda cut: cut.f1)


def shifted(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Scores on the scale on which threshold is 0.5: what an export with that threshold would give."""
    s = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.asarray(1 / (1 + np.exp(np.log(threshold / (1 - threshold)) - np.log(s / (1 - s)))))


def _finds(scene: Render, finder: Session, reader: Session) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    seen = candidates(scene.image, finder, FLOOR)
    boxes, sure = seen.boxes[:MOST], seen.scores[:MOST]
    if not len(boxes):
        return
    readings = read(scene.image, [Framing(box) for box in boxes], reader)
    height, width = scene.image.shape[:2]
    own = [reading.box(width, height) for reading in readings]
    boxes = np.stack([box if fit is None else fit for box, fit in zip(boxes, own, strict=True)])
    verified = np.array([reading.face for reading in readings])
    keep = merge(boxes, sure * verified)
    truth = np.stack([face.box for face in scene.faces]) if scene.faces else np.zeros((0, 4))
    taken = match(boxes[keep], (sure * verified)[keep], truth, OVERLAP)
    yield sure[keep], verified[keep], taken >= 0
