"""CSV: one row a face, for spreadsheets; a frame without faces has one row with the face left empty.

Box, score, track, pose and points have columns of their own; all else that is known of a face is JSON in the column
more, and what is likeliest of it stands beside it for the eye: the kind of picture, the expression, names of colours.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from functools import partial
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from charaface.face import Face
from charaface.files import InputError, OutputError, atomic, lines, open_input
from charaface.formats.record import MORE, Problem, Record, Write, first_scheme, tried
from charaface.schemes import SCHEMES, scheme_named

LACKS: frozenset[str] = frozenset()
_FRAME = ("file", "frame", "time", "width", "height")
_FACE = ("face", "track", "score", "x0", "y0", "x1", "y1", "yaw", "pitch", "roll", "scheme")
_MORE = ("kind", "expression", "hair", "skin", "left_eye", "right_eye", "more")  # older tables are without
_COLOURS = ("hair", "skin", "left_eye", "right_eye")
_BOX, _POSE = ("x0", "y0", "x1", "y1"), ("yaw", "pitch", "roll")


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file, one by one. Raises InputError that names file and line."""
    with open_input(Path(path)) as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        try:
            rows = csv.DictReader(lines(text, str(path)), strict=True)
            missing = set(_FRAME + _FACE) - set(rows.fieldnames or ())
            if missing:
                raise ValueError(f"it has no column {', '.join(sorted(missing))}")
            broken: list[csv.Error] = []
            for _, group in groupby(_until(rows, broken), key=lambda row: (row["file"], row["frame"])):
                own = list(group)  # the last of whose lines may be the one before
                record = tried(partial(_checked, own, f"{path}:{rows.line_num}"), problem)
                if record is not None:
                    yield record
            if broken:
                raise broken[0]
        except InputError:
            raise
        except (ValueError, csv.Error) as error:
            raise InputError(f"{path}:{rows.line_num or 1}: is no table of faces ({error})") from error


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a table, all of it or nothing, and returns its path.

    The first face with points decides which have columns, and all before it is held in memory; OutputError for a
    later face with points of another scheme.
    """
    path = Path(path)
    scheme, records = first_scheme(records)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        add = writer(file, scheme)
        try:
            for record in records:
                add(record)
        except OutputError as error:
            raise OutputError(f"{path}: {error}") from None
    return path


def writer(file: TextIO, scheme: str | None) -> Write:
    """Adds records to an open text file, head first; OutputError for a face with points of another scheme."""
    table = csv.DictWriter(file, [*_FRAME, *_FACE, *_MORE, *_columns(scheme)], lineterminator="\n")
    table.writeheader()

    def write(record: Record) -> None:
        table.writerows(_rows(record, scheme))
        file.flush()

    return write


def _columns(scheme: str | None) -> list[str]:
    count = SCHEMES[scheme].count if scheme else 0
    return [f"p{i}_{what}" for i in range(count) for what in ("x", "y", "score", "visible")]


def _rows(record: Record, scheme: str | None) -> Iterator[dict[str, Any]]:
    head = {name: getattr(record, name) for name in _FRAME}
    head["file"] = record.file.encode("utf-8", "backslashreplace").decode()  # a name that is no text
    if not record.faces:
        yield head
    for number, face in enumerate(record.faces):
        if face.landmarks is not None and face.landmarks.scheme != scheme:
            raise OutputError(
                f"a table holds points of one scheme, {scheme or 'none'} here, got "
                f"{face.landmarks.scheme}; write .jsonl instead"
            )
        yield {**head, "face": number, **_cells(face.to_dict())}


def _cells(face: dict[str, Any]) -> dict[str, Any]:
    cells = {"score": face["score"], "track": face.get("track"), **dict(zip(_BOX, face["box"], strict=True))}
    cells.update(face.get("pose", {}))
    cells.update(_said(face))
    marks = face.get("landmarks")
    if marks:
        cells["scheme"] = marks["scheme"]
        for i, ((x, y), score, visible) in enumerate(
            zip(marks["points"], marks["scores"], marks["visible"], strict=True)
        ):
            cells |= {f"p{i}_x": x, f"p{i}_y": y, f"p{i}_score": score, f"p{i}_visible": int(visible)}
    return cells


def _said(face: dict[str, Any]) -> dict[str, Any]:
    """The columns _MORE of a face."""
    domain, colours = face.get("domain"), face.get("colours", {})
    more = {name: face[name] for name in MORE if name in face}
    return {
        "kind": max(domain, key=domain.__getitem__) if domain else None,
        "expression": face.get("emotion", {}).get("label"),
        **{part: colours[part]["name"] for part in _COLOURS if part in colours},
        "more": json.dumps(more, ensure_ascii=False) if more else None,
    }


def _until(rows: Iterator[dict[str, str]], broken: list[csv.Error]) -> Iterator[dict[str, str]]:
    """The rows until one breaks off, whose error is kept: what stands before is a record by then."""
    try:
        yield from rows
    except csv.Error as error:
        broken.append(error)


def _checked(rows: list[dict[str, str]], place: str) -> Record:
    try:
        return _record(rows)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{place}: is no table of faces ({error})") from error


def _record(rows: list[dict[str, str]]) -> Record:
    first = rows[0]
    faces = [_face(row) for row in rows if row["face"]]
    size = int(first["width"]), int(first["height"])
    return Record(first["file"], int(first["frame"]), float(first["time"]), *size, faces)


def _face(row: dict[str, str]) -> Face:
    more = json.loads(row.get("more") or "{}")
    if not isinstance(more, dict):
        raise ValueError(f"more is a JSON object, got {row['more']}")
    data: dict[str, Any] = {**more, "box": [float(row[k]) for k in _BOX], "score": float(row["score"])}
    if row["track"]:
        data["track"] = int(row["track"])
    if row["yaw"]:
        data["pose"] = {k: float(row[k]) for k in _POSE}
    if row["scheme"]:
        count = scheme_named(row["scheme"]).count
        data["landmarks"] = {
            "scheme": row["scheme"],
            "points": [[float(row[f"p{i}_x"]), float(row[f"p{i}_y"])] for i in range(count)],
            "scores": [float(row[f"p{i}_score"]) for i in range(count)],
            "visible": [row[f"p{i}_visible"] == "1" for i in range(count)],
        }
    return Face.from_dict(data)
