"""The faces of one frame of one file: what every file of faces holds a list of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, TypeVar

import numpy as np

from charaface.face import Face, Landmarks, whole
from charaface.files import InputError, OutputError
from charaface.formats.folder import stem_of

# what some formats have no place for, and what becomes of it there
LACKS = {
    "frames": "a frame of a clip becomes a picture of its own",
    "names": "the name of the picture has no suffix",
    "together": "each face is a picture of its own",
    "size": "the size of the picture is 0 x 0",
    "empty": "a picture without a face is left out",
    "boxes": "the box is that of the points, and a face without any is left out",
    "fractions": "coordinates are whole numbers",
    "scores": "a face is sure",
    "points": "there are none",
    "point scores": "a point is sure",
    "visible": "a point is visible",
    "unknown points": "a point that is not known counts as one that is",
    "pose": "it is left out",
    "tracks": "they are left out",
    "more": "expression, colours, kind of picture, what is worn, notes and weights are left out",
}


# keys of Face.to_dict that tables of numbers keep as JSON
MORE = ("domain", "weights", "notes", "colours", "emotion", "accessories", "monochrome", "presentation")


@dataclass(frozen=True, eq=False)
class Record:
    """The faces found in one frame, in their order."""

    file: str  # name or path of the picture or clip, as it was given
    frame: int  # 0 for a picture
    time: float  # seconds from the start of the clip
    width: int  # of the frame, pixels; 0 where a file of faces does not tell
    height: int
    faces: list[Face]
    pixels: np.ndarray | None = None  # (H, W, 3) uint8, where the file of faces holds the picture itself

    def __post_init__(self) -> None:
        if not isinstance(self.file, str):
            raise TypeError(f"the name of a file is text, got {self.file!r}")
        for name in ("frame", "width", "height"):
            whole(name, getattr(self, name))
        if not math.isfinite(self.time):
            raise ValueError(f"a time must be a finite number, got {self.time}")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, one object a frame."""
        return {
            "file": self.file,
            "frame": self.frame,
            "time": self.time,
            "width": self.width,
            "height": self.height,
            "faces": [face.to_dict() for face in self.faces],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Record:
        """A record from what to_dict gave. Raises KeyError, TypeError or ValueError on anything else.

        Without frame and time it is that of a picture, as the generator's labels are.
        """
        return cls(
            str(data["file"]),
            data.get("frame", 0),
            float(data.get("time", 0.0)),
            data["width"],
            data["height"],
            [Face.from_dict(face) for face in data["faces"]],
        )

    @property
    def picture(self) -> str:
        """A name for the frame as a picture of its own: that of the file, numbered from its second frame on."""
        if not self.frame:
            return self.file
        path = PurePosixPath(self.file)
        return str(path.with_name(f"{path.stem}_{self.frame:06d}{path.suffix}")) if path.name else self.file

    def of_face(self, number: int) -> str:
        """A name for the picture of one of its faces, the first of which is 1."""
        path = PurePosixPath(self.file)
        return str(path.with_name(f"{path.stem}_{number}{path.suffix}")) if number > 1 and path.name else self.file


Write = Callable[[Record], None]  # adds one record to a file that is open
Problem = Callable[[str], None]  # hears in one line, with file and place, why something is left out
_Made = TypeVar("_Made")


def tried(make: Callable[[], _Made], problem: Problem | None) -> _Made | None:
    """What make returns; where it raises InputError, None, and problem hears why. Without problem the error goes on."""
    try:
        return make()
    except InputError as error:
        if problem is None:
            raise
        problem(str(error))
        return None


def first_scheme(records: Iterable[Record]) -> tuple[str | None, Iterator[Record]]:
    """The scheme of the first face with points, None of none, and all records; those before it are held in memory."""
    records, held = iter(records), []
    for record in records:
        held.append(record)
        for face in record.faces:
            if face.landmarks is not None:
                return face.landmarks.scheme, chain(held, records)
    return None, iter(held)


def kept(records: Iterable[Record], lacks: frozenset[str]) -> Iterator[Record]:
    """The records as a format that lacks these keys of LACKS gives them back.

    Raises OutputError where boxes are those of the points and some points have none.
    """
    for record in records:
        try:
            faces = [_kept(face, lacks) for face in record.faces if face.landmarks or "boxes" not in lacks]
        except ValueError as error:
            raise OutputError(f"{record.file!r}: the points of a face have no box ({error})") from None
        if "frames" in lacks:
            record = Record(record.picture, 0, 0.0, record.width, record.height, faces)
        if "size" in lacks:
            record = replace(record, width=0, height=0)
        if "together" in lacks:
            several = [(record.of_face(number), [face]) for number, face in enumerate(faces, 1)]
        else:
            several = [(record.file, faces)] if faces or "empty" not in lacks else []
        for name, own in several:
            name = str(stem_of(name)) if "names" in lacks else name
            yield replace(record, file=name, faces=own)


def _kept(face: Face, lacks: frozenset[str]) -> Face:
    marks, box = face.landmarks, face.box
    if marks is not None and "points" not in lacks:
        ones = np.ones(len(marks.points), dtype=np.float32)
        points = np.round(marks.points) if "fractions" in lacks else marks.points
        scores = np.where(marks.known, ones, 0) if "point scores" in lacks else marks.scores
        scores = np.where(marks.known, scores, ones) if "unknown points" in lacks else scores
        marks = Landmarks(points, scores, ones > 0 if "visible" in lacks else marks.visible, marks.scheme)
    else:
        marks = None
    if "boxes" in lacks and marks is not None:
        box = marks.box
    elif "fractions" in lacks:
        box = whole_box(box)
    score = 1.0 if "scores" in lacks else face.score
    pose = None if "pose" in lacks else face.pose
    track = None if "tracks" in lacks else face.track
    if "more" in lacks:
        return Face(box, score, marks, pose, track=track)
    return replace(face, box=box, score=score, landmarks=marks, pose=pose, track=track)


def whole_box(box: np.ndarray) -> np.ndarray:
    """(4,) the box in whole pixels, at least one wide and high."""
    low, high = np.round(box[:2]), np.round(box[2:])
    return np.concatenate([low, np.maximum(high, np.maximum(low + 1, np.nextafter(low, np.float32(np.inf))))])
