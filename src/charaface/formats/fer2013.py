"""FER2013's csv: one row a grey picture of 48 x 48 pixels, its expression and which part of the set it belongs to.

The columns are emotion (0 to 6, in the order of charaface.face.EXPRESSIONS), pixels (2,304 numbers of 0 to 255, row by
row) and Usage (Training, PublicTest or PrivateTest). The pictures are in the file: a record has its pixels. Its name is
its part and the number of its row, as Training/00000, so that a part is found by its name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from charaface.face import EXPRESSIONS, Emotion, Face
from charaface.files import InputError, lines, open_input
from charaface.formats.record import Problem, Record, tried

COLUMNS = ("emotion", "pixels", "Usage")
USAGES = ("Training", "PublicTest", "PrivateTest")
SIDE = 48  # pixels
CROP_SCALE = 1.05  # side of a picture over the longer side of its face's box: the median of 447 of 500 pictures
# where the faces of the pictures lie in the median, moved down to the middle by 0.9 pixels (benchmarks/fer_faces.py)
FACE = (4.75, 1.15, 43.25, 46.85)


def is_head(line: bytes) -> bool:
    """Whether a file that begins with this line is one of these."""
    return tuple(line.decode("utf-8-sig", "replace").strip().split(",")) == COLUMNS


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a row, with its pixels; the part is in its name and, as usage, in the notes of its face.

    Raises InputError that names file and row.
    """
    with open_input(Path(path)) as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        try:
            rows = csv.reader(lines(text, str(path)), strict=True)
            if tuple(next(rows)) != COLUMNS:
                raise InputError(f"{path}:1: is no FER2013; its first line is {','.join(COLUMNS)}")
            for number, row in enumerate(rows):
                record = tried(partial(_record, row, number, f"{path}:{number + 2}"), problem)
                if record is not None:
                    yield record
        except (csv.Error, UnicodeDecodeError, StopIteration) as error:
            raise InputError(f"{path}: is no table of FER2013 ({error})") from error


def _record(row: list[str], number: int, place: str) -> Record:
    try:
        if len(row) != len(COLUMNS):
            raise ValueError(f"{len(row)} columns; it has {len(COLUMNS)}: {', '.join(COLUMNS)}")
        emotion, pixels, usage = row
        if emotion not in map(str, range(len(EXPRESSIONS))):
            raise ValueError(f"emotion is 0 to {len(EXPRESSIONS) - 1}, got {emotion!r}")
        if usage not in USAGES:
            raise ValueError(f"Usage is {', '.join(USAGES)}, got {usage!r}")
        name = EXPRESSIONS[int(emotion)]
        face = Face(np.array(FACE), emotion=Emotion(name, {name: 1.0}), notes={"usage": usage})
        return Record(f"{usage}/{number:05d}", 0, 0.0, SIDE, SIDE, [face], _picture(pixels))
    except (ValueError, OverflowError) as error:
        raise InputError(f"{place}: is no row of FER2013 ({error})") from error


def _picture(text: str) -> np.ndarray:
    """(48, 48, 3) uint8 of the numbers of a row."""
    values = np.array(text.split(), np.int64)
    if len(values) != SIDE * SIDE:
        raise ValueError(f"{len(values)} pixels; it has {SIDE * SIDE}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("pixels are 0 to 255")
    return np.repeat(values.astype(np.uint8).reshape(SIDE, SIDE, 1), 3, axis=2)
