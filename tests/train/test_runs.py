"""Runs on labelled faces: killed or not, in parts or whole, alone or together, they come to the same weights."""

from __future__ import annotations

import copy
import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from charaface.files import InputError
from charaface.train import checkpoint, fit, step, transfer
from charaface.train.config import Augment, Labels, Loss, Recipe, RecipeError, Schedule
from charaface.train.fit import Diverged, Outcome
from charaface.train.folder import Run, read_metrics
from charaface.train.jobs import open_job
from charaface.train.nets.heads import ToPoints
from charaface.train.points import PointsJob

from .drawings import write_labels

PERSON = r"person(\d+)_"


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Six steps of a small network on a dozen faces."""
    labels = Labels(files=[str(write_labels(tmp_path / "set"))], size=64, group=PERSON, held_out=0.25)
    schedule = Schedule(samples=24, batch=4, warmup=2, rate=3e-3)
    return Recipe(
        "tiny",
        "points",
        "pfld",
        labels=labels,
        schedule=schedule,
        augment=Augment(parts=0.3, cover=0.3),
        options={"norm": "group"},
        sheet_every=1e9,
    )


def train(recipe: Recipe, folder: Path, **more: Any) -> Outcome:
    given = {"cache": folder.parent / "cache", "say": lambda _: None, **more}
    return fit.fit(recipe, Run(folder), **given)


def tensors(folder: Path) -> dict[str, Tensor]:
    return checkpoint.read(folder / "checkpoint.safetensors")[1]


def assert_same(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    assert a.keys() == b.keys()
    assert [name for name in a if not torch.equal(a[name], b[name])] == []


def assert_taught_alike(a: Path, b: Path) -> None:
    """The means of the gradients, which Adam keeps, differ by no more than sums in another order do.

    That is so in float32; in mixed precision every part of a batch is rounded on its own, by up to a hundredth.
    """
    one, two = tensors(a), tensors(b)
    names = [name for name in one if name.startswith("optimiser.exp_avg.")]
    assert names
    whole = torch.cat([one[name].ravel() for name in names])
    other = torch.cat([two[name].ravel() for name in names])
    assert float((whole - other).norm()) < 1e-3 * float(whole.norm())


@pytest.mark.parametrize(
    ("kind", "head"),
    [("wing", "linear"), ("adaloss", "heatmap"), ("adaptive_robust", "softargmax"), ("simcc", "simcc")],
)
def test_a_run_in_parts_is_the_whole_to_the_bit(recipe: Recipe, tmp_path: Path, kind: str, head: str) -> None:
    options = {"every": 2} if kind == "adaloss" else {}
    recipe = replace(
        recipe,
        net="timm",
        options={"model": "mobilenetv3_small_050", "head": head},
        loss=Loss(kind=kind, options=options),
    )
    whole = train(recipe, tmp_path / "whole")
    assert whole.done
    for steps in (1, 3):
        assert not train(recipe, tmp_path / "parts", steps=steps).done
    assert train(recipe, tmp_path / "parts").figures == whole.figures
    assert_same(tensors(tmp_path / "whole"), tensors(tmp_path / "parts"))


def test_labels_that_cannot_be_read_leave_no_folder(recipe: Recipe, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<dataset><images><image", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.xml"):
        train(replace(recipe, labels=replace(recipe.labels, files=[str(broken)])), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_leaves_what_a_report_needs(recipe: Recipe, tmp_path: Path) -> None:
    out = train(recipe, tmp_path / "run")
    lines = read_metrics(tmp_path / "run")
    assert lines[0]["mean_face"]["nme.inter-ocular"] > 0
    assert {"nme.inter-ocular", "nme.inter-pupil", "nme.box", "failed.8", "failed.10", "auc"} <= out.figures.keys()
    errors = np.load(tmp_path / "run" / "errors.npz")
    assert errors["points"].shape == (3, 68)
    mean = np.nanmean(errors["points"], axis=1) / errors["length.inter-ocular"]
    assert 100 * mean.mean() == pytest.approx(out.figures["nme.inter-ocular"], rel=1e-5)
    assert len(set(errors["names"])) == 3
    made_with = json.loads((tmp_path / "run" / "recipe.json").read_text())["made_with"]
    assert len(made_with["data"]) == 16


def test_labels_that_changed_are_another_run(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path / "run", steps=1)
    write_labels(tmp_path / "set", 9)
    with pytest.raises(RecipeError, match="the labelled faces have changed"):
        train(recipe, tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")
    assert train(recipe, tmp_path / "run", new=True).done
    assert read_metrics(tmp_path / "run")[0]["step"] == 0
    assert (tmp_path / "run" / "notes.txt").exists()


def test_a_batch_in_parts_teaches_the_same(recipe: Recipe, tmp_path: Path) -> None:
    recipe = replace(recipe, bf16=False)
    parts = replace(recipe, schedule=replace(recipe.schedule, accumulate=2))
    train(recipe, tmp_path / "one", steps=1)
    train(parts, tmp_path / "two", steps=1)
    assert_taught_alike(tmp_path / "one", tmp_path / "two")


CHILD = """
import json, sys
from pathlib import Path
from charaface.train.config import Recipe
from charaface.train.fit import fit
from charaface.train.folder import Run
from charaface.train.settings import from_table
recipe = from_table(Recipe, json.loads(Path(sys.argv[1]).read_text()))
fit(recipe, Run(Path(sys.argv[2])), cache=Path(sys.argv[3]), say=lambda _: None)
"""


def test_two_processes_learn_what_one_does(recipe: Recipe, tmp_path: Path) -> None:
    # Adam makes a step of each sign, so that rounding grows from step to step, and more the larger these are
    recipe = replace(recipe, bf16=False, schedule=replace(recipe.schedule, samples=16, rate=1e-4))
    (tmp_path / "recipe.json").write_text(json.dumps(asdict(recipe)))
    (tmp_path / "child.py").write_text(CHILD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", f"--master-port={port}"]
    command += ["--master-addr=127.0.0.1", str(tmp_path / "child.py"), str(tmp_path / "recipe.json")]
    ran = subprocess.run(
        [*command, str(tmp_path / "two"), str(tmp_path / "cache")],
        env={**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    train(recipe, tmp_path / "one")
    assert_taught_alike(tmp_path / "one", tmp_path / "two")
    losses = [[line["loss"] for line in read_metrics(tmp_path / k) if "loss" in line] for k in ("one", "two")]
    assert losses[0]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)


def test_several_processes_need_a_batch_that_divides_and_the_task_points(recipe: Recipe) -> None:
    from charaface.train.devices import Crew

    with pytest.raises(RecipeError, match="a batch of 4 does not divide among 3 processes"):
        fit.check(recipe, Crew(0, 3))
    with pytest.raises(RecipeError, match="train the tasks points and emotion alone, not landmarks"):
        fit.check(Recipe("x", "landmarks", "landmarker"), Crew(1, 2))


def test_steps_that_are_no_numbers_go_back_and_at_last_give_up(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(recipe, schedule=replace(recipe.schedule, samples=400), save_every=0.0)
    train(recipe, tmp_path / "run", steps=2)
    good = tensors(tmp_path / "run")
    said: list[str] = []
    monkeypatch.setattr(fit, "PATIENT", 3)

    def broken(trainee: checkpoint.Trainee, *_: Any) -> dict[str, Tensor]:
        trainee.counts.step += 1
        trainee.counts.skipped += 1
        trainee.counts.broken += 1
        return {"loss": torch.tensor(float("nan")), "norm": torch.tensor(0.0)}

    monkeypatch.setattr(fit, "learn", broken)
    with pytest.raises(Diverged, match=r"3 steps in a row were no numbers, at step 14; a lower schedule\.rate"):
        train(recipe, tmp_path / "run", say=said.append)
    assert sum("back to the weights of the last checkpoint" in line for line in said) == 3
    after = tensors(tmp_path / "run")
    assert_same(good, after)
    state, _ = checkpoint.read(tmp_path / "run" / "checkpoint.safetensors")
    assert state["rolled_back"] == 3


def stopping(recipe: Recipe) -> Recipe:
    return replace(
        recipe,
        labels=replace(recipe.labels, stop=0.34),
        schedule=replace(recipe.schedule, samples=80, validate=2, patience=2),
    )


def worsening(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error on the faces of stop as if it were best at step 4."""
    plain = PointsJob.validate
    seen: list[int] = []

    def validate(self: PointsJob, net: torch.nn.Module) -> dict[str, float]:
        seen.append(1)
        return plain(self, net) | {"stop.nme": abs(len(seen) - 2.0)}

    monkeypatch.setattr(PointsJob, "validate", validate)


def test_a_run_ends_when_it_gets_no_better_with_its_best_weights(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with monkeypatch.context() as patched:
        worsening(patched)
        out = train(stopping(recipe), tmp_path / "run", say=said.append)
    assert out.done
    assert out.step == 8
    assert any("no better for 2 validations: the end, at step 8" in line for line in said)
    state, best = checkpoint.read(tmp_path / "run" / "best.safetensors")
    assert state["step"] == 4
    assert_same(best, checkpoint.read(tmp_path / "run" / "weights.safetensors")[1])
    again = train(stopping(recipe), tmp_path / "run", say=said.append)
    assert again.done
    assert said[-1].endswith("all 8 steps are done")


def test_patience_says_on_what_and_how_often(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match=r"needs labels\.stop .* and schedule\.validate"):
        replace(recipe, schedule=replace(recipe.schedule, patience=2))


@pytest.mark.parametrize("net", ["xception", "inception_resnet_v1", "resnet50", "vgg16", "pfld", "timm"])
def test_every_stage_of_a_network_holds_some_of_it(recipe: Recipe, net: str) -> None:
    options = {"model": "mobilenetv3_small_050"} if net == "timm" else {}
    built = step.build(replace(recipe, net=net, options=options))
    held = {k: sum(v.numel() for v in values.values()) for k, values in blocks(built).items()}
    assert held.keys() == {*transfer.STAGES, "head"}
    assert held["head"] < 0.5 * sum(held.values())
    modules = [name for name, _ in built.named_modules() if name]
    assert {transfer.block_of(built, name) for name in modules} == held.keys()


def blocks(net: torch.nn.Module) -> dict[str, dict[str, Tensor]]:
    out: dict[str, dict[str, Tensor]] = {}
    for name, value in net.state_dict().items():
        out.setdefault(transfer.block_of(net, name), {})[name] = value
    return out


@pytest.mark.parametrize("init", transfer.INIT)
@pytest.mark.parametrize("scheme", ["ibug68", "manga60a"])
def test_blocks_come_from_the_source_as_init_says(recipe: Recipe, tmp_path: Path, init: str, scheme: str) -> None:
    train(replace(recipe, seed=5), tmp_path / "source", steps=1)
    weights = tmp_path / "source" / "checkpoint.safetensors"
    fresh = step.build(replace(recipe, labels=replace(recipe.labels, scheme=scheme)))
    before = {k: {n: v.clone() for n, v in values.items()} for k, values in blocks(fresh).items()}
    taken = transfer.begin(fresh, weights, init)
    theirs = {
        k.removeprefix("average."): v for k, v in tensors(tmp_path / "source").items() if k.startswith("average.")
    }
    wanted = [b for b in transfer.INIT[init] if b != "head" or scheme == "ibug68"]
    assert taken == wanted
    for block, values in blocks(fresh).items():
        source = theirs if block in wanted else before[block]
        assert_same(values, {name: source[name] for name in values})


@pytest.mark.parametrize("net", ["xception", "inception_resnet_v1", "resnet50", "vgg16", "pfld"])
def test_a_fresh_last_matrix_says_the_mean_face_of_every_crop(recipe: Recipe, tmp_path: Path, net: str) -> None:
    recipe = replace(recipe, net=net, options={})
    face = torch.rand(68, 2)
    weights = tmp_path / "weights.safetensors"
    first = step.start(recipe, torch.device("cpu"), face=face)
    with torch.inference_mode():
        for one in (first.net.eval(), first.average):
            found = one(torch.rand(3, 1, 64, 64))
            torch.testing.assert_close(found, face.expand(3, -1, -1))
    checkpoint.save(weights, first)
    again = {}
    for init in ("entry", "all"):
        other = replace(recipe, seed=recipe.seed + 1, init_from=str(weights), init=init)
        again[init] = step.start(other, torch.device("cpu"), face=1 - face).net.eval()
    with torch.inference_mode():
        crops = torch.rand(3, 1, 64, 64)
        torch.testing.assert_close(again["entry"](crops), (1 - face).expand(3, -1, -1))
        torch.testing.assert_close(again["all"](crops), face.expand(3, -1, -1))  # a head that is taken stays


def test_training_begins_at_the_mean_face_of_what_is_learned_from(recipe: Recipe, tmp_path: Path) -> None:
    job = open_job(recipe, tmp_path / "cache")
    assert isinstance(job, PointsJob)
    trainee = step.start(recipe, torch.device("cpu"), face=torch.from_numpy(job.mean_face))
    assert job.validate(trainee.net.eval()) == pytest.approx(job.baseline()["mean_face"], abs=1e-3)


class _Ones:
    """A job whose features are all 1 and whose points are at the far corner."""

    def input(self, images: Tensor, _net: nn.Module) -> Tensor:
        return images

    def loss(self, found: Tensor, _truth: dict[str, Tensor], _own: nn.Module) -> tuple[Tensor, dict[str, Tensor]]:
        return (found - 1).square().mean(), {}


def test_a_step_moves_the_points_of_a_wide_last_matrix_no_further(recipe: Recipe) -> None:
    moved = []
    for width in (step.WIDE, 8 * step.WIDE):
        net = ToPoints(width, 68)
        net.answer(torch.full((68, 2), 0.5))
        one = checkpoint.Trainee(net, copy.deepcopy(net), step.optimiser_of(net, nn.Identity(), recipe))
        batch = {"image": torch.ones(4, width)}
        step.learn(one, _Ones(), batch, replace(recipe, bf16=False))  # type: ignore[arg-type]
        moved.append(float(net(batch["image"]).detach().mean()) - 0.5)
    assert moved[0] > 0
    assert moved[1] == pytest.approx(moved[0], rel=1e-3)


@pytest.mark.parametrize("freeze", [k for k in transfer.FREEZE if k != "all"])
@pytest.mark.parametrize("norm", ["batch", "group"])
def test_what_is_frozen_stays_and_the_rest_learns(recipe: Recipe, tmp_path: Path, freeze: str, norm: str) -> None:
    recipe = replace(recipe, freeze=freeze, options={"norm": norm})
    trainee = step.start(recipe, torch.device("cpu"))
    before = {k: {n: v.clone() for n, v in values.items()} for k, values in blocks(trainee.net).items()}
    job = open_job(recipe, tmp_path / "cache")
    batch = {k: torch.from_numpy(v) for k, v in job.batch(0).items()}
    for _ in range(2):
        step.learn(trainee, job, batch, replace(recipe, bf16=False))
    for block, values in blocks(trainee.net).items():
        same = [torch.equal(v, before[block][n]) for n, v in values.items()]
        if block in transfer.FREEZE[freeze]:
            assert all(same), block
        else:
            assert not all(same), block


def test_with_all_frozen_a_network_is_only_measured_on_shared_points(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path / "source")
    weights = tmp_path / "source" / "weights.safetensors"
    other = str(write_labels(tmp_path / "manga", scheme="manga60a"))
    labels = replace(recipe.labels, files=[other], shared=True)
    out = train(replace(recipe, labels=labels, init_from=str(weights), freeze="all"), tmp_path / "run")
    assert out.done
    assert out.step == 0
    assert_same(checkpoint.read(weights)[1], checkpoint.read(tmp_path / "run" / "weights.safetensors")[1])
    errors = np.load(tmp_path / "run" / "errors.npz")["points"]
    assert 20 < (~np.isnan(errors)).all(axis=0).sum() < 40
    with pytest.raises(RecipeError, match="say by init_from what is to be evaluated"):
        train(replace(recipe, freeze="all"), tmp_path / "nothing")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"net": "xceptoin"}, "no net 'xceptoin'"),
        ({"init": "exit"}, "no init 'exit'; there are none, entry"),
        ({"freeze": "head"}, "no freeze 'head'"),
        ({"loss": Loss(kind="wings")}, "no loss.kind 'wings'"),
        ({"loss": Loss(options={"width": 3})}, "loss.options of smooth_l1"),
        ({"options": {"depth": 3}}, "options of pfld"),
        ({"net": "landmarker", "options": {}}, "is for the task landmarks"),
        ({"loss": Loss(kind="simcc")}, "the network gives none: head = 'simcc'"),
    ],
)
def test_a_word_that_is_not_known_is_refused(
    recipe: Recipe, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        train(replace(recipe, **changes), tmp_path / "run")
