"""Networks: their shapes, their sizes, and a gradient for each of their numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from charaface.train.nets import NETS
from charaface.train.nets.detector import Boxes, Detector
from charaface.train.nets.landmarker import GRID_SPAN, Landmarker, Points


def test_a_landmarker_gives_points_and_in_training_all_it_knows() -> None:
    net = NETS["landmarker"](points=68, channels=1).eval()
    crops = torch.zeros(2, 1, 128, 128)
    with torch.inference_mode():
        assert net(crops).shape == (2, 68, 2)
        told = net.train()(crops)
    assert isinstance(told, Points)
    assert told.points.shape == (2, 68, 2)
    assert told.log_scale.shape == told.visible.shape == told.scores().shape == (2, 68)
    assert told.face.shape == (2,)
    assert all(v.dtype == torch.float32 for v in told)


def test_a_detector_takes_any_multiple_of_32() -> None:
    net = NETS["detector"]().eval()
    for height, width in ((32, 64), (96, 32)):
        cells = sum((height // s) * (width // s) for s in (8, 16, 32))
        with torch.inference_mode():
            boxes, scores = net(torch.zeros(2, 3, height, width))
        assert boxes.shape == (2, cells, 4)
        assert scores.shape == (2, cells)
        assert ((scores > 0) & (scores < 0.1)).all()  # a new detector sees no faces


def test_cells_lie_where_their_features_do() -> None:
    with torch.no_grad():
        told = Detector().train()(torch.zeros(2, 3, 64, 96))
    assert isinstance(told, Boxes)
    np.testing.assert_allclose(told.centres[[0, 1, 12]], [[4, 4], [12, 4], [4, 12]])
    np.testing.assert_allclose(told.centres[96], [8, 8])
    assert told.strides[[0, 95, 96, 119, 120]].tolist() == [8, 8, 16, 16, 32]
    boxes = told.boxes[0]
    assert (boxes[:, :2] < told.centres).all()
    assert (boxes[:, 2:] > told.centres).all()


@pytest.mark.parametrize(("name", "low", "high"), [("landmarker", 1.5, 1.8), ("detector", 0.7, 1.1)])
def test_a_network_has_the_size_it_is_said_to(name: str, low: float, high: float) -> None:
    assert low < sum(p.numel() for p in NETS[name]().parameters()) / 1e6 < high


@pytest.mark.parametrize(("name", "size"), [("landmarker", 128), ("detector", 64)])
def test_every_number_of_a_network_learns(name: str, size: int) -> None:
    torch.manual_seed(0)
    net = NETS[name]().train()
    # blocks begin as their shortcuts: their inner weights learn from the second step on
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.ones_(module.weight)
    told = net(torch.randn(4, 3, size, size))
    loss = sum((v.float() * torch.randn_like(v.float())).sum() for v in told if v.requires_grad)
    loss.backward()
    still = [k for k, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not still


def test_points_may_leave_the_crop_by_a_tenth() -> None:
    net = Landmarker()
    assert net.grid[0] < 0
    assert net.grid[-1] > 1
    heat = torch.full((1, 64, 16, 16), 0.0)
    with torch.no_grad():
        net.heat.weight.zero_()
        net.heat.weight[0, 0] = 1.0
        heat[0, 0, 15, 0] = 50.0
        points = net._read(heat, torch.zeros(1, 256)).points
    edge = 0.5 - GRID_SPAN / 2 * 15 / 16
    np.testing.assert_allclose(points[0, 0], [edge, 1 - edge], atol=1e-5)
    np.testing.assert_allclose(points[0, 1], [0.5, 0.5], atol=1e-5)


def test_mixed_precision_leaves_places_exact() -> None:
    torch.manual_seed(0)
    net = Landmarker().train()
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        told = net(torch.randn(2, 3, 128, 128))
    assert told.points.dtype == torch.float32
    assert len(torch.unique(told.points)) > 200  # eight bits of mantissa would leave a few dozen
