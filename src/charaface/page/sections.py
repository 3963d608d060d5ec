"""Pages of sections: each with words, plots and tables, all that they need inside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading."""

    title: str
    words: str = ""
    plots: Sequence[tuple[str, str]] = field(default_factory=list)  # what each shows, and itself as SVG
    table: Sequence[Sequence[str]] = field(default_factory=list)  # its first row is the heading
    pictures: Sequence[tuple[str, bytes]] = field(default_factory=list)  # what each shows, and itself as PNG


def write_page(
    path: Path, title: str, words: Sequence[str], counts: Sequence[tuple[int, str]], sections: Sequence[Section]
) -> None:
    """Writes a page to path. words: what it is of; counts: numbers that stand at its top, each with what it counts."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _page(title, words, counts, sections))


def _page(
    title: str, words: Sequence[str], counts: Sequence[tuple[int, str]], sections: Sequence[Section]
) -> Iterator[str]:
    yield head(title)
    yield f"<header><h1>{escape(title)}</h1><p>{escape(' · '.join(words))}</p></header>"
    yield '<ul class="counts">'
    for number, what in counts:
        yield f"<li><b>{number:,}</b> {escape(what)}{'s' if number != 1 else ''}</li>"
    yield "</ul>"
    for one in sections:
        yield f"<section><h2>{escape(one.title)}</h2>"
        if one.words:
            yield f"<p>{escape(one.words)}</p>"
        if one.plots or one.pictures:
            yield '<div class="plots">'
            for text, plot in one.plots:
                yield from _figure(text, plot.encode("utf-8"), "image/svg+xml")
            for text, picture in one.pictures:
                yield from _figure(text, picture, "image/png")
            yield "</div>"
        if one.table:
            yield from _table(one.table)
        yield "</section>"
    yield "</main></body></html>"


def _figure(text: str, data: bytes, kind: str) -> Iterator[str]:
    yield f'<figure><img alt="{escape(text)}" src="data:{kind};base64,{b64encode(data).decode("ascii")}">'
    yield f"<figcaption>{escape(text)}</figcaption></figure>"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield '<div class="wide"><table>'
    for number, row in enumerate(rows):
        kind = "td" if number else "th"
        yield f"<tr>{''.join(f'<{kind}>{escape(cell)}' for cell in row)}"
    yield "</table></div>"


def many(count: int, what: str) -> str:
    """A number and what it counts, of which there may be one."""
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def head(title: str) -> str:
    """How a page begins: it fetches nothing, and follows the reader's light or dark."""
    return _HEAD.replace("@TITLE@", escape(title))


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>@TITLE@</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; --paper: #fbfbfd; --ink: #14182b; --soft: #5c6280; --line: #dcdfec; --card: #fff;
  --bar: #4a63d8; }
@media (prefers-color-scheme: dark) { :root { --paper: #10131f; --ink: #eceef8; --soft: #9aa1c0; --line: #2b3047;
  --card: #181c2d; --bar: #8ea2ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 32px 0 4px; }
p, dd { color: var(--soft); margin: 0 0 12px; }
a { color: inherit; font-weight: 600; text-decoration: none; } a:hover { text-decoration: underline; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: 12px; padding: 0; margin: 20px 0 0; }
.counts li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px;
  color: var(--soft); } .counts b { display: block; font-size: 22px; color: var(--ink); }
svg { width: 100%; max-width: 720px; height: auto; display: block; font-size: 12px; }
svg text { fill: var(--soft); } .bar { fill: var(--bar); } .hit { fill: transparent; } .axis { stroke: var(--line); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(216px, 1fr)); gap: 14px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.picture { aspect-ratio: 1; display: flex; align-items: center; justify-content: center; background: var(--line); }
.picture img { width: 100%; height: 100%; object-fit: contain; } .none { color: var(--soft); }
figcaption { padding: 8px 12px 12px; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
figcaption a, figcaption b, dt, td a { color: var(--ink); } dt { font-weight: 600; overflow-wrap: anywhere; }
details { margin-top: 16px; } summary { cursor: pointer; color: var(--soft); }
table { border-collapse: collapse; margin-top: 8px; font-size: 13px; color: var(--soft); }
td, th { border-top: 1px solid var(--line); padding: 4px 16px 4px 0; overflow-wrap: break-word; text-align: left; }
.wide { overflow-x: auto; }
.plots { display: flex; flex-wrap: wrap; gap: 14px; } .plots img { background: #fff; max-width: 100%; }
</style></head><body><main>"""
