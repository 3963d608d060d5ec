"""From a run to one ONNX file with its Spec inside, checked against torch."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxscript.optimizer
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import Tensor, nn

from charaface.train.augment import CROP_SCALE
from charaface.train.config import RecipeError
from charaface.train.folder import read_recipe
from charaface.train.nets import NETS
from charaface.train.transfer import load_weights, take_mean

OPSET = 18
PARITY = 0.02  # pixels of the network's input: how far a point or a box side may lie from torch's
_MEAN = _STD = [127.5, 127.5, 127.5]


@dataclass(frozen=True)
class Exported:
    """An ONNX file and how near it stays to the network it was made from."""

    path: Path
    bytes: int
    largest_error: float  # pixels of the input, over the places of both test inputs
    score_error: float  # largest difference of a score or probability
    scale: float  # of the logits of a detector's or verifier's score
    shift: float  # added to them


class _Landmarks(nn.Module):
    """points, scores, visible and face of a landmark network."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:
        super().__init__()
        self.net, self.scale, self.shift = net, scale, shift

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        found = self.net.predict(image)  # type: ignore[operator]
        face = torch.sigmoid(found.face * self.scale + self.shift)
        return found.points, found.scores(), torch.sigmoid(found.visible), face


class _Boxes(nn.Module):
    """boxes and scores of a detector."""

    def __init__(self, net: nn.Module, scale: float, shift: float) -> None:
        super().__init__()
        self.net, self.scale, self.shift = net, scale, shift

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        found = self.net.predict(image)  # type: ignore[operator]
        return found.boxes, torch.sigmoid(found.logits * self.scale + self.shift)


@dataclass(frozen=True)
class _Form:
    """How the networks of one task are written as ONNX."""

    wrap: Callable[[nn.Module, float, float], nn.Module]
    outputs: tuple[str, ...]
    places: int  # how many of the outputs are places rather than probabilities
    place_unit: float  # pixels of one unit of a place
    example: tuple[int, ...]  # an input shape; no dimension that may vary is 1
    checks: tuple[tuple[int, ...], ...]
    spec: dict[str, Any]

    def dynamic(self) -> dict[int, Any]:
        """Which dimensions of the input may vary."""
        free: dict[int, Any] = {0: torch.export.Dim("batch")}
        if self.spec["input"]["size"] is None:
            free |= {2: 32 * torch.export.Dim("rows"), 3: 32 * torch.export.Dim("columns")}
        return free


def _input(size: list[int] | None) -> dict[str, Any]:
    free = {} if size else {"multiple": 32}
    return {"name": "image", "size": size, **free, "mean": _MEAN, "std": _STD}


FORMS: dict[str, _Form] = {
    "landmarks": _Form(
        _Landmarks,
        ("points", "scores", "visible", "face"),
        1,
        128.0,
        (2, 3, 128, 128),
        ((1, 3, 128, 128), (5, 3, 128, 128)),
        {"input": _input([128, 128]), "scheme": "ibug68", "crop_scale": CROP_SCALE},
    ),
    "detect": _Form(
        _Boxes,
        ("boxes", "scores"),
        1,
        1.0,
        (2, 3, 64, 96),
        ((1, 3, 96, 64), (2, 3, 128, 160)),
        {"input": _input(None)},
    ),
}


def export(
    run: str | Path,
    out: str | Path,
    *,
    mean: str | Path | None = None,
    scale: float = 1.0,
    shift: float | None = None,
) -> Exported:
    """Writes the averaged weights of a run as one ONNX file: opset 18, dynamic batch, float16 storage where it holds.

    A run that is not finished is exported as its checkpoint stands. With mean, a .safetensors or .onnx that the run
    went on from, the file holds the mean of both. A detector's scores are trained toward an overlap
    and a verifier's toward its own crops; tasks add the log-odds of both. The file multiplies its logits by scale and
    adds shift, so that the sum is that of a face (`benchmarks/calibrate.py`). By default shift is 0 for landmarks,
    and for a detector what takes the threshold of the best F1 in the run's last validation to 0.5. Raises
    RecipeError where run holds no training, and ValueError, with nothing written, where the file would differ from
    torch by more than 0.02 px: weights are stored as float16 where that suffices, else as float32.
    """
    run, out = Path(run), Path(out)
    recipe, form = _recipe_of(run)
    net = NETS[recipe["net"]](**recipe["options"])
    load_weights(net, _weights_of(run))
    if mean is not None:
        take_mean(net, Path(mean))
    shift = scale * _default_shift(run) if shift is None else shift
    wrapped = form.wrap(net.eval(), scale, shift)
    model = to_onnx(wrapped, form)
    spec = {
        "name": recipe["name"],
        "version": recipe["version"],
        "task": recipe["task"],
        "outputs": list(form.outputs),
    }
    spec |= {**form.spec, "licence": recipe["licence"], "data": recipe["source"]}
    helper.set_model_props(model, {"charaface": json.dumps(spec)})
    whole = model.SerializeToString()
    store_float16(model)
    data = model.SerializeToString()
    place, score = parity(data, wrapped, form)
    if place > PARITY:  # these weights need all their bits
        data = whole
        place, score = parity(data, wrapped, form)
    if place > PARITY:
        raise ValueError(f"{out} would differ from torch by {place:.3f} px, more than {PARITY}: nothing was written")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(out.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, out)
    return Exported(out, len(data), place, score, scale, shift)


def _recipe_of(run: Path) -> tuple[dict[str, Any], _Form]:
    recipe = read_recipe(run)
    if recipe["task"] not in FORMS:
        raise RecipeError(f"{run}: no export for task {recipe['task']!r}; there are {', '.join(FORMS)}")
    return recipe, FORMS[recipe["task"]]


def _default_shift(run: Path) -> float:
    """What takes the logit of the last validation's best threshold to 0; 0 without any."""
    metrics = run / "metrics.jsonl"
    lines = metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else []
    found = [json.loads(line).get("validation", {}).get("best_threshold") for line in lines]
    best = [float(np.clip(value, 0.05, 0.95)) for value in found if value]
    return math.log(1 / best[-1] - 1) if best else 0.0


def _weights_of(run: Path) -> Path:
    for name in ("weights.safetensors", "checkpoint.safetensors"):
        if (run / name).exists():
            return run / name
    raise RecipeError(f"{run} has no checkpoint yet")


def to_onnx(net: nn.Module, form: _Form) -> onnx.ModelProto:
    """The graph of a wrapped network, BatchNorm unfused, initialisers named like its state dict."""
    with _quiet():
        program = torch.onnx.export(
            net,
            (torch.zeros(form.example),),
            dynamo=True,
            opset_version=OPSET,
            input_names=["image"],
            output_names=list(form.outputs),
            dynamic_shapes={"image": form.dynamic()},
            optimize=False,  # it would fuse BatchNorm, and the weights could not be trained on
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _bare_norms(model)
    # a transposed matrix would lose its name
    onnxscript.optimizer.fold_constants(model, should_fold=lambda n: False if n.op_type == "Transpose" else None)
    onnxscript.optimizer.remove_unused_nodes(model)
    return model


@contextlib.contextmanager
def _quiet() -> Any:
    """The exporter talks, and warns of its own innards."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    log.setLevel(level)


def _bare_norms(model: onnx.ModelProto) -> None:
    """Lets each BatchNormalization read its parameters straight from their initialisers.

    The exporter puts casts and expansions between them, which change nothing and keep onnxruntime from
    fusing.
    """
    made_by = {name: node for node in model.graph.node for name in node.output}
    initialisers = {tensor.name for tensor in model.graph.initializer}
    passing = {"Identity", "Cast", "CastLike", "Expand", "Reshape"}
    for node in model.graph.node:
        if node.op_type != "BatchNormalization":
            continue
        for i in range(1, 5):
            name = node.input[i]
            while name not in initialisers:
                if made_by[name].op_type not in passing:
                    raise RuntimeError(f"the exporter hides {node.name}'s parameters behind {made_by[name].op_type}")
                name = made_by[name].input[0]
            node.input[i] = name


def store_float16(model: onnx.ModelProto) -> None:
    """Stores filters and matrices as float16, each with a Cast before its use; norms and biases stay
    whole.
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2:
            continue
        name, whole = tensor.name, tensor.name + ".float32"
        half = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(half, name))
        for node in model.graph.node:
            for i, read in enumerate(node.input):
                if read == name:
                    node.input[i] = whole
        casts.append(helper.make_node("Cast", [name], [whole], name=f"{name}.cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)


def parity(data: bytes, net: nn.Module, form: _Form) -> tuple[float, float]:
    """The largest differences of places (pixels) and of probabilities between a file and its network."""
    runner = ReferenceEvaluator(data)
    rng = np.random.default_rng(0)
    place = score = 0.0
    for shape in form.checks:
        # smooth blots are nearer to pictures than noise is
        small = rng.uniform(-1, 1, (*shape[:2], shape[2] // 8, shape[3] // 8))
        image = np.repeat(np.repeat(small, 8, 2), 8, 3).astype(np.float32)
        with torch.inference_mode():
            wanted = [v.numpy() for v in net(torch.from_numpy(image))]
        got = runner.run(list(form.outputs), {"image": image})
        apart = [float(np.abs(a - b).max()) for a, b in zip(got, wanted, strict=True)]
        place = max(place, *(d * form.place_unit for d in apart[: form.places]))
        score = max(score, *apart[form.places :])
    return place, score
