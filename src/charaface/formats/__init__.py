"""Files of faces, one kind a file of this folder: each has read(path) and write(path, records)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TextIO

from charaface.formats import animeface, coco, csv, cvat, dlib, jsonl, labelme, parquet, pts, yolo
from charaface.formats.record import LACKS, Record, Write, kept

__all__ = ["FORMATS", "LACKS", "Format", "Record", "format_of", "kept", "table"]


class Format(NamedTuple):
    """How one kind of file is read and written."""

    about: str  # in a few words
    suffix: str
    # path, and the scheme of the points where the file does not tell it (None: by their number)
    read: Callable[..., Iterator[Record]]
    write: Callable[[str | Path, Iterable[Record]], Path]
    lacks: frozenset[str]  # what it has no place for, keys of LACKS
    # adds records to an open text file one by one, where a file may begin before all is known; scheme None: no points
    writer: Callable[[TextIO, str | None], Write] | None = None
    folder: bool = False  # whether it is written as a folder of files; read also takes one of them


ROUND_TRIP = PurePosixPath("tests/formats/test_round_trip.py")  # with a test [NAME] for each

FORMATS: dict[str, Format] = {
    "jsonl": Format("JSON lines, one object a frame", ".jsonl", jsonl.read, jsonl.write, jsonl.LACKS, jsonl.writer),
    "csv": Format("one row a face, for spreadsheets", ".csv", csv.read, csv.write, csv.LACKS, csv.writer),
    "parquet": Format("typed columns, for pandas", ".parquet", parquet.read, parquet.write, parquet.LACKS),
    "coco": Format("COCO keypoints", ".json", coco.read, coco.write, coco.LACKS),
    "dlib": Format("dlib's and imglab's XML", ".xml", dlib.read, dlib.write, dlib.LACKS),
    "pts": Format("iBUG's points, a file a face", ".pts", pts.read, pts.write, pts.LACKS, folder=True),
    "labelme": Format("LabelMe, a file a picture", ".json", labelme.read, labelme.write, labelme.LACKS, folder=True),
    "cvat": Format("CVAT's XML for images", ".xml", cvat.read, cvat.write, cvat.LACKS),
    "yolo": Format("YOLO-pose, a folder of labels", "", yolo.read, yolo.write, yolo.LACKS, folder=True),
    "animeface": Format("animeface's fields", ".jsonl", animeface.read, animeface.write, animeface.LACKS),
}


def format_of(name: str | Path) -> Format:
    """The format of a name or of what a file's name ends on. Raises ValueError that names those there are."""
    text = str(name)
    suffix = Path(text).suffix.lower()
    for key, kind in FORMATS.items():
        if text == key or (suffix and suffix == kind.suffix and not kind.folder):
            return kind
    near = difflib.get_close_matches(suffix.removeprefix(".") or text, FORMATS, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"no format {text!r}; there are {', '.join(FORMATS)}{hint}")


def table() -> str:
    """The formats as the documents list them, in Markdown."""
    rows = ["| name | what | written as | has no place for | read back by |", "|---|---|---|---|---|"]
    for name, kind in FORMATS.items():
        files = f"a folder of `{kind.suffix}`" if kind.folder and kind.suffix else "a folder" if kind.folder else ""
        lacks = ", ".join(key for key in LACKS if key in kind.lacks)
        row = (f"`{name}`", kind.about, files or f"a `{kind.suffix}`", lacks or "nothing is lost", _tested(name))
        rows.append(f"| {' | '.join(row)} |")
    return "\n".join(rows) + "\n"


def _tested(name: str) -> str:
    """A link to the test that writes a format and reads it back, with its name there."""
    return f"[{ROUND_TRIP.name}]({PurePosixPath('..') / ROUND_TRIP}) `[{name}]`"
