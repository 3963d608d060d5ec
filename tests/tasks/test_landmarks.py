"""landmarks: 68 points and the pose of each face."""

from dataclasses import replace

import numpy as np
import pytest

from charaface import detect, landmarks
from charaface.face import Emotion, Face
from charaface.schemes import convert_points
from painted import World, landmarker, paint, pointer, points_of

SQUARES = [(120, 30, 80), (30, 40, 60), (200, 120, 60)]
IMAGE = paint(SQUARES)


@pytest.mark.usefixtures("world")
def test_every_face_has_its_points_and_its_pose() -> None:
    faces = landmarks(IMAGE)
    assert len(faces) == 3
    for face, square in zip(faces, SQUARES, strict=True):
        assert face.landmarks is not None
        assert face.pose is not None
        assert np.abs(face.landmarks.points - points_of(square)).max() < 0.25
        assert face.landmarks.visible.all()
        assert abs(face.pose.roll) < 0.5
        assert face.weights["landmarks"] == "squares68-1"


@pytest.mark.usefixtures("world")
def test_boxes_and_scores_are_those_of_detect() -> None:
    for a, b in zip(landmarks(IMAGE), detect(IMAGE), strict=True):
        assert a.box.tobytes() == b.box.tobytes()
        assert a.score == b.score


@pytest.mark.usefixtures("world")
def test_asking_twice_gives_the_same() -> None:
    first, second = (landmarks(IMAGE) for _ in range(2))
    assert [face.to_dict() for face in first] == [face.to_dict() for face in second]


def test_the_verifier_s_pass_is_the_first_of_two(world: World) -> None:
    landmarks(IMAGE)
    assert world.crops_read == 2 * len(SQUARES)
    assert len(world.landmarker.calls) == 2  # all faces at once


@pytest.mark.usefixtures("world")
def test_given_faces_keep_order_box_score_and_fields_and_none_is_dropped() -> None:
    emotion = Emotion("happy", {"happy": 1.0})
    given = [
        Face([28, 42, 88, 100], 0.01, track=4, emotion=emotion),
        Face([1, 1, 20, 20], 0.7, weights={"detect": "mine-2"}),  # nothing is there
        Face([120, 30, 200, 110], 0.9),
    ]
    before = [face.to_dict() for face in given]
    found = landmarks(IMAGE, given, threshold=0.9)
    assert [face.to_dict() for face in given] == before
    assert len(found) == 3
    for old, new in zip(given, found, strict=True):
        assert new.landmarks is not None
        rest = replace(new, landmarks=None, pose=None, weights=old.weights)
        assert rest.to_dict() == old.to_dict()
    assert np.abs(found[0].landmarks.points - points_of(SQUARES[1])).max() < 0.5
    assert found[1].weights == {"detect": "mine-2", "landmarks": "squares68-1"}


def test_given_faces_need_no_detector(world: World) -> None:
    landmarks(IMAGE, [Face([120, 30, 200, 110])])
    assert landmarks(IMAGE, []) == []
    assert world.detector.calls == []


@pytest.mark.usefixtures("world")
def test_no_face_is_an_empty_list() -> None:
    assert landmarks(paint([])) == []


def test_flip_reads_more_and_finds_the_same(world: World) -> None:
    plain = landmarks(IMAGE)
    before = world.crops_read
    flipped = landmarks(IMAGE, flip=True)
    assert world.crops_read - before == 3 * len(SQUARES)
    for a, b in zip(plain, flipped, strict=True):
        assert np.abs(a.landmarks.points - b.landmarks.points).max() < 0.3


def test_a_mirrored_picture_has_the_mirrored_faces(world: World) -> None:
    from charaface.schemes import IBUG68

    world.landmarker = landmarker()
    width = IMAGE.shape[1]
    there = {round(float(face.box[0])): face for face in landmarks(IMAGE)}
    for face in landmarks(np.ascontiguousarray(IMAGE[:, ::-1])):
        twin = there[round(width - float(face.box[2]))]
        points = face.landmarks.points[list(IBUG68.mirror)] * [-1, 1] + [width - 1, 0]
        assert np.abs(points - twin.landmarks.points).max() < 0.3


@pytest.mark.parametrize("size", [64, 96, 128])
@pytest.mark.parametrize("scheme", ["manga60a", "hysts28", "ibug68"])
def test_a_network_of_points_alone_reads_its_scheme_where_the_package_s_network_framed(
    world: World, scheme: str, size: int
) -> None:
    world.pointer = pointer(scheme, size)
    found, own = landmarks(IMAGE, model="mine.onnx"), landmarks(IMAGE)
    assert [shape[2:] for shape in world.pointer.calls] == [(size, size)]  # all faces at once
    for face, plain, square in zip(found, own, SQUARES, strict=True):
        assert (face.box.tolist(), face.score) == (plain.box.tolist(), plain.score)
        assert face.landmarks.scheme == scheme
        wanted = convert_points(points_of(square), "ibug68", scheme)[0]
        assert np.abs(face.landmarks.points - wanted).max() < 0.6
        assert (face.landmarks.scores == 1).all()
        assert face.landmarks.visible.all()
        assert abs(face.pose.yaw - plain.pose.yaw) < 1
        assert face.weights == {**plain.weights, "landmarks": "mine-2", "pose": "squares68-1"}


def test_a_network_of_points_alone_reads_given_faces_and_mirrored_crops(world: World) -> None:
    face = Face([120, 30, 200, 110])
    (plain,), (flipped,) = (landmarks(IMAGE, [face], model="mine.onnx", flip=flip) for flip in (False, True))
    assert world.detector.calls == []
    assert [shape[0] for shape in world.pointer.calls] == [1, 1, 1]
    assert np.abs(plain.landmarks.points - flipped.landmarks.points).max() < 0.6
    assert plain.weights == {"landmarks": "mine-2", "pose": "squares68-1"}


@pytest.mark.usefixtures("world")
def test_detect_asks_the_package_s_network_where_the_model_cannot_say_what_is_a_face() -> None:
    assert [face.to_dict() for face in detect(IMAGE, model="mine.onnx")] == [face.to_dict() for face in detect(IMAGE)]
