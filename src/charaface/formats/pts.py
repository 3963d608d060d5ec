"""iBUG's .pts: the points of one face a file, counted from 1 as Matlab does; a folder of them for many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from charaface.face import Face, Landmarks, plain_numbers
from charaface.files import InputError, OutputError, atomic, lines, open_input
from charaface.formats.folder import Names, files, made
from charaface.formats.record import Problem, Record, kept, tried
from charaface.schemes import scheme_of

LACKS = frozenset(
    {"frames", "names", "together", "size", "empty", "boxes", "scores", "point scores", "visible", "pose", "tracks"}
) | {"unknown points", "more"}
_MOST = 100_000  # lines of a file


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a file, of one face. path: a file or a folder. Raises InputError that names file and line.

    scheme: that of the points, where their number does not tell it.
    """
    for file, name in files(Path(path), ".pts"):
        face = tried(partial(face_of, file, scheme), problem)
        if face is not None:
            yield Record(name.removesuffix(file.suffix), 0, 0.0, 0, 0, [face])


def face_of(file: Path, scheme: str | None) -> Face:
    """The face of one file. Raises InputError that names it and the line."""
    points, named = _points(file, scheme)
    ones = np.ones(len(points))
    try:
        marks = Landmarks(points, ones, ones > 0, named)
        return Face(marks.box, landmarks=marks)
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes one file a face below a folder, and returns the folder; faces without points are left out."""
    folder, names = made(Path(path)), Names()
    for record, marks in single(records, folder):
        file = folder / names.place(PurePosixPath(record.file), ".pts")
        made(file.parent)
        rows = [f"{x + 1} {y + 1}\n" for x, y in plain_numbers(marks.points)]
        with atomic(file) as part, part.open("w", encoding="utf-8", newline="\n") as text:
            text.write(f"version: 1\nn_points: {len(rows)}\n{{\n{''.join(rows)}}}\n")
    return folder


def single(records: Iterable[Record], folder: Path) -> Iterator[tuple[Record, Landmarks]]:
    """A record of each face with points, as it is kept, and its points."""
    try:
        for record in kept(records, LACKS):
            yield from ((record, face.landmarks) for face in record.faces if face.landmarks)
    except OutputError as error:
        raise OutputError(f"{folder}: {error}") from None


def _points(path: Path, scheme: str | None) -> tuple[np.ndarray, str]:
    """(N, 2) float64 points counted from 0, and the scheme that has as many."""
    count, rows, opened = None, [], False
    with open_input(path) as file:
        for number, line in enumerate(lines(file, str(path)), 1):
            text = line.decode("utf-8", "replace").strip()
            if number > _MOST:
                raise InputError(f"{path}:{number}: more lines than a face has points")
            if text == "}":
                break
            try:
                if text.startswith("{"):
                    opened = True
                elif opened and text:
                    x, y = (float(value) for value in text.split())
                    rows.append((x - 1, y - 1))
                elif text.startswith("n_points"):
                    count = int(text.partition(":")[2])
            except ValueError as error:
                raise InputError(f"{path}:{number}: {text[:40]!r} is no point ({error})") from None
    try:
        if count not in (None, len(rows)):
            raise ValueError(f"says {count} points and has {len(rows)}")
        scheme = scheme_of(range(len(rows)), "points", scheme)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    return np.asarray(rows), scheme
