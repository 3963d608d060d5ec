"""Formats of many files: safe names for them below a folder, and the files of a folder in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from charaface.files import InputError, OutputError, natural, reason

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


def files(path: Path, suffix: str) -> Iterator[tuple[Path, str]]:
    """The files of a folder with a suffix in natural order, each with its name below it; or the one file of a path.

    Raises InputError where there is none.
    """
    if not path.is_dir():
        yield path, path.name
        return
    found = [file for file in path.rglob("*") if file.suffix.lower() == suffix and not file.name.startswith(".")]
    if not found:
        raise InputError(f"{path}: no {suffix} files in this folder")
    for file in sorted(found, key=lambda file: [natural(part) for part in file.relative_to(path).parts]):
        yield file, file.relative_to(path).as_posix()
