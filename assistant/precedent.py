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
from assistant.text import fold

# The written questions of each side that are looked at, and how fast a less like one loses its say; set on dev.
NEIGHBOURS, SHARPNESS = 40, 10.0
# For the ranking more are looked at; a passage without one of them counts as hardly alike.
RANKED, UNLIKE = 80, 0.3


@dataclass(frozen=True, slots=True)
class Precedent:
    """How a question compares with the written ones.

    gap: the cosine of the nearest question that is known to have no answer. unanswered: the share (0..1) of such
    questions among its likest neighbours, each counted by likeness; 0 where no answered ones are written. wording: how
    much more it reads, letter by letter, like one without an answer than like one with (-1..1).
    """

    gap: float = 0.0
    unanswered: float = 0.0
    wording: float = 0.0


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
    gaps = [pair for _, *pair in _alike(text, vector, written, snapshot.gaps[: len(written)], NEIGHBOURS)]
    found = _alike(text, vector, snapshot.asked, snapshot.asked_vectors, NEIGHBOURS) if answered else []
    with_answers = [pair for _, *pair in found]
    if not gaps:
        return Precedent()
    gap, reads = max(cosine for cosine, _ in gaps), max(read for _, read in gaps)
    if not with_answers:
        return Precedent(gap, 0.0, reads)
    likest = max(cosine + read for cosine, read in (*gaps, *with_answers))
    without, with_answer = (
        sum(math.exp(SHARPNESS * (cosine + read - likest)) for cosine, read in side) for side in (gaps, with_answers)
    )
    return Precedent(gap, without / (without + with_answer), reads - max(read for _, read in with_answers))


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
