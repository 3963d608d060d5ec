"""Fits what reads yaw and pitch of a face from its 68 points, on generated faces, and says how well it does on others.

    python benchmarks/head_pose.py heads.npz [--drawn 12000] [--people 9000] [--write]

The points are the labels of renders, moved by chance as those of a network are; nothing real is looked at. Measured on
further renders, and beside it the average head laid on the points, which it replaces. --write puts the fit into the
package. Ten minutes on one core; `charaface[draw,train]` is needed.
"""

from __future__ import annotations

import argparse
import os
from functools import partial

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from charaface import pose
from charaface.files import atomic
from charaface.schemes import IBUG68
from charaface.synth.crops import render_face
from charaface.synth.photograph import render_photograph, studio

SEED, OTHER, TESTED = 41, 42, 1500
HIDDEN = (48, 24)
PASSES, BATCH, RATE = 60, 256, 3e-3
LEAN = np.radians(4.0)  # how wrong a roll may be, one standard deviation
NOISE = 0.042  # of a point, in sizes of the face, at most
UNIT = 45.0  # degrees
Faces = tuple[np.ndarray, np.ndarray]  # (N, 68, 2) points and (N, 2) yaw and pitch


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        first, second = HIDDEN
        self.steps = nn.Sequential(
            nn.Linear(136, first), nn.Tanh(), nn.Linear(first, second), nn.Tanh(), nn.Linear(second, 2)
        )

    def forward(self, flat: Tensor, mirrored: Tensor) -> Tensor:
        a, b = self.steps(flat), self.steps(mirrored)
        return torch.stack([a[:, 0] - b[:, 0], a[:, 1] + b[:, 1]], 1) / 2


def faces(render: partial, seed: int, count: int, size: int) -> Faces:
    points, turns = [], []
    for index in range(count):
        for face in render(seed, index, size).faces[:1]:
            if abs(face.pose.yaw) < 95:
                points.append(face.landmarks.points)
                turns.append((face.pose.yaw, face.pose.pitch))
    return np.asarray(points, np.float64), np.asarray(turns)


def rolls(points: np.ndarray) -> np.ndarray:
    return np.asarray([pose.laid(one).roll for one in points])


def fit(points: np.ndarray, turns: np.ndarray) -> Reader:
    torch.manual_seed(0)
    reader = Reader()
    places = torch.tensor(pose.upright(points, rolls(points))[0].reshape(-1, 68, 2), dtype=torch.float32)
    wanted = torch.tensor(turns / UNIT, dtype=torch.float32)
    steps = PASSES * len(places) // BATCH
    learn = torch.optim.AdamW(reader.parameters(), RATE, weight_decay=1e-3)
    pace = torch.optim.lr_scheduler.OneCycleLR(learn, RATE, steps)
    other = torch.tensor([-1.0, 1.0])
    for _ in range(steps):
        chosen = torch.randint(0, len(places), (BATCH,))
        angle = LEAN * torch.randn(BATCH)
        turn = torch.stack([angle.cos(), angle.sin(), -angle.sin(), angle.cos()], 1).reshape(-1, 2, 2)
        at = places[chosen] @ turn
        at = at + NOISE * torch.rand(BATCH, 1, 1) * torch.randn(at.shape)
        said = reader(at.flatten(1), (at[:, list(IBUG68.mirror)] * other).flatten(1))
        loss = nn.functional.smooth_l1_loss(said, wanted[chosen], beta=0.1)
        learn.zero_grad()
        loss.backward()
        learn.step()
        pace.step()
    return reader


def arrays(reader: Reader) -> dict[str, np.ndarray]:
    """Weights, (in, out), and biases in turn, the last two in degrees."""
    out = [one.detach().numpy().T for one in reader.parameters()]
    out[-2:] = [UNIT * one for one in out[-2:]]
    return {str(k): one.astype(np.float16) for k, one in enumerate(out)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", help="the shapes of heads (.npz)")
    parser.add_argument("--drawn", type=int, default=12_000, help="drawings to fit on")
    parser.add_argument("--people", type=int, default=9_000, help="photographs to fit on")
    parser.add_argument("--write", action="store_true", help="put the fit into the package")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    shot = partial(render_photograph, studio(options.heads), also=())
    kinds = {"drawn": (partial(render_face), options.drawn, 96), "photographed": (shot, options.people, 64)}
    learned = [faces(render, SEED, count, size) for render, count, size in kinds.values()]
    reader = fit(*(np.concatenate(one) for one in zip(*learned, strict=True)))
    if options.write:
        with atomic(pose.READER) as part, part.open("wb") as file:
            np.savez(file, **arrays(reader))
    print("| | faces | yaw | pitch | yaw of the average head | its pitch |\n|---|---|---|---|---|---|")
    for name, (render, _, size) in kinds.items():
        points, true = faces(render, OTHER, TESTED, size)
        laid = np.asarray([(one.yaw, one.pitch) for one in map(pose.laid, points)])
        flat, mirrored = (torch.tensor(one, dtype=torch.float32) for one in pose.upright(points, rolls(points)))
        with torch.no_grad():
            said = UNIT * reader(flat, mirrored).numpy()
        off = [np.median(np.abs(one - true), axis=0) for one in (said, laid)]
        print(f"| {name} | {len(true):,} | " + " | ".join(f"{v:.1f}" for one in off for v in one) + " |")
    print("\nMedian error in degrees.")


if __name__ == "__main__":
    main()
