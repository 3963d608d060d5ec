"""detect: the faces of a picture."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import detect
from charaface.face import Face
from charaface.files import InputError, LimitError, Limits
from painted import World, detector, landmarker, paint

SQUARES = [(210, 130, 60), (30, 40, 60), (120, 30, 80)]


def boxes(faces: list[Face]) -> np.ndarray:
    return np.array([face.box for face in faces])


def test_faces_come_biggest_first_and_ties_by_x(world: World) -> None:
    faces = detect(paint(SQUARES))
    assert np.allclose(boxes(faces), [[120, 30, 200, 110], [30, 40, 90, 100], [210, 130, 270, 190]], atol=0.5)
    assert {len(shape) for shape in world.detector.calls} == {4}


def test_the_score_adds_the_log_odds_of_detector_and_verifier(world: World) -> None:
    (face,) = detect(paint(SQUARES[:1]))
    assert face.score == pytest.approx(0.9 * 0.95 / (0.9 * 0.95 + 0.1 * 0.05))
    assert face.weights == {"detect": "painted-1", "verify": "squares68-1"}
    assert face.landmarks is None
    assert world.crops_read == 1


def test_what_the_verifier_denies_is_no_face(world: World) -> None:
    world.landmarker = landmarker(face=0.05)
    assert detect(paint(SQUARES)) == []
    assert len(detect(paint(SQUARES), threshold=0.2)) == 3


def test_a_sure_verifier_saves_what_the_detector_doubts(world: World) -> None:
    world.detector = detector(score=0.1)
    assert len(detect(paint(SQUARES))) == 3
    world.detector = detector(score=0.004)  # nobody could be sure enough
    assert detect(paint(SQUARES)) == []
    assert world.crops_read == 3


@pytest.mark.usefixtures("world")
def test_the_threshold_is_the_least_score() -> None:
    assert len(detect(paint(SQUARES), threshold=0.994)) == 3
    assert detect(paint(SQUARES), threshold=0.995) == []


def test_at_most_twenty_candidates_a_tile_are_verified(world: World) -> None:
    crowd = [(10.0 + 20 * (i % 30), 10.0 + 20 * (i // 30), 12.0) for i in range(90)]
    assert len(detect(paint(crowd, 620, 400))) == world.crops_read == 20
    strip = paint(crowd, 620, 100)  # takes six tiles of 200 that overlap by 100
    assert len(detect(strip)) == 90


@pytest.mark.usefixtures("world")
def test_no_face_is_an_empty_list() -> None:
    assert detect(paint([])) == []


@pytest.mark.usefixtures("world")
def test_boxes_end_at_the_edge_of_the_picture() -> None:
    (face,) = detect(paint([(-20, 50, 80)]))
    assert face.box[0] == 0
    assert face.box[1:] == pytest.approx([50, 60, 130], abs=0.5)


@pytest.mark.usefixtures("world")
def test_given_faces_come_back_unchanged() -> None:
    given = [Face([5, 5, 9, 9], 0.1), Face([1, 1, 300, 200], 0.9)]
    assert detect(paint(SQUARES), given) == given


@pytest.mark.usefixtures("world")
def test_every_form_of_a_picture_gives_the_same_faces(tmp_path: Path) -> None:
    pixels = paint(SQUARES)
    picture = Image.fromarray(pixels)
    file = BytesIO()
    picture.save(file, "PNG")
    path = tmp_path / "젠이치.png"
    path.write_bytes(file.getvalue())
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    wanted = [face.to_dict() for face in detect(pixels)]
    for form in (path, str(path), file.getvalue(), picture, opaque):
        assert [face.to_dict() for face in detect(form)] == wanted


@pytest.mark.usefixtures("world")
def test_a_strip_of_800x30000_with_12_faces_gives_12() -> None:
    tops = [100, 1900, 3300, 4665, 7000, 9100, 12000, 15688, 19500, 22222, 26000, 29700]
    squares = [(60.0 + 53 * i, float(y), 120.0 + 10 * i) for i, y in enumerate(tops)]
    assert len(detect(paint(squares, 800, 30000))) == 12


@pytest.mark.parametrize(
    ("image", "error", "wrong"),
    [
        (np.zeros((4, 4), np.float32), InputError, "got float32 of shape"),
        (np.zeros((4, 4, 2), np.uint8), InputError, r"got uint8 of shape \(4, 4, 2\)"),
        (b"no picture", InputError, "is no PNG, JPEG"),
        ("missing.png", InputError, "missing.png: no such file"),
        (7, TypeError, "got int"),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_is_no_picture_is_refused(image: object, error: type[Exception], wrong: str) -> None:
    with pytest.raises(error, match=wrong):
        detect(image)


@pytest.mark.usefixtures("world")
def test_limits_are_kept_and_named() -> None:
    with pytest.raises(LimitError, match="--max-faces 3 raises it"):
        detect(paint(SQUARES), limits=Limits(faces=2))


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
@pytest.mark.usefixtures("world")
def test_a_threshold_that_is_no_score_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold is a score from 0 to 1"):
        detect(paint([]), threshold=threshold)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 400), (400, 1)])
@pytest.mark.usefixtures("world")
def test_a_tiny_picture_has_no_face_and_does_no_harm(shape: tuple[int, int]) -> None:
    assert detect(np.zeros(shape, np.uint8)) == []
