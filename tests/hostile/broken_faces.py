"""Files of faces that are broken, hostile or odd: each kind a format, its bytes and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from charaface.face import Face, Landmarks
from charaface.formats import FORMATS, Record

Kind = tuple[str, Callable[[], bytes], str]  # format, bytes of the file, pattern of what is said
POINTS = np.stack([np.linspace(2, 40, 68), np.linspace(3, 30, 68) ** 1.2], axis=1).astype(np.float32)
FACE = Face([1, 2, 50, 60], 0.75, Landmarks(POINTS, np.ones(68), np.ones(68, bool)))
RECORDS = [Record("a.png", 0, 0.0, 99, 99, [FACE]), Record("b.png", 0, 0.0, 99, 99, [FACE, FACE])]


@cache
def good(name: str) -> bytes:
    """A file of two pictures and three faces; of a folder its first file."""
    form = FORMATS[name]
    with TemporaryDirectory() as folder:
        out = form.write(Path(folder) / f"a{form.suffix}", RECORDS)
        return (out if out.is_file() else sorted(out.rglob(f"a*{form.suffix or '.txt'}"))[0]).read_bytes()


def swapped(name: str, old: bytes, new: bytes, count: int = 1) -> Callable[[], bytes]:
    """The good file with the first so many of some bytes swapped for others."""

    def make() -> bytes:
        assert old in good(name), (name, old, good(name)[:300])
        return good(name).replace(old, new, count)

    return make


def changed(name: str, change: Callable[[Any], None], which: int = 0) -> Callable[[], bytes]:
    """The good file of JSON with one thing changed in its table, or in one of its lines."""

    def make() -> bytes:
        lines = good(name).splitlines()
        table = json.loads(lines[which])
        change(table)
        lines[which] = json.dumps(table).encode()
        return b"\n".join(lines) + b"\n"

    return make


def of(form: str, change: Callable[[Any], None], said: str) -> Kind:
    return form, changed(form, change), said


def second(form: str, change: Callable[[Any], None], said: str = "") -> Kind:
    """A kind whose second line is changed."""
    return form, changed(form, change, 1), f"{LINE}.*{said}"


def swap(form: str, old: bytes, new: bytes, count: int = 1, *, said: str) -> Kind:
    return form, swapped(form, old, new, count), said


def put(*keys: Any, value: Any) -> Callable[[Any], None]:
    """A change: the value at the end of a way of keys."""

    def change(table: Any) -> None:
        for key in keys[:-1]:
            table = table[key]
        table[keys[-1]] = value

    return change


def lose(*keys: Any) -> Callable[[Any], None]:
    def change(table: Any) -> None:
        for key in keys[:-1]:
            table = table[key]
        del table[keys[-1]]

    return change


def twice(*keys: Any) -> Callable[[Any], None]:
    """A change: the first of a list is there twice."""

    def change(table: Any) -> None:
        for key in keys:
            table = table[key]
        table.append(table[0])

    return change


def doctype(inside: str, use: str = "&a;") -> Callable[[], bytes]:
    text = f'<?xml version="1.0"?><!DOCTYPE d {inside}><dataset><images><image file="{use}"/></images></dataset>'
    return lambda: text.encode()


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
BOX = ("faces", 0, "box")
LINE = r":2: "  # the second line of a file
NOT_XML = "is no XML of faces"
ENTITIES = NOT_XML + ".*[Ee]ntit"
RED = {"hair": {"hex": "../", "name": "red"}}

BROKEN: dict[str, Kind] = {
    # JSON lines
    "JSON lines cut": ("jsonl", lambda: good("jsonl")[:-200], LINE),
    "JSON lines of NaN": second("jsonl", put(*BOX, 0, value=float("nan")), "NaN"),
    "JSON lines of infinity": second("jsonl", put(*BOX, 2, value=float("inf")), "Infinity"),
    "JSON lines of 1e308": second("jsonl", put(*BOX, 2, value=1e308), "finite"),
    "JSON lines of 1e999": swap("jsonl", b"50.0", b"1e999", said=":1: .*finite"),
    "JSON lines with a box turned round": second("jsonl", put(*BOX, value=[9, 9, 1, 1]), "x1 > x0"),
    "JSON lines with three numbers for a box": second("jsonl", put(*BOX, value=[1, 2, 3]), "4 numbers"),
    "JSON lines with a point too few": second("jsonl", lose("faces", 0, "landmarks", "points", 0), r"\(68, 2\)"),
    "JSON lines with a point too many": second("jsonl", twice("faces", 0, "landmarks", "points"), r"\(68, 2\)"),
    "JSON lines of no scheme": second("jsonl", put("faces", 0, "landmarks", "scheme", value="x" * 9), "no scheme"),
    "JSON lines with a frame of -1": second("jsonl", put("frame", value=-1), "frame"),
    "JSON lines with a width of 2^63": second("jsonl", put("width", value=1 << 63), "width"),
    "JSON lines with a number of 5,000 digits": swap("jsonl", b'"frame": 0', b'"frame": ' + b"9" * 5000, said=":1: "),
    "JSON lines without faces": second("jsonl", lose("faces"), "'faces'"),
    "JSON lines with text for faces": second("jsonl", put("faces", value="many")),
    "JSON lines nested 100,000 deep": ("jsonl", lambda: good("jsonl") + b"[" * 100_000, ":3: "),
    "JSON lines in UTF-16": ("jsonl", lambda: good("jsonl").decode().encode("utf-16"), ":1: "),
    "JSON lines with zeros": ("jsonl", lambda: good("jsonl") + bytes(99), ":3: "),
    "JSON lines with CR alone": ("jsonl", lambda: good("jsonl").replace(b"\n", b"\r"), ":1: "),
    "JSON line of 10 MB": ("jsonl", lambda: b'{"file": "' + b"a" * 10_000_000, ":1: "),
    "JSON lines of a track 1.5": second("jsonl", put("faces", 0, "track", value=1.5)),
    "JSON lines of a colour that is none": second("jsonl", put("faces", 0, "colours", value=RED), "#rrggbb"),
    # CSV
    "table without a column": swap("csv", b"score", b"skore", said="no column score"),
    "table of NaN": swap("csv", b",50.0,", b",nan,", said=":[23]: .*finite"),
    "table of 1e308": swap("csv", b",50.0,", b",1e308,", said=":[23]: .*finite"),
    "table with a row cut": ("csv", lambda: good("csv")[:-900], ":[34]: "),
    "table with an open quote": swap("csv", b"b.png", b'"b.png', said=r":\d+: "),
    "table with a cell of 1 MB": swap("csv", b"b.png", b"b" * 1_000_000, said=r":\d+: .*limit"),
    "table in UTF-16": ("csv", lambda: good("csv").decode().encode("utf-16"), ":1: "),
    "table with a width of words": swap("csv", b",99,99,", b",wide,99,", said=":[23]: .*'wide'"),
    "table with a track of -1": swap("csv", b",0,,0.75", b",0,-1,0.75", said=":[23]: .*track"),
    # Parquet
    "Parquet cut": ("parquet", lambda: good("parquet")[:-100], "is no table of faces"),
    "Parquet of its magic alone": ("parquet", lambda: b"PAR1PAR1", "is no table of faces"),
    "Parquet of zeros": ("parquet", lambda: b"PAR1" + bytes(400) + b"\xff\xff\xff\x7fPAR1", "is no table of faces"),
    "pickle with Parquet's name": ("parquet", lambda: b"cos\nsystem\n(S'exit 77'\ntR.", "is no table of faces"),
    # COCO
    "COCO cut": ("coco", lambda: good("coco")[:-9], "line 1 column"),
    "COCO nested 100,000 deep": ("coco", lambda: b'{"images":' + b"[" * 100_000, "is no file of COCO"),
    "COCO of NaN": of("coco", put("annotations", 1, "bbox", 0, value=float("nan")), "NaN"),
    "COCO of 1e308": of("coco", put("annotations", 1, "bbox", 2, value=1e308), "annotation 2: .*finite"),
    "COCO of a negative width": of("coco", put("annotations", 1, "bbox", 2, value=-5), "annotation 2: .*x1 > x0"),
    "COCO of 17 points": of("coco", put("annotations", 1, "keypoints", value=[1] * 51), "annotation 2: 17 keypoints"),
    "COCO of 4 and a third points": of("coco", put("annotations", 1, "keypoints", value=[1] * 13), "annotation 2: "),
    "COCO of an image that is not there": of("coco", put("annotations", 1, "image_id", value=77), "image 77"),
    "COCO with two images of one number": of("coco", put("images", 1, "id", value=1), "image 2: .*number"),
    "COCO without a name": of("coco", lose("images", 1, "file_name"), "image 2 has no 'file_name'"),
    "COCO that is a list": ("coco", lambda: b"[1, 2]", "is no file of COCO"),
    "COCO in UTF-16": ("coco", lambda: good("coco").decode().encode("utf-16"), "is no file of COCO"),
    # dlib
    "billion laughs": ("dlib", doctype(f'[<!ENTITY a "ha">{LAUGHS}]', "&j;"), ENTITIES),
    "quadratic entities": ("dlib", doctype(f'[<!ENTITY a "{"x" * 99_999}">]', "&a;" * 999), ENTITIES),
    "external entity": ("dlib", doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]'), ENTITIES),
    "external entity of an address": ("dlib", doctype('[<!ENTITY a SYSTEM "http://127.0.0.1:9/">]'), ENTITIES),
    "parameter entity": ("dlib", doctype('[<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]', "a"), ENTITIES),
    "XML cut": ("dlib", lambda: good("dlib")[:-30], NOT_XML + ".*line"),
    "XML of bare words": ("dlib", lambda: b"<dataset><images>words", NOT_XML + ".*line 1"),
    "XML in no known script": ("dlib", lambda: b"<?xml version='1.0' encoding='klingon'?><dataset/>", NOT_XML),
    "XML with zeros": swap("dlib", b"<images>", b"<images>\0", said=NOT_XML + ".*line 4"),
    "dlib of a negative width": swap("dlib", b"width='49'", b"width='-49'", 9, said="image 1: .*x1 > x0"),
    "dlib of NaN": swap("dlib", b"left='1'", b"left='nan'", 9, said="image 1: .*finite"),
    "dlib of 1e308": swap("dlib", b"left='1'", b"left='1e308'", 9, said="image 1: .*finite"),
    "dlib with a part too few": swap("dlib", b"<part name='05'", b"<bart name='05'", said="image 1: 67 parts"),
    "dlib with a part twice": swap(
        "dlib", b"<part name='00'", b"<part name='0' x='1' y='1'/><part name='00'", said="image 1: 69 parts"
    ),
    "dlib without a file": swap("dlib", b"file=", b"fail=", said="image 1: it names no file"),
    # CVAT
    "CVAT with entities": ("cvat", doctype(f'[<!ENTITY a "ha">{LAUGHS}]', "&j;"), ENTITIES),
    "CVAT of a box turned round": swap("cvat", b'xtl="1.0"', b'xtl="99"', said="image 1: .*x1 > x0"),
    "CVAT of infinity": swap("cvat", b'xbr="50.0"', b'xbr="inf"', said="image 1: .*finite"),
    "CVAT of points without a comma": swap("cvat", b'points="2.5,', b'points="2.5;', said="image 1: "),
    "CVAT with a point twice": swap("cvat", b'<points label="1"', b'<points label="0"', said="image 1: 68 points"),
    "CVAT with two skeletons in a group": swap("cvat", b'group_id="2"', b'group_id="1"', 9, said="image 2: .*group"),
    # points
    "points that are fewer than said": swap("pts", b"n_points: 68", b"n_points: 70", said="says 70 points and has 68"),
    "points of NaN": swap("pts", b"3.0 ", b"nan ", said="finite"),
    "points of 1e308": swap("pts", b"3.0 ", b"1e308 ", said="finite"),
    "points of three numbers": swap("pts", b"\n}", b" 3\n}", said=":71: "),
    "points with CR alone": ("pts", lambda: good("pts").replace(b"\n", b"\r"), "a.pts"),
    "points in UTF-16": ("pts", lambda: good("pts").decode().encode("utf-16"), "a.pts"),
    "points without end": ("pts", lambda: b"n_points: 68\n{\n" + b"1 1\n" * 200_000, ":100001: more lines"),
    "point of 10 MB": ("pts", lambda: b"n_points: 68\n{\n" + b"1" * 10_000_000 + b" 2\n}\n", "a.pts"),
    # LabelMe
    "LabelMe cut": ("labelme", lambda: good("labelme")[:-9], "line 1 column"),
    "LabelMe of NaN": of("labelme", put("shapes", 3, "points", 0, 0, value=float("nan")), "NaN"),
    "LabelMe of 1e308": of("labelme", put("shapes", 3, "points", 0, 0, value=1e308), "finite"),
    "LabelMe of a box with one corner": of("labelme", put("shapes", 0, "points", value=[[1, 1]]), "shape 1: "),
    "LabelMe of a point with three": of("labelme", put("shapes", 3, "points", value=[[1, 2, 3]]), "shape 4: "),
    "LabelMe with a point twice": of("labelme", put("shapes", 3, "label", value="0"), "68 points of a group"),
    "LabelMe with two boxes in a group": of("labelme", twice("shapes"), "shape 70: .*box"),
    "LabelMe without shapes": of("labelme", lose("shapes"), "'shapes'"),
    # animeface
    "animeface of NaN": second("animeface", put("likelihood", value=float("nan")), "NaN"),
    "animeface of 1e308": second("animeface", put("face", "x", value=1e308), "finite"),
    "animeface of no width": second("animeface", put("face", "width", value=0), "x1 > x0"),
    "animeface without a face": second("animeface", lose("face"), "'face'"),
    # YOLO: the file of labels
    "YOLO of NaN": ("yolo", lambda: b"0 .5 .5 .1 nan\n", ":1: .*finite"),
    "YOLO of 1e308": ("yolo", lambda: b"0 .5 .5 .1 .1\n0 .5 .5 1e308 .1\n", ":2: .*finite"),
    "YOLO of a negative width": ("yolo", lambda: b"0 .5 .5 -.1 .1\n", ":1: .*x1 > x0"),
    "YOLO of six numbers": ("yolo", lambda: b"0 .5 .5 .1 .1 1\n", ":1: a line of 6 numbers"),
    "YOLO of words": ("yolo", lambda: b"../../etc/passwd\n", ":1: "),
    "YOLO in UTF-16": ("yolo", lambda: good("yolo").decode().encode("utf-16"), ":1: "),
}  # fmt: skip

CLIMBS = ["../../up.png", "/etc/passwd", "C:\\Windows\\a.png", "a/../../../b.png", "..\\..\\c.png", "~/d.png"]
SIGNS = ["-a.png", "\n.png", "\x1b[2J.png", "\udc80.png", "\u202egnp.png", "\U0001f600.png", "젠이치.png"]
ALIKE = ["a.png", "A.png", "a.PNG", "a.gif", "ä.png", "Ä.png"]


def named(*names: str) -> Callable[[], bytes]:
    """JSON lines of a face in each picture."""
    lines = [json.dumps(Record(name, 0, 0.0, 99, 99, [FACE]).to_dict()) for name in names]
    return lambda: "\n".join(lines).encode()


ODD: dict[str, tuple[str, Callable[[], bytes], int]] = {
    # format, bytes, number of pictures in it
    "JSON lines with a mark in front": ("jsonl", lambda: b"\xef\xbb\xbf" + good("jsonl"), 2),
    "JSON lines with CR and LF": ("jsonl", lambda: good("jsonl").replace(b"\n", b"\r\n"), 2),
    "JSON lines with empty lines": ("jsonl", lambda: b"\n\n" + good("jsonl").replace(b"\n", b"\n \n"), 2),
    "JSON lines without an end": ("jsonl", lambda: good("jsonl").rstrip(), 2),
    "JSON lines with a key twice": ("jsonl", swapped("jsonl", b'{"file"', b'{"file": 3, "file"'), 2),
    "JSON lines with a value of 10 MB": ("jsonl", changed("jsonl", put("note", value="x" * 10_000_000)), 2),
    "names that climb out": ("jsonl", named(*CLIMBS), len(CLIMBS)),
    "names that differ by case": ("jsonl", named(*ALIKE), len(ALIKE)),
    "names of all signs": ("jsonl", named(*SIGNS), len(SIGNS)),
    "names that are devices": ("jsonl", named("CON.png", "nul", "a:b.png", "a*?.png", "|rm.png", "$(rm).png"), 6),
    "table with CR alone": ("csv", lambda: good("csv").replace(b"\n", b"\r"), 2),
    "table with a mark in front": ("csv", lambda: b"\xef\xbb\xbf" + good("csv"), 2),
    "table with a column of its own": ("csv", lambda: good("csv").replace(b"\n", b",x\n"), 2),
    "XML in Latin-1": ("dlib", lambda: good("dlib").replace(b"UTF-8", b"latin-1").replace(b"a.png", b"\xe4.png"), 2),
    "XML with comments": ("dlib", lambda: good("dlib").replace(b"<box", b"<!-- <box --><?php x ?><box"), 2),
    "XML nested 20,000 deep": ("dlib", lambda: b"<a>" * 20_000 + b"<image file='a.png'/>" + b"</a>" * 20_000, 1),
    "COCO with a mark in front": ("coco", lambda: b"\xef\xbb\xbf" + good("coco"), 2),
    "points with CR and LF": ("pts", lambda: good("pts").replace(b"\n", b"\r\n"), 1),
    "LabelMe with a circle": ("labelme", changed("labelme", put("shapes", 0, "shape_type", value="circle")), 1),
}  # fmt: skip
