"""Networks of points: each with each head gives what it promises, learns with every number, and becomes ONNX."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from charaface.train.nets import NETS
from charaface.train.nets.cost import parameters
from charaface.train.nets.heads import HEADS
from charaface.train.nets.told import Told

POINTS = 5
SMALL = {"timm": {"model": "resnet10t"}}  # options that a network needs here
NAMES = ("xception", "inception_resnet_v1", "resnet50", "vgg16", "pfld", "timm")
names = pytest.mark.parametrize("name", NAMES)


def make(name: str, **options: object) -> nn.Module:
    torch.manual_seed(0)
    return NETS[name](points=POINTS, **SMALL.get(name, {}), **options)


def crops(count: int, size: int, channels: int = 1) -> Tensor:
    return torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(0))


@names
@pytest.mark.parametrize("head", HEADS)
def test_points_lie_in_the_crop_and_training_tells_more(name: str, head: str) -> None:
    net = make(name, head=head)
    with torch.no_grad():
        told = net.train()(crops(2, 64))
        points = net.eval()(crops(2, 64))
    assert isinstance(told, Told)
    assert points.shape == told.points.shape == (2, POINTS, 2)
    assert points.dtype == torch.float32
    assert ((points > -0.5) & (points < 1.5)).all()
    if head in ("linear", "softargmax"):
        assert not told.points[0].equal(told.points[1])  # what it says depends on what it sees
    assert (told.maps is None) == (head != "heatmap")
    assert (told.bars is None) == (head != "simcc")
    assert (told.pose is None) == (name != "pfld")
    if told.maps is not None:
        assert told.maps.shape == (2, POINTS, 16, 16)
    if told.bars is not None:
        assert [b.shape for b in told.bars] == [(2, POINTS, 128)] * 2
    if told.pose is not None:
        assert told.pose.shape == (2, 3)


@names
def test_crops_of_any_size_are_read(name: str) -> None:
    net = make(name, channels=3).eval()
    with torch.inference_mode():
        assert [net(crops(1, size, 3)).shape for size in (64, 96, 112, 128)] == [(1, POINTS, 2)] * 4


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("size", [68, 96, 128])
def test_every_head_reads_crops_of_any_size(head: str, size: int) -> None:
    with torch.no_grad():
        told = make("timm", head=head).train()(crops(2, size))
    assert told.maps is None or told.maps.shape == (2, POINTS, size // 4, size // 4)
    assert told.bars is None or told.bars[0].shape == (2, POINTS, 2 * size)


@pytest.mark.parametrize(("name", "head"), [(n, "linear") for n in NAMES] + [("pfld", h) for h in HEADS])
def test_every_number_of_a_network_learns(name: str, head: str) -> None:
    net = make(name, head=head, dropout=0.0).train()
    for module in net.modules():  # blocks begin as their shortcuts: their inner weights learn from the second step on
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
    told = net(crops(3, 64))
    said = [told.points, told.maps, *(told.bars or ()), told.pose]
    generator = torch.Generator().manual_seed(1)
    learnt = [v for v in said if v is not None and v.requires_grad]
    sum((v * torch.randn(v.shape, generator=generator)).sum() for v in learnt).backward()
    still = [k for k, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not still


@names
@pytest.mark.parametrize("head", ["linear", "heatmap"])
def test_each_name_belongs_to_one_stage_or_the_head(name: str, head: str) -> None:
    net = make(name, head=head)
    state = list(net.state_dict())
    assert list(net.STAGES) == ["entry", "middle", "exit"]
    prefixes = [p for stage in net.STAGES.values() for p in stage]
    assert all(any(k.startswith(p) for k in state) for p in prefixes)
    assert max(sum(k.startswith(p) for p in prefixes) for k in state) == 1
    rest = [k for k in state if not k.startswith(tuple(prefixes))]
    assert {k.partition(".")[0] for k in rest} <= {"head", "logits", "fc", "pose"}
    other = NETS[name](points=POINTS + 1, **SMALL.get(name, {}), head=head).state_dict()
    assert all(net.state_dict()[k].shape == other[k].shape for k in state if k not in rest)
    assert any(net.state_dict()[k].shape != other[k].shape for k in rest)


@names
def test_group_norm_frees_a_crop_from_its_batch(name: str) -> None:
    net = make(name, norm="group", dropout=0.0).train()
    assert not any(isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d) for m in net.modules())
    assert parameters(net) == parameters(make(name))
    batch = crops(2, 64)
    with torch.no_grad():
        together, alone = net(batch).points[:1], net(batch[:1]).points
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)
    assert together.std() > 1e-3  # no norm has flattened it


@pytest.mark.parametrize("option", [{"head": "linaer"}, {"norm": "layer"}])
def test_a_head_or_norm_that_is_not_there_is_refused(option: dict[str, str]) -> None:
    (key,) = option
    with pytest.raises(ValueError, match=rf"{key} must be one of .*, got '{option[key]}'"):
        make("pfld", **option)


def as_onnx(net: nn.Module, example: Tensor) -> Callable[[Tensor], np.ndarray]:
    """A network's ONNX file, run."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own innards
        program = torch.onnx.export(
            net.eval(),
            (example,),
            dynamo=True,
            opset_version=18,
            input_names=["image"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            optimize=False,
            verbose=False,
        )
    assert program is not None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    runner = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), options)
    return lambda x: runner.run(None, {"image": x.numpy()})[0]


slow = [pytest.param(name, marks=pytest.mark.slow) for name in ("xception", "inception_resnet_v1", "resnet50", "vgg16")]


@pytest.mark.parametrize("name", ["pfld", *slow])
def test_onnx_says_what_torch_says(name: str) -> None:
    net = make(name)
    runner = as_onnx(net, crops(2, 64))
    batch = crops(3, 64)
    with torch.inference_mode():
        np.testing.assert_allclose(64 * runner(batch), 64 * net(batch).numpy(), atol=0.02)


class Heads(nn.Module):
    """All heads on one map of features."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.heads = nn.ModuleList(make(8, POINTS, doublings=2) for make in HEADS.values())
        nn.init.normal_(self.heads[2].heat.weight)

    def forward(self, features: Tensor) -> Tensor:
        return torch.stack([head(features, 64).points for head in self.heads])


def test_onnx_says_what_torch_says_of_every_head() -> None:
    net = Heads()
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(3, 8, 4, 4, generator=generator)
    runner = as_onnx(net, features[:2])
    with torch.inference_mode():
        wanted = net(features).numpy()
    np.testing.assert_allclose(64 * runner(features), 64 * wanted, atol=0.02)
    assert wanted.shape == (4, 3, POINTS, 2)
