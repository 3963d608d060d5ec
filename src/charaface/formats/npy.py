"""Points as NumPy's .npy beside their pictures: caricatures (`a.jpg` and `a.jpg.npy`), portraits (`a.png`, `a.npy`).

(N, 2) numbers, x and y of each point from the middle of the first pixel. A folder of them, one of them, or a list: a
.txt with the path of a picture or of its points on each line, from where the list lies; points also lie in a folder
beside that of the picture. Where a picture has no .npy, its .pts counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import SUFFIXES, InputError, atomic, lines, open_input, reason
from charaface.formats import pts
from charaface.formats.folder import Names, below, files, made, picture_beside
from charaface.formats.record import Problem, Record, tried
from charaface.schemes import scheme_of

LACKS = pts.LACKS
_POINTS = (".npy", ".pts")
_HEAD = 1 << 12  # bytes
_SAID = re.compile(  # the head that NumPy writes of numbers in two columns
    r"\{'descr': '(?P<kind>[<>=|](?:f[248]|[iu][1248]))', 'fortran_order': (?P<turned>True|False), "
    r"'shape': \((?P<count>\d{1,5})L?, 2L?\),? ?\}\s*"
)


def read(path: str | Path, scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a file, of one face. path: a folder, a .npy, or a list. Raises InputError that names file and line.

    scheme: that of the points, where their number does not tell it.
    """
    path = Path(path)
    of_list = path.suffix.lower() == ".txt" and not path.is_dir()
    for find in _listed(path) if of_list else _below(path):
        record = tried(partial(_record, find, scheme), problem)
        if record is not None:
            yield record


def write(path: str | Path, records: Iterable[Record]) -> Path:
    """Writes one file a face below a folder, and returns the folder; faces without points are left out."""
    folder, names = made(Path(path)), Names()
    for record, marks in pts.single(records, folder):
        file = folder / names.place(PurePosixPath(record.file), ".npy")
        made(file.parent)
        data = BytesIO()
        np.save(data, marks.points.astype(np.float64), allow_pickle=False)
        with atomic(file) as part:
            part.write_bytes(data.getvalue())
    return folder


@dataclass(frozen=True)
class _Find:
    """Where the points of a picture are, or why they are not known, with the place that says so."""

    name: str
    points: Path
    wrong: str = ""


def _below(path: Path) -> Iterator[_Find]:
    """The points of a folder, or the one file of a path; .pts where there is no .npy of the name."""
    found = list(files(path, *_POINTS))
    better = {_bare(file) for file, _ in found if file.suffix.lower() == ".npy"}
    for file, name in found:
        if file.suffix.lower() == ".npy" or _bare(file) not in better:
            yield _Find(picture_beside(file, name.removesuffix(file.suffix)), file)


def _bare(points: Path) -> Path:
    """The path of the picture without its suffix."""
    name = points.with_suffix("")
    return name.with_suffix("") if name.suffix.lower() in SUFFIXES else name


def _listed(path: Path) -> Iterator[_Find]:
    """What the lines of a list speak of."""
    with open_input(path) as file:
        for number, line in enumerate(lines(file, str(path)), 1):
            name = line.decode("utf-8-sig", "backslashreplace").strip()
            if name:
                yield _of_line(path, name, f"{path}:{number}")


def _of_line(path: Path, name: str, place: str) -> _Find:
    try:
        listed = below(path.parent, name)
        if listed.suffix.lower() in _POINTS:
            return _Find(picture_beside(listed, name.replace("\\", "/").removesuffix(listed.suffix)), listed)
        found = [file for file in _beside(listed, listed.parent) if file.is_file()][:1]
        if not found and listed.parent != path.parent:
            around = sorted(folder for folder in listed.parent.parent.iterdir() if folder.is_dir())
            found = [file for folder in around for file in _beside(listed, folder) if file.is_file()]
        if len(found) == 1:
            return _Find(name.replace("\\", "/"), found[0])
        many = f"{len(found)} files of points, {found[0]} is one" if found else "no file of points"
        return _Find(name, listed, f"{place}: {many}, for {name!r}")
    except (ValueError, OSError) as error:
        return _Find(name, path, f"{place}: {reason(error)}")


def _beside(picture: Path, folder: Path) -> list[Path]:
    """What points of a picture may be called in a folder, the likeliest first."""
    return [folder / f"{picture.name}.npy", *(folder / f"{picture.stem}{suffix}" for suffix in _POINTS)]


def _record(find: _Find, scheme: str | None) -> Record:
    if find.wrong:
        raise InputError(find.wrong)
    face = pts.face_of(find.points, scheme) if find.points.suffix.lower() == ".pts" else _face(find.points, scheme)
    return Record(find.name, 0, 0.0, 0, 0, [face])


def _face(path: Path, scheme: str | None) -> Face:
    with open_input(path) as file:
        try:
            points = _array(file)
        except (ValueError, TypeError) as error:
            raise InputError(f"{path}: is no array of points ({error})") from error
    try:
        named = scheme_of(range(len(points)), "points", scheme)
        marks = Landmarks(points, np.ones(len(points)), np.ones(len(points)) > 0, named)
        return Face(marks.box, landmarks=marks)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def _array(file: BinaryIO) -> np.ndarray:
    """(N, 2) numbers of an open .npy, whose head is read here: no objects, and no more is made than is there."""
    if file.read(6) != b"\x93NUMPY":
        raise ValueError("it does not begin as one")
    size = int.from_bytes(file.read(2 if file.read(2)[:1] == b"\1" else 4), "little")
    head = file.read(min(size, _HEAD)).decode("latin-1")
    found = _SAID.fullmatch(head)
    if not found:
        raise ValueError(f"its head is {head.strip()[:120]!r}; points are (N, 2) numbers")
    kind, count = np.dtype(found["kind"]), int(found["count"])
    data = file.read(count * 2 * kind.itemsize + 1)
    if len(data) != count * 2 * kind.itemsize:
        more = " or more" if len(data) > count * 2 * kind.itemsize else ""
        raise ValueError(f"{len(data)} bytes{more} for {count} points of {count * 2 * kind.itemsize}")
    with np.errstate(all="ignore"):  # what is too large becomes infinite, and is refused as that
        order: Literal["F", "C"] = "F" if found["turned"] == "True" else "C"
        return np.frombuffer(data, kind).reshape((count, 2), order=order).astype(np.float64)
