"""Small data sets as the study's are: good ones, and what may be wrong with one item of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import savemat

from charaface.image import save

GREY = np.full((40, 50, 3), 128, np.uint8)
MANGA = "user{user}_MiraiSan_009_face{face:02d}_x{x}y48w121h130.json"
PLAIN = "{}.jpg"


def points(count: int, seed: int = 0) -> np.ndarray:
    """(count, 2) whole numbers from 5 to 45, no two of a face in a place."""
    rng = np.random.default_rng([seed, count])
    return np.stack([5 + 40 * rng.permutation(count) / count, 5 + 40 * rng.permutation(count) / count], 1).round(2)


def caricature(folder: Path) -> Path:
    """Pictures and their .npy, and a list of them."""
    for k in range(3):
        save(GREY, folder / f"{k}.jpg")
        np.save(folder / f"{k}.jpg.npy", points(68, k))
    (folder / "list.txt").write_text("0.jpg\n1.jpg\n2.jpg\n")
    return folder


def caricature_list(folder: Path) -> Path:
    return caricature(folder) / "list.txt"


def manga(folder: Path) -> Path:
    for k in range(3):
        path = folder / MANGA.format(user=k, face=k, x=500)
        path.write_text(json.dumps({"Emotions": 1 << k, "note": "x", "points": points(60, k).tolist()}))
    return folder


def wflw(folder: Path) -> Path:
    path = folder / "list.txt"
    path.write_text("".join(wflw_line(k) for k in range(3)))
    return path


def wflw_line(k: int, *, name: str | None = None, **changes: str) -> str:
    words = [str(v) for v in points(98, k).ravel()] + ["3", "3", "47", "48", "0", "1", "0", "0", "1", "0"]
    for place, word in changes.items():
        words[int(place[1:])] = word
    return " ".join([*words, name or f"37--Soccer/{k} a.jpg"]) + "\n"


def aflw(folder: Path) -> Path:
    for k in range(3):
        mat(folder / f"image{k:05d}.mat", k)
    return folder


def mat(path: Path, k: int = 0, **changes: object) -> None:
    three = np.vstack([points(68, k).T + 1, np.zeros(68)])
    values = {"pt3d_68": three, "Pose_Para": np.array([[0.1, 0.2, -0.3, 0, 0, 0, 1]]), "roi": np.zeros(4), **changes}
    savemat(path, {name: value for name, value in values.items() if value is not None})


def pattern(folder: Path) -> Path:
    for person in ("p1", "p2", "p3"):
        (folder / person / "dim").mkdir(parents=True)
        save(GREY, folder / person / "dim" / "7.jpg")
    return folder / "{person}/{light}/{angle}.jpg"


def header(shape: str, kind: str = "<f8") -> bytes:
    """The head of a .npy."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


class Wrong(NamedTuple):
    """A data set of three in which the second item is spoilt, and what is said of it."""

    form: str
    make: Callable[[Path], Path]
    spoil: Callable[[Path], object]  # of the folder
    said: str


def npy(spoil: Callable[[Path], object], said: str) -> Wrong:
    return Wrong("npy", caricature, lambda folder: spoil(folder / "1.jpg.npy"), rf"1\.jpg\.npy: {said}")


def array(values: object) -> Callable[[Path], None]:
    return lambda path: np.save(path, np.asarray(values), allow_pickle=True)


def listed(line: str, said: str) -> Wrong:
    def make(folder: Path) -> Path:
        return caricature(folder) / "list.txt"

    def spoil(folder: Path) -> None:
        (folder / "list.txt").write_text(f"0.jpg\n{line}\n2.jpg\n")

    return Wrong("npy", make, spoil, rf"list\.txt:2: {said}")


def manga_of(text: str, said: str) -> Wrong:
    def spoil(folder: Path) -> None:
        (folder / MANGA.format(user=1, face=1, x=500)).write_text(text)

    return Wrong("manga", manga, spoil, rf"user1_MiraiSan_009_face01_\w+\.json: {said}")


def wflw_of(said: str, **changes: str) -> Wrong:
    def spoil(folder: Path) -> None:
        (folder / "list.txt").write_text(wflw_line(0) + wflw_line(1, **changes) + wflw_line(2))

    return Wrong("wflw", wflw, spoil, rf"list\.txt:2: is no line of WFLW \(.*{said}")


def aflw_of(said: str, **changes: object) -> Wrong:
    return Wrong("aflw", aflw, lambda f: mat(f / "image00001.mat", **changes), rf"image00001\.mat: {said}")


def with_one(value: float, count: int = 68) -> np.ndarray:
    spoilt = points(count)
    spoilt[3, 1] = value
    return spoilt


def table(**values: object) -> str:
    return json.dumps({"Emotions": 1, **values})


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><dataset>&b;</dataset>'
NAN, HUGE = float("nan"), 1e300
THREE = np.vstack([points(68).T, np.zeros(68)])

WRONG: dict[str, Wrong] = {
    "caricature of NaN": npy(array(with_one(NAN)), "points must be finite"),
    "caricature of a huge number": npy(array(with_one(HUGE)), "points must be finite"),
    "caricature of 67 points": npy(array(points(67)), "67 points"),
    "caricature of three numbers a point": npy(array(np.zeros((68, 3))), "is no array of points"),
    "caricature that is a pickle": npy(array(np.array([{"a": 1}], dtype=object)), r"is no array of points .*\|O"),
    "caricature of words": npy(lambda p: p.write_bytes(b"words and more"), "is no array of points"),
    "caricature that is XML": npy(lambda p: p.write_text(BOMB), "is no array of points"),
    "caricature cut short": npy(lambda p: p.write_bytes(p.read_bytes()[:-9]), "is no array of points .*1079 bytes"),
    "caricature of a huge count": npy(lambda p: p.write_bytes(header("(99999, 2)")), "is no array of points .*0 bytes"),
    "caricature of a huger count": npy(lambda p: p.write_bytes(header("(1" + "0" * 30 + ", 2)")), ".*its head is"),
    "caricature without points": npy(lambda p: p.write_bytes(b""), "is an empty file"),
    "list of what is not there": listed("none.jpg", "no file of points, for 'none.jpg'"),
    "list that climbs out": listed("../../secret.jpg", "'../../secret.jpg' leads out of the folder"),
    "list of the root": listed("/etc/passwd", "'/etc/passwd' leads out of the folder"),
    "list of a name too long": listed("x" * 5000, "File name too long|no file of points"),
    "manga without points": manga_of(table(), "is no file of manga landmarks .*no list of 60 points"),
    "manga of NaN": manga_of(table(a=with_one(NAN, 60).tolist()), "is no file of manga landmarks .*NaN"),
    "manga of a huge number": manga_of(table(a=with_one(HUGE, 60).tolist()), ".*points must be finite"),
    "manga of 59 points": manga_of(table(a=points(59).tolist()), ".*its longest list has 59"),
    "manga of 9,999 digits": manga_of('{"Emotions": ' + "9" * 9999 + "}", ".*digits"),
    "manga cut short": manga_of(table(a=points(60).tolist())[:-9], r".*line 1 column"),
    "manga nested deep": manga_of("[" * 100_000, "is no file of manga landmarks"),
    "manga with a part too few": manga_of(table(chin=points(17).tolist()), ".*it has no left_brow"),
    "manga with a part of 16": manga_of(table(chin=points(16).tolist()), ".*'chin' has 16 points; jaw has 17"),
    "manga of a name that climbs": Wrong(
        "manga", manga, lambda f: (f / MANGA.format(user=1, face=1, x=500)).rename(f / "x..json"), r"x\.\.json: is not"
    ),
    "WFLW of NaN": wflw_of("points must be finite", _9="nan"),
    "WFLW of a huge number": wflw_of("points must be finite", _9="1e300"),
    "WFLW of words": wflw_of("'wide'", _9="wide"),
    "WFLW of 97 points": wflw_of("206 words; it has 207", _9="", _10=""),
    "WFLW of a box turned round": wflw_of("x1 > x0", _196="99"),
    "WFLW of an attribute 2": wflw_of("attributes are 0 or 1", _200="2"),
    "WFLW that climbs out": wflw_of("leads out of the folder", name="../../a.jpg"),
    "WFLW of the root": wflw_of("leads out of the folder", name="/etc/a.jpg"),
    "AFLW without points": aflw_of("has no pt3d_68", pt3d_68=None),
    "AFLW of NaN": aflw_of("points must be finite", pt3d_68=THREE * NAN),
    "AFLW of a huge number": aflw_of("points must be finite", pt3d_68=THREE + HUGE),
    "AFLW of 67 points": aflw_of(r"has no pt3d_68 .*\(3, 67\)", pt3d_68=THREE[:, 1:]),
    "AFLW of words": aflw_of("has no pt3d_68", pt3d_68="words"),
    "AFLW of two angles": aflw_of("Pose_Para has", Pose_Para=np.zeros(2)),
    "AFLW of a pose of NaN": aflw_of("a?.*finite", Pose_Para=np.full(7, NAN)),
    "AFLW that is XML": Wrong(
        "aflw", aflw, lambda f: (f / "image00001.mat").write_text(BOMB), r"image00001\.mat: is no file of Matlab"
    ),
    "AFLW cut short": Wrong(
        "aflw",
        aflw,
        lambda f: (f / "image00001.mat").write_bytes((f / "image00001.mat").read_bytes()[:400]),
        r"image00001\.mat: ",
    ),
    "pattern of a broken picture": Wrong(
        "pattern", pattern, lambda f: (f / "p2/dim/7.jpg").write_bytes(b"no picture"), r"p2/dim/7\.jpg: "
    ),
}  # fmt: skip
