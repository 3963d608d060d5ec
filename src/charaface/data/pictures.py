"""The pictures that a file of faces speaks of: found by their names, near it or below a folder."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from functools import cached_property
from pathlib import Path, PurePosixPath

from charaface.files import SUFFIXES, InputError, natural
from charaface.formats import FORMATS, Format, Record, format_of
from charaface.formats.foreign import foreign

# how a format without frames names a frame of a clip, and pts the second face of a picture
_FRAME, _FACE = re.compile(r"_(\d{6})$"), re.compile(r"_\d+$")


def format_at(source: Path) -> tuple[Format, Path]:
    """The format that a path holds faces in, and the file or folder to read; InputError where there is none."""
    found = foreign(source)
    if found:
        return FORMATS[found], source
    if not source.is_dir():
        try:
            return format_of(source), source
        except ValueError as error:
            raise InputError(f"{source}: {error}; say it with --from") from None
    if (source / "labels.jsonl").is_file():  # as the generator writes it
        return FORMATS["jsonl"], source / "labels.jsonl"
    if (source / "data.yaml").is_file() or (source / "labels").is_dir():
        return FORMATS["yolo"], source
    for name in ("pts", "labelme"):
        if next(source.rglob(f"*{FORMATS[name].suffix}"), None):
            return FORMATS[name], source
    raise InputError(
        f"{source}: no labels.jsonl, data.yaml, .npy, .pts, .mat or .json in this folder; give a file, or --from"
    )


class Pictures:
    """Finds the picture of a record."""

    def __init__(self, labels: Path, below: Path | None = None) -> None:
        """labels: what the records come from; below: a folder to look in instead. InputError where that is none."""
        if below is not None and not below.is_dir():
            raise InputError(f"{below}: is no folder of pictures")
        self._root = below or (labels if labels.is_dir() else labels.parent)
        self._given = below is not None

    def find(self, record: Record) -> tuple[Path, int]:
        """The file and the number of its frame. Raises InputError that says where was looked."""
        name = PurePosixPath(record.file.replace("\\", "/"))
        for one, frame in _meanings(name, record.frame):
            path = self._place(one)
            if path is not None:
                return path, frame
        raise InputError(f"{record.file}: no such picture, and none of that name below {self._root}; say --pictures")

    def _place(self, name: PurePosixPath) -> Path | None:
        plain = [] if self._given else [Path(name)]
        for path in (*plain, self._root / name, self._root / "images" / name):
            if path.suffix.lower() in SUFFIXES and os.path.isfile(path):  # Path.is_file raises for a name too long
                return path
        whole, stem = name.name.casefold(), name.stem.casefold()
        named = name.suffix.lower() in SUFFIXES
        places = (self._below[whole] or self._below[stem]) if named else self._below[whole]
        if not places:
            return None
        alike = [_alike(place, name) for place in places]
        best = max(alike)
        if alike.count(best) > 1:
            raise InputError(
                f"{name}: {alike.count(best)} pictures have this name, {places[alike.index(best)]} is one of them; "
                "say --pictures"
            )
        return places[alike.index(best)]

    @cached_property
    def _below(self) -> defaultdict[str, list[Path]]:
        """All pictures below the root by name, and by name without a suffix; hidden ones are left out."""
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for place, folders, files in os.walk(self._root):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
            for file in sorted(files, key=natural):
                path = Path(place, file)
                if path.suffix.lower() in SUFFIXES and not file.startswith("."):
                    found[file.casefold()].append(path)
                    found[path.stem.casefold()].append(path)
        return found


def _meanings(name: PurePosixPath, frame: int) -> list[tuple[PurePosixPath, int]]:
    """What a name may stand for, the likeliest first: a file and a frame of it."""
    out = [(name, frame)]
    for pattern in (_FRAME, _FACE):
        found = pattern.search(name.stem)
        if found and found.start():
            number = int(found[1]) if pattern is _FRAME else frame
            out.append((name.with_name(name.stem[: found.start()] + name.suffix), number))
    return out


def _alike(path: Path, name: PurePosixPath) -> int:
    """How many parts at the end of two paths are the same, suffixes aside."""
    a, b = [*path.parts[:-1], path.stem], [*name.parts[:-1], name.stem]
    same = [x.casefold() == y.casefold() for x, y in zip(reversed(a), reversed(b), strict=False)]
    return same.index(False) if False in same else len(same)
