"""Inception-ResNet-v1: a foreign state dict fits by name."""

from __future__ import annotations

import torch

from charaface.train.nets.cost import parameters
from charaface.train.nets.inception_resnet_v1 import InceptionResnetV1

# of the PyTorch port that FaceNet's weights are known by: 27,910,327 with the matrix of 8,631 people
TRUNK = 27_910_327 - 8_631 * (512 + 1)


def test_it_has_as_many_parameters_as_the_known_port() -> None:
    assert parameters(InceptionResnetV1(68, channels=3)) == TRUNK + 136 * (512 + 1)


def test_its_names_are_those_of_the_known_port() -> None:
    state = InceptionResnetV1(60).state_dict()
    shapes = {
        "conv2d_1a.conv.weight": (32, 1, 3, 3),
        "conv2d_4b.bn.running_var": (256,),
        "repeat_1.4.branch2.2.conv.weight": (32, 32, 3, 3),
        "repeat_1.0.conv2d.bias": (256,),
        "mixed_6a.branch1.2.conv.weight": (256, 192, 3, 3),
        "repeat_2.9.branch1.1.conv.weight": (128, 128, 1, 7),
        "mixed_7a.branch2.2.bn.weight": (256,),
        "repeat_3.0.branch1.2.conv.weight": (192, 192, 3, 1),
        "block8.conv2d.weight": (1792, 384, 1, 1),
        "last_linear.weight": (512, 1792),
        "last_bn.running_mean": (512,),
        "logits.weight": (120, 512),
        "logits.bias": (120,),
    }
    assert {k: tuple(state[k].shape) for k in shapes} == shapes


def test_maps_have_the_sides_of_the_original_and_small_crops_are_enlarged() -> None:
    net = InceptionResnetV1().eval()
    seen = []
    net.mixed_6a.register_forward_hook(lambda _, given, made: seen.append((given[0].shape, made.shape)))
    with torch.inference_mode():
        assert [net.features(torch.zeros(1, 1, s, s)).shape for s in (128, 64)] == [(1, 1792, 2, 2)] * 2
    assert seen == [((1, 256, 13, 13), (1, 896, 6, 6))] * 2
