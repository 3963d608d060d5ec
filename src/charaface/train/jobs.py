"""What a training learns: its packs, its batches, its loss, its validation and its picture of predictions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from charaface.geometry import nms
from charaface.train import losses, sheets
from charaface.train.augment import empty_crop
from charaface.train.compose import Picture, compose, scene_of
from charaface.train.config import Recipe
from charaface.train.emotion import EmotionJob, open_expressions
from charaface.train.labelled import open_labelled
from charaface.train.loader import (
    Batch,
    detector_batch,
    face_crop,
    landmark_batch,
    learned,
    stack_crops,
    worlds_of,
)
from charaface.train.nets.detector import Boxes
from charaface.train.nets.landmarker import Points
from charaface.train.packs import DRAW_HEADS, Draw, Pack, PackKey, Progress, open_pack
from charaface.train.parsing import ParsingJob
from charaface.train.points import PointsJob
from charaface.train.scores import detection_figures, verifier_figures

Tensors = dict[str, Tensor]


class Job(Protocol):
    """One task as fit.train sees it."""

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        """The arrays of a step, or some rows of them: a pure function of the recipe and the step."""

    def input(self, images: Tensor, net: nn.Module) -> Tensor:
        """What a network is given of (N, H, W, 3) uint8 images."""

    def loss(self, found: Any, truth: Tensors, own: nn.Module) -> tuple[Tensor, Tensors]:
        """The loss of what the network gave in training mode, and its parts; own is what the loss itself learns."""

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Figures of a network in eval mode on held-out renders."""

    def sheet(self, net: nn.Module) -> np.ndarray:
        """(H, W, 3) uint8: held-out renders with what the network says of them."""


def to_input(image: Tensor) -> Tensor:
    """(N, H, W, 3) uint8 to (N, 3, H, W) float32 in -1..1, in channels-last memory without a copy."""
    return image.permute(0, 3, 1, 2).float().sub_(127.5).div_(127.5)


class LandmarkJob:
    """The landmark network: crops of single faces, drawn and photographed, and crops that are none."""

    def __init__(self, recipe: Recipe, packs: Callable[[str, int], Pack]) -> None:
        data = recipe.data
        self.recipe = recipe
        self.worlds = worlds_of(data, packs)
        self.negatives = packs("negatives", data.negatives) if data.negatives else None
        self.crops, self.others, self.kinds = [], [], []
        for world in self.worlds:
            pack = world.pack
            kept = [i for i in range(world.count, len(pack)) if pack.start[i] < pack.start[i + 1]]  # that show a face
            self.crops += [face_crop(pack, i, self._rng(i)) for i in kept]
            self.others += [face_crop(pack, i, self._rng(i, 1), framed=False) for i in kept[::2]]
            self.kinds += pack.domain[pack.start[kept]].tolist()
        if self.negatives is not None:
            unseen = range(learned(self.negatives), len(self.negatives))
            self.others += [empty_crop(self.negatives.images[i], self._rng(i, 2)) for i in unseen]

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        r = self.recipe
        whole = landmark_batch(
            step, worlds=self.worlds, negatives=self.negatives, data=r.data, seed=r.seed, batch=r.schedule.batch
        )
        return {name: values[rows] for name, values in whole.items()}

    def input(self, images: Tensor, _net: nn.Module) -> Tensor:
        return to_input(images)

    def loss(self, found: Points, truth: Tensors, _own: nn.Module) -> tuple[Tensor, Tensors]:
        return losses.landmark_loss(found, truth, self.recipe.loss)

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Medians of the error over eye corners and over the box, in per cent, how well faces are verified and how
        often the kind of picture is told.
        """
        if not self.crops:
            return {}
        truth = stack_crops(self.crops)
        found, faces, kinds = self._predict(net, truth["image"])
        distance = np.linalg.norm(found - truth["points"], axis=2).mean(1)
        eyes = np.linalg.norm(truth["points"][:, 36] - truth["points"][:, 45], axis=1)
        over_eyes = 100 * distance / np.maximum(eyes, 0.2 * truth["unit"])  # a profile has hardly an eye distance
        figures = {
            "nme_eyes": float(np.median(over_eyes)),
            "nme_box": float(np.median(100 * distance / truth["unit"])),
            "above_15": float(100 * (over_eyes > 15).mean()),
        }
        if self.others:
            _, others, _ = self._predict(net, stack_crops(self.others)["image"])
            figures |= verifier_figures(faces, others)
        known = truth["domain"] >= 0
        if known.any():
            figures["domain"] = float(100 * (kinds.argmax(1) == truth["domain"])[known].mean())
        own = np.asarray(self.kinds)
        for kind in sorted(set(self.kinds) - {""}):
            figures[f"nme_eyes.{kind}"] = float(np.median(over_eyes[own == kind]))
        return figures

    def sheet(self, net: nn.Module) -> np.ndarray:
        truth = stack_crops([*self.crops[:20], *self.crops[-20:]])
        return sheets.landmark_sheet(truth["image"], truth["points"], self._predict(net, truth["image"])[0])

    def _predict(self, net: nn.Module, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(N, 68, 2) points, (N,) probabilities that a crop is framed on a face, (N, 5) logits of its domain."""
        device = next(net.parameters()).device
        points, faces, kinds = [], [], []
        for i in range(0, len(images), 64):
            with torch.inference_mode():
                told: Points = net.predict(to_input(torch.from_numpy(images[i : i + 64]).to(device)))  # type: ignore[operator]
            points.append(told.points.cpu().numpy())
            faces.append(told.face.sigmoid().cpu().numpy())
            kinds.append(told.domain.cpu().numpy())
        return np.concatenate(points), np.concatenate(faces), np.concatenate(kinds)

    def _rng(self, index: int, kind: int = 0) -> np.random.Generator:
        """The random numbers of a held-out crop: the same in every validation."""
        return np.random.default_rng((self.recipe.data.seed, index, 0xE7A1, kind))


class DetectJob:
    """The detector: scenes of 0 to 8 faces, and scenes without."""

    def __init__(self, recipe: Recipe, packs: Callable[[str, int], Pack]) -> None:
        data = recipe.data
        self.recipe = recipe
        self.scenes = packs("scenes", data.renders + data.held_out)
        self.negatives = packs("negatives", data.negatives) if data.negatives else None
        self.pictures = [self._held_out(i) for i in range(data.renders, data.renders + data.held_out)]

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        r = self.recipe
        whole = detector_batch(
            step,
            scenes=self.scenes,
            negatives=self.negatives,
            data=r.data,
            seed=r.seed,
            batch=r.schedule.batch,
        )
        return {name: values[rows] for name, values in whole.items()}

    def input(self, images: Tensor, _net: nn.Module) -> Tensor:
        return to_input(images)

    def loss(self, found: Boxes, truth: Tensors, _own: nn.Module) -> tuple[Tensor, Tensors]:
        return losses.detector_loss(found, truth, self.recipe.loss)

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Average precision, precision and recall at the score 0.5, and the best threshold on these
        renders.
        """
        if not self.pictures:
            return {}
        found, scores = self._predict(net, self.pictures)
        return detection_figures(found, scores, [p.boxes for p in self.pictures], [p.ignored for p in self.pictures])

    def sheet(self, net: nn.Module) -> np.ndarray:
        shown = self.pictures[:20]
        found, scores = self._predict(net, shown)
        keep = [s > 0.3 for s in scores]
        found = [b[k] for b, k in zip(found, keep, strict=True)]
        scores = [s[k] for s, k in zip(scores, keep, strict=True)]
        return sheets.detector_sheet(np.stack([p.image for p in shown]), [p.boxes for p in shown], found, scores)

    def _predict(self, net: nn.Module, pictures: list[Picture]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        device = next(net.parameters()).device
        found, sure = [], []
        for i in range(0, len(pictures), 16):
            images = np.stack([p.image for p in pictures[i : i + 16]])
            with torch.inference_mode():
                boxes, scores = (v.float().cpu().numpy() for v in net(to_input(torch.from_numpy(images).to(device))))
            for b, s in zip(boxes, scores, strict=True):
                b, s = b[s > 0.05], s[s > 0.05]
                keep = nms(b, s, 0.5)
                found.append(b[keep])
                sure.append(s[keep])
        return found, sure

    def _held_out(self, index: int) -> Picture:
        data = self.recipe.data
        rng = np.random.default_rng((data.seed, index, 0xE7A1))  # the same in every validation
        others = rng.integers(data.renders, data.renders + data.held_out, 3)
        return compose([scene_of(self.scenes, int(i)) for i in (index, *others)], rng)


JOBS: dict[str, Callable[[Recipe, Callable[[str, int], Pack]], Job]] = {
    "landmarks": LandmarkJob,
    "detect": DetectJob,
    "segment": ParsingJob,
}
ONE_FACE = ("faces", "people", "toons")  # kinds of renders whose parts can be kept
TASKS = (*JOBS, "points", "emotion")
LABELLED = ("points", "emotion")  # of these: learn from labelled faces, not from renders of their own


def open_job(
    recipe: Recipe,
    cache: Path | None = None,
    draw: dict[str, Draw] | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> Job:
    """The job of a recipe, its packs rendered or its labelled faces cut first where they are not.

    draw as in fit.train; say gets a line of each picture that is left out.
    """
    if recipe.task == "points":
        return PointsJob(recipe, open_labelled(recipe.labels, cache, problem=say))
    if recipe.task == "emotion":
        return EmotionJob(recipe, open_expressions(recipe.labels, cache, problem=say))
    data = recipe.data

    def packs(kind: str, count: int) -> Pack:
        key = PackKey(kind, data.pack, data.seed, count, data.size, data.masks and kind in ONE_FACE)
        own = draw[kind] if draw else partial(DRAW_HEADS[kind], data.heads) if kind in DRAW_HEADS else None
        return open_pack(key, cache, workers=data.workers, draw=own, progress=progress)

    return JOBS[recipe.task](recipe, packs)
