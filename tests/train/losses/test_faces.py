"""Losses: nothing beats the truth, and each sample counts for what it knows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from charaface import geometry
from charaface.face import DOMAINS
from charaface.train.config import Loss
from charaface.train.losses import TOP, assign, detector_loss, giou, landmark_loss, pairwise_iou
from charaface.train.nets.detector import STRIDES, Boxes
from charaface.train.nets.landmarker import Points

from .. import drawings

PLAIN = torch.from_numpy(drawings.plain_face() * 0.3 + 0.5).float()


def labels(count: int = 2, **changes: Tensor) -> dict[str, Tensor]:
    truth = {
        "points": PLAIN.repeat(count, 1, 1),
        "visible": torch.ones(count, 68),
        "unit": torch.full((count,), 0.7),
        "face": torch.ones(count),
        "domain": torch.ones(count, dtype=torch.int64),
    }
    return truth | changes


def found(points: Tensor, sure: float = 20.0, log_scale: float = -3.0) -> Points:
    count = len(points)
    logits = torch.full((count, 68), sure)
    kinds = torch.zeros(count, len(DOMAINS))
    kinds[:, 1] = sure
    return Points(points, torch.full((count, 68), log_scale), logits, torch.full((count,), sure), kinds)


def test_a_perfect_prediction_has_no_distance() -> None:
    truth = labels()
    _, parts = landmark_loss(found(truth["points"]), truth, Loss())
    assert parts["point"] == 0
    assert parts["visible"] < 1e-6
    assert parts["face"] < 1e-6
    assert parts["domain"] < 1e-6


def test_the_truth_beats_whatever_differs_from_it() -> None:
    truth = labels()
    best, _ = landmark_loss(found(truth["points"]), truth, Loss())
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        off = truth["points"] + 0.02 * torch.randn(truth["points"].shape, generator=generator)
        worse, _ = landmark_loss(found(off), truth, Loss())
        assert worse > best
    wrong, _ = landmark_loss(found(truth["points"], sure=-20.0), truth, Loss())
    assert wrong > best


def test_distances_are_in_face_boxes() -> None:
    near, far = labels(1), labels(1, unit=torch.tensor([0.35]))
    parts = [landmark_loss(found(t["points"] + 0.07 * t["unit"]), t, Loss())[1] for t in (near, far)]
    assert parts[0]["point"] == pytest.approx(0.14, rel=1e-4)
    assert parts[1]["point"] == pytest.approx(0.14, rel=1e-4)


@pytest.mark.parametrize(("point", "hidden", "weight"), [(8, False, 1.0), (40, False, 1.6), (8, True, 0.4)])
def test_eyes_count_more_and_hidden_points_less(point: int, hidden: bool, weight: float) -> None:
    visible = torch.ones(1, 68)
    visible[0, point] = 0.0 if hidden else 1.0
    truth = labels(1, visible=visible)
    off = truth["points"].clone()
    off[0, point, 0] += 0.07
    _, parts = landmark_loss(found(off), truth, Loss())
    total = 12 * 1.6 + 56 - (0.6 if hidden else 0)
    assert parts["point"] == pytest.approx(0.1 * weight / total, rel=1e-4)


def test_a_crop_without_a_face_teaches_the_face_alone() -> None:
    truth = labels(2, face=torch.tensor([1.0, 0.0]))
    points = truth["points"] + torch.tensor([[[0.01]], [[3.0]]])
    guess = Points(*(v.clone().requires_grad_() for v in found(points, sure=0.0)))
    loss, _ = landmark_loss(guess, truth, Loss())
    loss.backward()
    for name in ("points", "log_scale", "visible", "domain"):
        gradient = getattr(guess, name).grad
        assert gradient[0].abs().sum() > 0, name
        assert gradient[1].abs().sum() == 0, name
    assert guess.face.grad is not None
    assert guess.face.grad[1] > 0


def test_a_batch_without_any_face_has_a_finite_loss() -> None:
    truth = labels(2, face=torch.zeros(2))
    loss, parts = landmark_loss(found(truth["points"] + 1, sure=0.0), truth, Loss())
    assert torch.isfinite(loss)
    assert parts["point"] == 0
    assert parts["domain"] == 0


def test_a_face_of_an_unknown_kind_of_picture_teaches_no_kind() -> None:
    truth = labels(2, domain=torch.tensor([1, -1]))
    guess = found(truth["points"], sure=0.0)
    guess = guess._replace(domain=guess.domain.clone().requires_grad_())
    _, parts = landmark_loss(guess, truth, Loss())
    assert parts["domain"].item() == pytest.approx(np.log(len(DOMAINS)))
    parts["domain"].backward()
    assert guess.domain.grad is not None
    assert guess.domain.grad[0].abs().sum() > 0
    assert guess.domain.grad[1].abs().sum() == 0


def test_the_best_scale_is_that_of_the_errors() -> None:
    """A radial Laplace of scale b has a mean distance of 2 b."""
    truth = labels(1)
    off = found(truth["points"] + torch.tensor([0.07 * 0.8, 0.07 * 0.6]))  # 0.1 boxes away
    scales = np.linspace(-5, -1, 81)
    losses = [
        float(landmark_loss(off._replace(log_scale=torch.full((1, 68), float(s))), truth, Loss())[1]["likelihood"])
        for s in scales
    ]
    assert scales[int(np.argmin(losses))] == pytest.approx(np.log(0.05), abs=0.05)


def test_scores_are_the_probability_of_a_small_error() -> None:
    rng = np.random.default_rng(0)
    for scale in (0.01, 0.03, 0.1):
        radii = rng.gamma(2.0, scale, 100_000)  # the distance of a radial Laplace
        score = found(PLAIN[None], log_scale=float(np.log(scale))).scores()[0, 0]
        assert float(score) == pytest.approx((radii < 0.05).mean(), abs=0.005)


def cells(size: int = 320) -> tuple[Tensor, Tensor]:
    centres, strides = [], []
    for stride in STRIDES:
        places = (torch.arange(size // stride) + 0.5) * stride
        y, x = torch.meshgrid(places, places, indexing="ij")
        centres.append(torch.stack([x.flatten(), y.flatten()], 1))
        strides.append(torch.full((len(centres[-1]),), float(stride)))
    return torch.cat(centres), torch.cat(strides)


CENTRES, WIDTHS = cells()
FACES = torch.tensor([[20.0, 30, 80, 100], [150, 140, 310, 300], [200, 40, 212, 51]])


def said(boxes: Tensor, logits: Tensor) -> Boxes:
    return Boxes(boxes, logits, CENTRES, WIDTHS)


def fresh(reach: float = 2.0) -> tuple[Tensor, Tensor]:
    """What an untrained detector says: a box of a few cells round each centre, hardly a score."""
    half = reach * WIDTHS[:, None]
    return torch.cat([CENTRES - half, CENTRES + half], 1), torch.full((len(CENTRES),), 0.02)


def truths(*images: Tensor) -> dict[str, Tensor]:
    most = max(len(b) for b in images)
    boxes = torch.stack([torch.cat([b, torch.zeros(most - len(b), 4)]) for b in images])
    counts = torch.tensor([len(b) for b in images])
    return {"boxes": boxes, "count": counts, "ignored": torch.zeros(len(images), 1, 4)}


def test_every_face_finds_cells_to_speak_for_it() -> None:
    boxes, scores = fresh()
    quality, face = assign(boxes, scores, said(boxes[None], scores[None]), FACES)
    for i, box in enumerate(FACES):
        mine = (quality > 0) & (face == i)
        assert 1 <= mine.sum() <= TOP
        assert ((CENTRES[mine] - (box[:2] + box[2:]) / 2).abs() <= (box[2:] - box[:2]).max()).all()
    assert (quality <= 1).all()


def test_the_smallest_faces_are_not_lost_between_cells() -> None:
    boxes, scores = fresh()
    for x in np.linspace(40, 48, 9):
        tiny = torch.tensor([[x - 5, 60.0, x + 5, 70.0]]).float()
        quality, _ = assign(boxes, scores, said(boxes[None], scores[None]), tiny)
        assert quality.max() >= 0.1


def test_large_faces_go_to_coarse_cells_and_small_ones_to_fine() -> None:
    boxes, scores = fresh()
    for side, stride in ((24.0, 8), (64.0, 16), (200.0, 32)):
        face = torch.tensor([[160 - side / 2, 160 - side / 2, 160 + side / 2, 160 + side / 2]])
        quality, _ = assign(boxes, scores, said(boxes[None], scores[None]), face)
        assert WIDTHS[quality.argmax()] == stride


def test_the_better_box_gets_the_higher_quality() -> None:
    boxes, scores = fresh()
    inside = ((FACES[1, :2] < CENTRES) & (FACES[1, 2:] > CENTRES)).all(1).nonzero()[:, 0]
    boxes[inside[3]] = FACES[1]
    boxes[inside[5]] = FACES[1] + torch.tensor([20.0, 0, 0, 0])
    quality, face = assign(boxes, scores, said(boxes[None], scores[None]), FACES[1:2])
    assert quality[inside[3]] == pytest.approx(1.0, abs=1e-4)
    assert 0 < quality[inside[5]] < 1
    assert (face[quality > 0] == 0).all()


def test_a_cell_speaks_for_one_face() -> None:
    boxes, scores = fresh()
    twins = torch.tensor([[40.0, 40, 100, 100], [44, 44, 104, 104]])
    quality, face = assign(boxes, scores, said(boxes[None], scores[None]), twins)
    assert quality.shape == face.shape == scores.shape
    assert {0, 1} == set(face[quality > 0].tolist())


def test_without_faces_no_cell_speaks() -> None:
    boxes, scores = fresh()
    quality, _ = assign(boxes, scores, said(boxes[None], scores[None]), FACES[:0])
    assert quality.sum() == 0


def test_a_perfect_detector_has_hardly_a_loss() -> None:
    boxes, _ = fresh()
    logits = torch.full((len(boxes),), -12.0)
    for box in FACES:
        inside = ((box[:2] < CENTRES) & (box[2:] > CENTRES)).all(1)
        logits[inside] = 12.0
        boxes[inside] = box
    chosen, _ = assign(boxes, logits.sigmoid(), said(boxes[None], logits[None]), FACES)
    logits = torch.where(chosen > 0, logits, -12.0)
    _, parts = detector_loss(said(boxes[None], logits[None]), truths(FACES), Loss())
    assert parts["box"] < 1e-4
    assert parts["score"] < 1e-2
    _, shy = detector_loss(said(boxes[None], -logits[None]), truths(FACES), Loss())
    assert shy["score"] > 1


def test_ignored_regions_teach_nothing() -> None:
    boxes, _ = fresh()
    logits = torch.zeros(1, len(boxes), requires_grad=True)
    truth = truths(FACES[:0])
    truth["ignored"] = torch.tensor([[[100.0, 100, 220, 220]]])
    detector_loss(said(boxes[None], logits), truth, Loss())[0].backward()
    inside = ((CENTRES > 100) & (CENTRES < 220)).all(1)
    assert logits.grad is not None
    assert (logits.grad[0, inside] == 0).all()
    assert (logits.grad[0, ~inside] > 0).all()


def test_learning_by_the_detector_loss_finds_the_faces() -> None:
    """The boxes of all cells as free numbers: descent on the loss alone must bring the chosen ones home."""
    sides = torch.zeros(1, len(CENTRES), 4, requires_grad=True)
    logits = torch.full((1, len(CENTRES)), -3.0, requires_grad=True)
    optimiser = torch.optim.Adam([sides, logits], lr=0.1)
    for _ in range(60):
        reach = torch.exp(sides) * 2 * WIDTHS[:, None]
        boxes = torch.cat([CENTRES - reach[..., :2], CENTRES + reach[..., 2:]], 2)
        loss, _ = detector_loss(said(boxes, logits), truths(FACES), Loss())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    kept = geometry.nms(boxes[0].detach().numpy(), logits[0].detach().numpy(), 0.5)[:3]
    overlap = geometry.iou(FACES.numpy(), boxes[0].detach().numpy()[kept])
    assert (overlap.max(axis=1) > 0.85).all()


def test_overlaps_agree_with_geometry() -> None:
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 50, (2, 20, 2))
    boxes = np.concatenate([low, low + rng.uniform(1, 50, (2, 20, 2))], axis=2).astype(np.float32)
    mine = pairwise_iou(*torch.from_numpy(boxes)).numpy()
    np.testing.assert_allclose(mine, geometry.iou(*boxes), atol=1e-5)


GIOU = [
    ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
    ((0, 0, 10, 10), (10, 0, 20, 10), 0.0),
    ((0, 0, 10, 10), (30, 0, 40, 10), -0.5),
    ((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3),
]


@pytest.mark.parametrize(("a", "b", "value"), GIOU)
def test_generalised_iou_of_boxes_known_by_hand(a: tuple[float, ...], b: tuple[float, ...], value: float) -> None:
    assert giou(torch.tensor([a]).float(), torch.tensor([b]).float()).item() == pytest.approx(value, abs=1e-5)
