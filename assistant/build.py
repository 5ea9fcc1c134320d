"""Corpus → snapshot: reads, splits, embeds what is new, verifies, and publishes by one rename."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import split
from assistant.bank import QuestionBank, load_bank
from assistant.embed import Encoder
from assistant.errors import FailedError, IndexBusy, IndexMismatch
from assistant.lexical import LexicalIndex
from assistant.read import Problem, corpus_files, read_corpus
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
from assistant.store import create_store
from assistant.text import plain, words
from assistant.types import Document, Passage
from assistant.vocabulary import Vocabulary, load_vocabulary

KEEP = 3
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


def search_text(passage: Passage, title: str) -> str:
    """What a passage is found by: its place in the document, the sentence that introduces it, its own words."""
    place = passage.section if title in passage.section else (title, *passage.section)
    return ". ".join(
        [*(plain(part).rstrip(".:") for part in place), *filter(None, [passage.lead, plain(passage.quote)])]
    )


def searchable(passage: Passage) -> bool:
    """Whether a passage can be an answer: headings and front matter only give others their place.

    A heading for which the bank has questions is indexed all the same: it finds its whole section.
    """
    return passage.kind not in {"heading", "front"} and bool(words(passage.quote))


def corpus_state(corpus: Path, encoder: Encoder) -> tuple[list[Document], list[Problem], dict[str, str], str]:
    """Read a corpus and compute what its snapshot should be made of: documents, problems, parts, recipe hash."""
    documents, problems = read_corpus(corpus)
    questions = hashlib.sha256()
    for path in sorted((corpus / "questions").glob("*.yaml")):
        questions.update(path.name.encode() + path.read_bytes())
    vocabulary = corpus / "vocabulary.yaml"
    parts = {
        "format": str(FORMAT),
        "splitter": f"{split.LONGEST_PARAGRAPH}-{split.LONGEST_ITEM}-{split.SHORTEST_TAIL}",
        "encoder": encoder.fingerprint,
        "vocabulary": hashlib.sha256(vocabulary.read_bytes()).hexdigest() if vocabulary.is_file() else "",
        "questions": questions.hexdigest(),
    }
    digest = hashlib.sha256(json.dumps([parts, sorted((d.file, d.sha256) for d in documents)]).encode())
    return documents, problems, parts, digest.hexdigest()


def corpus_changed(corpus: Path, index: Path) -> bool:
    """Whether the files of a corpus differ from those that the published snapshot was made of; never raises."""
    manifest = _published_manifest(index)
    if manifest is None or not corpus.is_dir():
        return False
    vocabulary = corpus / "vocabulary.yaml"
    now = {path.relative_to(corpus).as_posix(): path for path in corpus_files(corpus)}
    known = vocabulary.is_file() and hashlib.sha256(vocabulary.read_bytes()).hexdigest()
    if (known or "") != manifest.vocabulary or manifest.files.keys() - now.keys():
        return True
    # Files that were left out before (empty, not for the index) have no hash to compare with.
    return any(
        hashlib.sha256(path.read_bytes()).hexdigest() != manifest.files[file]
        for file, path in now.items()
        if file in manifest.files
    ) or bool(now.keys() - manifest.files.keys() - set(manifest.left_out))


def build_index(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    *,
    full: bool = False,
    chroma_url: str = "",
    progress: Progress | None = None,
) -> BuildReport:
    """Bring an index folder up to date with a corpus folder and publish the result.

    Args:
        corpus: folder with Markdown documents, and optionally vocabulary.yaml and questions/.
        index: folder for the snapshots; made when missing.
        encoder: gives the vectors; texts embedded before by the same encoder are not embedded again.
        full: build anew even when nothing changed, and embed everything again.
        chroma_url: of a shared Chroma server; empty for one in the snapshot's folder.
        progress: told (stage, done, total).

    Raises:
        CorpusError, VocabularyError: the corpus cannot be used; the published snapshot stays.
        IndexBusy: another process is building.
        FailedError: the disk is full or the result does not verify; the published snapshot stays.
    """
    tell = progress or (lambda stage, done, total: None)
    documents, problems, parts, recipe = corpus_state(corpus, encoder)
    vocabulary = load_vocabulary(corpus / "vocabulary.yaml")
    with _lock(index):
        old = _published_manifest(index)
        if old is not None and old.recipe == recipe and not full:
            return _report(old, old, documents, problems, embedded=0, changed=False)
        passages: list[Passage] = []
        for number, document in enumerate(documents, 1):
            passages += split_document(document, vocabulary)
            tell("split", number, len(documents))
        bank = load_bank(corpus / "questions", passages)
        passages = [p for p in passages if searchable(p) or (p.kind == "heading" and bank.of(p))]
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%SZ}-{recipe[:8]}"
        folder = index / f".building-{name}"
        try:
            _remove_unfinished(index)
            folder.mkdir(parents=True)
            embedded, count = _write(folder, name, documents, passages, bank, vocabulary, encoder,
                                     None if full or old is None else index / old.id, chroma_url, tell)  # fmt: skip
            manifest = Manifest(
                id=name,
                format=FORMAT,
                recipe=recipe,
                encoder=encoder.name,
                encoder_fingerprint=encoder.fingerprint,
                files={document.file: document.sha256 for document in documents},
                vocabulary=parts["vocabulary"],
                questions=parts["questions"],
                documents=len(documents),
                passages=len(passages),
                vectors=count,
                left_out=sorted(
                    {p.relative_to(corpus).as_posix() for p in corpus_files(corpus)} - {d.file for d in documents}
                ),
                created=now.isoformat(timespec="seconds"),
            )
            (folder / "manifest.json").write_text(
                json.dumps(dataclasses.asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8"
            )
            _verify(folder, encoder, chroma_url)
            if (index / name).exists():
                shutil.rmtree(index / name)
            folder.rename(index / name)
            publish(index, name)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise FailedError(
                f"De index kon niet worden geschreven ({error.strerror or error}). De vorige index blijft in gebruik. "
                "Maak ruimte of controleer de rechten en herhaal: assistant index"
            ) from error
        _prune(index, keep=name)
    return _report(manifest, old, documents, [*problems, *bank.problems], embedded=embedded, changed=True)


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
    keys = [tuple(_key(text) for text in group) for group in texts]
    by_key = {
        key: text for group, names in zip(texts, keys, strict=True) for key, text in zip(names, group, strict=True)
    }
    order = list(by_key)
    vectors, embedded = _vectors(by_key, order, encoder, previous, tell)
    tell("store", 0, len(order))
    np.save(folder / "vectors.npy", vectors)
    (folder / "keys.json").write_text(json.dumps(order), encoding="utf-8")
    write_passages(folder, documents, zip(passages, [bank.of(p) for p in passages], keys, strict=True))
    extra = {word for phrase in vocabulary.phrases() for word in phrase}
    LexicalIndex.build([" ".join(group) for group in texts], extra).save(folder / "lexical")
    create_store(folder / "chroma", name_of_collection(name), order, vectors, chroma_url)
    tell("store", len(order), len(order))
    return embedded, len(order)


def _vectors(
    by_key: dict[str, str], order: Sequence[str], encoder: Encoder, previous: Path | None, tell: Progress
) -> tuple[NDArray[np.float32], int]:
    known: dict[str, int] = {}
    old: NDArray[np.float32] | None = None
    if previous is not None and read_manifest(previous).encoder_fingerprint == encoder.fingerprint:
        known = {key: row for row, key in enumerate(json.loads((previous / "keys.json").read_text(encoding="utf-8")))}
        old = np.load(previous / "vectors.npy", mmap_mode="r")
    vectors = np.zeros((len(order), encoder.dimensions), dtype=np.float32)
    fresh = [row for row, key in enumerate(order) if key not in known]
    if old is not None:
        kept = [(row, known[key]) for row, key in enumerate(order) if key in known]
        if kept:
            vectors[[row for row, _ in kept]] = old[[source for _, source in kept]]
    done = 0

    def count(step: int) -> None:
        nonlocal done
        done += step
        tell("embed", done, len(fresh))

    if fresh:
        vectors[fresh] = encoder.passages([by_key[order[row]] for row in fresh], count)
    return vectors, len(fresh)


def _verify(folder: Path, encoder: Encoder, chroma_url: str) -> None:
    """Open the candidate as a reader would; some of its vectors must find themselves."""
    snapshot = open_snapshot(folder, encoder, chroma_url)
    try:
        for key, row in list(snapshot.rows.items())[:: max(1, len(snapshot.rows) // 20)]:
            found = snapshot.store.nearest(np.asarray(snapshot.vectors[row]), 5)
            if key not in {name for name, _ in found} and (not found or found[0][1] < 0.999):
                raise FailedError(
                    "De nieuwe index vindt zijn eigen passages niet terug; de vorige blijft in gebruik. Herhaal: assistant index --full"
                )
    finally:
        snapshot.store.close()


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _published_manifest(index: Path) -> Manifest | None:
    name = published_id(index)
    if name is None:
        return None
    try:
        return read_manifest(index / name)
    except IndexMismatch:
        return None  # written by an older format, or damaged: building anew is what mends it


@contextmanager
def _lock(index: Path) -> Iterator[None]:
    try:
        index.mkdir(parents=True, exist_ok=True)
        file = (index / ".lock").open("a+")
    except OSError as error:
        raise FailedError(
            f"In de map {index} kan niet worden geschreven ({error.strerror}). Geef een andere met --index."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusy(
                f"Een ander proces werkt de index {index} nu bij. Wacht tot dat klaar is en probeer opnieuw."
            ) from error
        yield


def _remove_unfinished(index: Path) -> None:
    for path in index.glob(".building-*"):
        shutil.rmtree(path, ignore_errors=True)


def _prune(index: Path, keep: str) -> None:
    for name in snapshot_ids(index)[:-KEEP]:
        if name != keep:
            shutil.rmtree(index / name, ignore_errors=True)


def _report(
    manifest: Manifest,
    old: Manifest | None,
    documents: Sequence[Document],
    problems: Sequence[Problem],
    *,
    embedded: int,
    changed: bool,
) -> BuildReport:
    before = old.files if old else {}
    now = {document.file: document.sha256 for document in documents}
    return BuildReport(
        snapshot=manifest.id,
        changed=changed,
        documents=manifest.documents,
        passages=manifest.passages,
        vectors=manifest.vectors,
        embedded=embedded,
        added=tuple(sorted(now.keys() - before.keys())),
        updated=tuple(sorted(file for file in now.keys() & before.keys() if now[file] != before[file])),
        removed=tuple(sorted(before.keys() - now.keys())),
        problems=tuple(problems),
    )
