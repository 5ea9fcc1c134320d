"""How sure it is that the documents answer a question: a logistic model over few readable features."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.expects import things_of
from assistant.extract import Group, answers_kind
from assistant.kinds import STRICT
from assistant.precedent import Precedent
from assistant.question import names_section
from assistant.text import STOP, content_words, plain, stem, words
from assistant.types import Hit, Passage, Question

CALIBRATION = Path(__file__).resolve().parent / "calibration.json"
# The longest question, in words, that may be a term to look up and nothing more; longer ones say what they want of it.
MOST_BARE_WORDS = 3


def features(
    question: Question, hits: Sequence[Hit], groups: Sequence[Group], precedent: Precedent
) -> dict[str, float]:
    """What the decision rests on, each about 0..1.

    cosine: of the best of three hits. coverage: the weighted share of the question's words that they hold.
    margin: best hit above the tenth. strict: the question waits for a kind of thing that texts seldom hold (an amount,
    a number, a date). answers: and the best hit holds one. structure: the headings have just the section asked for.
    focus: the best hit misses the word that the question asks of ('welke sanctie'). things: the nearest hits miss
    what it speaks of. missing: they miss its words. together: of the best of them, how surely it answers when both are
    read together (only where there is no bank). asked_before: how like a bank question it is that waits for the
    same kind of thing. gap, unanswered, wording, shared: how like it is to questions that are known to have no answer
    (`assistant.precedent`); nearer: nearer to one of those than to those of the nearest hits.
    """
    if not hits:
        return {}
    best = hits[0]
    near = [hit for hit in hits[:3] if hit.score >= best.score - 0.15]
    content = content_words(question.search_text)
    held: dict[str, float] = {}
    for hit in near:
        for word, grade in hit.words:
            held[word] = max(held.get(word, 0.0), grade)
    tenth = hits[min(9, len(hits) - 1)]
    strict = question.expects in STRICT
    own = dict(best.words)
    if groups and _speaks_for_itself(question, best, held):
        precedent = Precedent()
    cosine, coverage = max(hit.cosine for hit in near), max(hit.evidence.get("coverage", 0.0) for hit in near)
    return {
        "cosine": cosine,
        "coverage": coverage,
        "both": cosine * coverage,
        "margin": best.score - tenth.score,
        "answers": float(strict and bool(groups) and answers_kind(question, best.passage)),
        "strict": float(strict),
        "structure": float(names_section(question) and bool(groups)),
        "focus": _missing(question.focus, own),
        "unknown": sum(held.get(word, 0.0) == 0 for word in content) / max(1, len(content)),
        "things": _missing(things_of(question.search_text), held),
        "missing": _missing(content, held),
        "short": 1.0 / max(1, len(content)),
        "together": max(hit.evidence.get("together", 0.0) for hit in near),
        "asked_before": max(hit.asked_before for hit in near),
        "gap": precedent.gap,
        "nearer": precedent.gap - max(hit.evidence.get("best_question", 0.0) for hit in near),
        "unanswered": precedent.unanswered,
        "wording": precedent.wording,
        "shared": precedent.shared,
    }


def _speaks_for_itself(question: Question, best: Hit, held: Mapping[str, float]) -> bool:
    """Whether what was asked before proves nothing: the passage writes the abbreviation out or has the address of the
    very thing, the answer is put together of two actors, the headings have just the section that is asked for, or the
    question is a bare term that the passage itself has: nothing is asked of it."""
    things = things_of(question.search_text)
    return (
        question.expects == "expansion"
        or (_is_bare_term(question) and _has_itself(best.passage, question.search_text))
        or (question.kind == "comparison" and len(question.actors) > 1)
        or names_section(question)
        or (
            question.expects == "link"
            and answers_kind(question, best.passage)
            and bool(things)
            and not _missing(things, held)
        )
    )


def _is_bare_term(question: Question) -> bool:
    """Whether only a few words to look up were typed: 'opleidingsplan aios', not 'opleidingsplan verplicht?'."""
    typed = words(question.text)
    asks = "?" in question.text or question.expects is not None or question.follow_up
    return not asks and len(typed) <= MOST_BARE_WORDS and not STOP & set(typed)


def _has_itself(passage: Passage, text: str) -> bool:
    """Whether a passage, without what is asked about it, has every content word of a text."""
    own = {stem(word) for word in words(plain(passage.quote))}
    return own.issuperset(map(stem, content_words(text)))


def _missing(wanted: Sequence[str], held: Mapping[str, float]) -> float:
    """How much of the words is not held: 0 when all are, or when there are none."""
    return sum(1 - held.get(word, 0.0) for word in wanted) / len(wanted) if wanted else 0.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """Coefficients of the model and the probability below which the assistant says that it does not know."""

    coefficients: Mapping[str, float]
    intercept: float
    threshold: float

    def of(self, question: Question, hits: Sequence[Hit], groups: Sequence[Group], precedent: Precedent) -> float:
        """Probability that the answer made from these hits answers the question."""
        values = features(question, hits, groups, precedent)
        total = self.intercept + sum(weight * values.get(name, 0.0) for name, weight in self.coefficients.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def load_confidence(with_questions: bool, path: Path = CALIBRATION) -> Confidence:
    """The calibrated model that `python -m evals.calibrate` wrote from the dev questions.

    Args:
        with_questions: whether the corpus has a question bank. One that has none offers less evidence, and is judged by
            a model that was fitted without it.
        path: the file of both models.
    """
    raw = json.loads(path.read_text(encoding="utf-8"))["with_questions" if with_questions else "without_questions"]
    return Confidence(raw["coefficients"], raw["intercept"], raw["threshold"])
