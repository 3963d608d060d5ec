"""The light Xception is the one that is known by its size."""

from __future__ import annotations

import pytest
import torch

from charaface.train.nets.cost import parameters
from charaface.train.nets.xception import Xception


@pytest.mark.parametrize(("points", "count"), [(68, 2_630_888), (60, 2_614_488)])
def test_it_has_as_many_parameters_as_published(points: int, count: int) -> None:
    assert parameters(Xception(points)) == count


def test_a_head_of_zeros_says_the_middle_of_the_crop() -> None:
    net = Xception(5).eval()
    torch.nn.init.zeros_(net.head.fc.weight)
    torch.nn.init.zeros_(net.head.fc.bias)
    with torch.inference_mode():
        assert net(torch.randn(2, 1, 64, 64)).equal(torch.full((2, 5, 2), 0.5))


def test_its_maps_have_the_sides_of_the_paper() -> None:
    net = Xception().eval()
    with torch.inference_mode():
        entry = net.entry(torch.zeros(1, 1, 128, 128))
        assert entry.shape == (1, 256, 32, 32)
        assert net.exit(net.middle(entry)).shape == (1, 1024, 16, 16)
