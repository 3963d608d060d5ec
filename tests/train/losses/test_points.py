"""Losses on points: laws that each of them keeps, and numbers that can be done by hand."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from charaface.train.losses import LOSSES
from charaface.train.losses.robust import AdaptiveRobust
from charaface.train.nets.told import Told

from .truths import POINTS, SIZE, told_at, truth

KINDS = [(name, {}) for name in LOSSES] + [("adaptive_robust", {"learned": True})]
kinds = pytest.mark.parametrize(("name", "options"), KINDS)


def costs(loss: torch.nn.Module, points: Tensor, labels: dict[str, Tensor]) -> Tensor:
    return loss(told_at(points, loss, labels["pose"] + 10), labels, SIZE)


@kinds
def test_one_number_a_sample_and_the_least_at_the_truth(name: str, options: dict[str, bool]) -> None:
    labels = truth()
    loss = LOSSES[name](points=POINTS, **options).eval()
    steps = [costs(loss, labels["points"] + step / SIZE, labels) for step in (0.0, 0.5, 2.0, 6.0, 16.0)]
    assert all(c.shape == (3,) and torch.isfinite(c).all() for c in steps)
    if not options:  # a likelihood may begin below 0
        torch.testing.assert_close(steps[0], torch.zeros(3), atol=1e-6, rtol=0)
    for near, far in itertools.pairwise(steps):
        assert (near < far).all()


@kinds
def test_a_point_that_is_not_known_has_no_say(name: str, options: dict[str, bool]) -> None:
    labels = truth()
    loss = LOSSES[name](points=POINTS, **options).eval()
    points = (labels["points"] + 2 / SIZE).requires_grad_()
    unknown = {**labels, "points": labels["points"].clone(), "weight": labels["weight"].clone()}
    unknown["points"][:, 3:] = math.nan
    unknown["weight"][:, 3:] = 0
    cost = costs(loss, points, unknown)
    cost.sum().backward()
    assert points.grad is not None
    assert torch.isfinite(cost).all()
    assert (points.grad[:, 3:] == 0).all()
    assert (points.grad[:, :3] != 0).any(2).all()
    # every point is off by as much: the mean over three is that over five
    torch.testing.assert_close(cost, costs(loss, points, labels), rtol=1e-2, atol=0)


@kinds
def test_a_sample_without_points_costs_nothing(name: str, options: dict[str, bool]) -> None:
    labels = truth()
    labels["weight"][1] = 0
    labels["points"][1] = math.nan
    points = (truth()["points"] + 2 / SIZE).requires_grad_()
    cost = costs(LOSSES[name](points=POINTS, **options), points, labels)
    cost.sum().backward()
    assert cost[1] == 0
    assert points.grad is not None
    assert torch.isfinite(points.grad).all()
    assert (points.grad[1] == 0).all()


@kinds
def test_gradients_are_finite_at_the_truth_and_far_from_it(name: str, options: dict[str, bool]) -> None:
    labels = truth()
    loss = LOSSES[name](points=POINTS, **options)
    for step in (0.0, 1e-6, 40.0, 4000.0):
        points = (labels["points"] + step / SIZE).requires_grad_()
        told = told_at(points.detach(), loss)
        maps = told.maps.clone().requires_grad_()
        bars = tuple(b.clone().requires_grad_() for b in told.bars)
        pose = (labels["pose"] + 10).requires_grad_()
        cost = loss(Told(points, maps, bars, pose), labels, SIZE)
        cost.sum().backward()
        found = [v.grad for v in (points, maps, *bars, pose, *loss.parameters()) if v.grad is not None]
        assert found
        assert all(torch.isfinite(g).all() for g in found)


@kinds
def test_a_batch_costs_what_its_samples_cost_alone(name: str, options: dict[str, bool]) -> None:
    labels = truth()
    labels["weight"][0, 2:] = 0
    points = labels["points"] + 3 / SIZE
    loss = LOSSES[name](points=POINTS, **options).eval()
    alone = [costs(loss, points[i : i + 1], {k: v[i : i + 1] for k, v in labels.items()}) for i in range(3)]
    torch.testing.assert_close(costs(loss, points, labels), torch.cat(alone))


@pytest.mark.parametrize("name", ["heat_mse", "adaptive_wing", "adaloss", "simcc"])
def test_a_loss_says_which_head_it_needs(name: str) -> None:
    head = "simcc" if name == "simcc" else "heatmap"
    with pytest.raises(ValueError, match=f"the network gives none: head = '{head}'"):
        LOSSES[name](points=POINTS)(Told(truth()["points"]), truth(), SIZE)


@pytest.mark.parametrize(
    ("name", "options", "error", "cost"),
    [
        ("mse", {}, 3.0, 9.0),
        ("l1", {}, 3.0, 3.0),
        ("smooth_l1", {}, 0.5, 0.125),
        ("smooth_l1", {"beta": 2.0}, 3.0, 2.0),
        ("wing", {}, 2.0, 10 * math.log(2)),
        ("wing", {}, 20.0, 10 + 10 * math.log(6)),
        ("soft_wing", {}, 1.0, 1.0),
        ("soft_wing", {}, 7.0, 2 + 20 * math.log(15 / 5)),
        ("adaptive_robust", {"alpha": 2.0, "scale": 2.0}, 4.0, 2.0),
        ("adaptive_robust", {"alpha": 1.0}, math.sqrt(3), 1.0),
        ("adaptive_robust", {"alpha": 0.0}, 2.0, math.log(3)),
        ("adaptive_robust", {"alpha": -2.0}, 2.0, 1.0),
        ("adaptive_robust", {"alpha": -math.inf}, 2.0, 1 - math.exp(-2)),
    ],
)
def test_an_error_in_pixels_costs_what_the_formula_says(
    name: str, options: dict[str, float], error: float, cost: float
) -> None:
    labels = truth()
    loss = LOSSES[name](points=POINTS, **options)
    torch.testing.assert_close(costs(loss, labels["points"] - error / SIZE, labels), torch.full((3,), cost))


@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_the_special_forms_of_the_robust_loss_join_the_general_one(alpha: float) -> None:
    labels = truth()
    special, beside = (
        costs(AdaptiveRobust(POINTS, a), labels["points"] + 3 / SIZE, labels) for a in (alpha, alpha - 0.002)
    )
    torch.testing.assert_close(special, beside, rtol=1e-2, atol=0)


@pytest.mark.parametrize(("alpha", "partition"), [(0.002, math.pi * math.sqrt(2)), (1.0, 3.2723), (1.998, 2.5066)])
def test_the_likelihood_of_a_learned_loss_adds_up_to_one(alpha: float, partition: float) -> None:
    loss = AdaptiveRobust(1, alpha, learned=True)
    assert torch.exp(loss._log_partition(torch.tensor([alpha]))).item() == pytest.approx(partition, rel=5e-3)


def test_a_learned_scale_goes_to_the_size_of_the_errors() -> None:
    generator = torch.Generator().manual_seed(0)
    errors = torch.tensor([1.0, 8.0])[:, None] * torch.randn(2000, 2, 2, generator=generator)
    loss = AdaptiveRobust(2, alpha=1.9, scale=4.0, learned=True)
    labels = {"points": torch.zeros(2000, 2, 2), "weight": torch.ones(2000, 2)}
    optimiser = torch.optim.Adam(loss.parameters(), 0.1)
    for _ in range(300):
        optimiser.zero_grad()
        loss(Told(errors), labels, 1).mean().backward()
        optimiser.step()
    scale = torch.nn.functional.softplus(loss.width) + 0.01
    torch.testing.assert_close(scale, torch.tensor([1.0, 8.0]), rtol=0.2, atol=0)
    assert list(loss.state_dict()) == ["shape", "width"]


def test_a_wrong_pose_makes_points_dearer_and_an_unknown_one_does_not() -> None:
    labels = truth()
    points = labels["points"] + torch.tensor([3.0, 4.0]) / SIZE
    loss = LOSSES["pfld"](points=POINTS)
    labels["pose"][2, 1] = math.nan
    wrong = torch.tensor([[60.0, 0, 0], [0, 90, 180], [50, 50, 50]])
    cost = loss(Told(points, pose=labels["pose"].nan_to_num() + wrong), labels, SIZE)
    torch.testing.assert_close(cost, torch.tensor([0.5 * 25, 3.0 * 25, 25]))
    torch.testing.assert_close(loss(Told(points), labels, SIZE), torch.full((3,), 25.0))
    right = Told(points, pose=labels["pose"])
    assert loss(right, labels, SIZE)[:2].abs().max() < 1e-5
    torch.testing.assert_close(LOSSES["pfld"](points=POINTS, base=1.0)(right, labels, SIZE), torch.full((3,), 25.0))


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("heat_mse", {"sigma": 0.0}, "sigma must be above 0 cells"),
        ("simcc", {"sigma": 0.0}, "sigma must be above 0 pixels"),
        ("adaloss", {"sigma": 1.0, "least": 2.0}, "least must lie above 0 and be at most sigma"),
        ("adaloss", {"window": 1}, "window must be at least 2"),
        ("adaptive_robust", {"scale": 0.0}, "scale must be above"),
        ("adaptive_robust", {"alpha": 2.0, "learned": True}, "must begin between 0 and 2"),
        ("pfld", {"base": -1.0}, "base must be at least 0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(name: str, options: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LOSSES[name](points=POINTS, **options)
