"""Figures of a detector: small cases counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.train.scores import (
    average_precision,
    detection_figures,
    in_ignored,
    matches,
    verifier_figures,
)

A, B, FAR = [0, 0, 10, 10], [20, 0, 30, 10], [80, 80, 90, 90]


def boxes(*rows: list[float]) -> np.ndarray:
    return np.asarray(rows, np.float32).reshape(-1, 4)


def test_a_face_is_found_once_and_by_the_surest() -> None:
    found = boxes(A, [1, 0, 11, 10], B)
    assert matches(found, np.asarray([0.5, 0.9, 0.1]), boxes(A, B)).tolist() == [False, True, True]
    assert matches(found, np.asarray([0.5, 0.4, 0.1]), boxes()).tolist() == [False] * 3


def test_finds_in_ignored_regions_are_known() -> None:
    assert in_ignored(boxes(A, FAR), boxes([5, 0, 40, 40])).tolist() == [True, False]
    assert in_ignored(boxes(A), boxes()).tolist() == [False]
    assert in_ignored(boxes(), boxes(A)).tolist() == []


def test_a_perfect_detector_has_perfect_figures() -> None:
    figures = detection_figures([boxes(A, B)], [np.asarray([0.9, 0.8])], [boxes(A, B)], [boxes()])
    assert figures["ap"] == figures["precision"] == figures["recall"] == figures["best_f1"] == 100
    assert figures["best_threshold"] == pytest.approx(0.8)


def test_figures_of_a_mixed_detector() -> None:
    """Of three faces one is found surely, one weakly; one find is false, one lies in an ignored region."""
    figures = detection_figures(
        [boxes(A, FAR, B), boxes(FAR)],
        [np.asarray([0.9, 0.7, 0.3]), np.asarray([0.95])],
        [boxes(A, B), boxes(A)],
        [boxes(), boxes(FAR)],
    )
    assert figures["precision"] == pytest.approx(50)
    assert figures["recall"] == pytest.approx(100 / 3)
    assert figures["ap"] == pytest.approx(100 * (1 + 2 / 3) / 3)


def test_a_detector_that_says_nothing_has_zeros() -> None:
    figures = detection_figures([boxes()], [np.zeros(0)], [boxes(A)], [boxes()])
    assert set(figures.values()) == {0.0}


def test_average_precision_of_a_curve_known_by_hand() -> None:
    assert average_precision(np.asarray([1, 0.5, 2 / 3]), np.asarray([0.5, 0.5, 1.0])) == pytest.approx(5 / 6)


def test_a_verifier_is_judged_by_order_and_at_its_threshold() -> None:
    figures = verifier_figures(np.asarray([0.9, 0.6, 0.4]), np.asarray([0.4, 0.1]))
    assert figures["face_auc"] == pytest.approx(100 * 5.5 / 6)
    assert figures["face_kept"] == pytest.approx(200 / 3)
    assert figures["face_refused"] == 100
