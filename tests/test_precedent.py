"""Written questions as precedents: those without an answer pull a question one way, answered ones the other."""

from __future__ import annotations

from dataclasses import replace

from assistant.assistant import Assistant
from assistant.precedent import Precedent, precedent_of


def of(text: str, assistant: Assistant, **changes: object) -> Precedent:
    parts = assistant.parts
    return precedent_of(text, parts.encoder.query(text), replace(parts.snapshot, **changes))  # type: ignore[arg-type]


def test_a_listed_question_without_an_answer_is_known_as_such(real_assistant: Assistant) -> None:
    for listed, _ in real_assistant.snapshot.unanswered[::900]:
        found = of(listed, real_assistant)
        assert found.gap > 0.999
        assert found.unanswered > 0.5
        assert found.wording > 0


def test_a_written_question_with_an_answer_is_not(real_assistant: Assistant) -> None:
    for written in real_assistant.snapshot.asked[::1500]:
        found = of(written, real_assistant)
        assert found.unanswered < 0.5
        assert found.wording < 0


def test_without_answered_questions_nothing_votes(real_assistant: Assistant) -> None:
    vectors = real_assistant.snapshot.asked_vectors[:0]
    listed = real_assistant.snapshot.unanswered[0][0]
    found = of(listed, real_assistant, asked=(), asked_vectors=vectors)
    assert (found.unanswered, found.wording) == (0.0, 1.0)


def test_without_known_gaps_there_is_no_precedent(real_assistant: Assistant) -> None:
    vectors = real_assistant.snapshot.gaps[:0]
    assert of("wat kost het?", real_assistant, unanswered=(), gaps=vectors) == Precedent()


def test_a_document_without_written_questions_is_judged_without_those_of_others(real_assistant: Assistant) -> None:
    parts, text = real_assistant.parts, real_assistant.snapshot.unanswered[-1][0]
    hits = real_assistant.search("Wat zijn de taken van de COC voor het opleidingsklimaat?", k=1)
    new = replace(parts, snapshot=replace(parts.snapshot, banked=frozenset()))
    assert parts.confidence_in(hits) is parts.confidence
    assert new.confidence_in(hits) is parts.without_questions
    vector = parts.encoder.query(text)
    assert precedent_of(text, vector, parts.snapshot).gap > 0.999
    alone = precedent_of(text, vector, parts.snapshot, answered=False)
    assert alone.gap < 0.95
    assert alone.unanswered == 0.0


def test_a_bare_term_that_a_passage_has_is_no_near_miss(real_assistant: Assistant) -> None:
    """Typed words to look up ask nothing of the passage, whatever was asked about it that it does not say."""
    for term, has in (
        ("vangnet aios", "vangnet"),
        ("intervisiebijeenkomsten docenten", "intervisie"),
        ("exitgesprek", "exit"),
    ):
        answer = real_assistant.ask(term)
        assert answer.status == "answered"
        assert has in answer.text


def test_a_term_that_only_was_asked_about_stays_a_near_miss(real_assistant: Assistant) -> None:
    assert real_assistant.ask("kosten masterclass").status == "not_found"
    assert real_assistant.ask("verlof").status == "not_found"
