"""Vectors on disk, in Chroma: written once per snapshot, then only read. The only module that talks to Chroma."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlparse

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from assistant.errors import FailedError

Vectors = NDArray[np.float32]
_DATABASE = "chroma.sqlite3"
# The graph is drawn at random at each build. With 256 neighbours looked at, 72 of 120 dev questions got another set of
# 150 candidates after a rebuild, with 1,200 one to seven (of the 30,000 vectors here; 2 ms more a question): the same
# question is to get the same answer.
_HNSW = {"space": "cosine", "ef_search": 1200, "ef_construction": 200}


@dataclass(frozen=True, eq=False)
class VectorStore:
    """Vectors by key, nearest first. Higher similarity is better; distances do not leave this module."""

    _client: Any = field(repr=False)
    _collection: Any = field(repr=False)
    _count: int = 0
    _copy: TemporaryDirectory[str] | None = field(default=None, repr=False)

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The k keys whose vectors lie nearest, with their cosine similarity, best first."""
        count = min(k, self.count())
        if count == 0:
            return []
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=count, include=["distances"])
        return [(key, 1.0 - float(d)) for key, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def complete(self, vector: Vectors) -> bool:
        """Whether a stored vector finds itself and neighbours; Chroma opens a damaged store without a word."""
        wanted = min(10, self.count())
        found = self.nearest(vector, wanted)
        return len(found) == wanted and (not found or found[0][1] > 0.999)

    def count(self) -> int:
        """How many vectors there are; counted when it was opened, for nothing is written to it after that."""
        return self._count

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()
        if self._copy is not None:
            self._copy.cleanup()


def _client(folder: Path, url: str) -> Any:  # noqa: ANN401 - Chroma's own type does not leave this module
    settings = ChromaSettings(anonymized_telemetry=False)
    if url:
        parts = urlparse(url)
        return chromadb.HttpClient(
            host=parts.hostname or "localhost", port=parts.port or 8000, ssl=parts.scheme == "https", settings=settings
        )
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def create_store(folder: Path, name: str, keys: Sequence[str], vectors: Vectors, url: str = "") -> None:
    """Write vectors under their keys; an earlier half-written collection of that name is replaced.

    Args:
        folder: where the embedded database lives; unused when `url` names a server.
        name: of the collection; a server holds one per snapshot.
        keys: distinct, as many as there are vectors.
        vectors: unit vectors, shape (len(keys), dimensions).
        url: of a shared Chroma server, or empty.

    Raises:
        FailedError: the disk is full, or the server does not answer.
    """
    try:
        client = _client(folder, url)
        try:
            if name in {collection.name for collection in client.list_collections()}:
                client.delete_collection(name)
            collection = client.create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})
            step = min(client.get_max_batch_size(), 5000)
            for start in range(0, len(keys), step):
                collection.add(ids=list(keys[start : start + step]), embeddings=vectors[start : start + step])
        finally:
            client.close()
    except (ChromaError, ValueError) as error:  # Chroma says ValueError when its server cannot be reached
        raise FailedError(
            f"De vectoren konden niet worden opgeslagen ({str(error)[:160]}). De vorige index blijft in gebruik. "
            "Maak ruimte of controleer de rechten en herhaal: assistant index"
        ) from error


def open_store(folder: Path, name: str, url: str = "") -> VectorStore:
    """Open a collection that `create_store` wrote; one that may only be read is opened as a copy."""
    copy = None
    # Chroma writes to what it opens, also when it is only asked: on a read-only disk it refuses.
    if not url and folder.is_dir() and not (os.access(folder, os.W_OK) and os.access(folder / _DATABASE, os.W_OK)):
        copy = TemporaryDirectory(prefix="assistant-")
        folder = _writable_copy(folder, Path(copy.name) / "chroma")
    client = _client(folder, url)
    collection = client.get_collection(name, embedding_function=None)
    return VectorStore(client, collection, int(collection.count()), copy)


def _writable_copy(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return target
