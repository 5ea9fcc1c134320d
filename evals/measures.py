"""Measures of one answer against its case: pure functions, each 0..1 (None: does not apply to this case)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.types import Answer, Citation, Hit
from evals.cases import Case, Gold

Span = tuple[str, int, int]


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
    """1 when at least one citation holds part of a gold quote; unanswered counts as 0."""
    if not case.answerable:
        return None
    return float(any(supports(c, gold) for c in answer.citations for gold in case.gold))


def completeness(case: Case, answer: Answer) -> float | None:
    """Share of the gold quotes that some citation holds: for a list question, how much of the list is there."""
    if not case.answerable or not case.gold:
        return None
    return sum(any(supports(c, gold) for c in answer.citations) for gold in case.gold) / len(case.gold)


def citation_precision(case: Case, answer: Answer) -> float | None:
    """Share of the statements whose citations hold part of a gold quote (ALCE's precision, judged by span)."""
    if not case.answerable or not answer.statements:
        return None
    by_number = {c.n: c for c in answer.citations}
    right = sum(
        any(supports(by_number[n], gold) for n in statement.citations for gold in case.gold) for statement in answer.statements
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
    recalled = [max((len(cited & _characters([s])) / max(1, s[2] - s[1]) for s in gold.spans), default=0.0) for gold in case.gold]
    return precision, sum(recalled) / len(gold_each) if gold_each else 0.0


def fact_recall(case: Case, answer: Answer) -> float | None:
    """Share of the fact groups of which the text holds an alternative."""
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


def refused(answer: Answer) -> float:
    """1 when the assistant said that the documents do not hold it."""
    return float(answer.status == "not_found")


def quotes_exact(answer: Answer, texts: dict[str, str]) -> float | None:
    """Share of the quotes, nearest ones included, that are exactly the document's text at their place: must be 1."""
    quoted = (*answer.citations, *answer.nearest)
    if not quoted:
        return None
    return sum(texts[c.document][c.start : c.end] == c.quote for c in quoted) / len(quoted)


def ranks(case: Case, hits: Sequence[Hit]) -> list[bool]:
    """For each hit in order, whether its passage holds part of a gold quote."""
    return [
        any(overlaps((h.passage.document, h.passage.quote_start, h.passage.quote_end), s) for gold in case.gold for s in gold.spans)
        for h in hits
    ]


def level(text: str) -> str:
    """Text as compared for facts: lower case, plain quotes and dashes, HTML entities resolved, single spaces."""
    text = text.translate(str.maketrans("’‘“”\u00a0–", "''\"\" -")).casefold()
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"\s+", " ", re.sub(r"\*\*|\\(?=[*_])", "", text))


def _characters(spans: Iterable[Span]) -> set[tuple[str, int]]:
    return {(document, place) for document, start, end in spans for place in range(start, end)}
