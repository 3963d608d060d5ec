"""Every reader fed by a coverage-guided fuzzer: inputs tried, code reached, findings.

    pip install atheris
    python benchmarks/fuzz.py [--minutes 60] [--jobs 2] [--only pts --only gif] [--work FOLDER] [--no-record]

Targets are all formats of faces and all kinds of pictures and clips, a process each; 36 of 60 minutes go to faces.
Coverage is that of Python code (charaface, Pillow's plugins): what is decoded in C (Pillow, FFmpeg, Arrow) is fed too,
but does not guide. Seeds are small files by our own writers; numbers are drawn from fixed seeds. Ends with status 1 if
there were findings, which stay in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import record
from PIL import Image
from rows import Row

from charaface.face import Colour, Emotion, Face, Landmarks, Pose
from charaface.formats import FORMATS, WRITTEN, Record
from charaface.image import save
from charaface.video import ClipFrame, ClipInfo, write_clip

PICTURES = ("gif", "png", "webp", "jpeg", "bmp", "tiff", "avif", "mp4", "matroska")
SHARE = 0.6  # of the time for files of faces
SPLIT = b"\n====\n"  # as in fuzz_target.py
HERE = Path(__file__).parent
HANGS, MEMORY, LARGEST = 10, 2048, 20_000  # seconds, MiB, bytes of an input


@dataclass
class Tried:
    """What one target went through."""

    target: str
    seconds: float = 0.0  # of fuzzing, without the start of the process
    inputs: int = 0
    features: int = 0  # of coverage, as libFuzzer counts them
    corpus: int = 0  # inputs that reached something new
    findings: list[str] = field(default_factory=list)


def fuzz(name: str, seconds: float, work: Path) -> Tried:
    """Runs one target for so many seconds, again after each crash."""
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    seeds, corpus = folder / "seeds", folder / "corpus"
    for path in (seeds, corpus):
        path.mkdir(parents=True)
    (face_seeds if name in FORMATS else picture_seeds)(name, seeds)
    tried, end = Tried(name), time.monotonic() + seconds
    for attempt in range(50):
        left = round(end - time.monotonic())
        if left < 1:
            break
        words = [f"-max_total_time={left}", f"-seed={zlib.crc32(name.encode()) + attempt}", f"-max_len={LARGEST}"]
        words += [f"-timeout={HANGS}", f"-rss_limit_mb={MEMORY}", "-print_final_stats=1", "-verbosity=1"]
        words += [f"-artifact_prefix={folder}/", f"-dict={dictionary(seeds, folder)}", str(corpus), str(seeds)]
        command = [sys.executable, str(HERE / "fuzz_target.py"), name, str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment(), check=False)
        count(tried, done.stderr)
        if done.returncode:
            (folder / f"died-{attempt}.log").write_text(done.stdout + done.stderr)
            tried.findings.append(death(done.returncode, done.stderr))
    kept = folder / "findings.jsonl"
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    tried.findings += [f"{entry['what']}: {entry['said']} ({entry['input']})" for entry in map(json.loads, lines)]
    return tried


def count(tried: Tried, log: str) -> None:
    """Adds what libFuzzer says it did."""
    states = re.findall(r"^#(\d+)\s+\w+.*? ft: (\d+) corp: (\d+)", log, re.MULTILINE)
    units = re.findall(r"stat::number_of_executed_units: (\d+)", log)
    if states:
        tried.features = max(tried.features, int(states[-1][1]))
        tried.corpus = max(tried.corpus, int(states[-1][2]))
    tried.seconds += sum(int(taken) for taken in re.findall(r"^Done \d+ runs in (\d+) second", log, re.MULTILINE))
    tried.inputs += int(units[-1]) if units else int(states[-1][0]) if states else 0


def death(status: int, log: str) -> str:
    """Why a process ended before its time, in a line."""
    said = re.findall(r"(?:ERROR|SUMMARY): (.*)", log) or log.strip().splitlines()[-1:] or ["nothing said"]
    kept = re.findall(r"Test unit written to \S*?([\w-]+)$", log, re.MULTILINE)
    return f"ended with status {status}: {said[-1]}" + (f" ({kept[-1]})" if kept else "")


def environment() -> dict[str, str]:
    """That of this process, with the package beside this file first."""
    paths = [str(HERE.parent / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


def dictionary(seeds: Path, folder: Path) -> Path:
    """The words of the seeds, for libFuzzer to put in whole."""
    found = {w for seed in sorted(seeds.iterdir()) for w in re.findall(rb"[A-Za-z_]{3,24}", seed.read_bytes())}
    words = [word.decode() for word in sorted(found)[:300]] + ["NaN", "Infinity", "1e308", "null", "-1"]
    path = folder / "words"
    path.write_text("".join(f'"{word}"\n' for word in words))
    return path


def samples() -> list[list[Record]]:
    """Records with all that a face can have, without any face, and of a clip."""
    points = np.stack([np.linspace(1, 9, 68), np.linspace(2, 8, 68) ** 1.5], axis=1)
    marks = Landmarks(points, np.linspace(0, 1, 68), np.arange(68) % 5 > 0)
    full = Face(
        [1, 2, 30, 40.5],
        0.75,
        marks,
        Pose(1, -2.5, 3),
        Emotion("happy", {"happy": 0.75, "sad": 0.25}),
        {"hair": Colour("#f2a7c3", "pink", 0.5), "left_eye": Colour("#0000ff", "blue")},
        {"anime": 0.75},
        3,
        {"detect": "detector-1"},
    )
    bare = Face([1, 2, 30, 40], 0.5, track=1)
    return [
        [Record("a.png", 0, 0.0, 64, 48, [full])],
        [Record("folder/b.png", 0, 0.0, 64, 48, [bare, bare])],
        [Record("c.gif", 0, 0.0, 64, 48, []), Record("c.gif", 1, 0.04, 64, 48, [bare])],
    ]


def face_seeds(name: str, folder: Path) -> None:
    """Files of faces by our own writer."""
    form = FORMATS[name]
    with tempfile.TemporaryDirectory() as place:
        for number, records in enumerate(samples()):
            out = Path(place) / f"{number}{form.suffix}"
            form.write(out, records)
            if name == "yolo":
                labels = sorted((out / "labels").rglob("*.txt"))[0].relative_to(out).as_posix()
                index = (out / "pictures.csv").read_bytes().replace(labels.encode(), b"labels/a.txt")
                (folder / f"{number}").write_bytes(index + SPLIT + (out / labels).read_bytes())
                continue
            for path in [out] if out.is_file() else out.rglob(f"*{form.suffix}"):
                shutil.copyfile(path, folder / f"{number}-{path.name}")


def picture_seeds(name: str, folder: Path) -> None:
    """Small pictures and clips of a kind, by our own writers and in Pillow's other modes."""
    rgba = np.random.default_rng(3).integers(0, 256, (24, 32, 4), dtype=np.uint8)
    rgba[:12] = 200
    suffixes = {"mp4": [".mp4", ".mov"], "matroska": [".mkv", ".webm"]}.get(name, [f".{name}"])
    for suffix in suffixes:
        if name in ("gif", "png", "webp", "mp4", "matroska"):
            info = ClipInfo(folder / "none", name, 32, 24, 3, 0.12, loop=0, lossless=True)
            frames = [ClipFrame(i, i / 25, 0.04, np.roll(rgba[..., :3], i, 1)) for i in range(3)]
            write_clip(folder / f"clip{suffix}", info, frames)
        if name not in ("mp4", "matroska"):
            save(rgba[..., :3], folder / f"rgb{suffix}")
            save(rgba, folder / f"rgba{suffix}")
    for mode, options in MODES.get(name, []):
        stem = f"{mode}{len(options)}{next(iter(options.values()), '')}".replace(";", "")
        image = Image.fromarray(rgba[..., :3])
        image = Image.fromarray(np.asarray(image.convert("L"), np.uint16)) if mode == "I;16" else image.convert(mode)
        image.save(folder / f"{stem}.{name}", **options)


MODES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "png": [(mode, {}) for mode in ("1", "L", "LA", "P", "I;16")],
    "gif": [("L", {}), ("P", {"interlace": 1})],
    "webp": [("RGB", {"quality": 50})],
    "jpeg": [("L", {}), ("CMYK", {}), ("RGB", {"progressive": True})],
    "bmp": [("1", {}), ("L", {}), ("P", {})],
    "tiff": [("RGB", {"compression": how}) for how in ("tiff_lzw", "packbits", "jpeg")]
    + [("1", {"compression": "group4"}), ("I;16", {}), ("CMYK", {}), ("F", {})],
    "avif": [("RGB", {"quality": 40, "subsampling": "4:2:0"})],
}


def table(rows: Iterable[Tried]) -> str:
    """What was tried, as Markdown."""
    lines = ["| target | minutes | inputs tried | coverage features | corpus | findings |", "|---|---|---|---|---|---|"]
    for t in rows:
        lines.append(
            f"| {t.target} | {t.seconds / 60:.1f} | {t.inputs:,} | {t.features:,} | {t.corpus:,} | {len(t.findings)} |"
        )
    return "\n".join(lines) + "\n"


def total(rows: list[Tried], name: str) -> Tried:
    """The sum of some targets."""
    findings = [finding for row in rows for finding in row.findings]
    return Tried(
        name,
        sum(row.seconds for row in rows),
        sum(row.inputs for row in rows),
        sum(row.features for row in rows),
        sum(row.corpus for row in rows),
        findings,
    )


def goals(sums: list[Tried]) -> list[Row]:
    """What is asked of an hour of it."""
    faces, others, everything = sums
    return [
        Row("minutes of all targets", everything.seconds / 60, least=60),
        Row("inputs tried, files of faces", faces.inputs),
        Row("inputs tried, pictures and clips", others.inputs),
        Row("findings", len(everything.findings), most=0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="in all, split over the targets")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time")
    parser.add_argument("--only", action="append", choices=[*WRITTEN, *PICTURES], help="this target; repeatable")
    parser.add_argument("--work", type=Path, help="where corpora and findings stay; fastest in memory")
    parser.add_argument("--no-record", action="store_true", help="keep no results beside the code")
    options = parser.parse_args()
    where = record.machine()
    memory = Path("/dev/shm")
    work = options.work or Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))
    names = options.only or [*WRITTEN, *PICTURES]
    seconds = split(names, options.minutes * 60)
    with ThreadPoolExecutor(options.jobs) as pool:
        rows = []
        for row in pool.map(partial(lambda name: fuzz(name, seconds[name], work)), names):
            rows.append(row)
            print(table([row]).splitlines()[-1], *row.findings, sep="\n  ", flush=True)
    faces = [row for row in rows if row.target in FORMATS]
    others = [row for row in rows if row.target not in FORMATS]
    sums = [total(faces, "files of faces"), total(others, "pictures and clips"), total(rows, "all")]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("atheris", "av", "pyarrow"))
    how = f"{options.jobs} targets at a time on {where['cores']} cores, seeds as in `fuzz.py`; {versions}"
    text = table([*rows, *sums]) + f"\n{how}\n" + "".join(f"\n- {finding}" for finding in sums[2].findings)
    print(text)
    if not options.no_record:
        found = {
            "minutes": options.minutes,
            "jobs": options.jobs,
            "versions": versions,
            "targets": [asdict(row) for row in rows],
            "rows": [row.to_dict() for row in goals(sums)],
        }
        print("written:", *record.write("fuzz", "Fuzzing of the readers", where, found, text), sep="\n")
    print(f"corpora and findings: {work}")
    return 1 if sums[2].findings else 0


def split(names: list[str], seconds: float) -> dict[str, float]:
    """Seconds of each target: SHARE of them for files of faces, where both kinds are wanted."""
    faces = [name for name in names if name in FORMATS]
    others = [name for name in names if name not in FORMATS]
    share = SHARE if faces and others else 1.0 if faces else 0.0
    return {
        **dict.fromkeys(faces, share * seconds / max(len(faces), 1)),
        **dict.fromkeys(others, (1 - share) * seconds / max(len(others), 1)),
    }


if __name__ == "__main__":
    sys.exit(main())
