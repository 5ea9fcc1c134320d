"""What `assistant index` would do, without doing it: documents new, changed, moved, gone, failed; texts to embed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from assistant.bank import load_bank
from assistant.embed import Encoder
from assistant.findable import search_text, searchable
from assistant.read import Problem
from assistant.split import split_document
from assistant.state import corpus_state, published_manifest
from assistant.vectors import key_of
from assistant.vocabulary import load_vocabulary


@dataclass(frozen=True, slots=True)
class Plan:
    """The work that a build would do. `moved` has the old and the new file of a document whose text stayed the same."""

    up_to_date: bool
    published: str | None
    documents: int
    added: tuple[str, ...]
    updated: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    failed: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    texts: int
    to_embed: int


def plan_index(corpus: Path, index: Path, encoder: Encoder) -> Plan:
    """Compare a corpus with the published snapshot; nothing is written.

    Raises:
        CorpusError, VocabularyError: the corpus cannot be used.
    """
    state = corpus_state(corpus, encoder)
    old = published_manifest(index)
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    passages = [passage for document in state.documents for passage in split_document(document, vocabulary)]
    bank = load_bank(corpus / "questions", passages)
    titles = {document.id: document.title for document in state.documents}
    chosen = [p for p in passages if searchable(p) or (p.kind == "heading" and bank.of(p))]
    keys = {key_of(text) for p in chosen for text in (search_text(p, titles[p.document]), *bank.of(p))}
    keys |= {key_of(question) for question in bank.unanswered}
    before = old.files if old else {}
    now = {document.file: document.sha256 for document in state.documents}
    moved = moved_files(before, now)
    problems = (*state.problems, *bank.problems)
    return Plan(
        up_to_date=old is not None and old.recipe == state.recipe,
        published=old.id if old else None,
        documents=len(now),
        added=tuple(sorted(now.keys() - before.keys() - {new for _, new in moved})),
        updated=tuple(sorted(file for file in now.keys() & before.keys() if now[file] != before[file])),
        moved=moved,
        removed=tuple(sorted(before.keys() - now.keys() - {gone for gone, _ in moved})),
        failed=tuple(problem for problem in problems if problem.fatal),
        problems=tuple(problem for problem in problems if not problem.fatal),
        texts=len(keys),
        to_embed=len(keys - _known(index, old.id, encoder) if old else keys),
    )


def moved_files(before: dict[str, str], now: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Files that are gone, each with the new file that has its text."""
    places = {now[file]: file for file in sorted(now.keys() - before.keys(), reverse=True)}
    return tuple(
        (file, places.pop(before[file])) for file in sorted(before.keys() - now.keys()) if before[file] in places
    )


def _known(index: Path, name: str, encoder: Encoder) -> set[str]:
    """The keys whose vectors the published snapshot has; none when another encoder made them."""
    from assistant.snapshot import read_manifest

    if read_manifest(index / name).encoder_fingerprint != encoder.fingerprint:
        return set()
    try:
        return set(json.loads((index / name / "keys.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()  # damaged: a build computes them again
