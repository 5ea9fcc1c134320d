"""The documents as a maintainer sees them: what is in use, since when, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.errors import CorpusError, IndexMismatch
from assistant.findable import searchable
from assistant.read import Problem, read_corpus
from assistant.snapshot import Manifest, Snapshot, read_manifest, snapshot_ids
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class Row:
    """One document in use. `since` is the oldest kept snapshot that has it in this version."""

    document: Document
    passages: int
    since: str
    problems: tuple[str, ...]


def rows_of(snapshot: Snapshot, index: Path, corpus: Path) -> tuple[list[Row], list[Problem]]:
    """The documents of a snapshot, and the problems of files in the corpus that are not in it.

    Args:
        snapshot: that is published.
        index: folder of the snapshots.
        corpus: what is read for problems.
    """
    manifests = _manifests(index)
    problems = _problems(corpus)
    counts: dict[str, int] = {}
    for passage in snapshot.passages:
        counts[passage.document] = counts.get(passage.document, 0) + searchable(passage)
    rows = []
    for document in snapshot.documents.values():
        own = tuple(problem.message for problem in problems if problem.file == document.file)
        since = next((m.id for m in manifests if m.files.get(document.file) == document.sha256), snapshot.manifest.id)
        rows.append(Row(document, counts.get(document.id, 0), since, own))
    used = {row.document.file for row in rows}
    return rows, [problem for problem in problems if problem.file not in used]


def _manifests(index: Path) -> list[Manifest]:
    found = []
    for name in snapshot_ids(index):
        try:
            found.append(read_manifest(index / name))
        except IndexMismatch:
            continue  # the page of versions says that it cannot be used
    return found


def _problems(corpus: Path) -> list[Problem]:
    try:
        return read_corpus(corpus)[1]
    except CorpusError as error:
        return [Problem(corpus.name, str(error), True)]
