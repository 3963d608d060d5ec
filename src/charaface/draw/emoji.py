"""Seven small faces, one an expression, drawn by ourselves: a disc of its colour with brows, eyes and mouth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from charaface.draw.style import EXPRESSION_COLOURS, Colour, rgb

_FINE = 8  # grid lines a pixel: strokes of a face of 24 pixels are two wide
_INK, _WHITE, _TONGUE, _TEAR, _MOUTH = (31, 26, 46), (255, 255, 255), (255, 122, 138), (122, 204, 255), (94, 24, 44)
_DISC = 0.94  # its radius; what it is measured in is half the picture's side
_STROKE = 0.085  # width of a line
_BLUSH, _PALLOR = (255, 120, 110), (150, 190, 255)
Points = Sequence[tuple[float, float]]


@lru_cache(maxsize=256)
def emoji(label: str, side: int, colour: str = "") -> np.ndarray:
    """(side, side, 4) uint8 ink, colours multiplied by cover, of the face for an expression, in a colour of its own.

    Raises KeyError for what is no expression.
    """
    import cv2

    draw = _FACES[label]
    sketch = _Sketch(side * _FINE, rgb(colour or EXPRESSION_COLOURS[label]))
    draw(sketch)
    small = cv2.resize(sketch.ink, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(np.rint(small), 0, 255).astype(np.uint8))


class _Sketch:
    """A disc to draw on, -1 to 1 from left to right and from top to bottom."""

    def __init__(self, side: int, colour: Colour) -> None:
        self._half = side / 2
        self.ink = np.zeros((side, side, 4), np.float32)
        y, x = (np.mgrid[0:side, 0:side] + 0.5) / self._half - 1
        inside = x**2 + y**2 <= _DISC**2
        light = np.clip(1.12 - 0.22 * np.hypot(x + 0.35, y + 0.5), 0.7, 1.12)[
            ..., None
        ]  # it shines from the upper left
        shaded = np.array(colour) * np.minimum(light, 1) + (255 - np.array(colour)) * np.maximum(light - 1, 0) * 3
        rim = x**2 + y**2 > (_DISC - 0.055) ** 2
        shaded[rim] *= 0.6
        self.ink[inside, :3], self.ink[inside, 3] = shaded[inside], 255
        self._inside = inside & ~rim
        self._x, self._y = x, y

    def tint(self, x: float, y: float, radius: float, colour: Colour, cover: float) -> None:
        """A soft spot on the skin."""
        near = np.exp(-((self._x - x) ** 2 + (self._y - y) ** 2) / radius**2) * cover
        self._glaze(near, colour)

    def shade(self, colour: Colour, cover: float, end: float) -> None:
        """Skin that pales from the top to a height."""
        self._glaze(np.clip((end - self._y) / (end + 1), 0, 1) * cover, colour)

    def _glaze(self, cover: np.ndarray, colour: Colour) -> None:
        share = np.where(self._inside, cover, 0)[..., None]
        self.ink[..., :3] = self.ink[..., :3] * (1 - share) + np.array(colour, np.float32) * share

    def line(self, points: Points, width: float = _STROKE, colour: Colour = _INK) -> None:
        """A stroke with round ends through points, smooth between them."""
        import cv2

        path = self._place(_smooth(points))
        cv2.polylines(self.ink, [path], False, (*colour, 255), max(1, round(width * self._half)), cv2.LINE_8, 4)

    def shape(self, points: Points, colour: Colour = _INK, smooth: bool = True) -> None:
        """A filled outline, smooth between points where it is not to have corners."""
        import cv2

        cv2.fillPoly(self.ink, [self._place(_smooth([*points, points[0]]) if smooth else points)], (*colour, 255), 8, 4)

    def oval(self, x: float, y: float, wide: float, high: float, colour: Colour = _INK) -> None:
        """A filled ellipse with these half axes."""
        angles = np.linspace(0, 2 * np.pi, 65)[:-1]
        self.shape(list(zip(x + wide * np.cos(angles), y + high * np.sin(angles), strict=True)), colour, smooth=False)

    def _place(self, points: Points | np.ndarray) -> np.ndarray:
        fine = (np.asarray(points, np.float64) + 1) * self._half - 0.5
        return np.asarray(np.rint(fine * 16).astype(np.int32))


def _smooth(points: Points) -> np.ndarray:
    """(N, 2) points of a curve through the given ones (Catmull-Rom)."""
    given = np.asarray(points, np.float64)
    closed = bool((given[0] == given[-1]).all()) and len(given) > 2
    before = given[-2] if closed else 2 * given[0] - given[1]
    after = given[1] if closed else 2 * given[-1] - given[-2]
    p = np.vstack([before, given, after])
    t = np.linspace(0, 1, 17)[:-1, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*parts, given[-1:]])


def _both(draw: Callable[[int], None]) -> None:
    for side in (-1, 1):
        draw(side)


def _eyes(sketch: _Sketch, y: float = -0.16, wide: float = 0.105, high: float = 0.155) -> None:
    _both(lambda k: sketch.oval(0.33 * k, y, wide, high))
    _both(lambda k: sketch.oval(0.33 * k - 0.035, y - 0.06, 0.035, 0.04, _WHITE))


def _wide_eyes(sketch: _Sketch, y: float, size: float, pupil: float) -> None:
    _both(lambda k: sketch.oval(0.34 * k, y, size * 0.88 + 0.035, size + 0.035))
    _both(lambda k: sketch.oval(0.34 * k, y, size * 0.88 - 0.02, size - 0.02, _WHITE))
    _both(lambda k: sketch.oval(0.34 * k, y, pupil, pupil))


def _happy(sketch: _Sketch) -> None:
    _both(lambda k: sketch.tint(0.58 * k, 0.1, 0.2, _BLUSH, 0.55))
    _both(lambda k: sketch.line([(0.33 * k - 0.17, -0.1), (0.33 * k, -0.28), (0.33 * k + 0.17, -0.1)], 0.1))
    mouth = [(-0.52, 0.16), (0.52, 0.16), (0.44, 0.42), (0.24, 0.62), (0.0, 0.68), (-0.24, 0.62), (-0.44, 0.42)]
    outline = np.vstack([mouth[:1], _smooth([*mouth[1:], mouth[0]])])
    sketch.shape([tuple(p) for p in outline.tolist()], _MOUTH, smooth=False)
    sketch.shape([(-0.48, 0.17), (0.48, 0.17), (0.43, 0.3), (-0.43, 0.3)], _WHITE, smooth=False)
    sketch.oval(0.0, 0.56, 0.22, 0.105, _TONGUE)


def _sad(sketch: _Sketch) -> None:
    _both(lambda k: sketch.line([(0.2 * k, -0.47), (0.36 * k, -0.42), (0.52 * k, -0.3)]))
    _eyes(sketch, -0.1, 0.1, 0.135)
    sketch.line([(-0.3, 0.52), (-0.16, 0.4), (0.0, 0.36), (0.16, 0.4), (0.3, 0.52)], 0.095)
    sketch.shape([(0.46, 0.06), (0.57, 0.28), (0.52, 0.41), (0.44, 0.43), (0.36, 0.39), (0.36, 0.26)], _TEAR)
    sketch.oval(0.42, 0.29, 0.03, 0.045, _WHITE)


def _angry(sketch: _Sketch) -> None:
    sketch.tint(0, -0.7, 0.6, (150, 0, 20), 0.4)
    _both(lambda k: sketch.line([(0.12 * k, -0.2), (0.34 * k, -0.34), (0.58 * k, -0.44)], 0.125))
    _both(lambda k: sketch.oval(0.33 * k, -0.06, 0.105, 0.125))
    mouth = [(-0.36, 0.6), (-0.34, 0.4), (-0.2, 0.32), (0.2, 0.32), (0.34, 0.4), (0.36, 0.6)]
    sketch.shape(mouth, _MOUTH, smooth=False)
    sketch.shape([(-0.29, 0.41), (0.29, 0.41), (0.29, 0.55), (-0.29, 0.55)], _WHITE, smooth=False)
    for x in (-0.15, 0.0, 0.15):
        sketch.line([(x, 0.4), (x, 0.56)], 0.03, _MOUTH)


def _surprise(sketch: _Sketch) -> None:
    _both(lambda k: sketch.line([(0.18 * k, -0.56), (0.34 * k, -0.66), (0.5 * k, -0.58)]))
    _wide_eyes(sketch, -0.18, 0.215, 0.095)
    sketch.oval(0, 0.47, 0.2, 0.25, _INK)
    sketch.oval(0, 0.49, 0.145, 0.195, _MOUTH)
    sketch.oval(0, 0.59, 0.1, 0.07, _TONGUE)


def _fear(sketch: _Sketch) -> None:
    sketch.shade(_PALLOR, 0.95, 0.15)
    _both(lambda k: sketch.line([(0.16 * k, -0.6), (0.34 * k, -0.56), (0.54 * k, -0.42)]))
    _wide_eyes(sketch, -0.14, 0.2, 0.055)
    sketch.line([(-0.36, 0.5), (-0.24, 0.4), (-0.12, 0.5), (0.0, 0.4), (0.12, 0.5), (0.24, 0.4), (0.36, 0.5)], 0.085)
    sketch.shape([(0.7, -0.62), (0.79, -0.42), (0.76, -0.31), (0.69, -0.28), (0.62, -0.32), (0.61, -0.43)], _TEAR)
    sketch.oval(0.68, -0.41, 0.025, 0.04, _WHITE)


def _disgust(sketch: _Sketch) -> None:
    _both(lambda k: sketch.line([(0.14 * k, -0.3), (0.34 * k, -0.4), (0.56 * k, -0.38)]))
    _both(lambda k: sketch.line([(0.48 * k, -0.22), (0.2 * k, -0.12), (0.48 * k, -0.02)], 0.09))
    sketch.line([(-0.42, 0.36), (-0.26, 0.28), (-0.08, 0.38), (0.1, 0.3), (0.28, 0.36), (0.42, 0.28)], 0.09)
    sketch.shape([(0.02, 0.37), (0.33, 0.37), (0.35, 0.58), (0.27, 0.72), (0.1, 0.72), (0.01, 0.58)], _INK)
    sketch.shape([(0.07, 0.4), (0.28, 0.4), (0.295, 0.57), (0.24, 0.66), (0.12, 0.66), (0.06, 0.57)], _TONGUE)


def _neutral(sketch: _Sketch) -> None:
    _eyes(sketch)
    sketch.line([(-0.3, 0.4), (0.3, 0.4)], 0.095)


_FACES: dict[str, Callable[[_Sketch], None]] = {
    "angry": _angry,
    "disgust": _disgust,
    "fear": _fear,
    "happy": _happy,
    "sad": _sad,
    "surprise": _surprise,
    "neutral": _neutral,
}
