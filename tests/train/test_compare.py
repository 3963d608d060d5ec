"""Runs beside each other, and the page of one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface.cli import run as command
from charaface.train import compare as made
from charaface.train import fit, report
from charaface.train.config import Labels, Recipe, RecipeError, Schedule
from charaface.train.folder import Run
from charaface.train.results import difference, result

from .drawings import write_labels


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two seeds of one network and a third of 60 points, each of two steps."""
    folder = tmp_path_factory.mktemp("runs")
    labels = Labels(files=[str(write_labels(folder / "set"))], size=64, held_out=0.4)
    recipe = Recipe("plain", "points", "pfld", labels=labels, schedule=Schedule(samples=8, batch=4), sheet_every=1e9)
    manga = replace(labels, files=[str(write_labels(folder / "manga", scheme="manga60a"))], scheme="manga60a")
    made_of = {"a": recipe, "b": replace(recipe, seed=2), "c": replace(recipe, labels=manga, name="manga")}
    for name, one in made_of.items():
        fit.fit(one, Run(folder / name), cache=folder / "cache", say=lambda _: None)
    return [folder / name for name in made_of]


def test_a_result_is_what_the_run_measured(runs: list[Path]) -> None:
    one = result(runs[0])
    assert one["net"] == "pfld"
    assert (len(one["points"]), len(one["faces"])) == (68, 5)
    assert np.mean(one["faces"]) == pytest.approx(one["figures"]["nme.inter-ocular"], abs=0.02)
    assert np.mean(one["points"]) == pytest.approx(one["figures"]["nme.inter-ocular"], abs=0.02)
    assert one["mean_face"]["nme.inter-ocular"] < 1  # these faces have one shape
    json.dumps(one)


def test_a_run_is_no_further_off_than_itself(runs: list[Path]) -> None:
    one, two, manga = (result(run) for run in runs)
    assert difference(one, one) == (0.0, 0.0, 0.0)
    apart = difference(one, two)
    assert apart is not None
    assert apart[0] == pytest.approx(np.mean(one["faces"]) - np.mean(two["faces"]))
    assert apart[1] <= apart[0] <= apart[2]
    back = difference(two, one)
    assert back is not None
    assert back[0] == pytest.approx(-apart[0])
    assert difference(one, manga) is None


def test_runs_that_differ_in_the_seed_alone_have_a_row_of_their_own(runs: list[Path]) -> None:
    table = made.rows(made.compare(runs))
    head, *rows = table
    assert all(len(row) == len(head) for row in rows)
    names = [row[0] for row in rows]
    assert names[:4] == ["a", "b", "c", "2 seeds: a, b"]
    assert names[4:] == ["the mean face, ibug68", "the mean face, manga60a"]
    nme = head.index("NME")
    both = [float(row[nme]) for row in rows[:2]]
    mean, spread = (float(value) for value in rows[3][nme].split(" ± "))
    assert mean == pytest.approx(np.mean(both), abs=0.01)
    assert spread == pytest.approx(np.std(both, ddof=1), abs=0.01)
    assert float(rows[0][head.index("M parameters")]) == pytest.approx(1.68, abs=0.01)
    assert float(rows[0][head.index("ms")]) > 0
    assert rows[0][head.index("to the first")] == ""
    assert re.fullmatch(r"[+-]\d.*\[.*\]", rows[1][head.index("to the first")])
    assert rows[2][head.index("to the first")] == ""


def test_the_command_prints_a_line_a_run_and_writes_a_page(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "compare.html"
    assert command(["compare", *map(str, runs[:2]), "--no-cost", "-o", str(page)]) == 0
    out = capsys.readouterr()
    lines = [json.loads(line) for line in out.out.splitlines()]
    assert [line["name"] for line in lines] == ["a", "b"]
    assert "faces" not in lines[0]
    assert out.err.startswith("| run | network |")
    text = page.read_text("utf-8")
    assert text.count("image/svg+xml") == 1
    assert "http:" not in text.replace("http://www.w3.org", "")


def test_a_clip_stands_beside_itself_with_the_points_of_every_run(runs: list[Path], tmp_path: Path) -> None:
    clip, out = tmp_path / "in.gif", tmp_path / "side.gif"
    frames = [Image.fromarray(np.full((40, 60, 3), v, np.uint8)) for v in (30, 120, 220)]
    frames[0].save(clip, save_all=True, append_images=frames[1:], duration=[50, 70, 90], loop=3)
    assert command(["compare", str(runs[0]), str(runs[2]), "--on", str(clip), "-o", str(out)]) == 0
    with Image.open(out) as side:
        assert side.n_frames == 3
        assert side.info["loop"] == 3
        assert side.width >= 2 * 60
        durations = []
        for i in range(3):
            side.seek(i)
            durations.append(side.info["duration"])
            values = np.asarray(side.convert("RGB"))[-40:]
            assert np.array_equal(values[:, :60], values[:, -60:])
    assert durations == [50, 70, 90]


def test_on_needs_a_place_to_write_to(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["compare", str(runs[0]), "--on", "x.gif"]) == 2
    assert "--on needs -o" in capsys.readouterr().err


def test_what_is_no_run_is_named(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["compare", str(runs[0]), str(tmp_path)]) == 2
    assert f"{tmp_path} is not the folder of a training" in capsys.readouterr().err


def test_a_page_tells_how_a_run_went(runs: list[Path]) -> None:
    text = (runs[0] / report.PAGE).read_text("utf-8")
    for words in (
        "the mean face",
        "learning rate",
        "validation, %",
        "mean error of each point",
        "person",
        "labels.size",
    ):
        assert words in text, words
    assert text.count("image/svg+xml") == 5
    assert "image/png" in text
    assert "<script" not in text


def test_a_page_comes_without_plots_too(runs: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "can_plot", lambda: False)
    text = report.write_report(runs[1]).read_text("utf-8")
    assert "plots need matplotlib" in text
    assert "image/svg+xml" not in text
    assert "right brow" in text


def test_a_page_that_cannot_be_written_is_told_and_nothing_is_lost(
    runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fit, "write_report", full)
    said: list[str] = []
    labels = Labels(files=[str(runs[0].parent / "set" / "labels.jsonl")], size=64, held_out=0.4)
    recipe = Recipe("plain", "points", "pfld", labels=labels, schedule=Schedule(samples=4, batch=4), sheet_every=1e9)
    out = fit.fit(recipe, Run(tmp_path / "run"), cache=runs[0].parent / "cache", say=said.append)
    assert out.done
    assert any("no report" in line for line in said)
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_a_run_that_is_not_done_cannot_be_compared(runs: list[Path], tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_bytes((runs[0] / "recipe.json").read_bytes())
    with pytest.raises(RecipeError, match="is not done"):
        result(tmp_path)
