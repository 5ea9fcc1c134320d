"""Other systems over the same cases as the product: the peers, and the product with parts taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from assistant import Document, read_corpus
from assistant.embed import Encoder
from evals.cases import Case
from evals.intervals import Interval, change, interval
from evals.peers import PEERS, Peer, load_peer
from evals.results import Rival
from evals.score import SEARCHED, Outcome, System, run_cases
from evals.summary import MEASURES, values_of

Start = Callable[[str, int], Callable[[int], None]]


def measure_rivals(
    systems: Iterable[tuple[System, Sequence[Case]]], product: Sequence[Outcome], start: Start
) -> tuple[Rival, ...]:
    """Run each system over its cases and set its figures beside those of the product.

    Args:
        systems: each with the cases, whose gold is located in the documents of that system.
        product: what the product made of the same cases.
        start: progress; a function (task, total) → function (step).
    """
    return tuple(
        rival_of(system.name, run_cases(system, cases, start(system.name, len(cases))), product)
        for system, cases in systems
    )


def rival_of(name: str, outcomes: Sequence[Outcome], product: Sequence[Outcome]) -> Rival:
    """The figures of a system, and over the same cases how far the product lies above it."""
    figures: dict[str, tuple[float, float, float]] = {}
    lead: dict[str, tuple[float, float, float]] = {}
    for measure in MEASURES:
        values, own = values_of(outcomes, measure.name), values_of(product, measure.name)
        if found := interval(list(values.values())):
            figures[measure.name] = _triple(found)
        if above := change(values, own):
            lead[measure.name] = _triple(above)
    return Rival(name, figures, lead)


def peer_systems(
    corpus: Path, encoder: Encoder, cases: Sequence[Case], names: Sequence[str] = tuple(PEERS)
) -> Iterable[tuple[System, Sequence[Case]]]:
    """Build the peers over a corpus, one at a time.

    Raises:
        PeerError: a library is not installed; the message says how.
    """
    documents = {document.id: document for document in read_corpus(corpus)[0]}
    for name in names:
        yield _system(load_peer(name, corpus, encoder), documents), cases


def _system(peer: Peer, documents: dict[str, Document]) -> System:
    return System(
        name=peer.name,
        ask=lambda case: peer.answer(case.question, case.history),
        search=lambda case: peer.search(case.question, SEARCHED),
        documents=documents,
    )


def _triple(found: Interval) -> tuple[float, float, float]:
    return round(found.mean, 4), round(found.low, 4), round(found.high, 4)
