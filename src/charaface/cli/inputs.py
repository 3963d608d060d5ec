"""From the command line's files and folders to a list of inputs, each with a place in the output folder."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from glob import glob
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from charaface.files import SUFFIXES, InputError, OutputError, natural, pictures_below, same_file, sniff

STDIN = Path("-")
_TABLES = {".csv", ".json", ".jsonl", ".parquet", ".xml"}  # that results are written to
_PATTERN = re.compile(r"[*?[]")


@dataclass(frozen=True)
class Input:
    """One file to work on."""

    path: Path
    name: Path  # where it goes below an output folder, with its own suffix; no other input has the same
    label: str = ""  # what it is called in place of its path

    @property
    def shown(self) -> str:
        """What words and results call it."""
        return self.label or str(self.path)


def collect(paths: Sequence[Path], output: Path | None) -> tuple[list[Input], list[str]]:
    """The files of paths, folders entered in natural order, and a line for each path that gives none.

    Of a folder only pictures and clips are taken, by their suffix, and nothing hidden; output is passed over. A path
    that is none and has * ? or [ in it is a pattern; ** enters folders. - is standard input.
    """
    found: list[tuple[Path, Path]] = []
    problems = []
    for path in chain.from_iterable(_matching(path) for path in paths):
        if path == STDIN and not path.exists():
            path = _piped()
        if not path.is_dir():
            found.append((path, Path(path.name or "input")))
            continue
        try:
            inside = list(pictures_below(path, output, _refuse))
        except OSError as error:
            problems.append(f"{error.filename or path}: cannot be read ({error.strerror})")
            continue
        if not inside:
            problems.append(f"{path}: no pictures or clips in this folder; it takes {' '.join(sorted(SUFFIXES))}")
        found += [(file, file.relative_to(path)) for file in inside]
    return _named(found), problems


@cache
def _piped() -> Path:
    """What came on standard input as a file with a fitting suffix, which is gone when the program ends."""
    if sys.stdin.isatty():
        raise InputError("- is standard input, and that is a terminal: pipe a picture or clip into it")
    folder = TemporaryDirectory(prefix="charaface-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "stdin"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    with path.open("rb") as file:
        kind = sniff(file.read(32))
    suffix = {"jpeg": ".jpg", "matroska": ".mkv"}.get(kind, f".{kind}") if kind else ""
    return path.rename(path.with_suffix(suffix))


def _matching(path: Path) -> list[Path]:
    """The files that a pattern names, in natural order; a path that is there, or that names nothing, as it is."""
    if os.path.lexists(path) or not _PATTERN.search(str(path)):
        return [path]
    found = glob(str(path), recursive=True)
    return [Path(name) for name in sorted(found, key=natural) if not os.path.isdir(name)] or [path]


def _refuse(error: OSError) -> None:
    raise error


def _named(found: Sequence[tuple[Path, Path]]) -> list[Input]:
    """Inputs whose names differ, without their suffixes too: a-2 for the second a."""
    inputs: list[Input] = []
    seen: set[Path] = set()
    taken: set[str] = set()
    for path, name in found:
        real = Path(os.path.abspath(path))
        if real in seen:
            continue
        seen.add(real)
        unique, number = name, 1
        while unique.with_suffix("").as_posix().casefold() in taken:
            number += 1
            unique = name.with_name(f"{name.stem}-{number}{name.suffix}")
        taken.add(unique.with_suffix("").as_posix().casefold())
        piped = _piped.cache_info().currsize and path == _piped()
        inputs.append(Input(path, unique, str(STDIN) if piped else ""))
    return inputs


def output_folder(paths: Sequence[Path], named: str | None, *, make: bool = True) -> Path | None:
    """The folder that -o names, made if it is missing and make is set; None where it names a file or nothing.

    It names a folder where it is one, ends on a slash, or there are several inputs or a folder among them.
    """
    if named is None:
        return None
    output, several = Path(named), len(paths) != 1 or paths[0].is_dir() or len(_matching(paths[0])) > 1
    if not (several or output.is_dir() or named.endswith(("/", os.sep))):
        return None
    if any(path.is_dir() and same_file(path, output) for path in paths):
        raise OutputError(f"{output}: is the input itself; choose another folder for the output")
    if not output.is_dir() and (output.exists() or output.suffix.lower() in SUFFIXES | _TABLES):
        raise OutputError(f"{output}: is a file; several inputs need a folder to go to, or standard output")
    if not make:
        return output
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{output}: cannot be made ({error.strerror}); choose another folder with -o") from None
    return output


def check_inputs(inputs: Sequence[Input], problems: Sequence[str]) -> None:
    """Raises InputError where there is nothing at all to work on."""
    if not inputs:
        raise InputError("; ".join(problems) or "give at least one picture, clip or folder")
