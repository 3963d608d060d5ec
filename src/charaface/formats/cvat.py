"""CVAT's XML for images 1.1: a box a face, and a skeleton of its points in the same group.

CVAT counts from the picture's edge, so the middle of the first pixel is at 0.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import atomic
from charaface.formats.record import Problem, Record
from charaface.formats.xml import images, quoted
from charaface.schemes import SCHEMES, scheme_of

LACKS = frozenset({"frames", "point scores", "pose", "more"})
_MIDDLE = 0.5


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file, one by one. Raises InputError that names file and image.

    scheme: that of skeletons whose label names none, where their number of points does not tell it.
    """
    return images(path, partial(_record, scheme=scheme), problem, texts=True)


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        for number, record in enumerate(records):
            size = f'width="{record.width}" height="{record.height}"'
            file.write(f'  <image id="{number}" name={quoted(record.picture)} {size}>\n')
            for group, face in enumerate(record.faces, 1):
                file.writelines(_shapes(face, group))
            file.write("  </image>\n")
        file.write("</annotations>\n")
    return path


def _shapes(face: Face, group: int) -> Iterator[str]:
    data = face.to_dict()
    edges = " ".join(f'{name}="{v}"' for name, v in zip(("xtl", "ytl", "xbr", "ybr"), data["box"], strict=True))
    yield f'    <box label="face" source="auto" occluded="0" {edges} z_order="0" group_id="{group}">\n'
    yield f'      <attribute name="score">{data["score"]}</attribute>\n'
    if face.track is not None:
        yield f'      <attribute name="track">{face.track}</attribute>\n'
    yield "    </box>\n"
    if face.landmarks is not None:
        yield f'    <skeleton label="{face.landmarks.scheme}" source="auto" z_order="0" group_id="{group}">\n'
        marks = data["landmarks"]
        rows = zip(marks["points"], marks["visible"], face.landmarks.known.tolist(), strict=True)
        for i, ((x, y), seen, known) in enumerate(rows):
            spot = f'{x + _MIDDLE},{y + _MIDDLE}" occluded="{int(not seen)}"'
            yield f'      <points label="{i}" source="auto" outside="{int(not known)}" points="{spot}/>\n'
        yield "    </skeleton>\n"


def _record(image: Element, scheme: str | None) -> Record:
    if "name" not in image.attrib:
        raise ValueError("it has no name")
    size = int(image.get("width", 0)), int(image.get("height", 0))
    boxes, skeletons = list(image.iter("box")), list(image.iter("skeleton"))
    grouped = [s for s in skeletons if s.get("group_id", "0") != "0"]
    by_group = {s.get("group_id"): s for s in grouped}
    if len(by_group) < len(grouped):
        raise ValueError("two skeletons in a group, which is one face")
    faces, used = [], set()
    for box in boxes:
        group = box.get("group_id", "0")
        faces.append(_face(box, by_group.get(group), scheme))
        used.add(group)
    alone = [s for s in skeletons if s.get("group_id", "0") not in used]
    return Record(image.attrib["name"], 0, 0.0, *size, faces + [_bare(s, scheme) for s in alone])


def _face(box: Element, skeleton: Element | None, scheme: str | None) -> Face:
    edges = [float(box.get(name, "nan")) for name in ("xtl", "ytl", "xbr", "ybr")]
    more = {a.get("name"): a.text or "" for a in box.iter("attribute")}
    track = int(more["track"]) if "track" in more else None
    marks = _landmarks(skeleton, scheme) if skeleton is not None else None
    return Face(edges, float(more.get("score", 1.0)), marks, track=track)  # type: ignore[arg-type]


def _bare(skeleton: Element, scheme: str | None) -> Face:
    marks = _landmarks(skeleton, scheme)
    return Face(marks.box, landmarks=marks)


def _landmarks(skeleton: Element, scheme: str | None) -> Landmarks:
    rows = [(int(p.get("label", "")), p) for p in skeleton.iter("points")]
    label = skeleton.get("label", "")
    numbers = [number for number, _ in rows]
    scheme = scheme_of(numbers, "points of a skeleton", label if label in SCHEMES else scheme)
    points = np.empty((len(rows), 2))
    seen, known = np.empty(len(rows), dtype=np.bool_), np.empty(len(rows), dtype=np.bool_)
    for i, row in rows:
        x, _, y = row.get("points", "").partition(",")
        points[i] = float(x) - _MIDDLE, float(y) - _MIDDLE
        known[i] = row.get("outside", "0") == "0"
        seen[i] = row.get("occluded", "0") == "0" and known[i]
    return Landmarks(points, known, seen, scheme)
