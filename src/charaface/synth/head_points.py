"""The 68 points of a 3-D head: where people who label photographs put them, not where the kit has them.

Brows, bridge and tip of the nose are laid on the mean head where the middle of photographs has them. The jaw is the
outline: each of its points has a line across the jaw, from the cheek backwards, and lies where that line goes
furthest out in the picture, but never behind the edge of the jaw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np

from charaface.schemes import IBUG68
from charaface.synth.kit import FaceKit

# Median places of points of the character's right side and of the middle, on 84 photographs of 50 people who look into
# the camera (benchmarks/vertices.py): from the mean of the four eye corners, over the distance of the outer ones, x
# to the image right, y down.
MEASURED = {
    0: (-0.837, 0.029),
    1: (-0.816, 0.241),
    2: (-0.775, 0.452),
    3: (-0.74, 0.644),
    4: (-0.672, 0.852),
    5: (-0.559, 1.021),
    6: (-0.435, 1.137),
    7: (-0.268, 1.251),
    8: (0.0, 1.318),
    17: (-0.661, -0.187),
    18: (-0.559, -0.256),
    19: (-0.432, -0.274),
    20: (-0.315, -0.263),
    21: (-0.213, -0.233),
    27: (0.0, 0.012),
    28: (0.0, 0.156),
    29: (0.0, 0.292),
    30: (0.0, 0.411),
}
_CORNERS = [36, 39, 42, 45]
_PITCH = -5.0  # degrees at which the mean head's eyes, nose and mouth look as those of the photographs
_CENTRE = (-2.2, 3.0)  # y of the lowest and z of every centre that the lines of the jaw turn about, in cm
_RAISED = 35.0  # degrees of pitch above _PITCH from where on the bone is the edge of the jaw
_NEAR, _NECK = 0.15, -3.5  # cm; below this height a line would go on to the neck for what the mean head lacks
_STRANGE = "a point of the face lies beside it: the shapes are not those of ICT-FaceKit"
_ANGLES = np.radians(np.arange(5.0, 125.0, 1.0))  # along a line, from straight ahead


@dataclass(frozen=True, eq=False)
class Anchors:
    """Places on triangles, which move as the head does."""

    vertices: np.ndarray  # (..., 3) int32
    weights: np.ndarray  # (..., 3) float32, those of one place add up to one

    def on(self, head: np.ndarray) -> np.ndarray:
        """(..., 3) places on a head of (V, 3) vertices."""
        out = np.empty((*self.vertices.shape[:-1], 3), head.dtype)
        _mixed(head, self.vertices.reshape(-1, 3), self.weights.reshape(-1, 3), out.reshape(-1, 3))
        return out


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _mixed(head: np.ndarray, vertices: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    for n in range(len(vertices)):
        for d in range(3):
            first = head[vertices[n, 0], d] * weights[n, 0]
            out[n, d] = first + head[vertices[n, 1], d] * weights[n, 1] + head[vertices[n, 2], d] * weights[n, 2]


@dataclass(frozen=True, eq=False)
class JawLine:
    """A line across the jaw: from the cheek outwards and back to where a photograph from the front shows its edge."""

    line: Anchors  # (L,)
    out: np.ndarray  # (2,) x right and y up, which way is out in a picture from the front
    bone: int  # the place on it where the kit has the edge of the jaw, further forward

    def reach(self, pitch: float) -> int:
        """How many places of the line count: where a raised chin shows the throat, the bone is the edge."""
        end = len(self.line.vertices) - 1
        share = min(max((pitch - _PITCH) / _RAISED, 0.0), 1.0)
        return round(end + share * (min(self.bone, end) - end)) + 1


@dataclass(frozen=True, eq=False)
class HeadPoints:
    """Where the 68 points are on any head of a kit."""

    fixed: Anchors  # (68,); those of the jaw are the furthest back that they go
    lines: list[JawLine]  # of 0 to 16

    @cached_property
    def _jaws(self) -> Anchors:
        """All lines, one after the other."""
        return Anchors(
            *(np.concatenate([getattr(k.line, name) for k in self.lines]) for name in ("vertices", "weights"))
        )

    def on(self, head: np.ndarray, rotation: np.ndarray) -> np.ndarray:
        """(68, 3) float32 places on a head of (V, 3) vertices, seen from afar, turned by rotation, (3, 3)."""
        return np.asarray(self.seen(head, rotation).on(head), np.float32)

    def seen(self, head: np.ndarray, rotation: np.ndarray) -> Anchors:
        """(68,) places on the triangles that the points of a view are."""
        vertices, weights = self.fixed.vertices.copy(), self.fixed.weights.copy()
        pitch = float(np.degrees(np.arcsin(np.clip(-rotation[2, 1], -1, 1))))
        roll = np.arctan2(rotation[0, 1], rotation[1, 1])
        lean = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        jaws, first = self._jaws.on(head), 0
        ways = np.array([jaw.out for jaw in self.lines]) @ lean.T @ rotation[:2]  # (17, 3) on the head
        for k, jaw in enumerate(self.lines):
            furthest = int((jaws[first : first + jaw.reach(pitch)] @ ways[k]).argmax())
            first += len(jaw.line.vertices)
            vertices[k], weights[k] = jaw.line.vertices[furthest], jaw.line.weights[furthest]
        return Anchors(vertices, weights)


def rotation(yaw: float, pitch: float, roll: float = 0.0) -> np.ndarray:
    """(3, 3) float64: how a head turns before a camera that sees x to the right, y up and z towards itself.

    Degrees: yaw turns the nose to image right, pitch upwards, roll leans the head to image right.
    """
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in np.radians([yaw, pitch, roll]))
    turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    lean = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(lean @ nod @ turn)


def head_points(kit: FaceKit) -> HeadPoints:
    """Where the points are on the heads of a kit; keep it, for it takes a while.

    Raises ValueError where they would not lie on the face: the shapes are not those of ICT-FaceKit.
    """
    mean = kit.vertices.astype(np.float64)
    corners = mean[kit.landmarks[_CORNERS]]
    middle, width = corners.mean(axis=0), float(corners[3, 0] - corners[0, 0])
    camera = rotation(0.0, _PITCH)
    skin = kit.triangles[kit.of("M_Face")]
    vertices = np.repeat(kit.landmarks[:, None], 3, axis=1)
    weights = np.tile(np.array([1.0, 0.0, 0.0]), (68, 1))
    lines: dict[int, JawLine] = {}
    for k, place in MEASURED.items():
        for twin, side in {(k, 1.0), (int(IBUG68.mirror[k]), -1.0)}:
            seen = np.array([side * place[0], -place[1]]) * width
            if k > 8:
                start = camera.T @ np.array([*seen, 30.0]) + middle
                hit = _hit(mean, skin, start, camera.T @ np.array([0.0, 0.0, -1.0]), first=True)
                if hit is None:
                    raise ValueError(_STRANGE)
                vertices[twin], weights[twin] = hit
            else:
                lines[twin] = _jaw_line(mean, skin, camera, middle, seen, mean[kit.landmarks[twin]])
                vertices[twin], weights[twin] = lines[twin].line.vertices[-1], lines[twin].line.weights[-1]
    anchors = Anchors(vertices.astype(np.int32), weights.astype(np.float32))
    return HeadPoints(anchors, [lines[k] for k in range(17)])


def _jaw_line(
    mean: np.ndarray, skin: np.ndarray, camera: np.ndarray, middle: np.ndarray, seen: np.ndarray, bone: np.ndarray
) -> JawLine:
    """The line that leads to the edge of the jaw that is seen at a place."""
    high = middle[1] + (seen[1] - (bone[2] - middle[2]) * camera[1, 2]) / camera[1, 1]
    low, deep = _CENTRE
    centre = np.array([0.0, max(high, low), deep])
    out = np.array([seen[0], high - centre[1], 0.0])
    out /= np.linalg.norm(out)
    wanted = seen @ out[:2]
    beside = ((mean - centre) @ np.array([-out[1], out[0], 0.0]))[skin]  # of the plane that the line lies in
    skin = skin[(beside.min(axis=1) <= 1e-6) & (beside.max(axis=1) >= -1e-6)]
    hits = []
    for angle in _ANGLES:
        hit = _hit(mean, skin, centre, np.cos(angle) * np.array([0.0, 0.0, 1.0]) + np.sin(angle) * out, first=False)
        if hit is None:  # between the lips
            continue
        hits.append(hit)
        place = camera @ (hit[1] @ mean[hit[0]] - middle)
        if place[:2] @ out[:2] >= wanted - (_NEAR if high < _NECK else 0):
            break
    if not hits:
        raise ValueError(_STRANGE)
    vertices, weights = (np.stack(arrays) for arrays in zip(*hits, strict=True))
    line = Anchors(vertices.astype(np.int32), weights.astype(np.float32))
    far = ((line.on(mean) - middle) @ camera.T)[:, :2] @ out[:2]
    end = int(np.argmax(far)) + 1
    nearest = int(np.argmin(((line.on(mean)[:end] - bone) ** 2).sum(axis=1)))
    return JawLine(Anchors(line.vertices[:end], line.weights[:end]), out[:2], nearest)


def _hit(
    mean: np.ndarray, triangles: np.ndarray, start: np.ndarray, towards: np.ndarray, *, first: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """The first or last triangle that a ray meets, (3,) vertices, and the weights of the place in it, (3,); or none.

    Moeller and Trumbore, Fast, minimum storage ray-triangle intersection, 1997.
    """
    a, b, c = (mean[triangles[:, k]] for k in range(3))
    one, two = b - a, c - a
    across = np.cross(towards, two)
    volume = np.einsum("td,td->t", one, across)
    with np.errstate(divide="ignore", invalid="ignore"):
        from_a = start - a
        v = np.einsum("td,td->t", from_a, across) / volume
        turned = np.cross(from_a, one)
        w = (turned @ towards) / volume
        far = np.einsum("td,td->t", two, turned) / volume
        met = (v >= -1e-6) & (w >= -1e-6) & (v + w <= 1 + 1e-6) & (far > 0)
    if not met.any():
        return None
    best = int(np.argmin(np.where(met, far, np.inf)) if first else np.argmax(np.where(met, far, -np.inf)))
    return triangles[best], np.array([1 - v[best] - w[best], v[best], w[best]])
