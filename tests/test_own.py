"""evaluate on a data set of one's own: labels in any format, pictures where their names say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import evaluate
from charaface.cli import run
from charaface.evaluate.own import own_table, questions
from charaface.evaluate.points import FOUND
from charaface.evaluate.predictor import Answers
from charaface.face import Face, Landmarks
from charaface.files import InputError
from charaface.formats import FORMATS, Record
from charaface.geometry import box_from_points
from test_evaluate import FACE, PERFECT, SIDE, predictor, truth
from test_evaluate import found as found_face

Capture = pytest.CaptureFixture[str]
ONES = np.ones(68)


def labels(folder: Path, count: int = 4, scheme: str = "ibug68", form: str = "jsonl") -> Path:
    """A file of labels beside pictures that are the grey of their number."""
    records = []
    (folder / "images").mkdir()
    for k in range(count):
        Image.new("RGB", (SIDE, SIDE), (k,) * 3).save(folder / f"images/{k}.png")
        marks = Landmarks(truth(k), ONES, ONES > 0)
        face = Face(box_from_points(marks.points), landmarks=marks)
        records.append(Record(f"{k}.png", 0, 0.0, SIDE, SIDE, [face.to(scheme)]))
    return FORMATS[form].write(folder / f"labels{FORMATS[form].suffix}", records)


def cell(table: evaluate.Table, title: str, column: str, row: str) -> float:
    section = next(s for s in table.sections if s.title.startswith(title))
    values = next(cells for cells in section.rows if cells[0] == row)
    found = values[section.columns.index(column)]
    return found.value if isinstance(found, evaluate.Estimate) else float(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["jsonl", "coco", "parquet", "labelme"])
def test_a_perfect_prediction_of_labels_in_any_format_has_no_error(form: str, tmp_path: Path) -> None:
    asked = list(questions(labels(tmp_path, form=form), form, pictures=tmp_path))
    table = own_table(asked, Answers(PERFECT, Path()), curve=True)
    assert cell(table, "Points by domain", "median", "all") == pytest.approx(0, abs=1e-4)
    assert cell(table, "Boxes", "recall, %", "all pictures") == 100
    assert cell(table, "Boxes", "precision, %", "all pictures") == 100
    assert cell(table, "Boxes", "average precision, %", "all pictures") == 100
    assert table.about == {"weights": ["fake-1"], "pictures": 4, "faces with points": 4}


def test_a_shift_scores_its_length_and_a_blind_predictor_misses_all(tmp_path: Path) -> None:
    asked = list(questions(labels(tmp_path)))
    shifted = predictor(lambda n: [found_face(truth(n) + [3, 0])], lambda n: truth(n) + [3, 0])
    table = own_table(asked, Answers(shifted, Path()))
    eyes = float(np.linalg.norm(FACE[45] - FACE[36]))
    assert cell(table, "Points by domain", "median", "all") == pytest.approx(100 * 3 / eyes, rel=1e-4)
    blind = own_table(asked, Answers(predictor(lambda _: []), Path()))
    assert cell(blind, "Points by domain", "median", "all") == 100
    assert cell(blind, "Boxes", "recall, %", "all pictures") == 0
    assert FOUND < 1


def test_labels_of_another_scheme_count_where_ibug68_has_their_points(tmp_path: Path) -> None:
    (asked,) = list(questions(labels(tmp_path, 1, "five")))
    (face,) = asked.faces
    known = np.flatnonzero(~np.isnan(face.truth).any(axis=1)).tolist()
    assert known == [30, 48, 54]
    np.testing.assert_allclose(face.truth[known], truth(0)[known], atol=0.01)


def test_pictures_that_are_not_there_or_frames_of_clips_are_named(tmp_path: Path) -> None:
    source = labels(tmp_path)
    (tmp_path / "images/1.png").unlink()
    with pytest.raises(InputError, match=r"1\.png: no such picture"):
        list(questions(source))
    problems: list[str] = []
    assert [one.path.name for one in questions(source, problem=problems.append)] == ["0.png", "2.png", "3.png"]
    FORMATS["jsonl"].write(source, [Record("0.png", frame, 0.1, SIDE, SIDE, []) for frame in (2, 3, 4)])
    assert list(questions(source, problem=problems.append)) == []
    said = f"{tmp_path / 'images/0.png'}: is a clip, of which the first frame at most is evaluated; label pictures"
    assert problems[1:] == [said]
    with pytest.raises(ValueError, match="there is no picture to evaluate"):
        own_table([], Answers(PERFECT, Path()))


def test_a_question_is_answered_once_all_of_it_is_known(tmp_path: Path) -> None:
    one, two = list(questions(labels(tmp_path, 2)))
    answers, other = Answers(PERFECT, Path()), Answers(PERFECT, Path())
    assert not one.answered(answers)
    one.ask(other)
    answers.learn(other.known)
    assert one.answered(answers)
    assert not one.answered(answers, curve=True)
    assert not two.answered(answers)


def test_the_command_measures_a_data_set_and_names_what_it_cannot_read(tmp_path: Path, capsys: Capture) -> None:
    source = labels(tmp_path)
    (tmp_path / "images/1.png").unlink()
    (tmp_path / "images/2.png").write_bytes(b"no picture")
    assert run(["evaluate", str(source), "--json", "--workers", "2"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["about"]["pictures"] == 2
    assert ["1.png: no such picture" in printed.err, "2.png: is no PNG" in printed.err] == [True, True]
    assert run(["evaluate", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl: no such file" in capsys.readouterr().err


def test_the_points_of_another_scheme_are_measured_where_ibug68_has_them(tmp_path: Path) -> None:
    sixty = predictor(lambda n: [found_face(truth(n)).to("manga60a")], lambda n: truth(n))
    table = own_table(list(questions(labels(tmp_path))), Answers(sixty, Path()))
    assert cell(table, "Points by part", "all: own box", "jaw") == pytest.approx(0, abs=1e-3)


def test_a_subset_is_that_of_the_names_in_it(tmp_path: Path) -> None:
    source = labels(tmp_path)
    assert [one.path.name for one in questions(source, subset=r"^[13]\.")] == ["1.png", "3.png"]
    assert list(questions(source, subset="challenging")) == []
    with pytest.raises(ValueError, match="a subset is common, challenging, full or"):
        list(questions(source, subset="("))
