"""attributes: colours of hair, skin and eyes, what is worn, whether there is colour, how a face is presented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import cv2
import numpy as np

from charaface import session
from charaface.colour import commonest, distance, hex_of, lab, named
from charaface.face import PARTS, Colour, Face
from charaface.geometry import transform
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.landmarker import framing_of
from charaface.parser import Parsing, parse
from charaface.session import Model, Session
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.landmarks import Pointing, pointed

Presented = Literal["drawn", "all", "none"]  # the faces whose presentation is told
_LEAST = {"hair": 120, "skin": 120, "left_eye": 6, "right_eye": 6}  # pixels of a crop: fewer tell no colour
_SEEN = 0.3  # of the points of an eye: one of which less is seen has no colour
_HELD = 0.5  # seconds
_ODD = 30.0  # distance in Lab from which on the colours of two eyes are two, not one in different light
_EYES = {"right_eye": slice(36, 42), "left_eye": slice(42, 48)}


def attributes(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    presentation: Presented = "drawn",
    threshold: float = THRESHOLD,
    flip: bool = False,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture with colours, accessories, whether it has colour at all, and presentation.

    The faces are those of landmarks, or the given ones in their order: these keep box, score and all other fields.
    colours has hair, skin, left_eye and right_eye (the character's own left and right): the commonest colour of the
    pixels of that part, its name and the share of them that have it; what is not seen is absent, and a picture without
    colour has none. presentation: whose is told: "drawn" (faces of which no photograph is likelier than a drawing),
    "all" or "none". The other options and errors as for landmarks; ValueError for a presentation that is none.
    """
    check_presented(presentation)
    pixels = load(image, limits)
    faces = pointed(pixels, faces, Pointing(threshold, flip, model, threads, limits, name_of(image)))
    return describe(pixels, faces, session.load_for("segment", model, threads), presentation)


def check_presented(presentation: str) -> None:
    """Raises ValueError for what says of no faces whose presentation is told."""
    if presentation not in get_args(Presented):
        raise ValueError(f"presentation is one of {', '.join(get_args(Presented))}, got {presentation!r}")


def describe(image: np.ndarray, faces: Sequence[Face], network: Session, presentation: Presented) -> list[Face]:
    """The faces with points of an (H, W, 3) uint8 picture with what a parsing network says of them."""
    parsings = parse(image, [framing_of(face) for face in faces], network)
    return [_described(face, one, network, presentation) for face, one in zip(faces, parsings, strict=True)]


def _described(face: Face, parsing: Parsing, network: Session, presentation: Presented) -> Face:
    told = parsing.told
    monochrome = told.get("monochrome", {}).get("monochrome")
    shown = presentation == "all" or (presentation == "drawn" and face.kind not in (None, "photo"))
    return replace(
        face,
        colours=colours(face, parsing) if monochrome is None or monochrome < 0.5 else None,
        accessories=told.get("accessories", face.accessories),
        monochrome=face.monochrome if monochrome is None else monochrome,
        presentation=told.get("presentation", face.presentation) if shown else face.presentation,
        weights={**face.weights, "attributes": network.spec.label},
    )


def colours(face: Face, parsing: Parsing) -> dict[str, Colour]:
    """The colours of the parts of a face with points; a part of too few pixels is absent.

    Each eye has its own value; eyes that are odd by no more than light makes them have the name of their mean.
    """
    found = {
        name: commonest(parsing.crop[mask])
        for name, mask in _masks(face, parsing).items()
        if mask.sum() >= _LEAST[name]
    }
    meant = {name: rgb for name, (rgb, _) in found.items()}
    if all(name in found for name in _EYES):
        values, shares = zip(*(found[name] for name in _EYES), strict=True)
        if distance(*(lab(rgb) for rgb in values)) < _ODD:
            meant |= dict.fromkeys(_EYES, np.average(values, axis=0, weights=shares))
    photo = face.kind == "photo"
    return {
        name: Colour(hex_of(rgb), named(name, meant[name], photo=photo), share) for name, (rgb, share) in found.items()
    }


def _masks(face: Face, parsing: Parsing) -> dict[str, np.ndarray]:
    """The (S, S) bool pixels of each part that has a colour of its own, without their edges where they are wide."""
    labels = parsing.labels
    hair, skin, iris = (labels == PARTS.index(name) for name in ("hair", "skin", "iris"))
    assert face.landmarks is not None
    points = transform(face.landmarks.to("ibug68").points, parsing.matrix)
    middles = [points[part].mean(axis=0) for part in _EYES.values()]
    rows, columns = np.indices(labels.shape)
    seen = [bool(face.landmarks.to("ibug68").visible[part].mean() > _SEEN) for part in _EYES.values()]
    apart = [np.hypot(columns - x, rows - y) if there else np.inf for (x, y), there in zip(middles, seen, strict=True)]
    own = (apart[0] <= apart[1], apart[0] > apart[1])
    eyes = {name: iris & side for name, side, there in zip(_EYES, own, seen, strict=True) if there}
    return {"hair": _inner(hair), "skin": _inner(skin), **eyes}


def _inner(mask: np.ndarray) -> np.ndarray:
    """A mask without its outermost two pixels, which mix colours; all of it where that leaves little."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.asarray(inner if inner.sum() > 0.25 * mask.sum() else mask)


class Descriptions:
    """The attributes of one frame after another: a track is looked at anew every half second."""

    def __init__(self, network: Session, presentation: Presented = "drawn", *, steady: bool = True) -> None:
        """steady: whether what was seen of a track stays in between."""
        self._network, self._presentation, self._steady = network, presentation, steady
        self._known: dict[int, tuple[float, Face]] = {}  # track to when it was looked at, and what was seen

    def see(self, image: np.ndarray, faces: Sequence[Face], time: float) -> list[Face]:
        """The faces with points of an (H, W, 3) uint8 picture at a time in seconds, with their attributes."""
        self._known = {number: seen for number, seen in self._known.items() if 0 <= time - seen[0] < _HELD}
        held = [self._known.get(face.track) if face.track is not None and self._steady else None for face in faces]
        fresh = [i for i, seen in enumerate(held) if seen is None]
        asked = describe(image, [faces[i] for i in fresh], self._network, self._presentation)
        looked = dict(zip(fresh, asked, strict=True))
        for face in looked.values():
            if face.track is not None:
                self._known[face.track] = (time, face)
        return [looked[i] if seen is None else _as_seen(faces[i], seen[1]) for i, seen in enumerate(held)]


def _as_seen(face: Face, seen: Face) -> Face:
    """A face with the attributes that were seen of it."""
    return replace(
        face,
        colours=seen.colours,
        accessories=seen.accessories,
        monochrome=seen.monochrome,
        presentation=seen.presentation,
        weights={**face.weights, "attributes": seen.weights["attributes"]},
    )
