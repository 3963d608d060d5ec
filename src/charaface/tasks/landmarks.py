"""landmarks: 68 points and the head pose of each face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from charaface import session
from charaface.face import Face, Landmarks, Pose
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.landmarker import Framing, Reading, read, read_again
from charaface.pose import head_pose
from charaface.session import Model, Session
from charaface.tasks.detect import THRESHOLD, find


def landmarks(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    threshold: float = THRESHOLD,
    flip: bool = False,
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture with points and pose; those found by detect, or the given ones in their order.

    Every face is read twice: in its box, then upright and in the middle as the first points say. Given faces keep
    box, score and all other fields, and none is dropped. flip reads the mirrored crop as well and averages: twice
    the time, a little less error. threshold, model, threads, limits and errors as for detect.
    """
    pixels = load(image, limits)
    reader = session.load_for("landmarks", model, threads)
    if faces is None:
        found = find(pixels, session.load_for("detect", model, threads), reader, threshold, limits, name_of(image))
        faces, first = [one.face for one in found], [one.first for one in found]
    else:
        first = read(pixels, [Framing(face.box) for face in faces], reader)
    second = read_again(pixels, first, reader, flip=flip)
    return [with_landmarks(face, reading, reader) for face, reading in zip(faces, second, strict=True)]


def with_landmarks(face: Face, reading: Reading, reader: Session) -> Face:
    """The face with what was read of it."""
    marks = reading.landmarks(reader.spec.scheme or "")
    weights = {**face.weights, "landmarks": reader.spec.label}
    return replace(face, landmarks=marks, pose=pose_of(marks), weights=weights)


def pose_of(marks: Landmarks) -> Pose | None:
    """The head pose of landmarks; None where they say nothing of it."""
    try:
        return head_pose(marks.points)
    except ValueError:
        return None
