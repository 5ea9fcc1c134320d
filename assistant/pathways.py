"""Pathways: a route of steps with rules that say where somebody stands on it, and a timeline of dated events.

Frozen values, each claim with the citations that prove it; `place` finds the place. `pathway_file` reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from assistant.errors import UsageError
from assistant.read import Problem
from assistant.types import Citation

State = Literal["past", "planned"]
# More combinations of choices than anybody would draw a route for; checking them all would only take time.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Dutch and in English."""

    nl: str
    en: str

    def of(self, language: str) -> str:
        """The text in a language: English for 'en', else Dutch."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a pathway says, and the verbatim spans that prove it; there is at least one."""

    says: Words
    proofs: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a route: `next` names the steps after it, `beside` those it accompanies (None: a main step)."""

    id: str
    title: Words
    purpose: tuple[Claim, ...]
    conditions: tuple[Claim, ...]
    next: tuple[str, ...] = ()
    beside: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A question of 'Where do I stand?', its options by id, and why it is asked."""

    id: str
    text: Words
    options: Mapping[str, Words]
    proofs: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where somebody stands whose choices are among `when`; a question that `when` leaves out does not matter."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    here: str
    next: tuple[str, ...]
    done: tuple[str, ...]
    claim: Claim

    def holds(self, choices: Mapping[str, str]) -> bool:
        """Whether every question of `when` was answered with one of its options."""
        return all(choices.get(question) in options for question, options in self.when.items())


@dataclass(frozen=True, slots=True)
class Route:
    """A pathway of steps. Every combination of choices has exactly one rule (checked when it is read)."""

    id: str
    title: Words
    about: Claim
    steps: tuple[Step, ...]
    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]

    def step(self, name: str) -> Step:
        """The step with an id that is known to exist."""
        return next(step for step in self.steps if step.id == name)

    def levels(self) -> tuple[tuple[Step, ...], ...]:
        """The main steps in columns: each in the first column after all steps that lead to it."""
        main = [step for step in self.steps if step.beside is None]
        depth = {step.id: 0 for step in main}
        for _ in main:
            for step in main:
                for after in step.next:
                    depth[after] = max(depth[after], min(depth[step.id] + 1, len(main) - 1))
        columns = sorted(set(depth.values()))
        return tuple(tuple(step for step in main if depth[step.id] == column) for column in columns)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands on a route, what comes next, and the rule that says so."""

    here: Step
    next: tuple[Step, ...]
    done: tuple[Step, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Event:
    """Something dated. `date` is as the document writes it; `sort` is '' when the document gives no year."""

    date: Words
    sort: str
    state: State
    claim: Claim


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated events in order, and what must be known to read them rightly."""

    id: str
    title: Words
    about: Claim
    events: tuple[Event, ...]
    remarks_title: Words
    remarks: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Pathways:
    """Every pathway of a corpus that could be built, and what is wrong with the others."""

    routes: Mapping[str, Route] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def place(route: Route, choices: Mapping[str, str]) -> Place | None:
    """Where somebody with these choices stands; the same choices always give the same place.

    Args:
        route: the pathway.
        choices: option id by question id. Questions may be left out.

    Returns:
        The place, or None while the choices made do not yet decide it.

    Raises:
        UsageError: a question or option that the route does not have.
    """
    known = {choice.id: choice.options for choice in route.choices}
    for question, option in choices.items():
        if option not in known.get(question, {}):
            raise UsageError(f"De route {route.id} kent de keuze {question}={option} niet.")
    rule = next((rule for rule in route.rules if rule.holds(choices)), None)
    if rule is None:
        return None
    steps = {step.id: step for step in route.steps}
    return Place(steps[rule.here], tuple(steps[s] for s in rule.next), tuple(steps[s] for s in rule.done), rule)


def combinations(choices: tuple[Choice, ...]) -> Iterator[dict[str, str]]:
    """Every way to answer all questions."""
    names = [choice.id for choice in choices]
    for options in product(*(choice.options for choice in choices)):
        yield dict(zip(names, options, strict=True))


def inconsistencies(route: Route) -> list[str]:
    """What does not fit together: steps that do not exist, choices without exactly one rule, rules without use."""
    return [*_wrong_names(route), *_wrong_rules(route)]


def _wrong_names(route: Route) -> list[str]:
    steps = [step.id for step in route.steps]
    main = {step.id for step in route.steps if step.beside is None}
    wrong = [f"stap {name} staat er dubbel" for name in sorted({name for name in steps if steps.count(name) > 1})]
    for step in route.steps:
        named = (*step.next, *(step.beside or ()))
        wrong += [f"stap {step.id}: '{name}' is geen hoofdstap" for name in named if name not in main]
    for rule in route.rules:
        named = (rule.here, *rule.next, *rule.done)
        wrong += [f"regel {rule.id}: stap '{name}' bestaat niet" for name in named if name not in steps]
    return wrong


def _wrong_rules(route: Route) -> list[str]:
    """Each combination of choices must fall under exactly one rule, and each rule must be of use."""
    known = {choice.id: choice.options for choice in route.choices}
    wrong = [
        f"regel {rule.id}: de keuze {question}={option} bestaat niet"
        for rule in route.rules
        for question, options in rule.when.items()
        for option in options
        if option not in known.get(question, {})
    ]
    size = 1
    for choice in route.choices:
        size *= len(choice.options)
    if wrong or not route.choices or size > _MOST:
        return wrong or ([f"{size} combinaties van keuzen is te veel; laat vragen weg"] if size > _MOST else [])
    used: set[str] = set()
    for choices in combinations(route.choices):
        holding = [rule.id for rule in route.rules if rule.holds(choices)]
        used.update(holding)
        if len(holding) != 1:
            said = ", ".join(f"{question}={option}" for question, option in choices.items())
            return [f"bij {said} hoort {'geen regel' if not holding else 'meer dan één regel: ' + ', '.join(holding)}"]
    return [f"regel {rule.id} geldt bij geen enkele keuze" for rule in route.rules if rule.id not in used]
