"""Folders of the same people: the files that were asked for, labels that come back, the same bytes from any workers."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest

from charaface.cli import run
from charaface.formats import FORMATS
from charaface.image import load
from charaface.synth.album import write_grid, write_tuples
from charaface.synth.labels import ALSO
from charaface.synth.tuples import VIEWS, render_tuple

AXES = {"yaw": [-60, 0], "light": ["front", "left"], "accessory": ["bare"], "expression": ["neutral", "happy"]}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_any_number_of_workers_writes_the_same_tuples(tmp_path, heads_file) -> None:
    for workers in (1, 2):
        write_tuples(tmp_path / str(workers), 7, heads=heads_file, size=48, workers=workers, also=ALSO, vary=["light"])
    assert _bytes(tmp_path / "1") == _bytes(tmp_path / "2")


def test_any_number_of_workers_writes_the_same_grid(tmp_path, heads_file) -> None:
    axes = AXES | {"yaw": [-90, -60, -30, 0, 30, 60]}
    for workers in (1, 2):
        write_grid(tmp_path / str(workers), 2, heads=heads_file, size=48, workers=workers, axes=axes)
    assert _bytes(tmp_path / "1") == _bytes(tmp_path / "2")


def test_a_tuple_has_a_file_of_each_view_and_of_what_was_asked_for(tmp_path, heads_file) -> None:
    done = write_tuples(tmp_path, 2, heads=heads_file, size=48, workers=1, also=["uv", "alpha", "points3d"])
    names = [f"{person:06d}_{view}" for person in range(2) for view in VIEWS]
    assert done.pictures == done.faces == len(names)
    assert set(done.rates) == {"people"}
    wanted = {f"{kind}/{name}.png" for kind in ("images", "uv", "alpha") for name in names}
    assert set(_bytes(tmp_path)) == wanted | {"labels.jsonl", "points3d.jsonl", "sheet.png"}
    records = list(FORMATS["jsonl"].read(tmp_path / "labels.jsonl"))
    assert [record.file for record in records] == [f"images/{name}.png" for name in names]
    assert [tuple(record.faces[0].notes.values()) for record in records] == [tuple(n.split("_")) for n in names]


def test_what_is_written_is_what_was_rendered(tmp_path, heads_file) -> None:
    from charaface.synth.photograph import studio

    write_tuples(tmp_path, 1, seed=4, heads=heads_file, size=64, workers=1, also=ALSO, aligned=True)
    rows = [json.loads(line) for line in (tmp_path / "points3d.jsonl").read_text().splitlines()]
    records = list(FORMATS["jsonl"].read(tmp_path / "labels.jsonl"))
    renders = render_tuple(studio(heads_file), 4, 0, 64, aligned=True, also=ALSO)
    for (view, render), row, record in zip(renders.items(), rows, records, strict=True):
        name = f"000000_{view}.png"
        assert np.array_equal(load(tmp_path / "images" / name), render.image)
        for kind, values in (("masks", render.masks[0]), ("alpha", render.alpha), ("cutout", render.cutout)):
            assert np.array_equal(load(tmp_path / kind / name)[..., 0], values)
        _, v, u = np.moveaxis(cv2.imread(str(tmp_path / "uv" / name), cv2.IMREAD_UNCHANGED).astype(np.int64), 2, 0)
        assert np.array_equal(u > 0, ~np.isnan(render.uv[..., 0]))
        for packed, values in ((u, render.uv[..., 0]), (v, render.uv[..., 1])):
            assert np.nanmax(np.abs(np.where(packed > 0, (packed - 1) / 65534, np.nan) - values)) < 1e-5
        points, pose, lens = (np.asarray(row[name]) for name in ("points", "pose", "lens"))
        seen = (points @ pose[:, :3].T + pose[:, 3]) @ lens.T
        assert np.abs(seen[:, :2] / seen[:, 2:] - record.faces[0].landmarks.points).max() < 0.1


def test_a_grid_has_a_file_of_every_cell_and_no_other(tmp_path, heads_file) -> None:
    done = write_grid(tmp_path, 2, heads=heads_file, size=48, workers=1, axes=AXES)
    wanted = {
        f"{person:06d}_{yaw:+03d}_+00_{light}_bare_{expression}_photo.png"
        for person, yaw, light, expression in product(range(2), *(AXES[k] for k in ("yaw", "light", "expression")))
    }
    assert {path.name for path in (tmp_path / "images").iterdir()} == wanted
    assert done.pictures == len(wanted) == 16
    for record in FORMATS["jsonl"].read(tmp_path / "labels.jsonl"):
        notes = record.faces[0].notes
        told = [f"{int(notes[k]):+03d}" for k in ("yaw", "pitch")]
        told += [notes[k] for k in ("light", "accessory", "expression", "medium")]
        assert record.file == f"images/{'_'.join([notes['person'], *told])}.png"


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"n": 0}, "n >= 1"), ({"size": 8}, "n >= 1"), ({"also": ["depth"]}, "also is of masks"),
        ({"vary": ["age"]}, "vary is of hair"), ({"heads": "none.npz"}, "none.npz: No such file"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_named_before_anything_is_written(tmp_path, heads_file, wish, told) -> None:
    with pytest.raises(ValueError, match=told):
        write_tuples(tmp_path / "out", **{"heads": heads_file, "n": 1, "workers": 1} | wish)
    assert not (tmp_path / "out").exists()


def test_the_command_writes_tuples_and_grids(tmp_path, heads_file, capsys) -> None:
    common = ["synth", "--heads", str(heads_file), "--size", "48", "--workers", "1"]
    assert run([*common, "--tuples", "-n", "1", "-o", str(tmp_path / "t"), "--also", "uv", "--masks", "--aligned"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 't'}: 5 pictures with 5 faces\n"
    assert {path.name for path in (tmp_path / "t").iterdir()} == {
        "images", "masks", "uv", "labels.jsonl", "parts.json", "sheet.png",
    }  # fmt: skip
    axes = ["--axis", "yaw=-45,+45", "--axis", "light=flat", "--axis", "accessory=bare", "--axis", "expression=sad"]
    assert run([*common, "--grid", "-o", str(tmp_path / "g"), *axes]) == 0
    assert sorted(path.name for path in (tmp_path / "g" / "images").iterdir()) == [
        "000000_+45_+00_flat_bare_sad_photo.png",
        "000000_-45_+00_flat_bare_sad_photo.png",
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--tuples", "--grid", "--heads", "x.npz"], "exclude each other"),
        (["--tuples"], "need --heads"),
        (["--grid", "--heads", "x.npz", "--expression", "sad"], "--expression is not for"),
        (["--tuples", "--heads", "x.npz", "--axis", "yaw=0"], "--axis is for --grid"),
        (["--grid", "--heads", "x.npz", "--vary", "light"], "--vary is for --tuples"),
        (["--aligned"], "--aligned is for --tuples and --grid"),
        (["--grid", "--heads", "x.npz", "--axis", "tilt=3"], "no axis 'tilt'"),
        (["--tuples", "--heads", "x.npz"], "x.npz: No such file"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(tmp_path, capsys, more, told) -> None:
    assert run(["synth", "-o", str(tmp_path / "out"), *more]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
