"""frames: the faces of a clip, each with a number that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import detect, frames, landmarks
from charaface.files import InputError, LimitError, Limits
from charaface.gif import GifWriter
from charaface.schemes import convert_points
from charaface.session import load_for, load_readers
from charaface.tasks.frames import Follower, Following, Frame
from painted import Fake, Square, World, detector, landmarker, paint, points_of


def gif(path: Path, pictures: Sequence[np.ndarray], duration: int = 40) -> Path:
    height, width = pictures[0].shape[:2]
    with path.open("wb") as file:
        writer = GifWriter(file, width, height, loop=0)  # Pillow would merge equal frames
        for picture in pictures:
            writer.add(picture, duration // 10)
        writer.close()
    return path


def clip(tmp_path: Path, shots: Sequence[Sequence[Square]], **options: int) -> Path:
    """A GIF with these squares on each frame; a dot that moves keeps equal ones apart."""
    pictures = [paint(squares, **options) for squares in shots]
    for i, picture in enumerate(pictures):
        picture[-1, i % picture.shape[1]] = 0
    return gif(tmp_path / "clip.gif", pictures)


def tracks(clip: Sequence[Frame]) -> list[list[int | None]]:
    return [[face.track for face in frame.faces] for frame in clip]


def moving(count: int, step: float = 4) -> list[list[Square]]:
    return [[(20 + step * i, 60, 70), (300 - 2 * i, 150, 50)] for i in range(count)]


def test_frame_0_has_the_faces_of_landmarks_to_the_bit(world: World, tmp_path: Path) -> None:
    path = clip(tmp_path, moving(4), width=420)
    first = next(frames(path))
    wanted = landmarks(path)
    assert [replace(face, track=None).to_dict() for face in first.faces] == [face.to_dict() for face in wanted]
    assert [face.track for face in first.faces] == [0, 1]
    boxes = next(frames(path, "detect")).faces
    assert [replace(face, track=None).to_dict() for face in boxes] == [face.to_dict() for face in detect(path)]
    assert world.detector.calls


def test_a_picture_is_a_clip_of_one_frame_without_tracks(world: World, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    Image.fromarray(paint([(50, 50, 80)])).save(path)
    (frame,) = frames(path)
    assert [face.to_dict() for face in frame.faces] == [face.to_dict() for face in landmarks(path)]
    assert (frame.index, frame.time) == (0, 0)
    assert world.detector.calls


@pytest.mark.usefixtures("world")
def test_a_face_keeps_its_number_and_its_points_where_it_goes(tmp_path: Path) -> None:
    shots = moving(30)
    found = list(frames(clip(tmp_path, shots, width=420), smooth=False))
    assert tracks(found) == [[0, 1]] * 30
    for frame, squares in zip(found, shots, strict=True):
        for face, square in zip(frame.faces, squares, strict=True):
            assert np.abs(face.landmarks.points - points_of(square)).max() < 0.5
            assert np.allclose(face.box, [*square[:2], square[0] + square[2], square[1] + square[2]], atol=0.5)


@pytest.mark.usefixtures("world")
def test_times_are_the_clip_s(tmp_path: Path) -> None:
    running = frames(clip(tmp_path, moving(5), width=420))
    assert running.total == 5
    found = list(running)
    assert [frame.index for frame in found] == [0, 1, 2, 3, 4]
    assert [frame.time for frame in found] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert found[0].image.shape == (240, 420, 3)


def test_faces_are_searched_for_only_now_and_then(world: World, tmp_path: Path) -> None:
    list(frames(clip(tmp_path, moving(30), width=420)))
    assert len(world.detector.calls) == 3
    world.detector.calls.clear()
    list(frames(clip(tmp_path, moving(30), width=420), every=3))
    assert len(world.detector.calls) == 10


def test_a_face_that_stays_where_it_is_is_read_once_a_frame(world: World) -> None:
    follower = Follower(load_for("detect"), load_readers(), Following(every=100))  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    for i in range(20):
        picture = paint([(60, 60, 90)])
        picture[:20] = rng.integers(0, 255, (20, 320, 1))
        follower.see(picture, i / 25)
    assert world.crops_read == 2 + 19


def test_equal_frames_are_computed_once(world: World, tmp_path: Path) -> None:
    path = gif(tmp_path / "hold.gif", [paint([(50 + 10 * (i // 4), 50, 80)]) for i in range(12)])
    found = list(frames(path))
    assert len(found) == 12
    crops = world.crops_read
    list(frames(gif(tmp_path / "short.gif", [paint([(50 + 10 * i, 50, 80)]) for i in range(3)])))
    assert world.crops_read - crops == crops
    for i in (0, 4, 8):
        dictionaries = [[face.to_dict() for face in frame.faces] for frame in found[i : i + 4]]
        assert dictionaries == [dictionaries[0]] * 4


def test_pictures_that_come_again_are_not_read_again(world: World, tmp_path: Path) -> None:
    there = [paint([(50 + 6 * i, 50, 80)]) for i in range(5)]
    once = list(frames(gif(tmp_path / "once.gif", there)))
    crops = world.crops_read
    looped = list(frames(gif(tmp_path / "loop.gif", there * 4), smooth=False))
    assert world.crops_read == 2 * crops
    assert tracks(looped) == [[0]] * 20
    assert once


@pytest.mark.usefixtures("world")
def test_a_new_face_is_found_within_every_frames_and_old_numbers_stay(tmp_path: Path) -> None:
    shots = [[(40.0, 60.0, 70.0)] + ([(200.0, 60.0, 90.0)] if i >= 13 else []) for i in range(30)]
    found = tracks(list(frames(clip(tmp_path, shots))))
    assert found[:20] == [[0]] * 20
    assert found[20:] == [[1, 0]] * 10


@pytest.mark.usefixtures("world")
def test_a_face_that_appears_where_there_was_none_is_found_at_once(tmp_path: Path) -> None:
    shots: list[list[Square]] = [[]] * 4 + [[(40.0, 60.0, 70.0)]] * 3
    assert tracks(list(frames(clip(tmp_path, shots)))) == [[]] * 4 + [[0]] * 3


@pytest.mark.usefixtures("world")
def test_a_face_that_leaves_is_lost_and_not_drawn_where_it_was(tmp_path: Path) -> None:
    shots: list[list[Square]] = [[(40.0, 60.0, 70.0), (200.0, 60.0, 60.0)]] * 5 + [[(40.0, 60.0, 70.0)]] * 5
    assert tracks(list(frames(clip(tmp_path, shots)))) == [[0, 1]] * 5 + [[0]] * 5


@pytest.mark.usefixtures("world")
def test_a_face_hidden_for_a_moment_gets_its_number_back(tmp_path: Path) -> None:
    here: list[Square] = [(40.0, 60.0, 70.0), (200.0, 60.0, 60.0)]
    shots = [here] * 4 + [here[:1]] * 4 + [here] * 12
    assert tracks(list(frames(clip(tmp_path, shots))))[-1] == [0, 1]


@pytest.mark.usefixtures("world")
def test_a_face_that_leaps_keeps_its_number_while_it_is_near(tmp_path: Path) -> None:
    shots = [[(20.0 + 32 * i, 60.0, 70.0)] for i in range(6)]
    found = list(frames(clip(tmp_path, shots, width=420), smooth=False))
    assert tracks(found) == [[0]] * 6
    for frame, squares in zip(found, shots, strict=True):
        assert np.abs(frame.faces[0].landmarks.points - points_of(squares[0])).max() < 0.5


def test_tracks_end_at_a_cut(world: World, tmp_path: Path) -> None:
    night = [paint([(40 + i, 60, 70)]) for i in range(5)]
    day = [paint([(42 + i, 62, 70)]) for i in range(5)]
    rng = np.random.default_rng(0)
    for shots in (night, day):
        ground = np.kron(rng.integers(0, 120, (6, 8)), np.ones((40, 40), int)).astype(np.uint8)
        for picture in shots:
            paper = np.all(picture == 230, axis=2)
            picture[paper] = np.repeat(ground[..., None], 3, axis=2)[paper]
            picture[paper] += np.uint8(0 if shots is night else 110)
    found = tracks(list(frames(gif(tmp_path / "cut.gif", night + day))))
    assert found == [[0]] * 5 + [[1]] * 5
    assert len(world.detector.calls) == 2


@pytest.mark.usefixtures("world")
def test_a_flash_is_no_cut_and_a_cut_through_black_is_one(tmp_path: Path) -> None:
    shots = [paint([(40 + i, 60, 70), (200, 60, 60)]) for i in range(3)]
    white, black = np.full_like(shots[0], 255), np.zeros_like(shots[0])
    other = [255 - picture for picture in shots]
    for picture in other:
        picture[np.all(picture == (0, 255, 0), axis=2)] = (255, 0, 255)
    clip_ = gif(tmp_path / "flash.gif", [shots[0], white, shots[1], black, *other])
    assert tracks(list(frames(clip_))) == [[0, 1], [], [0, 1], [], [2, 3], [2, 3], [2, 3]]


def test_points_do_not_tremble_unless_asked_to(world: World, tmp_path: Path) -> None:
    plain = landmarker()
    rng = np.random.default_rng(0)

    def shaky(batch: np.ndarray) -> dict[str, np.ndarray]:
        answer = plain.run(batch)
        answer["points"] = answer["points"] + rng.normal(0, 0.004, answer["points"].shape).astype(np.float32)
        return answer

    world.landmarker = type(plain)(plain.spec, shaky)
    path = clip(tmp_path, [[(60.0, 60.0, 100.0)]] * 40)
    motion = {}
    for smooth in (True, False):
        points = np.array([frame.faces[0].landmarks.points for frame in frames(path, smooth=smooth)])
        motion[smooth] = np.linalg.norm(np.diff(points, axis=0), axis=2).mean()
    assert motion[True] < motion[False] / 4


@pytest.mark.usefixtures("world")
def test_a_smoothed_face_s_box_and_pose_go_with_its_points(tmp_path: Path) -> None:
    from charaface.geometry import box_from_points
    from charaface.pose import head_pose

    for frame in list(frames(clip(tmp_path, moving(6), width=420)))[1:]:
        for face in frame.faces:
            assert np.allclose(face.box, box_from_points(face.landmarks.points), atol=1e-3)
            assert face.pose == head_pose(face.landmarks.points)


@pytest.mark.usefixtures("world")
def test_detect_gives_the_same_faces_without_points(tmp_path: Path) -> None:
    path = clip(tmp_path, moving(12), width=420)
    for a, b in zip(frames(path), frames(path, task="detect"), strict=True):
        stripped = [
            {k: v for k, v in face.to_dict().items() if k not in ("landmarks", "pose", "parts")} for face in a.faces
        ]
        for face in stripped:
            del face["weights"]["landmarks"]
        assert [face.to_dict() for face in b.faces] == stripped


@pytest.mark.usefixtures("world")
def test_fps_takes_fewer_frames_of_the_same_length(tmp_path: Path) -> None:
    path = clip(tmp_path, moving(20), width=420)
    found = list(frames(path, fps=5))
    assert [frame.time for frame in found] == pytest.approx([0, 0.2, 0.4, 0.6])


def test_a_score_that_dips_does_not_lose_a_face(world: World, tmp_path: Path) -> None:
    world.landmarker = landmarker(face=0.6)
    sinking = iter([0.6] * 3 + [0.35] * 200)
    plain = world.landmarker.run
    world.landmarker.run = lambda batch: {**plain(batch), "face": np.full(len(batch), next(sinking), np.float32)}  # type: ignore[method-assign]
    assert tracks(list(frames(clip(tmp_path, [[(60.0, 60.0, 100.0)]] * 8)))) == [[0]] * 8


@pytest.mark.usefixtures("world")
def test_memory_does_not_grow_with_the_clip() -> None:
    follower = Follower(load_for("detect"), load_readers(), Following())  # type: ignore[arg-type]
    for i in range(200):
        follower.see(paint([(20 + i % 97, 30 + i % 83, 60)], 200, 180), i / 25)
    assert len(follower._memory) <= 64
    assert len(follower._tracks) <= 3


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"task": "mood"}, "no task 'mood'; there are detect, landmarks"),
        ({"every": 0}, "every is at least 1"),
        ({"threshold": 2}, "threshold is a score"),
        ({"fps": 0}, "fps is over 0"),
        ({"source": "missing.gif"}, "missing.gif: no such file"),
    ],
)
def test_a_wrong_call_fails_at_once(world: World, tmp_path: Path, options: dict[str, object], wrong: str) -> None:
    source = options.pop("source", None) or clip(tmp_path, moving(2))
    with pytest.raises((ValueError, InputError), match=wrong):
        frames(source, **options)  # type: ignore[arg-type]
    assert world.detector.calls == []


@pytest.mark.usefixtures("world")
def test_limits_hold_for_clips(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="--max-frames"):
        frames(clip(tmp_path, moving(5)), limits=Limits(frames=4))


def test_a_clip_without_faces_has_none_on_any_frame(world: World, tmp_path: Path) -> None:
    world.detector = detector(score=0.02)
    assert all(not frame.faces for frame in frames(clip(tmp_path, moving(3))))


@pytest.mark.usefixtures("world")
def test_a_range_has_the_clip_s_numbers_and_times_and_begins_like_a_first_frame(tmp_path: Path) -> None:
    shots = moving(12)
    path = clip(tmp_path, shots, width=420)
    whole = list(frames(path, smooth=False))
    running = frames(path, start=5, stop=9, smooth=False)
    assert running.total == 4
    part = list(running)
    assert [frame.index for frame in part] == [5, 6, 7, 8]
    assert [frame.time for frame in part] == [frame.time for frame in whole[5:9]]
    assert [replace(face, track=None).to_dict() for face in part[0].faces] == [
        face.to_dict() for face in landmarks(part[0].image)
    ]
    assert tracks(part) == [[0, 1]] * 4
    assert frames(path, stop=99).total == 12
    (alone,) = frames(path, start=11)
    assert [face.track for face in alone.faces] == [0, 1]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("start", "stop"), [(-1, None), (4, 4), (5, 2)])
def test_a_range_that_is_none_fails_at_once(tmp_path: Path, start: int, stop: int | None) -> None:
    path = clip(tmp_path, moving(6))
    with pytest.raises(ValueError, match="0 <= start < stop"):
        frames(path, start=start, stop=stop)
    with pytest.raises(InputError, match="has 6 frames, numbered from 0, so none from 6 on"):
        frames(path, start=6)


def test_a_network_of_points_alone_is_followed_as_the_package_s_is(world: World, tmp_path: Path) -> None:
    path = clip(tmp_path, moving(12), width=420)
    own, found = (list(frames(path, model=model)) for model in (None, "mine.onnx"))
    assert tracks(found) == tracks(own)
    for frame, plain in zip(found, own, strict=True):
        for face, twin in zip(frame.faces, plain.faces, strict=True):
            assert face.landmarks.points.shape == (60, 2)
            assert face.weights == {**twin.weights, "landmarks": "mine-2", "pose": "squares68-1"}
            assert np.abs(face.box - twin.box).max() < 1
            places = convert_points(twin.landmarks.points, "ibug68", "manga60a")[0]
            assert np.abs(face.landmarks.points - places).max() < 1.5
    alone = [face.landmarks.points for face in landmarks(path, model="mine.onnx")]
    assert all(np.array_equal(a.landmarks.points, b) for a, b in zip(found[0].faces, alone, strict=True))
    assert not any(
        "pose" in face.weights for frame in frames(path, "detect", model="mine.onnx") for face in frame.faces
    )
    assert len(world.pointer.calls) >= 12


@pytest.mark.usefixtures("world")
def test_the_points_of_another_network_are_held_still_too(world: World, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    steady = world.pointer

    def trembling(batch: np.ndarray) -> dict[str, np.ndarray]:
        points = steady.run(batch)["points"]
        return {"points": (points + rng.normal(0, 0.004, points.shape)).astype(np.float32)}

    world.pointer = Fake(steady.spec, trembling)
    path = clip(tmp_path, [[(100, 60, 100)]] * 20)

    def tremble(smooth: bool) -> float:
        seen = np.stack([f.faces[0].landmarks.points for f in frames(path, smooth=smooth, model="mine.onnx")])
        return float(np.abs(np.diff(seen, axis=0)).mean())

    assert tremble(True) < 0.35 * tremble(False)


@pytest.mark.parametrize("smooth", [True, False])
def test_one_odd_frame_does_not_change_the_kind_of_picture(smooth: bool, world: World, tmp_path: Path) -> None:
    plain, seen = world.landmarker, []

    def answer(batch: np.ndarray) -> dict[str, np.ndarray]:
        seen.append(len(batch))
        odd = len(seen) == 12  # some frame in the middle
        domain = np.full((len(batch), 2), [0.9, 0.1] if odd else [0.2, 0.8], np.float32)
        return {**plain.run(batch), "domain": domain}

    world.landmarker = Fake(replace(plain.spec, labels={"domain": ("photo", "anime")}), answer)
    kinds = [f.faces[0].kind for f in frames(clip(tmp_path, [[(60 + i, 60, 100)] for i in range(20)]), smooth=smooth)]
    assert kinds.count("photo") == (0 if smooth else 1)
    assert kinds[0] == "anime"


@pytest.mark.parametrize("smooth", [True, False])
def test_no_point_beyond_the_picture_is_seen(smooth: bool, world: World, tmp_path: Path) -> None:
    plain = world.landmarker

    def aside(batch: np.ndarray) -> dict[str, np.ndarray]:
        found = plain.run(batch)
        return {**found, "points": found["points"] + np.array([0.1, 0], np.float32)}

    world.landmarker = Fake(plain.spec, aside)
    path = clip(tmp_path, [[(100 + i % 3, 60, 100)] for i in range(12)], width=206)
    faces = [*landmarks(path), *(face for frame in frames(path, smooth=smooth) for face in frame.faces)]
    assert len(faces) == 13
    beyond = np.stack([face.landmarks.points[:, 0] > 205.5 for face in faces])
    seen = np.stack([face.landmarks.visible for face in faces])
    assert beyond.any(axis=1).all()
    assert np.array_equal(seen, ~beyond)
