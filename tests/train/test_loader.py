"""Batches: sample k is what it is, whoever asks for it and when."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from charaface.face import DOMAINS
from charaface.train.config import Data
from charaface.train.loader import World, detector_batch, face_crop, landmark_batch, prefetched, shuffled, worlds_of
from charaface.train.packs import Pack, PackKey, open_pack

from . import drawings

DATA = Data(renders=12, held_out=2, negatives=3, negative_share=0.3, misframed_share=0.2, size=48)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    cache = tmp_path_factory.mktemp("packs")
    draw = {"faces": drawings.face, "people": drawings.person, "scenes": drawings.scene, "negatives": drawings.negative}
    counts = {"faces": 14, "people": 14, "scenes": 14, "negatives": 3}
    return {k: open_pack(PackKey(k, "t", 1, counts[k], 48), cache, workers=1, draw=draw[k]) for k in draw}


def landmarks(packs: dict[str, Pack], step: int, batch: int = 8) -> dict[str, np.ndarray]:
    worlds = [World(packs["faces"], 12, 0.75), World(packs["people"], 12, 0.25)]
    return landmark_batch(step, worlds=worlds, negatives=packs["negatives"], data=DATA, seed=3, batch=batch)


def test_an_epoch_shows_each_render_once_in_an_order_of_its_own() -> None:
    epochs = [[shuffled(5, 40, 40 * e + k) for k in range(40)] for e in range(12)]
    assert all(sorted(e) == list(range(40)) for e in epochs)
    assert len({tuple(e) for e in epochs}) == 12
    assert epochs[0] == [shuffled(5, 40, k) for k in range(40)]
    assert epochs[0] != [shuffled(6, 40, k) for k in range(40)]


def test_a_batch_is_a_pure_function_of_its_step(packs: dict[str, Pack]) -> None:
    first, other, second = (landmarks(packs, s) for s in (4, 5, 4))
    assert all((first[k] == second[k]).all() for k in first)
    assert (first["image"] != other["image"]).any()


def test_a_sample_does_not_depend_on_the_batch_it_came_in(packs: dict[str, Pack]) -> None:
    whole, half = landmarks(packs, 1, 8), landmarks(packs, 3, 4)
    np.testing.assert_array_equal(whole["image"][4:], half["image"])


def test_a_landmark_batch_has_its_shapes_and_shares(packs: dict[str, Pack]) -> None:
    batch = landmarks(packs, 0, 200)
    shapes = {k: (v.shape, v.dtype.name) for k, v in batch.items()}
    assert shapes == {
        "image": ((200, 128, 128, 3), "uint8"),
        "points": ((200, 68, 2), "float32"),
        "visible": ((200, 68), "float32"),
        "unit": ((200,), "float32"),
        "face": ((200,), "float32"),
        "domain": ((200,), "int64"),
    }
    assert batch["face"].mean() == pytest.approx(0.5, abs=0.1)
    assert np.abs(batch["points"][batch["face"] > 0] - 0.5).mean() < 0.3


def test_a_recipe_names_its_worlds_and_drawings_have_what_is_left(packs: dict[str, Pack]) -> None:
    asked: list[tuple[str, int]] = []

    def pack(kind: str, count: int) -> Pack:
        asked.append((kind, count))
        return packs["people" if kind == "toons" else kind]

    data = replace(DATA, heads="heads.npz", people=10, people_share=0.3, toons=6, toons_share=0.2)
    worlds = worlds_of(data, pack)
    assert asked == [("faces", 14), ("people", 12), ("toons", 8)]
    assert [(w.count, w.share) for w in worlds] == [(12, pytest.approx(0.5)), (10, 0.3), (6, 0.2)]
    assert [w.share for w in worlds_of(replace(data, people=0, toons=0), pack)] == [1]


def test_faces_come_from_each_world_by_its_share(packs: dict[str, Pack]) -> None:
    batch = landmarks(packs, 0, 400)
    kinds = batch["domain"][batch["face"] > 0]
    assert set(kinds) == {DOMAINS.index("anime"), DOMAINS.index("photo")}
    assert (kinds == DOMAINS.index("photo")).mean() == pytest.approx(0.25, abs=0.08)
    assert (batch["domain"][batch["unit"] == 1 / 1.4] == -1).all()  # pictures without a face have no kind


def test_a_render_that_shows_no_face_is_a_sample_without_one(packs: dict[str, Pack]) -> None:
    crop = face_crop(packs["negatives"], 1, np.random.default_rng(0))
    assert not crop.face


def test_a_detector_batch_pads_its_boxes(packs: dict[str, Pack]) -> None:
    batch = detector_batch(
        0, scenes=packs["scenes"], negatives=packs["negatives"], data=DATA, seed=3, batch=24, size=64
    )
    assert batch["image"].shape == (24, 64, 64, 3)
    assert batch["boxes"].shape == (24, batch["count"].max(), 4)
    assert batch["count"].min() == 0
    assert batch["count"].dtype == np.int64
    for boxes, count in zip(batch["boxes"], batch["count"], strict=True):
        assert (boxes[:count, 2:] > boxes[:count, :2]).all()
        assert (boxes[count:] == 0).all()


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_come_in_order_however_they_are_prepared(threads: int) -> None:
    def make(step: int) -> dict[str, np.ndarray]:
        time.sleep(0.002 * (step % 3))
        return {"step": np.asarray(step)}

    assert [int(b["step"]) for b in prefetched(make, 5, 25, threads=threads)] == list(range(5, 25))


def test_an_error_in_a_batch_reaches_the_training() -> None:
    def make(step: int) -> dict[str, np.ndarray]:
        raise OSError(f"the disk is gone at {step}")

    with pytest.raises(OSError, match="gone at 2"):
        next(prefetched(make, 2, 9))


def test_a_training_that_stops_early_leaves_no_work_behind() -> None:
    made: list[int] = []

    def make(step: int) -> dict[str, np.ndarray]:
        made.append(step)
        return {"step": np.asarray(step)}

    stream = prefetched(make, 0, 1000)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(made) < 8
