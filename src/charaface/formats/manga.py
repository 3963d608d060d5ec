"""Landmarks of manga faces as JSON, one file for what one annotator made of one face, whose name says which it is:
`user<U>_<Book>_<page>_face<NN>_x<X>y<Y>w<W>h<H>.json`, the box in pixels of the page.

The sixty points are a list of pairs, 120 numbers, or a table of parts by name; keys that are neither are passed over.
What the keys of the published set are is not known here, nor whether its points are in the order of manga60a or
manga60b, nor whether they count from the page or from the box: the first is met by looking, the second by the scheme
that the reader is given, the third by which of the two puts their middle nearer to that of the box. Several annotators
are records of their own, of one picture (`Book/page.jpg`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import InputError, contents, open_input
from charaface.formats.folder import files
from charaface.formats.jsonl import no_number
from charaface.formats.record import Problem, Record, tried
from charaface.schemes import MANGA60A, SCHEMES, scheme_of

NAME = re.compile(
    r"user(?P<user>[^_]+)_(?P<book>.+)_(?P<page>\d{3,})_face(?P<face>\d+)"
    r"_x(?P<x>-?\d{1,7})y(?P<y>-?\d{1,7})w(?P<w>\d{1,7})h(?P<h>\d{1,7})\.json"
)
_COUNT = 60
# how the parts are called: the words of a key, sides being the character's own
_WORDS = {"chin": "jaw", "contour": "jaw", "eyebrow": "brow", "iris": "pupil"}


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a file, of one face. path: a file or a folder. Raises InputError that names file and key.

    scheme: the order of points in one list, manga60a or manga60b; parts by name need none, and are manga60a then.
    Annotator, number of the face and the flag of emotions, if it has one, are notes of the face.
    """
    for file, _ in files(Path(path), ".json"):
        record = tried(partial(_record, file, scheme), problem)
        if record is not None:
            yield record


def _record(path: Path, scheme: str | None) -> Record:
    named = NAME.fullmatch(path.name)
    if not named:
        raise InputError(f"{path}: is not called user<U>_<Book>_<page>_face<NN>_x<X>y<Y>w<W>h<H>.json")
    with open_input(path) as file:
        try:
            table = json.loads(contents(file, str(path)).decode("utf-8-sig"), parse_constant=no_number)
            return Record(f"{named['book']}/{named['page']}.jpg", 0, 0.0, 0, 0, [_face(table, named, scheme)])
        except InputError:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise InputError(f"{path}: is no file of manga landmarks ({error})") from error


def _face(table: Any, named: re.Match[str], scheme: str | None) -> Face:
    x, y, width, height = (int(named[key]) for key in "xywh")
    points, scheme = _points(table, scheme)
    offset = np.array([x, y])
    middle = np.array([width, height]) / 2
    far = np.abs(points.mean(axis=0) - offset - middle).max() > np.abs(points.mean(axis=0) - middle).max()
    marks = Landmarks(points + offset if far else points, np.ones(_COUNT), np.ones(_COUNT) > 0, scheme)
    notes = {"annotator": named["user"], "face": named["face"]}
    flag = next((v for k, v in table.items() if k.lower() in ("emotions", "emotion")), None) if _is(table) else None
    if isinstance(flag, int):
        notes["emotions"] = str(flag)
    return Face(np.array([x, y, x + width, y + height]), landmarks=marks, notes=notes)


def _is(table: Any) -> bool:
    return isinstance(table, dict)


def _points(table: Any, scheme: str | None) -> tuple[np.ndarray, str]:
    """(60, 2) points and their scheme: those of a list, of the only list of sixty in a table, or of its parts."""
    if not _is(table):
        return _listed(table, "the list", scheme)
    lists = {
        key: value for key, value in table.items() if isinstance(value, list) and len(value) in (_COUNT, 2 * _COUNT)
    }
    if len(lists) > 1:
        raise ValueError(f"{' and '.join(map(repr, lists))} may both be the points")
    if lists:
        ((key, value),) = lists.items()
        return _listed(value, repr(key), scheme)
    for part in (table, *(value for value in table.values() if _is(value))):
        if any(_part(key) for key in part):
            return _of_parts(part, scheme or MANGA60A.name)
    longest = max((len(value) for value in table.values() if isinstance(value, list)), default=0)
    raise ValueError(f"no list of {_COUNT} points and no parts by name; its longest list has {longest}")


def _listed(value: Any, name: str, scheme: str | None) -> tuple[np.ndarray, str]:
    points = _numbers(value, name)
    return points, scheme_of(range(len(points)), "points", scheme)


def _of_parts(table: dict[str, Any], scheme: str) -> tuple[np.ndarray, str]:
    scheme_of(range(_COUNT), "points", scheme)
    parts, points, missing = SCHEMES[scheme].parts, np.empty((_COUNT, 2)), set(SCHEMES[scheme].parts)
    for key, value in table.items():
        part = _part(key)
        if part is None:
            continue
        own = _numbers(value, repr(key))
        if part not in missing or len(own) != len(parts[part]):
            raise ValueError(f"{key!r} has {len(own)} points; {part} has {len(parts[part])}, once")
        missing.discard(part)
        points[list(parts[part])] = own
    if missing:
        raise ValueError(f"it has no {', '.join(sorted(missing))}")
    return points, scheme


def _part(key: str) -> str | None:
    """The part of the scheme that a key names: RightEyeBrow, right_brow and "right brow" are one; None for none."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key.replace("EyeBrow", "Eyebrow")).lower())
    if "eye" in words and "brow" in words:
        words.remove("eye")
    part = "_".join(_WORDS.get(word, word) for word in words)
    return part if part in MANGA60A.parts else None


def _numbers(value: Any, name: str) -> np.ndarray:
    """(N, 2) float64 of pairs, of numbers x, y, x, y, or of one pair."""
    try:
        points = np.asarray(value, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{name}: is no list of points ({error})") from None
    if points.ndim == 1 and points.size and points.size % 2 == 0:
        points = points.reshape(-1, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"{name}: is of shape {points.shape}, points are pairs")
    if not np.isfinite(points).all():
        raise ValueError(f"{name}: points must be finite numbers")
    return points
