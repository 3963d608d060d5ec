"""What several tests of the workshop share: a tiny recipe and the drawings it learns from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from charaface.train import fit
from charaface.train.packs import Draw

from . import drawings

DRAW: dict[str, Draw] = {"faces": drawings.face, "scenes": drawings.scene, "negatives": drawings.negative}
RECIPE = """
name = "tiny"
task = "landmarks"
net = "landmarker"
{head}
[data]
renders = 10
held_out = 3
negatives = 3
size = 48
workers = 1
[schedule]
samples = 24
batch = 4
warmup = 2
{schedule}
"""
WriteRecipe = Callable[..., Path]


@pytest.fixture
def write_recipe(tmp_path: Path) -> WriteRecipe:
    """Writes a recipe of six steps; head and schedule add lines to it."""

    def write(head: str = "", schedule: str = "", name: str = "tiny") -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(RECIPE.format(head=head, schedule=schedule), encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def _no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page takes longer to draw than a tiny training; those of runs that a whole file shares are written."""
    monkeypatch.setattr(fit, "write_report", lambda run: run)
