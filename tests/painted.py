"""A world of painted squares: each is a face, and two fake networks that know no others.

A square of pure magenta is a face whose box it is; its 68 points are those of an average head from the front,
stretched so that their box is the square. The fakes measure squares to a fraction of a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from charaface.face import ACCESSORIES, EXPRESSIONS, PARTS
from charaface.geometry import box_from_points
from charaface.gif import GifWriter
from charaface.pose import HEAD
from charaface.schemes import convert_points
from charaface.session import Feed, Spec

MAGENTA = (255, 0, 255)
Square = tuple[float, float, float]  # x0, y0, side in picture pixels, edges


def _template() -> np.ndarray:
    """(68, 2) places in a unit square whose points have that square for their box."""
    points = HEAD[:, :2] * 100
    box = box_from_points(points)
    return (points + 0.5 - box[:2]) / (box[2:] - box[:2])


TEMPLATE = _template()


def points_of(square: Square) -> np.ndarray:
    """(68, 2) true points of a painted face."""
    x0, y0, side = square
    return np.array([x0, y0]) + TEMPLATE * side - 0.5


def paint(squares: Iterable[Square], width: int = 320, height: int = 240, background: int = 230) -> np.ndarray:
    """An (H, W, 3) picture with magenta squares, whole pixels only."""
    image = np.full((height, width, 3), background, np.uint8)
    for x0, y0, side in squares:
        a, b = max(round(x0), 0), max(round(y0), 0)
        image[b : max(round(y0 + side), 0), a : max(round(x0 + side), 0)] = MAGENTA
    return image


def _cover(planes: np.ndarray) -> np.ndarray:
    """(H, W) how magenta each pixel of a (3, H, W) normalised picture is, 0 to 1."""
    red, green, blue = planes * 127.5 + 127.5
    return np.clip((np.minimum(red, blue) - green) / 255, 0, 1)


def _blots(cover: np.ndarray) -> list[np.ndarray]:
    """x0, y0, x1, y1 of each magenta blot, in pixel edges, finer than a pixel."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((cover > 0.02).astype(np.uint8))
    found = []
    for label in range(1, count):
        x, y, w, h, _ = stats[label]
        part = cover[y : y + h, x : x + w] * (labels[y : y + h, x : x + w] == label)
        columns, rows = part.max(axis=0), part.max(axis=1)
        # the first and the last row and column are covered in part
        x0, x1 = x + 1 - columns[0] if w > 1 else x, x + w - 1 + columns[-1]
        y0, y1 = y + 1 - rows[0] if h > 1 else y, y + h - 1 + rows[-1]
        if min(w, h) >= 3:
            found.append(np.array([x0, y0, x1, y1], np.float64))
    return found


class Fake:
    """A session that is a Python function; it keeps the shapes of what it was asked."""

    def __init__(self, spec: Spec, answer: Callable[[np.ndarray], dict[str, np.ndarray]]) -> None:
        self.spec = spec
        self.calls: list[tuple[int, ...]] = []
        self._answer = answer

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        self.calls.append(batch.shape)
        return self._answer(batch)


def _feed(size: tuple[int, int] | None) -> Feed:
    return Feed("image", size, 32, (127.5, 127.5, 127.5), (127.5, 127.5, 127.5))


def detector(score: float = 0.9) -> Fake:
    """Finds every square of at least 8 pixels."""

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        boxes = [box for box in _blots(_cover(batch[0])) if (box[2:] - box[:2]).min() >= 8]
        return {
            "boxes": np.array(boxes, np.float32).reshape(1, -1, 4),
            "scores": np.full((1, len(boxes)), score, np.float32),
        }

    spec = Spec("painted", 1, "detect", _feed(None), ("boxes", "scores"), "MIT", "paint")
    return Fake(spec, answer)


def _square_of(planes: np.ndarray) -> tuple[np.ndarray, bool] | None:
    """x0, y0, x1, y1 of the square nearest to the middle of a crop, and whether the crop is framed on it."""
    size = planes.shape[1]
    blots = _blots(_cover(planes))
    if not blots:
        return None
    middles = [np.abs((b[:2] + b[2:]) / 2 - size / 2).max() / size for b in blots]
    best = blots[int(np.argmin(middles))]
    return best, min(middles) < 0.3 and 0.2 < (best[2:] - best[:2]).max() / size < 1.01


def pointer(scheme: str = "manga60a", size: int = 64) -> Fake:
    """Gives points alone, of any scheme, of the square nearest to the middle of each crop."""
    template = convert_points(TEMPLATE, "ibug68", scheme)[0]

    def read(planes: np.ndarray) -> np.ndarray:
        seen = _square_of(planes)
        return 0.4 + template * 0.2 if seen is None else (seen[0][:2] + template * (seen[0][2:] - seen[0][:2])) / size

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        return {"points": np.array([read(planes) for planes in batch], np.float32).reshape(len(batch), -1, 2)}

    return Fake(Spec("mine", 2, "landmarks", _feed((size, size)), ("points",), "MIT", "paint", scheme, 1.4), answer)


def landmarker(face: float = 0.95) -> Fake:
    """Reads the square nearest to the middle of each crop; one framed on no square is no face."""

    def read(planes: np.ndarray) -> tuple[np.ndarray, float]:
        seen = _square_of(planes)
        if seen is None:
            return np.tile([0.5, 0.5], (68, 1)) + TEMPLATE * 0.2, 0.02
        best, framed = seen
        return (best[:2] + TEMPLATE * (best[2:] - best[:2])) / planes.shape[1], face if framed else 0.05

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        found = [read(planes) for planes in batch]
        count = len(found)
        return {
            "points": np.array([p for p, _ in found], np.float32).reshape(count, 68, 2),
            "scores": np.full((count, 68), 0.8, np.float32),
            "visible": np.full((count, 68), 0.9, np.float32),
            "face": np.array([f for _, f in found], np.float32),
        }

    outputs = ("points", "scores", "visible", "face")
    spec = Spec("squares68", 1, "landmarks", _feed((128, 128)), outputs, "MIT", "paint", "ibug68", 1.4)
    return Fake(spec, answer)


MOODS = {"happy": (0, 255, 0), "sad": (0, 0, 0), "angry": (255, 255, 255)}  # colour in the middle of a face
SURE = 0.79  # what the painted expression gets; the six others share the rest


def mark(image: np.ndarray, square: Square, mood: str) -> np.ndarray:
    """The picture with an expression painted into the middle of a face; a face without any is neutral."""
    x0, y0, side = square
    a, b, reach = round(x0 + side / 2), round(y0 + side / 2), round(side / 6)
    image[b - reach : b + reach, a - reach : a + reach] = MOODS[mood]
    return image


def expresser(name: str = "moods", domains: tuple[str, ...] = (), sure: float = SURE, size: int = 48) -> Fake:
    """Tells the expression from the colour in the middle of each crop."""

    def read(planes: np.ndarray) -> list[float]:
        spot = planes[:, size // 2, size // 2] * 127.5 + 127.5
        near = {mood: float(np.abs(spot - colour).max()) for mood, colour in {**MOODS, "neutral": MAGENTA}.items()}
        mood = min(near, key=near.__getitem__)
        return [sure if name == mood else (1 - sure) / 6 for name in REVERSED]

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        return {"emotion": np.array([read(planes) for planes in batch], np.float32).reshape(len(batch), 7)}

    spec = Spec(name, 1, "emotion", _feed((size, size)), ("emotion",), "MIT", "paint", None, 1.2)
    return Fake(replace(spec, labels={"emotion": REVERSED}, domains=domains), answer)


def part_maps(size: int = 32) -> np.ndarray:
    """(10, size, size) where the parser sees the parts of a crop twice as wide as its face: hair above, skin, eyes."""
    out = np.zeros((len(PARTS), size, size), np.float32)
    quarter, half = size // 4, size // 2
    out[PARTS.index("hair"), :quarter, quarter : 3 * quarter] = 1
    out[PARTS.index("skin"), quarter : 3 * quarter, quarter : 3 * quarter] = 1
    rows, columns = np.indices((size, size)) + 0.5
    for part in (slice(36, 42), slice(42, 48)):
        x, y = quarter + half * TEMPLATE[part].mean(axis=0)
        spot = np.hypot(columns - x, rows - y) < size / 16
        out[:, spot] = 0
        out[PARTS.index("iris"), spot] = 1
    out[0] = 1 - out[1:].sum(axis=0)
    return out


def parser(size: int = 64) -> Fake:
    """Sees the same parts in every crop, a hat where the crop's corner is dark, and whether there is any colour."""

    def told(planes: np.ndarray) -> tuple[list[float], float]:
        hat = 0.9 if planes[:, 2, size // 2].max() < -0.9 else 0.1
        return [0.2, 0.1, hat, 0.3, 0.05], 0.02 if np.ptp(planes, axis=0).max() > 0.1 else 0.97

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        seen = [told(planes) for planes in batch]
        return {
            "parts": np.tile(part_maps(size // 2), (len(batch), 1, 1, 1)),
            "accessories": np.array([a for a, _ in seen], np.float32).reshape(-1, len(ACCESSORIES)),
            "monochrome": np.array([m for _, m in seen], np.float32),
            "presentation": np.tile(np.array([0.75, 0.25], np.float32), (len(batch), 1)),
        }

    outputs = ("parts", "accessories", "monochrome", "presentation")
    spec = Spec("parts", 1, "segment", _feed((size, size)), outputs, "MIT", "paint", None, 2.0)
    labels = {"parts": PARTS, "accessories": ACCESSORIES, "presentation": ("feminine", "masculine")}
    return Fake(replace(spec, labels=labels), answer)


REVERSED = EXPRESSIONS[::-1]  # a network has an order of its own


class World:
    """The fakes, and loading that gives them out by the names of the package's own networks; mine.onnx: a pointer.

    moods.onnx tells expressions on any kind of picture.
    """

    def __init__(self) -> None:
        self.detector, self.landmarker, self.pointer = detector(), landmarker(), pointer()
        self.moods, self.parser = expresser(), parser()
        self.photo = expresser("emotion-photo", ("photo",))
        self.drawn = expresser("emotion-drawn", ("anime", "manga", "cartoon", "painting"))

    def load(self, name: str | Path, threads: int | None = None) -> Fake:  # noqa: ARG002 (the shape of session.load)
        known = {"detector": self.detector, "landmarks68": self.landmarker, "mine.onnx": self.pointer}
        known |= {
            "parser": self.parser,
            "moods.onnx": self.moods,
            "emotion-photo": self.photo,
            "emotion-drawn": self.drawn,
        }
        return known[str(name)]

    @property
    def crops_read(self) -> int:
        """How many crops the landmark network has read."""
        return sum(shape[0] for shape in self.landmarker.calls)


def picture(path: Path, faces: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(paint([(20 + 100 * i, 60, 80 - 10 * i) for i in range(faces)])).save(path)
    return path


def gif(path: Path, count: int = 3, faces: bool = True) -> Path:
    with path.open("wb") as file:
        writer = GifWriter(file, 320, 240, loop=0)
        for i in range(count):
            writer.add(paint([(20 + 8 * i, 60, 80)] if faces else [], background=200 + i), 4)
        writer.close()
    return path
