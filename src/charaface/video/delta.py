"""What changed from one frame to the next."""

from __future__ import annotations

import numpy as np

from charaface.image import over_white


class Delta:
    """Remembers the last frame and gives the smallest box of the next that holds all that changed."""

    def __init__(self, alpha: bool, step: int = 1) -> None:
        self._alpha = alpha  # frames are given four channels, otherwise three
        self._step = step  # boxes start at multiples of it
        self._last: np.ndarray | None = None

    def of(self, pixels: np.ndarray) -> tuple[int, int, np.ndarray]:
        """x, y and the part to replace: one pixel where nothing changed, all of a first frame."""
        if self._alpha and pixels.shape[2] == 3:
            pixels = np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=2)
        elif not self._alpha and pixels.shape[2] == 4:
            pixels = over_white(pixels)
        last, self._last = self._last, pixels
        if last is None:
            return 0, 0, pixels
        if last.shape != pixels.shape:
            raise ValueError(f"frames of this clip are {last.shape[1::-1]}, got {pixels.shape[1::-1]}")
        changed = (pixels != last).any(axis=2)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not len(rows):
            return 0, 0, pixels[:1, :1]
        y, x = (int(a[0]) // self._step * self._step for a in (rows, columns))
        return x, y, pixels[y : rows[-1] + 1, x : columns[-1] + 1]
