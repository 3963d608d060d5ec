"""The data sets of the study: read as they come, and one item that is malformed stops none of the others."""

from __future__ import annotations

import json
import random
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from study_sets import (
    GREY,
    MANGA,
    WRONG,
    aflw,
    caricature,
    caricature_list,
    manga,
    mat,
    pattern,
    points,
    wflw,
    wflw_line,
)

from charaface.cli import run
from charaface.data.pictures import Pictures, format_at
from charaface.data.split import key_of
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.formats.results import Results
from charaface.image import save

Capture = pytest.CaptureFixture[str]


def one(record: Record) -> np.ndarray:
    """The points of a record's only face."""
    (face,) = record.faces
    assert face.landmarks is not None
    return face.landmarks.points


@pytest.mark.parametrize("way", [".", "list.txt"])
def test_caricatures_are_read_from_a_folder_and_from_a_list(way: str, tmp_path: Path) -> None:
    source = caricature(tmp_path) / way
    form, labels = format_at(source)
    assert form is FORMATS["npy"]
    records = list(form.read(labels))
    assert [record.file for record in records] == ["0.jpg", "1.jpg", "2.jpg"]
    for k, record in enumerate(records):
        np.testing.assert_allclose(one(record), points(68, k), atol=1e-4)
        assert Pictures(labels).find(record)[0] == tmp_path / f"{k}.jpg"


def test_a_list_finds_points_in_a_folder_beside_that_of_the_pictures(tmp_path: Path) -> None:
    for folder in ("images", "marks"):
        (tmp_path / folder).mkdir()
    save(GREY, tmp_path / "images/a.jpg")
    np.save(tmp_path / "marks/a.jpg.npy", points(68).astype("f4"))
    (tmp_path / "list.txt").write_text("images\\a.jpg\n\nmarks/a.jpg.npy\n")
    first, second = FORMATS["npy"].read(tmp_path / "list.txt")
    assert (first.file, second.file) == ("images/a.jpg", "marks/a.jpg")
    (tmp_path / "more").mkdir()
    np.save(tmp_path / "more/a.npy", points(68))
    with pytest.raises(InputError, match=r"list\.txt:1: 2 files of points"):
        list(FORMATS["npy"].read(tmp_path / "list.txt"))


def test_portraits_have_an_npy_or_a_pts_and_the_first_counts(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(GREY, tmp_path / f"{name}.png")
    np.save(tmp_path / "a.npy", np.asfortranarray(points(68)))
    for name in ("a", "b"):
        rows = "".join(f"{x + 1} {y + 1}\n" for x, y in points(68, 9))
        (tmp_path / f"{name}.pts").write_text(f"version: 1\nn_points: 68\n{{\n{rows}}}\n")
    first, second = FORMATS["npy"].read(tmp_path)
    assert (first.file, second.file) == ("a.png", "b.png")
    np.testing.assert_allclose(one(first), points(68), atol=1e-4)
    np.testing.assert_allclose(one(second), points(68, 9), atol=1e-4)


@pytest.mark.parametrize("form", ["list", "numbers", "alone", "parts", "nested"])
@pytest.mark.parametrize("scheme", ["manga60a", "manga60b"])
def test_manga_landmarks_come_in_any_shape_and_in_both_orders(form: str, scheme: str, tmp_path: Path) -> None:
    from charaface.schemes import SCHEMES

    spots = points(60)
    words = {"jaw": "Chin", "right_brow": "RightEyeBrow", "left_brow": "left eyebrow", "right_pupil": "rightPupil"}
    parts = {words.get(p, p): spots[list(i)].tolist() for p, i in SCHEMES[scheme].parts.items()}
    table = {
        "list": {"points": spots.tolist()}, "numbers": {"x": spots.ravel().tolist()}, "alone": spots.tolist(),
        "parts": parts, "nested": {"who": [1, 2], "landmarks": {**parts, "frame": {}}},
    }[form]  # fmt: skip
    path = tmp_path / MANGA.format(user=3, face=2, x=500)
    path.write_text(json.dumps(table if form == "alone" else {**table, "Emotions": 8}))
    assert format_at(path)[0] is format_at(tmp_path)[0] is FORMATS["manga"]
    (record,) = FORMATS["manga"].read(tmp_path, scheme)
    (face,) = record.faces
    assert (record.file, face.landmarks.scheme) == ("MiraiSan/009.jpg", scheme)
    assert face.box.tolist() == [500, 48, 621, 178]
    assert face.notes == {"annotator": "3", "face": "02"} | ({} if form == "alone" else {"emotions": "8"})
    np.testing.assert_allclose(one(record), spots + [500, 48], atol=1e-3)


def test_manga_points_that_count_from_the_page_stay_where_they_are(tmp_path: Path) -> None:
    spots = points(60) + [540, 90]
    (tmp_path / MANGA.format(user=3, face=2, x=500)).write_text(json.dumps({"p": spots.tolist()}))
    (record,) = FORMATS["manga"].read(tmp_path, "manga60a")
    np.testing.assert_allclose(one(record), spots, atol=1e-3)


def test_sixty_points_in_a_list_need_a_word_on_their_order(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="manga60a or manga60b; say which with --from-scheme"):
        list(FORMATS["manga"].read(manga(tmp_path)))


def test_wflw_has_ninety_eight_points_a_box_attributes_and_names_with_spaces(tmp_path: Path) -> None:
    path = wflw(tmp_path)
    path.write_text(path.read_text() + wflw_line(9, name="37--Soccer/2 a.jpg"))
    assert format_at(path)[0] is FORMATS["wflw"]
    records = list(FORMATS["wflw"].read(path))
    assert [(record.file, len(record.faces)) for record in records] == [
        ("37--Soccer/0 a.jpg", 1), ("37--Soccer/1 a.jpg", 1), ("37--Soccer/2 a.jpg", 2)
    ]  # fmt: skip
    face = records[0].faces[0]
    assert face.box.tolist() == [3, 3, 47, 48]
    assert {name for name, value in face.notes.items() if value == "1"} == {"expression", "occlusion"}
    np.testing.assert_allclose(face.landmarks.points, points(98), atol=1e-4)


def test_aflw_has_points_from_one_and_its_yaw_to_the_left(tmp_path: Path) -> None:
    save(GREY, tmp_path / "image00001.jpg")
    form, labels = format_at(aflw(tmp_path))
    records = list(form.read(labels))
    assert [record.file for record in records] == ["image00000", "image00001.jpg", "image00002"]
    np.testing.assert_allclose(one(records[2]), points(68, 2), atol=1e-4)
    pose = records[0].faces[0].pose
    assert [pose.pitch, pose.yaw, pose.roll] == pytest.approx(np.degrees([0.1, -0.2, -0.3]))


def test_300w_lp_has_its_points_in_two_dimensions(tmp_path: Path) -> None:
    mat(tmp_path / "a.mat", pt3d_68=None, pt2d=points(68, 4).T + 1)
    (record,) = FORMATS["aflw"].read(tmp_path / "a.mat")
    np.testing.assert_allclose(one(record), points(68, 4), atol=1e-4)


def test_a_pattern_of_folders_gives_faces_with_notes_whose_names_split_by_person(tmp_path: Path) -> None:
    source = pattern(tmp_path)
    (tmp_path / "p1/other.jpg").write_bytes(b"")
    form, labels = format_at(source)
    assert form is FORMATS["pattern"]
    records = list(form.read(labels))
    assert [record.file for record in records] == [f"p{k}/dim/7.jpg" for k in (1, 2, 3)]
    face = records[0].faces[0]
    assert (face.box.tolist(), face.notes) == ([0, 0, 50, 40], {"person": "p1", "light": "dim", "angle": "7"})
    assert [key_of(record, "^([^/]+)/") for record in records] == ["p1", "p2", "p3"]
    out = tmp_path / "faces.jsonl"
    assert run(["convert", str(source), str(out)]) == 0
    assert [r.to_dict() for r in FORMATS["jsonl"].read(out)] == [r.to_dict() for r in records]


def test_a_pattern_takes_an_expression_it_knows_and_a_field_again_for_the_same(tmp_path: Path) -> None:
    for name in ("p1/p1_Happy.jpg", "p2/p1_sad.jpg", "p2/p2_smug.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        save(GREY, tmp_path / name)
    records = list(FORMATS["pattern"].read(tmp_path / "{person}/{person}_{expression}.jpg"))
    shown = [(record.file, face.emotion and face.emotion.label) for record in records for face in record.faces]
    assert shown == [("p1/p1_Happy.jpg", "happy"), ("p2/p2_smug.jpg", None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a}/../b.jpg", "leads out"),
        ("none/{a}.jpg", "no such folder"),
        ("{a}.png", "no picture"),
        ("a.jpg", "no field"),
    ],
)
def test_a_pattern_that_leads_nowhere_says_so(text: str, said: str, tmp_path: Path) -> None:
    pattern(tmp_path)
    with pytest.raises(InputError, match=said):
        list(FORMATS["pattern"].read(tmp_path / text))


def test_results_of_caricatures_are_found_by_the_path_of_a_picture(tmp_path: Path) -> None:
    form = FORMATS["npy"]
    made = Results(tmp_path, form.read(caricature(tmp_path)), form.lacks)
    np.testing.assert_allclose(made.of("art/1.jpg").frames[0].faces[0].landmarks.points, points(68, 1), atol=1e-4)


@pytest.mark.parametrize("what", WRONG)
def test_one_malformed_item_gets_one_line_and_the_rest_converts(what: str, tmp_path: Path, capsys: Capture) -> None:
    form, make, spoil, said = WRONG[what]
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    source = make(tmp_path / "in")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        spoil(tmp_path / "in")
    for target, kind in (("faces.jsonl", "jsonl"), ("faces", "labelme")):
        out = tmp_path / "out" / target
        command = ["convert", str(source), str(out), "--from", form, "--to", kind]
        command += ["--from-scheme", "manga60a"] if form == "manga" else []
        assert run(command) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert re.search(said, line), line
        assert list((tmp_path / "out").iterdir()) in ([], [tmp_path / "out/faces.jsonl"])
        assert run([*command, "--skip-broken"]) == 1
        line, summary, *_ = capsys.readouterr().err.splitlines()
        assert line.startswith("error: ")
        assert re.search(said, line), line
        assert len(line) < 1000 or "too long" in said
        assert summary == f"{out}: 2 faces in 2 frames; 1 left out as broken, named above"
        assert len(list(FORMATS[kind].read(out))) == 2


@pytest.mark.parametrize("make", [caricature, manga, wflw, aflw, caricature_list])
def test_a_file_with_flipped_and_lost_bytes_is_read_or_refused(make: Callable[[Path], Path], tmp_path: Path) -> None:
    source, rng = make(tmp_path), random.Random(5)
    form, labels = format_at(source)
    suffix = source.suffix or form.suffix
    (path, *_) = sorted(tmp_path.rglob(f"*{suffix}"))
    good, refused = path.read_bytes(), 0
    for _ in range(150):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        path.write_bytes(bad[: rng.randint(1, len(bad))] if rng.random() < 0.3 else bad)
        said: list[str] = []
        records = list(form.read(labels, "manga60a" if make is manga else None, said.append))
        assert all(str(path) in line and len(line.splitlines()) == 1 for line in said), said
        for record in records:
            Record.from_dict(json.loads(json.dumps(record.to_dict(), allow_nan=False)))
        refused += bool(said)
    assert refused > 10
