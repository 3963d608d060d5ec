"""The faces of one frame of one file: what every file of faces holds a list of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from charaface.face import Face


@dataclass(frozen=True, eq=False)
class Record:
    """The faces found in one frame, in their order."""

    file: str  # name or path of the picture or clip, as it was given
    frame: int  # 0 for a picture
    time: float  # seconds from the start of the clip
    width: int  # of the frame, pixels
    height: int
    faces: list[Face]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, one object a frame."""
        return {
            "file": self.file,
            "frame": self.frame,
            "time": self.time,
            "width": self.width,
            "height": self.height,
            "faces": [face.to_dict() for face in self.faces],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Record:
        """A record from what to_dict gave. Raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            str(data["file"]),
            int(data["frame"]),
            float(data["time"]),
            int(data["width"]),
            int(data["height"]),
            [Face.from_dict(face) for face in data["faces"]],
        )


Write = Callable[[Record], None]  # adds one record to a file that is open
