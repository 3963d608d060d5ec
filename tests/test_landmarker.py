"""The landmark network on a picture."""

import numpy as np
import pytest

from charaface.geometry import box_from_points, crop_matrix, invert, transform
from charaface.landmarker import BATCH, Framing, Reading, combined, frame_points, read, read_again
from charaface.pose import HEAD
from charaface.schemes import IBUG68
from charaface.session import Readers
from painted import Fake, detector, landmarker, paint, points_of

SQUARE = (100.0, 60.0, 90.0)
BOX = np.array([100, 60, 190, 150], np.float32)


def test_points_come_back_in_picture_pixels() -> None:
    (reading,) = read(paint([SQUARE]), [Framing(BOX)], landmarker())
    assert np.abs(reading.points - points_of(SQUARE)).max() < 0.3
    assert reading.points.dtype == np.float32
    assert reading.face == pytest.approx(0.95)
    assert np.abs(reading.box(320, 240) - BOX).max() < 0.3


@pytest.mark.parametrize("shift", [(0, 0), (18, 0), (-12, 20), (25, 25)])
def test_the_second_pass_forgets_what_the_box_was_off(shift: tuple[int, int]) -> None:
    image, network = paint([SQUARE]), landmarker()
    off = BOX + np.array([*shift, *shift])
    first = read(image, [Framing(off)], network)
    (second,) = read_again(image, first, Readers(network, network))
    # a first look from further off than 0.15 box sides hardly counts; from nearer the fake network is not off either
    assert np.abs(second.points - points_of(SQUARE)).max() < 0.25


@pytest.mark.parametrize(("score", "share"), [(1.0, 1.0), (0.25, 0.5), (0.0, 0.0)])
def test_a_box_lies_nearer_to_the_points_the_surer_they_are(score: float, share: float) -> None:
    points, scores = points_of(SQUARE).astype(np.float32), np.full(68, score, np.float32)
    reading = Reading(points, scores, scores, 1.0)
    seen = np.array([90, 40, 210, 170], np.float32)
    hull = reading.box(320, 240)
    assert hull is not None
    assert np.allclose(reading.box_beside(seen, 320, 240), seen + share * (hull - seen), atol=1e-3)


def test_two_looks_are_weighed_by_how_sure_each_is() -> None:
    def reading(x: float, score: float, box: np.ndarray = BOX) -> Reading:
        points, scores = np.full((68, 2), x, np.float32), np.full(68, score, np.float32)
        return Reading(points, scores, scores, score, Framing(box))

    both = combined(reading(10, 0.5), reading(20, 0.5))
    assert np.allclose(both.points, 15)
    assert both.face == 0.5
    assert np.allclose(combined(reading(10, 0.3), reading(20, 0.6)).points, 18)
    assert np.allclose(combined(reading(10, 0.0), reading(20, 0.0)).points, 15)
    assert np.allclose(combined(reading(10, 0.9, BOX + 45), reading(20, 0.5)).points, 20, atol=0.01)


def test_each_face_is_read_as_if_it_were_alone_however_many_there_are() -> None:
    squares = [(20 + 70 * (i % 9), 20 + 70 * (i // 9), 40 + i % 5) for i in range(2 * BATCH + 3)]
    image, network = paint(squares, 660, 420), landmarker()
    boxes = [Framing(np.array([x, y, x + s, y + s])) for x, y, s in squares]
    together = read(image, boxes, network)
    assert max(shape[0] for shape in network.calls) == BATCH
    for framing, reading in zip(boxes, together, strict=True):
        assert np.array_equal(read(image, [framing], network)[0].points, reading.points)
    assert read(image, [], network) == []


def test_a_flipped_reading_of_a_symmetric_face_says_the_same() -> None:
    image = paint([SQUARE])
    plain, flipped = (read(image, [Framing(BOX)], landmarker(), flip=flip)[0] for flip in (False, True))
    assert np.abs(plain.points - flipped.points).max() < 0.3


def test_flip_averages_each_point_with_its_mirror_image() -> None:
    fake = landmarker()
    lopsided = np.zeros((1, 68, 2), np.float32) + 0.5
    lopsided[0, 36] = [0.2, 0.4]  # a network that always answers the same
    ones = np.ones((1, 68), np.float32)
    answer = {"points": lopsided, "scores": ones, "visible": ones, "face": np.ones(1, np.float32)}
    (reading,) = read(paint([SQUARE]), [Framing(BOX)], Fake(fake.spec, lambda _: answer), flip=True)
    inside = transform(reading.points.astype(np.float64), crop_matrix(BOX, 128, 1.4))
    wanted = (np.array([[0.2, 0.4], [0.5, 0.5]]) + [[0.5, 0.5], [0.8, 0.4]]) / 2
    assert np.allclose((inside[[36, 45]] + 0.5) / 128, wanted, atol=1e-4)
    assert IBUG68.mirror[36] == 45


@pytest.mark.parametrize("angle", [0, 20, -35, 80, 150])
def test_a_leaning_head_is_framed_upright(angle: float) -> None:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    upright = HEAD[:, :2] * 80 + [7, -9]
    points = upright @ np.array([[c, -s], [s, c]]).T + [200, 150]
    framing = frame_points(points)
    assert framing.angle == pytest.approx(angle, abs=0.2)
    matrix = crop_matrix(framing.box, 128, 1.0, framing.angle)
    inside = box_from_points(transform(points, matrix))
    assert (inside[:2] + inside[2:]) / 2 == pytest.approx([64, 64], abs=0.2)
    assert (inside[2:] - inside[:2]).max() == pytest.approx(128, abs=0.5)
    assert np.allclose(transform(transform(points, matrix), invert(matrix)), points)


@pytest.mark.parametrize(
    "box",
    [[10, 10, 10.001, 10.001], [-500, -500, -400, -400], [0, 0, 320, 240], [100, 60, 1e6, 1e6], [5, 5, 300, 5.5]],
)
def test_a_wild_box_is_read_without_harm(box: list[float]) -> None:
    (reading,) = read(paint([SQUARE]), [Framing(np.array(box))], landmarker())
    assert np.isfinite(reading.points).all()


def test_points_outside_the_picture_leave_no_box() -> None:
    (reading,) = read(paint([]), [Framing(np.array([-500, -500, -400, -400.0]))], landmarker())
    assert reading.box(320, 240) is None


def test_a_network_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="painted-1 is no network for landmarks"):
        read(paint([SQUARE]), [Framing(BOX)], detector())


@pytest.mark.parametrize(
    ("box", "angle", "fits"),
    [
        ([100, 60, 190, 150], 0, True),
        ([103, 58, 193, 148], 3, True),
        ([106, 60, 196, 150], 0, False),  # off by 7 % of its side
        ([95, 55, 195, 155], 0, False),  # a tenth larger
        ([100, 60, 190, 150], 6, False),
        ([100, 60, 190, 150], 359, True),
    ],
)
def test_a_framing_fits_until_the_face_has_moved_out_of_it(box: list[float], angle: float, fits: bool) -> None:
    assert Framing(BOX).still_fits(Framing(np.array(box, np.float32), angle)) is fits
