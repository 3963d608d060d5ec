"""Files of faces, one kind a file of this folder: each has read(path), and most have write(path, records)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TextIO

from charaface.files import InputError
from charaface.formats import (
    aflw,
    animeface,
    coco,
    csv,
    cvat,
    dlib,
    fer2013,
    jsonl,
    labelme,
    manga,
    npy,
    parquet,
    pattern,
    pts,
    wflw,
    yolo,
)
from charaface.formats.record import LACKS, Problem, Record, Write, kept

__all__ = ["FORMATS", "LACKS", "WRITTEN", "Format", "Problem", "Record", "format_of", "kept", "table"]


class Format(NamedTuple):
    """How one kind of file is read and, where it is, written."""

    about: str  # in a few words
    suffix: str
    # path, the scheme of the points where the file does not tell it (None: by their number), and who hears of what is
    # left out, a picture or face that is malformed (None: it is an InputError)
    read: Callable[..., Iterator[Record]]
    write: Callable[[str | Path, Iterable[Record]], Path] | None  # None: it is read only
    lacks: frozenset[str]  # what it has no place for, keys of LACKS
    # adds records to an open text file one by one, where a file may begin before all is known; scheme None: no points
    writer: Callable[[TextIO, str | None], Write] | None = None
    folder: bool = False  # whether it is written as a folder of files; read also takes one of them

    def sound(self, path: str | Path, scheme: str | None, problem: Problem) -> Iterator[Record]:
        """What of a file can be read; problem hears of all that cannot, and of a file that breaks off behind some.

        Raises InputError where nothing can be read.
        """
        found = wrong = 0

        def heard(line: str) -> None:
            nonlocal wrong
            wrong += 1
            problem(line)

        try:
            for record in self.read(path, scheme, heard):
                found += 1
                yield record
        except InputError as error:
            if not found:
                raise
            problem(str(error))
        if wrong and not found:
            raise InputError(f"{path}: nothing in it can be read")


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
    "npy": Format("points as .npy beside pictures", ".npy", npy.read, npy.write, npy.LACKS, folder=True),
    "manga": Format("manga landmarks, JSON a face", ".json", manga.read, None, frozenset(), folder=True),
    "wflw": Format("WFLW's lists, a line a face", ".txt", wflw.read, None, frozenset()),
    "aflw": Format("AFLW2000-3D's .mat a picture", ".mat", aflw.read, None, frozenset(), folder=True),
    "fer2013": Format("FER2013's csv, pictures and all", ".csv", fer2013.read, None, frozenset()),
    "pattern": Format("folders named by a pattern", "", pattern.read, None, frozenset(), folder=True),
}
WRITTEN = tuple(name for name, kind in FORMATS.items() if kind.write)


def format_of(name: str | Path) -> Format:
    """The format of a name, or written to what a file's name ends on. Raises ValueError that names those there are."""
    text = str(name)
    suffix = Path(text).suffix.lower()
    for key, kind in FORMATS.items():
        if text == key or (suffix and suffix == kind.suffix and kind.write and not kind.folder):
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
        files = files or f"a `{kind.suffix}`"
        row = (f"`{name}`", kind.about, files, lacks or "nothing is lost", _tested(name))
        if not kind.write:
            row = (f"`{name}`", kind.about, "read only", "", "")
        rows.append(f"| {' | '.join(row)} |")
    return "\n".join(rows) + "\n"


def _tested(name: str) -> str:
    """A link to the test that writes a format and reads it back, with its name there."""
    return f"[{ROUND_TRIP.name}]({PurePosixPath('..') / ROUND_TRIP}) `[{name}]`"
