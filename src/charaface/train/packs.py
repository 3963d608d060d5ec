"""Packs: renders drawn once, by several processes, into memory-mapped files of the same bytes for any
number.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charaface.face import ACCESSORIES

CHUNK = 128  # renders a worker draws at a time: what a killed run loses at most, times the workers
Draw = Callable[[int, int, int], Any]  # (seed, index, size) to a render with .image and .faces
Progress = Callable[[int, int], None]  # (done, all)


@dataclass(frozen=True)
class PackKey:
    """What decides every byte of a pack."""

    kind: str  # a key of DRAW
    version: str  # of the generator's code
    seed: int
    count: int
    size: int  # pixels of a side
    masks: bool = False  # whether the parts of each render's one face are kept

    @property
    def folder(self) -> str:
        """The name of its folder in the cache."""
        name = f"{self.kind}-{self.version}-seed{self.seed}-{self.count}x{self.size}"
        return f"{name}-masks" if self.masks else name


@dataclass(frozen=True, eq=False)
class Pack:
    """Renders of one kind, mapped from disk, with the faces of render i in rows start[i] to start[i + 1]."""

    images: np.ndarray  # (N, S, S, 3) uint8
    start: np.ndarray  # (N + 1,) int64
    box: np.ndarray  # (M, 4) float32 pixels
    points: np.ndarray  # (M, P, 2) float32 pixels
    visible: np.ndarray  # (M, P) bool
    domain: np.ndarray  # (M,) str, the likeliest kind of picture
    accessories: np.ndarray  # (M, len(ACCESSORIES)) float32 probabilities, NaN where a render does not tell
    monochrome: np.ndarray  # (M,) float32 probability, NaN where a render does not tell
    masculine: np.ndarray  # (M,) float32 how far it is presented so, NaN where a render does not tell
    masks: np.ndarray | None = None  # (N, S, S) uint8 parts of the one face of a render

    def __len__(self) -> int:
        return len(self.images)

    def rows(self, index: int) -> slice:
        """The rows of the faces of render index."""
        return slice(int(self.start[index]), int(self.start[index + 1]))


def draw_face(seed: int, index: int, size: int) -> Any:
    """A crop with one face, by the generator."""
    from charaface.synth.crops import render_face  # here, so that a rendered pack needs no skia

    return render_face(seed, index, size, masks=True)


def draw_scene(seed: int, index: int, size: int) -> Any:
    """A scene of 0 to 8 faces, by the generator."""
    from charaface.synth.scene import render_scene

    return render_scene(seed, index, (size, size))


def draw_negative(seed: int, index: int, size: int) -> Any:
    """A picture without a face, by the generator."""
    from charaface.synth.scene import render_negative

    return render_negative(seed, index, size)


def draw_person(heads: str, seed: int, index: int, size: int) -> Any:
    """A crop with the face of somebody of a file of heads, photographed by the generator."""
    from charaface.synth.photograph import render_photograph, studio

    return render_photograph(studio(heads), seed, index, size)


def draw_toon(heads: str, seed: int, index: int, size: int) -> Any:
    """The same somebody drawn in flat colours with contours."""
    from charaface.synth.photograph import render_toon, studio

    return render_toon(studio(heads), seed, index, size)


DRAW: dict[str, Draw] = {"faces": draw_face, "scenes": draw_scene, "negatives": draw_negative}
# of a file of heads, before the others
DRAW_HEADS: dict[str, Callable[[str, int, int, int], Any]] = {"people": draw_person, "toons": draw_toon}


def cache_folder() -> Path:
    """Where packs are kept: the environment's CHARAFACE_CACHE, else .cache/charaface of the home folder."""
    return Path(os.environ.get("CHARAFACE_CACHE") or Path.home() / ".cache" / "charaface") / "packs"


def open_pack(
    key: PackKey,
    cache: Path | None = None,
    *,
    workers: int = 2,
    draw: Draw | None = None,
    progress: Progress | None = None,
) -> Pack:
    """The pack of a key: mapped where it is finished, else drawn, going on where a killed call stopped.

    draw (a function at the top of a module, so that a new process finds it) replaces the generator.
    Raises ValueError where a render has another size than the key says.
    """
    folder = (cache_folder() if cache is None else Path(cache)) / key.folder
    if not (folder / "pack.json").exists():
        _draw_all(key, folder, draw or DRAW[key.kind], workers, progress)
    images = np.lib.format.open_memmap(folder / "images.npy", mode="r")
    with np.load(folder / "labels.npz", allow_pickle=False) as labels:
        masks = np.lib.format.open_memmap(folder / "masks.npy", mode="r") if key.masks else None
        return Pack(images, **{name: labels[name] for name in labels.files}, masks=masks)


def _draw_all(key: PackKey, folder: Path, draw: Draw, workers: int, progress: Progress | None) -> None:
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    shape = (key.count, key.size, key.size)
    for name, whole in {"images": (*shape, 3), **({"masks": shape} if key.masks else {})}.items():
        if not (folder / f"{name}.npy").exists():
            fresh = folder / f"{name}.{os.getpid()}.tmp"
            np.lib.format.open_memmap(fresh, "w+", np.uint8, whole).flush()
            os.replace(fresh, folder / f"{name}.npy")
    starts = range(0, key.count, CHUNK)
    todo = [a for a in starts if not _part(folder, a).exists()]
    done = len(starts) - len(todo)
    for _ in _drawn(key, folder, draw, workers, todo):
        done += 1
        if progress:
            progress(min(done * CHUNK, key.count), key.count)
    _finish(key, folder, [_part(folder, a) for a in starts])


def _drawn(key: PackKey, folder: Path, draw: Draw, workers: int, todo: list[int]) -> Iterator[None]:
    """Draws the chunks that begin at todo, yielding once for each."""
    if workers < 2 or len(todo) < 2:
        for a in todo:
            draw_chunk(draw, key, folder, a)
            yield
        return
    context = multiprocessing.get_context("spawn")
    # a Ctrl-C goes to every process of a terminal: the parent alone answers it
    quiet = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=signal.signal, initargs=quiet)
    try:
        for job in as_completed([pool.submit(draw_chunk, draw, key, folder, a) for a in todo]):
            job.result()
            yield
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def draw_chunk(draw: Draw, key: PackKey, folder: Path, first: int) -> None:
    """Draws CHUNK renders into the pack's images, then writes their labels: the sign that they are done."""
    images = np.lib.format.open_memmap(folder / "images.npy", mode="r+")
    masks = np.lib.format.open_memmap(folder / "masks.npy", mode="r+") if key.masks else None
    faces: list[Any] = []
    counts: list[int] = []
    for index in range(first, min(first + CHUNK, key.count)):
        render = draw(key.seed, index, key.size)
        if render.image.shape != images.shape[1:]:
            raise ValueError(f"{key.folder} needs renders of shape {images.shape[1:]}, got {render.image.shape}")
        images[index] = render.image
        if masks is not None and render.masks is not None and len(render.masks):
            masks[index] = render.masks[0]
        faces += render.faces
        counts.append(len(render.faces))
    images.flush()
    if masks is not None:
        masks.flush()
    _write_npz(_part(folder, first), count=np.asarray(counts, np.int64), **_labels(faces))


def _labels(faces: list[Any]) -> dict[str, np.ndarray]:
    domain = [max(f.domain, key=f.domain.get) if f.domain else "" for f in faces]
    count = len(faces[0].landmarks.points) if faces else 68  # without a face any number will do
    return {
        "box": np.asarray([f.box for f in faces], np.float32).reshape(-1, 4),
        "points": np.asarray([f.landmarks.points for f in faces], np.float32).reshape(-1, count, 2),
        "visible": np.asarray([f.landmarks.visible for f in faces], np.bool_).reshape(-1, count),
        "domain": np.asarray(domain, "U24"),
        "accessories": np.asarray(
            [[(f.accessories or {}).get(name, np.nan) for name in ACCESSORIES] for f in faces], np.float32
        ).reshape(-1, len(ACCESSORIES)),
        "masculine": np.asarray([(f.presentation or {}).get("masculine", np.nan) for f in faces], np.float32),
        "monochrome": np.asarray([np.nan if f.monochrome is None else f.monochrome for f in faces], np.float32),
    }


def _finish(key: PackKey, folder: Path, parts: list[Path]) -> None:
    """Joins the labels of all chunks; the pack exists from the moment pack.json does."""
    loaded = []
    for part in parts:
        with np.load(part, allow_pickle=False) as labels:
            loaded.append({name: labels[name] for name in labels.files})
    start = np.concatenate([[0], *(p.pop("count") for p in loaded)]).cumsum().astype(np.int64)
    filled = [p for p in loaded if len(p["box"])] or loaded[:1]  # one without a face has no number of points
    joined = {name: np.concatenate([p[name] for p in filled]) for name in filled[0]}
    _write_npz(folder / "labels.npz", start=start, **joined)
    temporary = folder / f"pack.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(asdict(key), indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, folder / "pack.json")
    for part in parts:
        part.unlink(missing_ok=True)


def _part(folder: Path, first: int) -> Path:
    return folder / "parts" / f"{first:07d}.npz"


def _write_npz(path: Path, **arrays: np.ndarray) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    os.replace(temporary, path)
