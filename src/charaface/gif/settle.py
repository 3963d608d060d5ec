"""Frames that were stored with loss, made ready for a GIF: few colours, flat what is flat, still what is still."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from charaface.gif import calm
from charaface.gif.choose import chosen
from charaface.gif.dither import Shades, mask, packed

_ROOM = 255  # one number is left for "as before"
_NEAR = 5.0**2  # squared levels: a pixel this near to a colour is not dithered
_SMOOTH = 10  # levels between neighbours, above which the eye sees no bands
_MISSED, _KEEN = 12.0**2, 6.0**2  # a pixel this far off is badly served; the second where the picture is smooth
_HANDFUL = 200  # pixels that are not worth a palette
_AGE = 10  # frames after which a better palette is looked for; twice as many each time that there is none
_BETTER = 0.85  # of the error: less than that is gained by a palette worth changing to


class Settled:
    """Turns frame after frame of a clip into what its GIF shows: what is new in each has at most 255 colours.

    A pixel stays as it is shown while the frames differ from what was meant there by no more than a codec's noise;
    that is remembered, not the last frame, so that slow changes add up and come through. A palette is kept as long as
    it serves. Only gradients between its colours are dithered.
    """

    def __init__(self) -> None:
        self._meant: np.ndarray | None = None  # (H, W, 3) uint8 tones of the frames in which each pixel was last drawn
        self._shown = np.zeros((0, 0), np.uint32)  # (H, W) 0xAABBGGRR, 0 where transparent
        self._mask = mask(0, 0)
        self._shades = Shades(np.zeros((1, 3), np.uint8))
        self._numbers = np.zeros((0, 0), np.uint8)  # (H, W) the colours shown, as near as the palette has them
        self._error = _Error(0.0, 0.0, 0)  # when the palette was made or last tried to be bettered
        self._age, self._wait = 0, _AGE  # frames since then, and until the next time

    def of(self, image: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8 as it is to be shown of such RGB, (H, W, 4) of RGBA, in which alpha cuts at 128."""
        rgb, opaque = image, None
        if image.shape[2] == 4:
            rgb, opaque = np.ascontiguousarray(image[..., :3]), image[..., 3] >= 128
        tones = calm.tones(rgb)
        if self._meant is None:
            self._meant, changed = tones, np.ones(image.shape[:2], np.uint8)
            self._shown, self._mask = np.zeros(image.shape[:2], np.uint32), mask(*image.shape[:2])
            self._numbers = np.zeros(image.shape[:2], np.uint8)
        else:
            changed = self._uncovered(calm.moved(self._meant, tones), opaque)
            if calm.cut(self._meant, tones):
                self._error = _Error(0.0, 0.0, 0)  # what the palette was good for is gone
            cv2.copyTo(tones, changed, self._meant)
        at = np.flatnonzero(changed if opaque is None else changed.view(bool) & opaque)
        if len(at):
            self._shown.reshape(-1)[at] = self._drawn(rgb, tones, at)
        if opaque is not None:
            self._shown[~opaque] = 0
        shown = self._shown.view(np.uint8).reshape(*image.shape[:2], 4)
        return np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGBA2RGB)) if opaque is None else shown.copy()

    def _uncovered(self, changed: np.ndarray, opaque: np.ndarray | None) -> np.ndarray:
        """(H, W) uint8 what changed, with what was transparent before; all where a pixel becomes so.

        A GIF can take pixels away only by clearing an area, which is then drawn anew: in one palette.
        """
        before = self._shown != 0
        if opaque is not None and (before & ~opaque).any():
            return np.ones_like(changed)
        return np.asarray(changed | (~before).view(np.uint8))

    def _drawn(self, image: np.ndarray, tones: np.ndarray, at: np.ndarray) -> np.ndarray:
        """The (n,) pixels at these places of the picture in the palette's colours."""
        image = calm.calmed(image, tones)
        smooth = calm.contrast(image) <= _SMOOTH
        pixels = packed(image).take(at)
        numbers, far = self._nearest(image, pixels, smooth.take(at))
        canvas = self._numbers.reshape(-1)
        canvas[at] = numbers
        beside, to = calm.grown(self._numbers, image, self._shades.colours)
        canvas[beside] = to
        smooth.reshape(-1)[beside] = False
        soft = np.flatnonzero((far > _NEAR) & smooth.take(at))
        there = at.take(soft)
        canvas[there] = self._shades.mixed(pixels.take(soft), numbers.take(soft), self._mask.take(there))
        return np.asarray(self._shades.packed.take(canvas.take(at)))

    def _nearest(self, image: np.ndarray, pixels: np.ndarray, smooth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n,) numbers of the colours nearest to pixels of the image, and how far, in a palette that serves them."""
        numbers, far = self._shades.nearest(pixels)
        error = _Error.of(far, smooth)
        self._age += 1
        if not error.worse(self._error) and (self._age < self._wait or error.mean < _NEAR):
            return numbers, far
        self._error, self._age = error, 0
        other = Shades(chosen(image, _ROOM, self._shades.colours))
        newly, near = other.nearest(pixels)
        if near.mean() > _BETTER * error.mean:
            self._wait *= 2
            return numbers, far
        self._adopt(other)
        self._error = _Error.of(near, smooth)
        return newly, near

    def _adopt(self, shades: Shades) -> None:
        self._shades, self._wait = shades, _AGE
        self._numbers = shades.nearest(self._shown.reshape(-1))[0].reshape(self._shown.shape)


class _Error(NamedTuple):
    """How badly a palette serves some pixels."""

    mean: float  # squared levels
    missed: float  # share of those far off
    pixels: int

    @classmethod
    def of(cls, far: np.ndarray, smooth: np.ndarray) -> _Error:
        """The error of (n,) squared distances; smooth (n,) tells where the eye is keen."""
        missed = np.count_nonzero(far > _MISSED) + np.count_nonzero((far > _KEEN) & smooth)
        return cls(float(far.mean()), missed / len(far), len(far))

    def worse(self, other: _Error) -> bool:
        """Whether it is so much larger that another palette is worth trying."""
        over = (self.missed - 2 * other.missed) * self.pixels
        return self.mean > 1.5 * other.mean + 6 or over > _HANDFUL
