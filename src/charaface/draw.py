"""Faces onto a picture: points, contour lines, boxes and labels, sharp at every size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from charaface.conceal import How, conceal
from charaface.face import Face, Landmarks
from charaface.schemes import SCHEMES

Colour = tuple[int, int, int]

# Light fills that stay apart from each other and from skin; a dark rim keeps them legible on white paper.
COLOURS = {
    "jaw": "#b9c2ff",
    "brow": "#ffdf5d",
    "eye": "#5fe9ff",
    "nose": "#8cf0a4",
    "mouth": "#ff9fb2",
    "other": "#f4f4f5",
    "rim": "#14182b",
}
TRACK_COLOURS = ("#ffdf5d", "#5fe9ff", "#ff9fb2", "#8cf0a4", "#d3a8ff", "#ffb86b", "#9ec5ff", "#e8f27a")
_ROOM = 90.0  # pixels of a face's side below which numbers would only cover it
_SHIFT = 4  # fixed-point bits of a cv2 coordinate


@dataclass(frozen=True)
class DrawStyle:
    """What of a face is drawn, and how; sizes in pixels, None scales with the face."""

    points: bool = True
    lines: bool = True
    boxes: bool = False
    labels: bool = False  # track number and score
    numbers: bool = False  # beside each point, where there is room
    conceal: How | None = None  # blur or pixelate: the faces are made unreadable first
    parts: Sequence[str] | None = None  # of jaw brow eye nose mouth or the scheme's own names; None draws all
    colours: Mapping[str, str] = field(default_factory=dict)  # part, "rim", "box" or "all" to "#rrggbb"
    radius: float | None = None  # of a point, its rim not counted
    thickness: float | None = None  # of a line, its rim not counted
    hidden: Literal["hollow", "faint", "none"] = "hollow"  # points that are not visible
    blank: Literal["white", "transparent"] | None = None  # draw on this instead of the picture

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("hidden", self.hidden, ("hollow", "faint", "none")),
            ("blank", self.blank, (None, "white", "transparent")),
            ("conceal", self.conceal, (None, "blur", "pixelate")),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(map(str, allowed))}, got {value!r}")
        for name, size in (("radius", self.radius), ("thickness", self.thickness)):
            if size is not None and not 0 < size <= 1000:
                raise ValueError(f"{name} is over 0 and at most 1000 pixels, got {size}")
        for text in self.colours.values():
            _rgb(text)
        known = {"all", "box", "rim", *COLOURS, *_part_names()}
        for name in {*self.colours, *(self.parts or ())} - known:
            raise ValueError(f"no part {name!r} to draw; there are {', '.join(sorted(known))}")


def draw_faces(image: np.ndarray, faces: Sequence[Face], style: DrawStyle | None = None) -> np.ndarray:
    """A new picture with the faces drawn on it, in their order.

    image (H, W, 3) or (H, W, 4) uint8 stays as it is; the result has its shape, or (H, W, 4) with
    blank="transparent". Drawing on transparent pixels makes them opaque as far as it covers them.
    """
    style = style or DrawStyle()
    out = _ground(image, style.blank)
    if style.conceal and style.blank is None:
        out = conceal(out, list(faces), style.conceal)
    for face in faces:
        _draw_face(out, face, style)
    return out


def _ground(image: np.ndarray, blank: str | None) -> np.ndarray:
    if blank == "white":
        return np.full_like(image, 255)
    if blank == "transparent":
        return np.zeros((*image.shape[:2], 4), np.uint8)
    return image.copy()


def _draw_face(out: np.ndarray, face: Face, style: DrawStyle) -> None:
    size = float(np.sqrt((face.box[2] - face.box[0]) * (face.box[3] - face.box[1])))
    look = _Look.of(face, style, size)
    parts = _chosen_parts(face, style)
    corners = face.box.reshape(2, 2) - 0.5  # a box counts edges, the pen pixel centres
    inked = [corners] if style.boxes else []
    if parts and face.landmarks is not None:
        inked.append(face.landmarks.points[[i for part in parts.values() for i in part]])
    if inked and (pen := _Pen.over(out, np.concatenate(inked), look.reach)):
        if style.boxes:
            _draw_box(pen, corners, look)
        if parts and face.landmarks is not None:
            _draw_marks(pen, face.landmarks, parts, style, look)
        pen.lay(out)
    if style.numbers and face.landmarks is not None and size >= _ROOM:
        _draw_numbers(out, face.landmarks, parts, size, look)
    if style.labels:
        _draw_label(out, face, size, look)


@dataclass(frozen=True)
class _Look:
    """Colours and sizes for one face."""

    colours: dict[str, Colour]
    box: Colour
    radius: float  # of a point
    thickness: float  # of a line
    edge: float  # width of the dark rim round both

    @classmethod
    def of(cls, face: Face, style: DrawStyle, size: float) -> _Look:
        """The look of a face whose box has a side of size pixels."""
        wanted = style.colours
        colours = {name: wanted.get("all", text) for name, text in COLOURS.items() if name != "rim"}
        colours = {**colours, "rim": COLOURS["rim"], **wanted}
        track = TRACK_COLOURS[(face.track or 0) % len(TRACK_COLOURS)]
        box = wanted.get("box", wanted.get("all", track))
        radius = style.radius or float(np.clip(0.3 + 0.0105 * size, 0.5, 14))
        thickness = style.thickness or float(np.clip(0.0065 * size, 0.5, 9))
        # a small face has no room for rims: none at 30 pixels, whole ones from 90
        edge = float(np.clip(0.35 * radius, 0.35, 4) * np.clip((size - 30) / 60, 0, 1))
        return cls({name: _rgb(text) for name, text in colours.items()}, _rgb(box), radius, thickness, edge)

    @property
    def rim(self) -> Colour:
        """The colour of the rim."""
        return self.colours["rim"]

    @property
    def reach(self) -> float:
        """How far ink lies from the points it belongs to."""
        return max(self.radius, self.thickness) + 2 * self.edge + 2

    def colour(self, part: str) -> Colour:
        """The colour of a scheme's part: its own, its kind's, or that of all others."""
        return self.colours.get(part) or self.colours.get(_kind(part)) or self.colours["other"]


def _kind(part: str) -> str:
    """The everyday name of a scheme's part: right_eye is an eye, outer_lip belongs to the mouth."""
    name = part.removeprefix("right_").removeprefix("left_")
    return "mouth" if name.endswith("lip") else name.split("_")[0]


@lru_cache(maxsize=1)
def _part_names() -> frozenset[str]:
    return frozenset(part for scheme in SCHEMES.values() for part in scheme.parts)


def _chosen_parts(face: Face, style: DrawStyle) -> dict[str, tuple[int, ...]]:
    if face.landmarks is None:
        return {}
    parts = SCHEMES[face.landmarks.scheme].parts
    if style.parts is None:
        return parts
    return {name: numbers for name, numbers in parts.items() if {name, _kind(name)} & set(style.parts)}


class _Pen:
    """Strokes on a fine transparent grid over part of a picture; colours are multiplied by their cover."""

    def __init__(self, low: tuple[int, int], high: tuple[int, int], fine: int) -> None:
        self._low, self._high, self._fine = low, high, fine
        self._ink = np.zeros(((high[1] - low[1]) * fine, (high[0] - low[0]) * fine, 4), np.uint8)

    @classmethod
    def over(cls, out: np.ndarray, points: np.ndarray, reach: float) -> _Pen | None:
        """A pen for strokes within reach of the points; None where all of that lies outside the picture."""
        limit = out.shape[1::-1]
        x0, y0 = np.clip(np.floor(points.min(axis=0) - reach), 0, limit).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(points.max(axis=0) + reach + 1), 0, limit).astype(int).tolist()
        if x1 <= x0 or y1 <= y0:
            return None
        side = max(x1 - x0, y1 - y0)
        return cls((x0, y0), (x1, y1), 4 if side <= 400 else 2 if side <= 1200 else 1)

    def place(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) int32 places on the grid, as cv2 counts them, of (N, 2) points of the picture."""
        fine = (points - self._low + 0.5) * self._fine - 0.5
        return np.asarray(np.rint(fine * (1 << _SHIFT)).astype(np.int32))

    def lines(self, lines: Sequence[np.ndarray], colour: Colour, width: float, cover: float = 1.0) -> None:
        """Strokes with round ends through the places of each line."""
        import cv2

        if lines:
            wide = max(1, round(width * self._fine))
            cv2.polylines(self._ink, lines, False, _ink_of(colour, cover), wide, self._edge, _SHIFT)

    def dot(self, place: Sequence[int], colour: Colour, radius: float, ring: float = 0.0, cover: float = 1.0) -> None:
        """A disc, or with a width of ring only its edge."""
        import cv2

        wide = max(1, round(ring * self._fine)) if ring else -1
        reach = max(1, round(radius * self._fine * (1 << _SHIFT)))
        cv2.circle(self._ink, place, reach, _ink_of(colour, cover), wide, self._edge, _SHIFT)

    def lay(self, out: np.ndarray) -> None:
        """Puts what was drawn onto the picture."""
        import cv2

        (x0, y0), (x1, y1) = self._low, self._high
        _lay(out[y0:y1, x0:x1], cv2.resize(self._ink, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA))

    @property
    def _edge(self) -> int:
        import cv2

        return int(cv2.LINE_8 if self._fine == 4 else cv2.LINE_AA)


def _ink_of(colour: Colour, cover: float) -> tuple[int, ...]:
    return tuple(round(c * cover) for c in (*colour, 255))


def _lay(below: np.ndarray, ink: np.ndarray) -> None:
    """Lays (h, w, 4) ink, colours multiplied by cover, over a picture of three or four channels, in place."""
    touched = ink[..., 3] > 0
    ink, old = ink[touched].astype(np.uint32), below[touched].astype(np.uint32)
    free = 255 - ink[:, 3:]
    if below.shape[2] == 3:
        below[touched] = ink[:, :3] + (old * free + 127) // 255
        return
    kept = old[:, 3:] * free
    cover = ink[:, 3:] * 255 + kept  # of 255 * 255
    colour = (ink[:, :3] * 255 * 255 + old[:, :3] * kept + cover // 2) // cover
    below[touched] = np.concatenate([np.minimum(colour, 255), (cover + 127) // 255], axis=1)


def _draw_marks(
    pen: _Pen, marks: Landmarks, parts: Mapping[str, tuple[int, ...]], style: DrawStyle, look: _Look
) -> None:
    """Lines under points; every rim under every colour, so that crossings stay clean."""
    closed = SCHEMES[marks.scheme].closed
    places = pen.place(marks.points)
    strokes = {}
    for name, numbers in parts.items() if style.lines else ():
        order = [*numbers, numbers[0]] if name in closed else numbers
        strokes[name] = [(a, b) for a, b in pairwise(order)]
    shown = {n: [places[[a, b]] for a, b in s if marks.visible[[a, b]].all()] for n, s in strokes.items()}
    faint = {n: [places[[a, b]] for a, b in s if not marks.visible[[a, b]].all()] for n, s in strokes.items()}
    pen.lines([line for lines in shown.values() for line in lines], look.rim, look.thickness + 2 * look.edge)
    for name in strokes:
        if style.hidden != "none":
            pen.lines(faint[name], look.colour(name), 0.6 * look.thickness, 0.45)
        pen.lines(shown[name], look.colour(name), look.thickness)
    for under in (True, False):
        for name, numbers in parts.items() if style.points else ():
            for i in numbers:
                place, colour = places[i].tolist(), look.colour(name)
                _draw_point(pen, place, bool(marks.visible[i]), under, colour, look, style.hidden)


def _draw_point(
    pen: _Pen, place: list[int], visible: bool, under: bool, colour: Colour, look: _Look, hidden: str
) -> None:
    """A point's rim where under is set, the point itself where not."""
    if visible and under:
        if look.edge:
            pen.dot(place, look.rim, look.radius + look.edge)
    elif visible:
        pen.dot(place, colour, look.radius)
    elif hidden == "hollow":
        ring = 0.45 * look.radius
        if not under:
            pen.dot(place, colour, look.radius, ring)
        elif look.edge:
            pen.dot(place, look.rim, look.radius, ring + 1.4 * look.edge)
    elif hidden == "faint" and not under:
        pen.dot(place, colour, look.radius, cover=0.45)


def _draw_box(pen: _Pen, corners: np.ndarray, look: _Look) -> None:
    (x0, y0), (x1, y1) = corners
    frame = pen.place(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]))
    pen.lines([frame], look.rim, look.thickness + 2 * look.edge)
    pen.lines([frame], look.box, look.thickness)


def _draw_numbers(
    out: np.ndarray, marks: Landmarks, parts: Mapping[str, tuple[int, ...]], size: float, look: _Look
) -> None:
    """The number of each point to its lower right, in the colour of its part with a dark rim."""
    import cv2

    for name, numbers in parts.items():
        for i in numbers:
            cover = _text(str(i), int(np.clip(0.035 * size, 8, 30)))
            rim = cv2.dilate(cover, np.ones((3, 3), np.uint8))
            x, y = np.rint(marks.points[i] + 0.7 * look.radius).astype(int).tolist()
            height, width = cover.shape
            x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + width, out.shape[1]), min(y + height, out.shape[0])
            if x1 <= x0 or y1 <= y0:
                continue
            seen = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
            for shape, colour in ((rim, look.rim), (cover, look.colour(name))):
                full = shape[seen][..., None].astype(np.float32)
                ink = np.concatenate([full / 255 * np.array(colour, dtype=np.float32), full], axis=2)
                _lay(out[y0:y1, x0:x1], np.rint(ink).astype(np.uint8))


def _draw_label(out: np.ndarray, face: Face, size: float, look: _Look) -> None:
    """Track number and score on a plate above the box, or in it where there is no room above."""
    text = f"{face.score:.2f}" if face.track is None else f"#{face.track} {face.score:.2f}"
    cover = _text(text, int(np.clip(0.09 * size, 10, 40)))
    height, width = cover.shape
    x = int(np.clip(np.floor(face.box[0]), 0, max(0, out.shape[1] - width)))
    y = int(np.floor(face.box[1])) - height - round(look.thickness)
    y = y if y >= 0 else max(0, int(np.floor(face.box[1])) + round(look.thickness))
    plate = np.empty((height, width, 4), np.uint8)
    ink = cover[..., None].astype(np.float32) / 255
    plate[..., :3] = np.rint(np.array(look.box) * (1 - ink) + np.array(look.rim) * ink)
    plate[..., 3] = 255
    below = out[y : y + height, x : x + width]
    _lay(below, plate[: below.shape[0], : below.shape[1]])


@lru_cache(maxsize=256)
def _text(text: str, size: int) -> np.ndarray:
    """(h, w) uint8 cover of a line of text, size pixels high, in the face that Pillow carries."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    _, top, right, bottom = font.getbbox("#0123456789.")
    right = font.getlength(text)
    pad = max(2, size // 5)
    image = Image.new("L", (round(right) + 2 * pad, round(bottom - top) + 2 * pad))
    ImageDraw.Draw(image).text((pad, pad - top), text, fill=255, font=font)
    return np.asarray(image)


def _rgb(text: str) -> Colour:
    digits = text.removeprefix("#")
    try:
        if len(digits) != 6:
            raise ValueError
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f'a colour is written "#rrggbb", got {text!r}') from None
    return red, green, blue
