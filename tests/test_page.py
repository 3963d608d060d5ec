"""The page of a report: the worst first, no more pictures than are shown, every score in a bar."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from charaface.page import BINS, Gathering, Section, Summary, write_page


def summary(name: str, score: float | None = 0.9, **known: object) -> Summary:
    bins = tuple(int(score is not None and i == int(score * BINS)) for i in range(BINS))
    return Summary(
        name,
        10,
        10,
        1,
        int(score is None),
        int(score is not None),
        bins,
        None if score is None else (score, score),
        thumbnail=b"jpeg",
        **known,
    )  # type: ignore[arg-type]


def words_of(gathered: Gathering, tmp_path: Path) -> str:
    gathered.write(tmp_path / "page.html", tmp_path / "page.html", ["somebody"])
    return (tmp_path / "page.html").read_text("utf-8")


def test_the_worst_come_first_and_only_so_many_have_a_picture(tmp_path: Path) -> None:
    gathered = Gathering(3)
    order = np.random.default_rng(0).permutation(20).tolist()
    for i in order:
        gathered.add(summary(f"f{i:02d}.png", 0.4 + i / 50))
    for i in range(5):
        gathered.add(summary(f"empty{i}.png", None))
    text = words_of(gathered, tmp_path)
    assert re.findall(r">(f\d\d)\.png<", text) == [f"f{i:02d}" for i in range(20)]
    assert text.count("<img") == 6
    first, _, rest = text.partition("more files without a picture")
    assert re.findall(r">(f\d\d)\.png<", first) == ["f00", "f01", "f02"]
    assert "the first 3 of 20 with a picture" in first
    assert len(re.findall(r">empty\d\.png<", rest)) == 5


def test_memory_holds_no_more_pictures_than_are_shown() -> None:
    gathered = Gathering(4)
    for i in range(50):
        gathered.add(summary(f"f{i}.png", i / 50))
        gathered.add(summary(f"e{i}.png", None))
    kept = [*(one for _, one in gathered._shown), *gathered._rest, *gathered._empty]
    assert len(kept) == gathered.files == 100
    assert sum(bool(one.thumbnail) for one in kept) == 8


def test_bars_stand_for_all_scores(tmp_path: Path) -> None:
    gathered = Gathering(9)
    for score in (0.0, 0.52, 0.53, 0.999, 1.0):
        one = summary("a.png", min(score, 0.99))
        gathered.add(one)
    text = words_of(gathered, tmp_path)
    tips = dict(re.findall(r"<title>(\S+ to \S+): (\d+)</title>", text))
    assert len(tips) == BINS
    assert {name: count for name, count in tips.items() if count != "0"} == {
        "0.00 to 0.05": "1",
        "0.50 to 0.55": "2",
        "0.95 to 1.00": "2",
    }


def test_names_of_any_kind_neither_break_the_page_nor_lead_astray(tmp_path: Path) -> None:
    gathered = Gathering(9)
    for name in ("<script>x</script>.png", '"onerror=".png', "javascript:alert(1)", "젠이치.png", "odd\udcff.png"):
        gathered.add(summary(name))
        gathered.add(Summary(name, failed=f"{name}: is broken"))
    text = words_of(gathered, tmp_path)
    assert "<script" not in text
    assert "&lt;script&gt;x&lt;/script&gt;.png" in text
    assert not [way for way in re.findall(r'href="([^"]*)"', text) if ":" in way]
    assert "젠이치.png" in text
    assert all(re.fullmatch(r'href="[\w%/.~-]*" title', link) for link in re.findall(r'href="[^"]*" title', text))


def test_a_link_leads_from_the_page_to_the_file(tmp_path: Path) -> None:
    gathered = Gathering(9)
    gathered.add(summary(str(tmp_path / "art" / "a b.png")))
    gathered.write(tmp_path / "part", tmp_path / "out" / "page.html", [])
    assert 'href="../art/a%20b.png"' in (tmp_path / "part").read_text("utf-8")


def test_most_is_a_number_of_pictures() -> None:
    with pytest.raises(ValueError, match="most is 0 pictures or more, got -1"):
        Gathering(-1)


def test_a_page_of_sections_shows_words_plots_and_tables_as_they_are(tmp_path: Path) -> None:
    section = Section("A & B", "<b>", [('plot "1"', "<svg/>")], [["<head>", "n"], ["cell", "1"]])
    write_page(tmp_path / "p.html", "<set>", ["of", "x&y"], [(1, "face"), (1200, "picture")], [section, Section("C")])
    text = (tmp_path / "p.html").read_text("utf-8")
    assert "<title>&lt;set&gt;</title>" in text
    assert re.findall(r"<h2>(.*?)</h2>", text) == ["A &amp; B", "C"]
    assert re.findall(r"<li><b>(.*?)</li>", text) == ["1</b> face", "1,200</b> pictures"]
    assert "<p>&lt;b&gt;</p>" in text
    assert "<tr><th>&lt;head&gt;<th>n" in text
    assert "<tr><td>cell<td>1" in text
    assert 'alt="plot &quot;1&quot;" src="data:image/svg+xml;base64,PHN2Zy8+"' in text
