"""The measures: values worked out by hand, and what must hold whatever the answer."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import SURELY, Answer, Citation, Hit, Mention, Passage, Question, Statement
from evals import measures
from evals.cases import Case, Gold
from evals.intervals import change, interval, real

TEXT = "De aios vraagt tijdig om supervisie. De opleider is bereikbaar. De COC bemiddelt bij een conflict."
AIOS, OPLEIDER, COC = (0, 36), (37, 63), (64, 98)


def gold(*places: tuple[int, int], document: str = "doc") -> Gold:
    return Gold(document, TEXT[slice(*places[0])], tuple((document, *place) for place in places))


def case(*golds: Gold, **fields: object) -> Case:
    base = Case("c1", "Wat doet de aios?", "nl", "aios", None, "lookup", (), True, golds, (), ())
    return replace(base, **fields)  # type: ignore[arg-type]


def citation(n: int, place: tuple[int, int], document: str = "doc") -> Citation:
    return Citation(n, document, "Titel", (), TEXT[slice(*place)], *place, "sha", "doc.md")


def answer(*places: tuple[int, int], text: str | None = None) -> Answer:
    citations = tuple(citation(n, place) for n, place in enumerate(places, 1))
    return Answer(
        question="Wat doet de aios?",
        status="answered" if places else "not_found",
        text=text if text is not None else " ".join(c.quote for c in citations) or "Dat staat niet in de documenten.",
        understood=Question("", "", "nl", "fact"),
        statements=tuple(Statement(c.quote, (c.n,)) for c in citations),
        citations=citations,
    )


def hit(place: tuple[int, int], document: str = "doc") -> Hit:
    passage = Passage(f"{document}:{place}", document, *place, TEXT[slice(*place)], *place, "paragraph")
    return Hit(passage, 1.0)


def test_one_of_two_gold_quotes_is_cited() -> None:
    wanted = case(gold(AIOS), gold(OPLEIDER))
    given_answer = answer(AIOS, COC)
    assert measures.right_citation(wanted, given_answer) == 1.0
    assert measures.completeness(wanted, given_answer) == 0.5
    assert measures.citation_precision(wanted, given_answer) == 0.5
    # 36 of the 36 + 34 characters cited are gold; of the gold quotes one is cited whole and one not at all.
    assert measures.characters(wanted, given_answer) == (36 / 70, 0.5)


def test_a_quote_that_stands_twice_is_cited_at_either_place() -> None:
    assert measures.characters(case(gold(AIOS, COC)), answer(COC)) == (1.0, 1.0)
    assert measures.completeness(case(gold(AIOS, COC)), answer(COC)) == 1.0


def test_half_a_quote_is_half_recalled() -> None:
    assert measures.characters(case(gold(AIOS)), answer((18, 63))) == (18 / 45, 0.5)


def test_the_same_place_in_another_document_is_no_support() -> None:
    assert not measures.supports(citation(1, AIOS, "other"), gold(AIOS))
    assert not measures.overlaps(("doc", 0, 5), ("doc", 5, 9))
    assert measures.overlaps(("doc", 0, 6), ("doc", 5, 9))


def test_a_refusal_stays_in_the_denominator() -> None:
    wanted = case(gold(AIOS), facts=(("tijdig",),))
    refusal = answer()
    assert measures.right_citation(wanted, refusal) == 0.0
    assert measures.completeness(wanted, refusal) == 0.0
    assert measures.characters(wanted, refusal) == (0.0, 0.0)
    assert measures.fact_recall(wanted, refusal) == 0.0
    assert measures.correct(wanted, refusal) == 0.0
    assert measures.false_refusal(wanted, refusal) == 1.0
    assert measures.false_answer(wanted, refusal) is None
    assert measures.citation_precision(wanted, refusal) is None
    assert measures.answer_length(refusal) is None


def test_an_unanswerable_question_is_right_when_refused() -> None:
    unanswerable = case(answerable=False)
    assert measures.correct(unanswerable, answer()) == 1.0
    assert measures.correct(unanswerable, answer(AIOS)) == 0.0
    assert measures.false_answer(unanswerable, answer(AIOS)) == 1.0
    assert measures.false_answer(unanswerable, answer()) == 0.0
    for measure in (measures.right_citation, measures.completeness, measures.characters, measures.false_refusal):
        assert measure(unanswerable, answer(AIOS)) is None
    assert measures.ranking(unanswerable, [hit(AIOS)]) is None


def test_facts_are_compared_without_case_dashes_and_marks() -> None:
    wanted = case(gold(AIOS), facts=(("Tijdig om SUPERVISIE", "op tijd"), ("binnen de <week>",), ("2024-2026",)))
    given_answer = answer(AIOS, text="De aios vraagt **tijdig** om\nsupervisie, binnen de &lt;week&gt;.")
    assert measures.fact_recall(wanted, given_answer) == pytest.approx(2 / 3)
    assert measures.fact_recall(wanted, replace(given_answer, text=given_answer.text + " 2024–2026")) == 1.0


def headed(place: tuple[int, int], *actors: str) -> Passage:
    return replace(hit(place).passage, actors=actors)


def test_a_citation_from_under_another_actor_is_a_mix_up() -> None:
    passages = [headed(AIOS, "aios"), headed(OPLEIDER, "opleider"), headed(COC)]
    asked = case(gold(AIOS))
    assert measures.right_actors(asked, answer(AIOS, COC), passages) == 1.0  # what stands under nobody mixes nothing up
    assert measures.right_actors(asked, answer(AIOS, OPLEIDER), passages) == 0.0
    assert measures.right_actors(case(gold(AIOS), gold(OPLEIDER)), answer(AIOS, OPLEIDER), passages) == 1.0
    assert measures.right_actors(asked, answer(), passages) is None
    assert measures.right_actors(case(gold(COC)), answer(OPLEIDER), passages) is None


def test_actors_are_mixed_when_another_is_cited_than_those_surely_named() -> None:
    passages = [headed(AIOS, "aios"), headed(OPLEIDER, "opleider"), headed(COC)]

    def about(given_answer: Answer, *actors: Mention) -> Answer:
        return replace(given_answer, understood=replace(given_answer.understood, actors=actors))

    sure, unsure = Mention("aios", SURELY), Mention("opleider", 0.3)
    assert measures.unmixed(about(answer(AIOS, COC), sure), passages) == 1.0
    assert measures.unmixed(about(answer(AIOS, OPLEIDER), sure), passages) == 0.0
    assert measures.unmixed(about(answer(AIOS, OPLEIDER), sure, unsure), passages) == 1.0
    assert measures.unmixed(about(answer(AIOS), unsure), passages) is None
    assert measures.unmixed(about(answer(), sure), passages) is None


def test_a_forbidden_string_spoils_an_answer() -> None:
    wanted = case(gold(AIOS), forbid=("bemiddelt",))
    assert measures.pure(wanted, answer(AIOS)) == 1.0
    assert measures.pure(wanted, answer(AIOS, COC)) == 0.0
    assert measures.correct(wanted, answer(AIOS)) == 1.0
    assert measures.correct(wanted, answer(AIOS, COC)) == 0.0
    assert measures.pure(case(gold(AIOS)), answer(COC)) is None


def test_a_statement_is_proved_by_all_of_its_words() -> None:
    given_answer = answer(AIOS, OPLEIDER)
    assert measures.citation_recall(given_answer) == 1.0
    added = replace(given_answer.statements[0], text="De aios vraagt altijd om supervisie.")
    uncited = Statement("De opleider is bereikbaar.", ())
    statements = (added, given_answer.statements[1], uncited)
    assert measures.citation_recall(replace(given_answer, statements=statements)) == pytest.approx(1 / 3)
    assert measures.citation_recall(answer()) is None


def test_a_quote_beside_its_place_is_not_exact() -> None:
    given_answer = answer(AIOS, OPLEIDER)
    assert measures.quotes_exact(given_answer, {"doc": TEXT}) == 1.0
    shifted = replace(given_answer.citations[1], start=36)
    wrong = replace(given_answer, citations=(given_answer.citations[0], shifted))
    assert measures.quotes_exact(wrong, {"doc": TEXT}) == 0.5
    nearest = replace(answer(), nearest=(shifted,))
    assert measures.quotes_exact(nearest, {"doc": TEXT}) == 0.0
    assert measures.quotes_exact(answer(), {"doc": TEXT}) is None


def test_length_counts_characters_of_an_answer() -> None:
    assert measures.answer_length(answer(AIOS)) == 36.0


def test_a_ranking_worked_out_by_hand() -> None:
    # Two gold quotes: one at rank 2, one nowhere.
    found = measures.ranking(case(gold(AIOS), gold(COC)), [hit(OPLEIDER), hit(AIOS), hit(AIOS, "other")])
    assert found is not None
    assert found["recall@1"] == 0.0
    assert found["recall@5"] == found["recall@10"] == 0.5
    assert found["mrr@10"] == 0.5
    # DCG 1/log2(3); the ideal has both on top: 1 + 1/log2(3).
    assert found["ndcg@10"] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)), abs=1e-4)


def test_gold_beyond_the_cut_does_not_count() -> None:
    hits = [hit(OPLEIDER, f"other{n}") for n in range(5)] + [hit(AIOS)]
    found = measures.ranking(case(gold(AIOS)), hits)
    assert found is not None
    assert (found["recall@5"], found["recall@10"]) == (0.0, 1.0)
    assert found["mrr@10"] == pytest.approx(1 / 6)
    far = measures.ranking(case(gold(AIOS)), [hit(OPLEIDER, f"other{n}") for n in range(10)] + [hit(AIOS)])
    assert far is not None and not any(far.values())


def test_no_hits_at_all_count_as_nothing_found() -> None:
    found = measures.ranking(case(gold(AIOS)), [])
    assert found is not None and set(found.values()) == {0.0}
    assert set(found) == {"recall@1", "recall@5", "recall@10", "ndcg@10", "mrr@10"}


def test_one_hit_may_hold_several_gold_quotes() -> None:
    found = measures.ranking(case(gold(AIOS), gold(OPLEIDER)), [hit((0, 63))])
    assert found is not None and set(found.values()) == {1.0}


PLACES = st.lists(st.sampled_from([AIOS, OPLEIDER, COC, (10, 50), (0, 98)]), max_size=4)


@given(golds=PLACES.filter(bool), cited=PLACES, facts=st.lists(st.sampled_from(["aios", "COC", "niets"]), max_size=3))
def test_every_measure_is_a_share(golds: list[tuple[int, int]], cited: list[tuple[int, int]], facts: list[str]) -> None:
    wanted = case(*map(gold, golds), facts=tuple((fact,) for fact in facts), forbid=("bemiddelt",))
    given_answer = answer(*cited)
    values = [
        measures.correct(wanted, given_answer),
        measures.right_citation(wanted, given_answer),
        measures.completeness(wanted, given_answer),
        measures.fact_recall(wanted, given_answer),
        measures.citation_precision(wanted, given_answer),
        measures.citation_recall(given_answer),
        *(measures.characters(wanted, given_answer) or ()),
        *(measures.ranking(wanted, [hit(place) for place in cited]) or {}).values(),
    ]
    assert all(value is None or 0.0 <= value <= 1.0 + 1e-9 for value in values)
    cites = (measures.completeness(wanted, given_answer) or 0) > 0
    assert measures.right_citation(wanted, given_answer) == float(cites)


@given(golds=PLACES.filter(bool), cited=PLACES, extra=st.sampled_from([AIOS, OPLEIDER, COC]))
def test_citing_more_never_lowers_recall(
    golds: list[tuple[int, int]], cited: list[tuple[int, int]], extra: tuple[int, int]
) -> None:
    wanted = case(*map(gold, golds))
    less, more = answer(*cited), answer(*cited, extra)
    assert (measures.completeness(wanted, more) or 0) >= (measures.completeness(wanted, less) or 0)
    assert (measures.characters(wanted, more) or (0, 0))[1] >= (measures.characters(wanted, less) or (0, 0))[1]


@given(golds=PLACES.filter(bool), ranked=PLACES)
def test_recall_grows_with_the_cut(golds: list[tuple[int, int]], ranked: list[tuple[int, int]]) -> None:
    found = measures.ranking(case(*map(gold, golds)), [hit(place) for place in ranked])
    assert found is not None
    assert found["recall@1"] <= found["recall@5"] <= found["recall@10"]
    assert (found["mrr@10"] > 0) == (found["recall@10"] > 0) == (found["ndcg@10"] > 0)


def test_an_interval_of_equal_values_is_a_point() -> None:
    found = interval([0.5] * 8)
    assert found is not None
    assert (found.mean, found.low, found.high, found.error, found.count) == (0.5, 0.5, 0.5, 0.0, 8)
    assert interval([]) is None


def test_an_interval_is_as_wide_as_theory_says() -> None:
    found = interval([1.0, 0.0] * 200)
    assert found is not None
    error = 0.5 / math.sqrt(400)
    assert found.mean == 0.5
    assert found.error == pytest.approx(error, rel=0.1)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert found == interval([1.0, 0.0] * 200)  # seeded


def test_a_change_is_paired_by_case() -> None:
    before = {"a": 0.0, "b": 1.0, "c": 1.0, "gone": 1.0}
    after = {"a": 1.0, "b": 1.0, "c": 1.0, "new": 0.0}
    found = change(before, after)
    assert found is not None
    assert (found.mean, found.count) == (pytest.approx(1 / 3), 3)
    assert not real(found)  # one case out of three may be chance
    surely = change(dict.fromkeys(map(str, range(20)), 0.0), dict.fromkeys(map(str, range(20)), 1.0))
    assert surely is not None and real(surely)
    assert change(before, {}) is None


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_mean_lies_within_its_interval(values: list[float]) -> None:
    found = interval(values)
    assert found is not None
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
