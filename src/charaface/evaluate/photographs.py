"""Landmarks of photographs, over all people but those on whom points were fitted: by part, by how far they turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charaface.evaluate.points import BOX, GIVEN, MEAN, OCULAR, OWN, PARTS, PUPIL, Scored, errors, estimate
from charaface.evaluate.table import Cell, Goal, Section
from charaface.pose import head_pose

_TURNS: dict[str, tuple[float, float]] = {  # degrees of yaw to either side, by the true points
    "turned below 15": (0, 15),
    "turned 15 to 30": (15, 30),
    "turned 30 to 45": (30, 45),
    "turned beyond 45": (45, 181),
}
_COLUMNS = ("", "faces", "found", "median", "below 8", "above 15", "true box: median", "mean face: median")


GOALS = {"raw": (7.5, 6.2), "with offsets": (6.2, 5.2)}  # floor and aim, per cent


def goals(scored: Sequence[Scored], words: str) -> list[Goal]:
    """The lines of the main table that speak of photographs; words: a key of GOALS."""
    return [Goal(f"NME, photographs, {words}: median", estimate(errors(scored, OWN), "median"), "%", *GOALS[words])]


def sections(scored: Sequence[Scored], words: str) -> list[Section]:
    """All tables of detail that speak of photographs."""
    turns = np.asarray([abs(head_pose(face.label.truth).yaw) for face in scored])
    groups: dict[str, Sequence[Scored]] = {"all": scored}
    for name, (low, high) in _TURNS.items():
        groups[name] = [face for face, turn in zip(scored, turns, strict=True) if low <= turn < high]
    people = len({face.label.series for face in scored})
    return [
        Section(
            f"Photographs {words}: NME over outer eye corners, % (a face not found counts 100)",
            _COLUMNS,
            tuple(_row(name, faces, OCULAR) for name, faces in groups.items()),
            f"{people} people; nobody of those on whom definitions of points were fitted.",
        ),
        Section(
            f"Photographs {words} by length: NME, %",
            _COLUMNS,
            tuple(_row(length, scored, length) for length in (OCULAR, PUPIL, BOX)),
        ),
        Section(
            f"Photographs {words} by part: median NME over outer eye corners, %",
            ("", OWN, GIVEN, MEAN),
            tuple(_part(part, scored) for part in (*PARTS, None)),
        ),
    ]


def _row(name: str, scored: Sequence[Scored], length: str) -> tuple[Cell, ...]:
    own, given, mean = (errors(scored, way, length) for way in (OWN, GIVEN, MEAN))
    shares = [estimate(own, statistic) for statistic in ("median", "below 8", "above 15")]
    found = sum(face.found for face in scored)
    return (name, len(own), found, *shares, estimate(given, "median"), estimate(mean, "median"))


def _part(part: str | None, scored: Sequence[Scored]) -> tuple[Cell, ...]:
    found = [errors(scored, way, OCULAR, part) for way in (OWN, GIVEN, MEAN)]
    return (part or "all points", *(100 * float(np.median(values)) if len(values) else None for values in found))
