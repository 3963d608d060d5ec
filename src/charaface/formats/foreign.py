"""Which data set of others lies at a path, where that is clear without reading it through."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from charaface.files import SUFFIXES
from charaface.formats import fer2013, manga, wflw
from charaface.formats.pattern import is_pattern

_NUMBER = re.compile(rb"(?:\xef\xbb\xbf)?\s*-?\d")
_HEAD = 1 << 14  # bytes: four lines of WFLW


def foreign(path: Path) -> str | None:
    """The name of a format that the name or the contents of a path belong to and to no other's; None for the others."""
    if is_pattern(path):
        return "pattern"
    if path.is_dir():
        return _of_folder(path)
    suffix = path.suffix.lower()
    if suffix in (".npy", ".mat"):
        return "npy" if suffix == ".npy" else "aflw"
    if suffix == ".json" and manga.NAME.fullmatch(path.name):
        return "manga"
    if suffix == ".csv" and path.is_file():
        return "fer2013" if fer2013.is_head(_first_line(path)) else None
    if suffix == ".txt" and path.is_file():
        first = _first_line(path)
        if len(first.split()) >= wflw.WORDS and _NUMBER.match(first):
            return "wflw"
        named = PurePosixPath(first.decode("utf-8", "replace").strip()).suffix.lower()
        return "npy" if named in (*SUFFIXES, ".npy", ".pts") else None
    return None


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD).split(b"\n", 1)[0]


def _of_folder(path: Path) -> str | None:
    if (path / "labels.jsonl").is_file() or (path / "data.yaml").is_file() or (path / "labels").is_dir():
        return None  # ours, or YOLO's
    for name, suffix in (("aflw", "*.mat"), ("npy", "*.npy"), ("manga", "*.json")):
        found = next((one for one in path.rglob(suffix) if not one.name.startswith(".")), None)
        if found and (name != "manga" or manga.NAME.fullmatch(found.name)):
            return name
    return None
