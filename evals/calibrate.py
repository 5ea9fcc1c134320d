"""Fit the confidence model on the dev questions: python -m evals.calibrate [--index DIR].

Writes assistant/calibration.json: coefficients, and the threshold at which FALSE_REFUSALS of the answerable dev questions
are refused when each question is judged by a model that was fitted without it (ten folds). Test questions are not read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assistant.answer import Parts
from assistant.assistant import Assistant
from assistant.confidence import CALIBRATION, features
from assistant.extract import extract
from assistant.question import understand
from assistant.retrieve import retrieve
from evals.cases import FOLDER, Case, load_cases

# A false refusal costs a reader more than a near miss, which shows its source: hence a small share.
FALSE_REFUSALS = 0.025
STRENGTH = 1.0


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    options = parser.parse_args()
    assistant = Assistant.open(index=options.index)
    cases = load_cases(FOLDER / "dev.jsonl", assistant.snapshot.documents)
    names, values, empty = measure(assistant.parts, cases)
    answerable = np.array([case.answerable for case in cases])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    folds = StratifiedKFold(10, shuffle=True, random_state=1)
    probability = cross_val_predict(model, values, answerable, cv=folds, method="predict_proba")[:, 1]
    probability[empty] = 0.0
    threshold = float(np.quantile(probability[answerable], FALSE_REFUSALS))
    print(f"{len(cases)} cases, AUC {roc_auc_score(answerable, probability):.3f} (each judged by a model fitted without it)")
    for share in (0.01, 0.02, FALSE_REFUSALS, 0.03, 0.04, 0.05, 0.08, 0.1):
        at = float(np.quantile(probability[answerable], share))
        print(f"  false refusals {share:.1%}: threshold {at:.2f}, refused of the unanswerable {(probability[~answerable] < at).mean():.1%}")
    model.fit(values, answerable)
    written = {
        "coefficients": {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)},
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": round(threshold, 3),
    }
    CALIBRATION.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written))


def measure(parts: Parts, cases: Sequence[Case]) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """The features of every case, and whether there was nothing to answer with whatever their values."""
    rows: list[dict[str, float]] = []
    empty: list[bool] = []
    for case in cases:
        question = understand(case.question, parts.vocabulary, parts.snapshot.lexical.correct, case.actor, case.history)
        hits = retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, k=200)
        groups = extract(question, hits, parts.snapshot) if question.kind != "chitchat" else []
        rows.append(features(question, hits, groups))
        empty.append(not groups)
    names = sorted({name for row in rows for name in row})
    return names, np.array([[row.get(name, 0.0) for name in names] for row in rows]), np.array(empty)


if __name__ == "__main__":
    main()
