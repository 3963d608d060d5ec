"""Landmarks against hand labels: by domain, by part, over three lengths, in our boxes and the true ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from charaface.evaluate.labels import POINTS, Labelled
from charaface.evaluate.predictor import Answers
from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.face import Face
from charaface.geometry import iou
from charaface.metrics import auc, bootstrap, nme, normaliser

FOUND = 0.3  # IoU from which a box has found the labelled face
MISSED = 1.0  # the error of a face that was not found: 100 %
OCULAR, PUPIL, BOX = "inter-ocular", "inter-pupil", "box"

OWN, GIVEN, MEAN = "own box", "true box", "mean face"  # where the points come from
PARTS: dict[str, range] = {
    "jaw": range(17),
    "brows": range(17, 27),
    "nose": range(27, 36),
    "eyes": range(36, 48),
    "mouth": range(48, 68),
}
# name to the faces that belong
GROUPS: dict[str, Callable[[Labelled], bool]] = {
    "all": lambda _: True,
    "anime and visual novel": lambda face: face.anime,
    "anime": lambda face: face.domain == "anime",
    "cartoon": lambda face: face.domain == "cartoon",
    "open": lambda face: face.domain == "open",
}
STATISTICS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "median": lambda errors: np.median(errors, axis=-1),
    "below 8": lambda errors: np.mean(errors < 0.08, axis=-1),
    "above 15": lambda errors: np.mean(errors > 0.15, axis=-1),
}


@dataclass(frozen=True, eq=False)
class Scored:
    """One labelled face and what was said of it."""

    label: Labelled
    box: np.ndarray  # (4,) float32, the true box
    overlap: float  # IoU of the best of our boxes with it
    points: dict[str, np.ndarray]  # OWN, GIVEN, MEAN to (68, 2); all NaN where the face was not found

    def error(self, way: str, length: str, part: str | None = None) -> float:
        """The normalised mean error; MISSED for a face not found, NaN for one that this cannot be said of."""
        truth = self.label.truth
        chosen = list(PARTS[part]) if part else list(range(POINTS))
        scale = normaliser(length, truth, self.box)
        if np.isnan(scale) or np.isnan(truth[chosen]).all():
            return float("nan")
        error = nme(self.points[way][chosen], truth[chosen], scale)
        return MISSED if np.isnan(error) else error

    @property
    def found(self) -> bool:
        """Whether one of our boxes at the default threshold found it."""
        return not bool(np.isnan(self.points[OWN]).all())

    @property
    def has_corners(self) -> bool:
        """Whether both outer eye corners are labelled."""
        return not np.isnan(normaliser(OCULAR, self.label.truth, self.box))


def score(answers: Answers, labels: Sequence[Labelled], progress: Callable[[str, int, int], None]) -> list[Scored]:
    """Every labelled face, asked for with our own boxes and with its true box."""
    boxes = [face.box(*answers.size(face.file)) for face in labels]
    means = mean_faces(labels, boxes)
    scored = []
    for done, (face, box, mean) in enumerate(zip(labels, boxes, means, strict=True)):
        progress("hand labels", done, len(labels))
        own, overlap = nearest(answers.landmarks(face.file), box)
        given = answers.landmarks(face.file, box)
        points = {OWN: points_of(own), GIVEN: points_of(given[0] if given else None), MEAN: mean}
        scored.append(Scored(face, box, overlap, points))
    return scored


def nearest(faces: Sequence[Face], box: np.ndarray) -> tuple[Face | None, float]:
    """The face whose box overlaps box most, None below FOUND; and its IoU."""
    if not faces:
        return None, 0.0
    overlaps = iou(np.stack([face.box for face in faces]), box[None])[:, 0]
    best = int(np.argmax(overlaps))
    return (faces[best] if overlaps[best] >= FOUND else None), float(overlaps[best])


def points_of(face: Face | None) -> np.ndarray:
    """(68, 2) float64 points of a face, NaN of none."""
    if face is None or face.landmarks is None:
        return np.full((POINTS, 2), np.nan)
    return face.landmarks.to("ibug68").points.astype(np.float64)


def mean_faces(labels: Sequence[Labelled], boxes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """For each face the mean of all others in its own true box; NaN for a point that no other has."""
    corner = np.stack([box[:2] for box in boxes])[:, None]
    sides = np.stack([box[2:] - box[:2] for box in boxes])[:, None]
    inside = (np.stack([face.truth for face in labels]) + 0.5 - corner) / sides
    known = ~np.isnan(inside)
    others = known.sum(axis=0) - known
    total = np.nansum(inside, axis=0) - np.where(known, inside, 0)
    mean = np.where(others > 0, total / np.maximum(others, 1), np.nan)
    return list(mean * sides + corner - 0.5)


def errors(scored: Iterable[Scored], way: str, length: str = OCULAR, part: str | None = None) -> np.ndarray:
    """(N,) errors of the faces that they can be said of."""
    values = np.asarray([face.error(way, length, part) for face in scored], dtype=np.float64)
    return values[~np.isnan(values)]


def estimate(values: np.ndarray, statistic: str) -> Estimate:
    """A statistic of (N,) errors in percent, with its 95 % interval over faces."""
    if not len(values):
        return Estimate(float("nan"))
    measure = STATISTICS[statistic]
    low, high = bootstrap(values, measure)
    return Estimate(100 * float(measure(values)), 100 * low, 100 * high)


def goals(scored: Sequence[Scored]) -> list[Goal]:
    """The lines of the main table that speak of points."""
    anime = errors((f for f in scored if f.label.anime), OWN)
    whole = errors(scored, OWN)
    cartoon = errors((f for f in scored if f.label.domain == "cartoon"), OWN)
    found = np.asarray([face.found for face in scored], dtype=np.float64)
    low, high = bootstrap(found, lambda sample: sample.mean(axis=-1))
    share = Estimate(100 * float(found.mean()), 100 * low, 100 * high)
    name = "NME, anime and visual novel: "
    return [
        Goal(name + "median", estimate(anime, "median"), "%", 5.0, 4.3),
        Goal(name + "below 8 %", estimate(anime, "below 8"), "% of faces", 80.0, 90.0, higher=True),
        Goal(name + "above 15 %", estimate(anime, "above 15"), "% of faces", 6.0, 3.0),
        Goal("NME, whole set: median", estimate(whole, "median")),
        Goal("NME, whole set: below 8 %", estimate(whole, "below 8"), "% of faces"),
        Goal("NME, whole set: above 15 %", estimate(whole, "above 15"), "% of faces"),
        Goal("NME, western cartoon: median", estimate(cartoon, "median"), "%", 10.0, 7.0),
        Goal("labelled faces found", share, "% of faces", 95.0, 100.0, higher=True),
    ]


def sections(scored: Sequence[Scored], labels: Sequence[Labelled]) -> list[Section]:
    """All tables of detail that speak of points."""
    cornered = [face for face in scored if face.has_corners]
    groups = [name for name in GROUPS if _group(scored, name)]
    turned = [face for face in scored if not face.has_corners]
    return [
        Section(
            "Points by domain: NME over outer eye corners, % (a face not found counts 100)",
            _COLUMNS,
            tuple(_row(name, _group(cornered, name), OCULAR) for name in groups),
        ),
        Section(
            "Points by length: all domains, %",
            _COLUMNS,
            tuple(_row(length, cornered, length) for length in (OCULAR, PUPIL, BOX)),
            "Faces for which a length is not labelled are left out of its row.",
        ),
        Section(
            "Faces without both outer eye corners: NME over the side of the box, %",
            _COLUMNS,
            (_row("all", turned, BOX),),
        ),
        _by_part(cornered, labels, [name for name in groups if name != "anime"]),
        _by_point(cornered, [name for name in groups if name not in ("all", "anime")] or ["all"]),
        _worst(cornered),
    ]


_COLUMNS = (
    "", "faces", "found", "median", "below 8", "above 15", "AUC to 15",
    "true box: median", "below 8", "above 15", "mean face: median",
)  # fmt: skip


def _group(scored: Sequence[Scored], name: str) -> list[Scored]:
    return [face for face in scored if GROUPS[name](face.label)]


def _row(name: str, scored: Sequence[Scored], length: str) -> tuple[Cell, ...]:
    own, given, mean = (errors(scored, way, length) for way in (OWN, GIVEN, MEAN))
    return (
        name,
        len(own),
        sum(face.found for face in scored if not np.isnan(face.error(OWN, length))),
        *(estimate(own, statistic) for statistic in STATISTICS),
        100 * auc(own, 0.15) if len(own) else None,
        *(estimate(given, statistic) for statistic in STATISTICS),
        estimate(mean, "median"),
    )


def _by_part(cornered: Sequence[Scored], labels: Sequence[Labelled], names: Sequence[str]) -> Section:
    rows = []
    for part in (*PARTS, None):
        cells: list[Cell] = [part or "all points"]
        for name in names:
            chosen = _group(cornered, name)
            cells += [100 * _median(errors(chosen, way, OCULAR, part)) for way in (OWN, GIVEN)]
        mean = 100 * _median(errors(cornered, MEAN, OCULAR, part))
        rows.append((*cells, mean, 100 * _median(repeats(labels, part))))
    columns = [f"{name}: {way}" for name in names for way in (OWN, GIVEN)]
    return Section(
        "Points by part: median NME over outer eye corners, %",
        ("", *columns, "all: mean face", "annotator's repeat"),
        tuple(rows),
    )


def _by_point(cornered: Sequence[Scored], names: Sequence[str]) -> Section:
    """Where each point lands in the true box: a bias here is a point that is defined otherwise."""
    groups = [_group(cornered, name) for name in names]
    rows = []
    for point in range(POINTS):
        cells: list[Cell] = []
        for faces in groups:
            offsets = np.asarray([_offset(face, point) for face in faces]).reshape(-1, 2)
            offsets = 100 * offsets[~np.isnan(offsets).any(axis=1)]
            error = _median(np.hypot(*offsets.T))
            cells += [error, *(offsets.mean(axis=0).tolist() if len(offsets) else (None, None))]
        if any(cell is not None and not np.isnan(cell) for cell in cells if isinstance(cell, float)):
            rows.append((str(point), *cells))
    columns = [f"{name.split()[0]}: {what}" for name in names for what in ("median", "right", "down")]
    return Section(
        "Points one by one, in the true box: median error and mean offset along the eyes and down, % of eye distance",
        ("", *columns),
        tuple(rows),
    )


def _offset(face: Scored, point: int) -> np.ndarray:
    """(2,) how far a point lies along the line of the eyes and down from it, over the outer eye corners."""
    truth = face.label.truth
    along = truth[45] - truth[36]
    turned = np.stack([along, [-along[1], along[0]]]) / (along @ along)
    return np.asarray(turned @ (face.points[GIVEN][point] - truth[point]))


def _worst(cornered: Sequence[Scored]) -> Section:
    order = sorted(cornered, key=lambda face: (face.error(OWN, OCULAR), face.error(GIVEN, OCULAR)))[:-11:-1]
    rows = [(f.label.file, 100 * f.error(OWN, OCULAR), 100 * f.error(GIVEN, OCULAR), f.overlap) for f in order]
    return Section("The ten worst", ("file", "own box", "true box", "IoU"), tuple(rows))


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def repeats(labels: Iterable[Labelled], part: str | None = None) -> np.ndarray:
    """(N,) errors of the second labelling against the first, over outer eye corners, where both are there."""
    found = []
    chosen = list(PARTS[part]) if part else list(range(POINTS))
    for face in labels:
        if face.again is not None:
            scale = normaliser(OCULAR, face.truth, np.zeros(4))
            found.append(nme(face.again[chosen], face.truth[chosen], scale))
    values = np.asarray(found, dtype=np.float64)
    return values[~np.isnan(values)]


def repeat_section(labels: Sequence[Labelled]) -> Section:
    """The annotator's own repeat error, by part."""
    rows = []
    for part in (*PARTS, None):
        values = repeats(labels, part)
        worst = 100 * float(values.max()) if len(values) else float("nan")
        mean = 100 * float(values.mean()) if len(values) else float("nan")
        rows.append((part or "all points", len(values), estimate(values, "median"), mean, worst))
    return Section(
        "The annotator against himself: NME over outer eye corners, %",
        ("", "faces", "median", "mean", "worst"),
        tuple(rows),
        "Only points that both labellings have are compared.",
    )


def per_face(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """One dict a face for the JSON form: errors in percent, what cannot be said is NaN."""
    return [
        {
            "file": face.label.file,
            "domain": face.label.domain,
            "series": face.label.series,
            "found": face.found,
            "iou": face.overlap,
            **{f"{way}, {length}": 100 * face.error(way, length) for way in (OWN, GIVEN) for length in (OCULAR, BOX)},
        }
        for face in scored
    ]
