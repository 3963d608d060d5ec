"""Faces of a few lines, in place of the generator: fast, and the same on every run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from charaface.face import Face, Landmarks
from charaface.formats import FORMATS, Record
from charaface.geometry import box_from_points


@dataclass
class Drawing:
    """What the generator's Render looks like to the workshop."""

    image: np.ndarray
    faces: list[Face] = field(default_factory=list)
    masks: np.ndarray | None = None


def _line(x0: float, x1: float, y: float, count: int) -> np.ndarray:
    return np.stack([np.linspace(x0, x1, count), np.full(count, y)], axis=1)


def _ring(cx: float, cy: float, rx: float, ry: float, count: int) -> np.ndarray:
    angle = np.pi + 2 * np.pi * np.arange(count) / count
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1)


def plain_face() -> np.ndarray:
    """(68, 2) points of an upright face between -1 and 1."""
    way = np.linspace(np.pi, 0, 17)
    bridge = np.stack([np.zeros(4), np.linspace(-0.15, 0.2, 4)], axis=1)
    return np.concatenate(
        [
            np.stack([np.cos(way), np.sin(way)], axis=1),
            _line(-0.7, -0.25, -0.45, 5),
            _line(0.25, 0.7, -0.45, 5),
            bridge,
            _line(-0.15, 0.15, 0.28, 5),
            _ring(-0.45, -0.15, 0.22, 0.15, 6),
            _ring(0.45, -0.15, 0.22, 0.15, 6),
            _ring(0, 0.6, 0.35, 0.14, 12),
            _ring(0, 0.6, 0.25, 0.06, 8),
        ]
    )


def negative(seed: int, index: int, size: int) -> Drawing:
    """Soft blots of colour."""
    rng = np.random.default_rng((seed, index, 4))
    small = rng.integers(0, 255, (6, 6, 3), dtype=np.uint8)
    return Drawing(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR))


def face(seed: int, index: int, size: int) -> Drawing:
    """One face about half as wide as the picture."""
    rng = np.random.default_rng((seed, index, 3))
    points = plain_face() * size * rng.uniform(0.2, 0.26) + size / 2 + rng.normal(0, 0.03 * size, 2)
    return Drawing(_draw(negative(seed, index, size).image, points, rng), [_labelled(points)])


def worn(seed: int, index: int, size: int) -> Drawing:
    """A face with a hat, in colour, and the parts of its picture."""
    drawn = face(seed, index, size)
    parts = np.random.default_rng((seed, index)).integers(0, 9, (1, size, size)).astype(np.uint8)
    faces = [replace(one, accessories={"hat": 1.0}, monochrome=0.0) for one in drawn.faces]
    return Drawing(drawn.image, faces, parts)


def person(seed: int, index: int, size: int) -> Drawing:
    """The same, photographed."""
    drawn = face(seed, index + 1000, size)
    return Drawing(drawn.image, [replace(one, domain={"photo": 1.0}) for one in drawn.faces])


def scene(seed: int, index: int, size: int) -> Drawing:
    """Up to two faces that do not touch."""
    rng = np.random.default_rng((seed, index, 5))
    image, faces = negative(seed, index, size).image, []
    for k in range(int(rng.integers(0, 3))):
        points = plain_face() * size * rng.uniform(0.08, 0.2) + size * np.asarray([0.25 + 0.5 * k, 0.5])
        image = _draw(image, points, rng)
        faces.append(_labelled(points))
    return Drawing(image, faces)


def late(seed: int, index: int, size: int) -> Drawing:
    """The 60 points of one face, from the third render of the second chunk on; none before."""
    if index < 130:
        return negative(seed, index, size)
    drawn = face(seed, index, size)
    one = drawn.faces[0]
    assert one.landmarks is not None
    return Drawing(drawn.image, [replace(one, landmarks=one.landmarks.to("manga60a"))])


def broken(seed: int, index: int, size: int) -> Drawing:
    """A renderer that dies after its first chunk."""
    if index >= 130:
        raise RuntimeError("the power went")
    return face(seed, index, size)


def _labelled(points: np.ndarray) -> Face:
    marks = Landmarks(points, np.ones(68), np.ones(68, np.bool_))
    return Face(box_from_points(points), landmarks=marks, domain={"anime": 0.9, "manga": 0.1})


def _draw(image: np.ndarray, points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    out = image.copy()
    fine = np.round(points * 16).astype(np.int32)
    colours = [tuple(int(v) for v in rng.integers(0, 255, 3)) for _ in range(3)]
    cv2.fillPoly(out, [fine[[*range(17), *range(26, 16, -1)]]], colours[0], cv2.LINE_AA, 4)
    for part in (slice(17, 22), slice(22, 27), slice(27, 31), slice(31, 36)):
        cv2.polylines(out, [fine[part]], False, colours[1], 1, cv2.LINE_AA, 4)
    for part in (slice(36, 42), slice(42, 48), slice(48, 60)):
        cv2.polylines(out, [fine[part]], True, colours[2], 1, cv2.LINE_AA, 4)
    return out


def write_labels(folder: Path, count: int = 12, size: int = 96, scheme: str = "ibug68") -> Path:
    """A data set of single faces in a folder of its own, three pictures a person; returns its file of labels."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for index in range(count):
        drawn = face(7, index, size)
        name = f"person{index // 3}_{index}.png"
        cv2.imwrite(str(folder / name), drawn.image[..., ::-1])
        records.append(Record(name, 0, 0.0, size, size, [one.to(scheme) for one in drawn.faces]))
    return FORMATS["jsonl"].write(folder / "labels.jsonl", records)
