"""The part of a JPEG file that makes its picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from charaface.jpeg import picture_part

NOISE = np.random.default_rng(5).integers(0, 256, (60, 80, 3), dtype=np.uint8)
EXIF = Image.Exif()
EXIF[0x0112] = 6


class Counted(io.BytesIO):
    """Bytes that count how often they are read."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(NOISE).convert(mode).save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        jpeg(),
        jpeg(quality=100, subsampling=0),
        jpeg("L"),
        jpeg("CMYK", quality=100),
        jpeg(progressive=True, quality=100),
        jpeg(restart_marker_blocks=1),
        jpeg(exif=EXIF.tobytes(), icc_profile=bytes(200_000), comment=b"\xff\xd9" * 999),
    ],
)
def test_the_picture_is_all_there_and_what_is_behind_is_not(data: bytes) -> None:
    part = picture_part(io.BytesIO(data + bytes(3_000_000)))
    assert part.getvalue()[: len(data)] == data
    assert len(part.getvalue()) < len(data) + 1_100_000
    with Image.open(part) as got, Image.open(io.BytesIO(data)) as want:
        assert np.array_equal(np.asarray(got), np.asarray(want))


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"\xff\xe0\0\0", b"\xff\xd0", b"\xff\xe0\0\x02"])
def test_a_file_without_pixels_is_given_up_soon(fill: bytes) -> None:
    file = Counted(b"\xff\xd8" + fill * 500_000)
    with pytest.raises(ValueError, match="no pixels"):
        picture_part(file)
    assert file.reads <= 100_000
