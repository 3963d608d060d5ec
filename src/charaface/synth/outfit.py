"""What a person wears and what is before their face in one picture, at random, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charaface.face import ACCESSORIES
from charaface.synth.dice import one_of, pick, uniform
from charaface.synth.head_before import KINDS as THINGS
from charaface.synth.head_before import Thing
from charaface.synth.head_hat import Hat
from charaface.synth.head_wear import LENSES, Glasses, Mask, Scarf
from charaface.synth.pen import Colour
from charaface.synth.person import Person

WORN = ("bare", "glasses", "sunglasses", "hat", "mask")  # what sample_worn knows
DARK = 0.5  # of a lens above, from which on glasses are sunglasses
_FRAMES: list[Colour] = [(0.03, 0.03, 0.03), (0.2, 0.1, 0.05), (0.35, 0.2, 0.1), (0.1, 0.1, 0.25), (0.4, 0.05, 0.08)]
_METALS: list[Colour] = [(0.7, 0.7, 0.72), (0.75, 0.6, 0.3), (0.25, 0.25, 0.27), (0.08, 0.08, 0.08)]
_MASKS: list[Colour] = [
    (0.6, 0.78, 0.88),
    (0.93, 0.94, 0.95),
    (0.07, 0.07, 0.08),
    (0.75, 0.86, 0.82),
    (0.85, 0.7, 0.75),
]


@dataclass(frozen=True)
class Outfit:
    """What is between the camera and somebody's head besides their hair."""

    glasses: Glasses | None = None
    mask: Mask | None = None
    hat: Hat | None = None
    scarf: Scarf | None = None
    things: tuple[Thing, ...] = ()


NOTHING_WORN = Outfit()


def accessories(person: Person, outfit: Outfit) -> dict[str, float]:
    """Of face.ACCESSORIES, 1 for what is worn and 0 for what is not.

    glasses are those whose lenses are clear, sunglasses those whose lenses are dark; a beard is one that grows on
    somebody, a moustache too, but not stubble; a mask covers the mouth, or did before it was pulled down.
    """
    glasses = outfit.glasses
    worn = {
        "glasses": glasses is not None and glasses.dark < DARK,
        "sunglasses": glasses is not None and glasses.dark >= DARK,
        "hat": outfit.hat is not None,
        "beard": person.beard is not None,
        "mask": outfit.mask is not None,
    }
    return {name: float(worn[name]) for name in ACCESSORIES}


def sample_outfit(rng: np.random.Generator, person: Person) -> Outfit:
    """Something is worn or held in most pictures, and much in some."""
    glasses = _glasses(rng) if rng.random() < 0.3 else None
    mask = _mask(rng) if rng.random() < 0.07 else None
    hat = _hat(rng) if rng.random() < 0.17 else None
    scarf = Scarf(_any(rng), uniform(rng, -10, -5.5), uniform(rng, 1, 2.6), _seed(rng)) if rng.random() < 0.05 else None
    things = (_thing(rng, person),) if rng.random() < 0.16 and mask is None else ()
    return Outfit(glasses, mask, hat, scarf, things)


def sample_worn(rng: np.random.Generator, accessory: str) -> Outfit:
    """An outfit of one thing, of WORN, and nothing else. Raises ValueError for another name."""
    if accessory not in WORN:
        raise ValueError(f"no accessory {accessory!r}; there are {', '.join(WORN)}")
    if accessory in ("glasses", "sunglasses"):
        glasses = _glasses(rng)
        while (glasses.dark >= DARK) != (accessory == "sunglasses"):
            glasses = _glasses(rng)
        return Outfit(glasses)
    if accessory == "mask":
        return Outfit(mask=replace(_mask(rng), top=0.0))
    if accessory == "hat":
        return Outfit(hat=_hat(rng))
    return NOTHING_WORN


def _any(rng: np.random.Generator) -> Colour:
    """A colour of cloth: greys, navy and black more often than the rainbow."""
    grey = uniform(rng, 0.03, 0.9)
    r, g, b = np.clip(grey + rng.normal(0, one_of(rng, (0.02, 0.08, 0.25)), 3), 0.01, 0.97).tolist()
    return r, g, b


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _glasses(rng: np.random.Generator) -> Glasses:
    dark = rng.random() < 0.3
    metal = rng.random() < 0.45
    rim = pick(rng, full=0.7, half=0.12, none=0.18)
    thick = uniform(rng, 0.05, 0.1) if metal or rim == "none" else uniform(rng, 0.1, 0.32)
    names = [*LENSES, "large", "pilot", "sport"] if dark else [name for name in LENSES if name != "sport"]
    lens = one_of(rng, names)
    mirrored = dark and rng.random() < 0.25
    tint: Colour = (0.02, 0.02, 0.02)
    if dark and rng.random() < 0.4:
        tint = one_of(rng, [(0.25, 0.12, 0.04), (0.08, 0.2, 0.12), (0.1, 0.1, 0.28), (0.35, 0.1, 0.2)])
    elif not dark:
        tint = one_of(rng, [(0.4, 0.45, 0.42), (0.45, 0.4, 0.3), (0.3, 0.3, 0.3)])
    return Glasses(
        lens,
        rim,
        thick,
        one_of(rng, _METALS if metal else _FRAMES) if rng.random() < 0.85 else _any(rng),
        metal,
        uniform(rng, 0.85, 1.12),
        max(rng.normal(0.1, 0.25), -0.2),
        uniform(rng, 0.8, 0.99) if dark else uniform(rng, 0.02, 0.14),
        uniform(rng, 0, 0.55) if dark and rng.random() < 0.4 else 0.0,
        tint,
        uniform(rng, 0.4, 0.8) if mirrored else abs(rng.normal(0, 0.3 if rng.random() < 0.3 else 0.06)),
        (rng.normal(0, 0.8), uniform(rng, -0.8, 1.2), uniform(rng, 0.08, 0.5)),
        one_of(rng, [(0.9, 0.95, 1.0), (0.7, 0.85, 1.0), (1.0, 0.85, 0.6)]),
    )


def _mask(rng: np.random.Generator) -> Mask:
    medical = rng.random() < 0.65
    return Mask(
        one_of(rng, _MASKS) if medical else _any(rng),
        float(pick(rng, **{"0": 0.75, "1": 0.1, "2": 0.05, "3": 0.1})),
        uniform(rng, 0.4, 1.0) if medical else 0.0,
        0.0 if medical and rng.random() < 0.7 else uniform(rng, 0.3, 1.0),
        (0.9, 0.9, 0.9) if medical else _any(rng),
        uniform(rng, 0.4, 1) if not medical and rng.random() < 0.4 else 0.0,
        _seed(rng),
    )


def _hat(rng: np.random.Generator) -> Hat:
    kind = pick(
        rng,
        cap=0.28,
        turned=0.04,
        beanie=0.14,
        brim=0.1,
        bucket=0.04,
        top=0.02,
        helmet=0.06,
        hard=0.03,
        fur=0.03,
        turban=0.04,
        peaked=0.03,
        headband=0.04,
        headphones=0.05,
        hood=0.06,
        headscarf=0.08,
    )
    return Hat(
        kind,
        _any(rng),
        _any(rng),
        uniform(rng, -1.2, 1.2),
        rng.normal(0, 0.4),
        uniform(rng, 0.85, 1.15),
        kind in ("helmet", "hard") or rng.random() < 0.08,
        _seed(rng),
    )


def _thing(rng: np.random.Generator, person: Person) -> Thing:
    kind = one_of(rng, [*THINGS, "microphone", "microphone", "stand", "chin", "cheek"])
    return Thing(
        kind,
        _any(rng),
        (0.05, 0.05, 0.05) if kind in ("microphone", "stand", "telephone") and rng.random() < 0.6 else _any(rng),
        bool(rng.random() < 0.5),
        tuple(rng.normal(0, [0.8, 1.0, 0.5]).tolist()),
        rng.normal(0, 12),
        uniform(rng, 0.75, 1.15),
        person.skin.tone,
    )
