"""Export: one file that says how it is fed, answers like torch, and can be trained on."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from charaface import session
from charaface.schemes import scheme_named
from charaface.train import checkpoint
from charaface.train import export as module
from charaface.train.config import Labels, Recipe, RecipeError
from charaface.train.export import Exported, export
from charaface.train.forms import FORMS
from charaface.train.nets import NETS
from charaface.train.nets.cost import channels_of
from charaface.train.transfer import load_weights, take_mean

TASKS = {"landmarks": "landmarker", "detect": "detector", "segment": "parser"}
SIDES = {"landmarks": 128, "segment": 192}  # of the tasks whose networks see crops of one size
MORE = {"landmarks": ("scores", "visible", "face", "domain"), "segment": ("accessories", "monochrome", "presentation")}


def lived(name: str, **options: Any) -> nn.Module:
    """A network whose every number, running statistics among them, is unlike its first."""
    torch.manual_seed(1)
    net = NETS[name](**options)
    for module_ in net.modules():
        if isinstance(module_, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module_.weight, 0.5, 1.0)
            nn.init.normal_(module_.bias, std=0.1)
            module_.running_mean.normal_(0, 0.1)
            module_.running_var.uniform_(0.5, 1.5)
    return net.eval()


def make_run(folder: Path, task: str) -> Path:
    run = folder / task
    run.mkdir()
    recipe = Recipe(name=f"{task}-test", task=task, net=TASKS[task], version=3)
    (run / "recipe.json").write_text(json.dumps({"recipe": dataclasses.asdict(recipe)}))
    state = lived(TASKS[task]).state_dict()
    checkpoint.write(run / "weights.safetensors", state, {"step": 1})
    validations = [{"step": 1, "validation": {"best_threshold": t}} for t in (0.2, 0.37)]
    (run / "metrics.jsonl").write_text("\n".join(map(json.dumps, [*validations, {"step": 2}])))
    return run


@pytest.fixture(scope="module", params=TASKS)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Exported]:
    folder = tmp_path_factory.mktemp("export")
    return request.param, export(make_run(folder, request.param), folder / "new" / "net.onnx")


def images(count: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, 3, height, width)).astype(np.float32)


def test_the_file_answers_like_torch_at_every_size(exported: tuple[str, Exported]) -> None:
    task, file = exported
    net = FORMS[task].wrap(lived(TASKS[task]), file.scale, file.shift)
    runner = session.Session(file.path.read_bytes(), threads=1)
    side = SIDES.get(task)
    sizes = [(1, side, side), (3, side, side)] if side else [(1, 32, 64), (2, 96, 32)]
    for size in sizes:
        batch = images(*size)
        with torch.inference_mode():
            wanted = [v.numpy() for v in net(torch.from_numpy(batch))]
        got = runner.run(batch)
        names = FORMS[task].outputs
        places = 128 if task == "landmarks" else 1
        np.testing.assert_allclose(places * got[names[0]], places * wanted[0], atol=0.05)
        for name, value in zip(names[1:], wanted[1:], strict=True):
            np.testing.assert_allclose(got[name], value, atol=2e-3, err_msg=name)
    assert file.largest_error < module.PARITY
    assert 1 / (1 + np.exp(-np.log(0.37 / 0.63) - file.shift)) == pytest.approx(
        0.5
    )  # the last validation's best threshold


@pytest.mark.parametrize("task", ["landmarks", "detect"])
def test_the_score_of_finds_alone_is_calibrated(task: str) -> None:
    net, plain = (FORMS[task].wrap(lived(TASKS[task]), *how) for how in ((2.5, -0.75), (1.0, 0.0)))
    with torch.inference_mode():
        raised, same = (
            dict(zip(FORMS[task].outputs, one(torch.from_numpy(images(1, 128, 128))), strict=True))
            for one in (net, plain)
        )
    score = "face" if task == "landmarks" else "scores"
    torch.testing.assert_close(raised[score], torch.sigmoid(2.5 * torch.logit(same[score]) - 0.75))
    assert all(raised[name].equal(same[name]) for name in raised if name != score)


def test_the_file_says_how_it_is_fed(exported: tuple[str, Exported]) -> None:
    task, file = exported
    spec = session.Session(file.path.read_bytes(), threads=1).spec
    assert (spec.label, spec.task, spec.licence) == (f"{task}-test-3", task, "MIT")
    assert spec.outputs == (*session.OUTPUTS[task], *MORE.get(task, ()))
    assert spec.input.size == ((SIDES[task],) * 2 if task in SIDES else None)
    assert spec.input.multiple == 32
    assert spec.crop_scale == {"landmarks": 1.4, "segment": 2.0}.get(task)
    assert set(spec.labels) <= set(spec.outputs)


def test_the_file_is_one_small_file_of_the_promised_opset(exported: tuple[str, Exported]) -> None:
    _, file = exported
    model = onnx.load(file.path)
    assert [p.name for p in file.path.parent.iterdir()] == ["net.onnx"]
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 18)]
    assert not any(t.external_data for t in model.graph.initializer)
    assert file.bytes == file.path.stat().st_size < 4_000_000


def test_the_file_alone_is_enough_to_go_on_training(exported: tuple[str, Exported]) -> None:
    task, file = exported
    old, new = lived(TASKS[task]), NETS[TASKS[task]]()
    load_weights(new, file.path)
    for name, value in old.state_dict().items():
        if value.is_floating_point():
            np.testing.assert_allclose(new.state_dict()[name], value, rtol=1e-3, atol=1e-6, err_msg=name)


def test_the_mean_with_itself_is_the_run_and_with_another_lies_half_way(tmp_path: Path) -> None:
    run = make_run(tmp_path, "landmarks")
    plain = export(run, tmp_path / "plain.onnx")
    state = {k: v * 3 if v.is_floating_point() else v for k, v in lived("landmarker").state_dict().items()}
    checkpoint.write(tmp_path / "other.safetensors", state, {"step": 1})
    net = NETS["landmarker"]()
    load_weights(net, run / "weights.safetensors")
    take_mean(net, tmp_path / "other.safetensors")
    for name, value in lived("landmarker").state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(net.state_dict()[name], 2 * value)
    export(run, tmp_path / "same.onnx", mean=plain.path)
    one, two = (onnx.load(tmp_path / name).graph.initializer for name in ("plain.onnx", "same.onnx"))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(numpy_helper.to_array(a), numpy_helper.to_array(b), rtol=1e-3, atol=1e-6)


def test_a_file_unlike_its_network_is_not_written(
    exported: tuple[str, Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, file = exported
    run = make_run(tmp_path, task)
    monkeypatch.setattr(module, "to_onnx", lambda *_: onnx.load(file.path))
    monkeypatch.setattr(module, "PARITY", 0.0)
    monkeypatch.setattr(module, "SCORE_PARITY", 0.0)
    with pytest.raises(ValueError, match=r"net\.onnx would differ from torch by 0\.\d+"):
        export(run, tmp_path / "out" / "net.onnx")
    assert not (tmp_path / "out").exists()


def test_weights_of_another_network_are_refused_by_name(tmp_path: Path) -> None:
    run = make_run(tmp_path, "detect")
    with pytest.raises(ValueError, match=r"weights.safetensors does not fit the network"):
        load_weights(NETS["landmarker"](), run / "weights.safetensors")


def test_an_onnx_file_that_is_not_ours_is_refused_by_name(tmp_path: Path) -> None:
    graph = onnx.helper.make_graph([], "none", [], [])
    (tmp_path / "foreign.onnx").write_bytes(onnx.helper.make_model(graph).SerializeToString())
    with pytest.raises(ValueError, match=r"foreign.onnx holds no weights"):
        load_weights(NETS["detector"](), tmp_path / "foreign.onnx")


def test_a_folder_that_is_no_run_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"has no recipe\.json"):
        export(tmp_path, tmp_path / "x.onnx")
    run = make_run(tmp_path, "detect")
    (run / "weights.safetensors").unlink()
    with pytest.raises(RecipeError, match="has no checkpoint yet"):
        export(run, tmp_path / "x.onnx")


# name to a network and its options; the graph of each network by itself is looked at in nets/test_points.py
POINTS: dict[str, tuple[str, dict[str, Any]]] = {
    "pfld": ("pfld", {}),
    "group norm, heat maps, three channels": (
        "timm",
        {"model": "resnet18", "norm": "group", "head": "heatmap", "channels": 3},
    ),
    "bars": ("xception", {"head": "simcc"}),
}


def points_run(folder: Path, name: str, size: int, scheme: str = "manga60a", **more: Any) -> tuple[Path, nn.Module]:
    """The folder of a run of the task points, and its network."""
    net, options = POINTS[name]
    recipe = Recipe("mine", "points", net, options=options, labels=Labels(scheme=scheme, size=size))
    folder.mkdir()
    (folder / "recipe.json").write_text(json.dumps({"recipe": dataclasses.asdict(recipe) | more}))
    made = lived(net, points=scheme_named(scheme).count, **options)
    checkpoint.write(folder / "weights.safetensors", made.state_dict(), {"step": 1})
    return folder, made


@pytest.mark.parametrize("name", POINTS)
def test_a_network_for_points_is_exported_with_its_scheme_and_size(name: str, tmp_path: Path) -> None:
    size = 96 if name == "pfld" else 64
    run, net = points_run(tmp_path / "run", name, size)
    made = export(run, tmp_path / "mine.onnx")
    network = session.Session(made.path.read_bytes(), threads=1)
    assert (network.spec.scheme, network.spec.input.size, network.spec.outputs) == (
        "manga60a",
        (size, size),
        ("points",),
    )
    crops = np.repeat(np.repeat(images(3, size // 8, size // 8), 8, 2), 8, 3)
    grey = np.tensordot(crops, np.float32([0.299, 0.587, 0.114]), (1, 0))[:, None]
    with torch.inference_mode():
        wanted = net(torch.from_numpy(crops if channels_of(net) == 3 else grey.astype(np.float32)))
    got = network.run(crops)["points"]
    assert got.shape == (3, 60, 2)
    np.testing.assert_allclose(size * got, size * wanted.numpy(), atol=0.05)


def test_contrast_is_stretched_inside_the_file_where_a_foreign_network_wants_it(tmp_path: Path) -> None:
    run, net = points_run(tmp_path / "run", "pfld", 64, foreign={"stretch": True})
    network = session.Session(export(run, tmp_path / "mine.onnx").path.read_bytes(), threads=1)
    crop = np.repeat(np.repeat(images(1, 8, 8), 8, 2), 8, 3)
    pale, flat = 0.1 * crop + 0.3, np.full_like(crop, 0.3)
    np.testing.assert_allclose(network.run(pale)["points"], network.run(crop)["points"], atol=1e-4)
    grey = torch.from_numpy(np.tensordot(crop, np.float32([0.299, 0.587, 0.114]), (1, 0))[:, None].astype(np.float32))
    with torch.inference_mode():
        wanted = net(2 * (grey - grey.min()) / (grey.max() - grey.min()) - 1)
    np.testing.assert_allclose(64 * network.run(crop)["points"], 64 * wanted.numpy(), atol=0.05)
    assert np.isfinite(network.run(flat)["points"]).all()


def test_points_alone_have_no_score_to_be_moved(tmp_path: Path) -> None:
    run, _ = points_run(tmp_path / "run", "pfld", 64)
    with pytest.raises(RecipeError, match="points alone, which have no shift"):
        export(run, tmp_path / "x.onnx", shift=0.5)
