"""Characters: the labels are those of the drawing, at every pose, in every hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import skia

from charaface.face import ACCESSORIES
from charaface.geometry import box_from_points, clip_box
from charaface.schemes import IBUG68
from charaface.synth.anatomy import Build, Head, Place, Turn
from charaface.synth.builds import EYE_COLOURS, jaw_width
from charaface.synth.cast import HAIR_COLOURS, SHARES, SKIN_TONES, sample_character
from charaface.synth.character import draw_character, part_masks
from charaface.synth.crops import render_face
from charaface.synth.eyes import Eyes, Lids, eye_points, lid_curves, rim_lids
from charaface.synth.features import Mouth, Nose, draw_mouth, draw_nose, mouth_curves, mouth_points, nose_points
from charaface.synth.labels import DOMAINS, PARTS, generator
from charaface.synth.moments import sample_state
from charaface.synth.pen import Pen
from charaface.synth.wear import draw_bust

SIZE = 160


def _points(who, state, turn: Turn) -> np.ndarray:
    """Label points of a character at a turn, centred on (0, 0)."""
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)  # by name: the canvas does not keep it alive
    canvas = skia.Surface(pixels).getCanvas()
    place = Place(SIZE / 2, SIZE / 2, 40.0)
    drawn = draw_character(canvas, who, replace(state, turn=turn), place, np.random.default_rng(0))
    return drawn.points + 0.5 - SIZE / 2


def _drawn(who, state):
    """Label points and pixels of a character seen from the front."""
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    place = Place(SIZE / 2, SIZE / 2, 40.0)
    drawn = draw_character(canvas, who, replace(state, turn=Turn()), place, np.random.default_rng(0))
    return drawn.points, pixels


def _bust_width(who, head, stout: float, sunk: float) -> int:
    """Pixels of skin across the neck, at its base."""
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    pen = Pen(skia.Surface(pixels).getCanvas(), replace(who.style, outline=False, shading="flat"), head.unit)
    skin, cloth = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    base, _ = draw_bust(pen, head, np.random.default_rng(3), skin, cloth, 0.5, stout, sunk)
    red = (pixels[int(base[1])] == pixels[int(base[1]), int(base[0])]).all(axis=1)
    return int(red.sum())


def _still(index: int):
    """A character and a moment without anything lopsided."""
    rng = generator(11, index)
    who = sample_character(rng, list(DOMAINS)[index % len(DOMAINS)])
    state = sample_state(rng, who)
    mouth = replace(state.mouth, asym=0.0, x=0.0, line="arc")
    return who, replace(state, left=Lids(), right=Lids(), mouth=mouth, brow_uneven=0.0, cover="")


def _bare(index: int):
    """A character seen from the front with nothing over its face, and a moment without a cover."""
    rng = generator(13, index)
    who = sample_character(rng, list(DOMAINS)[index % len(DOMAINS)])
    state = sample_state(rng, who)
    hair = replace(who.hair, kind="bald", back="none")
    bare = replace(who, glasses="", hat="", beard="", hair=hair)
    return bare, replace(state, turn=Turn(), cover="", gaze=(0.0, 0.0))


def _canvas_and_drawn(who, state):
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    drawn = draw_character(canvas, who, state, Place(SIZE / 2, SIZE / 2, 50.0), np.random.default_rng(0), masks=True)
    return pixels, drawn


def _masks(who, state) -> np.ndarray:
    return part_masks(_canvas_and_drawn(who, state)[1], SIZE, SIZE)


def _told(who, state):
    face = _canvas_and_drawn(who, state)[1].face(SIZE, SIZE)
    assert face is not None
    return face


@pytest.mark.parametrize("index", range(9))
@pytest.mark.parametrize("turn", [(3, 0, 0), (25, 10, 5), (50, -20, 0), (80, 5, -20)])
def test_a_head_turned_the_other_way_has_the_mirrored_points(index, turn):
    who, state = _still(index)
    yaw, pitch, roll = turn
    there = _points(who, state, Turn(yaw, pitch, roll))
    back = _points(who, state, Turn(-yaw, pitch, -roll))
    mirrored = (back * [-1, 1])[list(IBUG68.mirror)]
    assert np.abs(mirrored - there).max() < 1e-3


@pytest.mark.parametrize("index", range(9))
def test_the_signs_of_a_pose_are_those_of_the_picture(index):
    who, state = _still(index)
    front = _points(who, state, Turn())
    assert _points(who, state, Turn(yaw=20))[30, 0] > front[30, 0] + 1
    assert _points(who, state, Turn(pitch=20))[30, 1] < front[30, 1] - 1
    leaning = _points(who, state, Turn(roll=20))
    assert leaning[8, 0] < front[8, 0] - 1  # the chin goes left where the crown goes right
    assert leaning[27, 0] > leaning[8, 0]


def test_outer_eye_corners_are_the_unit_of_the_head():
    for index in range(9):
        who, _ = _still(index)
        left, right = (eye_points(*lid_curves(who.eyes, Lids(), side))[3] for side in (-1.0, 1.0))
        assert right[0] - left[0] == pytest.approx(1.0)


def test_a_lid_never_lies_below_the_lower_lid():
    rng = generator(5, 0)
    for _ in range(200):
        who = sample_character(rng)
        lids = sample_state(rng, who).left
        upper, lower = lid_curves(who.eyes, lids, 1.0)
        assert (lower[:, 1] >= upper[:, 1] - 1e-9).all()


def test_a_lens_keeps_its_rim_whatever_the_eye_behind_it_does():
    lens, ball = replace(Eyes(), kind="lens"), replace(Eyes(), kind="disc")
    asleep = Lids(open=0.0, arc=0.5)
    for side in (-1.0, 1.0):
        rims = [lid_curves(lens, rim_lids(lens, lids), side) for lids in (Lids(), asleep)]
        assert np.array_equal(rims[0], rims[1])
        assert rim_lids(ball, asleep) == asleep


def test_the_lid_of_a_ball_closes_down_to_its_lower_rim():
    ball = replace(Eyes(), kind="disc", boxy=(2.0, 2.0))
    upper, lower = lid_curves(ball, Lids(open=0.0, arc=1.0), 1.0)
    assert np.array_equal(upper, lower)
    assert upper[:, 1].max() == pytest.approx(ball.down)


def test_an_angry_lid_is_lowest_beside_the_nose_and_a_sad_one_highest():
    ball = replace(Eyes(), kind="disc", tilt=0.0)
    for slope in (0.5, -0.5):
        upper, _ = lid_curves(ball, Lids(cut=0.3, slope=slope), 1.0)
        inner, outer = upper[6, 1], upper[-7, 1]  # the curve runs from the nose outwards
        assert (inner > outer) == (slope > 0)


def test_a_stroke_without_lips_has_its_edges_labelled():
    """A closed mouth is one line: its upper edge lies above the lower one by the width of the pen."""
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    who, _ = _still(0)
    head = Head(who.build, Place(SIZE / 2, SIZE / 2, 40.0), Turn())
    pen = Pen(skia.Surface(pixels).getCanvas(), replace(who.style, line_width=0.05), head.unit)
    points = mouth_points(draw_mouth(pen, head, Mouth(), who.skin))
    assert points[9, 1] - points[3, 1] == pytest.approx(0.05)


def test_a_mouth_is_ordered_from_corner_to_corner_and_from_lip_to_lip():
    rng = generator(6, 0)
    for _ in range(200):
        mouth = sample_state(rng, sample_character(rng)).mouth
        curves = mouth_curves(mouth)
        points = mouth_points(curves)
        assert points[0, 0] < points[3, 0] < points[6, 0]
        assert (curves["outer_up"][:, 1] <= curves["inner_up"][:, 1] + 1e-9).all()
        assert (curves["inner_up"][:, 1] <= curves["inner_low"][:, 1] + 1e-9).all()
        assert (curves["inner_low"][:, 1] <= curves["outer_low"][:, 1] + 1e-9).all()


@pytest.mark.parametrize("yaw", [-40, 40])
def test_a_peaked_nose_is_labelled_where_its_tip_is_drawn(yaw):
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    who = sample_character(generator(5, 2), "cartoon")
    head = Head(Build(), Place(SIZE / 2, SIZE / 2, 26.0), Turn(yaw))
    nose = Nose(kind="peak", y=0.3, forward=0.5, aside=0.25)
    draw_nose(Pen(canvas, replace(who.style, line_width=0.012, outline=False), head.unit), head, nose, (1, 0.8, 0.6))
    drawn = np.argwhere(pixels[..., 3] > 127)[:, ::-1] + 0.5
    tip = head.project(nose_points(nose, head))[3]
    furthest = drawn[np.argmax(drawn[:, 0] * np.sign(yaw))]
    assert np.abs(furthest - tip).max() < 2


def test_a_nose_stands_aside_by_as_much_as_it_says_and_ends_where_it_began():
    head = Head(sample_character(generator(5, 2), "cartoon").build, Place(0, 0, 40.0), Turn())
    straight, aside = (nose_points(Nose(aside=a), head) for a in (0.0, 0.2))
    moved = aside[:, 0] - straight[:, 0]
    assert moved[0] == 0
    assert moved[3] == pytest.approx(0.2)
    assert (np.diff(moved[:4]) > 0).all()


def test_a_boxy_skull_fills_the_box_of_the_round_one():
    build = sample_character(generator(5, 3), "anime").build
    round_, boxy = (Head(replace(build, boxiness=power), Place(0, 0, 40.0), Turn()).skull() for power in (2.0, 5.0))
    for end in (np.min, np.max):
        np.testing.assert_allclose(end(boxy, axis=0), end(round_, axis=0), atol=0.5)
    middle = boxy.mean(axis=0)
    assert (np.linalg.norm(boxy - middle, axis=1) >= np.linalg.norm(round_ - middle, axis=1) - 1e-6).all()


@pytest.mark.parametrize("yaw", [-70, -30, 0, 30, 70])
def test_the_jaw_has_equal_steps_on_either_side_of_the_chin(yaw):
    who, _ = _still(0)
    jaw, _ = Head(who.build, Place(0, 0, 100), Turn(yaw)).jaw_points()
    steps = np.linalg.norm(np.diff(jaw, axis=0), axis=1)
    for half in (steps[:8], steps[8:]):
        assert half.max() < 1.2 * half.min()


def test_a_jaw_whose_line_runs_out_is_labelled_to_its_ends():
    who, state = _still(1)
    who = replace(who, beard="", style=replace(who.style, outline=True))
    whole, short = (_drawn(replace(who, chin_line=share), state) for share in (1.0, 0.3))
    assert (whole[0] == short[0]).all()
    assert (whole[1] != short[1]).any()


@pytest.mark.parametrize("sunk", [0.0, 0.25])
def test_a_stout_neck_is_as_wide_as_the_jaw_above_it(sunk):
    who, _ = _still(1)
    head = Head(who.build, Place(SIZE / 2, SIZE / 2, 30.0), Turn())
    thin, stout = (_bust_width(who, head, share, sunk) for share in (0.0, 1.0))
    assert stout > thin
    assert stout >= 2 * jaw_width(who.build) * head.unit - 1


def test_the_jaw_of_a_cartoon_begins_a_little_below_its_eye_line():
    rng = generator(12, 0)
    tops = {name: sample_character(rng, name).build.jaw_top for name in ("anime", "cartoon")}
    assert tops == {"anime": 0.0, "cartoon": 0.06}
    high, low = (Head(Build(jaw_top=top), Place(0, 0, 64.0), Turn()).jaw_points()[0] for top in (0.0, 0.06))
    assert low[0, 1] > high[0, 1]
    np.testing.assert_allclose(low[8], high[8])


def test_a_render_depends_on_its_seed_and_index_alone():
    a, b = render_face(3, 7, 96), render_face(3, 7, 96)
    assert (a.image == b.image).all()
    assert [f.to_dict() for f in a.faces] == [f.to_dict() for f in b.faces]
    assert (render_face(3, 8, 96).image != a.image).any()


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_kind_of_drawing_is_drawn_with_all_its_labels(domain):
    for index in range(4):
        render = render_face(1, index, 128, domain=domain, masks=True)
        assert render.image.shape == (128, 128, 3)
        (face,) = render.faces
        assert face.domain == {domain: 1.0}
        assert face.pose is not None
        assert face.emotion is not None
        assert face.landmarks is not None
        assert face.box == pytest.approx(clip_box(box_from_points(face.landmarks.points), 128, 128), abs=1e-3)
        if face.colours is not None:
            assert {"skin", "left_eye", "right_eye"} <= set(face.colours)
            assert face.colours["skin"].name in SKIN_TONES
            assert face.colours["left_eye"].name in EYE_COLOURS
            assert "hair" not in face.colours or face.colours["hair"].name in HAIR_COLOURS
        assert render.masks is not None
        assert render.alpha is not None
        assert render.masks.shape == (1, 128, 128)
        assert render.masks.max() < len(PARTS)
        assert ((render.alpha > 0) == (render.masks[0] > 0)).all()


def test_the_shares_name_every_kind_of_drawing():
    assert set(SHARES) == set(DOMAINS)
    assert sum(SHARES.values()) == pytest.approx(1.0)


def test_visible_points_lie_on_their_parts():
    """The masks are replayed from the strokes, the points computed from the curves: they must meet."""
    eye, mouth = (PARTS.index("eye"),), (PARTS.index("mouth"), PARTS.index("teeth"))
    seen = hit = 0
    for index in range(40):
        render = render_face(2, index, 160, domain="anime", masks=True)
        marks = render.faces[0].landmarks
        assert marks is not None
        assert render.masks is not None
        for numbers, part in ((range(36, 48), eye), (range(48, 60), mouth)):
            for i in numbers:
                x, y = np.round(marks.points[i]).astype(int)
                if marks.visible[i] and 3 <= x < 157 and 3 <= y < 157:
                    seen += 1
                    hit += np.isin(render.masks[0][y - 3 : y + 4, x - 3 : x + 4], part).any()
    assert seen > 400
    assert hit / seen > 0.93


@pytest.mark.parametrize("kind", ["anime", "almond", "dot", "disc", "lens"])
def test_an_open_eye_of_any_kind_has_its_iris_in_the_masks_and_a_closed_one_has_none(kind):
    who, state = next(pair for pair in map(_bare, range(400)) if pair[0].eyes.kind == kind)
    opened, shut = (
        _masks(who, replace(state, turn=Turn(), left=lids, right=lids)) for lids in (Lids(), Lids(0.0, arc=-0.8))
    )
    iris, eye = PARTS.index("iris"), PARTS.index("eye")
    assert (opened == iris).sum() > 12
    assert (shut == iris).sum() == 0
    if kind != "dot":  # a dot is a pupil without a white
        assert (opened == eye).sum() > 12


def test_the_teeth_of_a_mouth_are_told_from_the_mouth():
    who, state = _bare(0)
    state = replace(state, turn=Turn())
    mouth = replace(state.mouth, open=0.25, half=0.25, x=0.0, shape="dee", line="arc", tongue=False)
    teeth, inside = PARTS.index("teeth"), PARTS.index("mouth")
    for kind in ("upper", "both", "grid", "fang", "white"):
        drawn = _masks(who, replace(state, mouth=replace(mouth, teeth=kind)))
        assert (drawn == teeth).sum() > 3, kind
        clenched = kind in ("grid", "white")  # teeth that fill the mouth: its line alone is not theirs
        assert ((drawn == teeth).sum() > (drawn == inside).sum()) == clenched, kind
    assert not (_masks(who, replace(state, mouth=replace(mouth, teeth="none"))) == teeth).any()


@pytest.mark.parametrize("palette", ["colour", "grey", "ink"])
@pytest.mark.parametrize("opening", [0.0, 0.25])
def test_the_line_around_a_mouth_is_the_mouth_open_or_closed(palette, opening):
    who, state = _bare(0)
    mouth = replace(state.mouth, open=opening, half=0.25, x=0.0, shape="dee", line="arc", teeth="white")
    mouth = replace(mouth, lips=(0.0, 0.0))
    style = replace(who.style, palette=palette, line_width=0.06, outline=True, taper=False, line_colour=(0.0, 0.0, 0.0))
    plain = replace(who, style=style, skin=(0.95, 0.8, 0.7), folds=False, age=0.0, cheeks="")
    pixels, drawn = _canvas_and_drawn(plain, replace(state, mouth=mouth))
    without, _ = _canvas_and_drawn(plain, replace(state, mouth=replace(mouth, y=5.0)))  # below the picture
    parts = part_masks(drawn, SIZE, SIZE)
    dark = without[..., :3].min(axis=2).astype(int) - pixels[..., :3].min(axis=2) > 100
    assert dark.sum() > 30
    assert (parts[dark] == PARTS.index("mouth")).mean() > 0.9


@pytest.mark.parametrize("palette", ["colour", "grey", "ink"])
@pytest.mark.parametrize("ground", ["skin", "black hair", "fair hair"])
@pytest.mark.parametrize("colour", [(0.05, 0.04, 0.04), (0.9, 0.8, 0.6), (0.95, 0.8, 0.7)])
def test_brows_are_seen_wherever_they_are_drawn(palette, ground, colour):
    who, state = _bare(0)
    hair = replace(who.hair, colour=(0.06, 0.05, 0.05) if ground == "black hair" else (0.92, 0.82, 0.5))
    if ground != "skin":
        hair = replace(hair, kind="straight", fringe=(0.0,) * 6, gap=0.0, see_through=0.5)
    who = replace(who, style=replace(who.style, palette=palette), skin=(0.95, 0.8, 0.7), hair=hair)
    brows = replace(who.brows, drawn=True, width=0.06, colour=colour)
    pixels, drawn = _canvas_and_drawn(replace(who, brows=brows), state)
    brows = part_masks(drawn, SIZE, SIZE) == PARTS.index("brow")
    assert brows.sum() > 20
    around = cv2.dilate(brows.astype(np.uint8), np.ones((5, 5))) > 0
    told = [float(pixels[where][..., :3].mean()) for where in (brows, around & ~brows)]
    assert abs(told[0] - told[1]) > 20


@pytest.mark.parametrize(
    ("worn", "cover", "told"),
    [
        ({"glasses": "clear"}, "", "glasses"),
        ({"glasses": "dark"}, "", "sunglasses"),
        ({"hat": "beanie"}, "", "hat"),
        ({"hat": "beret"}, "", "hat"),
        ({"beard": "moustache"}, "", "beard"),
        ({}, "mask", "mask"),
        ({"hat": "bow"}, "", None),
        ({"hat": "pat"}, "", None),
        ({"beard": "stubble"}, "", None),
        ({}, "hand", None),
    ],
)
def test_what_is_worn_is_told_and_nothing_else_is(worn, cover, told):
    who, state = _bare(0)
    face = _told(replace(who, **worn), replace(state, cover=cover))
    assert set(face.accessories) == set(ACCESSORIES)
    assert {name for name, value in face.accessories.items() if value == 1.0} == ({told} if told else set())


def test_a_picture_without_colours_of_its_own_says_so_whatever_light_is_on_it():
    seen = {0.0: 0, 1.0: 0}
    for index in range(60):
        render = render_face(6, index, 64)
        (face,) = render.faces
        assert (face.monochrome == 1.0) == (face.colours is None)
        seen[face.monochrome] += 1
        if face.monochrome:  # all its colours lie on one line from dark to light
            a, b = (cv2.cvtColor(render.image, cv2.COLOR_RGB2LAB).astype(float)[..., k].ravel() - 128 for k in (1, 2))
            values = np.linalg.svd(np.stack([a, b]), compute_uv=False)
            assert values[1] < 0.35 * values[0] + 100
    assert min(seen.values()) > 3


def test_what_is_hidden_is_said_to_be_hidden():
    hidden = [render_face(4, i, 128).faces[0].landmarks.visible.mean() for i in range(60)]
    assert 0.55 < np.mean(hidden) < 0.98
    assert min(hidden) < 0.7
