"""From a run to one ONNX file with its Spec inside, checked against torch."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxscript.optimizer
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from charaface.schemes import scheme_named
from charaface.session import Session
from charaface.train import checkpoint
from charaface.train.config import RecipeError
from charaface.train.folder import WEIGHTS, read_recipe, weights_of
from charaface.train.forms import Form, form_of
from charaface.train.nets import NETS
from charaface.train.transfer import load_weights, take_mean

OPSET = 18
PARITY = 0.02  # pixels of the network's input: how far a point or a box side may lie from torch's
SCORE_PARITY = 0.01  # how far a probability may, of a network that gives no places


@dataclass(frozen=True)
class Exported:
    """An ONNX file and how near it stays to the network it was made from."""

    path: Path
    bytes: int
    largest_error: float  # pixels of the input, over the places of both test inputs
    score_error: float  # largest difference of a score or probability
    scale: float  # of the logits of its scores
    shift: float  # added to them


def export(
    run: str | Path,
    out: str | Path,
    *,
    mean: str | Path | None = None,
    scale: float | None = None,
    shift: float | None = None,
) -> Exported:
    """Writes the averaged weights of a run as one ONNX file: opset 18, dynamic batch, float16 storage where it holds.

    A run that is not finished is exported as its checkpoint stands. With mean, a .safetensors or .onnx that the run
    went on from, the file holds the mean of both. A detector's scores are trained toward an overlap
    and a verifier's toward its own crops; tasks add the log-odds of both. The file multiplies its logits by scale and
    adds shift, so that the sum is that of a face (`benchmarks/calibrate.py`). By default shift is 0 for landmarks,
    and for a detector what takes the threshold of the best F1 in the run's last validation to 0.5; scale is 1, and
    for expressions what fits their probabilities to the faces that decided when to stop. Raises RecipeError where run
    holds no training, and ValueError, with nothing written, where the file would differ from torch by more than
    0.02 px, or by 0.01 of a probability: weights are stored as float16 where that suffices, else as float32.
    """
    run, out = Path(run), Path(out)
    recipe = read_recipe(run)
    form = form_of(recipe)
    for name, value, plain in (("scale", scale, 1.0), ("shift", shift, 0.0)):
        if value not in (None, plain) and name not in form.moved:
            raise RecipeError(f"{run}: its network gives {', '.join(form.outputs)} alone, which have no {name}")
    net = _net_of(recipe)
    load_weights(net, weights_of(run))
    if mean is not None:
        take_mean(net, Path(mean))
    scale = _default_scale(run) if scale is None else scale
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
    if recipe.get("domains"):
        spec["domains"] = recipe["domains"]
    helper.set_model_props(model, {"charaface": json.dumps(spec)})
    whole = model.SerializeToString()
    store_float16(model)
    data = model.SerializeToString()
    place, score = parity(data, wrapped, form)
    if _differs(form, place, score):  # these weights need all their bits
        data = whole
        place, score = parity(data, wrapped, form)
    if wrong := _differs(form, place, score):
        raise ValueError(f"{out} would differ from torch by {wrong}: nothing was written")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(out.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, out)
    return Exported(out, len(data), place, score, scale, shift)


def _net_of(recipe: dict[str, Any]) -> nn.Module:
    options = dict(recipe["options"])
    if recipe["task"] == "points":
        options["points"] = scheme_named(recipe["labels"]["scheme"]).count
    return NETS[recipe["net"]](**options)


def _differs(form: Form, place: float, score: float) -> str:
    """How a file differs from its network by more than it may; "" where it does not."""
    if form.places:
        return f"{place:.3f} px, more than {PARITY}" if place > PARITY else ""
    return f"{score:.3f} of a probability, more than {SCORE_PARITY}" if score > SCORE_PARITY else ""


def _default_scale(run: Path) -> float:
    """One over the temperature of a run that is done and fitted one on the faces of labels.stop; else 1."""
    if not (run / WEIGHTS).exists():
        return 1.0
    state, _ = checkpoint.read(run / WEIGHTS)
    return 1 / float(state.get("figures", {}).get("stop.temperature", 1.0))


def _default_shift(run: Path) -> float:
    """What takes the logit of the last validation's best threshold to 0; 0 without any."""
    metrics = run / "metrics.jsonl"
    lines = metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else []
    found = [json.loads(line).get("validation", {}).get("best_threshold") for line in lines]
    best = [float(np.clip(value, 0.05, 0.95)) for value in found if value]
    return math.log(1 / best[-1] - 1) if best else 0.0


def to_onnx(net: nn.Module, form: Form) -> onnx.ModelProto:
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


def parity(data: bytes, net: nn.Module, form: Form) -> tuple[float, float]:
    """The largest differences of places (pixels) and of probabilities between a file and its network."""
    runner = Session(data, threads=1, name="the exported network")
    rng = np.random.default_rng(0)
    place = score = 0.0
    for shape in form.checks:
        # smooth blots are nearer to pictures than noise is
        small = rng.uniform(-1, 1, (*shape[:2], shape[2] // 8, shape[3] // 8))
        image = np.repeat(np.repeat(small, 8, 2), 8, 3).astype(np.float32)
        with torch.inference_mode():
            wanted = [v.numpy() for v in net(torch.from_numpy(image))]
        got = runner.run(image)
        apart = [float(np.abs(got[name] - b).max()) for name, b in zip(form.outputs, wanted, strict=True)]
        place = max([place, *(d * form.place_unit for d in apart[: form.places])])
        score = max([score, *apart[form.places :]])
    return place, score
