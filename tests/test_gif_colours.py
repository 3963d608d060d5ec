"""GIFs of what was stored with loss: flat areas flat, still pixels still, gradients dithered, nothing astray."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from charaface.gif import GifReader, GifWriter, calm
from charaface.gif.choose import chosen
from charaface.gif.dither import Shades, mask, packed
from charaface.gif.palette import nearest
from charaface.gif.settle import Settled
from charaface.video import ClipFrame, ClipInfo, open_clip, write_clip
from reference_gif import view
from test_gif import pillow

SIDE = 96


def drawing(k: int = 0, side: int = SIDE) -> np.ndarray:
    """A flat face on a flat ground, its eyes and a ball moving with k."""
    picture = np.full((side, side, 3), (90, 120, 200), np.uint8)
    at = side // 2
    cv2.circle(picture, (at, at), side // 3, (250, 215, 190), -1)
    cv2.circle(picture, (at, at), side // 3, (40, 30, 30), 2)
    for x in (at - side // 8, at + side // 8):
        cv2.circle(picture, (x + k % 5, at - side // 12), side // 14, (60, 150, 70), -1)
    cv2.rectangle(
        picture, (at - side // 8, at + side // 8), (at + side // 8, at + side // 7 + k % 4), (180, 40, 60), -1
    )
    cv2.circle(picture, (5 + 3 * k, side - 8), 6, (240, 220, 60), -1)
    return picture


def gradient(side: int = SIDE) -> np.ndarray:
    """Soft in all channels: thousands of colours."""
    y, x = np.mgrid[0:side, 0:side] / side
    return np.stack([40 + 180 * x, 60 + 150 * y, 200 - 120 * x * y], axis=2).astype(np.uint8)


def noisy(picture: np.ndarray, seed: int, most: int = 2) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(-most, most + 1, (*picture.shape[:2], 1))
    return np.clip(picture[..., :3].astype(int) + noise, 0, 255).astype(np.uint8)


def settled(pictures: list[np.ndarray]) -> list[np.ndarray]:
    one = Settled()
    return [one.of(picture) for picture in pictures]


def written(pictures: list[np.ndarray], alpha: bool = False) -> bytes:
    out = io.BytesIO()
    height, width = pictures[0].shape[:2]
    writer = GifWriter(out, width, height, transparent=alpha)
    for picture in pictures:
        writer.add(picture, 4)
    writer.close()
    return out.getvalue()


def one_colour(picture: np.ndarray) -> np.ndarray:
    window = np.ones((3, 3), np.uint8)
    return np.asarray((cv2.dilate(picture, window) == cv2.erode(picture, window)).all(axis=2))


# which colours


def test_the_nearest_colour_is_found_as_by_trying_all() -> None:
    rng = np.random.default_rng(1)
    colours = np.unique(rng.integers(0, 256, (200, 3)), axis=0)
    pixels = rng.integers(0, 256, (3000, 3))
    far = ((pixels[:, None] - colours[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(nearest(pixels.astype(float), colours.astype(float)), far.argmin(axis=1))
    numbers, squared = Shades(colours.astype(np.uint8)).nearest(packed(pixels.astype(np.uint8)))
    np.testing.assert_allclose(squared, far[np.arange(len(pixels)), numbers])
    assert (squared == far.min(axis=1)).mean() > 0.99  # of two candidates for a cell of four levels
    assert np.sqrt(squared).max() <= np.sqrt(far.min(axis=1)).max() + 3


@pytest.mark.parametrize("count", [1, 2, 255])
def test_colours_of_the_palette_are_shown_as_they_are(count: int) -> None:
    colours = np.unique(np.random.default_rng(2).integers(0, 256, (count, 3)), axis=0).astype(np.uint8)
    shades = Shades(colours)
    numbers, far = shades.nearest(packed(colours))
    np.testing.assert_array_equal(numbers, np.arange(len(colours)))
    assert not far.any()
    again = shades.mixed(packed(colours), numbers, np.full(len(colours), 0.01, np.float32))
    np.testing.assert_array_equal(again, numbers)


def test_every_threshold_is_once_in_every_eight_by_eight() -> None:
    thresholds = mask(20, 31)
    assert thresholds.shape == (20, 31)
    for y, x in ((0, 0), (5, 3), (12, 23)):
        np.testing.assert_array_equal(np.sort(thresholds[y : y + 8, x : x + 8].ravel()), (np.arange(64) + 0.5) / 64)


@pytest.mark.parametrize("level", [110, 116, 121])
def test_a_mix_has_in_the_mean_the_colour_that_was_wanted(level: int) -> None:
    shades = Shades(np.array([[100, 100, 100], [124, 124, 124], [255, 0, 0]], np.uint8))
    pixels = packed(np.full((64, 3), level, np.uint8))
    numbers, _ = shades.nearest(pixels)
    shown = shades.colours[shades.mixed(pixels, numbers, mask(8, 8).ravel())]
    np.testing.assert_allclose(shown.mean(axis=0), level, atol=1)


def test_a_flat_picture_gets_a_colour_for_each_of_its_own_and_none_for_their_noise() -> None:
    colours = chosen(noisy(drawing(), 3), 255)
    own = np.unique(drawing().reshape(-1, 3), axis=0)
    far = np.abs(own[:, None].astype(int) - colours[None]).max(axis=2)
    assert len(colours) <= 2 * len(own)
    assert far.min(axis=1).max() <= 2


def test_a_palette_made_anew_keeps_the_colours_that_will_do() -> None:
    before = chosen(drawing(), 255)
    after = chosen(noisy(drawing(7), 1), 255, before)
    assert {tuple(c) for c in before.tolist()} <= {tuple(c) for c in after.tolist()}


# frame after frame


def test_noise_moves_nothing() -> None:
    shown = settled([noisy(drawing(), seed) for seed in range(6)])
    for other in shown[1:]:
        np.testing.assert_array_equal(other, shown[0])


def test_flat_areas_stay_flat_under_noise_and_are_the_colour_they_were() -> None:
    pictures = [drawing(k) for k in range(6)]
    for shown, picture in zip(settled([noisy(p, k) for k, p in enumerate(pictures)]), pictures, strict=True):
        flat = one_colour(picture)
        assert one_colour(shown)[flat].mean() > 0.97
        assert np.abs(shown.astype(int) - picture)[flat].mean() < 1.5


def test_a_slow_change_comes_through() -> None:
    pictures = [np.clip(gradient().astype(int) // 2 + 2 * k, 0, 255).astype(np.uint8) for k in range(30)]
    for shown, picture in zip(settled(pictures), pictures, strict=True):
        difference = shown.astype(int) - picture
        assert np.abs(cv2.blur(difference.astype(np.float32), (9, 9))).max() < 12
        assert np.abs(difference.mean()) < 3


def test_after_a_cut_the_palette_is_another() -> None:
    other = gradient()[..., ::-1] // 2
    first, second = settled([gradient(), np.ascontiguousarray(other)])
    for shown, picture in ((first, gradient()), (second, other)):
        assert np.abs(shown.astype(int) - picture).mean() < 4
        assert len(np.unique(packed(shown))) <= 255


def test_a_cut_is_told_from_what_moves() -> None:
    shot = calm.tones(drawing())
    assert not calm.cut(shot, calm.tones(noisy(drawing(5), 1, 6)))
    assert calm.cut(shot, calm.tones(np.ascontiguousarray(drawing()[..., ::-1] // 2)))
    assert calm.cut(shot, calm.tones(gradient()))


def test_a_gradient_is_right_in_the_mean_of_every_place() -> None:
    picture = cv2.resize(gradient(), (256, 256), interpolation=cv2.INTER_CUBIC)
    (shown,) = settled([picture])
    off = cv2.blur(shown.astype(np.float32) - picture, (8, 8))
    assert np.abs(off).mean() < 2
    assert len(np.unique(packed(picture))) > 1000


def test_what_is_transparent_is_what_was() -> None:
    pictures = []
    for k in range(6):
        alpha = np.zeros((SIDE, SIDE), np.uint8)
        cv2.circle(alpha, (SIDE // 2 + 4 * k, SIDE // 2), 30, 255, -1)
        pictures.append(np.dstack([noisy(drawing(k), k), alpha]))
    shown = settled(pictures)
    for one, picture in zip(shown, pictures, strict=True):
        np.testing.assert_array_equal(one[..., 3], picture[..., 3])
    assert_shown(written(shown, alpha=True), shown)


def test_a_frame_without_transparency_after_some_with_it_is_whole() -> None:
    hole = np.dstack([drawing(), np.full((SIDE, SIDE), 255, np.uint8)])
    hole[20:60, 20:60, 3] = 0
    _, whole, again = settled([hole, drawing(), hole])
    np.testing.assert_array_equal(whole, settled([drawing()])[0])
    np.testing.assert_array_equal(again[..., 3], hole[..., 3])


def test_viewers_show_what_was_settled_on() -> None:
    shown = settled([noisy(drawing(k), k) if k % 4 else noisy(gradient(), k) for k in range(8)])
    assert_shown(written(shown), shown)


def test_the_same_frames_make_the_same_file() -> None:
    pictures = [noisy(drawing(k), k) for k in range(4)]
    assert written(settled(pictures)) == written(settled(pictures))


def assert_shown(data: bytes, pictures: list[np.ndarray]) -> None:
    for seen, other, picture in zip(view(data).frames, pillow(data), pictures, strict=True):
        if picture.shape[2] == 3:
            picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        np.testing.assert_array_equal(seen, picture)
        np.testing.assert_array_equal(other, picture)


# files


def clip_of(pictures: list[np.ndarray], lossless: bool) -> tuple[ClipInfo, list[ClipFrame]]:
    height, width = pictures[0].shape[:2]
    info = ClipInfo(Path("none"), "gif", width, height, len(pictures), len(pictures) / 20, loop=0, lossless=lossless)
    return info, [ClipFrame(k, k / 20, 1 / 20, picture) for k, picture in enumerate(pictures)]


def frames_of(path: Path) -> list[np.ndarray]:
    with open_clip(path) as clip:
        return [frame.image for frame in clip]


def test_a_flat_drawing_comes_back_flat_and_still_from_a_movie(tmp_path: Path) -> None:
    pictures = [drawing(k, 160) for k in range(12)]
    gif, movie = write_clip(tmp_path / "in.gif", *clip_of(pictures, True)), tmp_path / "out.mp4"
    for source, target in ((gif, movie), (movie, tmp_path / "again.gif")):
        with open_clip(source) as clip:
            write_clip(target, clip.info, clip)
    shown = frames_of(tmp_path / "again.gif")
    assert view((tmp_path / "again.gif").read_bytes()).delays == [5] * 12
    flat = np.stack([one_colour(picture) for picture in pictures])
    assert np.stack([one_colour(picture) for picture in shown])[flat].mean() >= 0.97
    assert np.abs(np.stack(shown).astype(int) - np.stack(pictures))[flat].mean() <= 3
    before, after = np.stack(pictures), np.stack(shown)
    still = (before[1:] == before[:-1]).all(axis=3).astype(np.uint8)
    still = np.stack([cv2.erode(one, np.ones((3, 3), np.uint8)) for one in still]).astype(bool)
    assert (after[1:] == after[:-1]).all(axis=3)[still].mean() >= 0.99


def test_a_movie_s_noise_makes_no_large_gif(tmp_path: Path) -> None:
    pictures = [noisy(drawing(k, 160), k) for k in range(8)]
    sizes = []
    for lossless in (False, True):
        path = write_clip(tmp_path / f"{lossless}.gif", *clip_of(pictures, lossless))
        sizes.append(path.stat().st_size)
    assert sizes[0] < 0.5 * sizes[1]


def test_a_gif_whose_frames_have_palettes_and_dithering_of_their_own_comes_back_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "in.gif"
    images = []
    for k in range(5):
        image = Image.fromarray(noisy(np.roll(gradient(), 3 * k, axis=1), k))
        images.append(image.quantize(256, palette=image.quantize(256), dither=Image.Dither.FLOYDSTEINBERG))
    images[0].save(source, save_all=True, append_images=images[1:], duration=50, loop=0)
    with open_clip(source) as clip:
        write_clip(tmp_path / "out.gif", clip.info, clip)
    for before, after in zip(frames_of(source), frames_of(tmp_path / "out.gif"), strict=True):
        np.testing.assert_array_equal(before, after)
    assert (tmp_path / "out.gif").stat().st_size <= 1.3 * source.stat().st_size


def test_a_picture_of_few_colours_is_kept_to_the_pixel(tmp_path: Path) -> None:
    few = np.random.default_rng(4).integers(0, 256, (256, 3)).astype(np.uint8)
    picture = few[np.random.default_rng(5).permutation(4096).reshape(64, 64) % 256]
    Image.fromarray(picture).save(tmp_path / "in.png")
    with open_clip(tmp_path / "in.png") as clip:
        write_clip(tmp_path / "out.gif", clip.info, clip)
    np.testing.assert_array_equal(frames_of(tmp_path / "out.gif")[0], picture)


def test_a_photograph_becomes_a_gif_without_bands(tmp_path: Path) -> None:
    picture = cv2.resize(gradient(), (256, 256), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(picture).save(tmp_path / "in.jpg", quality=90)
    with open_clip(tmp_path / "in.jpg") as clip:
        write_clip(tmp_path / "out.gif", clip.info, clip)
    (shown,) = (frame.rgba[..., :3] for frame in GifReader(io.BytesIO((tmp_path / "out.gif").read_bytes())))
    assert np.abs(cv2.blur(shown.astype(np.float32) - picture, (8, 8))).mean() < 2
