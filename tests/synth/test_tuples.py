"""The same person in many ways: pictures that differ in one thing, and what they carry agrees with the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charaface.face import EXPRESSIONS, Landmarks
from charaface.geometry import ALIGNED_EYES, ALIGNED_MOUTH
from charaface.schemes import IBUG68
from charaface.synth.camera import Shot
from charaface.synth.head import Look, Studio
from charaface.synth.head_wear import Glasses
from charaface.synth.labels import ALSO, PARTS, Render
from charaface.synth.outfit import Outfit
from charaface.synth.person import Moment, sample_person
from charaface.synth.photograph import sample_light, studio
from charaface.synth.tuples import VARIES, VIEWS, render_tuple, sample_tuple

SIZE = 128
ANGLES = [(0, 0, 0), (35, 10, 8), (-70, -20, -15), (90, 30, 0)]


@pytest.fixture(scope="module")
def heads(heads_file) -> Studio:
    return studio(heads_file)


@pytest.fixture(scope="module")
def look(heads: Studio) -> Look:
    """Somebody without hair or beard."""
    return heads.look(replace(sample_person(np.random.default_rng(4)), hair=None, beard=None))


@pytest.fixture(scope="module")
def shot() -> Shot:
    return Shot(SIZE, 5.0, (64.0, 62.0), sample_light(np.random.default_rng(0)), 90.0)


@pytest.fixture(scope="module")
def person(heads: Studio) -> dict[str, Render]:
    return render_tuple(heads, 3, 3, SIZE, aligned=True, also=ALSO)


def marks(render: Render) -> Landmarks:
    found = render.faces[0].landmarks
    assert found is not None
    return found


def eyes_and_mouth(points: np.ndarray) -> np.ndarray:
    """(2, 2) the middle of the eyes and that of the corners of the mouth."""
    eyes = (points[36:42].mean(axis=0) + points[42:48].mean(axis=0)) / 2
    return np.stack([eyes, (points[48] + points[54]) / 2])


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("angle", ANGLES)
def test_points_in_space_come_to_the_points_of_the_picture(heads, look, shot, angle, aligned) -> None:
    yaw, pitch, roll = angle
    shot = replace(shot, aligned=aligned)
    render = heads.render(look, Moment(yaw, pitch, roll, "happy", {"mouthSmile_L": 1.0}), shot, also=["points3d"])
    solid = render.points3d
    assert solid is not None
    assert solid.points.shape == (68, 3)
    assert np.abs(solid.projected - marks(render).points).max() < 0.1
    assert np.allclose(solid.pose[:, :3] @ solid.pose[:, :3].T, np.eye(3), atol=1e-9)
    assert solid.placed[:, 2] == pytest.approx(shot.distance, abs=16)
    assert np.ptp(solid.points[36:48, 0]) == pytest.approx(
        np.ptp(look.head[heads.points.fixed.vertices[36:48, 0], 0]), abs=1
    )


def test_a_point_of_a_head_is_at_one_place_of_it_however_it_turns(heads, look, shot) -> None:
    rest = [heads.render(look, Moment(*angle), shot, also=["points3d"]).points3d.points for angle in ANGLES]
    for other in rest[1:]:
        assert np.abs(other[17:] - rest[0][17:]).max() < 1e-4  # the jaw is an outline, and another one from each side


@pytest.mark.parametrize("angle", ANGLES)
def test_eyes_and_mouth_of_an_aligned_picture_are_on_their_places(heads, look, shot, angle) -> None:
    render = heads.render(look, Moment(*angle), replace(shot, aligned=True), also=[])
    wanted = np.array([ALIGNED_EYES, ALIGNED_MOUTH]) * SIZE - 0.5
    assert np.abs(eyes_and_mouth(marks(render).points) - wanted).max() < 0.1


@pytest.mark.parametrize("angle", ANGLES)
def test_an_aligned_picture_is_a_similar_one_of_the_same_view(heads, look, shot, angle) -> None:
    plain, aligned = (heads.render(look, Moment(*angle), replace(shot, aligned=k), also=[]) for k in (False, True))
    a, b = (marks(one).points.astype(np.float64) for one in (plain, aligned))
    z, w = ((p - p.mean(axis=0)) @ [1, 1j] for p in (a, b))
    turn = (np.conj(z) @ w) / (np.conj(z) @ z)
    assert np.abs(w - turn * z).max() < 0.05
    lean = np.degrees(np.angle(turn))
    assert aligned.faces[0].pose.roll - plain.faces[0].pose.roll == pytest.approx(lean, abs=0.1)


def test_expressions_of_an_aligned_face_keep_what_does_not_move(heads, look, shot) -> None:
    shot = replace(shot, aligned=True)
    rest, open_ = (heads.render(look, Moment(20, 5, 0, shapes=s), shot, also=[]) for s in ({}, {"jawOpen": 1.0}))
    a, b = marks(rest).points, marks(open_).points
    assert np.abs(a - b)[27:31].max() < 0.3
    assert b[57, 1] > a[57, 1] + 10


def test_what_is_not_asked_for_is_not_there(heads, look, shot) -> None:
    none = heads.render(look, Moment(), shot, also=[])
    assert [getattr(none, name) for name in ALSO] == [None] * 5
    every = heads.render(look, Moment(), shot, also=ALSO)
    assert not any(getattr(every, name) is None for name in ALSO)
    assert np.array_equal(none.image, every.image)
    with pytest.raises(ValueError, match="carries masks, alpha, cutout, uv, points3d, not depth"):
        heads.render(look, Moment(), shot, also=["depth"])


def test_alpha_covers_every_part_and_a_cutout_all_but_the_body(person: dict[str, Render]) -> None:
    for view, render in person.items():
        body, none = (render.masks[0] == PARTS.index(name) for name in ("body", "background"))
        assert (render.alpha[~none] > 0).all(), view
        assert (render.cutout[~none & ~body] > 0).all(), view
        assert (render.cutout <= render.alpha).all(), view
        assert body.sum() > 100
        assert (render.cutout[body] < 255).all(), view
        assert render.cutout[body].mean() < 10, view
        assert (render.alpha[none] < 255).all(), view


@pytest.mark.parametrize("angle", ANGLES)
def test_a_seen_point_has_the_place_on_the_map_that_it_has_on_every_head(heads, look, shot, angle) -> None:
    render = heads.render(look, Moment(*angle), replace(shot, aligned=True), also=["uv"])
    own, found = heads.marks / 384, 0
    for k, (x, y) in enumerate(np.round(marks(render).points).astype(int)):
        if k < 17 or not marks(render).visible[k] or k in range(36, 48) or k >= 60:
            continue  # the jaw has no place of its own; eyes and lips end where others begin
        near = render.uv[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].reshape(-1, 2)
        near = near[~np.isnan(near[:, 0])]
        found += len(near) > 0
        if len(near):
            assert np.abs(near - own[k]).max(axis=1).min() < 0.04, k
    assert found > 10


def test_the_map_of_the_skin_has_no_place_where_there_is_none(heads, look, shot) -> None:
    render = heads.render(look, Moment(10), shot, Outfit(Glasses(dark=0.95)), also=["uv", "masks"])
    skin = np.isin(render.masks[0], [PARTS.index(name) for name in ("skin", "nose", "brow")])
    known = ~np.isnan(render.uv[..., 0])
    assert known[skin].mean() > 0.99
    assert not known[np.isin(render.masks[0], [PARTS.index(n) for n in ("background", "body", "glasses")])].any()
    assert (render.uv[known] >= 0).all()
    assert (render.uv[known] <= 1).all()
    assert np.array_equal(known, ~np.isnan(render.uv[..., 1]))


def test_a_tuple_is_one_person(heads: Studio) -> None:
    for index in range(6):
        settings = sample_tuple(5, index, SIZE, heads.kit.expression_names)
        assert list(settings) == list(VIEWS)
        assert len({id(one.person) for one in settings.values()}) == 1
        assert {(one.outfit.mask, one.outfit.things) for one in settings.values()} == {(None, ())}
    other = sample_tuple(5, 0, SIZE, heads.kit.expression_names)["front"]
    assert not np.array_equal(other.person.identity, settings["front"].person.identity)


def test_two_pictures_of_a_tuple_differ_in_one_thing(heads: Studio) -> None:
    turned = []
    for index in range(40):
        front, any_, neutral, felt, toon = sample_tuple(5, index, SIZE, heads.kit.expression_names).values()
        assert (front.moment.yaw, front.moment.pitch, front.moment.roll, front.moment.shapes) == (0, 0, 0, {})
        assert any_.moment.shapes == neutral.moment.shapes == {}
        assert replace(felt.moment, expression="neutral", shapes={}) == neutral.moment
        assert felt.moment.expression == EXPRESSIONS[index % 7]
        assert toon is felt
        assert len({id(one.shot) for one in (front, any_, neutral, felt)}) == 1
        turned.append((any_.moment.yaw, any_.moment.pitch))
    assert np.abs(turned).max(axis=0) == pytest.approx([90, 40], rel=0.15)


@pytest.mark.parametrize("what", VARIES)
def test_what_varies_is_all_that_varies(heads: Studio, what: str) -> None:
    names = heads.kit.expression_names
    held, varied = (sample_tuple(5, 6, SIZE, names, vary=vary) for vary in ((), (what,)))
    fields = {
        "hair": lambda one: (one.person.hair,),
        "outfit": lambda one: (one.outfit,),
        "light": lambda one: (one.shot.light.lamp.tolist(),),
        "camera": lambda one: (one.shot.unit, one.shot.middle, one.shot.distance),
        "place": lambda one: (one.shot.dress,),
    }
    for name, of in fields.items():
        assert (len({repr(of(one)) for one in varied.values()}) > 1) == (name == what), name
        if name != what:
            assert repr(of(varied["any"])) == repr(of(held["any"]))
    assert varied["toon"] is varied["expression"]
    assert varied["any"].moment == held["any"].moment


def test_pictures_say_whose_they_are_and_what_they_show(person: dict[str, Render]) -> None:
    assert list(person) == list(VIEWS)
    for view, render in person.items():
        face = render.faces[0]
        assert face.notes == {"person": "000003", "view": view}
        assert face.domain == ({"cartoon": 1.0} if view == "toon" else {"photo": 1.0})
    assert abs(person["front"].faces[0].pose.yaw) < 0.5
    assert person["expression"].faces[0].emotion.label == EXPRESSIONS[3]
    assert {name: c.hex for name, c in person["front"].faces[0].colours.items()} == {
        name: c.hex for name, c in person["any"].faces[0].colours.items()
    }


def test_a_front_looks_the_same_from_its_left_and_its_right(heads: Studio, look: Look, shot: Shot) -> None:
    points = marks(heads.render(replace(look, head=heads.kit.vertices), Moment(), shot, also=[])).points
    mirrored = points[list(IBUG68.mirror)] * [-1, 1]
    apart = mirrored - points
    assert np.ptp(apart[17:, 0]) < 0.04 * np.ptp(points[:, 0])


def test_one_picture_is_the_same_alone_and_among_the_others(heads: Studio) -> None:
    alone = render_tuple(heads, 2, 1, 96, views=["any"])
    every = render_tuple(heads, 2, 1, 96)
    assert list(alone) == ["any"]
    assert np.array_equal(alone["any"].image, every["any"].image)


@pytest.mark.parametrize(("wish", "told"), [({"views": ["back"]}, "views are"), ({"vary": ["age"]}, "what varies is")])
def test_a_wrong_name_is_told(heads: Studio, wish: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        render_tuple(heads, 1, 0, 64, **wish)
