"""Heads for the tests that need real ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from charaface.synth.kit import FaceKit, read_kit


@pytest.fixture(scope="session")
def heads_file() -> Path:
    path = Path(os.environ.get("CHARAFACE_DATA", "")) / "heads" / "ict-facekit.npz"
    if not path.exists():
        pytest.skip("CHARAFACE_DATA holds no heads/ict-facekit.npz")
    return path


@pytest.fixture(scope="session")
def kit(heads_file: Path) -> FaceKit:
    return read_kit(heads_file)
