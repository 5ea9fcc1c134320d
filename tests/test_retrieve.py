"""Ranked hits over the real index: their evidence, their order, the asked actor, typing errors, known gaps."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant
from assistant.retrieve import DEFAULT


def test_the_score_is_the_sum_of_its_evidence(real_assistant: Assistant) -> None:
    hits = real_assistant.search("Hoe meldt de coc een incident of klacht?", k=10)
    for hit in hits:
        if "section" not in hit.found_by:
            total = sum(DEFAULT.get(name, 0.0) * value for name, value in hit.evidence.items())
            assert hit.score == pytest.approx(total)


def test_the_same_question_gives_the_same_order(real_assistant: Assistant) -> None:
    question = "wie regelt de opvang van assistenten met problemen?"
    first, again = (real_assistant.search(question, k=20) for _ in range(2))
    assert [hit.passage.id for hit in first] == [hit.passage.id for hit in again]
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)


def test_the_asked_actor_comes_before_another_with_the_same_words(real_assistant: Assistant) -> None:
    hits = real_assistant.search("welke taken heeft het cluster bij het opleidingsklimaat?", k=5)
    assert hits[0].passage.actors == ("cluster",)
    assert hits[0].passage.domain == "opleidingsklimaat"


def test_a_mistyped_word_still_finds_its_passage(real_assistant: Assistant) -> None:
    right = real_assistant.search("vertrouwenspersoon voor aios", k=3)
    typed = real_assistant.search("vertrouwensprsoon voor aios", k=3)
    assert typed[0].passage.id == right[0].passage.id


def test_a_passage_for_others_than_those_talked_of_steps_back(real_assistant: Assistant) -> None:
    hits = real_assistant.search(
        "volgende maand beginnen er twee nieuwe assistenten bij ons, is er dan een inwerkplan?", k=40
    )
    plan = next(hit for hit in hits if "lokaal inwerkplan beschikbaar" in hit.passage.quote)
    assert plan.evidence["other_audience"] == 1.0
    asked = real_assistant.search("wat staat er in het inwerkplan voor een nieuwe docent?", k=5)
    assert all("other_audience" not in hit.evidence for hit in asked)
