"""A folder of generated faces with all their labels: the same bytes for any number of workers."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from charaface.face import EXPRESSIONS
from charaface.image import load, save
from charaface.synth.crops import render_face
from charaface.synth.labels import DOMAINS, PARTS, Render
from charaface.synth.points import layout_named
from charaface.synth.scene import render_scene

CHUNK = 25
T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """What a dataset command made."""

    folder: Path
    pictures: int
    faces: int
    rates: dict[str, float]  # kind of drawing to renders a CPU-second, drawing and labels alone


def write(
    out: str | Path,
    n: int = 1000,
    seed: int = 1,
    *,
    size: int = 128,
    workers: int = 2,
    scenes: bool = False,
    masks: bool = True,
    domain: str | None = None,
    expression: str | None = None,
    scheme: str = "ibug68",
    heads: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Draws n pictures of size x size pixels into a folder and writes their labels.

    images/NNNNNN.png; masks/NNNNNN.png (values index labels.PARTS; single faces only); labels.jsonl with one object a
    picture, in order, its faces as Face.to_dict gives them; parts.json; sheet.png with the points on the first faces.
    scenes draws pictures of 0 to 8 faces, domain one kind of drawing only (labels.DOMAINS), expression one of
    face.EXPRESSIONS only, or with "even" all seven in turn. scheme is that of the points, ibug68 or manga60a: the
    pictures are the same in both. heads, a file of ICT-FaceKit's shapes (kit.read_kit), makes photographs of people in
    place of drawings; they have neither scenes nor kinds nor expressions to choose nor another scheme.
    Raises ValueError for an unknown domain or expression, another scheme, a size under 32 or n under 1, KitError for a
    bad file of heads.
    """
    if domain is not None and domain not in DOMAINS:
        raise ValueError(f"no domain {domain!r}; there are {', '.join(DOMAINS)}")
    if expression not in (None, "even", *EXPRESSIONS):
        raise ValueError(f"no expression {expression!r}; there are {', '.join(EXPRESSIONS)} and even")
    layout_named(scheme)
    if n < 1 or size < 32 or workers < 1:
        raise ValueError(f"needs n >= 1, size >= 32 and workers >= 1, got n={n}, size={size}, workers={workers}")
    if scenes and expression is not None:
        raise ValueError("a scene has faces of every expression: no expression is chosen for it")
    if heads is not None:
        if scenes or domain is not None or expression is not None or scheme != "ibug68":
            raise ValueError("heads are photographed alone, in ibug68: no scenes, domain, expression or other scheme")
        from charaface.synth.kit import read_kit

        read_kit(heads)
    out = Path(out)
    for name in ("images", "masks") if masks and not scenes else ("images",):
        (out / name).mkdir(parents=True, exist_ok=True)
    wish = (size, scenes, masks and not scenes, domain, expression, scheme, str(heads) if heads is not None else None)
    jobs = [(str(out), seed, a, min(a + CHUNK, n), *wish) for a in range(0, n, CHUNK)]
    spent: dict[str, list[float]] = defaultdict(list)
    faces = done = 0
    with (out / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for rows in in_processes(_chunk, jobs, workers):
            for row, kind, seconds in rows:
                labels.write(json.dumps(row, ensure_ascii=False) + "\n")
                spent[kind].append(seconds)
                faces += len(row["faces"])
            done += len(rows)
            if progress:
                progress(done, n)
    (out / "parts.json").write_text(json.dumps(dict(enumerate(PARTS))) + "\n", encoding="utf-8")
    contact_sheet(out, out / "sheet.png")
    rates = {kind: round(len(v) / max(sum(v), 1e-9), 1) for kind, v in sorted(spent.items())}
    return Written(out, n, faces, rates)


def in_processes(work: Callable[[Any], T], jobs: list[Any], workers: int) -> Iterator[T]:
    """What work makes of each job, in their order, in so many processes."""
    if workers == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(work, jobs)


def _chunk(
    job: tuple[str, int, int, int, int, bool, bool, str | None, str | None, str, str | None],
) -> list[tuple[dict[str, Any], str, float]]:
    folder, seed, first, last, size, scenes, masks, domain, expression, scheme, heads = job
    photograph = _photographer(heads) if heads is not None else None
    rows = []
    for index in range(first, last):
        start = time.process_time()
        if photograph is not None:
            render = photograph(seed, index, size)
        elif scenes:
            render = render_scene(seed, index, (size, size), scheme=scheme)
        else:
            feel = EXPRESSIONS[index % len(EXPRESSIONS)] if expression == "even" else expression
            render = render_face(seed, index, size, domain=domain, expression=feel, masks=masks, scheme=scheme)
        seconds = time.process_time() - start
        name = f"{index:06d}.png"
        save(render.image, Path(folder) / "images" / name, overwrite=True)
        if masks and render.masks is not None:
            save(
                np.repeat(render.masks[0][..., None], 3, axis=2),
                Path(folder) / "masks" / name,
                overwrite=True,
            )
        faces = [f.to_dict() for f in render.faces]
        kinds = sorted({k for f in render.faces for k in (f.domain or {})})
        row = {"file": f"images/{name}", "width": size, "height": size, "faces": faces}
        rows.append((row, "+".join(kinds) if not scenes else "scene", seconds))
    return rows


def _photographer(heads: str) -> Callable[[int, int, int], Render]:
    from charaface.synth.photograph import render_photograph, studio  # here, so that drawing starts without numba

    return partial(render_photograph, studio(heads))


def contact_sheet(folder: Path, path: Path, count: int = 48, columns: int = 8, every: int = 1) -> None:
    """The first pictures of a written folder, or of every so many, with points: green seen, red hidden; boxes blue."""
    with (folder / "labels.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in islice(file, 0, count * every, every)]
    size = rows[0]["width"]
    sheet = np.full((-(-len(rows) // columns) * size, columns * size, 3), 255, np.uint8)
    for k, row in enumerate(rows):
        picture = load(folder / row["file"]).copy()
        for face in row["faces"]:
            x0, y0, x1, y1 = (round(v) for v in face["box"])
            cv2.rectangle(picture, (x0, y0), (x1 - 1, y1 - 1), (60, 90, 255), 1)
            for (x, y), seen in zip(face["landmarks"]["points"], face["landmarks"]["visible"], strict=True):
                colour = (40, 220, 60) if seen else (235, 40, 40)
                cv2.circle(picture, (round(x), round(y)), max(1, size // 128), colour, -1)
        a, b = divmod(k, columns)
        sheet[a * size : (a + 1) * size, b * size : (b + 1) * size] = picture
    save(sheet, path, overwrite=True)
