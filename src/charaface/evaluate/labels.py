"""What is measured against: faces labelled by hand, boxes drawn by hand, boxes that came with a data set."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charaface.formats import dlib
from charaface.geometry import box_from_points, clip_box

HAND_LABELS = Path(__file__).parents[3] / "tests" / "labels"  # of a checkout; a wheel has none
FITTING = "photos68-fitting.txt"  # of HAND_LABELS: the photographs that definitions of points were fitted on
POINTS = 68

# what the first line of the table means by anime and visual-novel faces
ANIME_SERIES = frozenset({"anime-faces", "renpy", "rpi-anime"})


@dataclass(frozen=True, eq=False)
class Labelled:
    """One real drawn face with points set by hand."""

    file: str  # below the data folder
    domain: str  # anime, cartoon, open or photo
    series: str  # what it was taken from
    truth: np.ndarray  # (68, 2) float64 picture pixels; rows of NaN are not labelled
    again: np.ndarray | None = None  # (68, 2) a second labelling, made apart from the first

    @property
    def anime(self) -> bool:
        """Whether it counts among the anime and visual-novel faces."""
        return self.series in ANIME_SERIES

    def box(self, width: int, height: int) -> np.ndarray:
        """The true box: the hull of the labelled points as box_from_points has it, inside the picture."""
        return clip_box(box_from_points(self.truth), width, height)


@dataclass(frozen=True, eq=False)
class Boxed:
    """One picture with the boxes of its faces."""

    file: str  # below the data folder
    series: str
    faces: np.ndarray  # (N, 4) float64
    ignore: np.ndarray  # (M, 4) float64, what counts neither way
    who: tuple[str, ...] = ()  # whose faces they are, where that is known


def read_drawn(path: Path) -> list[Labelled]:
    """The faces of a drawn.json. Raises ValueError naming the file and what is wrong in it."""
    try:
        return [_labelled(face) for face in json.loads(path.read_text("utf-8"))["faces"]]
    except OSError as error:
        raise ValueError(f"{path}: no hand labels there ({error.strerror}); run in a checkout") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: is no file of hand labels ({error!r})") from None


def _labelled(face: dict[str, Any]) -> Labelled:
    again = _points(face["again"]) if "again" in face else None
    return Labelled(face["file"], face["domain"], face["series"], _points(face["points"]), again)


def _points(points: dict[str, list[float]]) -> np.ndarray:
    out = np.full((POINTS, 2), np.nan)
    for number, point in points.items():
        out[int(number)] = point
    return out


def read_boxes(path: Path) -> list[Boxed]:
    """The pictures of a boxes.json; the series is the name of the folder below open-art."""
    table = json.loads(path.read_text("utf-8"))
    return [
        Boxed(file, Path(file).parts[1], _boxes(found["faces"]), _boxes(found["ignore"]))
        for file, found in table.items()
    ]


def read_cartoon_boxes(data: Path) -> list[Boxed]:
    """The frames of data/cartoon-boxes, in the order of their names; the series is the show."""
    pictures: dict[str, list[list[float]]] = {}
    who: dict[str, list[str]] = {}
    shows: dict[str, str] = {}
    with (data / "cartoon-boxes" / "boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"cartoon-boxes/{row['file']}"
            pictures.setdefault(name, []).append([float(row[k]) for k in ("x0", "y0", "x1", "y1")])
            who.setdefault(name, []).append(f"{row['show']}, {row['character']}")
            shows[name] = row["show"]
    return [Boxed(name, shows[name], _boxes(pictures[name]), _boxes([]), tuple(who[name])) for name in sorted(pictures)]


def _boxes(boxes: list[list[float]]) -> np.ndarray:
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4)


_PERSON = re.compile(r"(?:.*/)?(?:training_|test_)?(.+?)(?:_\d+)?\.\w+$")


def person_of(name: str) -> str:
    """Who a photograph of photos68 shows, by its file's name."""
    found = _PERSON.match(name)
    if found is None:
        raise ValueError(f"no person in the name {name}")
    return found[1]


def read_photographs(data: Path, labels: Path) -> list[Labelled]:
    """The faces of data/photos68 with the points of its labels.xml; none where there is no such folder.

    Those of people who are named in labels/photos68-fitting.txt are left out: points were fitted on them. The series
    is the person.
    """
    xml = data / "photos68" / "labels.xml"
    if not xml.exists():
        return []
    fitted = {person_of(name) for name in (labels / FITTING).read_text("utf-8").splitlines()}
    return [face for face in read_photos68(xml) if face.series not in fitted]


def read_photos68(xml: Path) -> list[Labelled]:
    """All faces of a labels.xml with finite points, in its order; files are named below its folder's folder."""
    return [
        Labelled(
            f"{xml.parent.name}/{record.file}",
            "photo",
            person_of(record.file),
            face.landmarks.points.astype(np.float64),
        )
        for record in dlib.read(xml)
        for face in record.faces
        if face.landmarks is not None
    ]
