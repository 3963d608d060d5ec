"""Kinds of pictures: what faces of folders that hold one kind are said to be of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from charaface.evaluate.table import Cell, Section
from charaface.face import DOMAINS, Face
from charaface.image import load

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
FOLDERS = {  # below the data folder, and what their pictures are
    "photos68": "photo",
    "anime-faces": "anime",
    "anime-colours": "anime",
    "cartoon-boxes": "cartoon",
    "open-art/renpy_vn_sprites": "anime",
    "open-art/rpi_anime_expressions": "anime, in lines",
    "open-art/google_cartoonset_samples/images": "cartoon",
    "open-art/pepper_carrot": "cartoon, painted",
    "open-art/valyria_portraits": "painting",
}
MOST = 250  # pictures of a folder, evenly spaced by name


def section(
    data: Path, find: Callable[..., Sequence[Face]], progress: Callable[[str, int, int], None], most: int = MOST
) -> Section:
    """A row a folder: its faces, and the share of them that each kind of picture is likeliest for, in per cent."""
    rows: list[tuple[Cell, ...]] = []
    for folder, kind in FOLDERS.items():
        pictures = sorted(path for path in (data / folder).rglob("*") if path.suffix.lower() in SUFFIXES)
        pictures = pictures[:: -(-len(pictures) // most)] if pictures else []
        told: Counter[str | None] = Counter()
        for done, path in enumerate(pictures):
            progress(folder, done, len(pictures))
            told.update(face.kind for face in find(load(path)))
        faces = sum(told.values())
        rows.append((folder, kind, faces, *(100 * told[name] / max(faces, 1) for name in DOMAINS)))
    return Section("What kind of picture faces are said to be of, %", ("", "are", "faces", *DOMAINS), tuple(rows))
