"""Pictures: the right pixels from every kind of file, a clear word for every bad one, nothing half written."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from charaface.geometry import crop_matrix, invert, transform
from charaface.image import (
    DamageWarning,
    InputError,
    LimitError,
    Limits,
    OutputError,
    load,
    over_white,
    pages,
    save,
    size_of,
    tile,
    warp,
)
from charaface.video import open_clip

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
GREY = RNG.integers(0, 256, (5, 7)).astype(np.uint8)
COVER = RNG.integers(0, 256, (5, 7)).astype(np.uint8)


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def white_under(rgb: np.ndarray, cover: np.ndarray) -> np.ndarray:
    share = cover[..., None].astype(float) / 255
    return np.floor(rgb * share + 255 * (1 - share) + 0.5).astype(np.uint8)


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=2)


# forms of an image argument


def test_every_form_of_an_image_argument_gives_the_same_pixels(tmp_path: Path) -> None:
    path = tmp_path / "젠이치 #1%.png"
    path.write_bytes(file_of(Image.fromarray(PICTURE)))
    forms = [str(path), path, path.read_bytes(), Image.open(path), Image.fromarray(PICTURE), PICTURE]
    for form in forms:
        got = load(form)
        assert (got.dtype, got.shape) == (np.uint8, (5, 7, 3))
        np.testing.assert_array_equal(got, PICTURE)
    forms[3].close()


def test_an_array_may_be_grey_colour_or_colour_with_cover() -> None:
    np.testing.assert_array_equal(load(GREY), grey(GREY))
    np.testing.assert_array_equal(load(np.dstack([PICTURE, COVER])), white_under(PICTURE, COVER))
    np.testing.assert_array_equal(load(np.dstack([PICTURE, COVER]), alpha=True)[..., 3], COVER)
    np.testing.assert_array_equal(load(PICTURE[:, ::-1]), PICTURE[:, ::-1])


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((4, 4, 3), np.float32), r"float32 of shape \(4, 4, 3\)"),
        (np.zeros((4, 4), bool), r"bool of shape \(4, 4\)"),
        (np.zeros((4, 4, 3), np.uint16), r"uint16 of shape \(4, 4, 3\)"),
        (np.zeros((4, 4, 2), np.uint8), r"uint8 of shape \(4, 4, 2\)"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"uint8 of shape \(2, 4, 4, 3\)"),
        (np.zeros(4, np.uint8), r"uint8 of shape \(4,\)"),
        (np.zeros((0, 4, 3), np.uint8), r"empty one: \(0, 4, 3\)"),
    ],
)
def test_any_other_array_is_refused_by_name(array: np.ndarray, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(array)


@pytest.mark.parametrize("thing", [None, 5, ["a.png"], {"path": "a.png"}])
def test_any_other_thing_is_refused_by_name(thing: Any) -> None:
    with pytest.raises(TypeError, match=type(thing).__name__):
        load(thing)


def test_loading_changes_nothing_that_was_given() -> None:
    array = np.dstack([PICTURE, COVER])
    image = Image.fromarray(array)
    before = array.copy()
    load(array)
    load(image)
    over_white(array[:1, :1])
    np.testing.assert_array_equal(array, before)
    assert image.mode == "RGBA"


# kinds of pixels


def sixteen_bit(mode: str) -> Image.Image:
    values = np.array([[0, 128, 257, 32896, 65407, 65535]], np.uint16)
    return Image.frombytes(mode, (6, 1), values.astype({"I;16": "<u2", "I;16B": ">u2"}[mode]).tobytes())


def with_cover(mode: str) -> Image.Image:
    return Image.fromarray(np.dstack([PICTURE, COVER])).convert(mode)


def palette_with_clear_number() -> Image.Image:
    image = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(1, 4)).convert("P")
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    return image


KINDS: dict[str, tuple[bytes, np.ndarray]] = {
    "RGB": (file_of(Image.fromarray(PICTURE)), PICTURE),
    "grey": (file_of(Image.fromarray(GREY)), grey(GREY)),
    "RGBA": (file_of(Image.fromarray(np.dstack([PICTURE, COVER]))), white_under(PICTURE, COVER)),
    "grey with cover": (
        file_of(Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(COVER)])),
        white_under(grey(GREY), COVER),
    ),
    "TIFF": (file_of(Image.fromarray(PICTURE), "TIFF"), PICTURE),
    "TIFF, big end first": (
        file_of(Image.frombytes("I;16B", (2, 1), b"\xff\xff\x80\x80"), "TIFF"),
        grey(np.array([[255, 128]], np.uint8)),
    ),
    "16-bit grey": (file_of(sixteen_bit("I;16")), grey(np.array([[0, 0, 1, 128, 255, 255]], np.uint8))),
    "black and white": (
        file_of(Image.fromarray(GREY > 127)),
        grey(np.where(GREY > 127, 255, 0).astype(np.uint8)),
    ),
    "palette": (
        file_of(palette_with_clear_number()),
        np.array([[[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8),
    ),
    "palette with a clear number": (
        file_of(palette_with_clear_number(), transparency=1),
        np.array([[[0, 0, 0], [255, 255, 255], [0, 255, 0], [0, 0, 255]]], np.uint8),
    ),
    "palette with covers": (
        file_of(palette_with_clear_number(), transparency=bytes([255, 0, 128, 255])),
        np.array([[[0, 0, 0], [255, 255, 255], [127, 255, 127], [0, 0, 255]]], np.uint8),
    ),
    "a clear colour": (
        file_of(Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)), transparency=(1, 2, 3)),
        np.array([[[255, 255, 255], [4, 5, 6]]], np.uint8),
    ),
    "WebP": (file_of(Image.fromarray(PICTURE), "WEBP", lossless=True), PICTURE),
    "WebP with cover": (
        file_of(Image.fromarray(np.dstack([PICTURE, COVER])), "WEBP", lossless=True, exact=True),
        white_under(PICTURE, COVER),
    ),
    "BMP": (file_of(Image.fromarray(PICTURE), "BMP"), PICTURE),
    "GIF": (file_of(Image.fromarray(GREY), "GIF"), grey(GREY)),
    "one pixel": (file_of(Image.fromarray(PICTURE[:1, :1])), PICTURE[:1, :1]),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_picture_gives_its_right_colours(name: str) -> None:
    data, expected = KINDS[name]
    np.testing.assert_array_equal(load(data), expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGBa", "CMYK", "YCbCr", "HSV", "1", "L", "P", "PA"])
def test_a_pil_image_of_any_mode_is_taken(mode: str) -> None:
    source = Image.fromarray(PICTURE).convert("P") if mode == "PA" else with_cover("RGBA")
    image = source.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr", "HSV") else source.convert(mode)
    assert load(image).shape == (5, 7, 3)


def test_big_endian_and_32_bit_greys_keep_their_white() -> None:
    expected = grey(np.array([[0, 0, 1, 128, 255, 255]], np.uint8))
    np.testing.assert_array_equal(load(sixteen_bit("I;16B")), expected)
    values = np.array([[0, 128, 257, 32896, 65407, 65535]], np.int32)
    np.testing.assert_array_equal(load(Image.fromarray(values, "I")), expected)


def test_a_cmyk_jpeg_comes_out_in_its_colours() -> None:
    colours = Image.fromarray(np.full((16, 16, 3), (200, 60, 30), np.uint8))
    got = load(file_of(colours.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(got.astype(int) - (200, 60, 30)).max() < 12


def test_a_float_picture_is_refused_because_its_white_is_unknown() -> None:
    with pytest.raises(InputError, match="mode F"):
        load(Image.new("F", (3, 3)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_a_picture_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(Image.fromarray(PICTURE), "PNG", exif=exif)
    with Image.open(BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
        np.testing.assert_array_equal(load(image), expected)
    np.testing.assert_array_equal(load(data), expected)
    np.testing.assert_array_equal(load(ImageOps.exif_transpose(Image.open(BytesIO(data)))), expected)


def test_broken_exif_does_not_lose_the_picture() -> None:
    data = file_of(Image.fromarray(PICTURE), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    np.testing.assert_array_equal(load(data), PICTURE)


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (4, 4), c) for c in ("red", "lime", "blue")]
    for kind in ("GIF", "PNG", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=50, **options)
        assert load(data)[0, 0].tolist() == [255, 0, 0]
    data = file_of(frames[0], "PNG", save_all=True, default_image=True, append_images=frames[1:], duration=50)
    assert load(data)[0, 0].tolist() == [0, 255, 0]


def test_what_is_transparent_lies_over_white() -> None:
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = (0, 51, 255)
    assert over_white(rgba)[0, :, 0].tolist() == [255, 204, 0]


# what bad input gets


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0" + body + b"\0" * 20


def tiff_header(width: int, height: int) -> bytes:
    fields = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, height)]
    fields.append((279, 4, 1))
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + rows + b"\0" * 8


GIANT = "50000x50000 is 2,500,000,000 pixels, the limit is 100,000,000; --max-pixels 2500000000 raises it"
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is an empty file"),
    "text": (
        b"#!/bin/sh\necho this is no picture at all, is it",
        "is no PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF picture",
    ),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "is no PNG"),
    "jpeg2000": (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 40, "is no PNG"),
    "float TIFF": (file_of(Image.fromarray(GREY.astype(np.float32)), "TIFF"), "white is not known"),
    "cut TIFF": (file_of(Image.fromarray(PICTURE), "TIFF")[:60], "damaged or cut short"),
    "cut AVIF": (file_of(Image.fromarray(PICTURE), "AVIF")[:60], "damaged or cut short"),
    "giant TIFF": (tiff_header(50_000, 50_000), GIANT),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no PNG"),
    "signature only": (b"\x89PNG\r\n\x1a\n", "damaged or cut short"),
    "cut PNG": (file_of(Image.fromarray(PICTURE))[:60], "damaged or cut short"),
    "cut JPEG": (file_of(Image.fromarray(PICTURE), "JPEG")[:400], "damaged or cut short"),
    "cut WebP": (file_of(Image.fromarray(PICTURE), "WEBP")[:60], "damaged or cut short"),
    "cut BMP": (file_of(Image.fromarray(PICTURE), "BMP")[:60], "damaged or cut short"),
    "cut GIF": (file_of(Image.fromarray(GREY), "GIF")[:60], "cannot be read as GIF"),
    "GIF of no frames": (b"GIF89a\1\0\1\0\0\0\0;", "cannot be read as GIF: it holds no whole frame"),
    "giant PNG": (png_header(50_000, 50_000), GIANT),
    "giant WebP": (webp_header(16_000, 16_000), "--max-pixels 256000000 raises it"),
    "giant GIF": (b"GIF89a\x50\xc3\x50\xc3\0\0\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;", GIANT),
    "PNG of no size": (png_header(0, 5), ""),
    "heic": (b"\0\0\0\x20ftypheic" + b"\0" * 40, "is no PNG"),
    "movie": (b"\0\0\0\x20ftypisom" + b"\0" * 40, "is a clip, not a picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_clear_line_that_names_the_file(name: str, tmp_path: Path) -> None:
    data, said = BAD[name]
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        load(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert said in text
    assert "\n" not in text
    assert isinstance(caught.value, LimitError) == name.startswith("giant")


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_ends_in_another_kind_of_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = list(KINDS.values())
    data = bytearray(kinds[seed % len(kinds)][0])
    for at in rng.integers(8, len(data), 6):
        data[at] = rng.integers(256)
    try:
        got = load(bytes(data), Limits(pixels=100_000))
    except InputError:
        return
    assert got.dtype == np.uint8


def test_missing_folders_and_locked_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"nothing\.png: no such file"):
        load(tmp_path / "nothing.png")
    with pytest.raises(InputError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        load("a\0b.png")
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be opened \\(Permission denied\\)"):
        load(path)


def test_a_limit_is_the_last_size_that_passes() -> None:
    data = KINDS["RGB"][0]
    load(data, Limits(pixels=35))
    with pytest.raises(LimitError, match="7x5 is 35 pixels, the limit is 34; --max-pixels 35 raises it"):
        load(data, Limits(pixels=34))


def test_a_raised_limit_lets_in_what_pillow_alone_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("RGB", "WebP", "GIF", "BMP"):
            assert load(KINDS[name][0]).shape == (5, 7, 3)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_too_many_faces_are_named() -> None:
    Limits(faces=3).check_faces("a.png", 3)
    with pytest.raises(LimitError, match=r"a\.png: 4 faces, the limit is 3; --max-faces 4 raises it"):
        Limits(faces=3).check_faces("a.png", 4)


# save


@pytest.mark.parametrize("suffix", [".png", ".webp", ".bmp", ".gif", ".jpg", ".JPEG"])
def test_what_is_saved_is_what_is_loaded(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"일{suffix}"
    assert save(PICTURE, path) == path
    most = 40 if suffix.lower().startswith(".j") else 0
    assert np.abs(load(path).astype(int) - PICTURE).max() <= most
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_saving_keeps_transparency(suffix: str, tmp_path: Path) -> None:
    rgba = np.dstack([PICTURE, COVER])
    got = load(save(rgba, tmp_path / f"a{suffix}"), alpha=True)
    np.testing.assert_array_equal(got[..., 3], COVER)


def test_where_a_format_has_no_transparency_white_takes_its_place(tmp_path: Path) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    for suffix in (".jpg", ".bmp"):
        assert load(save(rgba, tmp_path / f"a{suffix}")).min() > 250


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/a.png", "there is no folder"),
        ("a.jp2", "pictures end on .png .jpg"),
        ("a", "not on nothing"),
        ("folder.png", "is no file"),
        ("file.txt/a.png", "there is no folder"),
    ],
)
def test_a_place_that_will_not_do_is_named_and_left_as_it_was(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file.txt").write_text("")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=said) as caught:
        save(PICTURE, tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_input_is_written_over_only_when_asked(tmp_path: Path) -> None:
    path = save(PICTURE, tmp_path / "a.png")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="is the input itself"):
        save(PICTURE[::-1], path, source=path)
    assert path.read_bytes() == before
    save(PICTURE[::-1], path, source=path, overwrite=True)
    np.testing.assert_array_equal(load(path), PICTURE[::-1])


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(PICTURE, tmp_path / "a.png")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"a\.png: cannot be written \(No space left on device\)"):
        save(PICTURE[::-1], path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_a_link_goes_on_pointing_at_the_file_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(b"")
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    save(PICTURE, tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    np.testing.assert_array_equal(load(tmp_path / "real.png"), PICTURE)


def test_a_saved_file_has_the_usual_permissions(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    assert save(PICTURE, tmp_path / "a.png").stat().st_mode == plain.stat().st_mode


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs a device file")
def test_a_device_is_no_place_for_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("/dev/null")
    with pytest.raises(OutputError, match="is no file"):
        save(PICTURE, tmp_path / "a.png")


# warp


def waves(points: np.ndarray) -> np.ndarray:
    """A smooth picture, known at every point."""
    x, y = points[..., 0], points[..., 1]
    return np.stack([128 + 90 * np.sin(x / 46), 128 + 90 * np.cos(y / 34), 128 + 60 * np.sin((x + y) / 62)], axis=-1)


def grid(width: int, height: int) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(float)


@pytest.mark.parametrize("angle", [0, 17, -120])
@pytest.mark.parametrize("side", [40, 128, 200, 300, 450, 700])
def test_a_crop_shows_each_point_where_the_map_puts_it(side: float, angle: float) -> None:
    image = np.rint(waves(grid(800, 800))).astype(np.uint8)
    box = np.array([400 - side / 2, 410 - side / 2, 400 + side / 2, 410 + side / 2])
    matrix = crop_matrix(box, 64, angle=angle)
    expected = waves(transform(grid(64, 64), invert(matrix)))
    inside = ((transform(grid(64, 64), invert(matrix)) > 8) & (transform(grid(64, 64), invert(matrix)) < 791)).all(-1)
    error = np.abs(warp(image, matrix, (64, 64)).astype(float) - expected)[inside]
    assert error.mean() < 0.8
    assert error.max() < 6


@pytest.mark.parametrize("side", [50, 130, 200, 333, 500, 900])
def test_a_spot_does_not_move_when_it_is_shrunk(side: float) -> None:
    y, x = np.mgrid[0:1000, 0:1000]
    spot = np.array([431.0, 520.0])
    image = np.rint(255 * np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (2 * (side / 12) ** 2)))
    box = np.array([430.5 - side / 2, 515.25 - side / 2, 430.5 + side / 2, 515.25 + side / 2])
    matrix = crop_matrix(box, 64, angle=10)
    got = warp(np.repeat(image[..., None], 3, axis=2).astype(np.uint8), matrix, (64, 64))[..., 0].astype(float)
    found = (grid(64, 64) * got[..., None]).sum(axis=(0, 1)) / got.sum()
    np.testing.assert_allclose(found, transform(spot, matrix), atol=0.02)


def test_fine_lines_turn_grey_instead_of_flickering() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    image[:, ::2] = 255
    for shift in (0.0, 0.3, 1.0, 1.7):
        matrix = crop_matrix(np.array([20 + shift, 20, 340 + shift, 340]), 40)
        got = warp(image, matrix, (40, 40))
        assert np.abs(got.astype(int) - 127).max() <= 2


def test_outside_the_picture_is_fill() -> None:
    image = np.full((10, 10, 3), 200, np.uint8)
    for box in ([30.0, 30.0, 60.0, 60.0], [300.0, 300.0, 900.0, 900.0]):
        got = warp(image, crop_matrix(np.array(box), 8), (8, 8), fill=(9, 8, 7))
        assert (got == (9, 8, 7)).all()


def test_a_map_that_moves_nothing_gives_the_picture() -> None:
    np.testing.assert_array_equal(warp(PICTURE, np.eye(2, 3), (7, 5)), PICTURE)


# tile


@pytest.mark.parametrize(
    ("size", "side", "overlap"),
    [((800, 30_000), 800, 200), ((100, 100), 640, 100), ((641, 640), 640, 0), ((1654, 1170), 640, 160), ((1, 1), 1, 0)],
)
def test_tiles_cover_a_picture_and_overlap_enough(size: tuple[int, int], side: int, overlap: int) -> None:
    width, height = size
    boxes = tile(width, height, side, overlap)
    seen = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in boxes:
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert x1 - x0 == min(side, width)
        assert y1 - y0 == min(side, height)
        seen[y0:y1, x0:x1] = 1
    assert seen.all()
    for axis, length in ((0, width), (1, height)):
        starts = np.unique(boxes[:, axis])
        assert (np.diff(starts) <= side - overlap).all()
        assert length > side or len(starts) == 1


@pytest.mark.parametrize(("side", "overlap"), [(0, 0), (10, 10), (10, -1)])
def test_tiles_that_cannot_be_are_refused(side: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        tile(100, 100, side, overlap)


@pytest.mark.parametrize(("suffix", "most"), [(".tiff", 0), (".tif", 0), (".avif", 12)])
@pytest.mark.parametrize("channels", [3, 4])
def test_tiff_and_avif_are_written_and_read(suffix: str, most: int, channels: int, tmp_path: Path) -> None:
    y, x = np.mgrid[:40, :60]
    picture = np.stack([4 * x, 6 * y, 255 - 4 * x, 255 - 3 * y][:channels], axis=2).astype(np.uint8)
    path = save(picture, tmp_path / f"a{suffix}")
    got = load(path, alpha=True)
    assert got.shape == picture.shape
    assert np.abs(got.astype(int) - picture).max() <= most
    assert size_of(path) == (60, 40)


def test_the_first_page_of_several_is_used_and_the_rest_told_of(tmp_path: Path) -> None:
    path = tmp_path / "pages.tiff"
    one, two = (Image.fromarray(np.full((4, 5, 3), v, np.uint8)) for v in (10, 200))
    one.save(path, save_all=True, append_images=[two])
    assert pages(path) == 2
    with pytest.warns(DamageWarning, match="holds 2 pictures; the first is used"), open_clip(path) as clip:
        (frame,) = clip
    assert (frame.pixels == 10).all()


def test_the_size_of_a_gif_is_told_before_anything_is_made_of_it(tmp_path: Path) -> None:
    """Pillow makes an area of the first frame's size on opening, 4 GB for a few bytes."""
    control, frame = b"!\xf9\x04\x08\0\0\0\0", b"," + struct.pack("<HHHHB", 0, 0, 60_000, 50_000, 0)
    screen = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + bytes(6)
    (tmp_path / "a.gif").write_bytes(screen + control + frame + b"\x02\x02\x4c\x01\0;")
    code = f"from charaface.image import size_of; size_of({str(tmp_path / 'a.gif')!r})"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); "
    done = subprocess.run([sys.executable, "-c", limit + code], capture_output=True, text=True, check=False)
    assert "60000x50000 is 3,000,000,000 pixels" in done.stderr.splitlines()[-1]
    Image.new("L", (9, 7)).save(tmp_path / "b.gif")
    assert size_of(tmp_path / "b.gif") == (9, 7)


def test_the_size_of_a_turned_picture_is_that_of_what_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a.jpg").write_bytes(file_of(Image.fromarray(PICTURE), "JPEG", exif=exif))
    assert size_of(tmp_path / "a.jpg") == load(tmp_path / "a.jpg").shape[1::-1] == (5, 7)
