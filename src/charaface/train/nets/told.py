"""What a network of points says of a batch of crops while it learns."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Told(NamedTuple):
    """The points, and what a head or a branch says beside them; in eval mode a network gives the points alone."""

    points: Tensor  # (N, P, 2) in 0..1 of the crop, 0 = left edge of the first pixel; may leave 0..1
    maps: Tensor | None = None  # (N, P, h, w) heat maps; cell (i, j) has its centre at ((j + .5) / w, (i + .5) / h)
    bars: tuple[Tensor, Tensor] | None = None  # logits of x and of y, (N, P, bins) each; bin b is at (b + .5) / bins
    pose: Tensor | None = None  # (N, 3) yaw, pitch, roll in degrees
