"""Data sets of renders: folders that depend on their seed alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charaface.face import EXPRESSIONS, Face
from charaface.formats import FORMATS
from charaface.image import load
from charaface.synth.dataset import write


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    write(tmp_path / "one", 30, seed=3, size=64, workers=1)
    write(tmp_path / "two", 30, seed=3, size=64, workers=2)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_labels_come_back_as_faces(tmp_path):
    done = write(tmp_path, 12, seed=1, size=64, workers=1)
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert done.pictures == len(rows) == 12
    assert done.faces == sum(len(row["faces"]) for row in rows)
    for row in rows:
        assert load(tmp_path / row["file"]).shape == (row["height"], row["width"], 3)
        assert [Face.from_dict(f).to_dict() for f in row["faces"]] == row["faces"]
    assert (tmp_path / "sheet.png").exists()
    assert len(list((tmp_path / "masks").iterdir())) == 12


@pytest.mark.parametrize("scenes", [False, True])
def test_another_scheme_changes_the_points_alone(tmp_path, scenes):
    for scheme in ("ibug68", "manga60a"):
        write(tmp_path / scheme, 6, seed=3, size=96, workers=1, scenes=scenes, scheme=scheme)
    plain, other = (_bytes(tmp_path / scheme) for scheme in ("ibug68", "manga60a"))
    labels = [data.pop("labels.jsonl").decode().splitlines() for data in (plain, other)]
    plain.pop("sheet.png"), other.pop("sheet.png")
    assert plain == other
    counts = [len(face["landmarks"]["points"]) for line in labels[1] for face in json.loads(line)["faces"]]
    assert set(counts) == {60}
    for record in FORMATS["jsonl"].read(tmp_path / "manga60a" / "labels.jsonl"):
        assert {face.landmarks.scheme for face in record.faces} <= {"manga60a"}


def test_scenes_hold_from_no_face_to_many(tmp_path):
    write(tmp_path, 12, seed=2, size=128, workers=1, scenes=True)
    counts = [len(json.loads(line)["faces"]) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert min(counts) == 0
    assert max(counts) > 1


@pytest.mark.parametrize(("wish", "told"), [("even", list(EXPRESSIONS)), ("sad", ["sad"] * 7)])
def test_expressions_are_drawn_as_they_are_asked_for(tmp_path, wish, told):
    write(tmp_path, 7, seed=2, size=64, workers=1, expression=wish, masks=False)
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [row["faces"][0]["emotion"]["label"] for row in rows] == told


@pytest.mark.parametrize(
    "bad",
    [
        {"n": 0}, {"size": 8}, {"workers": 0}, {"domain": "photograph"}, {"scheme": "five"}, {"expression": "glee"},
        {"expression": "even", "scenes": True},
    ],
)  # fmt: skip
def test_a_wrong_wish_is_named(tmp_path, bad):
    with pytest.raises(ValueError, match=r"n >= 1|no domain|not of 'five'|no expression"):
        write(tmp_path, **({"n": 2, "workers": 1} | bad))


def test_photographs_of_people_are_written_as_drawings_are(tmp_path, heads_file):
    done = write(tmp_path / "one", 27, seed=3, size=64, workers=1, heads=heads_file)
    write(tmp_path / "two", 27, seed=3, size=64, workers=2, heads=heads_file)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert done.faces == 27
    assert list(done.rates) == ["photo"]
    for record in FORMATS["jsonl"].read(tmp_path / "one" / "labels.jsonl"):
        assert record.faces[0].domain == {"photo": 1.0}


def test_heads_are_photographed_alone_and_from_a_file_that_holds_some(tmp_path):
    for more in ({"scenes": True}, {"domain": "anime"}, {"expression": "even"}, {"scheme": "manga60a"}):
        with pytest.raises(ValueError, match="heads are photographed alone"):
            write(tmp_path / "out", 1, heads=tmp_path / "heads.npz", **more)
    (tmp_path / "heads.npz").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"heads\.npz: not a file of arrays"):
        write(tmp_path / "out", 1, heads=tmp_path / "heads.npz")
    assert not (tmp_path / "out").exists()
