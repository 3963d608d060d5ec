"""Labelled faces: cut once, found again, divided by who is in them, read from any file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface.files import InputError
from charaface.formats import FORMATS
from charaface.geometry import crop_matrix, transform
from charaface.schemes import conversion
from charaface.train.config import Labels, Recipe, RecipeError
from charaface.train.labelled import HIDDEN, ROOM, fingerprint, labels_of, open_labelled
from charaface.train.points import PointsJob, divided, errors_of

from .drawings import write_labels

PERSON = r"person(\d+)_"


def labels_at(folder: Path, **changes: object) -> Labels:
    return replace(Labels(files=[str(write_labels(folder))], size=64, group=PERSON), **changes)  # type: ignore[arg-type]


def test_a_face_lies_in_the_middle_of_its_square_with_its_points(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set")
    faces = open_labelled(labels, tmp_path / "cache")
    records = list(FORMATS["jsonl"].read(labels.files[0]))
    assert len(faces) == 12
    assert faces.names == [r.file for r in records]
    assert faces.keys == [str(i // 3) for i in range(12)]
    assert faces.images.shape == (12, round(64 * ROOM), round(64 * ROOM), 3)
    for i in (0, 7):
        marks = records[i].faces[0].landmarks
        assert marks is not None
        matrix = crop_matrix(marks.box, 96, 1.4 * ROOM)
        np.testing.assert_allclose(faces.points[i], transform(marks.points, matrix), atol=1e-3)
        np.testing.assert_allclose(faces.box[i].reshape(2, 2).mean(axis=0), [48, 48], atol=1e-3)
        x, y = np.round(faces.points[i][8]).astype(int)
        assert not np.array_equal(faces.images[i][y, x], [0, 0, 0])


def test_faces_are_cut_once_and_anew_when_the_labels_change(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set")
    first = open_labelled(labels, tmp_path / "cache")
    for path in (tmp_path / "set").glob("*.png"):
        path.unlink()
    again = open_labelled(replace(labels, seed=5, held_out=0.5), tmp_path / "cache")
    np.testing.assert_array_equal(first.images, again.images)
    write_labels(tmp_path / "set", 9)
    assert len(open_labelled(labels, tmp_path / "cache")) == 9
    assert fingerprint(labels) != fingerprint(replace(labels, size=96))


@pytest.mark.parametrize("form", ["dlib", "coco", "csv", "pts", "labelme", "cvat"])
def test_whatever_can_be_read_can_be_learned_from(tmp_path: Path, form: str) -> None:
    source = write_labels(tmp_path / "set", 6)
    kind = FORMATS[form]
    where = tmp_path / "other" / f"labels{kind.suffix}" if not kind.folder else tmp_path / "other"
    where.parent.mkdir(exist_ok=True)
    made = kind.write(where, FORMATS["jsonl"].read(source))
    labels = Labels(files=[str(made)], form=form, pictures=str(tmp_path / "set"), size=64, group=PERSON)
    faces = open_labelled(labels, tmp_path / "cache")
    plain = open_labelled(replace(labels, files=[str(source)], form=""), tmp_path / "cache")
    order = [[Path(n).stem for n in faces.names].index(Path(n).stem) for n in plain.names]
    np.testing.assert_allclose(
        faces.points[order], plain.points, atol=1.2
    )  # dlib's are whole pixels, and so is its box
    assert [faces.keys[i] for i in order] == plain.keys


def test_a_picture_that_cannot_be_read_is_told_and_left_out(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set")
    (tmp_path / "set" / "person1_3.png").write_bytes(b"\x89PNG no more")
    (tmp_path / "set" / "person2_7.png").unlink()
    with (tmp_path / "set" / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"file": "person3_9.png", "faces": [NaN]}\n')
    said: list[str] = []
    faces = open_labelled(labels, tmp_path / "cache", problem=said.append)
    assert len(faces) == 10
    assert len(said) == 3
    assert "labels.jsonl:13" in said[0]
    assert "person1_3.png" in said[1]
    assert "person2_7.png" in said[2]


def test_points_of_another_scheme_count_as_far_as_they_are_told(tmp_path: Path) -> None:
    source = write_labels(tmp_path / "set", 3, scheme="manga60a")
    marks = next(FORMATS["jsonl"].read(source)).faces[0].landmarks
    assert marks is not None
    how = np.asarray(conversion("manga60a", "ibug68").how)
    points, weight = labels_of(marks, "ibug68")
    np.testing.assert_allclose(points, marks.to("ibug68").points)
    assert (weight[how == "absent"] == 0).all()
    assert (weight[how != "absent"] > 0).all()
    _, shared = labels_of(marks, "ibug68", shared=True)
    assert ((shared > 0) == (how == "exact")).all()
    hidden = replace(marks, visible=np.zeros(60, np.bool_))
    assert set(np.unique(labels_of(hidden, "manga60a")[1])) == {np.float32(HIDDEN)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": []}, "names no file of faces"),
        ({"only": "nobody"}, "no face with points"),
        ({"only": "("}, "no regular expression"),
    ],
)
def test_what_gives_no_face_is_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        open_labelled(labels_at(tmp_path / "set", **changes), tmp_path / "cache")
    assert not list(tmp_path.rglob("labels.json"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.xml"):
        open_labelled(Labels(files=[str(tmp_path / "nothing.xml")]), tmp_path / "cache")


def test_who_is_held_out_is_nowhere_else(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set", held_out=0.25, stop=0.34)
    faces = open_labelled(labels, tmp_path / "cache")
    parts = divided(faces, labels)
    people = [{faces.keys[i] for i in part} for part in (parts.learned, parts.stop, parts.held_out)]
    assert all(people)
    assert not people[0] & people[1]
    assert not people[2] & (people[0] | people[1])
    assert sorted([*parts.learned, *parts.stop, *parts.held_out]) == list(range(12))


def test_every_face_is_held_out_in_one_fold(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set", folds=4)
    faces = open_labelled(labels, tmp_path / "cache")
    held = [divided(faces, replace(labels, fold=k)).held_out for k in range(4)]
    assert sorted(np.concatenate(held)) == list(range(12))
    assert all(len(part) == 3 for part in held)


def test_fewer_faces_are_a_choice_of_those_learned_from(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set", held_out=0.25)
    faces = open_labelled(labels, tmp_path / "cache")
    few, all_of_them = divided(faces, replace(labels, most=4)), divided(faces, labels)
    assert len(few.learned) == 4
    assert set(few.learned) < set(all_of_them.learned)
    np.testing.assert_array_equal(few.held_out, all_of_them.held_out)


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    labels = labels_at(tmp_path / "set", held_out=0.99)
    faces = replace(open_labelled(labels, tmp_path / "cache"), keys=["one"] * 12)
    with pytest.raises(RecipeError, match="nothing is left to learn from: 12 faces, 12 of them held out"):
        divided(faces, labels)


def job_at(folder: Path, **changes: object) -> PointsJob:
    labels = labels_at(folder / "set", held_out=0.25, **changes)
    recipe = Recipe("x", "points", "xception", labels=labels)
    return PointsJob(recipe, open_labelled(labels, folder / "cache"))


def test_rows_of_a_batch_are_those_of_the_whole(tmp_path: Path) -> None:
    job = job_at(tmp_path)
    whole, part = job.batch(3), job.batch(3, slice(5, 9))
    assert whole["image"].shape == (64, 64, 64, 3)
    for name, values in whole.items():
        np.testing.assert_array_equal(values[5:9], part[name])


def test_the_mean_face_is_a_baseline_and_the_truth_has_no_error(tmp_path: Path) -> None:
    job = job_at(tmp_path)
    truth = job.held_out
    perfect = errors_of(truth["points"], truth["points"], truth["weight"], truth["box"], "ibug68").figures()
    assert perfect["nme.inter-ocular"] == 0
    assert perfect["auc"] == 100
    baseline = job.baseline()["mean_face"]
    assert baseline["nme.inter-ocular"] > 0
    moved = errors_of(truth["points"] + [0.03, 0.04], truth["points"], truth["weight"], truth["box"], "ibug68")
    eyes = np.linalg.norm(truth["points"][:, 45] - truth["points"][:, 36], axis=1)
    np.testing.assert_allclose(moved.over["inter-ocular"], 0.05 / eyes, rtol=1e-5)
    sides = truth["box"][:, 2:] - truth["box"][:, :2]
    np.testing.assert_allclose(moved.over["box"], 0.05 / np.sqrt(sides.prod(axis=1)), rtol=1e-5)


def test_points_that_are_not_known_are_left_out_of_an_error(tmp_path: Path) -> None:
    truth = job_at(tmp_path).held_out
    weight = truth["weight"].copy()
    weight[:, :17] = 0
    found = truth["points"].copy()
    found[:, :17] += 1
    errors = errors_of(found, truth["points"], weight, truth["box"], "ibug68")
    assert np.isnan(errors.points[:, :17]).all()
    assert errors.figures()["nme.inter-ocular"] == 0
