"""landmarks: the points and the head pose of each face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from charaface import session
from charaface.face import Face, Pose
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.landmarker import Framing, Reading, read, read_again
from charaface.pose import head_pose
from charaface.session import Model, Readers
from charaface.tasks.detect import THRESHOLD, find
from charaface.weights import Choice


def landmarks(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture with points and pose; those found by detect, or the given ones in their order.

    Every face is read twice: in its box, then upright and in the middle as the first points say. Given faces keep
    box, score and all other fields, and none is dropped. flip reads the mirrored crop as well and averages: twice
    the time, a little less error. A model that gives points alone, of any scheme, reads them the second time, and the
    package's network the first: what it says of face, box and pose stays, and weights names both.

    domain is the probability of each kind of picture. Where it is most likely a photograph, points of the package's
    network are moved to where people label them, by that probability of 136 numbers fitted on photographs; weights
    "generated" leaves these out. threshold, model, threads, limits and errors as for detect.
    """
    options = Pointing(threshold, flip, model, threads, limits, name_of(image), weights)
    return with_points(load(image, limits), faces, options)


@dataclass(frozen=True)
class Pointing:
    """How faces are found and read; as the options of landmarks."""

    threshold: float
    flip: bool
    model: Model
    threads: int | None
    limits: Limits
    name: str = "the picture"  # what a LimitError calls it
    weights: Choice = "all"


def with_points(pixels: np.ndarray, faces: Sequence[Face] | None, options: Pointing) -> list[Face]:
    """The same of an (H, W, 3) uint8 picture that is loaded."""
    o = options
    readers = session.load_readers(o.model, o.threads, o.weights)
    if faces is None:
        detector = session.load_for("detect", o.model, o.threads)
        found = find(pixels, detector, readers.framer, o.threshold, o.limits, o.name)
        faces, first = [one.face for one in found], [one.first for one in found]
    else:
        first = read(pixels, [Framing(face.box) for face in faces], readers.framer)
    second = read_again(pixels, first, readers, flip=o.flip)
    size = (pixels.shape[1], pixels.shape[0])
    return [with_landmarks(face, reading, readers, size) for face, reading in zip(faces, second, strict=True)]


def pointed(pixels: np.ndarray, faces: Sequence[Face] | None, options: Pointing) -> list[Face]:
    """The faces of a picture with points: those found, or the given ones, of which those without points are read."""
    if faces is None:
        return with_points(pixels, None, options)
    bare = [i for i, face in enumerate(faces) if face.landmarks is None]
    read = dict(zip(bare, with_points(pixels, [faces[i] for i in bare], options), strict=True)) if bare else {}
    return [read.get(i, face) for i, face in enumerate(faces)]


def with_landmarks(face: Face, reading: Reading, readers: Readers, size: tuple[int, int]) -> Face:
    """The face with what was read of it in a picture of (width, height); no point beyond it is seen."""
    weights = {**face.weights, "landmarks": readers.reader.spec.label}
    if not readers.alone:
        weights["pose"] = readers.framer.spec.label
    marks, pose = reading.landmarks(readers.reader.spec.scheme or ""), _pose(reading)
    face = replace(face, pose=pose, domain=_domain(face, reading, readers), weights=weights)
    if readers.offsets and face.domain and face.kind == "photo" and pose:
        marks = replace(marks, points=readers.offsets.moved(marks.points, pose.roll, face.domain["photo"]))
        weights["landmarks"] += " + photo-offsets"
    inside = ((marks.points > -0.5) & (marks.points < np.array(size) - 0.5)).all(axis=1)
    return replace(face, landmarks=replace(marks, visible=marks.visible & inside), weights=weights)


def _domain(face: Face, reading: Reading, readers: Readers) -> dict[str, float] | None:
    """Kind of picture to probability; what was known of the face where the network does not tell."""
    names = readers.framer.spec.labels.get("domain")
    if names is None or reading.domain is None:
        return face.domain
    return dict(zip(names, reading.domain.tolist(), strict=True))


def _pose(reading: Reading) -> Pose | None:
    """The head pose of a reading; None where its points say nothing of it."""
    try:
        return head_pose(reading.points)
    except ValueError:
        return None
