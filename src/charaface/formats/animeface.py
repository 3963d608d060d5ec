"""The fields of animeface: one JSON object a face, with parts as boxes and spots and colours as numbers.

Left and right are the character's own. Read back, a face has its box and likelihood: the parts are no scheme of points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from charaface.face import Face
from charaface.files import InputError, atomic, lines, open_input
from charaface.formats.jsonl import is_text, no_number
from charaface.formats.record import Problem, Record, tried

LACKS = frozenset({"frames", "size", "empty", "points", "pose", "tracks", "more"})


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record for the lines of each picture. Raises InputError that names file and line."""
    with open_input(Path(path)) as file:
        found = (
            tried(partial(_line, text, f"{path}:{number}"), problem)
            for number, text in enumerate(lines(file, str(path)), 1)
            if text.strip()
        )
        for name, faces in groupby((one for one in found if one is not None), key=lambda one: one[0]):
            yield Record(name, 0, 0.0, 0, 0, [face for _, face in faces])


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            for face in record.faces:
                values = {"file": record.picture, **fields(face)}
                file.write(json.dumps(values, ensure_ascii=not is_text(record.file), allow_nan=False) + "\n")
    return path


def fields(face: Face) -> dict[str, Any]:
    """What animeface calls the parts of a face; those that are not known are absent."""
    data = face.to_dict()
    out: dict[str, Any] = {"likelihood": data["score"], "face": _box(data["box"])}
    colours = {name: _numbers(colour["hex"]) for name, colour in data.get("colours", {}).items()}
    for name in ("skin", "hair"):
        if name in colours:
            out[f"{name}_color"] = colours[name]
    parts = data.get("parts")
    if parts:
        eyes = {side: _box(parts[f"{side}_eye"]) for side in ("left", "right")}
        for side, eye in eyes.items():
            if f"{side}_eye" in colours:
                eye["colors"] = [colours[f"{side}_eye"]]
        spots = {name: {"x": parts[name][0], "y": parts[name][1]} for name in ("nose", "chin")}
        out |= {"eyes": eyes, "nose": spots["nose"], "mouth": _box(parts["mouth"]), "chin": spots["chin"]}
    return out


def _box(edges: list[float]) -> dict[str, Any]:
    x0, y0, x1, y1 = edges
    return {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}


def _numbers(colour: str) -> dict[str, int]:
    return {name: int(colour[i : i + 2], 16) for name, i in (("r", 1), ("g", 3), ("b", 5))}


def _line(text: bytes, place: str) -> tuple[str, Face]:
    try:
        data = json.loads(text.decode("utf-8-sig"), parse_constant=no_number)
        x, y, width, height = (float(data["face"][name]) for name in ("x", "y", "width", "height"))
        edges = [x, y, x + width, y + height]
        return str(data["file"]), Face(edges, float(data["likelihood"]))  # type: ignore[arg-type]
    except KeyError as error:
        raise InputError(f"{place}: has no {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise InputError(f"{place}: is no face of animeface ({error})") from error
