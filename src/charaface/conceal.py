"""Faces made unreadable: blurred or in blocks, so coarse that nothing of them can be computed back."""

from __future__ import annotations

from typing import Literal

import numpy as np

from charaface.face import Face

How = Literal["blur", "pixelate"]
_CELLS = 6  # that are left of a face, along its longer side
_GROW = 1.3  # of the box: ears, chin and forehead whole


def conceal(image: np.ndarray, faces: list[Face], how: How) -> np.ndarray:
    """A new (H, W, 3) or (H, W, 4) uint8 picture whose faces are covered by an ellipse of their mean colours.

    Only averages over a sixth of a face are left; transparency stays as it is.
    """
    if how not in ("blur", "pixelate"):
        raise ValueError(f"a face is hidden by blur or pixelate, got {how!r}")
    out = image.copy()
    for face in faces:
        _cover(out, face.box, how)
    return out


def _cover(out: np.ndarray, box: np.ndarray, how: How) -> None:
    import cv2

    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * _GROW
    limit = np.array(out.shape[1::-1])
    x0, y0 = np.clip(np.floor(middle - half), 0, limit).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(middle + half), 0, limit).astype(int).tolist()
    if x1 <= x0 or y1 <= y0:
        return
    part = np.ascontiguousarray(out[y0:y1, x0:x1, :3])
    cell = 2 * half.max() / _CELLS
    columns, rows = (max(1, round(float(side / cell))) for side in (x1 - x0, y1 - y0))
    coarse = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    spread = cv2.INTER_LINEAR if how == "blur" else cv2.INTER_NEAREST
    hidden = cv2.resize(coarse, (x1 - x0, y1 - y0), interpolation=spread)
    y, x = np.ogrid[y0:y1, x0:x1]
    inside = ((x + 0.5 - middle[0]) / half[0]) ** 2 + ((y + 0.5 - middle[1]) / half[1]) ** 2 <= 1
    out[y0:y1, x0:x1, :3][inside] = hidden[inside]
