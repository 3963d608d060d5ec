"""Names of colours against labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface.evaluate import colours
from charaface.evaluate.colours import goals, judge, read_colours, section
from charaface.face import Colour, Face


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """1,200 labelled pictures, each of a grey that says which labels it has."""
    folder = tmp_path / "anime-colours"
    (folder / "images").mkdir(parents=True)
    rows = ["file,hair,eyes"]
    for k in range(1200):
        rows.append(f"images/{k:04d}.jpg,{['pink', 'blue'][k % 2]},{['red', 'green'][k // 2 % 2]}")
        if k < 8:
            Image.new("RGB", (8, 8), (k,) * 3).save(folder / "images" / f"{k:04d}.jpg")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return tmp_path


def test_what_is_fitted_on_is_never_measured_on_and_the_same_each_time(data: Path) -> None:
    fitted, measured = read_colours(data)
    assert (len(fitted), len(measured)) == (colours.FITTED, 200)
    assert not {one.file for one in fitted} & {one.file for one in measured}
    assert read_colours(data) == (fitted, measured)
    assert read_colours(data / "nowhere") == ([], [])


def found(hair: str | None, right: tuple[str, float] | None, left: tuple[str, float] | None) -> Face:
    parts = {"hair": hair and (hair, 1.0), "right_eye": right, "left_eye": left}
    return Face([0, 0, 8, 8], colours={k: Colour("#000000", *v) for k, v in parts.items() if v})


def test_right_names_count_and_what_is_not_told_is_wrong(data: Path) -> None:
    labels = sorted([*read_colours(data)[0], *read_colours(data)[1]], key=lambda one: one.file)[:8]

    def find(image: np.ndarray) -> list[Face]:
        k = int(image[0, 0, 0])
        eyes = ["red", "green"][k // 2 % 2]
        if k == 0:
            return []
        if k == 1:
            return [found(None, None, (eyes, 0.5))]
        return [found(["pink", "blue"][k % 2], (eyes, 0.9), ("black", 0.4))]

    said = judge(data, labels, find, lambda *_: None)
    hair, eyes = goals(said)
    assert hair.estimate.value == pytest.approx(100 * 6 / 8)
    assert eyes.estimate.value == pytest.approx(100 * 7 / 8)
    assert (hair.verdict, eyes.verdict) == ("floor", "aim")
    rows = {str(row[0]): row[1:] for row in section(said, "hair").rows}
    columns = section(said, "hair").columns[1:]
    assert rows["pink"][columns.index("pink")] == pytest.approx(75)
    assert rows["pink"][columns.index("none")] == pytest.approx(25)
