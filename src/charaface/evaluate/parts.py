"""Parts of faces on renders held out: how well maps, accessories, colour and the kind of picture are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.face import ACCESSORIES, PARTS, Face
from charaface.metrics import bootstrap, confusion, ious
from charaface.session import Session
from charaface.synth.labels import FACE_PARTS, Render
from charaface.tasks.attributes import describe
from charaface.tasks.landmarks import landmarks
from charaface.tasks.segment import maps

SEED, COUNT, SIZE = 9002, 2000, 192  # a seed that no recipe names


@dataclass(frozen=True, eq=False)
class Parted:
    """What was said of renders, and what is true of them."""

    tables: np.ndarray  # (N, P, P) pixels of each true part, a row, that were said to be which, a column
    told: np.ndarray  # (N, K) probabilities of ACCESSORIES and monochrome
    true: np.ndarray  # (N, K) 0 or 1, NaN where a render does not tell
    photo: np.ndarray  # (N,) bool, photographs of generated people
    pose: np.ndarray  # (N, 3) true yaw, pitch and roll in degrees
    posed: np.ndarray  # (N, 3) the same as the points tell them; NaN where they do not


def judge_parts(
    network: Session,
    render: Sequence[Callable[[int, int, int], Render]],
    count: int = COUNT,
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Parted:
    """What a parsing network says of count renders, by each of render(seed, index, size) in turn.

    Each face is framed as the runtime does, by the points that the package's landmark network reads in its true box.
    """
    tables, told, true, photo, poses = [], [], [], [], []
    for index in range(count):
        progress("parts", index, count)
        one = render[index % len(render)](SEED, index, SIZE)
        if not one.faces or one.masks is None:
            continue
        face = one.faces[0]
        given = landmarks(one.image, [Face(face.box)], weights="generated")
        (parts,) = maps(one.image, given, network)
        (said,) = describe(one.image, given, network, "none")
        flat = confusion(FACE_PARTS[one.masks[0]].ravel(), parts.ravel(), len(PARTS))
        tables.append(flat)
        told.append([*((said.accessories or {})[name] for name in ACCESSORIES), said.monochrome])
        worn = face.accessories or {}
        true.append([*(worn.get(name, np.nan) for name in ACCESSORIES), _or_nan(face.monochrome)])
        photo.append(bool(face.domain and "photo" in face.domain))
        poses.append([_angles(face), _angles(given[0])])
    pose, posed = np.moveaxis(np.asarray(poses), 1, 0)
    return Parted(np.stack(tables), np.asarray(told, float), np.asarray(true, float), np.asarray(photo), pose, posed)


def _angles(face: Face) -> tuple[float, float, float]:
    return (np.nan,) * 3 if face.pose is None else (face.pose.yaw, face.pose.pitch, face.pose.roll)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def goal(parted: Parted) -> Goal:
    """The line of the main table: the mean IoU over parts, with an interval over renders."""
    found = float(np.nanmean(ious(parted.tables.sum(0))))
    flat = parted.tables.reshape(len(parted.tables), -1).astype(np.float64)
    side = len(PARTS)

    def mean(sample: np.ndarray) -> np.ndarray:
        return np.asarray(np.nanmean(ious(sample.sum(axis=1).reshape(-1, side, side)), axis=1))

    low, high = bootstrap(flat, mean, draws=200)
    words = f"parts of {len(flat):,} held-out renders: mean IoU"
    return Goal(words, Estimate(found, low, high), "of 1", 0.75, 0.85, higher=True)


def sections(parted: Parted) -> list[Section]:
    """IoU by part, and how often what is worn is told, on drawings and on photographs of generated people."""
    groups = {"drawn": ~parted.photo, "photographed": parted.photo}
    each = {name: ious(parted.tables[chosen].sum(0)) for name, chosen in groups.items() if chosen.any()}
    parts: list[tuple[Cell, ...]] = [
        (name, *(float(values[k]) for values in each.values())) for k, name in enumerate(PARTS)
    ]
    parts.append(("mean", *(float(np.nanmean(values)) for values in each.values())))
    worn: list[tuple[Cell, ...]] = []
    for k, name in enumerate((*ACCESSORIES, "monochrome")):
        known = ~np.isnan(parted.true[:, k])
        there, said = parted.true[known, k] > 0.5, parted.told[known, k] > 0.5
        hit = int((there & said).sum())
        shares = (100 * hit / max(int(there.sum()), 1), 100 * hit / max(int(said.sum()), 1))
        worn.append((name, int(there.sum()), *shares))
    return [
        Section("Parts of held-out renders: IoU", ("", *each), tuple(parts)),
        Section("What held-out renders wear", ("", "renders with it", "recall, %", "precision, %"), tuple(worn)),
        _poses(parted),
    ]


def _poses(parted: Parted) -> Section:
    """By how many degrees a head's pose is told wrong, on drawings and on photographs of generated people."""
    off = np.abs((parted.posed - parted.pose + 180) % 360 - 180)
    turn = np.abs(parted.pose[:, 0])
    rows: list[tuple[Cell, ...]] = []
    for name, kind in (("drawn", ~parted.photo), ("photographed", parted.photo)):
        for low, high in ((0, 30), (30, 60), (60, 181)):
            chosen = off[kind & (turn >= low) & (turn < high)]
            chosen = chosen[~np.isnan(chosen).any(axis=1)]
            if len(chosen):
                words = f"{name}, turned {low} to {high}" if high < 181 else f"{name}, turned beyond {low}"
                rows.append((words, len(chosen), *np.median(chosen, axis=0).tolist()))
    return Section(
        "Pose of held-out renders: median error, degrees", ("", "renders", "yaw", "pitch", "roll"), tuple(rows)
    )
