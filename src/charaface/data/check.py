"""check: what is wrong in labelled data sets, face by face, and what is in them twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from charaface.data.faults import between, head_misfit, of_face, unlike
from charaface.data.pictures import Pictures, format_at
from charaface.data.split import key_of
from charaface.data.twins import Prints, cut, groups
from charaface.face import Face
from charaface.files import DEFAULT_LIMITS, InputError, Limits
from charaface.formats import Record, format_of
from charaface.video import open_clip

# what is looked for, and what it is in words
KINDS = {
    "unreadable": "a label or picture that is malformed or not there",
    "size": "a picture of another size than its labels say",
    "same": "a picture with the pixels of another one",
    "near": "a picture, or a face in it, that looks like another one",
    "leak": "a picture, or who is on it, in two of the files",
    "outside": "points outside the picture",
    "box": "a box that is empty, outside the picture or away from its points",
    "swapped": "sides exchanged, left for right",
    "shape": "points that make no face",
    "odd": "points further from the average head than those of the other faces",
    "twice": "a face labelled twice",
    "apart": "a face whose annotators are far apart",
}


@dataclass(frozen=True)
class Problem:
    """Something that is wrong in a data set."""

    source: str  # the file of faces
    file: str  # the picture, as it is called there
    frame: int
    face: int | None  # its number in the record, from 0; None where it is the picture's
    kind: str  # of KINDS
    what: str

    def __str__(self) -> str:
        frame = f" f{self.frame}" if self.frame else ""
        face = "" if self.face is None else f" #{self.face}"
        return f"{self.file}{frame}{face}: {self.kind}: {self.what}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what was found."""

    pictures: int
    faces: int
    problems: list[Problem]

    def notes(self, source: str) -> dict[tuple[str, int, int | None], str]:
        """The kinds of problems of each face, or of a picture, of a file of faces, as look takes them."""
        out: dict[tuple[str, int, int | None], str] = {}
        for one in (one for one in self.problems if one.source == source):
            spot = (one.file, one.frame, one.face)
            out[spot] = f"{out[spot]}, {one.kind}" if spot in out else one.kind
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: counts, how many problems there are of each kind, and each of them."""
        return {
            "pictures": self.pictures,
            "faces": self.faces,
            "counts": dict(Counter(problem.kind for problem in self.problems)),
            "problems": [problem.to_dict() for problem in self.problems],
        }


def check(
    sources: Sequence[str | Path],
    *,
    form: str | None = None,
    scheme: str | None = None,
    pictures: str | Path | None = None,
    by: str | None = None,
    ignore: Collection[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    problem: Callable[[Problem], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Looks through data sets, and returns all that looks wrong in them, as KINDS names it.

    sources: files or folders that charaface.formats reads; of several, each is a part of a split, and what two have
    in common is a leak. form, scheme, pictures as for look. by: who is on a picture, as for key_of, looked for in
    several parts too. ignore: kinds that do not count. problem gets each as it is found, progress the pictures that
    were looked at. A small copy (1 KB) of each picture and face, and the points, are held in memory. Raises InputError
    for a source that is no file of faces, ValueError for a kind there is not.
    """
    if wrong := sorted(set(ignore) - KINDS.keys()):
        raise ValueError(f"no kind of problem {wrong[0]!r}; there are {', '.join(KINDS)}")
    looking = _Looking(frozenset(ignore), problem, limits, progress)
    for source in map(Path, sources):
        if not source.exists():
            raise InputError(f"{source}: no such file")
        kind, labels = (format_of(form), source) if form else format_at(source)
        places = Pictures(labels, None if pictures is None else Path(pictures))
        looking.read(str(source), partial(kind.read, labels, scheme), places, by)
    looking.finish()
    return Checked(len(looking.pictures), sum(map(len, looking.faces.values())), looking.problems)


Read = Callable[[Callable[[str], None]], Iterator[Record]]  # what is malformed is told to its argument


class _Place(NamedTuple):
    """Where something was seen."""

    source: str
    file: str
    frame: int
    face: int | None = None

    def seen_from(self, source: str) -> str:
        """Its name for who looks at a file of faces, which is said where it is another one."""
        frame = f" f{self.frame}" if self.frame else ""
        face = "" if self.face is None else f" #{self.face}"
        return f"{self.file}{frame}{face}{'' if self.source == source else f' in {self.source}'}"


@dataclass
class _Looking:
    """The eyes that go over every picture once, and what they remember."""

    ignore: frozenset[str]
    tell: Callable[[Problem], None] | None
    limits: Limits
    progress: Callable[[int], None] | None
    problems: list[Problem] = field(default_factory=list)
    pictures: dict[tuple[str, int], _Place] = field(default_factory=dict)  # by path and frame
    keys: dict[str, str] = field(default_factory=dict)  # who is in which file, first
    met: set[tuple[str, str]] = field(default_factory=set)  # file and key of leaks that were told
    whole: Prints = field(default_factory=Prints)
    of_whole: list[_Place] = field(default_factory=list)
    parts: Prints = field(default_factory=Prints)  # of faces
    of_parts: list[tuple[int, _Place]] = field(default_factory=list)  # with the number of the whole
    # of each picture of a file of faces: number of the record, place and face
    faces: dict[tuple[str, str, int], list[tuple[int, _Place, Face]]] = field(default_factory=dict)
    misfits: dict[str, list[tuple[_Place, float]]] = field(default_factory=dict)  # by scheme

    def add(self, place: _Place, kind: str, what: str) -> None:
        """Takes down a problem, unless it is of a kind that does not count."""
        if kind not in self.ignore:
            one = Problem(*place, kind, what)
            self.problems.append(one)
            if self.tell:
                self.tell(one)

    def read(self, source: str, read: Read, places: Pictures, by: str | None) -> None:
        """Looks at each record of a file of faces."""
        number = 0
        for _, group in groupby(self._sound(source, read), key=lambda record: record.file):
            for record, image, path in self._pictured(source, list(group), places):
                number += 1
                if by is not None:
                    self._meet(source, record, key_of(record, by))
                self._look(source, number, record, image, path)
            if self.progress:
                self.progress(len(self.pictures))

    def _sound(self, source: str, read: Read) -> Iterator[Record]:
        """The records that are not malformed, up to where a file breaks off."""

        def broken(line: str) -> None:
            self.add(_Place(source, source, 0), "unreadable", line)

        try:
            yield from read(broken)
        except InputError as error:
            broken(str(error))

    def _pictured(
        self, source: str, records: Sequence[Record], places: Pictures
    ) -> Iterator[tuple[Record, np.ndarray | None, str]]:
        """The records of one file with their pictures, in the order of frames, and where those are."""
        left = dict(enumerate(records))
        try:
            found = [places.find(record) for record in records]
            path, last = found[0][0], max(frame for _, frame in found)
            with open_clip(path, self.limits) as clip:
                for frame in clip:
                    for k in [k for k in left if found[k][1] == frame.index]:
                        yield left.pop(k), frame.image, os.path.realpath(path)
                    if frame.index >= last:
                        break
            if left:
                raise InputError(f"{path}: has no frame {found[next(iter(left))][1]}")
        except InputError as error:
            for record in left.values():
                self.add(_Place(source, record.file, record.frame), "unreadable", str(error))
                yield record, None, record.file

    def _meet(self, source: str, record: Record, key: str) -> None:
        """Whoever is on a picture is in one file alone."""
        first = self.keys.setdefault(key, source)
        if first != source and (source, key) not in self.met:
            self.met.add((source, key))
            self.add(_Place(source, record.file, record.frame), "leak", f"{key} is in {first} too")

    def _look(self, source: str, number: int, record: Record, image: np.ndarray | None, path: str) -> None:
        """Looks at a picture, None where there is none, and its faces."""
        place = _Place(source, record.file, record.frame)
        width, height = record.width, record.height
        if image is not None:
            if width and height and (width, height) != image.shape[1::-1]:
                size = f"{image.shape[1]} x {image.shape[0]}"
                self.add(place, "size", f"is of {size} pixels, its labels are of {width} x {height}")
            height, width = image.shape[:2]
        self._remember(place, record, image, path)
        together = self.faces.setdefault((source, path, record.frame), [])
        for k, face in enumerate(record.faces):
            spot = _Place(source, record.file, record.frame, k)
            together.append((number, spot, face))
            faults = list(of_face(face, width, height))
            for fault in faults:
                self.add(spot, fault.kind, fault.what)
            if face.landmarks is not None and face.landmarks.known.mean() >= 0.5 and not faults:
                self.misfits.setdefault(face.landmarks.scheme, []).append((spot, head_misfit(face.landmarks)))

    def _remember(self, place: _Place, record: Record, image: np.ndarray | None, path: str) -> None:
        """Takes the prints of a picture that is seen for the first time."""
        first = self.pictures.setdefault((path, record.frame), place)
        if first is not place:
            if first.source != place.source:
                self.add(place, "leak", f"is in {first.source} too")
        elif image is not None and not {"same", "near", "leak"} <= self.ignore:
            self.whole.add(image)
            self.of_whole.append(place)
            for k, face in enumerate(record.faces):
                if (part := cut(image, face)) is not None:
                    self.parts.add(part)
                    self.of_parts.append((len(self.whole) - 1, place._replace(face=k)))

    def finish(self) -> None:
        """What shows when all has been seen."""
        for together in self.faces.values():
            for j, fault in between([(number, spot.face or 0, face) for number, spot, face in together]):
                self.add(together[j][1], fault.kind, fault.what)
        for found in self.misfits.values():
            for (spot, misfit), odd in zip(found, unlike(np.array([value for _, value in found])), strict=True):
                if odd:
                    self.add(spot, "odd", f"points unlike those of the other faces (misfit {misfit:.2f})")
        self._twins()

    def _twins(self) -> None:
        """Pictures that are there twice; of those that faces alone tell of, the faces."""
        same = groups(len(self.whole), self.whole.same())
        near = groups(len(self.whole), [*enumerate(same.tolist()), *self.whole.near()])
        for number, place in enumerate(self.of_whole):
            if same[number] != number:
                self._twin(place, self.of_whole[same[number]], "same", "has the pixels of")
            elif near[number] != number:
                self._twin(place, self.of_whole[near[number]], "near", "looks like")
        for number, first in enumerate(groups(len(self.parts), self.parts.near()).tolist()):
            (whole, place), (other, there) = self.of_parts[number], self.of_parts[first]
            if near[whole] != near[other]:
                self._twin(place, there, "near", "looks like")

    def _twin(self, place: _Place, first: _Place, kind: str, how: str) -> None:
        leak = place.source != first.source
        if leak or place.file != first.file:  # frames of one clip are alike
            self.add(place, "leak" if leak else kind, f"{how} {first.seen_from(place.source)}")
