"""What may be wrong with the labels of one picture: points, boxes and sides that are not where a face has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from charaface.face import Face, Landmarks
from charaface.geometry import area, clip_box, iou
from charaface.pose import misfit
from charaface.schemes import IBUG68, SCHEMES, conversion

OUTSIDE = 0.05  # of the box's side: points that lie further out of the picture; an annotator's hand is not that sure
APART = 0.08  # of the box's side: two annotators of one face differ by 0.01 to 0.04
ALIKE = 0.4  # IoU from which two boxes are of one face
_TINY = 2.0  # pixels, a box that shows nothing
_ROOM = 0.3  # of a box: points of the face lie no further round it, whatever the habit of who drew it
_TIMES = 4.0  # a box is not so many times as large as the hull of the points, nor it as the box
_FLAT = 0.03  # a face from the side is still wider than this share of its height
_FITS = 0.25  # of misfit: from there on up sides may be exchanged (photographs and drawings with sides right: below)
# how much better a head fits where sides are exchanged; on 3,446 photographs and 600 drawings with sides right the
# most is 1.09, with sides exchanged the least but for heads in full profile is 1.2
_BETTER = 1.15
# known points that tell the sides: of 113 drawings labelled by hand, 9 to 28 points each, 109 are found exchanged, and
# none is that is right
_TELLING = 12
_ENOUGH = 30  # faces that tell what is usual
# standard deviations: on photographs the strangest right face is at 5.5, points of another picture at 16
_STRANGE = 8.0


class Fault(NamedTuple):
    """What is wrong with a face."""

    kind: str
    what: str  # in words


def of_face(face: Face, width: int, height: int) -> Iterator[Fault]:
    """The faults of one face in a picture of that size, 0 where it is not known."""
    yield from _of_box(face, width, height)
    marks = face.landmarks
    if marks is None or not marks.known.any():
        return
    points, side = marks.points[marks.known].astype(np.float64), _side(face)
    seen = marks.points[marks.known & marks.visible]
    if width and height and len(seen):
        out = np.maximum(-0.5 - seen, seen - (np.array([width, height]) - 0.5)).max(axis=1)
        if (far := out > OUTSIDE * side).any():
            yield Fault("outside", f"{_points(far)} up to {out.max():.0f} pixels outside the picture")
    if len(points) > 2 and (fault := _of_shape(points)):
        yield fault
    elif len(points) > 2:
        yield from _of_hull(points, face)
        if exchanged := swapped(marks):
            yield Fault("swapped", f"left and right look exchanged ({exchanged})")


def _of_box(face: Face, width: int, height: int) -> Iterator[Fault]:
    x0, y0, x1, y1 = face.box.tolist()
    if min(x1 - x0, y1 - y0) < _TINY:
        yield Fault("box", f"a box of {x1 - x0:g} x {y1 - y0:g} pixels")
    elif width and height:
        inside = float(area(clip_box(face.box, width, height)) / area(face.box))
        if inside < 0.5:
            yield Fault("box", f"{100 - 100 * inside:.0f} % of the box lies outside the picture")


def _of_shape(points: np.ndarray) -> Fault | None:
    """Points that make no face: fallen together, on a line, or many in one place."""
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    if spread[0] < 1e-3:
        return Fault("shape", "all points fall together")
    if spread[1] < _FLAT * spread[0]:
        return Fault("shape", "all points lie on a line")
    places = len(np.unique(np.round(points, 2), axis=0))
    if places * 2 < len(points):
        return Fault("shape", f"{len(points)} points in {places} places")
    return None


def _of_hull(points: np.ndarray, face: Face) -> Iterator[Fault]:
    """A box that does not go with its points."""
    low, high = points.min(axis=0) + 0.5, points.max(axis=0) + 0.5
    room = _ROOM * (face.box[2:] - face.box[:2])
    away = ((points + 0.5 < face.box[:2] - room) | (points + 0.5 > face.box[2:] + room)).any(axis=1)
    times = np.sqrt(area(face.box) / max(float(area(np.concatenate([low, high]))), 1e-6))
    if away.mean() > 0.2:
        yield Fault("box", f"{_points(away)} away from the box")
    elif not 1 / _TIMES < times < _TIMES:
        yield Fault("box", f"the box is {times:.2g} times as wide as the points")


def swapped(marks: Landmarks) -> str:
    """Which sides look exchanged: "all", or a part as "eye", whose points fit the average head better with those of
    the other side; "" where none does, or too little is known."""
    if marks.known.sum() < min(_TELLING, len(marks.known) / 2):
        return ""
    if (given := head_misfit(marks)) < _FITS:
        return ""
    names, orders = _exchanges(marks.scheme)
    after = [head_misfit(_turned(marks, order)) for order in orders]
    best = int(np.argmin(after))
    return names[best] if given > _BETTER * after[best] else ""


def _turned(marks: Landmarks, order: Sequence[int]) -> Landmarks:
    """Landmarks taken in another order."""
    order = list(order)
    return Landmarks(marks.points[order], marks.scores[order], marks.visible[order], marks.scheme)


@lru_cache(maxsize=16)
def _exchanges(scheme: str) -> tuple[list[str], list[list[int]]]:
    """What may be exchanged, all or a part that has two sides, and the order of points that puts it right."""
    one = SCHEMES[scheme]
    names, orders = ["all"], [list(one.mirror)]
    for part in (name.removeprefix("right_") for name in one.parts if name.startswith("right_")):
        order = list(range(one.count))
        for i in (*one.parts[f"right_{part}"], *one.parts[f"left_{part}"]):
            order[i] = one.mirror[i]
        names.append(part)
        orders.append(order)
    return names, orders


def between(faces: Sequence[tuple[int, int, Face]]) -> Iterator[tuple[int, Fault]]:
    """Faults of two faces of one picture, each with the place of the second in faces.

    faces: numbers of record and face, and the face itself. Two in one record that are one face are labelled twice, in
    two records they are those of two annotators, who may be too far apart.
    """
    if len(faces) < 2:
        return
    boxes = np.stack([face.box for _, _, face in faces])
    for i, j in np.argwhere(np.triu(iou(boxes, boxes) > ALIKE, 1)).tolist():
        (one, number, a), (two, _, b) = faces[i], faces[j]
        if one == two:
            yield j, Fault("twice", f"the same face as #{number}")
        elif (apart := _apart(a, b)) > APART:
            yield j, Fault("apart", f"{100 * apart:.0f} % of the box's side from where another has its points")


def _apart(a: Face, b: Face) -> float:
    """Mean distance of the points of two faces, of the box's side; 0 where they have none in common."""
    if a.landmarks is None or b.landmarks is None or a.landmarks.scheme != b.landmarks.scheme:
        return 0.0
    both = a.landmarks.known & b.landmarks.known
    if not both.any():
        return 0.0
    away = np.linalg.norm(a.landmarks.points[both] - b.landmarks.points[both], axis=1)
    return float(away.mean() / _side(a))


def unlike(misfits: np.ndarray) -> np.ndarray:
    """(N,) bool, which of N faces of a scheme are further from the average head than the others lead to expect."""
    if len(misfits) < _ENOUGH:
        return np.zeros(len(misfits), np.bool_)
    middle = np.median(misfits)
    spread = 1.4826 * np.median(np.abs(misfits - middle))  # a standard deviation, were they normal
    return np.asarray(misfits > max(middle + _STRANGE * spread, 0.3))


def head_misfit(marks: Landmarks) -> float:
    """How ill the average head fits the known points of a face, as charaface.pose.misfit; 1 where there are few."""
    points, known = in_ibug68(marks)
    return float(misfit(points[None], known)[0]) if known.sum() > 2 else 1.0


def in_ibug68(marks: Landmarks) -> tuple[np.ndarray, np.ndarray]:
    """(68, 2) points in ibug68, and (68,) which of them are made of known points alone, the average head's too."""
    way = conversion(marks.scheme, IBUG68.name)
    known = ~((np.abs(way.weights) > 1e-9) & ~marks.known).any(axis=1)
    return way.weights @ marks.points.astype(np.float64), known


def _side(face: Face) -> float:
    return float(np.sqrt(max(float(area(face.box)), 1e-6)))


def _points(which: np.ndarray) -> str:
    count = int(which.sum())
    return f"{count} point{'s' if count > 1 else ''}"
