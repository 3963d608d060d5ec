"""How each scheme's points follow from 70 places of a face, and the places from them: the data of every conversion.

The places are the 68 of ibug68 and the pupils, 68 of the right eye and 69 of the left. An entry that is a number is
the same place by both definitions; one of weights is a place that lies between others. What has no entry is absent.
Only the half at image left and the middle are written down; the rest is their mirror image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charaface.schemes.scheme import Scheme
from charaface.schemes.tables import B_OF_A, FIVE, HYSTS28, IBUG68, MANGA60A, WFLW98

Weights = dict[int, float]  # number of a point to its share; the shares add up to 1
Table = dict[int, int | Weights]

PLACES = 70
MIRROR = (*IBUG68.mirror, 69, 68)  # of the places


@dataclass(frozen=True)
class Link:
    """One scheme's two tables."""

    to_places: Table  # place to points of the scheme
    from_places: Table  # point of the scheme to places


def along(curve: Sequence[tuple[int, float]], t: float) -> Weights:
    """The shares of a curve's points in its point at t, by Lagrange's polynomial through the four nearest.

    curve: numbers of points and where they lie along it, 0 to 1.
    """
    # stable where two are equally near, as in the middle of an odd number
    near = sorted(sorted(curve, key=lambda knot: (round(abs(knot[1] - t), 6), knot[1]))[:4], key=lambda knot: knot[1])
    weights = {}
    for number, at in near:
        weights[number] = 1.0
        for _, other in near:
            if other != at:
                weights[number] *= (t - other) / (at - other)
    return {number: weight for number, weight in weights.items() if abs(weight) > 1e-12}


def _even(*numbers: int) -> list[tuple[int, float]]:
    """A curve through points that lie evenly along it."""
    return [(number, k / (len(numbers) - 1)) for k, number in enumerate(numbers)]


def _mean(*numbers: int) -> Weights:
    return {number: 1 / len(numbers) for number in numbers}


def _off(start: int, share: float, to: Sequence[int], back: Sequence[int]) -> Weights:
    """A point beside start, away by a share of the way from the middle of back to the middle of to."""
    weights = {start: 1.0}
    for numbers, sign in ((to, share), (back, -share)):
        for number in numbers:
            weights[number] = weights.get(number, 0.0) + sign / len(numbers)
    return weights


def _whole(half: Table, rows: Sequence[int], columns: Sequence[int]) -> Table:
    """A table with the mirror image of what is written down; rows and columns are the mirror orders of both sides."""
    out = dict(half)
    for row, entry in half.items():
        if isinstance(entry, int):
            out[rows[row]] = columns[entry]
        elif rows[row] != row:
            out[rows[row]] = {columns[number]: weight for number, weight in entry.items()}
    return out


def _link(scheme: Scheme, to_places: Table, from_places: Table) -> Link:
    return Link(_whole(to_places, MIRROR, scheme.mirror), _whole(from_places, scheme.mirror, MIRROR))


def _same(places: Sequence[int], points: Sequence[int]) -> Table:
    return dict(zip(places, points, strict=True))


_UPPER, _LOWER = _even(36, 37, 38, 39), _even(36, 41, 40, 39)  # lids, from the outer corner to the inner
_EYE = range(36, 42)

_IBUG68 = _link(IBUG68, {**_same(range(68), range(68)), 68: _mean(*_EYE)}, _same(range(68), range(68)))

# The loops of eye and mouth have no corners: the ends of top and bottom lie above and below them, by 0.17 of the
# opening of the lids and 0.2 of the mouth's (the mean shape of chiawei-liu/DeepAlignmentNetwork).
_OPEN, _GAP = ((37, 38), (40, 41)), ((51,), (57,))
_TOP, _BOTTOM = [(28, 0.25), (29, 0.5), (30, 0.75)], [(35, 0.25), (34, 0.5), (33, 0.75)]
_MANGA60A = _link(
    MANGA60A,
    {
        **_same(range(27), range(27)),
        30: 49,
        36: _mean(27, 36),
        37: along(_TOP, 1 / 3),
        38: along(_TOP, 2 / 3),
        39: _mean(31, 32),
        40: along(_BOTTOM, 2 / 3),
        41: along(_BOTTOM, 1 / 3),
        48: _mean(50, 59),
        49: along([(50, 0.0), (51, 0.25), (52, 0.5)], 1 / 6),
        50: along([(50, 0.0), (51, 0.25), (52, 0.5)], 1 / 3),
        51: 52,
        57: 57,
        58: along([(59, 0.0), (58, 0.25), (57, 0.5)], 1 / 3),
        59: along([(59, 0.0), (58, 0.25), (57, 0.5)], 1 / 6),
        68: 47,
    },
    {
        **_same(range(27), range(27)),
        27: _off(36, 0.17, *_OPEN),
        28: along(_UPPER, 0.25),
        29: along(_UPPER, 0.5),
        30: along(_UPPER, 0.75),
        31: _off(39, 0.17, *_OPEN),
        32: _off(39, -0.17, *_OPEN),
        33: along(_LOWER, 0.75),
        34: along(_LOWER, 0.5),
        35: along(_LOWER, 0.25),
        36: _off(36, -0.17, *_OPEN),
        47: 68,
        49: 30,
        50: _off(48, 0.2, *_GAP),
        51: _mean(49, 50),
        52: 51,
        57: 57,
        58: _mean(58, 59),
        59: _off(48, -0.2, *_GAP),
    },
)

_JAW5 = _even(0, 1, 2, 3, 4)
_LID_TOP, _LID_BOTTOM = _even(11, 12, 13), [(11, 0.0), (14, 0.2), (15, 0.5), (16, 0.8), (13, 1.0)]
_HYSTS28 = _link(
    HYSTS28,
    {
        **{k: along(_JAW5, k / 16) for k in range(8)},
        8: 2,
        17: 5,
        18: along(_even(5, 6, 7), 0.25),
        19: 6,
        20: along(_even(5, 6, 7), 0.75),
        21: 7,
        30: 23,
        36: 11,
        37: along(_LID_TOP, 1 / 3),
        38: along(_LID_TOP, 2 / 3),
        39: 13,
        40: along(_LID_BOTTOM, 2 / 3),
        41: along(_LID_BOTTOM, 1 / 3),
        48: 24,
        49: along(_even(24, 25, 26), 1 / 6),
        50: along(_even(24, 25, 26), 1 / 3),
        51: 25,
        57: 27,
        58: along(_even(24, 27, 26), 1 / 3),
        59: along(_even(24, 27, 26), 1 / 6),
        68: _mean(11, 12, 13, 14, 15, 16),
    },
    {
        0: {0: 1.0},  # how far up a contour of five points begins is nowhere said
        1: {4: 1.0},
        2: 8,
        5: 17,
        6: 19,
        7: 21,
        11: 36,
        12: along(_UPPER, 0.5),
        13: 39,
        14: along(_LOWER, 0.2),
        15: along(_LOWER, 0.5),
        16: along(_LOWER, 0.8),
        23: 30,
        24: 48,
        25: 51,
        27: 57,
    },
)

_JAW17 = _even(*range(17))
_TOP8, _BOTTOM8 = _even(60, 61, 62, 63, 64), _even(60, 67, 66, 65, 64)
_WFLW98 = _link(
    WFLW98,
    {
        **{k: 2 * k for k in range(9)},
        **{17 + k: {33 + k: 1.0} for k in range(5)},  # the edge of a brow that 300-W draws as one line
        **_same(range(27, 36), range(51, 60)),
        36: 60,
        37: along(_TOP8, 1 / 3),
        38: along(_TOP8, 2 / 3),
        39: 64,
        40: along(_BOTTOM8, 2 / 3),
        41: along(_BOTTOM8, 1 / 3),
        **_same(range(48, 68), range(76, 96)),
        68: 96,
    },
    {
        **{2 * k: k for k in range(9)},
        **{2 * k + 1: along(_JAW17, (2 * k + 1) / 32) for k in range(8)},
        **{33 + k: {17 + k: 1.0} for k in range(5)},
        **_same(range(51, 60), range(27, 36)),
        60: 36,
        61: along(_UPPER, 0.25),
        62: along(_UPPER, 0.5),
        63: along(_UPPER, 0.75),
        64: 39,
        65: along(_LOWER, 0.75),
        66: along(_LOWER, 0.5),
        67: along(_LOWER, 0.25),
        **_same(range(76, 96), range(48, 68)),
        96: 68,
    },
)

_FIVE = _link(FIVE, {30: 2, 48: 3, 68: {0: 1.0}}, {0: _mean(*_EYE), 2: 30, 3: 48})

_MANGA60B = Link(
    {
        place: B_OF_A.index(entry) if isinstance(entry, int) else {B_OF_A.index(i): w for i, w in entry.items()}
        for place, entry in _MANGA60A.to_places.items()
    },
    {B_OF_A.index(point): entry for point, entry in _MANGA60A.from_places.items()},
)

LINKS: dict[str, Link] = {
    "ibug68": _IBUG68,
    "manga60a": _MANGA60A,
    "manga60b": _MANGA60B,
    "hysts28": _HYSTS28,
    "wflw98": _WFLW98,
    "five": _FIVE,
}
# The same points in another order.
SAME: dict[tuple[str, str], tuple[int, ...]] = {
    ("manga60a", "manga60b"): B_OF_A,
    ("manga60b", "manga60a"): tuple(B_OF_A.index(i) for i in range(60)),
}
# Points that no place stands for: where they lie on the average head, beside a place, in outer-eye distances down.
BESIDE: dict[str, dict[int, tuple[int, float]]] = {
    "wflw98": {38 + k: (21 - k, 0.05) for k in range(4)} | {50 - k: (22 + k, 0.05) for k in range(4)}
}
