"""Results made earlier: the faces of a file, looked up by picture and frame."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path, PurePosixPath

from charaface.face import Face
from charaface.files import SUFFIXES, InputError, open_input, reason
from charaface.formats import FORMATS, Format, format_of
from charaface.formats.foreign import foreign
from charaface.formats.record import Record

_SAME_TIME = 0.002  # seconds: what rounding may take from a time
_HEAD = 1 << 16
_SIGNS = (  # suffix, what stands near the beginning, format: of formats that are not the first with their suffix
    (".xml", b"<annotations", "cvat"),
    (".json", b'"shapes"', "labelme"),
    (".pts", b"", "pts"),
    (".jsonl", b'"likelihood"', "animeface"),
)


def format_at(path: str | Path) -> Format:
    """The format of a file or folder that is there, by its name and, where several share that, by how it begins.

    Raises InputError for what is no file of faces.
    """
    path = Path(path)
    found = foreign(path)
    if found:
        return FORMATS[found]
    if path.is_dir():
        if (path / "labels").is_dir():
            return FORMATS["yolo"]
        for name in ("pts", "labelme"):
            if next(path.rglob(f"*{FORMATS[name].suffix}"), None):
                return FORMATS[name]
        raise InputError(f"{path}: no files of faces in this folder; there are {', '.join(FORMATS)}")
    with open_input(path) as file:
        head = file.read(_HEAD)
    for suffix, sign, name in _SIGNS:
        if path.suffix.lower() == suffix and sign in head:
            return FORMATS[name]
    try:
        return format_of(path)
    except ValueError as error:
        raise InputError(f"{path}: is no file of faces ({error})") from None


def results(path: str | Path) -> Results:
    """The faces of a file or folder of any format, to be looked up by picture; kept until it changes.

    Raises InputError for what is no file of faces, or cannot be read.
    """
    path = Path(path)
    try:
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened ({reason(error)})") from None
    return _kept(os.path.abspath(path), path, changed)


@lru_cache(maxsize=2)  # as many as are compared
def _kept(real: str, path: Path, changed: int) -> Results:  # noqa: ARG001 (real and changed are part of the key)
    kind = format_at(path)
    return Results(path, kind.read(path), kind.lacks)


@dataclass(frozen=True, eq=False)
class Recorded:
    """What a file of faces holds of one picture or clip."""

    name: str  # as the file of faces calls it
    source: Path  # the file of faces
    frames: Mapping[int, Record]
    still: bool = False  # whether the file of faces has no place for frames

    def faces(self, frame: int, time: float, width: int, height: int) -> list[Face]:
        """The faces of a frame at a time in seconds; none where nothing is held of it.

        Raises InputError where they were found in a frame of another size or at another time.
        """
        record = self.frames.get(frame)
        if record is None:
            return []
        if record.width and record.height and (record.width, record.height) != (width, height):
            raise InputError(
                f"{self.source}: {self.name} has {record.width}x{record.height} pixels there, "
                f"the picture {width}x{height}; find its faces anew"
            )
        if record.time and abs(record.time - time) > _SAME_TIME:
            raise InputError(
                f"{self.source}: frame {frame} of {self.name} is at {record.time:.3f} s there, in the clip at "
                f"{time:.3f} s; give the --fps that it was made with"
            )
        return list(record.faces)


class Results:
    """The records of a file of faces, held in memory."""

    def __init__(self, source: str | Path, records: Iterable[Record], lacks: frozenset[str] = frozenset()) -> None:
        """lacks: what the format has no place for. Raises InputError where one frame comes twice."""
        self._source, self._lacks = Path(source), lacks
        self._files: dict[str, dict[int, Record]] = {}
        for record in records:
            frames = self._files.setdefault(record.file, {})
            if record.frame in frames:
                raise InputError(f"{source}: holds frame {record.frame} of {record.file} twice")
            frames[record.frame] = record
        self._ends: dict[str, list[str]] = {}  # the last part of names to these
        for name in self._files:
            self._ends.setdefault(next(iter(self._parts(name)), ""), []).append(name)

    @property
    def names(self) -> list[str]:
        """What the pictures and clips are called, in the order of the file."""
        return list(self._files)

    def of(self, picture: str | Path) -> Recorded:
        """What is held of a picture or clip: of its path, else of the name that shares most of the path's end.

        A name that leads to another file that is there is not the picture's. Raises InputError where several names
        share as much, and where none does, unless the format leaves out pictures without a face.
        """
        text = str(picture)
        found = [text] if text in self._files else self._like(text)
        if len(found) > 1:
            raise InputError(f"{self._source}: {text} may be any of {_few(found)} there; call it by one of these")
        if found:
            return self._recorded(found[0])
        if "empty" in self._lacks:
            return Recorded(text, self._source, {})
        raise InputError(f"{self._source}: holds nothing of {text}; it has {_few(self.names)}")

    def _recorded(self, name: str) -> Recorded:
        frames = self._files[name]
        if "together" in self._lacks:  # the second face of a picture is a picture of its own there
            first, number = frames[0], 2
            faces = list(first.faces)
            while other := self._files.get(first.of_face(number)):
                faces += other[0].faces
                number += 1
            frames = {0: Record(name, 0, 0.0, first.width, first.height, faces)}
        return Recorded(name, self._source, frames, "frames" in self._lacks)

    def _like(self, text: str) -> list[str]:
        """The names that may mean a path: those that lead to it, else those that share most of its end."""
        wanted = self._parts(text)
        alike = self._ends.get(wanted[0], []) if wanted else []
        for folder in (Path(), self._source.parent):  # a path counts from where the program runs, or from its file
            same = [name for name in alike if os.path.abspath(folder / name) == os.path.abspath(text)]
            if same:
                return same
        shared = {name: _common(self._parts(name), wanted) for name in alike if not os.path.exists(name)}
        return [name for name, count in shared.items() if count == max(shared.values())]

    def _parts(self, name: str) -> list[str]:
        """The parts of a path from its end on, without the suffix of a picture where the format has none."""
        path = PurePosixPath(name.replace("\\", "/"))
        path = path.with_suffix("") if "names" in self._lacks and path.suffix.lower() in SUFFIXES else path
        return [part for part in reversed(path.parts) if part not in ("/", "..")]


def _common(one: list[str], other: list[str]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more if names else "no pictures"
