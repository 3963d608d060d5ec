"""A photograph of a 3-D head: the same every time, its labels where its picture has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from charaface.face import EXPRESSIONS, Landmarks
from charaface.synth.camera import Shot
from charaface.synth.dress import Dress
from charaface.synth.head import Look, Studio
from charaface.synth.labels import PARTS, Render
from charaface.synth.person import MIMICS, TONES, Moment, both_sides, sample_moment, sample_person
from charaface.synth.photograph import render_photograph, sample_light, studio

SIZE = 128


@pytest.fixture(scope="module")
def heads(heads_file: Path) -> Studio:
    return studio(heads_file)


@pytest.fixture(scope="module")
def look(heads: Studio) -> Look:
    """Somebody light with dark lips and brows, without hair."""
    who = sample_person(np.random.default_rng(4))
    skin = replace(who.skin, tone=TONES["light"], stubble=0.0, brow=(0.05, 0.05, 0.05), brow_density=1.0, brow_lift=0.0)
    return heads.look(replace(who, skin=skin, hair=None, identity=np.zeros(80)))


@pytest.fixture(scope="module")
def shot() -> Shot:
    light = replace(sample_light(np.random.default_rng(0)), lamp=np.array([0.0, 0.0, 1.0]))
    return Shot(SIZE, 5.0, (64.0, 62.0), light, 120.0, Dress(colour=(0.1, 0.2, 0.6)))


def part(render: Render, *names: str) -> np.ndarray:
    assert render.masks is not None
    return np.asarray(np.isin(render.masks[0], [PARTS.index(name) for name in names]))


def marks_of(render: Render) -> Landmarks:
    marks = render.faces[0].landmarks
    assert marks is not None
    return marks


def at(values: np.ndarray, point: np.ndarray) -> np.ndarray:
    x, y = np.round(point).astype(int)
    return np.asarray(values[y, x])


def test_a_photograph_is_the_same_every_time(heads: Studio) -> None:
    one, again, other = (render_photograph(heads, 5, index, 96) for index in (0, 0, 1))
    assert np.array_equal(one.image, again.image)
    assert one.faces[0].to_dict() == again.faces[0].to_dict()
    assert not np.array_equal(one.image, other.image)
    assert one.image.shape == (96, 96, 3)
    assert one.image.dtype == np.uint8


def test_points_lie_on_the_parts_that_are_drawn(heads: Studio, look: Look, shot: Shot) -> None:
    for yaw in (-25, 0, 25):
        render = heads.render(look, Moment(yaw=yaw), shot)
        face = render.faces[0]
        assert face.landmarks is not None
        points = face.landmarks.points
        assert face.landmarks.visible[[30, 33, 36, 45, 48, 54, 8, 19, 24]].all()
        assert at(part(render, "nose"), points[30])
        assert at(part(render, "brow"), points[19])
        assert at(part(render, "mouth"), (points[51] + points[62]) / 2)
        for corners in (points[36:42], points[42:48]):
            assert at(part(render, "eye", "iris"), corners.mean(axis=0))
        assert face.pose is not None
        assert face.pose.yaw == yaw


def test_a_head_turns_its_nose_to_image_right_up_and_leans_right(heads: Studio, look: Look, shot: Shot) -> None:
    def nose(**pose: float) -> np.ndarray:
        marks = heads.render(look, Moment(**pose), shot).faces[0].landmarks
        assert marks is not None
        return np.asarray(marks.points[30] - marks.points[[36, 45]].mean(axis=0))

    level = nose()
    assert nose(yaw=30)[0] > level[0] + 5
    assert nose(pitch=25)[1] < level[1] - 5
    assert nose(roll=30)[0] < level[0] - 5


def test_a_profile_hides_the_far_eye_and_shows_the_near_one(heads: Studio, look: Look, shot: Shot) -> None:
    marks = (
        heads.render(look, Moment(yaw=80), shot).faces[0].landmarks
    )  # the nose to image right: the right side is seen
    assert marks is not None
    assert marks.visible[36]
    assert not marks.visible[[42, 43, 44, 45]].any()


def test_lids_meet_whoever_shuts_them(heads: Studio, look: Look, shot: Shot) -> None:
    rng = np.random.default_rng(2)
    for _ in range(4):
        who = replace(look, head=heads.kit.head(rng.normal(size=80)))
        opened, shut = (part(heads.render(who, Moment(closed=c), shot), "eye", "iris").sum() for c in (0.0, 1.0))
        assert opened > 60
        assert shut < 0.2 * opened


@pytest.mark.parametrize("yaw", [25, -45])
def test_nothing_behind_a_head_is_seen_through_its_open_mouth(heads: Studio, look: Look, shot: Shot, yaw: int) -> None:
    shapes = both_sides({"jawOpen": 0.7, "mouthUpperUp": 0.5}, heads.kit.expression_names)
    render = heads.render(look, Moment(yaw=float(yaw), shapes=shapes), replace(shot, unit=9.0))
    lips = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(lips, [np.round(marks_of(render).points[60:68]).astype(np.int32)], 1)
    lips = cv2.erode(lips, np.ones((3, 3)))
    assert lips.sum() > 60
    assert part(render, "mouth", "teeth")[lips > 0].mean() > 0.98


def test_a_gaze_moves_the_iris_and_nothing_else(heads: Studio, look: Look, shot: Shot) -> None:
    left, right = (heads.render(look, Moment(gaze=(g, 0.0)), shot) for g in (-20.0, 20.0))
    changed = np.abs(left.image.astype(int) - right.image.astype(int)).max(axis=2) > 8
    eyes = np.argwhere(part(left, "eye", "iris"))
    assert changed.sum() > 20
    for y, x in np.argwhere(changed):
        assert np.abs(eyes - [y, x]).max(axis=1).min() <= 1
    marks = [one.faces[0].landmarks for one in (left, right)]
    assert marks[0] is not None
    assert marks[1] is not None
    assert np.array_equal(marks[0].points, marks[1].points)


def test_cloth_neck_and_backdrop_are_where_they_should_be(heads: Studio, look: Look, shot: Shot) -> None:
    render = heads.render(look, Moment(), replace(shot, backdrop=np.zeros((2, 2, 3), np.float32)))
    body, none = part(render, "body"), part(render, "background")
    assert np.argwhere(body)[:, 0].min() > np.argwhere(part(render, "mouth"))[:, 0].max()
    blue = render.image[body].mean(axis=0)
    assert blue[2] > blue[0] + 30
    assert render.alpha is not None
    assert render.image[none & (render.alpha == 0)].max() == 0
    assert (render.alpha[~none] > 0).all()
    assert part(render, "neck").sum() > 50
    assert part(render, "ear").sum() > 20


def test_hair_hides_what_lies_behind_it(heads: Studio, look: Look, shot: Shot) -> None:
    who = sample_person(np.random.default_rng(11))
    assert who.hair is not None
    fringe = replace(
        who.hair, hairline=5.5, fringe=5.5, fringe_wide=80.0, fringe_at=0.0, part=0.0, thick=1.5, rough=0.2
    )
    bald = heads.render(look, Moment(), shot)
    worn = heads.render(replace(look, person=replace(look.person, hair=fringe)), Moment(), shot)
    marks = [one.faces[0].landmarks for one in (bald, worn)]
    assert marks[0] is not None
    assert marks[1] is not None
    assert marks[0].visible[17:27].all()
    assert not marks[1].visible[[18, 19, 20, 23, 24, 25]].any()
    assert marks[1].visible[48:60].all()
    assert part(worn, "hair").sum() > 500
    assert part(bald, "hair").sum() == 0
    assert "hair" in (worn.faces[0].colours or {})
    assert "hair" not in (bald.faces[0].colours or {})


def test_every_expression_is_made_of_shapes_that_the_kit_has(heads: Studio) -> None:
    assert set(MIMICS) == set(EXPRESSIONS)
    for forms in MIMICS.values():
        for form in forms:
            assert set(both_sides(form, heads.kit.expression_names)) <= set(heads.kit.expression_names)
    rng = np.random.default_rng(0)
    moments = [sample_moment(rng, heads.kit.expression_names) for _ in range(300)]
    assert all(sum(moment.expression == kind for moment in moments) > 5 for kind in EXPRESSIONS)
    assert all(set(moment.shapes) <= set(heads.kit.expression_names) for moment in moments)


def test_a_shape_for_both_sides_stands_for_each_and_stays_within_bounds() -> None:
    names = ("jawOpen", "mouthSmile_L", "mouthSmile_R")
    assert both_sides({"jawOpen": 0.5, "mouthSmile": 0.9}, names, 0.2) == {
        "jawOpen": 0.5,
        "mouthSmile_L": 1.0,
        "mouthSmile_R": pytest.approx(0.72),
    }


def test_people_have_every_tone_and_every_kind_of_hair() -> None:
    people = [sample_person(np.random.default_rng(seed)) for seed in range(300)]
    tones = [who.names["skin"] for who in people]
    assert all(tones.count(tone) > 20 for tone in TONES)
    assert sum(who.hair is None for who in people) > 5
    assert sum(who.hair is not None and who.hair.length > 0 for who in people) > 60
    assert sum(who.hair is not None and who.hair.fringe > 0 for who in people) > 40
    assert {who.names["hair"] for who in people} == {"black", "brown", "blonde", "red", "gray", "white"}
    assert sum(who.skin.stubble > 0 for who in people) > 50
    assert sum(who.skin.stubble == 0 for who in people) > 120
