"""attributes: colours, what is worn, whether there is colour, presentation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charaface import attributes, frames, landmarks
from charaface.cli import run
from charaface.colour import lab, named
from charaface.face import ACCESSORIES, Colour, Face
from charaface.gif import GifWriter
from charaface.image import save
from painted import TEMPLATE, World, paint

SQUARE = (120, 80, 80)
BLONDE, BLUE, GREEN = (242, 209, 115), (64, 102, 204), (70, 150, 80)
ANIME = {"photo": 0.02, "anime": 0.98}
PHOTO = {"photo": 0.9, "painting": 0.1}


def person(hair: tuple[int, int, int] = BLONDE, right: tuple[int, int, int] = BLUE, left: tuple[int, int, int] = GREEN):  # type: ignore[no-untyped-def]
    """A painted face with hair above it and an eye of each colour: right is the character's own."""
    image = paint([SQUARE])
    x0, y0, side = SQUARE
    image[y0 - side // 2 : y0, x0 : x0 + side] = hair
    for part, colour in ((slice(36, 42), right), (slice(42, 48), left)):
        x, y = np.round([x0, y0] + TEMPLATE[part].mean(axis=0) * side).astype(int)
        image[y - 8 : y + 8, x - 8 : x + 8] = colour
    return image


IMAGE = person()


def near(colour: Colour, rgb: tuple[int, int, int]) -> bool:
    found = np.array([int(colour.hex[i : i + 2], 16) for i in (1, 3, 5)])
    return float(np.linalg.norm(lab(found) - lab(np.array(rgb)))) < 6


@pytest.mark.usefixtures("world")
def test_hair_skin_and_each_eye_have_their_colour() -> None:
    (face,) = attributes(IMAGE)
    assert set(face.colours) == {"hair", "skin", "left_eye", "right_eye"}
    assert near(face.colours["hair"], BLONDE)
    assert near(face.colours["right_eye"], BLUE)
    assert near(face.colours["left_eye"], GREEN)
    assert [face.colours[k].name for k in ("hair", "right_eye", "left_eye")] == ["blonde", "blue", "green"]
    assert all(0.5 < c.share <= 1 for c in face.colours.values())
    assert set(face.accessories) == set(ACCESSORIES)
    assert face.weights["attributes"] == "parts-1"


@pytest.mark.usefixtures("world")
def test_left_and_right_change_places_in_a_mirror() -> None:
    (face,), (mirrored,) = attributes(IMAGE), attributes(np.ascontiguousarray(IMAGE[:, ::-1]))
    assert face.colours["left_eye"].name == mirrored.colours["right_eye"].name == "green"
    assert face.colours["right_eye"].name == mirrored.colours["left_eye"].name == "blue"


@pytest.mark.usefixtures("world")
def test_eyes_of_one_colour_in_different_light_have_one_name() -> None:
    """Alone the eye in the shade would be called green, and its twin aqua."""
    shaded, light = (36, 72, 72), (60, 120, 120)
    for right, left in ((shaded, light), (light, shaded)):
        (face,) = attributes(person(right=right, left=left))
        assert near(face.colours["right_eye"], right)
        assert near(face.colours["left_eye"], left)
        assert {face.colours[k].name for k in ("right_eye", "left_eye")} == {"aqua"}
    assert [named("right_eye", np.array(colour)) for colour in (shaded, light)] == ["green", "aqua"]


@pytest.mark.usefixtures("world")
def test_a_shadow_and_a_highlight_leave_the_colour_of_hair() -> None:
    image = IMAGE.copy()
    image[46:54, 120:200] = (160, 135, 70)
    image[60:68, 130:190] = (255, 255, 240)
    (face,) = attributes(image)
    assert near(face.colours["hair"], BLONDE)
    assert face.colours["hair"].share < attributes(IMAGE)[0].colours["hair"].share


@pytest.mark.usefixtures("world")
def test_a_picture_without_colour_has_no_colours_and_says_so() -> None:
    (known,) = landmarks(IMAGE)
    grey = np.repeat(IMAGE.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    (face,) = attributes(grey, [known])
    assert face.colours is None
    assert face.monochrome > 0.9
    assert "colours" not in face.to_dict()
    assert attributes(IMAGE)[0].monochrome < 0.1


def test_a_part_that_is_not_seen_has_no_colour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = world.parser.run

    def bald(batch: np.ndarray) -> dict[str, np.ndarray]:
        told = plain(batch)
        told["parts"][:, 2] = 0
        told["parts"][:, 4, :, :16] = 0  # an eye is hidden
        told["parts"][:, 0] = np.maximum(1 - told["parts"][:, 1:].sum(axis=1), 0)
        return told

    monkeypatch.setattr(world.parser, "run", bald)
    (face,) = attributes(IMAGE)
    assert set(face.colours) == {"skin", "left_eye"}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("domain", "presentation", "told"),
    [
        (ANIME, "drawn", True), (PHOTO, "drawn", False), (None, "drawn", False),
        (PHOTO, "all", True), (ANIME, "none", False), (None, "all", True),
    ],
)  # fmt: skip
def test_presentation_is_told_of_drawn_faces_alone_unless_asked(
    domain: dict[str, float] | None, presentation: str, told: bool
) -> None:
    given = [replace(landmarks(IMAGE)[0], domain=domain)]
    (face,) = attributes(IMAGE, given, presentation=presentation)  # type: ignore[arg-type]
    assert face.presentation == ({"feminine": 0.75, "masculine": 0.25} if told else None)


@pytest.mark.usefixtures("world")
def test_given_faces_keep_all_else() -> None:
    given = [Face([118, 78, 202, 161], 0.3, track=4, notes={"annotator": "b"}), *landmarks(IMAGE)]
    found = attributes(IMAGE, given, threshold=0.9)
    for old, new in zip(given, found, strict=True):
        bare = replace(
            new, colours=None, accessories=None, monochrome=None, landmarks=old.landmarks, pose=old.pose,
            weights=old.weights,
        )  # fmt: skip
        assert bare.to_dict() == old.to_dict()
        assert new.colours is not None
    assert attributes(IMAGE, []) == []


@pytest.mark.usefixtures("world")
def test_a_wrong_presentation_is_named() -> None:
    with pytest.raises(ValueError, match="presentation is one of drawn, all, none, got 'yes'"):
        attributes(IMAGE, presentation="yes")  # type: ignore[arg-type]


def clip(path: Path, count: int) -> Path:
    with path.open("wb") as file:
        writer = GifWriter(file, 320, 240, loop=0)
        for i in range(count):
            moved = np.roll(IMAGE, i, axis=1)
            writer.add(moved, 5)
        writer.close()
    return path


def test_a_track_is_looked_at_anew_every_half_second(world: World, tmp_path: Path) -> None:
    seen = list(frames(clip(tmp_path / "a.gif", 14), task="attributes"))
    assert len(world.parser.calls) == 2  # 0.65 seconds
    assert all(frame.faces[0].colours["hair"].name == "blonde" for frame in seen)
    assert seen[0].faces[0].colours == attributes(IMAGE)[0].colours
    world.parser.calls.clear()
    list(frames(tmp_path / "a.gif", task="attributes", smooth=False))
    assert len(world.parser.calls) == 14


@pytest.mark.usefixtures("world")
def test_the_command_prints_what_the_function_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save(IMAGE, tmp_path / "a.png")
    assert run(["attributes", str(path), "--presentation", "all"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face == attributes(path, presentation="all")[0].to_dict()
    assert face["presentation"] == {"feminine": 0.75, "masculine": 0.25}
