"""Files of faces, one kind a file: each has read(path), write(path, records) and writer(file, scheme)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from charaface.formats import csv, jsonl
from charaface.formats.record import Record, Write

__all__ = ["FORMATS", "Format", "Record", "format_of"]


class Format(NamedTuple):
    """How one kind of file is read and written."""

    suffix: str
    read: Callable[[str | Path], Iterator[Record]]
    write: Callable[[str | Path, Iterable[Record]], Path]
    writer: Callable[[TextIO, str | None], Write]  # to an open text file, record by record; None: faces have no points


FORMATS: dict[str, Format] = {
    "jsonl": Format(".jsonl", jsonl.read, jsonl.write, jsonl.writer),
    "csv": Format(".csv", csv.read, csv.write, csv.writer),
}


def format_of(name: str | Path) -> Format:
    """The format of a name or of what a file's name ends on. Raises ValueError that names those there are."""
    text = str(name)
    suffix = Path(text).suffix.lower()
    for key, kind in FORMATS.items():
        if text == key or suffix == kind.suffix:
            return kind
    near = difflib.get_close_matches(suffix.removeprefix(".") or text, FORMATS, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"no format {text!r}; there are {', '.join(FORMATS)}{hint}")
