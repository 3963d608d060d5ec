"""Points that do not tremble and do not stay behind: rendered faces, still and moving, in noisy JPEGs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from charaface.evaluate.points import nearest, points_of
from charaface.evaluate.predictor import Answers, Predictor
from charaface.evaluate.table import Estimate, Goal, Section
from charaface.face import Face
from charaface.geometry import box_from_points
from charaface.metrics import jitter, lag

EYES = 100.0  # pixels between the outer eye corners
FRAMES, MOVING, STEP = 100, 40, 10  # frames of the still clip, of each moving one, pixels a frame
NOISE, QUALITY = 4.0, 90  # sigma in grey levels, JPEG
DOMAINS = ("anime", "cartoon", "comic", "webtoon", "painting")  # one face each
_SEED = 20_000_003  # far from the seeds that networks learn from
_TRIES = 40


@dataclass(frozen=True, eq=False)
class Subject:
    """One rendered face and where its points are."""

    name: str
    image: np.ndarray  # (H, W, 3) uint8
    face: Face  # exact labels


def subjects() -> list[Subject]:
    """One face a domain, nearly from the front, EYES wide. Raises ImportError without the extra `draw`."""
    return [_subject(domain, number) for number, domain in enumerate(DOMAINS)]


def _subject(domain: str, number: int) -> Subject:
    from charaface.synth.crops import render_face  # skia is an extra

    for index in range(number * _TRIES, (number + 1) * _TRIES):
        size = 400
        for _ in range(3):  # a render of another size may round differently: close in on the width
            render = render_face(_SEED, index, size, domain=domain)
            if not render.faces or not _suits(render.faces[0]):
                break
            width = _eyes(render.faces[0])
            if abs(width - EYES) <= 1:
                return Subject(domain, render.image, render.faces[0])
            size = round(size * EYES / width)
    raise ValueError(f"no {domain} face from the front among {_TRIES} renders")


def _suits(face: Face) -> bool:
    straight = face.pose is None or (abs(face.pose.yaw) < 20 and abs(face.pose.pitch) < 15)
    return straight and face.landmarks is not None and bool(face.landmarks.visible[[36, 45, 8, 48, 54]].all())


def _eyes(face: Face) -> float:
    points = points_of(face)
    return float(np.hypot(*(points[45] - points[36])))


def still(subject: Subject) -> tuple[list[np.ndarray], np.ndarray]:
    """The still clip and its (FRAMES, 68, 2) true points."""
    rng = np.random.default_rng(0)
    frames = [degraded(subject.image, rng) for _ in range(FRAMES)]
    return frames, np.repeat(points_of(subject.face)[None], FRAMES, axis=0)


def moving(subject: Subject, *, back: bool) -> tuple[list[np.ndarray], np.ndarray]:
    """The clip of a face that goes STEP pixels a frame to the right, or back; its (MOVING, 68, 2) points."""
    rng = np.random.default_rng(1)
    offsets = STEP * np.arange(MOVING)
    offsets = offsets[::-1] if back else offsets
    wide = np.pad(subject.image, ((0, 0), (int(offsets.max()),) * 2, (0, 0)), mode="edge")
    height, width = subject.image.shape[:2]
    scene = width + int(offsets.max())
    starts = int(offsets.max()) - offsets
    frames = [degraded(wide[:height, start : start + scene], rng) for start in starts]
    truth = points_of(subject.face)[None] + np.stack([offsets, np.zeros_like(offsets)], axis=1)[:, None]
    return frames, truth


def degraded(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture with noise and JPEG on it."""
    from PIL import Image

    noisy = image + rng.normal(0.0, NOISE, image.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file))


def motion(predictor: Predictor, subject: Subject) -> dict[str, float]:
    """Jitter and lag of one face over its eye distance, and the share of frames in which it was lost."""
    frames, truth = still(subject)
    points = followed(predictor, frames, truth)
    lost = [_lost(points)]
    trembling = _judged(points, lambda known: jitter(points[known], EYES))
    lags = []
    for back in (False, True):  # an offset of the network's own cancels between the two ways
        frames, truth = moving(subject, back=back)
        points = followed(predictor, frames, truth)
        lost.append(_lost(points))
        lags.append(_judged(points, lambda known: lag(points[known], truth[known], EYES)))  # noqa: B023
    return {"jitter": trembling, "lag": float(np.mean(lags)), "lost": float(np.mean(lost))}


def followed(predictor: Predictor, frames: Sequence[np.ndarray], truth: np.ndarray) -> np.ndarray:
    """(T, 68, 2) points of the face that is followed through a clip; NaN in a frame that lost it."""
    nearest_points = []
    for faces, points in zip(predictor.track(frames), truth, strict=True):
        face, _ = nearest(faces, box_from_points(points))
        nearest_points.append(points_of(face))
    return np.stack(nearest_points)


def _lost(points: np.ndarray) -> float:
    return float(np.isnan(points).any(axis=(1, 2)).mean())


def _judged(points: np.ndarray, measure: Callable[[np.ndarray], float]) -> float:
    """What is measured of the frames that are known; a frame without the face counts as 100 %."""
    known = ~np.isnan(points).any(axis=(1, 2))
    lost = _lost(points)
    return (1 - lost) * measure(known) + lost if known.sum() >= 2 else 1.0


def measured(answers: Answers, progress: Callable[[str, int, int], None]) -> dict[str, dict[str, float]]:
    """Subject name to what motion() gives of it; empty where the generator is not installed."""
    try:
        faces = subjects()
    except ImportError:
        return {}
    found = {}
    for done, subject in enumerate(faces):
        progress("clips", done, len(faces))
        digest = hashlib.sha256(subject.image.tobytes()).hexdigest()[:16]
        found[subject.name] = answers.remember(
            f"motion {FRAMES} {MOVING} {STEP} {NOISE} {QUALITY} {digest}",
            lambda: motion(answers.predictor, subject),  # noqa: B023 (called at once)
        )
    return found


def goals(found: dict[str, dict[str, float]]) -> list[Goal]:
    """The lines of the main table that speak of motion."""
    return [
        Goal("motion of a still face a frame, over eye distance", _mean(found, "jitter"), "%", 0.5, 0.3),
        Goal("lag at 10 px a frame, over eye distance", _mean(found, "lag"), "%", 8.0, 5.0),
    ]


def section(found: dict[str, dict[str, float]]) -> Section:
    """The table of detail that speaks of motion."""
    rows = [(name, 100 * one["jitter"], 100 * one["lag"], 100 * one["lost"]) for name, one in found.items()]
    return Section(
        "Clips of rendered faces: 100 px between the eyes, noise 4/255, JPEG 90, 25 frames a second, %",
        ("", "motion, still", "lag, 10 px a frame", "frames lost"),
        tuple(rows),
        "" if rows else "The generator is not installed: pip install charaface[draw].",
    )


def _mean(found: dict[str, dict[str, float]], what: str) -> Estimate:
    return Estimate(100 * float(np.mean([one[what] for one in found.values()])) if found else float("nan"))
