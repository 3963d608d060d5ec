"""COCO keypoints: one JSON file of pictures and annotations, as pycocotools reads it.

Beside COCO's own keys an image may have frame and time, an annotation track_id, keypoint_scores and attributes
(yaw, pitch, roll); readers that do not know them pass them over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks, Pose
from charaface.files import InputError, atomic, contents, open_input
from charaface.formats.jsonl import no_number
from charaface.formats.record import Record
from charaface.schemes import SCHEMES, Scheme, scheme_of

LACKS = frozenset({"more"})
_NOT_LABELLED, _HIDDEN, _VISIBLE = 0, 1, 2
_BARE = 1  # id of the category of faces without points; those of the schemes follow


def read(path: str | Path, scheme: str | None = None) -> Iterator[Record]:
    """The records of a file in the order of its images. Raises InputError that names file and annotation.

    scheme: that of the keypoints where their category, unlike our face_SCHEME, and their number do not tell it.
    """
    with open_input(Path(path)) as file:
        try:
            table = json.loads(contents(file, str(path)).decode("utf-8-sig"), parse_constant=no_number)
            images, named = table["images"], _named(table.get("categories") or ())
            faces = _by_image(table["annotations"], path, named, scheme)
            numbers = _numbered(images)
            strange = next((number for number in faces if number not in numbers), None)
            if strange is not None:
                raise ValueError(f"annotations of an image {strange!r} that is not there")
        except InputError:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"{path}: is no file of COCO keypoints ({error})") from error
        except KeyError as error:
            raise InputError(f"{path}: is no file of COCO keypoints (it has no {error})") from error
    for place, image in enumerate(images):
        yield _record(image, faces.get(image["id"], []), f"{path}: image {place + 1}")


def _numbered(images: list[dict[str, Any]]) -> dict[Any, int]:
    """The place of each image by its number."""
    numbers: dict[Any, int] = {}
    for place, image in enumerate(images, 1):
        if numbers.setdefault(image["id"], place) != place:
            raise ValueError(f"image {place}: its number {image['id']!r} is that of image {numbers[image['id']]} too")
    return numbers


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    used = set()
    for record in records:
        image = {"id": len(images) + 1, "file_name": record.file, "width": record.width, "height": record.height}
        images.append({**image, "frame": record.frame, "time": record.time})
        for face in record.faces:
            annotations.append({"id": len(annotations) + 1, "image_id": image["id"], **_annotation(face)})
            used.add(face.landmarks.scheme if face.landmarks else "")
    table = {
        "info": {"description": "faces, by charaface"},
        "images": images,
        "annotations": annotations,
        "categories": categories(used),
    }
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(table, file, allow_nan=False)
    return path


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
    data = face.to_dict()
    x0, y0, x1, y1 = data["box"]
    bbox = [x0, y0, x1 - x0, y1 - y0]
    out: dict[str, Any] = {"category_id": _BARE, "bbox": bbox, "area": bbox[2] * bbox[3], "iscrowd": 0}
    out["score"] = data["score"]
    if face.track is not None:
        out["track_id"] = face.track
    if "pose" in data:
        out["attributes"] = data["pose"]
    if face.landmarks is not None:
        marks = data["landmarks"]
        states = np.where(face.landmarks.visible, _VISIBLE, np.where(face.landmarks.known, _HIDDEN, _NOT_LABELLED))
        out["category_id"] = _BARE + 1 + list(SCHEMES).index(face.landmarks.scheme)
        rows = zip(marks["points"], states.tolist(), strict=True)
        out["keypoints"] = [v for (x, y), state in rows for v in (x, y, state)]
        out["num_keypoints"] = int(face.landmarks.known.sum())
        out["keypoint_scores"] = marks["scores"]
    return out


def _named(categories: Iterable[dict[str, Any]]) -> dict[Any, str]:
    """The schemes that categories name as ours do, by the id of the category."""
    names = {category.get("id"): str(category.get("name", "")).removeprefix("face_") for category in categories}
    return {number: name for number, name in names.items() if name in SCHEMES}


def _by_image(
    annotations: list[dict[str, Any]], path: str | Path, named: dict[Any, str], scheme: str | None
) -> dict[Any, list[Face]]:
    faces: dict[Any, list[Face]] = {}
    for place, annotation in enumerate(annotations):
        try:
            faces.setdefault(annotation["image_id"], []).append(
                _face(annotation, named.get(annotation.get("category_id"), scheme))
            )
        except KeyError as error:
            raise InputError(f"{path}: annotation {place + 1} has no {error}") from error
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise InputError(f"{path}: annotation {place + 1}: {error}") from error
    return faces


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


def _record(image: dict[str, Any], faces: list[Face], place: str) -> Record:
    try:
        size = int(image.get("width", 0)), int(image.get("height", 0))
        return Record(str(image["file_name"]), int(image.get("frame", 0)), float(image.get("time", 0)), *size, faces)
    except KeyError as error:
        raise InputError(f"{place} has no {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise InputError(f"{place}: {error}") from error
