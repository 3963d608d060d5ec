"""Pictures that are the same or nearly: found in any dress, and others left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from charaface.data.twins import BITS, Prints, _candidates, cut, groups, hashes
from charaface.face import Face
from heads import jpeg, picture


def half(image: np.ndarray) -> np.ndarray:
    return np.asarray(image.reshape(48, 2, 48, 2, 3).mean(axis=(1, 3)).astype(np.uint8))


def brighter(image: np.ndarray) -> np.ndarray:
    return np.clip(image * 1.1 + 8, 0, 255).astype(np.uint8)


def printed(images: list[np.ndarray]) -> Prints:
    prints = Prints()
    for image in images:
        prints.add(image)
    return prints


@pytest.mark.parametrize("change", [jpeg, half, brighter])
def test_a_changed_copy_looks_like_its_picture_and_like_no_other(
    change: Callable[[np.ndarray], np.ndarray],
) -> None:
    images = [picture(seed) for seed in range(60)]
    prints = printed([*images, *map(change, images)])
    assert set(prints.near()) == {(k, 60 + k) for k in range(60)}
    assert set(prints.same()) == set()


def test_the_same_pixels_are_the_same_whatever_lies_between() -> None:
    a, b = picture(1), picture(2)
    assert list(printed([a, b, a, b, a]).same()) == [(0, 2), (1, 3), (0, 4)]
    flat = np.zeros((6, 8, 3), np.uint8)
    assert list(printed([flat, flat.reshape(8, 6, 3)]).same()) == []


def test_flat_pictures_look_like_nothing() -> None:
    assert list(printed([np.full((40, 40, 3), grey, np.uint8) for grey in (0, 90, 90, 255)]).near()) == []
    assert list(printed([picture(0)]).near()) == list(Prints().near()) == []


def test_all_pairs_of_near_hashes_are_met_once_across_blocks() -> None:
    rng = np.random.default_rng(0)
    hashed = rng.integers(0, 2**63, 1500, dtype=np.uint64)
    hashed[700:] = hashed[:800] ^ (np.uint64(1) << rng.integers(0, 60, 800, dtype=np.uint64))
    shown = rng.random(1500) < 0.9
    met = [pair for i, j in _candidates(hashed, shown) for pair in zip(i.tolist(), j.tolist(), strict=True)]
    differ = np.array([[int(a ^ b).bit_count() for b in hashed.tolist()] for a in hashed.tolist()])
    wanted = np.argwhere(np.triu((differ <= BITS) & shown & shown[:, None], 1))
    assert len(set(met)) == len(met)
    assert set(met) == set(map(tuple, wanted.tolist()))
    assert len(met) > 500


def test_a_hash_is_of_the_way_of_brightness() -> None:
    ramp = np.tile(np.arange(0, 256, 8, dtype=np.uint8), (32, 1))
    assert [int(h).bit_count() for h in hashes(np.stack([ramp, ramp[:, ::-1], ramp.T]))] == [64, 0, 0]


def test_groups_are_what_pairs_join() -> None:
    assert groups(7, [(5, 3), (1, 2), (3, 1)]).tolist() == [0, 1, 1, 1, 4, 1, 6]
    assert groups(3, []).tolist() == [0, 1, 2]


def test_a_face_is_cut_where_it_is_in_the_picture() -> None:
    image = picture(3)
    np.testing.assert_array_equal(cut(image, Face([-20, 10.4, 30, 60.6])), image[10:61, 0:30])
    assert cut(image, Face([-20, 10, 5, 60])) is None
    assert cut(image, Face([200, 200, 300, 300])) is None
