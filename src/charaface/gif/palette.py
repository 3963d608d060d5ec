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
        unknown = np.flatnonzero(places == 0)
        new = np.unique(keys.take(unknown))
        if not len(new):
            return places
        if self._count + len(new) > _MOST:
            self._number[self._colours[: self._count]] = 0
            self._count = 1
            unknown, new = np.arange(len(keys)), np.unique(keys)
            if len(new) >= _MOST:
                return None
        end = self._count + len(new)
        self._colours[self._count : end] = new
        self._number[new] = np.arange(self._count, end)
        self._count = end
        places[unknown] = self._number.take(keys.take(unknown))
        return places


def reduce(colours: np.ndarray, counts: np.ndarray, room: int) -> tuple[np.ndarray, np.ndarray]:
    """At most room colours for (n,) uint32 0xBBGGRR colours met counts times, and the (n,) number of each.

    Where few colours make up most of the picture (a drawing's own palette) these stay exact and only the rest
    is drawn together; otherwise all are.
    """
    rgb = np.ascontiguousarray(colours, "<u4").view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float64)
    order = np.argsort(-counts, kind="stable")
    kept = order[: room - _SPARE]
    if counts[kept].sum() < 0.8 * counts.sum():
        middles, to = cluster(rgb, counts, room)
        return _as_colours(middles), to
    rest = order[room - _SPARE :]
    middles, _ = cluster(rgb[rest], counts[rest], _SPARE)
    middles = np.rint(np.concatenate([rgb[kept], middles]))
    to = np.empty(len(colours), np.int64)
    to[kept] = np.arange(len(kept))
    to[rest] = nearest(rgb[rest], middles)
    return _as_colours(middles), to


def _as_colours(rgb: np.ndarray) -> np.ndarray:
    channels = np.rint(rgb).astype(np.uint32)
    return np.asarray(channels[:, 0] | channels[:, 1] << np.uint32(8) | channels[:, 2] << np.uint32(16))


def nearest(rgb: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """(n,) number of the (k, 3) middle nearest to each (n, 3) colour; all whole numbers, so that float32 is exact."""
    far = np.concatenate([-2 * middles.T, (middles**2).sum(axis=1)[None]]).astype(np.float32)
    near = np.ones((len(rgb), 4), np.float32)
    near[:, :3] = rgb
    # products this small stay on one thread: waking others takes longer
    parts = [near[at : at + 256] for at in range(0, len(near), 256)]
    return np.concatenate([np.zeros(0, np.int64), *(np.argmin(part @ far, axis=1) for part in parts)])


def cluster(rgb: np.ndarray, counts: np.ndarray, most: int, calm: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """(k, 3) float64 middles of at most `most` groups of the (n, 3) colours, and the (n,) group of each.

    The group with the largest squared error, calm a colour taken off, is cut at its mean, across its widest channel,
    until there are enough (after Wu, "Efficient statistical computations for optimal color quantization", 1991).
    """
    weights = counts.astype(np.float64)[:, None]
    moments = np.concatenate(
        [weights, rgb * weights, rgb**2 * weights], axis=1
    )  # (n, 7), whole numbers: sums are exact
    groups = [_group(np.arange(len(rgb)), moments.sum(axis=0), calm)]
    while len(groups) < most and groups[0].error < 0:
        worst = heapq.heappop(groups)
        side = rgb[:, worst.channel].take(worst.members) <= worst.mean[worst.channel]
        low, high = worst.members[side], worst.members[~side]
        sums = np.add.reduce(moments.take(low, axis=0), axis=0)
        heapq.heappush(groups, _group(low, sums, calm))
        heapq.heappush(groups, _group(high, worst.sums - sums, calm))
    to = np.empty(len(rgb), np.int64)
    for number, group in enumerate(groups):
        to[group.members] = number
    return np.array([g.mean for g in groups]), to


class _Group(NamedTuple):
    error: float  # negative, so that the heap gives the worst first; 0 for a single colour
    first: int  # breaks ties, so that no arrays are compared
    members: np.ndarray
    sums: np.ndarray  # (7,) of the weights, the weighted channels and the weighted squares of the channels
    mean: tuple[float, float, float]
    channel: int


def _group(members: np.ndarray, sums: np.ndarray, calm: float) -> _Group:
    weight, *moments = sums.tolist()
    mean = moments[0] / weight, moments[1] / weight, moments[2] / weight
    spread = [square - total * total / weight for total, square in zip(moments[:3], moments[3:], strict=True)]
    error = min(calm * weight - sum(spread), 0.0) if len(members) > 1 else 0.0
    return _Group(error, int(members[0]), members, sums, mean, spread.index(max(spread)))
