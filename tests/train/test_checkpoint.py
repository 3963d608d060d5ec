"""Checkpoints: what was saved comes back to the bit, and a kill loses neither the old nor the new."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from torch import nn

from charaface.train import checkpoint
from charaface.train.checkpoint import Counts, Trainee


def trainee(seed: int = 0, steps: int = 3, width: int = 4) -> Trainee:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width)).to(memory_format=torch.channels_last)
    average = nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width))
    optimiser = torch.optim.AdamW(net.parameters(), fused=True)
    for _ in range(steps):
        optimiser.zero_grad()
        net(torch.randn(2, 3, 5, 5)).square().mean().backward()
        optimiser.step()
    return Trainee(net, average, optimiser, counts=Counts(step=steps, skipped=1))


def same(a: Trainee, b: Trainee) -> bool:
    nets = [(a.net, b.net), (a.average, b.average)]
    weights = all(torch.equal(v, w.state_dict()[k]) for m, w in nets for k, v in m.state_dict().items())
    moments = all(
        torch.equal(v, b.optimiser.state[q][k])
        for p, q in zip(a.net.parameters(), b.net.parameters(), strict=True)
        for k, v in a.optimiser.state[p].items()
    )
    return weights and moments and a.counts == b.counts


def test_what_was_saved_comes_back_to_the_bit(tmp_path: Path) -> None:
    old, new = trainee(0), trainee(1, steps=0)
    checkpoint.save(tmp_path / "c", old)
    checkpoint.restore(tmp_path / "c", new)
    assert same(old, new)
    assert os.listdir(tmp_path) == ["c"]


def test_a_new_trainee_without_moments_can_be_saved(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "c", trainee(0, steps=0))
    back = trainee(1, steps=0)
    checkpoint.restore(tmp_path / "c", back)
    assert back.counts.step == 0


@pytest.mark.parametrize("moment", ["save_file", "replace"])
def test_a_kill_while_saving_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    old = trainee(0)
    checkpoint.save(tmp_path / "c", old)

    def killed(*_args: object, **_more: object) -> None:
        (tmp_path / "c.tmp").write_bytes(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint if moment == "save_file" else os, moment, killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(tmp_path / "c", trainee(2))
    monkeypatch.undo()
    back = trainee(1, steps=0)
    checkpoint.restore(tmp_path / "c", back)
    assert same(old, back)
    checkpoint.save(tmp_path / "c", trainee(2))  # the half file is in nobody's way


def test_another_network_is_refused_by_name(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "c", trainee(0))
    with pytest.raises(ValueError, match="c is not a checkpoint of this network"):
        checkpoint.restore(tmp_path / "c", trainee(0, width=5))


def test_a_foreign_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"\x80\x04not a safetensors file")
    with pytest.raises(ValueError, match="c is not a checkpoint of charaface"):
        checkpoint.read(tmp_path / "c")
