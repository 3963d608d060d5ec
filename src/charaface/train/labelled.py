"""Labelled faces cut out of their pictures once, into a memory-mapped file that a training draws its crops from."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from charaface.data.pictures import Pictures, format_at
from charaface.data.split import key_of
from charaface.face import Face, Landmarks
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.geometry import crop_matrix, transform
from charaface.image import Fill, load, warp
from charaface.pose import head_pose
from charaface.schemes import conversion, scheme_named
from charaface.train.config import Labels, RecipeError
from charaface.train.packs import cache_folder

ROOM = 1.5  # side of what is kept of a picture over the side of a crop: room to turn, shift and zoom in
BATCH = 64  # pictures that are read at a time
Problem = Callable[[str], None]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, eq=False)
class Labelled:
    """Faces with points, mapped from disk."""

    images: np.ndarray  # (N, S, S, 3) uint8, each square about one face
    points: np.ndarray  # (N, P, 2) float32 pixels of that square
    weight: np.ndarray  # (N, P) float32: 1 a visible point, HIDDEN one that is not, 0 one that is not known
    box: np.ndarray  # (N, 4) float32 of the points, pixels of the square
    pose: np.ndarray  # (N, 3) float32 yaw, pitch, roll in degrees
    names: list[str]  # of the pictures
    keys: list[str]  # of the group that each belongs to

    def __len__(self) -> int:
        return len(self.images)


HIDDEN = 0.4  # what a point counts that is hidden or not drawn, beside one that is seen


def open_labelled(
    labels: Labels, cache: Path | None = None, *, problem: Problem | None = None, progress: Progress | None = None
) -> Labelled:
    """The faces with points of a recipe's files: mapped where they were cut before, else cut now.

    What is malformed in a file, and a picture that cannot be read or is not found, is told to problem and left out.
    Raises RecipeError without any face, InputError where a file of faces is broken as a whole.
    """
    found = open_cut(labels, _POINTS, cache, problem=problem, progress=progress)
    return Labelled(found.images, **found.values, names=found.names, keys=found.keys)


@dataclass(frozen=True, eq=False)
class Cut:
    """Faces cut out of their pictures, mapped from disk, with what is known of each."""

    images: np.ndarray  # (N, S, S, 3) uint8, each square about one face
    values: dict[str, np.ndarray]  # name to (N, ...)
    names: list[str]  # of the pictures
    keys: list[str]  # of the group that each belongs to

    def __len__(self) -> int:
        return len(self.images)


Values = dict[str, np.ndarray]


class Cutter(NamedTuple):
    """What a task takes of the faces of a file."""

    folder: str  # begins the name of what is kept
    what: str  # words for what a face must have
    has: Callable[[Face], bool]
    cut: Callable[[np.ndarray, Face, Labels], tuple[np.ndarray, Values]]  # the square about a face, and its values


def open_cut(
    labels: Labels,
    cutter: Cutter,
    cache: Path | None = None,
    *,
    problem: Problem | None = None,
    progress: Progress | None = None,
) -> Cut:
    """The faces of a recipe's files as a cutter cuts them; as open_labelled otherwise."""
    folder = (cache_folder() if cache is None else Path(cache)) / f"{cutter.folder}-{_fingerprint(labels)}"
    if not (folder / "labels.json").exists():
        _cut_all(labels, folder, cutter, problem or _nothing, progress or _nothing)
    images = np.lib.format.open_memmap(folder / "images.npy", mode="r")
    words = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    with np.load(folder / "labels.npz", allow_pickle=False) as arrays:
        values = {name: arrays[name] for name in arrays.files}
    return Cut(images[: len(words["names"])], values, names=words["names"], keys=words["keys"])


def fingerprint(labels: Labels) -> str:
    """A short name for what the files of a recipe hold: of their contents, and of how they are read."""
    return _fingerprint(labels)


def _fingerprint(labels: Labels) -> str:
    if not labels.files:
        raise RecipeError("labels.files names no file of faces; say it with --labels labels.xml")
    how = asdict(labels)
    for free in ("seed", "held_out", "measure", "folds", "fold", "stop", "most"):
        del how[free]
    digest = hashlib.sha256(json.dumps(how, sort_keys=True).encode())
    for name in labels.files:
        for path in _files_of(Path(name)):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files_of(path: Path) -> list[Path]:
    """The files that a change of the labels would change; InputError where there is none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder")
    form, source = format_at(path)
    return sorted(p for p in source.rglob(f"*{form.suffix}") if p.is_file()) if source.is_dir() else [source]


def _nothing(*_: object) -> None:
    return None


def _cut_all(labels: Labels, folder: Path, cutter: Cutter, problem: Problem, progress: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    side = side_of(labels)
    cuts: list[Values] = []
    names: list[str] = []
    keys: list[str] = []
    temporary = folder / f"images.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:  # the header comes last: how many there are is not known before
        file.write(bytes(_header(0, side)))
        for record, found in _read_all(labels, cutter, problem):
            for image, values in found:
                file.write(image.tobytes())
                cuts.append(values)
                names.append(record.picture)
                keys.append(key_of(record, labels.group))
            progress(len(cuts), None)
        file.seek(0)
        file.write(_header(len(cuts), side))
    if not cuts:
        temporary.unlink()
        raise RecipeError(f"no face with {cutter.what} in {', '.join(labels.files)}")
    os.replace(temporary, folder / "images.npy")
    arrays = {k: np.stack([c[k] for c in cuts]) for k in cuts[0]}
    with open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    os.replace(temporary, folder / "labels.npz")
    temporary.write_text(json.dumps({"names": names, "keys": keys}, ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, folder / "labels.json")


def side_of(labels: Labels) -> int:
    """Pixels of what is kept of a face."""
    return round(labels.size * ROOM)


def _header(count: int, side: int) -> bytes:
    """The first 128 bytes of a .npy file of count squares."""
    text = str({"descr": "|u1", "fortran_order": False, "shape": (count, side, side, 3)})
    head = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


def _read_all(
    labels: Labels, cutter: Cutter, problem: Problem
) -> Iterator[tuple[Record, list[tuple[np.ndarray, Values]]]]:
    """The faces of every record, in order; pictures are read several at a time."""
    try:
        only = re.compile(labels.only)
    except re.error as error:
        raise RecipeError(f"labels.only is no regular expression: {error}") from error
    with ThreadPoolExecutor(2, thread_name_prefix="pictures") as pool:
        for name in labels.files:
            source = Path(name)
            form, path = (FORMATS[labels.form], source) if labels.form else format_at(source)
            pictures = Pictures(source, Path(labels.pictures) if labels.pictures else None)
            records = (r for r in form.read(path, labels.file_scheme or None, problem) if only.search(r.file))
            while some := list(islice(records, BATCH)):
                jobs = [pool.submit(_cut, record, pictures, labels, cutter) for record in some]
                for record, job in zip(some, jobs, strict=True):
                    try:
                        yield record, job.result()
                    except InputError as error:
                        problem(str(error))


def _cut(record: Record, pictures: Pictures, labels: Labels, cutter: Cutter) -> list[tuple[np.ndarray, Values]]:
    faces = [face for face in record.faces if cutter.has(face)]
    if not faces:
        return []
    image = _picture(record, pictures) if record.pixels is None else record.pixels
    try:
        return [cutter.cut(image, face, labels) for face in faces]
    except ValueError as error:  # points that all fall together have no box and no pose
        raise InputError(f"{record.file}: {error}") from None


def _picture(record: Record, pictures: Pictures) -> np.ndarray:
    path, frame = pictures.find(record)
    if frame:
        raise InputError(f"{path}: frame {frame} of a clip is no picture; write the frames out first")
    return load(path)


def square(image: np.ndarray, box: np.ndarray, labels: Labels, fill: Fill = (0, 0, 0)) -> tuple[np.ndarray, Values]:
    """The square about a box, ROOM times as wide as a crop, and the box (4,) float32 in pixels of it."""
    matrix = _matrix(box, labels)
    corners = transform(np.asarray([box[:2], box[2:]]) - 0.5, matrix) + 0.5
    return warp(image, matrix, (side_of(labels),) * 2, fill), {"box": corners.ravel().astype(np.float32)}


def _matrix(box: np.ndarray, labels: Labels) -> np.ndarray:
    return crop_matrix(box, side_of(labels), labels.crop_scale * ROOM)


def _cut_points(image: np.ndarray, face: Face, labels: Labels) -> tuple[np.ndarray, Values]:
    marks = face.landmarks
    assert marks is not None  # what has said so
    points, weight = labels_of(marks, labels.scheme, shared=labels.shared)
    angles = head_pose(marks.to("ibug68").points)
    pose = np.asarray([angles.yaw, angles.pitch, angles.roll], np.float32)
    moved = transform(points, _matrix(marks.box, labels)).astype(np.float32)
    out, values = square(image, marks.box, labels)
    return out, {"points": moved, "weight": weight, "pose": pose, **values}


_POINTS = Cutter("labels", "points", lambda face: face.landmarks is not None, _cut_points)


def labels_of(marks: Landmarks, scheme: str, *, shared: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(P, 2) points of a face in a scheme and (P,) float32 what each counts: 0 where the face does not tell it.

    shared: only points that are the same place by both definitions count.
    """
    way = conversion(marks.scheme, scheme)
    turned = marks.to(scheme_named(scheme).name)
    told = np.asarray([how == "exact" or (how == "derived" and not shared) for how in way.how])
    weight = np.where(turned.visible, 1.0, HIDDEN) * (turned.known & told)
    return turned.points.astype(np.float64), weight.astype(np.float32)
