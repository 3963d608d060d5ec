"""What a movie says of itself: titles, languages, which track is the default, chapters."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

# What a container takes of the whole, by FFmpeg's names, found by writing and reading each; the others take anything.
_MOV = {"title", "artist", "album", "date", "comment", "genre", "copyright", "creation_time", "author", "make", "model"}
_MP4 = {"title", "artist", "album_artist", "composer", "album", "date", "comment", "genre", "copyright", "grouping"}
_MP4 |= {"lyrics", "description", "synopsis", "show", "episode_id", "network", "keywords", "episode_sort"}
_MP4 |= {"season_number", "media_type", "hd_video", "gapless_playback", "compilation", "track", "disc", "creation_time"}
_WHOLE = {"mp4": _MP4 | {"location"}, "mov": _MOV | {"location"}}
_STREAM = {"title", "language"}
# What only the file that it stands in can say, or what is said again by whoever writes.
_OWN = {"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "vendor_id", "handler_name", "name"}
_OWN |= {"bps", "number_of_frames", "number_of_bytes", "location-eng", "filename", "mimetype", "rotate"}


def describe(ours: Any, source: Any, kind: str) -> None:
    """Gives a stream the language, title and other words of its source, and what it is for (default, forced ...)."""
    ours.metadata.update(_words(source.metadata))
    handler = source.metadata.get("handler_name")
    if handler and kind in _WHOLE:  # Matroska has no such thing
        ours.metadata["handler_name"] = handler
    ours.disposition = int(source.disposition)


def describe_all(out: Any, source: Any, begin: Fraction, end: Fraction | None) -> None:
    """Gives a container the words and chapters of its source, the chapters cut to begin and end in seconds."""
    out.metadata.update(_words(source.metadata))
    chapters = []
    for chapter in source.chapters():
        base = chapter["time_base"]
        low, high = round(begin / base), None if end is None else round(end / base)
        start, stop = max(chapter["start"], low), chapter["end"] if high is None else min(chapter["end"], high)
        if start < stop or (not low and high is None):
            chapters.append({**chapter, "start": start - low, "end": stop - low})
    if chapters:
        out.set_chapters(chapters)


def without_a_place(source: Any, kind: str) -> list[str]:
    """The words of a source that a kind of container does not take."""
    if kind not in _WHOLE:
        return []
    whole = {word for word in _words(source.metadata) if word.casefold() not in _WHOLE[kind]}
    told = {word for s in source.streams if s.type != "attachment" for word in _words(s.metadata)}
    return sorted(whole | {word for word in told if word.casefold() not in _STREAM | {"creation_time"}})


def _words(metadata: dict[str, str]) -> dict[str, str]:
    """What holds in another file too; MP4 calls the title of a track its name."""
    words = {
        key: value
        for key, value in metadata.items()
        if key.casefold() not in _OWN and not key.casefold().startswith("_statistics")
    }
    if "name" in metadata:
        words.setdefault("title", metadata["name"])
    return words
