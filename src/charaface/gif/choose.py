"""Which few colours serve a picture that was stored with loss: one for each of its own, none for their noise."""

from __future__ import annotations

import numpy as np

from charaface.gif.palette import cluster, nearest

_LOOKED_AT = 1 << 17  # pixels, taken by whole rows
_NOISE = 12.0  # squared levels over three channels: what a codec makes of one colour is not cut in two
_SHADOWS = 64  # groups more than there is room for, since some turn out to be another's noise
_TONES = np.array([[0.299, 0.587, 0.114], [0.5, -0.419, -0.081], [-0.169, -0.331, 0.5]], np.float32)  # RGB to YCbCr
_AROUND, _TIMES = 5.0, 3  # levels of these, and how many times the pixels, that make a colour another's noise
_SAME = 2  # levels: a new colour this near to one of the palette before is that one


def chosen(image: np.ndarray, room: int, before: np.ndarray | None = None) -> np.ndarray:
    """(n, 3) uint8 colours, n at most room, for an (H, W, 3) uint8 picture.

    before: (m, 3) uint8 colours of the palette until now, which are kept where they will do.
    """
    rows = image[:: image.size // (3 * _LOOKED_AT) + 1]
    channels = [np.ascontiguousarray(rows[..., channel]).reshape(-1).astype(np.int32) for channel in range(3)]
    cells = channels[0] >> 2 | channels[1] >> 2 << 6 | channels[2] >> 2 << 12
    counts = np.bincount(cells)
    used = np.flatnonzero(counts)
    sums = [np.bincount(cells, channel)[used] for channel in channels]
    counts = counts[used]
    middles, to = cluster(np.stack(sums, axis=1) / counts[:, None], counts, room + _SHADOWS, _NOISE)
    middles = np.rint(middles[_standing(middles, np.bincount(to, counts), room)])
    if before is not None:
        near = before[nearest(middles, before.astype(np.float64))]
        same = np.abs(near - middles).max(axis=1) <= _SAME
        middles[same] = near[same]
    return np.unique(middles, axis=0).astype(np.uint8)


def _standing(middles: np.ndarray, weights: np.ndarray, room: int) -> np.ndarray:
    """Numbers of at most room of (n, 3) colours: those near one with many more pixels go, then those least missed."""
    order = np.argsort(-weights, kind="stable")
    tones = middles[order].astype(np.float32) @ _TONES.T
    shadows = weights[order][:, None] >= _TIMES * weights[order][None]
    for channel in tones.T:
        shadows &= np.abs(channel[:, None] - channel[None]) <= _AROUND
    stands = np.ones(len(order), bool)
    for place in range(len(order)):
        if stands[place]:
            stands &= ~shadows[place]
    kept = order[stands]
    if len(kept) > room:
        apart = sum((channel[:, None] - channel[None]) ** 2 for channel in middles[kept].T)
        np.fill_diagonal(apart, np.inf)
        missed = weights[kept] * apart.min(axis=1)
        kept = kept[np.argsort(-missed, kind="stable")[:room]]
    return np.sort(kept)
