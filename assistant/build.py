"""Corpus → snapshot: reads, splits, embeds what is new, verifies, and publishes by one rename."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from assistant.bank import QuestionBank, load_bank
from assistant.embed import Encoder
from assistant.errors import FailedError, IndexMismatch
from assistant.findable import search_text, searchable
from assistant.lexical import LexicalIndex
from assistant.read import Problem
from assistant.shelf import UNFINISHED, index_lock, new_id, prune, remove_unfinished, settle
from assistant.snapshot import (
    FORMAT,
    Manifest,
    name_of_collection,
    open_snapshot,
    publish,
    published_id,
    read_manifest,
    snapshot_ids,
    write_passages,
)
from assistant.split import split_document
from assistant.state import CorpusState, corpus_state, published_manifest
from assistant.store import create_store
from assistant.types import Document, Passage
from assistant.vectors import key_of, vectors_of
from assistant.vocabulary import Vocabulary, load_vocabulary

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `changed` is False when the published snapshot was already up to date."""

    snapshot: str
    changed: bool
    documents: int
    passages: int
    vectors: int
    embedded: int
    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]


def build_index(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    *,
    full: bool = False,
    chroma_url: str = "",
    progress: Progress | None = None,
    publishing: bool = True,
    as_of: date | None = None,
    vectors_from: Path | None = None,
) -> BuildReport:
    """Bring an index folder up to date with a corpus folder and publish the result.

    Args:
        corpus: folder with Markdown documents, and optionally vocabulary.yaml and questions/.
        index: folder for the snapshots; made when missing.
        encoder: gives the vectors; texts embedded before by the same encoder are not embedded again.
        full: build anew even when nothing changed, and embed everything again.
        chroma_url: of a shared Chroma server; empty for one in the snapshot's folder.
        progress: told (stage, done, total).
        publishing: False leaves a finished snapshot beside the published one, as a candidate.
        as_of: takes the documents that held on that day; None those that hold now.
        vectors_from: folder of a snapshot of another index whose vectors may be used again when this index has none.

    Raises:
        CorpusError, VocabularyError: the corpus cannot be used; the published snapshot stays.
        IndexBusy: another process is building.
        FailedError: the disk is full or the result does not verify; the published snapshot stays.
    """
    tell = progress or (lambda stage, done, total: None)
    state = corpus_state(corpus, encoder, as_of)
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    with index_lock(index):
        old = published_manifest(index)
        try:
            remove_unfinished(index)
            ready = None if full else _ready(index, state.recipe, encoder, chroma_url)
            if ready is not None:
                if publishing and published_id(index) != ready.id:
                    publish(index, ready.id)
                return _report(ready, old, state, (), embedded=0)
            bank, passages = _passages(corpus, state.documents, vocabulary, tell)
            folder = index / f"{UNFINISHED}{state.recipe[:8]}"
            previous = None if full else _newest(index, old) or vectors_from
            try:
                manifest, embedded = _make(
                    folder, state, passages, bank, vocabulary, encoder, previous, chroma_url, tell
                )
                folder.rename(index / manifest.id)
            except BaseException:  # also when the user breaks it off: half a snapshot would only fill the disk
                shutil.rmtree(folder, ignore_errors=True)
                raise
            if publishing:
                publish(index, manifest.id)
        except OSError as error:
            raise FailedError(
                f"De index kon niet worden geschreven ({error.strerror or error}). De vorige index blijft in gebruik. "
                "Maak ruimte of controleer de rechten en herhaal: assistant index"
            ) from error
        prune(index)
    return _report(manifest, old, state, bank.problems, embedded=embedded)


def _ready(index: Path, recipe: str, encoder: Encoder, chroma_url: str) -> Manifest | None:
    """A sound snapshot made of just this: the published one, or one that was finished but not published."""
    published = published_id(index)
    for name in sorted(snapshot_ids(index), key=lambda name: (name == published, name), reverse=True):
        try:
            if read_manifest(index / name).recipe == recipe:
                snapshot = open_snapshot(index / name, encoder, chroma_url)
                snapshot.store.close()
                return snapshot.manifest
        except IndexMismatch:
            continue  # damaged, or of another format: not ready, so it is built anew
    return None


def _newest(index: Path, published: Manifest | None) -> Path | None:
    """The snapshot whose vectors can be used again: the published one, or without one the newest."""
    name = published.id if published else next(reversed(snapshot_ids(index)), None)
    return index / name if name else None


def _passages(
    corpus: Path, documents: Sequence[Document], vocabulary: Vocabulary, tell: Progress
) -> tuple[QuestionBank, list[Passage]]:
    passages: list[Passage] = []
    for number, document in enumerate(documents, 1):
        passages += split_document(document, vocabulary)
        tell("split", number, len(documents))
    bank = load_bank(corpus / "questions", passages)
    return bank, [p for p in passages if searchable(p) or (p.kind == "heading" and bank.of(p))]


def _make(
    folder: Path,
    state: CorpusState,
    passages: Sequence[Passage],
    bank: QuestionBank,
    vocabulary: Vocabulary,
    encoder: Encoder,
    previous: Path | None,
    chroma_url: str,
    tell: Progress,
) -> tuple[Manifest, int]:
    """Make a whole snapshot in a folder of its own and verify it; also gives how many texts were embedded."""
    folder.mkdir(parents=True)
    name, created = new_id(folder.parent, state.recipe)
    embedded, count = _write(
        folder, name, state.documents, passages, bank, vocabulary, encoder, previous, chroma_url, tell
    )
    manifest = Manifest(
        id=name,
        format=FORMAT,
        recipe=state.recipe,
        encoder=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        files={document.file: document.sha256 for document in state.documents},
        vocabulary=state.vocabulary,
        questions=state.questions,
        documents=len(state.documents),
        passages=len(passages),
        vectors=count,
        left_out=state.left_out,
        created=created.isoformat(timespec="seconds"),
    )
    text = json.dumps(dataclasses.asdict(manifest), ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    _verify(folder, encoder, chroma_url)
    settle(folder)
    return manifest, embedded


def _write(
    folder: Path,
    name: str,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    bank: QuestionBank,
    vocabulary: Vocabulary,
    encoder: Encoder,
    previous: Path | None,
    chroma_url: str,
    tell: Progress,
) -> tuple[int, int]:
    """Write every part of a snapshot but its manifest; gives how many texts were embedded, and vectors stored."""
    titles = {document.id: document.title for document in documents}
    texts = [(search_text(p, titles[p.document]), *bank.of(p)) for p in passages]
    keys = [tuple(key_of(text) for text in group) for group in texts]
    by_key = {
        key: text for group, names in zip(texts, keys, strict=True) for key, text in zip(names, group, strict=True)
    }
    found = list(by_key)
    # Questions without an answer have vectors but are not searched: they would crowd the passages out.
    gaps = [(question, key_of(question)) for question in bank.unanswered]
    by_key |= {key: question for question, key in gaps}
    order = list(by_key)
    vectors, embedded = vectors_of(by_key, order, encoder, previous, tell)
    tell("store", 0, len(order))
    np.save(folder / "vectors.npy", vectors)
    (folder / "keys.json").write_text(json.dumps(order), encoding="utf-8")
    (folder / "unanswered.json").write_text(json.dumps(gaps, ensure_ascii=False), encoding="utf-8")
    write_passages(folder, documents, zip(passages, [bank.of(p) for p in passages], keys, strict=True))
    extra = {word for phrase in vocabulary.phrases() for word in phrase}
    LexicalIndex.build([" ".join(group) for group in texts], extra).save(folder / "lexical")
    create_store(folder / "chroma", name_of_collection(name), found, vectors[: len(found)], chroma_url)
    tell("store", len(order), len(order))
    return embedded, len(order)


def _verify(folder: Path, encoder: Encoder, chroma_url: str) -> None:
    """Open the candidate as a reader would; some of its vectors must find themselves."""
    snapshot = open_snapshot(folder, encoder, chroma_url)
    try:
        for key in list(snapshot.holders)[:: max(1, len(snapshot.holders) // 20)]:
            found = snapshot.store.nearest(np.asarray(snapshot.vectors[snapshot.rows[key]]), 5)
            if key not in {name for name, _ in found} and (not found or found[0][1] < 0.999):
                raise FailedError(
                    "De nieuwe index vindt zijn eigen passages niet terug; de vorige blijft in gebruik. "
                    "Herhaal: assistant index --full"
                )
    finally:
        snapshot.store.close()


def _report(
    manifest: Manifest, old: Manifest | None, state: CorpusState, problems: Sequence[Problem], *, embedded: int
) -> BuildReport:
    before = old.files if old else {}
    now = {document.file: document.sha256 for document in state.documents}
    return BuildReport(
        snapshot=manifest.id,
        changed=old is None or old.id != manifest.id,
        documents=manifest.documents,
        passages=manifest.passages,
        vectors=manifest.vectors,
        embedded=embedded,
        added=tuple(sorted(now.keys() - before.keys())),
        updated=tuple(sorted(file for file in now.keys() & before.keys() if now[file] != before[file])),
        removed=tuple(sorted(before.keys() - now.keys())),
        problems=(*state.problems, *problems),
    )
