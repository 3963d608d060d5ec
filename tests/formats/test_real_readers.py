"""Files of ours in the hands of the tools they are meant for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from charaface.face import Face, Landmarks, Pose
from charaface.formats import FORMATS, Record

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(0, 90, (68, 2)).astype(np.float32)
FACE = Face([1, 2, 91.5, 93], 0.75, Landmarks(POINTS, np.ones(68), np.arange(68) > 3), Pose(1, 2, 3), track=2)
RECORDS = [Record("a b.png", 0, 0.0, 100, 120, [FACE, Face([0, 0, 9, 9])]), Record("c.png", 0, 0.0, 8, 8, [])]


def test_pycocotools_reads_our_coco_and_scores_it_against_itself(tmp_path: Path) -> None:
    tools, scores = pytest.importorskip("pycocotools.coco"), pytest.importorskip("pycocotools.cocoeval")
    path = FORMATS["coco"].write(tmp_path / "faces.json", RECORDS)
    truth = tools.COCO(str(path))
    assert [image["file_name"] for image in truth.loadImgs(truth.getImgIds())] == ["a b.png", "c.png"]
    (named,) = truth.loadCats(truth.getCatIds(catNms=["face_ibug68"]))
    assert len(named["keypoints"]) == len(set(named["keypoints"])) == 68
    faces = truth.loadAnns(truth.getAnnIds(catIds=[named["id"]]))
    assert [face["num_keypoints"] for face in faces] == [68]
    assert faces[0]["bbox"] == [1, 2, 90.5, 91]
    found = truth.loadRes(
        [{key: face[key] for key in ("image_id", "category_id", "keypoints", "score")} for face in faces]
    )
    judge = scores.COCOeval(truth, found, "keypoints")
    judge.params.kpt_oks_sigmas, judge.params.catIds = np.full(68, 0.05), [named["id"]]
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    assert judge.stats[0] == pytest.approx(1)


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_pandas_reads_our_tables(name: str, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = FORMATS[name].write(tmp_path / f"faces.{name}", RECORDS)
    table = (pandas.read_csv if name == "csv" else pandas.read_parquet)(path)
    assert table["file"].tolist() == ["a b.png", "a b.png", "c.png"]
    assert table["face"].tolist()[:2] == [0, 1]
    assert table["face"].isna().tolist() == [False, False, True]
    assert table["score"][0] == 0.75
    points = (
        table.loc[0, "points"].reshape(68, 2) if name == "parquet" else table.filter(regex=r"^p\d+_[xy]$").values[0]
    )
    np.testing.assert_allclose(np.asarray(points, dtype=np.float64).ravel(), POINTS.ravel(), rtol=1e-6)


def test_labelme_finds_the_picture_from_where_its_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "art").mkdir()
    (tmp_path / "art/a.png").touch()
    record = Record("art/a.png", 0, 0.0, 100, 120, [FACE])
    FORMATS["labelme"].write(tmp_path / "labels", [record])
    table = json.loads((tmp_path / "labels/art/a.json").read_text(encoding="utf-8"))
    assert (tmp_path / "labels/art" / table["imagePath"]).resolve() == tmp_path / "art/a.png"
    assert [read.file for read in FORMATS["labelme"].read(tmp_path / "labels")] == ["art/a.png"]


# What dlib's loader of data sets asks for (dlib/data_io/image_dataset_metadata.cpp): of each element the attributes it
# must have and those it may have, each with how its text is read; another one is passed over without a word.
def _long(text: str) -> int:
    assert re.fullmatch(r"-?\d+", text), f"{text!r} is no whole number, which the loader stops at"
    return int(text)


DLIB: dict[str, tuple[str | None, dict[str, Callable[[str], object]], dict[str, Callable[[str], object]]]] = {
    "dataset": (None, {}, {}),
    "name": ("dataset", {}, {}),
    "comment": ("dataset", {}, {}),
    "images": ("dataset", {}, {}),
    "image": ("images", {"file": str}, {"width": _long, "height": _long}),
    "box": (
        "image",
        {"top": _long, "left": _long, "width": _long, "height": _long},
        {"detection_score": float, "pose": float, "angle": float, "ignore": _long},
    ),
    "label": ("box", {}, {}),
    "part": ("box", {"name": str, "x": _long, "y": _long}, {}),
}


def test_dlib_s_loader_takes_our_xml_by_its_rules(tmp_path: Path) -> None:
    root = ElementTree.parse(FORMATS["dlib"].write(tmp_path / "faces.xml", RECORDS)).getroot()
    assert root is not None
    seen = {"dataset": 1}

    def check(element: Element, parent: str | None) -> None:
        place, needs, may = DLIB[element.tag]
        assert place == parent
        assert set(needs) <= set(element.attrib) <= {*needs, *may}
        for name, text in element.attrib.items():
            {**needs, **may}[name](text)
        names = [part.get("name") for part in element if part.tag == "part"]
        assert len(names) == len(set(names))  # a part twice stops the loader
        for child in element:
            seen[child.tag] = seen.get(child.tag, 0) + 1
            check(child, element.tag)

    check(root, None)
    assert (seen["image"], seen["box"], seen["part"]) == (2, 2, 68)
