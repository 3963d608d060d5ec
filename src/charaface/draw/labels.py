"""Words on a picture: the number of a point, the track and score of a face."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from charaface.draw.pen import lay
from charaface.draw.style import COLOURS, Colour, Look, rgb
from charaface.face import Face, Landmarks


def draw_numbers(
    out: np.ndarray, marks: Landmarks, parts: Mapping[str, tuple[int, ...]], size: float, look: Look
) -> None:
    """The number of each point to its lower right, in the colour of its part with a dark rim."""
    import cv2

    for name, numbers in parts.items():
        for i in numbers:
            cover = covering(str(i), int(np.clip(0.035 * size, 8, 30)))
            rim = cv2.dilate(cover, np.ones((3, 3), np.uint8))
            x, y = np.rint(marks.points[i] + 0.7 * look.radius).astype(int).tolist()
            height, width = cover.shape
            x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + width, out.shape[1]), min(y + height, out.shape[0])
            if x1 <= x0 or y1 <= y0:
                continue
            seen = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
            for shape, colour in ((rim, look.rim), (cover, look.colour(name))):
                lay(out[y0:y1, x0:x1], tinted(shape[seen], colour))


def draw_label(out: np.ndarray, face: Face, size: float, look: Look) -> None:
    """Track number and score on a plate above the box, or in it where there is no room above."""
    text = f"{face.score:.2f}" if face.track is None else f"#{face.track} {face.score:.2f}"
    cover = covering(text, int(np.clip(0.09 * size, 10, 40)))
    height, width = cover.shape
    x = int(np.clip(np.floor(face.box[0]), 0, max(0, out.shape[1] - width)))
    y = int(np.floor(face.box[1])) - height - round(look.thickness)
    y = y if y >= 0 else max(0, int(np.floor(face.box[1])) + round(look.thickness))
    plate = np.empty((height, width, 4), np.uint8)
    ink = cover[..., None].astype(np.float32) / 255
    plate[..., :3] = np.rint(np.array(look.box) * (1 - ink) + np.array(look.rim) * ink)
    plate[..., 3] = 255
    below = out[y : y + height, x : x + width]
    lay(below, plate[: below.shape[0], : below.shape[1]])


def draw_note(out: np.ndarray, text: str) -> None:
    """A line of text on a dark plate in the upper left corner of a picture, in place; as much of it as fits."""
    cover = covering(text, int(np.clip(0.035 * min(out.shape[:2]), 10, 48)), "Agjpy|0")
    dark, light = (np.array(rgb(COLOURS[name])) for name in ("rim", "other"))
    share = cover[: out.shape[0], : out.shape[1], None].astype(np.float32) / 255
    plate = np.rint(dark * (1 - share) + light * share)
    out[: plate.shape[0], : plate.shape[1]] = np.concatenate([plate, np.full_like(share, 255)], axis=2)[
        ..., : out.shape[2]
    ]


def tinted(cover: np.ndarray, colour: Colour) -> np.ndarray:
    """(h, w, 4) ink of one colour, multiplied by its (h, w) uint8 cover."""
    full = cover[..., None].astype(np.float32)
    ink = np.concatenate([full / 255 * np.array(colour, dtype=np.float32), full], axis=2)
    return np.asarray(np.rint(ink).astype(np.uint8))


@lru_cache(maxsize=256)
def covering(text: str, size: int, tall: str = "#0123456789.") -> np.ndarray:
    """(h, w) uint8 cover of a line of text, size pixels high, in the face that Pillow carries.

    tall: letters from whose top to whose bottom the line reaches.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size)
    _, top, right, bottom = font.getbbox(tall)
    right = font.getlength(text)
    pad = max(2, size // 5)
    image = Image.new("L", (round(right) + 2 * pad, round(bottom - top) + 2 * pad))
    ImageDraw.Draw(image).text((pad, pad - top), text, fill=255, font=font)
    return np.asarray(image)
