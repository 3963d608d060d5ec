"""The task emotion: any network for expressions, on any labelled faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charaface.face import EXPRESSIONS, Face
from charaface.metrics import confusion, macro_f1
from charaface.session import load
from charaface.tasks.emotion import probabilities
from charaface.train import sheets
from charaface.train.augment import Framing, bend_field, bend_image, draw_bend, framing_matrix, occlude
from charaface.train.config import Labels, Recipe, RecipeError
from charaface.train.jitter import draw_framing, recoloured, redrawn, worn
from charaface.train.labelled import Cut, Cutter, Problem, Values, open_cut, square
from charaface.train.loader import Batch, shuffled
from charaface.train.nets.cost import channels_of
from charaface.train.points import divided, net_input

_SHOWN = 32  # faces of a sheet
_TEMPERATURES = np.exp(np.linspace(np.log(0.25), np.log(4), 161))
_MIX = 0.4  # of a Beta distribution: most mixtures are nearly one of both
Tensors = dict[str, Tensor]


def open_expressions(labels: Labels, cache: Path | None = None, *, problem: Problem | None = None) -> Cut:
    """The faces with an expression of a recipe's files; values are label (N,) int64 of EXPRESSIONS and box (N, 4).

    Raises as open_labelled does.
    """
    return open_cut(labels, _EXPRESSIONS, cache, problem=problem)


def _cut(image: np.ndarray, face: Face, labels: Labels) -> tuple[np.ndarray, Values]:
    assert face.emotion is not None  # what has said so
    out, values = square(image, face.box, labels, "nearest")
    return out, {"label": np.asarray(EXPRESSIONS.index(face.emotion.label)), **values}


_EXPRESSIONS = Cutter("expressions", "an expression", lambda face: face.emotion is not None, _cut)


class EmotionJob:
    """Labelled faces under chance, and what is held out of them as the runtime would crop it."""

    def __init__(self, recipe: Recipe, faces: Cut) -> None:
        self.recipe, self.faces = recipe, faces
        self.labels = faces.values["label"]
        self.parts = divided(faces, recipe.labels)
        self.held_out = self._plain(self.parts.held_out)
        self.stop = self._plain(self.parts.stop)
        self.weight = balance(self.labels[self.parts.learned], recipe.loss.balance)
        self.shares = self._shares()

    def batch(self, step: int, rows: slice = slice(None)) -> Batch:
        """Step's batch, or some rows of it: image (B, S, S, 3) uint8 and target (B, 7) float32 shares of a label."""
        size = self.recipe.schedule.batch
        images, targets = zip(*(self._sample(step * size + i) for i in range(size)[rows]), strict=True)
        return {"image": np.stack(images), "target": np.stack(targets)}

    def input(self, images: Tensor, net: nn.Module) -> Tensor:
        return net_input(images, channels_of(net))

    def loss(self, found: Tensor, truth: Tensors, _own: nn.Module) -> tuple[Tensor, Tensors]:
        """Cross-entropy with the shares of labels, some of which goes to every expression alike."""
        target = truth["target"]
        weight = target @ torch.from_numpy(self.weight).to(target)  # (N,)
        smooth = self.recipe.loss.smooth
        target = (1 - smooth) * target + smooth / target.shape[1]
        each = -(target * F.log_softmax(found.float(), dim=1)).sum(1)
        return (weight * each).sum() / weight.sum(), {}

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Accuracy and macro F1 in per cent on what is held out; error and temperature on the faces of stop."""
        figures: dict[str, float] = {}
        if len(self.parts.held_out):
            figures = figures_of(self.labels[self.parts.held_out], self.logits(net, self.held_out).argmax(1))
        if len(self.parts.stop):
            logits, truth = self.logits(net, self.stop), self.labels[self.parts.stop]
            figures["stop.error"] = float(100 * (logits.argmax(1) != truth).mean())
            figures["stop.temperature"] = temperature(logits, truth)
        return figures

    def baseline(self) -> dict[str, dict[str, float]]:
        """The figures of who says the commonest expression of every face, under their name."""
        commonest = np.bincount(self.labels[self.parts.learned], minlength=7).argmax()
        truth = self.labels[self.parts.held_out]
        return {"commonest": figures_of(truth, np.full(len(truth), commonest))}

    def kept(self, net: nn.Module) -> dict[str, np.ndarray]:
        """What is kept of the held-out faces: true (N,) numbers of EXPRESSIONS and logits (N, 7)."""
        return {"true": self.labels[self.parts.held_out], "logits": self.logits(net, self.held_out)}

    def logits(self, net: nn.Module, images: np.ndarray) -> np.ndarray:
        """(N, 7) of (N, S, S, 3) crops, by a network in eval mode."""
        device = next(net.parameters()).device
        found = [np.zeros((0, len(EXPRESSIONS)), np.float32)]
        for i in range(0, len(images), 64):
            with torch.inference_mode():
                told = net(self.input(torch.from_numpy(images[i : i + 64]).to(device), net))
            found.append(told.float().cpu().numpy())
        return np.concatenate(found)

    def sheet(self, net: nn.Module) -> np.ndarray:
        """Held-out crops, the same every time, with true and found expressions; crops learned from without any."""
        shown = self.parts.held_out if len(self.parts.held_out) else self.parts.learned
        pick = shown[np.unique(np.linspace(0, len(shown) - 1, _SHOWN).astype(int))]
        images = self._plain(pick)
        return sheets.named_sheet(images, self.labels[pick], self.logits(net, images).argmax(1), EXPRESSIONS)

    def _sample(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        recipe, learned = self.recipe, self.parts.learned
        rng = np.random.default_rng((recipe.seed, k))
        i = int(learned[shuffled(recipe.seed, len(learned), k)])
        image, target = self._jittered(i, rng), self.shares[i]
        if rng.random() < recipe.augment.mix:
            j = int(learned[rng.integers(len(learned))])
            share = float(rng.beta(_MIX, _MIX))
            image = cv2.addWeighted(image, share, self._jittered(j, rng), 1 - share, 0)
            target = share * target + (1 - share) * self.shares[j]
        return image, target.astype(np.float32)

    def _shares(self) -> np.ndarray:
        """(N, 7) float32 what the label of each face is: all of it one expression, or in part what a teacher says.

        Labels of one expression say that what they are not is all the same, and some are wrong; the answers of a
        network that has learned from all of them are neither (Hinton et al. 2015, Furlanello et al. 2018).
        """
        teacher, learned = self.recipe.teacher, self.parts.learned
        out = np.eye(len(EXPRESSIONS), dtype=np.float32)[self.labels]
        if teacher:
            images = [self.faces.images[i] for i in learned]  # mapped, not read
            try:
                told = probabilities(
                    images, list(self.faces.values["box"][learned]), load(teacher, self.recipe.threads)
                )
            except ValueError as error:
                raise RecipeError(f"teacher: {error}") from error
            out[learned] += self.recipe.loss.heed * (told - out[learned])
        return np.asarray(out)

    def _jittered(self, i: int, rng: np.random.Generator) -> np.ndarray:
        recipe, faces, learned = self.recipe, self.faces, self.parts.learned
        how, size = recipe.augment, recipe.labels.size
        framing = draw_framing(rng, how, recipe.labels.crop_scale)
        out = framed(faces.images[i], faces.values["box"][i], framing, size)
        if rng.random() < how.bend:
            out = bend_image(out, bend_field(draw_bend(rng, 1 / framing.scale), size))
        if rng.random() < how.cover:
            out, _ = occlude(out, rng, faces.images[int(learned[rng.integers(len(learned))])])
        out = recoloured(out, rng, how)
        if how.style and rng.random() < how.style:  # a run without draws the numbers that it always drew
            out = redrawn(out, rng)
        return worn(out, rng) if rng.random() < how.wear else out

    def _plain(self, numbers: np.ndarray) -> np.ndarray:
        """(N, S, S, 3) uint8 faces as the runtime crops them."""
        size, framing = self.recipe.labels.size, Framing(self.recipe.labels.crop_scale, (0.0, 0.0), 0.0)
        boxes = self.faces.values["box"]
        crops = [framed(self.faces.images[i], boxes[i], framing, size) for i in numbers]
        return np.stack(crops) if crops else np.zeros((0, size, size, 3), np.uint8)


def figures_of(truth: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Accuracy and macro F1 in per cent of (N,) numbers of EXPRESSIONS."""
    table = confusion(truth, found, len(EXPRESSIONS))
    return {"accuracy": float(100 * np.trace(table) / table.sum()), "f1": 100 * macro_f1(table)}


def framed(image: np.ndarray, box: np.ndarray, framing: Framing, size: int) -> np.ndarray:
    """(size, size, 3) uint8 crop about a box, the nearest pixel beyond the square that is known."""
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    matrix = framing_matrix(box, framing, size)
    return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border))


def balance(labels: np.ndarray, power: float) -> np.ndarray:
    """(7,) float32, what a face of each expression counts: 1 over their share to that power, 1 in the mean of faces."""
    count = np.bincount(labels, minlength=len(EXPRESSIONS))
    weight = np.where(count > 0, np.maximum(count, 1) ** -power, 0.0)
    return np.asarray(weight * count.sum() / (weight * count).sum(), np.float32)


def temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """What logits are best divided by, so that their probabilities fit the truth (Guo et al. 2017)."""
    whole = logits.astype(np.float64)
    losses = []
    for t in _TEMPERATURES:
        own = whole / t - (whole / t).max(axis=1, keepdims=True)
        losses.append(float((np.log(np.exp(own).sum(1)) - own[np.arange(len(truth)), truth]).mean()))
    return float(_TEMPERATURES[int(np.argmin(losses))])
