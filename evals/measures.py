"""Measures of one answer or one ranking against its case: pure functions, 0..1 unless said otherwise.

None means that a measure does not apply to a case; an answer or a ranking that is missing counts as 0, never as None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import ir_measures
from ir_measures import RR, R, nDCG

from assistant.types import Answer, Citation, Hit, Passage
from evals.cases import Case, Gold

Span = tuple[str, int, int]
FOUND_AT = (1, 5, 10)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans of the same document share a character."""
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def span_of(citation: Citation) -> Span:
    """The span that a citation cites."""
    return citation.document, citation.start, citation.end


def supports(citation: Citation, gold: Gold) -> bool:
    """Whether a citation shares text with a gold quote, wherever the corpus holds those words."""
    return any(overlaps(span_of(citation), span) for span in gold.spans)


def right_citation(case: Case, answer: Answer) -> float | None:
    """1 when at least one citation holds part of a gold quote; unanswered counts as 0.

    The success@n of retrieval (e.g. Craswell 2009, "Success at n") over the citations that a reader gets to see.
    """
    if not case.answerable:
        return None
    return float(any(supports(c, gold) for c in answer.citations for gold in case.gold))


def completeness(case: Case, answer: Answer) -> float | None:
    """Share of the gold quotes that some citation holds: for a list question, how much of the list is there.

    Recall of items as in list questions of TREC QA (Voorhees 2003), judged by span.
    """
    if not case.answerable or not case.gold:
        return None
    return sum(any(supports(c, gold) for c in answer.citations) for gold in case.gold) / len(case.gold)


def citation_recall(answer: Answer) -> float | None:
    """Share of the statements of which every word stands in the quotes they cite.

    ALCE's citation recall (Gao et al. 2023, arXiv 2305.14627) asks whether the cited passages together entail the
    statement; here holding all of its words takes the place of their entailment model.
    """
    if not answer.statements:
        return None
    by_number = {c.n: c for c in answer.citations}
    return sum(
        _words(s.text) <= _words(" ".join(by_number[n].quote for n in s.citations if n in by_number))
        and bool(s.citations)
        for s in answer.statements
    ) / len(answer.statements)


def citation_precision(case: Case, answer: Answer) -> float | None:
    """Share of the statements whose citations hold part of a gold quote (ALCE's precision, judged by span)."""
    if not case.answerable or not answer.statements:
        return None
    by_number = {c.n: c for c in answer.citations}
    right = sum(
        any(supports(by_number[n], gold) for n in statement.citations for gold in case.gold)
        for statement in answer.statements
    )
    return right / len(answer.statements)


def characters(case: Case, answer: Answer) -> tuple[float, float] | None:
    """Character-span precision and recall of the citations (LegalBench-RAG, arXiv 2408.10343)."""
    if not case.answerable:
        return None
    cited = _characters(span_of(c) for c in answer.citations)
    gold_all = _characters(span for gold in case.gold for span in gold.spans)
    gold_each = [_characters(gold.spans) for gold in case.gold]
    precision = len(cited & gold_all) / len(cited) if cited else 0.0
    # A quote that stands in two places is recalled when either is cited.
    recalled = [
        max((len(cited & _characters([s])) / max(1, s[2] - s[1]) for s in gold.spans), default=0.0)
        for gold in case.gold
    ]
    return precision, sum(recalled) / len(gold_each) if gold_each else 0.0


def fact_recall(case: Case, answer: Answer) -> float | None:
    """Share of the fact groups of which the text holds an alternative.

    Nugget recall (TREC QA; TREC RAG, arXiv 2411.09607) with string matching as in ALCE's str_em (arXiv 2305.14627).
    """
    if not case.answerable or not case.facts:
        return None
    text = level(answer.text)
    return sum(any(level(fact) in text for fact in group) for group in case.facts) / len(case.facts)


def pure(case: Case, answer: Answer) -> float | None:
    """1 when the answer holds none of the strings that show a wrong one (another actor's task, the other link)."""
    if not case.forbid:
        return None
    text = level(answer.text)
    return float(not any(level(wrong) in text for wrong in case.forbid))


def right_actors(case: Case, answer: Answer, passages: Sequence[Passage]) -> float | None:
    """1 when nothing is cited from under the heading of an actor whose tasks the gold does not come from.

    None where the gold stands under no actor's heading, and for a refusal: nobody's tasks are mixed up there.
    """
    wanted = set(actors_at([span for gold in case.gold for span in gold.spans], passages))
    if not case.answerable or not wanted or refused(answer):
        return None
    return float(all(wanted.intersection(actors) for actors in _headed(answer, passages)))


def unmixed(answer: Answer, passages: Sequence[Passage]) -> float | None:
    """1 when an answer about a surely named actor cites nothing from under the heading of an actor it is not about.

    None for a refusal, and where the assistant heard nobody named for sure. Whether it heard that rightly is what
    `right_actors` tells.
    """
    heard = set(answer.understood.actor_ids)
    if refused(answer) or not any(mention.sure for mention in answer.understood.actors):
        return None
    return float(all(heard.intersection(actors) for actors in _headed(answer, passages)))


def actors_at(spans: Sequence[Span], passages: Sequence[Passage]) -> list[str]:
    """The actors under whose headings some places of the documents stand, once for each passage there."""
    return [
        actor
        for passage in passages
        if passage.actors
        and any(overlaps((passage.document, passage.quote_start, passage.quote_end), span) for span in spans)
        for actor in passage.actors
    ]


def refused(answer: Answer) -> float:
    """1 when the assistant said that the documents do not hold it."""
    return float(answer.status == "not_found")


def false_refusal(case: Case, answer: Answer) -> float | None:
    """1 when an answerable question is refused: lower is better."""
    return refused(answer) if case.answerable else None


def false_answer(case: Case, answer: Answer) -> float | None:
    """1 when an unanswerable question is answered: lower is better (UAEval4RAG's unanswered ratio, turned round)."""
    return None if case.answerable else 1.0 - refused(answer)


def correct(case: Case, answer: Answer) -> float:
    """1 when all is as it should be: refused if unanswerable, else a right source, every fact, nothing forbidden."""
    if not case.answerable:
        return refused(answer)
    parts = (right_citation(case, answer), fact_recall(case, answer), pure(case, answer))
    return float(all(part in (None, 1.0) for part in parts) and not refused(answer))


def answer_length(answer: Answer) -> float | None:
    """Characters of the text of an answer that is no refusal."""
    return None if refused(answer) else float(len(answer.text))


def quotes_exact(answer: Answer, texts: dict[str, str]) -> float | None:
    """Share of the quotes, nearest ones included, that are exactly the document's text at their place: must be 1."""
    quoted = (*answer.citations, *answer.nearest)
    if not quoted:
        return None
    return sum(texts[c.document][c.start : c.end] == c.quote for c in quoted) / len(quoted)


def ranking(case: Case, hits: Sequence[Hit]) -> dict[str, float] | None:
    """recall@1/5/10, nDCG@10 and MRR@10 of a ranking, by ir-measures; None for an unanswerable question.

    Recall counts gold quotes: the share that the first k hits hold a part of. For nDCG (Järvelin and Kekäläinen 2002)
    and the reciprocal rank (Voorhees 1999) a hit is relevant when it holds a gold quote that no earlier hit holds,
    and each gold quote that no hit holds is one relevant text that was not found.
    """
    if not case.answerable or not case.gold:
        return None
    first = [next((rank for rank, hit in enumerate(hits) if holds(hit, gold)), None) for gold in case.gold]
    names = [f"missed {number}" if rank is None else f"hit {rank}" for number, rank in enumerate(first)]
    run = {f"hit {rank}": -float(rank) for rank in range(len(hits))}
    recalls = [R @ k for k in FOUND_AT]
    each = {f"gold {number}": {name: 1} for number, name in enumerate(names)}
    found = ir_measures.calc_aggregate(recalls, each, dict.fromkeys(each, run))
    ranked = ir_measures.calc_aggregate([nDCG @ 10, RR @ 10], {"case": dict.fromkeys(names, 1)}, {"case": run})
    return {
        **{f"recall@{k}": float(found[measure]) for k, measure in zip(FOUND_AT, recalls, strict=True)},
        "ndcg@10": float(ranked[nDCG @ 10]),
        "mrr@10": float(ranked[RR @ 10]),
    }


def holds(hit: Hit, gold: Gold) -> bool:
    """Whether the passage of a hit shares text with a gold quote, wherever the corpus holds those words."""
    place = (hit.passage.document, hit.passage.quote_start, hit.passage.quote_end)
    return any(overlaps(place, span) for span in gold.spans)


def level(text: str) -> str:
    """Text as compared for facts: lower case, plain quotes and dashes, HTML entities resolved, single spaces."""
    text = text.translate(str.maketrans("’‘“”\u00a0–", "''\"\" -")).casefold()
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"\s+", " ", re.sub(r"\*\*|\\(?=[*_])", "", text))


def _headed(answer: Answer, passages: Sequence[Passage]) -> list[list[str]]:
    """For each citation from under an actor's heading, the actors of that heading."""
    return [actors for citation in answer.citations if (actors := actors_at([span_of(citation)], passages))]


def _characters(spans: Iterable[Span]) -> set[tuple[str, int]]:
    return {(document, place) for document, start, end in spans for place in range(start, end)}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", level(text)))
