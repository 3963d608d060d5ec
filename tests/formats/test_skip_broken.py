"""What is malformed is left out with a line each, the rest converts, and a summary ends it: of every format written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from charaface.cli import run
from charaface.face import Face, Landmarks
from charaface.files import InputError
from charaface.formats import FORMATS, WRITTEN, Record

Capture = pytest.CaptureFixture[str]
SPOTS = np.stack([np.linspace(2, 40, 68), np.linspace(3, 30, 68) ** 1.2], axis=1).round().astype(np.float32)


def records() -> list[Record]:
    """Three pictures, of which the second has a box of its own to be told by."""
    marks = Landmarks(SPOTS, np.ones(68), np.ones(68, dtype=np.bool_))
    boxes = ([1, 2, 50, 60], [1, 2, 77, 60], [1, 2, 50, 60])
    names = zip(("a.png", "b.png", "c.png"), boxes, strict=True)
    return [Record(name, 0, 0.0, 99, 99, [Face(box, landmarks=marks)]) for name, box in names]


def swapped(old: str, new: str, file: str = "") -> Callable[[Path], None]:
    """Spoils a file, or one in a folder, where some text is."""

    def spoil(path: Path) -> None:
        path = path / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return spoil


def row(path: Path) -> None:
    """Spoils the second row of a table of Parquet."""
    from pyarrow import Table, parquet

    rows = parquet.read_table(path).to_pylist()
    rows[1]["box"] = [9.0, 9.0, 1.0, 1.0]
    parquet.write_table(Table.from_pylist(rows, parquet.read_schema(path)), path)


def point(path: Path) -> None:
    np.save(path / "b.npy", SPOTS * np.nan)


WIDTH = '"width": 76.0'
SPOILT: dict[str, list[tuple[Callable[[Path], object], str]]] = {
    "jsonl": [
        (swapped("77.0", "NaN"), ":2: .*NaN"),
        (swapped("77.0", "1e999"), ":2: .*finite"),
        (swapped('"file": "b.png", ', ""), ":2: a record needs 'file'"),
    ],
    "csv": [(swapped("77.0", "nan"), r":\d: .*finite"), (swapped("77.0", "wide"), r":\d: .*'wide'")],
    "parquet": [(row, "record 2: .*x1 > x0")],
    "coco": [
        (swapped("76.0", "NaN"), "annotation 2: NaN is no number"),
        (swapped("76.0", "1e300"), "annotation 2: .*finite"),
        (swapped("76.0", "7:6"), "annotation 2: .*delimiter"),
        (swapped('"b.png", ', '"b.png", "x": NaN, '), "image 2: NaN"),
        (swapped('"file_name": "b.png", ', ""), "image 2 has no 'file_name'"),
    ],
    "dlib": [
        (swapped("width='76'", "width='nan'"), "image 2: .*finite"),
        (swapped("width='76' ", ""), "image 2: .*without width"),
        (swapped('file="b.png"', ""), "image 2: it names no file"),
    ],
    "cvat": [
        (swapped('"77.0"', '"inf"'), "image 2: .*finite"),
        (swapped('name="b.png"', ""), "image 2: it has no name"),
    ],
    "pts": [
        (swapped("3.0 ", "nan ", "b.pts"), r"b\.pts: .*finite"),
        (swapped("n_points: 68", "n_points: 67", "b.pts"), "says 67"),
        (swapped("3.0 ", "3.0 9 ", "b.pts"), r"b\.pts:4: "),
    ],
    "labelme": [
        (swapped("77.0", "NaN", "b.json"), r"b\.json: .*NaN"),
        (lambda p: (p / "b.json").write_text("{"), r"b\.json: .*column 2"),
        (swapped('"label": "face"', '"x": 1', "b.json"), r"b\.json: .*shape 1: it has no 'label'"),
    ],
    "yolo": [
        (swapped("0 0.", "0 nan 0.", "labels/b.txt"), r"b\.txt:1: a line of"),
        (swapped("labels/b.txt", "../../secret", "pictures.csv"), r"pictures\.csv:3: no file '../../secret'"),
        (swapped("b.png,99", "b.png,-1", "pictures.csv"), r"pictures\.csv:3: a width"),
        (lambda p: (p / "labels/b.txt").unlink(), r"pictures\.csv:3: no file"),
    ],
    "animeface": [
        (swapped(WIDTH, '"width": NaN'), ":2: .*NaN"),
        (swapped(WIDTH, '"width": 1e308'), ":2: .*finite"),
    ],
    "npy": [(point, r"b\.npy: points must be finite")],
}
CASES = [(name, k) for name, kinds in SPOILT.items() for k in range(len(kinds))]


def made(form: str, folder: Path) -> Path:
    kind = FORMATS[form]
    assert kind.write
    return kind.write(folder / f"in{kind.suffix if not kind.folder else ''}", records())


def test_every_format_that_is_written_is_spoilt_here() -> None:
    assert set(SPOILT) == set(WRITTEN)


@pytest.mark.parametrize(("form", "which"), CASES)
def test_what_is_malformed_is_left_out_and_the_rest_converts(
    form: str, which: int, tmp_path: Path, capsys: Capture
) -> None:
    spoil, said = SPOILT[form][which]
    source, out = made(form, tmp_path), tmp_path / "out.jsonl"
    whole = [r.to_dict() for r in FORMATS[form].read(source)]
    spoil(source)
    assert run(["convert", str(source), str(out), "--from", form]) == 2
    assert not out.exists()
    capsys.readouterr()
    assert run(["convert", str(source), str(out), "--from", form, "--skip-broken"]) == 1
    line, summary, *_ = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {source}")
    assert re.search(said, line), line
    rest = [r.to_dict() for r in FORMATS["jsonl"].read(out)]
    assert rest == [whole[0], whole[2]]
    assert summary == f"{out}: 2 faces in 2 frames; 1 left out as broken, named above"


@pytest.mark.parametrize("form", ["dlib", "cvat", "csv"])
def test_a_file_that_breaks_off_gives_what_stands_before(form: str, tmp_path: Path, capsys: Capture) -> None:
    source, out = made(form, tmp_path), tmp_path / "out.jsonl"
    text = source.read_text("utf-8")
    source.write_text(text[: text.index("b.png")] + '"<&', "utf-8")
    assert run(["convert", str(source), str(out), "--from", form, "--skip-broken"]) == 1
    line, summary, *_ = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {source}")
    assert "1 faces in 1 frames; 1 left out" in summary


@pytest.mark.parametrize("form", ["jsonl", "coco", "dlib", "labelme"])
@pytest.mark.parametrize("data", [b"&a;", b"[", b'<!DOCTYPE a [<!ENTITY a "ha">]><dataset>&a;</dataset>'])
def test_where_nothing_can_be_read_nothing_is_written(form: str, data: bytes, tmp_path: Path, capsys: Capture) -> None:
    source = tmp_path / f"in{FORMATS[form].suffix}"
    source.write_bytes(data)
    for target, kind in (("out.csv", "csv"), ("out", "yolo")):
        assert run(["convert", str(source), str(tmp_path / target), "--from", form, "--to", kind, "--skip-broken"]) == 2
        assert all(line.startswith("error: ") for line in capsys.readouterr().err.splitlines())
        assert list(tmp_path.iterdir()) == [source]


def test_a_missing_file_is_one_error_and_no_summary(tmp_path: Path, capsys: Capture) -> None:
    assert run(["convert", str(tmp_path / "no.xml"), str(tmp_path / "out.jsonl"), "--skip-broken"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("no.xml: no such file")


def test_annotations_without_an_image_are_left_out_and_their_order_does_not_count(tmp_path: Path) -> None:
    faces = [{"image_id": which, "bbox": [k, 0, 9, 9]} for k, which in enumerate(["b", 7, "a", [1], "b", "ä"])]
    images = [{"id": name, "file_name": f"{name}.png"} for name in ("a", "b", "ä", "b")]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"annotations": [*faces, {}], "images": images}, ensure_ascii=False), "utf-8")
    said: list[str] = []
    found = list(FORMATS["coco"].read(path, None, said.append))
    assert [[face.box[0] for face in record.faces] for record in found] == [[2], [0, 4], [5]]
    assert [line.split(": ", 1)[1] for line in said] == [
        "annotation 4: unhashable type: 'list'",
        "annotation 7 has no 'image_id'",
        "image 4: its number 'b' is that of image 2 too",
        "annotation 2 is of image 7, which is not there",
    ]
    with pytest.raises(InputError, match="annotation 4"):
        list(FORMATS["coco"].read(path))
