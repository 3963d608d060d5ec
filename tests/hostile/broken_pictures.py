"""Pictures and clips that are broken or hostile: each kind a name of a file and its bytes, made on the spot."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

from raw_pictures import (
    PNG,
    ZERO,
    Kind,
    after,
    at,
    bmp,
    chunk,
    damaged_gif,
    fresh,
    gif,
    moving,
    png,
    riff,
    saved,
    sound,
    tiff,
)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../a.png", b"x")
    return out.getvalue()


class Trap:
    """Unpickled it would end the program."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("import os; os._exit(77)",)


@cache
def with_text() -> bytes:
    """A PNG whose comment unpacks to 100 MB."""
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b" * 100_000_000, 1))
    return saved("PNG")[:33] + text + saved("PNG")[33:]


def anmf(pixels: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The chunks of an animated WebP of 8 x 8 pixels with one frame."""
    frame = bytes(6) + bytes([7, 0, 0, 7, 0, 0, 40, 0, 0, 0]) + b"VP8L" + struct.pack("<I", len(pixels)) + pixels
    return (b"VP8X", bytes([2, 0, 0, 0, 7, 0, 0, 7, 0, 0])), (b"ANIM", bytes(6)), (b"ANMF", frame)


BROKEN: dict[str, Kind] = {
    # no picture at all
    "nothing": ("a.png", lambda: b""),
    "one byte": ("a.gif", lambda: b"G"),
    "text": ("a.jpg", lambda: b"this is no picture"),
    "zeros": ("a.bmp", lambda: bytes(1_000_000)),
    "ones": ("a.webp", lambda: b"\xff" * 1_000_000),
    "SVG": ("a.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
    "SVG with entities": ("a.jpg", lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'),
    "EPS": ("a.png", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"),
    "PDF": ("a.tif", lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"),
    "ZIP that climbs out": ("a.png", zipped),
    "pickle that runs code": ("a.png", lambda: pickle.dumps(Trap())),
    "HTML": ("a.gif", lambda: b"<!doctype html><img src=a.gif>"),
    "shell script": ("a.png", lambda: b"#!/bin/sh\nexit 77\n"),
    "program": ("a.avif", lambda: b"\x7fELF\x02\x01\x01" + bytes(60)),
    "HEIC": ("a.avif", lambda: b"\0\0\0\x18ftypheic" + ZERO + b"mif1heic" + bytes(40)),
    "icon": ("a.png", lambda: saved("ICO")),
    "PPM": ("a.png", lambda: saved("PPM")),
    "TGA": ("a.tif", lambda: saved("TGA")),
    "PCX": ("a.bmp", lambda: saved("PCX")),
    "Photoshop": ("a.tif", lambda: b"8BPS\0\x01" + bytes(40)),
    "FITS": ("a.png", lambda: b"SIMPLE  =                    T" + bytes(90)),
    "JPEG 2000": ("a.jpg", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60)),
    "playlist": ("a.mp4", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
    "playlist of addresses": ("a.mkv", lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"),
    "concat script": ("a.mp4", lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "manifest": ("a.mp4", lambda: b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>'),
    "session description": ("a.mp4", lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nm=video 9 RTP/AVP 96\n"),
    "AVI": ("a.mp4", lambda: b"RIFF\x40\0\0\0AVI LIST" + bytes(50)),
    "Flash movie": ("a.mp4", lambda: b"FLV\x01\x05" + bytes(50)),
    "transport stream": ("a.mp4", lambda: (b"G@\0\x10" + bytes(184)) * 4),
    # PNG
    "PNG of another magic": ("a.png", lambda: at(saved("PNG"), 1, b"PNH")),
    "PNG of its magic alone": ("a.png", lambda: PNG),
    "PNG cut in the header": ("a.png", lambda: saved("PNG")[:20]),
    "PNG cut in the pixels": ("a.png", lambda: saved("PNG")[:100]),
    "PNG bomb": ("a.png", lambda: png(50_000, 50_000)),
    "PNG of 2^31": ("a.png", lambda: png(0x7FFFFFFF, 0x7FFFFFFF)),
    "PNG of no width": ("a.png", lambda: png(width=0)),
    "PNG without a header": ("a.png", lambda: PNG + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")),
    "PNG without pixels": ("a.png", lambda: png(pixels=b"")),
    "PNG of noise": ("a.png", lambda: png(pixels=b"\x99" * 200)),
    "PNG with a wrong checksum": ("a.png", lambda: after(saved("PNG"), b"IDAT", b"\xff\xff", 9)),
    "PNG of 9 bits": ("a.png", lambda: png(depth=9)),
    "PNG of no colour type": ("a.png", lambda: png(colour=5)),
    "PNG with a chunk of 2 GB": ("a.png", lambda: PNG + struct.pack(">I4s", 0x7FFFFFFF, b"IHDR") + bytes(40)),
    "PNG whose comment is a bomb": ("a.png", with_text),
    "APNG whose first frame is outside": ("a.png", lambda: fresh(after(moving(".png"), b"fcTL", b"\0\0\xff\xff", 4))),
    # GIF
    "GIF of another version": ("a.gif", lambda: b"GIF88a" + moving(".gif")[6:]),
    "GIF cut in the header": ("a.gif", lambda: moving(".gif")[:10]),
    "GIF cut in the palette": ("a.gif", lambda: moving(".gif")[:15]),
    "GIF cut in the first frame": ("a.gif", lambda: damaged_gif(0)[:80]),
    "GIF without frames": ("a.gif", lambda: gif(320, 240)),
    "GIF bomb": ("a.gif", lambda: gif(65535, 65535, (1, 1))),
    "GIF with a frame of 65535": ("a.gif", lambda: gif(8, 8, (65535, 65535))),
    "GIF of no size": ("a.gif", lambda: gif(0, 0, (0, 0))),
    "GIF with damaged pixels": ("a.gif", lambda: damaged_gif(0)),
    "GIF of 99 bits a code": ("a.gif", lambda: gif(8, 8, (8, 8), b"\x63\x02\x4c\x01\0")),
    # WebP
    "WebP cut in the header": ("a.webp", lambda: saved("WEBP")[:20]),
    "WebP cut in the pixels": ("a.webp", lambda: saved("WEBP")[:60]),
    "WebP bomb": ("a.webp", lambda: riff((b"VP8X", bytes([2, 0, 0, 0]) + b"\xff\xff\xff" * 2), (b"VP8L", bytes(9)))),
    "WebP of strange chunks": ("a.webp", lambda: riff((b"ABCD", bytes(40)))),
    "WebP whose frames are noise": ("a.webp", lambda: riff(*anmf(b"\x99" * 60), *anmf(b"\x98" * 60)[2:])),
    "WebP of no bytes": ("a.webp", lambda: riff((b"VP8 ", b""), size=0)),
    "WebP that lies about its size": ("a.webp", lambda: at(moving(".webp"), 4, b"\xff\xff\xff\x7f")),
    "WebP with a chunk of 4 GB": ("a.webp", lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff" + bytes(40)),
    # BMP
    "BMP cut in the header": ("a.bmp", lambda: saved("BMP")[:30]),
    "BMP cut in the pixels": ("a.bmp", lambda: saved("BMP")[:200]),
    "BMP bomb": ("a.bmp", lambda: bmp(50_000, 50_000)),
    "BMP of no size": ("a.bmp", lambda: bmp(0, 0)),
    "BMP of -1 pixels": ("a.bmp", lambda: bmp(-1, 8, pixels=bytes(99))),
    "BMP of 7 bits": ("a.bmp", lambda: bmp(8, 8, 7, bytes(256))),
    # TIFF
    "TIFF cut": ("a.tif", lambda: saved("TIFF")[:50]),
    "TIFF bomb": ("a.tif", lambda: tiff(50_000, 50_000)),
    "TIFF of no size": ("a.tif", lambda: tiff(0, 0)),
    "TIFF whose pixels are elsewhere": ("a.tif", lambda: tiff(8, 8, strip=0x7FFFFFF0)),
    "TIFF whose directory is elsewhere": ("a.tif", lambda: b"II*\0\xff\xff\xff\x7f" + bytes(40)),
    "TIFF of 13 bits": ("a.tif", lambda: tiff(8, 8, bits=13)),
    "TIFF of fractions": ("a.tif", lambda: saved("TIFF", "F")),
    # AVIF
    "AVIF cut in the header": ("a.avif", lambda: saved("AVIF")[:60]),
    "AVIF cut in the pixels": ("a.avif", lambda: saved("AVIF")[:-60]),
    "AVIF of noise": ("a.avif", lambda: saved("AVIF")[:32] + b"\x99" * 200),
    "AVIF bomb": ("a.avif", lambda: after(saved("AVIF"), b"ispe", struct.pack(">II", 60_000, 60_000), 4)),
    # JPEG
    "JPEG of its magic alone": ("a.jpg", lambda: b"\xff\xd8\xff"),
    "JPEG cut in the header": ("a.jpg", lambda: saved("JPEG")[:100]),
    "JPEG cut in the pixels": ("a.jpg", lambda: saved("JPEG")[:-200]),
    "JPEG bomb": ("a.jpg", lambda: after(saved("JPEG"), b"\xff\xc0", struct.pack(">HH", 65500, 65500), 3)),
    "JPEG of no size": ("a.jpg", lambda: after(saved("JPEG"), b"\xff\xc0", ZERO, 3)),
    "JPEG without pixels": ("a.jpg", lambda: saved("JPEG").partition(b"\xff\xda")[0] + b"\xff\xd9"),
    # movies
    "MP4 cut in its table": ("a.mp4", lambda: moving(".mp4")[: moving(".mp4").index(b"moov") + 60]),
    "MP4 without its table": ("a.mp4", lambda: moving(".mp4").replace(b"moov", b"wide")),
    "MP4 of noise": ("a.mp4", lambda: moving(".mp4")[:32] + b"\x99" * 4000),
    "MP4 whose pixels are noise": ("a.mp4", lambda: after(moving(".mp4"), b"mdat", b"\x99" * 3000)),
    "MP4 of sound alone": ("a.mp4", sound),
    "MP4 of an unknown codec": ("a.mp4", lambda: after(moving(".mp4"), b"stsd", b"zzzz", 12)),
    "Matroska of noise": ("a.mkv", lambda: moving(".mkv")[:40] + b"\x99" * 4000),
    "Matroska cut in the header": ("a.mkv", lambda: moving(".mkv")[:60]),
    "WebM of its magic alone": ("a.webm", lambda: b"\x1a\x45\xdf\xa3"),
}  # fmt: skip
