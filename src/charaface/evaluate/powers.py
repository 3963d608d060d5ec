"""How detector and verifier are weighed, and where their product is cut: by the best F1 on generated scenes alone."""

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


RATIOS = (1.0, 2.0, 4.0, 8.0)  # of the verifier's power to the detector's
CUTS = np.exp(np.linspace(np.log(1e-3), np.log(0.95), 120))  # of the product, to try


@dataclass(frozen=True)
class Powers:
    """What each score is raised to, so that their product is best cut at 0.5, and what that gives on the scenes."""

    detector: float
    verifier: float
    f1: float
    precision: float
    recall: float


def best_powers(
    detector: str, landmarks: str, *, scenes: int = 500, progress: Callable[[int, int], None] | None = None
) -> Powers:
    """The powers for two ONNX files that were exported with power=1; scenes are drawn anew, one by one.

    `charaface export --power` writes them into the files: 0.5, the default threshold of every task, is then best.
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


def choose(sure: np.ndarray, verified: np.ndarray, hit: np.ndarray, total: int) -> Powers:
    """The powers of the best F1 for (N,) detector scores, verifier scores and hits among total faces."""
    tried = []
    for ratio in RATIOS:
        product = sure * verified**ratio
        for cut in CUTS:
            taken = hit[product >= cut]
            if taken.any():
                precision, recall = float(taken.mean()), float(taken.sum() / total)
                power = float(np.log(0.5) / np.log(cut))  # takes the cut to a half
                f1 = 2 * precision * recall / (precision + recall)
                tried.append(Powers(round(power, 3), round(ratio * power, 3), f1, precision, recall))
    if not tried:
        raise ValueError("the detector found no face in any scene")
    return max(tried, key=lambda powers: powers.f1)


def _finds(scene: Render, finder: Session, reader: Session) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    seen = candidates(scene.image, finder, FLOOR)
    boxes, sure = seen.boxes[:MOST], seen.scores[:MOST]
    if not len(boxes):
        return
    readings = read(scene.image, [Framing(box) for box in boxes], reader)
    height, width = scene.image.shape[:2]
    own = [reading.box_beside(box, width, height) for reading, box in zip(readings, boxes, strict=True)]
    boxes = np.stack([box if fit is None else fit for box, fit in zip(boxes, own, strict=True)])
    verified = np.array([reading.face for reading in readings])
    keep = merge(boxes, sure * verified)
    truth = np.stack([face.box for face in scene.faces]) if scene.faces else np.zeros((0, 4))
    taken = match(boxes[keep], (sure * verified)[keep], truth, OVERLAP)
    yield sure[keep], verified[keep], taken >= 0
