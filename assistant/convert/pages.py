"""On which page of its original a passage stands: the page starts that adding kept beside the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import yaml

from assistant.text import plain


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page begins: its number, the words that it begins with, and their offset in the text as converted.

    A block that runs on over the end of a page belongs to the page on which it begins.
    """

    page: int
    starts: str
    at: int | None = None


def pages_file(original: str) -> str:
    """Where the page starts of an original are kept, below the corpus folder."""
    return f"{original.rsplit('.', 1)[0]}.pages.yaml"


def written(starts: Sequence[PageStart]) -> str:
    """Page starts as the file that is kept."""
    return yaml.safe_dump([asdict(start) for start in starts], allow_unicode=True, sort_keys=False)


def kept_starts(corpus: Path, original: str | None) -> tuple[PageStart, ...]:
    """The page starts that are kept of an original; none where there are none, or where they cannot be read."""
    if not original or PurePosixPath(original).is_absolute() or ".." in PurePosixPath(original).parts:
        return ()
    file = corpus / pages_file(original)
    if not file.is_file():
        return ()
    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))
        return tuple(
            PageStart(int(row["page"]), str(row["starts"]), None if row.get("at") is None else int(row["at"]))
            for row in rows
        )
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        return ()  # a citation without a page number is still a citation


def offsets(starts: Sequence[PageStart], text: str, body_start: int) -> tuple[tuple[int, int], ...]:
    """(Page, offset) in the order of the text.

    Page starts are found by their words, at the place nearest to where they stood: a correction of the text elsewhere
    moves no page, and words that the text has more often are not taken for each other.
    """
    found: list[tuple[int, int]] = []
    after, shift = body_start, body_start
    for start in starts:
        expected = after if start.at is None else start.at + shift
        at = _nearest(text, start.starts, after, expected)
        if at is None:
            at = _nearest(text, plain(start.starts), after, expected)
        if at is None:
            continue
        found.append((start.page, at))
        after = at + 1
        shift = shift if start.at is None else at - start.at
    return tuple(found)


def _nearest(text: str, words: str, after: int, expected: int) -> int | None:
    """Where words stand, from `after` on, nearest to the place expected."""
    if not words:
        return None
    best = text.find(words, after)
    following = best
    while 0 <= following < expected:
        if expected - following <= abs(expected - best):
            best = following
        following = text.find(words, following + 1)
    if following >= 0 and abs(following - expected) < abs(expected - best):
        best = following
    return best if best >= 0 else None
