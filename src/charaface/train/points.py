"""The task points: any network for landmarks, on any labelled faces, under any loss."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from charaface.data.split import divide
from charaface.metrics import NORMALISERS, auc, distances, normaliser, share_above
from charaface.schemes import scheme_named
from charaface.train import sheets
from charaface.train.config import Labels, Recipe, RecipeError
from charaface.train.jitter import Jittered, jittered, plain_crop
from charaface.train.labelled import Cut, Labelled
from charaface.train.loader import Batch, shuffled
from charaface.train.nets.cost import channels_of

FAILED = (0.08, 0.1)  # of the inter-ocular distance: beyond it a face counts as failed
_GREY = (0.299, 0.587, 0.114)
_SHOWN = 32  # faces of a sheet
_MEAN_OF = 1000  # faces at most
Tensors = dict[str, Tensor]


@dataclass(frozen=True, eq=False)
class Parts:
    """Which faces are for what: indices into the labelled faces."""

    learned: np.ndarray
    stop: np.ndarray  # decide when to stop
    held_out: np.ndarray


def divided(faces: Labelled | Cut, labels: Labels) -> Parts:
    """What is learned from, what decides when to stop and what is held out; a group is never divided.

    Raises RecipeError where nothing is left to learn from, or labels.measure is no regular expression.
    """
    if labels.measure:
        held = np.asarray([bool(_measured(labels).search(name)) for name in faces.names])
    elif labels.folds:
        shares = {f"fold {i}": 1 / labels.folds for i in range(labels.folds)}
        held = np.asarray([part == f"fold {labels.fold}" for part in divide(faces.keys, shares, labels.seed)])
    elif labels.held_out:
        shares = {"learned": 1 - labels.held_out, "held_out": labels.held_out}
        held = np.asarray([part == "held_out" for part in divide(faces.keys, shares, labels.seed)])
    else:
        held = np.zeros(len(faces), np.bool_)
    rest = np.flatnonzero(~held)
    stop = np.zeros(len(rest), np.bool_)
    if labels.stop:
        shares = {"learned": 1 - labels.stop, "stop": labels.stop}
        stop = np.asarray([part == "stop" for part in divide([faces.keys[i] for i in rest], shares, labels.seed)])
    learned = rest[~stop]
    if labels.most and len(learned) > labels.most:
        learned = np.sort(np.random.default_rng(labels.seed).choice(learned, labels.most, replace=False))
    if not len(learned):
        raise RecipeError(f"nothing is left to learn from: {len(faces)} faces, {int(held.sum())} of them held out")
    return Parts(learned, rest[stop], np.flatnonzero(held))


def _measured(labels: Labels) -> re.Pattern[str]:
    try:
        return re.compile(labels.measure)
    except re.error as error:
        raise RecipeError(f"labels.measure is no regular expression: {error}") from error


def net_input(images: Tensor, channels: int) -> Tensor:
    """(N, H, W, 3) uint8 to (N, channels, H, W) float32 in -1..1: RGB, or its grey."""
    whole = images.permute(0, 3, 1, 2).float()
    if channels == 1:
        weights = torch.tensor(_GREY, device=whole.device).view(1, 3, 1, 1)
        whole = (whole * weights).sum(1, keepdim=True)
    return whole.sub_(127.5).div_(127.5)


@dataclass(frozen=True, eq=False)
class Errors:
    """How far a network is from the truth, face by face."""

    points: np.ndarray  # (N, P) distances in crops, NaN where the truth does not tell
    over: dict[str, np.ndarray]  # normaliser to (N,) normalised mean errors, as metrics.nme; NaN where it has no length
    lengths: dict[str, np.ndarray]  # normaliser to (N,) lengths in crops

    def figures(self, prefix: str = "") -> dict[str, float]:
        """Means in per cent over each length, shares of failures, and the area under the curve up to 10 %."""
        out = {}
        for name, errors in self.over.items():
            known = errors[~np.isnan(errors)]
            if len(known):
                out[f"{prefix}nme.{name}"] = float(100 * known.mean())
        eyes = self.over["inter-ocular"]
        eyes = eyes[~np.isnan(eyes)]
        if len(eyes):
            out[f"{prefix}nme.median"] = float(100 * np.median(eyes))
            for limit in FAILED:
                out[f"{prefix}failed.{round(100 * limit)}"] = 100 * share_above(eyes, limit)
            out[f"{prefix}auc"] = 100 * auc(eyes, FAILED[-1])
        return out


def errors_of(found: np.ndarray, truth: np.ndarray, weight: np.ndarray, box: np.ndarray, scheme: str) -> Errors:
    """The errors of (N, P, 2) found points against the truth, all in 0..1 of crops; (N, P) weights 0 are not known."""
    true = np.where(weight[..., None] > 0, truth, np.nan)
    apart = distances(found, true)
    lengths = {
        name: np.asarray([normaliser(name, t, b, scheme) for t, b in zip(true, box, strict=True)])
        for name in NORMALISERS
    }
    counts = (~np.isnan(apart)).sum(axis=1)
    mean = np.where(counts > 0, np.nansum(apart, axis=1) / np.maximum(counts, 1), np.nan)
    return Errors(apart, {name: mean / length for name, length in lengths.items()}, lengths)


class PointsJob:
    """Labelled faces under chance, and what is held out of them as the runtime would crop it."""

    def __init__(self, recipe: Recipe, faces: Labelled) -> None:
        self.recipe, self.faces = recipe, faces
        self.scheme = scheme_named(recipe.labels.scheme)
        self.parts = divided(faces, recipe.labels)
        self.held_out = self._plain(self.parts.held_out)
        self.stop = self._plain(self.parts.stop)

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        """Step's batch, or some rows of it: image, points, weight and pose."""
        size = self.recipe.schedule.batch
        samples = [self._sample(step * size + i) for i in range(size)[rows]]
        return {name: np.stack([getattr(s, name) for s in samples]) for name in ("image", "points", "weight", "pose")}

    def input(self, images: Tensor, net: nn.Module) -> Tensor:
        return net_input(images, channels_of(net))

    def loss(self, found: Any, truth: Tensors, own: nn.Module) -> tuple[Tensor, Tensors]:
        each: Tensor = own(found, truth, self.recipe.labels.size)
        return each.mean(), {}

    def validate(self, net: nn.Module) -> dict[str, float]:
        """NME in per cent by each normaliser, failures and AUC on what is held out; stop.nme on the faces of stop."""
        figures: dict[str, float] = {}
        if len(self.parts.held_out):
            figures |= self.errors(net).figures()
        if len(self.parts.stop):
            found = self.predict(net, self.stop["image"])
            lengths = np.sqrt(np.prod(self.stop["box"][:, 2:] - self.stop["box"][:, :2], axis=1))
            apart = np.where(self.stop["weight"] > 0, distances(found, self.stop["points"]), np.nan)
            figures["stop.nme"] = float(100 * np.nanmean(np.nanmean(apart, axis=1) / lengths))
        return figures

    def errors(self, net: nn.Module) -> Errors:
        """The errors of a network on what is held out."""
        return self._errors(self.predict(net, self.held_out["image"]))

    @cached_property
    def mean_face(self) -> np.ndarray:
        """(P, 2) in 0..1 of the crop: of what is learned from; the middle for a point that no label tells."""
        learned = self.parts.learned
        known = self._plain(learned[:: -(-len(learned) // _MEAN_OF)])
        weight = known["weight"][..., None]
        return np.where(weight.sum(0) > 0, (known["points"] * weight).sum(0) / np.maximum(weight.sum(0), 1e-9), 0.5)

    def baseline(self) -> dict[str, dict[str, float]]:
        """The figures of the mean face in every crop of what is held out, under its name."""
        found = np.broadcast_to(self.mean_face, self.held_out["points"].shape)
        return {"mean_face": self._errors(found).figures()}

    def kept(self, net: nn.Module) -> dict[str, np.ndarray]:
        """What is kept of the held-out faces: the errors of their points, and the lengths that divide them."""
        errors = self.errors(net)
        return {"points": errors.points, **{f"length.{name}": values for name, values in errors.lengths.items()}}

    def predict(self, net: nn.Module, images: np.ndarray) -> np.ndarray:
        """(N, P, 2) points in 0..1 of (N, S, S, 3) crops, by a network in eval mode."""
        device = next(net.parameters()).device
        found = []
        for i in range(0, len(images), 64):
            with torch.inference_mode():
                found.append(
                    net(self.input(torch.from_numpy(images[i : i + 64]).to(device), net)).float().cpu().numpy()
                )
        return np.concatenate(found) if found else np.zeros((0, self.scheme.count, 2), np.float32)

    def sheet(self, net: nn.Module) -> np.ndarray:
        """Held-out crops, the same every time, with true and found points; crops learned from without any."""
        shown = self.held_out if len(self.parts.held_out) else self._plain(self.parts.learned[:_SHOWN])
        pick = np.unique(np.linspace(0, len(shown["image"]) - 1, _SHOWN).astype(int))
        images = shown["image"][pick]
        return sheets.landmark_sheet(images, shown["points"][pick], self.predict(net, images))

    def _errors(self, found: np.ndarray) -> Errors:
        own = self.held_out
        return errors_of(found, own["points"], own["weight"], own["box"], self.scheme.name)

    def _sample(self, k: int) -> Jittered:
        recipe, faces = self.recipe, self.faces
        rng = np.random.default_rng((recipe.seed, k))
        learned = self.parts.learned
        i = int(learned[shuffled(recipe.seed, len(learned), k)])
        return jittered(
            faces.images[i],
            faces.points[i],
            faces.weight[i],
            faces.box[i],
            faces.pose[i],
            rng,
            scheme=self.scheme,
            size=recipe.labels.size,
            scale=recipe.labels.crop_scale,
            how=recipe.augment,
            other=faces.images[int(learned[rng.integers(len(learned))])],
        )

    def _plain(self, numbers: np.ndarray) -> Batch:
        """Faces as the runtime crops them; box (N, 4) in 0..1 of the crop."""
        labels, faces = self.recipe.labels, self.faces
        crops = [
            plain_crop(faces.images[i], faces.points[i], faces.box[i], labels.size, labels.crop_scale) for i in numbers
        ]
        count = self.scheme.count
        if not crops:
            none = np.zeros((0, count), np.float32)
            return {
                "image": np.zeros((0, labels.size, labels.size, 3), np.uint8),
                "points": np.zeros((0, count, 2)),
                "weight": none,
                "box": np.zeros((0, 4)),
            }
        images, points = zip(*crops, strict=True)
        sides = faces.box[numbers][:, 2:] - faces.box[numbers][:, :2]
        half = (
            sides / sides.max(axis=1, keepdims=True) / labels.crop_scale / 2
        )  # the box lies in the middle of its crop
        return {
            "image": np.stack(images),
            "points": np.stack(points),
            "weight": faces.weight[numbers],
            "box": np.concatenate([0.5 - half, 0.5 + half], axis=1),
        }
