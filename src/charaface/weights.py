"""WEIGHTS: the networks inside the package, with what each may be used for; read only if they are what they claim."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from charaface.files import InputError, open_input
from charaface.offsets import Offsets

FOLDER = Path(__file__).parent / "networks"
Choice = Literal["all", "generated"]  # which of the package's networks may answer


@dataclass(frozen=True)
class Weight:
    """One ONNX file of the package."""

    file: str  # its name in the folder networks/
    sha256: str
    licence: str
    data: str  # what it learned from
    score: str  # what it reached, on what
    generated: bool = True  # whether it learned from generated pictures and free art alone, from no photograph


WEIGHTS: dict[str, Weight] = {
    "landmarks68": Weight(
        file="landmarks68.onnx",
        sha256="beeb19e5d88a52e446e6c77f0da7444a30d874768431a9e918b2b8755c2bbdb5",
        licence="MIT",
        data="generated drawings and photographs of generated people (charaface.synth; shapes of ICT-FaceKit, MIT)",
        score="NME of photographs 5.8 %, anime and visual novel 4.8 %, western cartoon 12.2 % (medians); "
        "docs/cards/landmarks68.md",
    ),
    "parser": Weight(
        file="parser.onnx",
        sha256="95b7d651ef8165158b2558d77918908e3fd54acb139b3201c92198ee5a5cf2f6",
        licence="MIT",
        data="generated drawings and photographs of generated people (charaface.synth; shapes of ICT-FaceKit, MIT)",
        score="hair colours 82 %, eye colours 78 %, IoU of parts 0.75; docs/cards/parser.md",
    ),
    "detector": Weight(
        file="detector.onnx",
        sha256="0a5b5f7157a4530011832b41c306c4dddbd4535594c9ea6148b16daaad0a31da",
        licence="MIT",
        data="generated drawings only (charaface.synth)",
        score="recall 82.0 % at precision 94.8 % on cartoon frames, IoU 0.4; docs/cards/detector.md",
    ),
    "emotion-photo": Weight(
        file="emotion-photo.onnx",
        sha256="134ae36dca4275d8140e4c27b96bae6e9eaf6b7e0a467afcbec3f10de94045b0",
        licence="MIT",
        data="FER2013: web images under Kaggle's terms, as the whole field uses it",
        score="69.8 % of FER2013's validation part, macro F1 67.5 %; docs/cards/emotion-photo.md",
        generated=False,
    ),
    "mini-xception": Weight(
        file="mini-xception.onnx",
        sha256="fa0c0ce1cc92ed471238acca20707a0a6d41f20adf0710263a7e459fcf46caa7",
        licence="MIT",
        data="FER2013: web images under Kaggle's terms, as the whole field uses it",
        score="64.4 % of FER2013's validation part, macro F1 61.0 %; docs/cards/mini-xception.md",
        generated=False,
    ),
    "emotion-drawn": Weight(
        file="emotion-drawn.onnx",
        sha256="219cabfcde43b92a3538d77f0fbdcd21df9343d5c5280bc2378c9e89c37e0168",
        licence="MIT",
        data="generated drawings only (charaface.synth)",
        score="81.0 % of held-out renders, 12 of 16 named drawings; docs/cards/emotion-drawn.md",
    ),
}

DEFAULTS = {"detect": "detector", "landmarks": "landmarks68", "segment": "parser"}  # task to a name in WEIGHTS
# task to the names of networks that share it, each for kinds of picture of its own (Spec.domains)
SHARED: dict[str, tuple[str, ...]] = {"emotion": ("emotion-photo", "emotion-drawn")}


OFFSETS = "photo-offsets.json"  # in the folder networks/: 136 numbers fitted on photographs of others


@cache
def photo_offsets() -> Offsets | None:
    """What moves points on photographs, where the package has it."""
    path = FOLDER / OFFSETS
    return Offsets.from_json(path.read_text("utf-8")) if path.exists() else None


def shared(task: str, choice: Choice = "all") -> list[str]:
    """The package's networks that share a task, of those that the choice leaves. Raises ValueError for no choice."""
    check_choice(choice)
    return [name for name in SHARED[task] if choice == "all" or WEIGHTS[name].generated]


def check_choice(choice: str, names: Iterable[str | Path] = ()) -> None:
    """Raises ValueError for a choice that is none, and for names in WEIGHTS that it leaves out."""
    if choice not in get_args(Choice):
        raise ValueError(f"weights are one of {', '.join(get_args(Choice))}, got {choice!r}")
    for name in names if choice == "generated" else ():
        if str(name) in WEIGHTS and not WEIGHTS[str(name)].generated:
            raise ValueError(f"{name} learned from {WEIGHTS[str(name)].data}, which weights generated leave out")


def read(name: str | Path) -> bytes:
    """The bytes of a network: of a name in WEIGHTS, checked against its sha256, or of a path that ends on .onnx.

    Raises InputError for a name that is not there (with the nearest one), a file that cannot be read and a file of
    the package that is not the one that was published.
    """
    if is_path(name):
        with open_input(Path(name)) as file:
            return file.read()
    if name not in WEIGHTS:
        near = difflib.get_close_matches(str(name), WEIGHTS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InputError(
            f"no weights {str(name)!r}; there are {', '.join(WEIGHTS) or 'none yet'}, or a path.onnx{hint}"
        )
    weight = WEIGHTS[str(name)]
    with open_input(FOLDER / weight.file) as file:
        data = file.read()
    found = hashlib.sha256(data).hexdigest()
    if found != weight.sha256:
        raise InputError(f"{FOLDER / weight.file}: sha256 is {found}, not {weight.sha256}; install charaface anew")
    return data


def is_path(name: str | Path) -> bool:
    """Whether a model argument means a file and not a name in WEIGHTS."""
    return isinstance(name, Path) or name.lower().endswith(".onnx")


# Where tensors hide in an ONNX file (onnx.proto3): message to {field number: message}
_FIELDS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_EXTERNAL = (13, 14)  # external_data and data_location of a tensor


def refuse_external_data(data: bytes, name: str) -> None:
    """Raises InputError for an ONNX file whose weights lie in other files, or for bytes that are no ONNX file."""
    left = [("model", 0, len(data))]
    while left:
        message, start, end = left.pop()
        try:
            for number, wire, low, high in _protobuf(data, start, end):
                if message == "tensor" and number in _EXTERNAL and (wire == 2 or data[low:high] != b"\0"):
                    raise InputError(f"{name}: keeps weights in other files; export it as one file")
                if wire == 2 and number in _FIELDS.get(message, ()):
                    left.append((_FIELDS[message][number], low, high))
        except (IndexError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{name}: is no ONNX file") from None


def _protobuf(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Field number, wire type, start and end of the value of each field of a protobuf message."""
    while at < end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            after = _varint(data, at)[1]
        elif wire == 2:
            size, at = _varint(data, at)
            after = at + size
        elif wire in (1, 5):
            after = at + (8 if wire == 1 else 4)
        else:
            raise ValueError("no such wire type")
        if after > end:
            raise ValueError("a field that breaks off")
        yield number, wire, at, after
        at = after


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("a number too long")
