"""The same person in many ways: from the front, from any side, at rest, with an expression, and drawn.

Two pictures of a tuple differ in one thing, unless more is to vary: front and any in the angle, neutral and expression
in the face, expression and toon in the hand that made them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from charaface.face import EXPRESSIONS
from charaface.synth.camera import Shot
from charaface.synth.dice import uniform
from charaface.synth.head import Studio
from charaface.synth.head_hair import HeadHair
from charaface.synth.labels import Render, generator
from charaface.synth.outfit import Outfit, sample_outfit
from charaface.synth.person import MIMICS, Moment, Person, both_sides, sample_person
from charaface.synth.photograph import sample_shot
from charaface.synth.toon import draw

VIEWS = ("front", "any", "neutral", "expression", "toon")
VARIES = ("hair", "outfit", "light", "camera", "place")  # what each picture of a person may have anew
_TOON_OF = "expression"
_NEAR = 25.0  # degrees of yaw, one deviation, at which expressions are shown


@dataclass(frozen=True, eq=False)
class Setting:
    """What one picture of a tuple is made of."""

    person: Person
    moment: Moment
    shot: Shot
    outfit: Outfit


def sample_tuple(
    seed: int, index: int, size: int, names: tuple[str, ...], *, aligned: bool = False, vary: Collection[str] = ()
) -> dict[str, Setting]:
    """The settings of a person's pictures, by VIEWS. names: the kit's shapes.

    The expression is the one of face.EXPRESSIONS whose turn it is. A picture has the same hair, outfit, light, camera
    and place (with the clothes) as the others but for those of VARIES that vary names; nothing hides the face. Raises
    ValueError for another name.
    """
    if unknown := set(vary) - set(VARIES):
        raise ValueError(f"what varies is of {', '.join(VARIES)}, not {', '.join(sorted(unknown))}")
    rng = generator(seed, index)
    person = sample_person(rng)
    shot, outfit = replace(sample_shot(rng, size), aligned=aligned), _bare(sample_outfit(rng, person))
    moments = _moments(rng, EXPRESSIONS[index % len(EXPRESSIONS)], names)
    settings = {}
    for number, (view, moment) in enumerate(moments.items()):
        own = np.random.default_rng(np.random.SeedSequence([seed, index, number + 1]))
        settings[view] = _varied(own, Setting(person, moment, shot, outfit), vary)
    settings["toon"] = settings[_TOON_OF]
    return settings


def _moments(rng: np.random.Generator, expression: str, names: tuple[str, ...]) -> dict[str, Moment]:
    """What the head does in each photograph."""
    yaw, pitch, roll = uniform(rng, -90, 90), uniform(rng, -40, 40), float(np.clip(rng.normal(0, 6), -20, 20))
    turned = Moment(yaw, pitch, roll, body=yaw * uniform(rng, 0.3, 1.0))
    side = float(np.clip(rng.normal(0, _NEAR), -70, 70))
    near = Moment(side, float(np.clip(rng.normal(0, 8), -25, 25)), body=side * uniform(rng, 0.3, 1.0))
    near = replace(near, gaze=(float(rng.normal(0, 5)), float(rng.normal(0, 3))))
    form = MIMICS[expression][int(rng.integers(len(MIMICS[expression])))]
    strength = uniform(rng, 0.8, 1.1)
    shapes = both_sides({name: value * strength for name, value in form.items()}, names, rng.normal(0, 0.06))
    felt = replace(near, expression=expression, shapes=shapes)
    return {"front": Moment(), "any": turned, "neutral": near, "expression": felt}


def _bare(outfit: Outfit) -> Outfit:
    """The outfit without what hides the face."""
    return replace(outfit, mask=None, things=())


def _varied(rng: np.random.Generator, one: Setting, vary: Collection[str]) -> Setting:
    """A setting with other hair, clothes or light; what does not vary does not change what does."""
    other, shot = sample_person(rng), sample_shot(rng, one.shot.size)
    outfit = _bare(sample_outfit(rng, one.person))
    person = replace(one.person, hair=_other_hair(other, one.person)) if "hair" in vary else one.person
    new: dict[str, dict[str, Any]] = {
        "light": {"light": shot.light},
        "camera": {"unit": shot.unit, "middle": shot.middle, "distance": shot.distance},
        "place": {"backdrop": shot.backdrop, "dress": shot.dress},
    }
    changed = {key: value for name in vary if name in new for key, value in new[name].items()}
    taken = replace(one.shot, **changed) if changed else one.shot
    return Setting(person, one.moment, taken, outfit if "outfit" in vary else one.outfit)


def _other_hair(other: Person, person: Person) -> HeadHair | None:
    """Hair cut as another person's in the colour that this one has; who is bald stays so."""
    if other.hair is None or person.hair is None:
        return person.hair
    return replace(other.hair, colour=person.hair.colour)


def render_tuple(
    heads: Studio,
    seed: int,
    index: int,
    size: int = 192,
    *,
    views: Collection[str] = VIEWS,
    aligned: bool = False,
    vary: Collection[str] = (),
    also: Collection[str] = (),
) -> dict[str, Render]:
    """The pictures of one person by their views, of VIEWS; which is told in the notes of their faces.

    aligned: eyes and mouth of the face at rest lie where geometry.aligned_matrix puts them. vary: as for sample_tuple.
    also: of labels.ALSO, what each carries besides. Raises ValueError for a name that is not among these.
    """
    if unknown := set(views) - set(VIEWS):
        raise ValueError(f"views are {', '.join(VIEWS)}, not {', '.join(sorted(unknown))}")
    settings = sample_tuple(seed, index, size, heads.kit.expression_names, aligned=aligned, vary=vary)
    look, out = heads.look(settings["front"].person), {}
    for view in (name for name in VIEWS if name in views):
        one = settings[view]
        its = replace(look, person=one.person)  # whose skin and shape are the same
        make = draw if view == "toon" else Studio.render
        render = make(heads, its, one.moment, one.shot, one.outfit, also)
        out[view] = noted(render, person=f"{index:06d}", view=view)
    return out


def noted(render: Render, **notes: str) -> Render:
    """The render, with notes in its faces."""
    return replace(render, faces=[replace(face, notes=face.notes | notes) for face in render.faces])
