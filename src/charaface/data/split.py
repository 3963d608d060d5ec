"""split: a labelled data set in parts that share no person, book or picture, by whatever its names tell."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from charaface.data.pictures import Pictures, format_at
from charaface.files import InputError, OutputError, atomic, same_file
from charaface.formats import FORMATS, Format, Record, format_of
from charaface.formats.folder import made

SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}
HOW = "split.json"  # in the folder of the parts: how they were made
_NOTE = "note:"
_TRIES = 32  # orders of the groups that are looked at for one whose parts come out as wanted
_NAME = re.compile(r"\w[\w.-]*")  # of a part, which is a file's


def key_of(record: Record, by: str) -> str:
    """What a record is grouped by: records of one key are never parted.

    by: picture, folder, note:NAME for what a data set says of its first face (note:annotator), or a regular expression
    that is searched in the name of the picture: its first group is the key, or all it finds where it has none. Raises
    ValueError where it is no expression or finds nothing.
    """
    if by == "picture":
        return record.file
    if by == "folder":
        return str(PurePosixPath(record.file.replace("\\", "/")).parent)
    if by.startswith(_NOTE):
        note = next(
            (face.notes[by.removeprefix(_NOTE)] for face in record.faces if by.removeprefix(_NOTE) in face.notes), None
        )
        if note is None:
            raise InputError(f"{record.file}: no face in it has a {by}; group by something else")
        return note
    pattern = _pattern(by)
    found = pattern.search(record.file)
    key = found and found[1 if pattern.groups else 0]
    if key is None:
        raise InputError(f"{record.file}: {by!r} is not found in this name; group by another expression")
    return key


@lru_cache(maxsize=16)
def _pattern(by: str) -> re.Pattern[str]:
    try:
        return re.compile(by)
    except re.error as error:
        raise ValueError(f"by is picture, folder or a regular expression, got {by!r} ({error})") from None


def divide(keys: Sequence[str], shares: Mapping[str, float], seed: int = 0) -> list[str]:
    """The name of a part for each key: equal keys go together, and parts are near to their shares.

    No group that moves to another part, or is exchanged for another, would bring them nearer.
    shares: the parts and how much each is to have, in whatever unit: 0.8, 0.1, 0.1 and 8, 1, 1 are the same. The
    answer depends on seed and on which keys there are, not on their order. Parts may stay empty where there are fewer
    keys than parts. Raises ValueError for shares that are none.
    """
    if not shares or not all(math.isfinite(share) and share > 0 for share in shares.values()):
        raise ValueError(f"shares are parts with numbers above 0, got {dict(shares)}")
    names, groups = sorted(shares), Counter(keys)
    if not groups:
        return []
    goals = np.array([shares[name] for name in names], np.float64)
    goals *= len(keys) / goals.sum()
    best, least = {}, math.inf
    for attempt in range(_TRIES):
        order = [key for _, key in sorted((_shuffled(key, seed, attempt), key) for key in groups)]
        sizes = np.array([groups[key] for key in order])
        parts = _improved(sizes, goals)
        miss = float(((np.bincount(parts, sizes, len(goals)) - goals) ** 2).sum())
        if miss < least - 1e-9:
            best, least = dict(zip(order, parts.tolist(), strict=True)), miss
        if least <= _bound(goals) + 1e-6:
            break
    return [names[best[key]] for key in keys]


def _shuffled(key: str, seed: int, attempt: int) -> bytes:
    """Sorts keys in an order that looks random and is the same on every machine."""
    return hashlib.blake2b(f"{seed}/{attempt}/{key}".encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _improved(sizes: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """(G,) the part of each of G groups: laid end to end and cut where the goals say, then moved and exchanged one by
    one as long as that brings the parts nearer to their goals."""
    middles = np.cumsum(sizes) - sizes / 2
    parts = np.searchsorted(np.cumsum(goals)[:-1], middles, side="right")
    while True:
        over = np.bincount(parts, sizes, len(goals)) - goals
        has = [np.unique(np.append(sizes[parts == part], 0)) for part in range(len(goals))]
        best, change = -1e-9, None
        for a in range(len(goals)):
            for b in (b for b in range(len(goals)) if over[b] < over[a]):
                moved = has[a][:, None] - has[b][None, :]  # records that leave a for b
                gain = moved * (moved - (over[a] - over[b]))  # half of what it adds to the squared misses
                i, j = np.unravel_index(int(np.argmin(gain)), gain.shape)
                if gain[i, j] < best:
                    best, change = gain[i, j], (a, has[a][i], b, has[b][j])
        if change is None:
            return parts
        a, leaving, b, coming = change
        one = np.flatnonzero((parts == a) & (sizes == leaving))[:1]
        other = np.flatnonzero((parts == b) & (sizes == coming))[:1]
        parts[one], parts[other] = b, a


def _bound(goals: np.ndarray) -> float:
    """The least miss that whole records allow."""
    rest = np.sort(goals % 1)[::-1]
    up = round(rest.sum())
    return float(((1 - rest[:up]) ** 2).sum() + (rest[up:] ** 2).sum())


@dataclass(frozen=True)
class Part:
    """A part of a data set that was written."""

    name: str
    path: Path
    pictures: int
    faces: int
    groups: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        counts = {"pictures": self.pictures, "faces": self.faces, "groups": self.groups}
        return {"part": self.name, "file": str(self.path), **counts}


def folds(count: int) -> dict[str, float]:
    """The shares of count parts of one size, fold-0 and so on. Raises ValueError for less than 2."""
    if count < 2:
        raise ValueError(f"folds are 2 or more, got {count}")
    return {f"fold-{k}": 1.0 for k in range(count)}


def split(
    source: str | Path,
    output: str | Path,
    shares: Mapping[str, float] = SHARES,
    *,
    by: str = "picture",
    seed: int = 0,
    form: str | None = None,
    scheme: str | None = None,
    to: str | None = None,
    pictures: str | Path | None = None,
    seen: Callable[[Record], None] | None = None,
) -> list[Part]:
    """Writes a file of faces for each part below the folder output, and returns the parts.

    source: a file or folder that charaface.formats reads; form and to: formats of source and of the parts, which are
    alike if none is given; scheme: that of points where the file does not tell it; by and seed as for key_of and
    divide; shares: parts by name (see folds). Names of pictures that are found, where they say, beside source or below
    pictures, lead to them from the new files; others stay as they are. seen gets each record that is written. The
    source is read once more for each part, and not held in memory. split.json tells how the parts were made. Raises
    InputError where a part would be empty or a name has no key, OutputError where the folder holds a part of another
    split that would stay, or a split.json that is none, ValueError for shares or a by that is none.
    """
    source, output = Path(source), Path(output)
    for name in shares:
        if not _NAME.fullmatch(name):
            raise ValueError(f"a part has the name of a file without a folder, got {name!r}")
    kind, labels = (format_of(form), source) if form else format_at(source)
    target = FORMATS[to] if to else kind
    if target.write is None:
        raise OutputError(f"{source}: its format is read only; say with --to in which the parts are written")
    keys = [key_of(record, by) for record in kind.read(labels, scheme)]
    parts = divide(keys, shares, seed)
    groups = {name: len({key for key, part in zip(keys, parts, strict=True) if part == name}) for name in shares}
    if min(groups.values()) == 0:
        raise InputError(
            f"{source}: nothing is left for {min(groups, key=lambda name: groups[name])}: by {by!r} there are "
            f"{sum(groups.values())} groups of {len(keys)} pictures; ask for other shares, or group by something finer"
        )
    places = Pictures(labels, None if pictures is None else Path(pictures))
    paths = {name: output / f"{name}{'' if target.folder else target.suffix}" for name in shares}
    for path in paths.values():
        if same_file(path, source) or same_file(path, labels):
            raise OutputError(f"{path}: is the input itself; choose another folder with -o")
    _nothing_stays(output, paths)
    made(output)
    out: list[Part] = []
    for name, count in groups.items():
        own = (record for record, part in zip(kind.read(labels, scheme), parts, strict=True) if part == name)
        out.append(_written(name, paths[name], own, target, places, count, seen))
    told = [part.to_dict() | {"file": part.path.name} for part in out]
    with atomic(output / HOW) as file:
        file.write_text(json.dumps({"source": str(source), "by": by, "seed": seed, "parts": told}, indent=1) + "\n")
    return out


def _nothing_stays(output: Path, paths: Mapping[str, Path]) -> None:
    """Raises OutputError where parts of an earlier split would lie beside those of this one, sharing people."""
    how = output / HOW
    if not how.exists():
        return
    try:
        earlier = [str(part["file"]) for part in json.loads(how.read_text(encoding="utf-8"))["parts"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise OutputError(f"{how}: is there, and no note of a split; choose another folder with -o") from None
    new = {path.name for path in paths.values()}
    if stays := sorted(name for name in earlier if name not in new and (output / name).exists()):
        raise OutputError(f"{output}: {', '.join(stays)} of an earlier split would stay; choose another folder with -o")


def _written(
    name: str,
    path: Path,
    records: Iterator[Record],
    target: Format,
    places: Pictures,
    groups: int,
    seen: Callable[[Record], None] | None,
) -> Part:
    """Writes one part, and tells what is in it."""
    count: Counter[str] = Counter()
    start = os.path.realpath(path if target.folder else path.parent)

    def moved() -> Iterator[Record]:
        for record in records:
            count.update(pictures=1, faces=len(record.faces))
            if seen:
                seen(record)
            yield replace(record, file=_name_from(start, record, places))

    assert target.write is not None
    return Part(name, target.write(path, moved()), count["pictures"], count["faces"], groups)


def _name_from(start: str, record: Record, places: Pictures) -> str:
    """The name of a record's picture as it is found from a folder; as it is where it is absolute or not found."""
    name = PurePosixPath(record.file.replace("\\", "/"))
    if name.is_absolute() or os.path.isabs(record.file):
        return record.file
    try:
        found, frame = places.find(record)
    except InputError:
        return record.file
    last = found.name if frame == record.frame else name.name  # a clip's name may say the frame, as c_000012.gif
    return (PurePosixPath(_way(start, os.path.abspath(found.parent))) / last).as_posix()


@lru_cache(maxsize=4096)
def _way(start: str, folder: str) -> str:
    """The way from one folder to another; from the root where they are on two drives."""
    folder = os.path.realpath(folder)
    try:
        return Path(os.path.relpath(folder, start)).as_posix()
    except ValueError:
        return Path(folder).as_posix()
