"""A picture as a clip of one frame."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from charaface.files import Limits
from charaface.image import load
from charaface.video.clip import Clip, ClipFrame, ClipInfo


def read(path: Path, limits: Limits) -> Clip:
    """The clip of one picture, transparency kept."""
    pixels = load(path, limits, alpha=True)
    height, width = pixels.shape[:2]
    info = ClipInfo(path, "picture", width, height, 1, 0.0, alpha=pixels.shape[2] == 4)

    def frames() -> Generator[ClipFrame]:
        yield ClipFrame(0, 0.0, 0.0, pixels)

    return Clip(info, frames)
