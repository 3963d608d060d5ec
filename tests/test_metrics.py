"""Laws first: nothing wrong is 0, a shift is its length over the normaliser, chance is repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charaface import metrics
from charaface.face import Landmarks
from charaface.metrics import IGNORED, UNMATCHED
from charaface.schemes import SCHEMES
from charaface.schemes.head import HEAD

RNG = np.random.default_rng(0)
FACE = RNG.uniform(0, 100, (68, 2))
BOX = np.array([10.0, 20.0, 110.0, 84.0])


def test_a_perfect_prediction_has_no_error_by_any_length() -> None:
    for name in metrics.NORMALISERS:
        assert metrics.nme(FACE, FACE, metrics.normaliser(name, FACE, BOX)) == 0


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_a_shift_costs_its_length_over_the_normaliser(dx: float, dy: float) -> None:
    for name in metrics.NORMALISERS:
        length = metrics.normaliser(name, FACE, BOX)
        found = metrics.nme(FACE + [dx, dy], FACE, length)
        assert found == pytest.approx(np.hypot(dx, dy) / length, abs=1e-9)


@given(st.floats(0.1, 10), st.floats(-180, 180))
def test_error_does_not_change_when_face_and_prediction_grow_and_turn_together(k: float, turn: float) -> None:
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    turned = k * np.array([[c, -s], [s, c]])
    guess = FACE + RNG.normal(0, 3, FACE.shape)
    for name in ("inter-ocular", "inter-pupil"):
        before = metrics.nme(guess, FACE, metrics.normaliser(name, FACE, BOX))
        face = FACE @ turned.T
        after = metrics.nme(guess @ turned.T, face, metrics.normaliser(name, face, BOX))
        assert after == pytest.approx(before)


def test_the_lengths_are_what_their_names_say() -> None:
    face = np.zeros((68, 2))
    face[36], face[45] = [0, 0], [30, 40]
    face[37:42], face[42:45], face[46:48] = [0, 0], [30, 40], [30, 40]
    assert metrics.normaliser("inter-ocular", face, BOX) == 50
    assert metrics.normaliser("inter-pupil", face, BOX) == pytest.approx(50)
    assert metrics.normaliser("box", face, BOX) == 80
    face[0], face[16] = [10, 5], [10, 65]
    assert metrics.normaliser("chin", face, BOX) == 60


def test_points_that_are_not_labelled_are_left_out() -> None:
    truth, guess = FACE.copy(), FACE + [3, 4]
    truth[:30], guess[:30] = np.nan, 1e6
    assert metrics.nme(guess, truth, 10) == pytest.approx(0.5)
    assert np.isnan(metrics.nme(guess, np.full((68, 2), np.nan), 10))
    truth[36] = np.nan
    assert np.isnan(metrics.normaliser("inter-ocular", truth, BOX))
    assert np.isnan(metrics.normaliser("inter-pupil", truth, BOX))
    assert np.isnan(metrics.normaliser("chin", truth, BOX))
    assert metrics.normaliser("box", truth, BOX) == 80


def test_wrong_calls_say_what_was_wanted() -> None:
    with pytest.raises(ValueError, match="there are inter-ocular, inter-pupil, box, chin"):
        metrics.normaliser("nose", FACE, BOX)
    with pytest.raises(ValueError, match=r"\(68, 2\) and \(5, 2\)"):
        metrics.distances(FACE, FACE[:5])
    with pytest.raises(ValueError, match="at least one value"):
        metrics.bootstrap(np.zeros(0), np.mean)
    with pytest.raises(ValueError, match="at least 2 frames"):
        metrics.jitter(FACE[None], 1.0)


def test_shares_are_strict_and_of_nothing_are_not_known() -> None:
    errors = np.array([0.02, 0.08, 0.15, 1.0])
    assert metrics.share_below(errors, 0.08) == 0.25
    assert metrics.share_above(errors, 0.15) == 0.25
    assert np.isnan(metrics.share_below(errors[:0], 0.08))
    assert np.isnan(metrics.share_above(errors[:0], 0.08))


def test_area_under_the_curve_is_what_adding_up_the_curve_gives() -> None:
    errors = RNG.exponential(0.06, 200)
    limits = (np.arange(20_000) + 0.5) / 20_000 * 0.15
    curve = metrics.ced(errors, limits)
    assert np.all(np.diff(curve) >= 0)
    assert metrics.auc(errors, 0.15) == pytest.approx(curve.mean(), abs=1e-4)
    assert metrics.auc(np.zeros(5), 0.15) == 1
    assert metrics.auc(np.ones(5), 0.15) == 0


def test_bootstrap_is_the_same_every_time_and_another_with_another_seed() -> None:
    values = RNG.exponential(1.0, 60)
    first, again, other = (metrics.bootstrap(values, lambda s: np.median(s, axis=1), seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first[0] < np.median(values) < first[1]


def test_bootstrap_of_a_mean_is_as_wide_as_its_standard_error_says() -> None:
    values = RNG.normal(5, 2, 400)
    low, high = metrics.bootstrap(values, lambda s: s.mean(axis=1))
    assert (high - low) / 2 == pytest.approx(1.96 * values.std() / 20, rel=0.1)


def test_bootstrap_takes_rows_whole() -> None:
    pairs = np.stack([np.arange(20.0), np.arange(20.0)], axis=1)
    assert metrics.bootstrap(pairs, lambda s: s[..., 0].sum(axis=1) / s[..., 1].sum(axis=1)) == (1, 1)


TRUE = np.array([[0, 0, 10, 10], [20, 0, 30, 10]], dtype=float)
MATCHES = [
    ("the same boxes", TRUE, [0.9, 0.8], [0, 1]),
    ("two on one: the better score has it", TRUE[[0, 0]], [0.5, 0.9], [UNMATCHED, 0]),
    ("the better score, not the better box", [[0, 0, 10, 8], [0, 0, 10, 10]], [0.9, 0.8], [0, UNMATCHED]),
    ("too little overlap", [[7, 0, 17, 10]], [0.9], [UNMATCHED]),
    ("nothing there", [[100, 100, 110, 110]], [0.9], [UNMATCHED]),
    ("nothing found", np.zeros((0, 4)), [], []),
]  # fmt: skip


@pytest.mark.parametrize(("boxes", "scores", "taken"), [m[1:] for m in MATCHES], ids=[m[0] for m in MATCHES])
def test_matching_takes_each_true_box_once(boxes: list, scores: list, taken: list) -> None:
    assert metrics.match(np.array(boxes), np.array(scores), TRUE, 0.4).tolist() == taken


def test_a_box_takes_the_best_of_those_that_are_free() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10]], dtype=float)
    truth = np.array([[0, 0, 10, 10], [2, 0, 12, 10]], dtype=float)
    assert metrics.match(boxes, np.array([0.9, 0.8]), truth, 0.4).tolist() == [0, 1]


def test_what_lies_on_an_ignored_box_counts_neither_way() -> None:
    ignore = np.array([[100, 100, 200, 200]], dtype=float)
    boxes = np.array([[0, 0, 10, 10], [110, 110, 130, 130], [100, 100, 190, 190], [40, 40, 110, 110]], dtype=float)
    taken = metrics.match(boxes, np.ones(4), TRUE, 0.4, ignore)
    assert taken.tolist() == [0, IGNORED, IGNORED, UNMATCHED]
    assert metrics.precision_recall(taken, 2) == (0.5, 0.5)


def test_precision_and_recall_over_nothing_are_not_known() -> None:
    precision, recall = metrics.precision_recall(np.zeros(0, dtype=int), 0)
    assert np.isnan(precision)
    assert np.isnan(recall)


def test_average_precision_of_known_rankings() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    hit, miss = 0, UNMATCHED
    cases = [
        ([hit, hit, miss, miss], 2, 1.0),
        ([miss, hit, miss, hit], 2, 0.5),
        ([hit, miss, hit, miss], 4, (1 + 2 / 3) / 4),
        ([hit, IGNORED, hit, miss], 2, 1.0),
        ([miss, miss, miss, miss], 2, 0.0),
    ]
    for taken, total, wanted in cases:
        assert metrics.average_precision(np.array(taken), scores, total) == pytest.approx(wanted)
    assert np.isnan(metrics.average_precision(np.zeros(0, dtype=int), np.zeros(0), 0))


def test_the_order_of_detections_does_not_change_average_precision() -> None:
    scores, taken = RNG.permutation(50) / 50, np.where(RNG.random(50) < 0.6, 0, UNMATCHED)
    order = RNG.permutation(50)
    assert metrics.average_precision(taken, scores, 40) == metrics.average_precision(taken[order], scores[order], 40)


def test_a_still_face_has_no_jitter_and_a_swinging_one_its_swing() -> None:
    still = np.repeat(FACE[None], 10, axis=0)
    assert metrics.jitter(still, 100) == 0
    swing = still + np.where(np.arange(10) % 2, 1.0, 0.0)[:, None, None] * [3, 4]
    assert metrics.jitter(swing, 100) == pytest.approx(0.05)


def test_a_face_one_frame_late_lags_by_its_step_and_an_offset_cancels_between_the_ways() -> None:
    way = np.arange(12.0)[:, None, None] * [6, 8] + FACE
    late = np.concatenate([way[:1], way[:-1]])
    assert metrics.lag(way, way, 100) == 0
    assert metrics.lag(late, way, 100) == pytest.approx(0.1)
    offset = np.array([5.0, 1.0])
    both = [metrics.lag(path + offset, path, 100) for path in (way, way[::-1])]
    assert both[0] != pytest.approx(0)
    assert sum(both) == pytest.approx(0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lengths_are_those_of_the_same_face_in_any_scheme(scheme: str) -> None:
    ones = np.ones(68)
    marks = Landmarks(50 + 10 * HEAD[:, :2], ones, ones)
    truth = marks.to(scheme).points
    ocular = metrics.normaliser("inter-ocular", truth, marks.box, scheme)
    assert np.isnan(ocular) if scheme == "five" else ocular == pytest.approx(10, abs=1e-4)
    chin, width = metrics.normaliser("chin", truth, marks.box, scheme), 10 * (HEAD[16] - HEAD[0])[0]
    assert np.isnan(chin) if scheme == "five" else chin == pytest.approx(width, abs=1e-4)
    want = metrics.normaliser("inter-pupil", marks.points, marks.box)
    assert metrics.normaliser("inter-pupil", truth, marks.box, scheme) == pytest.approx(want, rel=0.02)
    assert metrics.normaliser("box", truth, marks.box, scheme) == metrics.normaliser("box", marks.points, marks.box)


def test_a_confusion_table_counts_every_face_once() -> None:
    true, found = RNG.integers(0, 7, 500), RNG.integers(0, 7, 500)
    table = metrics.confusion(true, found, 7)
    assert table.sum() == 500
    np.testing.assert_array_equal(table.sum(1), np.bincount(true, minlength=7))
    np.testing.assert_array_equal(table.T, metrics.confusion(found, true, 7))
    assert np.trace(metrics.confusion(true, true, 7)) == 500


@pytest.mark.parametrize(
    ("table", "f1"),
    [([[3, 0], [0, 4]], 1.0), ([[0, 3], [4, 0]], 0.0), ([[2, 0, 0], [2, 0, 0], [0, 0, 0]], (2 / 3 + 0) / 2)],
)
def test_macro_f1_is_the_mean_over_the_classes_that_there_are(table: list[list[int]], f1: float) -> None:
    assert metrics.macro_f1(np.asarray(table)) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("sure", "right", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [True, False], 0.5),
        ([0.75, 0.75, 0.75, 0.75], [True, True, True, False], 0.0),
        ([0.05, 0.95], [False, False], 0.5),  # two bins: gaps of .05 and .95, of one face each
    ],
)
def test_the_calibration_error_is_the_mean_gap_between_sure_and_right(
    sure: list[float], right: list[bool], error: float
) -> None:
    assert metrics.calibration_error(np.asarray(sure), np.asarray(right)) == pytest.approx(error)
