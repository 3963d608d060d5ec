"""Matlab's files: what SciPy writes is read as it was, and what is broken is refused and never worse."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from charaface.formats.matlab import numbers

VALUES = {
    "pt3d_68": np.arange(204, dtype=np.float64).reshape(3, 68) / 7,
    "Pose_Para": np.asarray([[0.1, -0.2, 0.3, 1, 2, 3, 4]], np.float32),
    "small": np.asarray([[7]], np.uint8),
    "count": np.arange(24, dtype=np.int16).reshape(2, 3, 4),
    "empty": np.zeros((0, 3)),
}


def written(path: Path, *, packed: bool, **values: object) -> bytes:
    savemat(path, VALUES | values, do_compression=packed)
    return path.read_bytes()


@pytest.mark.parametrize("packed", [False, True])
def test_what_scipy_writes_is_read_as_it_was(tmp_path: Path, packed: bool) -> None:
    data = written(tmp_path / "a.mat", packed=packed, text="words", cell=np.array([1, "a"], dtype=object), z=1 + 2j)
    found = numbers(data)
    assert found.keys() == VALUES.keys()
    for name, value in VALUES.items():
        assert found[name].shape == value.shape
        np.testing.assert_array_equal(found[name], value)


def test_the_other_order_of_bytes_is_read_too() -> None:
    flags = np.asarray([6, 8, 6, 0], ">u4").tobytes()
    shape = np.asarray([5, 8, 1, 2], ">i4").tobytes()
    name = np.asarray([1, 1], ">u4").tobytes() + b"x" + bytes(7)
    values = np.asarray([9, 16], ">u4").tobytes() + np.asarray([1.5, -2.5], ">f8").tobytes()
    body = flags + shape + name + values
    head = bytes(124) + b"\x01\x00MI"
    found = numbers(head + np.asarray([14, len(body)], ">u4").tobytes() + body)
    np.testing.assert_array_equal(found["x"], [[1.5, -2.5]])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no head of Matlab 5"),
        (b"\x89HDF\r\n" + bytes(600), "no head of Matlab 5"),
        (bytes(124) + b"\x00\x01IM" + np.asarray([14, 900], "<u4").tobytes(), "ends within an element"),
        (bytes(124) + b"\x00\x01IM" + np.asarray([15, 4], "<u4").tobytes() + b"abcd", "does not unpack"),
    ],
)
def test_what_is_no_file_of_matlab_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        numbers(data)


@pytest.mark.parametrize("packed", [False, True])
def test_flipped_and_lost_bytes_are_refused_or_read(tmp_path: Path, packed: bool) -> None:
    good, rng, refused = written(tmp_path / "a.mat", packed=packed), random.Random(3), 0
    for _ in range(2000):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        try:
            numbers(bytes(bad[: rng.randint(1, len(bad))] if rng.random() < 0.3 else bad))
        except ValueError:
            refused += 1
    assert refused > 200


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    data = written(tmp_path / "a.mat", packed=True, large=np.zeros((3000, 1000)))
    with pytest.raises(ValueError, match="an element of more than 16,777,216 bytes"):
        numbers(data)
