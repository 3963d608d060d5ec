"""Folders of the same people in many pictures: tuples and capture grids, the same bytes for any number of workers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from charaface.image import save
from charaface.synth.dataset import Written, contact_sheet, in_processes
from charaface.synth.grid import Cell, cells, render_grid
from charaface.synth.kit import read_kit
from charaface.synth.labels import ALSO, PARTS, Render
from charaface.synth.photograph import studio
from charaface.synth.tuples import VARIES, VIEWS, render_tuple

_PEOPLE, _CELLS = 5, 45  # of a job


@dataclass(frozen=True)
class Wish:
    """What the pictures of a folder are."""

    folder: str
    heads: str
    seed: int
    size: int
    also: tuple[str, ...]
    aligned: bool
    vary: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """Some of the pictures: tuples of people, or cells of one person's grid."""

    wish: Wish
    people: range
    chosen: tuple[Cell, ...] = field(default=())


def write_tuples(
    out: str | Path,
    n: int = 1000,
    seed: int = 1,
    *,
    heads: str | Path,
    size: int = 192,
    workers: int = 2,
    aligned: bool = False,
    also: Collection[str] = (),
    vary: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Writes n people in many ways each: images/NNNNNN_VIEW.png for each of tuples.VIEWS.

    labels.jsonl has an object a picture, whose face notes person and view; sheet.png shows the first. also, of
    labels.ALSO, adds masks/, alpha/, cutout/ and uv/ with files of the same names, and points3d.jsonl. A pixel of uv/
    has 16 bits a channel: red is 1 + 65534 u, green the same of v, both 0 off the skin. aligned, vary: as for
    tuples.render_tuple. rates are people a CPU-second. Raises ValueError for a wrong wish, KitError for a bad file of
    heads.
    """
    wish = _wish(out, heads, seed, size, also, aligned, n, workers, vary)
    jobs = [Job(wish, range(a, min(a + _PEOPLE, n))) for a in range(0, n, _PEOPLE)]
    return _written(jobs, n * len(VIEWS), workers, "people", n, progress)


def write_grid(
    out: str | Path,
    n: int = 1,
    seed: int = 1,
    *,
    heads: str | Path,
    size: int = 192,
    workers: int = 2,
    axes: Mapping[str, Sequence[int | str]] | None = None,
    aligned: bool = False,
    also: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Writes the capture grids of n people: images/NNNNNN_YAW_PITCH_LIGHT_ACCESSORY_EXPRESSION_MEDIUM.png.

    axes: the values of each of grid.AXES, those of the table where it is not named. The faces in labels.jsonl note
    person and cell. also, aligned and errors as for write_tuples; rates are pictures a CPU-second.
    """
    chosen = cells(axes)
    wish = _wish(out, heads, seed, size, also, aligned, n, workers, ())
    parts = [tuple(chosen[a : a + _CELLS]) for a in range(0, len(chosen), _CELLS)]
    jobs = [Job(wish, range(index, index + 1), part) for index in range(n) for part in parts]
    return _written(jobs, n * len(chosen), workers, "pictures", n * len(chosen), progress)


def _wish(
    out: str | Path, heads: str | Path, seed: int, size: int, also: Collection[str], aligned: bool, n: int,
    workers: int, vary: Collection[str],
) -> Wish:  # fmt: skip
    if n < 1 or size < 32 or workers < 1:
        raise ValueError(f"needs n >= 1, size >= 32 and workers >= 1, got n={n}, size={size}, workers={workers}")
    for what, names, known in (("also", also, ALSO), ("vary", vary, VARIES)):
        if unknown := set(names) - set(known):
            raise ValueError(f"{what} is of {', '.join(known)}, not {', '.join(sorted(unknown))}")
    read_kit(heads)
    return Wish(str(out), str(heads), seed, size, tuple(also), aligned, tuple(vary))


def _written(
    jobs: list[Job], pictures: int, workers: int, unit: str, units: int, progress: Callable[[int, int], None] | None
) -> Written:
    """Runs the jobs, and writes the labels of what they make in order."""
    wish = jobs[0].wish
    out = Path(wish.folder)
    for name in ("images", *(name for name in wish.also if name != "points3d")):
        (out / name).mkdir(parents=True, exist_ok=True)
    faces, done, spent = 0, 0, 0.0
    files = ["labels.jsonl", *(["points3d.jsonl"] if "points3d" in wish.also else [])]
    texts = [(out / name).open("w", encoding="utf-8", newline="\n") for name in files]
    try:
        for rows, seconds in in_processes(_done, jobs, workers):
            for row in rows:
                for text, values in zip(texts, row, strict=True):
                    text.write(json.dumps(values, ensure_ascii=False) + "\n")
                faces += len(row[0]["faces"])
            done, spent = done + len(rows), spent + seconds
            if progress:
                progress(done, pictures)
    finally:
        for text in texts:
            text.close()
    if "masks" in wish.also:
        (out / "parts.json").write_text(json.dumps(dict(enumerate(PARTS))) + "\n", encoding="utf-8")
    contact_sheet(out, out / "sheet.png", 50, 10, every=1 if unit == "people" else max(pictures // 50, 1))
    return Written(out, pictures, faces, {unit: round(units / max(spent, 1e-9), 1)})


def _done(job: Job) -> tuple[list[list[dict[str, Any]]], float]:
    """The labels of each picture of a job, and the CPU seconds that rendering took."""
    studio(job.wish.heads)  # once a process, and not in the time
    rows, spent, start = [], 0.0, time.process_time()
    for name, render in _renders(job):
        spent += time.process_time() - start
        rows.append(_kept(job.wish, name, render))
        start = time.process_time()
    return rows, spent


def _renders(job: Job) -> Iterator[tuple[str, Render]]:
    wish, heads = job.wish, studio(job.wish.heads)
    for index in job.people:
        if job.chosen:
            grid = render_grid(heads, wish.seed, index, wish.size, job.chosen, aligned=wish.aligned, also=wish.also)
            yield from ((f"{index:06d}_{cell.name}", render) for cell, render in grid)
        else:
            many = render_tuple(
                heads, wish.seed, index, wish.size, aligned=wish.aligned, vary=wish.vary, also=wish.also
            )
            yield from ((f"{index:06d}_{view}", render) for view, render in many.items())


def _kept(wish: Wish, name: str, render: Render) -> list[dict[str, Any]]:
    """Saves a picture and what it carries; returns its labels, and its points in space where they are asked for."""
    folder, file = Path(wish.folder), f"images/{name}.png"
    save(render.image, folder / file, overwrite=True)
    flat = {"masks": None if render.masks is None else render.masks[0], "alpha": render.alpha, "cutout": render.cutout}
    for kind, values in flat.items():
        if values is not None:
            save(np.repeat(values[..., None], 3, axis=2), folder / kind / f"{name}.png", overwrite=True)
    if render.uv is not None:
        (folder / "uv" / f"{name}.png").write_bytes(_packed(render.uv))
    faces = [face.to_dict() for face in render.faces]
    rows: list[dict[str, Any]] = [{"file": file, "width": wish.size, "height": wish.size, "faces": faces}]
    if render.points3d is not None:
        rows.append({"file": file, **render.points3d.to_dict()})
    return rows


def _packed(uv: np.ndarray) -> bytes:
    """A PNG of 16 bits a channel of (H, W, 2) places on the map of the skin."""
    known = ~np.isnan(uv[..., 0])
    values = np.zeros((*uv.shape[:2], 3), np.uint16)
    values[known, 2], values[known, 1] = (np.round(1 + 65534 * uv[known]).astype(np.uint16)).T  # OpenCV has blue first
    return bytes(cv2.imencode(".png", values)[1])
