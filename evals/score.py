"""Cases → outcomes: asks a system every question and keeps the answer, the value of each measure, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant import Answer, Document, Hit, Passage
from evals import measures
from evals.cases import Case

SEARCHED = 10
NO_ROLE = "geen"


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: the product, a peer or an ablation, over documents that hold the gold quotes."""

    name: str
    ask: Callable[[Case], Answer]
    search: Callable[[Case], Sequence[Hit]]
    documents: Mapping[str, Document]
    passages: Sequence[Passage] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, answered and measured. `actor` is the role chosen, or else the actor in whose section the gold stands.

    `gold` and `cited` are pairs of a document and its words; `values` lacks the measures that do not apply.
    """

    id: str
    question: str
    kind: str
    actor: str
    language: str
    answerable: bool
    history: tuple[str, ...]
    gold: tuple[tuple[str, str], ...]
    status: str
    text: str
    cited: tuple[tuple[str, int, int], ...]
    confidence: float
    values: dict[str, float]
    reasons: tuple[str, ...]

    @property
    def quality(self) -> float:
        """What finds the worst cases: the mean of what the answer gets right, 0 for a wrong refusal or answer."""
        if not self.answerable or self.status == "not_found":
            return self.values["correct"]
        names = ("correct", "right_citation", "completeness", "citation_precision", "facts", "pure")
        held = [self.values[name] for name in names if name in self.values]
        return sum(held) / len(held)


def run_cases(system: System, cases: Sequence[Case], tell: Callable[[int], None] = lambda step: None) -> list[Outcome]:
    """Ask every question of a set, one after another, as a user would; `tell` is called once a case.

    Raises:
        AssistantError: whatever the system raises; a failure is never counted as a refusal.
    """
    if cases:
        system.ask(cases[0])  # what is loaded at the first question is not part of its latency
    outcomes: list[Outcome] = []
    for case in cases:
        began = time.perf_counter()
        answer = system.ask(case)
        seconds = time.perf_counter() - began
        outcomes.append(score(case, answer, list(system.search(case)), system, seconds))
        tell(1)
    return outcomes


def score(case: Case, answer: Answer, hits: Sequence[Hit], system: System, seconds: float) -> Outcome:
    """Measure one answer and one ranking."""
    values = {
        name: round(value, 4)
        for name, value in _values(case, answer, hits, system, seconds).items()
        if value is not None
    }
    return Outcome(
        id=case.id,
        question=case.question,
        kind=case.kind,
        actor=case.actor or _actor_of(case, system.passages),
        language=case.language,
        answerable=case.answerable,
        history=case.history,
        gold=tuple((gold.document, gold.quote) for gold in case.gold),
        status=answer.status,
        text=answer.text,
        cited=tuple(measures.span_of(citation) for citation in answer.citations),
        confidence=round(answer.confidence, 4),
        values=values,
        reasons=tuple(_reasons(case, answer, hits)),
    )


def _values(case: Case, answer: Answer, hits: Sequence[Hit], system: System, seconds: float) -> dict[str, float | None]:
    texts = {name: document.text for name, document in system.documents.items()}
    characters = measures.characters(case, answer)
    return {
        "correct": measures.correct(case, answer),
        "right_citation": measures.right_citation(case, answer),
        "completeness": measures.completeness(case, answer),
        "facts": measures.fact_recall(case, answer),
        "pure": measures.pure(case, answer),
        "right_actors": measures.right_actors(case, answer, system.passages),
        "unmixed": measures.unmixed(answer, system.passages),
        "citation_precision": measures.citation_precision(case, answer),
        "citation_recall": measures.citation_recall(answer),
        "character_precision": characters[0] if characters else None,
        "character_recall": characters[1] if characters else None,
        "quotes_exact": measures.quotes_exact(answer, texts),
        "false_answer": measures.false_answer(case, answer),
        "false_refusal": measures.false_refusal(case, answer),
        **(measures.ranking(case, hits) or {}),
        "length": measures.answer_length(answer),
        "seconds": seconds,
    }


def _reasons(case: Case, answer: Answer, hits: Sequence[Hit]) -> list[str]:
    """What is wrong with an answer, in words; empty when nothing is."""
    sure = f"zekerheid {answer.confidence:.2f}".replace(".", ",")
    if not case.answerable:
        kind = case.unanswerable_kind or "unanswerable"
        return [] if measures.refused(answer) else [f"beantwoord, maar staat niet in de documenten ({kind}, {sure})"]
    rank = next((n for n, hit in enumerate(hits, 1) if any(measures.holds(hit, gold) for gold in case.gold)), None)
    found = (
        f"goud staat op plaats {rank} van search" if rank else f"goud staat niet bij de eerste {SEARCHED} van search"
    )
    if measures.refused(answer):
        return [f"ten onrechte geweigerd ({sure}; {found})"]
    missed = [gold for gold in case.gold if not any(measures.supports(c, gold) for c in answer.citations)]
    text = measures.level(answer.text)
    absent = [group for group in case.facts if not any(measures.level(fact) in text for fact in group)]
    wrong = [string for string in case.forbid if measures.level(string) in text]
    precision = measures.citation_precision(case, answer)
    reasons = []
    if missed:
        whole = (
            "geen enkele bron is goud"
            if len(missed) == len(case.gold)
            else f"{len(missed)} van {len(case.gold)} gouden citaten ontbreken"
        )
        reasons.append(f"{whole} ({found})")
    if absent:
        reasons.append("ontbreekt: " + "; ".join(" / ".join(group) for group in absent))
    if wrong:
        reasons.append("had er niet in mogen staan: " + "; ".join(wrong))
    if precision is not None and 0 < precision < 0.5:
        reasons.append(f"van {len(answer.statements)} uitspraken gaat {precision:.0%} over de vraag".replace("%", " %"))
    return reasons


def _actor_of(case: Case, passages: Sequence[Passage]) -> str:
    """The actor in whose section the gold stands; the most frequent one, or 'geen'."""
    found = measures.actors_at([span for gold in case.gold for span in gold.spans], passages)
    return max(sorted(set(found)), key=found.count) if found else NO_ROLE
