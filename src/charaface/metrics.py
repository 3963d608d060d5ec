"""How far points and boxes are from the truth. Errors and shares are fractions: 0.05 is 5 %."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from charaface.geometry import area, intersection, iou
from charaface.schemes import Scheme, scheme_named

IGNORED, UNMATCHED = -2, -1  # what match() gives for a detection that takes no true box


def _inter_ocular(truth: np.ndarray, _: np.ndarray, scheme: Scheme) -> float:
    corners = scheme.outer_eye_corners
    return float("nan") if corners is None else _between(truth, *corners)


def _inter_pupil(truth: np.ndarray, _: np.ndarray, scheme: Scheme) -> float:
    return _between(truth, scheme.parts["right_eye"], scheme.parts["left_eye"])


def _between(truth: np.ndarray, right: tuple[int, ...], left: tuple[int, ...]) -> float:
    return float(np.hypot(*(truth[list(left)].mean(axis=0) - truth[list(right)].mean(axis=0))))


def _box_side(_: np.ndarray, box: np.ndarray, __: Scheme) -> float:
    return float(np.sqrt(area(box)))


def _chin(truth: np.ndarray, _: np.ndarray, scheme: Scheme) -> float:
    jaw = scheme.parts.get("jaw")
    return float("nan") if jaw is None else _between(truth, jaw[:1], jaw[-1:])


# (N, 2) true points, (4,) true box and their scheme to the length that errors are divided by, in pixels
NORMALISERS: dict[str, Callable[[np.ndarray, np.ndarray, Scheme], float]] = {
    "inter-ocular": _inter_ocular,  # outer eye corners, 300-W's own (Sagonas et al. 2013)
    "inter-pupil": _inter_pupil,  # centres of the points of each eye
    "box": _box_side,  # root of the area of the box
    # the ends of the jaw, |p0 - p16|: the work on manga's 60 points calls an error over 0.0333 of it a failure
    "chin": _chin,
}


def normaliser(name: str, truth: np.ndarray, box: np.ndarray, scheme: str = "ibug68") -> float:
    """The length in pixels that the errors of a face are divided by.

    truth: (N, 2) points of a scheme, rows of NaN not known; box: (4,). NaN where a point that the length needs is
    not known, the scheme has none (five has no eye corners and no jaw), or the length is nothing. Raises ValueError
    for an unknown name or scheme.
    """
    if name not in NORMALISERS:
        raise ValueError(f"no normaliser {name!r}; there are {', '.join(NORMALISERS)}")
    truth, box = np.asarray(truth, dtype=np.float64), np.asarray(box, dtype=np.float64)
    length = NORMALISERS[name](truth, box, scheme_named(scheme))
    return length if length > 0 else float("nan")


def distances(points: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(..., N) pixels between (..., N, 2) points and the truth; NaN where either is not known."""
    if np.shape(points) != np.shape(truth):
        raise ValueError(f"points and truth differ in shape: {np.shape(points)} and {np.shape(truth)}")
    return np.asarray(np.hypot(*np.moveaxis(np.asarray(points, np.float64) - truth, -1, 0)))


def nme(points: np.ndarray, truth: np.ndarray, length: float) -> float:
    """Normalised mean error of one face: the mean distance of its known points over length.

    points, truth: (N, 2), rows of NaN are left out. NaN where no point is known or length is NaN.
    """
    known = distances(points, truth)
    known = known[~np.isnan(known)]
    return float(known.mean() / length) if known.size else float("nan")


def share_below(errors: np.ndarray, limit: float) -> float:
    """The share of (N,) errors under limit; NaN of none."""
    return float(np.mean(np.asarray(errors) < limit)) if len(errors) else float("nan")


def share_above(errors: np.ndarray, limit: float) -> float:
    """The share of (N,) errors over limit, the failures; NaN of none."""
    return float(np.mean(np.asarray(errors) > limit)) if len(errors) else float("nan")


def ced(errors: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """(M,) cumulative error distribution: the share of (N,) errors not over each of the (M,) limits."""
    return np.asarray(np.mean(np.asarray(errors)[:, None] <= np.asarray(limits)[None, :], axis=0))


def auc(errors: np.ndarray, limit: float) -> float:
    """The area under the cumulative error distribution from 0 to limit, over limit: 1 without any error."""
    # The distribution is a step function, so its area is exact: an error e adds the stretch from e to limit.
    return float(np.mean(np.maximum(0.0, 1.0 - np.asarray(errors) / limit)))


def bootstrap(
    values: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    draws: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile bootstrap interval (Efron 1979) of a statistic of (N, ...) values.

    A row is a face or a picture; statistic maps (draws, N, ...) samples to (draws,) numbers. The same seed
    gives the same interval. Raises ValueError without values.
    """
    values = np.asarray(values)
    if not len(values):
        raise ValueError("a bootstrap needs at least one value")
    picks = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    found = statistic(values[picks])
    low, high = np.nanquantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def match(
    boxes: np.ndarray,
    scores: np.ndarray,
    truth: np.ndarray,
    threshold: float,
    ignore: np.ndarray | None = None,
) -> np.ndarray:
    """What each detection of one picture takes: (D,) index of a true box, UNMATCHED or IGNORED.

    The best score chooses first, and takes the free one of the (T, 4) true boxes that it overlaps most, if by
    threshold (IoU) or more; each true box is taken once. A detection that takes none and lies on one of the
    (I, 4) ignore boxes (at least half of it, or IoU of threshold) counts neither way.
    """
    taken = np.full(len(boxes), UNMATCHED)
    overlap = iou(_boxes(boxes), _boxes(truth))
    for best in np.argsort(-np.asarray(scores), kind="stable"):
        if not overlap.shape[1]:
            break
        choice = int(np.argmax(overlap[best]))
        if overlap[best, choice] >= threshold:
            taken[best] = choice
            overlap[:, choice] = -1.0
    if ignore is not None and len(ignore) and len(boxes):
        inside = intersection(_boxes(boxes), _boxes(ignore)) / np.maximum(area(_boxes(boxes)), 1e-9)[:, None]
        lies_on = (inside >= 0.5) | (iou(_boxes(boxes), _boxes(ignore)) >= threshold)
        taken[(taken == UNMATCHED) & lies_on.any(axis=1)] = IGNORED
    return taken


def _boxes(boxes: np.ndarray) -> np.ndarray:
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4)


def precision_recall(taken: np.ndarray, total: int) -> tuple[float, float]:
    """Precision and recall of (D,) pooled matches, as match() gives them; total: number of true boxes."""
    hits, wrong = int(np.sum(taken >= 0)), int(np.sum(taken == UNMATCHED))
    precision = hits / (hits + wrong) if hits + wrong else float("nan")
    return precision, hits / total if total else float("nan")


def average_precision(taken: np.ndarray, scores: np.ndarray, total: int) -> float:
    """The area under precision over recall, every point of it (PASCAL VOC 2010), of pooled matches.

    taken: (D,) as match() gives them; scores: (D,); total: number of true boxes. NaN without true boxes.
    """
    if not total:
        return float("nan")
    counted = taken != IGNORED
    hits = (taken[counted] >= 0)[np.argsort(-scores[counted], kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]  # the best precision at this recall or beyond
    return float(envelope[hits].sum() / total)


def confusion(truth: np.ndarray, found: np.ndarray, classes: int) -> np.ndarray:
    """(classes, classes) int64: how many of each true class, a row, were found to be which, a column."""
    flat = np.asarray(truth, np.int64) * classes + np.asarray(found, np.int64)
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def ious(table: np.ndarray) -> np.ndarray:
    """(..., C) intersection over union of each class of (..., C, C) confusion tables; NaN for one that is nowhere."""
    hit = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    either = table.sum(-1) + table.sum(-2) - hit
    return np.asarray(np.where(either > 0, hit / np.maximum(either, 1), np.nan))


def macro_f1(table: np.ndarray) -> float:
    """The mean over classes of F1, of a confusion table; a class that is neither true nor found is left out."""
    hit, both = np.diag(table), table.sum(0) + table.sum(1)
    return float((2 * hit[both > 0] / both[both > 0]).mean())


def calibration_error(sure: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """How far probabilities (N,) are from how often they are right (N,) bool: the mean gap over bins of one width.

    Each bin counts by how many are in it (expected calibration error, Guo et al. 2017); 0 to 1.
    """
    place = np.minimum((np.asarray(sure) * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, np.asarray(sure, np.float64) - right, bins)
    return float(np.abs(gap).sum() / len(sure))


def jitter(points: np.ndarray, length: float) -> float:
    """How far a point moves from frame to frame, on average, over length.

    points: (T, N, 2) of a face that stands still; at least two frames.
    """
    if len(points) < 2:
        raise ValueError(f"motion needs at least 2 frames, got {len(points)}")
    return float(distances(points[1:], points[:-1]).mean() / length)


def lag(points: np.ndarray, truth: np.ndarray, length: float) -> float:
    """How far the points stay behind the true ones along the way these go, on average, over length.

    points, truth: (T, N, 2); the true points move in every frame. A constant offset counts as lag:
    mean the lags of a motion and of its reverse, and it cancels.
    """
    step = np.asarray(truth[1:], dtype=np.float64) - truth[:-1]
    way = step / np.linalg.norm(step, axis=-1, keepdims=True)
    behind = ((truth[1:] - np.asarray(points[1:], dtype=np.float64)) * way).sum(axis=-1)
    return float(behind.mean() / length)
