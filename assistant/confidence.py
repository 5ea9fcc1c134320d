"""How sure it is that the documents answer a question: a logistic model over few readable features."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.extract import Group, holds
from assistant.text import content_words
from assistant.types import Hit, Question

CALIBRATION = Path(__file__).resolve().parent / "calibration.json"


def features(question: Question, hits: Sequence[Hit], groups: Sequence[Group]) -> dict[str, float]:
    """What the decision rests on, each about 0..1.

    cosine: of the best hit. coverage: the idf-weighted share of the question's words that the best hits hold.
    margin: best hit above the tenth. answers: the first hit holds the expected kind of thing. strict: a kind of thing
    is expected that texts seldom hold (an amount, a number, a date). structure: the headings have just the section
    that was asked for. short: the question has few content words.
    """
    if not hits:
        return dict.fromkeys(("cosine", "coverage", "both", "margin", "answers", "strict", "structure", "short", "question"), 0.0)
    best = hits[0]
    coverage = max((hit.lexical for hit in hits[:3]), default=0.0)
    tenth = hits[min(9, len(hits) - 1)]
    strict = question.expects in {"money", "phone", "frequency", "duration", "percentage", "count", "date", "email"}
    return {
        "cosine": max(hit.cosine for hit in hits[:3]),
        "coverage": coverage,
        "both": max(hit.cosine * hit.lexical for hit in hits[:3]),
        "margin": best.score - tenth.score,
        "answers": float(holds(question.expects, best.passage)) if strict else 0.0,
        "strict": float(strict),
        "structure": float(bool(groups) and groups[0].listed and len(groups[0].spans) > 1 and question.kind in {"list", "comparison"}),
        "short": 1.0 / max(1, len(content_words(question.search_text))),
        "question": float("questions" in best.found_by),
    }


@dataclass(frozen=True, slots=True)
class Confidence:
    """Coefficients of the model and the probability below which the assistant says that it does not know."""

    coefficients: Mapping[str, float]
    intercept: float
    threshold: float

    def of(self, question: Question, hits: Sequence[Hit], groups: Sequence[Group]) -> float:
        """Probability that the answer made from these hits answers the question."""
        values = features(question, hits, groups)
        total = self.intercept + sum(weight * values.get(name, 0.0) for name, weight in self.coefficients.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def load_confidence(path: Path = CALIBRATION) -> Confidence:
    """The calibrated model that `python -m evals.calibrate` wrote from the dev questions."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Confidence(raw["coefficients"], raw["intercept"], raw["threshold"])
