"""Records of one picture made one: what several annotators made of a face becomes the mean or median of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks
from charaface.formats.record import Record
from charaface.geometry import iou

HOWS: dict[str, Callable[..., Any]] = {"mean": np.mean, "median": np.median}
_SAME = 0.5  # IoU of boxes from which two records mean one face


def merged(records: Iterable[Record], how: str) -> Iterator[Record]:
    """One record for each picture or frame, in the order they first come; all are held in memory.

    Faces of several records whose boxes overlap by half (IoU) and whose points are of one scheme become one: its box
    and points are the mean or median (how), a point is as sure and as visible as in most of them, and what else is
    known of it is the first one's. Faces of one record stay apart. Raises ValueError for another how.
    """
    if how not in HOWS:
        raise ValueError(f"faces are merged by {' or '.join(HOWS)}, got {how!r}")
    pictures: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        pictures.setdefault((record.file, record.frame), []).append(record)
    for same in pictures.values():
        yield same[0] if len(same) == 1 else replace(same[0], faces=[_one(group, how) for group in _groups(same)])


def _groups(records: list[Record]) -> list[list[Face]]:
    """The faces of several records, those of one face together."""
    groups: list[list[Face]] = []
    for record in records:
        free = list(range(len(groups)))
        for face in record.faces:
            alike = [(float(_overlap(groups[k][0], face)), -k) for k in free]
            best, place = max(alike, default=(0.0, 0))
            if best >= _SAME:
                groups[-place].append(face)
                free.remove(-place)
            else:
                groups.append([face])
    return groups


def _overlap(one: Face, other: Face) -> float:
    same = _scheme(one) == _scheme(other)
    return float(iou(one.box[None], other.box[None])[0, 0]) if same else 0.0


def _scheme(face: Face) -> str | None:
    return face.landmarks.scheme if face.landmarks else None


def _one(faces: list[Face], how: str) -> Face:
    first, middle = faces[0], HOWS[how]
    if len(faces) == 1:
        return first
    marks = [face.landmarks for face in faces if face.landmarks is not None]
    landmarks = None
    if marks:
        points, scores = (np.array([getattr(m, name) for m in marks], np.float64) for name in ("points", "scores"))
        visible = np.mean([m.visible for m in marks], axis=0) >= 0.5
        landmarks = Landmarks(middle(points, axis=0), np.median(scores, axis=0), visible, marks[0].scheme)
    notes = {key: note for key, note in first.notes.items() if all(face.notes.get(key) == note for face in faces)}
    annotators = [face.notes["annotator"] for face in faces if "annotator" in face.notes]
    if annotators:
        notes["annotator"] = "+".join(annotators)
    box = middle(np.array([face.box for face in faces], np.float64), axis=0)
    return replace(first, box=box, landmarks=landmarks, notes=notes)
