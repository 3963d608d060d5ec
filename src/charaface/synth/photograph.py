"""One photograph of somebody, or one drawing of them: what networks learn from of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from charaface.synth.camera import Shot
from charaface.synth.dice import uniform
from charaface.synth.dress import sample_dress
from charaface.synth.head import Look, Studio
from charaface.synth.kit import read_kit
from charaface.synth.labels import Render, generator
from charaface.synth.outfit import Outfit, sample_outfit
from charaface.synth.person import Moment, sample_moment, sample_person
from charaface.synth.place import sample_place
from charaface.synth.shade import Light
from charaface.synth.toon import draw

_TALL = 16.0  # cm from chin to the middle of the forehead: what a box holds


@lru_cache(maxsize=1)
def studio(path: str | Path) -> Studio:
    """The heads of a file, made once a process. Raises KitError where it cannot be used."""
    return Studio(read_kit(path))


def render_photograph(
    heads: Studio, seed: int, index: int, size: int = 160, also: Collection[str] = ("masks", "alpha")
) -> Render:
    """One person whose face fills four tenths to two thirds of a size x size picture.

    also: of labels.ALSO, what it carries besides points; the picture is the same whatever that is.
    """
    return heads.render(*_somebody(heads, generator(seed, index), size), also)


def render_toon(
    heads: Studio, seed: int, index: int, size: int = 160, also: Collection[str] = ("masks", "alpha")
) -> Render:
    """The same person drawn in flat colours with contours, half of them on white and half on a colour."""
    rng = generator(seed, index)
    render = draw(heads, *_somebody(heads, rng, size), {*also, "alpha"})
    paper = np.full(3, 255.0) if rng.random() < 0.5 else rng.uniform(0, 255, 3)
    clear = 1 - np.asarray(render.alpha, np.float64)[..., None] / 255
    image = np.clip(np.round(render.image + clear * (paper - 255)), 0, 255).astype(np.uint8)
    return replace(render, image=image, alpha=render.alpha if "alpha" in also else None)


def _somebody(heads: Studio, rng: np.random.Generator, size: int) -> tuple[Look, Moment, Shot, Outfit]:
    person = sample_person(rng)
    moment = sample_moment(rng, heads.kit.expression_names)
    shot = sample_shot(rng, size)
    return heads.look(person), moment, shot, sample_outfit(rng, person)


def sample_shot(rng: np.random.Generator, size: int) -> Shot:
    """A camera, a light and a place."""
    middle = size / 2 + rng.uniform(-0.05, 0.05, 2) * size
    return Shot(
        size,
        size * uniform(rng, 0.42, 0.64) / _TALL,
        (float(middle[0]), float(middle[1])),
        sample_light(rng),
        uniform(rng, 40, 200),
        sample_dress(rng),
        sample_place(rng, size),
    )


def sample_light(rng: np.random.Generator) -> Light:
    """The sun, a window, a lamp or a sky; from any side but from behind alone."""
    around, high = rng.normal(0, 55), uniform(rng, -10, 70)
    a, h = np.radians(np.clip(around, -115, 115)), np.radians(high)
    lamp = np.array([np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)])
    warm = rng.normal(0, 0.12)
    tint = np.array([1 + warm, 1.0, 1 - warm])
    share = uniform(rng, 0.2, 0.85)  # of the light that comes from the lamp
    bright = float(np.exp(rng.normal(0, 0.25)))
    sky = (1 - share) * bright * np.array([1 - warm / 2, 1.0, 1 + warm / 2])
    ground = sky * uniform(rng, 0.3, 0.9) * np.array([1.05, 1.0, 0.92])
    return Light(lamp, 1.1 * share * bright * tint, sky, ground, uniform(rng, 0.6, 1.0))
