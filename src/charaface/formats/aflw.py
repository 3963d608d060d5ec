"""AFLW2000-3D: one .mat of Matlab a picture, with 68 points in three dimensions (pt3d_68) and the pose (Pose_Para).

Pose_Para has pitch, yaw and roll in radians, its yaw positive towards the left of the picture. Points count from 1, as
Matlab does. A file of 300W-LP, whose 68 points are pt2d, is read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks, Pose
from charaface.files import InputError, open_input
from charaface.formats.folder import files, picture_beside
from charaface.formats.matlab import numbers
from charaface.formats.record import Problem, Record, tried

_POINTS = ("pt3d_68", "pt2d")
_LARGEST = 1 << 22  # bytes of a file


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a file, of one face. path: a file or a folder. Raises InputError that names the file."""
    for file, name in files(Path(path), ".mat"):
        face = tried(partial(_face, file), problem)
        if face is not None:
            yield Record(picture_beside(file, name.removesuffix(file.suffix)), 0, 0.0, 0, 0, [face])


def _face(path: Path) -> Face:
    with open_input(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{path}: is larger than a face's {_LARGEST:,} bytes")
    try:
        table = numbers(data)
    except ValueError as error:
        raise InputError(f"{path}: is no file of Matlab: {error}") from None
    try:
        marks = Landmarks(_points(table), np.ones(68), np.ones(68) > 0)
        return Face(marks.box, landmarks=marks, pose=_pose(table.get("Pose_Para")))
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{path}: {error}") from error


def _points(table: dict[str, Any]) -> np.ndarray:
    """(68, 2) from the middle of the first pixel."""
    for name in _POINTS:
        points = np.asarray(table.get(name, ()))
        if points.ndim == 2 and points.shape[1] == 68 and points.shape[0] in (2, 3):
            return np.asarray(points[:2].T.astype(np.float64) - 1)
    there = [f"{name} of shape {np.shape(table[name])}" for name in _POINTS if name in table]
    raise ValueError(f"has no pt3d_68 of shape (3, 68){', but ' if there else ''}{', '.join(there)}")


def _pose(values: Any) -> Pose | None:
    if values is None:
        return None
    flat = np.asarray(values, dtype=np.float64).ravel()
    if len(flat) < 3:
        raise ValueError(f"Pose_Para has pitch, yaw and roll, got {len(flat)} numbers")
    pitch, yaw, roll = np.degrees(flat[:3]).tolist()
    return Pose(-yaw, pitch, roll)
