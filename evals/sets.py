"""The sets of cases, each with the assistant over its corpus: ours for dev and test, others for field and unseen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import Assistant, Settings
from assistant.build import build_index
from assistant.embed import load_encoder
from assistant.errors import FailedError
from assistant.snapshot import published_id
from assistant.state import corpus_changed
from evals.cases import FOLDER, Case, CaseError, load_cases
from evals.score import SEARCHED, System

UNSEEN = FOLDER / "unseen"
FIELD = FOLDER / "field"
SETS = ("dev", "test", "field", "unseen")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One corpus of a set: the product over it, as it is measured and as it is, and its cases."""

    system: System
    assistant: Assistant
    cases: list[Case]


@contextmanager
def open_set(
    name: str, settings: Settings, laws: Path | None, unseen_index: Path | None, say: Tell
) -> Iterator[list[Part]]:
    """Open the parts of a set: the system, its assistant and the cases; unseen may have a part for the laws too.

    Args:
        name: one of SETS.
        settings: where the product's own corpus and index are.
        laws: a folder with the laws that evals/unseen/wetten.jsonl asks about, or None to leave these out.
        unseen_index: a folder to keep the indexes of unseen in, or None for a temporary one.
        say: told what takes time or needs attention.

    Raises:
        FailedError: a case is malformed, or its quote is no longer in the corpus.
    """
    if name not in ("unseen", "field"):
        yield [_part(name, FOLDER / f"{name}.jsonl", _opened(settings, say))]
        return
    with nullcontext(unseen_index) if unseen_index else tempfile.TemporaryDirectory(prefix="assistant-eval-") as folder:
        corpora = {UNSEEN / "texts.jsonl": UNSEEN / "texts"} if name == "unseen" else {FOLDER / "field.jsonl": FIELD}
        if laws:
            corpora[UNSEEN / "wetten.jsonl"] = laws
        yield [
            _part(
                cases.stem,
                cases,
                _opened(replace(settings, corpus=corpus, index=Path(folder) / cases.stem), say),
            )
            for cases, corpus in corpora.items()
        ]


def product(name: str, assistant: Assistant) -> System:
    """The product as a system to measure, through its public interface."""
    parts = assistant.parts
    return System(
        name=name,
        ask=lambda case: assistant.ask(case.question, actor=case.actor, history=case.history),
        search=lambda case: assistant.search(case.question, k=SEARCHED, actor=case.actor, history=case.history),
        documents=assistant.snapshot.documents,
        passages=assistant.snapshot.passages,
        threshold=(parts.confidence if parts.snapshot.banked else parts.without_questions).threshold,
    )


def spread(cases: list[Case], limit: int | None) -> list[Case]:
    """At most `limit` cases, taken evenly from the whole set."""
    if limit is None or limit >= len(cases):
        return cases
    return [cases[number * len(cases) // limit] for number in range(limit)]


def _part(name: str, path: Path, assistant: Assistant) -> Part:
    try:
        cases = load_cases(path, assistant.snapshot.documents)
    except OSError as error:
        raise FailedError(f"{path} kan niet worden gelezen ({error.strerror}).") from error
    except CaseError as error:
        raise FailedError(f"{path.name}: {error}") from error
    return Part(product(name, assistant), assistant, cases)


def _opened(settings: Settings, say: Tell) -> Assistant:
    """The assistant over the published index, which is built first when there is none."""
    if published_id(settings.index) is None:
        say(f"Index maken van {settings.corpus}")
        build_index(settings.corpus, settings.index, load_encoder(settings.embedder), chroma_url=settings.chroma_url)
    elif corpus_changed(settings.corpus, settings.index):
        say(
            "Let op: de documenten zijn veranderd sinds deze index; gemeten wordt de vorige stand. "
            "Werk bij met: assistant index"
        )
    return Assistant.open(settings)
