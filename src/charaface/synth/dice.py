"""Small random choices that the generator makes all the time."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

from charaface.synth.pen import Colour

T = TypeVar("T")


def pick(rng: np.random.Generator, **shares: float) -> str:
    """One of the names, as often as their shares say."""
    return weighted(rng, list(shares), shares.values())


def weighted(rng: np.random.Generator, values: Sequence[T], shares: Iterable[float]) -> T:
    """One of the values, as often as their shares say: what Generator.choice draws, many times faster."""
    steps = list(accumulate(shares))
    return values[bisect(steps, rng.random() * steps[-1])]


def one_of(rng: np.random.Generator, values: Sequence[T]) -> T:
    """One of the values, all as often: what Generator.choice draws, many times faster."""
    return values[int(rng.integers(len(values)))]


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between low and high: what Generator.uniform draws, in a third of the time."""
    return low + (high - low) * rng.random()


def vary(rng: np.random.Generator, colour: Colour, amount: float = 0.06) -> Colour:
    r, g, b = np.clip(np.asarray(colour) + rng.uniform(-amount, amount, 3), 0, 1).tolist()
    return r, g, b
