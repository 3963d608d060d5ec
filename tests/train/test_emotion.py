"""The task emotion: faces with expressions from any file, cut as the runtime cuts them, learned and measured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from charaface.face import EXPRESSIONS, Emotion, Face
from charaface.formats import FORMATS, Record
from charaface.formats.fer2013 import CROP_SCALE
from charaface.geometry import crop_matrix
from charaface.image import warp
from charaface.session import Session
from charaface.train import checkpoint, fit
from charaface.train.config import Augment, Labels, Loss, Recipe, RecipeError, Schedule
from charaface.train.emotion import EmotionJob, balance, open_expressions, temperature
from charaface.train.export import export
from charaface.train.folder import Run, read_metrics
from charaface.train.report import write_report

STILL = Augment(turn=0, zoom=0, shift=0, mirror=0, hue=0, saturation=0, brightness=0, contrast=0)
SMALL = {"widths": [8, 16], "blocks": [1, 1]}


def picture(label: int, seed: int) -> np.ndarray:
    """(48, 48) uint8 that shows which expression it is: the wider its stripes, the higher its number; and noise."""
    rows = np.arange(48)[:, None] + 3 * seed
    stripes = 60 + 100 * (rows // (label + 1) % 2) + np.zeros((48, 48), np.int64)
    return (stripes + np.random.default_rng((label, seed)).integers(0, 60, (48, 48))).astype(np.uint8)


def write_fer(path: Path, training: int = 70, public: int = 14) -> Path:
    """A csv of FER2013's form whose pictures tell their expression."""
    lines = ["emotion,pixels,Usage"]
    for k in range(training + public):
        pixels = " ".join(map(str, picture(k % 7, k).ravel().tolist()))
        lines.append(f"{k % 7},{pixels},{'Training' if k < training else 'PublicTest'}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    labels = Labels(
        files=[str(write_fer(tmp_path / "fer2013.csv"))],
        measure="^PublicTest/",
        stop=0.2,
        size=48,
        crop_scale=CROP_SCALE,
    )
    schedule = Schedule(samples=1120, batch=14, warmup=4, rate=1e-2, validate=20, patience=9, ema=0.8)
    return Recipe(
        "tiny",
        "emotion",
        "expression",
        labels=labels,
        schedule=schedule,
        augment=STILL,
        options=SMALL | {"dropout": 0.0},
        domains=["photo"],
        sheet_every=1e9,
    )


def job_of(recipe: Recipe, folder: Path) -> EmotionJob:
    return EmotionJob(recipe, open_expressions(recipe.labels, folder / "cache"))


def train(recipe: Recipe, folder: Path, **more: Any) -> fit.Outcome:
    given: dict[str, Any] = {"cache": folder.parent / "cache", "say": lambda _: None, **more}
    return fit.fit(recipe, Run(folder), **given)


def test_the_official_split_is_kept_and_part_of_training_decides_the_end(recipe: Recipe, tmp_path: Path) -> None:
    job = job_of(recipe, tmp_path)
    names = job.faces.names
    assert [names[i] for i in job.parts.held_out] == [f"PublicTest/{k:05d}" for k in range(70, 84)]
    assert all(names[i].startswith("Training/") for i in (*job.parts.learned, *job.parts.stop))
    assert (len(job.parts.learned), len(job.parts.stop)) == (56, 14)
    assert not set(job.parts.learned) & set(job.parts.stop)


def test_a_held_out_crop_is_the_picture_itself(recipe: Recipe, tmp_path: Path) -> None:
    job = job_of(recipe, tmp_path)
    for row, label in zip(job.held_out, job.labels[job.parts.held_out], strict=True):
        k = 70 + int(np.flatnonzero((job.held_out == row).all((1, 2, 3)))[0])
        assert label == k % 7
        assert np.abs(row[..., 0].astype(int) - picture(k % 7, k)).max() <= 4


def test_a_face_of_a_picture_is_cut_by_its_box_as_the_runtime_cuts_it(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    image = cv2.resize(image, (300, 200))
    boxes = ([100.0, 60, 160, 140], [2.0, 3, 50, 60])
    faces = [
        Face(np.asarray(b), emotion=Emotion(name, {name: 1.0})) for b, name in zip(boxes, ("sad", "fear"), strict=True)
    ]
    faces.append(Face(np.asarray([200.0, 20, 240, 60])))  # nobody says what it shows
    cv2.imwrite(str(tmp_path / "a.png"), image[..., ::-1])
    file = FORMATS["jsonl"].write(tmp_path / "labels.jsonl", [Record("a.png", 0, 0.0, 300, 200, faces)])
    labels = Labels(files=[str(file)], held_out=0.0, size=64, crop_scale=1.3)
    job = EmotionJob(Recipe("x", "emotion", "expression", labels=labels), open_expressions(labels, tmp_path / "cache"))
    assert [EXPRESSIONS[i] for i in job.labels] == ["sad", "fear"]
    for number, box in enumerate(boxes):
        wanted = warp(image, crop_matrix(np.asarray(box), 64, 1.3), (64, 64), "nearest")
        apart = np.abs(job._plain(np.asarray([number]))[0].astype(int) - wanted)
        assert apart.mean() < 3


def test_a_file_without_expressions_is_refused_in_words(tmp_path: Path) -> None:
    file = FORMATS["jsonl"].write(
        tmp_path / "x.jsonl", [Record("a.png", 0, 0.0, 9, 9, [Face(np.asarray([0.0, 0, 9, 9]))])]
    )
    with pytest.raises(RecipeError, match=r"no face with an expression in .*x\.jsonl"):
        open_expressions(Labels(files=[str(file)]), tmp_path / "cache")


def test_a_style_redraws_pictures_and_a_run_without_one_learns_what_it_always_did(
    recipe: Recipe, tmp_path: Path
) -> None:
    plain, styled = (job_of(replace(recipe, augment=replace(STILL, style=s)), tmp_path).batch(0) for s in (0.0, 1.0))
    changed = np.abs(plain["image"].astype(int) - styled["image"]).max(axis=(1, 2, 3))
    assert (changed > 20).mean() > 0.6
    np.testing.assert_array_equal(plain["target"], styled["target"])


def test_a_batch_is_the_same_whenever_it_is_asked_for(recipe: Recipe, tmp_path: Path) -> None:
    lively = replace(recipe, augment=Augment(cover=0.5, bend=0.5, wear=0.5, mix=0.5))
    job = job_of(lively, tmp_path)
    whole, rows = job.batch(3), job.batch(3, slice(5, 9))
    for name, values in job.batch(3).items():
        np.testing.assert_array_equal(values, whole[name])
        np.testing.assert_array_equal(rows[name], whole[name][5:9])
    assert whole["image"].shape == (14, 48, 48, 3)
    np.testing.assert_allclose(whole["target"].sum(1), 1, atol=1e-6)
    assert not np.array_equal(whole["image"], job.batch(4)["image"])


def test_a_mixed_face_has_the_labels_of_both(recipe: Recipe, tmp_path: Path) -> None:
    job = job_of(replace(recipe, augment=replace(STILL, mix=0.999999)), tmp_path)
    shares = np.sort(job.batch(0)["target"], axis=1)
    assert (shares[:, :-2] == 0).all()
    assert (shares[:, -2] > 0).any()


def test_the_loss_is_the_cross_entropy_with_a_smooth_label(recipe: Recipe, tmp_path: Path) -> None:
    job = job_of(replace(recipe, loss=Loss(smooth=0.2)), tmp_path)
    logits, labels = torch.randn(5, 7), torch.tensor([0, 3, 3, 6, 1])
    truth = {"target": torch.eye(7)[labels]}
    loss, _ = job.loss(logits, truth, torch.nn.Identity())
    torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.2))


def test_balanced_expressions_count_alike() -> None:
    labels = np.repeat(np.arange(7), [1, 2, 3, 4, 5, 6, 7])
    np.testing.assert_array_equal(balance(labels, 0.0), np.ones(7, np.float32))
    even = balance(labels, 1.0)
    np.testing.assert_allclose(even * np.bincount(labels), 4, rtol=1e-6)
    assert even[labels].mean() == pytest.approx(1)
    assert balance(np.asarray([2, 2, 5]), 1.0)[0] == 0  # nobody shows it: nothing to weigh


def test_the_temperature_is_found_that_the_logits_were_multiplied_by() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (20_000, 7))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = (chances.cumsum(1) > rng.random((20_000, 1))).argmax(1)
    assert temperature(2.0 * logits, truth) == pytest.approx(2.0, rel=0.05)
    assert temperature(logits, truth) == pytest.approx(1.0, rel=0.05)


def test_it_learns_is_measured_and_goes_on_to_the_bit(recipe: Recipe, tmp_path: Path) -> None:
    done = train(recipe, tmp_path / "whole")
    assert done.done
    assert done.figures["accuracy"] > 80 > read_metrics(tmp_path / "whole")[0]["commonest"]["accuracy"]
    assert done.figures["stop.error"] <= 30
    train(recipe, tmp_path / "parts", steps=13)
    train(recipe, tmp_path / "parts")
    one, two = (checkpoint.read(tmp_path / name / "weights.safetensors")[1] for name in ("whole", "parts"))
    assert all(torch.equal(one[name], two[name]) for name in one)
    page = write_report(tmp_path / "whole").read_text(encoding="utf-8")
    assert "14 held-out faces" in page
    assert "always the commonest" in page


def test_its_file_gives_probabilities_that_fit_the_faces_it_stopped_by(recipe: Recipe, tmp_path: Path) -> None:
    figures = train(recipe, tmp_path / "run").figures
    made = export(tmp_path / "run", tmp_path / "mine.onnx")
    assert made.scale == pytest.approx(1 / figures["stop.temperature"])
    network = Session(made.path.read_bytes(), threads=1)
    spec = network.spec
    assert (spec.task, spec.outputs, spec.domains) == ("emotion", ("emotion",), ("photo",))
    assert (spec.labels, spec.input.size, spec.crop_scale) == ({"emotion": EXPRESSIONS}, (48, 48), CROP_SCALE)
    job = job_of(recipe, tmp_path)
    found = network.run(spec.input.batch(list(job.held_out)))["emotion"]
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)
    accuracy = 100 * (found.argmax(1) == job.labels[job.parts.held_out]).mean()
    assert accuracy == pytest.approx(figures["accuracy"])
    with pytest.raises(RecipeError, match="which have no shift"):
        export(tmp_path / "run", tmp_path / "x.onnx", shift=0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"net": "pfld"}, "the net pfld is for the task points, not emotion"),
        ({"options": {"width": 3}}, "options of expression: .*width"),
        ({"labels": {"measure": "("}}, "labels.measure is no regular expression"),
    ],
)
def test_a_recipe_that_cannot_be_trained_is_refused(
    recipe: Recipe, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    labels = replace(recipe.labels, **changes.pop("labels", {}))
    with pytest.raises(RecipeError, match=said):
        train(replace(recipe, labels=labels, **changes), tmp_path / "run")


def test_a_kind_of_picture_that_nobody_knows_is_refused(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match=r"domains are of photo, .*got oil"):
        replace(recipe, domains=["oil"])


def test_a_teacher_has_its_share_of_the_labels_that_are_learned_from(recipe: Recipe, tmp_path: Path) -> None:
    train(recipe, tmp_path / "run")
    taught = replace(recipe, teacher=str(export(tmp_path / "run", tmp_path / "mine.onnx").path))
    job = job_of(replace(taught, loss=Loss(heed=0.25)), tmp_path)
    network = Session(Path(taught.teacher).read_bytes(), threads=1)
    learned = job.parts.learned
    asked = network.run(network.spec.input.batch(list(job._plain(learned))))["emotion"]
    wanted = 0.75 * np.eye(7)[job.labels[learned]] + 0.25 * asked
    np.testing.assert_allclose(job.shares[learned], wanted, atol=1e-5)
    others = np.concatenate([job.parts.held_out, job.parts.stop])
    np.testing.assert_array_equal(job.shares[others], np.eye(7)[job.labels[others]])
    sample = job.batch(0)["target"]
    np.testing.assert_allclose(sample.sum(1), 1, atol=1e-5)
    assert (sample.max(1) < 1).any()
    assert job_of(recipe, tmp_path).batch(0)["target"].max(1).min() == 1


def test_who_cannot_teach_is_refused_in_words(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"teacher: .* is for the task landmarks"):
        job_of(replace(recipe, teacher="landmarks68"), tmp_path)
    with pytest.raises(RecipeError, match=r"loss\.heed must be from 0 to 1, got 1\.5"):
        replace(recipe, loss=Loss(heed=1.5))
    with pytest.raises(RecipeError, match="a teacher is for the task emotion, not landmarks"):
        Recipe(name="x", task="landmarks", net="landmarker", teacher="mine.onnx")


def test_a_run_keeps_what_it_said_of_each_held_out_face(recipe: Recipe, tmp_path: Path) -> None:
    outcome = train(recipe, tmp_path / "run")
    with np.load(tmp_path / "run" / "errors.npz") as kept:
        right = kept["logits"].argmax(1) == kept["true"]
        assert [bool(re.match("PublicTest/", name)) for name in kept["names"]] == [True] * 14
    assert 100 * right.mean() == pytest.approx(outcome.figures["accuracy"])
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["made_with"]["data"]


def test_the_network_that_learns_is_compiled_where_that_is_asked_for(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[bool] = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda net: compiled.append(net.training))
    short = replace(recipe, schedule=replace(recipe.schedule, samples=28))
    train(short, tmp_path / "plain")
    assert compiled == []
    train(replace(short, compile=True), tmp_path / "fused")
    assert compiled == [True]
