"""dlib's XML, the form of imglab and of 300-W's trainers: boxes and parts in whole pixels.

A box is left, top, width and height in pixels; a part is a pixel, and its name is the point's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from operator import itemgetter
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from charaface.face import Face, Landmarks, plain_numbers
from charaface.files import atomic
from charaface.formats.record import Problem, Record, whole_box
from charaface.formats.xml import images, quoted
from charaface.schemes import scheme_of

LACKS = frozenset({"frames", "fractions", "point scores", "visible", "unknown points", "pose", "tracks", "more"})
_PART = itemgetter("name", "x", "y")


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """The records of a file, one by one; fractions are taken where it has them. Raises InputError naming the image.

    scheme: that of the parts, where their number does not tell it.
    """
    return images(path, partial(_record, scheme=scheme), problem)


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("<?xml version='1.0' encoding='UTF-8'?>\n<dataset>\n<name>faces, by charaface</name>\n<images>\n")
        for record in records:
            file.write(f"  <image file={quoted(record.picture)} width='{record.width}' height='{record.height}'>\n")
            for face in record.faces:
                file.writelines(_box(face))
            file.write("  </image>\n")
        file.write("</images>\n</dataset>\n")
    return path


def _box(face: Face) -> Iterator[str]:
    x0, y0, x1, y1 = (int(v) for v in whole_box(face.box))
    score = plain_numbers(face.score)
    yield f"    <box top='{y0}' left='{x0}' width='{x1 - x0}' height='{y1 - y0}' detection_score='{score}'>\n"
    if face.landmarks is not None:
        points = np.round(face.landmarks.points)
        yield _parts(len(points)) % tuple(points.ravel().tolist())
    yield "    </box>\n"


@cache
def _parts(count: int) -> str:
    """The lines of so many parts, with a place for x and y in each."""
    return "".join(f"      <part name='{number:02d}' x='%d' y='%d'/>\n" for number in range(count))


def _record(image: Element, scheme: str | None) -> Record:
    if "file" not in image.attrib:
        raise ValueError("it names no file")
    size = int(image.get("width", 0)), int(image.get("height", 0))
    return Record(image.attrib["file"], 0, 0.0, *size, [_face(box, scheme) for box in image.iter("box")])


def _face(box: Element, scheme: str | None) -> Face:
    missing = [name for name in ("left", "top", "width", "height") if name not in box.attrib]
    if missing:
        raise ValueError(f"a box without {', '.join(missing)}")
    x, y, width, height = (float(box.attrib[name]) for name in ("left", "top", "width", "height"))
    edges = [x, y, x + width, y + height]
    return Face(edges, float(box.get("detection_score", 1.0)), _landmarks(box, scheme))  # type: ignore[arg-type]


def _landmarks(box: Element, scheme: str | None) -> Landmarks | None:
    try:
        rows = [_PART(part.attrib) for part in box.iter("part")]
    except KeyError as error:
        raise ValueError(f"a part without {error}") from None
    if not rows:
        return None
    names, xs, ys = zip(*rows, strict=True)
    numbers = list(map(int, names))
    scheme = scheme_of(numbers, "parts of a box", scheme)
    try:
        points = np.array([list(map(int, xs)), list(map(int, ys))], dtype=np.float64).T  # as it is made for
    except ValueError:
        points = np.array([list(map(float, xs)), list(map(float, ys))]).T
    if numbers != list(range(len(rows))):
        points = points[np.argsort(numbers)]
    return Landmarks(points, np.ones(len(rows)), np.ones(len(rows), dtype=np.bool_), scheme)
