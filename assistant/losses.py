"""What a candidate would lose: documents of which many passages go, and eval cases whose quotes go with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from rapidfuzz import fuzz, process

from assistant.difference import passages_of, renamed
from assistant.plan import moved_files
from assistant.snapshot import read_manifest

# A document that loses more than this share of its passages is published only by who says so.
MOST_LOST = 0.25
# A passage that is as like as this to one of the new edition was reworded, not lost (0..100).
_REWORDED = 60.0


@dataclass(frozen=True, slots=True)
class Loss:
    """A document of which `lost` of its `of` passages are in no document of the candidate, also not reworded."""

    document: str
    title: str
    lost: int
    of: int

    def __str__(self) -> str:
        return f"{self.title}: {self.lost} van de {self.of} passages verdwijnen"


def losses(index: Path, before: str | None, after: str, deliberate: Collection[str] = ()) -> tuple[Loss, ...]:
    """The documents that lose more than `MOST_LOST` of their passages.

    Args:
        index: folder of both snapshots.
        before: what is published; None when nothing is.
        after: the candidate.
        deliberate: ids of documents that somebody removes on purpose.

    Raises:
        IndexMismatch: one of both is damaged.
    """
    if before is None:
        return ()
    files = read_manifest(index / before).files, read_manifest(index / after).files
    names = renamed(moved_files(*files))
    old, new = _quotes(index / before, names), _quotes(index / after, {})
    titles = _titles(index / before)
    everywhere = {quote for quotes in new.values() for quote in quotes}
    found = []
    for document, quotes in sorted(old.items()):
        gone = [quote for quote in quotes if quote not in everywhere]
        if document in deliberate or len(gone) <= MOST_LOST * len(quotes):
            continue
        left = [quote for quote in new.get(document, []) if quote not in set(quotes)]
        lost = sum(process.extractOne(q, left, scorer=fuzz.ratio, score_cutoff=_REWORDED) is None for q in gone)
        if lost > MOST_LOST * len(quotes):
            found.append(Loss(document, titles.get(document, document), lost, len(quotes)))
    return tuple(found)


def warnings_of(lost: Iterable[Loss], vanished: Iterable[Mapping[str, str]]) -> list[str]:
    """What must be said, a line each, before a candidate may be published on purpose; empty when it loses little."""
    lines = [f"{loss}, meer dan {MOST_LOST:.0%}" for loss in lost]
    if cases := sorted({gone["id"] for gone in vanished}):
        shown = ", ".join(cases[:10]) + (f" en nog {len(cases) - 10}" if len(cases) > 10 else "")
        told = "1 proefvraag verliest haar" if len(cases) == 1 else f"{len(cases)} proefvragen verliezen hun"
        lines.append(f"{told} citaat: {shown}")
    return lines


def _titles(folder: Path) -> dict[str, str]:
    documents = map(orjson.loads, (folder / "documents.jsonl").read_bytes().splitlines())
    return {document["id"]: document["title"] for document in documents}


def _quotes(folder: Path, names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for passage in passages_of(folder, names):
        found[passage.document].append(passage.quote)
    return found
