"""Fit the weights of the ranking on the dev questions: python -m evals.rank [--index DIR].

Prints the weights for `assistant.retrieve.DEFAULT`, and how often the right passage comes first or among the first
three and five, with today's weights and with those fitted without the question itself (ten folds). Test questions are
not read. The model is pairwise logistic regression: the evidence of a right passage minus that of a wrong one for the
same question (after Herbrich, Graepel and Obermayer, Large Margin Rank Boundaries for Ordinal Regression, 2000).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from assistant.answer import Parts
from assistant.assistant import Assistant
from assistant.question import understand
from assistant.retrieve import DEFAULT, retrieve
from evals.cases import FOLDER, Case, load_cases
from evals.measures import holds

CANDIDATES, WRONG = 40, 20
STRENGTH = 0.1
NAMES = [name for name in DEFAULT if name != "section"]
MEANING = ("own", "best_question", "near_questions", "all_questions")


@dataclass(frozen=True)
class Ranked:
    """The first hits of one question: their evidence (a row a hit), scores, and which are right."""

    evidence: NDArray[np.float64]
    scores: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    """Fit and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    assistant = Assistant.open(index=parser.parse_args().index)
    cases = [case for case in load_cases(FOLDER / "dev.jsonl", assistant.snapshot.documents) if case.answerable]
    questions = [ranked(case, assistant.parts) for case in cases]
    report("now", questions, [question.scores for question in questions])
    judged: list[NDArray[np.float64]] = [np.zeros(0)] * len(questions)
    for others, own in KFold(10, shuffle=True, random_state=0).split(questions):
        weights = fit([questions[i] for i in others])
        for i in own:
            judged[i] = questions[i].evidence @ weights
    report("fitted", questions, judged)
    weights = fit(questions)
    # The scale is free; the cosines of a passage together count for one, as margins and thresholds expect.
    weights /= sum(weights[NAMES.index(name)] for name in MEANING)
    print({name: round(float(weight), 2) for name, weight in zip(NAMES, weights, strict=True)})


def ranked(case: Case, parts: Parts) -> Ranked:
    """Search for one case."""
    question = understand(case.question, parts.vocabulary, parts.snapshot.lexical.correct, case.actor, case.history)
    hits = retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, k=CANDIDATES)
    return Ranked(
        np.array([[hit.evidence.get(name, 0.0) for name in NAMES] for hit in hits]),
        np.array([hit.score for hit in hits]),
        np.array([any(holds(hit, gold) for gold in case.gold) for hit in hits]),
    )


def fit(questions: Sequence[Ranked]) -> NDArray[np.float64]:
    """Weights by name; every question counts the same, however many right passages it has."""
    spread = np.std(np.vstack([question.evidence for question in questions]), axis=0) + 1e-9
    rows, shares = [], []
    for question in questions:
        right, wrong = question.evidence[question.right], question.evidence[~question.right][:WRONG]
        if len(right) and len(wrong):
            pairs = (right[:, None] - wrong[None]).reshape(-1, len(NAMES)) / spread
            rows.append(pairs)
            shares.append(np.full(len(pairs), 1 / len(pairs)))
    differences, weights = np.vstack(rows), np.concatenate(shares)
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=2000)
    signs = np.array([1] * len(differences) + [0] * len(differences))
    model.fit(np.vstack([differences, -differences]), signs, sample_weight=np.concatenate([weights, weights]))
    fitted: NDArray[np.float64] = model.coef_[0] / spread
    return fitted


def report(label: str, questions: Sequence[Ranked], scores: Sequence[NDArray[np.float64]]) -> None:
    """Print the share of questions with a right passage among the first 1, 3 and 5."""
    orders = [
        question.right[np.argsort(-score, kind="stable")] for question, score in zip(questions, scores, strict=True)
    ]
    print(label, *(f"R@{k} {np.mean([order[:k].any() for order in orders]):.3f}" for k in (1, 3, 5)))


if __name__ == "__main__":
    main()
