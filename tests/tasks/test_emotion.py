"""emotion: the expression of each face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface import emotion, frames, landmarks, weights
from charaface.face import EXPRESSIONS, Face, Landmarks
from charaface.files import InputError
from charaface.gif import GifWriter
from charaface.session import Spec
from charaface.tasks.emotion import shares
from painted import SURE, Fake, World, expresser, mark, paint, points_of

SQUARES = [(120, 30, 80), (30, 40, 60), (200, 120, 60)]
MOODS = ["happy", "sad", "neutral"]
IMAGE = mark(mark(paint(SQUARES), SQUARES[0], "happy"), SQUARES[1], "sad")
ANIME = {"photo": 0.0, "anime": 0.9, "manga": 0.1, "cartoon": 0.0, "painting": 0.0}
PHOTO = {"photo": 0.98, "anime": 0.02}


def given(*domains: dict[str, float] | None) -> list[Face]:
    """The faces of IMAGE, of these kinds."""
    return [replace(face, domain=domain) for face, domain in zip(landmarks(IMAGE), domains, strict=False)]


@pytest.mark.usefixtures("moods")
def test_every_face_has_its_expression_and_the_probability_of_all_seven() -> None:
    faces = emotion(IMAGE)
    assert [face.emotion.label for face in faces] == MOODS
    for face in faces:
        assert [*face.emotion.probabilities] == [*EXPRESSIONS]
        assert sum(face.emotion.probabilities.values()) == pytest.approx(1)
        assert face.emotion.probabilities[face.emotion.label] == pytest.approx(SURE)
    bare = [
        replace(face, emotion=None, weights={k: v for k, v in face.weights.items() if k != "emotion"}) for face in faces
    ]
    assert [face.to_dict() for face in bare] == [face.to_dict() for face in landmarks(IMAGE)]


@pytest.mark.usefixtures("moods")
def test_given_faces_keep_order_box_score_and_fields_and_none_is_dropped() -> None:
    faces = [
        Face([28, 42, 88, 100], 0.01, track=4, monochrome=0.5),
        Face([1, 1, 20, 20], 0.7, weights={"detect": "mine-2"}),  # nothing is there
        replace(landmarks(IMAGE)[0], notes={"annotator": "b"}),
    ]
    before = [face.to_dict() for face in faces]
    found = emotion(IMAGE, faces, threshold=0.9)
    assert [face.to_dict() for face in faces] == before
    for old, new in zip(faces, found, strict=True):
        assert new.emotion is not None
        rest = replace(new, emotion=None, landmarks=old.landmarks, pose=old.pose, weights=old.weights)
        assert rest.to_dict() == old.to_dict()
    assert [face.emotion.label for face in found][::2] == ["sad", "happy"]
    assert found[0].landmarks is not None
    assert np.array_equal(found[2].landmarks.points, faces[2].landmarks.points)


def test_given_points_are_not_read_again(moods: World) -> None:
    faces = landmarks(IMAGE)
    read = moods.crops_read
    emotion(IMAGE, faces)
    assert moods.crops_read == read
    assert emotion(IMAGE, []) == []


def test_no_face_is_an_empty_list_and_asks_no_network(moods: World) -> None:
    assert emotion(paint([])) == []
    assert moods.photo.calls == moods.drawn.calls == []


@pytest.mark.usefixtures("moods")
def test_a_mirrored_picture_has_the_same_expressions() -> None:
    for flip in (False, True):
        there = {round(float(face.box[0])): face for face in emotion(IMAGE, flip=flip)}
        for face in emotion(np.ascontiguousarray(IMAGE[:, ::-1]), flip=flip):
            twin = there[round(IMAGE.shape[1] - float(face.box[2]))]
            assert face.emotion.probabilities == pytest.approx(twin.emotion.probabilities)


def test_a_leaning_face_is_shown_upright(moods: World) -> None:
    import cv2

    seen = []
    plain = moods.drawn.run
    moods.drawn.run = lambda batch: seen.append(batch) or plain(batch)  # type: ignore[method-assign]
    image = paint([(110, 70, 100)])
    image[70:90, 110:210] = (0, 0, 255)  # a blue forehead
    face = squarely(110, 70, 100)
    turn = cv2.getRotationMatrix2D((159.5, 119.5), -35, 1.0)
    leaning = cv2.warpAffine(image, turn, (320, 240), borderValue=(230, 230, 230))
    points = face.landmarks.points @ turn[:, :2].T + turn[:, 2]
    emotion(leaning, [replace(face, landmarks=replace(face.landmarks, points=points))])
    crop = seen[0][0].transpose(1, 2, 0) * 127.5 + 127.5
    top = [crop[9, x] for x in (12, 24, 36)]
    assert all(np.abs(colour - (0, 0, 255)).max() < 40 for colour in top)


def test_the_kind_of_picture_decides_which_network_answers(moods: World) -> None:
    moods.photo = expresser("emotion-photo", ("photo",), sure=0.55)
    found = emotion(IMAGE, given(ANIME, PHOTO, None))
    assert [face.weights["emotion"] for face in found] == [
        "emotion-drawn-1",
        "emotion-photo-1",
        "emotion-photo-1 + emotion-drawn-1",
    ]
    tops = [face.emotion.probabilities[mood] for face, mood in zip(found, MOODS, strict=True)]
    assert tops == pytest.approx([SURE, 0.55, (SURE + 0.55) / 2])
    assert [sum(shape[0] for shape in fake.calls) for fake in (moods.photo, moods.drawn)] == [2, 2]


def specs(*domains: tuple[str, ...]) -> list[Spec]:
    return [expresser(domains=own).spec for own in domains]


TWO = (("photo",), ("anime", "manga", "cartoon", "painting"))


@pytest.mark.parametrize(
    ("domain", "networks", "wanted"),
    [
        ({"photo": 0.3, "anime": 0.5, "manga": 0.2}, TWO, [0.3, 0.7]),
        ({"photo": 0.97, "anime": 0.03}, TWO, [1, 0]),  # hardly a drawing: that network is not asked
        ({"photo": 0.2, "anime": 0.2}, TWO, [0.5, 0.5]),  # what is known need not add up
        (None, TWO, [0.5, 0.5]),
        ({"doujin": 1.0}, TWO, [0.5, 0.5]),  # a data set's own word
        ({"photo": 0.6, "anime": 0.4}, TWO[1:], None),  # likeliest a photograph, and no network is for those
        ({"photo": 0.4, "anime": 0.6}, TWO[1:], [1]),
        ({"photo": 1.0}, ((),), [1]),  # a network that names no kinds is for all
        ({"photo": 1.0}, (("photo",), ()), [0.5, 0.5]),
        ({"photo": 0.0, "anime": 0.0}, TWO, [0.5, 0.5]),
        (None, (), None),
    ],
)
def test_shares_follow_the_probabilities_of_the_kinds(
    domain: dict[str, float] | None, networks: Sequence[tuple[str, ...]], wanted: list[float] | None
) -> None:
    found = shares(domain, specs(*networks))
    assert found is None if wanted is None else found == pytest.approx(wanted)


def test_weights_generated_leave_photographs_without_and_ask_no_network_for_them(moods: World) -> None:
    found = emotion(IMAGE, given(ANIME, PHOTO, None), weights="generated")
    assert [face.emotion and face.emotion.label for face in found] == ["happy", None, "neutral"]
    assert [face.weights.get("emotion") for face in found] == ["emotion-drawn-1", None, "emotion-drawn-1"]
    assert "emotion" not in found[1].to_dict()
    assert moods.photo.calls == []
    with pytest.raises(ValueError, match="emotion-photo learned from photographs of people, which weights generated"):
        emotion(IMAGE, weights="generated", model="emotion-photo")
    with pytest.raises(ValueError, match="weights are one of all, generated, got 'own'"):
        emotion(IMAGE, weights="own")  # type: ignore[arg-type]


def test_with_no_network_left_the_faces_stay_without(moods: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHARED", {"emotion": ("emotion-photo",)})
    found = emotion(IMAGE, weights="generated")
    assert [face.to_dict() for face in found] == [face.to_dict() for face in landmarks(IMAGE)]
    assert moods.photo.calls == []


def test_a_network_of_one_s_own_takes_the_place_of_the_package_s(moods: World) -> None:
    for model in ("moods.onnx", ["mine.onnx", "moods.onnx"]):
        found = emotion(IMAGE, model=model)
        assert [face.emotion.label for face in found] == MOODS
        assert {face.weights["emotion"] for face in found} == {"moods-1"}
    assert moods.photo.calls == moods.drawn.calls == []
    assert len(moods.pointer.calls) == 1  # and its points are those of the result
    assert found[0].landmarks.scheme == "manga60a"


def test_without_any_network_it_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHARED", {"emotion": ()})
    with pytest.raises(InputError, match=r"no weights for emotion yet; .*--model FILE.onnx"):
        emotion(IMAGE)
    assert [face.emotion.label for face in emotion(IMAGE, model="moods.onnx")] == MOODS
    assert world.detector.calls


def test_a_network_that_does_not_fit_is_named(world: World) -> None:
    plain = expresser()
    world.moods = Fake(replace(plain.spec, labels={"emotion": (*EXPRESSIONS[:6], "love")}), plain.run)
    with pytest.raises(InputError, match="moods-1: names love; there are angry, disgust"):
        emotion(IMAGE, model="moods.onnx")
    world.moods = Fake(plain.spec, lambda batch: {"emotion": np.full((len(batch), 7), 2.5, np.float32)})
    with pytest.raises(ValueError, match="moods-1 gave emotion that are no probabilities; end it with a softmax"):
        emotion(IMAGE, model="moods.onnx")
    world.moods = Fake(replace(plain.spec, labels={}), plain.run)
    with pytest.raises(InputError, match="moods-1: names nothing"):
        emotion(IMAGE, model="moods.onnx")


def test_an_onnx_file_answers_from_the_pixels_of_the_upright_crop(tmp_path: Path) -> None:
    """A real network, made by hand: how green the crop is says happy, how blue sad."""
    pytest.importorskip("onnx")
    path = tmp_path / "greens.onnx"
    path.write_bytes(green_network())
    image = np.full((120, 200, 3), 128, np.uint8)
    image[20:100, 10:90] = (0, 255, 0)
    image[20:100, 110:190] = (0, 0, 255)
    found = emotion(image, [squarely(10, 20, 80), squarely(110, 20, 80)], model=path)
    assert [face.emotion.label for face in found] == ["happy", "sad"]
    assert [face.weights["emotion"] for face in found] == ["greens-4"] * 2
    assert found[0].emotion.probabilities["happy"] > 0.9


def squarely(x0: float, y0: float, side: float) -> Face:
    """A face with its points, as painted."""
    marks = Landmarks(points_of((x0, y0, side)), np.ones(68), np.ones(68, bool))
    return Face([x0, y0, x0 + side, y0 + side], landmarks=marks)


def green_network() -> bytes:
    """Softmax of 8 times the mean green and blue of a 64 px crop, and of zero for the five others."""
    import json

    from onnx import TensorProto, helper, numpy_helper

    kernel = np.zeros((7, 3), np.float32)
    kernel[EXPRESSIONS.index("happy"), 1] = kernel[EXPRESSIONS.index("sad"), 2] = 8
    nodes = [
        helper.make_node("ReduceMean", ["image", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "kernel"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["emotion"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "greens",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 64, 64])],
        [helper.make_tensor_value_info("emotion", TensorProto.FLOAT, ["n", 7])],
        [numpy_helper.from_array(np.array([2, 3]), "axes"), numpy_helper.from_array(kernel.T.copy(), "kernel")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    spec = {
        "name": "greens",
        "version": 4,
        "task": "emotion",
        "input": {"name": "image", "size": [64, 64], "mean": [127.5] * 3, "std": [127.5] * 3},
        "outputs": ["emotion"],
        "licence": "MIT",
        "data": "nothing",
        "crop_scale": 1.0,
        "labels": {"emotion": list(EXPRESSIONS)},
    }
    helper.set_model_props(model, {"charaface": json.dumps(spec)})
    return model.SerializeToString()  # type: ignore[no-any-return]


def gif(path: Path, moods: Sequence[str], step: float = 0, hundredths: int = 4) -> Path:
    """A clip of one face with an expression a frame."""
    with path.open("wb") as file:
        writer = GifWriter(file, 320, 240, loop=0)
        for i, mood in enumerate(moods):
            square = (100 + step * i, 60, 90)
            picture = paint([square])
            picture[-1, i] = 0
            writer.add(picture if mood == "neutral" else mark(picture, square, mood), hundredths)
        writer.close()
    return path


def labels(path: Path, **options: object) -> list[str]:
    return [frame.faces[0].emotion.label for frame in frames(path, "emotion", **options)]  # type: ignore[arg-type]


@pytest.mark.usefixtures("moods")
def test_frame_0_of_a_clip_has_the_faces_of_the_picture(tmp_path: Path) -> None:
    path = gif(tmp_path / "a.gif", ["happy", "sad"])
    first = next(frames(path, task="emotion"))
    assert [replace(face, track=None).to_dict() for face in first.faces] == [face.to_dict() for face in emotion(path)]
    assert first.faces[0].landmarks is not None
    both = next(frames(path, task=["detect", "emotion"]))
    assert [face.to_dict() for face in both.faces] == [face.to_dict() for face in first.faces]


@pytest.mark.usefixtures("moods")
def test_one_frame_alone_does_not_flicker_unless_asked_to(tmp_path: Path) -> None:
    shown = ["happy"] * 8 + ["sad"] + ["happy"] * 8
    path = gif(tmp_path / "a.gif", shown, step=1)
    assert labels(path) == ["happy"] * 17
    assert labels(path, smooth=False) == shown


@pytest.mark.usefixtures("moods")
def test_a_change_that_stays_is_shown_within_a_third_of_a_second(tmp_path: Path) -> None:
    found = labels(gif(tmp_path / "a.gif", ["happy"] * 20 + ["sad"] * 20))
    assert found[:20] == ["happy"] * 20
    assert found[28:] == ["sad"] * 12


@pytest.mark.usefixtures("moods")
def test_pictures_shown_for_a_second_each_have_their_own_expression(tmp_path: Path) -> None:
    shown = ["happy", "sad", "angry", "happy"]
    assert labels(gif(tmp_path / "a.gif", shown, hundredths=100)) == shown


def test_a_frame_that_shows_what_the_last_one_did_asks_no_network(moods: World, tmp_path: Path) -> None:
    path = tmp_path / "hold.gif"
    with path.open("wb") as file:
        writer = GifWriter(file, 320, 240, loop=0)
        for _ in range(5):
            writer.add(mark(paint([(100, 60, 90)]), (100, 60, 90), "sad"), 4)
        writer.close()
    assert labels(path) == ["sad"] * 5
    assert len(moods.drawn.calls) == 1


@pytest.mark.usefixtures("moods")
def test_a_cut_begins_anew(tmp_path: Path) -> None:
    """The same face goes on happy in one place and sad in the next: what it showed before the cut has no say."""
    path, square = tmp_path / "cut.gif", (100, 60, 90)
    with path.open("wb") as file:
        writer = GifWriter(file, 320, 240, loop=0)
        for i in range(12):
            picture, night = paint([square]), i < 6
            paper = (picture == 230).all(axis=2)
            stripes = np.arange(320) // 40 % 2 if night else np.arange(240)[:, None] // 40 % 2
            picture[paper] = np.broadcast_to(stripes[..., None] * 150 + 40, (240, 320, 3)).astype(np.uint8)[paper]
            picture[-1, i] = 255
            writer.add(mark(picture, square, "happy" if night else "sad"), 4)
        writer.close()
    found = [frame.faces[0] for frame in frames(path, "emotion")]
    assert [face.track for face in found] == [0] * 6 + [1] * 6
    assert [face.emotion.label for face in found] == ["happy"] * 6 + ["sad"] * 6


@pytest.mark.usefixtures("moods")
def test_a_wrong_task_names_those_there_are(tmp_path: Path) -> None:
    for wrong in ("mood", ["landmarks", "mood"], []):
        with pytest.raises(ValueError, match=r"there are detect, landmarks, .*emotion"):
            frames(gif(tmp_path / "a.gif", ["sad"]), wrong)
