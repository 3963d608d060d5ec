"""Heads: maps and bins are read to a fraction of a cell."""

from __future__ import annotations

import pytest
import torch

from charaface.train.losses.bars import wanted_bars
from charaface.train.losses.heat import gaussians
from charaface.train.nets.heads import HEADS, WIDTH, peak, peaks


def places(low: float, high: float, count: int = 200) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return low + (high - low) * torch.rand(count, 3, 2, generator=generator)


@pytest.mark.parametrize("sigma", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("shape", [(16, 16), (32, 24)])
def test_the_peak_of_a_gaussian_is_found_exactly(sigma: float, shape: tuple[int, int]) -> None:
    points = places(0.0, 1.0)
    maps = gaussians(points, torch.zeros(1, 1, *shape), torch.full((3,), sigma))
    torch.testing.assert_close(peaks(maps), points, atol=1e-3, rtol=0)


def test_noise_moves_a_peak_by_a_fraction_of_a_cell() -> None:
    points = places(0.1, 0.9)
    maps = gaussians(points, torch.zeros(1, 1, 16, 16), torch.full((3,), 1.5))
    noise = 0.03 * torch.randn(maps.shape, generator=torch.Generator().manual_seed(1))
    off = (peaks(maps + noise) - points).norm(dim=2) * 16
    assert off.median() < 0.15
    assert off.max() < 1.0


def test_an_empty_map_has_its_peak_inside() -> None:
    for value in (0.0, -5.0, 1.0):
        found = peaks(torch.full((1, 2, 16, 16), value))
        assert ((found > 0) & (found < 1)).all()


def test_the_peak_of_bins_is_found_exactly() -> None:
    points = places(0.0, 1.0)
    bars = wanted_bars(torch.zeros(200, 3, 128), points[..., 0], 1.5 / 64)
    torch.testing.assert_close(peak(bars), points[..., 0], atol=1e-4, rtol=0)


def test_soft_argmax_of_one_hot_cell_is_its_centre() -> None:
    head = HEADS["softargmax"](WIDTH, 1).eval()
    torch.nn.init.zeros_(head.heat.weight)
    torch.nn.init.ones_(head.heat.weight[0, 0])
    cells = torch.zeros(1, WIDTH, 16, 16)
    cells[0, 0, 3, 10] = 100.0
    head.up.steps = torch.nn.Identity()
    torch.testing.assert_close(head(cells, 64).points[0, 0], torch.tensor([10.5 / 16, 3.5 / 16]))


def test_bins_of_simcc_lie_in_the_order_of_their_cells() -> None:
    head = HEADS["simcc"](WIDTH, 2).eval()
    x = torch.arange(2 * 8 * 4, dtype=torch.float32)
    for axis, name in ((head.across, "x"), (head.down, "y")):
        torch.nn.init.zeros_(axis[2].weight)
        axis[2].bias.data = x[:16] if name == "x" else x[16:32]
    with torch.no_grad():
        bars, _ = head.train()(torch.zeros(1, WIDTH, 4, 4), 16).bars
    assert bars.shape == (1, 2, 32)
    assert bars[0, 0].tolist() == list(range(8)) * 4
    assert bars[0, 1].tolist() == list(range(8, 16)) * 4


@pytest.mark.parametrize("head", ["heatmap", "simcc"])
def test_points_that_are_read_off_carry_no_gradient(head: str) -> None:
    told = HEADS[head](8, 2, doublings=2)(torch.randn(2, 8, 4, 4), 64)
    assert not told.points.requires_grad


def test_mixed_precision_leaves_places_exact() -> None:
    for name, make in HEADS.items():
        torch.manual_seed(0)
        with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
            told = make(8, 68, doublings=2)(torch.randn(4, 8, 4, 4), 64)
        assert told.points.dtype == torch.float32, name
        if name in ("linear", "softargmax"):
            assert len(torch.unique(told.points)) > 300, name
