"""Hits → what is said: when a list is the answer and when one place of it, and whose tasks stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.assistant import Assistant
from assistant.extract import FACT_MARGIN, LONGEST_ANSWER, NEXT_DOCUMENT_MARGIN, SAME_SCORE, extract
from assistant.groups import Group, list_around
from assistant.snapshot import Snapshot
from assistant.types import Hit, Passage, Question, QuestionKind

BEST = 1.0


@pytest.fixture(scope="module")
def snapshot(real_assistant: Assistant) -> Snapshot:
    return real_assistant.snapshot


def lists(snapshot: Snapshot, *, led: bool) -> list[Group]:
    """The lists of at least three places, with or without a sentence that leads them in."""
    found = {(p.document, p.group): list_around(p, snapshot) for p in snapshot.passages if p.group}
    return [group for group in found.values() if group and len(group.spans) > 2 and (group.lead is not None) == led]


def question(kind: QuestionKind, **more: object) -> Question:
    return replace(Question("vraag", "vraag", "nl", kind), **more)  # type: ignore[arg-type]


def said(asked: Question, snapshot: Snapshot, *scored: tuple[Passage, float]) -> list[str]:
    """The ids of the passages that are said for hits with these scores, the best first."""
    hits = [Hit(passage, score) for passage, score in scored]
    return [span.passage.id for group in extract(asked, hits, snapshot) for span in group.spans]


def ids(passages: Sequence[Passage]) -> list[str]:
    return [passage.id for passage in passages]


@pytest.mark.parametrize("kind", ["list", "procedure"])
def test_a_list_is_said_whole_when_more_of_it_comes_near(snapshot: Snapshot, kind: QuestionKind) -> None:
    first, second, *rest = (span.passage for span in lists(snapshot, led=False)[0].spans)
    whole = said(question(kind), snapshot, (second, BEST), (first, BEST - FACT_MARGIN + 0.01))
    assert whole == ids([first, second, *rest])


@pytest.mark.parametrize("kind", ["list", "procedure"])
def test_one_place_of_a_list_is_said_alone_when_no_other_comes_near(snapshot: Snapshot, kind: QuestionKind) -> None:
    first, second, *_ = (span.passage for span in lists(snapshot, led=False)[0].spans)
    far = BEST - FACT_MARGIN - 0.01
    assert said(question(kind), snapshot, (second, BEST), (first, far)) == [second.id]
    assert said(question(kind), snapshot, (second, BEST)) == [second.id]


@pytest.mark.parametrize("kind", ["list", "procedure"])
def test_a_list_with_a_sentence_that_leads_it_in_is_said_whole(snapshot: Snapshot, kind: QuestionKind) -> None:
    group = lists(snapshot, led=True)[0]
    passages = [span.passage for span in group.spans]
    assert said(question(kind), snapshot, (passages[1], BEST)) == ids(passages)


def test_what_fits_as_well_is_said_however_long_and_nothing_worse_in_its_place(snapshot: Snapshot) -> None:
    alone = [p for p in snapshot.passages if p.kind == "paragraph" and not p.group and not p.actors]
    document = max({p.document for p in alone}, key=[p.document for p in alone].count)
    by_length = sorted((p for p in alone if p.document == document), key=lambda p: len(p.quote.split()))
    short, second, best = by_length[0], *by_length[-2:]
    assert len(best.quote.split()) + len(second.quote.split()) > LONGEST_ANSWER
    fits = (best, BEST), (second, BEST - SAME_SCORE + 0.01), (short, BEST - SAME_SCORE)
    assert set(said(question("fact"), snapshot, *fits)) == {best.id, second.id}
    worse = (best, BEST), (second, BEST - SAME_SCORE - 0.01), (short, BEST - SAME_SCORE - 0.02)
    assert said(question("fact"), snapshot, *worse) == [best.id]


def test_who_it_is_may_be_another_actor_only_when_that_fits_about_as_well(snapshot: Snapshot) -> None:
    one = next(p for p in snapshot.passages if p.actors == ("coc",) and p.kind == "item")
    other = next(p for p in snapshot.passages if p.actors == ("rvb",) and p.kind == "item")
    who = question("person", expects="person")
    assert said(who, snapshot, (one, BEST), (other, BEST - NEXT_DOCUMENT_MARGIN + 0.01)) == [one.id, other.id]
    assert said(who, snapshot, (one, BEST), (other, BEST - NEXT_DOCUMENT_MARGIN - 0.01)) == [one.id]
