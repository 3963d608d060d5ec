"""look: every face of a data set on a sheet, where it should be, and a word for each picture that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from charaface.cli import run
from charaface.data.look import GAP, Sheet, look
from charaface.face import Face, Landmarks
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.gif import GifWriter
from charaface.image import load, save
from charaface.schemes import SCHEMES
from painted import paint, points_of

COLOURS = [(250, 60, 60), (60, 200, 60), (60, 60, 250), (230, 200, 40), (40, 210, 220)]
SIDE = 100
Capture = pytest.CaptureFixture[str]


def data_set(folder: Path, count: int = 5, scheme: str = "ibug68") -> Path:
    """A file of faces beside pictures, each of one colour with one face of its own size."""
    ones, records = np.ones(68), []
    for k in range(count):
        square = (20.0 + 5 * k, 30.0, 60.0 + 10 * k)
        image = np.full((200, 240, 3), COLOURS[k % len(COLOURS)], np.uint8)
        save(image, folder / f"{k}.png")
        marks = Landmarks(points_of(square), ones, ones).to(scheme)
        box = [square[0], square[1], square[0] + square[2], square[1] + square[2]]
        records.append(Record(f"{k}.png", 0, 0.0, 240, 200, [Face(box, landmarks=marks)]))
    return FORMATS["jsonl"].write(folder / "faces.jsonl", records)


def tile(sheet: np.ndarray, place: int, columns: int) -> np.ndarray:
    """(SIDE, SIDE, 3) the face at a place of a sheet."""
    rows = (len(sheet) - GAP) // (SIDE + GAP)  # a caption is less than a tile high
    row, column = divmod(place, columns)
    y, x = GAP + row * ((len(sheet) - GAP) // rows), GAP + column * (SIDE + GAP)
    return sheet[y : y + SIDE, x : x + SIDE]


def shown(sheets: list[Sheet]) -> list[str]:
    return [one.record.file for sheet in sheets for one in sheet.tiles]


def test_each_face_stands_in_its_place_with_its_box_and_points(tmp_path: Path) -> None:
    (sheet,) = look(data_set(tmp_path), tmp_path / "s.png", columns=3, size=SIDE)
    picture = load(sheet.path)
    assert picture.shape[1] == 3 * (SIDE + GAP) + GAP
    for k in range(5):
        corner = tile(picture, k, 3)[2:12, 40:60].reshape(-1, 3)
        assert tuple(np.median(corner, axis=0)) == COLOURS[k]
        inside = tile(picture, k, 3)[20:80, 20:80]
        assert (np.abs(inside.astype(int) - COLOURS[k]).sum(axis=2) > 60).mean() > 0.05
    assert (tile(picture, 5, 3) == 255).all()  # the sixth is empty


def test_a_sheet_says_which_face_is_where(tmp_path: Path) -> None:
    (sheet,) = look(data_set(tmp_path), tmp_path / "s.png", columns=3, size=SIDE)
    table = sheet.to_dict()
    assert table["sheet"] == str(tmp_path / "s.png")
    assert [(f["row"], f["column"], f["file"], f["frame"], f["face"]) for f in table["faces"]] == [
        (1, 1, "0.png", 0, 0), (1, 2, "1.png", 0, 0), (1, 3, "2.png", 0, 0),
        (2, 1, "3.png", 0, 0), (2, 2, "4.png", 0, 0),
    ]  # fmt: skip


def test_what_does_not_fit_goes_on_to_further_sheets(tmp_path: Path) -> None:
    sheets = look(data_set(tmp_path), tmp_path / "s.png", columns=2, size=SIDE)
    assert [sheet.path.name for sheet in sheets] == ["s.png", "s-2.png"]
    assert [len(sheet.tiles) for sheet in sheets] == [4, 1]
    assert load(sheets[1].path).shape[1] == SIDE + 2 * GAP
    assert shown(sheets) == [f"{k}.png" for k in range(5)]


def test_the_first_are_shown_or_a_choice_that_the_seed_decides(tmp_path: Path) -> None:
    source, out = data_set(tmp_path, 20), tmp_path / "s.png"
    assert shown(look(source, out, number=3, size=SIDE)) == ["0.png", "1.png", "2.png"]
    choices = [tuple(shown(look(source, out, number=3, seed=seed, size=SIDE))) for seed in range(12)]
    assert tuple(shown(look(source, out, number=3, seed=4, size=SIDE))) == choices[4]
    assert len(set(choices)) > 8
    assert {name for choice in choices for name in choice} > {"0.png", "19.png"}
    for choice in choices:
        assert len(set(choice)) == 3
        assert list(choice) == sorted(choice, key=lambda name: int(name[:-4]))
    assert len(shown(look(source, out, number=50, seed=1, size=SIDE))) == 20


def test_the_same_is_drawn_to_the_byte(tmp_path: Path) -> None:
    source = data_set(tmp_path)
    one, two = (look(source, tmp_path / name, size=SIDE)[0].path.read_bytes() for name in ("a.png", "b.png"))
    assert one == two


@pytest.mark.parametrize("name", ["coco", "csv", "dlib", "cvat", "yolo", "pts", "labelme", "parquet"])
@pytest.mark.parametrize("scheme", ["ibug68", "manga60b"])
def test_any_file_of_faces_will_do(name: str, scheme: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    records = FORMATS["jsonl"].read(data_set(tmp_path, scheme=scheme))
    path = form.write(tmp_path / f"labels{form.suffix if not form.folder else ''}", records)
    given = {"form": name} if name in ("dlib", "cvat") else {}
    found = look(path, tmp_path / "s.png", pictures=tmp_path, scheme=scheme, size=SIDE, **given)
    assert [Path(file).stem for file in shown(found)] == [str(k) for k in range(5)]
    marks = found[0].tiles[0].face.landmarks
    assert marks.scheme == scheme


@pytest.mark.parametrize("scheme", SCHEMES)
def test_points_of_any_scheme_are_drawn(scheme: str, tmp_path: Path) -> None:
    (sheet,) = look(data_set(tmp_path, 1, scheme), tmp_path / "s.png", size=300)
    plain = data_set(tmp_path, 1)
    (record,) = FORMATS["jsonl"].read(plain)
    bare = FORMATS["jsonl"].write(
        tmp_path / "bare.jsonl", [Record(record.file, 0, 0.0, 240, 200, [Face(record.faces[0].box)])]
    )
    (without,) = look(bare, tmp_path / "b.png", size=300)
    changed = (load(sheet.path) != load(without.path)).any(axis=2).sum()
    assert changed > 20 * SCHEMES[scheme].count


def test_faces_of_a_clip_are_shown_in_their_frames(tmp_path: Path) -> None:
    with (tmp_path / "c.gif").open("wb") as file:
        writer = GifWriter(file, 240, 200, loop=0)
        for colour in COLOURS:
            writer.add(np.full((200, 240, 3), colour, np.uint8), 4)
        writer.close()
    face = Face([60, 60, 140, 140])
    records = [Record("c.gif", k, k / 25, 240, 200, [face, face]) for k in range(5)]
    for name in ("jsonl", "cvat"):  # the latter names each frame as a picture of its own
        form = FORMATS[name]
        source = form.write(tmp_path / f"f{form.suffix}", records)
        kind = None if name == "jsonl" else name
        (sheet,) = look(source, tmp_path / "s.png", form=kind, columns=4, number=10, size=SIDE)
        picture = load(sheet.path)
        for k in range(10):
            assert np.abs(np.median(tile(picture, k, 4)[5:15, 30:70], axis=(0, 1)) - COLOURS[k // 2]).max() < 3
        assert [one.number for one in sheet.tiles] == [0, 1] * 5
    assert look(tmp_path / "f.jsonl", tmp_path / "s.png", number=4)[0].tiles[2].title == "c.gif f1 #0"


def test_a_picture_that_is_missing_or_broken_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    source = data_set(tmp_path)
    (tmp_path / "1.png").unlink()
    (tmp_path / "3.png").write_bytes(b"no picture")
    problems: list[str] = []
    assert shown(look(source, tmp_path / "s.png", size=SIDE, problem=problems.append)) == ["0.png", "2.png", "4.png"]
    assert [problem.split(":")[0].rpartition("/")[2] for problem in problems] == ["1.png", "3.png"]
    with pytest.raises(InputError, match=r"1\.png: no such picture"):
        look(source, tmp_path / "t.png", size=SIDE)
    assert not (tmp_path / "t.png").exists()


def test_a_label_that_is_malformed_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    source = data_set(tmp_path)
    first, *rest = source.read_text("utf-8").splitlines()
    source.write_text("\n".join([first, "{oh", *rest]) + "\n", "utf-8")
    problems: list[str] = []
    sheets = look(source, tmp_path / "s.png", size=SIDE, problem=problems.append)
    assert shown(sheets) == [f"{k}.png" for k in range(len(rest) + 1)]
    assert [f"{source}:2" in problem for problem in problems] == [True]
    with pytest.raises(InputError, match=f"{source.name}:2"):
        look(source, tmp_path / "t.png", size=SIDE)


def test_nothing_to_show_is_said(tmp_path: Path) -> None:
    source = data_set(tmp_path)
    with pytest.raises(InputError, match="none of its pictures can be shown"):
        look(FORMATS["jsonl"].write(tmp_path / "x.jsonl", [Record("no.png", 0, 0.0, 9, 9, [Face([0, 0, 9, 9])])]),
             tmp_path / "s.png", problem=lambda _: None)  # fmt: skip
    with pytest.raises(InputError, match="no face in it"):
        look(FORMATS["jsonl"].write(tmp_path / "x.jsonl", [Record("0.png", 0, 0.0, 9, 9, [])]), tmp_path / "s.png")
    with pytest.raises(InputError, match="say it with --from"):
        look(source.rename(tmp_path / "faces.txt"), tmp_path / "s.png")
    for wrong in ({"number": 0}, {"columns": 51}, {"size": 10}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is "):
            look(source, tmp_path / "s.png", **wrong)


def test_a_long_name_is_shortened_in_its_middle(tmp_path: Path) -> None:
    save(paint([]), tmp_path / f"{'x' * 200}.png")
    record = Record(f"{'x' * 200}.png", 0, 0.0, 320, 240, [Face([50, 50, 150, 150])])
    source = FORMATS["jsonl"].write(tmp_path / "f.jsonl", [record])
    (sheet,) = look(source, tmp_path / "s.png", size=SIDE)
    caption = load(sheet.path)[GAP + SIDE : -GAP, GAP:-GAP]
    inked = np.flatnonzero((caption < 128).all(axis=2).any(axis=0))
    assert 0.6 * SIDE < inked[-1] < SIDE - 2
    assert (load(sheet.path)[:, -GAP:] == 255).all()


def test_the_command_tells_which_face_is_where_and_what_was_not_there(tmp_path: Path, capsys: Capture) -> None:
    source, out = data_set(tmp_path), tmp_path / "s.png"
    arguments = ["data", "look", str(source), "-o", str(out), "--size", "64", "--columns", "2", "-n", "5"]
    assert run(arguments) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(one["sheet"]).name for one in said] == ["s.png", "s-2.png"]
    assert [face["file"] for one in said for face in one["faces"]] == [f"{k}.png" for k in range(5)]
    (tmp_path / "2.png").unlink()
    assert run(arguments) == 1
    assert "error: 2.png: no such picture" in capsys.readouterr().err
    assert run([*arguments, "--pictures", str(tmp_path / "none")]) == 2
    assert "none: is no folder of pictures" in capsys.readouterr().err
    assert run([*arguments, "--max-pixels", "100"]) == 2
    assert "--max-pixels 48000 raises it" in capsys.readouterr().err


def test_what_the_generator_writes_can_be_looked_at(tmp_path: Path) -> None:
    pytest.importorskip("skia")
    assert run(["synth", "-n", "3", "-o", str(tmp_path / "made"), "--size", "64", "--workers", "1"]) == 0
    (sheet,) = look(tmp_path / "made", tmp_path / "s.png", size=SIDE)
    assert shown([sheet]) == [f"images/{k:06d}.png" for k in range(3)]
