"""The expression network: small, and blind to which way a face looks."""

from __future__ import annotations

import pytest
import torch

from charaface.train.nets.cost import macs, parameters
from charaface.train.nets.expression import Expression


def test_it_is_as_small_as_it_says() -> None:
    assert parameters(Expression()) == 1_468_415 < 2_000_000
    assert macs(Expression(mirror=False), 48) == pytest.approx(129.4e6, rel=1e-3)


def test_a_mirrored_face_has_the_same_expression() -> None:
    torch.manual_seed(0)
    net, faces = Expression().eval(), torch.randn(2, 1, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(net(faces.flip(3)), net(faces))
        net.mirror = False
        assert (net(faces.flip(3)) - net(faces)).abs().max() > 1e-4


def test_looks_cut_closer_and_wider_count_alike_and_a_training_has_none() -> None:
    torch.manual_seed(0)
    plain, many = Expression(dropout=0.0).eval(), Expression(dropout=0.0, cuts=(2, -2)).eval()
    many.load_state_dict(plain.state_dict())
    faces = torch.full((1, 1, 48, 48), 0.5)  # which looks the same from near and far
    with torch.inference_mode():
        torch.testing.assert_close(many(faces), plain(faces), atol=1e-5, rtol=1e-4)
        bright = torch.nn.functional.pad(torch.zeros(1, 1, 44, 44), (2, 2, 2, 2), value=1.0)
        closer = torch.zeros(1, 1, 48, 48)  # without its rim
        wider = torch.nn.functional.pad(bright, (2, 2, 2, 2), mode="replicate")
        wider = torch.nn.functional.interpolate(wider, size=(48, 48), mode="bilinear")
        mean = (plain(bright) + plain(closer) + plain(wider)) / 3
        torch.testing.assert_close(many(bright), mean, atol=1e-5, rtol=1e-4)
        assert (many(bright) - plain(bright)).abs().max() > 1e-5
    torch.testing.assert_close(many.train()(bright.repeat(2, 1, 1, 1)), plain.train()(bright.repeat(2, 1, 1, 1)))


def test_a_training_looks_at_one_side_alone() -> None:
    torch.manual_seed(0)
    net, faces = Expression(dropout=0.0), torch.randn(4, 1, 48, 48)
    with torch.no_grad():
        assert (net(faces.flip(3)) - net(faces)).abs().max() > 1e-4


def test_a_stem_at_the_full_side_halves_it_all_the_same() -> None:
    net = Expression(full=24)
    assert net.stem[0].out_channels == 24
    assert net.stem(torch.zeros(1, 1, 48, 48)).shape == Expression().stem(torch.zeros(1, 1, 48, 48)).shape
    assert parameters(net) == 1_468_415 - 25 * 48 + 9 * 24 + 2 * 24 + 9 * 24 * 48


def test_stages_have_their_widths_and_half_the_side_each() -> None:
    net = Expression(classes=5, channels=3, widths=(8, 16), blocks=(1, 1)).eval()
    with torch.inference_mode():
        assert net.stages(net.stem(torch.zeros(1, 3, 32, 32))).shape == (1, 16, 8, 8)
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 5)
    with pytest.raises(ValueError, match="of the same stages, got 2 and 1"):
        Expression(widths=(8, 16), blocks=(1,))
