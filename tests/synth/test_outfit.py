"""What people wear and hold is seen in the masks, hides what is behind it, and is what the labels say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.face import ACCESSORIES, Landmarks
from charaface.schemes import IBUG68
from charaface.synth.camera import Shot
from charaface.synth.head import Look, Studio
from charaface.synth.head_beard import MOST, STYLES, Beard
from charaface.synth.head_before import KINDS as THINGS
from charaface.synth.head_before import Thing
from charaface.synth.head_hair import HeadHair
from charaface.synth.head_hat import CLOTHS, Hat
from charaface.synth.head_hat import KINDS as HATS
from charaface.synth.head_wear import LENSES, Glasses, Mask, Scarf
from charaface.synth.labels import PARTS, Render
from charaface.synth.outfit import Outfit, sample_outfit
from charaface.synth.person import Moment, sample_person
from charaface.synth.photograph import sample_light, studio

EYES, MOUTH, JAW, NOSE = slice(36, 48), slice(48, 68), slice(0, 17), slice(30, 36)
DARK = Glasses("square", dark=0.95, mirror=0.0)


@pytest.fixture(scope="module")
def heads(heads_file) -> Studio:
    return studio(heads_file)


@pytest.fixture(scope="module")
def look(heads: Studio) -> Look:
    """Somebody average without hair or beard."""
    who = sample_person(np.random.default_rng(4))
    return heads.look(replace(who, hair=None, beard=None, identity=np.zeros(80)))


@pytest.fixture(scope="module")
def shot() -> Shot:
    light = replace(sample_light(np.random.default_rng(0)), lamp=np.array([0.0, 0.0, 1.0]))
    return Shot(96, 4.0, (48.0, 46.0), light, 120.0)


def marks(render: Render) -> Landmarks:
    found = render.faces[0].landmarks
    assert found is not None
    return found


def count(render: Render, name: str) -> int:
    assert render.masks is not None
    return int((render.masks[0] == PARTS.index(name)).sum())


def with_beard(look: Look, **how: object) -> Look:
    return replace(look, person=replace(look.person, beard=Beard(**({"colour": (0.1, 0.08, 0.06)} | how))))  # type: ignore[arg-type]


def test_nothing_is_worn_by_somebody_who_wears_nothing(heads: Studio, look: Look, shot: Shot) -> None:
    bare = heads.render(look, Moment(), shot)
    assert bare.faces[0].accessories == dict.fromkeys(ACCESSORIES, 0.0)
    assert [count(bare, name) for name in ("glasses", "hat", "cover", "hair")] == [0, 0, 0, 0]
    assert count(bare, "iris") > 10


def test_points_stay_where_they_are_whatever_is_worn(heads: Studio, look: Look, shot: Shot) -> None:
    bare = marks(heads.render(look, Moment(yaw=20), shot))
    outfit = Outfit(Glasses(), Mask((0.5, 0.7, 0.8)), Hat("cap", (0.1, 0.1, 0.4)), Scarf((0.4, 0.1, 0.1)))
    worn = marks(heads.render(look, Moment(yaw=20), shot, outfit))
    assert np.array_equal(bare.points, worn.points)
    assert not (worn.visible & ~bare.visible).any()
    assert worn.visible.sum() < bare.visible.sum() - 20


def test_eyes_are_seen_through_clear_lenses_and_hidden_by_dark_ones(heads: Studio, look: Look, shot: Shot) -> None:
    for lens in LENSES:
        clear = heads.render(look, Moment(), shot, Outfit(Glasses(lens, rim="none", dark=0.05, mirror=0.0)))
        dark = heads.render(look, Moment(), shot, Outfit(replace(DARK, lens=lens)))
        assert marks(clear).visible[EYES].all(), lens
        assert not marks(dark).visible[EYES].any(), lens
        assert marks(dark).visible[MOUTH].all(), lens
        assert count(dark, "glasses") > 300, lens
        assert count(dark, "eye") + count(dark, "iris") == 0, lens
        assert count(clear, "iris") > 10, lens
        assert (clear.faces[0].accessories or {})["glasses"] == 1.0
        assert (clear.faces[0].accessories or {})["sunglasses"] == 0.0
        assert (dark.faces[0].accessories or {})["glasses"] == 0.0
        assert (dark.faces[0].accessories or {})["sunglasses"] == 1.0


def test_a_mask_hides_mouth_and_nose_and_less_of_them_the_further_it_is_pulled_down(
    heads: Studio, look: Look, shot: Shot
) -> None:
    full, low, chin = (
        heads.render(look, Moment(), shot, Outfit(mask=Mask((0.6, 0.8, 0.9), top=top))) for top in (0.0, 1.0, 3.0)
    )
    assert not marks(full).visible[MOUTH].any()
    assert not marks(full).visible[NOSE].any()
    assert not marks(low).visible[MOUTH].any()
    assert marks(low).visible[30]
    assert marks(chin).visible[MOUTH].all()
    for render in (full, low, chin):
        assert marks(render).visible[EYES].all()
        assert (render.faces[0].accessories or {})["mask"] == 1.0
    assert count(full, "cover") > count(low, "cover") > count(chin, "cover") > 50


@pytest.mark.parametrize("kind", HATS)
def test_every_hat_is_on_the_head_and_leaves_the_face(heads: Studio, look: Look, shot: Shot, kind: str) -> None:
    render = heads.render(look, Moment(), shot, Outfit(hat=Hat(kind, (0.2, 0.3, 0.5), size=0.8)))
    assert count(render, "hat") > 80
    assert marks(render).visible[EYES].all()
    assert marks(render).visible[MOUTH].all()
    assert (render.faces[0].accessories or {})["hat"] == 1.0


def test_hair_below_a_hat_does_not_come_through_it(heads: Studio, look: Look, shot: Shot) -> None:
    hair = HeadHair((0.1, 0.1, 0.1), thick=3.0, sides=1.5, curl=0.9, length=10.0, tied="knot")
    worn = replace(look, person=replace(look.person, hair=hair))
    for kind in ("cap", "beanie", "helmet", "brim"):
        render = heads.render(worn, Moment(), shot, Outfit(hat=Hat(kind, (0.9, 0.1, 0.1))))
        assert render.masks is not None
        hat = np.argwhere(render.masks[0] == PARTS.index("hat"))
        hairy = np.argwhere(render.masks[0] == PARTS.index("hair"))
        assert len(hairy) > 50
        assert hairy[:, 0].min() > hat[:, 0].min() + 5, kind


@pytest.mark.parametrize("kind", CLOTHS)
def test_no_head_comes_through_a_hood(heads: Studio, look: Look, shot: Shot, kind: str) -> None:
    rng = np.random.default_rng(3)
    for yaw in (0, 40, 80):
        who = replace(look, head=heads.kit.head(rng.normal(size=80)))
        render = heads.render(who, Moment(yaw=yaw), replace(shot, unit=3.0), Outfit(hat=Hat(kind, (0.9, 0.1, 0.1))))
        assert render.masks is not None
        top = marks(render).points[17:27, 1].min() - 4.0 * 3.0  # cm above the brows
        above = render.masks[0][: int(top)]
        assert (above == PARTS.index("hat")).sum() > 50
        assert set(np.unique(above)) <= {PARTS.index("hat"), PARTS.index("background")}


@pytest.mark.parametrize("kind", THINGS)
def test_every_thing_before_a_face_covers_some_of_the_picture(heads: Studio, look: Look, shot: Shot, kind: str) -> None:
    bare = heads.render(look, Moment(), shot)
    left, right = (
        heads.render(look, Moment(), shot, Outfit(things=(Thing(kind, (0.2, 0.2, 0.2), left=side),)))
        for side in (True, False)
    )
    assert bare.masks is not None
    for render in (left, right):
        assert count(render, "cover") > 15
        assert render.masks is not None
        changed = render.masks[0] != bare.masks[0]
        assert (render.masks[0][changed] == PARTS.index("cover")).all()
    a, b = (
        np.argwhere((one.masks if one.masks is not None else bare.masks)[0] == PARTS.index("cover"))
        for one in (left, right)
    )
    assert a[:, 1].mean() + b[:, 1].mean() == pytest.approx(96, abs=3)  # mirrored about the middle of the face


def test_a_hand_before_the_mouth_hides_it_and_one_at_the_eye_hides_that(heads: Studio, look: Look, shot: Shot) -> None:
    def seen(kind: str) -> np.ndarray:
        return marks(heads.render(look, Moment(), shot, Outfit(things=(Thing(kind, (0.2, 0.2, 0.2)),)))).visible

    assert not seen("mouth")[[51, 57, 62, 66]].any()
    assert seen("mouth")[EYES].all()
    assert seen("eye")[42:48].sum() < 3
    assert seen("eye")[36:42].all()


def test_a_beard_is_hair_about_the_jaw_and_hides_it_where_it_is_long(heads: Studio, look: Look, shot: Shot) -> None:
    bare = heads.render(look, Moment(), shot)
    for style in STYLES:
        worn = heads.render(with_beard(look, style=style, long=0.7), Moment(), shot)
        assert count(worn, "hair") > 20, style
        assert (worn.faces[0].accessories or {})["beard"] == 1.0
        assert np.array_equal(marks(worn).points[17:], marks(bare).points[17:])
        moved = np.linalg.norm(marks(worn).points - marks(bare).points, axis=1)
        assert moved.max() <= MOST * shot.unit * 1.3, style
        assert marks(worn).visible[EYES].all()
    full = heads.render(with_beard(look, style="full", long=3.0), Moment(), shot)
    assert not marks(full).visible[[6, 7, 8, 9, 10]].any()
    moustache = heads.render(with_beard(look, style="moustache", long=0.6), Moment(), shot)
    assert marks(moustache).visible[JAW].all()


def test_a_beard_adds_to_the_outline_of_the_jaw_no_more_than_its_hair_is_long(
    heads: Studio, look: Look, shot: Shot
) -> None:
    chins = [marks(heads.render(look, Moment(), shot)).points[8, 1]]
    chins += [
        marks(heads.render(with_beard(look, style="full", long=long), Moment(), shot)).points[8, 1]
        for long in (0.2, 1.0, 4.0)
    ]
    assert chins == sorted(chins)
    assert 0 < chins[1] - chins[0] < 0.25 * shot.unit
    assert chins[3] - chins[0] < (MOST + 0.05) * shot.unit


def test_a_mirrored_head_has_mirrored_points_hidden_by_what_is_mirrored(heads: Studio, look: Look, shot: Shot) -> None:
    """The mean head is as good as symmetric."""
    for outfit in (Outfit(DARK), Outfit(mask=Mask((0.5, 0.5, 0.5)))):
        left, right = (marks(heads.render(look, Moment(yaw=yaw), shot, outfit)) for yaw in (-35, 35))
        turned = right.points[np.asarray(IBUG68.mirror)] * [-1, 1]
        turned[:, 0] += 2 * shot.middle[0]
        assert np.abs(turned - left.points).max() < 1.0
        assert (right.visible[np.asarray(IBUG68.mirror)] != left.visible).sum() <= 3


def test_outfits_are_sampled_with_everything_that_there_is() -> None:
    person = sample_person(np.random.default_rng(0))
    outfits = [sample_outfit(np.random.default_rng(seed), person) for seed in range(3000)]
    hats = [one.hat.kind for one in outfits if one.hat]
    things = [thing.kind for one in outfits for thing in one.things]
    lenses = [one.glasses.lens for one in outfits if one.glasses]
    assert set(hats) == set(HATS)
    assert set(things) == set(THINGS)
    assert set(lenses) == set(LENSES)
    dark = [one.glasses.dark >= 0.5 for one in outfits if one.glasses]
    assert 0.2 < np.mean(dark) < 0.4
    assert 0.2 < len(dark) / 3000 < 0.4
    assert {one.mask.top for one in outfits if one.mask} == {0.0, 1.0, 2.0, 3.0}
    assert sum(one == Outfit() for one in outfits) > 600
