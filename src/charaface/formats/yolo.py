"""YOLO-pose: a folder with one text file a picture, as Ultralytics trains on it.

data.yaml tells the number of points and their order in a mirror; labels/ has one line a face: class, middle, width and
height of the box, then x, y and visibility (1 hidden, 2 visible) of each point, as shares of the picture. Those need
its size: pictures.csv has it, else the pictures themselves below images/ do. A face without points has zeros for them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import InputError, OutputError, atomic, open_input, reason
from charaface.formats.folder import Names, files, made, stem_of
from charaface.formats.record import Record
from charaface.image import size_of
from charaface.schemes import IBUG68

LACKS = frozenset({"frames", "scores", "point scores", "pose", "tracks", "more"})
_MIDDLE = 0.5  # of the first pixel
_HIDDEN, _VISIBLE = 1, 2  # 0: not labelled
_PICTURES = ("file", "width", "height", "labels")


def read(path: str | Path) -> Iterator[Record]:
    """One record a picture, in the order of pictures.csv or of names. Raises InputError that names file and line."""
    folder = Path(path)
    for name, size, labels in _pictures(folder):
        faces = []
        if labels.stat().st_size:
            with open_input(labels) as file:
                for number, line in enumerate(file, 1):
                    try:
                        if line.strip():
                            faces.append(_face(line.split(), size))
                    except (ValueError, OverflowError) as error:
                        raise InputError(f"{labels}:{number}: {error}") from error
        yield Record(name, 0, 0.0, *size, faces)


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes a folder and returns it. OutputError for points that are not ibug68, or a picture of unknown size."""
    folder, names = made(Path(path)), Names()
    rows = []
    for record in records:
        if record.faces and not (record.width > 0 and record.height > 0):
            raise OutputError(f"{folder}: {record.file}: YOLO's labels are shares of a picture whose size is not known")
        place = "labels" / names.place(stem_of(record.picture), ".txt")
        made((folder / place).parent)
        lines = [f"{' '.join(_line(face, record.width, record.height))}\n" for face in record.faces]
        with atomic(folder / place) as part:
            part.write_text("".join(lines), encoding="utf-8", newline="\n")
        rows.append((record.picture, record.width, record.height, place.as_posix()))
    with atomic(folder / "pictures.csv") as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_PICTURES)
        table.writerows((name.encode("utf-8", "backslashreplace").decode(), *row) for name, *row in rows)
    with atomic(folder / "data.yaml") as part:
        mirror = ", ".join(str(i) for i in IBUG68.mirror)
        part.write_text(
            f"# faces, by charaface\npath: .\ntrain: images\nval: images\nkpt_shape: [{IBUG68.count}, 3]\n"
            f"flip_idx: [{mirror}]\nnames:\n  0: face\n",
            encoding="utf-8",
            newline="\n",
        )
    return folder


def _line(face: Face, width: int, height: int) -> Iterator[str]:
    x0, y0, x1, y1 = face.box.astype(np.float64)
    box = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
    yield from ("0", *(repr(float(v)) for v in box))
    marks = face.landmarks
    if marks is None:
        yield from ["0"] * (3 * IBUG68.count)
        return
    if marks.scheme != IBUG68.name:
        raise OutputError(f"YOLO's labels are written for points of {IBUG68.name}, got {marks.scheme}")
    for (x, y), seen in zip(marks.points.astype(np.float64), marks.visible, strict=True):
        yield repr(float((x + _MIDDLE) / width))
        yield repr(float((y + _MIDDLE) / height))
        yield str(_VISIBLE if seen else _HIDDEN)


def _pictures(folder: Path) -> Iterator[tuple[str, tuple[int, int], Path]]:
    """Name, size and file of labels of each picture."""
    index = folder / "pictures.csv"
    if not index.exists():
        for labels, name in files(folder / "labels", ".txt"):
            picture = _beside(folder / "images" / name)
            yield picture.relative_to(folder / "images").as_posix(), size_of(picture), labels
        return
    with open_input(index) as file:
        rows = csv.DictReader(TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
        try:
            if tuple(rows.fieldnames or ()) != _PICTURES:
                raise ValueError(f"its columns are not {', '.join(_PICTURES)}")
            for row in rows:
                labels = (folder / row["labels"]).resolve()
                if not labels.is_relative_to(folder.resolve()) or not labels.is_file():
                    raise ValueError(f"no file {row['labels']!r} in this folder")
                yield row["file"], (int(row["width"]), int(row["height"])), labels
        except (ValueError, TypeError, csv.Error, OSError) as error:
            raise InputError(f"{index}:{rows.line_num or 1}: {error}") from error


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


def _face(words: list[bytes], size: tuple[int, int]) -> Face:
    values = [float(word) for word in words]
    width, height = size
    if len(values) not in (5, 5 + 3 * IBUG68.count):
        raise ValueError(f"a line of {len(values)} numbers; 5 and {5 + 3 * IBUG68.count} ({IBUG68.name}) are known")
    if width < 1 or height < 1 or not all(math.isfinite(v) for v in values):
        raise ValueError("numbers must be finite and the picture's size known")
    x, y, w, h = values[1:5]
    box = [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]
    rows = np.asarray(values[5:]).reshape(-1, 3)
    marks = None
    if rows[:, 2].any():
        points = rows[:, :2] * size - _MIDDLE
        known = rows[:, 2] > 0
        marks = Landmarks(points, known.astype(np.float32), rows[:, 2] == _VISIBLE, IBUG68.name)
    return Face(box, landmarks=marks)  # type: ignore[arg-type]
