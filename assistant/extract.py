"""Hits → the spans that answer: the whole list for a list question, the fact for a fact, one group per actor."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from assistant.expects import holds
from assistant.groups import Group, Span, by_place, list_around, merge_same, same
from assistant.kinds import STRICT
from assistant.question import names_section
from assistant.snapshot import Snapshot
from assistant.text import plain
from assistant.types import Hit, Passage, Question

__all__ = ["Group", "Span", "answers_kind", "extract"]

# Set on the dev questions: how far behind the best hit another one still belongs to the answer.
FACT_MARGIN = 0.25
LIST_MARGIN = 0.35
OTHER_DOCUMENT_MARGIN = 0.25
# A group of its own must fit about as well: what is further behind speaks of something else.
NEXT_DOCUMENT_MARGIN = 0.12
SAME_SCORE = 0.04
LONGEST_ANSWER = 100
MOST_FACTS = 3
MOST_LISTED = 6


def answers_kind(question: Question, passage: Passage) -> bool:
    """Whether a passage holds the kind of thing that a question waits for."""
    return holds(question.expects, passage.quote, question.search_text, passage.section)


def extract(
    question: Question,
    hits: Sequence[Hit],
    snapshot: Snapshot,
    each: Mapping[str, Sequence[Hit]] = MappingProxyType({}),
) -> list[Group]:
    """Choose what to say.

    Args:
        question: as understood.
        hits: best first, not empty.
        snapshot: gives the neighbours of a hit: its list, its section, the sentence that introduces it.
        each: for a comparison, the hits for each actor alone, best first.

    Returns:
        Groups in the order to show; empty when no hit holds what the question expects.
    """
    usable = [hit for hit in hits if answers_kind(question, hit.passage)]
    if question.expects in STRICT:
        # The right kind of thing somewhere far down the list is not an answer to this question.
        usable = [hit for hit in usable if hit.score >= hits[0].score - OTHER_DOCUMENT_MARGIN]
    elif question.expects:
        usable = usable or list(hits)
    if not usable:
        return []
    if question.kind == "comparison":
        return merge_same(_comparison(question, usable, snapshot, each), usable)
    chooser = _CHOOSERS.get(question.kind, _facts)
    return merge_same(chooser(question, usable, snapshot), usable)


def _facts(question: Question, hits: Sequence[Hit], snapshot: Snapshot) -> list[Group]:
    """The one to three passages that answer, short together; two that fit as well may be longer."""
    pure = _pure(question, hits)
    best = pure[0]
    if whole := list_around(best.passage, snapshot, only_led="section" not in best.found_by):
        return [whole, *_elsewhere(pure, best, snapshot)]
    chosen = [best]
    length = _length(best.passage)
    for hit in pure[1:12]:
        margin = FACT_MARGIN if hit.passage.document == best.passage.document else OTHER_DOCUMENT_MARGIN
        if hit.score < best.score - margin or len(chosen) == MOST_FACTS:
            break
        if any(same(hit.passage, other.passage) for other in chosen):
            continue
        # A second one that fits as well as the best is never left out for its length, and what does not fit is no
        # reason to show something shorter that fits worse.
        if length + _length(hit.passage) > LONGEST_ANSWER and not (
            len(chosen) == 1 and hit.score >= best.score - SAME_SCORE
        ):
            break
        chosen.append(hit)
        length += _length(hit.passage)
    found = by_place([hit.passage for hit in chosen])
    if len({hit.passage.document for hit in chosen}) == 1:
        found += _elsewhere(pure, best, snapshot)
    return found


def _lists(question: Question, hits: Sequence[Hit], snapshot: Snapshot) -> list[Group]:
    """The complete list of the section that the question names or that its hits point to."""
    groups = _cells(question, snapshot)
    if groups and not _points_elsewhere(question, hits[0], groups):
        return groups
    pure = _pure(question, hits)
    best = pure[0]
    around = list_around(best.passage, snapshot)
    if around is not None and not _stands_out(best, around, pure):
        members = {span.passage.id for span in around.spans} | {around.lead.id if around.lead else ""}
        near = [hit for hit in pure[:5] if hit.score >= best.score - LIST_MARGIN]
        inside = sum(hit.passage.id in members for hit in near)
        if around.lead is not None or "section" in best.found_by or inside * 2 > len(near) or len(members) <= 4:
            return [around, *_elsewhere(pure, best, snapshot)]
    chosen: list[Passage] = []
    for hit in pure[: MOST_LISTED * 2]:
        belongs = hit.score >= best.score - LIST_MARGIN / 2 and len(chosen) < MOST_LISTED
        if belongs and not any(same(hit.passage, other) for other in chosen):
            chosen.append(hit.passage)
    return by_place(chosen)


def _stands_out(best: Hit, around: Group, hits: Sequence[Hit]) -> bool:
    """Whether one place of a list answers and no other comes near: then that one is asked for, not the list.

    A place that is not among the hits is far. A list with a sentence that leads it in is one thought, and stays whole.
    """
    others = {span.passage.id for span in around.spans} - {best.passage.id}
    if around.lead or not others:
        return False
    nearest = max((hit.score for hit in hits if hit.passage.id in others), default=-math.inf)
    return nearest < best.score - FACT_MARGIN


def _cells(question: Question, snapshot: Snapshot) -> list[Group]:
    """Complete lists of the asked actors in the asked domain and aspect, when the headings have such sections."""
    if not names_section(question):
        return []
    domain = question.domain if question.domain and question.domain.weight >= 1.0 else None
    aspect = question.aspect.id if question.aspect else None
    groups: list[Group] = []
    for mention in question.actors:
        cell = [
            p
            for p in snapshot.passages
            if mention.id in p.actors
            and p.kind != "heading"
            and (domain is None or p.domain == domain.id)
            and p.aspect == (aspect or "taken")
        ]
        sections: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
        for passage in cell:
            sections.setdefault((passage.document, passage.section), []).append(passage)
        groups += [Group(tuple(Span(p) for p in part), listed=part[0].kind == "item") for part in sections.values()]
    return groups


def _points_elsewhere(question: Question, best: Hit, groups: Sequence[Group]) -> bool:
    """Whether the best hit lies outside the asked section and holds a word that the question says beside it.

    Of a surely named actor only what is under that actor's headings, or under nobody's, can lead away from its section.
    """
    if not question.rest or any(span.passage.id == best.passage.id for group in groups for span in group.spans):
        return False
    sure = {mention.id for mention in question.actors if mention.sure}
    if sure and best.passage.actors and not sure & set(best.passage.actors):
        return False
    held = dict(best.words)
    return any(held.get(word, 0.0) >= 0.5 for word in question.rest)


def _comparison(
    question: Question, hits: Sequence[Hit], snapshot: Snapshot, each: Mapping[str, Sequence[Hit]]
) -> list[Group]:
    """A group for each compared actor; without actors, the best passages grouped by place."""
    actors = question.actor_ids
    if len(actors) < 2:
        return _facts(question, hits, snapshot)
    if groups := _cells(question, snapshot):
        return groups
    groups = []
    for actor in actors:
        own = [hit for hit in each.get(actor, hits) if actor in (hit.passage.actors or hit.passage.audience)]
        chosen = [hit.passage for hit in own[:2] if hit.score >= own[0].score - FACT_MARGIN]
        groups += by_place(chosen)
    return groups or _facts(question, hits, snapshot)


def _procedure(question: Question, hits: Sequence[Hit], snapshot: Snapshot) -> list[Group]:
    """The steps of the best hit's section that the question touches, in the document's order."""
    pure = _pure(question, hits)
    best = pure[0]
    around = list_around(best.passage, snapshot)
    if around and not _stands_out(best, around, pure):
        return [Group(around.spans, listed=True, ordered=True, lead=around.lead)]
    margin = FACT_MARGIN if around else LIST_MARGIN
    chosen = [
        hit.passage
        for hit in pure[:15]
        if hit.passage.section == best.passage.section
        and hit.passage.document == best.passage.document
        and hit.score >= best.score - margin
    ][:4]
    chosen.sort(key=lambda passage: passage.start)
    return [Group(tuple(Span(p) for p in chosen), listed=len(chosen) > 1, ordered=len(chosen) > 1)]


def _links(question: Question, hits: Sequence[Hit], snapshot: Snapshot) -> list[Group]:
    """The passage with the address, and no other address beside it."""
    pure = _pure(question, hits)
    return [Group((Span(pure[0].passage),))]


_CHOOSERS: dict[str, Callable[[Question, Sequence[Hit], Snapshot], list[Group]]] = {
    "list": _lists,
    "procedure": _procedure,
    "link": _links,
}


def _pure(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """Hits that may stand together: of the asked actors, or of no actor; unless another actor fits clearly better."""
    asked = set(question.actor_ids)
    best = hits[0].passage
    if question.expects == "person" and not asked:
        # Who it is, is what the headings of different actors tell: of those that fit about as well.
        return [
            hit
            for hit in hits
            if not hit.passage.actors
            or set(best.actors) & set(hit.passage.actors)
            or hit.score >= hits[0].score - NEXT_DOCUMENT_MARGIN
        ]
    if not asked:
        # Nobody was named: whose passages fit as well as the best may answer, each under its own heading.
        level = [hit for hit in hits[:8] if hit.score >= hits[0].score - SAME_SCORE]
        allowed = {actor for hit in level for actor in hit.passage.actors}
    elif best.actors and not asked & set(best.actors):
        # What fits better than the named actor is another's; a role or a guess may stand beside it.
        sure = any(mention.sure for mention in question.actors)
        allowed = set(best.actors) if sure else set(best.actors) | asked
    else:
        allowed = asked
    return [hit for hit in hits if not hit.passage.actors or allowed & set(hit.passage.actors)]


def _elsewhere(hits: Sequence[Hit], best: Hit, snapshot: Snapshot) -> list[Group]:
    """What other documents say about it, when they say it about as well."""
    for hit in hits:
        if hit.score < best.score - NEXT_DOCUMENT_MARGIN:
            break
        written_for_others = hit.evidence.get("audience", 0.0) < 0 or "other_audience" in hit.evidence
        if written_for_others or hit.passage.document == best.passage.document:
            continue
        if not same(hit.passage, best.passage):
            return [list_around(hit.passage, snapshot) or Group((Span(hit.passage),))]
    return []


def _length(passage: Passage) -> int:
    return len(plain(passage.quote).split())
