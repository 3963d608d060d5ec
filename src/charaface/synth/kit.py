"""ICT-FaceKit: the mean head, what tells people apart and what expressions do (MIT, see THIRD_PARTY.md)."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numba
import numpy as np

# What is drawn; the rest (gums, tear fluid, shells for blending) is inside the head or only for film renderers.
DRAWN = (
    "M_Face",
    "M_BackHead",
    "M_ScleraLeft",
    "M_ScleraRight",
    "M_IrisLeft",
    "M_IrisRight",
    "M_Teeth",
    "M_GumsTongue",
    "M_EyeLashes",
)
# Arrays of the file, and their shapes: v vertices, t triangles, other letters any number.
_ARRAYS = {
    "vertices": ("v", 3),
    "identity": ("i", "v", 3),
    "expression": ("e", "v", 3),
    "expression_names": ("e",),
    "triangles": ("t", 3),
    "triangle_material": ("t",),
    "material_names": ("m",),
    "landmarks68": (68,),
}
_LARGEST = 400_000_000  # bytes of one array


class KitError(ValueError):
    """A file of head shapes that cannot be used."""


@dataclass(frozen=True, eq=False)
class FaceKit:
    """The shapes of heads: x to the left hand of the head, y up, z to the front, in centimetres."""

    vertices: np.ndarray  # (V, 3) float32, the mean head at rest
    identity: np.ndarray  # (I, V, 3) float16, offsets for one standard deviation of each direction
    expression: np.ndarray  # (E, V, 3) float16, offsets at full strength
    expression_names: tuple[str, ...]
    triangles: np.ndarray  # (T, 3) int32, anticlockwise seen from outside
    material: np.ndarray  # (T,) uint8, indices of DRAWN
    landmarks: np.ndarray  # (68,) int32, vertices that the kit takes for ibug68

    def head(self, identity: np.ndarray | None = None, expression: dict[str, float] | None = None) -> np.ndarray:
        """(V, 3) float32 vertices of one head.

        identity: (n,) weights of the first n directions, in standard deviations. expression: strengths by name, 0 to 1.
        Raises KitError for a name that the kit lacks.
        """
        out = self.vertices.copy()
        if identity is not None:
            out += np.tensordot(np.asarray(identity, np.float32), self._directions[: len(identity)], 1)
        for name, strength in (expression or {}).items():
            if name not in self._place:
                raise KitError(f"no expression {name!r}; there are {', '.join(self.expression_names)}")
            _move(out, *self._moves[self._place[name]], np.float32(strength))
        return out

    @cached_property
    def _directions(self) -> np.ndarray:
        return self.identity.astype(np.float32)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.expression_names)}

    @cached_property
    def _moves(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each expression the vertices that it moves, and by how much."""
        moves = []
        for offsets in self.expression.astype(np.float32):
            moved = np.flatnonzero(np.abs(offsets).max(axis=1) > 1e-4)
            moves.append((moved, offsets[moved]))
        return moves

    def only(self, triangles: np.ndarray) -> FaceKit:
        """The kit with the triangles of these numbers alone, (K,), and the vertices that they and the points need."""
        chosen = self.triangles[triangles]
        used = np.unique(np.concatenate([chosen.ravel(), self.landmarks]))
        new = np.zeros(len(self.vertices), np.int32)
        new[used] = np.arange(len(used), dtype=np.int32)
        return replace(
            self,
            vertices=self.vertices[used],
            identity=np.ascontiguousarray(self.identity[:, used]),
            expression=np.ascontiguousarray(self.expression[:, used]),
            triangles=new[chosen],
            material=self.material[triangles],
            landmarks=new[self.landmarks],
        )

    def of(self, *materials: str) -> np.ndarray:
        """(K,) int64 triangles of these materials."""
        return np.flatnonzero(np.isin(self.material, [DRAWN.index(name) for name in materials]))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _move(places: np.ndarray, moved: np.ndarray, by: np.ndarray, strength: float) -> None:
    """Adds so much of (K, 3) offsets to the places, (V, 3), of K vertices."""
    for k in range(len(moved)):
        for d in range(3):
            places[moved[k], d] += strength * by[k, d]


def read_kit(path: str | Path) -> FaceKit:
    """The shapes in a file (.npz) of ICT-FaceKit, less what is never seen.

    Its arrays: vertices (V, 3) cm, identity (I, V, 3) and expression (E, V, 3) as offsets, expression_names (E),
    triangles (T, 3), triangle_material (T), material_names (M), landmarks68 (68) vertices. Raises KitError where they
    are not so, or where the file cannot be read.
    """
    arrays = _loaded(Path(path))
    names = [str(name) for name in arrays["material_names"]]
    if missing := [name for name in DRAWN if name not in names]:
        raise KitError(f"{path}: no material {missing[0]}; there are {', '.join(names)}")
    count = len(arrays["vertices"])
    for name in ("triangles", "landmarks68"):
        if arrays[name].min() < 0 or arrays[name].max() >= count:
            raise KitError(f"{path}: {name} name vertices beyond the {count} there are")
    material = arrays["triangle_material"].astype(np.int64)
    if material.min() < 0 or material.max() >= len(names):
        raise KitError(f"{path}: triangle_material names materials beyond the {len(names)} there are")
    drawn = np.array([DRAWN.index(name) if name in DRAWN else -1 for name in names])[material]
    kept = np.flatnonzero(drawn >= 0)
    triangles = arrays["triangles"][kept].astype(np.int64)
    used = np.unique(np.concatenate([triangles.ravel(), arrays["landmarks68"].astype(np.int64)]))
    new = np.zeros(count, np.int64)
    new[used] = np.arange(len(used))
    return FaceKit(
        arrays["vertices"][used].astype(np.float32),
        np.ascontiguousarray(arrays["identity"][:, used], np.float16),
        np.ascontiguousarray(arrays["expression"][:, used], np.float16),
        tuple(str(name) for name in arrays["expression_names"]),
        new[triangles].astype(np.int32),
        drawn[kept].astype(np.uint8),
        new[arrays["landmarks68"].astype(np.int64)].astype(np.int32),
    )


def _loaded(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the file, each of the shape it should have."""
    try:
        with zipfile.ZipFile(path) as packed:
            for one in packed.infolist():
                if one.file_size > _LARGEST:
                    raise KitError(f"{path}: {one.filename} would be {one.file_size:,} bytes; at most {_LARGEST:,}")
        with np.load(path, allow_pickle=False) as kept:
            if missing := [name for name in _ARRAYS if name not in kept.files]:
                raise KitError(f"{path}: no array {missing[0]}; there are {', '.join(kept.files) or 'none'}")
            arrays = {name: kept[name] for name in _ARRAYS}
    except OSError as error:
        raise KitError(f"{path}: {error.strerror or error}") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise KitError(f"{path}: not a file of arrays (.npz): {error}") from error
    except ValueError as error:
        raise error if isinstance(error, KitError) else KitError(f"{path}: {error}") from error
    sizes: dict[str, int] = {}
    for name, shape in _ARRAYS.items():
        wanted = tuple(sizes.get(n, n) if isinstance(n, str) else n for n in shape)
        found = arrays[name].shape
        if len(found) != len(wanted) or any(isinstance(w, int) and w != f for w, f in zip(wanted, found, strict=True)):
            raise KitError(f"{path}: {name} should have the shape {wanted}, got {found}")
        sizes |= {n: f for n, f in zip(shape, found, strict=True) if isinstance(n, str)}
        if not found[0]:
            raise KitError(f"{path}: {name} is empty")
        if arrays[name].dtype.kind == "f" and not np.isfinite(arrays[name]).all():
            raise KitError(f"{path}: {name} has numbers that are not finite")
    return arrays
