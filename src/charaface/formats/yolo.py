"""YOLO-pose: a folder with one text file a picture, as Ultralytics trains on it.

data.yaml tells the number of points, their order in a mirror and, beside YOLO's own keys, their scheme; labels/ has one
line a face: class, middle, width and height of the box, then x, y and visibility (0 not labelled, 1 hidden, 2 seen)
of each point, as shares of the picture. Those need its size: pictures.csv has it, else the pictures themselves below
images/ do. A face without points has zeros for them.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from charaface.face import Face, Landmarks, whole
from charaface.files import InputError, OutputError, atomic, lines, open_input, reason
from charaface.formats.folder import Names, files, made, stem_of
from charaface.formats.record import Problem, Record, first_scheme, tried
from charaface.image import size_of
from charaface.schemes import IBUG68, SCHEMES, Scheme, scheme_of

LACKS = frozenset({"frames", "scores", "point scores", "pose", "tracks", "more"})
_MIDDLE = 0.5  # of the first pixel
_NOT_LABELLED, _HIDDEN, _VISIBLE = 0, 1, 2
_SCHEME = re.compile(r"^scheme: *(\w+)", re.MULTILINE)  # of data.yaml
_LONGEST = 1 << 20  # bytes of a data.yaml
_PICTURES = ("file", "width", "height", "labels")


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a picture, in the order of pictures.csv or of names. Raises InputError that names file and line.

    scheme: that of the points where neither data.yaml nor their number tells it.
    """
    folder = Path(path)
    scheme = _scheme_in(folder / "data.yaml") or scheme
    for name, size, labels in _pictures(folder, problem):
        faces = tried(partial(_faces, labels, size, scheme), problem)
        if faces is not None:
            yield Record(name, 0, 0.0, *size, faces)


def _faces(labels: Path, size: tuple[int, int], scheme: str | None) -> list[Face]:
    """The faces of a file of labels. Raises InputError that names file and line."""
    faces = []
    with open_input(labels, may_be_empty=True) as file:
        for number, line in enumerate(lines(file, str(labels)), 1):
            try:
                if line.strip():
                    faces.append(_face(line.split(), size, scheme))
            except (ValueError, OverflowError) as error:
                raise InputError(f"{labels}:{number}: {error}") from error
    return faces


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a folder and returns it. OutputError for points of two schemes, or a picture of unknown size.

    The first face with points decides the scheme, and all before it is held in memory; ibug68 where none has any.
    """
    folder, names = made(Path(path)), Names()
    found, records = first_scheme(records)
    scheme = SCHEMES[found or IBUG68.name]
    rows = []
    for record in records:
        if record.faces and not (record.width > 0 and record.height > 0):
            raise OutputError(f"{folder}: {record.file}: YOLO's labels are shares of a picture whose size is not known")
        place = "labels" / names.place(stem_of(record.picture), ".txt")
        made((folder / place).parent)
        lines = [f"{' '.join(_line(face, record.width, record.height, scheme))}\n" for face in record.faces]
        with atomic(folder / place) as part:
            part.write_text("".join(lines), encoding="utf-8", newline="\n")
        rows.append((record.picture, record.width, record.height, place.as_posix()))
    with atomic(folder / "pictures.csv") as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_PICTURES)
        table.writerows((name.encode("utf-8", "backslashreplace").decode(), *row) for name, *row in rows)
    with atomic(folder / "data.yaml") as part:
        mirror = ", ".join(str(i) for i in scheme.mirror)
        part.write_text(
            f"# faces, by charaface\npath: .\ntrain: images\nval: images\nkpt_shape: [{scheme.count}, 3]\n"
            f"flip_idx: [{mirror}]\nnames:\n  0: face\nscheme: {scheme.name}\n",
            encoding="utf-8",
            newline="\n",
        )
    return folder


def _line(face: Face, width: int, height: int, scheme: Scheme) -> Iterator[str]:
    x0, y0, x1, y1 = face.box.astype(np.float64)
    box = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
    yield from ("0", *(repr(float(v)) for v in box))
    marks = face.landmarks
    if marks is None:
        yield from ["0"] * (3 * scheme.count)
        return
    if marks.scheme != scheme.name:
        raise OutputError(f"YOLO's labels hold points of one scheme, {scheme.name} here, got {marks.scheme}")
    states = np.where(marks.visible, _VISIBLE, np.where(marks.known, _HIDDEN, _NOT_LABELLED))
    for (x, y), state in zip(marks.points.astype(np.float64), states.tolist(), strict=True):
        yield repr(float((x + _MIDDLE) / width))
        yield repr(float((y + _MIDDLE) / height))
        yield str(state)


def _pictures(folder: Path, problem: Problem | None) -> Iterator[tuple[str, tuple[int, int], Path]]:
    """Name, size and file of labels of each picture."""
    index = folder / "pictures.csv"
    if not index.exists():
        for labels, name in files(folder / "labels", ".txt"):
            found = tried(partial(_measured, folder / "images", name), problem)
            if found is not None:
                yield (*found, labels)
        return
    with open_input(index) as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(lines(text, str(index)), strict=True)
        try:
            if tuple(rows.fieldnames or ()) != _PICTURES:
                raise ValueError(f"its columns are not {', '.join(_PICTURES)}")
            for row in rows:
                listed = tried(partial(_listed, folder, row, f"{index}:{rows.line_num}"), problem)
                if listed is not None:
                    yield listed
        except InputError:
            raise
        except (ValueError, TypeError, csv.Error, OSError) as error:
            raise InputError(f"{index}:{rows.line_num or 1}: {error}") from error


def _listed(folder: Path, row: dict[str, str], place: str) -> tuple[str, tuple[int, int], Path]:
    """What a row of pictures.csv says of a picture."""
    try:
        labels = (folder / row["labels"]).resolve()
        if not labels.is_relative_to(folder.resolve()) or not labels.is_file():
            raise ValueError(f"no file {row['labels']!r} in this folder")
        size = whole("a width", int(row["width"])), whole("a height", int(row["height"]))
        return row["file"], size, labels
    except (ValueError, TypeError, OSError) as error:
        raise InputError(f"{place}: {error}") from error


def _measured(images: Path, labels: str) -> tuple[str, tuple[int, int]]:
    """Name and size of the picture that labels of that name belong to."""
    picture = _beside(images / labels)
    return picture.relative_to(images).as_posix(), size_of(picture)


def _beside(labels: Path) -> Path:
    """The picture that labels belong to."""
    try:
        found = [p for p in labels.parent.iterdir() if p.stem == labels.stem and p.is_file()]
    except OSError as error:
        raise InputError(
            f"{labels.parent}: cannot be read ({reason(error)}); YOLO's labels need the pictures"
        ) from None
    if not found:
        raise InputError(f"{labels.parent}: no picture {labels.stem}; YOLO's labels are shares of its size")
    return min(found)


def _scheme_in(path: Path) -> str | None:
    """The scheme that a data.yaml of ours names; None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        found = _SCHEME.search(file.read(_LONGEST).decode("utf-8", "replace"))
    return found[1] if found and found[1] in SCHEMES else None


def _face(words: list[bytes], size: tuple[int, int], scheme: str | None) -> Face:
    values = [float(word) for word in words]
    width, height = size
    if len(values) < 5 or (len(values) - 5) % 3:
        raise ValueError(f"a line of {len(values)} numbers; it has 5 and 3 for each point")
    if width < 1 or height < 1 or not all(math.isfinite(v) for v in values):
        raise ValueError("numbers must be finite and the picture's size known")
    x, y, w, h = values[1:5]
    box = [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]
    rows = np.asarray(values[5:]).reshape(-1, 3)
    marks = None
    if rows[:, 2].any():
        with np.errstate(over="ignore"):  # what is too far out becomes infinite, and is refused as that
            points = rows[:, :2] * size - _MIDDLE
        named = scheme_of(range(len(rows)), "points of a line", scheme)
        marks = Landmarks(points, rows[:, 2] > 0, rows[:, 2] == _VISIBLE, named)
    return Face(box, landmarks=marks)  # type: ignore[arg-type]
