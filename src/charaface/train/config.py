"""Recipes: frozen dataclasses with every default, and the short TOML files that say only what differs."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


class RecipeError(ValueError):
    """A recipe that cannot be read: an unknown name, a wrong type, a value out of its range."""


@dataclass(frozen=True)
class Data:
    """Which renders a training draws from. They are rendered once and kept outside the run."""

    pack: str = "1"  # the generator's version: another word renders anew
    seed: int = 1  # of the generator
    renders: int = 60_000  # pictures with faces to learn from
    held_out: int = 600  # further pictures with faces, for validation alone
    negatives: int = 8_000  # pictures without a face
    size: int = 160  # side of a render in pixels
    workers: int = 2  # processes that render; the result is the same for any number
    negative_share: float = 0.1  # of the samples: pictures without a face
    misframed_share: float = 0.08  # of the samples: crops that are not framed on their face
    strength: float = (
        1.0  # of landmark crops' turns, bends, covers and wear: less than 1 ends a training nearer to clean art
    )
    loaders: int = 1  # threads that prepare batches


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a training learns: AdamW under a warm-up and a cosine."""

    samples: int = 300_000  # the length of the whole training
    batch: int = 64
    rate: float = 2e-3  # the highest learning rate
    last_rate: float = 0.01  # the rate at the end, as a share of the highest
    warmup: int = 200  # steps
    start: float = 0.0  # where on the cosine training begins: 0 its top, 0.5 half-way down
    decay: float = 0.05  # weight decay, of matrices and filters only
    clip: float = 5.0  # limit on the norm of the gradient
    ema: float = 0.999  # memory of the averaged weights, shorter while training is young


@dataclass(frozen=True)
class Loss:
    """Weights of the parts of a loss. Those of the other task are without effect."""

    point: float = 10.0  # mean distance along x and y, in face boxes
    likelihood: float = 0.1  # Laplace negative log-likelihood of the distance
    visible: float = 0.2
    face: float = 0.5
    eyes: float = 1.6  # how much more a point of an eye counts than one elsewhere
    hidden: float = 0.4  # how much a point that is hidden or not drawn counts
    score: float = 1.0  # quality focal loss of the detector
    box: float = 2.0  # generalised IoU of the detector


@dataclass(frozen=True)
class Recipe:
    """One training run. `name` and `version` become the name of its weights."""

    name: str
    task: str  # a key of jobs.JOBS
    net: str  # a key of nets.NETS
    version: int = 1
    seed: int = 1  # of the weights and of every sample
    licence: str = "MIT"  # of the weights
    source: str = "generated drawings only (charaface.synth)"  # of the data, for the weights' metadata
    init_from: str = ""  # a .safetensors or .onnx of ours to go on from; relative to the recipe
    bf16: bool = True  # mixed precision, where the machine does not only emulate it
    threads: int = 1  # of the arithmetic; part of what makes a run repeatable to the bit
    sheet_every: float = 240.0  # seconds between pictures of predictions
    save_every: float = 120.0  # seconds between checkpoints
    options: dict[str, Any] = field(default_factory=dict)  # further arguments of the net
    data: Data = field(default_factory=Data)
    schedule: Schedule = field(default_factory=Schedule)
    loss: Loss = field(default_factory=Loss)

    def __post_init__(self) -> None:
        for name, value in (
            ("schedule.samples", self.schedule.samples),
            ("schedule.batch", self.schedule.batch),
            ("data.renders", self.data.renders),
            ("data.size", self.data.size),
            ("threads", self.threads),
        ):
            if value < 1:
                raise RecipeError(f"{name} must be at least 1, got {value}")
        for name, share in (
            ("schedule.start", self.schedule.start),
            ("schedule.ema", self.schedule.ema),
            ("data.negative_share", self.data.negative_share),
            ("data.misframed_share", self.data.misframed_share),
        ):
            if not 0 <= share < 1:
                raise RecipeError(f"{name} must be at least 0 and below 1, got {share}")
        if self.data.negative_share and not self.data.negatives:
            raise RecipeError("data.negative_share needs data.negatives, the number of pictures without a face")

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training."""
        return -(-self.schedule.samples // self.schedule.batch)


def load_recipe(path: str | Path, **changes: Any) -> Recipe:
    """The recipe of a TOML file; changes replace its top-level values.

    Raises RecipeError, naming the file, on TOML that does not parse, an unknown name (with the nearest one)
    or a value of another type.
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not a TOML file: {error}") from error
    try:
        recipe = from_table(Recipe, table)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error
    if recipe.init_from:
        changes.setdefault("init_from", str((path.parent / recipe.init_from).resolve()))
    return dataclasses.replace(recipe, **changes)


def from_table(kind: type[T], table: dict[str, Any], where: str = "") -> T:
    """A dataclass from a table of names and values; raises RecipeError for what does not fit."""
    hints = get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in fields:
            raise RecipeError(_unknown(where + name, name, list(fields)))
        values[name] = _fit(hints[name], value, where + name)
    missing = [
        n
        for n, f in fields.items()
        if n not in values and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise RecipeError(f"a recipe needs {', '.join(where + n for n in missing)}")
    return kind(**values)


def _fit(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is a table of names and values, got {value!r}")
        return from_table(kind, value, where + ".")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = getattr(kind, "__origin__", kind)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise RecipeError(f"{where} must be {wanted.__name__}, got {value!r}")
    return value


def _unknown(full: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
    return f"no setting {full!r}{hint}"
