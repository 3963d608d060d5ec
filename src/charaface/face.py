"""What is known of one face: frozen results that check themselves and travel as JSON."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from charaface.geometry import box_from_points
from charaface.schemes import conversion, scheme_named

_LARGEST = float(np.finfo(np.float32).max)
_PLACES = tuple(10.0**places for places in range(7))
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
DOMAINS = ("photo", "anime", "manga", "cartoon", "painting")  # kinds of picture that our networks tell apart
PARTS = ("background", "skin", "hair", "eyes", "iris", "brows", "mouth", "teeth", "glasses", "hat")  # of a parsed face
ACCESSORIES = ("glasses", "sunglasses", "hat", "beard", "mask")


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Points of one face in one scheme."""

    points: np.ndarray  # (N, 2) float32, picture pixels, whole numbers at pixel centres; may leave the picture
    scores: np.ndarray  # (N,) float32, how sure each point is, 0 to 1
    visible: np.ndarray  # (N,) bool, False for a point that is hidden or not drawn
    scheme: str = "ibug68"

    def __post_init__(self) -> None:
        count = scheme_named(self.scheme).count
        points = _float32(self.points)
        if points.shape != (count, 2):
            raise ValueError(f"{self.scheme} needs points of shape ({count}, 2), got {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("points must be finite numbers")
        object.__setattr__(self, "points", points)
        for name, values in (("scores", _float32(self.scores)), ("visible", np.array(self.visible, dtype=np.bool_))):
            if values.shape != (count,):
                raise ValueError(f"{self.scheme} needs {name} of shape ({count},), got {values.shape}")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} of points must be finite numbers")
            object.__setattr__(self, name, values)

    @property
    def known(self) -> np.ndarray:
        """(N,) bool, False for a point that nothing is known of: hidden, with a score of 0, where a head has it."""
        return np.asarray(self.visible | (self.scores > 0))

    @property
    def box(self) -> np.ndarray:
        """(4,) float32 face box of the points, as box_from_points has it of their places in ibug68; not clipped."""
        return box_from_points(self.to("ibug68").points)

    def to(self, scheme: str) -> Landmarks:
        """The points in another scheme, as charaface.schemes.convert_points has them.

        A point is as sure and as visible as the least of those that it is made of. One that this scheme has nothing
        for is not known: it lies where the average head has it, hidden and with a score of 0. Raises ValueError for
        an unknown scheme.
        """
        if scheme == self.scheme:
            return self
        way = conversion(self.scheme, scheme)
        made = way.sources.any(axis=1)
        scores = np.where(way.sources, self.scores, np.inf).min(axis=1)
        visible = np.where(way.sources, self.visible, True).all(axis=1)
        points = way.weights @ self.points.astype(np.float64)
        return Landmarks(points, np.where(made, scores, 0), np.logical_and(visible, made), scheme)


@dataclass(frozen=True)
class Pose:
    """Head pose in degrees: nose towards image right, nose up, head leaning to image right are positive."""

    yaw: float
    pitch: float
    roll: float

    def __post_init__(self) -> None:
        for name in ("yaw", "pitch", "roll"):
            object.__setattr__(self, name, finite(name, getattr(self, name)))


@dataclass(frozen=True)
class Emotion:
    """A drawn expression (not a feeling) and how likely each of the seven is."""

    label: str
    probabilities: dict[str, float]

    def __post_init__(self) -> None:
        unknown = ({self.label} | set(self.probabilities)) - set(EXPRESSIONS)
        if unknown:
            raise ValueError(f"no expression {sorted(unknown)}; there are {', '.join(EXPRESSIONS)}")
        for name, value in self.probabilities.items():
            finite(f"the probability of {name}", value)


@dataclass(frozen=True)
class Colour:
    """A colour of a part: its value, its everyday name and the share of the part that has it."""

    hex: str  # "#rrggbb"
    name: str
    share: float = 1.0

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError(f"a colour is #rrggbb, got {self.hex!r}")
        if not isinstance(self.name, str):
            raise ValueError(f"a colour's name is text, got {self.name!r}")
        finite("a colour's share", self.share)


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a picture; what is not known is None."""

    box: np.ndarray  # (4,) float32 x0, y0, x1, y1 in picture pixels: picture[y0:y1, x0:x1]
    score: float = 1.0  # how sure it is a face, 0 to 1
    landmarks: Landmarks | None = None
    pose: Pose | None = None
    emotion: Emotion | None = None
    colours: dict[str, Colour] | None = None  # of hair, skin, left_eye, right_eye
    domain: dict[str, float] | None = None  # kind of picture to probability: DOMAINS, or what a data set has
    track: int | None = None  # the same number for the same face from frame to frame
    weights: dict[str, str] = field(default_factory=dict)  # task to the name of the weights that answered
    notes: dict[str, str] = field(default_factory=dict)  # what a data set says besides: annotator, occlusion
    accessories: dict[str, float] | None = None  # name, of ACCESSORIES or a data set's own, to probability
    monochrome: float | None = None  # probability that the picture has no colour of its own
    presentation: dict[str, float] | None = None  # feminine and masculine, how it is drawn, to probability

    def __post_init__(self) -> None:
        box = _float32(self.box)
        if box.shape != (4,):
            raise ValueError(f"a box has 4 numbers x0, y0, x1, y1, got shape {box.shape}")
        if not np.isfinite(box).all():
            raise ValueError(f"a box needs finite numbers, got {box.tolist()}")
        if box[2] <= box[0] or box[3] <= box[1]:
            raise ValueError(f"a box needs x1 > x0 and y1 > y0, got {box.tolist()}")
        object.__setattr__(self, "box", box)
        object.__setattr__(self, "score", finite("a score", self.score))
        if self.track is not None:
            object.__setattr__(self, "track", whole("a track", self.track))
        for table in (self.domain, self.accessories, self.presentation):
            if table is not None:
                for name, value in table.items():
                    finite(f"the probability of {name}", value)
        if self.monochrome is not None:
            object.__setattr__(self, "monochrome", finite("the probability of monochrome", self.monochrome))
        if not all(isinstance(name, str) for name in self.weights.values()):
            raise ValueError(f"weights have names, got {self.weights}")
        if not all(isinstance(note, str) for pair in self.notes.items() for note in pair):
            raise ValueError(f"notes are text by name, got {self.notes}")

    @property
    def kind(self) -> str | None:
        """The likeliest kind of picture, "photo" for one; None where nothing is known of it."""
        return max(self.domain, key=self.domain.__getitem__) if self.domain else None

    def to(self, scheme: str) -> Face:
        """The face with its points in another scheme; one without points as it is. ValueError for an unknown scheme."""
        scheme_named(scheme)
        return self if self.landmarks is None else replace(self, landmarks=self.landmarks.to(scheme))

    def to_dict(self) -> dict[str, Any]:
        """The face as plain JSON values; unknown fields are absent, parts are derived from the points."""
        out: dict[str, Any] = {"box": plain_numbers(self.box), "score": plain_numbers(self.score)}
        if self.domain is not None:
            out["domain"] = {k: plain_numbers(v) for k, v in self.domain.items()}
        if self.track is not None:
            out["track"] = self.track
        if self.weights:
            out["weights"] = dict(self.weights)
        if self.notes:
            out["notes"] = dict(self.notes)
        if self.landmarks is not None:
            out["landmarks"] = {
                "scheme": self.landmarks.scheme,
                "points": plain_numbers(self.landmarks.points),
                "scores": plain_numbers(self.landmarks.scores),
                "visible": self.landmarks.visible.tolist(),
            }
        if self.pose is not None:
            out["pose"] = {k: plain_numbers(getattr(self.pose, k)) for k in ("yaw", "pitch", "roll")}
        if self.landmarks is not None and self.landmarks.scheme == "ibug68":
            out["parts"] = _parts(self.landmarks.points)
        if self.colours is not None:
            out["colours"] = {
                k: {"hex": c.hex, "name": c.name, "share": plain_numbers(c.share)} for k, c in self.colours.items()
            }
        if self.emotion is not None:
            probabilities = {k: plain_numbers(v) for k, v in self.emotion.probabilities.items()}
            out["emotion"] = {"label": self.emotion.label, "probabilities": probabilities}
        if self.accessories is not None:
            out["accessories"] = {k: plain_numbers(v) for k, v in self.accessories.items()}
        if self.monochrome is not None:
            out["monochrome"] = plain_numbers(self.monochrome)
        if self.presentation is not None:
            out["presentation"] = {k: plain_numbers(v) for k, v in self.presentation.items()}
        return out

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Face:
        """A face from what to_dict gave; derived and unknown keys are passed over. Raises ValueError on bad values."""
        if not isinstance(data, dict) or "box" not in data:
            raise ValueError("a face is a table of values with a box among them")
        try:
            return cls._of(data)
        except KeyError as error:
            raise ValueError(f"a face lacks {error}") from error
        except (TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"a face cannot be made of these values ({error})") from error

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Face:
        marks, pose, emotion, colours = (data.get(k) for k in ("landmarks", "pose", "emotion", "colours"))
        return cls(
            box=data["box"],
            score=data.get("score", 1.0),
            landmarks=Landmarks(marks["points"], marks["scores"], marks["visible"], marks["scheme"]) if marks else None,
            pose=Pose(pose["yaw"], pose["pitch"], pose["roll"]) if pose else None,
            emotion=Emotion(emotion["label"], emotion["probabilities"]) if emotion else None,
            colours={k: Colour(**c) for k, c in colours.items()} if colours is not None else None,
            domain=data.get("domain"),
            accessories=data.get("accessories"),
            monochrome=data.get("monochrome"),
            presentation=data.get("presentation"),
            track=data.get("track"),
            weights=dict(data.get("weights", {})),
            notes=dict(data.get("notes", {})),
        )


def _float32(values: Any) -> np.ndarray:
    """A copy as float32; what is too large becomes infinite, and is refused as that."""
    with np.errstate(over="ignore"):
        return np.array(values, dtype=np.float32)


def finite(what: str, value: Any) -> float:
    """A finite number that float32 has a place for."""
    number = float(value)
    if not abs(number) <= _LARGEST:
        raise ValueError(f"{what} must be a finite number, got {number}")
    return number


def whole(what: str, value: Any) -> int:
    """A count that 64 bits have a place for. Raises TypeError for what is no whole number, ValueError beyond."""
    if isinstance(value, bool):
        raise TypeError(f"{what} must be a whole number, got {value}")
    number = operator.index(value)
    if not 0 <= number < 1 << 63:
        raise ValueError(f"{what} must be a whole number of 0 or more, got {number}")
    return number


def plain_numbers(values: Any) -> Any:
    """Floats of any shape as lists of the shortest decimals that restore each float32."""
    array = np.asarray(values, dtype=np.float32)
    flat = array.ravel()
    if len(flat) < 9:
        return np.array([float(str(v)) for v in flat]).reshape(array.shape).tolist()
    if (np.rint(flat) == flat).all() and (np.abs(flat) < 1e6).all():
        return array.tolist()
    exact = flat.astype(np.float64)
    out, left = exact.copy(), np.ones(len(flat), dtype=np.bool_)
    for factor in _PLACES:  # below 1e6 the nearest of the fewest places that restore a float32 is its shortest decimal
        near = np.rint(exact * factor) / factor
        restored = left & (near.astype(np.float32) == flat) & (np.abs(exact) < 1e6)
        out[restored] = near[restored]
        left &= ~restored
        if not left.any():
            return out.reshape(array.shape).tolist()
    for place in np.flatnonzero(left):  # very large or very small ones: the text of a float32 is its shortest decimal
        out[place] = float(str(flat[place]))
    return out.reshape(array.shape).tolist()


def _parts(points: np.ndarray) -> dict[str, list[float]]:
    def box(part: slice) -> Any:
        return plain_numbers(np.concatenate([points[part].min(axis=0), points[part].max(axis=0)]) + np.float32(0.5))

    return {
        "left_eye": box(slice(42, 48)),
        "right_eye": box(slice(36, 42)),
        "mouth": box(slice(48, 68)),
        "nose": plain_numbers(points[30]),
        "chin": plain_numbers(points[8]),
    }
