"""Where in a file of COCO its images and annotations begin, and which annotations are of which image."""

from __future__ import annotations

from array import array
from functools import partial
from typing import Any, BinaryIO

import numpy as np

from charaface.files import InputError
from charaface.formats.record import Problem, tried
from charaface.formats.stream import Item, items, loaded

_LISTS = {"images": "id", "annotations": "image_id"}  # and what tells the image of each


class CocoIndex:
    """The images of a file in their order; they and their annotations are read when they are asked for."""

    def __init__(self, file: BinaryIO, name: str, problem: Problem | None = None) -> None:
        """file: open, and to stay so. problem hears of each image and annotation that is left out; without it the first
        of them is an InputError. Raises ValueError for what is no JSON, or has not both lists."""
        self.name, self._file = name, file
        self._found = {key: _Found() for key in _LISTS}
        self._slots: dict[Any, int] = {}  # what images are called to numbers of our own, in the order they come up
        missing, categories = set(_LISTS), None
        for item in items(file, _LISTS):
            if item.key == "categories":
                categories = item
            if item.key in _LISTS and not item.number:
                if item.value != []:
                    raise ValueError(f"its {item.key} are no list")
                missing.discard(item.key)
            elif item.key in _LISTS:
                slot = tried(partial(self._slot, item), problem)
                if slot is not None:
                    self._found[item.key].add(item, slot)
        if missing:
            raise ValueError(f"it has no {min(missing)!r}")
        self.categories = (loaded(file, categories.start, categories.size) if categories else None) or ()
        self._images, annotations = (self._found[key].columns() for key in _LISTS)
        self._match(annotations, problem)

    def __len__(self) -> int:
        """How many images there are."""
        return int(self._images.shape[1])

    def number(self, place: int) -> int:
        """The number in the file, from 1, of the image at a place, from 0."""
        return int(self._images[0, place])

    def image(self, place: int) -> Any:
        """The values of an image. Raises ValueError for NaN and what is no UTF-8, as annotation does."""
        _, start, size, _ = self._images[:, place].tolist()
        return loaded(self._file, start, size)

    def annotations_of(self, place: int) -> list[tuple[int, int, int]]:
        """Number in the file, first byte and bytes of each annotation of the image at a place, for annotation."""
        slot = self._images[3, place]
        low, high = np.searchsorted(self._annotations[3], [slot, slot + 1])
        return [tuple(column) for column in self._annotations[:3, low:high].T.tolist()]

    def annotation(self, start: int, size: int) -> Any:
        """The values of an annotation."""
        return loaded(self._file, start, size)

    def _slot(self, item: Item) -> int:
        """Our number of the image that an item speaks of."""
        place = f"{self.name}: {item.key[:-1]} {item.number}"
        try:
            called = item.value[_LISTS[item.key]]
            slot: int = self._slots.setdefault(called, len(self._slots))
        except KeyError as error:
            raise InputError(f"{place} has no {error}") from error
        except TypeError as error:
            raise InputError(f"{place}: {error}") from error
        if item.key == "images" and (first := self._found["images"].first(slot)):
            raise InputError(f"{place}: its number {called!r} is that of image {first} too")
        return slot

    def _match(self, annotations: np.ndarray, problem: Problem | None) -> None:
        """Sorts the annotations by their image; leaves out those of images that are not there."""
        known = np.isin(annotations[3], self._images[3])
        if not known.all():
            names = list(self._slots)
            for number, _, _, slot in annotations[:, ~known].T.tolist():
                text = f"{self.name}: annotation {number}: is of image {names[slot]!r}, which is not there"
                if problem is None:
                    raise InputError(text)
                problem(text)
        self._slots, self._found = {}, {}
        annotations = annotations[:, known]
        self._annotations = annotations[:, np.argsort(annotations[3], kind="stable")]


class _Found:
    """The items of a list that are left: number in the file, first byte, bytes, our number of the image."""

    def __init__(self) -> None:
        self._rows = array("q")
        self._taken = bytearray()  # whether an image has a number of ours

    def add(self, item: Item, slot: int) -> None:
        self._rows.extend((item.number, item.start, item.size, slot))
        self._taken.extend(bytes(max(0, slot + 1 - len(self._taken))))
        self._taken[slot] = 1

    def first(self, slot: int) -> int | None:
        """The number in the file of the first item of an image; None where there is none."""
        if slot >= len(self._taken) or not self._taken[slot]:
            return None
        return self._rows[4 * self._rows[3::4].index(slot)]

    def columns(self) -> np.ndarray:
        """(4, N) int64."""
        return np.frombuffer(self._rows, dtype=np.int64).reshape(-1, 4).T.copy()
