"""From labelled pictures of one's own to points on a new one: three commands."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import charaface as cf
from charaface.cli import run as command
from charaface.formats import FORMATS
from charaface.session import load
from charaface.train.folder import read_recipe

from .drawings import write_labels

RECIPE = Path(__file__).parents[2] / "recipes" / "points.toml"
SHORT = ["schedule.samples=64", "labels.size=64", "options.model=mobilenetv3_small_050", "schedule.warmup=1"]


def ran(*words: str | Path) -> None:
    assert command([str(word) for word in words]) == 0


def short(*more: str) -> list[str]:
    return [word for setting in (*SHORT, *more) for word in ("--set", setting)]


@pytest.mark.parametrize("scheme", ["ibug68", "manga60a"])
def test_labels_become_a_network_in_three_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("CHARAFACE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    labels = write_labels(tmp_path / "mine", scheme=scheme)
    xml = tmp_path / "mine" / "labels.xml"
    ran("convert", labels, xml)
    labels.unlink()
    given = ["--labels", "mine/labels.xml", "--from-scheme", scheme, "-o", "run"]
    ran("train", RECIPE, *given, *short(f"labels.scheme={scheme}"))
    ran("export", "run", "mine.onnx")
    record = next(FORMATS["dlib"].read(xml, scheme))
    face = cf.landmarks(tmp_path / "mine" / record.file, [cf.Face(record.faces[0].box)], model="mine.onnx")[0]
    assert face.landmarks is not None
    assert face.landmarks.scheme == scheme
    assert np.isfinite(face.landmarks.points).all()
    spec = load(tmp_path / "mine.onnx").spec
    assert (spec.scheme, spec.input.size, spec.outputs) == (scheme, (64, 64), ("points",))
    assert spec.data == "labelled faces of its own"


def test_a_dry_run_says_what_would_be_trained_and_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHARAFACE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    labels = write_labels(tmp_path / "mine")
    ran("train", RECIPE, "--labels", labels, "--dry-run", *short("freeze=features", "seed=7"))
    told = json.loads(capsys.readouterr().out)
    assert told["recipe"]["seed"] == 7
    assert told["recipe"]["labels"]["files"] == [str(labels)]
    assert told["steps"] == 4
    assert told["faces"] == {"learned": 10, "stop": 0, "held_out": 2}
    assert told["groups"] == 12
    assert told["epochs"] == 6.4
    assert 0 < told["network"]["trained"] < 0.4 * told["network"]["parameters"]
    assert told["network"]["macs"] > 10**6
    assert not (tmp_path / "runs").exists()


def test_settings_replace_values_and_new_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHARAFACE_CACHE", str(tmp_path / "cache"))
    labels = write_labels(tmp_path / "mine")
    ran("train", RECIPE, "--labels", labels, "-o", tmp_path / "run", "--steps", "1", *short())
    assert read_recipe(tmp_path / "run")["schedule"]["samples"] == 64
    again = ["train", RECIPE, "--labels", labels, "-o", tmp_path / "run", *short("schedule.rate=0.1")]
    assert command([str(word) for word in again]) == 2
    assert "schedule.rate was 0.002, is 0.1): choose another run folder, or --new" in capsys.readouterr().err
    ran(*again, "--new", "--steps", "1")
    assert read_recipe(tmp_path / "run")["schedule"]["rate"] == 0.1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("schedule.bach=3", "did you mean 'batch'"),
        ("schedule.batch=many", "schedule.batch must be int, got 'many'"),
        ("batch", "a setting is NAME=VALUE"),
        ("labels.files=['$NOWHERE_AT_ALL/x.xml']", "the environment does not say"),
    ],
)
def test_a_wrong_setting_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, said: str
) -> None:
    assert command(["train", str(RECIPE), "-o", str(tmp_path / "run"), "--set", setting]) == 2
    words = capsys.readouterr().err
    assert said in words
    assert len(words.strip().splitlines()) == 1
