"""Evaluation of predictors that are known: a perfect one, a shifted one, a blind one, a late one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import evaluate, weights
from charaface.evaluate import boxes, photographs, points, steady
from charaface.evaluate.labels import FITTING, HAND_LABELS, Boxed, Labelled, read_boxes, read_drawn, read_photographs
from charaface.evaluate.points import BOX, GIVEN, MEAN, OCULAR, OWN, PARTS, PUPIL
from charaface.evaluate.predictor import Answers, Predictor, fingerprint
from charaface.evaluate.table import Estimate, Goal, Section, Table, number
from charaface.face import Face, Landmarks
from charaface.formats import FORMATS, Record

SIDE = 200
EYES = 60.0  # pixels between the outer eye corners of FACE


def upright_face() -> np.ndarray:
    """(68, 2) points of a plain face in a picture of SIDE pixels."""
    face = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    face[:17] = np.stack([100 + 45 * np.cos(turn), 90 + 60 * np.sin(turn)], axis=1)
    face[17:27] = np.stack([np.linspace(65, 135, 10), np.full(10, 75)], axis=1)
    face[27:36] = np.stack([np.full(9, 100), np.linspace(90, 115, 9)], axis=1)
    for start, middle in ((36, 80), (42, 120)):
        ring = np.pi - np.arange(6) * np.pi / 3
        face[start : start + 6] = np.stack([middle + 10 * np.cos(ring), 90 - 6 * np.sin(ring)], axis=1)
    ring = np.pi - np.arange(20) * np.pi / 10
    face[48:] = np.stack([100 + 15 * np.cos(ring), 130 - 5 * np.sin(ring)], axis=1)
    return face


FACE = upright_face()


def labelled(number: int, domain: str = "anime", missing: Sequence[int] = (), again: float | None = None) -> Labelled:
    truth = FACE + [number, -number]
    truth[list(missing)] = np.nan
    series = {"anime": "anime-faces", "cartoon": "dexter", "open": "valyria"}[domain]
    return Labelled(f"{number}.png", domain, series, truth, None if again is None else truth + [again, 0])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten pictures, each of the grey that is its number."""
    for grey in range(10):
        Image.new("RGB", (SIDE, SIDE), (grey,) * 3).save(tmp_path / f"{grey}.png")
    return tmp_path


def found(face: np.ndarray, box: np.ndarray | None = None, score: float = 0.9) -> Face:
    hull = np.concatenate([face.min(axis=0), face.max(axis=0)])
    return Face(hull if box is None else box, score, Landmarks(face, np.ones(68), np.ones(68)))


def predictor(
    see: Callable[[int], list[Face]], read: Callable[[int], np.ndarray] | None = None, key: str = ""
) -> Predictor:
    """A predictor that knows pictures by their grey: see gives its faces, read the points in a given box."""

    def landmarks(image: np.ndarray, faces: list[Face] | None) -> list[Face]:
        grey = int(image[0, 0, 0])
        if faces is None:
            return see(grey)
        return [found((read or truth)(grey), face.box) for face in faces]

    def detect(image: np.ndarray, threshold: float | None) -> list[Face]:
        return [face for face in see(int(image[0, 0, 0])) if face.score >= (0.5 if threshold is None else threshold)]

    return Predictor(detect, landmarks, lambda images: [landmarks(i, None) for i in images], key, ("fake-1",))


def truth(number: int) -> np.ndarray:
    return FACE + [number, -number]


def boxed(number: int) -> np.ndarray:
    return labelled(number).box(SIDE, SIDE)


def scored(data: Path, one: Predictor, faces: Sequence[Labelled]) -> list[points.Scored]:
    return points.score(Answers(one, data), faces, lambda *_: None)


PERFECT = predictor(lambda n: [found(truth(n), boxed(n))])


def test_a_perfect_prediction_scores_0_by_every_length_and_part(data: Path) -> None:
    for face in scored(data, PERFECT, [labelled(n) for n in range(4)]):
        assert face.found
        for way in (OWN, GIVEN):
            for part in (None, *PARTS):
                errors = [face.error(way, length, part) for length in (OCULAR, PUPIL, BOX)]
                assert errors == pytest.approx([0, 0, 0], abs=1e-6)


def test_a_shift_scores_its_length_over_each_length(data: Path) -> None:
    shifted = predictor(lambda n: [found(truth(n) + [3, 4], boxed(n))], lambda n: truth(n) + [0, 6])
    (face,) = scored(data, shifted, [labelled(0)])
    side = np.sqrt(np.prod(face.box[2:] - face.box[:2]))
    for length, pixels in ((OCULAR, EYES), (PUPIL, 40.0), (BOX, side)):
        assert face.error(OWN, length) == pytest.approx(5 / pixels, rel=1e-5)
        assert face.error(GIVEN, length) == pytest.approx(6 / pixels, rel=1e-5)


def test_a_face_not_found_counts_as_100_percent(data: Path) -> None:
    half = predictor(lambda n: [found(truth(n), boxed(n))] if n % 2 else [])
    faces = scored(data, half, [labelled(n) for n in range(4)])
    assert [face.error(OWN, OCULAR) for face in faces] == pytest.approx([1, 0, 1, 0], abs=1e-6)
    assert [face.error(GIVEN, OCULAR) for face in faces] == pytest.approx([0] * 4, abs=1e-6)
    goals = {goal.name: goal.estimate.value for goal in points.goals(faces)}
    assert goals["labelled faces found"] == 50
    assert goals["NME, whole set: above 15 %"] == 50


def test_a_box_that_overlaps_too_little_has_not_found_the_face_and_the_best_one_counts(data: Path) -> None:
    x0, y0, x1, y1 = boxed(0)

    def moved(share: float) -> np.ndarray:
        return np.array([x0 + share * (x1 - x0), y0, x1 + share * (x1 - x0), y1])

    # moved by a share s of its side a box overlaps by (1 - s) / (1 + s)
    (far,) = scored(data, predictor(lambda _: [found(FACE, moved(0.55))]), [labelled(0)])
    assert far.overlap == pytest.approx(0.45 / 1.55, rel=1e-4)
    assert not far.found
    (near,) = scored(data, predictor(lambda _: [found(FACE, moved(0.5))]), [labelled(0)])
    assert near.found
    two = [found(FACE + 50, moved(0.3), 0.99), found(FACE, moved(0.1), 0.6)]
    (best,) = scored(data, predictor(lambda _: two), [labelled(0)])
    assert best.error(OWN, OCULAR) == pytest.approx(0, abs=1e-6)


def test_points_without_landmarks_count_as_not_found(data: Path) -> None:
    bare = predictor(lambda n: [Face(boxed(n), 0.9)])
    (face,) = scored(data, bare, [labelled(0)])
    assert face.error(OWN, OCULAR) == 1


def test_a_face_without_both_outer_corners_has_a_row_of_its_own(data: Path) -> None:
    faces = [labelled(0), labelled(1, missing=[45]), labelled(2, "cartoon")]
    found_faces = scored(data, PERFECT, faces)
    assert np.isnan(found_faces[1].error(OWN, OCULAR))
    assert len(points.errors(found_faces, OWN)) == 2
    by_domain, _, turned, *_ = points.sections(found_faces, faces)
    assert [row[:3] for row in by_domain.rows] == [
        ("all", 2, 2),
        ("anime and visual novel", 1, 1),
        ("anime", 1, 1),
        ("cartoon", 1, 1),
    ]
    assert [row[:3] for row in turned.rows] == [("all", 1, 1)]


def test_the_true_box_stays_inside_the_picture() -> None:
    face = Labelled("0.png", "anime", "anime-faces", FACE - [80, 80])
    assert (face.box(SIDE, SIDE)[:2] == 0).all()
    assert face.box(50, 40).tolist()[2:] == [50, 40]


def test_the_mean_face_of_equal_faces_is_the_face_and_never_its_own() -> None:
    faces = [labelled(n) for n in range(3)]
    framed = [face.box(SIDE, SIDE) for face in faces]
    for face, mean in zip(faces, points.mean_faces(faces, framed), strict=True):
        np.testing.assert_allclose(mean, face.truth, atol=1e-4)
    alone = points.mean_faces(faces[:1], framed[:1])
    assert np.isnan(alone[0]).all()


def test_a_baseline_stands_beside_every_score(data: Path) -> None:
    found_faces = scored(data, PERFECT, [labelled(n) for n in range(3)])
    assert points.errors(found_faces, MEAN) == pytest.approx([0, 0, 0], abs=1e-4)
    for section in points.sections(found_faces, [])[:4]:
        assert any("mean face" in column for column in section.columns)


def test_the_repeat_error_is_that_of_the_second_labelling() -> None:
    faces = [labelled(0, again=0.6), labelled(1, again=1.2), labelled(2)]
    assert points.repeats(faces) == pytest.approx([0.6 / EYES, 1.2 / EYES])
    section = points.repeat_section(faces)
    assert [row[0] for row in section.rows] == [*PARTS, "all points"]
    assert section.rows[-1][1] == 2


# ---- boxes


def spread(data: Path, faces: dict[int, list[float]], ignore: dict[int, list[float]] | None = None) -> boxes.Tally:
    """One true face in the corner of two pictures; the detector sees those of faces, a score beside each."""
    pictures = [
        Boxed(
            f"{n}.png",
            "x",
            np.array([[0.0, 0, 100, 100]]),
            np.array([(ignore or {}).get(n, [])]).reshape(-1, 4),
        )
        for n in range(2)
    ]
    seen = predictor(lambda n: [Face(np.array(faces[n][:4]), faces[n][4])] if n in faces else [])
    return boxes.tally("x", Answers(seen, data), pictures, lambda *_: None, curve=True)


def test_every_face_found_and_nothing_else_is_all_of_precision_and_recall(data: Path) -> None:
    both = spread(data, {0: [0, 0, 100, 100, 0.9], 1: [0, 0, 100, 90, 0.8]})
    assert (both.precision, both.recall) == (Estimate(100, 100, 100), Estimate(100, 100, 100))
    assert both.average_precision == 1


def test_below_the_default_threshold_a_face_is_not_found_but_counts_for_average_precision(data: Path) -> None:
    one = spread(data, {0: [0, 0, 100, 100, 0.9], 1: [0, 0, 100, 100, 0.3]})
    assert (one.precision.value, one.recall.value, one.average_precision) == (100, 50, 1)


def test_a_false_face_costs_precision_unless_it_lies_on_what_is_ignored(data: Path) -> None:
    faces = {0: [0.0, 0, 100, 100, 0.9], 1: [150.0, 150, 190, 190, 0.9]}
    assert spread(data, faces).precision.value == 50
    assert spread(data, faces, {1: [140, 140, 200, 200]}).precision.value == 100


def test_recall_by_character_puts_the_least_found_first(data: Path) -> None:
    names = [("x, a", "x, b"), ("x, a",)]
    whole, far = [0.0, 0, 100, 100], [150.0, 150, 190, 190]
    pictures = [
        Boxed(f"{n}.png", "x", np.array([whole, far][: len(who)]), np.zeros((0, 4)), who) for n, who in enumerate(names)
    ]
    seen = predictor(lambda n: [Face(np.array(far if n == 0 else whole), 0.9)])
    tally = boxes.tally("x", Answers(seen, data), pictures, lambda *_: None)
    assert tally.by_who == (("x, a", 1, 2), ("x, b", 1, 1))
    assert boxes.character_section(tally).rows == (("x, a", 2, 50.0), ("x, b", 1, 100.0))


def test_floors_of_pages_and_sprites_are_counts(data: Path) -> None:
    tally = spread(data, {0: [0, 0, 100, 100, 0.9], 1: [150, 150, 190, 190, 0.9]})
    goals = {goal.name: goal for goal in boxes.goals(tally, tally, tally)}
    assert goals["Ren'Py sprites found, of 2"].verdict == "missed"
    assert goals["false faces on 2 comic pages"].verdict == "floor"
    blind = spread(data, {})
    assert np.isnan(blind.precision.value)
    assert blind.recall.value == 0


# ---- answers


def test_answers_are_kept_until_the_predictor_or_the_picture_changes(data: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def see(grey: int) -> list[Face]:
        asked.append(grey)
        return [found(truth(grey), boxed(grey))]

    one = predictor(see, key="a")
    first = Answers(one, data, tmp_path / "kept").landmarks("3.png")
    again = Answers(one, data, tmp_path / "kept").landmarks("3.png")
    assert asked == [3]
    assert [face.to_dict() for face in first] == [face.to_dict() for face in again]
    Answers(replace(one, key="b"), data, tmp_path / "kept").landmarks("3.png")
    assert asked == [3, 3]
    Image.new("RGB", (SIDE, SIDE + 1), (4, 4, 4)).save(data / "3.png")
    Answers(one, data, tmp_path / "kept").landmarks("3.png")
    assert asked == [3, 3, 4]


def test_a_line_left_half_written_is_asked_for_again(data: Path, tmp_path: Path) -> None:
    one = replace(PERFECT, key="a")
    Answers(one, data, tmp_path / "kept").landmarks("1.png")
    file = tmp_path / "kept" / "a.jsonl"
    file.write_text(file.read_text("utf-8")[:-20], "utf-8")
    assert len(Answers(one, data, tmp_path / "kept").landmarks("1.png")) == 1


def test_the_fingerprint_follows_what_answers_and_nothing_else(tmp_path: Path) -> None:
    for name in ("tasks/detect.py", "networks/a.onnx", "synth/cast.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = fingerprint(tmp_path)
    for name in ("synth/cast.py", "notes.txt"):
        (tmp_path / name).write_text("2")
    assert fingerprint(tmp_path) == before
    for name in ("tasks/detect.py", "networks/a.onnx"):
        (tmp_path / name).write_text("2")
        assert fingerprint(tmp_path) != before
        before = fingerprint(tmp_path)


def test_the_shipped_networks_are_asked_through_the_tasks() -> None:
    if not set(weights.DEFAULTS.values()) <= set(weights.WEIGHTS):
        pytest.skip("the package has no weights yet")
    one = evaluate.shipped(threads=1)
    white = np.full((64, 64, 3), 255, np.uint8)
    assert one.detect(white, None) == []
    assert one.track([white, white]) == [[], []]
    assert [face.box.tolist() for face in one.landmarks(white, [Face([8, 8, 56, 56])])] == [[8, 8, 56, 56]]
    assert one.key == evaluate.shipped(threads=1).key


# ---- clips


def standing(shift: Callable[[int], np.ndarray | None]) -> Predictor:
    """Follows SUBJECT in its clips; shift(frame) moves its points, None loses the face."""

    def track(images: Sequence[np.ndarray]) -> list[list[Face]]:
        if len(images) == steady.FRAMES:
            ways = [np.zeros(2)] * len(images)
        else:  # where the white bar stands tells where the face is
            ways = [np.array([float(np.argmax(image[0, :, 0])) - 1, 0.0]) for image in images]
        shifts = [shift(i) for i in range(len(images))]
        return [[] if s is None else [found(FACE + way + s)] for way, s in zip(ways, shifts, strict=True)]

    return Predictor(lambda *_: [], lambda *_: [], track)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> steady.Subject:
    """A picture with a white bar in its second column, in short clips without noise."""
    monkeypatch.setattr(steady, "MOVING", 8)
    monkeypatch.setattr(steady, "FRAMES", 12)
    monkeypatch.setattr(steady, "degraded", lambda image, _: image)
    image = np.zeros((24, 64, 3), np.uint8)
    image[:, 1] = 255
    return steady.Subject("bar", image, found(FACE))


def test_a_face_followed_exactly_neither_trembles_nor_lags(subject: steady.Subject) -> None:
    got = steady.motion(standing(lambda _: np.zeros(2)), subject)
    assert got == pytest.approx({"jitter": 0, "lag": 0, "lost": 0}, abs=1e-6)


def test_an_offset_is_no_lag_and_a_tremble_is_jitter(subject: steady.Subject) -> None:
    got = steady.motion(standing(lambda i: np.array([4.0 + (i % 2), 2.0])), subject)
    assert got["jitter"] == pytest.approx(1 / steady.EYES)
    assert got["lag"] == pytest.approx(0, abs=0.002)
    assert got["lost"] == 0


def test_a_frame_without_the_face_counts_as_100_percent(subject: steady.Subject) -> None:
    got = steady.motion(standing(lambda i: None if i == 3 else np.zeros(2)), subject)
    assert got["jitter"] == pytest.approx(1 / 12)
    assert got["lag"] == pytest.approx(1 / 8, abs=1e-6)
    assert steady.motion(standing(lambda _: None), subject) == {"jitter": 1, "lag": 1, "lost": 1}


def test_a_moving_clip_moves_by_its_step_and_back() -> None:
    picture = steady.Subject("x", np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8), found(FACE))
    there, path = steady.moving(picture, back=False)
    back, home = steady.moving(picture, back=True)
    assert {image.shape for image in [*there, *back]} == {(30, 40 + steady.STEP * (steady.MOVING - 1), 3)}
    assert np.diff(path[:, 0, 0]).tolist() == [steady.STEP] * (steady.MOVING - 1)
    np.testing.assert_array_equal(path[::-1], home)


def test_noise_and_jpeg_are_of_the_stated_strength_and_repeat() -> None:
    grey = np.full((64, 64, 3), 128, np.uint8)
    first, again = (steady.degraded(grey, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert 1.5 < (first.astype(float) - 128).std() < steady.NOISE + 0.5


def test_subjects_have_the_stated_width_between_the_eyes() -> None:
    pytest.importorskip("skia", reason="the generator needs charaface[draw]")
    for one in steady.subjects():
        points68 = one.face.landmarks.points
        assert np.hypot(*(points68[45] - points68[36])) == pytest.approx(steady.EYES, abs=1)


# ---- the table


VERDICTS = [
    (4.2, False, "aim"),
    (4.3, False, "aim"),
    (4.8, False, "floor"),
    (5.1, False, "missed"),
    (float("nan"), False, "not measured"),
    (5.1, True, "aim"),
]


@pytest.mark.parametrize(("value", "higher", "verdict"), VERDICTS)
def test_a_goal_says_what_it_reached(value: float, higher: bool, verdict: str) -> None:
    floor, aim = (4.3, 5.0) if higher else (5.0, 4.3)
    assert Goal("x", Estimate(value), "%", floor, aim, higher).verdict == verdict
    assert Goal("x", Estimate(value)).verdict == ""


NUMBERS = [(5.034, "5.03"), (11.82, "11.8"), (100.0, "100"), (0.0, "0"), (float("nan"), "-"), (99.96, "100")]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value).removesuffix(".0") == text


def test_a_table_prints_its_goals_and_its_sections() -> None:
    goal = Goal("median", Estimate(4.0, 3.5, 4.5), "%", 5.0, 4.3)
    section = Section("Parts", ("", "own"), (("jaw", Estimate(2.0)), ("nose", None)), "a note")
    table = Table((goal, replace(goal, name="worse", estimate=Estimate(9.0))), (section,))
    text = str(table)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line]
    assert ["median, %", "4 [3.50 to 4.50]", "5", "4.30", "aim"] in rows
    assert ["worse, %", "9", "5", "4.30", "missed"] in rows
    assert ["jaw", "2"] in rows
    assert "### Parts" in text
    assert "a note" in text


def test_the_main_table_travels_as_json_and_names_what_is_missed(data: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    faces = [
        {"file": f"{n}.png", "domain": domain, "series": series, "points": named(truth(n))}
        for n, (domain, series) in enumerate([("anime", "anime-faces"), ("cartoon", "dexter"), ("open", "renpy")])
    ]
    (labels / "drawn.json").write_text(json.dumps({"rules": "", "faces": faces}), "utf-8")
    found_table = evaluate.main_table(data, predictor=PERFECT, labels=labels, quick=True, keep=tmp_path / "kept")
    assert found_table.missed == ()
    assert json.loads(json.dumps(found_table.to_dict()))["about"]["faces"] == 3
    assert all(face["found"] for face in found_table.to_dict()["faces"])
    blind = predictor(lambda _: [])
    missed = evaluate.main_table(data, predictor=blind, labels=labels, quick=True, keep=tmp_path / "kept").missed
    assert "labelled faces found" in missed
    assert len(missed) == 5


def test_photographs_are_measured_on_people_that_nothing_was_fitted_on(data: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / FITTING).write_text("images/training_Ann_Lee_00.jpg\n", "utf-8")
    assert read_photographs(tmp_path, labels) == []  # no such folder
    folder = data / "photos68"
    folder.mkdir()
    names = ("images/test_Ann_Lee_07.jpg", "images/training_Bo_01.jpg", "images/test_Bo_02.jpg")
    given = [Record(name, 0, 0.0, SIDE, SIDE, [found(FACE + n)]) for n, name in enumerate(names)]
    FORMATS["dlib"].write(folder / "labels.xml", given)
    read = read_photographs(data, labels)
    assert [(face.file, face.series) for face in read] == [(f"photos68/{name}", "Bo") for name in names[1:]]
    off = predictor(lambda grey: [found(FACE + grey + [0.06 * EYES, 0])])
    (folder / "images").mkdir()
    for n, name in enumerate(names):
        Image.new("RGB", (SIDE, SIDE), (n,) * 3).save(folder / name)
    (goal,) = photographs.goals(points.score(Answers(off, data), read, lambda *_: None), "raw")
    assert goal.estimate.value == pytest.approx(6, abs=0.5)  # dlib's file holds whole pixels


def named(face: np.ndarray) -> dict[str, list[float]]:
    return {str(i): point.tolist() for i, point in enumerate(face)}


def test_what_is_missing_is_named(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHARAFACE_DATA", raising=False)
    with pytest.raises(ValueError, match="CHARAFACE_DATA"):
        evaluate.main_table(predictor=PERFECT)
    with pytest.raises(ValueError, match="nowhere"):
        evaluate.main_table(tmp_path / "nowhere", predictor=PERFECT)
    with pytest.raises(ValueError, match=r"drawn\.json"):
        evaluate.main_table(data, predictor=PERFECT, labels=tmp_path)
    (tmp_path / "drawn.json").write_text('{"faces": [{"file": "0.png"}]}', "utf-8")
    with pytest.raises(ValueError, match="no file of hand labels"):
        evaluate.repeat_table(tmp_path)
    with pytest.raises(ValueError, match=r"99\.png"):
        Answers(PERFECT, data).landmarks("99.png")


# ---- the committed labels


ALLOWED = {17, 19, 21, 22, 24, 26, 30, *range(36, 48), 48, 51, 54, 57, 0, 4, 8, 12, 16}


def test_the_hand_labels_are_as_many_as_promised() -> None:
    faces = read_drawn(HAND_LABELS / "drawn.json")
    domains = [face.domain for face in faces]
    assert len({face.file for face in faces}) == len(faces) >= 100
    assert [domains.count(d) >= n for d, n in (("anime", 40), ("cartoon", 40), ("open", 20))] == [True] * 3
    corners = sum(not np.isnan(face.truth[[36, 45]]).any() for face in faces)
    assert corners >= 85
    assert len(faces) - corners >= 10
    assert sum(face.again is not None for face in faces) >= 20


def test_the_hand_labels_hold_the_agreed_points_and_a_box() -> None:
    for face in read_drawn(HAND_LABELS / "drawn.json"):
        known = np.flatnonzero(~np.isnan(face.truth).any(axis=1))
        assert set(known.tolist()) <= ALLOWED, face.file
        assert len(known) >= 8, face.file
        box = face.box(10_000, 10_000)
        assert (box[2:] > box[:2]).all(), face.file


def test_the_drawn_boxes_are_boxes() -> None:
    pictures = read_boxes(HAND_LABELS / "boxes.json")
    sprites = [picture for picture in pictures if picture.series == boxes.SPRITES]
    assert [len(picture.faces) for picture in sprites] == [1] * 13
    assert len(pictures) > 13
    for picture in pictures:
        every = np.concatenate([picture.faces, picture.ignore])
        assert (every[:, 2:] > every[:, :2]).all(), picture.file
