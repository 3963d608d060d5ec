"""FER2013's csv: pictures, expressions and parts come out as they are in it, and a broken row has one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charaface.data.pictures import format_at
from charaface.face import EXPRESSIONS
from charaface.files import InputError
from charaface.formats import FORMATS
from charaface.formats.fer2013 import CROP_SCALE, FACE, SIDE
from charaface.geometry import crop_matrix

HEAD = "emotion,pixels,Usage\n"
PARTS = ("Training", "Training", "PublicTest", "PrivateTest")


def picture(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (SIDE, SIDE), np.uint8)


def row(number: int, emotion: str = "3", usage: str = "Training", pixels: str | None = None) -> str:
    own = " ".join(map(str, picture(number).ravel().tolist()))
    return f"{emotion},{own if pixels is None else pixels},{usage}\n"


def write(path: Path, text: str, head: str = HEAD) -> Path:
    path.write_text(head + text, encoding="utf-8")
    return path


def test_a_row_is_a_picture_with_its_expression_and_its_part(tmp_path: Path) -> None:
    path = write(tmp_path / "fer2013.csv", "".join(row(i, str(2 * i), usage) for i, usage in enumerate(PARTS)))
    form, source = format_at(path)
    assert form is FORMATS["fer2013"]
    records = list(form.read(source))
    assert [r.file for r in records] == [f"{usage}/{i:05d}" for i, usage in enumerate(PARTS)]
    for i, record in enumerate(records):
        assert record.pixels is not None
        assert record.pixels.dtype == np.uint8
        np.testing.assert_array_equal(record.pixels, np.repeat(picture(i)[..., None], 3, axis=2))
        face = record.faces[0]
        assert face.emotion is not None
        assert face.emotion.label == EXPRESSIONS[2 * i]
        assert face.notes == {"usage": PARTS[i]}


def test_the_crop_of_a_face_is_its_picture() -> None:
    matrix = crop_matrix(np.asarray(FACE), SIDE, CROP_SCALE)
    np.testing.assert_allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=0.02)


def test_other_tables_are_not_taken_for_it(tmp_path: Path) -> None:
    path = write(tmp_path / "faces.csv", "", head="file,frame,time\n")
    assert format_at(path)[0] is FORMATS["csv"]
    with pytest.raises(InputError, match=r"faces\.csv:1: is no FER2013; its first line is emotion,pixels,Usage"):
        list(FORMATS["fer2013"].read(path))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row(1, emotion="7"), "emotion is 0 to 6, got '7'"),
        (row(1, emotion="happy"), "emotion is 0 to 6, got 'happy'"),
        (row(1, usage="Test"), "Usage is Training, PublicTest, PrivateTest, got 'Test'"),
        (row(1, pixels="1 2 3"), "3 pixels; it has 2304"),
        (row(1, pixels=" ".join(["256"] * SIDE**2)), "pixels are 0 to 255"),
        (row(1, pixels=" ".join(["-1"] * SIDE**2)), "pixels are 0 to 255"),
        (row(1, pixels="x " * SIDE**2), "invalid literal"),
        ("3,1 2 3\n", "2 columns; it has 3"),
    ],
)
def test_a_broken_row_is_named_and_the_others_are_read(tmp_path: Path, wrong: str, said: str) -> None:
    path = write(tmp_path / "fer2013.csv", row(0) + wrong + row(2))
    with pytest.raises(InputError, match=rf"fer2013\.csv:3: is no row of FER2013 \(.*{said}"):
        list(FORMATS["fer2013"].read(path))
    heard: list[str] = []
    found = list(FORMATS["fer2013"].read(path, None, heard.append))
    assert [r.file for r in found] == ["Training/00000", "Training/00002"]
    assert len(heard) == 1
    assert said in heard[0]
