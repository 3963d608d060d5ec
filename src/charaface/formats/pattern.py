"""Pictures of one face each in folders whose names say what they show: `faces/{person}/{light}/{angle}.jpg`.

Faces have no points, and the picture is their box. What stands for a field is a note of the face; an expression that
is one of ours is that of the face too. The picture keeps its name, so that regular expressions find people in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from charaface.face import EXPRESSIONS, Emotion, Face
from charaface.files import InputError, pictures_below
from charaface.formats.record import Problem, Record, tried
from charaface.image import size_of

_FIELD = re.compile(r"\{(\w+)\}")
_EXPRESSIONS = ("expression", "emotion")  # fields that name one of EXPRESSIONS


def is_pattern(path: str | Path) -> bool:
    """Whether a path has a field in braces, and is not that of a file or folder called so."""
    return bool(_FIELD.search(str(path))) and not Path(path).exists()


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record a picture that path fits, in natural order, others being passed over. path: with fields in braces.

    Raises InputError for a pattern that is none or fits nothing, and for a picture that cannot be read.
    """
    folder, pattern = _parsed(path)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder, of {path}")
    count = 0
    for picture in pictures_below(folder):
        name = picture.relative_to(folder).as_posix()
        found = pattern.fullmatch(name)
        if found:
            count += 1
            record = tried(partial(_record, picture, name, found.groupdict()), problem)
            if record is not None:
                yield record
    if not count:
        raise InputError(f"{path}: no picture below {folder} is called so")


def _parsed(path: str | Path) -> tuple[Path, re.Pattern[str]]:
    """The folder of a pattern and the expression that names below it fit."""
    parts = PurePosixPath(str(path).replace("\\", "/")).parts
    first = next((place for place, part in enumerate(parts) if _FIELD.search(part)), None)
    if first is None:
        raise InputError(f"{path}: has no field in braces, as {{person}}/{{angle}}.jpg has")
    if ".." in parts[first:]:
        raise InputError(f"{path}: leads out of the folder behind its first field")
    text, seen = "", set[str]()
    for place, word in enumerate(_FIELD.split("/".join(parts[first:]))):
        if place % 2 == 0:
            text += re.escape(word)
        elif not word.isidentifier() or word in seen:  # one that comes again is the same
            text += f"(?P={word})" if word in seen else "[^/]+"
        else:
            seen.add(word)
            text += f"(?P<{word}>[^/]+?)"
    return Path(*parts[:first]), re.compile(text)


def _record(picture: Path, name: str, notes: dict[str, str]) -> Record:
    width, height = size_of(picture)
    shown = next((notes[field].lower() for field in _EXPRESSIONS if field in notes), None)
    emotion = Emotion(shown, {shown: 1.0}) if shown in EXPRESSIONS else None
    return Record(name, 0, 0.0, width, height, [Face([0, 0, width, height], emotion=emotion, notes=notes)])  # type: ignore[arg-type]
