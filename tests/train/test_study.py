"""Studies: runs in the order they need each other, taken up where they were left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charaface.cli import run as command
from charaface.train import checkpoint
from charaface.train.config import RecipeError
from charaface.train.folder import read_metrics
from charaface.train.study import carry_out, read_study, runs_of

from .drawings import write_labels

STUDIES = sorted((Path(__file__).parents[2] / "recipes" / "study").glob("*.toml"))
TINY = """
name = "tiny"
[base]
task = "points"
net = "timm"
options = {{ model = "mobilenetv3_small_050" }}
sheet_every = 1e9
[base.schedule]
samples = 8
batch = 4
[sets.photos]
files = ["people/labels.jsonl"]
size = 64
[sets.manga]
files = ["manga/labels.jsonl"]
scheme = "manga60a"
size = 64
held_out = 0.5
[variants.small]
[modes.scratch]
init = "none"
[modes.features]
freeze = "features"
{more}
[[grid]]
set = "photos"
variants = ["small"]
modes = ["source"]
[[grid]]
set = "manga"
variants = ["small"]
modes = ["scratch", "features"]
seeds = [1, 2]
after = "{after}"
name = "{name}"
"""


def tiny(folder: Path, more: str = "[modes.source]", after: str = "{variant}-source", name: str = "") -> Path:
    write_labels(folder / "people", 6)
    write_labels(folder / "manga", 6, scheme="manga60a")
    path = folder / "tiny.toml"
    path.write_text(TINY.format(more=more, after=after, name=name or "{variant}-{mode}-{seed}"), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", STUDIES, ids=lambda p: p.stem)
def test_a_shipped_study_is_whole(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARAFACE_DATA", str(tmp_path))
    study = read_study(path)
    planned = runs_of(study, tmp_path)
    assert {one.set for one in planned} == study.sets.keys()
    assert {one.variant for one in planned} == study.variants.keys()
    assert {one.mode for one in planned} | {"scratch"} == study.modes.keys() | {"scratch"}


def test_runs_come_after_what_they_go_on_from(tmp_path: Path) -> None:
    planned = runs_of(read_study(tiny(tmp_path)), tmp_path / "out")
    names = [one.name for one in planned]
    assert names == ["small-source", "small-scratch-1", "small-scratch-2", "small-features-1", "small-features-2"]
    by_name = {one.name: one for one in planned}
    assert by_name["small-scratch-1"].recipe.init_from == ""
    assert by_name["small-features-2"].recipe.init_from == str(tmp_path / "out/small-source/weights.safetensors")
    assert by_name["small-features-2"].recipe.seed == 2
    assert by_name["small-features-2"].recipe.labels.scheme == "manga60a"
    assert by_name["small-source"].recipe.labels.files == [str((tmp_path / "people/labels.jsonl").resolve())]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"after": "nobody"}, "goes on from nobody, which no grid before it makes"),
        ({"name": "one"}, "two runs are called one"),
        ({"more": ""}, r"no modes\.source; there are scratch, features"),
        ({"more": "[modes.source]\nschedule = { bach = 3 }"}, r"small-source: schedule\.bach"),
        ({"more": "[modes.source]\n[moods.x]"}, "unknown moods"),
        ({"more": "[modes.source]\n[worlds.x]\nnumber = 3"}, r"a recipe needs worlds\.x\.seed"),
    ],
)
def test_a_study_that_cannot_be_carried_out_is_refused(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        runs_of(read_study(tiny(tmp_path, **changes)), tmp_path / "out")


def test_a_study_is_carried_out_once_and_taken_up_where_it_was_left(tmp_path: Path) -> None:
    study, said = read_study(tiny(tmp_path)), []
    out = tmp_path / "out"
    figures = carry_out(study, out, workers=1, cache=tmp_path / "cache", say=said.append)
    assert figures.keys() == {one.name for one in runs_of(study, out)}
    assert all(values["nme.inter-ocular"] > 0 for values in figures.values())
    assert len(said) == 5
    assert said[-1].startswith("5 of 5: ")
    told = json.loads((out / "results.json").read_text())["runs"]
    assert [run["name"] for run in told] == list(figures)
    for run in told:
        faces = [error for error in run["faces"] if error is not None]
        assert sum(faces) / len(faces) == pytest.approx(figures[run["name"]]["nme.inter-ocular"], abs=0.02)
        assert len(run["points"]) == (68 if run["set"] == "photos" else 60)
        assert len(run["losses"]) == 2
    trunk = "trunk."
    source, features = (
        checkpoint.read(out / k / "weights.safetensors")[1] for k in ("small-source", "small-features-1")
    )
    assert all((features[name] == value).all() for name, value in source.items() if name.startswith(trunk))
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and "compare" not in p.name}
    (out / "small-scratch-2" / "weights.safetensors").unlink()
    assert carry_out(study, out, workers=1, cache=tmp_path / "cache", say=said.append) == figures
    changed = {p for p, t in before.items() if not p.exists() or p.stat().st_mtime_ns != t}
    assert {p.parent.name for p in changed} <= {"small-scratch-2", "out"}
    assert read_metrics(out / "small-features-1")[-1]["step"] == 2


def test_a_study_that_has_changed_takes_no_old_run_for_its_own(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    path.write_text(path.read_text().replace('"scratch", "features"', '"features"').replace("1, 2", "1"))
    carry_out(read_study(path), tmp_path / "out", workers=1, cache=tmp_path / "cache", say=lambda _: None)
    changed = read_study(path, ["schedule.rate=0.1"])
    with pytest.raises(RecipeError, match=r"another recipe \(schedule.rate was 0.002, is 0.1\)"):
        carry_out(changed, tmp_path / "out", workers=1, cache=tmp_path / "cache", say=lambda _: None)


def test_a_dry_run_prints_what_would_be_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tiny(tmp_path)
    words = ["study", str(path), "-o", str(tmp_path / "out"), "--dry-run", "--set", "schedule.samples=40"]
    assert command(words) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["name"] == "small-source"
    assert {line["steps"] for line in lines} == {10}
    assert [line["init"] for line in lines] == ["none", "none", "none", "all", "all"]
    assert not (tmp_path / "out").exists()


def test_a_world_is_drawn_before_anything_is_trained(tmp_path: Path) -> None:
    pytest.importorskip("skia")
    world = '[modes.source]\n[worlds.small]\nnumber = 6\nseed = 3\ndomain = "manga"\nscheme = "manga60a"\nsize = 64\n'
    path = tiny(tmp_path, more=world)
    path.write_text(path.read_text().replace("manga/labels.jsonl", "{world:small}"), encoding="utf-8")
    study = read_study(path)
    carry_out(study, tmp_path / "out", workers=1, cache=tmp_path / "cache", say=lambda _: None)
    assert (tmp_path / "out" / "worlds" / "small" / "images" / "000005.png").exists()
    assert (tmp_path / "out" / "small-features-1" / "errors.npz").exists()


def test_several_processes_come_to_what_one_does(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    path.write_text(path.read_text().replace('"scratch", "features"', '"features"').replace("1, 2", "1"))
    study = read_study(path)
    one = carry_out(study, tmp_path / "one", workers=1, cache=tmp_path / "cache", say=lambda _: None)
    assert carry_out(study, tmp_path / "two", workers=2, cache=tmp_path / "cache", say=lambda _: None) == one
