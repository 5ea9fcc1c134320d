"""A question beside the written ones: is it like those that a passage answers, or like those that nothing answers?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from assistant.bank import general_requests
from assistant.snapshot import Snapshot
from assistant.text import content_words, fold, stem

# The written questions of each side that are looked at, and how fast a less like one loses its say; set on dev.
NEIGHBOURS, SHARPNESS = 80, 15.0
# For the ranking more are looked at; a passage without one of them counts as hardly alike.
RANKED, UNLIKE = 80, 0.3


@dataclass(frozen=True, slots=True)
class Precedent:
    """How a question compares with the written ones.

    gap: the cosine of the nearest question that is known to have no answer. unanswered: the share (0..1) of such
    questions among its likest neighbours, each counted by likeness; 0 where no answered ones are written. wording: how
    much more it reads, letter by letter, like one without an answer than like one with (-1..1). shared: how much more
    of its words one without an answer has than one with (-1..1).
    """

    gap: float = 0.0
    unanswered: float = 0.0
    wording: float = 0.0
    shared: float = 0.0


def precedent_of(text: str, vector: NDArray[np.float32], snapshot: Snapshot, *, answered: bool = True) -> Precedent:
    """Compare a question, as it is searched with, and its vector with the written questions of a snapshot.

    `answered` False compares with what no collection answers alone: where no questions are written for the document
    that seems to answer, those about other documents prove nothing.

    Likeness is the cosine plus the share of letters in common (the ratio of rapidfuzz): the first knows what is meant,
    the second what is asked of it, where 'who signs it' and 'what is in it' mean nearly the same. The neighbours vote
    by a softmax over likeness.
    """
    written = [question for question, _ in snapshot.unanswered]
    if not answered:
        written = written[: len(general_requests())]  # a bank lists these first
    gaps = _alike(text, vector, written, snapshot.gaps[: len(written)], NEIGHBOURS)
    others = _alike(text, vector, snapshot.asked, snapshot.asked_vectors, NEIGHBOURS) if answered else []
    if not gaps:
        return Precedent()
    gap, reads = max(cosine for _, cosine, _ in gaps), max(read for *_, read in gaps)
    if not others:
        return Precedent(gap, 0.0, reads)
    likest = max(cosine + read for _, cosine, read in (*gaps, *others))
    without, with_answer = (
        sum(math.exp(SHARPNESS * (cosine + read - likest)) for _, cosine, read in side) for side in (gaps, others)
    )
    held = _held(text, [*(written[row] for row, *_ in gaps), *(snapshot.asked[row] for row, *_ in others)])
    return Precedent(
        gap,
        without / (without + with_answer),
        reads - max(read for *_, read in others),
        max(held[: len(gaps)]) - max(held[len(gaps) :]),
    )


def _held(text: str, others: Sequence[str]) -> list[float]:
    """Of each other question, the share (0..1) of this one's content words that it has.

    A word that few of them have counts for more (its inverse document frequency among them): it sets them apart.
    """
    stems = [_stems(other) for other in others]
    weights = {word: math.log(1 + len(stems) / (1 + sum(word in other for other in stems))) for word in _stems(text)}
    whole = sum(weights.values()) or 1.0
    return [sum(weight for word, weight in weights.items() if word in other) / whole for other in stems]


@lru_cache(maxsize=50_000)
def _stems(question: str) -> frozenset[str]:
    return frozenset(map(stem, content_words(question)))


def wording_by_passage(text: str, vector: NDArray[np.float32], snapshot: Snapshot) -> dict[int, float]:
    """Per passage, by number, the letters (0..1) that a question has in common with the likest one written for it.

    Only passages of the questions nearest in meaning are in it.
    """
    found: dict[int, float] = {}
    for row, _, read in _alike(text, vector, snapshot.asked, snapshot.asked_vectors, RANKED):
        for number in snapshot.asked_by[row]:
            found[number] = max(found.get(number, UNLIKE), read)
    return found


def _alike(
    text: str, vector: NDArray[np.float32], questions: Sequence[str], vectors: NDArray[np.float32], count: int
) -> list[tuple[int, float, float]]:
    """Row, cosine and letters in common of the written questions that are nearest in meaning."""
    if not questions:
        return []
    cosines = vectors @ vector
    nearest = np.argpartition(-cosines, min(count, len(cosines)) - 1)[:count]
    asked = fold(text)
    return [(int(n), float(cosines[n]), ratio(asked, _folded(questions[n])) / 100) for n in nearest]


@lru_cache(maxsize=50_000)
def _folded(question: str) -> str:
    return fold(question)
