"""The landmark network on a picture: where a crop lies, what is read in it, and how to crop the same face better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from charaface.face import Face, Landmarks
from charaface.geometry import area, box_from_points, clip_box, crop_matrix, invert, transform
from charaface.image import warp
from charaface.pose import head_pose
from charaface.schemes import SCHEMES
from charaface.session import Readers, Session

BATCH = 16  # crops at a time: more is no faster on a CPU and takes memory
_OFF, _TURNED = 0.05, 5.0  # box sides and degrees: less than half of what the network is trained to bear
_FAR = 0.15  # box sides: a first look from further off counts for little beside the second
_SMALLEST = 2.0  # pixels: the side of the smallest box that is cropped as it is


class Framing(NamedTuple):
    """Where a face is to be read."""

    box: np.ndarray  # (4,) picture pixels, in the face's own upright frame, turned about its middle
    angle: float = 0.0  # degrees the face leans to image right

    def matrix(self, size: int, scale: float) -> np.ndarray:
        """(2, 3) map from picture points to those of its size x size crop, scale times the box's longer side wide."""
        return crop_matrix(_grown(self.box), size, scale, self.angle)

    def still_fits(self, wanted: Framing) -> bool:
        """Whether reading here is as good as reading where it is wanted: off by a few per cent and degrees at most."""
        off, grown = self.away(wanted)
        turned = abs((self.angle - wanted.angle + 180) % 360 - 180)
        return off < _OFF and grown < _OFF and turned < _TURNED

    def away(self, wanted: Framing) -> tuple[float, float]:
        """How far its middle lies from the wanted one in box sides, and the log of their ratio in size."""
        (middle, side), (other, size) = (_middle_and_side(framing.box) for framing in (self, wanted))
        return float(np.linalg.norm(middle - other)) / size, abs(float(np.log(side / size)))


class Reading(NamedTuple):
    """What the network said of one crop."""

    points: np.ndarray  # (N, 2) float32 picture pixels, whole numbers at pixel centres
    scores: np.ndarray  # (N,) float32, how sure each point is
    visible: np.ndarray  # (N,) float32, probability that it is drawn and not hidden
    face: float  # probability that the crop was centred on a face
    crop: Framing | None = None  # where it was read
    given: Reading | None = None  # what a network without framing read there, of its own scheme: the result's points
    domain: np.ndarray | None = None  # (D,) float32, probabilities of the kinds of picture that its Spec names

    def box(self, width: int, height: int) -> np.ndarray | None:
        """(4,) float32 box of the points, clipped to a picture of that size; None where nothing is left of it."""
        box = clip_box(box_from_points(self.points), width, height)
        return box if area(box) >= 1 else None

    def box_beside(self, seen: np.ndarray, width: int, height: int) -> np.ndarray | None:
        """The box of the points where they are sure, nearer to the (4,) box seen by another the less they are."""
        hull = self.box(width, height)
        return None if hull is None else np.asarray(seen + (hull - seen) * np.sqrt(self.scores.mean()), np.float32)

    def framing(self) -> Framing:
        """The crop that shows this face upright and in the middle."""
        return frame_points(self.points)

    def landmarks(self, scheme: str) -> Landmarks:
        """The points as a result."""
        given = self.given or self
        return Landmarks(given.points, given.scores, given.visible >= 0.5, scheme)

    def moved(self, move: Callable[[np.ndarray], np.ndarray]) -> Reading:
        """The same with all points at once, those of the other network behind its own, as move gives them."""
        if self.given is None:
            return self._replace(points=move(self.points))
        own, given = np.split(move(np.concatenate([self.points, self.given.points])), [len(self.points)])
        return self._replace(points=own, given=self.given._replace(points=given))


def read(image: np.ndarray, framings: Sequence[Framing], session: Session, *, flip: bool = False) -> list[Reading]:
    """A Reading for each framing, in order. image (H, W, 3) uint8; flip averages with the mirrored crop."""
    spec = session.spec
    if spec.task != "landmarks" or spec.input.size is None or spec.scheme is None or spec.crop_scale is None:
        raise ValueError(f"{spec.label} is no network for landmarks of a fixed crop size")
    height, width = spec.input.size
    if height != width:
        raise ValueError(f"{spec.label} takes crops of {width}x{height}; they must be square")
    out: list[Reading] = []
    for start in range(0, len(framings), BATCH):
        part = framings[start : start + BATCH]
        matrices = [framing.matrix(width, spec.crop_scale) for framing in part]
        crops = [warp(image, matrix, (width, width)) for matrix in matrices]
        found = _run(session, crops)
        if flip:
            mirrored = _run(session, [crop[:, ::-1] for crop in crops])
            found = _average(found, mirrored, np.asarray(SCHEMES[spec.scheme].mirror))
        out += [_to_picture(found, i, width, matrix, part[i]) for i, matrix in enumerate(matrices)]
    return out


def _run(session: Session, crops: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """What a network says of crops; one that gives points alone is sure of all."""
    found = session.run(session.spec.input.batch(crops))
    ones = np.ones(found["points"].shape[:2], np.float32)
    return {"scores": ones, "visible": ones, "face": ones[:, 0], **found}


def read_again(image: np.ndarray, first: Sequence[Reading], readers: Readers, *, flip: bool = False) -> list[Reading]:
    """The second pass: each face cropped upright from its own first points, which removes what its box was off.

    Two looks of one network at one face err apart: each point is the mean of both, weighed by how sure either is and
    by how well the first crop lay.
    """
    framings = [reading.framing() for reading in first]
    if not readers.alone:
        return read_given(image, first, framings, readers, flip=flip)
    second = read(image, framings, readers.reader, flip=flip)
    return [combined(a, b) for a, b in zip(first, second, strict=True)]


def read_given(
    image: np.ndarray, first: Sequence[Reading], framings: Sequence[Framing], readers: Readers, *, flip: bool = False
) -> list[Reading]:
    """The readings of the framer, each with what the reader gives in a framing."""
    given = read(image, framings, readers.reader, flip=flip)
    return [a._replace(crop=b.crop, given=b) for a, b in zip(first, given, strict=True)]


def combined(first: Reading, second: Reading) -> Reading:
    """One reading of two of the same face, point by point by their squared scores; as a face the second counts.

    The first counts less the further its crop was from the second's: a Gaussian of _FAR box sides.
    """
    off = float(np.hypot(*first.crop.away(second.crop))) if first.crop and second.crop else 0.0
    one = np.exp(-((off / _FAR) ** 2)) * first.scores.astype(np.float64) ** 2
    two = second.scores.astype(np.float64) ** 2
    share = np.where(one + two > 0, two / np.maximum(one + two, 1e-12), 0.5)

    def mean(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
        return np.asarray(a + share * (b - a), np.float32)

    return Reading(
        mean(first.points, second.points, share[:, None]),
        mean(first.scores, second.scores, share),
        mean(first.visible, second.visible, share),
        second.face,
        second.crop,
        domain=None if first.domain is None or second.domain is None else (first.domain + second.domain) / 2,
    )


def framing_of(face: Face) -> Framing:
    """The crop that shows a face with points upright and in the middle."""
    if face.landmarks is None:
        raise ValueError("a face without points cannot be framed by them")
    return frame_points(face.landmarks.to("ibug68").points)


def frame_points(points: np.ndarray) -> Framing:
    """The framing of a face with (68, 2) points: its box in the frame in which its head does not lean."""
    middle = points.mean(axis=0)
    angle = _lean(points)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])  # undoes the lean
    upright = (points - middle) @ turn.T
    box = box_from_points(upright).astype(np.float64)
    centre = np.array([box[0] + box[2], box[1] + box[3]]) / 2 - 0.5
    half = np.array([box[2] - box[0], box[3] - box[1]]) / 2
    at = centre @ turn + middle + 0.5
    return Framing(np.concatenate([at - half, at + half]), angle)


def _middle_and_side(box: np.ndarray) -> tuple[np.ndarray, float]:
    return (box[:2] + box[2:]) / 2, max(float((box[2:] - box[:2]).max()), _SMALLEST)


def _lean(points: np.ndarray) -> float:
    try:
        return head_pose(points).roll
    except ValueError:  # all points in one place: not a face, whatever the crop
        return 0.0


def _grown(box: np.ndarray) -> np.ndarray:
    """The box, or one of two pixels round its middle where it is smaller."""
    middle, half = (box[:2] + box[2:]) / 2, np.maximum(box[2:] - box[:2], _SMALLEST) / 2
    return np.concatenate([middle - half, middle + half])


def _average(found: dict[str, np.ndarray], mirrored: dict[str, np.ndarray], order: np.ndarray) -> dict[str, np.ndarray]:
    points = mirrored["points"][:, order] * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
    back: dict[str, np.ndarray] = {
        "points": points,
        "scores": mirrored["scores"][:, order],
        "visible": mirrored["visible"][:, order],
        **{name: mirrored[name] for name in ("face", "domain") if name in mirrored},
    }
    return {name: (found[name] + values) / 2 for name, values in back.items()}


def _to_picture(found: dict[str, np.ndarray], i: int, size: int, matrix: np.ndarray, crop: Framing) -> Reading:
    inside = found["points"][i].astype(np.float64) * size - 0.5
    points = transform(inside, invert(matrix)).astype(np.float32)
    scores, visible = (np.clip(found[name][i], 0, 1) for name in ("scores", "visible"))
    domain = found["domain"][i] if "domain" in found else None
    return Reading(points, scores, visible, float(np.clip(found["face"][i], 0, 1)), crop, domain=domain)
