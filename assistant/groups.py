"""Passages → groups of spans: the list around a hit, spans by place, and one span where several read the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from assistant.snapshot import Snapshot
from assistant.text import plain, words
from assistant.types import Hit, Passage

# Quotes that are as like as this (of 100) say the same; set on the dev questions.
SAME_TEXT = 92


@dataclass(frozen=True, slots=True)
class Span:
    """A passage chosen for the answer, with the passages elsewhere that say the same."""

    passage: Passage
    same: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that stand together in the answer: `listed` as a list, in the document's order."""

    spans: tuple[Span, ...]
    listed: bool = False
    ordered: bool = False
    lead: Passage | None = None


def list_around(passage: Passage, snapshot: Snapshot, only_led: bool = False) -> Group | None:
    """The whole list that a passage stands in or introduces, with its introduction."""
    number = snapshot.numbers[passage.id]
    all_passages = snapshot.passages
    group = passage.group
    if not group:
        following = all_passages[number + 1] if number + 1 < len(all_passages) else None
        if not (
            passage.quote.rstrip().endswith(":")
            and following
            and following.document == passage.document
            and following.group
        ):
            return None
        group = following.group
    elif only_led:
        return None
    first = last = number if passage.group else number + 1
    while first > 0 and _in_list(all_passages[first - 1], passage.document, group):
        first -= 1
    while last + 1 < len(all_passages) and _in_list(all_passages[last + 1], passage.document, group):
        last += 1
    lead = None
    if first > 0 and all_passages[first - 1].document == passage.document and all_passages[first].lead:
        before = all_passages[first - 1]
        lead = before if before.quote.rstrip().endswith(":") else None
    return Group(tuple(Span(p) for p in all_passages[first : last + 1]), listed=True, lead=lead)


def _in_list(passage: Passage, document: str, group: int) -> bool:
    return passage.document == document and passage.group == group


def by_place(passages: Sequence[Passage]) -> list[Group]:
    """Group passages by document and section, the best first; within a section in the document's order."""
    places: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
    for passage in passages:
        places.setdefault((passage.document, passage.section), []).append(passage)
    return [
        Group(
            tuple(Span(p) for p in sorted(part, key=lambda p: p.start)), listed=len(part) > 1 and part[0].kind == "item"
        )
        for part in places.values()
    ]


def merge_same(groups: Sequence[Group], hits: Sequence[Hit]) -> list[Group]:
    """Say a thing once: spans that read the same become one, which cites every place that says it."""
    seen: list[Passage] = []
    result: list[Group] = []
    for group in groups:
        spans: list[Span] = []
        for span in group.spans:
            if any(same(span.passage, other) for other in seen):
                continue
            seen.append(span.passage)
            twins = _twins(span.passage, hits)
            spans.append(Span(span.passage, twins))
            seen += twins
        if spans:
            result.append(Group(tuple(spans), group.listed, group.ordered, group.lead))
    return result


def _twins(passage: Passage, hits: Sequence[Hit]) -> tuple[Passage, ...]:
    """One passage from each other document that reads the same."""
    twins: dict[str, Passage] = {}
    for hit in hits:
        other = hit.passage
        if other.document != passage.document and other.document not in twins and same(passage, other):
            twins[other.document] = other
    return tuple(twins.values())


def same(one: Passage, other: Passage) -> bool:
    """Whether two passages read the same."""
    if one.id == other.id:
        return True
    left, right = _levelled(one.quote), _levelled(other.quote)
    if abs(len(left) - len(right)) > 0.2 * max(len(left), len(right)):
        return False
    return left == right or (min(len(left), len(right)) > 40 and ratio(left, right) >= SAME_TEXT)


@lru_cache(maxsize=50_000)
def _levelled(quote: str) -> str:
    return " ".join(words(plain(quote)))
