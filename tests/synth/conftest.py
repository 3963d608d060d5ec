"""Heads for the tests that need real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from charaface.synth.kit import FaceKit, read_kit


@pytest.fixture(scope="session")
def kit(heads_file: Path) -> FaceKit:
    return read_kit(heads_file)
