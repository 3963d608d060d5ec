"""A file of head shapes is read as it is, less what is never seen; a bad one is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charaface.synth.kit import DRAWN, FaceKit, KitError, read_kit


def arrays(vertices: int = 90) -> dict[str, np.ndarray]:
    """A kit that is no head: every drawn material has a triangle, and one is never seen."""
    rng = np.random.default_rng(0)
    names = ["M_TearFluid", *DRAWN]
    triangles = np.arange(3 * len(names)).reshape(-1, 3)
    return {
        "vertices": rng.normal(size=(vertices, 3)).astype(np.float32),
        "identity": rng.normal(size=(4, vertices, 3)).astype(np.float16),
        "expression": rng.normal(size=(2, vertices, 3)).astype(np.float16),
        "expression_names": np.array(["smile", "frown"]),
        "triangles": triangles.astype(np.uint16),
        "triangle_material": np.arange(len(names)).astype(np.uint8),
        "material_names": np.array(names),
        "landmarks68": np.arange(3, 71).astype(np.uint16) % vertices,
    }


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    np.savez(tmp_path / "heads.npz", **arrays())  # type: ignore[arg-type]
    return tmp_path / "heads.npz"


def test_what_is_never_seen_is_left_out_and_all_else_stays_where_it_was(kept: Path) -> None:
    kit, given = read_kit(kept), arrays()
    old = given["triangles"][1:]
    assert np.array_equal(kit.vertices[kit.triangles], given["vertices"][old])
    assert np.array_equal(kit.identity[:, kit.triangles], given["identity"][:, old])
    assert np.array_equal(kit.vertices[kit.landmarks], given["vertices"][given["landmarks68"]])
    assert not (kit.vertices == given["vertices"][0]).all(axis=1).any()
    assert [DRAWN[m] for m in kit.material] == list(DRAWN)
    assert kit.of("M_Teeth", "M_Face").tolist() == [0, DRAWN.index("M_Teeth")]


def test_a_head_is_the_mean_and_what_is_added_to_it(kept: Path) -> None:
    kit = read_kit(kept)
    assert np.array_equal(kit.head(), kit.vertices)
    assert kit.head() is not kit.vertices
    wanted = kit.vertices + 2 * kit.identity[1].astype(np.float32) - kit.identity[0].astype(np.float32)
    assert np.allclose(kit.head(np.array([-1.0, 2.0])), wanted, atol=1e-5)
    wanted = kit.vertices + 0.5 * kit.expression[0].astype(np.float32) + kit.expression[1].astype(np.float32)
    assert np.allclose(kit.head(expression={"smile": 0.5, "frown": 1.0}), wanted, atol=1e-3)
    with pytest.raises(KitError, match=r"no expression 'grin'; there are smile, frown"):
        kit.head(expression={"grin": 1.0})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"identity": None}, "no array identity; there are"),
        ({"vertices": np.zeros((90, 2), np.float32)}, r"vertices should have the shape \('v', 3\), got \(90, 2\)"),
        ({"identity": np.zeros((4, 89, 3), np.float16)}, r"identity should have the shape \('i', 90, 3\), got"),
        ({"landmarks68": np.zeros(60, np.uint16)}, r"landmarks68 should have the shape \(68,\), got \(60,\)"),
        ({"triangles": np.full((10, 3), 90)}, "triangles name vertices beyond the 90 there are"),
        ({"triangle_material": np.full(10, 10)}, "triangle_material names materials beyond the 10 there are"),
        ({"material_names": np.array([f"M_{i}" for i in range(10)])}, "no material M_Face; there are M_0"),
        ({"vertices": np.full((90, 3), np.nan, np.float32)}, "vertices has numbers that are not finite"),
        ({"expression_names": np.array([["smile"], ["frown"]])}, "expression_names should have the shape"),
        ({"triangles": np.array([{}], object)}, "allow_pickle"),
        ({"triangles": np.zeros((0, 3), int)}, "triangles is empty"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, change: dict[str, np.ndarray | None], words: str) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **{name: value for name, value in (arrays() | change).items() if value is not None})  # type: ignore[arg-type]
    with pytest.raises(KitError, match=words) as caught:
        read_kit(path)
    assert "bad.npz" in str(caught.value)


def test_what_is_no_file_of_arrays_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "heads.npz"
    path.write_bytes(b"not a zip")
    with pytest.raises(KitError, match=r"not a file of arrays \(\.npz\)"):
        read_kit(path)
    for name, words in (("missing.npz", r"missing\.npz: No such file"), ("", "Is a directory")):
        with pytest.raises(KitError, match=words):
            read_kit(tmp_path / name)


def test_the_published_heads_are_read_and_face_outwards(kit: FaceKit) -> None:
    assert kit.identity.shape[0] == 100
    assert len(kit.expression_names) == 57
    face = kit.vertices[kit.triangles[kit.of("M_Face", "M_BackHead")]]
    normal = np.cross(face[:, 1] - face[:, 0], face[:, 2] - face[:, 0])
    volume = np.einsum("td,td->", face[:, 0], normal) / 6  # Gauss: positive where triangles turn outwards
    assert 3000 < volume < 8000  # cubic centimetres of a head and its neck


def test_a_kit_of_some_triangles_has_their_shapes_and_the_same_points(kit: FaceKit) -> None:
    chosen = kit.of("M_Face", "M_BackHead")
    some = kit.only(chosen)
    assert len(some.vertices) < len(kit.vertices)
    moved = {"jawOpen": 0.7, "mouthSmile_L": 0.4}
    weights = np.linspace(-1, 1, 20)
    whole, part = kit.head(weights, moved), some.head(weights, moved)
    assert np.array_equal(part[some.triangles], whole[kit.triangles[chosen]])
    assert np.array_equal(part[some.landmarks], whole[kit.landmarks])
    assert np.array_equal(some.material, kit.material[chosen])
