"""What another snapshot does to the answers: which became better, worse or other, and if it may go live."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from assistant.answer import Parts, answer_question
from assistant.question import understand
from assistant.retrieve import retrieve
from assistant.types import Document, Hit
from evals.cases import FOLDER, Case, load_cases
from evals.gate import Bound, breaches, load_gate
from evals.score import SEARCHED, Outcome, System, run_cases

# A difference in quality below this is a rounding, not another answer.
_SAME = 0.005
# The mean of what cases gained may lie this many standard errors below zero before it counts as worse.
_ERRORS = 1.96


@dataclass(frozen=True, slots=True)
class Change:
    """A case that is answered otherwise. `verdict` is better, worse or other."""

    id: str
    question: str
    verdict: str
    before: str
    after: str
    quality_before: float
    quality_after: float


@dataclass(frozen=True, slots=True)
class Vanished:
    """A gold quote that the new documents no longer hold: its case needs a review."""

    id: str
    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Effect:
    """All changes over `cases` cases. `failures` says why the candidate may not go live; empty when it may."""

    cases: int
    changes: tuple[Change, ...]
    vanished: tuple[Vanished, ...]
    failures: tuple[str, ...]


def measure_effect(
    before: Parts | None,
    after: Parts,
    set_name: str = "dev",
    path: Path | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Effect:
    """Ask every case of both snapshots.

    Args:
        before: what is published; None when nothing is.
        after: the candidate.
        set_name: names the bounds in evals/gate.toml.
        path: the cases; those of the set by default, for which alone the bounds count.
        tell: told (answers given, answers to give).

    Raises:
        CaseError: a case is malformed.
    """
    lines = (path or FOLDER / f"{set_name}.jsonl").read_text(encoding="utf-8").splitlines()
    cases, vanished = _usable(lines, after.snapshot.documents)
    if before:  # what was gone before is not the candidate's doing
        held = before.snapshot.documents
        vanished = [gone for gone in vanished if gone.document in held and gone.quote in held[gone.document].text]
    if not any(case.answerable for case in cases):
        why = "geen enkele vraag van de evals met een antwoord hoort bij deze documenten; er is niets gemeten"
        return Effect(0, (), tuple(vanished), (why,))
    old_cases = {case.id: case for case in _usable(lines, before.snapshot.documents)[0]} if before else {}
    shared = [old_cases[case.id] for case in cases if case.id in old_cases]
    done, total = 0, len(cases) + len(shared)

    def step(count: int) -> None:
        nonlocal done
        done += count
        tell(done, total)

    new = run_cases(_system("candidate", after), cases, step)
    old = {o.id: o for o in run_cases(_system("published", before), shared, step)} if before else {}
    pairs = [(old[outcome.id], outcome) for outcome in new if outcome.id in old]
    failures = [] if path else _broken(load_gate(set_name), list(old.values()), new)
    failures += _worse(pairs)
    changes = [change for one, other in pairs if (change := _change(one, other, before, after))]
    return Effect(len(cases), tuple(sorted(changes, key=_order)), tuple(vanished), tuple(failures))


def _usable(lines: Sequence[str], documents: Mapping[str, Document]) -> tuple[list[Case], list[Vanished]]:
    """The cases whose quotes stand in the documents, and the quotes that do not."""
    kept: list[str] = []
    vanished: list[Vanished] = []
    for line in lines:
        if not line.strip():
            continue
        raw = json.loads(line)
        gone = [
            g for g in raw["gold"] if g["document"] not in documents or g["quote"] not in documents[g["document"]].text
        ]
        vanished += [Vanished(raw["id"], gold["document"], gold["quote"]) for gold in gone]
        kept += [] if gone else [line]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.jsonl"
        file.write_text("\n".join(kept), encoding="utf-8")
        return load_cases(file, documents), vanished


def _broken(bounds: Sequence[Bound], old: Sequence[Outcome], new: Sequence[Outcome]) -> list[str]:
    """Bounds that the candidate breaks; one that the published snapshot breaks too is not the candidate's doing."""
    return [line for bound in bounds if not (old and breaches([bound], old)) for line in breaches([bound], new)]


def _system(name: str, parts: Parts) -> System:
    def search(case: Case) -> list[Hit]:
        question = understand(case.question, parts.vocabulary, parts.snapshot.lexical.correct, case.actor, case.history)
        return retrieve(question, parts.snapshot, parts.encoder, parts.vocabulary, k=SEARCHED)

    return System(
        name=name,
        ask=lambda case: answer_question(case.question, parts, case.actor, case.history),
        search=search,
        documents=parts.snapshot.documents,
        passages=parts.snapshot.passages,
    )


def _worse(pairs: Sequence[tuple[Outcome, Outcome]]) -> list[str]:
    """Whether the answers as a whole became worse by more than chance: the paired mean against its standard error."""
    gained = [after.quality - before.quality for before, after in pairs]
    if len(gained) < 2 or mean(gained) >= 0:
        return []
    error = stdev(gained) / math.sqrt(len(gained))
    if mean(gained) >= -_ERRORS * error:
        return []
    worse = sum(gain < -_SAME for gain in gained)
    return [f"de antwoorden zijn slechter: {worse} van {len(gained)} vragen, gemiddeld {mean(gained):.3f}"]


def _change(one: Outcome, other: Outcome, before: Parts | None, after: Parts) -> Change | None:
    gain = other.quality - one.quality
    same = one.status == other.status and _quotes(one, before) == _quotes(other, after)
    if same and abs(gain) <= _SAME:
        return None
    verdict = "better" if gain > _SAME else "worse" if gain < -_SAME else "other"
    return Change(one.id, one.question, verdict, one.text, other.text, round(one.quality, 3), round(other.quality, 3))


def _quotes(outcome: Outcome, parts: Parts | None) -> list[str]:
    """The words cited; the places of words move when a document changes, and that makes no other answer."""
    documents = parts.snapshot.documents if parts else {}
    return [documents[name].text[start:end] for name, start, end in outcome.cited]


def _order(change: Change) -> tuple[int, float, str]:
    return ["worse", "other", "better"].index(change.verdict), change.quality_after - change.quality_before, change.id
