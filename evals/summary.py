"""Outcomes → figures: each measure with its interval, by group, and what changed since another run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.intervals import Interval, change, interval
from evals.results import Rival
from evals.score import Outcome


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is shown: its Dutch name, whether more is better (None: neither), and its unit."""

    name: str
    label: str
    better: int | None = 1
    unit: str = "%"

    def show(self, value: float | None) -> str:
        """A value as a reader of Dutch expects it; an empty string for none."""
        if value is None:
            return ""
        return _number(value * 100, 1) if self.unit == "%" else _number(value, 3 if self.unit == "s" else 0)

    def show_change(self, value: float | None) -> str:
        """A difference with its sign; nothing when it rounds to zero."""
        if value is None:
            return ""
        text = self.show(abs(value))
        return "=" if not text.strip("0,") else ("+" if value > 0 else "−") + text


MEASURES = (
    Measure("correct", "juist"),
    Measure("right_citation", "juiste bron"),
    Measure("completeness", "volledigheid"),
    Measure("facts", "feiten genoemd"),
    Measure("pure", "niets verbodens"),
    Measure("right_actors", "geen andere actor"),
    Measure("unmixed", "actoren niet vermengd"),
    Measure("citation_precision", "bronprecisie (uitspraken)"),
    Measure("citation_recall", "uitspraken bewezen"),
    Measure("character_precision", "tekens: precisie"),
    Measure("character_recall", "tekens: bereik"),
    Measure("quotes_exact", "citaten letterlijk"),
    Measure("false_answer", "ten onrechte beantwoord", -1),
    Measure("false_refusal", "ten onrechte geweigerd", -1),
    Measure("recall@1", "search: bereik@1"),
    Measure("recall@5", "search: bereik@5"),
    Measure("recall@10", "search: bereik@10"),
    Measure("ndcg@10", "search: nDCG@10"),
    Measure("mrr@10", "search: MRR@10"),
    Measure("length", "lengte van een antwoord", None, "tekens"),
    Measure("seconds", "tijd per vraag", None, "s"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
IN_GROUPS = (
    "correct",
    "right_citation",
    "completeness",
    "facts",
    "false_refusal",
    "false_answer",
    "recall@5",
    "mrr@10",
)
GROUPINGS: dict[str, tuple[str, Callable[[Outcome], str]]] = {
    "kind": ("soort vraag", lambda outcome: outcome.kind),
    "actor": ("actor", lambda outcome: outcome.actor),
    "language": ("taal", lambda outcome: outcome.language),
}
SHORT = {
    "correct": "juist",
    "right_citation": "bron",
    "completeness": "volledig",
    "facts": "feiten",
    "false_refusal": "onterecht geweigerd",
    "false_answer": "onterecht beantwoord",
    "recall@5": "bereik@5",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "character_precision": "tekens precies",
    "seconds": "tijd (s)",
}
COMPARED = (
    "correct",
    "right_citation",
    "facts",
    "character_precision",
    "false_refusal",
    "false_answer",
    "recall@5",
    "ndcg@10",
    "mrr@10",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over a set of outcomes, and its change since an earlier run over the cases that both have."""

    measure: Measure
    now: Interval | None
    change: Interval | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The outcomes that have something in common, with their figures."""

    name: str
    count: int
    figures: tuple[Figure, ...]


def values_of(outcomes: Sequence[Outcome], measure: str) -> dict[str, float]:
    """The values of a measure by case, of the cases that it applies to."""
    return {outcome.id: outcome.values[measure] for outcome in outcomes if measure in outcome.values}


def figures_of(
    outcomes: Sequence[Outcome], before: Sequence[Outcome] = (), names: Sequence[str] = tuple(BY_NAME)
) -> tuple[Figure, ...]:
    """Each measure over the outcomes, with its change since `before`."""
    found = []
    for name in names:
        values = values_of(outcomes, name)
        found.append(Figure(BY_NAME[name], interval(list(values.values())), change(values_of(before, name), values)))
    return tuple(found)


def groups_of(outcomes: Sequence[Outcome], before: Sequence[Outcome], grouping: str) -> list[Group]:
    """The outcomes by kind, actor or language, the largest group first."""
    of = GROUPINGS[grouping][1]
    parts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        parts.setdefault(of(outcome), []).append(outcome)
    order = sorted(parts.items(), key=lambda part: (-len(part[1]), part[0]))
    return [Group(name, len(part), figures_of(part, before, IN_GROUPS)) for name, part in order]


def worst(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """The outcomes that are most wrong; among equals those of which the assistant was surest."""
    wrong = [outcome for outcome in outcomes if outcome.reasons]
    return sorted(wrong, key=lambda o: (o.quality, -o.confidence if o.status == "answered" else o.confidence, o.id))[
        :count
    ]


def rival_value(rival: Rival, name: str) -> str:
    """A rival's mean, starred when the product differs from it by more than chance."""
    if name not in rival.figures:
        return ""
    _, low, high = rival.lead.get(name, (0.0, 0.0, 0.0))
    # A difference in time says as much of the machine as of the system.
    starred = BY_NAME[name].better is not None and (low > 0 or high < 0)
    return BY_NAME[name].show(rival.figures[name][0]) + ("*" if starred else " ")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, by linear interpolation; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")
