"""charaface: faces, drawn or photographed. Find them, read them, redraw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from charaface.draw import DrawStyle
    from charaface.face import Colour, Emotion, Face, Landmarks, Pose
    from charaface.files import DamageWarning, InputError, LimitError, Limits, OutputError
    from charaface.tasks.analyze import analyze
    from charaface.tasks.annotate import annotate
    from charaface.tasks.attributes import attributes
    from charaface.tasks.crop import crop, crop_matrices
    from charaface.tasks.detect import detect
    from charaface.tasks.emotion import emotion
    from charaface.tasks.frames import Frame, frames
    from charaface.tasks.landmarks import landmarks
    from charaface.tasks.live import live
    from charaface.tasks.report import report
    from charaface.tasks.segment import segment

__version__ = "0.1.0"

__all__ = [
    "Colour",
    "DamageWarning",
    "DrawStyle",
    "Emotion",
    "Face",
    "Frame",
    "InputError",
    "Landmarks",
    "LimitError",
    "Limits",
    "OutputError",
    "Pose",
    "analyze",
    "annotate",
    "attributes",
    "crop",
    "crop_matrices",
    "detect",
    "emotion",
    "frames",
    "landmarks",
    "live",
    "report",
    "segment",
]

# Public name to the module it lives in: each is loaded when it is first asked for, so that importing costs nothing.
_HOMES = {
    "Colour": "charaface.face",
    "DamageWarning": "charaface.files",
    "DrawStyle": "charaface.draw",
    "Emotion": "charaface.face",
    "Face": "charaface.face",
    "Frame": "charaface.tasks.frames",
    "InputError": "charaface.files",
    "Landmarks": "charaface.face",
    "LimitError": "charaface.files",
    "Limits": "charaface.files",
    "OutputError": "charaface.files",
    "Pose": "charaface.face",
    "analyze": "charaface.tasks.analyze",
    "annotate": "charaface.tasks.annotate",
    "attributes": "charaface.tasks.attributes",
    "crop": "charaface.tasks.crop",
    "crop_matrices": "charaface.tasks.crop",
    "detect": "charaface.tasks.detect",
    "emotion": "charaface.tasks.emotion",
    "frames": "charaface.tasks.frames",
    "landmarks": "charaface.tasks.landmarks",
    "live": "charaface.tasks.live",
    "report": "charaface.tasks.report",
    "segment": "charaface.tasks.segment",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
