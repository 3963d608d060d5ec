"""Files whole or not at all: what may be read, how much of it, and writing that never leaves half a file."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, AnyStr, BinaryIO

try:
    import fcntl
except ImportError:  # no POSIX
    fcntl = None  # type: ignore[assignment]


class InputError(ValueError):
    """A picture, clip or file that cannot be read: the text names it and the way out."""


class LimitError(InputError):
    """An input beyond a limit: the text names the limit and the option that raises it."""


class OutputError(ValueError):
    """A place that cannot be written to: the text names it and the way out."""


class DamageWarning(UserWarning):
    """Part of an input is damaged, or has no place in the output: the text says which, the rest is used."""


@dataclass(frozen=True)
class Limits:
    """What an input may ask for; checked from headers, before anything is decoded."""

    pixels: int = 100_000_000  # width times height of a picture or frame: 300 MB decoded
    frames: int = 200_000  # of a clip: two hours at 25 a second
    seconds: float = 4 * 3600.0  # how long a clip plays
    faces: int = 1000  # in one picture

    def check_size(self, name: str, width: int, height: int) -> None:
        """Raises LimitError for a picture of too many pixels, InputError for one of none."""
        if width < 1 or height < 1:
            raise InputError(f"{name}: a picture of {width}x{height} pixels is empty")
        if width * height > self.pixels:
            count = width * height
            raise LimitError(
                f"{name}: {width}x{height} is {count:,} pixels, the limit is {self.pixels:,}; "
                f"--max-pixels {count} raises it"
            )

    def check_length(self, name: str, frames: int | None, seconds: float | None) -> None:
        """Raises LimitError for a clip of too many frames or seconds; None is not known."""
        if frames is not None and frames > self.frames:
            raise LimitError(
                f"{name}: {frames:,} frames, the limit is {self.frames:,}; --max-frames {frames} raises it"
            )
        if seconds is not None and seconds > self.seconds:
            raise LimitError(
                f"{name}: {seconds:,.1f} seconds, the limit is {self.seconds:,.1f}; "
                f"--max-seconds {int(seconds) + 1} raises it"
            )

    def check_faces(self, name: str, faces: int) -> None:
        """Raises LimitError for a picture with too many faces."""
        if faces > self.faces:
            raise LimitError(f"{name}: {faces:,} faces, the limit is {self.faces:,}; --max-faces {faces} raises it")


DEFAULT_LIMITS = Limits()
# what names of pictures and clips end on
SUFFIXES = frozenset(
    [".png", ".apng", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"]
    + [".mp4", ".m4v", ".mov", ".mkv", ".webm"]
)
MOVING = frozenset([".gif", ".apng", ".webp", ".mp4", ".m4v", ".mov", ".mkv", ".webm"])  # often many frames
_PART = ".charaface-"  # how the names of files begin that are being written
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # controls, and what turns text round
_LONGEST = 1 << 26  # signs of a line: a thousand faces take a tenth of it
_LARGEST = 1 << 30  # bytes of a file that has no lines
_NO_FILE = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")  # pictures in a movie's dress


def sniff(head: bytes) -> str | None:
    """The kind of a file from its first 32 bytes: png jpeg webp gif bmp tiff avif mp4 matroska, or None."""
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:2] == b"BM" and len(head) > 25:
        return "bmp"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return "tiff"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "avif"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return None
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    return None


@contextmanager
def open_input(path: Path, *, may_be_empty: bool = False) -> Iterator[BinaryIO]:
    """A file to read; raises InputError where it is missing, none (a folder, a pipe), empty, locked or breaks off."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind in _NO_FILE:  # before it is opened: to open a pipe is to wait for who writes into it
            raise InputError(f"{path}: is {_NO_FILE[kind]}; give a file{' in it' if kind == stat.S_IFDIR else ''}")
        file = path.open("rb")
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be opened ({reason(error)})") from None
    try:
        with file:
            if not file.read(1) and not may_be_empty:
                raise InputError(f"{path}: is an empty file; fetch or make it anew")
            file.seek(0)
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({reason(error)})") from error


def lines(file: IO[AnyStr], name: str) -> Iterator[AnyStr]:
    """The lines of an open file with their ends. Raises InputError for one that is too long for what it may hold."""
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            raise InputError(f"{name}:{number}: a line of more than {_LONGEST:,} signs; give a file of faces")
        yield line


def contents(file: BinaryIO, name: str) -> bytes:
    """All of an open file that is read at once. Raises InputError for more than fits."""
    size = file.seek(0, os.SEEK_END)
    if size > _LARGEST:
        raise InputError(f"{name}: {size:,} bytes are read at once, the most are {_LARGEST:,}; split it first")
    file.seek(0)
    return file.read()


@contextmanager
def atomic(path: Path, source: Path | None = None, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary name beside path to write to, renamed to path when all went well and deleted when not.

    source is what is being read: writing over it raises OutputError unless overwrite is set; so does a folder
    that is missing or may not be written to.
    """
    target = _target(path)
    if source is not None and not overwrite and same_file(source, target):
        raise OutputError(f"{path}: is the input itself; choose another name for the output")
    part = target.parent / f"{_PART}{secrets.token_hex(6)}.part"
    try:
        with _held(part, path):
            yield part
            os.replace(part, target)
            part = target
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({reason(error)})") from error
    finally:
        if part is not target:
            part.unlink(missing_ok=True)


@contextmanager
def _held(part: Path, path: Path) -> Iterator[None]:
    """Makes a file and holds it locked, where the system can, so that it can be told from one left behind."""
    try:
        file = part.open("xb")
    except OSError as error:
        raise OutputError(
            f"{path}: cannot write in {path.parent} ({reason(error)}); choose another folder with -o"
        ) from None
    with file:
        if not fcntl:
            file.close()  # or it could not be renamed
        else:
            with suppress(OSError):  # some network drives know no locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def sweep(folder: Path) -> None:
    """Deletes what programs that were killed left half written below a folder, where the system can tell."""
    for part in folder.rglob(f"{_PART}*.part") if fcntl else ():
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its writer lives
            part.unlink()


def _target(path: Path) -> Path:
    """Where a file of that name is written. Raises OutputError where there is no place for one."""
    try:
        target = Path(os.path.realpath(path))  # a link goes on pointing at what it points at
        folder, strange = target.parent.is_dir(), target.exists() and not target.is_file()
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: is no name for a file ({reason(error)}); choose another") from None
    if not folder:
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first or choose another with -o")
    if strange:
        raise OutputError(f"{path}: is no file; choose another name for the output")
    return target


def pictures_below(
    folder: Path, without: Path | None = None, onerror: Callable[[OSError], None] | None = None
) -> Iterator[Path]:
    """The pictures and clips below a folder by their suffixes, in natural order, nothing hidden.

    without: a folder that is not entered. onerror: hears of folders that cannot be read, as that of os.walk.
    """
    out = None if without is None else without.resolve()
    for place, folders, names in os.walk(folder, onerror=onerror):
        here = Path(place)
        folders[:] = sorted((f for f in folders if not f.startswith(".") and (here / f).resolve() != out), key=natural)
        for name in sorted(names, key=natural):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield here / name


def same_file(a: Path, b: Path) -> bool:
    """Whether two paths are one file, under whatever names."""
    try:
        return os.path.samefile(a, b)
    except (OSError, ValueError):
        return False


def reason(error: BaseException) -> str:
    if text := getattr(error, "strerror", None):  # of an OSError, and of FFmpeg's errors
        return str(text)
    return str(error) or type(error).__name__


def plain(text: str) -> str:
    """Words on one line that leave the terminal as it is: what a name has of other signs is written as \\n, \\x1b."""
    return _NOT_PLAIN.sub(lambda sign: ascii(sign[0])[1:-1], text)


def natural(name: str) -> list[tuple[int, int, str]]:
    """The key that sorts frame2 before frame10; names that differ in case alone keep one order."""
    stem, suffix = os.path.splitext(name)
    # isdecimal is true of digits in any script, which int reads too
    key = [(1, int(p), p) if p.isdecimal() else (2, 0, p.casefold()) for p in re.split(r"(\d+)", stem) if p]
    return [*key, (0, 0, suffix), (0, 0, name)]
