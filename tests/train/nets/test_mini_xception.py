"""mini-Xception is the one that is known by its size."""

from __future__ import annotations

import pytest
import torch

from charaface.train.nets import NETS
from charaface.train.nets.cost import parameters
from charaface.train.nets.mini_xception import MiniXception


def test_it_has_as_many_parameters_as_published() -> None:
    assert parameters(MiniXception()) == 56_951


@pytest.mark.parametrize(("blocks", "size", "sides"), [(4, 64, [60, 30, 15, 8, 4]), (6, 96, [92, 46, 23, 12, 6, 3, 2])])
def test_its_maps_have_the_sides_of_same_padding(blocks: int, size: int, sides: list[int]) -> None:
    net = MiniXception(blocks=blocks).eval()
    with torch.inference_mode():
        x = net.stem(torch.zeros(1, 1, size, size))
        found = [x.shape[2]]
        for block in net.blocks:
            x = block(x)
            found.append(x.shape[2])
    assert found == sides
    assert x.shape[1] == 16 << (blocks - 1)


@pytest.mark.parametrize(("side", "out"), [(60, 30), (15, 8)])
def test_a_pool_pads_as_the_published_one_does(side: int, out: int) -> None:
    """Of an even side one pixel at the far edge, of an odd one a pixel at each: the first window begins at 0 or -1."""
    from charaface.train.nets.mini_xception import _same

    ramp = torch.arange(float(side)).expand(1, 1, side, side)
    pooled = torch.nn.functional.max_pool2d(_same(ramp), 3, stride=2)
    first = 0 if side % 2 == 0 else -1
    wanted = [min(first + 2 * i + 2, side - 1) for i in range(out)]
    assert pooled[0, 0, 0].tolist() == wanted


def test_classes_and_channels_are_as_asked() -> None:
    net = NETS["mini_xception"](classes=3, channels=3)
    assert net(torch.zeros(2, 3, 64, 64)).shape == (2, 3)
    with pytest.raises(ValueError, match="blocks must be at least 1"):
        MiniXception(blocks=0)
