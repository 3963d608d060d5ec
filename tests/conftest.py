"""Fixtures that several test files share."""

from __future__ import annotations

import pytest

from charaface import session
from painted import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The tasks see painted squares as faces."""
    fakes = World()
    monkeypatch.setattr(session, "load", fakes.load)
    return fakes
