"""Entries of the vocabulary and the phrases that mean them: finds the longest of these in folded words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.text import words

# How much a match says: the entry's own names and synonyms, against vaguer words that often mean it.
SURE, LIKELY = 1.0, 0.5
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One actor, domain, aspect or term with the phrases that mean it (`same`) or may mean it (`kind`)."""

    id: str
    label: str
    label_en: str = ""
    name: str = ""
    same: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of the vocabulary in a text: which entry, how sure, and the word positions it covers."""

    entry: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by their folded words, each with the entries it stands for."""

    table: dict[tuple[str, ...], tuple[tuple[str, float], ...]] = field(default_factory=dict)

    def find(self, tokens: Sequence[str]) -> list[Found]:
        """All longest matches from left to right, without overlap."""
        found: list[Found] = []
        position = 0
        while position < len(tokens):
            for length in range(min(_LONGEST, len(tokens) - position), 0, -1):
                entries = self.table.get(tuple(tokens[position : position + length]))
                if entries:
                    found += [Found(entry, weight, position, position + length) for entry, weight in entries]
                    position += length - 1
                    break
            position += 1
        return found


def phrases_of(entry: Entry) -> list[tuple[tuple[str, ...], float]]:
    """How an entry can be said, in folded words, each with how sure it is; the surest first."""
    pairs = [(entry.label, SURE), (entry.name, SURE)]
    pairs += [(phrase, SURE) for phrase in entry.same] + [(phrase, LIKELY) for phrase in entry.kind]
    return [(tuple(words(phrase)), weight) for phrase, weight in pairs if words(phrase)]


def table_of(entries: Iterable[Entry]) -> Phrases:
    """The phrases of entries, to find them by; one that several entries share stands for each of them."""
    table: dict[tuple[str, ...], dict[str, float]] = {}
    for entry in entries:
        for phrase, weight in phrases_of(entry):
            slot = table.setdefault(phrase, {})
            slot[entry.id] = max(slot.get(entry.id, 0.0), weight)
    return Phrases({phrase: tuple(slot.items()) for phrase, slot in table.items()})
