"""report: a page that holds all it needs, the worst first, whatever a file is called."""

from __future__ import annotations

import pickle
import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from charaface import frames, report
from charaface.cli import run
from charaface.face import Face
from charaface.files import InputError, OutputError
from charaface.formats import FORMATS, Record
from charaface.image import load, save
from charaface.tasks.report import Looking, look
from charaface.video import open_clip
from painted import World, paint


class Page(HTMLParser):
    """What a browser would see: words, links, pictures, and whether every tag is closed."""

    VOID = frozenset({"meta", "br", "img", "rect", "path", "td", "tr"})  # some are closed by what follows

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.pictures: list[np.ndarray] = []
        self.sources: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.sources += [str(known[name]) for name in ("src", "srcset", "data", "action") if name in known]
        assert tag not in ("script", "link", "iframe", "object", "form")
        if tag == "a":
            self.links.append(str(known["href"]))
        if tag == "img":
            kind, _, data = str(known["src"]).partition(",")
            assert kind == "data:image/jpeg;base64"
            self.pictures.append(load(b64decode(data)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def picture(path: Path, faces: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(paint([(20 + 130 * i, 40, 90 - 20 * i) for i in range(faces)]), path)


def clip(path: Path, shown: list[bool]) -> Path:
    images = [Image.fromarray(paint([(40 + 5 * i, 60, 70)] if face else [])) for i, face in enumerate(shown)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=40, loop=0)
    return path


@pytest.fixture
def art(tmp_path: Path) -> Path:
    folder = tmp_path / "art"
    picture(folder / "one.png")
    picture(folder / "deep" / "two & <b>.png", 2)
    picture(folder / "none.png", 0)
    (folder / "bad.png").write_text("words")
    (folder / "notes.txt").write_text("no picture")
    picture(folder / ".hidden" / "three.png")
    return folder


@pytest.mark.usefixtures("world")
def test_a_page_counts_what_is_in_a_folder(art: Path) -> None:
    output = art.parent / "report.html"
    steps: list[tuple[int, int]] = []
    assert report(art, output, progress=lambda *step: steps.append(step)) == output
    page = Page(output)
    for words in (
        "4 files",
        "3 faces",
        "1 file without a face",
        "1 file failed",
        "painted-1 · squares68-1 · threshold 0.5",
    ):
        assert words in page.text
    assert "bad.png: is no PNG" in page.text
    assert len(page.pictures) == 3
    assert steps == [(i, 4) for i in (1, 2, 3, 4)]


@pytest.mark.usefixtures("world")
def test_a_page_needs_nothing_from_elsewhere_and_names_are_escaped(art: Path) -> None:
    page = Page(report(art, art.parent / "report.html"))
    assert all(source.startswith("data:") for source in page.sources)
    assert f"{art}/deep/two & <b>.png" in page.text
    assert sorted(page.links) == ["art/deep/two%20%26%20%3Cb%3E.png", "art/none.png", "art/one.png"]
    text = (art.parent / "report.html").read_text("utf-8")
    assert not re.search(r"https?:", text)
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text


@pytest.mark.usefixtures("world")
def test_pictures_show_landmarks_and_are_small(art: Path) -> None:
    page = Page(report(art / "one.png", art.parent / "report.html"))
    (small,) = page.pictures
    assert max(small.shape) <= 288
    assert len({tuple(c) for c in (small.reshape(-1, 3) // 64).tolist()}) > 8  # more colours than paper and square
    assert "1 face, score" in page.text


@pytest.mark.usefixtures("world")
def test_a_clip_is_shown_by_its_worst_frame(tmp_path: Path) -> None:
    source = clip(tmp_path / "a.gif", [False, True, True, True])
    records = [
        Record("a.gif", i, i * 0.04, 320, 240, [Face(np.array([40, 60, 110, 130]), score)] if score else [])
        for i, score in enumerate([0, 0.9, 0.3, 1.0])
    ]
    made = FORMATS["jsonl"].write(tmp_path / "made.jsonl", records)
    one = look(source, Looking(faces=made))
    assert (one.frames, one.faceless, one.faces, one.frame) == (4, 1, 3, 2)
    assert one.scores == pytest.approx((0.3, 1.0))
    assert (one.bins[6], one.bins[18], one.bins[19], sum(one.bins)) == (1, 1, 1, 3)
    assert one.thumbnail[:2] == b"\xff\xd8"
    live = look(source, Looking())
    assert (live.frames, live.faceless, live.faces) == (4, 1, 3)
    assert 1 <= live.frame <= 3


@pytest.mark.usefixtures("world")
def test_a_range_of_a_clip_is_all_that_is_reported_on(tmp_path: Path) -> None:
    source = clip(tmp_path / "a.gif", [False, True, True, True])
    found = [Record("a.gif", f.index, f.time, 320, 240, f.faces) for f in frames(source)]
    made = FORMATS["jsonl"].write(tmp_path / "made.jsonl", found)
    for faces in (None, made):
        one = look(source, Looking(faces=faces, start=2, stop=9))
        assert (one.frames, one.faceless, one.faces) == (2, 0, 2)
        assert one.frame >= 2
        assert "lower --start" in look(source, Looking(faces=faces, start=4)).failed
    assert run(["report", str(source), "-o", f"{tmp_path}/a.html", "--start", "1", "--stop", "3"]) == 0
    assert "2 faces" in Page(tmp_path / "a.html").text


@pytest.mark.usefixtures("world")
def test_what_is_said_of_a_file_is_small_and_can_be_sent(art: Path) -> None:
    one = look(art / "one.png", Looking())
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(Looking())) == Looking()
    assert len(pickle.dumps(one)) < 40_000


def test_a_report_on_results_runs_no_network_and_finds_the_pictures(world: World, tmp_path: Path) -> None:
    picture(tmp_path / "art" / "one.png")
    found = [
        Record(name, 0, 0.0, 320, 240, [Face(np.array([20, 40, 110, 130]), 0.7)]) for name in ("one.png", "gone.png")
    ]
    made = FORMATS["csv"].write(tmp_path / "art" / "made.csv", found)
    page = Page(report(None, tmp_path / "report.html", faces=made))
    assert world.detector.calls == []
    assert "2 files" in page.text
    assert "from made.csv" in page.text
    assert len(page.pictures) == 1  # one lies beside the file of faces
    assert "the file is not there" in page.text
    only = Page(report(tmp_path / "art" / "one.png", tmp_path / "report.html", faces=made))
    assert "1 file " in only.text


def test_faces_of_another_picture_fail_and_say_so(tmp_path: Path) -> None:
    source = picture(tmp_path / "one.png")
    made = FORMATS["jsonl"].write(tmp_path / "made.jsonl", [Record("one.png", 0, 0.0, 99, 99, [])])
    assert "has 99x99 pixels there, the picture 320x240" in look(source, Looking(faces=made)).failed
    late = FORMATS["jsonl"].write(tmp_path / "late.jsonl", [Record("one.png", 7, 0.3, 320, 240, [Face([1, 1, 9, 9])])])
    assert "has no frame 7" in look(source, Looking(faces=late)).failed


@pytest.mark.usefixtures("world")
def test_damage_is_told_on_the_page(tmp_path: Path) -> None:
    source = clip(tmp_path / "a.gif", [True] * 4)
    source.write_bytes(source.read_bytes()[:-400])
    one = look(source, Looking())
    assert one.faces
    assert "used" in one.note


@pytest.mark.usefixtures("world")
def test_what_cannot_be_reported_is_refused(tmp_path: Path) -> None:
    source = picture(tmp_path / "one.png")
    with pytest.raises(OutputError, match=r"a report ends on .html"):
        report(source, tmp_path / "report.png")
    with pytest.raises(OutputError, match="there is no folder"):
        report(source, tmp_path / "no" / "report.html")
    with pytest.raises(InputError, match="needs files, a folder, or a file of faces"):
        report(None, tmp_path / "report.html")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no pictures or clips"):
        report(tmp_path / "empty", tmp_path / "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "one.png"]


@pytest.mark.usefixtures("world")
def test_the_command_writes_the_same_page_and_tells_of_failures(art: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand, by_command = report(art, art.parent / "a.html"), art.parent / "b.html"
    assert run(["report", str(art), "-o", str(by_command)]) == 1
    assert by_command.read_bytes() == by_hand.read_bytes()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("error: ") == 1
    assert "bad.png" in said.err
    assert run(["report", str(art / "bad.png"), "-o", str(by_command)]) == 2
    assert run(["report", str(art / "one.png"), "-o", str(by_command)]) == 0
    assert run(["report", "-o", str(by_command)]) == 2
    assert "name files or a folder" in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_the_command_reports_on_results(art: Path) -> None:
    with open_clip(art / "one.png") as one:
        height, width = next(iter(one)).image.shape[:2]
    records = [Record(str(art / "one.png"), f.index, f.time, width, height, f.faces) for f in frames(art / "one.png")]
    made = FORMATS["parquet"].write(art / "made.parquet", records)
    assert run(["report", "--from", str(made), "-o", str(art / "report.html"), "--most", "0"]) == 0
    page = Page(art / "report.html")
    assert page.pictures == []
    assert "1 more file without a picture" in page.text
