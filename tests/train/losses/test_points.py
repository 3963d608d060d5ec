"""Losses on points: laws that each of them keeps."""

from __future__ import annotations

import pytest
import torch

from charaface.train.losses import LOSSES

from .truths import SIZE, told_at, truth


@pytest.mark.parametrize("name", LOSSES)
def test_one_number_a_sample_and_the_least_at_the_truth(name: str) -> None:
    labels = truth()
    loss = LOSSES[name](points=5)
    costs = [loss(told_at(labels["points"] + step / SIZE), labels, SIZE) for step in (0.0, 1.0, 4.0, 16.0)]
    assert all(c.shape == (3,) and torch.isfinite(c).all() for c in costs)
    for near, far in zip(costs, costs[1:], strict=False):
        assert (near < far).all()
