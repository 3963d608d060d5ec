"""Training: resumes to the bit, survives any kill, and never learns from what is not a number."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from charaface.train import checkpoint, devices, fit, jobs
from charaface.train.config import RecipeError
from charaface.train.fit import Interrupted, Outcome, train
from charaface.train.settings import load_recipe
from charaface.train.step import _average, learn, rate_at, start

from .conftest import DRAW, WriteRecipe

Tensors = dict[str, Tensor]


def run(recipe: Path, folder: Path, **options: Any) -> Outcome:
    return train(recipe, folder, cache=recipe.parent / "cache", draw=DRAW, say=lambda _: None, **options)


def everything(folder: Path) -> Tensors:
    state, tensors = checkpoint.read(folder / "checkpoint.safetensors")
    return tensors | {"step": torch.tensor(state["step"])}


def assert_same(a: Path, b: Path) -> None:
    one, two = everything(a), everything(b)
    assert one.keys() == two.keys()
    assert all(torch.equal(one[k], two[k]) for k in one)


def test_a_resumed_training_equals_an_uninterrupted_one_to_the_bit(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe = write_recipe()
    whole = run(recipe, tmp_path / "whole")
    assert whole.done
    assert whole.step == 6
    for steps in (1, 4):
        part = run(recipe, tmp_path / "parts", steps=steps)
        assert (part.step, part.done) == (steps, False)
    assert run(recipe, tmp_path / "parts").done
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_a_detector_resumes_to_the_bit_too(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe = write_recipe()
    text = recipe.read_text(encoding="utf-8").replace('"landmarks"', '"detect"').replace("landmarker", "detector")
    recipe.write_text(text.replace("samples = 24\nbatch = 4", "samples = 4\nbatch = 2"), encoding="utf-8")
    assert {"ap", "recall", "best_threshold"} <= run(recipe, tmp_path / "whole").figures.keys()
    run(recipe, tmp_path / "parts", steps=1)
    run(recipe, tmp_path / "parts")
    assert_same(tmp_path / "whole", tmp_path / "parts")


CHILD = """
from pathlib import Path
from charaface.train.fit import train
from train.conftest import DRAW
train({recipe!r}, {run!r}, cache=Path({cache!r}), draw=DRAW)
"""


def test_a_killed_training_loses_nothing(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe = write_recipe(head="save_every = 0.0\nsheet_every = 0.0")
    folder, cache = tmp_path / "killed", tmp_path / "cache"
    code = CHILD.format(recipe=str(recipe), run=str(folder), cache=str(cache))
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    child = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.DEVNULL
    )
    with child:
        while child.poll() is None and not (folder / "checkpoint.safetensors").exists():
            time.sleep(0.01)
        time.sleep(0.07)  # somewhere in a step, a picture or a later checkpoint
        child.kill()
    assert everything(folder)["step"] >= 1
    run(recipe, folder)
    run(recipe, tmp_path / "whole")
    assert_same(folder, tmp_path / "whole")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_training_that_is_asked_to_stop_saves_first(
    write_recipe: WriteRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    recipe, plain = write_recipe(), fit.learn
    before = signal.getsignal(number)

    def asked(trainee: checkpoint.Trainee, *rest: Any) -> Tensors:
        if trainee.counts.step == 2:
            os.kill(os.getpid(), number)
        return plain(trainee, *rest)

    monkeypatch.setattr(fit, "learn", asked)
    with pytest.raises(Interrupted, match="stopped at step 3; the same command goes on"):
        run(recipe, tmp_path / "run")
    assert everything(tmp_path / "run")["step"] == 3
    assert signal.getsignal(number) is before
    assert issubclass(Interrupted, KeyboardInterrupt)


def test_a_processor_that_only_emulates_bfloat16_trains_in_float32(
    write_recipe: WriteRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    said: list[str] = []
    recipe = write_recipe(head="bf16 = true")
    train(recipe, tmp_path / "mixed", cache=tmp_path / "cache", draw=DRAW, say=said.append, steps=2)
    assert [line for line in said if "bfloat16" in line] == [
        "float32: this processor only emulates bfloat16, many times slower"
    ]
    run(write_recipe(head="bf16 = false"), tmp_path / "whole", steps=2)
    assert_same(tmp_path / "mixed", tmp_path / "whole")


@pytest.mark.parametrize(("capability", "mixed"), [("AVX512", True), ("AVX2", False), ("DEFAULT", False)])
def test_mixed_precision_is_for_machines_that_have_it(
    monkeypatch: pytest.MonkeyPatch, capability: str, mixed: bool
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert devices.has_bf16(torch.device("cpu")) is mixed
    assert devices.has_bf16(torch.device("cuda"))


def test_a_finished_training_says_so_and_is_left_alone(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe, said = write_recipe(), []
    first = run(recipe, tmp_path / "run")
    files = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "run").iterdir()}
    again = train(recipe, tmp_path / "run", cache=tmp_path / "nowhere", draw={}, say=said.append)
    assert said == [f"{tmp_path / 'run'}: all 6 steps are done"]
    assert again == first
    assert files == {p.name: p.stat().st_mtime_ns for p in (tmp_path / "run").iterdir()}


def test_a_run_leaves_its_recipe_metrics_picture_and_weights(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    said: list[str] = []
    recipe = write_recipe()
    train(recipe, tmp_path / "run", cache=tmp_path / "cache", draw=DRAW, say=said.append)
    names = sorted(p.name.split(".tfevents")[0] for p in (tmp_path / "run").iterdir())
    assert names == [
        "checkpoint.safetensors",
        "events.out",
        "metrics.jsonl",
        "recipe.json",
        "sheet-000006.png",
        "weights.safetensors",
    ]
    written = json.loads((tmp_path / "run" / "recipe.json").read_text(encoding="utf-8"))
    assert written["recipe"]["schedule"]["decay"] == 0.05  # defaults are written out
    assert written["made_with"]["torch"] == torch.__version__
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert {"step", "rate", "loss", "point", "face", "images_per_s", "skipped"} <= lines[0].keys()
    assert {"nme_eyes", "nme_box", "nme_eyes.anime"} <= lines[-1]["validation"].keys()
    assert "validation  nme_eyes" in "\n".join(said)


def test_the_run_folder_is_named_after_the_recipe(
    write_recipe: WriteRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = train(write_recipe(name="mine"), steps=1, cache=tmp_path / "cache", draw=DRAW, say=lambda _: None)
    assert out.run == Path("runs/mine")
    assert (tmp_path / "runs" / "mine" / "checkpoint.safetensors").exists()


def test_a_run_folder_belongs_to_its_recipe(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    run(write_recipe(), tmp_path / "run", steps=1)
    with pytest.raises(RecipeError, match=r"another recipe \(schedule.rate was 0.002, is 0.001\)"):
        run(write_recipe(schedule="rate = 0.001"), tmp_path / "run")
    run(write_recipe(head="sheet_every = 9.0"), tmp_path / "run", steps=2)  # this changes nothing learned


@pytest.mark.parametrize(("old", "new"), [('"landmarks"', '"landmark"'), ('"landmarker"', '"resnet"')])
def test_an_unknown_task_or_net_is_refused(write_recipe: WriteRecipe, tmp_path: Path, old: str, new: str) -> None:
    recipe = write_recipe()
    recipe.write_text(recipe.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(RecipeError, match="there are"):
        run(recipe, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_new_weights_begin_where_init_from_ends(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    first = write_recipe()
    run(first, tmp_path / "one")
    weights = tmp_path / "one" / "weights.safetensors"
    config = load_recipe(write_recipe(schedule="start = 0.5", name="two"), init_from=str(weights))
    _, wanted = checkpoint.read(weights)
    new = start(config, torch.device("cpu"))
    assert all(torch.equal(v, wanted[k]) for k, v in new.net.state_dict().items())
    assert new.counts.step == 0
    assert not new.optimiser.state
    out = run(tmp_path / "two.toml", tmp_path / "two", init_from=weights, steps=1)
    assert out.step == 1
    again = run(tmp_path / "two.toml", tmp_path / "two", init_from=weights)
    assert again.done


def test_a_missing_init_from_is_named_before_anything_is_made(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"no file .*nothing\.onnx"):
        run(write_recipe(), tmp_path / "run", init_from=tmp_path / "nothing.onnx")
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_no_number_changes_nothing_and_is_counted(
    write_recipe: WriteRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_recipe(write_recipe())
    job = jobs.open_job(config, tmp_path / "cache", DRAW)
    trainee = start(config, torch.device("cpu"))
    batch = {k: torch.from_numpy(v) for k, v in job.batch(0).items()}
    before = {k: v.clone() for k, v in trainee.net.state_dict().items()}
    plain = job.loss
    monkeypatch.setattr(job, "loss", lambda *a: (plain(*a)[0] * math.nan, plain(*a)[1]))
    learn(trainee, job, batch, config)
    assert (trainee.counts.step, trainee.counts.skipped) == (1, 1)
    after = trainee.net.state_dict()
    assert all(torch.equal(v, after[k]) for k, v in before.items())
    monkeypatch.undo()
    learn(trainee, job, batch, config)
    assert trainee.counts.skipped == 1
    assert any(not torch.equal(v, trainee.net.state_dict()[k]) for k, v in before.items())


def test_training_brings_the_loss_down(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    config = load_recipe(write_recipe(schedule="rate = 0.01"))
    job = jobs.open_job(config, tmp_path / "cache", DRAW)
    trainee = start(config, torch.device("cpu"))
    batch = {k: torch.from_numpy(v) for k, v in job.batch(0).items()}
    losses = [float(learn(trainee, job, batch, config)["loss"]) for _ in range(20)]
    assert np.mean(losses[-3:]) < 0.6 * np.mean(losses[:3])


def test_the_average_follows_the_weights(write_recipe: WriteRecipe) -> None:
    config = load_recipe(write_recipe())
    trainee = start(config, torch.device("cpu"))
    name = "heat.weight"
    with torch.no_grad():
        trainee.net.state_dict()[name].add_(1.0)
    gaps = []
    for _ in range(40):
        trainee.counts.step += 1
        _average(trainee, 0.9)
        gaps.append(float((trainee.net.state_dict()[name] - trainee.average.state_dict()[name]).abs().max()))
    assert (np.diff(gaps) <= 0).all()
    assert gaps[0] < 0.9  # young averages forget fast
    assert gaps[-1] < 0.05


def test_the_rate_warms_up_and_falls_along_a_cosine(write_recipe: WriteRecipe) -> None:
    config = load_recipe(write_recipe(schedule="last_rate = 0.1\nrate = 1.0"))
    config = _long(config, warmup=10)
    rates = [rate_at(s, config) for s in range(config.steps + 1)]
    assert rates[0] == pytest.approx(0.1, rel=0.01)
    assert np.argmax(rates) in (9, 10)
    assert (np.diff(rates[10:]) < 0).all()
    assert rates[-1] == pytest.approx(0.1)
    assert rates[config.steps // 2] == pytest.approx(0.55, abs=0.01)


def test_a_schedule_can_begin_midway(write_recipe: WriteRecipe) -> None:
    whole = _long(load_recipe(write_recipe()), warmup=1)
    half = _long(load_recipe(write_recipe()), warmup=1, start=0.5)
    for step in (0, 100, 200):
        assert rate_at(step, half) == pytest.approx(rate_at((whole.steps + step) // 2, whole), rel=1e-2)


def _long(config: fit.Recipe, **changes: float) -> fit.Recipe:
    return dataclasses.replace(config, schedule=dataclasses.replace(config.schedule, samples=200 * 4, **changes))
