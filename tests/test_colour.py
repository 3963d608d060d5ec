"""Colours: Lab, hex, names, and the commonest of many pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from charaface.colour import NAMES, commonest, distance, hex_of, lab, named

PINK, SHADE, LIGHT, BLACK = (
    np.array(c, np.uint8) for c in ((242, 153, 184), (190, 100, 130), (255, 240, 245), (10, 8, 9))
)


def test_lab_is_that_of_the_standard() -> None:
    known = {(255, 255, 255): (100, 0, 0), (0, 0, 0): (0, 0, 0), (255, 0, 0): (53.24, 80.09, 67.20)}
    for rgb, wanted in known.items():
        np.testing.assert_allclose(lab(np.array(rgb)), wanted, atol=0.02)
    pixels = np.random.default_rng(0).integers(0, 256, (200, 1, 3)).astype(np.float32)
    np.testing.assert_allclose(lab(pixels), cv2.cvtColor(pixels / 255, cv2.COLOR_RGB2Lab), atol=0.4)


def test_grey_has_no_chroma_and_lightness_grows() -> None:
    grey = lab(np.repeat(np.arange(256)[:, None], 3, axis=1))
    assert np.abs(grey[:, 1:]).max() < 0.01
    assert (np.diff(grey[:, 0]) > 0).all()


def test_distance_is_a_metric() -> None:
    a, b, c = np.random.default_rng(1).uniform(0, 100, (3, 50, 3))
    assert (distance(a, b) == distance(b, a)).all()
    assert (distance(a, a) == 0).all()
    assert (distance(a, c) <= distance(a, b) + distance(b, c) + 1e-9).all()


def test_hex_goes_there_and_back() -> None:
    for rgb in np.random.default_rng(2).integers(0, 256, (50, 3)):
        text = hex_of(rgb)
        assert [int(text[i : i + 2], 16) for i in (1, 3, 5)] == rgb.tolist()
    assert hex_of(np.array([300.0, -4.0, 127.5])) == "#ff0080"


def mixed(*parts: tuple[np.ndarray, int]) -> np.ndarray:
    """Pixels of several colours, each with a little noise of its own, in a random order."""
    rng = np.random.default_rng(3)
    pixels = np.concatenate([np.tile(colour, (count, 1)) for colour, count in parts])
    return rng.permutation(np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("others", [[], [(SHADE, 300)], [(LIGHT, 250), (BLACK, 200)], [(SHADE, 250), (LIGHT, 200)]])
def test_shadow_highlight_and_strands_do_not_fool_the_commonest(others: list[tuple[np.ndarray, int]]) -> None:
    pixels = mixed((PINK, 600), *others)
    rgb, share = commonest(pixels)
    assert distance(lab(rgb), lab(PINK)) < 3
    assert share == pytest.approx(600 / len(pixels), abs=0.05)


def test_the_commonest_does_not_depend_on_the_order_and_of_one_pixel_is_it() -> None:
    pixels = mixed((PINK, 50), (SHADE, 40))
    a, b = commonest(pixels), commonest(pixels[::-1])
    np.testing.assert_allclose(a[0], b[0])
    assert a[1] == b[1]
    rgb, share = commonest(PINK[None])
    assert (rgb.tolist(), share) == (PINK.tolist(), 1.0)


@pytest.mark.parametrize(("part", "count"), [("hair", 12), ("eyes", 10), ("skin", 6)])
def test_each_part_has_its_names(part: str, count: int) -> None:
    assert len(NAMES[part]) == count


def test_what_grows_has_natural_names_on_photographs_and_what_is_dyed_its_own() -> None:
    dull = np.array([70, 72, 66])  # dark hair in poor light, a little green
    assert named("hair", dull, photo=True) in ("black", "brown", "gray")
    assert named("hair", np.array([200, 60, 190]), photo=True) in ("pink", "purple")
    assert named("left_eye", np.array([70, 48, 36]), photo=True) == "brown"
    assert named("skin", np.array([250, 214, 189]), photo=True) == "light"


@pytest.mark.parametrize(
    ("part", "rgb", "name"),
    [
        ("hair", (20, 20, 24), "black"), ("hair", (240, 240, 244), "white"), ("hair", (90, 55, 35), "brown"),
        ("hair", (60, 90, 210), "blue"), ("hair", (245, 215, 120), "blonde"), ("left_eye", (200, 40, 45), "red"),
        ("right_eye", (70, 160, 80), "green"), ("left_eye", (225, 195, 60), "yellow"),
        ("skin", (252, 216, 190), "light"), ("skin", (95, 62, 45), "dark"),
    ],
)  # fmt: skip
def test_plain_colours_have_their_everyday_names(part: str, rgb: tuple[int, int, int], name: str) -> None:
    assert named(part, np.array(rgb)) == name
