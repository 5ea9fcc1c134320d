"""Question → ranked hits: vectors and exact words together, lifted by actor, domain and aspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.embed import Encoder
from assistant.expects import STRICT, asked
from assistant.lexical import SYNONYM, Slot
from assistant.snapshot import Snapshot
from assistant.text import STOP, fold, stem
from assistant.types import Hit, Passage, Question
from assistant.vocabulary import Vocabulary

CANDIDATES = 120


@dataclass(frozen=True, slots=True)
class Weights:
    """What each piece of evidence adds to a cosine; all were set on the dev questions."""

    lexical: float = 0.60
    bank: float = 0.95
    own: float = 0.15
    actor: float = 0.10
    other_actor: float = 0.08
    domain: float = 0.10
    aspect: float = 0.10
    audience: float = 0.06
    section: float = -0.03


DEFAULT = Weights()


def slots_of(snapshot: Snapshot, vocabulary: Vocabulary, tokens: Sequence[str]) -> list[Slot]:
    """What the lexical index is asked: one slot a content word, with synonyms of the phrases it stands in."""
    content = [token for token in dict.fromkeys(tokens) if token not in STOP]
    extra: dict[str, list[tuple[tuple[str, ...], float]]] = {token: [] for token in content}
    for phrase, synonyms in vocabulary.synonyms(tokens):
        holders = [token for token in phrase if token in extra]
        for other, weight in synonyms:
            stems = tuple(stem(word) for word in other if word not in STOP)
            for holder in holders:
                if stems:
                    extra[holder].append((stems, weight * SYNONYM))
    return [Slot(token, (*snapshot.lexical.alternatives(token), *extra[token])) for token in content]


def retrieve(
    question: Question,
    snapshot: Snapshot,
    encoder: Encoder,
    vocabulary: Vocabulary,
    weights: Weights = DEFAULT,
    k: int = 40,
) -> list[Hit]:
    """The k best passages for a question, best first; ties break by passage id, so the order is always the same.

    The score is `cosine + w · bm25 / upper bound` (the weighted sum that beat reciprocal rank fusion on the dev
    questions), with the best of a passage's own text and its bank questions as cosine, plus what actor, domain and
    aspect add or take away.
    """
    tokens = question.search_text.split()
    vector = encoder.query(question.search_text)
    slots = slots_of(snapshot, vocabulary, tokens)
    lexical = snapshot.lexical.score(slots)
    cosines: dict[int, float] = {}
    for key, _ in snapshot.store.nearest(vector, CANDIDATES):
        for number in snapshot.holders[key]:
            cosines[number] = 0.0
    best_words = np.argsort(-lexical.scores, kind="stable")[:CANDIDATES]
    candidates = {int(n) for n in best_words if lexical.scores[n] > 0} | cosines.keys()
    candidates |= set(_cell(question, snapshot))
    hits: list[Hit] = []
    for number in candidates:
        own, *bank = snapshot.cosines(number, vector)
        cosine = max(float(own), max(map(float, bank), default=-1.0) * weights.bank)
        words_score = float(lexical.scores[number]) / lexical.upper_bound
        passage = snapshot.passages[number]
        # A passage that itself reads like the question is surer than one that only a bank question brought.
        score = (1 - weights.own) * cosine + weights.own * float(own) + weights.lexical * words_score + _fit(question, passage, weights)
        ways = ["vector"] if number in cosines else []
        ways += ["lexical"] if words_score > 0 else []
        ways += ["questions"] if bank and cosine > float(own) else []
        held = tuple((slot.word, float(lexical.held[row, number])) for row, slot in enumerate(slots))
        like = _asked_before(question, snapshot.questions[number], bank)
        hits.append(Hit(passage, score, cosine, float(lexical.coverage[number]), held, like, tuple(ways)))
    return sorted(_spread(hits, snapshot, weights.section), key=lambda hit: (-hit.score, hit.passage.id))[:k]


def _asked_before(question: Question, written: Sequence[str], cosines: Sequence[float]) -> float:
    """The cosine of the nearest bank question that waits for the same kind of thing as this question."""
    pairs = sorted(zip(map(float, cosines), written, strict=True), reverse=True)[:3]
    return max((cosine for cosine, text in pairs if (asked(fold(text)) in STRICT) == (question.expects in STRICT)
                and (question.expects not in STRICT or asked(fold(text)) == question.expects)), default=0.0)  # fmt: skip


def _spread(hits: Sequence[Hit], snapshot: Snapshot, lift: float) -> list[Hit]:
    """A heading is no answer: its score goes to the passages directly under it, where that lifts them."""
    by_id = {hit.passage.id: hit for hit in hits if hit.passage.kind != "heading"}
    for heading in (hit for hit in hits if hit.passage.kind == "heading"):
        number = snapshot.numbers[heading.passage.id] + 1
        rank = 0
        while number < len(snapshot.passages) and snapshot.passages[number].section == heading.passage.section:
            passage = snapshot.passages[number]
            # The first passages keep the lead, so that a section reads in its own order.
            lifted = heading.score + lift - 0.001 * rank
            own = by_id.get(passage.id)
            if own is None or own.score < lifted:
                by_id[passage.id] = Hit(
                    passage,
                    lifted,
                    heading.cosine,
                    max(heading.lexical, own.lexical if own else 0.0),
                    heading.words,
                    heading.asked_before,
                    (*heading.found_by, "section"),
                )
            number, rank = number + 1, rank + 1
    return list(by_id.values())


def _cell(question: Question, snapshot: Snapshot) -> list[int]:
    """Passages of the asked actor in the asked domain or aspect: always candidates, however they are worded."""
    if not question.actors or not (question.domain or question.aspect):
        return []
    actors = set(question.actor_ids)
    return [
        number
        for number, passage in enumerate(snapshot.passages)
        if actors & set(passage.actors)
        and (question.domain is None or passage.domain == question.domain.id)
        and (question.aspect is None or passage.aspect == question.aspect.id)
    ]


def _fit(question: Question, passage: Passage, weights: Weights) -> float:
    """What actor, domain and aspect add: a lift for what was asked, a smaller score for what was not."""
    fit = 0.0
    if passage.actors and question.actors:
        sure = max((m.weight for m in question.actors if m.id in passage.actors), default=0.0)
        fit += weights.actor * sure if sure else -weights.other_actor * max(m.weight for m in question.actors)
    elif passage.actors and question.others:
        fit += weights.actor * 0.15 * any(actor in passage.actors for actor in question.others)
    if passage.audience and question.actors and not passage.actors:
        sure = max((m.weight for m in question.actors if m.id in passage.audience), default=0.0)
        fit += weights.audience * (sure or -max(m.weight for m in question.actors))
    for asked, has, weight in (
        (question.domain, passage.domain, weights.domain),
        (question.aspect, passage.aspect, weights.aspect),
    ):
        if asked and has:
            fit += weight * asked.weight * (1.0 if asked.id == has else -0.5)
    return fit
