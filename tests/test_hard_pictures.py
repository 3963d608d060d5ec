"""Pictures drawn for what is hard: hidden parts, profiles, no colour, two faces, edges. The package's own networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skia

import charaface as cf
from charaface.face import PARTS, Face
from charaface.geometry import iou
from charaface.synth.anatomy import Place, Turn
from charaface.synth.camera import Shot
from charaface.synth.cast import Character, sample_character
from charaface.synth.character import draw_character
from charaface.synth.head import Studio
from charaface.synth.head_wear import Glasses, Mask
from charaface.synth.labels import generator
from charaface.synth.moments import State, sample_state
from charaface.synth.outfit import NOTHING_WORN, Outfit
from charaface.synth.person import Moment, sample_person
from charaface.synth.photograph import studio
from charaface.synth.shade import Light

SIZE = 320
MIDDLE = Place(SIZE / 2, SIZE / 2, 70)
RIGHT_EYE, LEFT_EYE, MOUTH = slice(36, 42), slice(42, 48), slice(48, 68)
JAW_AND_BROW = np.array([0, 1, 2, 3, 17, 18, 19])  # of the side at the image's left
SEEDS = (8, 12, 33)
Cast = tuple[Character, State, Place]


def somebody(seed: int) -> tuple[Character, State]:
    """An anime character in colour that looks at us and wears nothing, and that moment."""
    rng = generator(seed, 0)
    who = sample_character(rng, "anime")
    state = replace(sample_state(rng, who, "neutral"), turn=Turn(0, 0, 0), cover="", marks=())
    return replace(who, glasses="", hat="", style=replace(who.style, palette="colour", outline=True)), state


def drawn(*cast: Cast) -> tuple[np.ndarray, list[Face]]:
    """A picture of a cast on grey, and the true faces in it."""
    pixels = np.full((SIZE, SIZE, 4), 222, np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    told = [draw_character(canvas, *one, np.random.default_rng(0)).face(SIZE, SIZE) for one in cast]
    return pixels[..., :3].copy(), [face for face in told if face]


def read(*cast: Cast) -> Face:
    """What is said of the only face of a drawing."""
    (face,) = cf.analyze(drawn(*cast)[0], threads=1)
    return face


def visible(face: Face, part: slice | np.ndarray) -> float:
    """The share of a part's points that are said to be seen."""
    assert face.landmarks is not None
    return float(face.landmarks.visible[part].mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_face_has_all_its_fields(seed: int) -> None:
    who, state = somebody(seed)
    face = read((who, state, MIDDLE))
    assert face.kind == "anime"
    assert set(face.colours or {}) == {"hair", "skin", "right_eye", "left_eye"}
    assert visible(face, slice(17, 68)) > 0.95
    assert max((face.accessories or {}).values()) < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_an_eye_behind_a_patch_has_no_colour(seed: int) -> None:
    who, state = somebody(seed)
    face = read((who, replace(state, cover="patch"), MIDDLE))
    assert len({"right_eye", "left_eye"} & set(face.colours or {})) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mouth_behind_a_mask_is_not_seen_and_the_eyes_are(seed: int) -> None:
    who, state = somebody(seed)
    face = read((who, replace(state, cover="mask"), MIDDLE))
    assert visible(face, MOUTH) < 0.2
    assert visible(face, RIGHT_EYE) > 0.8
    assert {"right_eye", "left_eye"} < set(face.colours or {})


@pytest.mark.parametrize("seed", SEEDS)
def test_eyes_behind_sunglasses_have_no_colour(seed: int) -> None:
    who, state = somebody(seed)
    face = read((replace(who, glasses="dark"), state, MIDDLE))
    assert not {"right_eye", "left_eye"} & set(face.colours or {})
    worn = face.accessories or {}
    assert max(worn["glasses"], worn["sunglasses"]) > 3 * max(worn["hat"], worn["mask"])


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_far_eye_of_a_profile_is_neither_seen_nor_coloured(seed: int, side: int) -> None:
    who, state = somebody(seed)
    face = read((who, replace(state, turn=Turn(80 * side, 0, 0)), MIDDLE))
    assert face.pose is not None
    assert 50 < side * face.pose.yaw < 95
    far, near = ("left_eye", "right_eye") if side > 0 else ("right_eye", "left_eye")
    assert visible(face, LEFT_EYE if far == "left_eye" else RIGHT_EYE) == 0
    assert far not in (face.colours or {})
    assert near in (face.colours or {})


@pytest.mark.parametrize("palette", ["grey", "ink"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_without_colour_says_so_and_names_none(seed: int, palette: str) -> None:
    who, state = somebody(seed)
    face = read((replace(who, style=replace(who.style, palette=palette)), state, MIDDLE))
    assert (face.monochrome or 0) > 0.5
    assert face.colours is None
    assert "colours" not in face.to_dict()


def test_of_two_that_overlap_each_has_a_map_of_its_own() -> None:
    (one, first), (two, second) = somebody(21), somebody(12)
    image, truth = drawn((one, first, Place(105, 140, 58)), (two, second, Place(205, 175, 58)))
    found = cf.landmarks(image, threads=1)
    assert len(found) == 2
    overlaps = iou(np.stack([face.box for face in found]), np.stack([face.box for face in truth]))
    assert overlaps.max(axis=0).min() > 0.5
    maps = np.stack(cf.segment(image, found, threads=1))
    skin = maps == PARTS.index("skin")
    assert skin.sum(axis=(1, 2)).min() > 1000
    assert skin.all(axis=0).sum() < 0.2 * skin.sum(axis=(1, 2)).min()


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_face_at_the_edge_what_lies_outside_is_not_seen(seed: int) -> None:
    who, state = somebody(seed)
    face = read((who, state, Place(12, 160, 70)))
    assert face.box[0] >= 0
    assert visible(face, LEFT_EYE) > 0.8
    assert face.landmarks is not None
    assert not face.landmarks.visible[face.landmarks.points[:, 0] < -0.5].any()
    assert visible(face, JAW_AND_BROW) < 0.5
    assert "right_eye" not in (face.colours or {})


@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_sideways_face_is_found_and_read_as_the_upright_one(seed: int, turns: int) -> None:
    who, state = somebody(seed)
    image, _ = drawn((who, state, MIDDLE))
    (up,), (turned,) = (cf.analyze(np.ascontiguousarray(one), threads=1) for one in (image, np.rot90(image, turns)))
    assert turned.pose is not None
    assert abs(turned.pose.roll - (-90 if turns == 1 else 90)) < 10
    assert up.landmarks is not None
    assert turned.landmarks is not None
    x, y = turned.landmarks.points.T
    back = np.stack([SIZE - 1 - y, x] if turns == 1 else [y, SIZE - 1 - x], axis=1)
    apart = np.linalg.norm(back - up.landmarks.points, axis=1)
    span = np.linalg.norm(up.landmarks.points[36] - up.landmarks.points[45])
    assert np.median(apart) < 0.06 * span
    assert up.colours is not None
    assert turned.colours is not None
    assert turned.colours["hair"].name == up.colours["hair"].name


@pytest.fixture(scope="module")
def heads(heads_file: Path) -> Studio:
    return studio(heads_file)


PEOPLE = (2, 5, 7)


def photographed(heads: Studio, seed: int, outfit: Outfit = NOTHING_WORN, yaw: float = 0.0) -> Face:
    """What is said of a photograph of a generated person without a beard in soft light, before grey."""
    person = replace(sample_person(generator(seed, 0)), beard=None)
    lamp = np.array([0.3, 0.5, 0.8])
    light = Light(lamp / np.linalg.norm(lamp), np.full(3, 0.6), np.full(3, 0.5), np.full(3, 0.3))
    shot = Shot(SIZE, 9.0, (SIZE / 2, SIZE / 2), light, backdrop=np.full((SIZE, SIZE, 3), 0.4, np.float32))
    render = heads.render(heads.look(person), Moment(yaw=yaw), shot, outfit)
    (face,) = cf.analyze(render.image, threads=1)
    assert iou(face.box[None], render.faces[0].box[None]).item() > 0.5
    return face


@pytest.mark.parametrize("seed", PEOPLE)
def test_a_person_is_a_photograph_with_all_its_fields(heads: Studio, seed: int) -> None:
    face = photographed(heads, seed)
    assert face.kind == "photo"
    assert visible(face, slice(17, 68)) > 0.8
    assert {"skin", "right_eye", "left_eye"} <= set(face.colours or {})
    assert face.presentation is None


@pytest.mark.parametrize("seed", PEOPLE)
def test_a_person_with_sunglasses_has_eyes_of_no_colour(heads: Studio, seed: int) -> None:
    face = photographed(heads, seed, Outfit(glasses=Glasses(dark=0.97, size=1.1)))
    assert (face.accessories or {})["sunglasses"] > 0.5
    assert not {"right_eye", "left_eye"} & set(face.colours or {})


@pytest.mark.parametrize("seed", PEOPLE)
def test_a_mask_is_told_and_hides_the_mouth(heads: Studio, seed: int) -> None:
    face = photographed(heads, seed, Outfit(mask=Mask((0.6, 0.78, 0.88))))
    assert (face.accessories or {})["mask"] > 0.5
    assert visible(face, MOUTH) < 0.2
    assert visible(face, RIGHT_EYE) > 0.8


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("seed", PEOPLE)
def test_the_far_eye_of_a_person_s_profile_has_no_colour(heads: Studio, seed: int, side: int) -> None:
    face = photographed(heads, seed, yaw=80.0 * side)
    assert face.pose is not None
    assert 50 < side * face.pose.yaw < 95
    far = "left_eye" if side > 0 else "right_eye"
    assert visible(face, LEFT_EYE if far == "left_eye" else RIGHT_EYE) == 0
    assert far not in (face.colours or {})
