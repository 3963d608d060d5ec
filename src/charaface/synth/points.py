"""Where the points of a scheme lie on the curves of a drawn face, and which of them can be seen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import skia

from charaface.face import Landmarks
from charaface.synth.anatomy import Head
from charaface.synth.eyes import eye_points
from charaface.synth.features import mouth_points
from charaface.synth.pen import arc_resample, columns, spread

# A loop has no corners: its first and its last pair stand where the curves are this share of their opening apart (the
# mean shape of chiawei-liu/DeepAlignmentNetwork), at most so far from the corner, as a share of the loop's width.
EYE_APART, MOUTH_APART, INSET = 0.34, 0.4, 0.05


@dataclass(frozen=True, eq=False)
class EyeCurves:
    """One eye and its brow as they are drawn: frontal positions from image left to image right."""

    upper: np.ndarray  # (n, 2) the lids, each from corner to corner
    lower: np.ndarray  # (n, 2)
    pupil: np.ndarray  # (2,)
    pupil_drawn: bool
    brow: np.ndarray  # (5, 2)
    brow_drawn: bool
    shown: bool  # the pose shows this side of the face
    least: float  # of what Head.facing gives, from which a point of the eye can be seen


@dataclass(frozen=True, eq=False)
class FaceCurves:
    """A face as it is drawn: all that any scheme's points are taken from."""

    jaw: np.ndarray  # (17, 2) canvas pixels
    jaw_hidden: np.ndarray  # (17,) bool
    eyes: tuple[EyeCurves, EyeCurves]  # image left, image right
    nose: np.ndarray  # (9, 3) head space, as nose_points gives them
    nose_drawn: bool
    mouth: dict[str, np.ndarray]  # frontal, as draw_mouth gives them


# what covers a group of points: the outlines of something opaque, and the groups it lies over
Cover = tuple[list[skia.Path], Collection[str]]
Piece = tuple[str, np.ndarray, np.ndarray]  # group, (k, 2) canvas pixels, (k,) bool: drawn, and turned to the viewer
GROUPS = ("jaw", "brow", "eye", "nose", "mouth")


def points_of(scheme: str, head: Head, face: FaceCurves, covers: list[Cover]) -> Landmarks:
    """The points of a scheme; whole numbers at pixel centres. Raises ValueError for one that LAYOUTS has not."""
    pieces = layout_named(scheme)(head, face)
    points = np.concatenate([where for _, where, _ in pieces])
    visible = np.concatenate([seen for _, _, seen in pieces])
    groups = [group for group, where, _ in pieces for _ in where]
    visible = visible & ~_covered(points, groups, covers)
    return Landmarks((points - 0.5).astype(np.float32), np.ones(len(points)), visible, scheme)


def loop_points(upper: np.ndarray, lower: np.ndarray, apart: float) -> np.ndarray:
    """(10, 2) positions on two (n, 2) curves from image left to image right that meet at their ends.

    Five along the upper one, five back along the lower, at equal steps between the pairs beside the corners. These
    stand where the curves are a share of their greatest distance apart; where they lie on each other, in the corners.
    """
    gap = lower[:, 1] - upper[:, 1]
    first, last = _inset(gap, apart), 1 - _inset(gap[::-1], apart)
    return np.concatenate([_along(upper, first, last), _along(lower, first, last)[::-1]])


def _inset(gap: np.ndarray, apart: float) -> float:
    """How far in, as a share of the way, curves are first a share of their greatest distance apart; at most INSET."""
    wanted = apart * float(gap.max())
    k = int(np.argmax(gap >= wanted))
    if k == 0:
        return 0.0
    way = k - 1 + float((wanted - gap[k - 1]) / (gap[k] - gap[k - 1]))
    return min(way / (len(gap) - 1), INSET)


def _along(curve: np.ndarray, first: float, last: float) -> np.ndarray:
    """(5, 2) positions at equal steps along a polyline of evenly numbered points, between two shares of its way."""
    knots = spread(0, 1, len(curve))
    at = np.concatenate([[first], knots[(knots > first) & (knots < last)], [last]])
    return arc_resample(columns(np.interp(at, knots, curve[:, 0]), np.interp(at, knots, curve[:, 1])), 5)


def _ibug68(head: Head, face: FaceCurves) -> list[Piece]:
    wings = head.facing(face.nose[4:, :2]) > -0.25
    nose = np.concatenate([np.ones(4, np.bool_), wings]) & face.nose_drawn
    return [
        ("jaw", face.jaw, ~face.jaw_hidden),
        *(_brow(head, eye) for eye in face.eyes),
        ("nose", head.project(face.nose), nose),
        *(_of_eye(head, eye, eye_points(eye.upper, eye.lower)) for eye in face.eyes),
        _of_mouth(head, mouth_points(face.mouth)),
    ]


def _manga60a(head: Head, face: FaceCurves) -> list[Piece]:
    loop = loop_points(face.mouth["outer_up"], face.mouth["outer_low"], MOUTH_APART)
    return [
        ("jaw", face.jaw, ~face.jaw_hidden),
        *(_brow(head, eye) for eye in face.eyes),
        *(_of_eye(head, eye, loop_points(eye.upper, eye.lower, EYE_APART)) for eye in face.eyes),
        *(_pupil(head, eye) for eye in face.eyes),
        ("nose", head.project(face.nose)[3:4], np.array([face.nose_drawn])),
        _of_mouth(head, loop),
    ]


LAYOUTS: dict[str, Callable[[Head, FaceCurves], list[Piece]]] = {"ibug68": _ibug68, "manga60a": _manga60a}


def layout_named(scheme: str) -> Callable[[Head, FaceCurves], list[Piece]]:
    """The layout of a scheme. Raises ValueError that names those there are."""
    if scheme not in LAYOUTS:
        raise ValueError(f"faces are drawn with the points of {' or '.join(LAYOUTS)}, not of {scheme!r}")
    return LAYOUTS[scheme]


def _brow(head: Head, eye: EyeCurves) -> Piece:
    return "brow", head.draw_on(eye.brow, 0.02), eye.shown & eye.brow_drawn & (head.facing(eye.brow) > -0.1)


def _of_eye(head: Head, eye: EyeCurves, where: np.ndarray) -> Piece:
    return "eye", head.draw_on(where, 0.01), eye.shown & (head.facing(where) > eye.least)


def _pupil(head: Head, eye: EyeCurves) -> Piece:
    where = eye.pupil[None]
    return "eye", head.draw_on(where, 0.012), eye.shown & eye.pupil_drawn & (head.facing(where) > eye.least)


def _of_mouth(head: Head, where: np.ndarray) -> Piece:
    return "mouth", head.draw_on(where, 0.015), head.facing(where) > -0.05


def _covered(points: np.ndarray, groups: list[str], covers: list[Cover]) -> np.ndarray:
    """(N,) bool: which (N, 2) points of these groups lie under something opaque."""
    hidden = np.zeros(len(points), dtype=bool)
    x, y = points.astype(np.float32).T  # as the paths have theirs
    for paths, over in covers:
        asked = np.array([group in over for group in groups])
        for path in paths:
            left, top, right, bottom = path.getBounds()
            near = (x >= left) & (x < right) & (y >= top) & (y < bottom) & asked & ~hidden
            for i in np.flatnonzero(near).tolist():
                hidden[i] = path.contains(float(x[i]), float(y[i]))
    return hidden
