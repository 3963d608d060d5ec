"""The expression network of drawings: the landmark network's trunk, and blind to which way a face looks."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
import torch
from onnx import numpy_helper

import charaface
from charaface.train.nets.cost import macs, parameters
from charaface.train.nets.drawn_expression import DrawnExpression
from charaface.train.transfer import begin

NETWORK = Path(charaface.__file__).parent / "networks" / "landmarks68.onnx"


def test_it_is_as_small_as_it_says() -> None:
    assert parameters(DrawnExpression()) == 1_911_231 < 2_000_000
    assert macs(DrawnExpression(mirror=False), 128) == pytest.approx(122.7e6, rel=1e-3)


def test_it_begins_with_the_trunk_of_the_landmark_network_and_a_head_of_its_own() -> None:
    torch.manual_seed(0)
    net = DrawnExpression()
    fresh = {name: value.clone() for name, value in net.state_dict().items()}
    assert begin(net, NETWORK, "all") == ["entry", "middle", "exit"]
    graph = onnx.load(NETWORK).graph
    theirs = {t.name.removeprefix("net."): torch.tensor(numpy_helper.to_array(t)).float() for t in graph.initializer}
    for name, value in net.state_dict().items():
        if name.startswith(("near.", "far.", "mix.", "classes.")):
            assert torch.equal(value, fresh[name]), name
        elif "num_batches" not in name:
            assert torch.equal(value, theirs[name]), name


def test_a_mirrored_face_has_the_same_expression() -> None:
    torch.manual_seed(0)
    net, faces = DrawnExpression().eval(), torch.randn(2, 3, 128, 128)
    with torch.inference_mode():
        torch.testing.assert_close(net(faces.flip(3)), net(faces), rtol=1e-4, atol=1e-5)
        net.mirror = False
        assert (net(faces.flip(3)) - net(faces)).abs().max() > 1e-5


def test_a_grey_one_of_other_classes_is_as_it_is_asked_for() -> None:
    net = DrawnExpression(classes=5, channels=1).eval()
    with torch.inference_mode():
        assert net(torch.zeros(2, 1, 128, 128)).shape == (2, 5)
