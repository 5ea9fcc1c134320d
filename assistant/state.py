"""The corpus as it is now: its documents, a hash over all that a snapshot is made of, and whether that has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant import split
from assistant.bank import GENERAL
from assistant.embed import Encoder
from assistant.errors import CorpusError, IndexMismatch
from assistant.read import Problem, corpus_files, read_corpus, read_document
from assistant.snapshot import FORMAT, Manifest, published_id, read_manifest
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class CorpusState:
    """What a snapshot should be made of. `recipe` is a hash over all of it and over the program's own settings."""

    documents: list[Document]
    problems: list[Problem]
    left_out: list[str]
    vocabulary: str
    questions: str
    recipe: str


def corpus_state(corpus: Path, encoder: Encoder, as_of: date | None = None) -> CorpusState:
    """Read a corpus, as it is or as it held on a day, and compute what its snapshot should be made of.

    Raises:
        CorpusError: when the folder, its vocabulary or its question bank cannot be read.
    """
    documents, problems = read_corpus(corpus, as_of)
    try:
        vocabulary, questions = _hash_of_vocabulary(corpus), _hash_of_questions(corpus)
    except OSError as error:
        raise CorpusError(
            f"{error.filename} kan niet worden gelezen ({error.strerror}). Controleer de rechten."
        ) from error
    parts = {
        "format": str(FORMAT),
        "splitter": f"{split.LONGEST_PARAGRAPH}-{split.LONGEST_ITEM}-{split.SHORTEST_TAIL}",
        "encoder": encoder.fingerprint,
        "vocabulary": vocabulary,
        "questions": questions,
    }
    digest = hashlib.sha256(json.dumps([parts, sorted((d.file, d.sha256) for d in documents)]).encode())
    read = {document.file for document in documents}
    left_out = sorted({path.relative_to(corpus).as_posix() for path in corpus_files(corpus)} - read)
    return CorpusState(documents, problems, left_out, vocabulary, questions, digest.hexdigest())


def corpus_changed(corpus: Path, index: Path) -> bool:
    """Whether the files of a corpus differ from those that the published snapshot was made of; never raises."""
    manifest = published_manifest(index)
    if manifest is None or not corpus.is_dir():
        return False
    try:
        return _differs(corpus, manifest)
    except (CorpusError, OSError):
        return True  # what was read before can no longer be read


def published_manifest(index: Path) -> Manifest | None:
    """What made the published snapshot; None when there is none, or one that this program cannot read."""
    name = published_id(index)
    if name is None:
        return None
    try:
        return read_manifest(index / name)
    except IndexMismatch:
        return None  # written by another format, or damaged: building anew is what mends it


def _differs(corpus: Path, manifest: Manifest) -> bool:
    if (_hash_of_vocabulary(corpus), _hash_of_questions(corpus)) != (manifest.vocabulary, manifest.questions):
        return True
    now = {path.relative_to(corpus).as_posix(): path for path in corpus_files(corpus)}
    if manifest.files.keys() - now.keys() or now.keys() - manifest.files.keys() - set(manifest.left_out):
        return True
    # A file that was left out before (empty, not for the index) has no hash; it counts when it can be read now.
    return any(
        hashlib.sha256(path.read_bytes()).hexdigest() != manifest.files[file]
        if file in manifest.files
        else read_document(path, corpus)[0] is not None
        for file, path in now.items()
    )


def _hash_of_vocabulary(corpus: Path) -> str:
    path = corpus / "vocabulary.yaml"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _hash_of_questions(corpus: Path) -> str:
    digest = hashlib.sha256(GENERAL.read_bytes())
    for path in sorted((corpus / "questions").glob("*.yaml")):
        digest.update(path.name.encode(errors="surrogateescape") + path.read_bytes())
    return digest.hexdigest()
