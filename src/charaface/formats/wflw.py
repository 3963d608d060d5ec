"""WFLW's lists: one line a face, of 98 points, its box, six attributes and the name of the picture.

x and y of each point, then the left, upper, right and lower edge of the box, then 0 or 1 for pose, expression,
illumination, make-up, occlusion and blur, which become notes of the face, then the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np

from charaface.face import Face, Landmarks
from charaface.files import InputError, lines, open_input
from charaface.formats.folder import below
from charaface.formats.record import Problem, Record, tried

ATTRIBUTES = ("pose", "expression", "illumination", "make-up", "occlusion", "blur")
_POINTS = 98
WORDS = 2 * _POINTS + 4 + len(ATTRIBUTES) + 1  # of a line


def read(path: str | Path, _scheme: str | None = None, problem: Problem | None = None) -> Iterator[Record]:
    """One record for the lines of each picture that follow one another. Raises InputError that names file and line."""
    with open_input(Path(path)) as file:
        found = (
            tried(partial(_line, text, Path(path), f"{path}:{number}"), problem)
            for number, text in enumerate(lines(file, str(path)), 1)
            if text.strip()
        )
        for name, faces in groupby((one for one in found if one is not None), key=lambda one: one[0]):
            yield Record(name, 0, 0.0, 0, 0, [face for _, face in faces])


def _line(text: bytes, path: Path, place: str) -> tuple[str, Face]:
    try:
        words = text.decode("utf-8-sig").split(maxsplit=WORDS - 1)
        if len(words) != WORDS:
            raise ValueError(f"{len(words)} words; it has {WORDS}: 98 points, a box, 6 attributes and a name")
        name = words[-1].strip().replace("\\", "/")
        below(path.parent, name)
        values = np.array([float(word) for word in words[:-1]])
        marks = Landmarks(values[: 2 * _POINTS].reshape(-1, 2), np.ones(_POINTS), np.ones(_POINTS) > 0, "wflw98")
        notes = dict(zip(ATTRIBUTES, words[2 * _POINTS + 4 : -1], strict=True))
        if not set(notes.values()) <= {"0", "1"}:
            raise ValueError(f"attributes are 0 or 1, got {' '.join(notes.values())}")
        return name, Face(values[2 * _POINTS : 2 * _POINTS + 4], landmarks=marks, notes=notes)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"{place}: is no line of WFLW ({error})") from error
