"""Passages of two current documents that differ in a number, a duty or a denial: for a person to judge."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.findable import searchable
from assistant.text import content_words, fold, plain, stem
from assistant.types import Passage

# Two passages speak of one thing when this share of their content words is the same, and there are this many of them.
_ALIKE, _FEWEST = 0.6, 4
# Passages are compared when they share one of their rarest words: all pairs of a large corpus would take hours.
_RAREST = 4
_NUMBERS = (
    "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
    "negentien twintig"
)
_VALUES = {word: str(value) for value, word in enumerate(_NUMBERS.split(), 2)}
_DENIALS = frozenset(("niet", "geen", "nooit", "zonder", "niemand"))
_DUTIES = {
    "moet": "plicht",
    "moeten": "plicht",
    "verplicht": "plicht",
    "mag": "vrijheid",
    "mogen": "vrijheid",
    "kan": "vrijheid",
}
_DUTIES |= {"kunnen": "vrijheid", "optioneel": "vrijheid", "facultatief": "vrijheid"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two passages that may not both hold, and what they differ in."""

    one: Passage
    other: Passage
    why: str

    def __str__(self) -> str:
        place = f"{self.other.document}: {plain(self.other.quote)[:100]!r}"
        return f"verschilt in {self.why} van {place}; staat hier: {plain(self.one.quote)[:100]!r}"


@dataclass(frozen=True, slots=True)
class _Claim:
    passage: Passage
    stems: frozenset[str]
    numbers: frozenset[str]
    duties: frozenset[str]
    denies: bool


def contradictions(passages: Iterable[Passage], others: Iterable[Passage] | None = None) -> list[Contradiction]:
    """Find passages that may contradict each other.

    Args:
        passages: of current documents.
        others: compare `passages` with these only; by default with each other.
    """
    mine = [claim for passage in passages if (claim := _claim(passage))]
    theirs = mine if others is None else [claim for passage in others if (claim := _claim(passage))]
    found: list[Contradiction] = []
    for one, other in _pairs(mine, theirs):
        if (others is not None or one.passage.document < other.passage.document) and (why := _differ(one, other)):
            found.append(Contradiction(one.passage, other.passage, why))
    return sorted(found, key=lambda c: (c.one.document, c.one.start, c.other.document, c.other.start))


def _claim(passage: Passage) -> _Claim | None:
    if not searchable(passage):
        return None
    text = plain(passage.quote)
    tokens = re.findall(r"[^\W\d_]+", fold(text))
    numbers = {number.rstrip(".,") for number in re.findall(r"\d[\d.,]*", text)} | {
        _VALUES[t] for t in tokens if t in _VALUES
    }
    duties = {_DUTIES[token] for token in tokens if token in _DUTIES}
    words = [
        w
        for w in content_words(text)
        if w not in _VALUES and w not in _DUTIES and w not in _DENIALS and not w.isdigit()
    ]
    stems = frozenset(stem(word) for word in words)
    if len(stems) < _FEWEST:
        return None
    return _Claim(passage, stems, frozenset(numbers), frozenset(duties), any(t in _DENIALS for t in tokens))


def _pairs(mine: Sequence[_Claim], theirs: Sequence[_Claim]) -> Iterator[tuple[_Claim, _Claim]]:
    """Claims of two documents about one actor and domain that share a rare word, each pair once."""
    counts = Counter(s for claim in theirs for s in claim.stems)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, claim in enumerate(theirs):
        for name in claim.stems:
            holders[name].append(number)
    for one in mine:
        rare = sorted((s for s in one.stems if s in counts), key=lambda s: (counts[s], s))[:_RAREST]
        for number in sorted({number for name in rare for number in holders[name]}):
            other = theirs[number]
            if one.passage.document != other.passage.document and _one_subject(one.passage, other.passage):
                yield one, other


def _one_subject(one: Passage, other: Passage) -> bool:
    """Whether actors and domains agree, as far as both name them."""
    actors = not one.actors or not other.actors or bool(set(one.actors) & set(other.actors))
    return actors and (not one.domain or not other.domain or one.domain == other.domain)


def _differ(one: _Claim, other: _Claim) -> str:
    if len(one.stems & other.stems) < _ALIKE * len(one.stems | other.stems):
        return ""
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return f"getal ({', '.join(sorted(other.numbers - one.numbers) or sorted(other.numbers))})"
    if one.denies != other.denies:
        return "ontkenning"
    if one.duties and other.duties and not one.duties & other.duties:
        return "wat moet of mag"
    return ""
