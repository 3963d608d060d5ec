"""dlib's XML, the form of imglab and of 300-W's trainers: boxes and parts in whole pixels.

A box is left, top, width and height in pixels; a part is a pixel, and its name is the point's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import quoteattr

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from charaface.face import Face, Landmarks
from charaface.files import InputError, atomic, open_input
from charaface.formats.record import Record, whole_box
from charaface.schemes import SCHEMES

LACKS = frozenset({"frames", "fractions", "point scores", "visible", "pose", "tracks", "more"})


def read(path: str | Path) -> Iterator[Record]:
    """The records of a file, one by one; fractions are taken where it has them. Raises InputError naming the image."""
    count = 0
    with open_input(Path(path)) as file:
        try:
            for _, element in iterparse(file, events=("end",)):
                if element.tag == "image":
                    count += 1
                    yield _record(element)
                    element.clear()
        except (ParseError, DefusedXmlException, LookupError, UnicodeError) as error:
            raise InputError(f"{path}: is no XML of faces ({error or type(error).__name__})") from error
        except (ValueError, OverflowError) as error:
            raise InputError(f"{path}: image {count}: {error}") from error


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a file, all of it or nothing, and returns its path."""
    path = Path(path)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("<?xml version='1.0' encoding='UTF-8'?>\n<dataset>\n<name>faces, by charaface</name>\n<images>\n")
        for record in records:
            file.write(f"  <image file={quoteattr(record.picture)} width='{record.width}' height='{record.height}'>\n")
            for face in record.faces:
                file.writelines(_box(face))
            file.write("  </image>\n")
        file.write("</images>\n</dataset>\n")
    return path


def _box(face: Face) -> Iterator[str]:
    x0, y0, x1, y1 = (int(v) for v in whole_box(face.box))
    score = face.to_dict()["score"]
    yield f"    <box top='{y0}' left='{x0}' width='{x1 - x0}' height='{y1 - y0}' detection_score='{score}'>\n"
    for number, (x, y) in enumerate(np.round(face.landmarks.points) if face.landmarks else ()):
        yield f"      <part name='{number:02d}' x='{int(x)}' y='{int(y)}'/>\n"
    yield "    </box>\n"


def _record(image: Element) -> Record:
    if "file" not in image.attrib:
        raise ValueError("it names no file")
    size = int(image.get("width", 0)), int(image.get("height", 0))
    return Record(image.attrib["file"], 0, 0.0, *size, [_face(box) for box in image.iter("box")])


def _face(box: Element) -> Face:
    missing = [name for name in ("left", "top", "width", "height") if name not in box.attrib]
    if missing:
        raise ValueError(f"a box without {', '.join(missing)}")
    x, y, width, height = (float(box.attrib[name]) for name in ("left", "top", "width", "height"))
    edges = [x, y, x + width, y + height]
    return Face(edges, float(box.get("detection_score", 1.0)), _landmarks(box))  # type: ignore[arg-type]


def _landmarks(box: Element) -> Landmarks | None:
    parts = {int(part.get("name", "")): part for part in box.iter("part")}
    if not parts:
        return None
    scheme = next((name for name, scheme in SCHEMES.items() if scheme.count == len(parts)), None)
    if scheme is None or sorted(parts) != list(range(len(parts))):
        known = ", ".join(f"{s.count} ({name})" for name, s in SCHEMES.items())
        raise ValueError(f"a box with {len(parts)} parts; those of {known}, numbered from 0, are known")
    points = [[float(parts[i].get("x", "nan")), float(parts[i].get("y", "nan"))] for i in sorted(parts)]
    return Landmarks(np.asarray(points), np.ones(len(parts)), np.ones(len(parts), dtype=np.bool_), scheme)
