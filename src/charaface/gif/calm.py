"""What a codec's noise did to a picture, undone: pixels that did not change, specks, the blur along edges.

Levels are those of luma and chroma (YCbCr), in which H.264 works, measured on drawings that went through x264: what
does not move changes by at most 6 in over 99.5 % of the pixels at quality 18 and in 99 % at 28, by 9 and 14 in 99.9 %;
a pixel of a flat area is off by at most 6 in 99 % of them at 18, by 11 at 28.
"""

from __future__ import annotations

import cv2
import numpy as np

NOISE = 6
_DRIFT = 2  # the same of the mean of 5x5 pixels, in which noise is less and a slow change is not
_BLUR = 24  # levels of chroma, a third as many of luma, that an edge reaches into a flat area beside it
_SOFT = 9  # the same where no edge is near
_EDGE = 40  # levels between neighbours
_CUT = 12  # levels of luma in the mean; what moves within a shot makes less, but for the wildest
_THREE, _FIVE = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)


def tones(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 luma and chroma of (H, W, 3) uint8 RGB."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))


def moved(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """(H, W) uint8, 1 where two pictures in tones differ by more than noise, and two pixels around."""
    single = most(cv2.absdiff(before, now)) > NOISE
    mean = most(cv2.absdiff(cv2.blur(before, (5, 5)), cv2.blur(now, (5, 5)))) > _DRIFT
    return np.asarray(cv2.dilate((single | mean).view(np.uint8), _FIVE))


def cut(before: np.ndarray, now: np.ndarray) -> bool:
    """Whether two pictures in tones have little in common."""
    return float(cv2.mean(cv2.absdiff(before, now))[0]) > _CUT


def calmed(image: np.ndarray, its_tones: np.ndarray) -> np.ndarray:
    """(H, W, 3) RGB with every pixel the median of its neighbours where it is off by no more than noise."""
    median = cv2.medianBlur(image, 3)
    near = most(cv2.absdiff(tones(median), its_tones)) <= NOISE
    return np.asarray(cv2.copyTo(median, near.view(np.uint8), image.copy()))


def contrast(image: np.ndarray) -> np.ndarray:
    """(H, W) uint8 levels between the extremes of 3x3 pixels, in the channel where they are furthest apart."""
    return most(cv2.subtract(cv2.dilate(image, _THREE), cv2.erode(image, _THREE)))


def grown(numbers: np.ndarray, image: np.ndarray, colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) places that noise or an edge's blur alone keeps out of the area of one colour beside them, and its number.

    numbers: (H, W) uint8 of the (k, 3) colours that the (H, W, 3) image is shown in.
    """
    inner = (cv2.dilate(numbers, _THREE) == cv2.erode(numbers, _THREE)).view(np.uint8)
    rim = np.flatnonzero(cv2.dilate(inner, _FIVE) > inner)
    if not len(rim):
        return rim, np.zeros(0, np.uint8)
    wanted = tones(image.reshape(1, -1, 3).take(rim, axis=1))[0].astype(np.int16)
    palette = tones(colours[None])[0].astype(np.int16)
    edge = most(cv2.subtract(cv2.dilate(image, _FIVE), cv2.erode(image, _FIVE))).reshape(-1).take(rim) >= _EDGE
    best, to = np.where(edge, _BLUR, _SOFT) + 1, numbers.reshape(-1).take(rim)
    # of the areas near, those with the largest and the smallest number: hardly ever are there more
    for near in (cv2.dilate(numbers * inner, _FIVE), cv2.erode(numbers | (inner - np.uint8(1)), _FIVE)):
        number = near.reshape(-1).take(rim)
        off = np.abs(palette.take(number, axis=0, mode="clip") - wanted)
        off = np.maximum(3 * off[:, 0], np.maximum(off[:, 1], off[:, 2]))
        best, to = np.minimum(best, off), np.where(off < best, number, to)
    took = np.flatnonzero(best <= np.where(edge, _BLUR, _SOFT))
    return rim.take(took), to.take(took)


def most(image: np.ndarray) -> np.ndarray:
    """(H, W) the largest of three channels."""
    a, b, c = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(a, b), c))
