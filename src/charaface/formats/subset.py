"""Part of a data set by the names of its pictures: the subsets of 300-W, or what a regular expression finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from charaface.formats.record import Record

# of the public test set of 300-W: that of HELEN and LFPW, the 135 pictures of iBUG, and both
SUBSETS = {
    "common": r"(?:^|/)(?:helen|lfpw)/testset/",
    "challenging": r"(?:^|/)ibug/",
    "full": r"(?:^|/)(?:(?:helen|lfpw)/testset|ibug)/",
}


def of_subset(name: str) -> Callable[[str], bool]:
    """Whether a picture's name belongs to a subset: a key of SUBSETS, or an expression searched in it.

    Raises ValueError for what is no regular expression.
    """
    try:
        pattern = re.compile(SUBSETS.get(name, name))
    except re.error as error:
        raise ValueError(f"a subset is {', '.join(SUBSETS)} or a regular expression, got {name!r} ({error})") from None
    return lambda file: pattern.search(file.replace("\\", "/")) is not None


def only(records: Iterable[Record], subset: str | None) -> Iterator[Record]:
    """The records of a subset; all where it is None."""
    if subset is None:
        yield from records
        return
    belongs = of_subset(subset)
    yield from (record for record in records if belongs(record.file))
