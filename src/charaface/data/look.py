"""look: contact sheets of a labelled data set, every face cropped with its numbered points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from charaface.data.pictures import Pictures, format_at
from charaface.draw import DrawStyle, draw_faces
from charaface.face import Face
from charaface.files import DEFAULT_LIMITS, InputError, Limits
from charaface.formats import Record, format_of
from charaface.geometry import transform
from charaface.image import save, warp
from charaface.tasks.crop import crop_matrices
from charaface.video import open_clip

MARGIN = 0.5  # of the box: what lies round a face tells whether its label is right
GAP = 8  # pixels between tiles and round them
_GROUND = (236, 236, 240)
_INK = (20, 24, 43)
Spot = tuple[str, int, int | None]  # file, frame, number of a face or None for all
_STYLE = DrawStyle(boxes=True, numbers=True, hidden="hollow")


@dataclass(frozen=True, eq=False)
class Tile:
    """One face of a data set, to be looked at."""

    record: Record
    number: int  # of the face in its record, from 0
    note: str = ""  # what else there is to say of it

    @property
    def face(self) -> Face:
        """The face itself."""
        return self.record.faces[self.number]

    @property
    def title(self) -> str:
        """File, frame where it is not the first, number of the face, and what else there is to say."""
        frame = f" f{self.record.frame}" if self.record.frame else ""
        return f"{self.note and f'{self.note}: '}{Path(self.record.file).name}{frame} #{self.number}"


@dataclass(frozen=True)
class Sheet:
    """A contact sheet that was written."""

    path: Path
    tiles: list[Tile]  # row by row
    columns: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: the sheet's path, and for each tile row and column from 1 and the face on it."""
        return {
            "sheet": str(self.path),
            "faces": [
                {
                    "row": 1 + k // self.columns,
                    "column": 1 + k % self.columns,
                    "file": tile.record.file,
                    "frame": tile.record.frame,
                    "face": tile.number,
                }
                for k, tile in enumerate(self.tiles)
            ],
        }


def look(
    source: str | Path,
    output: str | Path = "sheet.png",
    *,
    form: str | None = None,
    scheme: str | None = None,
    pictures: str | Path | None = None,
    number: int = 36,
    seed: int | None = None,
    columns: int = 6,
    size: int = 320,
    notes: Mapping[Spot, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    problem: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Sheet]:
    """Writes contact sheets of the faces of a data set and returns them.

    source: a file or folder that charaface.formats reads; form: its format's name, by what it is if none is given;
    scheme: that of points where the file does not tell it. The pictures are looked for where their names say, beside
    source, or below pictures. number faces are shown: the first, or with a seed a random choice, the same for the same
    seed. A sheet has columns and as many rows of tiles of size pixels; further ones are called sheet-2.png and so on.
    notes: only these faces, by file, frame and number, each with a word on it; all faces of a picture by number None.
    problem gets a line for each label that is malformed and each picture that is missing or cannot be read, whose faces
    are left out; without it the first raises. Raises InputError where there is no face or no picture at all, ValueError
    for numbers out of range.
    """
    for name, value, low, high in (
        ("number", number, 1, 100_000), ("columns", columns, 1, 50), ("size", size, 32, 2048)
    ):  # fmt: skip
        if not low <= value <= high:
            raise ValueError(f"{name} is {low} to {high}, got {value}")
    source, output = Path(source), Path(output)
    kind, labels = (format_of(form), source) if form else format_at(source)
    records = kind.sound(labels, scheme, problem) if problem else kind.read(labels, scheme)
    tiles = _chosen(records, number, seed, notes)
    if not tiles:
        raise InputError(f"{source}: no face in it")
    places = Pictures(labels, None if pictures is None else Path(pictures))
    drawn = _drawn(tiles, places, size, limits, problem, progress)
    sheets: list[Sheet] = []
    for batch in _batches(drawn, columns * columns):
        path = output if not sheets else output.with_name(f"{output.stem}-{len(sheets) + 1}{output.suffix}")
        save(_laid_out([image for _, image in batch], columns), path, overwrite=True)
        sheets.append(Sheet(path, [tile for tile, _ in batch], columns))
    if not sheets:
        raise InputError(f"{source}: none of its pictures can be shown")
    return sheets


def _chosen(records: Iterator[Record], number: int, seed: int | None, notes: Mapping[Spot, str] | None) -> list[Tile]:
    """The first faces of records, or a random choice of so many (reservoir sampling), in their order."""
    faces = (Tile(record, k) for record in records for k in range(len(record.faces)))
    if notes is not None:
        faces = (replace(tile, note=note) for tile in faces if (note := _note(tile, notes)) is not None)
    if seed is None:
        return list(islice(faces, number))
    rng = np.random.default_rng(seed)
    kept: list[tuple[int, Tile]] = []
    for place, tile in enumerate(faces):
        if len(kept) < number:
            kept.append((place, tile))
        elif (k := int(rng.integers(place + 1))) < number:
            kept[k] = (place, tile)
    return [tile for _, tile in sorted(kept, key=lambda one: one[0])]


def _note(tile: Tile, notes: Mapping[Spot, str]) -> str | None:
    spot = (tile.record.file, tile.record.frame)
    return notes.get((*spot, tile.number), notes.get((*spot, None)))


def _drawn(
    tiles: Sequence[Tile],
    pictures: Pictures,
    size: int,
    limits: Limits,
    problem: Callable[[str], None] | None,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[Tile, np.ndarray]]:
    """Each tile with its picture, in order; those whose picture will not do are told to problem."""
    done = 0
    for _, group in groupby(tiles, key=lambda tile: tile.record.file):
        together = list(group)
        try:
            yield from _of_one_file(together, pictures, size, limits)
        except InputError as error:
            if problem is None:
                raise
            problem(str(error))
        done += len(together)
        if progress:
            progress(done, len(tiles))


def _of_one_file(
    tiles: Sequence[Tile], pictures: Pictures, size: int, limits: Limits
) -> Iterator[tuple[Tile, np.ndarray]]:
    places = [pictures.find(tile.record) for tile in tiles]
    path, wanted = places[0][0], {frame for _, frame in places}
    images: dict[int, np.ndarray] = {}  # of the tiles by their place
    with open_clip(path, limits) as clip:
        for frame in clip:
            here = [k for k, (_, number) in enumerate(places) if number == frame.index]
            images |= {k: _tile(frame.image, tiles[k], size) for k in here}
            if frame.index >= max(wanted):
                break
    missing = [number for k, (_, number) in enumerate(places) if k not in images]
    if missing:
        raise InputError(f"{path}: has no frame {missing[0]}")
    yield from ((tile, images[k]) for k, tile in enumerate(tiles))


def _tile(image: np.ndarray, tile: Tile, size: int) -> np.ndarray:
    """(size + caption, size, 3) uint8: the face enlarged, its points drawn at the size of the tile."""
    face = tile.face
    (matrix,) = crop_matrices([face], size=size, margin=MARGIN)
    box = transform(face.box.reshape(2, 2) - 0.5, matrix).ravel() + 0.5
    marks = face.landmarks
    if marks is not None:
        marks = replace(marks, points=transform(marks.points, matrix))
    drawn = draw_faces(warp(image, matrix, (size, size), _GROUND), [Face(box, landmarks=marks)], _STYLE)
    return np.concatenate([drawn, _caption(tile.title, size)])


def _caption(text: str, width: int) -> np.ndarray:
    """(height, width, 3) uint8: a line of text, shortened in its middle until it fits."""
    from PIL import Image, ImageDraw, ImageFont

    height = max(10, min(width // 14, 22))
    font = ImageFont.load_default(height)
    half = len(text)
    short = text
    while half > 1 and font.getlength(short) > width - 8:
        half -= 1
        short = f"{text[: half // 2]}...{text[-(half - half // 2) :]}"
    image = Image.new("RGB", (width, height + 8), (255, 255, 255))
    ImageDraw.Draw(image).text((4, 2), short, fill=_INK, font=font)
    return np.asarray(image)


def _batches(drawn: Iterator[tuple[Tile, np.ndarray]], count: int) -> Iterator[list[tuple[Tile, np.ndarray]]]:
    while batch := list(islice(drawn, count)):
        yield batch


def _laid_out(images: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Images of one size row by row with white between, what is left of the last row white."""
    columns = min(columns, len(images))
    height, width = images[0].shape[0] + GAP, images[0].shape[1] + GAP
    sheet = np.full((-(-len(images) // columns) * height + GAP, columns * width + GAP, 3), 255, np.uint8)
    for k, image in enumerate(images):
        y, x = GAP + k // columns * height, GAP + k % columns * width
        sheet[y : y + height - GAP, x : x + width - GAP] = image
    return sheet
