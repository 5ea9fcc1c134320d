"""Question → ranked hits: vectors and exact words together, lifted by actor, domain and aspect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.embed import Encoder, Vectors
from assistant.expects import asked, holds
from assistant.kinds import STRICT
from assistant.lexical import SYNONYM, LexicalScores, Slot
from assistant.precedent import UNLIKE, wording_by_passage
from assistant.rerank import best_first, read_together
from assistant.snapshot import Snapshot
from assistant.text import STOP, fold, plain, stem, words
from assistant.types import Hit, Passage, Question
from assistant.vocabulary import Vocabulary

CANDIDATES = 150
# The nearest bank questions of a passage that count together, and the hits of which the evidence is completed.
NEAR_QUESTIONS, COMPLETED = 3, 12

# What each piece of evidence adds to the score: near what `python -m evals.rank` fits on the dev questions (halved, as
# the margins of `assistant.extract` expect), with the actors up for purity, as whole answers on dev favoured. The
# cosine of a passage is a mix of its own text and its bank questions: the best, the nearest three, and all; without a
# bank its text. In a document without bank meaning counts for more, as nothing else bridges other words: a passage
# falls back by how far it lies behind the nearest of them (as `evals/field` and the dev documents without their
# bank favoured), so that the nearest keeps its place among those with a bank.
Weights = Mapping[str, float]
DEFAULT: Weights = {
    "own": 0.36,
    "best_question": 0.08,
    "near_questions": 0.18,
    "all_questions": -0.1,
    "lexical": 0.97,
    "wording": 0.46,
    "coverage": 0.11,
    "actor": 0.20,
    "other_actor": -0.24,
    "mentioned": 0.03,
    "domain": 0.13,
    "aspect": 0.12,
    "audience": 0.05,
    "other_audience": -0.1,
    "holds": 0.17,
    "section": -0.03,
    "together": 0.45,
    "behind": 0.8,
}


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

    The score is a weighted sum: cosine + w · bm25 / upper bound (which beat reciprocal rank fusion on the dev
    questions), plus what actor, domain, aspect and the expected kind of answer add or take away. `Hit.evidence` has
    the terms.
    """
    tokens = question.search_text.split()
    vector = encoder.query(question.search_text)
    slots = slots_of(snapshot, vocabulary, tokens)
    lexical = snapshot.lexical.score(slots)
    near = {number for key, _ in snapshot.store.nearest(vector, CANDIDATES) for number in snapshot.holders.get(key, ())}
    best_words = np.argsort(-lexical.scores, kind="stable")[:CANDIDATES]
    candidates = sorted({int(n) for n in best_words if lexical.scores[n] > 0} | near | set(_cell(question, snapshot)))
    cosines = snapshot.cosines(candidates, vector)
    worded = wording_by_passage(question.search_text, vector, snapshot)
    # A document that no questions are written for is neither lifted nor pushed down by those of others.
    usual = sum(worded.values()) / len(worded) if worded else UNLIKE
    unasked = [snapshot.passages[number].document not in snapshot.banked for number in candidates]
    nearest = max((own for (own, *_), alone in zip(cosines, unasked, strict=True) if alone), default=0.0)
    hits: list[Hit] = []
    for number, (own, *bank), alone in zip(candidates, cosines, unasked, strict=True):
        passage = snapshot.passages[number]
        evidence = _meaning(own, bank) | _structure(question, passage, vocabulary)
        if alone:
            evidence["behind"] = own - nearest
        evidence["lexical"] = float(lexical.scores[number]) / lexical.upper_bound
        evidence["wording"] = worded.get(number, usual if alone else UNLIKE)
        evidence["coverage"] = float(lexical.coverage[number])
        if question.expects:
            evidence["holds"] = (
                float(holds(question.expects, passage.quote, question.search_text, passage.section)) - 0.5
            )
        ways = ["vector"] if number in near else []
        ways += ["lexical"] if evidence["lexical"] > 0 else []
        ways += ["questions"] if bank and max(bank) > own else []
        hits.append(Hit(passage, _total(evidence, weights), max(own, *bank, -1.0), evidence, found_by=tuple(ways)))
    ranked = sorted(_spread(hits, snapshot, weights), key=best_first)[:k]
    ranked = read_together(question, ranked, snapshot, weights.get("together", 0.0))
    first = [_complete(hit, question, snapshot, slots, lexical, vector) for hit in ranked[:COMPLETED]]
    return first + ranked[COMPLETED:]


def retrieve_each(
    question: Question, snapshot: Snapshot, encoder: Encoder, vocabulary: Vocabulary, k: int = 40
) -> dict[str, list[Hit]]:
    """For each of the actors that a question compares, the k best passages for what it asks of that one alone.

    The names of all of them are left out of the search, so that the name of one pulls in nothing for another.
    """
    tokens = question.search_text.split()
    named = {i for found in vocabulary.actors_in(tokens) for i in range(found.start, found.end)}
    topic = " ".join(token for i, token in enumerate(tokens) if i not in named) or question.search_text
    return {
        mention.id: retrieve(
            replace(question, actors=(mention,), search_text=topic), snapshot, encoder, vocabulary, k=k
        )
        for mention in question.actors
    }


def _total(evidence: Mapping[str, float], weights: Weights) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in evidence.items())


def _meaning(own: float, bank: Sequence[float]) -> dict[str, float]:
    """How near the question lies to a passage's own text, and to the questions written for it (its text where none
    are)."""
    nearest = sorted(bank, reverse=True)[:NEAR_QUESTIONS]
    if not nearest:
        return {"own": own, "best_question": own, "near_questions": own, "all_questions": own}
    return {
        "own": own,
        "best_question": nearest[0],
        "near_questions": sum(nearest) / len(nearest),
        "all_questions": sum(bank) / len(bank),
    }


def _complete(
    hit: Hit, question: Question, snapshot: Snapshot, slots: Sequence[Slot], lexical: LexicalScores, vector: Vectors
) -> Hit:
    """Add what only the first hits need: how well each word of the question is held, and whether it was asked
    before."""
    number = snapshot.numbers[hit.passage.id]
    held = tuple((slot.word, float(lexical.held[row, number])) for row, slot in enumerate(slots))
    written = snapshot.questions[number]
    bank = snapshot.cosines([number], vector)[0][1:]
    like = _asked_before(question, written, bank)
    # A passage that a heading lifted keeps the words of that heading.
    words = tuple((word, max(grade, dict(hit.words).get(word, 0.0))) for word, grade in held)
    return replace(hit, words=words, asked_before=max(like, hit.asked_before))


def _asked_before(question: Question, written: Sequence[str], cosines: Sequence[float]) -> float:
    """The cosine of the nearest bank question that waits for the same kind of thing as this question."""
    wanted = question.expects if question.expects in STRICT else None
    best = 0.0
    for cosine, text in sorted(zip(cosines, written, strict=True), reverse=True)[:NEAR_QUESTIONS]:
        waits_for = asked(fold(text))
        if (waits_for if waits_for in STRICT else None) == wanted:
            best = max(best, cosine)
    return best


def _spread(hits: Sequence[Hit], snapshot: Snapshot, weights: Weights) -> list[Hit]:
    """A heading is no answer: its score goes to the passages directly under it, where that lifts them."""
    by_id = {hit.passage.id: hit for hit in hits if hit.passage.kind != "heading"}
    own_wording = {hit.passage.id: hit.evidence["wording"] for hit in hits}
    for heading in (hit for hit in hits if hit.passage.kind == "heading"):
        number = snapshot.numbers[heading.passage.id] + 1
        rank = 0
        while number < len(snapshot.passages) and snapshot.passages[number].section == heading.passage.section:
            passage = snapshot.passages[number]
            # The first passages keep the lead, so that a section reads in its own order.
            # What was asked of the passage itself counts, not what was asked of the heading.
            evidence = {**heading.evidence, "wording": own_wording.get(passage.id, UNLIKE)}
            lifted = _total(evidence, weights) + weights.get("section", 0.0) - 0.001 * rank
            own = by_id.get(passage.id)
            if own is None or own.score < lifted:
                by_id[passage.id] = replace(
                    heading, passage=passage, score=lifted, evidence=evidence, found_by=(*heading.found_by, "section")
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


def _structure(question: Question, passage: Passage, vocabulary: Vocabulary) -> dict[str, float]:
    """Whether a passage's headings are about the asked actor, domain and aspect: for what was asked, against what
    was not."""
    found: dict[str, float] = {}
    sure = {mention.id: mention.weight for mention in question.actors}
    if passage.actors and sure:
        right = max((sure.get(actor, 0.0) for actor in passage.actors), default=0.0)
        found["actor" if right else "other_actor"] = right or max(sure.values())
    elif passage.audience and sure:
        found["audience"] = max((sure.get(actor, 0.0) for actor in passage.audience), default=0.0) or -max(
            sure.values()
        )
    elif (
        passage.audience
        and question.others
        and not set(question.others) & {*passage.audience, *_named(passage, vocabulary)}
    ):
        # The question talks of others than those whom the passage is written for, and the passage does not name them.
        found["other_audience"] = 1.0
    if passage.actors and any(actor in passage.actors for actor in question.others):
        found["mentioned"] = 1.0
    for name, wanted, has in (("domain", question.domain, passage.domain), ("aspect", question.aspect, passage.aspect)):
        if wanted and has:
            found[name] = wanted.weight * (1.0 if wanted.id == has else -0.5)
    return found


def _named(passage: Passage, vocabulary: Vocabulary) -> set[str]:
    """The actors that a passage names."""
    return {match.entry for match in vocabulary.actors_in(words(plain(passage.quote)))}
