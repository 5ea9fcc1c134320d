"""Vectors on disk, in Chroma: written once per snapshot, then only read. The only module that talks to Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
COLLECTION = "vectors"
# More neighbours than the default of 100, so that a small corpus is searched exhaustively.
_HNSW = {"space": "cosine", "ef_search": 256, "ef_construction": 200}


@dataclass(frozen=True, eq=False)
class VectorStore:
    """Vectors by key, nearest first. Higher similarity is better; distances do not leave this module."""

    _client: Any = field(repr=False)
    _collection: Any = field(repr=False)

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """The k keys whose vectors lie nearest, with their cosine similarity, best first."""
        count = min(k, self.count())
        if count == 0:
            return []
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=count, include=["distances"])
        return [(key, 1.0 - float(d)) for key, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self) -> int:
        """How many vectors there are."""
        return int(self._collection.count())

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


def _client(folder: Path, url: str) -> Any:
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
    """
    client = _client(folder, url)
    if name in {collection.name for collection in client.list_collections()}:
        client.delete_collection(name)
    collection = client.create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})
    step = min(client.get_max_batch_size(), 5000)
    for start in range(0, len(keys), step):
        collection.add(ids=list(keys[start : start + step]), embeddings=vectors[start : start + step])
    client.close()


def open_store(folder: Path, name: str, url: str = "") -> VectorStore:
    """Open a collection that `create_store` wrote."""
    client = _client(folder, url)
    return VectorStore(client, client.get_collection(name, embedding_function=None))
