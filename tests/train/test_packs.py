"""Packs: the same bytes for any number of workers, and never drawn twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charaface.face import ACCESSORIES
from charaface.train import packs
from charaface.train.packs import PackKey, open_pack

from . import drawings

KEY = PackKey("faces", "test", 1, 300, 16)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((folder / KEY.folder).glob("*")) if p.is_file()}


def test_a_pack_is_the_same_to_the_byte_for_any_number_of_workers(tmp_path: Path) -> None:
    for workers in (1, 2):
        open_pack(KEY, tmp_path / str(workers), workers=workers, draw=drawings.face)
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert sorted(one) == ["images.npy", "labels.npz", "pack.json"]
    assert one == two


def test_a_pack_holds_what_was_drawn(tmp_path: Path) -> None:
    key = PackKey("scenes", "test", 2, 40, 32)
    pack = open_pack(key, tmp_path, workers=1, draw=drawings.scene)
    assert len(pack) == 40
    for i in range(40):
        wanted = drawings.scene(2, i, 32)
        np.testing.assert_array_equal(pack.images[i], wanted.image)
        rows = pack.rows(i)
        assert rows.stop - rows.start == len(wanted.faces)
        for row, face in zip(range(rows.start, rows.stop), wanted.faces, strict=True):
            np.testing.assert_array_equal(pack.points[row], face.landmarks.points)
            np.testing.assert_array_equal(pack.box[row], face.box)
            assert pack.visible[row].all()
            assert pack.domain[row] == "anime"


def test_a_pack_without_faces_has_empty_labels(tmp_path: Path) -> None:
    pack = open_pack(PackKey("negatives", "t", 1, 3, 16), tmp_path, workers=1, draw=drawings.negative)
    assert pack.points.shape == (0, 68, 2)
    assert pack.rows(2) == slice(0, 0)


def test_a_pack_takes_faces_of_any_number_of_points_and_chunks_without_a_face(tmp_path: Path) -> None:
    pack = open_pack(KEY, tmp_path, workers=1, draw=drawings.late)
    assert pack.points.shape == (KEY.count - 130, 60, 2)
    assert pack.visible.shape == (KEY.count - 130, 60)
    assert pack.start.tolist() == [max(0, k - 130) for k in range(KEY.count + 1)]
    np.testing.assert_array_equal(pack.points[0], drawings.late(1, 130, 16).faces[0].landmarks.points)


def test_a_killed_drawing_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="power"):
        open_pack(KEY, tmp_path / "killed", workers=1, draw=drawings.broken)
    drawn: list[int] = []
    plain = packs.draw_chunk

    def counted(draw: packs.Draw, key: PackKey, folder: Path, first: int) -> None:
        drawn.append(first)
        plain(draw, key, folder, first)

    monkeypatch.setattr(packs, "draw_chunk", counted)
    open_pack(KEY, tmp_path / "killed", workers=1, draw=drawings.face)
    assert drawn == [128, 256]
    monkeypatch.undo()
    open_pack(KEY, tmp_path / "whole", workers=1, draw=drawings.face)
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_a_pack_keeps_the_parts_of_faces_where_it_is_asked_to(tmp_path: Path) -> None:
    key = PackKey("faces", "test", 1, 5, 16, masks=True)
    pack = open_pack(key, tmp_path, workers=1, draw=drawings.worn)
    assert pack.masks is not None
    for i in range(5):
        np.testing.assert_array_equal(pack.masks[i], drawings.worn(1, i, 16).masks[0])
    assert pack.accessories[:, ACCESSORIES.index("hat")].tolist() == [1.0] * 5
    assert np.isnan(pack.accessories[:, ACCESSORIES.index("mask")]).all()
    assert pack.monochrome.tolist() == [0.0] * 5
    plain = open_pack(PackKey("faces", "test", 1, 5, 16), tmp_path, workers=1, draw=drawings.face)
    assert plain.masks is None
    assert np.isnan(plain.monochrome).all()


def test_a_finished_pack_is_not_drawn_again(tmp_path: Path) -> None:
    key = PackKey("faces", "test", 1, 5, 16)
    open_pack(key, tmp_path, workers=1, draw=drawings.face)
    again = open_pack(key, tmp_path, workers=1, draw=drawings.broken)
    assert not again.images.flags.writeable
    assert len(again) == 5


def test_progress_ends_with_all(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    open_pack(KEY, tmp_path, workers=1, draw=drawings.face, progress=lambda a, b: seen.append((a, b)))
    assert seen == [(128, 300), (256, 300), (300, 300)]


def test_a_render_of_another_size_is_refused(tmp_path: Path) -> None:
    def large(seed: int, index: int, size: int) -> drawings.Drawing:
        return drawings.face(seed, index, size + 1)

    with pytest.raises(ValueError, match=r"needs renders of shape \(16, 16, 3\), got \(17, 17, 3\)"):
        open_pack(KEY, tmp_path, workers=1, draw=large)


def test_packs_live_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHARAFACE_CACHE", str(tmp_path))
    assert packs.cache_folder() == tmp_path / "packs"
    monkeypatch.delenv("CHARAFACE_CACHE")
    assert packs.cache_folder() == Path.home() / ".cache" / "charaface" / "packs"
