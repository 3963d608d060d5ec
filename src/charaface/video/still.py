"""A picture as a clip of one frame."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from pathlib import Path

from charaface.files import DamageWarning, Limits
from charaface.image import load, pages
from charaface.video.clip import Clip, ClipFrame, ClipInfo


def read_first(path: Path, limits: Limits) -> Clip:
    """The clip of the first picture of a file that may hold several, with a warning where it does."""
    several = pages(path, limits)
    if several > 1:
        text = f"{path}: holds {several} pictures; the first is used"
        warnings.warn(text, DamageWarning, stacklevel=3)
    return read(path, limits)


def read(path: Path, limits: Limits) -> Clip:
    """The clip of one picture, transparency kept."""
    pixels = load(path, limits, alpha=True)
    height, width = pixels.shape[:2]
    info = ClipInfo(path, "picture", width, height, 1, 0.0, alpha=pixels.shape[2] == 4)

    def frames() -> Generator[ClipFrame]:
        yield ClipFrame(0, 0.0, 0.0, pixels)

    return Clip(info, frames)
