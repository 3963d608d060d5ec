"""Networks as ONNX files: Spec says how one is fed, Session runs it, load keeps it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime as ort

from charaface import weights
from charaface.cores import physical_cores
from charaface.face import DOMAINS
from charaface.files import InputError, reason
from charaface.offsets import Offsets
from charaface.schemes import SCHEMES

METADATA_KEY = "charaface"
MOST_THREADS = 4  # by default: more gain little on networks this small

# task to the outputs its networks must have
OUTPUTS: dict[str, tuple[str, ...]] = {
    "landmarks": ("points",),
    "detect": ("boxes", "scores"),
    "emotion": ("emotion",),
    "segment": ("parts",),
}
FRAMING = ("points", "scores", "visible", "face")  # of a network that frames a face and says whether it is one
Model = str | Path | Sequence[str | Path] | None  # names in WEIGHTS or paths; each replaces the network of its task


@dataclass(frozen=True)
class Feed:
    """How a picture becomes the input of a network: (rgb - mean) / std, channels first."""

    name: str
    size: tuple[int, int] | None  # height, width; None for any multiples of `multiple`
    multiple: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def batch(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """(N, 3, H, W) float32 of N >= 1 equally large (H, W, 3) uint8 RGB pictures."""
        import cv2

        height, width = images[0].shape[:2]
        out = np.empty((len(images), 3, height, width), np.float32)
        for planes, image in zip(out, images, strict=True):
            for plane, channel, mean, std in zip(planes, cv2.split(image), self.mean, self.std, strict=True):
                np.subtract(channel, np.float32(mean), out=plane)
                plane *= np.float32(1 / std)
        return out


@dataclass(frozen=True)
class Spec:
    """What an ONNX file of ours says of itself, in its metadata key "charaface"."""

    name: str
    version: int
    task: str  # a key of OUTPUTS
    input: Feed
    outputs: tuple[str, ...]
    licence: str
    data: str  # what the weights learned from
    scheme: str | None = None  # landmarks: a key of SCHEMES
    crop_scale: float | None = None  # all but detect: side of the square crop over the longer side of the box
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)  # output to the names of its probabilities
    domains: tuple[str, ...] = ()  # kinds of picture that it is for; none named: all

    @property
    def label(self) -> str:
        """Name and version, as results name their weights."""
        return f"{self.name}-{self.version}"

    @property
    def frames(self) -> bool:
        """Whether a landmark network says where a face lies and whether it is one, so that no other is needed."""
        return self.scheme == "ibug68" and set(FRAMING) <= set(self.outputs)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Reads a Spec strictly. Raises ValueError naming what is missing, unknown or wrong."""
        table = _table(json.loads(text), "the Spec")
        task = _take(table, "task", str)
        if task not in OUTPUTS:
            raise ValueError(f"task is {task!r}; there are {', '.join(OUTPUTS)}")
        spec = cls(
            name=_take(table, "name", str),
            version=_take(table, "version", int),
            task=task,
            input=_feed(_table(table.pop("input", None), "input")),
            outputs=tuple(str(name) for name in _take(table, "outputs", list)),
            licence=_take(table, "licence", str),
            data=_take(table, "data", str),
            scheme=_take(table, "scheme", str) if task == "landmarks" else None,
            crop_scale=float(_take(table, "crop_scale", (int, float))) if task != "detect" else None,
            labels=_names(table.pop("labels", {}), "labels"),
            domains=_names({"domains": table.pop("domains", [])}, "domains")["domains"],
        )
        if table:
            raise ValueError(f"unknown {', '.join(sorted(table))}")
        unknown = [name for name in spec.labels if name not in spec.outputs]
        unknown += [name for name in spec.domains if name not in DOMAINS]
        if unknown:
            raise ValueError(f"unknown {', '.join(unknown)}")
        missing = set(OUTPUTS[task]) - set(spec.outputs)
        if missing:
            raise ValueError(f"outputs lack {', '.join(sorted(missing))}")
        if spec.scheme is not None and spec.scheme not in SCHEMES:
            raise ValueError(f"scheme is {spec.scheme!r}; there are {', '.join(SCHEMES)}")
        if spec.crop_scale is not None and not 0.5 <= spec.crop_scale <= 4:
            raise ValueError(f"crop_scale is {spec.crop_scale}, not from 0.5 to 4")
        return spec


class Session:
    """A network that runs. The same input gives the same output; several threads may call run at once."""

    def __init__(self, data: bytes, threads: int | None = None, name: str = "model") -> None:
        """data: the bytes of an ONNX file with our Spec; name: what errors call it.

        Raises InputError for bytes that are no ONNX file, that keep weights in other files, that have no Spec, or
        whose inputs and outputs are not the ones their Spec names.
        """
        weights.refuse_external_data(data, name)
        options = ort.SessionOptions()
        options.intra_op_num_threads = check_threads(threads)
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        options.log_severity_level = 4  # what goes wrong is raised; nothing is printed
        # between two frames other work waits for the cores: idle threads must not turn in circles
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._ort = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a dozen unrelated kinds
            raise InputError(f"{name}: is no network that onnxruntime can run ({_first_line(error)})") from None
        text = self._ort.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
        if text is None:
            raise InputError(f"{name}: has no metadata {METADATA_KEY!r}; export it with `charaface export`")
        try:
            self.spec = Spec.from_json(text)
            self._check_graph()
        except ValueError as error:
            raise InputError(f"{name}: its Spec is wrong: {error}; export it with `charaface export`") from None

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs of an (N, 3, H, W) float32 batch, by name, all float32.

        Raises ValueError for another shape or dtype, and for a network that answers with what is no number.
        """
        feed = self.spec.input
        size = tuple(batch.shape[2:])
        fits = size == feed.size if feed.size else all(v > 0 and v % feed.multiple == 0 for v in size)
        if batch.dtype != np.float32 or batch.ndim != 4 or batch.shape[1] != 3 or not fits:
            side = f"{feed.size[0]}, {feed.size[1]}" if feed.size else f"multiples of {feed.multiple}"
            raise ValueError(f"{self.spec.label} takes (N, 3, {side}) float32, got {batch.shape} {batch.dtype}")
        names = list(self.spec.outputs)
        found = self._ort.run(names, {feed.name: batch})
        for name, values in zip(names, found, strict=True):
            if not np.isfinite(values).all():
                raise ValueError(f"{self.spec.label} gave {name} that are no numbers; its weights are damaged")
        return {name: np.asarray(values, np.float32) for name, values in zip(names, found, strict=True)}

    def _check_graph(self) -> None:
        inputs = [i.name for i in self._ort.get_inputs()]
        if inputs != [self.spec.input.name]:
            raise ValueError(f"the input is {', '.join(inputs)}, not {self.spec.input.name}")
        missing = set(self.spec.outputs) - {o.name for o in self._ort.get_outputs()}
        if missing:
            raise ValueError(f"the network does not give {', '.join(sorted(missing))}")
        shapes = {o.name: o.shape for o in self._ort.get_outputs()}
        for name, labels in self.spec.labels.items():
            if len(shapes[name]) < 2 or (type(shapes[name][1]) is int and shapes[name][1] != len(labels)):
                raise ValueError(f"{name} is {shapes[name]}; its labels are {len(labels)}")
        if self.spec.scheme is not None:
            count = SCHEMES[self.spec.scheme].count
            shape = next(o.shape for o in self._ort.get_outputs() if o.name == "points")
            if len(shape) != 3 or any(type(n) is int and n != m for n, m in zip(shape[1:], (count, 2), strict=True)):
                raise ValueError(f"points are {shape}; {self.spec.scheme} has (N, {count}, 2)")


def load(name: str | Path, threads: int | None = None) -> Session:
    """The session of a name in WEIGHTS or of a path.onnx; kept, so that asking again costs nothing.

    threads: of the arithmetic; physical cores, at most 4, by default. Raises InputError as Session does.
    """
    threads = check_threads(threads)
    if not weights.is_path(name):
        return _kept(str(name), threads, None)
    path = Path(name)
    try:
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened ({reason(error)})") from None
    return _kept(os.path.abspath(path), threads, changed)


def load_for(task: str, model: Model = None, threads: int | None = None) -> Session:
    """The session of a task: the one of model that is made for it, or the package's own."""
    return _first(task, model, threads, lambda spec: spec.task == task)


def load_shared(
    task: str, model: Model = None, threads: int | None = None, choice: weights.Choice = "all"
) -> list[Session]:
    """The sessions of a task that several networks share: those of model that are made for it, or the package's own.

    choice leaves out some of the package's; there may be none left then. Raises InputError where there are none at
    all, ValueError for a name in model that the choice leaves out.
    """
    names = weights.shared(task, choice)
    weights.check_choice(choice, _names_of(model))
    own = [session for name in _names_of(model) if (session := load(name, threads)).spec.task == task]
    if not own and not weights.SHARED[task]:
        raise InputError(f"there are no weights for {task} yet; name a network of yours as model (--model FILE.onnx)")
    return own or [load(name, threads) for name in names]


class Readers(NamedTuple):
    """The networks that read a face; one and the same, unless the one that is asked for gives points alone."""

    framer: Session  # reads 68 points, which say where the face lies and how it leans, and whether it is one
    reader: Session  # gives the points of the result
    offsets: Offsets | None = None  # what moves its points on photographs

    @property
    def alone(self) -> bool:
        """Whether one network does both."""
        return self.framer is self.reader


def load_readers(model: Model = None, threads: int | None = None, choice: weights.Choice = "all") -> Readers:
    """The networks for landmarks: the one of model or the package's own, which also frames for one that cannot.

    choice leaves out the offsets of photographs; a network that they were not fitted with has none.
    """
    weights.check_choice(choice)
    reader = load_for("landmarks", model, threads)
    framer = reader if reader.spec.frames else _first("landmarks", model, threads, lambda spec: spec.frames)
    offsets = weights.photo_offsets() if choice == "all" else None
    return Readers(framer, reader, offsets if offsets and offsets.weights == reader.spec.label else None)


def _first(task: str, model: Model, threads: int | None, fits: Callable[[Spec], bool]) -> Session:
    for name in _names_of(model):
        session = load(name, threads)
        if fits(session.spec):
            return session
    return load(weights.DEFAULTS[task], threads)


def _names_of(model: Model) -> list[str | Path]:
    return [model] if isinstance(model, (str, Path)) else list(model or ())


@lru_cache(maxsize=16)
def _kept(name: str, threads: int, changed: int | None) -> Session:  # noqa: ARG001 (part of the key)
    return Session(weights.read(name), threads, name)


def check_threads(threads: int | None) -> int:
    """The number of threads to use; raises ValueError for less than 1."""
    if threads is None:
        return min(physical_cores(), MOST_THREADS)
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    return threads


def _feed(table: dict[str, Any]) -> Feed:
    size = table.pop("size", None)
    feed = Feed(
        name=_take(table, "name", str),
        size=None if size is None else (_whole(size, "size")[0], _whole(size, "size")[1]),
        multiple=_take(table, "multiple", int) if "multiple" in table else 32,
        mean=_three(_take(table, "mean", list), "mean"),
        std=_three(_take(table, "std", list), "std"),
    )
    if table:
        raise ValueError(f"unknown input {', '.join(sorted(table))}")
    if min(feed.std) <= 0 or feed.multiple < 1:
        raise ValueError("input std and multiple must be above 0")
    return feed


def _names(table: Any, what: str) -> dict[str, tuple[str, ...]]:
    lists = _table(table, what)
    if not all(
        isinstance(v, list) and all(isinstance(n, str) for n in v) and len(set(v)) == len(v) for v in lists.values()
    ):
        raise ValueError(f"{what} is {table!r}, not lists of different names")
    return {name: tuple(values) for name, values in lists.items()}


def _table(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be a JSON object, got {value!r}")
    return dict(value)


def _take(table: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    if name not in table:
        raise ValueError(f"{name} is missing")
    value = table.pop(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}")
    return value


def _whole(values: Any, name: str) -> list[int]:
    if not (isinstance(values, list) and len(values) == 2 and all(type(v) is int and v > 0 for v in values)):
        raise ValueError(f"{name} is {values!r}, not two whole numbers")
    return values


def _three(values: list[Any], name: str) -> tuple[float, float, float]:
    if len(values) != 3 or not all(isinstance(v, (int, float)) for v in values):
        raise ValueError(f"{name} is {values!r}, not three numbers")
    return float(values[0]), float(values[1]), float(values[2])


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
