"""A snapshot of the index: what it consists of on disk, how one is opened, and the pointer to the published one."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from assistant.bank import documents_with_bank
from assistant.embed import Encoder
from assistant.errors import IndexMismatch, IndexMissing
from assistant.lexical import LexicalIndex
from assistant.store import VectorStore, open_store
from assistant.types import Document, Passage

FORMAT = 6
CURRENT = "CURRENT"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a snapshot. `recipe` is a hash over all that follows it but the counts."""

    id: str
    format: int
    recipe: str
    encoder: str
    encoder_fingerprint: str
    files: dict[str, str]
    vocabulary: str
    questions: str
    documents: int
    passages: int
    vectors: int
    left_out: list[str]
    created: str


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A published index, opened: immutable, safe to share between threads."""

    folder: Path
    manifest: Manifest
    documents: dict[str, Document]
    passages: tuple[Passage, ...]
    questions: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, ...], ...]
    lexical: LexicalIndex = field(repr=False)
    store: VectorStore = field(repr=False)
    vectors: NDArray[np.float32] = field(repr=False)
    rows: dict[str, int] = field(repr=False)
    unanswered: tuple[tuple[str, str], ...] = field(repr=False)
    gaps: NDArray[np.float32] = field(repr=False)
    asked: tuple[str, ...] = field(repr=False)
    asked_by: tuple[tuple[int, ...], ...] = field(repr=False)
    asked_vectors: NDArray[np.float32] = field(repr=False)
    holders: dict[str, tuple[int, ...]] = field(repr=False)
    numbers: dict[str, int] = field(repr=False)
    banked: frozenset[str] = field(repr=False)

    def cosines(self, numbers: Sequence[int], vector: NDArray[np.float32]) -> list[list[float]]:
        """Per passage the similarity of its own text (first) and of its bank questions to a question's vector."""
        groups = [[self.rows[key] for key in self.keys[number]] for number in numbers]
        flat = self.vectors[[row for group in groups for row in group]] @ vector if groups else np.zeros(0, np.float32)
        values = iter(flat.tolist())
        return [[next(values) for _ in group] for group in groups]


def snapshot_ids(index: Path) -> list[str]:
    """Complete snapshots in an index folder, oldest first."""
    if not index.is_dir():
        return []
    return sorted(p.name for p in index.iterdir() if _ID.fullmatch(p.name) and (p / "manifest.json").is_file())


def published_id(index: Path) -> str | None:
    """The id of the published snapshot, or None when there is none."""
    try:
        name = (index / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if _ID.fullmatch(name) and (index / name / "manifest.json").is_file() else None


def publish(index: Path, name: str) -> None:
    """Point readers to a snapshot, by one atomic rename."""
    temporary = index / f".{CURRENT}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(index / CURRENT)
    handle = os.open(index, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """What made the snapshot in a folder.

    Raises:
        IndexMismatch: when it was written by another format of this program, or is damaged.
    """
    try:
        raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise IndexMismatch(
                f"De index {folder.name} heeft formaat {raw['format']}, dit programma leest formaat {FORMAT}. "
                "Maak hem opnieuw met: assistant index --full"
            )
        return Manifest(**raw)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexMismatch(
            f"De index {folder.name} is beschadigd ({error}). Maak hem opnieuw met: assistant index --full"
        ) from error


def write_passages(
    folder: Path, documents: Iterable[Document], rows: Iterable[tuple[Passage, tuple[str, ...], tuple[str, ...]]]
) -> None:
    """Write documents and passages (each with its bank questions and vector keys) as JSON Lines."""
    with (folder / "documents.jsonl").open("wb") as file:
        for document in documents:
            file.write(orjson.dumps(dataclasses.asdict(document)) + b"\n")
    with (folder / "passages.jsonl").open("wb") as file:
        for passage, questions, keys in rows:
            file.write(orjson.dumps([dataclasses.asdict(passage), questions, keys]) + b"\n")


def open_published(index: Path, encoder: Encoder, chroma_url: str = "") -> Snapshot:
    """Open the published snapshot for reading.

    Raises:
        IndexMissing: when nothing is published.
        IndexMismatch: when another format or encoder made it, or a part of it is damaged.
    """
    name = published_id(index)
    if name is None:
        raise IndexMissing(f"Er is nog geen index in {index}. Maak hem met: assistant index")
    return open_snapshot(index / name, encoder, chroma_url)


def open_snapshot(folder: Path, encoder: Encoder, chroma_url: str = "") -> Snapshot:
    """Open one snapshot folder; see `open_published` for what is raised."""
    manifest = read_manifest(folder)
    if manifest.encoder_fingerprint != encoder.fingerprint:
        raise IndexMismatch(
            f"De index is gemaakt met encoder '{manifest.encoder}', nu is '{encoder.name}' ingesteld. "
            "Maak hem opnieuw met: assistant index --full, of stel de oude encoder weer in."
        )
    try:
        documents = [_document(line) for line in (folder / "documents.jsonl").read_bytes().splitlines()]
        rows = [orjson.loads(line) for line in (folder / "passages.jsonl").read_bytes().splitlines()]
        order = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
        gaps = json.loads((folder / "unanswered.json").read_text(encoding="utf-8"))
        lexical = LexicalIndex.load(folder / "lexical")
        # A plain array over the mapped file: the memmap class itself is slow to index.
        vectors = np.asarray(np.load(folder / "vectors.npy", mmap_mode="r"))
        store = open_store(folder / "chroma", name_of_collection(manifest.id), chroma_url)
        stored = store.count()
        complete = stored == 0 or (len(vectors) > 0 and store.complete(np.asarray(vectors[0])))
    except Exception as error:  # each part has its own way to be broken; the remedy is the same
        raise IndexMismatch(
            f"De index {folder.name} is beschadigd ({type(error).__name__}: {str(error)[:120]}). "
            "Maak hem opnieuw met: assistant index --full"
        ) from error
    # The lexical index of no passages at all holds one empty text.
    counts = (len(documents), len(rows), lexical.count) == (manifest.documents, manifest.passages, len(rows) or 1)
    held = {key for row in rows for key in row[2]}
    if not (complete and counts and len(order) == len(vectors) == manifest.vectors and len(held) == stored):
        store.close()
        raise IndexMismatch(f"De index {folder.name} is niet compleet. Maak hem opnieuw met: assistant index --full")
    passages = tuple(_passage(row[0]) for row in rows)
    asked = {key: question for row in rows for key, question in zip(row[2][1:], row[1], strict=True)}
    rows_of = {key: row for row, key in enumerate(order)}
    keys = tuple(tuple(row[2]) for row in rows)
    holders: dict[str, list[int]] = {}
    for number, of_passage in enumerate(keys):
        for key in of_passage:
            holders.setdefault(key, []).append(number)
    return Snapshot(
        folder=folder,
        manifest=manifest,
        documents={document.id: document for document in documents},
        passages=passages,
        questions=tuple(tuple(row[1]) for row in rows),
        keys=keys,
        lexical=lexical,
        store=store,
        vectors=vectors,
        rows=rows_of,
        unanswered=tuple((question, key) for question, key in gaps),
        asked=tuple(asked.values()),
        banked=documents_with_bank(passages, [row[1] for row in rows]),
        asked_by=tuple(tuple(holders[key]) for key in asked),
        asked_vectors=vectors[[rows_of[key] for key in asked]] if asked else vectors[:0],
        gaps=vectors[[rows_of[key] for _, key in gaps]] if gaps else vectors[:0],
        holders={key: tuple(numbers) for key, numbers in holders.items()},
        numbers={passage.id: number for number, passage in enumerate(passages)},
    )


def name_of_collection(snapshot_id: str) -> str:
    """The Chroma collection of a snapshot; on a shared server each snapshot has its own."""
    return f"vectors-{snapshot_id.lower()}"


def _document(line: bytes) -> Document:
    raw = orjson.loads(line)
    # Snapshots of before documents had pages go on serving.
    pages = tuple((page, at) for page, at in raw.get("pages", ()))
    return Document(**{**raw, "audience": tuple(raw["audience"]), "pages": pages})


def _passage(raw: dict[str, object]) -> Passage:
    for name in ("section", "actors", "audience"):
        raw[name] = tuple(raw[name])  # type: ignore[arg-type]
    return Passage(**raw)  # type: ignore[arg-type]
