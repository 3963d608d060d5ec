"""Pictures: load, save, warp, tile. Only formats on a list are decoded, limits are checked before."""

from __future__ import annotations

import os
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from charaface.files import (
    DEFAULT_LIMITS,
    DamageWarning,
    InputError,
    LimitError,
    Limits,
    OutputError,
    atomic,
    open_input,
    reason,
    sniff,
)
from charaface.gif import GifError, GifReader, GifWriter
from charaface.jpeg import picture_part

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "DEFAULT_LIMITS",
    "DamageWarning",
    "Fill",
    "InputError",
    "LimitError",
    "Limits",
    "OutputError",
    "Source",
    "encoded",
    "load",
    "name_of",
    "opened",
    "over_white",
    "pages",
    "pixels_of",
    "readable",
    "save",
    "size_of",
    "tile",
    "warp",
    "without_alpha",
]

Fill = tuple[int, int, int] | Literal["mirror", "nearest"]  # what a crop shows outside its picture
Source = Any  # str, Path, bytes, PIL image or uint8 array: what an image argument may be

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "AVIF")  # the only ones that Pillow decodes; GIF is read by gif
_SAVE: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {"compress_level": 6}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"lossless": True, "method": 2}),
    ".gif": ("GIF", {}),
    ".bmp": ("BMP", {}),
    ".tif": ("TIFF", {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_deflate"}),
    ".avif": ("AVIF", {"quality": 95, "subsampling": "4:4:4"}),
}
PICTURES = frozenset(_SAVE)  # what the names of picture files end on
_EXIF_ORIENTATION = 0x0112
_BYTES, _BYTES_A_PIXEL = 1 << 30, 8  # 16 bits of four colours
_opening = threading.Lock()


def load(source: Source, limits: Limits = DEFAULT_LIMITS, *, alpha: bool = False) -> np.ndarray:
    """A picture as an (H, W, 3) uint8 RGB array, upright, alpha laid over white; frame 0 of an animation.

    source: str, Path, bytes, PIL image (its present frame) or uint8 array (H, W), (H, W, 3), (H, W, 4). With
    alpha=True a picture that has transparency is given as (H, W, 4) instead. Raises InputError for what is no
    picture and LimitError for one too large, both naming it; TypeError for any other source.
    """
    if isinstance(source, np.ndarray):
        pixels = _from_array(source)
    elif isinstance(source, (str, os.PathLike)):
        path = Path(source)
        with open_input(path) as file:
            pixels = _decode(file, name_of(source), limits)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        pixels = _decode(BytesIO(source), name_of(source), limits)
    elif hasattr(source, "getexif") and hasattr(source, "convert"):
        name = name_of(source)
        limits.check_size(name, *source.size)
        with readable(name):
            pixels = pixels_of(source)
    else:
        raise TypeError(f"an image is a path, bytes, a PIL image or a uint8 array, got {type(source).__name__}")
    return pixels if alpha or pixels.shape[2] == 3 else over_white(pixels)


def name_of(source: Source) -> str:
    """What words call an image argument."""
    if isinstance(source, (str, os.PathLike)):
        return str(Path(source))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return f"picture of {len(source):,} bytes"
    if isinstance(source, np.ndarray):
        return "the picture"
    return Path(getattr(source, "filename", "") or "").name or "PIL image"


def size_of(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> tuple[int, int]:
    """Width and height of a picture as it is shown, from its header. Raises InputError for what is none."""
    with open_input(Path(path)) as file:
        if sniff(file.read(32)) == "gif":
            file.seek(0)
            info = _gif(file, str(path), limits).info
            return info.width, info.height
        file.seek(0)
        with opened(file, str(path), limits) as image:
            width, height = image.size
            return (height, width) if _orientation(image) > 4 else (width, height)


def pages(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> int:
    """How many pictures a file holds. Raises InputError for what is none."""
    with open_input(Path(path)) as file, opened(file, str(path), limits) as image, readable(str(path)):
        return int(getattr(image, "n_frames", 1))


def over_white(rgba: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 of an (H, W, 4) uint8 picture laid over white."""
    out = rgba[..., :3].copy()
    soft = rgba[..., 3] < 255
    thin = rgba[soft].astype(np.uint16)
    out[soft] = (thin[:, :3] * thin[:, 3:] + 255 * (255 - thin[:, 3:]) + 127) // 255
    return out


def without_alpha(rgba: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 of an opaque (H, W, 4) uint8 picture."""
    import cv2

    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB))


def pixels_of(image: Image) -> np.ndarray:
    """(H, W, 3) uint8 of a PIL image's present frame, upright, or (H, W, 4) where it has transparency."""
    image.load()  # asking a PNG for its orientation loads it too, and would keep what is broken to itself
    turn = _orientation(image)
    if image.mode.startswith("I"):  # 16-bit grey: 65535 is white. Pillow's own conversion would cut it at 255
        grey = np.clip((np.asarray(image).astype(np.int64) + 128) // 257, 0, 255).astype(np.uint8)
        return _from_array(_turned(grey, turn))
    if image.mode == "F":
        raise InputError("a PIL image of mode F has no known white; convert it to L or RGB first")
    clear = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    mode = "RGBA" if clear else "RGB"
    whole = image if image.mode == mode else image.convert(mode)  # which copies what is right already
    return np.ascontiguousarray(_turned(np.asarray(whole), turn))


@contextmanager
def opened(file: BinaryIO, name: str, limits: Limits) -> Iterator[Image]:
    """A PIL image of a file on the list of formats, its size within limits, nothing decoded yet."""
    from PIL import Image, UnidentifiedImageError

    head = file.read(32)
    file.seek(0)
    if sniff(head) == "webp":  # Pillow allocates the whole canvas of a WebP on opening
        limits.check_size(name, *_webp_size(head))
    with readable(name):
        file = picture_part(file) if sniff(head) == "jpeg" else file
        _check_bytes(file, name, limits)
    with readable(name), _opening:  # our own limit, checked next, takes the place of Pillow's
        most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            image = Image.open(file, formats=FORMATS)
        except UnidentifiedImageError:
            raise InputError(f"{name}: its header is damaged or cut short; save it anew first") from None
        finally:
            Image.MAX_IMAGE_PIXELS = most
    with image:
        limits.check_size(name, *image.size)
        yield image


def _check_bytes(file: BinaryIO, name: str, limits: Limits) -> None:
    """Raises LimitError for a file far larger than its pixels may be; some kinds are read into memory whole."""
    size, most = file.seek(0, os.SEEK_END), max(_BYTES, _BYTES_A_PIXEL * limits.pixels)
    file.seek(0)
    if size > most:
        raise LimitError(
            f"{name}: a picture file of {size:,} bytes, the limit is {most:,}; "
            f"--max-pixels {-(-size // _BYTES_A_PIXEL)} raises it"
        )


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turns whatever a decoder throws into an InputError, and keeps its warnings to itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InputError, OutputError, GeneratorExit):
        raise
    except MemoryError:
        raise InputError(f"{name}: does not fit in memory; make it smaller first") from None
    except Exception as error:  # Pillow's plugins throw OSError, SyntaxError, struct.error, KeyError and others
        raise InputError(f"{name}: is damaged or cut short ({reason(error)}); save it anew first") from error


def save(image: np.ndarray, path: str | Path, *, source: str | Path | None = None, overwrite: bool = False) -> Path:
    """Writes an (H, W, 3) or (H, W, 4) uint8 picture, all of it or nothing, in the format its name ends on.

    PNG, WebP, BMP and TIFF lose nothing; JPEG and AVIF are written at quality 95, JPEG and BMP with alpha over white.
    Returns the path. Raises OutputError for a name or folder that will not do, and for source, the input, unless
    overwrite is set.
    """
    path = Path(path)
    if path.suffix.lower() not in _SAVE:
        raise OutputError(f"{path}: pictures end on {' '.join(_SAVE)}, not on {path.suffix or 'nothing'}")
    data = encoded(_from_array(image), path.suffix.lower())
    with atomic(path, None if source is None else Path(source), overwrite=overwrite) as part:
        part.write_bytes(data)
    return path


def save_indexed(
    values: np.ndarray, palette: np.ndarray, path: str | Path, *, source: str | Path | None = None
) -> Path:
    """Writes (H, W) uint8 values as a PNG whose palette, (N, 3) uint8, shows them; the file holds the values.

    Returns the path; raises OutputError as save does.
    """
    from PIL import Image

    picture = Image.fromarray(values)
    picture.putpalette(palette.astype(np.uint8).tobytes())
    out = BytesIO()
    picture.save(out, "PNG")
    with atomic(Path(path), None if source is None else Path(source)) as part:
        part.write_bytes(out.getvalue())
    return Path(path)


def encoded(pixels: np.ndarray, suffix: str, **instead: Any) -> bytes:
    """The bytes of a picture file whose name ends on suffix, as save() takes; instead: of the writer's options."""
    from PIL import Image

    kind, options = _SAVE[suffix]
    if kind in ("JPEG", "BMP") and pixels.shape[2] == 4:
        pixels = over_white(pixels)
    out = BytesIO()
    if kind == "GIF":
        writer = GifWriter(out, pixels.shape[1], pixels.shape[0])
        writer.add(pixels, 0)
        writer.close()
    else:
        Image.fromarray(np.ascontiguousarray(pixels)).save(out, kind, **{**options, **instead})
    return out.getvalue()


def warp(image: np.ndarray, matrix: np.ndarray, size: tuple[int, int], fill: Fill = (0, 0, 0)) -> np.ndarray:
    """A crop of size (width, height) by the (2, 3) map from picture points to crop points (pixel centres).

    Bilinear; where the crop is less than half as large as what it shows, that is shrunk by area first, so
    that fine lines do not flicker. Outside the picture is fill: a colour, the picture mirrored at its edge, or its
    nearest pixel. image (H, W, 3) or (H, W) uint8; returns (height, width, 3) or (height, width) uint8.
    """
    import cv2

    matrix = np.asarray(matrix, np.float64)
    k = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if 0 < k <= 0.5:  # powers of two: shrinking by these is many times faster than by others
        image, matrix = _shrunk(image, matrix, size, 1 << int(np.log2(1 / k)), whole=fill == "mirror")
    if isinstance(fill, str):
        border = cv2.BORDER_REFLECT_101 if fill == "mirror" else cv2.BORDER_REPLICATE
        return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border))
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_CONSTANT
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=flags, borderMode=border, borderValue=fill))


def tile(width: int, height: int, side: int, overlap: int) -> np.ndarray:
    """(N, 4) int boxes of at most side x side pixels that cover a picture, row by row.

    Tiles overlap by at least overlap pixels, lie inside the picture and are spread evenly: none is a sliver.
    """
    if not 0 <= overlap < side:
        raise ValueError(f"tiles of {side} pixels overlap by 0 to {side - 1}, got {overlap}")

    def starts(length: int) -> np.ndarray:
        if length <= side:
            return np.zeros(1, np.int64)
        count = -(-(length - overlap) // (side - overlap))
        return np.rint(np.linspace(0, length - side, count)).astype(np.int64)

    y0, x0 = (g.ravel() for g in np.meshgrid(starts(height), starts(width), indexing="ij"))
    return np.stack([x0, y0, np.minimum(x0 + side, width), np.minimum(y0 + side, height)], axis=1)


def _shrunk(
    image: np.ndarray, matrix: np.ndarray, size: tuple[int, int], step: int, *, whole: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The part of the picture that a crop shows, or the whole of it, shrunk step times, and its map to the crop."""
    import cv2

    corners = np.array([[-1, -1], [size[0], -1], [-1, size[1]], [size[0], size[1]]], np.float64)
    back = np.linalg.inv(matrix[:, :2])
    corners = (corners - matrix[:, 2]) @ back.T
    height, width = image.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0) / step) * step, 0, (width, height)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) / step + 1) * step, 0, (width, height)).astype(int)
    if (high - low < step).any():
        return image, matrix
    if whole:  # what is mirrored may lie beyond what is shown
        low, high = np.zeros(2, dtype=int), np.array([width, height])
    part = image[low[1] : high[1], low[0] : high[0]]
    small = (max(1, part.shape[1] // step), max(1, part.shape[0] // step))
    shrink = np.array([part.shape[1] / small[0], part.shape[0] / small[1]])
    # a point q of the small picture lies at (q + 0.5) * shrink - 0.5 + low of the large one
    linear = matrix[:, :2] * shrink
    offset = matrix[:, 2] + matrix[:, :2] @ (0.5 * shrink - 0.5 + low)
    shrunk = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    return shrunk, np.column_stack([linear, offset])


def _decode(file: BinaryIO, name: str, limits: Limits) -> np.ndarray:
    head = file.read(32)
    file.seek(0)
    kind = sniff(head)
    if kind == "gif":
        return _first_of_gif(file, name, limits)
    if kind in ("mp4", "matroska"):
        raise InputError(f"{name}: is a clip, not a picture; the frames of a clip are read by frames()")
    if kind is None:
        raise InputError(
            f"{name}: is no PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF picture; save it as one of these first"
        )
    with opened(file, name, limits) as image, readable(name):
        if image.info.get("default_image"):  # an APNG's stand-in for programs that know no APNG
            image.seek(1)
        if image.mode == "F":
            raise InputError(f"{name}: holds fractions whose white is not known; save it with 8 or 16 bits first")
        return pixels_of(image)


def _first_of_gif(file: BinaryIO, name: str, limits: Limits) -> np.ndarray:
    reader = _gif(file, name, limits)
    try:
        rgba = next(iter(reader)).rgba
    except GifError as error:
        raise InputError(f"{name}: cannot be read as GIF: {error}") from error
    return rgba if (rgba[..., 3] < 255).any() else without_alpha(rgba)


def _gif(file: BinaryIO, name: str, limits: Limits) -> GifReader:
    """A reader of a GIF whose size is within limits."""
    try:
        reader = GifReader(file)
    except GifError as error:
        raise InputError(f"{name}: cannot be read as GIF: {error}") from error
    limits.check_size(name, reader.info.width, reader.info.height)
    return reader


def _from_array(array: np.ndarray) -> np.ndarray:
    """An (H, W), (H, W, 3) or (H, W, 4) uint8 array as three or four contiguous channels."""
    wanted = "an image array is uint8 of shape (H, W), (H, W, 3) or (H, W, 4)"
    channels = array.shape[2:] if array.ndim in (2, 3) else (0,)
    if array.dtype != np.uint8 or channels not in ((), (3,), (4,)):
        raise InputError(f"{wanted}, got {array.dtype} of shape {array.shape}")
    if 0 in array.shape:
        raise InputError(f"{wanted}, got an empty one: {array.shape}")
    if array.ndim == 2:
        return np.repeat(array[:, :, None], 3, axis=2)
    return np.ascontiguousarray(array)


def _orientation(image: Image) -> int:
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # broken metadata is no reason to refuse a picture
        return 1


def _turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The upright picture for an EXIF orientation of 1 to 8."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height from the first 30 bytes of a WebP file (RFC 9649); (0, 0) where they break off."""
    kind, body = head[12:16], head[20:30]
    if len(body) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", body[6:10])
    return width & 0x3FFF, height & 0x3FFF
