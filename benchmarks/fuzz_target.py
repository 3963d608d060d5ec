"""One reader fed by a coverage-guided fuzzer until its time is over; started by fuzz.py for each of them.

    python benchmarks/fuzz_target.py TARGET FOLDER [options of libFuzzer] CORPUS...

The law: a reader yields values that can be written and read again, or raises an InputError of one line that names the
file, and warns of nothing but damage. What breaks it is kept in FOLDER/findings.jsonl, once for each place in the
code, and the run goes on; a crash, a hang or a limit of memory ends the process, and libFuzzer keeps the input.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import struct
import sys
import traceback
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import atheris

atheris.enabled_hooks.add("str")
with atheris.instrument_imports(include=["charaface", "PIL"]):
    from PIL import Image

    import charaface.video.movie  # noqa: F401 (loaded late elsewhere, and then not watched)
    from charaface.files import DamageWarning, InputError, Limits, OutputError
    from charaface.formats import FORMATS, WRITTEN, Record, kept
    from charaface.image import load, size_of
    from charaface.video import open_clip

    Image.init()

LIMITS = Limits(pixels=1_000_000, frames=200, seconds=600.0, faces=100)
SPLIT = b"\n====\n"  # between the two files of a YOLO folder
_TOKEN = re.compile(rb'("(?:[^"\\]|\\.)*"|[\w.+-]+|\s+|[^\w\s])')
_NASTY = [
    *(b"NaN", b"nan", b"Infinity", b"-inf", b"1e308", b"1e39", b"-1", b"0", b"3.5", b"9" * 30, b"9" * 5000, b"null"),
    *(b"true", b"[]", b"{}", b'""', b'"\\ud800"', b'"\\u0000"', b'"a/../b"', b"[" * 5000, b"\xff", b"\0", b"\r", b""),
    *(b"-", b"&a;", b"\xef\xbb\xbf", b"1_0", b"\xd9\xa1", b"0x1", b"[[1,2],[3,4]]", b'{"a":1}', b"\x1b", b'"..."'),
]


class Findings:
    """What broke the law: each place in the code once, with the input that did it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._known = folder, set[str]()

    def add(self, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f"{Path(f.filename).name}:{f.lineno}" for f in frames if "charaface" in f.filename] or ["the law"]
        key = f"{type(error).__name__} at {' < '.join(reversed(ours[-3:]))}"
        if key in self._known:
            return
        self._known.add(key)
        print(f"{key}: {error}", file=sys.stderr)
        name = f"finding-{hashlib.sha256(data).hexdigest()[:12]}"
        (self._folder / name).write_bytes(data)
        with (self._folder / "findings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": key, "said": str(error)[:300], "input": name}) + "\n")


def named(error: Exception, path: Path) -> None:
    """One line, with the file in it."""
    text = str(error)
    if str(path) not in text or len(text.splitlines()) != 1:
        raise AssertionError(f"is not one line that names the file: {text[:200]!r}") from error


def of_faces(name: str, folder: Path) -> Callable[[bytes], None]:
    """Reads a file of faces; what comes of it is written as another format and read again."""
    form = FORMATS[name]
    place = folder / "in" if name == "yolo" else folder / f"in{form.suffix}"
    (folder / "in/labels").mkdir(parents=True, exist_ok=True)

    def check(data: bytes) -> None:
        if name == "yolo":
            index, _, labels = data.partition(SPLIT)
            (place / "pictures.csv").write_bytes(index)
            (place / "labels/a.txt").write_bytes(labels)
        else:
            place.write_bytes(data)
        try:
            records = list(form.read(place))
        except InputError as error:
            named(error, place)
            return
        for record in records:
            Record.from_dict(json.loads(json.dumps(record.to_dict(), allow_nan=False)))
        written(records, WRITTEN[zlib.crc32(data) % len(WRITTEN)], folder / "out")

    return check


def written(records: list[Record], name: str, folder: Path) -> None:
    """Writes records that were read, and reads them again."""
    form = FORMATS[name]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    out = folder / f"out{form.suffix}"
    try:
        form.write(out, records)
    except OutputError as error:
        named(error, folder)
        return
    if any(True for _ in kept(records, form.lacks)):
        for _ in form.read(out):
            pass


def of_pictures(name: str, folder: Path) -> Callable[[bytes], None]:
    """Reads a file as a picture and as a clip, to its end."""
    path = folder / f"in.{name}"

    def clip() -> None:
        with open_clip(path, LIMITS) as opened:
            for frame in opened:
                if frame.pixels.shape[:2] != (opened.height, opened.width):
                    raise AssertionError(f"a frame of {frame.pixels.shape} in a clip of {opened.info}")

    def check(data: bytes) -> None:
        path.write_bytes(data)
        for read in (lambda: load(path, LIMITS), lambda: size_of(path, LIMITS), clip):
            try:
                read()
            except InputError as error:
                named(error, path)

    return check


def reworded(data: bytes, most: int, seed: int) -> bytes:
    """Changes bytes, or words of a text: one for another of its own or for a nasty one, a stretch twice or none."""
    rng = random.Random(seed)
    if rng.random() < 0.4:
        return bytes(atheris.Mutate(data, most))
    words = [word for word in _TOKEN.split(data) if word]
    for _ in range(rng.randint(1, 3)):
        if not words:
            break
        at, kind = rng.randrange(len(words)), rng.random()
        if kind < 0.5:
            words[at] = rng.choice(_NASTY)
        elif kind < 0.7:
            words[at] = rng.choice(words)
        else:
            stretch = words[at : at + rng.randint(1, 40)]
            words[at : at + len(stretch)] = stretch * rng.choice([0, 0, 2])
    return b"".join(words)[:most]


def mended(data: bytes, most: int, _seed: int) -> bytes:
    """Changes bytes of a PNG and puts its checksums right, without which no reader looks further."""
    raw = bytearray(atheris.Mutate(data, most))
    at = 8
    while at + 12 <= len(raw):
        (size,) = struct.unpack_from(">I", raw, at)
        end = at + 8 + size
        if end + 4 > len(raw):
            break
        struct.pack_into(">I", raw, end, zlib.crc32(raw[at + 4 : end]))
        at = end + 4
    return bytes(raw)


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    warnings.simplefilter("error")
    for kind in (DamageWarning, ResourceWarning, DeprecationWarning):
        warnings.simplefilter("ignore", kind)
    check = (of_faces if name in FORMATS else of_pictures)(name, folder)
    findings = Findings(folder)

    def one(data: bytes) -> None:
        try:
            check(data)
        except Exception as error:
            findings.add(error, data)

    mutators = {"png": mended, **dict.fromkeys(set(FORMATS) - {"parquet"}, reworded)}
    more = {"custom_mutator": mutators[name]} if name in mutators else {}
    atheris.Setup([sys.argv[0], *sys.argv[3:]], one, **more)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
