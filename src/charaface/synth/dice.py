"""Small random choices that the generator makes all the time."""

from __future__ import annotations

import numpy as np

from charaface.synth.pen import Colour


def pick(rng: np.random.Generator, **shares: float) -> str:
    names = list(shares)
    p = np.array([shares[n] for n in names])
    return names[int(rng.choice(len(names), p=p / p.sum()))]


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def vary(rng: np.random.Generator, colour: Colour, amount: float = 0.06) -> Colour:
    r, g, b = np.clip(np.asarray(colour) + rng.uniform(-amount, amount, 3), 0, 1).tolist()
    return r, g, b
