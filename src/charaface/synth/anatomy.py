"""The pseudo-3-D head: a superellipse tube for the face, one projection for everything drawn on it.

Head space: the outer eye corners of the frontal face are 1 apart; x to image right, y down, z to the viewer, the
origin on the eye line between the ears. Every feature is a curve on the surface, so its labels are exact at any pose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from charaface.synth.pen import arc_resample, circle, columns, fixed, smooth, spread

FLATNESS = 2.6  # exponent of the outline's cross-section: 2 is an ellipse, more is a flatter face


@dataclass(frozen=True)
class Build:
    """Proportions of one character, in outer-eye distances."""

    half_width: float = 0.64  # of the face at the eye line
    cheek: tuple[float, float] = (
        0.60,
        0.40,
    )  # half width as a share of half_width..., height as a share of chin
    jaw: tuple[float, float] = (0.44, 0.72)
    chin_half: float = 0.16
    chin: float = 0.95  # from the eye line down
    crown: float = 1.15  # from the eye line up to the top of the skull
    depth: float = 0.62  # from the ears forward to the face
    brow_ridge: float = 0.0
    chin_forward: float = 0.0
    muzzle: float = 0.0  # lips forward in profile
    nose_length: float = 0.12  # forward, beyond the face
    back: float = 0.75  # from the ears back
    jaw_line: float = 0.6  # at three quarters: 0 a ball's outline, 1 the jaw bone's line
    stretch: float = 1.0  # height over width of the drawing
    perspective: float = 0.05
    roundness: float = 2.0  # exponent of the surface that eyes and mouth lie on: 2 a ball, more is flatter
    boxiness: float = 2.0  # exponent of the skull's outline: 2 an ellipse, more is a box
    jaw_top: float = 0.0  # height of jaw points 0 and 16: the eye line


@dataclass(frozen=True)
class Place:
    """Where a head goes: the middle between the ears in canvas pixels, pixels of half its width."""

    x: float
    y: float
    unit: float


@dataclass(frozen=True)
class Turn:
    """Degrees: nose towards image right, nose up, head leaning to image right."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


class Head:
    """A build at a place, turned: maps head space to canvas pixels."""

    def __init__(self, build: Build, place: Place, turn: Turn, jaw_drop: float = 0.0) -> None:
        self.build = build = replace(build, chin=build.chin + jaw_drop)
        self.place, self.turn = place, turn
        self.unit = place.unit / build.half_width  # pixels of one outer-eye distance
        angles = np.radians([turn.yaw, turn.pitch, turn.roll])
        self._yaw, self._pitch, self._roll = zip(np.cos(angles).tolist(), np.sin(angles).tolist(), strict=True)
        self._at = np.array([place.x, place.y])
        self._projection = self._one_product()
        self.side = 1.0 if turn.yaw >= 0 else -1.0  # the image side that is far from the viewer
        self._half = self._jaw_half()
        self._jaw = (self._half[:, 1].copy(), self._half[:, 0].copy())  # heights and half widths
        self._depth_y, self._depth_z = self._profile()

    # --- shape -------------------------------------------------------------------------------------------------

    def _jaw_half(self) -> np.ndarray:
        """(N, 2) the frontal contour of the image-right half, from the ear at the eye line down to the chin."""
        b = self.build
        knots = [
            [b.half_width, 0.0],
            [b.cheek[0] * b.half_width, b.cheek[1] * b.chin],
            [b.jaw[0] * b.half_width, b.jaw[1] * b.chin],
            [b.chin_half * b.half_width, b.chin * 0.985],
            [0.0, b.chin],
        ]
        curve = smooth(np.array([[b.half_width, -0.35 * b.chin], *knots, [-knots[3][0], knots[3][1]]]))
        curve = curve[8:-8]  # the neighbours only shape the tangents
        curve[:, 1] = np.maximum.accumulate(curve[:, 1])
        curve[-1] = [0.0, b.chin]
        return curve

    def _profile(self) -> tuple[np.ndarray, np.ndarray]:
        """Heights and depths of the face's midline without the nose."""
        b = self.build
        d = b.depth
        y = np.array([-b.crown, -0.75, -0.5, -0.25, 0.0, 0.3, 0.57, 0.76, 1.0]) * np.array(
            [1, 1, 1, 1, 1, *[b.chin / 0.95] * 3, b.chin]
        )
        z = np.array([0.1, 0.72, 0.93, 1.0, 0.96, 1.0, 1.0, 0.93, 0.86]) * d
        z[3] += b.brow_ridge
        z[6] += b.muzzle
        z[8] += b.chin_forward
        return smooth(y, steps=6), smooth(z, steps=6)

    def width(self, y: np.ndarray) -> np.ndarray:
        """Half width of the frontal face at heights y."""
        b = self.build
        # below the eye line the first factor is 1, above it the second is half_width
        above = np.sqrt(np.maximum(1 - (np.minimum(y, 0) / -(b.crown * 1.02)) ** 2.6, 0))
        return np.asarray(above * np.maximum(np.interp(y, *self._jaw), 0.02))

    def depth(self, y: np.ndarray) -> np.ndarray:
        """Depth of the midline at heights y."""
        return np.asarray(np.interp(y, self._depth_y, self._depth_z))

    def on_face(self, xy: np.ndarray, lift: float = 0.0) -> np.ndarray:
        """(N, 3) head-space points of the surface under frontal (N, 2) positions, lifted towards the viewer."""
        out = np.empty((len(xy), 3))
        out[:, :2] = xy
        x, y = xy[:, 0], xy[:, 1]
        power = self.build.roundness
        u = np.minimum(np.abs(x) / (1.1 * np.maximum(self.width(y), 0.25)), 0.97)
        np.add(self.depth(y) * (1 - u**power) ** (1 / power), lift, out=out[:, 2])
        return out

    # --- projection --------------------------------------------------------------------------------------------

    def _one_product(self) -> np.ndarray:
        """(3, 3) that takes points to their canvas pixels before perspective and place, and to what nears them."""
        (cy, sy), (cp, sp), (c, s) = self._yaw, self._pitch, self._roll
        k = self.build.stretch
        turning = np.array([[cy, sy * sp, -sy * cp], [0.0, cp, sp], [sy, -cy * sp, cy * cp]])
        laying = self.unit * np.array([[c, s, 0.0], [-s * k, c * k, 0.0], [0.0, 0.0, 0.0]])
        laying[2, 2] = self.build.perspective
        return np.asarray(turning.dot(laying))

    def turned(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) points after yaw and pitch, before roll and place."""
        (cy, sy), (cp, sp) = self._yaw, self._pitch
        px, py, pz = points.T
        z = pz * cy - px * sy
        return columns(px * cy + pz * sy, py * cp - z * sp, z * cp + py * sp)

    def flat(self, turned: np.ndarray) -> np.ndarray:
        """(N, 2) canvas pixels of turned points."""
        k = self.unit / (1 - self.build.perspective * turned[:, 2])
        x, y = turned[:, 0] * k, turned[:, 1] * k * self.build.stretch
        c, s = self._roll
        return columns(self.place.x + c * x - s * y, self.place.y + s * x + c * y)

    def project(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) canvas pixels of head-space points: flat after turned, in one product."""
        laid = points.dot(self._projection)
        return np.asarray(laid[:, :2] / (1 - laid[:, 2:]) + self._at)

    def draw_on(self, xy: np.ndarray, lift: float = 0.0) -> np.ndarray:
        """(N, 2) canvas pixels of frontal positions laid on the face."""
        return self.project(self.on_face(xy, lift))

    def facing(self, xy: np.ndarray) -> np.ndarray:
        """(N,) how much the surface at frontal positions looks at the viewer: 1 fully, below 0 turned away."""
        w = 1.1 * np.maximum(self.width(xy[:, 1]), 0.25)
        u = np.minimum(np.maximum(xy[:, 0] / w, -0.97), 0.97)
        d = self.depth(xy[:, 1])
        power = self.build.roundness
        v = (1 - np.abs(u) ** power) ** (1 / power)
        nx = np.sign(u) * np.abs(u) ** (power - 1) / w
        nz = v ** (power - 1) / d
        length = np.sqrt(nx * nx + nz * nz)
        return np.asarray((nz * self._yaw[0] - nx * self._yaw[1]) / length)

    # --- outlines ----------------------------------------------------------------------------------------------

    def far_contour(self, y: np.ndarray) -> np.ndarray:
        """(N, 3) turned points of the face's silhouette on the far side at heights y, the nose included."""
        s = self.side
        cy, sy = abs(self._yaw[0]), abs(self._yaw[1])
        w, d = np.maximum(self.width(y), 0.02), self.depth(y)
        q = FLATNESS / (FLATNESS - 1)
        reach = np.maximum(((w * cy) ** q + (d * sy) ** q) ** (1 / q), 1e-6)
        x = w * (w * cy / reach) ** (q - 1)
        z = d * (d * sy / reach) ** (q - 1)
        if self._yaw[0] < 0:
            x = -x
        return self.turned(columns(s * x, y, z))

    @cached_property
    def near_contour(self) -> np.ndarray:
        """(N, 3) turned points of the near side, from the ear at the eye line down to the chin; read-only."""
        b, s = self.build, -self.side
        x, y = self._half[:, 0], self._half[:, 1]
        u = np.clip(x / b.half_width, 0, 1)
        chin_z = float(self.depth(np.array([b.chin]))[0])
        bone = self.turned(columns(s * x, y, chin_z * (1 - u) ** 1.3 - 0.05 * u))
        w = np.maximum(x, 0.02)
        cy, sy = abs(self._yaw[0]), abs(self._yaw[1])
        back = b.back * 0.55
        reach = np.sqrt((w * cy) ** 2 + (back * sy) ** 2)
        ball = self.turned(columns(s * w * w * cy / reach, y, -back * back * sy / reach))
        t = b.jaw_line + (1 - b.jaw_line) * (1 - u)  # the chin belongs to both
        return fixed(bone * t[:, None] + ball * (1 - t)[:, None])

    def jaw_points(self) -> tuple[np.ndarray, np.ndarray]:
        """(17, 2) canvas pixels of the jaw from image left to image right, and which of them the pose hides."""
        b = self.build
        chin = self.turned(np.array([[0.0, b.chin, self.depth(np.array([b.chin]))[0]]]))
        below = self._half[:, 1] >= b.jaw_top
        below[-1] = False
        far3 = np.concatenate([self.far_contour(self._half[below, 1]), chin])
        near3 = np.concatenate([self.near_contour[below], chin])
        far, near = (arc_resample(self.flat(c), 9) for c in (far3, near3))
        hidden_far = spread(0, 1, 9) < 0.9 if abs(self.turn.yaw) > 62 else np.zeros(9, bool)
        hidden_near = np.zeros(9, bool)
        left, right = (near, far) if self.side > 0 else (far, near)
        hl, hr = (hidden_near, hidden_far) if self.side > 0 else (hidden_far, hidden_near)
        return np.concatenate([left, right[:-1][::-1]]), np.concatenate([hl, hr[:-1][::-1]])

    def skull(self, grow: float = 1.0, n: int = 40) -> np.ndarray:
        """(n, 2) canvas pixels of the skull's outline, grown about its middle; starts at image right, clockwise."""
        b = self.build
        cy, sy = self._yaw
        cp, sp = self._pitch
        rx, ry, rz = b.half_width * 1.03, (b.crown + 0.25) / 2, (b.depth + b.back) / 2
        middle = self.turned(np.array([[0.0, -b.crown + ry, (b.depth - b.back) / 2]]))[0]
        across = np.hypot(rx * cy, rz * sy) * grow
        deep = np.hypot(rx * sy, rz * cy)
        up = np.hypot(ry * cp, deep * sp) * grow
        shape = np.zeros((n, 3))
        ring = circle(n)
        if b.boxiness != 2.0:
            ring = np.sign(ring) * np.abs(ring) ** (2 / b.boxiness)
        shape[:, :2] = middle[:2] + ring * (across, up)
        return self.flat(shape)

    @cached_property
    def face_outline(self) -> np.ndarray:
        """(N, 2) canvas pixels of the skin: far silhouette, chin, near jaw to the ear, temple, brow; read-only."""
        b = self.build
        y = np.concatenate([-0.8 * b.crown + (0.8 * b.crown - 0.02) * spread(0, 1, 10), self._half[:-1, 1]])
        far = self.flat(self.far_contour(y))
        near = self.flat(self.near_contour)[::-1]
        top = -0.8 * b.crown * spread(0, 1, 8)[1:]
        w = self.width(top)
        temple = self.project(columns(-self.side * w, top, 0.1 * (w < 0.5)))
        return fixed(np.concatenate([far, near, temple]))
