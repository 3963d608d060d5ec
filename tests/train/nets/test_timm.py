"""Trunks of timm: their stages, and what cannot be one."""

from __future__ import annotations

import pytest

from charaface.train.nets.resnet50 import ResNet50
from charaface.train.nets.timm import Timm, thirds
from charaface.train.nets.vgg16 import VGG16


@pytest.mark.parametrize("net", [ResNet50, VGG16])
def test_thirds_are_the_stages_that_are_written_down(net: type[Timm]) -> None:
    assert thirds(net(5)) == net.STAGES


def test_a_name_of_timm_is_a_network() -> None:
    net = Timm(5, model="mobilenetv3_small_050", norm="group")
    assert net.STAGES["entry"] == ("trunk.conv_stem.", "trunk.bn1.", "trunk.blocks.0.")
    assert net.STAGES["middle"] == ("trunk.blocks.1.", "trunk.blocks.2.", "trunk.blocks.3.")
    assert net.STAGES["exit"] == ("trunk.blocks.4.", "trunk.blocks.5.")
    assert not any(type(m).__name__.startswith("BatchNorm") for m in net.modules())


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("resnet5", "timm knows no model 'resnet5'; near it: .*resnet50"),
        ("vit_tiny_patch16_224", "reads pictures of one size; take a convolutional one"),
        ("swin_tiny_patch4_window7_224", "reads pictures of one size"),
    ],
)
def test_what_is_no_trunk_is_refused_with_the_way_out(model: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Timm(5, model=model)
