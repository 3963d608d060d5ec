"""Where the pictures of a file of faces are: by their names, beside the labels, below a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from charaface.data.pictures import Pictures, format_at
from charaface.files import InputError
from charaface.formats import FORMATS, Record


def touched(folder: Path, *names: str) -> Path:
    """A folder with empty files of these names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def record(file: str, frame: int = 0) -> Record:
    return Record(file, frame, 0.0, 9, 9, [])


@pytest.mark.parametrize(
    ("file", "found", "frame"),
    [
        ("a.png", "a.png", 0), ("dir/b.jpg", "dir/b.jpg", 0), ("elsewhere/c.webp", "images/c.webp", 0),
        ("b.jpg", "dir/b.jpg", 0), ("b", "dir/b.jpg", 0), ("B.JPG", "dir/b.jpg", 0), ("a.tiff", "a.png", 0),
        ("dir/b_2", "dir/b.jpg", 0), ("clip.gif", "clip.gif", 4), ("clip_000007.gif", "clip.gif", 7),
        ("old/dir\\b.jpg", "dir/b.jpg", 0), ("x/one/same.png", "one/same.png", 0), ("two/same", "two/same.png", 0),
        ("d_000003.png", "d_000003.png", 0), ("젠이치.png", "젠이치.png", 0),
    ],
)  # fmt: skip
def test_a_picture_is_found_by_what_its_name_may_mean(file: str, found: str, frame: int, tmp_path: Path) -> None:
    folder = touched(
        tmp_path, "a.png", "dir/b.jpg", "images/c.webp", "clip.gif", "one/same.png", "two/same.png", "d_000003.png",
        "젠이치.png", ".hidden/z.png", "a.txt",
    )  # fmt: skip
    place = Pictures(folder / "labels.jsonl").find(record(file, 4 if file == "clip.gif" else 0))
    assert place == (folder / found, frame)
    assert Pictures(folder, folder).find(record(file, 4 if file == "clip.gif" else 0)) == place


@pytest.mark.parametrize("file", ["none.png", "z.png", "a.txt", "", "..", "x" * 300, f"{'x' * 300}.png", "a\0.png"])
def test_a_picture_that_is_nowhere_is_named(file: str, tmp_path: Path) -> None:
    folder = touched(tmp_path, ".hidden/z.png", "a.txt")
    with pytest.raises(InputError, match="no such picture"):
        Pictures(folder).find(record(file))


def test_two_pictures_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    folder = touched(tmp_path, "one/same.png", "two/same.png")
    with pytest.raises(InputError, match=r"same\.png: 2 pictures have this name"):
        Pictures(folder).find(record("same.png"))


def test_a_folder_given_comes_before_where_the_name_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(touched(tmp_path, "a.png", "given/a.png"))
    assert Pictures(tmp_path / "f.jsonl").find(record("a.png"))[0] == Path("a.png")
    assert Pictures(tmp_path / "f.jsonl", Path("given")).find(record("a.png"))[0] == Path("given/a.png")
    with pytest.raises(InputError, match="none: is no folder of pictures"):
        Pictures(tmp_path, tmp_path / "none")


@pytest.mark.parametrize(
    ("names", "form", "path"),
    [
        (["labels.jsonl", "data.yaml"], "jsonl", "labels.jsonl"), (["data.yaml"], "yolo", ""),
        (["labels/a.txt"], "yolo", ""), (["deep/a.pts", "a.png"], "pts", ""), (["a.json"], "labelme", ""),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_what_lies_in_it(names: list[str], form: str, path: str, tmp_path: Path) -> None:
    assert format_at(touched(tmp_path, *names)) == (FORMATS[form], tmp_path / path)


def test_a_file_is_known_by_its_name_and_an_odd_folder_is_not(tmp_path: Path) -> None:
    assert format_at(Path("faces.json")) == (FORMATS["coco"], Path("faces.json"))
    with pytest.raises(InputError, match="say it with --from"):
        format_at(Path("faces.odd"))
    with pytest.raises(InputError, match=r"no labels\.jsonl, data\.yaml, \.npy, \.pts, \.mat or \.json in this folder"):
        format_at(touched(tmp_path, "a.png"))
