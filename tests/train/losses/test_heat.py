"""Losses on heat maps: where the targets stand, and how their widths adapt."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from charaface.train.losses import LOSSES
from charaface.train.losses.adaloss import Adaloss
from charaface.train.losses.heat import gaussians
from charaface.train.nets.told import Told

from .truths import POINTS, SIZE, truth


def test_a_gaussian_stands_on_its_point() -> None:
    points = torch.tensor([[[2.5 / 8, 1.5 / 4]]])  # the centre of the cell in row 1, column 2
    wanted = gaussians(points, torch.zeros(1, 1, 4, 8), torch.tensor([1.0]))[0, 0]
    assert wanted[1, 2] == 1
    assert wanted[1, 3].item() == pytest.approx(math.exp(-0.5))
    assert wanted[3, 2].item() == pytest.approx(math.exp(-2))


def test_a_miss_costs_the_same_on_a_map_of_any_size() -> None:
    labels = truth()
    empty = [
        LOSSES["heat_mse"](POINTS)(Told(labels["points"], torch.zeros(3, POINTS, s, s)), labels, 0) for s in (16, 48)
    ]
    torch.testing.assert_close(*empty, rtol=1e-2, atol=0)
    torch.testing.assert_close(empty[1], torch.full((3,), math.pi * 1.5**2))


@pytest.mark.parametrize("wanted", [0.0, 0.4, 1.0])
def test_the_two_branches_of_adaptive_wing_join_smoothly(wanted: float) -> None:
    loss = LOSSES["adaptive_wing"](POINTS, emphasis=0.0)
    d = torch.tensor([0.4999, 0.5001], requires_grad=True)
    cost = loss.of((wanted + d)[:, None, None, None], torch.full((2, 1, 1, 1), wanted)).flatten()
    (slope,) = torch.autograd.grad(cost.sum(), d)
    expected = 14 * math.log1p(0.5 ** (2.1 - wanted))
    np.testing.assert_allclose(cost.detach(), expected, rtol=2e-3)
    np.testing.assert_allclose(slope[0], slope[1], rtol=2e-3)


def test_adaptive_wing_minds_the_peak_more_than_the_ground() -> None:
    labels = {"points": torch.full((1, 1, 2), 0.5), "weight": torch.ones(1, 1)}
    loss = LOSSES["adaptive_wing"](1, sigma=1.0)
    at = gaussians(labels["points"], torch.zeros(1, 1, 16, 16), loss.sigma)
    peak, ground = at.clone(), at.clone()
    peak[..., 8, 8] += 0.1
    ground[..., 0, 0] += 0.1
    assert loss(Told(labels["points"], peak), labels, 64) > 50 * loss(Told(labels["points"], ground), labels, 64)


def train(loss: Adaloss, noise: Tensor, steps: int, seed: int = 0) -> None:
    """Maps whose error falls from step to step, point by point as fast as noise (P,) says."""
    labels = truth()
    generator = torch.Generator().manual_seed(seed)
    for step in range(steps):
        told = gaussians(labels["points"], torch.zeros(1, 1, 16, 16), loss.sigma)
        error = noise[:, None, None] ** step * (1 + 0.1 * torch.rand(3, POINTS, 1, 1, generator=generator))
        loss(Told(labels["points"], told * (1 - error)), labels, SIZE)


def test_the_width_of_a_point_whose_loss_settles_falls_and_stops() -> None:
    loss = Adaloss(POINTS, every=2)
    train(loss, torch.full((POINTS,), 0.9), 20)
    assert ((loss.sigma < 3.0) & (loss.sigma > 1.0)).all()
    train(loss, torch.full((POINTS,), 0.9), 400)
    assert (loss.sigma == 1.0).all()


def test_a_loss_that_grows_wilder_keeps_its_width_and_each_point_has_its_own() -> None:
    loss = Adaloss(POINTS, every=1)
    noise = torch.full((POINTS,), 0.9)
    noise[0] = 1.3
    train(loss, noise, 12)
    assert loss.sigma[0] == 3.0
    assert (loss.sigma[1:] < 3.0).all()


def test_an_update_narrows_by_rho_at_most() -> None:
    loss = Adaloss(POINTS, every=1, rho=0.25)
    widths = [loss.sigma.clone()]
    for step in range(30):
        train(loss, torch.full((POINTS,), 0.5), 1, seed=step)
        widths.append(loss.sigma.clone())
    steps = torch.stack(widths).diff(dim=0)
    assert (steps <= 0).all()
    assert (steps >= -0.25 - 1e-6).all()
    assert (steps < 0).any()


def test_nothing_moves_in_eval_mode() -> None:
    loss = Adaloss(POINTS, every=1)
    train(loss, torch.full((POINTS,), 0.9), 5)
    before = {k: v.clone() for k, v in loss.state_dict().items()}
    train(loss.eval(), torch.full((POINTS,), 0.9), 5)
    assert all(v.equal(before[k]) for k, v in loss.state_dict().items())


def test_a_checkpoint_between_two_updates_goes_on_to_the_bit() -> None:
    noise = torch.full((POINTS,), 0.95)
    whole = Adaloss(POINTS, every=3)
    train(whole, noise, 17, seed=1)
    first = Adaloss(POINTS, every=3)
    train(first, noise, 17, seed=1)
    second = Adaloss(POINTS, every=3)
    second.load_state_dict(first.state_dict())
    for loss in (whole, second):
        train(loss, noise, 40, seed=2)
    assert all(v.equal(whole.state_dict()[k]) for k, v in second.state_dict().items())
    assert (whole.sigma < 3).all()


def test_a_step_that_failed_and_points_never_seen_leave_no_trace() -> None:
    labels = truth()
    labels["weight"][:, 0] = 0
    loss = Adaloss(POINTS, every=1)
    maps = torch.rand(3, POINTS, 16, 16, generator=torch.Generator().manual_seed(0))
    maps[0, 1] = math.nan
    for _ in range(10):
        loss(Told(labels["points"], maps), labels, SIZE)
    assert all(torch.isfinite(v).all() for v in loss.state_dict().values())
    assert (loss.history[:, 0] == 0).all()
    assert loss.sigma[0] == 3.0


def half(rank: int, store: str, out: str) -> None:
    """One of two processes, with every second sample of the batches."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    torch.save(taught(slice(rank, None, 2)).state_dict(), f"{out}/{rank}.pt")
    torch.distributed.destroy_process_group()


def taught(share: slice) -> Adaloss:
    """A loss that saw so much of each of twelve batches."""
    labels = truth(4)
    labels["weight"][0, :2] = 0
    loss = Adaloss(POINTS, every=2)
    generator = torch.Generator().manual_seed(0)
    for step in range(12):
        maps = 0.8**step * torch.rand(4, POINTS, 16, 16, generator=generator)
        loss(Told(labels["points"][share], maps[share]), {k: v[share] for k, v in labels.items()}, SIZE)
    return loss


def test_two_processes_adapt_as_one_does(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(half, (str(tmp_path / "store"), str(tmp_path)), nprocs=2)
    one = taught(slice(None)).state_dict()
    assert (one["sigma"] < 3).any()
    for rank in range(2):
        other = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        for name, value in one.items():
            torch.testing.assert_close(other[name], value, msg=name)
