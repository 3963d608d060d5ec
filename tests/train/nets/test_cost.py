"""The cost of a network, against sums that can be done by hand."""

from __future__ import annotations

from torch import nn

from charaface.train.nets import NETS
from charaface.train.nets.cost import channels_of, macs, parameters


def test_a_convolution_and_a_matrix_cost_what_the_book_says() -> None:
    net = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1, groups=3, bias=False), nn.Flatten(), nn.Linear(6 * 8 * 8, 5))
    assert parameters(net) == 6 * 9 + 384 * 5 + 5
    assert channels_of(net) == 3
    assert macs(net, 8) == 8 * 8 * 6 * 9 + 384 * 5


def test_counting_leaves_a_network_in_its_mode() -> None:
    net = NETS["landmarker"](channels=1).train()
    assert 120e6 < macs(net, 128) < 124e6
    assert net.training
