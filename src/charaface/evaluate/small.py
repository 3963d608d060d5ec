"""Small faces in photographs: single photographs shrunk and set side by side, and how many of them are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from charaface.evaluate.boxes import OVERLAP
from charaface.evaluate.labels import Labelled
from charaface.evaluate.table import Section
from charaface.face import Face
from charaface.image import load
from charaface.metrics import UNMATCHED, match

SIDES = (16, 24, 32, 48, 64, 96)  # pixels, the longer side of a face
SIZE = (480, 640)  # height and width of a picture
_PICTURES, _MOST, _SEED = 30, 8, 5  # of a side; faces in one
Find = Callable[[np.ndarray], Sequence[Face]]


@dataclass(frozen=True)
class Found:
    """What was found of the faces of one size."""

    side: int
    faces: int
    hits: int
    false: int


def judge_small(data: Path, faces: Sequence[Labelled], find: Find, sides: Sequence[int] = SIDES) -> list[Found]:
    """How many photographed faces are found by size: up to eight in a picture, before one blurred beyond recognition.

    find: the faces of an (H, W, 3) uint8 picture. data: the folder that the photographs lie in.
    """
    out = []
    for side in sides:
        rng, hits, false, total = np.random.default_rng((_SEED, side)), 0, 0, 0
        for _ in range(_PICTURES):
            picture, boxes = crowd([faces[i] for i in rng.permutation(len(faces))], side, data, rng)
            found = find(picture)
            given = np.asarray([face.box for face in found]).reshape(-1, 4)
            taken = match(given, np.asarray([face.score for face in found]), boxes, OVERLAP)
            hits, false = hits + int(np.sum(taken >= 0)), false + int(np.sum(taken == UNMATCHED))
            total += len(boxes)
        out.append(Found(side, total, hits, false))
    return out


def crowd(faces: Sequence[Labelled], side: int, data: Path, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A picture of SIZE of the first of some photographs, and the (N, 4) boxes of their faces, of so many pixels.

    The last one, blurred, is the ground.
    """
    height, width = SIZE
    ground = cv2.resize(load(data / faces[-1].file), (width, height), interpolation=cv2.INTER_LINEAR)
    out = cv2.GaussianBlur(ground, (0, 0), 0.08 * width)
    cell = 2 * side
    places = [(x, y) for y in range(0, height - cell + 1, cell) for x in range(0, width - cell + 1, cell)]
    boxes = []
    for face, (x, y) in zip(faces, rng.permutation(places)[:_MOST], strict=False):
        image = load(data / face.file)
        box = face.box(image.shape[1], image.shape[0])
        scale = side / float(np.max(box[2:] - box[:2]))
        size = np.maximum(np.rint(scale * np.array(image.shape[1::-1])).astype(int), 1)
        small = cv2.resize(image, size.tolist(), interpolation=cv2.INTER_AREA)
        middle = scale * (box[:2] + box[2:]) / 2
        x0, y0 = np.maximum(np.rint(middle - side).astype(int), 0)  # of what the cell shows
        small = small[y0 : y0 + cell, x0 : x0 + cell]
        out[y : y + small.shape[0], x : x + small.shape[1]] = small
        boxes.append(scale * box + [x - x0, y - y0, x - x0, y - y0])
    return out, np.stack(boxes)


def section(found: Sequence[Found]) -> Section:
    """The faces found by size."""
    rows = tuple((f"{one.side} px", one.faces, 100 * one.hits / one.faces, one.false) for one in found)
    note = f"Photographs shrunk and set side by side in pictures of {SIZE[1]} x {SIZE[0]}, before a blurred one."
    return Section("Photographed faces by size: found", ("longer side", "faces", "found, %", "false faces"), rows, note)
