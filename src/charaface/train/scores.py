"""Figures on held-out renders: matches, average precision and threshold of a detector; the verifier's."""

from __future__ import annotations

import numpy as np

from charaface.geometry import intersection, iou

MATCH = 0.5  # IoU of a find and its face


def matches(found: np.ndarray, scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(N,) bool: which found boxes hit a face that no surer one has; each face is hit once."""
    hit = np.zeros(len(found), np.bool_)
    overlap = iou(found, truth) if len(truth) else np.zeros((len(found), 0))
    free = np.ones(len(truth), np.bool_)
    for i in np.argsort(-scores, kind="stable"):
        row = np.where(free, overlap[i], -1.0)
        if len(row) and row.max() >= MATCH:
            free[row.argmax()] = False
            hit[i] = True
    return hit


def in_ignored(found: np.ndarray, ignored: np.ndarray) -> np.ndarray:
    """(N,) bool: which boxes lie by half or more in one ignored region."""
    if not len(ignored) or not len(found):
        return np.zeros(len(found), np.bool_)
    own = np.maximum(np.prod(found[:, 2:] - found[:, :2], axis=1), 1e-9)
    return np.asarray((intersection(found, ignored) / own[:, None]).max(axis=1) >= 0.5)


def detection_figures(
    found: list[np.ndarray], scores: list[np.ndarray], truth: list[np.ndarray], ignored: list[np.ndarray]
) -> dict[str, float]:
    """Average precision at IoU 0.5, precision and recall at score 0.5 (per cent), and the best F1."""
    hits, sure = [], []
    for boxes, s, faces, regions in zip(found, scores, truth, ignored, strict=True):
        hit = matches(boxes, s, faces)
        counts = hit | ~in_ignored(boxes, regions)
        hits.append(hit[counts])
        sure.append(s[counts])
    total = max(sum(len(t) for t in truth), 1)
    score = np.concatenate(sure)
    order = np.argsort(-score, kind="stable")
    hit, score = np.concatenate(hits)[order], score[order]
    recall = np.cumsum(hit) / total
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    at = int((score >= 0.5).sum()) - 1
    return {
        "ap": 100 * average_precision(precision, recall),
        "precision": float(100 * precision[at]) if at >= 0 else 0.0,
        "recall": float(100 * recall[at]) if at >= 0 else 0.0,
        "best_f1": float(100 * f1.max(initial=0.0)),
        "best_threshold": float(score[f1.argmax()]) if len(f1) else 0.0,
    }


def average_precision(precision: np.ndarray, recall: np.ndarray) -> float:
    """Area under the precision-recall curve, precision made to fall with recall."""
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(envelope * np.diff(recall, prepend=0.0)))


def verifier_figures(faces: np.ndarray, others: np.ndarray) -> dict[str, float]:
    """How well probabilities (N,) of faces stand above those (M,) of what is none, all in per cent.

    face_auc: how often a face gets the higher one (ties count half); face_kept and face_refused: shares of
    the faces above 0.5 and of the others below.
    """
    higher = (faces[:, None] > others).mean() + 0.5 * (faces[:, None] == others).mean()
    return {
        "face_auc": float(100 * higher),
        "face_kept": float(100 * (faces >= 0.5).mean()),
        "face_refused": float(100 * (others < 0.5).mean()),
    }
