"""LabelMe: one JSON file a picture, of rectangles and points that a group number holds together.

LabelMe counts from the picture's edge, so the middle of the first pixel is at 0.5.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import InputError, atomic, contents, open_input
from charaface.formats.folder import Names, files, made, stem_of
from charaface.formats.jsonl import is_text, no_number
from charaface.formats.record import Problem, Record, tried
from charaface.schemes import SCHEMES, scheme_of

LACKS = frozenset({"frames", "scores", "point scores", "unknown points", "pose", "tracks", "more"})
FACE = "face"  # the label of a box; a point's label is its number
HIDDEN = "hidden"  # the flag of a point that cannot be seen
_MIDDLE = 0.5


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a file. path: a file or a folder. Raises InputError that names the file and what is wrong in it.

    scheme: that of points whose rectangle's description names none, where their number does not tell it.
    """
    for file, _ in files(Path(path), ".json"):
        record = tried(partial(_of_file, file, scheme), problem)
        if record is not None:
            yield record


def _of_file(file: Path, scheme: str | None) -> Record:
    with open_input(file) as stream:
        try:
            table = json.loads(contents(stream, str(file)).decode("utf-8-sig"), parse_constant=no_number)
            return _record(table, scheme)
        except InputError:
            raise
        except KeyError as error:
            raise InputError(f"{file}: is no file of LabelMe (it has no {error})") from error
        except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise InputError(f"{file}: is no file of LabelMe ({error})") from error


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes one file a picture below a folder, and returns the folder."""
    folder, names = made(Path(path)), Names()
    for record in records:
        file = folder / names.place(stem_of(record.picture), ".json")
        made(file.parent)
        table: dict[str, Any] = {
            "version": "5.5.0",
            "flags": {},
            "shapes": [shape for number, face in enumerate(record.faces) for shape in _shapes(face, number)],
            "imagePath": _path_from(file.parent, record.picture),
            "file": record.picture,  # LabelMe keeps keys it does not know
            "imageData": None,
            "imageHeight": record.height,
            "imageWidth": record.width,
        }
        with atomic(file) as part, part.open("w", encoding="utf-8", newline="\n") as text:
            json.dump(table, text, ensure_ascii=not is_text(record.file), allow_nan=False)
    return folder


def _path_from(folder: Path, picture: str) -> str:
    """The way from a folder to a picture, which LabelMe opens; the picture's name where it is not to be found."""
    try:
        return Path(os.path.relpath(picture, folder)).as_posix() if Path(picture).is_file() else picture
    except (OSError, ValueError):  # another drive, or a name that no file can have
        return picture


def _shapes(face: Face, group: int) -> Iterator[dict[str, Any]]:
    data = face.to_dict()
    x0, y0, x1, y1 = data["box"]
    common: dict[str, Any] = {"group_id": group, "description": "", "mask": None}
    scheme = face.landmarks.scheme if face.landmarks else ""
    yield {
        **common,
        "description": scheme,
        "label": FACE,
        "points": [[x0, y0], [x1, y1]],
        "shape_type": "rectangle",
        "flags": {},
    }
    if "landmarks" in data:
        marks = data["landmarks"]
        for number, ((x, y), seen) in enumerate(zip(marks["points"], marks["visible"], strict=True)):
            spot = {"label": str(number), "points": [[x + _MIDDLE, y + _MIDDLE]], "shape_type": "point"}
            yield {**common, **spot, "flags": {} if seen else {HIDDEN: True}}


def _record(table: dict[str, Any], scheme: str | None) -> Record:
    groups: dict[Any, _Group] = {}
    for place, shape in enumerate(table["shapes"], 1):
        try:
            _sort(shape, groups, place)
        except KeyError as error:
            raise ValueError(f"shape {place}: it has no {error}") from error
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"shape {place}: {error}") from error
    faces = [_face(own, scheme) for own in groups.values() if own.box or own.numbers]
    size = int(table.get("imageWidth") or 0), int(table.get("imageHeight") or 0)
    return Record(str(table.get("file", table["imagePath"])), 0, 0.0, *size, faces)


@dataclass
class _Group:
    """The shapes of one face."""

    box: list[float] | None = None
    numbers: list[int] = field(default_factory=list)  # of points, as they come
    points: list[tuple[float, float]] = field(default_factory=list)
    visible: list[bool] = field(default_factory=list)
    scheme: str | None = None


def _sort(shape: dict[str, Any], groups: dict[Any, _Group], place: int) -> None:
    """Puts a rectangle or a numbered point into its group; one without a group is a face of its own."""
    kind, label, group = shape["shape_type"], str(shape["label"]), shape.get("group_id")
    own = groups.setdefault(f"shape {place}, no group" if group is None else group, _Group())
    if kind == "rectangle":
        if own.box:
            raise ValueError(f"the second box of group {group}, which is one face")
        (xa, ya), (xb, yb) = shape["points"]
        own.box = [min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)]
        if shape.get("description") in SCHEMES:
            own.scheme = shape["description"]
    elif kind == "point" and label.isdecimal():
        ((x, y),) = shape["points"]
        own.numbers.append(int(label))
        own.points.append((x - _MIDDLE, y - _MIDDLE))
        own.visible.append(not (shape.get("flags") or {}).get(HIDDEN, False))


def _face(own: _Group, scheme: str | None) -> Face:
    if not own.numbers:
        return Face(own.box)  # type: ignore[arg-type]
    named = scheme_of(own.numbers, "points of a group", own.scheme or scheme)
    order = np.argsort(own.numbers)
    points = np.asarray(own.points, dtype=np.float64)[order]
    marks = Landmarks(points, np.ones(len(order)), np.asarray(own.visible)[order], named)
    return Face(marks.box if own.box is None else own.box, landmarks=marks)  # type: ignore[arg-type]
