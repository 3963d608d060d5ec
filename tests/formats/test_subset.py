"""The subsets of 300-W, and any other, by the names of the pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from charaface.cli import run
from charaface.face import Face
from charaface.formats import FORMATS, Record
from charaface.formats.subset import of_subset, only

NAMES = [  # as the XML of 300-W has them
    "afw/134212_1.jpg", "helen/trainset/100032540_1.jpg", "lfpw/trainset/image_0457.png", "helen/testset/1_1.jpg",
    "lfpw/testset/image_0001.png", "ibug/image_003_1.jpg", "300w\\ibug\\image_004_1.jpg", "/data/helen/testset/2_1.jpg",
]  # fmt: skip


def records() -> list[Record]:
    return [Record(name, 0, 0.0, 9, 9, [Face([0, 0, 9, 9])]) for name in NAMES]


@pytest.mark.parametrize(
    ("name", "places"),
    [("common", [3, 4, 7]), ("challenging", [5, 6]), ("full", [3, 4, 5, 6, 7]), (r"^afw/", [0]), ("none", [])],
)
def test_a_subset_is_known_by_the_folders_in_its_names(name: str, places: list[int]) -> None:
    assert [record.file for record in only(records(), name)] == [NAMES[k] for k in places]


def test_common_and_challenging_share_nothing_and_make_the_full_one() -> None:
    common, hard, full = ({n for n in NAMES if of_subset(s)(n)} for s in ("common", "challenging", "full"))
    assert not common & hard
    assert common | hard == full


def test_no_subset_is_all() -> None:
    assert [record.file for record in only(records(), None)] == NAMES


def test_convert_takes_a_subset_and_says_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = FORMATS["dlib"].write(tmp_path / "a.xml", records())  # type: ignore[misc]
    assert run(["convert", str(source), str(tmp_path / "b.xml"), "--subset", "challenging"]) == 0
    assert [record.file for record in FORMATS["dlib"].read(tmp_path / "b.xml")] == [NAMES[5], NAMES[6]]
    capsys.readouterr()
    for wrong, said in (("none", "no picture in it is of 'none'"), ("(", "a subset is common, challenging, full or")):
        assert run(["convert", str(source), str(tmp_path / "c.xml"), "--subset", wrong]) == 2
        assert said in capsys.readouterr().err
        assert not (tmp_path / "c.xml").exists()
