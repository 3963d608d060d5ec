"""Detection against boxes: precision and recall at the default threshold, false faces a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from charaface.evaluate.labels import Boxed
from charaface.evaluate.predictor import Answers
from charaface.evaluate.table import Cell, Estimate, Goal, Section
from charaface.metrics import UNMATCHED, average_precision, bootstrap, match

OVERLAP = 0.4  # IoU from which a box is the true one
LOWEST = 0.05  # score from which boxes are taken for average precision

SPRITES, PAGES = "renpy_vn_sprites", "pepper_carrot"  # series of boxes.json


@dataclass(frozen=True, eq=False)
class Tally:
    """What detection did on some pictures."""

    name: str
    hits: np.ndarray  # (P,) true boxes found in each picture
    false: np.ndarray  # (P,) detections that are no face
    total: np.ndarray  # (P,) true boxes
    average_precision: float  # NaN where only the default threshold was asked for
    by_who: tuple[tuple[str, int, int], ...] = ()  # whose faces, how many found, of how many; fewest found first

    @property
    def precision(self) -> Estimate:
        """In percent, with an interval over pictures."""
        return _ratio(self.hits, self.hits + self.false)

    @property
    def recall(self) -> Estimate:
        """In percent, with an interval over pictures."""
        return _ratio(self.hits, self.total)


def tally(
    name: str,
    answers: Answers,
    pictures: Sequence[Boxed],
    progress: Callable[[str, int, int], None],
    *,
    curve: bool = False,
) -> Tally:
    """Asks for the faces of every picture at the default threshold; with curve once more from LOWEST on."""
    counts, lows = [], []
    seen: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for done, picture in enumerate(pictures):
        progress(name, done, len(pictures))
        taken, _ = matched(answers, picture, None)
        counts.append((np.sum(taken >= 0), np.sum(taken == UNMATCHED), len(picture.faces)))
        there.update(picture.who)
        seen.update(picture.who[k] for k in taken[taken >= 0].tolist() if picture.who)
        if curve:
            lows.append(matched(answers, picture, LOWEST))
    hits, false, total = np.asarray(counts, dtype=np.int64).reshape(-1, 3).T
    area = float("nan")
    if curve and lows:
        taken, scores = (np.concatenate(parts) for parts in zip(*lows, strict=True))
        area = average_precision(taken, scores, int(total.sum()))
    by_who = sorted(((who, seen[who], of) for who, of in there.items()), key=lambda row: (row[1] / row[2], row[0]))
    return Tally(name, hits, false, total, area, tuple(by_who))


def goals(cartoon: Tally, sprites: Tally, pages: Tally) -> list[Goal]:
    """The lines of the main table that speak of boxes."""
    count, most = len(sprites.total), float(sprites.total.sum())
    sheets = len(pages.total)
    return [
        Goal("cartoon-boxes, IoU 0.4: recall", cartoon.recall, "%", 70.0, 80.0, higher=True),
        Goal("cartoon-boxes, IoU 0.4: precision", cartoon.precision, "%", 90.0, 93.0, higher=True),
        Goal(f"Ren'Py sprites found, of {most:.0f}", _count(sprites.hits), "faces", most, most, higher=True),
        Goal(f"false faces on {count} Ren'Py sprites", _count(sprites.false), "faces"),
        # under one a page
        Goal(f"false faces on {sheets} comic pages", _count(pages.false), "faces", max(sheets - 1.0, 0.0), 0.0),
        Goal("faces found on comic pages", pages.recall, "%"),
    ]


def section(tallies: Sequence[Tally]) -> Section:
    """The table of detail that speaks of boxes."""
    return Section(
        "Boxes: IoU 0.4, one match a box, default threshold",
        ("", "pictures", "faces", "recall, %", "precision, %", "false a picture", "average precision, %"),
        tuple(_row(each) for each in tallies),
    )


def character_section(each: Tally) -> Section:
    """Whose faces are found, the least found first: what the generator of faces still lacks."""
    rows = tuple((who, of, 100 * found / of) for who, found, of in each.by_who)
    return Section(f"{each.name} by character: IoU 0.4, default threshold", ("", "faces", "recall, %"), rows)


def _row(each: Tally) -> tuple[Cell, ...]:
    pictures = len(each.total)
    false = float(each.false.sum()) / pictures if pictures else None
    area = None if np.isnan(each.average_precision) else 100 * each.average_precision
    return each.name, pictures, int(each.total.sum()), each.recall, each.precision, false, area


def matched(answers: Answers, picture: Boxed, threshold: float | None) -> tuple[np.ndarray, np.ndarray]:
    """What each find of a picture has found, as metrics.match has it, and the (N,) scores; None: default threshold."""
    faces = answers.detect(picture.file, threshold)
    boxes = np.asarray([face.box for face in faces], dtype=np.float64).reshape(-1, 4)
    scores = np.asarray([face.score for face in faces], dtype=np.float64)
    return match(boxes, scores, picture.faces, OVERLAP, picture.ignore), scores


def _ratio(part: np.ndarray, whole: np.ndarray) -> Estimate:
    if not whole.sum():
        return Estimate(float("nan"))
    pairs = np.stack([part, whole], axis=1).astype(np.float64)
    low, high = bootstrap(
        pairs,
        lambda sample: sample[..., 0].sum(axis=-1) / np.maximum(sample[..., 1].sum(axis=-1), 1),
        draws=1000,
    )
    return Estimate(100 * float(part.sum() / whole.sum()), 100 * low, 100 * high)


def _count(numbers: np.ndarray) -> Estimate:
    return Estimate(float(numbers.sum()))
