"""Faces made unreadable."""

from __future__ import annotations

import numpy as np
import pytest

from charaface.conceal import conceal
from charaface.face import Face

FACE = Face([40, 30, 100, 100])


def noise(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (140, 150, channels), np.uint8)


@pytest.mark.parametrize("how", ["blur", "pixelate"])
@pytest.mark.parametrize("channels", [3, 4])
def test_only_the_face_changes_and_all_of_it_does(how: str, channels: int) -> None:
    picture = noise(channels)
    before = picture.copy()
    out = conceal(picture, [FACE], how)
    assert (picture == before).all()
    y, x = np.mgrid[:140, :150]
    inside = ((x - 69.5) / 30) ** 2 + ((y - 64.5) / 35) ** 2 <= 1  # the ellipse in the box itself
    far = ((x - 69.5) / 45) ** 2 + ((y - 64.5) / 50) ** 2 > 1
    assert (out[far] == picture[far]).all()
    assert (out[inside][:, :3] != picture[inside][:, :3]).any(axis=1).mean() > 0.99
    assert (out[..., 3:] == picture[..., 3:]).all()


@pytest.mark.parametrize("how", ["blur", "pixelate"])
def test_two_faces_that_differ_in_detail_alone_become_one(how: str) -> None:
    """What is left are averages: a pattern finer than a cell leaves next to no trace."""
    grey = np.full((140, 150, 3), 128, np.uint8)
    checks = grey.copy()
    checks[(np.add.outer(np.arange(140), np.arange(150)) % 2) == 0] = 168
    checks[(np.add.outer(np.arange(140), np.arange(150)) % 2) == 1] = 88
    y, x = np.mgrid[:140, :150]
    inside = ((x - 69.5) / 30) ** 2 + ((y - 64.5) / 35) ** 2 <= 1
    a, b = (conceal(picture, [FACE], how)[inside].astype(int) for picture in (grey, checks))
    assert np.abs(a - b).max() <= 3


def test_blocks_have_few_colours() -> None:
    out = conceal(noise(), [FACE], "pixelate")
    assert len(np.unique(out[50:80, 55:85].reshape(-1, 3), axis=0)) <= 16


@pytest.mark.parametrize("box", [[-50, -50, 5, 5], [145, 135, 300, 300], [200, 200, 210, 210], [10, 10, 10.5, 10.5]])
def test_a_face_at_the_edge_or_outside_breaks_nothing(box: list[float]) -> None:
    assert conceal(noise(), [Face(box)], "blur").shape == (140, 150, 3)


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="blur or pixelate, got 'smudge'"):
        conceal(noise(), [], "smudge")
