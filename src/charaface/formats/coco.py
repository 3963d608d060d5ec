"""COCO keypoints: one JSON file of pictures and annotations, as pycocotools reads it.

Beside COCO's own keys an image may have frame and time, an annotation track_id, keypoint_scores and attributes
(yaw, pitch, roll); readers that do not know them pass them over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks, Pose, plain_numbers
from charaface.files import InputError, atomic, open_input
from charaface.formats.coco_index import CocoIndex
from charaface.formats.record import Problem, Record, tried
from charaface.schemes import SCHEMES, Scheme, scheme_of

LACKS = frozenset({"more"})
_NOT_LABELLED, _HIDDEN, _VISIBLE = 0, 1, 2
_WHOLE = 1e6  # beyond, the shortest decimal may be shorter than the whole number
_BARE = 1  # id of the category of faces without points; those of the schemes follow


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file in the order of its images. Raises InputError that names file and annotation.

    scheme: that of the keypoints where their category, unlike our face_SCHEME, and their number do not tell it. The
    file is read twice, and where its images and annotations begin is all that is held of it.
    """
    with open_input(Path(path)) as file:
        try:
            index = CocoIndex(file, str(path), problem)
            named = _named(index.categories)
        except InputError:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"{path}: is no file of COCO keypoints ({error})") from error
        for place in range(len(index)):
            record = tried(partial(_record, index, place, named, scheme), problem)
            if record is not None:
                yield record


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    images = faces = 0
    used = set()
    with (
        atomic(path) as part,
        part.open("wb") as file,
        TemporaryFile(dir=part.parent) as annotations,  # which come behind images
    ):
        file.write(b'{"info": {"description": "faces, by charaface"}, "images": [')
        for record in records:
            images += 1
            image = {"id": images, "file_name": record.file, "width": record.width, "height": record.height}
            image |= {"frame": record.frame, "time": record.time}
            file.write(_item(image, first=images == 1))
            for face in record.faces:
                faces += 1
                annotation = {"id": faces, "image_id": images, **_annotation(face)}
                annotations.write(_item(annotation, first=faces == 1))
                used.add(face.landmarks.scheme if face.landmarks else "")
        file.write(b'], "annotations": [')
        annotations.seek(0)
        copyfileobj(annotations, file, 1 << 20)
        file.write(f'], "categories": {json.dumps(categories(used))}}}'.encode())
    return path


def _item(values: dict[str, Any], *, first: bool) -> bytes:
    """One of a list."""
    return (("" if first else ", ") + json.dumps(values, allow_nan=False)).encode()


def categories(used: Collection[str]) -> list[dict[str, Any]]:
    """The category of faces without points, and one for each scheme used with its points named and joined by lines."""
    bare: dict[str, Any] = {"id": _BARE, "name": "face", "supercategory": "person"}
    named = [
        {**bare, "id": number, "name": f"face_{name}", "keypoints": point_names(scheme), "skeleton": _lines(scheme)}
        for number, (name, scheme) in enumerate(SCHEMES.items(), _BARE + 1)
        if name in used
    ]
    return [bare, *named]


def point_names(scheme: Scheme) -> list[str]:
    """A name for each point: its part and its place in it."""
    names = {i: f"{part}_{k}" for part, points in scheme.parts.items() for k, i in enumerate(points)}
    return [names[i] for i in range(scheme.count)]


def _lines(scheme: Scheme) -> list[list[int]]:
    """Pairs of points that a line joins, counted from 1 as COCO does."""
    lines = []
    for part, points in scheme.parts.items():
        ring = [*points, points[0]] if part in scheme.closed else [*points]
        lines += [[a + 1, b + 1] for a, b in pairwise(ring)]
    return lines


def _annotation(face: Face) -> dict[str, Any]:
    x0, y0, x1, y1 = plain_numbers(face.box)
    bbox = [x0, y0, x1 - x0, y1 - y0]
    out: dict[str, Any] = {"category_id": _BARE, "bbox": bbox, "area": bbox[2] * bbox[3], "iscrowd": 0}
    out["score"] = plain_numbers(face.score)
    if face.track is not None:
        out["track_id"] = face.track
    if face.pose is not None:
        out["attributes"] = {name: plain_numbers(getattr(face.pose, name)) for name in ("yaw", "pitch", "roll")}
    if face.landmarks is not None:
        marks = face.landmarks
        known = marks.known
        states = np.where(marks.visible, _VISIBLE, np.where(known, _HIDDEN, _NOT_LABELLED))
        out["category_id"] = _BARE + 1 + list(SCHEMES).index(marks.scheme)
        flat: list[float] = [0] * (3 * len(states))
        flat[::3], flat[1::3] = _numbers(marks.points.T)
        flat[2::3] = states.tolist()
        out["keypoints"] = flat
        out["num_keypoints"] = int(known.sum())
        out["keypoint_scores"] = _numbers(marks.scores)
    return out


def _numbers(values: np.ndarray) -> Any:
    """float32 as the shortest decimals, or as whole numbers where all are: they are read in a fifth of the time."""
    whole = np.rint(values)
    if (whole == values).all() and (np.abs(values) < _WHOLE).all():
        return whole.astype(np.int64).tolist()
    return plain_numbers(values)


def _named(categories: Iterable[dict[str, Any]]) -> dict[Any, str]:
    """The schemes that categories name as ours do, by the id of the category."""
    names = {category.get("id"): str(category.get("name", "")).removeprefix("face_") for category in categories}
    return {number: name for number, name in names.items() if name in SCHEMES}


def _face(data: dict[str, Any], scheme: str | None) -> Face:
    x, y, width, height = (float(v) for v in data["bbox"])
    pose, track = data.get("attributes", {}), data.get("track_id")
    return Face(
        [x, y, x + width, y + height],  # type: ignore[arg-type]
        float(data.get("score", 1.0)),
        landmarks=_landmarks(data, scheme),
        pose=Pose(*(float(pose[k]) for k in ("yaw", "pitch", "roll"))) if "yaw" in pose else None,
        track=None if track is None else int(track),
    )


def _landmarks(data: dict[str, Any], scheme: str | None) -> Landmarks | None:
    flat = np.asarray(data.get("keypoints") or [], dtype=np.float64)
    if not flat.size:
        return None
    rows = flat.reshape(-1, 3)
    scheme = scheme_of(range(len(rows)), "keypoints", scheme)
    scores = data.get("keypoint_scores") or (rows[:, 2] > 0).astype(np.float32)
    return Landmarks(rows[:, :2], np.asarray(scores), rows[:, 2] == _VISIBLE, scheme)


def _record(index: CocoIndex, place: int, named: dict[Any, str], scheme: str | None) -> Record:
    """The image at a place and its faces. Raises InputError that names it, or the annotation."""
    at, faces = f"{index.name}: image {index.number(place)}", list[Face]()
    try:
        image = index.image(place)
        size = int(image.get("width", 0)), int(image.get("height", 0))
        clock = int(image.get("frame", 0)), float(image.get("time", 0))
        record = Record(str(image["file_name"]), *clock, *size, faces)
        for number, start, length in index.annotations_of(place):
            at = f"{index.name}: annotation {number}"
            annotation = index.annotation(start, length)
            faces.append(_face(annotation, named.get(annotation.get("category_id"), scheme)))
        return record
    except KeyError as error:
        raise InputError(f"{at} has no {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(f"{at}: {error}") from error
