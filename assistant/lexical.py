"""Exact-word ranking: BM25 over Dutch stems, with synonyms, compound parts and typing errors as weaker alternatives."""

from __future__ import annotations

import bisect
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.text import STOP, content_words, stem

Scores = NDArray[np.float32]

# What a match is worth against the word itself; set on the dev questions.
COMPOUND, PART, SYNONYM, TYPO = 0.5, 0.45, 0.75, 0.85
_LINKS = ("", "s", "en", "e", "n")
_SHORTEST_PART = 4
_MOST_RELATIVES = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing the question says, with the stems that count as saying it: (stems, weight), the best one counts."""

    word: str
    alternatives: tuple[tuple[tuple[str, ...], float], ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """BM25 of every passage, the most the question could score, and the share of its slots that each passage holds.

    `held` has a row a slot and a column a passage: 1 where the passage has the word itself, less for a synonym or a
    part of a compound, 0 where it has none of them. `importance` is the share of each slot in the question.
    """

    scores: Scores
    upper_bound: float
    coverage: Scores
    held: Scores
    importance: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """BM25 scores of stems in passages, immutable on disk and memory-mapped when read."""

    _bm25: bm25s.BM25
    words: frozenset[str]
    _stems: list[str] = field(default_factory=list)
    _reversed: list[str] = field(default_factory=list)

    @staticmethod
    def build(texts: Sequence[str], extra_words: Iterable[str] = ()) -> LexicalIndex:
        """Index texts; their order is the order of the scores.

        Args:
            texts: what each passage is found by; may be empty strings.
            extra_words: folded words, besides those of the texts, that are not typing errors.
        """
        found = [content_words(text) for text in texts]
        # bm25s cannot index an empty vocabulary; a word that no question can hold keeps the shape.
        tokens = [[stem(word) for word in words] or ["\u0000"] for words in found]
        bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        bm25.index(tokens or [["\u0000"]], show_progress=False)
        known = {word for words in found for word in words if len(word) > 2} | set(extra_words)
        return _ready(bm25, frozenset(known))

    def save(self, folder: Path) -> None:
        """Write the index to a folder of its own."""
        self._bm25.save(str(folder), show_progress=False)
        (folder / "words.json").write_text(json.dumps(sorted(self.words), ensure_ascii=False), encoding="utf-8")

    @staticmethod
    def load(folder: Path) -> LexicalIndex:
        """Read what `save` wrote; the scores stay on disk until used."""
        bm25 = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        return _ready(bm25, frozenset(json.loads((folder / "words.json").read_text(encoding="utf-8"))))

    @property
    def count(self) -> int:
        """How many texts it was made of."""
        return int(self._bm25.scores["num_docs"])

    def correct(self, word: str) -> str:
        """The index's own word for a mistyped one, or the word itself.

        Two letters swapped are forgiven from four letters, one edit from five, two from nine (optimal string
        alignment). Of words that are equally near, the one that most texts have.
        """
        if len(word) < 4 or not word.isalpha() or word in STOP or word in self.words or self._is_known(word):
            return word
        return self._nearest(word)

    @lru_cache(maxsize=4096)  # noqa: B019 - the index lives as long as its snapshot is open
    def _nearest(self, word: str) -> str:
        edits = 2 if len(word) >= 9 else 1
        candidates = [known for known in self.words if known[:1] == word[:1] and abs(len(known) - len(word)) <= edits]
        if len(word) == 4:
            candidates = [known for known in candidates if sorted(known) == sorted(word)]
        near = extract(word, candidates, scorer=OSA.distance, score_cutoff=edits, limit=None)
        # Of equally near words the most used one, and then by letter: a set has another order in every process.
        return min(near, key=lambda one: (one[1], -self._uses(one[0]), one[0]))[0] if near else word

    def _uses(self, word: str) -> int:
        """How many texts have a word, in whatever inflection."""
        rows, _ = self._column(stem(word))
        return len(rows)

    def _is_known(self, word: str) -> bool:
        return stem(word) in self._bm25.vocab_dict or bool(self._parts(word))

    def alternatives(self, word: str) -> list[tuple[tuple[str, ...], float]]:
        """The stems that count as a word: itself, compounds it is part of, the parts it is made of."""
        own = stem(word)
        found: list[tuple[tuple[str, ...], float]] = [((own,), 1.0)]
        found += [((relative,), COMPOUND) for relative in self._compounds_with(own)]
        if parts := self._parts(word):
            found.append((parts, 0.8))
            found += [((part,), PART) for part in parts]
        return found

    def _compounds_with(self, part: str) -> list[str]:
        """Index stems that begin or end with a stem: 'geld' → 'opleidingsgeld'."""
        if len(part) < _SHORTEST_PART or not part.isalpha():
            return []
        first = bisect.bisect_left(self._stems, part)
        heads = _while(self._stems, first, part)
        backward = part[::-1]
        tails = [s[::-1] for s in _while(self._reversed, bisect.bisect_left(self._reversed, backward), backward)]
        return [s for s in heads + tails if len(s) >= len(part) + 3][:_MOST_RELATIVES]

    def _parts(self, word: str) -> tuple[str, ...]:
        """The two known halves of a compound that is itself unknown: 'opleidingsbudget' → 'opleid', 'budget'."""
        vocabulary = self._bm25.vocab_dict
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            right = stem(word[cut:])
            if right not in vocabulary:
                continue
            for link in _LINKS:
                left = word[:cut]
                if link and not left.endswith(link):
                    continue
                left = stem(left[: len(left) - len(link)])
                if len(left) >= _SHORTEST_PART - 1 and left in vocabulary:
                    return left, right
        return ()

    def score(self, slots: Sequence[Slot]) -> LexicalScores:
        """Score all passages for the slots of a question."""
        count = self.count
        # An unseen word could at most have scored as one that stands in a single passage.
        unseen = math.log(1 + (count + 0.5) / 1.5)
        total = np.zeros(count, dtype=np.float32)
        held = np.zeros((len(slots), count), dtype=np.float32)
        covered = np.zeros(count, dtype=np.float32)
        reaches: list[float] = []
        for row, slot in enumerate(slots):
            scores = self._slot(slot, count, held[row])
            best = float(scores.max(initial=0.0))
            reach = (max(best, unseen * 0.6) if best else unseen) * slot.weight
            total += scores * slot.weight
            covered += np.minimum(scores / (best or 1.0), 1.0) ** 0.5 * reach * (best > 0)
            reaches.append(reach)
        bound = sum(reaches) or 1.0
        return LexicalScores(total, bound, covered / np.float32(bound), held, tuple(r / bound for r in reaches))

    def _slot(self, slot: Slot, count: int, held: Scores) -> Scores:
        scores = np.zeros(count, dtype=np.float32)
        for stems, weight in slot.alternatives:
            if len(stems) == 1:
                rows, values = self._column(stems[0])
                scores[rows] = np.maximum(scores[rows], values * np.float32(weight))
                held[rows] = np.maximum(held[rows], np.float32(weight))
            elif stems:
                together = np.zeros(count, dtype=np.float32)
                for part in stems:
                    rows, values = self._column(part)
                    together[rows] += values
                    held[rows] = np.maximum(held[rows], np.float32(weight / len(stems)))
                np.maximum(scores, together * np.float32(weight / len(stems)), out=scores)
        return scores

    def _column(self, token: str) -> tuple[NDArray[np.int32], Scores]:
        number = self._bm25.vocab_dict.get(token)
        if number is None:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        start, end = (int(i) for i in self._bm25.scores["indptr"][number : number + 2])
        return self._bm25.scores["indices"][start:end], self._bm25.scores["data"][start:end]


def _ready(bm25: bm25s.BM25, words: frozenset[str]) -> LexicalIndex:
    # Plain arrays over the mapped files: the memmap class itself is slow to index.
    bm25.scores.update({name: np.asarray(part) for name, part in bm25.scores.items() if isinstance(part, np.ndarray)})
    stems = sorted(token for token in bm25.vocab_dict if token.isalpha() and len(token) >= _SHORTEST_PART + 3)
    return LexicalIndex(bm25, words, stems, sorted(token[::-1] for token in stems))


def _while(ordered: list[str], position: int, prefix: str) -> list[str]:
    end = position
    while end < len(ordered) and end - position < _MOST_RELATIVES and ordered[end].startswith(prefix):
        end += 1
    return ordered[position:end]
