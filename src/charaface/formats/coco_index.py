"""Where in a file of COCO its images and annotations begin, and which annotations are of which image."""

from __future__ import annotations

from functools import partial
from struct import Struct
from typing import Any, BinaryIO

import numpy as np

from charaface.files import InputError
from charaface.formats.record import Problem, tried
from charaface.formats.stream import Item, items, loaded

# of an item: its first byte, the number of the image, its bytes, its number in the file
_ROW, _FIELDS = Struct("=qiii"), [("start", "q"), ("image", "i"), ("size", "i"), ("number", "i")]
_LISTS = {"images": "id", "annotations": "image_id"}  # and what tells the image of each


class CocoIndex:
    """The images of a file in their order; they and their annotations are read when they are asked for.

    Of each, 20 bytes are held.
    """

    def __init__(self, file: BinaryIO, name: str, problem: Problem | None = None) -> None:
        """file: open, and to stay so. problem hears of each image and annotation that is left out; without it the first
        of them is an InputError. Raises ValueError for what is no JSON, or has not both lists."""
        self.name, self._file, self._problem = name, file, problem
        found = {key: _Found() for key in _LISTS}
        self._names: dict[Any, int] = {}  # what images are called to numbers of our own, where it is no number
        missing, categories = set(_LISTS), None
        for item in items(file, _LISTS):
            if item.key == "categories":
                categories = item
            if item.key in _LISTS and not item.number:
                if item.value != []:
                    raise ValueError(f"its {item.key} are no list")
                missing.discard(item.key)
            elif item.key in _LISTS:
                image = tried(partial(self._image, item), problem)
                if image is not None:
                    found[item.key].add(item, image)
        if missing:
            raise ValueError(f"it has no {min(missing)!r}")
        self.categories = (loaded(file, categories.start, categories.size) if categories else None) or ()
        self._images, self._annotations = (found.pop(key).rows() for key in _LISTS)
        self._drop_second_images()
        self._drop_strange_annotations()
        if not (self._annotations["image"][1:] >= self._annotations["image"][:-1]).all():
            self._annotations = self._annotations[np.argsort(self._annotations["image"], kind="stable")]

    def __len__(self) -> int:
        """How many images there are."""
        return len(self._images)

    def number(self, place: int) -> int:
        """The number in the file, from 1, of the image at a place, from 0."""
        return int(self._images["number"][place])

    def image(self, place: int) -> Any:
        """The values of an image. Raises ValueError for NaN and what is no UTF-8, as annotation does."""
        row = self._images[place]
        return loaded(self._file, int(row["start"]), int(row["size"]))

    def annotations_of(self, place: int) -> list[tuple[int, int, int]]:
        """Number in the file, first byte and bytes of each annotation of the image at a place, for annotation."""
        owners, image = self._annotations["image"], self._images["image"][place]
        low, high = np.searchsorted(owners, image), np.searchsorted(owners, image, side="right")
        return [(number, start, size) for start, _, size, number in self._annotations[low:high].tolist()]

    def annotation(self, start: int, size: int) -> Any:
        """The values of an annotation."""
        return loaded(self._file, start, size)

    def _image(self, item: Item) -> int:
        """The number of the image that an item speaks of; one below 0 for what is no such number."""
        place = f"{self.name}: {item.key[:-1]} {item.number}"
        try:
            called = item.value[_LISTS[item.key]]
            if type(called) is int and 0 <= called < 1 << 31:
                return called
            return -1 - self._names.setdefault(called, len(self._names))
        except KeyError as error:
            raise InputError(f"{place} has no {error}") from error
        except TypeError as error:
            raise InputError(f"{place}: {error}") from error

    def _drop_second_images(self) -> None:
        if (self._images["image"][1:] > self._images["image"][:-1]).all():
            return
        _, first = np.unique(self._images["image"], return_index=True)
        if len(first) < len(self._images):
            again = np.setdiff1d(np.arange(len(self._images)), first)
            for row in self._images[again]:
                of = self._images["number"][self._images["image"] == row["image"]][0]
                self._leave(f"image {row['number']}: its number {self._called(row)} is that of image {of} too")
            self._images = np.delete(self._images, again)

    def _drop_strange_annotations(self) -> None:
        known = np.isin(self._annotations["image"], self._images["image"])
        if not known.all():
            for row in self._annotations[~known]:
                self._leave(f"annotation {row['number']} is of image {self._called(row)}, which is not there")
            self._annotations = self._annotations[known]

    def _called(self, row: np.void) -> str:
        image = int(row["image"])
        return repr(image if image >= 0 else list(self._names)[-1 - image])

    def _leave(self, why: str) -> None:
        if self._problem is None:
            raise InputError(f"{self.name}: {why}")
        self._problem(f"{self.name}: {why}")


class _Found:
    """The items of a list."""

    def __init__(self) -> None:
        self._rows = bytearray()

    def add(self, item: Item, image: int) -> None:
        self._rows += _ROW.pack(item.start, image, item.size, item.number)

    def rows(self) -> np.ndarray:
        """(N,) with start, image, size and number."""
        return np.frombuffer(self._rows, _FIELDS)
