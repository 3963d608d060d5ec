"""Formats of many files: safe names for them below a folder, and the files of a folder in their order."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from charaface.files import SUFFIXES, InputError, OutputError, natural, reason

_ODD = re.compile(r'[\x00-\x1f\ud800-\udfff<>:"|?*\\]')  # what some system has no place for in a name


class Names:
    """Hands out names below a folder, no two alike even where case does not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def place(self, stem: PurePosixPath, suffix: str) -> PurePosixPath:
        """A relative path for what belongs to a picture: the name it has without a suffix, with this one."""
        unique, number = stem, 1
        while unique.as_posix().casefold() in self._taken:
            number += 1
            unique = stem.with_name(f"{stem.name}-{number}")
        self._taken.add(unique.as_posix().casefold())
        return unique.with_name(unique.name + suffix)


def stem_of(file: str) -> PurePosixPath:
    """A picture's path without its suffix, made to stay below where it is put: no root, no drive, no way up."""
    parts = [_ODD.sub("_", part) for part in file.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not parts:
        return PurePosixPath("picture")
    hidden = parts[-1].startswith(".")  # files that are hidden are not read
    return PurePosixPath(*parts[:-1], f"_{parts[-1][1:]}" if hidden else parts[-1]).with_suffix("")


def made(path: Path) -> Path:
    """A folder to write in, made if it is missing. Raises OutputError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be made ({reason(error)}); choose another folder") from None
    return path


def files(path: Path, *suffixes: str) -> Iterator[tuple[Path, str]]:
    """The files of a folder with these suffixes in natural order, each with its name below it; or the one of a path.

    Raises InputError where there is none.
    """
    if not path.is_dir():
        yield path, path.name
        return
    found = [file for file in path.rglob("*") if file.suffix.lower() in suffixes and not file.name.startswith(".")]
    if not found:
        raise InputError(f"{path}: no {' or '.join(suffixes)} files in this folder")
    for file in sorted(found, key=lambda file: [natural(part) for part in file.relative_to(path).parts]):
        yield file, file.relative_to(path).as_posix()


def below(folder: Path, name: str) -> Path:
    """A file of a name, from a folder that it stays in. Raises ValueError for a name that leads out of it."""
    place = (folder / name.replace("\\", "/")).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the folder")
    return folder / place.relative_to(folder.resolve())


def picture_beside(file: Path, name: str) -> str:
    """The name of the picture that lies beside a file of labels and shares its stem; name where there is none.

    name: that of the labels without their suffix, which may be the picture's already.
    """
    if PurePosixPath(name).suffix.lower() in SUFFIXES:
        return name
    stem = PurePosixPath(name).name
    try:
        beside = sorted(p.name for p in file.parent.glob(f"{glob.escape(stem)}.*") if p.suffix.lower() in SUFFIXES)
    except (OSError, ValueError):
        return name
    beside = [one for one in beside if PurePosixPath(one).stem == stem]
    return str(PurePosixPath(name).with_name(beside[0])) if beside else name
