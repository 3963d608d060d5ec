"""Batches: sample k is a pure function of (seed, k), so that a resumed run sees what it would have seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from charaface.face import DOMAINS
from charaface.train.augment import Crop, empty_crop, landmark_crop
from charaface.train.compose import Picture, Scene, compose, scene_of
from charaface.train.config import Data
from charaface.train.packs import Pack

Batch = dict[str, np.ndarray]
KIND_OF = {  # the generator's kind of picture to one of face.DOMAINS
    "photo": "photo",
    "painting": "painting",
    **dict.fromkeys(("anime", "webtoon", "chibi"), "anime"),
    **dict.fromkeys(("manga", "line"), "manga"),
    **dict.fromkeys(("cartoon", "comic", "caricature"), "cartoon"),
}


@dataclass(frozen=True, eq=False)
class World:
    """Faces of one renderer."""

    pack: Pack
    count: int  # of its renders that are learned from; those after them are for validation
    share: float  # of the samples with a face


def shuffled(seed: int, count: int, k: int) -> int:
    """The k-th draw from range(count) when all are drawn once, in a new order, before any comes again."""
    epoch, place = divmod(k, count)
    return int(_permutation(seed, count, epoch)[place])


_orders: dict[tuple[int, int, int], np.ndarray] = {}


def _permutation(seed: int, count: int, epoch: int) -> np.ndarray:
    order = _orders.get((seed, count, epoch))
    if order is None:
        if len(_orders) > 8:  # a training moves through its epochs: the old ones are not needed again
            _orders.clear()
        order = np.random.default_rng((seed, epoch, 0x5EED)).permutation(count)
        _orders[seed, count, epoch] = order
    return order


def prefetched(make: Callable[[int], Batch], first: int, last: int, *, threads: int = 1) -> Iterator[Batch]:
    """make(first), ..., make(last - 1) in this order, each prepared by a background thread a few ahead."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="batches")
    waiting: deque[Future[Batch]] = deque()
    step = first
    try:
        while waiting or step < last:
            while step < last and len(waiting) < 2 + threads:
                waiting.append(pool.submit(make, step))
                step += 1
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def learned(negatives: Pack) -> int:
    """How many renders of a pack without faces are learned from; the twentieth after them is for validation."""
    return max(len(negatives) * 19 // 20, 1)


def worlds_of(data: Data, packs: Callable[[str, int], Pack]) -> list[World]:
    """The faces that the generator draws, and the people that it photographs or draws where a recipe asks for them."""
    asked = {"people": (data.people, data.people_share), "toons": (data.toons, data.toons_share)}
    others = {kind: (count, share) for kind, (count, share) in asked.items() if count}
    own = 1 - sum(share for _, share in others.values())
    worlds = [World(packs("faces", data.renders + data.held_out), data.renders, own)]
    return worlds + [World(packs(k, count + data.held_out), count, share) for k, (count, share) in others.items()]


def drawn_world(worlds: Sequence[World], rng: np.random.Generator) -> World:
    """One of the worlds, each by its share."""
    return worlds[int(np.searchsorted(np.cumsum([w.share for w in worlds[:-1]]), rng.random(), side="right"))]


def landmark_batch(
    step: int, *, worlds: Sequence[World], negatives: Pack | None, data: Data, seed: int, batch: int, size: int = 128
) -> Batch:
    """Step's batch for the landmark network.

    image (B, S, S, 3) uint8, points (B, 68, 2) float32 in 0..1, visible (B, 68) float32, unit (B,) float32
    the box over the crop, face (B,) float32 1 where the crop is framed on a face, domain (B,) int64 an index into
    face.DOMAINS, -1 where it is not known.
    """
    crops = [_landmark_sample(step * batch + i, worlds, negatives, data, seed, size) for i in range(batch)]
    return stack_crops(crops)


def stack_crops(crops: list[Crop]) -> Batch:
    """Crops as the arrays of a batch."""
    return {
        "image": np.stack([c.image for c in crops]),
        "points": np.stack([c.points for c in crops]),
        "visible": np.stack([c.visible for c in crops]).astype(np.float32),
        "unit": np.asarray([c.unit for c in crops], np.float32),
        "face": np.asarray([c.face for c in crops], np.float32),
        "domain": np.asarray([c.domain for c in crops], np.int64),
    }


def _landmark_sample(k: int, worlds: Sequence[World], negatives: Pack | None, data: Data, seed: int, size: int) -> Crop:
    rng = np.random.default_rng((seed, k))
    kind = rng.random()
    if negatives is not None and kind < data.negative_share:
        return empty_crop(negatives.images[int(rng.integers(learned(negatives)))], rng, size=size)
    framed = kind >= data.negative_share + data.misframed_share
    world = drawn_world(worlds, rng)
    index = shuffled(seed, world.count, k)
    other = world.pack.images[int(rng.integers(world.count))]
    return face_crop(world.pack, index, rng, size=size, other=other, framed=framed, strength=data.strength)


def face_crop(pack: Pack, index: int, rng: np.random.Generator, *, size: int = 128, **options: Any) -> Crop:
    """A sample of the landmark network from render index; one without a face where the render shows none.

    options as landmark_crop's.
    """
    rows = pack.rows(index)
    if rows.start == rows.stop:
        return empty_crop(pack.images[index], rng, size=size)
    row = rows.start
    crop = landmark_crop(
        pack.images[index], pack.points[row], pack.visible[row], pack.box[row], rng, size=size, **options
    )
    return replace(crop, domain=domain_of(pack, row))


def domain_of(pack: Pack, row: int) -> int:
    """Index into face.DOMAINS of a face of a pack, -1 where it is not known; anime without colour is manga."""
    kind = KIND_OF.get(str(pack.domain[row]))
    if kind == "anime" and pack.monochrome[row] > 0.5:
        kind = "manga"
    return DOMAINS.index(kind) if kind else -1


def detector_batch(
    step: int, *, scenes: Pack, negatives: Pack | None, data: Data, seed: int, batch: int, size: int = 320
) -> Batch:
    """Step's batch for the detector.

    image (B, S, S, 3) uint8, boxes (B, M, 4) float32 pixels of which the first count (B,) int64 are faces,
    ignored (B, G, 4) float32; both padded with empty boxes.
    """
    pictures = [_picture(step * batch + i, scenes, negatives, data, seed, size) for i in range(batch)]
    return stack_pictures(pictures)


def stack_pictures(pictures: list[Picture]) -> Batch:
    """Pictures as the arrays of a batch."""
    return {
        "image": np.stack([p.image for p in pictures]),
        "boxes": _padded([p.boxes for p in pictures]),
        "ignored": _padded([p.ignored for p in pictures]),
        "count": np.asarray([len(p.boxes) for p in pictures], np.int64),
    }


def _picture(k: int, scenes: Pack, negatives: Pack | None, data: Data, seed: int, size: int) -> Picture:
    rng = np.random.default_rng((seed, k))
    chosen: list[Scene] = []
    for i in range(4):
        if negatives is not None and rng.random() < data.negative_share:
            chosen.append(scene_of(negatives, int(rng.integers(learned(negatives)))))
        else:  # the first in turn, so that each scene is seen as often; its neighbours by chance
            index = shuffled(seed, data.renders, k) if i == 0 else int(rng.integers(data.renders))
            chosen.append(scene_of(scenes, index))
    return compose(chosen, rng, size=size)


def _padded(boxes: list[np.ndarray]) -> np.ndarray:
    out = np.zeros((len(boxes), max(len(b) for b in boxes), 4), np.float32)
    for row, own in zip(out, boxes, strict=True):
        row[: len(own)] = own
    return out
