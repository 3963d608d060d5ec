"""Pixels as numbers into at most 256 colours: exact where they fit, else the rarest drawn together."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

_RGB = 0xFFFFFF
_MOST = 1 << 16  # colours remembered at a time
_SPARE = 48  # numbers kept for mixed colours where a picture has a palette of its own and drawing added to it


class Indexed(NamedTuple):
    """N pixels as numbers into a table."""

    colours: np.ndarray  # (n,) uint32 0xBBGGRR
    numbers: np.ndarray  # (N,) uint8


class Seen(NamedTuple):
    """The colours of N pixels, counted."""

    colours: np.ndarray  # (n,) uint32 0xBBGGRR, ascending
    counts: np.ndarray  # (n,) how many pixels have each
    exact: bool  # False where there were so many that each channel is cut to five bits
    places: np.ndarray  # (N,) of each pixel in the palette's memory
    used: np.ndarray  # (n,) of each colour there

    def indexed(self, room: int) -> Indexed:
        """The pixels in at most room colours, 64 to 256: their own, or the rarest drawn together."""
        colours, to = self.colours, np.arange(len(self.colours))
        if len(colours) > room:
            colours, to = reduce(colours, self.counts, room)
        numbers = np.zeros(int(self.used.max(initial=0)) + 1, np.uint8)
        numbers[self.used] = to
        return Indexed(colours, numbers.take(self.places))


class Palette:
    """Finds the colours of pixels fast by remembering those it met; answers do not depend on the memory."""

    def __init__(self) -> None:
        self._number = np.zeros(1 << 24, np.uint16)  # colour to its place in _colours; 0 not met. Touched sparsely
        self._colours = np.zeros(_MOST, np.uint32)
        self._count = 1

    def see(self, pixels: np.ndarray) -> Seen:
        """Counts the colours of (N,) uint32 pixels 0xAABBGGRR; alpha is passed over."""
        keys = pixels & np.uint32(_RGB)
        places = self._places(keys)
        exact = places is not None
        if places is None:  # five bits a channel, at the middle of what they stand for
            places = self._places(keys & np.uint32(0xF8F8F8) | np.uint32(0x040404))
            assert places is not None
        counts = np.bincount(places, minlength=1)
        used = np.flatnonzero(counts)
        used = used[np.argsort(self._colours[used])]
        return Seen(self._colours[used], counts[used], exact, places, used)

    def _places(self, keys: np.ndarray) -> np.ndarray | None:
        """(N,) places of colours in the table, new ones added; None for more colours than it holds."""
        places = self._number.take(keys)
        new = np.unique(keys[places == 0])
        if not len(new):
            return places
        if self._count + len(new) > _MOST:
            self._number[self._colours[: self._count]] = 0
            self._count = 1
            new = np.unique(keys)
            if len(new) >= _MOST:
                return None
        end = self._count + len(new)
        self._colours[self._count : end] = new
        self._number[new] = np.arange(self._count, end)
        self._count = end
        return self._number.take(keys)


def reduce(colours: np.ndarray, counts: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    """At most room colours for (n,) uint32 0xBBGGRR colours met counts times, and the (n,) number of each.

    Where few colours make up most of the picture (a drawing's own palette) these stay exact and only the rest
    is drawn together; otherwise all are.
    """
    rgb = np.ascontiguousarray(colours, "<u4").view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float64)
    order = np.argsort(-counts, kind="stable")
    kept = order[: room - _SPARE]
    if counts[kept].sum() < 0.8 * counts.sum():
        middles, to = _cluster(rgb, counts, room)
        return _as_colours(middles), to
    rest = order[room - _SPARE :]
    middles, _ = _cluster(rgb[rest], counts[rest], _SPARE)
    middles = np.rint(np.concatenate([rgb[kept], middles]))
    to = np.empty(len(colours), np.int64)
    to[kept] = np.arange(len(kept))
    to[rest] = _nearest(rgb[rest], middles)
    return _as_colours(middles), to


def _as_colours(rgb: np.ndarray) -> np.ndarray:
    channels = np.rint(rgb).astype(np.uint32)
    return np.asarray(channels[:, 0] | channels[:, 1] << np.uint32(8) | channels[:, 2] << np.uint32(16))


def _nearest(rgb: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """(n,) number of the (k, 3) middle nearest to each (n, 3) colour."""
    out = [
        np.argmin((middles**2).sum(axis=1) - 2 * part @ middles.T, axis=1)
        for part in np.array_split(rgb, len(rgb) // 8192 + 1)
    ]
    return np.asarray(np.concatenate(out))


def _cluster(rgb: np.ndarray, counts: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """(k, 3) float64 middles of at most `most` groups of the (n, 3) colours, and the (n,) group of each.

    The group with the largest squared error is cut at its mean, across its widest channel, until there are
    enough (after Wu, "Efficient statistical computations for optimal color quantization", 1991).
    """
    weights = counts.astype(np.float64)
    groups = [_group(np.arange(len(rgb)), rgb, weights)]
    while len(groups) < most and groups[0].error < 0:
        worst = heapq.heappop(groups)
        low = rgb[worst.members, worst.channel] <= worst.mean[worst.channel]
        for side in (low, ~low):
            heapq.heappush(groups, _group(worst.members[side], rgb, weights))
    to = np.empty(len(rgb), np.int64)
    for number, group in enumerate(groups):
        to[group.members] = number
    return np.stack([g.mean for g in groups]), to


class _Group(NamedTuple):
    error: float  # negative, so that the heap gives the worst first; 0 for a single colour
    first: int  # breaks ties, so that no arrays are compared
    members: np.ndarray
    mean: np.ndarray
    channel: int


def _group(members: np.ndarray, rgb: np.ndarray, weights: np.ndarray) -> _Group:
    part, weight = rgb[members], weights[members, None]
    mean = (part * weight).sum(axis=0) / weight.sum()
    spread = ((part - mean) ** 2 * weight).sum(axis=0)
    error = -float(spread.sum()) if len(members) > 1 else 0.0
    return _Group(error, int(members[0]), members, mean, int(np.argmax(spread)))
