"""Fit the confidence models on the dev questions: python -m evals.calibrate.

Writes assistant/calibration.json: for a corpus with a question bank and for one without bank and vocabulary the
coefficients, and the threshold at which FALSE_REFUSALS of the dev questions that are answered rightly are refused when
each question is judged by a model that was fitted without it (ten folds). The second is also fitted on the questions of
evals/field. Test questions are not read.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.answer import Parts, spans_of
from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.confidence import CALIBRATION, features
from assistant.embed import load_encoder
from assistant.groups import Group
from assistant.precedent import precedent_of
from assistant.question import understand
from assistant.retrieve import retrieve
from assistant.settings import load_settings
from evals.cases import FOLDER, Case, load_cases
from evals.measures import overlaps
from evals.sets import FIELD
from evals.signed import SignedLogistic

# A false refusal costs a reader more than a near miss, which shows its source; and other questions than those that the
# features were chosen on are refused more often: hence a small share. Without a bank the two are harder to tell apart,
# and a little more of the one buys much of the other.
FALSE_REFUSALS = {"with_questions": 0.02, "without_questions": 0.03}
STRENGTH = 0.3
# What speaks for an answer and what against it (`assistant.confidence.features`): no fit may turn that round.
FOR = frozenset({"cosine", "coverage", "both", "margin", "answers", "structure", "together", "asked_before"})
AGAINST = frozenset(
    {"strict", "focus", "unknown", "things", "missing", "gap", "nearer", "unanswered", "wording", "shared"}
)


@dataclass(frozen=True)
class Measured:
    """The features of a case, whether it would be answered rightly, and whether to learn from it."""

    features: dict[str, float]
    right: bool
    known: bool


def main() -> None:
    """Fit, report and write."""
    corpus = load_settings().corpus
    with tempfile.TemporaryDirectory() as temporary:
        bare = Path(temporary) / "bare"
        shutil.copytree(corpus, bare, ignore=shutil.ignore_patterns("questions", "vocabulary.yaml", "pathways"))
        dev, field = FOLDER / "dev.jsonl", FOLDER / "field.jsonl"
        asked = {"with_questions": {corpus: dev}, "without_questions": {bare: dev, FIELD: field}}
        written = {name: fitted(cases, FALSE_REFUSALS[name], Path(temporary) / name) for name, cases in asked.items()}
    CALIBRATION.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def fitted(asked: Mapping[Path, Path], refused: float, folder: Path) -> dict[str, object]:
    """Index each corpus, measure every case on it, and fit; prints the trade-off between both kinds of mistakes.

    Args:
        asked: corpus folders, each with the file of the cases about it.
        refused: the share of false refusals that sets the threshold.
        folder: for the indexes.
    """
    measured: list[Measured] = []
    for number, (corpus, cases) in enumerate(asked.items()):
        index = folder / f"index-{number}"
        build_index(corpus, index, load_encoder())
        assistant = Assistant.open(corpus=corpus, index=index)
        measured += measure(assistant.parts, load_cases(cases, assistant.snapshot.documents))
    names = sorted({name for one in measured for name in one.features})
    values = np.array([[one.features.get(name, 0.0) for name in names] for one in measured])
    right = np.array([one.right for one in measured])
    known = np.array([one.known for one in measured])
    values, right = values[known], right[known]
    signs = [(name in FOR) - (name in AGAINST) for name in names]
    model = make_pipeline(StandardScaler(), SignedLogistic(signs, STRENGTH))
    folds = StratifiedKFold(10, shuffle=True, random_state=1)
    sure = cross_val_predict(model, values, right, cv=folds, method="predict_proba")[:, 1]
    print(f"{len(right)} cases, AUC {roc_auc_score(right, sure):.3f} (each judged by a model fitted without it)")
    for share in (0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.1):
        at = float(np.quantile(sure[right], share))
        print(f"  false refusals {share:.0%}: threshold {at:.2f}, refused {(sure[~right] < at).mean():.1%}")
    scaler, fit = (step for _, step in model.fit(values, right).steps)
    # Written for the features as they are, not as the model saw them.
    coefficients = fit.coef_[0] / scaler.scale_
    weights = zip(names, coefficients, strict=True)
    return {
        "coefficients": {name: rounded for name, weight in weights if (rounded := round(float(weight), 4))},
        "intercept": round(float(fit.intercept_[0] - coefficients @ scaler.mean_), 4),
        "threshold": round(float(np.quantile(sure[right], refused)), 3),
    }


def measure(parts: Parts, cases: Sequence[Case]) -> list[Measured]:
    """The features of every case, whether it would be answered rightly, and whether to learn from it.

    An unanswerable question is one to refuse. A wrong answer to an answerable one teaches neither, nor does a case
    that has nothing to answer with.
    """
    measured: list[Measured] = []
    for case in cases:
        # A role can only be chosen where the vocabulary knows it.
        role = case.actor if case.actor in parts.vocabulary.actors else None
        question = understand(case.question, parts.vocabulary, parts.snapshot.lexical.correct, role, case.history)
        hits = retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, k=200)
        groups = spans_of(question, hits, parts)
        near = precedent_of(question.search_text, parts.encoder.query(question.search_text), parts.snapshot)
        right = case.answerable and cites_gold(case, groups)
        known = bool(groups) and (right or not case.answerable)
        measured.append(Measured(features(question, hits, groups, near), right, known))
    return measured


def cites_gold(case: Case, groups: Sequence[Group]) -> bool:
    """Whether the chosen spans share text with a gold quote."""
    passages = [p for group in groups for span in group.spans for p in (span.passage, *span.same)]
    return any(
        overlaps((p.document, p.quote_start, p.quote_end), span)
        for p in passages
        for gold in case.gold
        for span in gold.spans
    )


if __name__ == "__main__":
    main()
