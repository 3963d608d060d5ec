"""stats: what a labelled data set holds, in numbers: sizes, poses, kinds, people, and where each point lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from charaface.data.faults import in_ibug68
from charaface.data.pictures import format_at
from charaface.data.split import key_of
from charaface.face import Face, Landmarks, Pose
from charaface.formats import Record, format_of
from charaface.geometry import area
from charaface.pose import head_pose
from charaface.schemes import conversion

VALUES = {  # of a face, and what each is
    "size": "square root of the box's area, pixels",
    "aspect": "width of the box over its height",
    "yaw": "nose towards image right, degrees",
    "pitch": "nose up, degrees",
    "roll": "head leaning to image right, degrees",
}
_SHARES = (0, 5, 25, 50, 75, 95, 100)  # percentiles
_GROUPS = 1000  # that are told one by one


@dataclass(frozen=True, eq=False)
class Shape:
    """Where the points of a scheme lie, from the middle of the box in sides of it (the root of its area)."""

    faces: int
    known: np.ndarray  # (N,) share of the faces in which each point is known
    visible: np.ndarray  # (N,) in which it is visible
    mean: np.ndarray  # (N, 2) NaN where it is never known
    covariance: np.ndarray  # (N, 2, 2)

    @property
    def spread(self) -> np.ndarray:
        """(N,) root mean square distance from the mean, in sides of the box."""
        return np.asarray(np.sqrt(np.maximum(np.trace(self.covariance, axis1=1, axis2=2), 0)))


@dataclass(frozen=True, eq=False)
class Stats:
    """What a data set holds."""

    pictures: int
    faces_of_picture: Counter[int]  # how many pictures have so many faces
    values: dict[str, np.ndarray]  # (F,) of each face, as VALUES has them; NaN where it is not known
    emotions: Counter[str]
    domains: Counter[str]
    by: str | None
    groups: dict[str, list[int]]  # the numbers of the faces of each, as by has them
    shapes: dict[str, Shape]  # by scheme

    @property
    def faces(self) -> int:
        """How many faces there are."""
        return len(self.values["size"])

    def ranked(self) -> list[tuple[str, list[int]]]:
        """The groups, that with the most faces first."""
        return sorted(self.groups.items(), key=lambda one: (-len(one[1]), one[0]))

    def median(self, name: str, faces: list[int]) -> float | None:
        """The middle of a value over some faces, of an angle its size; None where none has it."""
        values = self.values[name][faces]
        values = values[~np.isnan(values)]
        if not len(values):
            return None
        return float(np.median(np.abs(values) if name in ("yaw", "pitch", "roll") else values))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; what the labels do not tell is absent."""
        out: dict[str, Any] = {
            "pictures": self.pictures,
            "faces": self.faces,
            "faces_per_picture": {str(count): many for count, many in sorted(self.faces_of_picture.items())},
        }
        for name, values in self.values.items():
            if (told := _told(values)) is not None:
                out[name] = told
        for name, counted in (("emotions", self.emotions), ("domains", self.domains)):
            if counted:
                out[name] = dict(counted.most_common())
        if self.by is not None:
            out["groups"] = {
                "by": self.by,
                "count": len(self.groups),
                "faces": _told(np.array([len(own) for own in self.groups.values()], np.float64)),
                "largest": {key: self._of_group(own) for key, own in self.ranked()[:_GROUPS]},
            }
        out["points"] = {scheme: _of_shape(shape) for scheme, shape in self.shapes.items()}
        return out

    def _of_group(self, faces: list[int]) -> dict[str, Any]:
        middles = {name: self.median(name, faces) for name in ("size", "yaw")}
        return {"faces": len(faces), **{name: round(v, 3) for name, v in middles.items() if v is not None}}


def _told(values: np.ndarray) -> dict[str, float] | None:
    """Mean, deviation and percentiles of the numbers among values; None where there is none."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    out = {"known": len(values), "mean": float(values.mean()), "deviation": float(values.std())}
    out |= {f"p{share}": float(v) for share, v in zip(_SHARES, np.percentile(values, _SHARES), strict=True)}
    return {name: round(v, 4) for name, v in out.items()}


def _of_shape(shape: Shape) -> dict[str, Any]:
    def plain(values: np.ndarray) -> list[Any]:
        return [None if np.isnan(v).any() else np.round(v, 4).tolist() for v in values]

    return {
        "faces": shape.faces,
        "known": round(float(shape.known.mean()), 4),
        "visible": round(float(shape.visible.mean()), 4),
        "mean": plain(shape.mean),
        "spread": plain(shape.spread),
    }


def stats(
    source: str | Path,
    *,
    form: str | None = None,
    scheme: str | None = None,
    by: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Stats:
    """What a data set holds.

    source: a file or folder that charaface.formats reads; form: its format's name, by what it is if none is given;
    scheme: that of points where the file does not tell it; by: how faces are grouped, as for
    charaface.data.split.key_of. Poses are those of the labels, else of the points. Pictures are not read. progress
    gets the records done. Five numbers of each face are held in memory. Raises InputError for what cannot be read.
    """
    kind, labels = (format_of(form), Path(source)) if form else format_at(Path(source))
    tally = _Tally()
    for done, record in enumerate(kind.read(labels, scheme), 1):
        tally.add(record, by)
        if progress:
            progress(done)
    return tally.stats(by)


@dataclass
class _Tally:
    """Takes in records one by one."""

    pictures: Counter[tuple[str, int]] = field(default_factory=Counter)  # faces of each
    rows: list[tuple[float, ...]] = field(default_factory=list)
    emotions: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    groups: dict[str, list[int]] = field(default_factory=dict)
    sums: dict[str, _Sums] = field(default_factory=dict)

    def add(self, record: Record, by: str | None) -> None:
        self.pictures[record.file, record.frame] += len(record.faces)
        for face in record.faces:
            if by is not None:
                self.groups.setdefault(key_of(record, by), []).append(len(self.rows))
            self.rows.append(_row(face))
            if face.emotion is not None:
                self.emotions[face.emotion.label] += 1
            if face.kind is not None:
                self.domains[face.kind] += 1
            if face.landmarks is not None:
                name = face.landmarks.scheme
                self.sums.setdefault(name, _Sums(len(face.landmarks.points))).add(face, face.landmarks)

    def stats(self, by: str | None) -> Stats:
        rows = np.array(self.rows, np.float64).reshape(-1, len(VALUES))
        return Stats(
            len(self.pictures),
            Counter(self.pictures.values()),
            dict(zip(VALUES, rows.T, strict=True)),
            self.emotions,
            self.domains,
            by,
            self.groups,
            {scheme: sums.shape() for scheme, sums in self.sums.items()},
        )


def _row(face: Face) -> tuple[float, ...]:
    """The VALUES of a face."""
    width, height = (face.box[2:] - face.box[:2]).tolist()
    pose = _pose(face)
    angles = (np.nan,) * 3 if pose is None else (pose.yaw, pose.pitch, pose.roll)
    return (float(np.sqrt(width * height)), width / height, *angles)


def _pose(face: Face) -> Pose | None:
    """The pose as it is labelled, else that of the points where enough of them are known and have a place in ibug68."""
    marks = face.landmarks
    if face.pose is not None or marks is None:
        return face.pose
    there = np.array([how != "absent" for how in conversion(marks.scheme, "ibug68").how])
    points, known = in_ibug68(marks)
    if (there & known).mean() < 0.5:
        return None
    try:
        return head_pose(points, known)
    except ValueError:  # they all fall together
        return None


class _Sums:
    """Sums over the faces of a scheme, from which its shape comes."""

    def __init__(self, count: int) -> None:
        self._faces = 0
        self._known, self._visible = np.zeros(count), np.zeros(count)
        self._first, self._second = np.zeros((count, 2)), np.zeros((count, 2, 2))

    def add(self, face: Face, marks: Landmarks) -> None:
        middle = (face.box[:2] + face.box[2:]) / 2 - 0.5
        placed = (marks.points - middle) / np.sqrt(area(face.box))
        placed = np.where(marks.known[:, None], placed, 0).astype(np.float64)
        self._faces += 1
        self._known += marks.known
        self._visible += marks.visible
        self._first += placed
        self._second += placed[:, :, None] * placed[:, None, :]

    def shape(self) -> Shape:
        count = np.where(self._known, self._known, np.nan)
        mean = self._first / count[:, None]
        covariance = self._second / count[:, None, None] - mean[:, :, None] * mean[:, None, :]
        return Shape(self._faces, self._known / self._faces, self._visible / self._faces, mean, covariance)


def each_scheme(one: Stats) -> Iterator[tuple[str, Shape]]:
    """The schemes, that of the most faces first."""
    yield from sorted(one.shapes.items(), key=lambda pair: (-pair[1].faces, pair[0]))
