"""The task segment: crops of single faces with the part of each pixel, what is worn, whether there is colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from charaface.face import ACCESSORIES, PARTS
from charaface.metrics import confusion, ious
from charaface.synth.labels import FACE_PARTS
from charaface.train import losses, sheets
from charaface.train.augment import Framing, framing_matrix, occlude, warp
from charaface.train.config import Data, Recipe, RecipeError
from charaface.train.loader import Batch, drawn_world, shuffled, worlds_of
from charaface.train.losses.parser import UNKNOWN
from charaface.train.nets.parser import Parsed
from charaface.train.packs import Pack
from charaface.train.photometry import degrade
from charaface.train.points import net_input

SIZE = 192  # pixels of a crop's side
COMPANY = 0.2  # how often somebody else is in the crop: not a part of this face
CROP_SCALE = 2.0  # side of the crop over the longer side of the box, as the runtime cuts it: hair needs room
_FLAT = 5.0  # of 255: a picture whose colours lie so near to one line has none
Tensors = dict[str, Tensor]


class Shown(NamedTuple):
    """A render of one face."""

    image: np.ndarray  # (H, W, 3) uint8
    labels: np.ndarray  # (H, W) uint8, indices into synth's PARTS
    box: np.ndarray  # (4,) of its face


@dataclass(frozen=True, eq=False)
class Crop:
    """One training sample of the parsing network."""

    image: np.ndarray  # (S, S, 3) uint8
    labels: np.ndarray  # (S, S) uint8, indices into PARTS, UNKNOWN beyond the render
    accessories: np.ndarray  # (len(ACCESSORIES),) float32, NaN where it is not known
    monochrome: float
    masculine: float  # NaN where it is not known


def parsing_crop(
    image: np.ndarray,
    labels: np.ndarray,
    box: np.ndarray,
    rng: np.random.Generator,
    *,
    size: int = SIZE,
    other: Shown | None = None,
    strength: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """A crop (size, size, 3) of a render and the (size, size) parts of its pixels, after a random life.

    labels are (H, W) indices into synth's PARTS, those returned into face.PARTS. Where something is laid over the
    picture there is no part of a face, and somebody else is none; other is who may stand there.
    """
    wide, shift = float(np.exp(rng.normal(0, 0.14))), rng.uniform(-0.08, 0.08, 2)
    angle = strength * float(rng.normal(0, 8))
    squeeze = float(np.exp(rng.uniform(-0.12, 0.12))) if rng.random() < 0.3 else 1.0
    framing = Framing(
        CROP_SCALE * wide,
        (float(shift[0]), float(shift[1])),
        angle,
        (squeeze**0.5, squeeze**-0.5),
        bool(rng.random() < 0.5),
    )
    matrix = framing_matrix(box, framing, size)
    out = warp(image, matrix, size, rng, reflect=False)
    drawn = _labels(labels, matrix, size)
    parts = np.where(drawn == UNKNOWN, UNKNOWN, FACE_PARTS[np.minimum(drawn, len(FACE_PARTS) - 1)]).astype(np.uint8)
    if other is not None and rng.random() < COMPANY * strength:
        out, parts = joined(out, parts, drawn, other, framing, rng)
    if rng.random() < 0.2 * strength:
        out, cover = occlude(out, rng, other.image if other else None)
        parts = np.where(cover & (parts != UNKNOWN), 0, parts).astype(np.uint8)
    return degrade(out, rng, strength), parts


def joined(
    image: np.ndarray,
    parts: np.ndarray,
    labels: np.ndarray,
    other: Shown,
    framing: Framing,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """A crop, and the (S, S) parts of it, with somebody else beside its face: behind it or, by chance, before it."""
    size, side = len(image), 1 if rng.random() < 0.5 else -1
    shift = (side * float(rng.uniform(0.6, 1.3)), float(rng.uniform(-0.5, 0.5)))
    scale = framing.scale * float(np.exp(rng.normal(0, 0.25)))
    own = replace(framing, scale=scale, shift=(shift[0] + framing.shift[0], shift[1] + framing.shift[1]))
    matrix = framing_matrix(other.box, own, size)
    there = np.isin(_labels(other.labels, matrix, size), (0, UNKNOWN), invert=True)
    if rng.random() < 0.6:  # behind
        there &= labels == 0
    company = cv2.warpAffine(other.image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return np.where(there[..., None], company, image), np.where(there & (parts != UNKNOWN), 0, parts).astype(np.uint8)


def _labels(labels: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    flags = cv2.INTER_NEAREST
    return np.asarray(cv2.warpAffine(labels, matrix, (size, size), flags=flags, borderValue=float(UNKNOWN)))


def colourless(image: np.ndarray) -> bool:
    """Whether the colours of an (H, W, 3) uint8 picture lie on one line, as those of grey or tinted pictures do."""
    pixels = image.reshape(-1, 3)[::7].astype(np.float64)
    _, (_, second, third), _ = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    return bool(np.sqrt((second**2 + third**2) / len(pixels)) < _FLAT)


class ParsingJob:
    """Single faces, drawn and photographed, with the parts of their pixels."""

    def __init__(self, recipe: Recipe, packs: Callable[[str, int], Pack]) -> None:
        if not recipe.data.masks:
            raise RecipeError("the task segment needs data.masks = true")
        self.recipe = recipe
        self.worlds = worlds_of(recipe.data, packs)
        self.crops = [
            self._crop(world.pack, i, np.random.default_rng((recipe.data.seed, i, 0xE7A1)), strength=0.3)
            for world in self.worlds
            for i in range(world.count, len(world.pack))
            if world.pack.start[i] < world.pack.start[i + 1]
        ]
        held = [w for w in self.worlds for i in range(w.count, len(w.pack)) if w.pack.start[i] < w.pack.start[i + 1]]
        self.kinds = np.asarray(["photographed" if w is not self.worlds[0] else "drawn" for w in held])

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        size = self.recipe.schedule.batch
        return stacked([self._sample(step * size + i, self.recipe.data) for i in range(size)[rows]])

    def input(self, images: Tensor, _net: nn.Module) -> Tensor:
        return net_input(images, 3)

    def loss(self, found: Parsed, truth: Tensors, _own: nn.Module) -> tuple[Tensor, Tensors]:
        return losses.parser_loss(found, truth, self.recipe.loss)

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Mean IoU over parts and the IoU of each, in per cent, and how often accessories and colour are told."""
        if not self.crops:
            return {}
        truth = stacked(self.crops)
        parts, told = self._predict(net, truth["image"])
        figures = {"miou": 0.0}
        for kind in ("", *sorted(set(self.kinds.tolist()))):
            chosen = self.kinds == kind if kind else np.ones(len(parts), np.bool_)
            each = parts_told(parts[chosen], truth["labels"][chosen])
            figures[f"miou.{kind}" if kind else "miou"] = float(100 * np.nanmean(each))
            if not kind:
                figures |= {f"iou.{name}": float(100 * v) for name, v in zip(PARTS, each, strict=True)}
        wanted = np.column_stack([truth["accessories"], truth["monochrome"], truth["masculine"]])
        for name, a, b in zip((*ACCESSORIES, "monochrome", "masculine"), told.T, wanted.T, strict=True):
            sure = ~np.isnan(b)
            if sure.any():
                figures[f"told.{name}"] = float(100 * ((a > 0) == (b > 0.5))[sure].mean())
        return figures

    def sheet(self, net: nn.Module) -> np.ndarray:
        some = [*self.crops[:16], *self.crops[-16:]]
        truth = stacked(some)
        parts, _ = self._predict(net, truth["image"])
        return sheets.parsing_sheet(truth["image"], truth["labels"], parts)

    def _sample(self, k: int, data: Data) -> Crop:
        rng = np.random.default_rng((self.recipe.seed, k))
        world = drawn_world(self.worlds, rng)
        other = _shown(world.pack, int(rng.integers(world.count)))
        return self._crop(
            world.pack, shuffled(self.recipe.seed, world.count, k), rng, other=other, strength=data.strength
        )

    def _crop(self, pack: Pack, index: int, rng: np.random.Generator, **options: Any) -> Crop:
        assert pack.masks is not None
        row, size = int(pack.start[index]), pack.images.shape[1]
        labels = pack.masks[index]
        if row == pack.start[index + 1]:  # a render that shows no face
            unknown = np.full(len(ACCESSORIES), np.nan, np.float32)
            image, parts = parsing_crop(pack.images[index], labels, np.asarray([0.2, 0.2, 0.8, 0.8]) * size, rng)
            return Crop(image, parts, unknown, float("nan"), float("nan"))
        image, parts = parsing_crop(pack.images[index], labels, pack.box[row], rng, **options)
        flat = bool(pack.monochrome[row] > 0.5) or colourless(image)
        return Crop(image, parts, pack.accessories[row], float(flat), float(pack.masculine[row]))

    def _predict(self, net: nn.Module, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, S, S) parts and (N, accessories + 2) logits."""
        device = next(net.parameters()).device
        parts, told = [], []
        for i in range(0, len(images), 32):
            with torch.inference_mode():
                batch = net_input(torch.from_numpy(images[i : i + 32]).to(device), 3)
                found: Parsed = net.predict(batch)  # type: ignore[operator]
            parts.append(found.parts.argmax(1).to(torch.uint8).cpu().numpy())
            rest = torch.cat([found.accessories, found.monochrome[:, None], found.masculine[:, None]], dim=1)
            told.append(rest.cpu().numpy())
        return np.concatenate(parts), np.concatenate(told)


def _shown(pack: Pack, index: int) -> Shown | None:
    """A render of a pack; None where it shows no face."""
    assert pack.masks is not None
    row = int(pack.start[index])
    found = row < pack.start[index + 1]
    return Shown(pack.images[index], pack.masks[index], pack.box[row]) if found else None


def stacked(crops: Sequence[Crop]) -> Batch:
    """Crops as the arrays of a batch."""
    return {
        "image": np.stack([c.image for c in crops]),
        "labels": np.stack([c.labels for c in crops]),
        "accessories": np.stack([c.accessories for c in crops]),
        "monochrome": np.asarray([c.monochrome for c in crops], np.float32),
        "masculine": np.asarray([c.masculine for c in crops], np.float32),
    }


def parts_told(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(len(PARTS),) IoU of each part over all pixels that are known; NaN for a part that is nowhere."""
    known = truth != UNKNOWN
    return ious(confusion(truth[known], found[known], len(PARTS)))
