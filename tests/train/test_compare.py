"""Runs beside each other, and the page of one."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface.cli import run as command
from charaface.train import compare as made
from charaface.train import fit, plots, report
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


def test_seeds_are_of_one_recipe_and_every_mean_face_is_told(runs: list[Path]) -> None:
    one = result(runs[0])
    faster = one | {"name": "faster", "seed": 2, "alike": "another schedule"}
    fewer = one | {"name": "fewer", "seed": 3, "alike": "fewer faces", "mean_face": {"nme.inter-ocular": 9.0}}
    names = [row[0] for row in made.rows([one | {"name": "a"}, faster, fewer])]
    assert names[1:4] == ["a", "faster", "fewer"]
    assert names[4:] == ["the mean face, ibug68 (a, faster)", "the mean face, ibug68 (fewer)"]


def test_alike_are_runs_that_differ_in_name_and_seed_alone(runs: list[Path], tmp_path: Path) -> None:
    kept = json.loads((runs[0] / "recipe.json").read_text())
    other = tmp_path / "run"
    shutil.copytree(runs[0], other)

    def of(**changes: object) -> str:
        recipe = {**kept["recipe"], **changes}
        (other / "recipe.json").write_text(json.dumps(kept | {"recipe": recipe}))
        return str(result(other)["alike"])

    assert of(name="x", seed=9) == result(runs[1])["alike"] == result(runs[0])["alike"]
    schedule = kept["recipe"]["schedule"]
    changed = [
        of(schedule=schedule | {"rate": 1.0}),
        of(init_from="y"),
        of(freeze="entry"),
        of(options={"norm": "group"}),
    ]
    assert len({of(), *changed}) == 5


def test_only_errors_of_the_same_points_of_the_same_faces_are_compared(runs: list[Path], tmp_path: Path) -> None:
    fewer = tmp_path / "fewer"
    shutil.copytree(runs[0], fewer)
    with np.load(runs[0] / "errors.npz") as kept:
        arrays = dict(kept)
    arrays["points"][:, 5] = np.nan  # not known in this set
    np.savez(fewer / "errors.npz", **arrays)
    assert difference(result(fewer), result(runs[1])) is None
    assert result(fewer)["points"][5] is None
    with np.load(runs[0] / "errors.npz") as kept:
        arrays = dict(kept)
    arrays["length.inter-ocular"] *= 1.01  # labels that were corrected
    np.savez(fewer / "errors.npz", **arrays)
    assert difference(result(fewer), result(runs[1])) is None
    assert difference(result(runs[0]), result(runs[1])) is not None


def test_faces_without_an_inter_ocular_distance_have_a_page_and_a_place_in_the_table(
    runs: list[Path], tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(runs[0], bare)
    with np.load(runs[0] / "errors.npz") as kept:
        arrays = dict(kept)
    arrays["length.inter-ocular"][:] = np.nan
    np.savez(bare / "errors.npz", **arrays)
    assert "Held-out faces" in report.write_report(bare).read_text("utf-8")
    found = made.compare([bare, bare], cost=False)
    assert found[1]["difference"] is None
    made.write_comparison(found, tmp_path / "page.html")
    assert len(made.rows(found)) >= 3


@pytest.mark.parametrize(
    ("task", "net", "figures"),
    [
        ("detect", "detector", {"ap": 91.0, "precision": 95.0, "recall": 80.0, "best_threshold": 0.4}),
        ("landmarks", "landmarker", {"nme_eyes": 4.0, "nme_box": 2.0, "face_auc": 99.0}),
    ],
)
def test_other_tasks_have_a_page_of_their_own_figures(
    tmp_path: Path, task: str, net: str, figures: dict[str, float]
) -> None:
    run = Run(tmp_path / "run")
    run.claim(Recipe("<i>mine</i>", task, net), "")
    for step in (10, 20):
        run.add({"step": step, "rate": 1e-3, "loss": 3.0 / step, "skipped": 2, "images_per_s": 7.0})
        run.add({"step": step, "validation": figures})
    run.close()
    text = report.write_report(run.folder).read_text("utf-8")
    assert all(f"{value:.2f}" in text for value in figures.values())
    assert "&lt;i&gt;mine" in text
    assert "<i>mine" not in text
    assert re.search(r"<b>2</b> skipped steps", text)
    assert text.count("image/svg+xml") == 3


def test_a_page_of_compared_runs_ends_on_html(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["compare", str(runs[0]), "--no-cost", "-o", str(tmp_path / "side.gif")]) == 2
    told = capsys.readouterr()
    assert "side.gif: a page ends on .html" in told.err
    assert told.out == ""  # it is said before anything is computed
    assert not (tmp_path / "side.gif").exists()


def test_curves_of_bad_runs_are_seen_to_rise_and_empty_ones_are_left_out() -> None:
    pytest.importorskip("matplotlib")
    good, bad = np.linspace(2, 9, 20), np.linspace(30, 55, 20)
    assert plots._limit([good]) == 20
    assert plots._limit([good, bad]) == 60
    assert plots._limit([bad * 10]) == 100
    assert plots.ced({"a": good, "b": bad, "none": np.zeros(0)}) != plots.ced({"a": good, "b": good})


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


def test_of_one_run_its_page_is_written(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one"
    shutil.copytree(runs[0], one)
    (one / report.PAGE).unlink()
    assert command(["compare", str(one), "--no-cost"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["name"] == "one"
    assert out.err.startswith(f"{one / report.PAGE}\n| run |")
    assert "the mean face" in (one / report.PAGE).read_text("utf-8")


def test_one_run_that_cannot_be_compared_has_its_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(tmp_path / "run")
    run.claim(Recipe("mine", "detect", "detector"), "")
    assert command(["compare", str(run.folder)]) == 0
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err == f"{run.folder / report.PAGE}\n"
    assert (run.folder / report.PAGE).exists()


@pytest.mark.parametrize("most", [3e-6, 3e-4, 0.00175, 0.5, 20.0, 4e4])
def test_every_number_of_an_axis_is_on_the_picture(monkeypatch: pytest.MonkeyPatch, most: float) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawn = []
    monkeypatch.setattr(plots, "svg_of", drawn.append)
    x = np.linspace(0, 250, 6)
    plots.curves({"a": (x, x / 250 * most)}, "step")
    plots.ced({"a": np.linspace(2, 19, 20)})
    for figure in drawn:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # numbers have no place before
        renderer, axes = canvas.get_renderer(), figure.axes[0]
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                box = tick.label1.get_window_extent(renderer)
                assert not low <= tick.get_loc() <= high or (
                    box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
                ), (tick.label1.get_text(), box)


def test_a_page_tells_how_long_a_run_computed(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    run.claim(Recipe("mine", "detect", "detector", schedule=Schedule(batch=8)), "")
    for step, speed in ((50, 4.0), (60, 1.0)):
        run.add({"step": step, "rate": 1e-3, "loss": 1.0, "skipped": 0, "images_per_s": speed})
    run.close()
    text = report.write_report(run.folder).read_text("utf-8")
    assert "<tr><td>seconds of steps<td>180<td>" in text  # 50 x 8 / 4 and 10 x 8 / 1


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


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("a plot"), ImportError("a font")]
)
def test_a_page_that_cannot_be_written_is_told_and_nothing_is_lost(
    runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(_: Path) -> Path:
        raise error

    monkeypatch.setattr(fit, "write_report", broken)
    said: list[str] = []
    labels = Labels(files=[str(runs[0].parent / "set" / "labels.jsonl")], size=64, held_out=0.4)
    recipe = Recipe("plain", "points", "pfld", labels=labels, schedule=Schedule(samples=4, batch=4), sheet_every=1e9)
    out = fit.fit(recipe, Run(tmp_path / "run"), cache=runs[0].parent / "cache", say=said.append)
    assert out.done
    assert any(f"no report ({type(error).__name__}" in line for line in said)
    assert (tmp_path / "run" / "weights.safetensors").exists()


def test_a_run_that_is_not_done_cannot_be_compared(runs: list[Path], tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_bytes((runs[0] / "recipe.json").read_bytes())
    with pytest.raises(RecipeError, match="is not done"):
        result(tmp_path)
