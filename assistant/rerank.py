"""Ranked hits → ranked again: question and passage read together, where there is no question bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.findable import search_text
from assistant.judge import Judge, judged
from assistant.snapshot import Snapshot
from assistant.types import Hit, Question

# So many of the first hits are read together with the question: some 20 ms on two cores.
READ_TOGETHER = 12


def best_first(hit: Hit) -> tuple[float, str]:
    """The order of hits: by score, equal ones by passage id."""
    return -hit.score, hit.passage.id


def read_together(
    question: Question, ranked: Sequence[Hit], snapshot: Snapshot, weight: float, judge: Judge = judged
) -> list[Hit]:
    """Rank again when one of the first hits is from a document without question bank.

    A bank says more than this can: with one for each hit nothing is done, as it changed nothing on the dev questions.
    `Hit.evidence` gets `together`: from 0 to 1, how surely the passage answers, read together with the question.

    Args:
        question: as understood.
        ranked: best first.
        snapshot: knows which documents have a bank.
        weight: what a sure answer adds to the score of a hit.
        judge: question and texts → from 0 to 1 for each.

    Raises:
        EncoderError: the judge cannot be loaded.
    """
    first = ranked[:READ_TOGETHER]
    if all(hit.passage.document in snapshot.banked for hit in first):
        return list(ranked)
    asked = question.search_text if question.follow_up else question.text
    answers = judge(asked, [search_text(hit.passage, snapshot.documents[hit.passage.document].title) for hit in first])
    # What was not read is taken for no better than the worst of what was.
    values = [*map(float, answers), *[float(answers.min())] * (len(ranked) - len(first))]
    lifted = [
        replace(hit, score=hit.score + weight * value, evidence={**hit.evidence, "together": value})
        for hit, value in zip(ranked, values, strict=True)
    ]
    return sorted(lifted, key=best_first)
