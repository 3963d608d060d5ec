"""The GIF container: what a viewer sees goes in and comes out, frame by frame."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageSequence

from charaface.gif import GifError, GifReader, GifWriter
from charaface.gif.palette import Palette, reduce
from reference_gif import Film, Part, view

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
FLAGS = [BLACK, RED, GREEN, BLUE]


def full(number: int, width: int = 6, height: int = 5) -> list[list[int]]:
    return [[number] * width for _ in range(height)]


def noise(seed: int, width: int, height: int, colours: int) -> list[list[int]]:
    return np.random.default_rng(seed).integers(0, colours, (height, width)).tolist()


def greys(count: int) -> list[tuple[int, int, int]]:
    return [(i, i // 2, 255 - i) for i in range(count)]


FILMS = {
    "one frame": Film(6, 5, [Part(full(1))], FLAGS),
    "three frames, endless": Film(6, 5, [Part(full(i)) for i in (1, 2, 3)], FLAGS, loop=0),
    "odd delays and a loop count": Film(
        6, 5, [Part(full(i), delay=d) for i, d in ((1, 0), (2, 1), (3, 7), (1, 65535))], FLAGS, loop=3
    ),
    "no control block": Film(6, 5, [Part(full(1), delay=None), Part(full(2), delay=None)], FLAGS),
    "equal frames": Film(6, 5, [Part(full(1))] * 4 + [Part(full(2))] * 2, FLAGS, loop=0),
    "a part of the canvas": Film(
        6, 5, [Part(full(1)), Part(full(2, 2, 3), at=(3, 1)), Part(full(3, 1, 1), at=(0, 4))], FLAGS
    ),
    "a first frame smaller than the canvas": Film(6, 5, [Part(full(1, 3, 2), at=(2, 1)), Part(full(2, 2, 2))], FLAGS),
    "beyond the canvas": Film(6, 5, [Part(full(1)), Part(noise(1, 6, 5, 4), at=(4, 3))], FLAGS),
    "transparent numbers": Film(6, 5, [Part(noise(i, 6, 5, 4), transparent=i % 4) for i in range(5)], FLAGS, loop=0),
    "disposal to background": Film(
        6,
        5,
        [Part(full(0), transparent=0)] + [Part(full(i, 2, 2), at=(i, i), disposal=2, transparent=0) for i in (1, 2, 3)],
        FLAGS,
    ),
    "disposal to background of an opaque picture": Film(
        6, 5, [Part(full(1)), Part(full(2, 3, 3), at=(1, 1), disposal=2), Part(full(3, 2, 2))], FLAGS
    ),
    "disposal to what was before": Film(
        6,
        5,
        [Part(noise(3, 6, 5, 4))]
        + [Part(full(i, 2, 2), at=(i, 1), disposal=3) for i in (1, 2, 3)]
        + [Part(full(0, 1, 1))],
        FLAGS,
    ),
    "a first frame disposed to before": Film(
        6, 5, [Part(full(1), disposal=3), Part(full(2, 2, 2), disposal=2), Part(full(3, 3, 3))], FLAGS
    ),
    "a disposal is no heirloom": Film(
        6, 5, [Part(full(1, 3, 3), disposal=2), Part(full(2, 2, 2)), Part(full(3, 1, 1), at=(4, 4))], FLAGS
    ),
    "all disposals in turn": Film(
        12,
        9,
        [Part(noise(i, 5, 4, 4), at=(i % 7, i % 5), disposal=i % 4, transparent=(None, 2)[i % 2]) for i in range(16)],
        FLAGS,
        loop=2,
    ),
    "a disposal that is a slip of the pen": Film(
        6, 5, [Part(full(1)), Part(full(2, 2, 2), disposal=4), Part(full(3, 1, 1), at=(4, 4))], FLAGS
    ),
    "cleared long after it was drawn": Film(
        6,
        5,
        [
            Part(full(0), transparent=0),
            Part(full(1, 3, 3)),
            Part(full(2, 1, 1), at=(5, 4)),
            Part(full(0), transparent=0, disposal=2),
            Part(full(3, 2, 2), at=(1, 1)),
        ],
        FLAGS,
    ),
    "local palettes": Film(
        6, 5, [Part(noise(i, 6, 5, 3), colours=[(i, j, 9) for j in range(3)]) for i in range(4)], FLAGS
    ),
    "interlaced": Film(9, 21, [Part(noise(i, 9, 21, 4), interlaced=True) for i in range(2)], FLAGS),
    "256 colours": Film(32, 24, [Part(noise(i, 32, 24, 256)) for i in range(3)], greys(256), loop=0),
    "256 colours on a part": Film(
        70, 60, [Part(noise(0, 70, 60, 256)), Part(noise(1, 60, 50, 256), at=(5, 6))], greys(256)
    ),
    "255 colours and transparency": Film(
        32, 24, [Part(noise(i, 32, 24, 256), transparent=i, disposal=2) for i in range(3)], greys(256)
    ),
    "one pixel": Film(1, 1, [Part([[1]]), Part([[1]]), Part([[2]])], FLAGS),
    "wide pixels": Film(6, 5, [Part(full(1))], FLAGS, aspect=81),
}


def read(data: bytes) -> tuple[GifReader, list[np.ndarray], list[int]]:
    reader = GifReader(io.BytesIO(data))
    frames = list(reader)
    return reader, [f.rgba for f in frames], [f.delay for f in frames]


def write(frames: list[np.ndarray], delays: list[int], reader: GifReader) -> bytes:
    info, out = reader.info, io.BytesIO()
    writer = GifWriter(out, info.width, info.height, info.loop, info.aspect, info.transparent)
    for frame, delay in zip(frames, delays, strict=True):
        writer.add(frame, delay)
    writer.close()
    return out.getvalue()


def pillow(data: bytes) -> Iterator[np.ndarray]:
    """The frames as Pillow shows them, 0 where transparent."""
    with Image.open(io.BytesIO(data)) as image:
        for frame in ImageSequence.Iterator(image):
            rgba = np.array(frame.convert("RGBA"))
            rgba[rgba[..., 3] == 0] = 0
            yield rgba


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
def test_every_frame_is_read_as_a_viewer_shows_it(film: Film) -> None:
    seen = view(film.bytes())
    reader, frames, delays = read(film.bytes())
    assert len(frames) == len(seen.frames) == reader.info.frames
    for ours, theirs in zip(frames, seen.frames, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert delays == [d or 0 for d in seen.delays]
    assert (reader.info.loop, reader.info.aspect) == (film.loop, film.aspect)
    assert reader.info.transparent or all(f[..., 3].all() for f in frames)


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
def test_what_is_read_and_written_back_looks_the_same_in_every_viewer(film: Film) -> None:
    reader, frames, delays = read(film.bytes())
    data = write(frames, delays, reader)
    seen = view(data)
    assert len(seen.frames) == len(frames)
    for before, after in zip(frames, seen.frames, strict=True):
        np.testing.assert_array_equal(before, after)
    assert seen.delays == delays
    assert (seen.loop, seen.aspect) == (film.loop, film.aspect)
    for before, after in zip(frames, pillow(data), strict=True):
        np.testing.assert_array_equal(before, after)


def test_pillow_alone_would_lose_frames_and_time() -> None:
    film = FILMS["equal frames"]
    images = [Image.fromarray(f) for f in read(film.bytes())[1]]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=100)
    assert len(view(out.getvalue()).frames) == 2
    reader, frames, delays = read(film.bytes())
    assert len(view(write(frames, delays, reader)).frames) == 6


def test_only_what_changed_is_stored() -> None:
    frames = [np.full((50, 60, 4), 255, np.uint8) for _ in range(3)]
    frames[1][10:14, 20:23, :3] = 0
    frames[2][:] = frames[1]
    out = io.BytesIO()
    writer = GifWriter(out, 60, 50)
    for frame in frames:
        writer.add(frame, 4)
    writer.close()
    assert view(out.getvalue()).parts == [(0, 0, 60, 50), (20, 10, 3, 4), (0, 0, 1, 1)]


def test_a_palette_is_stored_once_where_once_will_do() -> None:
    colours = np.array(greys(200), np.uint8)
    frames = [colours[np.random.default_rng(i).permutation(400).reshape(20, 20) % 200] for i in range(9)]
    out = io.BytesIO()
    writer = GifWriter(out, 20, 20)
    for frame in frames:
        writer.add(frame, 4)
    writer.close()
    assert len(out.getvalue()) < 768 + 9 * 550  # 400 pixels of nearly 8 bits do not pack
    for seen, frame in zip(view(out.getvalue()).frames, frames, strict=True):
        np.testing.assert_array_equal(seen[..., :3], frame)


def test_a_picture_of_many_colours_keeps_most_of_them_and_strays_little() -> None:
    rng = np.random.default_rng(5)
    picture = greys(256)
    frame = np.array(picture, np.uint8)[rng.integers(0, 200, (80, 90))]
    frame[20:40, 20:50] = rng.integers(0, 256, (20, 30, 3))  # 600 colours more
    out = io.BytesIO()
    writer = GifWriter(out, 90, 80)
    writer.add(frame, 4)
    writer.close()
    error = np.abs(view(out.getvalue()).frames[0][..., :3].astype(int) - frame).max(axis=2)
    untouched = np.ones(error.shape, bool)
    untouched[20:40, 20:50] = False
    assert error[untouched].max() == 0
    assert error.mean() < 3


def test_what_does_not_move_does_not_flicker() -> None:
    rng = np.random.default_rng(6)
    still = rng.integers(0, 256, (40, 40, 3)).astype(np.uint8)  # 1,600 colours
    out = io.BytesIO()
    writer = GifWriter(out, 60, 40)
    for _ in range(3):
        frame = np.concatenate([still, rng.integers(0, 256, (40, 20, 3)).astype(np.uint8)], axis=1)
        writer.add(frame, 4)
    writer.close()
    first, *others = view(out.getvalue()).frames
    for other in others:
        np.testing.assert_array_equal(other[:, :40], first[:, :40])


def test_colours_drawn_together_for_one_frame_are_right_again_in_the_next() -> None:
    rng = np.random.default_rng(7)
    plain = np.array(greys(250), np.uint8)[rng.integers(0, 250, (60, 60))]
    drawn = plain.copy()
    drawn[10:40, 10:40] = rng.integers(0, 256, (30, 30, 3))
    out = io.BytesIO()
    writer = GifWriter(out, 60, 60)
    for frame in (plain, drawn, plain):
        writer.add(frame, 4)
    writer.close()
    first, _, last = view(out.getvalue()).frames
    np.testing.assert_array_equal(first[..., :3], plain)
    np.testing.assert_array_equal(last[..., :3], plain)


def test_a_pixel_that_stays_gets_its_own_colour_as_soon_as_there_is_room() -> None:
    rng = np.random.default_rng(8)
    plain = np.zeros((40, 40, 3), np.uint8)
    crowded = rng.integers(0, 256, (40, 40, 3)).astype(np.uint8)  # 1,600 colours
    calm = plain.copy()
    calm[5, :30] = crowded[5, :30]
    out = io.BytesIO()
    writer = GifWriter(out, 40, 40)
    for frame in (plain, crowded, calm):
        writer.add(frame, 4)
    writer.close()
    _, second, third = view(out.getvalue()).frames
    assert (second[5, :30, :3] != calm[5, :30]).any()
    np.testing.assert_array_equal(third[..., :3], calm)


@pytest.mark.parametrize("colours", [255, 256])
def test_a_frame_that_fits_is_exact_whatever_came_before(colours: int) -> None:
    rng = np.random.default_rng(9)
    plain = np.array(greys(256), np.uint8)[rng.permutation(4096).reshape(64, 64) % colours]
    crowded = plain.copy()
    crowded[20:] = rng.integers(0, 256, (44, 64, 3))
    crowded[60:] = plain[60:]
    out = io.BytesIO()
    writer = GifWriter(out, 64, 64)
    for frame in (crowded, plain, crowded, plain):
        writer.add(frame, 4)
    writer.close()
    for seen in view(out.getvalue()).frames[1::2]:
        np.testing.assert_array_equal(seen[..., :3], plain)


def test_alpha_is_cut_in_the_middle() -> None:
    frame = np.zeros((1, 4, 4), np.uint8)
    frame[0, :, 3] = (0, 127, 128, 255)
    frame[0, :, 0] = 200
    out = io.BytesIO()
    writer = GifWriter(out, 4, 1)
    writer.add(frame, 0)
    writer.close()
    assert view(out.getvalue()).frames[0][0].tolist() == [
        [0] * 4,
        [0] * 4,
        [200, 0, 0, 255],
        [200, 0, 0, 255],
    ]


WHOLE = Film(20, 20, [Part(noise(i, 20, 20, 4)) for i in range(4)], FLAGS, loop=0).bytes()


@pytest.mark.parametrize(
    ("data", "frames", "damage"),
    [
        (WHOLE, 4, None),
        (WHOLE[:-1], 4, None),
        (WHOLE[:-200], 3, "the file breaks off"),
        (WHOLE[: len(WHOLE) // 2], 1, "the file breaks off"),
        (WHOLE[:-1] + b"\x99", 4, "no block starts with byte 0x99"),
        (WHOLE[:-1] + b"\0\0;", 4, None),
    ],
    ids=["whole", "no end mark", "last frame cut", "half", "a strange block", "stray zeros"],
)
def test_the_frames_before_the_damage_are_there(data: bytes, frames: int, damage: str | None) -> None:
    reader, got, _ = read(data)
    assert (reader.info.frames, reader.info.damage) == (frames, damage)
    for ours, whole in zip(got, read(WHOLE)[1], strict=False):
        np.testing.assert_array_equal(ours, whole)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"GIF99a" + WHOLE[6:],
        WHOLE[:13],
        WHOLE[:100],
        Film(6, 5, [], FLAGS).bytes(),
        Film(0, 0, [Part(full(1, 0, 1))], FLAGS).bytes(),
    ],
    ids=["nothing", "a signature", "another version", "a header", "no whole frame", "zero frames", "no size"],
)
def test_a_file_without_a_frame_is_refused(data: bytes) -> None:
    with pytest.raises(GifError):
        read(data)


def test_pixels_that_cannot_be_unpacked_stop_the_frames_there() -> None:
    film = Film(20, 20, [Part(noise(i, 20, 20, 4)) for i in range(3)], FLAGS)
    start = len(Film(20, 20, film.parts[:2], FLAGS).bytes()) - 1
    data = bytearray(film.bytes())
    data[start + 20 : start + 60] = b"\xff" * 40
    reader = GifReader(io.BytesIO(bytes(data)))
    got = []
    with pytest.raises(GifError, match="damaged"):
        got.extend(iter(reader))
    frames = iter(GifReader(io.BytesIO(bytes(data))))
    for part in read(film.bytes())[1][:2]:
        np.testing.assert_array_equal(next(frames).rgba, part)


def test_a_frame_that_claims_a_giant_area_is_not_allocated() -> None:
    data = bytearray(Film(6, 5, [Part(full(1)), Part(full(1))], FLAGS).bytes())
    at = data.rindex(b"\x2c\0\0\0\0\x06\0\x05\0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    frames = iter(GifReader(io.BytesIO(bytes(data))))
    next(frames)
    with pytest.raises(GifError, match="65535x65535"):
        next(frames)


def test_a_screen_of_no_size_takes_the_first_frame_s() -> None:
    data = bytearray(Film(6, 5, [Part(full(1))], FLAGS).bytes())
    data[6:10] = b"\0\0\0\0"
    reader, frames, _ = read(bytes(data))
    assert (reader.info.width, reader.info.height) == (6, 5)
    assert frames[0].shape == (5, 6, 4)


def test_frames_of_another_size_are_refused() -> None:
    writer = GifWriter(io.BytesIO(), 6, 5)
    with pytest.raises(ValueError, match=r"\(6, 5\), got \(5, 6\)"):
        writer.add(np.zeros((6, 5, 3), np.uint8), 0)


@pytest.mark.parametrize("size", [(0, 5), (65536, 5)])
def test_a_size_no_gif_can_have_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(GifError, match="65535"):
        GifWriter(io.BytesIO(), *size)


def test_a_gif_of_no_frames_is_not_written() -> None:
    with pytest.raises(GifError):
        GifWriter(io.BytesIO(), 6, 5).close()


def test_a_palette_gives_back_its_pixels() -> None:
    palette = Palette()
    for seed in range(3):
        pixels = np.repeat(np.random.default_rng(seed).integers(0, 1 << 24, 200).astype(np.uint32), 3)
        seen = palette.see(pixels)
        colours, numbers = seen.indexed(256)
        np.testing.assert_array_equal(colours[numbers], pixels)
        assert seen.exact
        assert len(seen.colours) == len(np.unique(pixels))
        assert len(seen.indexed(150).colours) <= 150


def test_a_palette_answers_the_same_however_much_it_has_met() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 1 << 24, 40_000).astype(np.uint32)
    old = Palette()
    for _ in range(3):
        old.see(rng.integers(0, 1 << 24, 40_000).astype(np.uint32))
    for a, b in zip(Palette().see(pixels).indexed(256), old.see(pixels).indexed(256), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_palette_manages_more_colours_than_it_can_remember() -> None:
    pixels = np.arange(1 << 17, dtype=np.uint32) * np.uint32(97)
    seen = Palette().see(pixels)
    colours, numbers = seen.indexed(256)
    assert not seen.exact
    assert len(colours) <= 256
    assert numbers.shape == pixels.shape


def test_no_pixels_have_no_colours() -> None:
    colours, numbers = Palette().see(np.zeros(0, np.uint32)).indexed(256)
    assert (len(colours), len(numbers)) == (0, 0)


def test_colours_are_drawn_together_only_as_far_as_needed() -> None:
    colours = np.arange(300, dtype=np.uint32) * np.uint32(50_000)
    counts = np.full(300, 1)
    counts[:200] = 1000
    few, to = reduce(colours, counts, 256)
    assert len(few) <= 256
    np.testing.assert_array_equal(few[to[:200]], colours[:200])
