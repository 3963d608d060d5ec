"""What a network of each task gives as an ONNX file: its outputs, its Spec, the input it is checked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from charaface.face import ACCESSORIES, DOMAINS, EXPRESSIONS, PARTS
from charaface.train import parsing
from charaface.train.augment import CROP_SCALE
from charaface.train.config import RecipeError
from charaface.train.nets.cost import channels_of

_MEAN = _STD = [127.5, 127.5, 127.5]
_GREY = (0.299, 0.587, 0.114)
_FLAT = 1 / 255  # half a step of 8 bits in -1..1: a crop of one colour has nothing to stretch


class _Landmarks(nn.Module):
    """points, scores, visible, face and domain of a landmark network."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:
        super().__init__()
        self.net, self.scale, self.shift = net, scale, shift

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        found = self.net.predict(image)  # type: ignore[operator]
        face = torch.sigmoid(found.face * self.scale + self.shift)
        return found.points, found.scores(), torch.sigmoid(found.visible), face, torch.softmax(found.domain, dim=1)


class _Boxes(nn.Module):
    """boxes and scores of a detector."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:
        super().__init__()
        self.net, self.scale, self.shift = net, scale, shift

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        found = self.net.predict(image)  # type: ignore[operator]
        return found.boxes, torch.sigmoid(found.logits * self.scale + self.shift)


class _Parts(nn.Module):
    """parts at half the side of the crop, accessories, monochrome and presentation of a parsing network."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:  # noqa: ARG002
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        found = self.net.predict(image)  # type: ignore[operator]
        masculine = torch.sigmoid(found.masculine)
        presented = torch.stack([1 - masculine, masculine], dim=1)
        return found.parts.softmax(1), found.accessories.sigmoid(), found.monochrome.sigmoid(), presented


class _Points(nn.Module):
    """points of a network for points, of a crop in three channels, which it may want grey and stretched."""

    def __init__(self, net: nn.Module, scale: float, shift: float, *, stretch: bool) -> None:  # noqa: ARG002
        super().__init__()
        self.net, self.grey, self.stretch = net, channels_of(net) == 1, stretch

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        if self.grey:
            image = _greyed(image)
        if self.stretch:
            low, high = image.amin((1, 2, 3), keepdim=True), image.amax((1, 2, 3), keepdim=True)
            image = 2 * (image - low) / (high - low).clamp(min=_FLAT) - 1
        return (self.net(image),)


class _Emotion(nn.Module):
    """emotion of a network for expressions: the probabilities of a crop in three channels, which it may want grey."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:  # noqa: ARG002
        super().__init__()
        self.net, self.grey, self.scale = net, channels_of(net) == 1, scale

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        logits = self.net(_greyed(image) if self.grey else image)  # (N, 7)
        return (torch.softmax(logits * self.scale, dim=1),)


def _greyed(image: Tensor) -> Tensor:
    """(N, 1, S, S) of (N, 3, S, S)."""
    red, green, blue = image.split(1, 1)
    grey: Tensor = _GREY[0] * red + _GREY[1] * green + _GREY[2] * blue
    return grey


@dataclass(frozen=True)
class Form:
    """How the networks of one task are written as ONNX."""

    wrap: Callable[[nn.Module, float, float], nn.Module]
    outputs: tuple[str, ...]
    places: int  # how many of the outputs are places rather than probabilities
    place_unit: float  # pixels of one unit of a place
    example: tuple[int, ...]  # an input shape; no dimension that may vary is 1
    checks: tuple[tuple[int, ...], ...]
    spec: dict[str, Any]
    moved: tuple[str, ...] = ("scale", "shift")  # what may be done to the logits of its scores

    def dynamic(self) -> dict[int, Any]:
        """Which dimensions of the input may vary."""
        free: dict[int, Any] = {0: torch.export.Dim("batch")}
        if self.spec["input"]["size"] is None:
            free |= {2: 32 * torch.export.Dim("rows"), 3: 32 * torch.export.Dim("columns")}
        return free


def _input(size: list[int] | None) -> dict[str, Any]:
    free = {} if size else {"multiple": 32}
    return {"name": "image", "size": size, **free, "mean": _MEAN, "std": _STD}


FORMS: dict[str, Form] = {
    "landmarks": Form(
        _Landmarks,
        ("points", "scores", "visible", "face", "domain"),
        1,
        128.0,
        (2, 3, 128, 128),
        ((1, 3, 128, 128), (5, 3, 128, 128)),
        {
            "input": _input([128, 128]),
            "scheme": "ibug68",
            "crop_scale": CROP_SCALE,
            "labels": {"domain": list(DOMAINS)},
        },
    ),
    "detect": Form(
        _Boxes,
        ("boxes", "scores"),
        1,
        1.0,
        (2, 3, 64, 96),
        ((1, 3, 96, 64), (2, 3, 128, 160)),
        {"input": _input(None)},
    ),
    "segment": Form(
        _Parts,
        ("parts", "accessories", "monochrome", "presentation"),
        0,
        1.0,
        (2, 3, parsing.SIZE, parsing.SIZE),
        ((1, 3, parsing.SIZE, parsing.SIZE), (3, 3, parsing.SIZE, parsing.SIZE)),
        {
            "input": _input([parsing.SIZE, parsing.SIZE]),
            "crop_scale": parsing.CROP_SCALE,
            "labels": {
                "parts": list(PARTS),
                "accessories": list(ACCESSORIES),
                "presentation": ["feminine", "masculine"],
            },
        },
        moved=(),
    ),
}


def form_of(recipe: dict[str, Any]) -> Form:
    """The form of a run's full recipe. Raises RecipeError for a task that has none."""
    if recipe["task"] == "points":
        return _points(recipe["labels"], recipe.get("foreign", {}))
    if recipe["task"] == "emotion":
        return _emotion(recipe["labels"])
    if recipe["task"] not in FORMS:
        raise RecipeError(
            f"no export for task {recipe['task']!r}; there are {', '.join([*FORMS, 'points', 'emotion'])}"
        )
    return FORMS[recipe["task"]]


def _points(labels: dict[str, Any], foreign: dict[str, Any]) -> Form:
    """The form of a network for points: whose scheme and input size the recipe says."""
    size = labels["size"]
    spec = {
        "task": "landmarks",
        "input": _input([size, size]),
        "scheme": labels["scheme"],
        "crop_scale": labels["crop_scale"],
    }
    return Form(
        partial(_Points, stretch=bool(foreign.get("stretch"))),
        ("points",),
        1,
        float(size),
        (2, 3, size, size),
        ((1, 3, size, size), (3, 3, size, size)),
        spec,
        moved=(),
    )


def _emotion(labels: dict[str, Any]) -> Form:
    """The form of a network for expressions: whose input size the recipe says."""
    size = labels["size"]
    spec = {
        "input": _input([size, size]),
        "crop_scale": labels["crop_scale"],
        "labels": {"emotion": list(EXPRESSIONS)},
    }
    shapes = (1, 3, size, size), (3, 3, size, size)
    return Form(_Emotion, ("emotion",), 0, 0.0, (2, 3, size, size), shapes, spec, moved=("scale",))
