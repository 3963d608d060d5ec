"""The page of a report: counts, a histogram of scores, pictures, the worst first."""

from __future__ import annotations

import heapq
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from urllib.parse import quote

from charaface.files import natural
from charaface.page.sections import head, many

BINS = 20  # of the histogram, from a score of 0 to 1


@dataclass(frozen=True)
class Summary:
    """What a report says of one file: small plain values, so that it can come from another process."""

    file: str
    width: int = 0  # pixels; 0 where it is not known
    height: int = 0
    frames: int = 0
    faceless: int = 0  # frames without a face
    faces: int = 0  # in all frames
    bins: tuple[int, ...] = (0,) * BINS  # faces by score
    scores: tuple[float, float] | None = None  # the lowest and the highest of a face
    point: float | None = None  # the lowest score of a point
    frame: int = 0  # the one that is shown
    thumbnail: bytes = b""  # JPEG
    note: str = ""  # what else there is to say
    failed: str = ""  # why there is nothing to say


class Gathering:
    """Summaries as they come; only as many pictures are kept as will be shown."""

    def __init__(self, most: int) -> None:
        """most: pictures with a face that are shown, and without one. Raises ValueError for less than 0."""
        if most < 0:
            raise ValueError(f"most is 0 pictures or more, got {most}")
        self._most = most
        self._shown: list[tuple[_Last, Summary]] = []  # a heap, the best on top
        self._rest: list[Summary] = []
        self._empty: list[Summary] = []
        self._failed: list[Summary] = []

    def add(self, one: Summary) -> None:
        """Takes in the summary of a file."""
        if one.failed:
            self._failed.append(one)
        elif one.scores is None:
            self._empty.append(one if len(self._empty) < self._most else replace(one, thumbnail=b""))
        else:
            heapq.heappush(self._shown, (_Last(_rank(one)), one))
            if len(self._shown) > self._most:
                self._rest.append(replace(heapq.heappop(self._shown)[1], thumbnail=b""))

    @property
    def failed(self) -> int:
        """How many files could not be read."""
        return len(self._failed)

    @property
    def files(self) -> int:
        """How many files there are, those that could not be read among them."""
        return len(self._shown) + len(self._rest) + len(self._empty) + len(self._failed)

    def write(self, path: Path, output: Path, made_by: Sequence[str]) -> None:
        """Writes the page to path; links lead from output, where it will stand. made_by: what found the faces."""
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(f"{line}\n" for line in self._page(output.parent, made_by))

    def _page(self, folder: Path, made_by: Sequence[str]) -> Iterator[str]:
        shown = [one for _, one in sorted(self._shown, key=lambda pair: _rank(pair[1]))]
        rest = sorted(self._rest, key=_rank)
        good = [*shown, *rest, *self._empty]
        yield head("Faces")
        yield "<header><h1>Faces</h1>"
        yield f"<p>{escape(' · '.join(made_by))}</p></header>"
        yield from _counts(good, self._empty, self._failed)
        if shown or rest:
            yield from _histogram([sum(column) for column in zip(*(one.bins for one in good), strict=True)])
            yield f"<section><h2>Worst first</h2><p>{_order(len(shown), len(rest))}</p>"
            yield from _cards(shown, folder)
            yield from _table(rest, folder)
            yield "</section>"
        if self._empty:
            yield f"<section><h2>Without a face</h2><p>{many(len(self._empty), 'file')}.</p>"
            pictures = [one for one in self._empty if one.thumbnail]
            yield from _cards(pictures, folder)
            yield from _table([one for one in self._empty if not one.thumbnail], folder)
            yield "</section>"
        if self._failed:
            yield f"<section><h2>Failed</h2><p>{many(len(self._failed), 'file')}.</p><dl>"
            for one in self._failed:
                yield f"<dt>{escape(one.file)}</dt><dd>{escape(one.failed)}</dd>"
            yield "</dl></section>"
        yield "</main></body></html>"


class _Last:
    """Turns an order round: a heap of these has the last on top."""

    def __init__(self, key: tuple[float, list[tuple[int, int, str]]]) -> None:
        self._key = key

    def __lt__(self, other: _Last) -> bool:
        return other._key < self._key


def _rank(one: Summary) -> tuple[float, list[tuple[int, int, str]]]:
    return (one.scores[0] if one.scores else 0.0), natural(one.file)


def _counts(good: Sequence[Summary], empty: Sequence[Summary], failed: Sequence[Summary]) -> Iterator[str]:
    numbers = (
        (len(good) + len(failed), "file", ""),
        (sum(one.frames for one in good), "frame", ""),
        (sum(one.faces for one in good), "face", ""),
        (len(empty), "file", " without a face"),
        (sum(one.faceless for one in good), "frame", " without a face"),
        (len(failed), "file", " failed"),
    )
    yield '<ul class="counts">'
    for number, what, which in numbers:
        yield f"<li><b>{number:,}</b> {what}{'s' if number != 1 else ''}{which}</li>"
    yield "</ul>"


def _histogram(bins: Sequence[int]) -> Iterator[str]:
    """Bars of how many faces have which score, each with its numbers for who points at it."""
    width, height, low = 640, 150, 18
    step, most = width / BINS, max(*bins, 1)
    yield "<section><h2>Scores</h2>"
    yield f'<svg viewBox="0 0 {width} {height + low}" role="img" aria-label="How many faces have which score">'
    for i, count in enumerate(bins):
        tall = (height - 16) * count / most
        tall = max(tall, 1.5) if count else 0
        tip = f"{i / BINS:.2f} to {(i + 1) / BINS:.2f}: {count:,}"
        x = i * step
        yield f'<g><title>{tip}</title><rect class="bar" x="{x + 1:g}" y="{height - tall:.1f}" width="{step - 2:g}" '
        yield f'height="{tall:.1f}"/><rect class="hit" x="{x:g}" y="0" width="{step:g}" height="{height}"/></g>'
        if count == max(bins):
            yield f'<text x="{x + step / 2:g}" y="{height - tall - 4:.1f}" text-anchor="middle">{count:,}</text>'
    yield f'<path class="axis" d="M0 {height}H{width}"/>'
    for tick in range(6):
        anchor = "start" if tick == 0 else "end" if tick == 5 else "middle"
        yield f'<text x="{tick * width / 5:g}" y="{height + 14}" text-anchor="{anchor}">{tick / 5:g}</text>'
    yield "</svg></section>"


def _cards(summaries: Iterable[Summary], folder: Path) -> Iterator[str]:
    yield '<div class="grid">'
    for one in summaries:
        yield "<figure>"
        if one.thumbnail:
            data = b64encode(one.thumbnail).decode("ascii")
            yield f'<div class="picture"><img loading="lazy" alt="" src="data:image/jpeg;base64,{data}"></div>'
        else:
            yield '<div class="picture none">no picture</div>'
        yield f"<figcaption>{_name(one, folder)}<br>{escape(_size(one))}<br>{escape(_found(one))}"
        yield f"<br>{escape(one.note)}</figcaption></figure>" if one.note else "</figcaption></figure>"
    yield "</div>"


def _table(summaries: Sequence[Summary], folder: Path) -> Iterator[str]:
    """The files for which there is no picture any more, folded away."""
    if not summaries:
        return
    yield f"<details><summary>{many(len(summaries), 'more file')} without a picture</summary><table>"
    for one in summaries:
        note = f" · {one.note}" if one.note else ""
        yield f"<tr><td>{_name(one, folder)}<td>{escape(_size(one))}<td>{escape(_found(one) + note)}"
    yield "</table></details>"


def _name(one: Summary, folder: Path) -> str:
    """The name of a file as a link to it from a folder."""
    text = escape(one.file.encode("utf-8", "backslashreplace").decode())
    try:
        way = os.path.relpath(one.file, folder)
    except ValueError:  # on another drive
        return f"<b>{text}</b>"
    return f'<a href="{quote(os.fsencode(way.replace(os.sep, "/")))}" title="{text}">{text}</a>'


def _size(one: Summary) -> str:
    size = f"{one.width} x {one.height}" if one.width else "size not known"
    return f"{size} · {many(one.frames, 'frame')}" if one.frames > 1 else size


def _found(one: Summary) -> str:
    if one.scores is None:
        return "no face"
    low, high = one.scores
    range_of = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
    words = [f"{many(one.faces, 'face')}, score {range_of}"]
    if one.point is not None:
        words.append(f"lowest point {one.point:.2f}")
    if one.frames > 1:
        words.append(f"worst in frame {one.frame}")
    if one.frames > 1 and one.faceless:
        words.append(f"{many(one.faceless, 'frame')} without a face")
    return " · ".join(words)


def _order(shown: int, rest: int) -> str:
    words = "By the lowest score of a face"
    return f"{words}; the first {shown} of {shown + rest} with a picture." if rest else f"{words}."
