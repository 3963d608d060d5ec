"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from charaface import session, weights
from charaface.weights import WEIGHTS, Weight
from painted import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The tasks see painted squares as faces."""
    fakes = World()
    monkeypatch.setattr(session, "load", fakes.load)
    return fakes


@pytest.fixture
def moods(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, and the package has networks for the expressions of photographs and of drawings."""
    own = {
        name: Weight(f"{name}.onnx", "", "MIT", data, "", generated=data == "paint")
        for name, data in (("emotion-photo", "photographs of people"), ("emotion-drawn", "paint"))
    }
    monkeypatch.setattr(weights, "WEIGHTS", {**WEIGHTS, **own})
    monkeypatch.setattr(weights, "SHARED", {"emotion": tuple(own)})
    return world


@pytest.fixture(scope="session")
def heads_file() -> Path:
    path = Path(os.environ.get("CHARAFACE_DATA", "")) / "heads" / "ict-facekit.npz"
    if not path.exists():
        pytest.skip("CHARAFACE_DATA holds no heads/ict-facekit.npz")
    return path
