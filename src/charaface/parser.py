"""The parsing network on a picture: which part of a face each pixel is, what is worn, whether there is colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from charaface.face import PARTS
from charaface.files import InputError
from charaface.geometry import invert, transform
from charaface.image import warp
from charaface.landmarker import BATCH, Framing
from charaface.session import Session


class Parsing(NamedTuple):
    """What the network said of one crop."""

    crop: np.ndarray  # (S, S, 3) uint8, what it saw
    parts: np.ndarray  # (len(PARTS), M, M) float32 probabilities
    told: dict[str, dict[str, float]]  # accessories, presentation: name to probability; monochrome: of itself
    matrix: np.ndarray  # (2, 3) from points of the picture to those of the crop

    @property
    def labels(self) -> np.ndarray:
        """(S, S) uint8 indices into PARTS of the pixels of the crop."""
        side = len(self.crop)
        large = np.stack([cv2.resize(one, (side, side)) for one in self.parts])
        return np.asarray(large.argmax(axis=0), np.uint8)

    def on(self, width: int, height: int) -> np.ndarray:
        """(height, width) uint8 indices into PARTS of the pixels of the picture; background beyond the crop."""
        out = np.zeros((height, width), np.uint8)
        side, grid = len(self.crop), self.parts.shape[1]
        corners = transform(np.array([[0, 0], [side, 0], [0, side], [side, side]]) - 0.5, invert(self.matrix)) + 0.5
        x0, y0 = np.clip(np.floor(corners.min(axis=0)), 0, [width, height]).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(corners.max(axis=0)), 0, [width, height]).astype(int).tolist()
        if x1 <= x0 or y1 <= y0:
            return out
        k = grid / side  # pixel centres of the crop to those of the maps
        way = np.column_stack([k * self.matrix[:, :2], k * (self.matrix[:, 2] + 0.5) - 0.5])
        way[:, 2] += way[:, :2] @ [x0, y0]
        best = np.zeros((y1 - y0, x1 - x0), np.float32)
        region = out[y0:y1, x0:x1]
        for number, one in enumerate(self.parts):  # one after another: a large picture has room for one map
            there = cv2.warpAffine(one, way, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
            region[there > best] = number
            np.maximum(best, there, out=best)
        return out


def parse(image: np.ndarray, framings: Sequence[Framing], session: Session) -> list[Parsing]:
    """A Parsing for each framing of an (H, W, 3) uint8 picture, in order."""
    spec = session.spec
    if spec.task != "segment" or spec.input.size is None or spec.crop_scale is None:
        raise ValueError(f"{spec.label} is no network for the parts of crops of a fixed size")
    if spec.labels.get("parts") != PARTS:
        raise InputError(
            f"{spec.label}: its parts are {', '.join(spec.labels.get('parts', ()))}, not {', '.join(PARTS)}"
        )
    side = spec.input.size[0]
    out: list[Parsing] = []
    for start in range(0, len(framings), BATCH):
        matrices = [framing.matrix(side, spec.crop_scale) for framing in framings[start : start + BATCH]]
        crops = [warp(image, matrix, (side, side), "nearest") for matrix in matrices]
        found = session.run(spec.input.batch(crops))
        for i, (crop, matrix) in enumerate(zip(crops, matrices, strict=True)):
            told = {
                name: dict(zip(labels, found[name][i].tolist(), strict=True))
                for name, labels in spec.labels.items()
                if name != "parts"
            }
            if "monochrome" in found:
                told["monochrome"] = {"monochrome": float(found["monochrome"][i])}
            out.append(Parsing(crop, found["parts"][i], told, matrix))
    return out
