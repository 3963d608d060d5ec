"""The average head: where the points of ibug68 lie on it, from the front and in depth."""

from __future__ import annotations

import numpy as np

from charaface.schemes.tables import IBUG68

# An average head in outer-eye distances: x to image right, y down, z to the viewer, the origin between the outer eye
# corners. Only points 0-8, 17-21, 27-33, 36-41, 48-51, 57-62 and 66-67 are written down, the others are their mirror
# images. Fitted on 6,000 generated heads turned up to 60 degrees; drawn and human proportions both lie near it.
_HALF: dict[int, tuple[float, float, float]] = {
    0: (-0.73, 0.01, -0.36),
    1: (-0.72, 0.19, -0.35),
    2: (-0.71, 0.37, -0.33),
    3: (-0.67, 0.55, -0.31),
    4: (-0.60, 0.71, -0.25),
    5: (-0.48, 0.85, -0.18),
    6: (-0.33, 0.95, -0.11),
    7: (-0.17, 1.04, -0.02),
    8: (0.00, 1.08, 0.07),
    17: (-0.51, -0.39, -0.02),
    18: (-0.43, -0.42, 0.04),
    19: (-0.34, -0.42, 0.09),
    20: (-0.26, -0.40, 0.13),
    21: (-0.18, -0.36, 0.16),
    27: (0.00, 0.01, 0.16),
    28: (0.00, 0.14, 0.21),
    29: (0.00, 0.27, 0.28),
    30: (0.00, 0.39, 0.34),
    31: (-0.09, 0.42, 0.19),
    32: (-0.04, 0.43, 0.25),
    33: (0.00, 0.44, 0.28),
    36: (-0.50, 0.00, 0.00),
    37: (-0.39, -0.11, 0.08),
    38: (-0.28, -0.11, 0.13),
    39: (-0.17, 0.02, 0.15),
    40: (-0.28, 0.09, 0.12),
    41: (-0.39, 0.09, 0.07),
    48: (-0.17, 0.68, 0.17),
    49: (-0.10, 0.67, 0.19),
    50: (-0.04, 0.66, 0.20),
    51: (0.00, 0.66, 0.20),
    57: (0.00, 0.75, 0.18),
    58: (-0.04, 0.75, 0.18),
    59: (-0.10, 0.74, 0.18),
    60: (-0.14, 0.67, 0.18),
    61: (-0.06, 0.67, 0.20),
    62: (0.00, 0.67, 0.20),
    66: (0.00, 0.73, 0.19),
    67: (-0.06, 0.73, 0.18),
}


def _average_head() -> np.ndarray:
    head = np.zeros((68, 3))
    for number, (x, y, z) in _HALF.items():
        head[number] = x, y, z
        head[IBUG68.mirror[number]] = -x, y, z
    return head


HEAD = _average_head()  # (68, 3)
