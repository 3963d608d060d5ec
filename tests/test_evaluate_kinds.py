"""Kinds of pictures: each folder's faces are counted by what they are said to be of."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from charaface.evaluate.kinds import FOLDERS, section
from charaface.face import DOMAINS, Face
from charaface.image import save


def test_the_shares_of_a_folder_are_of_its_faces(tmp_path: Path) -> None:
    for folder, level in (("photos68/a", 10), ("photos68/b", 20), ("anime-faces", 30)):
        (tmp_path / folder).mkdir(parents=True)
        save(np.full((8, 8, 3), level, np.uint8), tmp_path / folder / "one.png")
    (tmp_path / "photos68" / "labels.xml").write_text("no picture", "utf-8")
    said = {10: ["photo", "photo"], 20: ["painting"], 30: []}

    def find(image: np.ndarray) -> list[Face]:
        return [Face([0, 0, 8, 8], domain={kind: 0.9, "manga": 0.1}) for kind in said[int(image[0, 0, 0])]]

    found = section(tmp_path, find, lambda *_: None)
    assert found.columns == ("", "are", "faces", *DOMAINS)
    rows = {str(row[0]): row[1:] for row in found.rows}
    assert set(rows) == set(FOLDERS)
    photo, painting = (2 + DOMAINS.index(kind) for kind in ("photo", "painting"))
    assert rows["photos68"][1] == 3
    assert [round(float(rows["photos68"][k]), 1) for k in (photo, painting)] == [66.7, 33.3]
    assert rows["anime-faces"][1:] == (0, *(0.0 for _ in DOMAINS))


def test_no_more_of_a_folder_than_asked_for_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "cartoon-boxes"
    folder.mkdir()
    for number in range(7):
        save(np.zeros((8, 8, 3), np.uint8), folder / f"{number}.png")
    (row,) = (row for row in section(tmp_path, lambda _: [Face([0, 0, 8, 8])], lambda *_: None, 3).rows if row[2])
    assert row[:3] == ("cartoon-boxes", "cartoon", 3)
