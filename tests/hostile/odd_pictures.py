"""Pictures and clips that are odd and fine, or damaged behind their first frame: each is read."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from raw_pictures import ZERO, Kind, after, at, bmp, damaged_gif, fresh, moving, png, saved, scene, tiff

from charaface.gif import GifWriter


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved("JPEG", exif=exif.tobytes())


def pages(form: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(scene()).save(out, form, save_all=True, append_images=[Image.fromarray(scene(1))])
    return out.getvalue()


def grey16(form: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.asarray(Image.fromarray(scene()).convert("L"), np.uint16) * 257).save(out, form)
    return out.getvalue()


def upside_down() -> bytes:
    """A BMP whose rows go from top to bottom."""
    return bmp(120, -90, pixels=scene()[..., ::-1].tobytes())


def zero_delays() -> bytes:
    out = io.BytesIO()
    writer = GifWriter(out, 120, 90)
    for i in range(3):
        writer.add(scene(i), 0)
    writer.close()
    return out.getvalue()


def commented() -> bytes:
    """A GIF with a comment of a megabyte and a block of an unknown kind."""
    data = moving(".gif")
    start = data.index(b"!")
    note = b"!\xfe" + (b"\xff" + b"c" * 255) * 4000 + b"\0" + b"!\x77\x03abc\0"
    return data[:start] + note + data[start:]


def plain(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


ODD: dict[str, Kind] = {
    "another kind's name": ("a.png", lambda: saved("JPEG")),
    "a clip with a picture's name": ("a.jpg", lambda: saved("PNG", "P")),
    "one pixel": ("a.png", lambda: png(1, 1)),
    "one row": ("a.png", lambda: plain(20_000, 1)),
    "one column": ("a.png", lambda: plain(1, 20_000)),
    "16-bit PNG": ("a.png", lambda: grey16("PNG")),
    "16-bit TIFF": ("a.tif", lambda: grey16("TIFF")),
    "black and white PNG": ("a.png", lambda: saved("PNG", "1")),
    "grey PNG with alpha": ("a.png", lambda: saved("PNG", "LA")),
    "palette PNG": ("a.png", lambda: saved("PNG", "P")),
    "clear palette PNG": ("a.png", lambda: saved("PNG", "P", transparency=0)),
    "clear colour PNG": ("a.png", lambda: saved("PNG", "RGB", transparency=(255, 0, 255))),
    "PNG with words behind it": ("a.png", lambda: saved("PNG") + b"<?php words ?>" * 99),
    "APNG that lies about its frames": ("a.png", lambda: fresh(after(moving(".png"), b"acTL", b"\0\0\xff\xff"))),
    "CMYK JPEG": ("a.jpg", lambda: saved("JPEG", "CMYK")),
    "grey JPEG": ("a.jpg", lambda: saved("JPEG", "L")),
    "progressive JPEG": ("a.jpg", lambda: saved("JPEG", progressive=True)),
    "turned JPEG": ("a.jpg", lambda: turned(6)),
    "JPEG turned by 99": ("a.jpg", lambda: turned(99)),
    "JPEG with broken EXIF": ("a.jpg", lambda: saved("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")),
    "JPEG of several": ("a.jpg", lambda: pages("MPO")),
    "grey GIF": ("a.gif", lambda: saved("GIF", "L")),
    "GIF of no delays": ("a.gif", zero_delays),
    "GIF with a comment of 1 MB": ("a.gif", commented),
    "GIF without an end": ("a.gif", lambda: moving(".gif")[:-1]),
    "GIF with words behind it": ("a.gif", lambda: moving(".gif") + b"words" * 99),
    "GIF cut in its last frame": ("a.gif", lambda: moving(".gif")[:-20]),
    "GIF with a damaged second frame": ("a.gif", lambda: damaged_gif(1)),
    "GIF whose screen has no size": ("a.gif", lambda: at(saved("GIF"), 6, ZERO)),
    "WebP with alpha": ("a.webp", lambda: saved("WEBP", "RGBA", lossless=True)),
    "WebP that moves": ("a.webp", lambda: moving(".webp")),
    "BMP from top to bottom": ("a.bmp", upside_down),
    "palette BMP": ("a.bmp", lambda: saved("BMP", "P")),
    "TIFF of several": ("a.tif", lambda: pages("TIFF")),
    "TIFF that comes back to itself": ("a.tif", lambda: tiff(8, 8, next_ifd=72)),
    "CMYK TIFF": ("a.tif", lambda: saved("TIFF", "CMYK", compression="tiff_lzw")),
    "fax TIFF": ("a.tif", lambda: saved("TIFF", "1", compression="group4")),
    "AVIF with alpha": ("a.avif", lambda: saved("AVIF", "RGBA")),
    "MP4 whose table hides": ("a.mp4", lambda: moving(".mp4").replace(b"moov", b"free")),
    "MP4 with tags in no script": ("a.mp4", lambda: moving(".mp4").replace(b"Lavf", b"\x9c\xe1vf")),
    "Matroska cut in its last frame": ("a.mkv", lambda: moving(".mkv")[:-40]),
    "MOV": ("a.mov", lambda: moving(".mov")),
}  # fmt: skip
