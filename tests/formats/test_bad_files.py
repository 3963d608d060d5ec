"""Broken, hostile and odd files of faces: one clear line with the file and the place in it, never a traceback."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charaface.face import Face, Landmarks
from charaface.files import InputError, OutputError
from charaface.formats import FORMATS, WRITTEN, Format, Record
from charaface.formats.folder import Names, stem_of
from charaface.image import save

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><dataset><images><image file="&c;"/></images></dataset>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<dataset><images><image file="&a;"/></images></dataset>"""
DEEP = b"[" * 100_000


def coco(annotation: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """A COCO file of one face, with one thing changed."""
    face = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 8, 8], **(annotation or {})}
    table = {"images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}], "annotations": [face], **changes}
    return json.dumps(table).encode()


def labelme(shape: dict[str, Any], **changes: Any) -> bytes:
    """A LabelMe file of one shape, with one thing changed."""
    shape = {"label": "face", "shape_type": "rectangle", "points": [[1, 1], [8, 8]], "group_id": 0, **shape}
    return json.dumps({"imagePath": "a.png", "imageWidth": 9, "imageHeight": 9, "shapes": [shape], **changes}).encode()


def dlib(box: str, inner: str = "") -> bytes:
    return f"<dataset><images><image file='a.png'><box {box}>{inner}</box></image></images></dataset>".encode()


def cvat(inner: str, image: str = "name='a.png'") -> bytes:
    return f"<annotations><image {image} width='9' height='9'>{inner}</image></annotations>".encode()


def pts(body: str, head: str = "version: 1\nn_points: 68\n") -> bytes:
    return f"{head}{{\n{body}}}\n".encode()


BOX = "left='1' top='1' width='5' height='5'"
HEAD = b"file,frame,time,width,height,face,track,score,x0,y0,x1,y1,yaw,pitch,roll,scheme\n"


def row(**changes: str) -> bytes:
    """A table of one face, with some cells changed."""
    cells = dict.fromkeys(HEAD.decode().strip().split(","), "")
    cells |= {"file": "a.png", **dict.fromkeys(("frame", "time", "face"), "0"), "width": "9", "height": "9"}
    cells |= {"score": "1", "x0": "1", "y0": "1", "x1": "8", "y1": "8"}
    return HEAD + ",".join((cells | changes).values()).encode() + b"\n"


def line(face: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """A line of one face, with one thing changed."""
    faces = [{"box": [1, 1, 8, 8], **(face or {})}]
    values = {"file": "a.png", "frame": 0, "time": 0, "width": 9, "height": 9, "faces": faces, **changes}
    return json.dumps(values).encode()


BAD: dict[str, list[bytes]] = {
    "jsonl": [
        b"{", b"[]", b"7", b"{}", b"\xff\xfe", DEEP, line(frame=-1), line(frame=1e39), line(frame=float("inf")),
        line(width=-9), line(height=1 << 63), line(width="wide"), line(time=1e999), line(time=10**400), line(time=None),
        line(faces=3), line(faces=[3]), line(faces={}, frame=[]), line({"box": [1, 1, 1e39, 8]}), line({"score": 1e39}),
        line({"track": 1.5}), line({"domain": []}), line({"domain": {"a": ""}}), line({"weights": 3}),
        line({"colours": {"hair": {"hex": "#12", "name": "x"}}}), line({"colours": {"hair": {"hex": 3, "name": "x"}}}),
        line({"emotion": {"label": "happy", "probabilities": {"happy": 1e39}}}), line({"pose": {"yaw": 1}}),
        line() + b"\n" + line()[:40], line().decode().encode("utf-16"), line() + b"\0",
    ],
    "csv": [
        b"x", b"a,b\n1,2\n", HEAD + b"a.png\n", row(frame="-1"), row(frame="x"), row(width="-1"), row(height="1" * 30),
        row(time="nan"), row(time="inf"), row(score="nan"), row(score="1e39"), row(score=""), row(x1="0"),
        row(x0="inf"),
        row(yaw="1"), row(yaw="nan", pitch="0", roll="0"), row(scheme="ibug68"), row(scheme="x"), row(track="1.5"),
        row(track="-1"), row(width="9" * 5000), row(file='"a'), row().decode().encode("utf-16"), row() + b"\xff",
    ],
    "coco": [
        b"{", b"[]", b"7", b"{}", b"\xff\xfe", DEEP, b'{"images": 3, "annotations": []}', b'{"images": []}',
        coco({"bbox": [1, 1, float("nan"), 8]}), coco({"bbox": [1, 1, 1e308, 8]}), coco({"bbox": [1, 1, 0, 8]}),
        coco({"bbox": [1, 1, 8]}), coco({"bbox": None}), coco({"bbox": ["a", 1, 2, 3]}), coco({"image_id": 2}),
        coco({"keypoints": [1] * 51}), coco({"keypoints": [1] * 7}), coco({"keypoints": [1e308] * 204}),
        coco({"keypoints": "abc"}), coco({"keypoints": {"a": 1}}), coco({"track_id": "x"}), coco({"attributes": 4}),
        coco({"keypoints": [1] * 204, "keypoint_scores": [1, 2]}), coco({"attributes": {"yaw": 1}}),
        coco(images=[{"id": 1}]), coco(images=[{"id": 1, "file_name": "a", "width": "wide"}]), coco(images=[3]),
        coco(annotations=[3]), coco(images=[{"file_name": "a"}]), coco({"image_id": [1]}),
    ],
    "dlib": [
        b"<dataset>", b"plain words", b"\x00\x01", BOMB, OUTSIDE, b"<a><image/></a>",
        dlib("left='1' top='1' width='5'"),
        dlib("left='a' top='1' width='5' height='5'"), dlib("left='1' top='1' width='0' height='5'"),
        dlib("left='1e308' top='1' width='1e308' height='5'"), dlib("left='nan' top='1' width='5' height='5'"),
        dlib(BOX, "<part name='00' x='1' y='1'/>"), dlib(BOX, "<part name='x' x='1' y='1'/>"), dlib(BOX, "<part/>"),
        dlib(BOX, "".join(f"<part name='{i:02d}' x='nan' y='1'/>" for i in range(68))),
        dlib(BOX, "".join(f"<part name='{i + 1:02d}' x='1' y='1'/>" for i in range(68))),
        b"<?xml version='1.0' encoding='klingon'?><dataset/>", b"<a><image file='a' width='w'/></a>",
    ],
    "parquet": [b"PAR1", b"PAR1" + b"\0" * 40 + b"PAR1", b"words and more words"],
    "cvat": [
        b"<annotations>", b"x", BOMB, OUTSIDE, cvat("", "id='1'"), cvat("<box xtl='1' ytl='1' xbr='1'/>"),
        cvat("<box xtl='5' ytl='1' xbr='1' ybr='9'/>"), cvat("<box xtl='1' ytl='1' xbr='1e999' ybr='9'/>"),
        cvat("<skeleton label='a'><points label='0' points='1,1'/></skeleton>"), cvat("<skeleton/>"),
        cvat("<skeleton>" + "".join(f"<points label='{i}' points='1;1'/>" for i in range(68)) + "</skeleton>"),
        cvat("<box xtl='1' ytl='1' xbr='5' ybr='9'><attribute name='score'>high</attribute></box>"),
    ],
    "pts": [
        b"words", pts("1 1\n"), pts("1 1\n" * 69), pts("1 1\n" * 67), pts("1\n" * 68), pts("a b\n" * 68),
        pts("nan 1\n" * 68), pts("1e308 1\n" * 68), pts("1 1\n" * 68, "version: 1\nn_points: 5\n"),
        pts("1 1\n" * 68, "version: 1\nn_points: five\n"), b"\xff" * 50, pts("1 1\n" * 200_000),
    ],
    "labelme": [
        b"{", b"[]", b"{}", DEEP, labelme({"points": [[1, 1]]}), labelme({"points": [[1, 1], [1, 1]]}),
        labelme({"points": [[1, "b"], [3, 4]]}), labelme({"shape_type": "point", "label": "3", "points": [[1, 1]]}),
        labelme({}, imageWidth="wide"), labelme({}, shapes=[1]), labelme({}, shapes=None),
        labelme({"points": [[1, 1], [1e308, 1e308]]}), labelme({"group_id": [1]}), labelme({"group_id": {"a": 1}}),
    ],
    "animeface": [
        b"{", b"[]", b"3", b"{}", DEEP, b'{"file": "a", "likelihood": 1, "face": {"x": 1}}', b"\xff",
        b'{"file": "a", "likelihood": 1, "face": {"x": 1, "y": 1, "width": 0, "height": 4}}',
        b'{"file": "a", "likelihood": NaN, "face": {"x": 1, "y": 1, "width": 4, "height": 4}}',
        b'{"file": "a", "likelihood": 1, "face": {"x": 1e308, "y": 1, "width": 4, "height": 4}}',
        b'{"file": "a", "likelihood": null, "face": {"x": 1, "y": 1, "width": 4, "height": 4}}',
    ],
    "yolo": [b"x", b"0 1 1", b"0 .5 .5 .1 nan", b"0 .5 .5 0 0", b"0 " * 6, b"0 .5 .5 1e308 1e308",
        b"0 .5 .5 .1 .1" + b" 1e308 .5 2" * 68, b"\xff\xfe 1 1 1 1"],
}  # fmt: skip


def placed(name: str, data: bytes, folder: Path) -> Path:
    """A path that the format reads, with data in it."""
    if name == "yolo":
        (folder / "labels").mkdir()
        (folder / "labels/a.txt").write_bytes(data)
        (folder / "pictures.csv").write_text("file,width,height,labels\na.png,9,9,labels/a.txt\n")
        return folder
    path = folder / f"a{FORMATS[name].suffix}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, kinds in BAD.items() for data in kinds])
def test_a_bad_file_gets_one_line_that_names_it(name: str, data: bytes, tmp_path: Path) -> None:
    path = placed(name, data, tmp_path)
    with pytest.raises(InputError) as error:
        list(FORMATS[name].read(path))
    assert str(path) in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("name", BAD)
def test_a_missing_an_empty_and_a_cut_file_are_named(name: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    with pytest.raises(InputError):
        list(form.read(tmp_path / "none"))
    if form.folder:
        with pytest.raises(InputError):
            list(form.read(tmp_path))
        return
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(InputError):
        list(form.read(empty))


def refuses(form: Format, path: Path) -> bool:
    """Whether a file is refused with its name; anything but that and reading it is an error."""
    try:
        list(form.read(path))
    except InputError as error:
        return str(path) in str(error)
    return False


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_with_flipped_and_lost_bytes_is_read_or_refused(name: str, tmp_path: Path) -> None:
    form, rng = FORMATS[name], random.Random(3)
    points = np.linspace(1, 9, 136, dtype=np.float32).reshape(68, 2)
    face = Face([0, 0, 9, 9], 0.5, Landmarks(points, np.ones(68), np.ones(68, bool)))
    path = form.write(tmp_path / f"good{form.suffix}", [Record("a.png", 0, 0.0, 9, 9, [face])])
    whole = max((p for p in path.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size) if form.folder else path
    good = whole.read_bytes()
    refused = 0
    for _ in range(150):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        whole.write_bytes(bad[: rng.randint(1, len(bad))] if rng.random() < 0.3 else bad)
        refused += refuses(form, path)
    assert refused > 10


@pytest.mark.parametrize(
    ("file", "stem"),
    [
        ("a.png", "a"), ("dir/a.b.png", "dir/a.b"), ("/etc/passwd", "etc/passwd"), ("../../up.png", "up"),
        ("C:\\x\\y.png", "C_/x/y"), ("a/../b.png", "a/b"), ("", "picture"), ("..", "picture"), ("젠이치.gif", "젠이치"),
        ("a\x00b.png", "a_b"), (".hidden.png", "_hidden"), ("\ud800\udc80.png", "__"), (".a/b", ".a/b"),
    ],
)  # fmt: skip
def test_a_name_never_leads_out_of_its_folder(file: str, stem: str) -> None:
    assert stem_of(file).as_posix() == stem


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize(
    "file",
    ["a\x01b.png", "a\nb\tc\rd.png", "\ud800.png", "\ufffe.png", ".a.png", "..png", "a" * 200 + ".png",
     "a/" * 300 + "b.png", "-a.png", "\x7f \x85.png", "\N{PILE OF POO}.png", '"&<>\'.png', "a//b\\c.png", " .png", ""],
)  # fmt: skip
def test_a_name_of_any_signs_is_written_and_read_again(form: str, file: str, tmp_path: Path) -> None:
    points = np.linspace(1, 9, 136, dtype=np.float32).reshape(68, 2)
    face = Face([0, 0, 9, 9], 0.5, Landmarks(points, np.ones(68), np.ones(68, bool)))
    path = FORMATS[form].write(tmp_path / f"out{FORMATS[form].suffix}", [Record(file, 0, 0.0, 9, 9, [face])])
    (record,) = FORMATS[form].read(path)
    assert len(record.faces) == 1
    if file.isprintable() and form not in ("pts", "labelme", "yolo", "npy"):
        assert record.file == file


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("file", ["a" * 300 + ".png", "b/" + "a" * 5000])
def test_a_name_too_long_for_a_file_is_told_of_by_those_that_need_one(form: str, file: str, tmp_path: Path) -> None:
    points = np.linspace(1, 9, 136, dtype=np.float32).reshape(68, 2)
    record = Record(
        file, 0, 0.0, 9, 9, [Face([0, 0, 9, 9], landmarks=Landmarks(points, np.ones(68), points[:, 0] > 0))]
    )
    path = tmp_path / f"out{FORMATS[form].suffix}"
    if form in ("pts", "labelme", "yolo", "npy"):
        with pytest.raises(OutputError, match=r"name too long"):
            FORMATS[form].write(path, [record])
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]
    else:
        assert len(list(FORMATS[form].read(FORMATS[form].write(path, [record])))) == 1


def test_names_that_differ_by_case_or_suffix_alone_get_numbers() -> None:
    names = Names()
    got = [names.place(stem_of(name), ".txt").as_posix() for name in ("a.png", "A.png", "a.gif", "d/a.png")]
    assert got == ["a.txt", "A-2.txt", "a-3.txt", "d/a.txt"]


def test_labels_below_another_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("0 .5 .5 .5 .5\n")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "pictures.csv").write_text("file,width,height,labels\na.png,9,9,../secret.txt\n")
    with pytest.raises(InputError, match=r"pictures\.csv:2: no file"):
        list(FORMATS["yolo"].read(folder))


@pytest.mark.parametrize(
    "index",
    [None, b"", b"\xff\xfe\x00", b"file,width\n"]
    + [f"file,width,height,labels\na,{rest}\n".encode() for rest in ("b,c,labels/a.txt", "-1,9,labels/a.txt", "9")],
)
def test_a_list_of_pictures_that_is_none_is_named(index: bytes | None, tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/a.txt").write_text("0 .5 .5 .5 .5\n")
    if index is None:
        (tmp_path / "pictures.csv").mkdir()
    else:
        (tmp_path / "pictures.csv").write_bytes(index)
    with pytest.raises(InputError, match=r"pictures\.csv"):
        list(FORMATS["yolo"].read(tmp_path))


def test_sizes_are_read_from_the_pictures_where_no_list_has_them(tmp_path: Path) -> None:
    for folder in ("labels", "images"):
        (tmp_path / folder).mkdir()
    (tmp_path / "labels/a.txt").write_text("0 .5 .5 .5 .5\n")
    with pytest.raises(InputError, match="no picture a"):
        list(FORMATS["yolo"].read(tmp_path))
    save(np.zeros((20, 40, 3), np.uint8), tmp_path / "images/a.png")
    (record,) = FORMATS["yolo"].read(tmp_path)
    assert (record.file, record.width, record.height) == ("a.png", 40, 20)
    assert record.faces[0].box.tolist() == [10, 5, 30, 15]


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("place", [1.0, 1e30, 3.3e38])
def test_points_in_one_place_and_points_far_out_are_written_or_told_of(form: str, place: float, tmp_path: Path) -> None:
    points = np.full((68, 2), place, np.float32)
    points[:30] *= 1 if place == 1 else -1
    record = Record(
        "a.png", 0, 0.0, 9, 9, [Face([0, 0, place, place], landmarks=Landmarks(points, np.ones(68), points[:, 0] > 0))]
    )
    path = tmp_path / f"out{FORMATS[form].suffix}"
    if form in ("pts", "npy") and place != 1e30:  # the box is that of the points
        with pytest.raises(OutputError, match=r"'a\.png': the points of a face have no box") as error:
            FORMATS[form].write(path, [record])
        assert str(path) in str(error.value)
    else:
        assert len(list(FORMATS[form].read(FORMATS[form].write(path, [record])))) == 1


def test_shares_of_a_picture_need_its_size(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="size is not known"):
        FORMATS["yolo"].write(tmp_path, [Record("a.png", 0, 0.0, 0, 0, [Face([0, 0, 1, 1])])])
